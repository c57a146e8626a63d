"""Clearview asked from ten residences: what is said is the golden text, and routes, asks and advice are those of the facts."""

from __future__ import annotations

import pytest

from optout.refusing import PRICES
from tests.golden_explain import FOLDER, RESIDENCES, explain, explained, texts

ANSWERS = {place: explained("clearview", place) for place in RESIDENCES}
MAIL = ("email", "legal-requests@clearview.ai")
WALL_STREET = ("post", "99 Wall Street, #5730, New York, NY 10005, United States of America")
ALBANY = ("post", "418 Broadway STE N, Albany, NY 12207, United States of America")
FORM = ("form", "https://www.clearview.ai/privacy-and-requests")
FORM_CA = (
    "form",
    "https://privacyportal.onetrust.com/webform/1fdd17ee-bd10-4813-a254-de7d5c09360a/2a09e1a7-f09f-4e0c-91a2-5818abe414d5",
)
DROP = ("portal", "https://consumer.drop.privacy.ca.gov")
ROUTES = {
    "US-CA": [FORM, DROP, MAIL, WALL_STREET, FORM_CA, ALBANY],
    "US-IL": [FORM, FORM, MAIL, WALL_STREET, ALBANY],
    "US-MN": [FORM, MAIL, WALL_STREET, ALBANY],
}
"""Elsewhere no form and no platform is known: e-mail and post."""
BY_FORM = {"face_photo", "government_id", "email", "residence", "acknowledgement"}
BY_LETTER = {"face_photo", "email"}
AGES = ["address_old", "address_old"]
WAYS = {
    "US-CA": ["form_and_letter", "portal_blind", "email_and_post", *AGES],
    "US-IL": ["form_ends", "email_and_post", *AGES],
    "US-MN": ["form_and_letter", "email_and_post", *AGES],
}
WITHOUT_LAW = ("US-MN", "US-NY", "AU")


def test_the_texts_are_the_golden_ones() -> None:
    golden = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}
    made = texts()
    assert sorted(made) == sorted(golden)
    assert [name for name in made if made[name] != golden[name]] == []


@pytest.mark.parametrize("place", RESIDENCES)
def test_routes_asks_and_advice_are_those_of_the_facts(place: str) -> None:
    answer = ANSWERS[place]
    assert [(r["kind"], r["to"]) for r in answer["routes"]] == ROUTES.get(place, [MAIL, WALL_STREET, ALBANY])
    assert {i["what"] for i in answer["identity"]} == (BY_FORM if place in ROUTES else BY_LETTER)
    assert [a["code"] for a in answer["advice"]] == WAYS.get(place, ["email_and_post", *AGES])


@pytest.mark.parametrize("place", RESIDENCES)
def test_a_face_photo_alone_finds_the_person_and_an_id_is_for_access_alone(place: str) -> None:
    for ask in ANSWERS[place]["identity"]:
        assert (ask["price"]["code"] == "finds_nothing") == (ask["what"] == "face_photo")
        assert ask["price"]["text"] == PRICES[ask["price"]["code"]]
        assert ask["last_seen"] == "2026" and ask["source_titles"]
        if ask["what"] == "government_id":
            assert ask["for"] == ["access"] and "deletion" in ask["not_for"] and ask["redacted"]


@pytest.mark.parametrize("place", RESIDENCES)
def test_where_a_place_has_no_law_yet_the_request_is_called_a_request(place: str) -> None:
    answer = ANSWERS[place]
    text = (FOLDER / f"{place.lower()}-clearview.txt").read_text(encoding="utf-8")
    without = place in WITHOUT_LAW
    assert all((demand["footing"] == "request") == without for demand in answer["demands"])
    assert ("a request; no law behind it" in text) == without
    assert any("not in the catalogue yet, so" in gap for gap in answer["gaps"]) == without
    assert all(ask["law_known"] != without for ask in answer["identity"])
    assert ("Whether the law here lets it ask is not in the catalogue." in text) == without


def test_in_the_united_kingdom_the_firm_comes_first_from_its_day_on() -> None:
    steps = {day: explained("clearview", "GB-NIR", day)["without_answer"] for day in ("2026-06-18", "2026-06-19")}
    assert [(x["id"], x["cite"]) for x in steps["2026-06-18"]] == [("uk-ico-before", "Art 77")]
    assert [(x["id"], x["cite"]) for x in steps["2026-06-19"]] == [
        ("uk-firm", "section 164A"), ("uk-ico", "section 165(2)"),
    ]  # fmt: skip
    text = (FOLDER / "gb-clearview.txt").read_text(encoding="utf-8")
    assert "1. complain to the firm first: Data Protection Act 2018, section 164A." in text
    assert "2. complain to Information Commissioner" in text


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("FR", "1. complain to French Data Protection Authority (CNIL): GDPR, Art. 77(1). To the authority"),
        ("DE", "1. complain to the supervisory authority: GDPR, Art. 77(1). To the authority"),
        ("NO", "1. complain to Norwegian Data Protection Authority: GDPR, Art. 77(1). To the authority"),
        (
            "CH",
            "1. report it to Federal Data Protection and Information Commissioner (FDPIC): Art. 49(1) FADP. A report,",
        ),
    ],
)
def test_it_is_said_who_hears_of_silence(place: str, said: str) -> None:
    text = explain("clearview", place)
    assert f"Without an answer:\n  {said}" in text
    assert text.count(", be prepared for silence") == (place == "CH") and text.count("From Europe, expect silence") == (
        place != "CH"
    )


@pytest.mark.parametrize(
    ("place", "rights"),
    [
        ("FR", ["gdpr-portability", "gdpr-automated", "gdpr-compensation"]),
        ("NO", ["gdpr-portability", "gdpr-automated", "gdpr-compensation"]),
        ("GB-SCT", ["uk-portability", "uk-automated", "uk-compensation"]),
        ("CH", []),
        ("US-IL", []),
    ],
)
def test_it_is_said_why_some_rights_are_in_no_letter(place: str, rights: list[str]) -> None:
    found = [x for x in explained("clearview", place)["left_out"] if x["code"] == "not_in_letters"]
    assert [x["rule"] for x in found] == rights and all(x["reason"] for x in found)
    text = explain("clearview", place)
    assert ("left out  portability under " in text) == ("left out  compensation under " in text) == bool(rights)
    assert "Art 20" not in text and "Art 82" not in text  # the article of the UK GDPR was not read


def test_the_british_rules_on_automated_decisions_are_named_from_their_day_on() -> None:
    left = {day: explained("clearview", "GB", day)["left_out"] for day in ("2026-02-04", "2026-02-05")}
    assert ["uk-automated" in {x["rule"] for x in entries} for entries in left.values()] == [False, True]


def test_nothing_is_said_to_follow_where_only_a_court_could_hear_of_it() -> None:
    assert "Without an answer:" not in explain("clearview", "US-IL")


def test_illinois_is_told_of_the_orders_end_and_only_until_then() -> None:
    (advice,) = (a for a in ANSWERS["US-IL"]["advice"] if a["code"] == "form_ends")
    assert "about 2027-05-11" in advice["text"] and "2020 CH 04353" in advice["text"]
    assert "retention policy, consent proof" in advice["text"] and "letter is worth sending" in advice["text"]
    assert advice["sources"] == ["clearview/gwu", "clearview/insider", "clearview/bipa"]
    later = explained("clearview", "US-IL", "2027-05-12")
    assert "form_ends" not in [a["code"] for a in later["advice"]]


@pytest.mark.parametrize("firm", ["babel-street", "social-catfish"])
def test_of_no_other_firm_is_it_said_that_the_platform_may_find_nothing(firm: str) -> None:
    answer = explained(firm, "US-CA")
    (advice,) = (a for a in answer["advice"] if a["code"] == "portal_as_well")
    told = [a["text"] for a in answer["advice"]] + [r["note"] or "" for r in answer["routes"] if r["kind"] == "portal"]
    assert "face" not in " ".join(told) and "nothing" not in advice["text"]


def test_of_a_face_index_it_is_said_that_the_platform_may_find_nothing() -> None:
    blind = next(a for a in ANSWERS["US-CA"]["advice"] if a["code"] == "portal_blind")
    assert "by their face: alone it may find nothing" in blind["text"]
    assert blind["sources"] == ["us-ca/drop", "us-ca/r13"]
