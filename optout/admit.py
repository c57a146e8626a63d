"""What may be logged next, and what it is about where the user did not say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from optout.case import Case, Event, EventKind
from optout.errors import WrongPhase
from optout.history import read
from optout.lifecycle import COURTS, HEARD, TABLE
from optout.objections import refusal
from optout.walk import ENDS, Walk, walk


def allow(case: Case, events: Sequence[Event], event: Event) -> None:
    """Raises WrongPhase when the event cannot follow these."""
    if event.kind == "corrected":
        _allow_correction(case, events, event)
    elif found := refusal(walk(case, events), event):
        raise found


def _allow_correction(case: Case, events: Sequence[Event], event: Event) -> None:
    """An event can be corrected if all that came after it could have happened without it, or after what is put in."""
    target, ref = event.corrects or 0, case.ref
    if not 1 <= target <= len(events):
        raise WrongPhase(f"{ref} has no event {target}", f"its events: optout show {ref}")
    old = events[target - 1]
    if old.kind == "drafted":
        raise WrongPhase("what was drafted stays drafted", f"to take the case back: optout log {ref} withdrawn")
    now, then = read(events), read([*events, event])
    if old.kind != "corrected" and target not in dict(now):
        raise WrongPhase(f"event {target} was taken back already", f"optout show {ref}")
    if now == then:
        raise WrongPhase(f"that would change nothing about event {target}", f"optout show {ref}")
    steps = Walk(case)
    for number, each in then:
        against = refusal(steps, each)
        if against is None:
            steps.take(each)
            continue
        if number == target:
            raise against
        shown = each.kind.replace("_", "-")
        said = f"event {number} ({shown}) could not have happened then: {against}"
        raise WrongPhase(said, f"correct it first: optout log {ref} corrected --event {number}")


def which_letter(
    case: Case, events: Sequence[Event], kind: EventKind, named: str | None, outcomes: Collection[str] = ()
) -> str | None:
    """The letter an event is about: the one named, else that of the demands in `outcomes`, else the only one it can be
    about; None for the whole case.

    Raises WrongPhase when it can be about none, or about several.
    """
    if named or "letter" not in TABLE[kind].takes:
        return named
    steps = walk(case, events)
    if kind == "withdrawn" or (kind == "acknowledged" and _at_the_firm(steps)):
        return None
    asking = [letter.id for letter in case.letters if outcomes and set(outcomes) <= set(letter.kinds)]
    fitting = asking or _fitting(steps, kind)
    if len(fitting) == 1 or (kind == "sent" and fitting):
        return fitting[0]
    if kind == "reminded":
        return None
    shown = kind.replace("_", "-")
    if not fitting:
        said = f"no letter of {case.ref} waits to be logged as '{shown}'"
        raise WrongPhase(said, _first(steps, kind) or f"optout show {case.ref}")
    raise WrongPhase(f"{case.ref} has several letters", f"name one: --letter {' or --letter '.join(fitting)}")


def _first(steps: Walk, kind: EventKind) -> str:
    """What was to be noted before an event that fits no letter."""
    sent = [x for x in steps.letters.values() if x.sent]
    if sent and kind not in ENDS:
        return ""
    letter = sent[0] if sent else next(iter(steps.letters.values()))
    against = refusal(steps, Event(kind=kind, on=steps.last, letter=letter.letter.id))
    return against.hint if against else ""


def _fitting(steps: Walk, kind: EventKind) -> list[str]:
    """The letters that an event of this kind is likely to be about."""
    if kind == "sent":
        unsent = [x.letter for x in steps.unsent()]
        now = [letter.id for letter in unsent if letter.when == "now"]
        return now[:1] or [letter.id for letter in unsent]
    sent = [x for x in steps.letters.values() if x.sent]
    if kind in ("delivered", "acknowledged"):
        sent = [x for x in sent if not (x.acknowledged if kind == "acknowledged" else x.proofs)]
    elif kind in ("identity_given", "clarified"):
        about = "identity" if kind == "identity_given" else "clarification"
        sent = [x for x in sent if any(wait.about == about and wait.ended is None for wait in x.waits)]
    else:
        sent = [x for x in sent if not steps.answered(x)] or sent
    return [x.letter.id for x in sent]


def _at_the_firm(steps: Walk) -> str | None:
    """The complaint to the firm that was made last and not acknowledged yet."""
    found = steps.at_the_firm()
    return found.id if found and found.id not in steps.confirmed else None


def which_remedy(
    case: Case, events: Sequence[Event], kind: EventKind, on: date | None = None, letter: str | None = None
) -> str | None:
    """The remedy an appeal or complaint of that day uses unless another is named: the first whose turn it is, never a
    court; of `acknowledged` without a letter, the complaint that waits for it. None: no remedy of the law is known.

    Raises WrongPhase when there was such a step before: then only the person knows which one this is.
    """
    if kind == "acknowledged" and letter is None:
        return _at_the_firm(walk(case, events))
    if kind not in HEARD:
        return None
    steps = walk(case, events)
    ready = steps.turn(kind, on=on)
    first = next((x.id for x in ready if x.kind not in COURTS), None)
    used = [x.id for x in case.remedies if x.id in steps.used and x.kind in HEARD[kind]]
    if first or not used:
        return first
    said = f"'{used[-1]}' of {case.ref} was used on {steps.used[used[-1]]}"
    named = ", or --remedy ".join([*used, *(x.id for x in ready)])
    raise WrongPhase(said, f"say which remedy this is: optout log {case.ref} {kind} --remedy {named}")
