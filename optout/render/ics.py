"""Dates as an iCalendar file (RFC 5545) of all-day entries.

There are no alarms: one would put a case on a lock screen at an hour that nobody chose.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One date in the calendar."""

    uid: str
    """Stays the same for the same date of the same letter, and says nothing of either."""
    sequence: int
    day: date
    at: datetime
    """When this became so, in UTC."""
    title: str
    text: str = ""
    cancelled: bool = False
    """It was in an earlier file and no longer runs."""


def write(entries: Iterable[Entry]) -> bytes:
    """The file; the same entries give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//optout//optout//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for entry in sorted(entries, key=lambda x: (x.day, x.uid)):
        event = Event()
        event.add("uid", entry.uid)
        event.add("sequence", entry.sequence)
        event.add("dtstamp", entry.at)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.title)
        if entry.text:
            event.add("description", entry.text)
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")  # a date, not an appointment: the day stays free
        event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
