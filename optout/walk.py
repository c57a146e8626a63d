"""The events of a case, one after the other, and what each changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from optout.case import Case, CaseRemedy, Event, EventKind, Outcome, RouteKind
from optout.history import read
from optout.law import stands
from optout.letterdays import Notice, Wait
from optout.letterwalk import LetterWalk
from optout.lifecycle import FOLLOW_UPS, HEARD, PROVES_RECEIPT, REACTIONS, SETTLED, Phase, series

WHOLE: Mapping[EventKind, Outcome] = {"refused": "refused", "no_data": "no_data"}
"""Answers that are the same for every demand they are about."""
BEGINS: Mapping[EventKind, Literal["identity", "clarification"]] = {
    "identity_asked": "identity",
    "clarification_asked": "clarification",
}
ENDS: Mapping[EventKind, Literal["identity", "clarification"]] = {
    "identity_given": "identity",
    "clarified": "clarification",
}


class Walk:
    """The events of a case, one after the other; `objections.py` says which one cannot come next."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.letters = {letter.id: LetterWalk(letter=letter) for letter in case.letters}
        self.outcomes: dict[str, Outcome] = {demand.kind: "pending" for demand in case.demands}
        self.awaited: dict[str, date] = {}
        """What waits for the person, by what it is (`identity access`, `outcome deletion`, `classify access`,
        `reopened`), with the day it began."""
        self.dropped: dict[str, Outcome] = {}
        """What had come of a demand before it was withdrawn."""
        self.refused_on: dict[str, date] = {}
        """Demand kind to the earliest day on which it was refused or met in part, whenever that was logged."""
        self.reaction: Event | None = None
        """The latest reminder, appeal or complaint that nothing was answered to yet."""
        self.complaint: Event | None = None
        """The latest complaint that somebody else than the firm decides on. No answer of the firm ends it."""
        self.used: dict[str, date] = {}
        """Remedies used, with the latest day of each."""
        self.by: dict[str, RouteKind | None] = {}
        """How each was sent."""
        self.confirmed: dict[str, date] = {}
        """Complaints to the firm that it acknowledged, with the first day of that."""
        self.to_send: dict[str, Event] = {}
        """The reminders, appeals and complaints that were written and not logged since, by the id of the letter. One that
        was overtaken is not among them: a reminder by an answer or by what went further, and all by the end."""
        self.posted: set[str] = set()
        """The ids of those that were logged as sent."""
        self.ended = False
        self.again = False
        """Taken up again with no outcome since, so that the case goes on though every demand is settled."""
        self.last = case.opened

    def answers(self) -> list[date]:
        """The days of all answers of the firm."""
        return [day for letter in self.letters.values() for day in letter.answers]

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

    @property
    def begun(self) -> bool:
        return any(x.sent for x in self.letters.values())

    def now_due(self) -> list[LetterWalk]:
        """Unsent letters whose time has come: all of now as soon as one went out, held ones after the answer."""
        if not self.begun:
            return []
        first = [x for x in self.letters.values() if x.letter.when == "now"]
        held_back = any(not self.answered(x) for x in first)
        return [x for x in self.unsent() if x.letter.when == "now" or not held_back]

    @property
    def phase(self) -> Phase:
        if self.ended:
            return "done"
        if not self.awaited and not self.again and self.complaint is None and self._all_settled():
            return "done"
        if not self.begun:
            return "answer_needed" if self.awaited else "draft"
        return "answer_needed" if self.awaited or self.now_due() else "waiting"

    def _all_settled(self) -> bool:
        return all(out in SETTLED for out in self.outcomes.values())

    def turn(self, *kinds: EventKind, on: date | None = None) -> list[CaseRemedy]:
        """The remedies that events of these kinds can use on that day (None: that of the latest entry), not used yet and
        not waiting for another, a court last."""
        heard = [remedy for kind in kinds for remedy in HEARD[kind]]
        fitting = [x for x in self.case.remedies if x.kind in heard and x.id not in self.used]
        fitting = [x for x in fitting if stands(x, on or self.last)]
        return sorted((x for x in fitting if set(x.needs) <= set(self.used)), key=lambda x: heard.index(x.kind))

    def at_the_firm(self) -> CaseRemedy | None:
        """The complaint that the firm hears, where that is the latest step and nothing was answered to it yet."""
        named = self.reaction.remedy if self.reaction else None
        found = self.case.remedy(named)
        return found if found and found.kind == "firm_complaint" else None

    def sends(self, event: Event) -> str | None:
        """The letter that a reminder, an appeal or a complaint is: the last one written for it."""
        base = FOLLOW_UPS.get(event.kind, ())
        fitting = [
            ident for ident, draft in self.to_send.items() if series(ident) in base and draft.remedy == event.remedy
        ]
        return fitting[-1] if fitting else None

    def take(self, event: Event) -> None:
        """Lets an event happen that nothing speaks against."""
        if event.kind == "noted":
            return
        self.last = max(self.last, event.on)
        if event.kind not in ("drafted", "corrected"):
            self.awaited.pop("reopened", None)
        letter = self.letters.get(event.letter or "")
        if event.kind == "drafted" and event.letter:
            self.to_send[event.letter] = event
        elif event.kind in REACTIONS:
            self._react(event)
        elif event.kind == "acknowledged" and event.remedy:
            self.confirmed[event.remedy] = min(event.on, self.confirmed.get(event.remedy, event.on))
        elif event.kind == "withdrawn":
            self._withdraw(letter, event)
        elif event.kind == "closed":
            self.ended, self.again, self.reaction, self.complaint = True, False, None, None
            self.to_send.clear()
        elif event.kind == "reopened":
            self._reopen(event)
        elif letter is not None:
            self._take_letter(event, letter)
        if (event.kind in REACTIONS or event.kind in ENDS) and self._all_settled():
            self.again = True  # who writes once more about settled demands waits for something

    def _take_letter(self, event: Event, letter: LetterWalk) -> None:
        ident = letter.letter.id
        if event.kind == "sent":
            letter.sent = event
        elif event.kind in PROVES_RECEIPT:
            letter.proofs.append(event.on)
            letter.acknowledged = letter.acknowledged or event.kind == "acknowledged"
        elif event.kind in BEGINS:
            letter.waits.append(Wait(about=BEGINS[event.kind], asked=event.on))
            self.awaited.setdefault(f"{BEGINS[event.kind]} {ident}", event.on)
        elif event.kind in ENDS:
            about = ENDS[event.kind]
            letter.waits = [
                replace(x, ended=event.on) if x.about == about and x.ended is None and x.asked <= event.on else x
                for x in letter.waits
            ]
            if not any(x.about == about and x.ended is None for x in letter.waits):
                self.awaited.pop(f"{about} {ident}", None)
        elif event.kind == "extended":
            letter.notices.append(Notice(told=event.on, until=event.until))
        else:
            self._answer(event, letter)

    def _answer(self, event: Event, letter: LetterWalk) -> None:
        ident = letter.letter.id
        letter.answers.append(event.on)
        self.reaction = None
        self._overtake()
        given = dict(event.outcomes)
        if event.kind in WHOLE and not given:
            given = dict.fromkeys(self.unsettled(letter) or letter.letter.kinds, WHOLE[event.kind])
        if not given:
            self.awaited.setdefault(f"classify {ident}", event.on)
            return
        self.again = False
        self._no_longer(letter)
        for kind, outcome in given.items():
            self.outcomes[kind] = outcome
            self.awaited.pop(f"outcome {kind}", None)
            if outcome in ("refused", "partly"):
                self.awaited[f"outcome {kind}"] = event.on
                self.refused_on[kind] = min(event.on, self.refused_on.get(kind, event.on))

    def _react(self, event: Event) -> None:
        """Having written again, appealed or complained, the person waits; what is to be classified still is."""
        self.reaction = event
        if (ident := self.sends(event)) is not None:
            del self.to_send[ident]
            self.posted.add(ident)
        self._overtake()
        remedy = self.case.remedy(event.remedy)
        if event.kind == "complained" and (remedy is None or remedy.kind != "firm_complaint"):
            self.complaint = event
        self.awaited = {what: day for what, day in self.awaited.items() if what.startswith("classify ")}
        if event.remedy:
            self.used[event.remedy] = max(event.on, self.used.get(event.remedy, event.on))
            self.by[event.remedy] = event.by
            self.confirmed.pop(event.remedy, None)

    def _overtake(self) -> None:
        """A reminder that was not sent yet says what is not so any more."""
        self.to_send = {ident: draft for ident, draft in self.to_send.items() if draft.remedy}

    def _withdraw(self, letter: LetterWalk | None, event: Event) -> None:
        kinds = list(letter.letter.kinds) if letter else list(self.outcomes)
        for kind in kinds:
            if self.outcomes[kind] not in SETTLED:
                self.dropped[kind] = self.outcomes[kind]
                self.outcomes[kind] = "withdrawn"
            self.awaited.pop(f"outcome {kind}", None)
        for one in [letter] if letter else list(self.letters.values()):
            one.withdrawn = event.on
            self._no_longer(one)
        self.again = False
        if letter is None:
            self.ended, self.reaction, self.complaint = True, None, None
            self.to_send.clear()

    def _no_longer(self, letter: LetterWalk) -> None:
        """What the firm asked about a letter need not be answered any more."""
        for waiting in ("classify", "identity", "clarification"):
            self.awaited.pop(f"{waiting} {letter.letter.id}", None)

    def _reopen(self, event: Event) -> None:
        self.ended, self.again, self.reaction = False, True, None
        self.awaited["reopened"] = event.on
        for kind in [kind for kind, out in self.outcomes.items() if out == "withdrawn"]:
            self.outcomes[kind] = self.dropped.pop(kind, "pending")
            if self.outcomes[kind] != "pending":  # refused, or met in part: that waits for a decision again
                self.awaited[f"outcome {kind}"] = self.refused_on.get(kind, event.on)
        for letter in self.letters.values():
            letter.withdrawn = None


def walk(case: Case, events: Sequence[Event]) -> Walk:
    """The walk over events that `allow` let in."""
    steps = Walk(case)
    for _, event in read(events):
        steps.take(event)
    return steps
