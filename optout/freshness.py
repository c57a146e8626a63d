"""How long ago something was last seen, and whether that is too long to rely on it."""

from __future__ import annotations

from datetime import date

from optout.dates import Part
from optout.firm import Firm, Route

WARN_DAYS, OLD_DAYS = 180, 365
"""Older than the first, an address should be checked; older than the second, it may well be gone."""


def last_seen(firm: Firm, route: Route) -> Part | None:
    """When the route was last seen in use, else the day its newest source speaks of. None: no day is known."""
    if route.seen and (route.seen.until or route.seen.from_):
        return route.seen.until or route.seen.from_
    days = [source.as_of for s in route.sources if (source := firm.sources.get(s)) and source.as_of]
    return max(days, key=lambda part: part.text, default=None)


def days_since(part: Part, on: date) -> int:
    """Days since the first day that the year, month or day can mean; never fewer than none."""
    text = part.text + "-01-01"[len(part.text) - 4 :] if len(part.text) < 10 else part.text
    return max((on - date.fromisoformat(text)).days, 0)


def grade(part: Part | None, on: date) -> str:
    """`fresh`, `aging` (check it), `old` (it may be gone) or `unknown` (no day is known)."""
    if part is None:
        return "unknown"
    age = days_since(part, on)
    return "old" if age > OLD_DAYS else "aging" if age > WARN_DAYS else "fresh"
