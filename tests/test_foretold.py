"""What `explain` says of letters that are easy to send to the wrong place, under the wrong law, or too early."""

from __future__ import annotations

import json
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result

from optout.cli import optout
from optout.errors import NotPossible
from optout.library.catalog import Catalog
from tests.golden_explain import explain, explained

CATALOG = Catalog()
ADA = ("--name", "Ada Example", "--email", "ada@mail.example", "--no-input", "-n", "--on", "2026-11-24")


def request(*args: str) -> Result:
    with TemporaryDirectory() as home:
        return CliRunner().invoke(optout, ["request", *args, *ADA], obj={}, env={"OPTOUT_HOME": home})


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_request_for_records_is_not_sent_into_a_form_for_something_else() -> None:
    answer = explained("fbi", "US-CA")
    assert answer["routes"] == [] and answer["identity"] == [] and answer["advice"] == []
    summary, portal = answer["other_ways"]
    assert (summary["to"], summary["fee"], summary["asks"]) == (
        "https://www.edo.cjis.gov/", "18 US dollars", ["your fingerprints"],
    )  # fmt: skip
    assert "Identity History Summary" in summary["apart"] and "face search" in summary["note"]
    assert (portal["to"], portal["confidence"], portal["apart"]) == ("https://efoia.fbi.gov", "unverified", None)
    told = explain("fbi", "US-CA")
    assert "no verified way is known for this letter" in told and "It costs 18 US dollars" in told
    assert "not verified, so look first whether it is real: portal https://efoia.fbi.gov" in told


@pytest.mark.parametrize("place", ["US-CA", "US-IL", "FR"])
def test_what_is_missing_of_other_laws_is_no_gap_of_a_request_for_records(place: str) -> None:
    assert explained("fbi", place)["gaps"] == []


def test_gaps_are_those_of_the_place_and_of_the_laws_of_the_letter() -> None:
    assert any("BIPA" in gap for gap in explained("clearview", "US-IL")["gaps"])
    assert not any("BIPA" in gap for gap in explained("23andme", "US-IL")["gaps"])
    assert any("SB 923" in gap for gap in explained("23andme", "US-CA")["gaps"])
    assert not any("face" in gap for firm in ("23andme", "hirevue") for gap in explained(firm, "US-CA")["gaps"])


@pytest.mark.parametrize(("place", "named"), [("DE", False), ("DE-NI", True), ("DE-BE", True)])
def test_only_who_names_no_land_is_told_to_name_one(place: str, named: bool) -> None:
    assert any("without the Land" in gap for gap in explained("clearview", place)["gaps"]) is not named


@pytest.mark.parametrize("firm", ["onfido", "veriff"])
def test_in_illinois_the_act_on_biometrics_reaches_a_processor_itself(firm: str) -> None:
    answer = explained(firm, "US-IL")
    assert [x["kind"] for x in answer["demands"]] == ["retention_policy", "consent_proof", "deletion"]
    assert {x["law"] for x in answer["demands"]} == {"bipa"}
    assert any("goes to" in text and "--to NAME" in text for text in answer["cautions"])
    done = request(firm, "--residence", "US-IL")
    assert done.exit_code == 0, done.output
    text = flat(done.stdout)
    assert CATALOG.firm(firm).addressee(("us-il", "us")).name in text and "it speaks to whoever holds such data" in text
    assert "my right " not in text and "right of access" not in text


@pytest.mark.parametrize(
    "options", [("--residence", "FR"), ("--residence", "US-CA"), ("--residence", "US-IL", "--demand", "access")]
)
def test_where_no_law_reaches_a_processor_the_client_is_named(options: tuple[str, ...]) -> None:
    done = request("onfido", *options)
    assert isinstance(done.exception, NotPossible) and "write to the client" in done.exception.hint and not done.stdout


@pytest.mark.parametrize("firm", ["idnow", "webid", "pindrop"])
def test_a_client_in_illinois_may_be_a_bank_that_the_act_leaves_out(firm: str) -> None:
    done = request(firm, "--to", "Example Bank", "--residence", "US-IL")
    assert done.exit_code == 0
    assert "note, not verified: The Act is said to leave out financial institutions" in done.stderr
    text = flat(done.stdout)
    assert "If you say that the Act leaves you out, tell me on which ground" in text and "14/25" not in text


def test_so_may_a_firm_that_handles_payments_and_no_other() -> None:
    told = "said to leave out financial institutions"
    assert told in explain("paypal-venmo", "US-IL") and told not in explain("clearview", "US-IL")
    assert "leaves you out" in flat(request("paypal-venmo", "--residence", "US-IL").stdout)
    assert "leaves you out" not in flat(request("jumio", "--residence", "US-IL").stdout)


@pytest.mark.parametrize(
    ("firm", "words"), [("linkedin", "collected such pictures from your service"), ("social-catfish", "looked me up")]
)
def test_in_illinois_what_the_act_does_not_speak_of_is_asked_as_a_request(firm: str, words: str) -> None:
    answer = explained(firm, "US-IL")
    assert ("access", None) in [(x["kind"], x["law"]) for x in answer["demands"]]
    text = flat(request(firm, "--residence", "US-IL").stdout)
    assert words in text and "no law that I rely on obliges you" in text and "right of access" not in text


@pytest.mark.parametrize(
    ("firm", "place", "asked"),
    [
        ("pimeyes", "US-CA", True),
        ("23andme", "US-CA", True),
        ("clearview", "US-CA", False),
        ("social-catfish", "US-CA", False),
    ],
)
def test_a_firm_not_known_to_be_under_the_californian_act_is_asked_why_it_should_not_be(
    firm: str, place: str, asked: bool
) -> None:
    text = flat(request(firm, "--residence", place).stdout)
    assert ("If you say that the Act does not reach you" in text) is asked
    assert "binds businesses run for profit" in explain(firm, place)


def test_a_new_owner_that_works_for_no_profit_is_told_of() -> None:
    assert any("non-profit" in x for x in explained("23andme", "US-CA")["cautions"])
    assert not any("act of California" in x for x in explained("23andme", "FR")["cautions"])


@pytest.mark.parametrize(
    ("firm", "place", "code"),
    [("pimeyes", "FR", "form_later"), ("lenso-ai", "FR", "form_later"), ("social-catfish", "FR", "form_later"),
     ("facecheck-id", "FR", "form_without_access"), ("pimeyes", "US-CA", "form_and_letter"), ("google", "FR", None)],
)  # fmt: skip
def test_a_form_that_removes_is_not_used_while_the_letter_holds_deletion_back(
    firm: str, place: str, code: str | None
) -> None:
    codes = [x["code"] for x in explained(firm, place)["advice"] if x["code"].startswith("form")]
    assert codes == [code] if code else not {"form_later", "form_without_access"} & set(codes)


def test_the_platform_of_the_state_is_given_for_every_broker_on_its_register() -> None:
    for firm in CATALOG.all_firms():
        if firm.claims("registered_data_broker", ("us-ca",)):
            assert any(r["kind"] == "portal" for r in explained(firm.id, "US-CA")["routes"]), firm.id


def test_no_company_is_named_that_answers_people_elsewhere() -> None:
    text = flat(request("ancestry", "--residence", "US-CA").stdout)
    assert "Ireland" not in text and " Ancestry Privacy requests" in text
    cautions = explained("ancestry", "US-CA")["cautions"]
    assert any("not known" in x for x in cautions) and not any("postal address is of 2020" in x for x in cautions)
    assert any("postal address is of 2020" in x for x in explained("ancestry", "FR")["cautions"])


def test_each_thing_that_a_firm_asks_is_told_with_its_own_answer() -> None:
    for firm, what in (("clearview", "email"), ("social-catfish", "email"), ("social-catfish", "source_urls")):
        one = next(x for x in explained(firm, "FR")["identity"] if x["what"] == what)
        assert "photo" not in str(one["answer"]) and (one["cite"] is None) == (what == "email"), (firm, what)


def test_what_is_asked_for_a_demand_that_the_letter_leaves_out_says_so() -> None:
    told = explain("clearview", "US-IL")
    assert "a photo of your ID, details blacked out, for access if you ask for it" in told


def test_the_other_ways_stand_in_the_answer_of_a_request() -> None:
    done = request("fbi", "--residence", "US-CA", "--json")
    assert len(json.loads(done.stdout)["cases"][0]["other_ways"]) == 2
