"""Firms that were imported: found, shown, and written to with a word about whose word their addresses are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from optout.cli.app import App
from optout.errors import NotFound, NotPossible
from optout.store.listed import FILE, ListedFirms
from tests.cli import lists
from tests.cli.lists import CHURCH, FULL, firm
from tests.cli.test_firm_import import PERSON, counts, digest, done, run


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the list, for each test to copy."""
    work = tmp_path_factory.mktemp("imported")
    counts(work / "home", lists.folder(work / "list"))
    return work


@pytest.fixture
def home(imported: Path, tmp_path: Path) -> Path:
    shutil.copytree(imported, tmp_path, dirs_exist_ok=True)
    return tmp_path / "home"


def test_an_imported_firm_has_no_profile_to_check(home: Path) -> None:
    found = run(home, "firms", "check", "acme-faces")
    assert isinstance(found.exception, NotPossible)
    assert "was imported" in str(found.exception)


@pytest.mark.parametrize("name", ["acme-faces", "Acme Faces GmbH", "ACME.SHOP", "https://www.acme-faces.example/x",
                                  "acme-faces.example", "facebook of acme"])  # fmt: skip
def test_it_is_found_by_id_name_brand_and_web_address(home: Path, name: str) -> None:
    assert done(home, "firms", "show", name)["firms"][0]["id"] == "acme-faces"


def test_a_beginning_offers_an_imported_firm_and_never_takes_it(home: Path) -> None:
    """Or a letter would reach a stranger whose name, or brand, begins like that of a firm that is not there."""
    error = run(home, "request", "acme fac", *PERSON, "-n").exception
    assert isinstance(error, NotFound) and error.near == ["acme-faces"]


def test_near_names_are_offered_as_in_the_catalogue(home: Path) -> None:
    error = run(home, "firms", "show", "acme-facs").exception
    assert isinstance(error, NotFound) and error.near == ["acme-faces"]


def test_the_list_shows_ours_unless_asked(home: Path) -> None:
    ours = {one["id"] for one in done(home, "firms", "list")["firms"]}
    imported = {one["id"] for one in done(home, "firms", "list", "--imported")["firms"]}
    everything = {one["id"] for one in done(home, "firms", "list", "--all")["firms"]}
    assert imported == {"acme-faces", CHURCH["slug"], "old-acme"} and everything == ours | imported


def test_an_imported_record_was_never_checked_here(home: Path) -> None:
    shown = {one["id"]: one["checked"] for one in done(home, "firms", "list", "--all")["firms"]}
    assert shown["acme-faces"] is None and shown["old-acme"] is None and shown["clearview"]
    assert (
        "acme-faces\tAcme Faces GmbH\t\tcontroller\t-\t" in run(home, "firms", "list", "--imported", "--plain").stdout
    )


def test_the_list_and_the_day_of_an_imported_record_are_given(home: Path) -> None:
    listed = {one["id"]: one for one in done(home, "firms", "list", "--imported")["firms"]}
    (shown,) = done(home, "firms", "show", "acme-faces")["firms"]
    for one in (listed["acme-faces"], shown):
        origin = one["origin"]
        assert origin["source"].endswith("/datenanfragen/data/blob/master/companies/acme-faces.json")
        assert origin["checked"] == origin["confirmed"] and origin["sources"] == FULL["sources"]
    text = run(home, "firms", "list", "--imported").stdout
    assert f"list datenanfragen, {shown['origin']['checked']}" in text


def test_a_mailbox_where_anybody_can_have_one_is_told(home: Path, tmp_path: Path) -> None:
    free = firm("free", email="firm@GMAIL.com")
    path = lists.folder(tmp_path / "more", lists.files(FULL, free))
    assert done(home, "firms", "import", str(path), "-n")["free_mail"] == [
        {"slug": "free", "name": "free Ltd", "host": "gmail.com"}
    ]
    assert "Careful: free (free Ltd) has its mailbox at gmail.com" in run(home, "firms", "import", str(path)).stderr
    told = "Its mailbox is at gmail.com, where anybody can have one"
    assert (
        told in run(home, "firms", "show", "free").stdout and told in run(home, "request", "free", *PERSON, "-n").stderr
    )
    assert "where anybody can have one" not in run(home, "firms", "show", "acme-faces").stdout


def test_show_says_whose_word_it_is_and_keeps_nothing_back(home: Path) -> None:
    text = run(home, "firms", "show", "acme-faces").stdout
    for value in ("quality tested", "not checked by this project", "1234567", "1234568", "0000 1111", "key.asc",
                  "access-tracking", "Very slowly", "Customer number (if you like)", "identity document: yes", "webform",
                  "not safe for work", "de, at", "social media", "imprint", "language: fi"):  # fmt: skip
        assert value in text, value


def test_a_letter_names_list_and_quality_before_it_is_written(home: Path, tmp_path: Path) -> None:
    told = run(home, "request", "acme-faces", *PERSON, "--format", "txt", "-o", str(tmp_path / "out"))
    assert told.exit_code == 0 and "list of datenanfragen (quality there: tested" in told.stderr
    for part in ("Customer number (if you like)", "a photo of your ID", "another language (fi)", "They answer slowly."):
        assert part in told.stderr, part
    first = Path(told.stdout.splitlines()[0]).read_text()
    assert "Acme Faces GmbH" in first and "Musterstraße 1" in first and "Art. 15" in first
    again = done(home, "request", "acme-faces", *PERSON, "--format", "txt", "-o", str(tmp_path / "out"))
    (case,) = again["cases"]
    assert case["origin"]["quality"] == "tested" and [r["kind"] for r in case["routes"]] == ["form", "email", "post"]
    assert {route["confidence"] for route in case["routes"]} == {"secondary"}
    assert done(home, "status")["cases"][0]["firm"] == "acme-faces"


def test_a_record_under_another_law_gets_a_mere_request(home: Path) -> None:
    told = run(home, "request", CHURCH["slug"], *PERSON, "-n")
    assert "names no law" in told.stderr and "GDPR" not in told.stdout
    assert "I do not claim that a law obliges you" in told.stdout.replace("\n", " ")
    explained = done(home, "explain", CHURCH["slug"], "--residence", "DE")
    assert {demand["law"] for demand in explained["demands"]} == {None}
    assert all(route["standing"] == "second" for route in explained["routes"]), "nobody looked at it there"


def test_an_obsolete_firm_gets_no_letter_and_the_next_one_is_named(home: Path) -> None:
    for command in (("explain", "old-acme", "--residence", "DE"), ("request", "old-acme", *PERSON)):
        error = run(home, *command).exception
        assert isinstance(error, NotPossible) and "bought by another firm" in str(error)
        assert "optout request acme-faces" in error.hint
    assert "obsolete" in run(home, "firms", "show", "old-acme").stdout


def test_a_request_to_a_firm_of_ours_opens_no_list(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("the list was opened")

    monkeypatch.setattr(ListedFirms, "open", refuse)
    for name in ("clearview", "Clearview AI"):
        assert run(home, "request", name, *PERSON, "-n").exit_code == 0
    assert isinstance(run(home, "request", "acme-faces", *PERSON, "-n").exception, AssertionError)


def test_a_public_body_is_no_private_firm(home: Path, tmp_path: Path) -> None:
    """An American act on private firms is not claimed against it; the law of its own country is, with a caution."""
    (tmp_path / "one.json").write_text(json.dumps(firm("town-hall", categories=["public body"])))
    assert counts(home, tmp_path / "one.json") == {"new": 1}
    for place in ("US-IL", "US-CA", "IE"):
        told = done(home, "explain", "town-hall", "--residence", place)
        assert {demand["law"] for demand in told["demands"]} == {"gdpr"}
        assert any("to prosecute crime other laws hold" in caution for caution in told["cautions"])


def test_a_language_that_a_firm_prefers_stops_no_letter(home: Path, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(firm("francais", **{"request-language": "fr"})))
    assert counts(home, tmp_path / "one.json") == {"new": 1}
    words = ("--name", "Ada Example", "--email", "ada@mail.example", "-n", "--residence")
    assert "Pièces jointes" in run(home, "request", "francais", *words, "DE").stdout
    assert "Illinois" in run(home, "request", "francais", *words, "US-IL").stdout


def test_a_record_that_passes_for_one_of_ours_is_named_and_never_used_without_a_word(
    home: Path, tmp_path: Path
) -> None:
    alike = firm("clearviewai", name="Clearviewai Deutschland", runs=["Clear View AI"])
    mixed = firm("mixed", name="P\u0430ge Ltd")
    path = lists.folder(tmp_path / "more", lists.files(FULL, alike, mixed, firm("plain")))
    told = done(home, "firms", "import", str(path), "-n")
    assert told["passing"] == [
        {"slug": "clearviewai", "name": "Clearviewai Deutschland", "firm": "clearview"},
        {"slug": "mixed", "name": "P\u0430ge Ltd", "firm": None},
    ]
    said = run(home, "firms", "import", str(path)).stderr
    assert (
        "clearviewai (Clearviewai Deutschland) is called as clearview here, or nearly" in said and "P\\u0430ge" in said
    )
    for command in (("request", "clearviewai", *PERSON, "-n"), ("explain", "Clear View AI", "--residence", "DE")):
        assert "the catalogue knows Clearview AI, id clearview." in run(home, *command).stderr
    assert "Careful: the catalogue" not in run(home, "request", "plain", *PERSON, "-n").stderr


def test_an_addressee_that_was_imported_is_pointed_to(home: Path) -> None:
    for firm_ in ((), ("onfido",)):
        said = run(home, "request", *firm_, "--to", "acme faces gmbh", *PERSON, "-n").stderr
        assert "The catalogue knows Acme Faces GmbH, id acme-faces, imported" in said


def test_tab_offers_imported_firms_that_can_be_written_to(home: Path) -> None:
    from optout.cli import completing

    app = App({"home": str(home)})
    app.catalog_with(None)
    before = digest(home)
    offered = set(completing.VALUES["firm"](app))
    assert {"acme-faces", CHURCH["slug"], "clearview"} <= offered and "old-acme" not in offered
    assert digest(home) == before and {p.name for p in (home / "data").iterdir()} == {FILE}
    (home / "data" / f"{FILE}-journal").write_bytes(b"x")
    offered = set(completing.VALUES["firm"](app))
    assert "clearview" in offered and "acme-faces" not in offered, "an import is at work"


def test_a_beginning_that_is_not_ours_alone_is_asked_about(home: Path, tmp_path: Path) -> None:
    """Whoever means the shop is not to write to the cloud."""
    shop = firm("amazon-de", name="Amazon Deutschland Services GmbH", web="https://www.amazon.example")
    run(home, "firms", "import", str(lists.folder(tmp_path / "more", lists.files(FULL, shop))))
    error = run(home, "request", "amazon", *PERSON, "-n").exception
    assert isinstance(error, NotFound) and error.near == ["aws-rekognition", "amazon-de"]


@pytest.mark.parametrize("web", ["https://twitter.com", "https://www.instagram.com/x"])
def test_a_record_of_a_firm_of_ours_is_told_by_its_web_address(home: Path, tmp_path: Path, web: str) -> None:
    path = lists.folder(tmp_path / "more", lists.files(FULL, firm("some-platform", name="Some Platform Ltd", web=web)))
    (ours,) = done(home, "firms", "import", str(path), "-n")["ours"]
    assert ours["firm"] == ("x-twitter" if "twitter" in web else "meta")


def test_a_case_with_a_firm_that_is_gone_takes_no_other_for_it(home: Path) -> None:
    """Or a letter would rest on decisions about a stranger."""
    from types import SimpleNamespace

    from optout.cli import precedents

    catalog = App({"home": str(home)}).catalog_with(None)
    assert catalog.firm("amazon").id == "aws-rekognition", "by its beginning, for somebody who types it"
    assert precedents.firm(catalog, SimpleNamespace(firm="amazon", to=None)) is None  # type: ignore[arg-type]
    found = precedents.firm(catalog, SimpleNamespace(firm="acme-faces", to=None))  # type: ignore[arg-type]
    assert found is not None and found.id == "acme-faces"
