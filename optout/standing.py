"""From the events of a case to where it stands: phase, outcomes, every date with its derivation, the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from optout.case import Case, CaseRemedy, Deadline, Demand, Event
from optout.counting import Where
from optout.dates import Holidays
from optout.deadlines import Days, answer, held_up, look_again, own_date, window
from optout.law import Clock
from optout.lifecycle import SETTLED, Phase
from optout.records import to_plain
from optout.steps import late_step, next_step
from optout.walk import LetterWalk, Walk, walk

FIRM_CLOCKS = ("acknowledge", "respond", "comply")
LATE = ("respond", "comply")
"""A missing acknowledgement alone does not make a case overdue."""
OTHERS_CLOCKS = {"appealed": ("appeal_reply",), "complained": ("authority_reply", "firm_complaint_reply")}
LOOK_AGAIN = {"reminded": timedelta(days=14), "appealed": timedelta(days=60), "complained": timedelta(days=90)}
"""When to look again after a reaction for which no law sets a date; a suggestion, and called one."""
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
    quiet_from: date | None
    """The day from which the case counts as asleep."""
    step: str
    late_step: str
    """What to do once the firm is late."""


def fold(case: Case, events: Sequence[Event], holidays: Holidays) -> Status:
    """The status after these events. Never raises for events that `admit.allow` let in."""
    steps = walk(case, events)
    where = Where(subject=case.subject_places, firm=case.firm_places, calendars=case.calendars, holidays=holidays)
    letters = tuple(_letter(case, letter, steps, where) for letter in steps.letters.values())
    dates = (*_windows(case, steps, letters, where), *_reaction(case, steps, where))
    phase = steps.phase
    if phase == "done":
        letters = tuple(_at_rest(letter) for letter in letters)
        dates = tuple(replace(x, done=True) for x in dates)
    running = [x for letter in letters for x in letter.deadlines if not x.done]
    running += [x for x in dates if not x.done and x.kind != "complain_after"]
    following = min(running, key=lambda x: (x.on, x.kind), default=None)
    overdue = min((x.overdue_from for x in letters if x.overdue_from), default=None)
    act_on = _act_on(steps, letters, dates) if phase != "done" else None
    return Status(
        phase=phase,
        outcomes=dict(steps.outcomes),
        letters=letters,
        dates=dates,
        next=following,
        overdue_from=overdue,
        act_on=act_on,
        awaits=_awaits(steps) if phase != "done" else None,
        held_from=_held_from(steps, letters) if phase != "done" else None,
        quiet_from=_quiet_from(steps, following, act_on),
        step=next_step(steps),
        late_step=late_step(steps),
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
        "quiet_from": _text(status.quiet_from),
        "late_step": status.late_step,
        "dates": [{"letter": letter, **to_plain(replace(x, why=""))} for letter, x in shown if not x.done],
    }


def _text(day: date | None) -> str | None:
    return None if day is None else str(day)


def _letter(case: Case, letter: LetterWalk, steps: Walk, where: Where) -> LetterStatus:
    if letter.sent is None:
        return LetterStatus(id=letter.letter.id)
    received = min(letter.proofs) if letter.proofs else None
    found: list[Deadline] = []
    void: list[str] = []
    late: dict[str, date] = {}
    for demand in (d for d in case.demands if d.kind in letter.letter.kinds):
        for clock in (case.clocks[name] for name in demand.clocks):
            if clock.kind not in FIRM_CLOCKS or not clock.usable(letter.sent.on):
                continue
            deadline = _of_clock(clock, demand, letter, steps, where, void)
            if deadline is None:
                continue
            if clock.kind in LATE and not deadline.done:
                late[demand.kind] = max(late.get(demand.kind, deadline.overdue_from), deadline.overdue_from)
            _add(found, deadline)
    if letter.letter.reply_by:
        own = replace(own_date(letter.letter.reply_by), demands=letter.letter.kinds, done=steps.answered(letter))
        found.append(own)
        if not own.done:
            late[""] = own.overdue_from
    return LetterStatus(
        id=letter.letter.id, sent=letter.sent.on, by=letter.sent.by, received=received,
        answered=letter.answers[0] if letter.answers else None, deadlines=tuple(found), void=tuple(dict.fromkeys(void)),
        overdue_from=min(late.values(), default=None),
    )  # fmt: skip


def _of_clock(
    clock: Clock, demand: Demand, letter: LetterWalk, steps: Walk, where: Where, void: list[str]
) -> Deadline | None:
    """The date of one clock for one demand; None where the clock stands still. What has no effect goes to `void`."""
    sent = letter.sent
    if sent is None:
        return None
    received = min(letter.proofs) if letter.proofs else None
    days = Days(
        start=sent.on if clock.from_ == "sending" or received is None else received,
        sent=sent.on,
        waits=tuple(letter.waits),
        notices=tuple(letter.notices),
        estimated=received is None and clock.from_ == "receipt",
        by=sent.by or "post",
    )
    done = steps.outcomes[demand.kind] != "pending" or f"classify {letter.letter.id}" in steps.awaited
    if clock.kind == "acknowledge":
        done = done or letter.acknowledged or bool(letter.answers)
    if not done and (reason := held_up(clock, days, where)):
        void.append(f"{demand.law_name}: {clock.period} from {clock.from_} does not run; {reason}")
        return None
    result = answer(clock, demand.law_name, days, where)
    if result.extended is not None and not isinstance(result.extended, Deadline):
        void.append(result.extended.why)
    return replace(result.effective, demands=(demand.kind,), done=done)


def _add(found: list[Deadline], one: Deadline) -> None:
    """The same date of several demands is one date."""
    for place, earlier in enumerate(found):
        if replace(earlier, demands=()) == replace(one, demands=()):
            found[place] = replace(earlier, demands=tuple(dict.fromkeys((*earlier.demands, *one.demands))))
            return
    found.append(one)


def _windows(case: Case, steps: Walk, letters: tuple[LetterStatus, ...], where: Where) -> list[Deadline]:
    """The person's own times: to appeal, to complain, to go to court, as far as the day they start from is known."""
    found: list[Deadline] = []
    for remedy in case.remedies:
        kinds = [d.kind for d in case.demands if _carries(remedy, d) and steps.outcomes[d.kind] not in SETTLED]
        if not kinds or remedy.id in {used for used, _ in steps.used}:
            continue
        for clock in (case.clocks[name] for name in remedy.clocks):
            if clock.kind not in ("appeal", "complain_within", "complain_after", "court_within"):
                continue
            start = _window_start(clock, kinds, steps, letters)
            if start and clock.usable(start):
                kinds_text = tuple(dict.fromkeys(kinds))
                found.append(replace(window(clock, remedy.law_name, start, where), demands=kinds_text))
    return found


def _carries(remedy: CaseRemedy, demand: Demand) -> bool:
    return remedy.law in (None, demand.law) and (not remedy.kinds or demand.kind in remedy.kinds)


def _window_start(clock: Clock, kinds: list[Any], steps: Walk, letters: tuple[LetterStatus, ...]) -> date | None:
    """The earliest day that the law could count from, so that the person is never told too late a day."""
    refusals = [steps.refused_on[kind] for kind in kinds if kind in steps.refused_on]
    limits = [x.on for letter in letters for x in letter.deadlines if x.kind in LATE and set(x.demands) & set(kinds)]
    starts: dict[str, list[date]] = {
        "refusal": refusals,
        "answer": [letter.answered for letter in letters if letter.answered],
        "limit": [*refusals, *limits],
        "sending": [letter.sent for letter in letters if letter.sent],
        "receipt": [x for letter in letters if (x := letter.received or letter.sent)],
        "appeal": [day for _, day in steps.used],
    }
    return min(starts.get(clock.from_, []), default=None)


def _reaction(case: Case, steps: Walk, where: Where) -> list[Deadline]:
    """What runs since the latest reminder, appeal or complaint."""
    event = steps.reaction
    if event is None:
        return []
    remedy = next((x for x in case.remedies if x.id == event.remedy), None)
    found: list[Deadline] = []
    for clock in (case.clocks[name] for name in (remedy.clocks if remedy else ())):
        if remedy and clock.kind in OTHERS_CLOCKS.get(event.kind, ()) and clock.usable(event.on):
            found.append(answer(clock, remedy.law_name, Days(start=event.on, sent=event.on), where).plain)
    shown = event.kind.replace("_", "-")
    if event.until:
        found.append(look_again(event.until, f"{event.until} is the day on which you want to look again"))
    elif not found:
        day = event.on + LOOK_AGAIN[event.kind]
        why = f"{LOOK_AGAIN[event.kind].days} days after '{shown}' on {event.on}; a suggestion, no law sets it"
        found.append(look_again(day, why))
    return found


def _at_rest(letter: LetterStatus) -> LetterStatus:
    return replace(letter, overdue_from=None, deadlines=tuple(replace(x, done=True) for x in letter.deadlines))


def _act_on(steps: Walk, letters: tuple[LetterStatus, ...], dates: tuple[Deadline, ...]) -> date | None:
    """The firm's lateness, unless the person has written about it already: then what was begun with that."""
    late = [letter.overdue_from for letter in letters if letter.overdue_from]
    if steps.reaction is None:
        return min(late, default=None)
    since = steps.reaction.on
    begun = [
        x.overdue_from
        for x in dates
        if x.kind in ("follow_up", "authority_reply", "firm_complaint_reply", "appeal_reply")
    ]
    return min([*begun, *(day for day in late if day > since)], default=None)


def _awaits(steps: Walk) -> str | None:
    if any(what.startswith("classify ") for what in steps.awaited):
        return "classify"
    unsent_now = any(x.letter.when == "now" for x in steps.now_due())
    return "decide" if steps.awaited or unsent_now else None


def _held_from(steps: Walk, letters: tuple[LetterStatus, ...]) -> date | None:
    """The day of the answer to the letters that go first, or the day on which that answer is overdue."""
    held = [x for x in steps.unsent() if x.letter.when == "after_access"]
    first = [x for x in steps.letters.values() if x.letter.when == "now"]
    if not held or any(x.sent is None and steps.unsettled(x) for x in first):
        return None
    days: list[date] = []
    for one in first:
        status = next(letter for letter in letters if letter.id == one.letter.id)
        if steps.answered(one):
            days.append(max(one.answers, default=steps.last))
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
