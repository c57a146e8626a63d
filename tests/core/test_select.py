from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.firm import Entity, Fact, Firm
from optout.jurisdiction import Jurisdiction
from optout.law import Condition, InForce, Law, Rule
from optout.library.catalog import Catalog
from optout.select import KINDS, VOLUNTARY, Asked, Choice, choose

TODAY = date(2026, 11, 24)
CATALOG = Catalog()


def firm(**changes: Any) -> Firm:
    values: dict[str, Any] = {
        "schema": "1", "id": "acme", "name": "Acme", "kinds": ("face_search",), "role": "controller", "ready": True,
        "entities": (), "routes": (), "finds_by": ("face_photo",),
    }  # fmt: skip
    return Firm(**(values | changes))


def place(*rules: Rule, **changes: Any) -> Jurisdiction:
    values: dict[str, Any] = {
        "schema": "1", "id": "zz", "name": "Nowhere", "kind": "country", "level": "letters", "languages": ("en",),
        "laws": {"act": Law(name="The Act", short="TA")}, "rules": rules,
    }  # fmt: skip
    return Jurisdiction(**(values | changes))


def rule(ident: str, demand: str = "access", **changes: Any) -> Rule:
    values: dict[str, Any] = {
        "id": ident, "law": "act", "demand": demand, "footing": "right", "confidence": "verified",
        "sources": ("zz/s",),
    }  # fmt: skip
    return Rule(**(values | changes))


def asked(*demands: str, **changes: Any) -> Asked:
    return Asked(demands=demands, **({"on": TODAY} | changes))


def ids(choice: Choice) -> list[str]:
    return [r.id for r in choice.rules]


def out(choice: Choice) -> dict[str, str]:
    return {entry.rule: entry.code for entry in choice.left_out}


ACCESS = rule("access")
DELETION = rule("deletion", "deletion", when="after_access")

REASONS = [
    ("unverified", rule("r", confidence="unverified"), asked()),
    ("not_yet", rule("r", in_force=InForce(from_=date(2026, 11, 25))), asked()),
    ("no_longer", rule("r", in_force=InForce(until=date(2026, 11, 23))), asked()),
    ("not_this_firm", rule("r", applies_if=Condition(firm_kinds=("dna", "vendor"))), asked()),
    ("not_this_firm", rule("r", applies_if=Condition(firm_claims=("registered_data_broker",))), asked()),
    ("other_law", rule("r"), asked(laws=("other",))),
    ("not_asked", rule("r"), asked("correction")),
    ("on_request", rule("r", footing="request", law=None), asked()),
    ("on_request", rule("r", offer="on_request"), asked()),
    ("situation", rule("r", "objection", needs=("situation",)), asked("objection")),
]


@pytest.mark.parametrize(("code", "given_rule", "wish"), REASONS, ids=[f"{n}-{r[0]}" for n, r in enumerate(REASONS)])
def test_every_rule_left_out_has_a_reason_of_its_own(code: str, given_rule: Rule, wish: Asked) -> None:
    choice = choose(place(given_rule), firm(), wish)
    assert out(choice) == {"r": code}
    assert "r" not in ids(choice)
    assert choice.left_out[0].reason


@pytest.mark.parametrize("code", ["not_yet", "no_longer"])
def test_a_law_out_of_force_bars_its_rules(code: str) -> None:
    force = InForce(from_=date(2027, 1, 1)) if code == "not_yet" else InForce(until=date(2026, 1, 1))
    choice = choose(place(ACCESS, laws={"act": Law(name="The Act", in_force=force)}), firm(), asked())
    assert out(choice) == {"access": code}


def test_a_law_bars_its_rules_before_the_first_day_for_which_it_was_read() -> None:
    for known_from, code in ((date(2026, 11, 25), {"access": "not_read"}), (TODAY, {})):
        choice = choose(place(ACCESS, laws={"act": Law(name="The Act", known_from=known_from)}), firm(), asked())
        assert out(choice) == code


def test_both_ends_of_being_in_force_are_in_force() -> None:
    one_day = rule("r", in_force=InForce(from_=TODAY, until=TODAY))
    assert ids(choose(place(one_day), firm(), asked())) == ["r"]


def test_a_law_for_public_bodies_binds_only_them() -> None:
    there = place(ACCESS, laws={"act": Law(name="The Act", short="TA", binds="public")})
    choice = choose(there, firm(), asked())
    assert out(choice) == {"access": "not_this_firm"}
    assert "TA binds public bodies only" in choice.left_out[0].reason
    for home, speaks in (("zz", True), ("yy", False), (None, False)):
        body = firm(kinds=("public_body",), entities=(Entity(name="B", role="controller", place=home, sources=("s",)),))
        assert (ids(choose(there, body, asked())) == ["access"]) is speaks


def test_a_law_for_firms_binds_no_public_body_and_one_for_both_does() -> None:
    body = firm(kinds=("public_body",))
    for binds, speaks in (("private", False), ("both", True)):
        there = place(ACCESS, laws={"act": Law(name="The Act", short="TA", binds=binds)})
        assert (ids(choose(there, body, asked())) == ["access"]) is speaks


def test_a_law_leaves_the_police_to_the_one_that_speaks_of_them() -> None:
    general = Law(name="The Act", short="TA", binds="both", leaves_out=("police",))
    there = place(
        ACCESS,
        rule("police-access", law="crime", applies_if=Condition(firm_kinds=("police",))),
        laws={"act": general, "crime": Law(name="Crime Act", short="CA", binds="public")},
    )
    choice = choose(there, firm(kinds=("police",)), asked())
    assert ids(choice) == ["police-access"]
    assert "TA leaves to another law what is: police" in choice.left_out[0].reason
    assert ids(choose(there, firm(kinds=("vendor", "police")), asked())) == ["police-access"]
    for other in ((), ("vendor",), ("public_body",)):
        assert ids(choose(there, firm(kinds=other), asked())) == ["access"]


def test_no_law_on_firms_binds_the_police() -> None:
    private = place(ACCESS, laws={"act": Law(name="The Act", short="TA", binds="private")})
    choice = choose(private, firm(kinds=("police",)), asked())
    assert out(choice) == {"access": "not_this_firm"} and {r.law for r in choice.rules} == {None}


@pytest.mark.parametrize(
    ("fact_place", "confidence", "speaks"),
    [(None, "verified", True), ("zz", "secondary", True), ("yy", "verified", False), ("zz", "unverified", False)],
)
def test_a_claim_counts_where_it_holds(fact_place: str | None, confidence: Any, speaks: bool) -> None:
    needs = rule("r", applies_if=Condition(firm_claims=("registered_data_broker",)))
    fact = Fact(claim="registered_data_broker", in_=fact_place, confidence=confidence, sources=("s",))
    choice = choose(place(needs), firm(facts=(fact,)), asked())
    assert (ids(choice) == ["r"]) is speaks


def test_what_the_law_bars_comes_before_what_the_user_wants() -> None:
    assert out(choose(place(rule("r", confidence="unverified")), firm(), asked("correction"))) == {"r": "unverified"}


def test_held_deletion_brings_the_access_letter_along() -> None:
    choice = choose(place(DELETION, ACCESS), firm(), asked("deletion"))
    assert ids(choice) == ["access", "deletion"]
    assert [[r.id for r in letter] for letter in choice.letters()] == [["access"], ["deletion"]]
    assert any("access letter goes first" in note for note in choice.notes)


def test_only_leaves_the_companion_out_and_holds_nothing_back() -> None:
    choice = choose(place(ACCESS, DELETION), firm(), asked("deletion", only=True))
    assert ids(choice) == ["deletion"]
    assert choice.rules[0].when == "now"
    assert out(choice) == {"access": "not_asked"}
    assert any("at once" in note for note in choice.notes)


def test_together_is_one_letter_now() -> None:
    choice = choose(place(ACCESS, DELETION), firm(), asked(together=True))
    assert [[r.id for r in letter] for letter in choice.letters()] == [["access", "deletion"]]


def test_access_asked_for_alone_brings_nothing_along() -> None:
    choice = choose(place(ACCESS, DELETION), firm(), asked("access"))
    assert ids(choice) == ["access"] and choice.notes == ()


def test_deletion_that_is_not_held_brings_nothing_along() -> None:
    assert ids(choose(place(ACCESS, rule("deletion", "deletion")), firm(), asked("deletion"))) == ["deletion"]


def test_a_barred_held_rule_brings_nothing_along() -> None:
    barred = rule("deletion", "deletion", when="after_access", confidence="unverified")
    choice = choose(place(ACCESS, barred), firm(), asked("deletion"))
    assert ids(choice) == ["voluntary-deletion"]


def test_what_no_rule_carries_is_a_request_without_law() -> None:
    choice = choose(place(ACCESS), firm(), asked("access", "correction"))
    assert ids(choice) == ["access", "voluntary-correction"]
    plain = choice.rules[1]
    assert (plain.footing, plain.law, plain.cites, plain.clocks) == ("request", None, (), ())


def test_a_place_without_rules_gets_the_plain_requests() -> None:
    choice = choose(place(), firm(), asked())
    assert tuple(r.demand for r in choice.rules) == VOLUNTARY
    assert {r.footing for r in choice.rules} == {"request"}


def test_a_portal_is_no_letter_so_the_letter_is_still_written() -> None:
    portal = rule("portal", "deletion", by="portal")
    choice = choose(place(portal), firm(), asked("deletion"))
    assert ids(choice) == ["portal", "voluntary-deletion"]
    assert [[r.id for r in letter] for letter in choice.letters()] == [["voluntary-deletion"]]


def test_law_filters_that_leave_nothing_leave_nothing() -> None:
    choice = choose(place(ACCESS), firm(), asked(laws=("other",)))
    assert choice.rules == () and choice.letters() == ()
    assert out(choice) == {"access": "other_law"}


def test_a_rule_that_only_lacks_the_grounds_is_not_written_as_a_request() -> None:
    objection = rule("objection", "objection", needs=("situation",))
    choice = choose(place(objection), firm(), asked("objection"))
    assert choice.rules == () and out(choice) == {"objection": "situation"}
    assert ids(choose(place(objection), firm(), asked("objection", situation=True))) == ["objection"]


def test_a_request_of_the_place_is_written_when_asked_for() -> None:
    plain = rule("plain", footing="request", law=None)
    assert ids(choose(place(plain), firm(), asked("access"))) == ["plain"]


SOME_DATA = Condition(not_firm_kinds=("dna",))


def test_a_law_on_some_data_only_comes_with_a_plain_request_where_the_kind_is_not_known() -> None:
    there = place(rule("duty", "deletion", applies_if=SOME_DATA), rule("plain", footing="request", law=None))
    unknown, known = firm(kinds=()), firm(kinds=("vendor",))
    choice = choose(there, unknown, asked())
    assert ids(choice) == ["duty", "plain"]
    assert any("rests on TA only for the case" in note for note in choice.notes)
    assert ids(choose(place(rule("duty", "deletion", applies_if=SOME_DATA)), unknown, asked())) == [
        "duty", "voluntary-access",
    ]  # fmt: skip
    assert ids(choose(there, known, asked())) == ["duty"] and not choose(there, known, asked()).notes
    assert ids(choose(there, unknown, asked(laws=("act",)))) == ["duty"]
    assert ids(choose(there, unknown, asked("deletion"))) == ["duty"]


def test_where_a_law_gives_access_no_plain_request_is_added_for_a_firm_of_unknown_kind() -> None:
    there = place(ACCESS, rule("duty", "deletion", applies_if=SOME_DATA))
    assert ids(choose(there, firm(kinds=()), asked())) == ["access", "duty"]
    assert ids(choose(place(ACCESS, DELETION), firm(kinds=()), asked())) == ["access", "deletion"]


def test_bipa_is_for_the_case_only_that_a_firm_of_unknown_kind_holds_biometrics() -> None:
    choice = choose(CATALOG.effective("us-il"), firm(kinds=()), asked())
    assert ids(choice) == ["bipa-policy", "bipa-release", "bipa-destroy", "il-access"]
    assert [len(letter) for letter in choice.letters()] == [4]


DEFAULTS = [
    ("us-il", "clearview", ["bipa-policy", "bipa-release", "bipa-destroy"]),
    ("us-ca", "clearview", ["ccpa-know", "ccpa-delete-collected", "ccpa-optout", "drop"]),
    ("us-ca", "pimeyes", ["ccpa-know", "ccpa-delete-collected", "ccpa-optout"]),
    ("fr", "clearview", ["gdpr-access", "gdpr-erasure"]),
    ("fr", "pimeyes", ["gdpr-access", "gdpr-erasure"]),
    ("ca-on", "clearview", ["pipeda-access", "pipeda-disposal"]),
]


@pytest.mark.parametrize(("residence", "name", "expected"), DEFAULTS)
def test_the_default_sets_of_the_first_places(residence: str, name: str, expected: list[str]) -> None:
    choice = choose(CATALOG.effective(residence), CATALOG.firm(name), asked())
    assert sorted(ids(choice)) == sorted(expected)


def test_bipa_access_is_a_request_without_the_act() -> None:
    choice = choose(CATALOG.effective("us-il"), CATALOG.firm("clearview"), asked("access"))
    assert [(r.footing, r.law, r.cites, r.clocks) for r in choice.rules] == [("request", None, (), ())]


def test_france_holds_erasure_and_ontario_disposal() -> None:
    for residence in ("fr", "ca-on"):
        choice = choose(CATALOG.effective(residence), CATALOG.firm("clearview"), asked("deletion"))
        assert [[r.demand for r in letter] for letter in choice.letters()] == [["access"], ["deletion"]]


def test_the_californian_rule_changes_with_the_year() -> None:
    def rules(day: date) -> list[str]:
        return ids(choose(CATALOG.effective("us-ca"), CATALOG.firm("pimeyes"), asked("deletion", on=day)))

    assert rules(date(2026, 12, 31)) == ["ccpa-delete-collected"]
    assert rules(date(2027, 1, 1)) == ["ccpa-delete"]


demand_lists = st.lists(st.sampled_from(KINDS), max_size=4, unique=True).map(tuple)


@given(
    st.sampled_from(["us-il", "us-ca", "fr", "de", "ca-on", "ca", "us", "eu"]),
    st.sampled_from(["clearview", "pimeyes"]),
    demand_lists, st.booleans(), st.booleans(), st.booleans(), st.dates(date(2020, 1, 1), date(2035, 1, 1)),
)  # fmt: skip
def test_every_choice_is_whole(
    residence: str, name: str, demands: Any, only: bool, together: bool, situation: bool, on: date
) -> None:
    there = CATALOG.effective(residence)
    wish = Asked(demands=demands, only=only, together=together, situation=situation, on=on)
    choice = choose(there, CATALOG.firm(name), wish)
    kept = [r.id for r in choice.rules if not r.id.startswith("voluntary-")]
    # Each rule of the place is either kept or left out with a reason, never both.
    assert sorted([*kept, *(entry.rule for entry in choice.left_out)]) == sorted(r.id for r in there.rules)
    for chosen in choice.rules:
        assert chosen.confidence != "unverified"
        assert chosen.footing != "request" or (chosen.law, chosen.cites, chosen.clocks) == (None, (), ())
    waiting = any(entry.code == "situation" for entry in choice.left_out)
    missing = set(demands) - {r.demand for r in choice.rules}
    assert not missing or (waiting and missing <= {"objection", "restriction"})
    whens = [r.when for r in choice.rules]
    assert whens == sorted(whens, key=("now", "after_access").index)
    if only or together:
        assert "after_access" not in whens
    assert all(entry.reason for entry in choice.left_out)


def test_a_firm_answers_each_resident_through_its_own_legal_person() -> None:
    source = ("s",)
    ireland = Entity(name="Firm Ireland", role="controller", place="ie", only_from=("eu", "ch"), sources=source)
    rest = Entity(name="Firm Inc.", role="controller", place="us-ca", not_from=("eu", "ch"), sources=source)
    agent = Entity(name="Agent", role="representative", place="ie", sources=source)
    both = firm(entities=(agent, ireland, rest))
    assert both.addressee(("fr", "eu")).name == "Firm Ireland"
    assert both.addressee(("us-il", "us")).name == "Firm Inc."
    assert firm(entities=(agent,)).addressee(("fr", "eu")).name == "Agent"
