"""The events of a case, one after the other, held to the table of `lifecycle.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from optout.case import Case, CaseLetter, Event, EventKind, Outcome
from optout.deadlines import Notice, Wait
from optout.errors import WrongPhase
from optout.history import read
from optout.lifecycle import HEARD, PROVES_RECEIPT, REACTIONS, SETTLED, TABLE, Phase

WHOLE: Mapping[EventKind, Outcome] = {"refused": "refused", "no_data": "no_data"}
"""Answers that are the same for every demand they are about."""
WHOLE_CASE: tuple[EventKind, ...] = ("withdrawn", "reminded")
"""Events about one letter, or about the case as a whole."""


@dataclass(slots=True, kw_only=True)
class LetterWalk:
    """What has happened to one letter so far."""

    letter: CaseLetter
    sent: Event | None = None
    proofs: list[date] = field(default_factory=list)
    acknowledged: bool = False
    waits: list[Wait] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    answers: list[date] = field(default_factory=list)


class Walk:
    """The events of a case, one after the other. `refusal` says why one cannot come next; `take` lets it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.letters = {letter.id: LetterWalk(letter=letter) for letter in case.letters}
        self.outcomes: dict[str, Outcome] = {demand.kind: "pending" for demand in case.demands}
        self.awaited: dict[str, date] = {}
        """What waits for the person, by what it is (`identity access`, `outcome deletion`, `classify access`,
        `reopened`), with the day it began."""
        self.refused_on: dict[str, date] = {}
        """Demand kind to the first day on which it was refused or met in part."""
        self.reaction: Event | None = None
        """The latest reminder, appeal or complaint that nothing was answered to yet."""
        self.used: list[tuple[str, date]] = []
        """Remedies used: their ids and the days."""
        self.ended = False
        self.last = case.opened

    def unsettled(self, letter: LetterWalk) -> list[str]:
        return [kind for kind in letter.letter.kinds if self.outcomes.get(kind) not in SETTLED]

    def unsent(self) -> list[LetterWalk]:
        """Letters that are still to be sent, those of now first."""
        found = [x for x in self.letters.values() if x.sent is None and self.unsettled(x)]
        return sorted(found, key=lambda x: x.letter.when != "now")

    def answered(self, letter: LetterWalk) -> bool:
        """Whether the letter has had its answer: no demand of it is pending, and none is to be classified."""
        pending = any(self.outcomes.get(kind) == "pending" for kind in letter.letter.kinds)
        return not pending and f"classify {letter.letter.id}" not in self.awaited

    def now_due(self) -> list[LetterWalk]:
        """Unsent letters whose time has come: all of now as soon as one went out, held ones after the answer."""
        if not any(x.sent for x in self.letters.values()):
            return []
        first = [x for x in self.letters.values() if x.letter.when == "now"]
        held_back = any(not self.answered(x) for x in first)
        return [x for x in self.unsent() if x.letter.when == "now" or not held_back]

    @property
    def phase(self) -> Phase:
        if self.ended:
            return "done"
        sent = any(x.sent for x in self.letters.values())
        if not self.awaited and not self.unsent() and all(out in SETTLED for out in self.outcomes.values()):
            return "done"
        if not sent:
            return "answer_needed" if self.awaited else "draft"
        return "answer_needed" if self.awaited or self.now_due() else "waiting"

    def refusal(self, event: Event) -> WrongPhase | None:
        """Why the event cannot come next; None when it can."""
        ref, move = self.case.ref, TABLE[event.kind]
        shown, hint = event.kind.replace("_", "-"), f"optout show {ref}"
        if self.phase not in move.allowed:
            if self.phase == "done":
                hint = f"optout log {ref} reopened"
            return WrongPhase(f"{ref} is in the phase '{self.phase}'; '{shown}' cannot be logged now", hint)
        if event.on < self.case.opened:
            said = f"the letters of {ref} are of {self.case.opened}; nothing can have happened on {event.on}"
            return WrongPhase(said, hint)
        sent = [x.sent.on for x in self.letters.values() if x.sent]
        if event.kind in REACTIONS and sent and event.on < min(sent):
            return WrongPhase(f"the first letter was sent on {min(sent)}, after {event.on}", hint)
        letter = self.letters.get(event.letter or "")
        if event.letter is None and "letter" in move.takes and event.kind not in WHOLE_CASE:
            return WrongPhase(
                f"'{shown}' is about one letter of {ref}", f"name it: --letter {next(iter(self.letters))}"
            )
        if event.letter and letter is None:
            return WrongPhase(f"{ref} has no letter '{event.letter}'", f"its letters: {', '.join(self.letters)}")
        if letter is not None and (said := self._letter_refusal(event, letter)):
            return WrongPhase(said, hint)
        if event.remedy and (said := self._remedy_refusal(event)):
            return WrongPhase(said, f"its remedies: {', '.join(x.id for x in self.case.remedies) or 'none'}")
        return None

    def _letter_refusal(self, event: Event, letter: LetterWalk) -> str:
        ident, ref = letter.letter.id, self.case.ref
        if event.kind == "sent":
            return f"the letter '{ident}' of {ref} was sent already" if letter.sent else ""
        if event.kind in ("withdrawn", "reminded", "noted"):
            return ""
        if letter.sent is None:
            return f"the letter '{ident}' of {ref} was not sent"
        if event.on < letter.sent.on:
            arrived = event.kind in PROVES_RECEIPT
            return f"the letter was sent on {letter.sent.on}, so it cannot have " + (
                f"arrived on {event.on}" if arrived else f"been {_done(event.kind)} on {event.on}"
            )
        if event.kind in WHOLE and any(out != WHOLE[event.kind] for out in event.outcomes.values()):
            return f"'{_done(event.kind)}' has one outcome; log 'answered' where they differ"
        foreign = [kind for kind in event.outcomes if kind not in letter.letter.kinds]
        if foreign:
            return f"the letter '{ident}' does not ask for {foreign[0].replace('_', ' ')}"
        if event.kind in ("identity_given", "clarified"):
            about = "identity" if event.kind == "identity_given" else "clarification"
            open_ = [wait for wait in letter.waits if wait.about == about and wait.ended is None]
            if not open_:
                return f"{about} was not asked for the letter '{ident}', or was given already"
            if event.on < open_[-1].asked:
                return f"{about} was asked on {open_[-1].asked}, so it cannot have been given on {event.on}"
        return ""

    def _remedy_refusal(self, event: Event) -> str:
        remedy = next((x for x in self.case.remedies if x.id == event.remedy), None)
        if remedy is None or remedy.kind not in HEARD.get(event.kind, ()):
            return f"{self.case.ref} has no remedy '{event.remedy}' for '{event.kind}'"
        missing = [need for need in remedy.needs if need not in {used for used, _ in self.used}]
        return f"the law wants '{missing[0]}' to be used before '{remedy.id}'" if missing else ""

    def take(self, event: Event) -> None:
        """Lets an event happen that `refusal` has nothing against."""
        if event.kind == "noted":
            return
        self.last = max(self.last, event.on)
        if event.kind not in ("drafted", "corrected"):
            self.awaited.pop("reopened", None)
        letter = self.letters.get(event.letter or "")
        if event.kind in REACTIONS:
            self._react(event)
        elif event.kind == "withdrawn":
            self._withdraw(letter, event)
        elif event.kind == "closed":
            self.ended, self.awaited, self.reaction = True, {}, None
        elif event.kind == "reopened":
            self._reopen(event)
        elif letter is not None:
            self._take_letter(event, letter)

    def _take_letter(self, event: Event, letter: LetterWalk) -> None:
        ident = letter.letter.id
        if event.kind == "sent":
            letter.sent = event
        elif event.kind in PROVES_RECEIPT:
            letter.proofs.append(event.on)
            letter.acknowledged = letter.acknowledged or event.kind == "acknowledged"
        elif event.kind in ("identity_asked", "clarification_asked"):
            about: Literal["identity", "clarification"] = (
                "identity" if event.kind == "identity_asked" else "clarification"
            )
            letter.waits.append(Wait(about=about, asked=event.on))
            self.awaited.setdefault(f"{about} {ident}", event.on)
        elif event.kind in ("identity_given", "clarified"):
            about = "identity" if event.kind == "identity_given" else "clarification"
            letter.waits = [
                Wait(about=x.about, asked=x.asked, ended=event.on) if x.about == about and x.ended is None else x
                for x in letter.waits
            ]
            self.awaited.pop(f"{about} {ident}", None)
        elif event.kind == "extended":
            letter.notices.append(Notice(told=event.on, until=event.until))
        else:
            self._answer(event, letter)

    def _answer(self, event: Event, letter: LetterWalk) -> None:
        ident = letter.letter.id
        letter.answers.append(event.on)
        self.reaction = None
        given = dict(event.outcomes)
        if event.kind in WHOLE and not given:
            given = dict.fromkeys(self.unsettled(letter) or letter.letter.kinds, WHOLE[event.kind])
        if not given:
            self.awaited.setdefault(f"classify {ident}", event.on)
            return
        for waiting in ("classify", "identity", "clarification"):
            self.awaited.pop(f"{waiting} {ident}", None)
        for kind, outcome in given.items():
            self.outcomes[kind] = outcome
            self.awaited.pop(f"outcome {kind}", None)
            if outcome in ("refused", "partly"):
                self.awaited[f"outcome {kind}"] = event.on
                self.refused_on.setdefault(kind, event.on)

    def _react(self, event: Event) -> None:
        """Having written again, appealed or complained, the person waits; what is to be classified still is."""
        self.reaction = event
        self.awaited = {what: day for what, day in self.awaited.items() if what.startswith("classify ")}
        if event.remedy:
            self.used.append((event.remedy, event.on))

    def _withdraw(self, letter: LetterWalk | None, event: Event) -> None:
        kinds = list(letter.letter.kinds) if letter else list(self.outcomes)
        for kind in kinds:
            if self.outcomes[kind] not in SETTLED:
                self.outcomes[kind] = "withdrawn"
            self.awaited.pop(f"outcome {kind}", None)
        if letter is None:
            self.ended, self.awaited, self.reaction = True, {}, None
        else:
            for waiting in ("classify", "identity", "clarification"):
                self.awaited.pop(f"{waiting} {letter.letter.id}", None)

    def _reopen(self, event: Event) -> None:
        self.ended = False
        self.awaited["reopened"] = event.on
        self.outcomes = {kind: "pending" if out == "withdrawn" else out for kind, out in self.outcomes.items()}


def _done(kind: EventKind) -> str:
    return {"refused": "refused", "no_data": "answered"}.get(kind, kind.replace("_", " "))


def walk(case: Case, events: Sequence[Event]) -> Walk:
    """The walk over events that `allow` let in."""
    steps = Walk(case)
    for _, event in read(events):
        steps.take(event)
    return steps
