"""Dates that no law sets: those the sender named in a letter, and when to look at a case again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from optout.case import DateKind, Deadline, RouteKind
from optout.dates import DAY, Period, add
from optout.deadlines import MARGIN_DAYS


def own_date(day: date) -> Deadline:
    """The date named in a letter that the sender chose. It is never called the law's."""
    return _own("respond", day, day + DAY, f"{day} is the date named in the letter; no law sets one")


def own_time(period: Period, start: date, by: RouteKind | None) -> Deadline:
    """The end of a time named in a letter that the sender chose. `by`: receipt is estimated from sending that way."""
    day = add(start, period, lambda _: True)
    overdue = day + DAY * (1 + (MARGIN_DAYS[by] if by else 0))
    receipt = "receipt, estimated as the day of sending," if by else "receipt"
    why = f"{period} from {receipt} on {start}, a time named in the letter; no law sets one; overdue from {overdue}"
    return replace(_own("respond", day, overdue, why), estimated=bool(by))


def look_again(day: date, why: str) -> Deadline:
    """A day on which the user wants to look at the case again."""
    return _own("follow_up", day, day, why)


def _own(kind: DateKind, on: date, overdue: date, why: str) -> Deadline:
    return Deadline(
        kind=kind, on=on, overdue_from=overdue, origin="sender", approximate=False, estimated=False, why=why
    )
