"""All that is known of a firm, as `firms show` says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optout.cli.foretelling import WHAT
from optout.firm import Ask, Fact, Firm, Route
from optout.law import text_in

WORDS = WHAT | {
    "face_search": "searches the web by face",
    "controller": "decides what happens with the data",
    "processor": "handles data for others",
    "mixed": "partly decides what happens with the data, partly handles them for others",
    "representative": "represents the firm",
    "dpo": "data protection officer",
    "use": "use this",
    "second": "second choice",
    "old": "was used once",
    "disputed": "sources disagree",
    "never": "do not use",
    "verified": "read at the source",
    "secondary": "from a copy or a report",
    "unverified": "not verified",
    "took_from": "took pictures from",
    "checks_by_body": "checks people by their face or voice",
    "keeps_hash_after_opt_out": "keeps a number made from your photo after an opt-out",
    "denies_law": "says that the law does not hold for it",
    "no_eu_representative": "has no representative in the European Union",
    "no_uk_representative": "has no representative in the United Kingdom",
    "unlawful": "found unlawful",
    "order": "an order",
    "remitted": "sent back for a new decision",
    "pending": "not decided yet",
    "stands": "in force",
    "unknown": "where it stands is not known",
}
"""What a word of the data says to a reader; one that is not here says it itself."""


def _said(word: str) -> str:
    return WORDS.get(word, word.replace("_", " "))


def whom(firm: Firm, whose: Iterable[str]) -> Iterator[str]:
    """Who the firm is; `whose` says whose word it is, in lines."""
    kinds = ", ".join(map(_said, firm.kinds))
    yield f"{firm.name}: {'; '.join(part for part in (kinds, _said(firm.role)) if part)}"
    yield from whose
    if firm.aliases:
        yield f"  also: {', '.join(firm.aliases)}"
    if firm.role_note:
        yield f"  {firm.role_note}"
    if firm.status != "active":
        yield f"  {_said(firm.status)}{', now ' + firm.successor if firm.successor else ''}"
    if not firm.ready:
        yield "  no way to reach it is verified: letters carry no address"
    for entity in firm.entities:
        seat = f"seat {entity.place.upper()}" if entity.place else "seat not known"
        yield f"  {entity.name}, {_said(entity.role)}, {seat}{_places(entity.only_from, entity.not_from)}"
    if firm.phone:
        yield f"  phone {firm.phone}"
    yield f"  finds people by: {', '.join(map(_said, firm.finds_by))}"


def parts(firm: Firm) -> list[tuple[str, list[str]]]:
    """Title and lines of each part, which may have none."""
    return [
        ("Routes", [row for route in firm.routes for row in _route(route)]),
        ("Asks", [row for ask in firm.asks for row in _ask(ask)]),
        ("Known", list(_known(firm))),
        ("Careful", [*_lookalikes(firm), *(f"  {c.text}{_concerned(c.only_from)}" for c in firm.cautions)]),
    ]


def _route(route: Route) -> list[str]:
    to = route.shown or "address not known"
    seen = f", seen {route.seen.until or route.seen.from_}" if route.seen else ""
    until = f", until {route.until}" if route.until else ""
    whom = f" to {route.entity}:" if route.entity else ""
    row = f"  {_said(route.standing)}: {route.kind}{whom} {to}{_kinds(route.for_)}{_places(route.only_from, route.not_from)}"
    return [f"{row}{seen}{until} ({_said(route.confidence)})", *_note(route.note)]


def _ask(ask: Ask) -> list[str]:
    now = "now" if ask.current else "in the past"
    seen = f", last seen {ask.seen.until or ask.seen.from_}" if ask.seen else ""
    via = f", by {', '.join(ask.via)}" if ask.via else ""
    covered = ", details blacked out," if ask.redacted else ""
    row = f"  {_said(ask.what)}{covered}{_kinds(ask.for_) or ' for everything'}, {now}{_places(ask.only_from, ())}"
    return [f"{row}{via}{seen} ({_said(ask.confidence)})", *_note(ask.note)]


def _known(firm: Firm) -> Iterator[str]:
    for fact in firm.facts:
        place = f" in {fact.in_.upper()}" if fact.in_ else ""
        value = ", ".join(fact.value) or "yes"
        yield f"  {_said(fact.claim)}{place}: {value} ({_day(fact)}, {_said(fact.confidence)})"
        yield from _note(fact.note)
    for incident in firm.incidents:
        reached = ", ".join(map(_said, incident.reached))
        yield f"  incident {incident.on}: reached {reached} ({_said(incident.confidence)})"
        yield from _note(incident.note)
    for decision in firm.decisions:
        number = f", {text_in(decision.number, 'en')}" if decision.number else ""
        told = ", ".join(dict.fromkeys((_said(decision.outcome), _said(decision.status))))
        said = f"{told} ({_said(decision.confidence)})"
        yield f"  decision {decision.on or 'undated'}, {text_in(decision.body, 'en')}{number}: {said}"
        yield from _note(text_in(decision.note, "en") if decision.note else None)


def _lookalikes(firm: Firm) -> Iterator[str]:
    for one in firm.lookalikes:
        read = max((str(firm.sources[s].checked) for s in one.sources if s in firm.sources), default="never")
        yield f"  {one.host} is a look-alike, not of this firm: refused ({_said(one.confidence)}, read {read})"
        yield from _note(one.note)


def _day(fact: Fact) -> str:
    return f"as of {fact.as_of}" if fact.as_of else "day not known"


def _concerned(places: tuple[str, ...]) -> str:
    return f" (Concerns residents of {', '.join(place.upper() for place in places)}.)" if places else ""


def _note(note: str | None) -> list[str]:
    return [f"    {note}"] if note else []


def _kinds(kinds: tuple[str, ...]) -> str:
    return f" for {', '.join(map(_said, kinds))}" if kinds else ""


def _places(only: tuple[str, ...], but: tuple[str, ...]) -> str:
    said = f", for residents of {', '.join(place.upper() for place in only)}" if only else ""
    return said + (f", not for residents of {', '.join(place.upper() for place in but)}" if but else "")
