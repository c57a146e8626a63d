from __future__ import annotations

import json
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.case import Case, CaseLetter, Demand, Event, EventKind, RouteKind
from optout.dates import UNITS, Part, Period
from optout.firm import Firm
from optout.jurisdiction import Jurisdiction
from optout.law import Calendar, Clock, ClockKind, DemandKind, Extend, InForce
from optout.letter import Block, Letter
from optout.library.catalog import Catalog
from optout.records import from_plain, to_plain

CATALOG = Catalog()


def through_json(value: Any) -> Any:
    return from_plain(type(value), json.loads(json.dumps(to_plain(value))))


@pytest.mark.parametrize("place", CATALOG.files("jurisdictions"))
def test_every_place_comes_back(place: str) -> None:
    for value in (CATALOG.jurisdiction(place), CATALOG.effective(place)):
        assert isinstance(value, Jurisdiction)
        assert through_json(value) == value
        assert to_plain(through_json(value)) == to_plain(value)


@pytest.mark.parametrize("name", CATALOG.files("firms"))
def test_every_firm_comes_back(name: str) -> None:
    value = CATALOG.firm(name)
    assert isinstance(value, Firm)
    assert through_json(value) == value


text = st.text(max_size=12)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
kinds = st.sampled_from(get_args(DemandKind))
whens = st.sampled_from(["now", "after_access"])


def tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(of, max_size=3).map(tuple)


def maybe(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | of


periods = st.builds(Period, st.integers(0, 999), st.sampled_from(UNITS))
confidences = st.sampled_from(["verified", "secondary", "unverified"])
texts = text | st.dictionaries(text, text, max_size=2)
clocks = st.builds(
    Clock,
    kind=st.sampled_from(get_args(ClockKind)),
    period=periods,
    from_=st.sampled_from(["receipt", "sending", "refusal"]),
    calendar=maybe(text),
    or_calendar=maybe(text),
    roll=st.sampled_from(["none", "next open day"]),
    cites=tuples(texts),
    pinpoint=maybe(confidences),
    confidence=confidences,
    in_force=maybe(st.builds(InForce, from_=maybe(days), until=maybe(days))),
    extend=maybe(st.builds(Extend, by=periods, told_within=periods, told_from=st.sampled_from(["receipt", "sending"]))),
    starts_late=tuples(st.sampled_from(["identity", "fee"])),
    stops=tuples(st.sampled_from(["identity", "clarification", "fee"])),
    sources=tuples(text),
)
calendars = st.builds(
    Calendar,
    place=text,
    weekend=tuples(st.sampled_from(["friday", "saturday", "sunday"])),
    add=tuples(text),
    only=tuples(text),
    confidence=confidences,
)
events = st.builds(
    Event,
    kind=st.sampled_from(get_args(EventKind)),
    on=days,
    letter=maybe(text),
    by=maybe(st.sampled_from(get_args(RouteKind))),
    note=text,
)
demands = st.builds(
    Demand, kind=kinds, footing=st.sampled_from(["right", "duty", "request"]), rule=text, law=maybe(text),
    law_name=text, cites=tuples(text), clocks=tuples(text), when=whens, sources=tuples(text),
)  # fmt: skip
case_letters = st.builds(CaseLetter, id=text, kinds=tuples(kinds), when=whens, language=text, reply_by=maybe(days))
cases = st.builds(
    Case, ref=text, subject=text, firm=text, firm_name=text, place=text, firm_place=maybe(text),
    subject_places=tuples(text), firm_places=tuples(text), opened=days, demands=tuples(demands),
    letters=tuples(case_letters), clocks=st.dictionaries(text, clocks, max_size=2),
    calendars=st.dictionaries(text, calendars, max_size=2), data=st.dictionaries(text, text, max_size=2),
)  # fmt: skip
blocks = st.builds(
    Block,
    kind=st.sampled_from(["paragraph", "heading", "number", "bullet", "quote"]),
    runs=tuples(st.tuples(text, st.booleans())),
    number=st.integers(0, 50),
)
letters = st.builds(
    Letter, ref=text, day=days, day_text=text, language=text, paper=st.sampled_from(["a4", "letter"]),
    sender=tuples(text), recipient=tuples(text), subject=text, salutation=text, blocks=tuples(blocks), closing=text,
    signature=text, enclosures=text,
)  # fmt: skip


@given(events)
def test_events_come_back(value: Event) -> None:
    assert through_json(value) == value


@given(clocks)
def test_clocks_come_back(value: Clock) -> None:
    assert through_json(value) == value


@given(cases)
def test_cases_come_back(value: Case) -> None:
    assert through_json(value) == value


def test_a_block_comes_back_as_a_letter_makes_it() -> None:
    value = Block(kind="paragraph", runs=(("a", True), ("b", False)))
    assert through_json(value).text() == value.text()


def test_defaults_are_left_out_and_underscores_too() -> None:
    plain = to_plain(InForce(from_=date(2026, 1, 1)))
    assert plain == {"from": "2026-01-01"}
    assert to_plain(Part.parse("2022-05")) == "2022-05"


def test_an_empty_weekend_is_not_the_usual_one() -> None:
    value = Calendar(weekend=(), confidence="verified")
    assert through_json(value).weekend == ()


@pytest.mark.parametrize(
    ("cls", "plain"),
    [
        (Event, {"kind": "sent"}),
        (Event, {"kind": "sent", "on": "2026-13-01"}),
        (Event, {"kind": "sent", "on": 7}),
        (Event, {"kind": "sent", "on": "2026-01-01", "what": "else"}),
        (Calendar, {}),
        (Clock, {"kind": "respond", "period": "soon", "from": "receipt", "confidence": "verified", "sources": []}),
    ],
)
def test_what_to_plain_did_not_write_is_refused(cls: type, plain: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_plain(cls, plain)


@given(letters)
def test_letters_come_back(value: Letter) -> None:
    assert through_json(value) == value
