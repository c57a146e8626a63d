"""Letters to the client of a firm, to firms that changed, and to anybody without a profile. All firms are invented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_profile_editor import on_terminal
from tests.faults.forks import Done, Forks

FIRM = """schema: 1
id: {id}
name: {name}
aliases: {aliases}
kinds: [{kind}]
role: {role}
{more}
ready: false
entities:
  - {{name: {name} Ltd, role: {role_of}, place: ie, sources: [own]}}
routes: []
finds_by: []
sources:
  own: {{title: An invented page, url: "https://{id}.example/", kind: own, checked: 2026-11-22}}
"""
ADA = ["--name", "Ada Example", "--email", "ada@mail.example", "--residence"]
FR = [*ADA, "FR"]
TXT = ["--format", "txt", "--json"]
CLIENT = ["--to", "Example Bank", "--to", "privacy@bank.example"]


class Desk:
    """A home with invented firms of every role and status."""

    def __init__(self, work: Path, forks: Forks) -> None:
        self.work, self.forks = work, forks

    def firm(
        self, ident: str, kind: str = "vendor", role: str = "controller", aliases: str = "[]", **more: str
    ) -> None:
        name = more.pop("name", ident.title())
        text = FIRM.format(
            id=ident, name=name, aliases=aliases, kind=kind, role=role,
            role_of="processor" if role == "processor" else "controller",
            more="\n".join(f"{key}: {value}" for key, value in more.items()),
        )  # fmt: skip
        folder = self.work / "home" / "data" / "firms"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{ident}.yaml").write_text(text, encoding="utf-8")

    def run(self, *args: str) -> Done:
        return self.forks.run(*args)

    def case(self, *args: str) -> dict[str, Any]:
        done = self.run("request", *args, *TXT)
        assert done.code == 0, done.err
        found: dict[str, Any] = json.loads(done.out)["cases"][0]
        return found

    def text(self, case: dict[str, Any]) -> str:
        return "\n".join((self.work / path).read_text() for x in case["letters"] for path in x["files"])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Forks(tmp_path) as forks:
        made = Desk(tmp_path, forks)
        made.firm("gazer", "identity_checker", "processor", role_note="It says that its clients decide.")
        made.firm("peerer", "face_search", "processor")
        made.firm("looker", "vendor", "mixed", role_note="It decides about its own app alone.")
        made.firm("shutter", status="closed")
        made.firm("oldname", status="renamed", successor="midname")
        made.firm("midname", status="merged", successor="newname")
        made.firm("newname", aliases="[Fresh Name]")
        made.firm("orphan", status="merged")
        made.firm("ring-a", status="renamed", successor="ring-b")
        made.firm("ring-b", status="renamed", successor="ring-a")
        yield made


def test_a_letter_to_somebody_without_a_profile_is_a_case_like_any_other(desk: Desk) -> None:
    to = ["--to", "Beispiel Büro", "--to", "privacy@firm.example", "--to", "1 Sample Street", "--to", "Exampletown"]
    case = desk.case(*to, *FR)
    assert re.fullmatch("own-beispiel-buro-[0-9a-f]{8}", case["firm"])
    assert case["to"] == {
        "name": "Beispiel Büro", "lines": ["1 Sample Street", "Exampletown"], "email": "privacy@firm.example",
    }  # fmt: skip
    assert [(r["kind"], r["confidence"]) for r in case["routes"]] == [("email", "unverified"), ("post", "unverified")]
    text = desk.text(case)
    assert "Beispiel Büro\nPrivacy requests\n1 Sample Street\nExampletown" in text
    assert "You may hold pictures of me" in text and "GDPR" in text
    assert desk.case(*to, *FR)["ref"] == case["ref"]
    moved = desk.case(*to[:-1], "Othertown", *FR)
    assert moved["ref"] == case["ref"] and "Othertown" in desk.text(moved), "a corrected address changes the draft"
    assert desk.case(case["firm"], *FR)["ref"] == case["ref"], "the addressee is kept with the case"
    assert desk.case("--to", "Other Büro", *FR)["ref"] != case["ref"]


def test_such_a_case_is_sent_shown_reminded_exported_and_imported(desk: Desk) -> None:
    ref = desk.case("--to", "Example Ltd", "--to", "1 Sample Street", "--kind", "dna", *FR, "--on", "2026-01-02")["ref"]
    assert desk.run("log", ref, "sent", "--by", "post", "--letter", "access", "--on", "2026-01-05").code == 0
    shown = json.loads(desk.run("show", ref, "--json").out)["case"]
    assert (shown["to"], shown["firm_kind"]) == ({"name": "Example Ltd", "lines": ["1 Sample Street"]}, "dna")
    assert shown["firm_place"] is None and shown["data"].keys() == {"jurisdictions/fr", "jurisdictions/eu"}
    again = desk.run("request", "--to", "example  LTD", "--kind", "dna", *FR, *TXT)
    assert again.code == 6 and "the same was sent to example LTD before" in again.err
    assert "the law lets it ask" in desk.run("log", ref, "identity-asked", "--on", "2026-01-10").err
    assert desk.run("explain", shown["firm"], "--residence", "FR").code == 0
    assert ref in desk.run("remind", "--on", "2027-01-05").out
    before = desk.run("letter", ref, "--letter", "access", "--format", "txt", "-o", "-").out
    assert desk.run("export", "-o", "cases.jsonl").code == 0
    assert desk.run("--home", "other", "import", "cases.jsonl").code == 0
    assert json.loads(desk.run("--home", "other", "show", ref, "--json").out)["case"] == shown
    assert desk.run("--home", "other", "letter", ref, "--letter", "access", "--format", "txt", "-o", "-").out == before


@pytest.mark.parametrize("kind", ["dna", "platform", "vendor", "face-search", "hiring"])
def test_the_kind_that_is_given_chooses_the_words(desk: Desk, kind: str) -> None:
    done = desk.run("request", "--to", "Example Ltd", "--kind", kind, *ADA, "US-IL", "-n")
    does = {"dna": "genetic samples", "platform": "on your service", "vendor": "by the body", "hiring": "apply for work",
            "face-search": "search by face"}  # fmt: skip
    assert done.code == 0 and does[kind] in " ".join(done.out.split())


def test_no_act_on_public_bodies_is_claimed_against_a_body_nobody_described(desk: Desk) -> None:
    done = desk.run("request", "--to", "Example Police", "--kind", "public-body", *ADA, "US-IL", "-n")
    text = " ".join(done.out.split())
    assert done.code == 0 and "This is a request" in text and "FOIA" not in text and "BIPA" not in text


def test_a_processor_is_not_written_to_as_if_it_decided(desk: Desk) -> None:
    for firm in ("gazer", "peerer"):
        done = desk.run("request", firm, *FR, "--dry-run")
        assert done.code == 6 and not done.out
        assert "who decide about it" in done.err
        assert f"request {firm} --to NAME" in done.err and f"request {firm} --demand recipients" in done.err
    assert "It says that its clients decide" in desk.run("request", "gazer", *FR).err
    told = desk.run("explain", "gazer", "--residence", "FR")
    assert told.code == 0 and "It says that its clients decide" in told.out
    assert "to the client of Gazer, which you name with --to" in told.out
    answer = json.loads(desk.run("explain", "gazer", "--residence", "FR", "--json").out)
    assert answer["routes"] == answer["other_ways"] == answer["advice"] == []


def test_a_processor_itself_can_be_asked_to_pass_the_letter_on(desk: Desk) -> None:
    done = desk.run("request", "gazer", *FR, "--demand", "recipients", "--language", "en", "-n")
    assert done.code == 0 and "Gazer Ltd" in done.out and "pass this letter on" in " ".join(done.out.split())
    assert "they will read all that it says of you" in done.err


def test_the_letter_to_a_client_speaks_of_the_processor_by_name_and_accuses_nobody(desk: Desk) -> None:
    case = desk.case("gazer", *CLIENT, *FR)
    text = " ".join(desk.text(case).split())
    assert "Example Bank Privacy requests privacy@bank.example" in text and "Gazer Ltd" not in text
    assert "As far as you had my identity checked through Gazer" in text
    assert case["firm"] == "gazer" and case["to"]["name"] == "Example Bank"
    other = desk.case("gazer", "--to", "Example Shop", *FR)
    assert other["ref"] != case["ref"] and desk.case("gazer", *CLIENT, *FR)["ref"] == case["ref"]
    shown = json.loads(desk.run("show", case["ref"], "--json").out)["case"]
    assert shown["firm_name"] == "Example Bank, client of Gazer" and shown["firm_place"] is None
    bipa = " ".join(desk.run("request", "peerer", *CLIENT, *ADA, "US-IL", "-n").out.split())
    assert "As far as you use services of Peerer" in bipa
    assert not re.search(r"you offer|your index|scrap|by face|violat|without consent", bipa, re.IGNORECASE)


def test_status_tells_two_clients_of_one_firm_apart(desk: Desk) -> None:
    names = {desk.case("gazer", "--to", name, *FR)["ref"]: name for name in ("Example Bank", "Example Shop")}
    own, itself = desk.case("--to", "Example Ltd", *FR)["ref"], desk.case("newname", *FR)["ref"]
    listed = json.loads(desk.run("status", "--json").out)["cases"]
    assert {one["ref"]: one["to"] for one in listed} == {**names, own: "Example Ltd", itself: None}
    assert {one["firm"] for one in listed if one["ref"] in names} == {"gazer"}
    shown = desk.run("status").out
    assert "gazer: Example Bank" in shown and "gazer: Example Shop" in shown and "newname:" not in shown
    plain = {row.split("\t")[0]: row.split("\t") for row in desk.run("status", "--plain").out.splitlines()}
    assert {ref: (row[1], row[-1]) for ref, row in plain.items() if ref in names} == {
        ref: ("gazer", name) for ref, name in names.items()
    }
    assert plain[itself][-1] == "" and {len(row) for row in plain.values()} == {7}


def test_remind_tells_two_clients_of_one_firm_apart(desk: Desk) -> None:
    names = {desk.case("gazer", "--to", name, *FR)["ref"]: name for name in ("Example Bank", "Example Shop")}
    own = desk.case("--to", "Example Ltd", *FR)["ref"]
    for ref in (*names, own):
        assert desk.run("log", ref, "sent", "--by", "post").code == 0
    late = ("remind", "--on", str(datetime.now(UTC).date() + timedelta(days=370)))
    items = json.loads(desk.run(*late, "--json").out)["groups"]["overdue"]
    assert {one["ref"]: one["to"] for one in items} == {**names, own: "Example Ltd"}
    shown = desk.run(*late).out
    assert "gazer: Example Bank  overdue" in shown and "gazer: Example Shop  overdue" in shown
    assert ": Example Ltd" not in shown, "its id says the name"
    rows = [row.split("\t") for row in desk.run(*late, "--plain").out.splitlines()]
    assert {(row[1], row[2], row[-1]) for row in rows if row[1] in names} == {
        (ref, "gazer", name) for ref, name in names.items()
    }


def test_the_same_client_of_a_profile_with_another_name_is_another_case(desk: Desk) -> None:
    assert desk.run("profile", "new", "me", *FR).code == 0
    first, second = (desk.case("gazer", "--to", name, "--profile", "me") for name in ("Crédit Exemple", "Example Shop"))
    assert first["ref"] != second["ref"]
    assert desk.case("gazer", "--to", "CREDIT exemple", "--profile", "me")["ref"] == first["ref"]


def test_a_firm_that_decides_in_part_is_written_to_with_a_warning(desk: Desk) -> None:
    itself = desk.run("request", "looker", *FR, "-n")
    assert itself.code == 0 and "Looker Ltd" in itself.out
    assert "It decides about its own app alone" in itself.err and "--to NAME" in itself.err
    client = desk.run("request", "looker", *CLIENT, *FR, "-n")
    assert (
        client.code == 0
        and "Looker Ltd" not in client.out
        and "As far as you use software of Looker" in " ".join(client.out.split())
    )


def test_addressees_that_make_no_sense_are_told_and_leave_nothing(desk: Desk) -> None:
    for args, code, words in (
        (["newname", *CLIENT], 6, "decides about the data itself"),
        (["newname", "gazer", *CLIENT], 2, "--to goes with one firm"),
        (["newname", "--kind", "dna"], 2, "--kind is for a firm without a profile"),
        ([], 2, "the firm is missing"),
        (["--to", "privacy@firm.example"], 5, "has no name"),
        (["--to", "A", "--to", "not@an@address"], 5, "not one"),
        (["--to", "A\u202eB"], 5, "bidirectional"),
        (["own-nobody-00000000"], 4, "not known"),
    ):
        done = desk.run("request", *args, *FR)
        assert (done.code, words in done.err) == (code, True), (args, done.err)
    assert not (desk.work / "home" / "optout.db").exists()


def test_a_name_that_the_catalogue_has_points_there(desk: Desk) -> None:
    for name in ("Fresh  name", "NEWNAME"):
        done = desk.run("request", "--to", name, *FR, "-n")
        assert done.code == 0 and "optout request newname" in done.err
    assert "optout request" not in desk.run("request", "--to", "Fresh Names", *FR, "-n").err


@pytest.mark.parametrize("name", ["clearviewai", "Clear View AI", "CIearview AI, Inc.", "\u0421learview AI"])
def test_a_name_that_passes_for_one_of_the_catalogue_points_there(desk: Desk, name: str) -> None:
    for firm in ((), ("gazer",)):
        done = desk.run("request", *firm, "--to", name, *FR, "-n")
        assert done.code == 0 and "The catalogue knows Clearview AI, id clearview, " in done.err, done.err
        assert "optout request clearview" in done.err
    assert "The catalogue knows" not in desk.run("request", "gazer", *CLIENT, *FR, "-n").err


def test_an_own_profile_that_passes_for_a_shipped_one_is_told(desk: Desk) -> None:
    desk.firm("seer", name="Clear View AI")
    for command in (("request", "seer", *FR, "-n"), ("explain", "clear view ai", "--residence", "FR")):
        done = desk.run(*command)
        assert done.code == 0 and "the catalogue knows Clearview AI, id clearview." in done.err
        assert "optout request clearview" in done.err
    assert "Careful: the catalogue" not in desk.run("request", "newname", *FR, "-n").err
    (desk.work / "home" / "data" / "firms" / "seer.yaml").unlink()
    desk.firm("clearview", "face_search", name="Clearview AI")
    assert "Careful: the catalogue" not in desk.run("request", "clearview", *FR, "-n").err, (
        "it stands before the shipped one"
    )


def test_which_firm_was_taken_is_said_where_another_id_begins_so(desk: Desk) -> None:
    desk.firm("newname-labs", name="Laboratory")
    for typed, told in (("CLEAR", "Taken: CLEAR, id clear-secure. Other ids begin with the same word: clearview\n"),
                        ("New Name", "whose name looks so.\n"), ("newname", ""), ("clear-secure", ""), ("Fresh Name", "")):  # fmt: skip
        done = desk.run("request", typed, *FR, "-n")
        assert (told in done.err) if told else ("Taken:" not in done.err), (typed, done.err)
    assert "Taken: CLEAR" in desk.run("explain", "clear", "--residence", "FR").err


def test_a_name_of_which_only_the_beginning_was_typed_is_told(desk: Desk) -> None:
    taken = "Taken: PimEyes, id pimeyes, whose name begins so.\n"
    for command in (("request", "pime", *FR, "-n"), ("explain", "pime", "--residence", "FR")):
        assert desk.run(*command).err.count(taken) == 1
    for typed in ("pimeyes", "PIMEYES", "PimEyes", "pimeyes.com"):
        assert "Taken:" not in desk.run("request", typed, *FR, "-n").err, typed
    done = desk.run("explain", "pime", "--residence", "FR", "--json")
    assert json.loads(done.out)["firm"] == "pimeyes" and taken in done.err


@pytest.mark.parametrize("to", [
    ("PimEyes", "office@pimeyes.net"), ("Somebody", "privacy@mail.PIMEYES.NET"), ("pimeyes.net",),
    ("Somebody", "https://www.pimeyes.net/"),
])  # fmt: skip
def test_nothing_goes_to_a_look_alike_and_the_right_firm_is_named(desk: Desk, to: tuple[str, ...]) -> None:
    given = [text for one in to for text in ("--to", one)]
    for firm in ((), ("gazer",)):
        refused = desk.run("request", *firm, *given, *FR)
        assert refused.code == 6 and "pimeyes.net is a look-alike of PimEyes, id pimeyes" in refused.err
        assert "optout request pimeyes" in refused.err and refused.out == ""
    assert not (desk.work / "home" / "optout.db").exists()
    named = desk.run("request", "pimeyes.net", *FR, "-n")
    assert named.code == 6 and "look-alike of PimEyes, id pimeyes" in named.err
    assert desk.run("request", "--to", "Somebody", "--to", "a@notpimeyes.net", *FR, "-n").code == 0


def test_a_mailbox_with_letters_that_look_like_others_is_shown_as_it_is(desk: Desk) -> None:
    done = desk.run("request", "--to", "Example", "--to", "privacy@ехаmple.example", *FR, "-n")
    assert done.code == 0 and "xn--" in done.err


def test_a_closed_firm_gets_no_letter(desk: Desk) -> None:
    done = desk.run("request", "shutter", *FR)
    assert done.code == 6 and "has closed" in done.err
    assert "has closed" in desk.run("explain", "shutter", "--residence", "FR").out
    assert "closed" in desk.run("firms", "show", "shutter").out


def test_a_firm_with_another_name_is_followed_to_the_one_that_answers(desk: Desk) -> None:
    done = desk.run("request", "oldname", *FR, "-n")
    assert done.code == 0 and "Newname Ltd" in done.out
    assert "Oldname is now called Midname" in done.err and "Midname is now part of Newname" in done.err
    done = desk.run("request", "oldname", *FR, *TXT)
    assert json.loads(done.out)["cases"][0]["firm"] == "newname" and "is now called Midname" in done.err
    assert "renamed, now midname" in desk.run("firms", "show", "oldname").out
    for firm in ("orphan", "ring-a"):
        assert desk.run("request", firm, *FR).code == 6


def test_on_a_terminal_what_is_missing_is_asked(desk: Desk) -> None:
    terminal = on_terminal(desk.work, "request", *FR, "-n", OPTOUT_HOME=str(desk.work / "home"))
    terminal.until("To whom")
    terminal.type("Example Ltd\n")
    for prompt, answer in (
        ("E-mail address", "1 Sample Street"),
        ("Not taken: the e-mail address is not one.", "not@an@address"),
        ("Not taken: the e-mail address is not one.", "privacy@firm.example"),
        ("Address line", "c/o Hub @ Sample"),
        ("Address line", "\u202e"),
        ("Not taken: an address line has a bidirectional override", "1 Sample Street"),
        ("Address line", ""),
    ):
        terminal.until(prompt)
        terminal.type(f"{answer}\n")
    code, text = terminal.end()
    assert code == 0
    letter = " ".join(text.partition("Privacy requests")[2].split())
    assert letter.startswith("c/o Hub @ Sample 1 Sample Street "), "an address line may have an @"


def test_a_police_force_is_no_private_firm_whoever_made_its_software(desk: Desk) -> None:
    done = desk.run("request", "peerer", "--to", "Example Police", "--kind", "public-body", *ADA, "US-IL", "-n")
    text = " ".join(done.out.split())
    assert done.code == 0, done.err
    assert "Example Police" in text and "This is a request" in text
    assert not re.search(r"BIPA|740 ILCS|private entity", text)
    assert "to prosecute crime other laws hold" in done.err
    assert desk.run("request", "looker", "--kind", "public-body", *FR, "-n").code == 2


def test_the_police_of_the_union_are_asked_under_the_directive_whoever_made_their_software(desk: Desk) -> None:
    for about in ((), ("peerer",)):
        done = desk.run("request", *about, "--to", "Example Police", "--kind", "police", *FR, "--language", "en", "-n")
        text = " ".join(done.out.split())
        assert done.code == 0, done.err
        assert "Under Directive (EU) 2016/680 (Law Enforcement Directive), as transposed into national law" in text
        assert "GDPR" not in text and "a date I have chosen" in text and "Requests for records" not in text
        assert ("As far as you use" in text) is bool(about) and "my face was searched for" in text
        assert "under the law where you live" in done.err
    done = desk.run("explain", "--to", "Example Police", "--kind", "police", "--residence", "FR")
    assert "GDPR leaves to another law what is: police" in " ".join(done.out.split())


def test_outside_the_union_the_police_get_a_plain_request(desk: Desk) -> None:
    done = desk.run("request", "--to", "Example Police", "--kind", "police", *ADA, "US-IL", "-n")
    text = " ".join(done.out.split())
    assert done.code == 0 and "This is a request" in text and not re.search(r"FOIA|BIPA|2016/680", text)


def test_a_town_hall_in_the_union_is_bound_by_the_gdpr(desk: Desk) -> None:
    done = desk.run("request", "--to", "Example Town Hall", "--kind", "public-body", *FR, "--language", "en", "-n")
    text = " ".join(done.out.split())
    assert "right of access, Art. 15(1), (2) and (3)" in text and "Requests for records" not in text
    assert "to prosecute crime other laws hold" in done.err
