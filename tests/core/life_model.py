"""The rules of docs/life-cycle.md once more, in plain sets and dictionaries, to hold the program against.

Nothing here calls the program: an event is a value, and what may happen and where it leads is said again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from optout.case import Case, Event
from optout.records import from_plain

SETTLED = {"met", "no_data", "withdrawn"}
ABOUT_A_LETTER = {
    "sent", "delivered", "acknowledged", "identity_asked", "identity_given", "clarification_asked", "clarified",
    "extended", "answered", "refused", "no_data",
}  # fmt: skip
WROTE_AGAIN = {"reminded", "appealed", "complained"}
QUESTION = {"identity_asked": "identity", "clarification_asked": "clarification"}
REPLY = {"identity_given": "identity", "clarified": "clarification"}
SAYS = {
    "phase": "is in the phase", "early": "nothing can have happened", "unsent": "was sent yet", "before": "was sent on",
    "reopened early": "the last entry", "which": "is about one letter", "no letter": "has no letter",
    "twice": "was sent already", "taken back": "was taken back", "not sent": "was not sent",
    "one outcome": "has one outcome", "not in it": "does not ask for", "not asked": "was not asked",
    "asked later": "was asked on", "nothing open": "is open any more", "no remedy": "has no remedy",
    "remedy first": "to be used before", "no appeal": "gives an appeal", "remedy's days": "is in force",
    "both": "not about both", "not the firm's": "that the firm could acknowledge", "no complaint": "no complaint under",
}  # fmt: skip
"""Why an event is refused, and a part of the sentence that says so."""


@dataclass
class Model:
    """A case as somebody with pencil and paper keeps it."""

    case: Case
    sent: dict[str, date] = field(default_factory=dict)
    outcome: dict[str, str] = field(default_factory=dict)
    todo: set[tuple[str, str]] = field(default_factory=set)
    asked: dict[str, list[tuple[str, date]]] = field(default_factory=dict)
    """Letter to the questions of the firm that were not answered."""
    used: dict[str, date] = field(default_factory=dict)
    """Remedies used, with the latest day."""
    dropped: dict[str, str] = field(default_factory=dict)
    """What a demand had come to before it was withdrawn."""
    refused: dict[str, list[date]] = field(default_factory=dict)
    complaint: bool = False
    """Somebody else than the firm has to decide."""
    ended: bool = False
    waits_for_more: bool = False
    last: date = date.min

    def __post_init__(self) -> None:
        self.outcome = {demand.kind: "pending" for demand in self.case.demands}
        self.asked = {letter.id: [] for letter in self.case.letters}
        self.kinds = {letter.id: set(letter.kinds) for letter in self.case.letters}
        self.held = {letter.id for letter in self.case.letters if letter.when == "after_access"}
        self.last = self.case.opened

    def open_kinds(self, letter: str) -> set[str]:
        return {kind for kind in self.kinds[letter] if self.outcome[kind] not in SETTLED}

    def settled(self) -> bool:
        return set(self.outcome.values()) <= SETTLED

    def phase(self) -> str:
        if self.ended or (self.settled() and not (self.todo or self.waits_for_more or self.complaint)):
            return "done"
        if self.todo:
            return "answer_needed"
        if not self.sent:
            return "draft"
        unsent = {x for x in self.kinds if x not in self.sent and self.open_kinds(x)}
        unanswered = {
            x for x in self.kinds
            if x not in self.held and (any(self.outcome[k] == "pending" for k in self.kinds[x]) or ("classify", x) in self.todo)
        }  # fmt: skip
        return "answer_needed" if unsent - self.held or (unsent and not unanswered) else "waiting"

    def why_not(self, event: Event) -> str | None:
        """A key of SAYS, or None: the event may happen."""
        kind, phase = event.kind, self.phase()
        may = {
            "drafted": {"draft"}, "sent": {"draft", "waiting", "answer_needed"}, "reopened": {"done"},
            "withdrawn": {"draft", "waiting", "answer_needed"}, "closed": {"draft", "waiting", "answer_needed"},
            "noted": {"draft", "waiting", "answer_needed", "done"},
        }.get(kind, {"waiting", "answer_needed"})  # fmt: skip
        if phase not in may:
            return "phase"
        if kind == "acknowledged" and event.remedy:
            return self._day(event) or self._complaint_heard(event)
        return self._day(event) or self._letter(event) or self._remedy(event)

    def _complaint_heard(self, event: Event) -> str | None:
        if event.letter:
            return "both"
        if event.remedy not in [x.id for x in self.case.remedies if x.kind == "firm_complaint"]:
            return "not the firm's"
        return None if event.remedy in self.used and self.used[event.remedy] <= event.on else "no complaint"

    def _day(self, event: Event) -> str | None:
        if event.kind in ("noted", "drafted"):
            return None
        if event.on < self.case.opened:
            return "early"
        if event.kind in WROTE_AGAIN and not self.sent:
            return "unsent"
        whole = event.letter is None and event.kind in WROTE_AGAIN | {"withdrawn", "closed"}
        if whole and self.sent and event.on < min(self.sent.values()):
            return "before"
        return "reopened early" if event.kind == "reopened" and event.on < self.last else None

    def _letter(self, event: Event) -> str | None:
        kind, letter = event.kind, event.letter
        if letter is None:
            return "which" if kind in ABOUT_A_LETTER else None
        if letter not in self.kinds:
            return "no letter"
        if kind == "sent":
            return "twice" if letter in self.sent else None if self.open_kinds(letter) else "taken back"
        if kind == "withdrawn":
            if not self.open_kinds(letter):
                return "nothing open"
            if letter not in self.sent:
                return None
        if letter not in self.sent:
            return "not sent"
        if event.on < self.sent[letter]:
            return "before"
        if kind in ("refused", "no_data") and len({*event.outcomes.values(), kind}) > 1:
            return "one outcome"
        if set(event.outcomes) - self.kinds[letter]:
            return "not in it"
        if kind in REPLY:
            days = [day for about, day in self.asked[letter] if about == REPLY[kind]]
            return "not asked" if not days else "asked later" if event.on < min(days) else None
        return None

    def _remedy(self, event: Event) -> str | None:
        if event.kind == "appealed" and not any(x.kind == "appeal" for x in self.case.remedies):
            return "no appeal"
        if event.remedy is None:
            return None
        fits = {"appealed": {"appeal"}, "complained": {"firm_complaint", "authority", "tribunal", "court"}}
        known = {x.id: x for x in self.case.remedies if x.kind in fits.get(event.kind, set())}
        if event.remedy not in known:
            return "no remedy"
        days = known[event.remedy].in_force
        if days and ((days.from_ and event.on < days.from_) or (days.until and event.on > days.until)):
            return "remedy's days"
        return None if set(known[event.remedy].needs) <= set(self.used) else "remedy first"

    def happen(self, event: Event) -> None:
        kind, letter = event.kind, event.letter or ""
        if kind == "noted":
            return
        self.last = max(self.last, event.on)
        if kind == "reopened":
            self.ended, self.waits_for_more = False, True
            for k in self.outcome:
                if self.outcome[k] == "withdrawn":
                    self.outcome[k] = self.dropped.pop(k, "pending")
                    self.todo |= {("outcome", k)} if self.outcome[k] in ("refused", "partly") else set()
            self.todo.add(("reopened", ""))
            return
        if kind != "drafted":
            self.todo.discard(("reopened", ""))
        if kind == "sent":
            self.sent[letter] = event.on
        elif kind in QUESTION:
            self.asked[letter].append((QUESTION[kind], event.on))
            self.todo.add((QUESTION[kind], letter))
        elif kind in REPLY:
            about = REPLY[kind]
            self.asked[letter] = [(what, day) for what, day in self.asked[letter] if what != about or day > event.on]
            if not any(what == about for what, _ in self.asked[letter]):
                self.todo.discard((about, letter))
        elif kind in ("answered", "refused", "no_data"):
            self._answer(event, letter)
        elif kind in WROTE_AGAIN:
            self.todo = {item for item in self.todo if item[0] == "classify"}
            to_firm = [x.id for x in self.case.remedies if x.kind == "firm_complaint"]
            self.complaint = self.complaint or (kind == "complained" and event.remedy not in to_firm)
            if event.remedy:
                self.used[event.remedy] = max(event.on, self.used.get(event.remedy, event.on))
        elif kind == "closed":
            self.ended, self.waits_for_more, self.complaint = True, False, False
        elif kind == "withdrawn":
            self._withdraw(event.letter)
        if kind in WROTE_AGAIN | set(REPLY) and self.settled():
            self.waits_for_more = True

    def _answer(self, event: Event, letter: str) -> None:
        gives: dict[str, Any] = dict(event.outcomes)
        if not gives and event.kind != "answered":
            gives = {k: event.kind for k in self.open_kinds(letter) or self.kinds[letter]}
        if not gives:
            self.todo.add(("classify", letter))
            return
        self.waits_for_more = False
        self.todo -= {("classify", letter), ("identity", letter), ("clarification", letter)}
        for k, out in gives.items():
            self.outcome[k] = out
            self.todo.discard(("outcome", k))
            if out in ("refused", "partly"):
                self.todo.add(("outcome", k))
                self.refused.setdefault(k, []).append(event.on)

    def _withdraw(self, letter: str | None) -> None:
        for one in [letter] if letter else list(self.kinds):
            self.todo -= {("classify", one), ("identity", one), ("clarification", one)}
            for k in self.kinds[one]:
                self.todo.discard(("outcome", k))
                if self.outcome[k] not in SETTLED:
                    self.dropped[k] = self.outcome[k]
                    self.outcome[k] = "withdrawn"
        self.waits_for_more = False
        if letter is None:
            self.ended, self.complaint = True, False


def counts(events: list[Event]) -> dict[int, Event]:
    """The events that count, by number: the last correction of each that was not itself corrected decides."""

    def decided(number: int) -> Event | None:
        for later in range(len(events), number, -1):
            other = events[later - 1]
            if other.kind == "corrected" and other.corrects == number and decided(later) is not None:
                return from_plain(Event, other.instead) if other.instead else None
        return events[number - 1]

    found = {n: decided(n) for n in range(1, len(events) + 1)}
    return {n: event for n, event in found.items() if event is not None and event.kind != "corrected"}


def lived(case: Case, events: dict[int, Event]) -> tuple[Model, tuple[int, str] | None]:
    """The model after these events, or up to the first that could not happen, with its number and why."""
    model = Model(case)
    for number, event in events.items():
        if why := model.why_not(event):
            return model, (number, why)
        model.happen(event)
    return model, None


def why_not_corrected(case: Case, events: list[Event], event: Event) -> str | None:
    """Why a correction is refused, in words of the sentence that says so; None: it may happen."""
    target = event.corrects or 0
    if not 1 <= target <= len(events):
        return "has no event"
    old = events[target - 1]
    if old.kind == "drafted":
        return "stays drafted"
    before, after = counts(events), counts([*events, event])
    if old.kind != "corrected" and target not in before:
        return "taken back already"
    if before == after:
        return "change nothing"
    broken = lived(case, after)[1]
    return SAYS[broken[1]] if broken else None
