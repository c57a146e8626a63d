"""From a clock of the law and the days of a case to a date, with its derivation.

Two days come out. `on` is the last day by the law's own counting. `overdue_from` is the first day on which nobody can
say that the firm still has time: after the latest reading of which days count, rolled over the closed days of both
sides' places, plus a margin when receipt is only estimated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from optout import derivation
from optout.case import Deadline
from optout.counting import Counting, Where, approximate, counts, rolled
from optout.dates import DAY, Period, add, next_open
from optout.law import Clock, Extend
from optout.letterdays import MARGIN_DAYS, Days, Notice, Wait


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


def answer(clock: Clock, law: str, days: Days, where: Where) -> Answer:
    """The dates of one clock. `law` is the name printed in the derivation; periods of the law are never added twice."""
    readings = counts(clock, where)
    days = replace(days, waits=_timely(clock, days, readings[0]))
    plain = _deadline(clock, law, days, where, readings, clock.period, "")
    if not days.notices or clock.extend is None:
        return Answer(plain=plain)
    return Answer(plain=plain, extended=_extension(clock, clock.extend, law, days, where, readings, plain))


def held_up(clock: Clock, days: Days, where: Where) -> str:
    """Why the clock does not run now, "" when it does: the firm waits for the person, and the law lets it."""
    for wait in _timely(clock, days, counts(clock, where)[0]):
        if wait.ended is None and (wait.about in clock.stops or wait.about in clock.starts_late):
            return f"{wait.about} was asked on {wait.asked} and not given yet"
    return ""


def window(clock: Clock, law: str, start: date, where: Where) -> Deadline:
    """The person's own time to act: its last day, or of `complain_after` the first day. Nothing is added to it."""
    readings = counts(clock, where)
    ends = [rolled(clock, add(start, clock.period, count.is_open), count) for count in readings]
    on = min(ends)
    words = f"your last day is {on} ({on:%A})"
    if clock.kind == "complain_after":
        on = max(ends) + DAY
        words = f"a complaint is heard from {on} ({on:%A}) on"
    return Deadline(
        kind=clock.kind,
        on=on,
        overdue_from=on + DAY,
        origin=clock.origin,
        approximate=approximate(clock, readings, where),
        estimated=False,
        why=f"{derivation.basis(clock, law)}: {clock.period} from {derivation.the(clock)} on {start}; {words}",
    )


def _timely(clock: Clock, days: Days, count: Counting) -> tuple[Wait, ...]:
    """The waits that began while the period still ran: what a firm asks after its last day moves nothing."""
    margin = timedelta(days=MARGIN_DAYS[days.by] if days.estimated else 0)
    kept: tuple[Wait, ...] = ()
    for wait in sorted(days.waits, key=lambda wait: wait.asked):
        so_far = replace(days, waits=kept)
        longest = _longer(clock) if _in_time(clock, so_far, count)[0] else clock.period
        if wait.asked <= rolled(clock, _nominal(clock, so_far, longest, count), count) + margin:
            kept = (*kept, wait)
    return kept


def _nominal(clock: Clock, days: Days, period: Period, count: Counting) -> date:
    """The last day before it is rolled: business days that were waited away are passed over, others are added."""
    start = _start(clock, days)
    waited = _waited(clock, days, start)
    if period.unit == "business day":
        return add(start, period, lambda day: count.is_open(day) and day not in waited)
    return add(start, period, count.is_open) + timedelta(days=len(waited))


def _longer(clock: Clock) -> Period:
    """The period with its extension, to be counted once from the start; the period itself where none is known."""
    by = clock.extend.by.amount if clock.extend and clock.extend.by else 0
    return Period(clock.period.amount + by, clock.period.unit)


def _in_time(clock: Clock, days: Days, count: Counting) -> tuple[list[Notice], date]:
    """The notices of extension that have effect, and the last day on which one could be told."""
    if clock.extend is None:
        return [], date.max
    extend = clock.extend
    sending = extend.told_from == "sending"
    # Days that do not count for the answer do not count for the notice of its extension either (UK GDPR, Art. 12A(6)).
    since = replace(days, start=days.sent or days.start, waits=()) if sending else days
    limit = rolled(clock, _nominal(clock, since, extend.told_within, count), count)
    # While receipt is only estimated, nobody can say that a notice within the margin came too late.
    margin = 0 if sending or not days.estimated else MARGIN_DAYS[days.by]
    return [notice for notice in days.notices if notice.told <= limit + timedelta(days=margin)], limit


def _extension(
    clock: Clock, extend: Extend, law: str, days: Days, where: Where, readings: list[Counting], plain: Deadline
) -> Deadline | Void:
    in_time, limit = _in_time(clock, days, readings[0])
    late = [notice for notice in days.notices if notice not in in_time]
    if not in_time:
        return Void(
            why=f"the extension was told on {late[0].told}; it had to be told by {limit}, "
            f"within {extend.told_within} of {extend.told_from}, so it has no effect"
        )
    told = min(notice.told for notice in in_time)
    timely = f"told in time on {told} (by {limit})"
    if told > limit:
        timely = f"told on {told}, which is after {limit} but not surely late, since receipt is not proved"
    words = f"extended by {extend.by}, {timely}, counted once from the start: "
    named = [notice.until for notice in in_time]
    until = None if None in named else max(day for day in named if day)
    tail = "".join(f"; the notice of {notice.told} came too late and has no effect" for notice in late)
    if extend.by is None:
        return _named(clock, law, days, where, plain, max((day for day in named if day), default=None), timely + tail)
    full = _deadline(clock, law, days, where, readings, _longer(clock), words)
    if until is None or until == full.on:
        return replace(full, why=full.why + tail)
    if until > full.on:
        return replace(full, why=f"{full.why}; the firm names {until}, which is later than {law} allows{tail}")
    if until <= plain.on:
        said = f"{plain.why}; the firm names {until}, which is no extension{tail}"
        return replace(plain, why=said)
    overdue = _overdue([until], days, where)[1]
    why = (
        f"{derivation.basis(clock, law)}: {words}the firm itself names {until}, earlier than the {full.on} "
        f"that {law} allows{tail}; overdue from {overdue}"
    )
    return replace(full, on=until, overdue_from=overdue, why=why)


def _named(
    clock: Clock, law: str, days: Days, where: Where, plain: Deadline, until: date | None, told: str
) -> Deadline | Void:
    """The day that the firm itself named, where the law sets no longest time."""
    if until is None:
        return Void(why=f"the firm {told} that it needs longer but named no day, as {law} asks, so it has no effect")
    if until <= plain.on:
        return replace(plain, why=f"{plain.why}; the firm names {until}, which is no extension")
    overdue = _overdue([until], days, where)[1]
    why = f"{derivation.basis(clock, law)}: {told}, the firm named {until}, and no longest time is set; overdue from {overdue}"
    return replace(plain, on=until, overdue_from=overdue, why=why)


def _deadline(
    clock: Clock, law: str, days: Days, where: Where, readings: list[Counting], period: Period, words: str
) -> Deadline:
    start = _start(clock, days)
    ends: list[tuple[date, date]] = []
    for count in readings:
        nominal = _nominal(clock, days, period, count)
        ends.append((nominal, rolled(clock, nominal, count)))
    last = [end for _, end in ends]
    latest, overdue = _overdue(last, days, where)
    notes = derivation.counted(period, start, ends[0], readings[0])
    if waited := _waited(clock, days, start):
        notes.append(derivation.waited(len(waited), [wait.about for wait in _pauses(clock, days)]))
    if max(last) > min(last):
        notes.append(f"another reading of which days count ends on {max(last)}")
    if days.notices and clock.extend is None:
        notes.append(derivation.NO_EXTENSION[clock.extension_unknown])
    if unsure := _unsure(clock, days, min(last)):
        notes.append(
            f"the firm names {unsure}, and as long as that is not known nobody is surely late before it is over"
        )
        overdue = max(overdue, _overdue([unsure], days, where)[1])
    if latest > max(last):
        notes.append(f"because of closed days at either side's place nobody is late before {latest} is over")
    margin = f", with {MARGIN_DAYS[days.by]} days' margin since receipt is not proved" if days.estimated else ""
    notes.append(f"overdue from {overdue}{margin}")
    return Deadline(
        kind=clock.kind,
        on=min(last),
        overdue_from=overdue,
        origin=clock.origin,
        approximate=approximate(clock, readings, where),
        estimated=days.estimated,
        why=f"{derivation.basis(clock, law)}: {words}{period} from {_from(clock, days, start)}; " + "; ".join(notes),
    )


def _unsure(clock: Clock, days: Days, last: date) -> date | None:
    """The latest day to which the firm said in time that it extends, where it was not read whether it may."""
    limit = last + timedelta(days=MARGIN_DAYS[days.by] if days.estimated else 0)
    named = [x.until for x in days.notices if x.told <= limit and x.until and x.until > last]
    return max(named, default=None) if clock.extension_unknown else None


def _identity(clock: Clock, days: Days) -> Wait | None:
    """The last time identity was given, where that moves the start of the period."""
    given = [wait for wait in days.waits if wait.about == "identity" and wait.ended]
    if "identity" not in clock.starts_late:
        return None
    return max(given, key=lambda wait: (wait.ended or wait.asked, wait.asked), default=None)


def _start(clock: Clock, days: Days) -> date:
    """The day the period runs from."""
    given = _identity(clock, days)
    return max(days.start, given.ended) if given and given.ended else days.start


def _from(clock: Clock, days: Days, start: date) -> str:
    given = _identity(clock, days)
    if given and start > days.start:
        return f"{start}, when identity was given after it was asked on {given.asked}"
    if clock.from_ == "receipt" and days.estimated:
        return f"receipt, estimated as the day of sending, on {start}"
    return f"{derivation.the(clock)} on {start}"


def _waited(clock: Clock, days: Days, start: date) -> set[date]:
    """Days that do not count: from the day of asking to the day of the answer, both included, each day once. The day of
    the start is no day of the period anyway."""
    found: set[date] = set()
    for wait in _pauses(clock, days):
        first = max(wait.asked, start + DAY)
        found |= {first + DAY * n for n in range(((wait.ended or first) - first).days + 1)}
    return found


def _pauses(clock: Clock, days: Days) -> list[Wait]:
    return [wait for wait in days.waits if wait.ended and wait.about in clock.stops]


def _overdue(ends: list[date], days: Days, where: Where) -> tuple[date, date]:
    """The latest last day that anyone could argue for, and the day after it, plus the margin."""
    latest = max(ends)
    for places in (where.subject, where.firm):
        if places:
            latest = max(latest, next_open(max(ends), Counting(None, places[0], where.holidays).is_open))
    return latest, latest + DAY * (1 + (MARGIN_DAYS[days.by] if days.estimated else 0))
