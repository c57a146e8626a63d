"""Which days count: the calendars of a law at the places of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from optout.dates import WEEKDAYS, Holidays, days_of_all, next_open
from optout.law import Calendar, Clock

_WEEKEND = ("saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Whose closed days may matter: place ids from the innermost outwards, and the calendars of the law."""

    subject: tuple[str, ...]
    firm: tuple[str, ...] = ()
    calendars: Mapping[str, Calendar]
    holidays: Holidays


class Counting:
    """One calendar at one place."""

    def __init__(self, calendar: Calendar | None, place: str | None, holidays: Holidays) -> None:
        self.calendar = calendar
        self.place = place
        self.weekend = {WEEKDAYS.index(d) for d in (calendar.weekend if calendar else _WEEKEND)}
        self.known = True
        self._holidays = holidays
        self._years: dict[int, frozenset[date]] = {}

    def is_open(self, day: date) -> bool:
        return day.weekday() not in self.weekend and day not in self._closed(day.year)

    def _closed(self, year: int) -> frozenset[date]:
        if year not in self._years:
            self._years[year] = self._read(year)
        return self._years[year]

    def _read(self, year: int) -> frozenset[date]:
        cal = self.calendar
        if cal and cal.only:
            base = days_of_all(cal.only, year)
        elif self.place is None:
            base = frozenset()
        else:
            found = self._holidays.closed(self.place, year)
            self.known = self.known and found is not None
            base = found or frozenset()
        if cal:
            base = (base | days_of_all(cal.add, year) | days_of_all(cal.closed, year)) - days_of_all(cal.drop, year)
        return base


def counts(clock: Clock, where: Where) -> list[Counting]:
    """One or two readings of which days count."""
    names = [clock.calendar, *([clock.or_calendar] if clock.or_calendar else [])]
    return [_counting(name, where) for name in names]


def rolled(clock: Clock, day: date, count: Counting) -> date:
    """The day itself, or the next open one where the law moves a last day."""
    return next_open(day, count.is_open) if clock.roll == "next open day" else day


def _counting(calendar_id: str | None, where: Where) -> Counting:
    """The calendar at the place it names; without a calendar, week-ends and the subject's holidays."""
    if calendar_id is None:
        return Counting(None, where.subject[0], where.holidays)
    calendar = where.calendars[calendar_id]
    return Counting(calendar, _place(calendar, where), where.holidays)


def _place(calendar: Calendar, where: Where) -> str | None:
    if calendar.place == "none":
        return None
    if calendar.place == "subject":
        return where.subject[0]
    if calendar.place == "action":
        same_union = bool(where.firm) and where.firm[-1] == where.subject[-1]
        return where.firm[0] if same_union else where.subject[0]
    return calendar.place


def approximate(clock: Clock, readings: list[Counting], where: Where) -> bool:
    """The date may be off by closed days: an unverified calendar, or a place whose holidays are unknown."""
    uses_calendar = clock.roll == "next open day" or clock.period.unit == "business day"
    named = [where.calendars[c] for c in (clock.calendar, clock.or_calendar) if c]
    return uses_calendar and (any(c.confidence == "unverified" for c in named) or not all(c.known for c in readings))
