"""F-29: years at the edge, and computers that write days in other ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_main_job import PERSON, optout

DEADLINE = ["laws", "deadline", "gdpr", "--residence", "FR", "--demand", "access", "--received"]


@pytest.mark.parametrize(
    "day", ["1999-12-31", "2101-01-01", "9999-12-31", "0001-01-01", "2026-W01-1", "2026-02-30", "٢٠٢٦-٠١-٠١"]
)
def test_f29_a_day_out_of_reach_is_refused_with_a_word(tmp_path: Path, day: str) -> None:
    done = optout(tmp_path, *DEADLINE, day)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "between 2000 and 2100" in done.stderr or "YYYY-MM-DD" in done.stderr


@pytest.mark.parametrize(("day", "code"), [("2000-01-01", 6), ("2018-05-25", 0), ("2100-12-31", 0)])
def test_f29_a_day_at_the_edge_is_counted(tmp_path: Path, day: str, code: int) -> None:
    """The first day of our calendar lies before the law's own first day."""
    done = optout(tmp_path, *DEADLINE, day, "--json")
    assert done.returncode == code and (code == 0) == ("only from 2018-05-25" not in done.stderr), done.stderr


def test_f29_days_are_iso_whatever_the_locale(tmp_path: Path) -> None:
    said: set[str] = set()
    for number, locale in enumerate(("C", "tr_TR.UTF-8", "ar_EG.UTF-8", "fa_IR.UTF-8", "th_TH.UTF-8")):
        home = tmp_path / str(number)
        home.mkdir()
        more = {"LC_ALL": locale, "LANG": locale, "PYTHONUTF8": "1"}
        dates = optout(home, *DEADLINE, "2026-01-31", **more)
        letter = optout(home, "request", "clearview", *PERSON, "-n", "--on", "2026-01-31", **more)
        assert (dates.returncode, letter.returncode) == (0, 0), dates.stderr + letter.stderr
        said.add(dates.stdout + letter.stdout)
    (one,) = said
    assert "2026-03-02" in one and "31 January 2026" in one
