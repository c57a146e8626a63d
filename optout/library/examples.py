"""The worked examples of the place files, run against the loaded law."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from optout.counting import Where
from optout.dates import Holidays
from optout.deadlines import Answer, answer
from optout.firm import Entity, Firm
from optout.jurisdiction import Example, Jurisdiction
from optout.law import Clock, Rule, stands, text_in
from optout.letterdays import Days, happened
from optout.library.catalog import Catalog
from optout.select import Asked, Choice, choose
from optout.views import competent_authorities

LetterText = Callable[[str, Example], str]
"""The text of the letters an example asks for, at a place."""
ANY_FIRM = Firm(
    schema="1", id="any", name="Any Firm", kinds=("face_search",), role="controller", ready=False,
    entities=(Entity(name="Any Firm", role="controller", sources=()),), routes=(), finds_by=("face_photo",),
)  # fmt: skip


def firm_of(example: Example, catalog: Catalog) -> Firm:
    """The one that the example writes to: a firm of the catalogue, or any of a kind."""
    if example.firm:
        return catalog.firm(example.firm)
    kind: Any = example.firm_kind
    return replace(ANY_FIRM, kinds=(kind,), finds_by=("name", "email")) if kind else ANY_FIRM


PERSON = ("objection", "restriction")
"""Demands for which an example gives the person's own situation."""


def failures(
    place: Jurisdiction, example: Example, catalog: Catalog, holidays: Holidays, letter_text: LetterText
) -> Iterator[str]:
    """What does not come out as expected, a sentence each."""
    residence = example.residence or place.id
    merged = catalog.effective(residence)
    expect = dict(example.expect)
    if has_dates(example):
        yield from _dates(example, merged, residence, catalog, holidays, expect)
    if {"rules", "held", "deadlines"} & set(expect):
        yield from _choice(example, merged, catalog, expect)
    if "authority" in expect:
        found = competent_authorities(merged, set(merged.laws))
        wanted = expect["authority"]
        if (wanted == "none" and found) or (wanted != "none" and (not found or found[0] != wanted)):
            yield f"authority is {found[0] if found else 'none'}, not {wanted}{_unoffered(merged, str(wanted))}"
    if {"letter_has", "letter_lacks"} & set(expect):
        text = " ".join(letter_text(residence, example).split())
        yield from (f"the letter lacks '{w}'" for w in expect.get("letter_has", ()) if w not in text)
        yield from (f"the letter has '{w}'" for w in expect.get("letter_lacks", ()) if w.lower() in text.lower())


def _unoffered(place: Jurisdiction, wanted: str) -> str:
    """Why an authority of the file is not the one."""
    authority = place.authorities.get(wanted)
    if authority is None:
        return "" if wanted == "none" else ", which no file here has"
    if authority.confidence == "unverified":
        return ", which is unverified and so never offered"
    return "" if authority.handles else ", which handles no law"


def has_dates(example: Example) -> bool:
    return bool(example.received or example.sent or example.start)


def works(example: Example, place: Jurisdiction) -> set[str]:
    """Ids of the rules and clocks an example uses; of clocks, those whose date it expects."""
    used = {x for x in (example.rule, example.clock) if x}
    for rule in place.rules:
        if rule.id == example.rule:
            used |= {c for c in rule.clocks if c in place.clocks and place.clocks[c].kind in example.expect}
    return used


def asked_of(example: Example) -> Asked:
    return Asked(
        demands=(example.demand,) if example.demand else (),
        situation=example.demand in PERSON,
        on=example.asked or example.received or example.sent or date.max,
    )


def _choice(example: Example, merged: Jurisdiction, catalog: Catalog, expect: dict[str, Any]) -> Iterator[str]:
    firm = firm_of(example, catalog)
    if example.firm and example.residence:
        merged = catalog.effective_for(example.residence, firm)
    choice: Choice = choose(merged, firm, asked_of(example))
    if "rules" in expect:
        got = [rule.id for rule in choice.rules]
        if sorted(got) != sorted(expect["rules"]):
            yield f"rules are {', '.join(got) or 'none'}"
    if "held" in expect:
        held = [rule.demand for rule in choice.rules if rule.when == "after_access"]
        if held != expect["held"]:
            yield f"held are {', '.join(held) or 'none'}"
    if expect.get("deadlines") == "none":
        timed = [r.id for r in choice.rules if r.clocks and (not example.demand or r.demand == example.demand)]
        if timed:
            yield f"{', '.join(timed)} has a date of the law"


def _dates(
    example: Example, merged: Jurisdiction, residence: str, catalog: Catalog, holidays: Holidays, expect: dict[str, Any]
) -> Iterator[str]:
    firm_places = catalog.firm_places(example.firm_place)
    where = Where(
        subject=tuple(p.id for p in catalog.chain(residence)),
        firm=firm_places,
        calendars=merged.calendars,
        holidays=holidays,
    )
    got: dict[str, Answer] = {}
    for clock in _clocks(example, merged):
        got[clock.kind] = answer(clock, text_in(merged.name, "en"), _days(example, clock), where)
    for key, wanted in expect.items():
        if key in got:
            on = str(got[key].effective.on)
            if on != wanted:
                yield f"{key} is {on}, not {wanted}"
        elif key == "overdue_from":
            for kind, day in (wanted if isinstance(wanted, dict) else {"respond": wanted}).items():
                if str(got[kind].effective.overdue_from) != day:
                    yield f"overdue_from of {kind} is {got[kind].effective.overdue_from}, not {day}"
        elif key not in ("rules", "held", "authority", "deadlines", "letter_has", "letter_lacks"):
            yield f"no clock gives '{key}'"


def _clocks(example: Example, merged: Jurisdiction) -> list[Clock]:
    if example.clock:
        return [merged.clocks[example.clock]]
    rules: list[Rule] = [
        r for r in merged.rules if r.id == example.rule or (not example.rule and r.demand == example.demand)
    ]
    clocks = [merged.clocks[c] for rule in rules for c in rule.clocks]
    return [clock for clock in clocks if stands(clock, _days(example, clock).start)]


def _days(example: Example, clock: Clock) -> Days:
    start = example.start or (example.sent if clock.from_ == "sending" else None) or example.received or example.sent
    if start is None:
        raise ValueError("an example with dates needs a start")
    return happened(
        start, sent=example.sent or example.received, identity_asked=example.identity_asked,
        identity_given=example.identity_given, clarification_asked=example.clarification_asked,
        clarified=example.clarified, extended=example.extended, until=example.until,
    )  # fmt: skip
