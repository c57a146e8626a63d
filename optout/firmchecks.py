"""Named checks of firms: what must hold of addresses, questions and claims beyond their types, whatever the day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from optout import hosts
from optout.checks import Finding
from optout.firm import Ask, Entity, Firm, Route, Seen
from optout.freshness import days_since

VALUED = ("took_from", "used_by", "holds", "collects", "told_to_stop", "request_figures")
"""Claims that say nothing without a list."""
OF_A_PLACE = ("registered_data_broker", "request_figures")
"""Claims about a register, which is that of a place."""
OF_A_DAY = ("registered_data_broker", "request_figures", "told_to_stop")
"""Claims that hold for a time only."""
_PLACE = re.compile(r"[a-z]{2}(-[a-z0-9]{1,3})?")


def findings(firm: Firm, today: date) -> Iterator[Finding]:
    """Every problem of the file, each at its path."""
    for check in (_whom, _ids, _addresses, _lookalikes, _asks, _claims, _places):
        yield from check(firm)
    for path, seen in _seen(firm):
        yield from _days(path, seen, today)
    yield from _unused(firm)


def overlap(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two lists share a member, where an empty list means all."""
    return not some or not others or bool(set(some) & set(others))


def meet(one: Route, other: Route) -> bool:
    """Whether some person could use both for one demand."""
    apart = {*one.only_from} <= {*other.not_from} if one.only_from else False
    apart = apart or ({*other.only_from} <= {*one.not_from} if other.only_from else False)
    return not apart and overlap(one.only_from, other.only_from) and overlap(one.for_, other.for_)


def _whom(firm: Firm) -> Iterator[Finding]:
    if not any(entity.role in ("controller", "processor") for entity in firm.entities):
        yield Finding(
            ("entities",), "entity-missing", "name the legal person that a letter goes to, or the firm itself"
        )
    if not firm.finds_by:
        yield Finding(("finds_by",), "finds-by-missing", "say by what the firm can find a person")
    if firm.role != "controller" and not firm.role_note:
        yield Finding(("role",), "role-note-missing", "say who else decides about the data, and whom to write to then")
    for index, route in enumerate(firm.routes):
        if not firm.ready and route.kind in ("email", "post") and route.standing == "use":
            yield Finding(("routes", index), "not-ready-route", "not ready, yet a letter would go to this address")


def _ids(firm: Firm) -> Iterator[Finding]:
    for name in ("routes", "incidents", "decisions"):
        known: set[str] = set()
        for index, entry in enumerate(getattr(firm, name)):
            if entry.id in known:
                yield Finding((name, index, "id"), "id-twice", f"'{entry.id}' stands here twice")
            known.add(entry.id)


def _addresses(firm: Firm) -> Iterator[Finding]:
    names = {entity.name for entity in firm.entities} | {firm.name}
    for index, route in enumerate(firm.routes):
        path = ("routes", index, "to")
        if route.entity and route.entity not in {entity.name for entity in firm.entities}:
            yield Finding(("routes", index, "entity"), "entity-unknown", "write the name of one of the entities")
        if route.kind == "post":
            lines = route.to if isinstance(route.to, tuple) else ()
            if route.to is not None and len(lines) < 2:
                yield Finding(path, "post-lines", "write a postal address as a list of lines, the country last")
            elif lines and lines[0] in names:
                yield Finding(path, "post-lines", "leave the firm's name out: the letter puts the addressee's there")
        elif route.to is not None:
            yield from _address(path, route)


def _address(path: tuple[str | int, ...], route: Route) -> Iterator[Finding]:
    if not isinstance(route.to, str):
        yield Finding(path, "address-wrong", "write one address, not a list")
    elif route.kind == "email":
        if wrong := hosts.wrong_email(route.to):
            yield Finding(path, "address-wrong", wrong)
        elif hosts.free_mail(route.to) and not route.note:
            yield Finding(path, "free-mail", "anybody can have a mailbox there; say in the note why it is the firm's")
    elif wrong := hosts.wrong_url(route.to):
        yield Finding(path, "address-wrong", wrong)


def _lookalikes(firm: Firm) -> Iterator[Finding]:
    """Hosts of others, which no way to the firm may lead to."""
    ways = [r.to for r in firm.routes if isinstance(r.to, str)] + [name for name in firm.aliases if "." in name]
    for index, one in enumerate(firm.lookalikes):
        path = ("lookalikes", index, "host")
        if one.host != one.host.lower().removeprefix("www.") or hosts.wrong_host(one.host):
            yield Finding(path, "lookalike-wrong", "write a host as `firm.example`: small letters, no www, no path")
        elif any(hosts.under(hosts.host_in(way), one.host) for way in ways):
            yield Finding(
                path, "lookalike-own", "a way to the firm or one of its names is there too; one of them is wrong"
            )


def _asks(firm: Firm) -> Iterator[Finding]:
    current = [(index, ask) for index, ask in enumerate(firm.asks) if ask.current]
    for place, (index, ask) in enumerate(current):
        for _, earlier in current[:place]:
            if _same_question(ask, earlier):
                yield Finding(
                    ("asks", index), "ask-twice", f"{ask.what} is asked above for the same; one of them is of the past"
                )
                break


def _same_question(one: Ask, other: Ask) -> bool:
    return (
        one.what == other.what
        and one.what != "other"
        and overlap(one.for_, other.for_)
        and overlap(one.only_from, other.only_from)
        and overlap(one.via, other.via)
    )


def _claims(firm: Firm) -> Iterator[Finding]:
    for index, fact in enumerate(firm.facts):
        said = fact.claim.replace("_", " ")
        if fact.claim in VALUED and not fact.value:
            yield Finding(("facts", index), "fact-without-value", f"'{said}' needs a list: value")
        if fact.claim in OF_A_PLACE and not fact.in_:
            yield Finding(("facts", index), "fact-without-place", f"'{said}' needs the place of the register: in")
        if fact.claim in OF_A_DAY and fact.as_of is None:
            yield Finding(("facts", index), "fact-without-day", f"'{said}' needs its time: as_of")


def _places(firm: Firm) -> Iterator[Finding]:
    named: list[tuple[tuple[str | int, ...], tuple[str, ...]]] = []
    for name in ("entities", "routes", "asks", "cautions"):
        for index, entry in enumerate(getattr(firm, name)):
            for field in ("only_from", "not_from"):
                named.append(((name, index, field), getattr(entry, field, ())))
            if isinstance(entry, Entity) and entry.place:
                named.append(((name, index, "place"), (entry.place,)))
    named += [(("facts", index, "in"), (fact.in_,)) for index, fact in enumerate(firm.facts) if fact.in_]
    named += [(("decisions", index, "place"), (one.place,)) for index, one in enumerate(firm.decisions)]
    for path, places in named:
        for place in places:
            if place == "uk" or not _PLACE.fullmatch(place):
                hint = "write gb" if place == "uk" else "write it as de, us-ca or eu"
                yield Finding(path, "place-wrong", f"no place is called '{place}'; {hint}")


def _seen(firm: Firm) -> Iterator[tuple[tuple[str | int, ...], Seen]]:
    for index, route in enumerate(firm.routes):
        if route.seen:
            yield ("routes", index, "seen"), route.seen
    for index, ask in enumerate(firm.asks):
        if ask.seen:
            yield ("asks", index, "seen"), ask.seen


def _days(path: tuple[str | int, ...], seen: Seen, today: date) -> Iterator[Finding]:
    first, last = seen.from_, seen.until
    if first and last and first.text[: len(last.text)] > last.text[: len(first.text)]:
        yield Finding(path, "seen-order", "ends before it begins")
    for part in (first, last):
        if part and days_since(part, today) == 0 and part.text > today.isoformat()[: len(part.text)]:
            yield Finding(path, "seen-ahead", f"{part} lies ahead of today")


def _unused(firm: Firm) -> Iterator[Finding]:
    lists = (firm.entities, firm.routes, firm.asks, firm.facts, firm.incidents, firm.decisions,
             firm.lookalikes)  # fmt: skip
    used = {source for entries in lists for entry in entries for source in entry.sources}
    for key in firm.sources:
        if key not in used:
            yield Finding(("sources", key), "source-unused", "nothing in this file rests on it", "warning")
