"""The life of a case as one table: which event may happen when, and where it can lead. docs/life-cycle.md is written
from it; `walk.py` keeps to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from optout.case import EventKind, Outcome, RemedyKind

Phase = Literal["draft", "waiting", "answer_needed", "done"]
OPEN: tuple[Phase, ...] = ("waiting", "answer_needed")
ALL: tuple[Phase, ...] = ("draft", "waiting", "answer_needed", "done")
SETTLED: tuple[Outcome, ...] = ("met", "no_data", "withdrawn")
"""Outcomes after which nothing more is asked. `refused` and `partly` leave the person a decision."""
DENIED: tuple[Outcome, ...] = ("refused", "partly")
"""Outcomes for which a firm can have had a ground."""
PROVES_RECEIPT: tuple[EventKind, ...] = ("delivered", "acknowledged")
REACTIONS: tuple[EventKind, ...] = ("reminded", "appealed", "complained")
HEARD: Mapping[EventKind, tuple[RemedyKind, ...]] = {
    "appealed": ("appeal",),
    "complained": ("firm_complaint", "authority", "tribunal", "court"),
}
"""The remedies that such an event can use, those that come first first."""
FOLLOW_UPS: Mapping[EventKind, tuple[str, ...]] = {
    "reminded": ("reminder",),
    "appealed": ("appeal",),
    "complained": ("firm_complaint", "complaint"),
}
"""The letters of a case that such an event sends, as `series` names them."""
COURTS: tuple[RemedyKind, ...] = ("tribunal", "court")
"""Nobody is taken to have gone there who does not say so."""


def series(letter: str) -> str:
    """What all letters of that kind begin with in a case, where a further one has `_2`, `_3`, ... behind: `reminder`."""
    return letter.rstrip("_0123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What the table says of one kind of event."""

    allowed: tuple[Phase, ...]
    leads: tuple[Phase, ...]
    """The phases it can lead to."""
    takes: tuple[str, ...] = ()
    """What it carries beside a day, a note and files."""
    means: str
    """A sentence for the person who logs it."""


TABLE: Mapping[EventKind, Move] = {
    "drafted": Move(
        allowed=("draft",), leads=("draft",), takes=("letter", "remedy", "until"),
        means="the letters were written, or written anew; later also a reminder or a complaint",
    ),
    "sent": Move(allowed=("draft", *OPEN), leads=OPEN, takes=("letter", "by"), means="you sent a letter"),
    "delivered": Move(allowed=OPEN, leads=OPEN, takes=("letter", "by"), means="post or mail server says it arrived"),
    "acknowledged": Move(
        allowed=OPEN, leads=OPEN, takes=("letter", "by", "remedy"), means="the firm says it arrived, a letter or a complaint"
    ),
    "identity_asked": Move(
        allowed=OPEN, leads=("answer_needed",), takes=("letter", "by"), means="the firm wants to know who you are"
    ),
    "identity_given": Move(allowed=OPEN, leads=OPEN, takes=("letter", "by"), means="you showed who you are"),
    "clarification_asked": Move(
        allowed=OPEN, leads=("answer_needed",), takes=("letter", "by"), means="the firm asks what you mean"
    ),
    "clarified": Move(allowed=OPEN, leads=OPEN, takes=("letter", "by"), means="you answered that"),
    "extended": Move(allowed=OPEN, leads=OPEN, takes=("letter", "until"), means="the firm says it needs longer"),
    "answered": Move(
        allowed=OPEN, leads=(*OPEN, "done"), takes=("letter", "outcomes", "ground"),
        means="the firm answered; --outcome says what it gave",
    ),
    "refused": Move(
        allowed=OPEN, leads=("answer_needed",), takes=("letter", "outcomes", "ground"), means="the firm says no"
    ),
    "no_data": Move(
        allowed=OPEN, leads=(*OPEN, "done"), takes=("letter", "outcomes"), means="the firm says it has nothing of you"
    ),
    "reminded": Move(allowed=OPEN, leads=OPEN, takes=("letter", "by", "until"), means="you wrote again"),
    "appealed": Move(
        allowed=OPEN, leads=OPEN, takes=("remedy", "by", "until"), means="you appealed to the firm, where a law lets you"
    ),
    "complained": Move(
        allowed=OPEN, leads=OPEN, takes=("remedy", "by", "until"), means="you complained, to an authority, the firm or a court"
    ),
    "withdrawn": Move(
        allowed=("draft", *OPEN), leads=ALL, takes=("letter",), means="you take back a letter, or the whole case"
    ),
    "closed": Move(allowed=("draft", *OPEN), leads=("done",), means="you leave it at that"),
    "reopened": Move(allowed=("done",), leads=("answer_needed",), means="you take it up again"),
    "noted": Move(allowed=ALL, leads=ALL, means="a note, or a file to keep; changes nothing"),
    "corrected": Move(allowed=ALL, leads=ALL, takes=("corrects",), means="an earlier event was wrong"),
}  # fmt: skip
"""Every kind of event: in which phases it may happen and where it can lead."""
