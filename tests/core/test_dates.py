from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optout.dates import (
    DAY,
    UNITS,
    WEEKDAYS,
    Part,
    Period,
    add,
    add_months,
    days_of,
    days_of_all,
    easter,
    next_open,
)

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
months = st.integers(0, 240)
closed_sets = st.frozensets(st.integers(0, 365), max_size=40)


def working(start: date, closed: frozenset[int]):
    """Open on weekdays, but for days counted from the start."""
    return lambda day: day.weekday() < 5 and (day - start).days not in closed


def naive_months(day: date, count: int) -> date:
    """One month at a time by carrying; the day is clamped at the end only."""
    year, month = day.year, day.month
    for _ in range(count):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


@given(days, months)
def test_months_equal_a_naive_oracle(day: date, count: int) -> None:
    assert add_months(day, count) == naive_months(day, count)


@given(days, months)
def test_months_keep_the_number_or_take_the_last_day(day: date, count: int) -> None:
    found = add_months(day, count)
    last = calendar.monthrange(found.year, found.month)[1]
    assert found.day == min(day.day, last)


@given(st.integers(1990, 2100), st.integers(1, 12), months)
def test_a_month_end_of_31_stays_a_month_end(year: int, month: int, count: int) -> None:
    day = date(year, month, calendar.monthrange(year, month)[1])
    assume(day.day == 31)
    assert (add_months(day, count) + DAY).day == 1


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2000, 2, 29), 1200, date(2100, 2, 28)),
    ],
)
def test_known_month_ends_and_leap_years(day: date, count: int, expected: date) -> None:
    assert add_months(day, count) == expected


def test_months_are_added_once_from_the_original_day() -> None:
    day = date(2027, 1, 31)
    assert add_months(add_months(day, 1), 1) == date(2027, 3, 28)
    assert add_months(day, 2) == date(2027, 3, 31)


@given(days, st.sampled_from(UNITS), st.integers(0, 60), closed_sets)
def test_no_period_ends_before_its_start(start: date, unit: str, amount: int, closed: frozenset[int]) -> None:
    end = add(start, Period(amount, unit), working(start, closed))
    assert end >= start
    assert (end > start) == (amount > 0)


@given(days, days, st.sampled_from(UNITS), st.integers(0, 40))
def test_a_later_start_never_ends_earlier(one: date, two: date, unit: str, amount: int) -> None:
    first, second = sorted((one, two))
    is_open = working(date(1990, 1, 1), frozenset())
    period = Period(amount, unit)
    assert add(first, period, is_open) <= add(second, period, is_open)
    rolled = [next_open(add(day, period, is_open), is_open) for day in (first, second)]
    assert rolled[0] <= rolled[1]


@given(days, st.integers(1, 60), closed_sets)
def test_business_days_end_on_an_open_day_and_pass_that_many(start: date, amount: int, closed: frozenset[int]) -> None:
    is_open = working(start, closed)
    end = add(start, Period(amount, "business day"), is_open)
    assert is_open(end)
    passed = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(is_open, passed)) == amount


@given(days, closed_sets)
def test_rolling_gives_the_first_open_day(start: date, closed: frozenset[int]) -> None:
    is_open = working(start, closed)
    end = next_open(start, is_open)
    assert is_open(end) and end >= start
    assert not any(is_open(start + timedelta(days=n)) for n in range((end - start).days))
    assert next_open(end, is_open) == end


@given(days, st.sampled_from(("day", "month", "business day")), st.integers(1, 40), st.integers(1, 40))
def test_an_extension_is_one_longer_period_never_shorter(start: date, unit: str, amount: int, more: int) -> None:
    is_open = working(start, frozenset())
    assert add(start, Period(amount + more, unit), is_open) > add(start, Period(amount, unit), is_open)


def test_a_year_is_twelve_months() -> None:
    assert add(date(2028, 2, 29), Period(1, "year"), lambda day: True) == date(2029, 2, 28)


def test_past_the_calendar_is_an_error_not_a_wrong_day() -> None:
    for unit in UNITS:
        with pytest.raises((OverflowError, ValueError)):
            add(date(9999, 12, 31), Period(1, unit), lambda day: True)


EASTERS = {
    1818: (3, 22), 1943: (4, 25), 1999: (4, 4), 2000: (4, 23), 2008: (3, 23), 2011: (4, 24), 2016: (3, 27),
    2020: (4, 12), 2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2028: (4, 16), 2029: (4, 1),
    2030: (4, 21), 2038: (4, 25),
}  # fmt: skip


@pytest.mark.parametrize("year", EASTERS)
def test_easter_of_known_years(year: int) -> None:
    assert easter(year) == date(year, *EASTERS[year])


@given(st.integers(1583, 4000))
def test_easter_is_a_sunday_between_22_march_and_25_april(year: int) -> None:
    day = easter(year)
    assert day.weekday() == 6
    assert date(year, 3, 22) <= day <= date(year, 4, 25)


@pytest.mark.parametrize(
    ("rule", "year", "expected"),
    [
        ("01-01", 2027, [date(2027, 1, 1)]),
        ("02-29", 2028, [date(2028, 2, 29)]),
        ("02-29", 2027, []),
        ("easter", 2026, [date(2026, 4, 5)]),
        ("easter+1", 2026, [date(2026, 4, 6)]),
        ("easter-2", 2026, [date(2026, 4, 3)]),
        ("easter+50", 2026, [date(2026, 5, 25)]),
        ("monday before 05-25", 2026, [date(2026, 5, 18)]),
        ("monday before 05-25", 2027, [date(2027, 5, 24)]),
        ("saturday after 06-19", 2026, [date(2026, 6, 20)]),
        ("saturday after 06-20", 2026, [date(2026, 6, 27)]),
        ("2nd monday 10", 2026, [date(2026, 10, 12)]),
        ("last monday 05", 2026, [date(2026, 5, 25)]),
        ("4th thursday 11+1", 2026, [date(2026, 11, 27)]),
        ("1st monday 09-3", 2026, [date(2026, 9, 4)]),
        ("5th monday 02", 2026, []),
        ("5th sunday 11", 2026, [date(2026, 11, 29)]),
        ("07-01..07-03", 2026, [date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 3)]),
        ("12-31..01-02", 2026, [date(2026, 1, 1), date(2026, 1, 2), date(2026, 12, 31)]),
        ("05-05..05-05", 2026, [date(2026, 5, 5)]),
    ],
)
def test_the_words_of_a_calendar(rule: str, year: int, expected: list[date]) -> None:
    assert sorted(days_of(rule, year)) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "", " ", "1-1", "13-01", "00-10", "02-30", "01-32", "01-01 ", "01-01\n", "2026-01-01", "easter+", "easter+100",
        "easter + 1", "Easter", "monday", "someday before 05-25", "monday before", "monday near 05-25", "2nd monday",
        "2nd monday 13", "2nd monday 00", "6th monday 10", "0th monday 10", "2nd Monday 10", "2nd someday 10",
        "last monday 05+10", "12-25..", "12-25..13-01", "12-25...01-15", "12-25..01-15..02-01", "12-25-01-15",
        "__import__('os')",
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError):
        days_of(rule, 2026)


@given(st.text(max_size=30), st.integers(1990, 2100))
def test_any_text_is_days_or_a_value_error(rule: str, year: int) -> None:
    try:
        found = days_of(rule, year)
    except ValueError:
        return
    assert all(type(day) is date for day in found)


@given(st.sampled_from(WEEKDAYS), st.integers(1, 12), st.integers(1990, 2100))
def test_ordinals_name_each_weekday_of_the_month_once(name: str, month: int, year: int) -> None:
    whichs = ("1st", "2nd", "3rd", "4th", "5th")
    found = days_of_all([f"{which} {name} {month:02}" for which in whichs], year)
    last = calendar.monthrange(year, month)[1]
    every = {date(year, month, n) for n in range(1, last + 1)}
    assert found == {day for day in every if WEEKDAYS[day.weekday()] == name}
    assert days_of(f"last {name} {month:02}", year) == {max(found)}


@given(st.sampled_from(WEEKDAYS), days)
def test_before_and_after_are_the_nearest_such_days(name: str, day: date) -> None:
    assume((day.month, day.day) != (2, 29) and 8 <= day.timetuple().tm_yday <= 357)
    before = days_of(f"{name} before {day:%m-%d}", day.year)
    after = days_of(f"{name} after {day:%m-%d}", day.year)
    assert all(0 < (day - found).days <= 7 and WEEKDAYS[found.weekday()] == name for found in before)
    assert all(0 < (found - day).days <= 7 and WEEKDAYS[found.weekday()] == name for found in after)
    assert len(before) == len(after) == 1


def test_no_rules_are_no_days() -> None:
    assert days_of_all([], 2026) == frozenset()


@given(st.integers(0, 10_000), st.sampled_from(UNITS))
def test_a_period_is_read_as_it_is_written(amount: int, unit: str) -> None:
    period = Period(amount, unit)
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [("1 month", 1, "month"), ("45 days", 45, "day"), ("10 business days", 10, "business day"), ("2 years", 2, "year")],
)
def test_periods(text: str, amount: int, unit: str) -> None:
    assert Period.parse(text) == Period(amount, unit)
    assert str(Period.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "month", "one month", "1", "1month", "-1 month", "+1 month", "1.5 months", "1 weeks", "1  month", " 1 month",
     "1 month ", "1 monthss", "1 Month", "1 month\n", "٣ days", "² days", "1_0 days", "1 business  days"],
)  # fmt: skip
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write '1 month'"):
        Period.parse(text)


@given(days)
def test_a_day_in_part(day: date) -> None:
    for text in (f"{day:%Y}", f"{day:%Y-%m}", f"{day}"):
        assert str(Part.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "22", "20222", "2022-", "2022-5", "2022-13", "2022-00", "2022-02-30", "2022-05-1", "2022-05-11 ",
     "2022-05-11\n", "0000", "٢٠٢٢", "2022/05", "2022-05-11T00:00", "20220511", "2022-W01"],
)  # fmt: skip
def test_what_is_no_day_in_part_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Part.parse(text)
