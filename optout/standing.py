"""From the events of a case to where it stands: phase, outcomes, every date with its derivation, the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from optout.case import Case, CaseRemedy, Deadline, Demand, Event
from optout.counting import Where
from optout.dates import Holidays
from optout.deadlines import Answer, Void, answer, held_up
from optout.law import Clock
from optout.letterdays import Wait
from optout.letterwalk import LetterWalk
from optout.lifecycle import SETTLED, Phase
from optout.owntime import own_date, own_time
from optout.records import to_plain
from optout.recourse import LATE, REPLIES, Starts, begun, windows
from optout.steps import late_step, next_step
from optout.walk import Walk, walk

FIRM_CLOCKS = ("acknowledge", "respond", "comply")
DRAFT_RESTS = timedelta(days=7)
CASE_RESTS = timedelta(days=180)
"""After so long without an event or a date a case counts as asleep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterStatus:
    """Where one letter of the case stands."""

    id: str
    sent: date | None = None
    by: str | None = None
    received: date | None = None
    """Proved; None: not sent, or estimated."""
    answered: date | None = None
    deadlines: tuple[Deadline, ...] = ()
    void: tuple[str, ...] = ()
    """Extensions without effect, and clocks that do not run, each with its reason."""
    overdue_from: date | None = None
    """The first day on which the firm is late with one of its demands; where several rules carry one demand, the
    latest of theirs counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What follows from the events. It knows nothing of today."""

    phase: Phase
    outcomes: dict[str, str]
    letters: tuple[LetterStatus, ...]
    dates: tuple[Deadline, ...]
    """Dates of the case as a whole: the person's own time to act, an authority's time to answer."""
    next: Deadline | None
    """The earliest date that still runs: what a reminder goes by."""
    overdue_from: date | None
    """The first day on which the firm is late with something."""
    act_on: date | None
    """The day from which the person should do something about it: that day, or later if they have done it already."""
    awaits: str | None
    """`classify`: an answer is to be read; `decide`: something else waits for the person."""
    held_from: date | None
    """The day from which a held letter can be sent."""
    held_letter: str | None
    """Which one: the first that still asks for something and was not sent."""
    quiet_from: date | None
    """The day from which the case counts as asleep."""
    step: str
    late_step: str
    """What to do once the firm is late."""


def fold(case: Case, events: Sequence[Event], holidays: Holidays) -> Status:
    """The status after these events. Never raises for events that `admit.allow` let in."""
    steps = walk(case, events)
    where = Where(subject=case.subject_places, firm=case.firm_places, calendars=case.calendars, holidays=holidays)
    folded = [_letter(case, letter, steps, where) for letter in steps.letters.values()]
    letters = tuple(letter for letter, _ in folded)
    starts = _starts(letters, [limits for _, limits in folded])
    dates = (*windows(case, steps, starts, where), *begun(case, steps, where))
    phase = steps.phase
    if phase == "done":
        letters = tuple(_at_rest(letter) for letter in letters)
        dates = tuple(replace(x, done=True) for x in dates)
    running = [x for letter in letters for x in letter.deadlines if not x.done]
    running += [x for x in dates if not x.done and x.kind != "complain_after"]
    following = min(running, key=lambda x: (x.on, x.kind), default=None)
    overdue = min((x.overdue_from for x in letters if x.overdue_from), default=None)
    act_on = _act_on(steps, letters, dates) if phase != "done" else None
    held_from = _held_from(steps, letters) if phase != "done" else None
    return Status(
        phase=phase,
        outcomes=dict(steps.outcomes),
        letters=letters,
        dates=dates,
        next=following,
        overdue_from=overdue,
        act_on=act_on,
        awaits=_awaits(steps) if phase != "done" else None,
        held_from=held_from,
        held_letter=_held(steps)[0].letter.id if held_from else None,
        quiet_from=_quiet_from(steps, following, act_on),
        step=next_step(steps),
        late_step=late_step(steps, _late_remedy(case, steps, dates, act_on), act_on),
    )


def summary(status: Status) -> dict[str, Any]:
    """The row that `status` and `remind` list without folding."""
    shown = [(letter.id, x) for letter in status.letters for x in letter.deadlines]
    shown += [("", x) for x in status.dates]
    return {
        "phase": status.phase,
        "outcomes": status.outcomes,
        "next_on": _text(status.next.on if status.next else None),
        "next_kind": status.next.kind if status.next else None,
        "overdue_from": _text(status.overdue_from),
        "step": status.step,
        "act_on": _text(status.act_on),
        "awaits": status.awaits,
        "held_from": _text(status.held_from),
        "held_letter": status.held_letter,
        "quiet_from": _text(status.quiet_from),
        "late_step": status.late_step,
        "dates": [{"letter": letter, **to_plain(replace(x, why=""))} for letter, x in shown if not x.done],
    }


def _text(day: date | None) -> str | None:
    return None if day is None else str(day)


def _letter(case: Case, letter: LetterWalk, steps: Walk, where: Where) -> tuple[LetterStatus, dict[str, list[date]]]:
    """Where a letter stands, and the last days that a law gives the firm, by kind of demand."""
    if letter.sent is None:
        return LetterStatus(id=letter.letter.id), {}
    found: list[Deadline] = []
    void: list[str] = []
    late: dict[str, date] = {}
    limits: dict[str, list[date]] = {}
    for demand in (d for d in case.demands if d.kind in letter.letter.kinds):
        for clock in (case.clocks[name] for name in demand.clocks):
            if clock.kind not in FIRM_CLOCKS or clock.from_ not in ("receipt", "sending"):
                continue
            dates = _of_clock(clock, demand, letter, steps, where, void) if clock.usable(letter.sent.on) else None
            if dates is None:
                continue
            deadline = replace(dates.effective, demands=(demand.kind,), done=_settled(clock, demand, letter, steps))
            _add(found, deadline)
            if clock.kind not in LATE:
                continue
            # While receipt is only estimated, an extension may have come too late: then the first limit is the one.
            limits.setdefault(demand.kind, []).append(dates.plain.on if deadline.estimated else deadline.on)
            if not deadline.done:
                late[demand.kind] = max(late.get(demand.kind, deadline.overdue_from), deadline.overdue_from)
    if own := _own(case, letter, steps):
        found.append(own)
        if not own.done:
            late[""] = own.overdue_from
    status = LetterStatus(
        id=letter.letter.id, sent=letter.sent.on, by=letter.sent.by, received=letter.received,
        answered=min(letter.answers, default=None), deadlines=tuple(found), void=tuple(dict.fromkeys(void)),
        overdue_from=min(late.values(), default=None),
    )  # fmt: skip
    return status, limits


def _of_clock(
    clock: Clock, demand: Demand, letter: LetterWalk, steps: Walk, where: Where, void: list[str]
) -> Answer | None:
    """The dates of one clock for one demand; None while the clock stands still. What has no effect goes to `void`."""
    days = letter.days(clock)
    if days is None:
        return None
    if reason := held_up(clock, replace(days, waits=_before_answer(demand, letter, steps)), where):
        if steps.outcomes[demand.kind] not in SETTLED:
            void.append(f"{demand.law_name}: {clock.period} from {clock.from_} does not run; {reason}")
        return None
    result = answer(clock, demand.law_name, days, where)
    if isinstance(result.extended, Void):
        void.append(result.extended.why)
    return result


def _before_answer(demand: Demand, letter: LetterWalk, steps: Walk) -> tuple[Wait, ...]:
    """What the firm asked before it answered about that demand: a wait still open then is no time that came to an end,
    and what it asks after its answer moves nothing any more."""
    answered = steps.refused_on.get(demand.kind)
    if answered is None and steps.outcomes[demand.kind] != "pending":
        answered = min(letter.answers, default=None)
    return tuple(wait for wait in letter.waits if answered is None or wait.asked <= answered)


def _settled(clock: Clock, demand: Demand, letter: LetterWalk, steps: Walk) -> bool:
    """Whether what the clock is there for has happened."""
    if steps.outcomes[demand.kind] != "pending" or f"classify {letter.letter.id}" in steps.awaited:
        return True
    return clock.kind == "acknowledge" and (letter.acknowledged or bool(letter.answers))


def _own(case: Case, letter: LetterWalk, steps: Walk) -> Deadline | None:
    """The sender's own date, for the demands of the letter to which no law sets one."""
    clocked = {d.kind for d in case.demands if any(case.clocks[name].kind in LATE for name in d.clocks)}
    kinds = tuple(kind for kind in letter.letter.kinds if kind not in clocked) or letter.letter.kinds
    open_ = (
        any(steps.outcomes[kind] == "pending" for kind in kinds) and f"classify {letter.letter.id}" not in steps.awaited
    )
    if letter.letter.reply_by and letter.sent:
        found = own_date(letter.letter.reply_by, case.opened, letter.sent.on)
    elif letter.letter.reply_within and letter.sent:
        by = None if letter.received else letter.sent.by or "post"
        found = own_time(letter.letter.reply_within, letter.received or letter.sent.on, by)
    else:
        return None
    return replace(found, demands=kinds, done=not open_)


def _add(found: list[Deadline], one: Deadline) -> None:
    """The same date of several demands is one date."""
    for place, earlier in enumerate(found):
        if replace(earlier, demands=()) == replace(one, demands=()):
            found[place] = replace(earlier, demands=tuple(dict.fromkeys((*earlier.demands, *one.demands))))
            return
    found.append(one)


def _starts(letters: tuple[LetterStatus, ...], limits: list[dict[str, list[date]]]) -> Starts:
    by_kind: dict[str, tuple[date, ...]] = {}
    for each in limits:
        for kind, days in each.items():
            by_kind[kind] = (*by_kind.get(kind, ()), *days)
    return Starts(
        sent=tuple(x.sent for x in letters if x.sent),
        received=tuple(day for x in letters if (day := x.received or x.sent)),
        answered=tuple(x.answered for x in letters if x.answered),
        limits=by_kind,
    )


def _at_rest(letter: LetterStatus) -> LetterStatus:
    return replace(letter, overdue_from=None, deadlines=tuple(replace(x, done=True) for x in letter.deadlines))


def _act_on(steps: Walk, letters: tuple[LetterStatus, ...], dates: tuple[Deadline, ...]) -> date | None:
    """The first lateness that the person has not written about: the firm's, or that of whoever they wrote to."""
    late = [letter.overdue_from for letter in letters if letter.overdue_from]
    replies = [x.overdue_from for x in dates if x.kind in REPLIES and not x.done]
    again = [x.overdue_from for x in dates if x.kind == "follow_up"]
    written = steps.reaction or steps.complaint
    since = written.on if written else date.min
    return min([*again, *(day for day in (*late, *replies) if day > since)], default=None)


def _late_remedy(case: Case, steps: Walk, dates: tuple[Deadline, ...], act_on: date | None) -> CaseRemedy | None:
    """The remedy whose time to answer is what `act_on` is about; None where that is something else."""
    kinds = [x.kind for x in dates if x.kind in REPLIES and not x.done and x.overdue_from == act_on]
    named = [x for x in case.remedies if x.id in steps.used and any(case.clocks[c].kind in kinds for c in x.clocks)]
    return named[0] if named else None


def _awaits(steps: Walk) -> str | None:
    if any(what.startswith("classify ") for what in steps.awaited):
        return "classify"
    unsent_now = any(x.letter.when == "now" for x in steps.now_due())
    return "decide" if steps.awaited or unsent_now else None


def _held(steps: Walk) -> list[LetterWalk]:
    return [x for x in steps.unsent() if x.letter.when == "after_access"]


def _held_from(steps: Walk, letters: tuple[LetterStatus, ...]) -> date | None:
    """The day of the answer to the letters that go first, or the day on which that answer is overdue."""
    first = [x for x in steps.letters.values() if x.letter.when == "now"]
    if not _held(steps) or any(x.sent is None and steps.unsettled(x) for x in first):
        return None
    days: list[date] = []
    for one in first:
        status = next(letter for letter in letters if letter.id == one.letter.id)
        if steps.answered(one):
            days.append(max([*one.answers, *([one.withdrawn] if one.withdrawn else [])], default=steps.case.opened))
        elif status.overdue_from:
            days.append(status.overdue_from)
        else:
            return None
    return max(days, default=steps.case.opened)


def _quiet_from(steps: Walk, following: Deadline | None, act_on: date | None) -> date | None:
    if steps.phase == "draft":
        return steps.last + DRAFT_RESTS
    if steps.phase == "waiting" and following is None and act_on is None:
        return steps.last + CASE_RESTS
    return None
