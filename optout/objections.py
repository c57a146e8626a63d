"""Why an event cannot come next: the table of `lifecycle.py`, and what the days, letters and remedies of the case allow."""

from __future__ import annotations

from datetime import date

from optout.case import Event, EventKind
from optout.errors import WrongPhase
from optout.law import stands
from optout.letterwalk import LetterWalk
from optout.lifecycle import HEARD, PROVES_RECEIPT, REACTIONS, TABLE
from optout.walk import BEGINS, ENDS, WHOLE, Walk

WHOLE_CASE: tuple[EventKind, ...] = ("drafted", "withdrawn", "reminded")
"""Events about one letter, or about the case as a whole."""
BY_YOU: tuple[EventKind, ...] = (*REACTIONS, "withdrawn", "closed")
"""Steps of the person that follow the first sending."""


def refusal(steps: Walk, event: Event) -> WrongPhase | None:
    """Why the event cannot come next; None when it can."""
    if event.kind == "drafted" and event.letter:
        return None  # a reminder or a complaint was written, which by itself changes nothing
    ref, move = steps.case.ref, TABLE[event.kind]
    shown, hint = event.kind.replace("_", "-"), f"optout show {ref}"
    if steps.phase not in move.allowed:
        if steps.phase == "done":
            hint = f"optout log {ref} reopened"
        elif not steps.begun:
            hint = f"note first that you sent it: optout log {ref} sent --by CHANNEL"
        return WrongPhase(f"{ref} is in the phase '{steps.phase}'; '{shown}' cannot be logged now", hint)
    if said := _day_refusal(steps, event):
        early = f"give --on {steps.case.opened} or a later day; the history: {hint}"
        return WrongPhase(said, early if event.on < steps.case.opened else hint)
    letter = steps.letters.get(event.letter or "")
    if event.kind == "acknowledged" and event.remedy:
        said = _confirm_refusal(steps, event)
        return WrongPhase(said, hint) if said else None
    if event.letter is None and "letter" in move.takes and event.kind not in WHOLE_CASE:
        return WrongPhase(f"'{shown}' is about one letter of {ref}", f"name it: --letter {next(iter(steps.letters))}")
    if event.letter and letter is None:
        return WrongPhase(f"{ref} has no letter '{event.letter}'", f"its letters: {', '.join(steps.letters)}")
    if letter is not None and (said := _letter_refusal(steps, event, letter)):
        return WrongPhase(said, _first(steps, event, letter) or hint)
    if event.kind == "appealed" and not any(x.kind == "appeal" for x in steps.case.remedies):
        return WrongPhase(f"no law of {ref} gives an appeal to the firm", _instead(steps, event.on))
    if event.remedy and (said := _remedy_refusal(steps, event)):
        return WrongPhase(said, f"its remedies: {', '.join(x.id for x in steps.case.remedies) or 'none'}")
    return None


def _day_refusal(steps: Walk, event: Event) -> str:
    ref, on = steps.case.ref, event.on
    if event.kind in ("drafted", "noted"):
        return ""
    if on < steps.case.opened:
        return f"the letters of {ref} are of {steps.case.opened}; nothing can have happened on {on}"
    sent = [x.sent.on for x in steps.letters.values() if x.sent]
    if event.kind in REACTIONS and not sent:
        return f"no letter of {ref} was sent yet"
    if event.kind in BY_YOU and event.letter is None and sent and on < min(sent):
        return f"the first letter was sent on {min(sent)}, after {on}"
    if event.kind == "reopened" and on < steps.last:
        return f"the last entry of {ref} is of {steps.last}, after {on}"
    return ""


def _letter_refusal(steps: Walk, event: Event, letter: LetterWalk) -> str:
    ident, ref = letter.letter.id, steps.case.ref
    if event.kind == "sent":
        if letter.sent:
            return f"the letter '{ident}' of {ref} was sent already"
        return "" if steps.unsettled(letter) else f"the letter '{ident}' of {ref} was taken back"
    if event.kind == "withdrawn" and not steps.unsettled(letter):
        return f"nothing of the letter '{ident}' of {ref} is open any more"
    if event.kind == "withdrawn" and letter.sent is None:
        return ""
    if letter.sent is None:
        return f"the letter '{ident}' of {ref} was not sent"
    shown = event.kind.replace("_", "-")
    if event.on < letter.sent.on:
        could_not = "it cannot have arrived" if event.kind in PROVES_RECEIPT else f"'{shown}' cannot have happened"
        return f"the letter was sent on {letter.sent.on}, so {could_not} on {event.on}"
    if event.kind in WHOLE and any(out != WHOLE[event.kind] for out in event.outcomes.values()):
        return f"'{shown}' has one outcome; log 'answered' where they differ"
    foreign = [kind for kind in event.outcomes if kind not in letter.letter.kinds]
    if foreign:
        return f"the letter '{ident}' does not ask for {foreign[0].replace('_', ' ')}"
    if about := ENDS.get(event.kind):
        asked = [wait.asked for wait in letter.waits if wait.about == about and wait.ended is None]
        if not asked:
            return f"{about} was not asked for the letter '{ident}', or was given already"
        if event.on < min(asked):
            return f"{about} was asked on {min(asked)}, so it cannot have been given on {event.on}"
    return ""


def _first(steps: Walk, event: Event, letter: LetterWalk) -> str:
    """What was to be noted before, where that is what is missing."""
    ref, named = steps.case.ref, f" --letter {letter.letter.id}"
    if letter.sent is None and event.kind != "sent":
        return f"note first that you sent it: optout log {ref} sent --by CHANNEL{named}"
    if event.kind in ENDS and not any(x.about == ENDS[event.kind] and x.ended is None for x in letter.waits):
        asked = next(kind for kind, about in BEGINS.items() if about == ENDS[event.kind])
        return f"if the firm asked, note that first: optout log {ref} {asked.replace('_', '-')}{named}"
    return ""


def _confirm_refusal(steps: Walk, event: Event) -> str:
    """Why the firm cannot have acknowledged such a complaint that day."""
    if event.letter:
        return "'acknowledged' is about a letter or about a complaint to the firm, not about both"
    remedy = steps.case.remedy(event.remedy)
    if remedy is None or remedy.kind != "firm_complaint":
        return f"{steps.case.ref} has no remedy '{event.remedy}' that the firm could acknowledge"
    day = steps.used.get(remedy.id)
    if day is None or event.on < day:
        return f"no complaint under '{remedy.id}' was made by {event.on}"
    return ""


def _remedy_refusal(steps: Walk, event: Event) -> str:
    remedy = steps.case.remedy(event.remedy)
    if remedy is None or remedy.kind not in HEARD.get(event.kind, ()):
        return f"{steps.case.ref} has no remedy '{event.remedy}' for '{event.kind}'"
    if not stands(remedy, event.on):
        days = remedy.in_force
        until = f" until {days.until}" if days and days.until else ""
        return (
            f"'{remedy.id}' is in force{f' from {days.from_}' if days and days.from_ else ''}{until}, not on {event.on}"
        )
    missing = [need for need in remedy.needs if need not in steps.used]
    return f"the law wants '{missing[0]}' to be used before '{remedy.id}'" if missing else ""


def _instead(steps: Walk, on: date) -> str:
    """What there is where a law has no appeal."""
    if ready := steps.turn("complained", on=on):
        return f"complain instead: optout log {steps.case.ref} complained --remedy {ready[0].id}"
    return f"write to the firm again: optout log {steps.case.ref} reminded"
