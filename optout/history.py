"""The events of a case as they are to be read: a correction puts one right without erasing it."""

from __future__ import annotations

from collections.abc import Sequence

from optout.case import Event
from optout.records import from_plain

Numbered = tuple[int, Event]
"""An event and its number in the case, counted from 1."""


def read(events: Sequence[Event]) -> list[Numbered]:
    """The events that count, in order: each corrected one is replaced or left out, and corrections themselves go.

    The latest correction of an event wins; a correction that was itself corrected has no effect.
    """
    struck: set[int] = set()
    instead: dict[int, Event] = {}
    for number, event in reversed(list(enumerate(events, 1))):
        target = event.corrects
        if event.kind != "corrected" or target is None or number in struck:
            continue
        if target in struck or target in instead:
            continue
        if event.instead:
            instead[target] = from_plain(Event, event.instead)
        else:
            struck.add(target)
    return [
        (number, instead.get(number, event))
        for number, event in enumerate(events, 1)
        if number not in struck and event.kind != "corrected"
    ]
