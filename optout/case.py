"""A case: one correspondence with one firm, as the list of what happened. Status is computed, never told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from optout.addressee import Recipient
from optout.dates import Period
from optout.firm import FirmKind
from optout.law import Calendar, Clock, DemandKind, Footing, Ground, InForce

EventKind = Literal[
    "drafted",
    "sent",
    "delivered",
    "acknowledged",
    "identity_asked",
    "identity_given",
    "clarification_asked",
    "clarified",
    "extended",
    "answered",
    "refused",
    "no_data",
    "reminded",
    "appealed",
    "complained",
    "withdrawn",
    "closed",
    "reopened",
    "noted",
    "corrected",
]
RouteKind = Literal["email", "post", "form", "portal"]
When = Literal["now", "after_access"]
Outcome = Literal["pending", "met", "partly", "refused", "no_data", "withdrawn"]
RemedyKind = Literal["reminder", "appeal", "firm_complaint", "authority", "tribunal", "court"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One kind under one rule. Rules of one kind share an outcome."""

    kind: DemandKind
    footing: Footing
    rule: str
    law: str | None
    law_name: str
    """As `show` prints it; "" for a request."""
    cites: tuple[str, ...]
    clocks: tuple[str, ...]
    when: When
    sources: tuple[str, ...]
    """Titles and addresses of the sources relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLetter:
    """A letter of the case, sent and answered on its own clocks."""

    id: str
    kinds: tuple[DemandKind, ...]
    when: When
    language: str
    reply_by: date | None = None
    """The sender's own date, where the letter names one."""
    reply_within: Period | None = None
    """The sender's own time from receipt, where a held letter names one: it leaves on a day nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRemedy:
    """What the law offers when the answer stays out or falls short."""

    id: str
    kind: RemedyKind
    law: str | None
    law_name: str
    """The law that gives it."""
    to: str
    """Who hears it, by name; "" where that is the firm, or not known."""
    kinds: tuple[DemandKind, ...] = ()
    """Empty: every demand under its law."""
    needs: tuple[str, ...] = ()
    """Remedies to be used before."""
    clocks: tuple[str, ...] = ()
    breach_of: tuple[str, ...] = ()
    """Laws whose breach it is for; empty: the one that gives it."""
    provision: str = ""
    """The section that gives it; "" where that may not be printed."""
    in_force: InForce | None = None

    def about(self, law: str | None) -> bool:
        """Whether it is for a breach of that law; one without a law is for any."""
        return not self.law or law in (self.breach_of or (self.law,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What never changes in a case: who, whom, which demands under which rules, and the data relied on."""

    ref: str
    """Eight Crockford base-32 signs, `K7QM-4T2X`; random, so that a firm cannot count our letters."""
    subject: str
    """The id of the person in the vault; never a name."""
    firm: str
    firm_name: str
    place: str
    firm_place: str | None
    subject_places: tuple[str, ...]
    """The residence and what it is part of, innermost first."""
    firm_places: tuple[str, ...]
    opened: date
    demands: tuple[Demand, ...]
    letters: tuple[CaseLetter, ...]
    clocks: dict[str, Clock] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    remedies: tuple[CaseRemedy, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each data file relied on, so that a later correction never rewrites history."""
    to: Recipient | None = None
    """Whom the letters go to, where the user named it."""
    firm_kind: FirmKind | None = None
    """Of a firm without a profile: the kind that the user gave."""

    def remedy(self, ident: str | None) -> CaseRemedy | None:
        """The remedy of that id, if the case has it."""
        return next((x for x in self.remedies if x.id == ident), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. `on` is the user's calendar day of the event."""

    kind: EventKind
    on: date
    letter: str | None = None
    by: RouteKind | None = None
    until: date | None = None
    """`extended`: the day the firm names; `reminded`, `appealed`, `complained`: the day the user will look again."""
    ground: Ground | None = None
    more_grounds: tuple[Ground, ...] = ()
    """What the firm gave beside `ground` at once."""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """Demand kind to what the answer gave."""
    remedy: str | None = None
    corrects: int | None = None
    """`corrected`: the number of the event that was wrong, counted from 1."""
    instead: dict[str, Any] = field(default_factory=dict)
    """`corrected`: the event (as plain values) that takes its place; empty: it did not happen."""
    note: str = ""

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """All that the firm gave."""
        return (*((self.ground,) if self.ground else ()), *self.more_grounds)


DateKind = Literal[
    "acknowledge",
    "respond",
    "comply",
    "appeal",
    "appeal_reply",
    "firm_complaint_reply",
    "complain_within",
    "complain_after",
    "authority_reply",
    "court_within",
    "follow_up",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A date with its derivation.

    `on` is the last day by the law's own counting; from `overdue_from` on, and not before, the other side is late.
    Of `complain_after` it is the first day on which a complaint is heard.
    """

    kind: DateKind
    on: date
    overdue_from: date
    origin: Literal["statute", "regulation", "guidance", "sender"]
    approximate: bool
    estimated: bool
    """Receipt is not proved: the day of sending stands for it."""
    why: str
    demands: tuple[str, ...] = ()
    """The kinds of demand it is about."""
    done: bool = False
    """It no longer runs: what it is there for has happened."""
