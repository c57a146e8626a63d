"""F-28: last days that are closed, closed days nobody knows, and closed days that are others than when a date was told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from optout.case import Case, Event
from optout.closed import Recorded
from optout.standing import fold
from tests.cli.test_main_job import PERSON, optout
from tests.core.sample_cases import GERMANY, HOLIDAYS


def life(of: Case, day: str, days: Any = HOLIDAYS) -> Any:
    on = date.fromisoformat(day)
    events = [Event(kind="sent", on=on, letter="access", by="email"), Event(kind="delivered", on=on, letter="access")]
    return fold(of, events, days)


@pytest.mark.parametrize(
    ("place", "received", "last"),
    [
        ("de-bw", "2026-05-16", "2026-06-16"),
        ("de-bw", "2026-04-16", "2026-05-18"),  # 16 May is a Saturday
        ("de-bw", "2026-03-06", "2026-04-07"),  # 6 April is Easter Monday
        ("de-bw", "2026-12-06", "2027-01-07"),  # Epiphany, closed in Baden-Württemberg
        ("de-hh", "2026-12-06", "2027-01-06"),  # and open in Hamburg
    ],
)
def test_f28_a_last_day_that_is_closed_moves_to_the_next_open_one(place: str, received: str, last: str) -> None:
    of = replace(GERMANY, place=place, subject_places=(place, "de", "eu"), opened=date(2026, 1, 1))
    (found,) = life(of, received).letters[0].deadlines
    assert (str(found.on), found.approximate) == (last, False)


def test_f28_an_unknown_place_knows_week_ends_only_and_says_approximate() -> None:
    of = replace(GERMANY, subject_places=("zz", "eu"), opened=date(2026, 1, 1))
    (found,) = life(of, "2026-03-06").letters[0].deadlines
    assert (str(found.on), found.approximate) == ("2026-04-06", True)


class Other:
    """Holiday data of another day: nobody celebrates Easter Monday any more, 7 April is a new holiday."""

    def __init__(self, known: bool = True) -> None:
        self.known = known

    def closed(self, place: str, year: int) -> frozenset[date] | None:
        days = HOLIDAYS.closed(place, year) if self.known else None
        return None if days is None else days - {date(2026, 4, 6)} | {date(2026, 4, 7)}


@pytest.mark.parametrize("other", [Other(), Other(known=False)], ids=["other", "missing"])
def test_f28_a_date_once_told_never_moves(other: Other) -> None:
    told = Recorded([], HOLIDAYS)
    first = life(GERMANY, "2026-03-05", told)
    assert str(first.next.on) == "2026-04-07"
    kept = json.loads(json.dumps(told.new))
    assert life(GERMANY, "2026-03-05", Recorded([kept], other)) == first
    assert str(life(GERMANY, "2026-03-05", other).next.on) != "2026-04-07"


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., Any]:
    """A case from Germany with a date of Easter 2026; gives what `check` says with other holiday data."""
    done = optout(tmp_path, "request", "clearview", *PERSON[:4], "--residence", "DE", "--json", "--on", "2026-03-01",
                  "--demand", "access", "--format", "txt")  # fmt: skip
    assert done.returncode == 0, done.stderr
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    for args in (["sent", "--by", "email", "--on", "2026-03-05"], ["delivered", "--on", "2026-03-05"]):
        assert optout(tmp_path, "log", ref, *args).returncode == 0

    def looked(today: Any) -> tuple[str, list[Any]]:
        from optout.cli import moved
        from optout.cli.app import App

        return ref, moved.problems(App({"home": str(tmp_path / "home")}), today)

    return looked


def test_f28_check_tells_of_a_date_that_would_be_another_today(told: Callable[..., Any], monkeypatch: Any) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    assert told(HOLIDAYS)[1] == []
    ref, (problem,) = told(Other())
    assert (problem.file, problem.code, problem.severity) == (ref, "dates-moved", "warning")
    assert "2026-04-07" in problem.message and "2026-04-08" not in problem.message.split(";")[0].split("(")[0]
    assert "What was told stays." in problem.message


def test_f28_check_without_cases_or_key_goes_on(tmp_path: Path) -> None:
    assert optout(tmp_path, "check").returncode == 0
    assert optout(tmp_path, "request", "clearview", *PERSON, "--format", "txt").returncode == 0
    (tmp_path / "home" / "config" / "vault.key").unlink()
    done = optout(tmp_path, "check", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["counts"]["errors"] == 0
    assert "were not looked at" in done.stderr
