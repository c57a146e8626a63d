"""Every data file, every worked example, and the list of traps that the fact files warn of."""

from __future__ import annotations

from datetime import date

import pytest

from optout import views
from optout.cli import golden
from optout.cli.app import App
from optout.cli.check import run
from optout.dates import days_of_all
from optout.law import stands
from optout.library.catalog import Catalog
from optout.library.examples import failures
from optout.library.publicholidays import PublicHolidays

DAY = date(2026, 11, 24)
CATALOG = Catalog()
HOLIDAYS = PublicHolidays()
EXAMPLES = [(place, example) for place in CATALOG.all_places() for example in place.examples]
MEMBERS = "at be bg hr cy cz dk ee fi fr de gr hu ie it lv lt lu mt nl pl pt ro sk si es se".split()
EEA = ("no", "is", "li")
NATIONS = ["gb-eng", "gb-wls", "gb-sct", "gb-nir"]
BRITISH = ["gb", *NATIONS, "je", "gg", "im", "gi"]
LAENDER = "bw by be bb hb hh he mv ni nw rp sl sn st sh th".split()

TRAPS = {
    "europe 1.1", "europe 1.2", "europe 1.3", "europe 1.3 UK", "europe 1.12", "europe 2.5 UK", "corrections C14",
    "europe 1.4", "europe 1.5", "europe 1.6", "europe 1.7", "europe 1.8", "europe 1.9", "europe 1.10", "europe 1.13",
    "europe 2.5", "europe 2.12", "corrections C3", "corrections C13", "corrections D1",
    "united-states 1.1", "united-states 1.2", "united-states 1.3", "united-states 2.2 destruction",
    "united-states 2.2 regulator", "united-states 2.1 biometric identifier", "united-states 2.1 private entity",
    "united-states 6.1", "united-states 6.1 who", "united-states 6.1 worked example", "corrections C10",
    "europe 6", "europe 6 UK", "canada 1.1", "canada 1.2", "canada 1.3", "canada 1.4", "canada 1.5", "settled 1.2",
    "corrections C4", "corrections C8", "corrections C9", "corrections C11", "corrections C12", "corrections D2",
}  # fmt: skip
"""Rows of the fact files that touch these places and are proved by an example that carries the row's name."""


@pytest.mark.parametrize(("place", "example"), EXAMPLES, ids=[f"{p.id}: {e.name}" for p, e in EXAMPLES])
def test_example(place, example) -> None:
    wrong = failures(place, example, CATALOG, HOLIDAYS, lambda residence, e: golden.letters_text(CATALOG, residence, e))
    assert list(wrong) == []


def test_check_finds_no_error(tmp_path) -> None:
    problems, counts = run(App({"home": str(tmp_path)}, DAY))
    assert [str(p) for p in problems if p.severity == "error"] == []
    assert counts["examples"] == len(EXAMPLES)


def test_every_trap_is_proved() -> None:
    named = {example.trap for _, example in EXAMPLES if example.trap}
    assert named == TRAPS


def test_corrections_that_are_facts_of_a_firm() -> None:
    """Corrections C1, C2, C7 and C18 are in Clearview's file."""
    firm = CATALOG.firm("clearview")
    decisions = {d.id: d for d in firm.decisions}
    assert decisions["cnil-2023"].number is None  # C1
    assert "legal_basis" in decisions["ap-2024"].about  # C2
    registered = {f.in_ for f in firm.facts if f.claim == "registered_data_broker"}
    assert {"us-ca", "us-tx", "us-vt"} <= registered  # C7
    assert "us-or" not in registered


def test_all_members_and_laender_are_there_with_their_authority() -> None:
    for place in MEMBERS:
        merged = CATALOG.effective(place)
        assert merged.part_of == "eu"
        handling = [key for key, a in merged.authorities.items() if "gdpr" in a.handles]
        assert bool(handling) == (place != "de"), place
    for land in LAENDER:
        merged = CATALOG.effective(f"de-{land}")
        assert [key for key, a in merged.authorities.items() if "gdpr" in a.handles], land


def test_british_nations_have_one_commissioner_and_the_islands_none_for_that_law() -> None:
    for place in ("gb", *NATIONS):
        merged = CATALOG.effective(place)
        assert [key for key, a in merged.authorities.items() if "uk-gdpr" in a.handles] == ["gb-ico"], place
        assert any("section 119" in gap for gap in merged.gaps)
    for place in ("je", "gg", "im", "gi"):
        own = CATALOG.jurisdiction(place)
        assert own.level == "listed" and not own.rules and any("not in the catalogue" in gap for gap in own.gaps)
        assert all(not a.handles for a in own.authorities.values())
    child = next(a for a in CATALOG.effective("gb-sct").agents if a.id == "uk-child")
    assert child.cites == ("section 208",)


SEARCH, DECIDED = "reasonable_search", "automated_decisions"
BRITISH_DAYS = [
    ("2023-12-31", set(), "Art 12(3)", "uk-doubts-before", False),
    ("2024-01-01", set(), "Art 12(3)", "uk-doubts-before", False),
    ("2025-06-18", set(), "Art 12(3)", "uk-doubts-before", False),
    ("2025-06-19", {SEARCH}, "Art 12(3)", "uk-doubts-before", False),
    ("2025-08-19", {SEARCH}, "Art 12(3)", "uk-doubts-before", False),
    ("2025-08-20", {SEARCH}, "Arts 12(3) and 4A", "uk-doubts-before", False),
    ("2026-02-04", {SEARCH}, "Arts 12(3) and 4A", "uk-doubts-before", False),
    ("2026-02-05", {SEARCH, DECIDED}, "Arts 12(3), 12A and 4A", "uk-doubts", False),
    ("2026-06-18", {SEARCH, DECIDED}, "Arts 12(3), 12A and 4A", "uk-doubts", False),
    ("2026-06-19", {SEARCH, DECIDED}, "Arts 12(3), 12A and 4A", "uk-doubts", True),
]
"""Day, limits of access, the article of the period, the rule on proof of identity, the complaint to the firm first."""


@pytest.mark.parametrize(("day", "limits", "period", "proof", "to_firm"), BRITISH_DAYS)
def test_the_law_of_the_united_kingdom_on_each_day_around_a_change(
    day: str, limits: set[str], period: str, proof: str, to_firm: bool
) -> None:
    place, on = CATALOG.effective("gb-eng"), date.fromisoformat(day)
    for rule in (x for x in place.rules if x.law == "uk-gdpr"):
        seen = views.rule_view(place, rule, "en", on)
        assert seen["clocks"]["respond"]["cites"] == [period], rule.id
        if rule.demand == "access":
            assert set(seen["limits"]) == limits
            assert ("firm_complaint" in seen["parts"]) == to_firm
    asked = [x for x in place.identity if "government_id" in x.what and x.law == "uk-gdpr"]
    assert [x.id for x in asked if stands(x, on)] == [proof]
    first = views.firm_complaint_view(place, place.rules, "en", on)
    assert (first and first["cites"]) == (["section 164A"] if to_firm else None)
    offices = [x.cites[0] for x in place.remedies if x.kind == "authority" and x.about({"uk-gdpr"}) and stands(x, on)]
    assert offices == (["section 165(2)"] if to_firm else ["Art 77"])


@pytest.mark.parametrize("place", [*MEMBERS, *EEA, "ch", "us-il", "us-ca", "ca-on", "ca-qc", *BRITISH])
def test_public_holidays_are_known(place: str) -> None:
    assert HOLIDAYS.closed(place, 2026)


def test_quebec_says_what_is_missing() -> None:
    assert any("P-39.1" in gap for gap in CATALOG.effective("ca-qc").gaps)


def test_nothing_unverified_is_offered_or_cited() -> None:
    from optout.select import Asked, choose
    from optout.views import cites

    for place in CATALOG.all_places():
        merged = CATALOG.effective(place.id)
        kinds = tuple({rule.demand for rule in merged.rules})
        for rule in choose(merged, CATALOG.firm("clearview"), Asked(demands=kinds, situation=True, on=DAY)).rules:
            assert rule.confidence != "unverified"
            assert not cites(rule, "en") or rule.pinpoint in ("verified", "secondary")


def test_rows_that_are_sources_limits_or_cautions() -> None:
    """europe 1.11, united-states 1.4, corrections C15, C16, C18 and C19."""
    firm = CATALOG.firm("clearview")
    assert any("expect silence" in c.text and c.only_from == ("eu",) for c in firm.cautions)  # europe 1.11
    know = next(r for r in CATALOG.effective("us-ca").rules if r.id == "ccpa-know")
    assert "template_not_disclosed" in {limit.id for limit in know.limits}  # united-states 1.4
    for place in ("us-il", "us-ca", "fr", "ca-on"):
        merged, asked = CATALOG.effective(place), golden.select.Asked(demands=("access",), only=True, on=DAY)
        assert merged.id == place
        (letter,) = golden.letters(CATALOG, place, "clearview", asked)
        body = " ".join(block.text() for block in letter.blocks)
        assert "not for the vector" in body or "not ask for the vector" in body or "may be described" in body
    assert CATALOG.jurisdiction("eu").sources["r1182"].kind == "secondary"  # C15
    spain = CATALOG.jurisdiction("es")
    assert any("model" in text for text in (*spain.gaps, *(a.note or "" for a in spain.authorities.values())))  # C16
    post = next(r for r in firm.routes if r.kind == "post" and r.standing == "use")
    assert any(
        "para" in str(firm.sources[s].title) or "Dutch" in str(firm.sources[s].title) or s.startswith("ap")
        for s in post.sources
    )  # C18
    croatia = next(iter(CATALOG.jurisdiction("hr").authorities.values()))
    assert croatia.confidence == "secondary" and croatia.note  # C19


def test_the_version_of_the_data_is_the_day_of_its_newest_source() -> None:
    from optout import DATA_DAY
    from optout.library.roots import newest

    assert newest() == DATA_DAY


def test_decisions_on_proof_of_identity_are_known_on_both_sides() -> None:
    """europe.md 2.6: who was corrected for asking by default, and what a firm may cite against the person."""
    decisions = {d.id: d for d in CATALOG.jurisdiction("eu").decisions if "identity" in d.about}
    against = {ident for ident, d in decisions.items() if d.outcome == "lawful"}
    assert against == {"aki-2022", "rvs-2020", "rvs-2021"}
    assert {decisions[ident].place for ident in against} == {"ee", "nl"}
    assert {d.place for d in decisions.values() if d.outcome != "lawful"} == {
        "fr", "es", "nl", "ie", "at", "se", "fi", "be", "mt", "cy"}  # fmt: skip
    assert decisions["ap-dpg-media"].status == "annulled" and decisions["rb-amsterdam-2023"].outcome == "annulled"
    assert all(d.confidence == "secondary" and d.clause is None for d in decisions.values())
    told = next(rule.note for rule in CATALOG.effective("fr").identity if rule.id == "gdpr-doubts")
    assert "Estonian" in str(told) and "Council of State" in str(told)


def test_decisions_on_firms_in_europe_stand_with_day_outcome_and_what_is_open() -> None:
    """europe.md 5.1 to 5.3."""
    clearview = {d.id: d for d in CATALOG.firm("clearview").decisions}
    rows = {
        "hamburg-2021": ("2021-01", "notice"), "cnil-2021": ("2021-11-26", "notice"), "garante-2022": ("2022-02-10", "fine"),
        "ico-2022": ("2022-05-18", "fine"), "ftt-2023": ("2023-10-17", "annulled"), "ut-2025": ("2025-10-06", "remitted"),
        "hdpa-2022": ("2022-07-13", "fine"), "cnil-2022": ("2022-10-17", "fine"), "cnil-2023": ("2023-05-10", "fine"),
        "dsb-2023": ("2023-05-09", "order"), "bvwg-2025": ("2025-01-28", "remitted"), "ap-2024": ("2024-05-16", "fine"),
        "an-2024": ("2024-06-27", "order"), "at-criminal-2025": ("2025-10-28", "pending"),
    }  # fmt: skip
    assert {ident: (str(clearview[ident].on), clearview[ident].outcome) for ident in rows} == rows
    assert clearview["ap-2024"].status == "final" and clearview["ftt-2023"].status == "annulled"
    assert clearview["hamburg-2021"].pinpoint == "unverified"  # its number is from memory and never printed
    assert {"se", "fi", "be"} <= {f.in_ for f in CATALOG.firm("clearview").facts if f.claim == "used_by"}
    pimeyes = {d.id: (str(d.on), d.status) for d in CATALOG.firm("pimeyes").decisions}
    assert pimeyes["lfdi-bw-2022"] == ("2022-12-21", "pending") and pimeyes["hamburg-2026"] == ("2026-04-30", "pending")
    assert not {d.place for d in (*clearview.values(), *CATALOG.firm("pimeyes").decisions)} & {"ch", "no", "is", "li"}


def test_the_later_swiss_reading_knows_the_holidays_of_every_canton() -> None:
    """Where somebody lives is mostly known by country alone; no canton's holiday may make a firm late too early."""
    cantons = "ag ai ar be bl bs fr ge gl gr ju lu ne nw ow sg sh so sz tg ti ur vd vs zg zh".split()
    added = CATALOG.jurisdiction("ch").calendars["ch-rolled"].add
    for year in range(2026, 2036):
        known = days_of_all(added, year) | (HOLIDAYS.closed("ch", year) or frozenset())
        for canton in cantons:
            assert HOLIDAYS.exact(f"ch-{canton}", year)
            assert (HOLIDAYS.closed(f"ch-{canton}", year) or frozenset()) <= known, (canton, year)
