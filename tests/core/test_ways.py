"""What refusing costs, which ways go together, and how old an address may be: all from the data of a firm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from optout import advice, freshness, ways
from optout.dates import Part
from optout.library.catalog import Catalog
from optout.refusing import PRICES
from optout.select import Asked, choose
from optout.setting import Setting, recipient_email, recipient_lines

CATALOG = Catalog()
DAY = date(2026, 11, 24)


def asked(firm_id: str, place_id: str, *demands: str) -> tuple:
    firm = CATALOG.firm(firm_id)
    place = CATALOG.effective_for(place_id, firm)
    places = tuple(p.id for p in CATALOG.chain(place_id))
    rules = choose(place, firm, Asked(demands=demands, only=bool(demands), on=DAY)).rules
    return firm, place, places, rules


PRICED = [
    ("clearview", "fr", "access", "face_photo", "finds_nothing"),
    ("clearview", "us-ca", "access", "government_id", "form_only"),
    ("clearview", "fr", "access", "email", "answer_needs"),
    ("clearview", "us-ca", "access", "residence", "letter_says"),
    ("23andme", "ca-on", "deletion", "email", "known_address"),
    ("google", "fr", "access", "name", "letter_signed"),
    ("socure", "us-ca", "access", "phone", "may_find_nothing"),
    ("socure", "us-ca", "access", "government_id", "may_ask"),
    ("socure", "fr", "access", "government_id", "needs_doubt"),
    ("facecheck-id", "us-ca", "sale_opt_out", "government_id", "must_not_ask"),
    ("meta", "fr", "access", "account_login", "silent"),
    ("meta", "au", "access", "account_login", "no_law"),
]


@pytest.mark.parametrize(("firm", "place", "demand", "what", "code"), PRICED)
def test_the_price_of_refusing_follows_from_the_law_and_from_what_finds_a_person(
    firm: str, place: str, demand: str, what: str, code: str
) -> None:
    found = advice.demanded(*asked(firm, place, demand), DAY)
    assert {one.price for one in found if one.what == what} == {code}


def test_every_ask_of_every_firm_has_a_price_and_a_source() -> None:
    met = set()
    for firm in CATALOG.all_firms():
        for place in ("us-ca", "us-il", "fr", "gb", "ca-on", "au"):
            for one in advice.demanded(*asked(firm.id, place), DAY):
                assert one.titles and one.sources, (firm.id, one.what)
                met.add(one.price)
    assert met == set(PRICES)


WAYS = [
    ("pimeyes", "fr", ["form_later", "email_alone", "address_old"]),
    ("facecheck-id", "fr", ["form_without_access"]),
    ("meta", "de", ["form_and_letter", "post_alone", "account"]),
    ("facewatch", "gb", ["email_and_post", "address_unknown", "address_unknown"]),
]


@pytest.mark.parametrize(("firm", "place", "codes"), WAYS)
def test_the_ways_that_are_open_are_combined(firm: str, place: str, codes: list[str]) -> None:
    assert [one.code for one in ways.advise(*asked(firm, place), DAY)] == codes


@pytest.mark.parametrize(
    ("part", "on", "grade"),
    [
        ("2026-11-24", date(2026, 11, 24), "fresh"),
        ("2026-05-28", date(2026, 11, 24), "fresh"),
        ("2026-05-27", date(2026, 11, 24), "aging"),
        ("2025-11-24", date(2026, 11, 24), "aging"),
        ("2025-11-23", date(2026, 11, 24), "old"),
        ("2026-05", date(2026, 11, 24), "aging"),
        ("2026", date(2026, 11, 24), "aging"),
        ("2027", date(2026, 11, 24), "fresh"),
        (None, date(2026, 11, 24), "unknown"),
    ],
)
def test_an_address_ages_from_the_first_day_it_can_have_been_seen(part: str | None, on: date, grade: str) -> None:
    assert freshness.grade(Part(part) if part else None, on) == grade


def test_an_address_without_a_day_of_its_own_has_that_of_its_newest_source() -> None:
    firm = CATALOG.firm("jumio")
    route = next(r for r in firm.routes if r.kind == "email")
    assert route.seen and str(route.seen.until) == "2022-05-19"
    dated = [
        replace(firm.sources[s], as_of=Part(day)) for s, day in zip(firm.sources, ("2023", "2024-02"), strict=False)
    ]
    aged = replace(firm, sources=dict(zip(("one", "two"), dated, strict=True)))
    bare = replace(route, seen=None, sources=("one", "two"))
    assert str(freshness.last_seen(aged, bare)) == "2024-02"
    assert freshness.last_seen(aged, replace(bare, sources=())) is None


def test_no_letter_bears_the_address_of_another_legal_person() -> None:
    firm, place, places, rules = asked("world", "fr")
    tools = next(route for route in firm.routes if route.id == "post-tfh")
    assert tools.entity == "Tools for Humanity Corporation" != firm.addressee(places).name
    for routes in ((tools,), (replace(tools, standing="use"), *firm.routes)):
        only = replace(firm, routes=routes)
        setting = Setting(place=place, places=places, firm=only, on=DAY, language="en")
        lines = recipient_lines(setting, rules)
        assert lines[0] == "World Foundation" and not any("7th Street" in line for line in lines)
        assert ("Cayman Islands" in lines) == (len(routes) > 1)
    mail = replace(tools, kind="email", to="privacy@tools.example")
    assert recipient_email(replace(setting, firm=replace(firm, routes=(mail,))), rules) == ""
    assert not ways.advise(replace(firm, routes=(tools,)), place, places, rules, DAY)
    first = replace(firm, entities=firm.entities[::-1])
    assert "650 7th Street" in recipient_lines(replace(setting, firm=first), rules)
