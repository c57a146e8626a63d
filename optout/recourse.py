"""What the person may do when the answer stays out or falls short: until when, and what runs once they did it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from optout.case import Case, CaseRemedy, Deadline
from optout.counting import Where
from optout.deadlines import answer, window
from optout.law import Clock, DemandKind, stands
from optout.letterdays import Days
from optout.lifecycle import SETTLED
from optout.owntime import look_again
from optout.walk import Walk

WINDOWS = ("appeal", "complain_within", "complain_after", "court_within")
REPLIES = ("appeal_reply", "firm_complaint_reply", "authority_reply")
LATE = ("respond", "comply")
"""Clocks whose end is the firm's limit. A missing acknowledgement alone does not make a case overdue."""
LOOK_AGAIN = {"reminded": timedelta(days=14), "appealed": timedelta(days=60), "complained": timedelta(days=90)}
"""When to look again after a reaction for which no law sets a date; a suggestion, and called one."""
FIRM_DECIDES = timedelta(days=30)
"""The same after the firm acknowledged a complaint, for which it owes an outcome and no date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """The days of the letters that a window can be counted from."""

    sent: tuple[date, ...]
    received: tuple[date, ...]
    """Estimated ones are the days of sending."""
    answered: tuple[date, ...]
    limits: Mapping[str, tuple[date, ...]]
    """Demand kind to the last days that a law gives the firm; what is only agreed or suggested is no limit."""


def windows(case: Case, steps: Walk, starts: Starts, where: Where) -> list[Deadline]:
    """The person's own times: to appeal, to complain, to go to court, as far as the day they start from is known."""
    found: list[Deadline] = []
    for remedy in case.remedies:
        if remedy.id in steps.used:
            continue
        for clock in (case.clocks[name] for name in remedy.clocks):
            kinds = _kinds(case, remedy, clock, steps)
            if clock.kind not in WINDOWS or not kinds:
                continue
            start = _start(clock, kinds, steps, starts)
            if start and clock.usable(start):
                end = replace(window(clock, remedy.law_name, start, where), demands=kinds)
                found += [end] if stands(remedy, end.on) else []
    return found


def _kinds(case: Case, remedy: CaseRemedy, clock: Clock, steps: Walk) -> tuple[DemandKind, ...]:
    """The open demands that the remedy is for. Where its time runs from the firm's limit, those that have a limit."""
    found: dict[DemandKind, None] = {}
    for demand in case.demands:
        limited = any(case.clocks[name].kind in LATE for name in demand.clocks)
        if not remedy.about(demand.law) or (remedy.kinds and demand.kind not in remedy.kinds):
            continue
        if steps.outcomes[demand.kind] not in SETTLED and (limited or clock.from_ != "limit"):
            found[demand.kind] = None
    return tuple(found)


def _start(clock: Clock, kinds: Collection[str], steps: Walk, starts: Starts) -> date | None:
    """The earliest day that the law could count from, so that the person is never told too late a day."""
    refusals = [steps.refused_on[kind] for kind in kinds if kind in steps.refused_on]
    appeals = {remedy.id for remedy in steps.case.remedies if remedy.kind == "appeal"}
    days = {
        "refusal": refusals,
        "answer": starts.answered,
        "limit": [*refusals, *(day for kind in kinds for day in starts.limits.get(kind, ()))],
        "sending": starts.sent,
        "receipt": starts.received,
        "appeal": [day for ident, day in steps.used.items() if ident in appeals],
    }
    return min(days.get(clock.from_, ()), default=None)


def _days(steps: Walk, remedy: CaseRemedy, clock: Clock) -> Days:
    """The days that such a reply is counted from. When a complaint reached the firm is as little proved as of a letter."""
    day = steps.used[remedy.id]
    to_firm = clock.kind == "firm_complaint_reply"
    return Days(start=day, sent=day, estimated=to_firm, by=steps.by.get(remedy.id) or "post")


def begun(case: Case, steps: Walk, where: Where) -> list[Deadline]:
    """What runs since the person appealed or complained, each from its own day, and when to look again after the
    latest step."""
    found: list[Deadline] = []
    event = steps.reaction or steps.complaint
    bound = False
    for remedy in (x for x in case.remedies if x.id in steps.used):
        day = steps.used[remedy.id]
        for clock in (case.clocks[name] for name in remedy.clocks):
            if clock.kind not in REPLIES or not clock.usable(day):
                continue
            reply = answer(clock, remedy.law_name, _days(steps, remedy, clock), where).plain
            answered = clock.kind != "authority_reply" and any(on >= day for on in steps.answers())
            confirmed = clock.kind == "firm_complaint_reply" and remedy.id in steps.confirmed
            found.append(replace(reply, done=answered or confirmed))
            bound = bound or (event is not None and event.remedy == remedy.id and not confirmed)
    if event and event.until:
        found.append(look_again(event.until, f"{event.until} is the day on which you want to look again"))
    elif event and event.remedy in steps.confirmed:
        heard = steps.confirmed[event.remedy]
        why = f"{FIRM_DECIDES.days} days after the firm acknowledged the complaint on {heard}; a suggestion, no law sets it"
        found.append(look_again(heard + FIRM_DECIDES, why))
    elif event and not bound:
        rest = LOOK_AGAIN[event.kind]
        shown = event.kind.replace("_", "-")
        why = f"{rest.days} days after '{shown}' on {event.on}; a suggestion, no law sets it"
        found.append(look_again(event.on + rest, why))
    return found
