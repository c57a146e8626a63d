"""Dates that no law sets: those the sender named in a letter, and when to look at a case again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from optout.case import DateKind, Deadline, RouteKind
from optout.counting import Counting
from optout.dates import DAY, Holidays, Period, add, next_open
from optout.letterdays import MARGIN_DAYS


def own_date(day: date, written: date, sent: date) -> Deadline:
    """The date named in a letter that the sender chose. It is never called the law's. A letter sent when that date had
    come gives the firm as many days as it did when it was written."""
    if sent < day:
        return _own("respond", day, day + DAY, f"{day} is the date named in the letter; no law sets one")
    on = sent + (day - written)
    why = (
        f"{(day - written).days} days from sending on {sent}, as many as the letter of {written} gave; "
        f"the date named in it, {day}, had come when it was sent; no law sets one"
    )
    return _own("respond", on, on + DAY, why)


def open_day(day: date, place: str, holidays: Holidays) -> date:
    """That day, or the next one that is no week-end and no holiday of the sender's place: nobody answers on Christmas."""
    return next_open(day, Counting(None, place, holidays).is_open)


def last_good(day: date, written: date) -> date:
    """The last day on which such a letter can be sent with half of the time that it gave."""
    return day - (day - written + DAY) // 2


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
