"""What proves the history that a letter tells: the files that are kept with the case, and those that are not."""

from __future__ import annotations

from collections.abc import Iterable

from optout.lifecycle import FOLLOW_UPS, PROVES_RECEIPT, REACTIONS, series
from optout.recount import Matter, day_of, requests, status_of

ANSWERS = ("answered", "refused", "no_data", "extended", "identity_asked", "clarification_asked")


def enclosed(matter: Matter) -> list[dict[str, str]]:
    """What proves the history, in its order, as far as a file of it is kept with the case."""
    return [*copies(matter), *(one for one, kept in _proofs(matter) if kept)]


def missing(matter: Matter) -> list[dict[str, str]]:
    """What would prove the history as well, if a file of it were kept."""
    return [one for one, kept in _proofs(matter) if not kept]


def _proofs(matter: Matter) -> list[tuple[dict[str, str], bool]]:
    """Each once: two answers of one day are told as one, and a file of either counts."""
    found: dict[tuple[str, str], tuple[dict[str, str], bool]] = {}
    for one, kept in _each(matter):
        key = (one["what"], one["day"])
        found[key] = (one, kept or (key in found and found[key][1]))
    return list(found.values())


def _each(matter: Matter) -> Iterable[tuple[dict[str, str], bool]]:
    """Each proof of what happened, and whether a file of it is there. One kept with a note of that day counts too."""
    ids = {letter.id for letter in requests(matter)}
    noted = {event.on for n, event in matter.events if event.kind == "noted" and n in matter.kept}
    about = [(n, event) for n, event in matter.events if event.letter in ids]
    once = {"on": "", "day": ""}
    sent = [n in matter.kept or event.on in noted for n, event in about if event.kind == "sent"]
    yield {"what": "sending", **once}, any(sent)
    arrived = [n in matter.kept or event.on in noted for n, event in about if event.kind in PROVES_RECEIPT]
    if arrived:
        yield {"what": "receipt", **once}, any(arrived)
    for n, event in sorted(matter.events, key=lambda numbered: numbered[1].on):
        there = n in matter.kept or event.on in noted
        if event.kind in REACTIONS:
            ours = any(series(x) in FOLLOW_UPS[event.kind] for x in matter.steps.posted)
            yield {"what": event.kind, "on": matter.day(event.on), "day": str(event.on)}, there or ours
        elif event.kind in ANSWERS and event.letter in ids:
            yield {"what": "answer", "on": matter.day(event.on), "day": str(event.on)}, there


def copies(matter: Matter) -> list[dict[str, str]]:
    return [
        {"what": "request", "on": day_of(matter, letter), "day": str(status_of(matter, letter).sent)}
        for letter in requests(matter)
    ]
