"""A case: one correspondence with one firm, as the list of what happened. Status is computed, never told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from optout.law import Calendar, Clock, DemandKind, Footing

EventKind = Literal["drafted", "sent", "delivered", "acknowledged"]
RouteKind = Literal["email", "post", "form", "portal"]
When = Literal["now", "after_access"]


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
    data: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each data file relied on, so that a later correction never rewrites history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. `on` is the user's calendar day of the event."""

    kind: EventKind
    on: date
    letter: str | None = None
    by: RouteKind | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A date with its derivation.

    `on` is the last day by the law's own counting; from `overdue_from` on, and not before, the firm is late.
    """

    kind: str
    on: date
    overdue_from: date
    origin: Literal["statute", "regulation", "guidance", "sender"]
    approximate: bool
    estimated: bool
    """Receipt is not proved: the day of sending stands for it."""
    why: str
