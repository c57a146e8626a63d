"""The next command, as the user would type it."""

from __future__ import annotations

from datetime import date

from optout.case import CaseLetter, CaseRemedy, Event
from optout.lifecycle import COURTS, DENIED
from optout.owntime import last_good
from optout.walk import Walk


def next_step(steps: Walk) -> str:
    """What the case waits for, in a sentence with a command, and what a partial answer left out."""
    said, rest = _next(steps), _unanswered(steps)
    return f"{said}; no answer yet about {', '.join(rest)}" if rest and steps.phase != "done" else said


def _unanswered(steps: Walk) -> list[str]:
    """The demands that no answer to their letter spoke of."""
    read = [x for name, x in steps.letters.items() if x.answers and f"classify {name}" not in steps.awaited]
    kinds = dict.fromkeys(kind for x in read for kind in x.letter.kinds if steps.outcomes[kind] == "pending")
    return [kind.replace("_", " ") for kind in kinds]


def _next(steps: Walk) -> str:
    ref = steps.case.ref
    phase = steps.phase
    if phase == "done":
        return f"nothing; to take it up again: optout log {ref} reopened"
    if steps.awaited and not (set(steps.awaited) == {"reopened"} and steps.now_due()):
        return _awaited(steps)
    due = steps.now_due() or ([] if phase != "draft" else steps.unsent())
    if due and due[0].letter.when == "now":
        return f"send the letter, then: optout log {ref} sent --by CHANNEL{_named(steps, due[0].letter.id)}{_anew(steps, due[0].letter)}"
    if due:
        ident = due[0].letter.id
        drop = f"; to drop it: optout log {ref} withdrawn --letter {ident}" if phase != "draft" else ""
        return f"send the letter, then: optout log {ref} sent --by CHANNEL --letter {ident}{drop}"
    if steps.complaint is not None:
        return _complained(steps, steps.complaint)
    if (waits := _at_the_firm(steps)) is not None:
        return waits
    unproved = [x for x in steps.letters.values() if x.sent and not x.proofs and not steps.answered(x)]
    if unproved and steps.reaction is None:
        named = _named(steps, unproved[0].letter.id) if len(unproved) > 1 else ""
        return f"when the firm confirms receipt: optout log {ref} acknowledged --on DAY{named}"
    return f"wait for the answer, then: optout log {ref} answered; optout show {ref} has the dates"


def late_step(steps: Walk, late: CaseRemedy | None, on: date | None = None) -> str:
    """What to do once somebody is late (from that day): the one who hears `late`, else the firm or whoever was written to
    last. A law under which the firm hears a complaint first wants that, not a reminder."""
    ref = steps.case.ref
    if any(what.startswith("classify ") for what in steps.awaited):
        return _awaited(steps)  # an answer that came late is read before anything is written
    if steps.to_send:
        return _written(steps)
    if late is not None and late.kind != "firm_complaint":
        return f"ask {late.to or 'there'} where it stands, then: optout log {ref} reminded"
    remedy = _next_remedy(steps, on)
    if steps.reaction is None and (remedy is None or remedy.kind != "firm_complaint"):
        rest = _unanswered(steps)
        about = f" about {', '.join(rest)}" if rest else ""
        return f"write to the firm again{about}: optout escalate {ref}; once sent: optout log {ref} reminded"
    if remedy is None:
        return f"write again, or leave it at that: optout log {ref} closed"
    if remedy.kind in COURTS:
        return (
            f"take advice on going to court; if you went: {_used(steps, remedy)}; "
            f"or leave it at that: optout log {ref} closed"
        )
    where = f" to {remedy.to}" if remedy.to else _to_firm(remedy)
    do = "appeal" if remedy.kind == "appeal" else "complain"
    return f"{do}{where}: optout escalate {ref}; once sent: {_used(steps, remedy)}"


def _written(steps: Walk) -> str:
    """What to do with a reminder or a complaint that was written and not sent yet."""
    ident, draft = next(reversed(steps.to_send.items()))
    remedy = steps.case.remedy(draft.remedy)
    sent = _used(steps, remedy) if remedy else f"optout log {steps.case.ref} reminded"
    return f"send the letter {ident.replace('_', '-')}, then: {sent}"


def _to_firm(remedy: CaseRemedy) -> str:
    """Where what the firm itself hears goes, and what says so."""
    if remedy.kind != "firm_complaint":
        return " to the firm" if remedy.kind == "appeal" else ""
    return f" to the firm first ({', '.join(filter(None, (remedy.law_name, remedy.provision)))})"


def _anew(steps: Walk, letter: CaseLetter) -> str:
    """Until when a letter that names a date can be sent as it is."""
    if letter.reply_by is None:
        return ""
    day = last_good(letter.reply_by, steps.case.opened)
    return f"; after {day}, write it anew first, since it wants an answer by {letter.reply_by}: optout request {steps.case.firm}"


def _complained(steps: Walk, complaint: Event) -> str:
    """What to note while somebody decides on a complaint. What they say is kept, and ends nothing by itself."""
    ref = steps.case.ref
    remedy = steps.case.remedy(complaint.remedy)
    who = remedy.to if remedy and remedy.to else "the court" if remedy and remedy.kind in COURTS else "the authority"
    return (
        f"wait for {who}; its answer is kept by: optout log {ref} noted --file PATH; "
        f"the firm's by: optout log {ref} answered; when it is over: optout log {ref} closed"
    )


def _awaited(steps: Walk) -> str:
    ref = steps.case.ref
    what = min(steps.awaited, key=lambda what: (_ORDER.index(what.split()[0]), steps.awaited[what]))
    about, _, name = what.partition(" ")
    if about == "classify":
        kind = next(iter(steps.unsettled(steps.letters[name])), "") or steps.letters[name].letter.kinds[0]
        shown = kind.replace("_", "-")
        return (
            f"read the answer and say what it gave: optout log {ref} answered"
            f"{_named(steps, name)} --outcome {shown}=met (or partly, refused, no-data)"
        )
    if about == "identity":
        return (
            f"optout explain {steps.case.firm} --residence {steps.case.place.upper()} says what the law lets it ask; "
            f"then: optout log {ref} identity-given{_named(steps, name)}, or write again: optout log {ref} reminded{_unreasonable(steps)}"
        )
    if about == "clarification":
        return f"answer its question, then: optout log {ref} clarified{_named(steps, name)}{_unreasonable(steps)}"
    if not steps.begun:
        ident = next(iter(steps.unsent() or steps.letters.values())).letter.id
        return f"send the letter, then: optout log {ref} sent --by CHANNEL{_named(steps, ident)}"
    remedy = _next_remedy(steps)
    further = ""
    if remedy is not None and remedy.kind not in COURTS:  # a court is no step to take in passing
        first = _to_firm(remedy) if remedy.kind == "firm_complaint" else ""
        do = "appeal" if remedy.kind == "appeal" else "complain"
        further = f", {do}{first}: optout escalate {ref} (once sent: {_used(steps, remedy)})"
    held = "".join(
        f"; the letter {x.letter.id} can go now as well: optout log {ref} sent --by CHANNEL --letter {x.letter.id}"
        for x in steps.now_due()
    )
    if steps.to_send:
        return f"{_written(steps)}; or leave it at that: optout log {ref} closed{held}"
    again = f"write again in your own words: optout log {ref} reminded"
    if any(out in DENIED for out in steps.outcomes.values()):
        again = f"answer the refusal: optout escalate {ref} --kind reminder (once sent: optout log {ref} reminded)"
    return f"decide: {again}{further}, or leave it at that: optout log {ref} closed{held}"


def _unreasonable(steps: Walk) -> str:
    """What a law adds under which the firm itself hears a complaint about its demand."""
    remedy = _next_remedy(steps)
    if remedy is None or remedy.kind != "firm_complaint":
        return ""
    return f"; if it asks too much, complain{_to_firm(remedy)}: optout escalate {steps.case.ref} --kind complaint"


_ORDER = ("classify", "identity", "clarification", "outcome", "reopened")


def _named(steps: Walk, ident: str) -> str:
    return f" --letter {ident}" if len(steps.letters) > 1 else ""


def _used(steps: Walk, remedy: CaseRemedy) -> str:
    return f"optout log {steps.case.ref} {'appealed' if remedy.kind == 'appeal' else 'complained'} --remedy {remedy.id}"


def _next_remedy(steps: Walk, on: date | None = None) -> CaseRemedy | None:
    """The first remedy not used yet whose turn it is that day."""
    return next(iter(steps.turn("appealed", "complained", on=on)), None)


def _at_the_firm(steps: Walk) -> str | None:
    """What to note while the firm deals with a complaint."""
    remedy, ref = steps.at_the_firm(), steps.case.ref
    if remedy is None:
        return None
    answered = f"its answer by: optout log {ref} answered"
    if remedy.id in steps.confirmed:
        return f"wait for what the firm decides on the complaint; note {answered}"
    return f"wait for the firm to acknowledge the complaint, then: optout log {ref} acknowledged --remedy {remedy.id}; {answered}"
