"""Periods and calendars: adding months and business days, rolling off closed days. Days only, no time zones.

Rules of a calendar are words: `01-01`, `easter+1`, `monday before 05-25`, `2nd monday 10`, `last monday 05`,
`12-25..01-15`.
"""

from __future__ import annotations

import calendar as _calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = ("day", "business day", "month", "year")


@dataclass(frozen=True, slots=True)
class Period:
    """A length of the law: `1 month`, `45 days`, `10 business days`."""

    amount: int
    unit: str
    """day, business day, month or year"""

    @classmethod
    def parse(cls, text: str) -> Period:
        """Raises ValueError for anything but a whole number and a known unit."""
        amount, _, unit = text.partition(" ")
        unit = unit.removesuffix("s")
        if not (amount.isascii() and amount.isdigit()) or unit not in UNITS:
            raise ValueError("write '1 month', '45 days' or '10 business days'")
        return cls(int(amount), unit)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Part:
    """A day known only in part: `2022`, `2022-05` or `2022-05-11`."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Part:
        """Raises ValueError unless the text is a year, a month or a day that exists."""
        if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text, re.ASCII):
            raise ValueError("write 2022, 2022-05 or 2022-05-11")
        first = text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text
        date.fromisoformat(first)
        return cls(text)

    def __str__(self) -> str:
        return self.text


class Holidays(Protocol):
    """Public holidays by place. None: the place is unknown, so only week-ends are known to be closed."""

    def closed(self, place: str, year: int) -> frozenset[date] | None: ...


def add_months(day: date, months: int) -> date:
    """The same-numbered day that many months on, or the month's last day where there is none.

    Add once from the original day: 31 January plus one month twice is 28 March, plus two months is 31 March.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = _calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add(start: date, period: Period, is_open: Callable[[date], bool]) -> date:
    """The last day of a period; the day of the event itself is not counted. Not rolled.

    Raises OverflowError or ValueError past the year 9999.
    """
    if period.unit == "day":
        return start + timedelta(days=period.amount)
    if period.unit == "business day":
        day, left = start, period.amount
        while left:
            day += DAY
            left -= is_open(day)
        return day
    return add_months(start, period.amount * (12 if period.unit == "year" else 1))


def next_open(day: date, is_open: Callable[[date], bool]) -> date:
    """That day, or the first open one after it."""
    while not is_open(day):
        day += DAY
    return day


def easter(year: int) -> date:
    """Western Easter Sunday (the anonymous Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


_NTH = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
_FIXED = re.compile(r"(\d\d)-(\d\d)")
_EASTER = re.compile(r"easter([+-]\d{1,2})?")
_BEFORE = re.compile(r"(\w+) (before|after) (\d\d)-(\d\d)")
_ORDINAL = re.compile(r"(1st|2nd|3rd|4th|5th|last) (\w+) (\d\d)([+-]\d)?")
_SPAN = re.compile(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)")


def days_of(rule: str, year: int) -> frozenset[date]:
    """The days of that year which a calendar rule names. Raises ValueError for a rule that is not one."""
    if match := _FIXED.fullmatch(rule):
        return _fixed(year, int(match[1]), int(match[2]))
    if match := _EASTER.fullmatch(rule):
        return frozenset({easter(year) + timedelta(days=int(match[1] or 0))})
    if match := _BEFORE.fullmatch(rule):
        step = -DAY if match[2] == "before" else DAY
        day = date(year, int(match[3]), int(match[4])) + step
        if (
            not 8 <= date(year, int(match[3]), int(match[4])).timetuple().tm_yday <= 358
            or match[3] + match[4] == "0229"
        ):
            raise ValueError("name a day well inside the year, and not 29 February")
        while day.weekday() != _weekday(match[1]):
            day += step
        return frozenset({day})
    if match := _ORDINAL.fullmatch(rule):
        found = _ordinal(year, match[1], _weekday(match[2]), int(match[3]))
        return frozenset() if found is None else frozenset({found + timedelta(days=int(match[4] or 0))})
    if match := _SPAN.fullmatch(rule):
        return _span(year, (int(match[1]), int(match[2])), (int(match[3]), int(match[4])))
    raise ValueError("write 01-01, easter+1, 'monday before 05-25', '2nd monday 10' or 12-25..01-15")


def days_of_all(rules: Iterable[str], year: int) -> frozenset[date]:
    return frozenset().union(*(days_of(rule, year) for rule in rules))


def _fixed(year: int, month: int, day: int) -> frozenset[date]:
    if (month, day) == (2, 29) and not _calendar.isleap(year):
        return frozenset()
    return frozenset({date(year, month, day)})


def _weekday(name: str) -> int:
    if name not in WEEKDAYS:
        raise ValueError(f"'{name}' is not a day of the week")
    return WEEKDAYS.index(name)


def _ordinal(year: int, which: str, weekday: int, month: int) -> date | None:
    length = _calendar.monthrange(year, month)[1]
    days = [d for d in (date(year, month, n) for n in range(1, length + 1)) if d.weekday() == weekday]
    if which == "last":
        return days[-1]
    index = _NTH[which] - 1
    return days[index] if index < len(days) else None


def _span(year: int, first: tuple[int, int], last: tuple[int, int]) -> frozenset[date]:
    if (2, 29) in (first, last):
        raise ValueError("a span cannot begin or end on 29 February")
    start, end = date(year, *first), date(year, *last)
    if start <= end:
        return frozenset(start + DAY * n for n in range((end - start).days + 1))
    # A span over the turn of the year closes the end of this year and the beginning of this year.
    return _span(year, first, (12, 31)) | _span(year, (1, 1), last)
