"""The chain over a case's events: each link holds the hash of the one before, so a change to the past shows.

It proves that what the vault holds is what was written, in that order. It cannot prove that the newest events are
there: whoever puts back yesterday's file puts back yesterday's chain. A head noted elsewhere proves that as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

START = ""
"""What the first link names as the one before."""


class Link(NamedTuple):
    """One event as stored: texts are hashed as they stand, so no way of writing JSON can change a hash."""

    number: int
    at: str
    event: str
    """JSON"""
    closed: str
    """The closed days recorded with it, JSON; "" where there are none."""
    content: str
    """For `drafted`: the digest of the case and its letters as of then; else ""."""
    hash: str


def content(case: str, letters: Iterable[Sequence[str]]) -> str:
    """The digest of what a draft froze: the case (JSON), and each letter as id, language, JSON, versions."""
    return _digest([case, *(part for letter in letters for part in letter)])


def next_hash(previous: str, ref: str, link: Link) -> str:
    """The hash of a link after `previous`; the link's own `hash` is not looked at."""
    return _digest([previous, ref, str(link.number), link.at, link.event, link.closed, link.content])


def broken(ref: str, links: Sequence[Link], now: str) -> list[str]:
    """What is wrong with a chain, in sentences; empty when it holds. `now` is the content as it stands."""
    found = []
    previous = START
    for place, link in enumerate(links, 1):
        if link.number != place:
            found.append(f"event {place} is missing")
            break
        if link.hash != next_hash(previous, ref, link):
            found.append(f"event {place} is not what was written")
            break
        previous = link.hash
    drafts = [link.content for link in links if link.content]
    if drafts and drafts[-1] != now:
        found.append("the case or its letters are not what was drafted")
    return found


def _digest(parts: Sequence[str]) -> str:
    """SHA-256 over texts, each with its length before it, so that no two lists of texts are the same bytes."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()
