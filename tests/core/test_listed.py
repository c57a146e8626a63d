"""Records of a list of others: hosts that are what they seem, ids, the same firm, and the profile that follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from optout import listed
from optout.hosts import host_of, wrong_email, wrong_host, wrong_url
from optout.listed import Origin, firm_id
from optout.sameness import Ours, differences
from optout.seats import place_of
from tests.cli.lists import CHURCH, FULL, OBSOLETE, firm

DAY = date(2026, 11, 25)
OURS: dict[str, Any] = {
    "id": "acme", "name": "Acme", "aliases": ["Acme Cam", "acme.example"],
    "entities": [{"name": "Acme, Inc.", "role": "controller"}, {"name": "Lawyer LLP", "role": "representative"}],
    "routes": [
        {"kind": "email", "to": "privacy@acme-mail.example", "standing": "use"},
        {"kind": "email", "to": "acme@gmail.com", "standing": "old"},
        {"kind": "post", "to": ["1 Main Street", "Springfield, IL 62701", "United States of America"], "standing": "use"},
        {"kind": "form", "to": "https://www.acme-forms.example/privacy", "standing": "second"},
    ],
}  # fmt: skip


def profile(record: dict[str, Any]) -> Any:
    return listed.firm(firm_id(record["slug"]), Origin(record, DAY, DAY, None))


@pytest.mark.parametrize("host", ["acme.example", "a-b.c_d.example", "müller.de", "xn--mller-kva.de", "straße.de"])
def test_a_host_that_is_what_it_seems_is_taken(host: str) -> None:
    assert wrong_host(host) == "" and wrong_url(f"https://{host}/x?y#z") == "" and wrong_email(f"a.b+c@{host}") == ""


@pytest.mark.parametrize("host", ["", "localhost", "1.2.3.4", "a..b", "-a.example", "cl\u0435arview.ai", "xn--80ak6aa92e.com",
                                  "\u0131nfo.example", "acme\u3002example", "a b.example", "xn--\u00fc.example",
                                  "gооgle.example", "\u0430.example", "ac\u200bme.example"])  # fmt: skip
def test_a_host_that_could_pass_for_another_is_not(host: str) -> None:
    assert wrong_host(host) and wrong_url(f"https://{host}/") and wrong_email(f"a@{host}")


@pytest.mark.parametrize("url", ["ftp://a.example", "https://", "https://a@b.example", "//a.example", "https://a.example:99999",
                                 "https://a.example/\n", "https://a.example/ x", "https://[::1", "data:x"])  # fmt: skip
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert wrong_url(url)


@pytest.mark.parametrize("email", ["a", "@a.example", "a@b@c.example", ".a@b.example", "a..b@c.example", "a b@c.example",
                                   "\u0430@b.example", '"a"@b.example'])  # fmt: skip
def test_what_is_no_mailbox_is_none(email: str) -> None:
    assert wrong_email(email)


def test_an_id_can_always_be_the_name_of_a_folder_and_stays_the_same() -> None:
    from optout.library.roots import ID

    slugs = ["acme", "con", "aux", "x" * 200, "own-thing", "a" * 62 + "-b", "own-"]
    ids = [firm_id(slug) for slug in slugs]
    assert len(set(ids)) == len(ids) and ids[0] == "acme"
    assert all(ID.fullmatch(ident) and not ident.startswith("own-") for ident in ids)
    assert ids == [firm_id(slug) for slug in slugs]


@pytest.mark.parametrize("record", [
    firm("a", email="PRIVACY@acme-mail.example"),
    firm("b", name="acme, INC."),
    firm("c", name="acme cam"),
    firm("d", web="https://acme.example/about"),
    firm("e", web="https://www.acme-mail.example"),
    firm("f", email="other@acme-mail.example"),
    firm("g", web="https://acme-forms.example"),
])  # fmt: skip
def test_name_mailbox_or_host_tell_a_firm_of_ours(record: dict[str, Any]) -> None:
    assert Ours({"acme": OURS}).of(record) == "acme"


@pytest.mark.parametrize("record", [
    firm("a", email="somebody@gmail.com"),
    firm("b", name="Lawyer LLP"),
    firm("c", web="https://acme.example.evil.example"),
    firm("d", web="https://other.example", email="x@acme-mail.example"),
    {**firm("e", web="https://acme.example"), "relevant-countries": ["gb"]},
    firm("acme"),
])  # fmt: skip
def test_less_than_that_tells_nothing(record: dict[str, Any]) -> None:
    assert Ours({"acme": OURS}).of(record) is None


def test_a_host_of_two_firms_of_ours_names_neither() -> None:
    assert Ours({"acme": OURS, "acme-two": {**OURS, "name": "Two"}}).of(firm("a", web="https://acme.example")) is None


def test_differences_name_what_ours_would_not_use() -> None:
    record = firm("a", email="acme@gmail.com", address="Main Street 1\n62701 Springfield IL",
                  webform="https://www.acme-forms.example/privacy/")  # fmt: skip
    (email,) = differences(record, OURS)
    assert (email.field, email.theirs) == ("email", "acme@gmail.com")
    assert email.ours == ("privacy@acme-mail.example (use)", "acme@gmail.com (old)")
    assert [one.field for one in differences(firm("b", webform="https://x.example"), OURS)] == ["address", "webform"]


def test_the_profile_has_what_our_types_have_a_field_for() -> None:
    made = profile(FULL)
    assert made.kinds == () and made.role == "controller" and made.ready and made.language == "en"
    assert [(route.kind, route.standing) for route in made.routes] == [
        ("form", "use"), ("email", "second"), ("post", "second")
    ]  # fmt: skip
    assert made.routes[2].to == ("c/o Wurst & Söhne", "Musterstraße 1", "10115 Berlin", "Deutschland")
    assert {route.confidence for route in made.routes} == {"secondary"}
    assert [ask.what for ask in made.asks] == ["government_id", "name", "other"], "what is optional is not asked"
    assert made.entities[0].place == "de" and made.aliases == tuple(FULL["runs"])
    assert "tested" in made.cautions[0].text and "did not check" in made.cautions[0].text


def test_a_record_that_nobody_looked_at_is_a_second_choice() -> None:
    assert {route.standing for route in profile(CHURCH).routes} == {"second"}


def test_an_obsolete_one_has_no_way_to_it() -> None:
    made = profile(OBSOLETE)
    assert made.routes == () and not made.ready and made.status == "closed"


@pytest.mark.parametrize(("template", "own"), [("access-tracking", False), ("access-default", False),
                                               ("access-katholische-kirche", True), ("access-polizei", True)])  # fmt: skip
def test_a_template_of_its_own_means_another_law(template: str, own: bool) -> None:
    assert Origin(firm("a", **{"custom-access-template": template}), DAY, DAY, None).own_law is own


def test_what_is_taken_is_told_from_what_is_not() -> None:
    for record in (FULL, CHURCH, OBSOLETE, firm("a")):
        assert listed.wrong(record, record["slug"]) == ""
    assert listed.wrong(FULL, "other-name") and listed.wrong([], None) and listed.wrong({}, None)


@pytest.mark.parametrize(("country", "place"), [("Deutschland", "de"), ("THE NETHERLANDS", "nl"), ("Österreich", "at"),
                                                ("United States of America", "us"), ("Berlin", None), ("", None)])  # fmt: skip
def test_the_seat_is_the_country_of_the_address(country: str, place: str | None) -> None:
    assert place_of(country) == place


def test_the_host_of_an_address() -> None:
    assert host_of("https://www.Acme.example:8080/x") == "acme.example" and host_of("https://[::1") == ""
