"""What happened in the cases behind the golden letters that follow a first one."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from optout.addressee import Recipient
from optout.case import Event
from optout.cli.following import Asked
from optout.firm import FirmKind
from optout.subject import Acts


def event(kind: str, day: str, **more: object) -> Event:
    return Event(kind=kind, on=date.fromisoformat(f"2026-{day}"), **more)  # type: ignore[arg-type]


SILENCE = (event("sent", "07-06", letter="access", by="email"),)
PROVED = (*SILENCE, event("acknowledged", "07-08", letter="access"))
ASKED = (
    *PROVED,
    event("identity_asked", "07-10", letter="access"),
    event("identity_given", "07-11", letter="access"),
    event("reminded", "08-12"),
)
REFUSED = (*PROVED, event("refused", "07-20", letter="access", ground="law_does_not_apply"))
LATE_NO = (*PROVED, event("refused", "08-20", letter="access", ground="law_does_not_apply"))
DOUBTED = (*PROVED, event("identity_asked", "07-10", letter="access"))
LATE_WORD = (*PROVED, event("extended", "08-20", letter="access", until=date(2026, 10, 8)))
EXTENDED = (*PROVED, event("extended", "07-20", letter="access", until=date(2026, 9, 8)))
TOO_LONG = (*PROVED, event("extended", "07-20", letter="access", until=date(2027, 3, 1)))


class Told(NamedTuple):
    """What happened, and which letter follows in which language."""

    place: str
    events: tuple[Event, ...]
    asked: Asked
    language: str = "en"
    """Of the request."""
    firm: str = "clearview"
    demands: tuple[str, ...] = ()
    to: Recipient | None = None
    """Somebody without a profile instead of the firm."""
    kind: FirmKind | None = None
    """Of whom that is."""
    acts: Acts | Literal[""] = ""
    """As what somebody writes for the person."""
    situation: bool = False
    """The request gave grounds of the person's own."""
    later: date | None = None
    """The day of the letter that follows, where that is another than of most."""


REMINDER, COMPLAINT = Asked(wanted="reminder"), Asked(wanted="complaint")
