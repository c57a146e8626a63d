"""From a clock of the law and the days of a case to a date, with its derivation.

Two days come out. `on` is the last day by the law's own counting. `overdue_from` is the first day on which nobody can
say that the firm still has time: after the latest reading of which days count, rolled over the closed days of both
sides' places, plus a margin when receipt is only estimated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from optout.case import Deadline, RouteKind
from optout.counting import Counting, Where, approximate, counts, rolled
from optout.dates import DAY, Period, add, next_open
from optout.law import Clock, text_in

MARGIN_DAYS: dict[RouteKind, int] = {"email": 7, "form": 7, "portal": 7, "post": 14}
"""Added to lateness when receipt is estimated from sending (docs/decisions/0004)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A time in which the firm waited for something of the person, both days included."""

    about: Literal["identity", "clarification"]
    asked: date
    ended: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The firm's word that it needs longer."""

    told: date
    until: date | None = None
    """The day up to which it says it extends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What happened to one letter, in the user's calendar days."""

    start: date
    """The day the clock runs from: receipt, sending, refusal, ... as the clock says."""
    sent: date | None = None
    waits: tuple[Wait, ...] = ()
    notices: tuple[Notice, ...] = ()
    estimated: bool = False
    """Receipt is not proved; `start` is the day of sending."""
    by: RouteKind = "post"


def happened(
    start: date,
    *,
    sent: date | None = None,
    identity_asked: date | None = None,
    identity_given: date | None = None,
    clarification_asked: date | None = None,
    clarified: date | None = None,
    extended: date | None = None,
    until: date | None = None,
) -> Days:
    """Days from single events, as worked examples and `laws deadline` give them."""
    waits = []
    if identity_asked:
        waits.append(Wait(about="identity", asked=identity_asked, ended=identity_given))
    if clarification_asked:
        waits.append(Wait(about="clarification", asked=clarification_asked, ended=clarified))
    notices = (Notice(told=extended, until=until),) if extended else ()
    return Days(start=start, sent=sent, waits=tuple(waits), notices=notices)


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
    return Answer(plain=plain, extended=_extension(clock, law, days, where, readings, plain))


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
        why=f"{_basis(clock, law)}: {clock.period} from {clock.from_} on {start}; {words}",
    )


def _timely(clock: Clock, days: Days, count: Counting) -> tuple[Wait, ...]:
    """The waits that began while the period still ran: what a firm asks after its last day moves nothing."""
    longest = clock.period
    if days.notices and clock.extend:
        longest = Period(longest.amount + clock.extend.by.amount, longest.unit)
    margin = timedelta(days=MARGIN_DAYS[days.by] if days.estimated else 0)
    kept: tuple[Wait, ...] = ()
    for wait in sorted(days.waits, key=lambda wait: wait.asked):
        so_far = replace(days, waits=kept)
        start, _ = _start(clock, so_far)
        end = add(start, longest, count.is_open) + timedelta(days=_pause(clock, so_far, start))
        if wait.asked <= rolled(clock, end, count) + margin:
            kept = (*kept, wait)
    return kept


def _extension(
    clock: Clock, law: str, days: Days, where: Where, readings: list[Counting], plain: Deadline
) -> Deadline | Void:
    extend = clock.extend
    if extend is None:  # `answer` asks only where the law knows an extension
        raise ValueError("no extension to compute")
    from_sending = extend.told_from == "sending"
    origin = (days.sent or days.start) if from_sending else _start(clock, days)[0]
    limit = rolled(clock, add(origin, extend.told_within, readings[0].is_open), readings[0])
    # While receipt is only estimated, nobody can say that a notice within the margin came too late.
    margin = MARGIN_DAYS[days.by] if days.estimated and not from_sending else 0
    in_time = [notice for notice in days.notices if notice.told <= limit + timedelta(days=margin)]
    late = [notice for notice in days.notices if notice not in in_time]
    if not in_time:
        return Void(
            why=f"the extension was told on {late[0].told}; it had to be told by {limit}, "
            f"within {extend.told_within} of {extend.told_from}, so it has no effect"
        )
    told = min(notice.told for notice in in_time)
    longer = Period(clock.period.amount + extend.by.amount, clock.period.unit)
    words = f"extended by {extend.by}, told in time on {told} (limit {limit}), counted once from the start: "
    full = _deadline(clock, law, days, where, readings, longer, words)
    named = [notice.until for notice in in_time]
    until = None if None in named else max(day for day in named if day)
    tail = "".join(f"; the notice of {notice.told} came too late and has no effect" for notice in late)
    if until is None or until == full.on:
        return replace(full, why=full.why + tail)
    if until > full.on:
        return replace(full, why=f"{full.why}; the firm names {until}, which is later than {law} allows{tail}")
    if until <= plain.on:
        said = f"{plain.why}; the firm names {until}, which is no extension{tail}"
        return replace(plain, why=said)
    why = f"{words}the firm itself names {until}, earlier than the {full.on} that {law} allows{tail}"
    return replace(full, on=until, overdue_from=_overdue([until], days, where), why=why)


def _deadline(
    clock: Clock, law: str, days: Days, where: Where, readings: list[Counting], period: Period, words: str
) -> Deadline:
    start, notes = _start(clock, days)
    pause = _pause(clock, days, start)
    ends: list[tuple[date, date]] = []
    for count in readings:
        nominal = add(start, period, count.is_open) + timedelta(days=pause)
        ends.append((nominal, rolled(clock, nominal, count)))
    on = min(end for _, end in ends)
    overdue = _overdue([end for _, end in ends], days, where)
    notes = [*notes, *_left_out(period, start, ends[0][0], readings[0]), *_roll_notes(ends[0], readings[0])]
    if pause:
        notes.append(f"{pause} days of waiting for {_waited_for(clock, days)} do not count")
    if len({end for _, end in ends}) > 1:
        notes.append(f"another reading of which days count ends on {max(end for _, end in ends)}")
    if days.notices and clock.extend is None:
        notes.append("this period cannot be extended")
    notes.append(_margin_note(days, overdue))
    return Deadline(
        kind=clock.kind,
        on=on,
        overdue_from=overdue,
        origin=clock.origin,
        approximate=approximate(clock, readings, where),
        estimated=days.estimated,
        why=f"{_basis(clock, law)}: {words}{period} from {_from(clock, days)} on {start}; " + "; ".join(notes),
    )


def _basis(clock: Clock, law: str) -> str:
    cite = ", ".join(text_in(cite, "en") for cite in clock.cites) if _printable(clock) else ""
    return f"{law}{', ' + cite if cite else ''}"


def _start(clock: Clock, days: Days) -> tuple[date, list[str]]:
    """The day the period runs from. Where identity moves it, the last time it was given counts."""
    given = [wait for wait in days.waits if wait.about == "identity" and wait.ended]
    if "identity" not in clock.starts_late or not given:
        return days.start, []
    last = max(given, key=lambda wait: (wait.ended or wait.asked, wait.asked))
    start = max(days.start, last.ended or days.start)
    return start, [f"identity was asked on {last.asked} and given on {last.ended}"]


def _from(clock: Clock, days: Days) -> str:
    if clock.from_ == "receipt" and days.estimated:
        return "receipt, estimated as the day of sending,"
    return clock.from_


def _pause(clock: Clock, days: Days, start: date) -> int:
    """Days that do not count: from the day of asking to the day of the answer, both included, each day once."""
    waited = {
        max(wait.asked, start) + DAY * n
        for wait in _pauses(clock, days)
        for n in range(((wait.ended or wait.asked) - max(wait.asked, start)).days + 1)
    }
    return len(waited)


def _pauses(clock: Clock, days: Days) -> list[Wait]:
    return [wait for wait in days.waits if wait.ended and wait.about in clock.stops]


def _waited_for(clock: Clock, days: Days) -> str:
    return " and ".join(dict.fromkeys(wait.about for wait in _pauses(clock, days)))


def _left_out(period: Period, start: date, end: date, count: Counting) -> list[str]:
    """The holidays that a period in business days passed over."""
    if period.unit != "business day":
        return []
    passed = (start + DAY * n for n in range(1, (end - start).days))
    found = [str(day) for day in passed if day.weekday() not in count.weekend and not count.is_open(day)]
    return [f"holidays left out: {', '.join(found)}"] if found else []


def _roll_notes(end: tuple[date, date], count: Counting) -> list[str]:
    nominal, last = end
    if nominal == last:
        return [f"the last day is {last} ({last:%A})"]
    return [f"that ends on {nominal}, a {count.closed_words(nominal)}, so the last day is {last} ({last:%A})"]


def _margin_note(days: Days, overdue: date) -> str:
    if days.estimated:
        return f"overdue from {overdue}, with {MARGIN_DAYS[days.by]} days' margin since receipt is not proved"
    return f"overdue from {overdue}"


def _overdue(ends: list[date], days: Days, where: Where) -> date:
    """The day after the latest candidate, plus the margin."""
    candidates = list(ends)
    for places in (where.subject, where.firm):
        if places:
            is_open = Counting(None, places[0], where.holidays).is_open
            candidates += [next_open(end, is_open) for end in ends]
    margin = MARGIN_DAYS[days.by] if days.estimated else 0
    return max(candidates) + DAY + timedelta(days=margin)


def _printable(clock: Clock) -> bool:
    return clock.pinpoint in ("verified", "secondary")


def own_date(day: date) -> Deadline:
    """The date named in a letter that the sender chose. It is never called the law's."""
    return Deadline(
        kind="respond",
        on=day,
        overdue_from=day + DAY,
        origin="sender",
        approximate=False,
        estimated=False,
        why=f"{day} is the date named in the letter; no law sets one",
    )


def look_again(day: date, why: str) -> Deadline:
    """A day on which the user wants to look at the case again."""
    return Deadline(
        kind="follow_up", on=day, overdue_from=day, origin="sender", approximate=False, estimated=False, why=why
    )
