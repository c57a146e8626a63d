"""What happened to one letter, as far as the clocks that run from it need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from optout.case import RouteKind

MARGIN_DAYS: dict[RouteKind, int] = {"email": 7, "form": 7, "portal": 7, "post": 14}
"""Added to lateness when receipt is estimated from sending (docs/decisions/0004)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A time in which the firm waited for something of the person, both days included."""

    about: Literal["identity", "clarification"]
    asked: date
    ended: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The firm's word that it needs longer."""

    told: date
    until: date | None = None
    """The day up to which it says it extends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What happened to one letter, in the user's calendar days."""

    start: date
    """The day the clock runs from: receipt, sending, complaint, ... as the clock says."""
    sent: date | None = None
    waits: tuple[Wait, ...] = ()
    notices: tuple[Notice, ...] = ()
    estimated: bool = False
    """Receipt is not proved; `start` is the day of sending."""
    by: RouteKind = "post"


def happened(
    start: date,
    *,
    sent: date | None = None,
    identity_asked: date | None = None,
    identity_given: date | None = None,
    clarification_asked: date | None = None,
    clarified: date | None = None,
    extended: date | None = None,
    until: date | None = None,
) -> Days:
    """Days from single events, as worked examples and `laws deadline` give them."""
    waits = []
    if identity_asked:
        waits.append(Wait(about="identity", asked=identity_asked, ended=identity_given))
    if clarification_asked:
        waits.append(Wait(about="clarification", asked=clarification_asked, ended=clarified))
    notices = (Notice(told=extended, until=until),) if extended else ()
    return Days(start=start, sent=sent, waits=tuple(waits), notices=notices)
