"""Against days everybody can look up; the `holidays` package itself has its own tests."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from optout.library.publicholidays import PublicHolidays


@pytest.fixture(scope="module")
def holidays() -> PublicHolidays:
    return PublicHolidays()


@pytest.mark.parametrize(
    ("place", "day", "closed"),
    [
        ("de", date(2026, 10, 3), True),
        ("de", date(2026, 1, 6), False),  # Epiphany, in three Länder only
        ("de-bw", date(2026, 1, 6), True),
        ("de-be", date(2026, 1, 6), False),
        ("us-il", date(2026, 2, 12), True),  # Lincoln's birthday
        ("us-ca", date(2026, 2, 12), False),
        ("us-il", date(2026, 7, 3), True),  # for 4 July, a Saturday
        ("gb", date(2027, 12, 27), True),  # for Christmas Day, a Saturday
        ("gb", date(2026, 4, 6), False),  # Easter Monday: not in Scotland
        ("gb-eng", date(2026, 4, 6), True),
        ("ca-qc", date(2026, 6, 24), True),
        ("fr", date(2026, 7, 14), True),
        ("nz", date(2026, 2, 6), True),
    ],
)
def test_known_days(holidays: PublicHolidays, place: str, day: date, closed: bool) -> None:
    days = holidays.closed(place, day.year)
    assert days is not None
    assert (day in days) is closed
    assert all(found.year == day.year for found in days)


@pytest.mark.parametrize("place", ["eu", "zz", "zz-top", "mon", "ecb", "xnys", "", "-", "d", "de_bw", "../x", "none"])
def test_what_is_no_country_has_no_days(holidays: PublicHolidays, place: str) -> None:
    assert holidays.closed(place, 2026) is None
    assert not holidays.exact(place, 2026)


def test_an_unknown_region_has_its_countrys_days_and_says_so(holidays: PublicHolidays) -> None:
    assert holidays.closed("de-zz", 2026) == holidays.closed("de", 2026)
    assert [holidays.exact(place, 2026) for place in ("de", "de-bw", "de-zz")] == [True, True, False]


def test_a_year_is_computed_once(holidays: PublicHolidays) -> None:
    assert holidays.closed("se", 2026) is holidays.closed("se", 2026)


def test_the_package_is_imported_only_when_asked() -> None:
    code = "import sys, optout.library.publicholidays as p\np.PublicHolidays()\nprint('holidays' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
