"""The life of a case: one table of what may follow what, and one fold from events to status.

docs/architecture.md draws the table. Status is computed; the vault keeps a copy of it as a summary row, written in the
transaction of each event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from optout.case import Case, CaseLetter, Deadline, Event, EventKind
from optout.dates import Holidays
from optout.deadlines import Days, Where, answer, own_date
from optout.errors import WrongPhase

Phase = Literal["draft", "waiting"]
ALLOWED: Mapping[EventKind, tuple[Phase, ...]] = {
    "drafted": ("draft",),
    "sent": ("draft", "waiting"),
    "delivered": ("waiting",),
    "acknowledged": ("waiting",),
}
"""In which phases an event may happen. `sent` stays allowed while any letter is unsent."""
PROVES_RECEIPT = ("delivered", "acknowledged")
FIRM_CLOCKS = ("acknowledge", "respond", "comply")
LATE = ("respond", "comply")
"""A missing acknowledgement alone does not make a case overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterStatus:
    """Where one letter of the case stands."""

    id: str
    sent: date | None = None
    by: str | None = None
    received: date | None = None
    """Proved; None: not sent, or estimated."""
    deadlines: tuple[Deadline, ...] = ()
    overdue_from: date | None = None
    """The first day on which the firm is late with one of its demands; where several rules carry one demand, the
    latest of theirs counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What follows from the events."""

    phase: Phase
    outcomes: dict[str, str]
    letters: tuple[LetterStatus, ...]
    next: Deadline | None
    """The earliest date: what a reminder goes by."""
    overdue_from: date | None
    """The first day on which the firm is late with something."""
    step: str


def which_letter(case: Case, events: Sequence[Event], kind: EventKind, named: str | None) -> str:
    """The letter an event is about: the one named, else the only one it can be about. Raises WrongPhase."""
    sent = {e.letter for e in events if e.kind == "sent"}
    received = {e.letter for e in events if e.kind == kind}
    ids = [letter.id for letter in case.letters]
    if named and named not in ids:
        raise WrongPhase(f"{case.ref} has no letter '{named}'", f"its letters: {', '.join(ids)}")
    if kind == "sent":
        waiting = [letter.id for letter in case.letters if letter.id not in sent]
        now = [letter.id for letter in case.letters if letter.id in waiting and letter.when == "now"]
        waiting = now or waiting
        done = "was sent already"
    else:
        waiting = [i for i in ids if i in sent and i not in received]
        done = f"was not sent, or is {kind} already"
    if named:
        if named not in waiting and (kind != "sent" or named in sent):
            raise WrongPhase(f"the letter '{named}' of {case.ref} {done}")
        return named
    if not waiting:
        raise WrongPhase(f"no letter of {case.ref} can be {kind}: each {done}", f"optout show {case.ref}")
    if len(waiting) > 1:
        raise WrongPhase(f"{case.ref} has several letters", f"name one: --letter {' or --letter '.join(waiting)}")
    return waiting[0]


def allow(case: Case, events: Sequence[Event], event: Event) -> None:
    """Raises WrongPhase when the event cannot follow these."""
    phase = _phase(events)
    if phase not in ALLOWED[event.kind]:
        raise WrongPhase(
            f"{case.ref} is in the phase '{phase}'; '{event.kind}' cannot be logged now", f"optout show {case.ref}"
        )
    if event.on < case.opened:
        raise WrongPhase(f"the letters of {case.ref} are of {case.opened}; nothing can have happened on {event.on}")
    sent_before = {e.letter for e in events if e.kind == "sent"}
    if event.kind == "sent" and event.letter in sent_before:
        raise WrongPhase(f"the letter '{event.letter}' of {case.ref} was sent already", f"optout show {case.ref}")
    if event.kind in PROVES_RECEIPT and event.letter not in sent_before:
        raise WrongPhase(f"the letter '{event.letter}' of {case.ref} was not sent", f"optout show {case.ref}")
    if event.kind in PROVES_RECEIPT:
        sent = next((e.on for e in events if e.kind == "sent" and e.letter == event.letter), None)
        if sent and event.on < sent:
            raise WrongPhase(f"the letter was sent on {sent}, so it cannot have arrived on {event.on}")


def fold(case: Case, events: Sequence[Event], holidays: Holidays) -> Status:
    """The status after these events. Never raises for events that `allow` let in."""
    letters = tuple(_letter(case, letter, events, holidays) for letter in case.letters)
    dates = [deadline for letter in letters for deadline in letter.deadlines]
    following = min(dates, key=lambda d: d.on, default=None)
    phase = _phase(events)
    return Status(
        phase=phase,
        outcomes={demand.kind: "pending" for demand in case.demands},
        letters=letters,
        next=following,
        overdue_from=min((x.overdue_from for x in letters if x.overdue_from), default=None),
        step=_step(case, letters, phase),
    )


def summary(status: Status) -> dict[str, Any]:
    """The row that `status` lists without folding. It knows nothing of today."""
    return {
        "phase": status.phase,
        "outcomes": status.outcomes,
        "next_on": str(status.next.on) if status.next else None,
        "next_kind": status.next.kind if status.next else None,
        "overdue_from": str(status.overdue_from) if status.overdue_from else None,
        "step": status.step,
    }


def _phase(events: Sequence[Event]) -> Phase:
    return "waiting" if any(e.kind == "sent" for e in events) else "draft"


def _letter(case: Case, letter: CaseLetter, events: Sequence[Event], holidays: Holidays) -> LetterStatus:
    mine = [e for e in events if e.letter == letter.id]
    sent = next((e for e in mine if e.kind == "sent"), None)
    if sent is None:
        return LetterStatus(id=letter.id)
    proofs = [e.on for e in mine if e.kind in PROVES_RECEIPT]
    received = min(proofs) if proofs else None
    by = sent.by or "post"
    found: list[Deadline] = []
    late: dict[str, date] = {}
    where = Where(subject=case.subject_places, firm=case.firm_places, calendars=case.calendars, holidays=holidays)
    for demand in case.demands:
        if demand.kind not in letter.kinds:
            continue
        for clock_id in demand.clocks:
            clock = case.clocks[clock_id]
            if clock.kind not in FIRM_CLOCKS or not clock.usable(sent.on):
                continue
            if clock.kind == "acknowledge" and any(e.kind == "acknowledged" for e in mine):
                continue  # what it is there for has happened
            start = sent.on if clock.from_ == "sending" or received is None else received
            days = Days(start=start, sent=sent.on, estimated=received is None and clock.from_ == "receipt", by=by)
            deadline = answer(clock, demand.law_name, days, where).plain
            if clock.kind in LATE:
                late[demand.kind] = max(late.get(demand.kind, deadline.overdue_from), deadline.overdue_from)
            if deadline not in found:
                found.append(deadline)
    if letter.reply_by:
        found.append(own_date(letter.reply_by))
        late[""] = found[-1].overdue_from
    first_late = min(late.values(), default=None)
    return LetterStatus(
        id=letter.id, sent=sent.on, by=by, received=received, deadlines=tuple(found), overdue_from=first_late
    )


def _step(case: Case, letters: tuple[LetterStatus, ...], phase: Phase) -> str:
    """The next command, as the user would type it."""
    unsent = [letter.id for letter in case.letters if letter.when == "now" and not _sent(letters, letter.id)]
    if unsent:
        name = f" --letter {unsent[0]}" if len(case.letters) > 1 else ""
        return f"send the letter, then: optout log {case.ref} sent --by CHANNEL{name}"
    if any(letter.sent and not letter.received for letter in letters):
        return f"when the firm confirms receipt: optout log {case.ref} acknowledged --on DAY"
    return f"wait for the answer; optout show {case.ref} has the dates"


def _sent(letters: tuple[LetterStatus, ...], ident: str) -> bool:
    return any(letter.id == ident and letter.sent for letter in letters)
