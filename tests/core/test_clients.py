"""What is known of a processor is said neither of its client nor as if it decided; and firms as others know them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from optout import checks, compose, select
from optout.addressee import Recipient
from optout.cli import drafting, golden
from optout.firm import Firm
from optout.letter import plain
from optout.library.catalog import Catalog
from optout.render.environment import Pieces
from optout.setting import Setting

CATALOG = Catalog()
DAY = date(2026, 11, 24)
ACCUSED = replace(CATALOG.firm("clearview"), role="processor")
"""A firm of which much is known: what it collects, sells and was told to stop, incidents and decisions."""
BANK = Recipient(name="Example Bank", lines=("1 Sample Street",), email="privacy@bank.example")
PLACES = ["us-il", "us-ca", "fr", "de", "ca-qc", "ch"]


def letters(firm: Firm, place: str, to: Recipient | None, language: str = "en") -> str:
    chain, merged = CATALOG.chain(place), CATALOG.effective_for(place, firm)
    asked = select.Asked(on=DAY, situation=True)
    choice = select.choose(merged, firm.for_client(), asked) if to else select.pass_on(merged, firm)
    setting = Setting(place=merged, places=tuple(p.id for p in chain), firm=firm, on=DAY, language=language, to=to)
    pieces = Pieces(language, CATALOG.template, drafting.HOLES)
    person = golden.person(place, True, language)
    drafts = [drafting.draft(pieces, compose.plan(setting, rules), person, golden.REF) for rules in choice.letters()]
    return " ".join("\n".join(plain(draft) for draft in drafts).split())


@pytest.mark.parametrize("place", PLACES)
def test_a_client_hears_nothing_of_what_the_firm_did(place: str) -> None:
    text = letters(ACCUSED, place, BANK)
    assert (
        "Example Bank Privacy requests 1 Sample Street" in text and "As far as you use services of Clearview AI" in text
    )
    assert not re.search(
        r"your index|open web|February 2020|by face\b|decided|(?<!individual )decision(?!-making)|fined|hash", text
    )
    for decision in ACCUSED.decisions:
        assert not decision.number or str(decision.number) not in text
    assert not any(str(route.to) in text for route in ACCUSED.routes)


@pytest.mark.parametrize(("place", "language"), [*((place, "en") for place in PLACES), ("fr", "fr"), ("ca-qc", "fr")])
def test_a_processor_is_asked_under_no_law_and_for_its_clients_alone(place: str, language: str) -> None:
    text = letters(ACCUSED, place, None, language)
    merged = CATALOG.effective_for(place, ACCUSED)
    for law in merged.laws.values():
        for name in (law.name, law.short):
            for spoken in name.values() if isinstance(name, dict) else [name] if name else []:
                assert spoken not in text, (place, spoken)
    assert ("pass this letter on" if language == "en" else "transmettre la présente lettre") in text
    assert not re.search(r"my right|your index|votre index|I exercise|obliges you to(?! grant)|exerce", text)


def test_every_rule_that_is_left_out_for_a_processor_says_why() -> None:
    choice = select.pass_on(CATALOG.effective("us-il"), ACCUSED)
    assert [rule.demand for rule in choice.rules] == ["recipients"]
    assert {x.code for x in choice.left_out} == {"not_this_firm"} and len(choice.left_out) > 3


def found(*firms: Firm) -> dict[str, list[str]]:
    known = {firm.id: firm for firm in firms}
    around = checks.Around(None, frozenset(), lambda name, family: (), DAY, firms=known, names=checks.names_of(known))
    return {firm.id: [x.code for x in checks.firm_findings(firm, around)] for firm in firms}


def firm(ident: str, **more: Any) -> Firm:
    given = {"name": ident.title(), "kinds": ("vendor",), "role": "controller", "ready": False, "entities": (),
             "routes": (), "finds_by": ()} | more  # fmt: skip
    return Firm(schema="1", id=ident, **given)


def test_check_knows_names_that_two_firms_have() -> None:
    assert found(firm("one", aliases=("Twin",)), firm("two", aliases=("TWIN",)), firm("three")) == {
        "one": ["name-taken"], "two": ["name-taken"], "three": [],
    }  # fmt: skip
    old = firm("old", aliases=("Twin",), status="renamed", successor="new")
    assert found(old, firm("new", aliases=("Twin",))) == {"old": [], "new": []}, "a new name may keep the old one"


@pytest.mark.parametrize(
    ("more", "code"),
    [({"status": "renamed"}, "successor-missing"), ({"status": "merged", "successor": "nobody"}, "unknown-id"),
     ({"status": "renamed", "successor": "one"}, "successor-cyclic"), ({"successor": "two"}, "successor-of-active")],
)  # fmt: skip
def test_check_knows_where_a_successor_leads(more: dict[str, Any], code: str) -> None:
    assert found(firm("one", **more), firm("two"))["one"] == [code]


def test_check_keeps_the_ids_of_firms_without_a_profile_free() -> None:
    assert found(firm("own-firm"))["own-firm"] == ["id-reserved"]
