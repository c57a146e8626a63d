"""Who may act for a person: what each law says of it, how sure that is, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from optout.library.catalog import Catalog
from tests.golden_explain import explain, explained

CATALOG = Catalog()


def acting(place: str) -> dict[str, dict[str, Any]]:
    return {x["id"]: x for x in explained("clearview", place)["agents"]}


@pytest.mark.parametrize(
    ("place", "ident", "cite", "may"),
    [
        ("DE", "gdpr-mandate", "Art. 80(1)", ["complaint"]),
        ("NO", "gdpr-mandate", "Art. 80(1)", ["complaint"]),
        ("GB-ENG", "uk-mandate", "section 187", ["complaint"]),
        ("GB-SCT", "uk-child", "section 208", ["request"]),
        ("US-CA", "ccpa-agent", "11 CCR 7063(a)", ["request"]),
    ],
)
def test_what_the_law_itself_says_is_told_with_its_section(place: str, ident: str, cite: str, may: list[str]) -> None:
    one = acting(place)[ident]
    assert (one["footing"], one["cite"], one["may"], one["confidence"]) == ("law", cite, may, "verified")


@pytest.mark.parametrize(("place", "ident"), [("FR", "gdpr-agent"), ("GB-ENG", "uk-agent"), ("CH", "fadp-power")])
def test_what_no_law_settles_is_not_called_law_and_has_no_section(place: str, ident: str) -> None:
    one = acting(place)[ident]
    assert one["footing"] != "law" and one["cite"] is None and one["confidence"] == "secondary"


@pytest.mark.parametrize(("place", "ident"), [("CH", "fadp-child"), ("FR", "gdpr-parent")])
def test_what_is_not_verified_is_told_as_that_and_with_nothing_more(place: str, ident: str) -> None:
    assert acting(place)[ident]["confidence"] == "unverified" and acting(place)[ident]["note"] is None
    assert "not verified, so no letter rests on it" in explain("clearview", place)


def test_a_mandated_body_speaks_for_both_british_laws_and_not_for_the_request() -> None:
    (one,) = [x for x in CATALOG.effective("gb").agents if x.id == "uk-mandate"]
    assert one.under({"uk-gdpr"}) and one.under({"dpa-part-3"}) and not one.under({"dpa-2018"})


def test_of_a_child_only_what_is_about_children_is_told() -> None:
    told = explain("clearview", "FR", "--minor")
    assert "Who may act for a child:" in told and "sets no age for these rights" in told
    assert "somebody whom you choose" not in told


def test_where_nothing_is_sure_of_children_that_is_said() -> None:
    for place in ("CH", "US-IL"):
        assert "is not known here" in explain("clearview", place, "--minor")
    assert "is not known here" not in explain("clearview", "GB-SCT", "--minor")


def test_a_request_without_law_names_nobody() -> None:
    assert explained("clearview", "AU")["agents"] == []
    assert "none says who may write it for you" in explain("clearview", "AU")


def test_laws_show_says_what_they_may_do_and_under_which_law() -> None:
    from click.testing import CliRunner

    from optout.cli import optout

    for law in ("uk-gdpr", "dpa-2018"):
        said = CliRunner().invoke(optout, ["laws", "show", law], obj={}).output
        assert "uk-mandate: organisation complains with mandate, under UK GDPR and Part 3" in said
