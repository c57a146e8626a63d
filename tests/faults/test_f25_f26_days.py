"""F-25 and F-26: months, leap years, extensions counted once; days are days wherever the clock stands."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from optout.dates import Period, add, add_months

ROOT = Path(__file__).parents[2]
# Start, months, last day: worked out by hand, without a calendar of closed days.
WORKED = """
2023-01-28 1 2023-02-28   2023-01-29 1 2023-02-28   2023-01-30 1 2023-02-28   2023-01-31 1 2023-02-28
2024-01-28 1 2024-02-28   2024-01-29 1 2024-02-29   2024-01-30 1 2024-02-29   2024-01-31 1 2024-02-29
2026-01-28 1 2026-02-28   2026-01-29 1 2026-02-28   2026-01-30 1 2026-02-28   2026-01-31 1 2026-02-28
2028-01-28 1 2028-02-28   2028-01-29 1 2028-02-29   2028-01-30 1 2028-02-29   2028-01-31 1 2028-02-29
2100-01-28 1 2100-02-28   2100-01-29 1 2100-02-28   2100-01-30 1 2100-02-28   2100-01-31 1 2100-02-28
2000-01-31 1 2000-02-29   2026-02-28 1 2026-03-28   2024-02-29 1 2024-03-29   2026-03-31 1 2026-04-30
2026-05-31 1 2026-06-30   2026-08-31 1 2026-09-30   2026-10-31 1 2026-11-30   2026-12-31 1 2027-01-31
2026-04-30 1 2026-05-30   2026-06-30 1 2026-07-30   2026-03-10 1 2026-04-10   2026-02-01 1 2026-03-01
2026-01-28 3 2026-04-28   2026-01-29 3 2026-04-29   2026-01-30 3 2026-04-30   2026-01-31 3 2026-04-30
2026-08-31 3 2026-11-30   2026-11-30 3 2027-02-28   2026-11-29 3 2027-02-28   2023-11-30 3 2024-02-29
2026-12-31 3 2027-03-31   2026-10-31 3 2027-01-31   2026-12-01 3 2027-03-01   2026-11-22 3 2027-02-22
2026-11-26 3 2027-02-26   2026-03-05 3 2026-06-05   2026-05-31 3 2026-08-31   2026-09-30 3 2026-12-30
2026-08-31 6 2027-02-28   2023-08-31 6 2024-02-29   2026-12-21 6 2027-06-21   2026-03-31 6 2026-09-30
2026-10-31 6 2027-04-30   2026-07-01 6 2027-01-01   2024-02-29 12 2025-02-28  2024-02-28 12 2025-02-28
2023-02-28 12 2024-02-28  2027-02-28 12 2028-02-28  2026-12-31 12 2027-12-31  2024-02-29 48 2028-02-29
""".split()
CASES = list(zip(WORKED[::3], map(int, WORKED[1::3]), WORKED[2::3], strict=True))


@pytest.mark.parametrize(("start", "months", "last"), CASES)
def test_f25_sixty_worked_dates(start: str, months: int, last: str) -> None:
    assert str(add_months(date.fromisoformat(start), months)) == last


def test_f25_there_are_sixty_of_them_and_more() -> None:
    assert len(set(CASES)) >= 60


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(0, 60))
def test_f25_months_agree_with_dateutil(start: date, months: int) -> None:
    assert add_months(start, months) == start + relativedelta(months=months)
    assert add(start, Period(months, "year"), lambda _: True) == start + relativedelta(years=months)


@given(st.dates(date(2000, 1, 29), date(2100, 12, 31)), st.integers(1, 6), st.integers(1, 6))
def test_f25_an_extension_is_counted_once_from_the_start(start: date, first: int, more: int) -> None:
    once, twice = add_months(start, first + more), add_months(add_months(start, first), more)
    assert once >= twice
    assert once.day == start.day or (once + timedelta(days=1)).day == 1


CHILD = """
import sys
from datetime import date
from optout.cli.app import App
from optout.dates import Period, add
print(App({}).today, add(date(2026, 3, 28), Period(2, "day"), lambda _: True), date(2026, 10, 25))
"""


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"]
)
def test_f26_a_day_is_the_users_calendar_day_and_adding_knows_no_summer_time(zone: str) -> None:
    env = {**os.environ, "TZ": zone, "PYTHONPATH": str(ROOT)}
    before = subprocess.run(["date", "+%F"], env=env, capture_output=True, text=True).stdout.strip()
    done = subprocess.run([sys.executable, "-c", CHILD], env=env, capture_output=True, text=True)
    after = subprocess.run(["date", "+%F"], env=env, capture_output=True, text=True).stdout.strip()
    today, added, told = done.stdout.split()
    assert today in (before, after)
    # 29 March and 25 October 2026 are the nights on which Berlin changes its clocks.
    assert (added, told) == ("2026-03-30", "2026-10-25")
