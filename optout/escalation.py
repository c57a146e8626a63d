"""Which letter follows when an answer stays out or falls short, or from when one makes sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from optout.case import Case, CaseRemedy, Deadline, Demand
from optout.errors import NotFound, NotPossible, WrongPhase
from optout.lifecycle import COURTS
from optout.recourse import LATE
from optout.standing import Status
from optout.walk import Walk

FollowKind = Literal["reminder", "appeal", "firm_complaint", "authority"]
Wanted = Literal["", "reminder", "complaint"]
LETTER_IDS: Mapping[FollowKind, str] = {
    "reminder": "reminder",
    "appeal": "appeal",
    "firm_complaint": "firm_complaint",
    "authority": "complaint",
}
"""What such a letter is called in its case, the first of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """The letter that follows."""

    kind: FollowKind
    remedy: CaseRemedy | None
    """None for a reminder."""
    late: tuple[Demand, ...]
    """Not answered, and overdue."""
    denied: tuple[Demand, ...]
    """Refused, or met in part."""
    demanded: tuple[Demand, ...] = ()
    """Held up by something that the firm asks of the person, which the complaint calls unreasonable."""
    too_late: date | None = None
    """The end of the person's own time for it, by the earliest counting, where that is past."""
    guidance: bool = False
    """No law sets that time: whoever hears the complaint asks for it."""


def following(
    steps: Walk,
    status: Status,
    on: date,
    wanted: Wanted = "",
    remedy: str | None = None,
) -> Following:
    """What follows on that day. `wanted` and `remedy` (an id) choose where there is a choice.

    Raises WrongPhase while it is too early, naming the day from which it makes sense, NotFound for a remedy that the
    case has not, and NotPossible where only a court is left.
    """
    _refuse_waiting(steps, status)
    late_from = _late_from(status)
    late = {kind for kind, day in late_from.items() if day <= on}
    denied = {kind for kind, out in steps.outcomes.items() if out in ("refused", "partly")}
    demanded = _demanded(steps, on)
    ref = steps.case.ref
    if not late and not denied and not (demanded and (wanted == "complaint" or remedy or _heard_first(steps))):
        raise _too_early(steps, status, min(late_from.values(), default=None))
    if remedy is None and (wanted == "reminder" or (not wanted and late and _remind_first(steps, late_from, on))):
        if not late and not denied:
            hint = f"answer to it with a complaint: optout escalate {ref} --kind complaint"
            raise WrongPhase(f"nothing in {ref} is overdue or refused, so there is nothing to remind of", hint)
        # Beside silence a reminder answers the refusals too; where everything was refused it is the answer to that.
        return Following(
            kind="reminder",
            remedy=None,
            late=_demands(steps.case, late),
            denied=() if late else _demands(steps.case, denied),
        )
    if not wanted and remedy is None:
        _refuse_running(steps, status, on)
    return _complaint(steps, status, on, (late, denied, demanded), remedy)


def _demanded(steps: Walk, on: date) -> set[str]:
    """The demands that wait for what the firm asks of the person, where the firm itself hears a complaint about that; or
    heard one."""
    ready = steps.turn("complained", on=on)
    if not _heard_first(steps) and not any(x.kind == "firm_complaint" for x in ready):
        return set()
    held = [x for x in steps.letters.values() if any(wait.ended is None for wait in x.waits)]
    return {kind for x in held for kind in x.letter.kinds if steps.outcomes[kind] == "pending"}


def _heard_first(steps: Walk) -> bool:
    """Whether the firm was sent a complaint that it hears itself."""
    return any(x.kind == "firm_complaint" and x.id in steps.used for x in steps.case.remedies)


def _remind_first(steps: Walk, late_from: Mapping[str, date], on: date) -> bool:
    """Whether silence is met with a reminder. A law under which the firm hears a complaint first wants that instead."""
    if steps.complaint is not None or any(
        x.kind == "firm_complaint" for x in steps.turn("appealed", "complained", on=on)[:1]
    ):
        return False
    return steps.reaction is None or all(day > steps.reaction.on for day in late_from.values())


def _refuse_waiting(steps: Walk, status: Status) -> None:
    ref = steps.case.ref
    if steps.phase == "done":
        raise WrongPhase(f"{ref} is done", f"to take it up again: optout log {ref} reopened")
    if not steps.begun:
        hint = f"note first that you sent it: optout log {ref} sent --by CHANNEL"
        raise WrongPhase(f"no letter of {ref} was sent yet, so nobody is late", hint)
    if status.awaits == "classify":
        raise WrongPhase(f"an answer in {ref} was not read into the case yet", status.step)


def _late_from(status: Status) -> dict[str, date]:
    """By kind of demand that waits for an answer, the day from which that is overdue."""
    found: dict[str, date] = {}
    for letter in status.letters:
        for deadline in (x for x in letter.deadlines if x.kind in LATE and not x.done):
            for kind in deadline.demands:
                if status.outcomes[kind] == "pending":
                    found[kind] = max(found.get(kind, deadline.overdue_from), deadline.overdue_from)
    return found


def _too_early(steps: Walk, status: Status, first: date | None) -> WrongPhase:
    ref = steps.case.ref
    if first is None and _demanded(steps, status.act_on or steps.last):
        said = f"nothing in {ref} is overdue or refused: the firm waits for what it asked of you"
        return WrongPhase(
            said, f"if that is unreasonable, complain to the firm: optout escalate {ref} --kind complaint"
        )
    if first is None:
        return WrongPhase(f"nothing in {ref} is overdue or refused, and no time runs that could end", status.step)
    said = f"it is too early: nothing in {ref} was refused, and no answer is overdue before {first}"
    if _unsure(steps):
        said += "; the firm says that it needs longer, and whether the law allows that is not known"
    return WrongPhase(said, f"from {first} on: optout escalate {ref}; optout show {ref} has the dates")


def _unsure(steps: Walk) -> bool:
    """Whether the firm wants longer under a law of which that part was not read."""
    told = {kind for x in steps.letters.values() if x.notices for kind in x.letter.kinds}
    clocks = [steps.case.clocks[name] for x in steps.case.demands if x.kind in told for name in x.clocks]
    return any(clock.extension_unknown for clock in clocks)


def _refuse_running(steps: Walk, status: Status, on: date) -> None:
    """After a letter of the person's own there is a time to wait; `wanted` goes past it."""
    written = steps.reaction or steps.complaint
    if written is None or (status.act_on is not None and status.act_on <= on):
        return
    ref, until = steps.case.ref, status.act_on
    shown = "wrote again" if written.kind == "reminded" else written.kind
    rest = f"; look at it again on {until}" if until else ""
    hint = f"to write all the same: optout escalate {ref} --kind complaint (or reminder)"
    raise WrongPhase(f"you {shown} on {written.on} in {ref}{rest}", hint)


def _complaint(
    steps: Walk, status: Status, on: date, open_: tuple[set[str], set[str], set[str]], chosen: str | None
) -> Following:
    """An appeal or a complaint, under the first remedy whose turn it is, or under the one that was named."""
    ref = steps.case.ref
    ready = steps.turn("appealed", "complained", on=on)
    if chosen is not None and chosen not in [x.id for x in ready]:
        raise NotFound("remedy", chosen, [x.id for x in ready], f"optout show {ref}")
    early: list[date] = []
    for remedy in (x for x in ready if x.id == chosen or (chosen is None and not _heard_there(steps, x))):
        kind = remedy.kind
        late, denied, demanded = (_under(steps.case, remedy, kinds) for kinds in open_)
        if kind == "appeal":
            demanded = ()
        if kind not in ("appeal", "firm_complaint", "authority") or not (late or denied or demanded):
            continue
        if (first := _window(steps.case, status, remedy, "complain_after")) and on < first.on:
            early.append(first.on)
            continue
        end = _window(steps.case, status, remedy, "appeal" if kind == "appeal" else "complain_within")
        return Following(
            kind=kind, remedy=remedy, late=late, denied=denied, demanded=demanded,
            too_late=end.on if end and end.on < on else None, guidance=bool(end and end.origin == "guidance"),
        )  # fmt: skip
    raise _nobody(steps, status, on, ready, min(early, default=None))


def _heard_there(steps: Walk, remedy: CaseRemedy) -> bool:
    """Whether an authority was told already what this would tell it or the firm: the firm hears a complaint before an
    authority does, and no authority is asked anew because another section sends people to it now."""
    laws = {demand.law for demand in steps.case.demands if remedy.about(demand.law)}
    used = [x for x in steps.case.remedies if x.kind == "authority" and x.id in steps.used and any(map(x.about, laws))]
    return bool(used) and (remedy.kind == "firm_complaint" or remedy.to in [x.to for x in used if x.to])


def _silent(steps: Walk, status: Status, on: date, ready: list[CaseRemedy]) -> NotPossible | None:
    """That whoever heard the complaint let its own time pass, and the court that the law opens then."""
    complaint = steps.complaint
    time = next((x for x in status.dates if x.kind == "authority_reply" and not x.done), None)
    courts = [x for x in ready if x.kind in COURTS and complaint and complaint.remedy in x.needs]
    if complaint is None or time is None or on < time.overdue_from or not courts:
        return None
    court, ref = courts[0], steps.case.ref
    who = "the tribunal" if court.kind == "tribunal" else "the court"
    under = ", ".join(filter(None, (court.law_name, court.provision)))
    said = (
        f"the complaint of {complaint.on} in {ref} had its time until {time.on}; without word of its progress or outcome the "
        f"law opens the way to {who}, about that silence ({under}); no letter to one is written here"
    )
    return NotPossible(said, f"take advice first; if you went: optout log {ref} complained --remedy {court.id}")


def _nobody(
    steps: Walk, status: Status, on: date, ready: list[CaseRemedy], first: date | None
) -> WrongPhase | NotPossible:
    """Why nobody can be written to."""
    ref = steps.case.ref
    if first is not None:
        said = f"a complaint about {ref} is heard from {first} on, not before"
        return WrongPhase(said, f"from {first} on: optout escalate {ref} --kind complaint")
    if (silent := _silent(steps, status, on, ready)) is not None:
        return silent
    if steps.complaint is not None:
        said = f"a complaint of {steps.complaint.on} runs in {ref}, and no other one is open"
        return WrongPhase(
            said, f"ask there where it stands; what they say is kept by: optout log {ref} noted --file PATH"
        )
    if courts := [x for x in ready if x.kind in COURTS]:
        said = f"what is left in {ref} is a court, under {courts[0].law_name}; no letter to one is written here"
        return NotPossible(said, f"take advice first; if you went: optout log {ref} complained --remedy {courts[0].id}")
    said = f"no law known in {ref} names anybody who hears a complaint about this"
    return NotPossible(said, f"remind once more: optout escalate {ref} --kind reminder; or: optout log {ref} closed")


def _under(case: Case, remedy: CaseRemedy, kinds: set[str]) -> tuple[Demand, ...]:
    return tuple(
        demand
        for demand in _demands(case, kinds)
        if remedy.about(demand.law) and (not remedy.kinds or demand.kind in remedy.kinds)
    )


def _demands(case: Case, kinds: set[str]) -> tuple[Demand, ...]:
    return tuple(demand for demand in case.demands if demand.kind in kinds)


def _window(case: Case, status: Status, remedy: CaseRemedy, kind: str) -> Deadline | None:
    """That date of the remedy, as far as it is known."""
    if not any(case.clocks[name].kind == kind for name in remedy.clocks):
        return None
    return min((x for x in status.dates if x.kind == kind), key=lambda x: x.on, default=None)
