"""From a clock of the law and the days of a case to a date, with its derivation.

Two days come out. `on` is the last day by the law's own counting. `overdue_from` is the first day on which nobody can
say that the firm still has time: after the latest reading of which days count, rolled over the closed days of both
sides' places, plus a margin when receipt is only estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from optout.case import Deadline, RouteKind
from optout.dates import DAY, WEEKDAYS, Holidays, Period, add, days_of_all, next_open
from optout.law import Calendar, Clock, text_in

MARGIN_DAYS: dict[RouteKind, int] = {"email": 7, "form": 7, "portal": 7, "post": 14}
"""Added to lateness when receipt is estimated from sending (docs/decisions/0004)."""

_WEEKEND = ("saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Whose closed days may matter: place ids from the innermost outwards, and the calendars of the law."""

    subject: tuple[str, ...]
    firm: tuple[str, ...] = ()
    calendars: Mapping[str, Calendar]
    holidays: Holidays


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What happened to one letter, in the user's calendar days. None: it did not, or is not known."""

    start: date
    """The day the clock runs from: receipt, sending, refusal, ... as the clock says."""
    sent: date | None = None
    identity_asked: date | None = None
    identity_given: date | None = None
    clarification_asked: date | None = None
    clarified: date | None = None
    extended: date | None = None
    """The day on which the firm told of an extension."""
    until: date | None = None
    """The day up to which it says it extends."""
    estimated: bool = False
    """Receipt is not proved; `start` is the day of sending."""
    by: RouteKind = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """An extension without effect."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one clock gives: the date without extension, and the extension if one was told."""

    plain: Deadline
    extended: Deadline | Void | None = None

    @property
    def effective(self) -> Deadline:
        return self.extended if isinstance(self.extended, Deadline) else self.plain


class _Counting:
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

    def closed_words(self, day: date) -> str:
        return day.strftime("%A") if day.weekday() in self.weekend else "public holiday"

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


def answer(clock: Clock, law: str, days: Days, where: Where) -> Answer:
    """The dates of one clock. `law` is the name printed in the derivation; periods of the law are never added twice."""
    counts = [_counting(clock.calendar, where)]
    if clock.or_calendar:
        counts.append(_counting(clock.or_calendar, where))
    plain = _deadline(clock, law, days, where, counts, clock.period, "")
    if days.extended is None or clock.extend is None:
        return Answer(plain=plain)
    return Answer(plain=plain, extended=_extension(clock, law, days, where, counts))


def _extension(clock: Clock, law: str, days: Days, where: Where, counts: list[_Counting]) -> Deadline | Void:
    extend, told = clock.extend, days.extended
    if extend is None or told is None:  # `answer` asks only when both are there
        raise ValueError("no extension to compute")
    origin = days.sent or days.start if extend.told_from == "sending" else days.start
    limit = add(origin, extend.told_within, counts[0].is_open)
    if clock.roll == "next open day":
        limit = next_open(limit, counts[0].is_open)
    if told > limit:
        return Void(
            why=f"the extension was told on {told}; it had to be told by {limit}, "
            f"within {extend.told_within} of {extend.told_from}, so it has no effect"
        )
    longer = Period(clock.period.amount + extend.by.amount, clock.period.unit)
    words = f"extended by {extend.by}, told in time on {told} (limit {limit}), counted once from the start: "
    full = _deadline(clock, law, days, where, counts, longer, words)
    if days.until is None or days.until >= full.on:
        return full
    return Deadline(
        kind=full.kind,
        on=days.until,
        overdue_from=_overdue(clock, [days.until], days, where),
        origin=full.origin,
        approximate=full.approximate,
        estimated=full.estimated,
        why=f"{words}the firm itself names {days.until}, earlier than the {full.on} that {law} allows",
    )


def _deadline(
    clock: Clock, law: str, days: Days, where: Where, counts: list[_Counting], period: Period, words: str
) -> Deadline:
    start, notes = _start(clock, days)
    pause = _pause(clock, days)
    ends: list[tuple[date, date]] = []
    for count in counts:
        nominal = add(start, period, count.is_open) + timedelta(days=pause)
        rolled = next_open(nominal, count.is_open) if clock.roll == "next open day" else nominal
        ends.append((nominal, rolled))
    on = min(rolled for _, rolled in ends)
    overdue = _overdue(clock, [rolled for _, rolled in ends], days, where)
    cite = ", ".join(text_in(cite, "en") for cite in clock.cites) if _printable(clock) else ""
    notes = [*notes, *_roll_notes(ends[0], counts[0])]
    if pause:
        notes.append(f"{pause} days of waiting for clarification do not count")
    if len({rolled for _, rolled in ends}) > 1:
        notes.append(f"another reading of which days count ends on {max(rolled for _, rolled in ends)}")
    notes.append(_margin_note(days, overdue))
    return Deadline(
        kind=clock.kind,
        on=on,
        overdue_from=overdue,
        origin=clock.origin,
        approximate=_approximate(clock, counts, where),
        estimated=days.estimated,
        why=f"{law}{', ' + cite if cite else ''}: {words}{period} from {_from(clock, days)} on {start}; "
        + "; ".join(notes),
    )


def _start(clock: Clock, days: Days) -> tuple[date, list[str]]:
    if "identity" in clock.starts_late and days.identity_asked and days.identity_given:
        return days.identity_given, [f"identity was asked on {days.identity_asked} and given on {days.identity_given}"]
    return days.start, []


def _from(clock: Clock, days: Days) -> str:
    if clock.from_ == "receipt" and days.estimated:
        return "receipt, estimated as the day of sending,"
    return clock.from_


def _pause(clock: Clock, days: Days) -> int:
    """Days that do not count: from the day of asking to the day of the answer, both included."""
    if "clarification" not in clock.stops or not (days.clarification_asked and days.clarified):
        return 0
    return (days.clarified - days.clarification_asked).days + 1


def _roll_notes(end: tuple[date, date], count: _Counting) -> list[str]:
    nominal, rolled = end
    if nominal == rolled:
        return [f"the last day is {rolled} ({rolled:%A})"]
    return [f"that ends on {nominal}, a {count.closed_words(nominal)}, so the last day is {rolled} ({rolled:%A})"]


def _margin_note(days: Days, overdue: date) -> str:
    if days.estimated:
        return f"overdue from {overdue}, with {MARGIN_DAYS[days.by]} days' margin since receipt is not proved"
    return f"overdue from {overdue}"


def _overdue(clock: Clock, ends: list[date], days: Days, where: Where) -> date:
    """The day after the latest candidate, plus the margin."""
    candidates = list(ends)
    for places in (where.subject, where.firm):
        if places:
            is_open = _Counting(None, places[0], where.holidays).is_open
            candidates += [next_open(end, is_open) for end in ends]
    margin = MARGIN_DAYS[days.by] if days.estimated else 0
    return max(candidates) + DAY + timedelta(days=margin)


def _counting(calendar_id: str | None, where: Where) -> _Counting:
    """The calendar at the place it names; without a calendar, week-ends and the subject's holidays."""
    if calendar_id is None:
        return _Counting(None, where.subject[0], where.holidays)
    calendar = where.calendars[calendar_id]
    return _Counting(calendar, _place(calendar, where), where.holidays)


def _place(calendar: Calendar, where: Where) -> str | None:
    if calendar.place == "none":
        return None
    if calendar.place == "subject":
        return where.subject[0]
    if calendar.place == "action":
        same_union = bool(where.firm) and where.firm[-1] == where.subject[-1]
        return where.firm[0] if same_union else where.subject[0]
    return calendar.place


def _approximate(clock: Clock, counts: list[_Counting], where: Where) -> bool:
    """The date may be off by closed days: an unverified calendar, or a place whose holidays are unknown."""
    uses_calendar = clock.roll == "next open day" or clock.period.unit == "business day"
    named = [where.calendars[c] for c in (clock.calendar, clock.or_calendar) if c]
    return uses_calendar and (any(c.confidence == "unverified" for c in named) or not all(c.known for c in counts))


def _printable(clock: Clock) -> bool:
    return clock.pinpoint in ("verified", "secondary")


def own_date(day: date) -> Deadline:
    """A date the sender chose. It is never called the law's."""
    return Deadline(
        kind="respond",
        on=day,
        overdue_from=day + DAY,
        origin="sender",
        approximate=False,
        estimated=False,
        why=f"{day} is the date named in the letter; no law sets one",
    )
