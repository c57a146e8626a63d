"""A name given with `--to` under which the catalogue knows somebody to whom that letter would be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_main_job import optout

PERSON = ["--name", "Ada Example", "--email", "ada@mail.example", "-n", "--no-input"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Onfido (Entrust)", "optout request onfido --to NAME"),
        ("Onfido Ltd", "optout request onfido --to NAME"),
        ("FBI", "optout request fbi"),
    ],
)
def test_the_wrong_letter_to_somebody_known_is_refused(tmp_path: Path, name: str, words: str) -> None:
    done = optout(tmp_path, "request", "--to", name, "--residence", "FR", *PERSON)
    assert done.returncode == 6, done.stderr
    assert words in " ".join(done.stderr.split()) and not done.stdout


def test_a_public_body_named_as_one_and_any_firm_are_written_to(tmp_path: Path) -> None:
    said = optout(tmp_path, "request", "--to", "FBI", "--kind", "public-body", "--residence", "FR", *PERSON)
    assert said.returncode == 0, said.stderr
    assert optout(tmp_path, "request", "--to", "Example Gym", "--residence", "FR", *PERSON).returncode == 0


@pytest.mark.parametrize("to", [["Onfido Ltd"], ["Onfido"], ["Somebody", "privacy@onfido.com"]], ids=" ".join)
def test_a_processor_is_not_its_own_client(tmp_path: Path, to: list[str]) -> None:
    values = [part for one in to for part in ("--to", one)]
    done = optout(tmp_path, "request", "onfido", *values, *PERSON, "-n")
    assert done.returncode == 6 and "itself, and not one of the clients" in done.stderr


@pytest.mark.parametrize("name", ["Onfido Ltd.", "Onfido Limited", "onfido"])
def test_the_form_of_a_company_hides_no_processor(tmp_path: Path, name: str) -> None:
    done = optout(tmp_path, "request", "--to", name, "--to", "a@firm.example", *PERSON, "-n")
    assert done.returncode == 6 and "acts for its clients" in done.stderr


@pytest.mark.parametrize("mailbox", ["office@\u0440imeyes.com", "office@xn--imeyes-9qf.com"])
def test_a_mailbox_in_letters_of_another_alphabet_is_a_look_alike(tmp_path: Path, mailbox: str) -> None:
    done = optout(tmp_path, "request", "--to", "PimEyes", "--to", mailbox, *PERSON, "-n")
    assert done.returncode == 6 and "look-alike of PimEyes" in done.stderr


@pytest.mark.parametrize(
    ("typed", "ident"),
    [
        ("Clearview AI, Inc.", "clearview"),
        ("Facewatch Limited", "facewatch"),
        ("Google LLC", "google"),
        ("pimeyes.com/en", "pimeyes"),
        ("https://www.instagram.com/accounts/", "meta"),
        ("m.facebook.com", "meta"),
        ("twitter.com", "x-twitter"),
        ("x.com", "x-twitter"),
        ("pim eyes", "pimeyes"),
        ("Clear\u200bview", "clearview"),
        ("Entrust", "onfido"),
        ("Immigration and Customs Enforcement", "dhs"),
    ],
)
def test_a_firm_is_known_by_its_legal_name_its_web_address_and_what_looks_like_its_name(
    tmp_path: Path, typed: str, ident: str
) -> None:
    done = optout(tmp_path, "explain", typed, "--residence", "FR", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["firm"] == ident


def test_a_name_with_a_comma_is_one_firm_and_other_commas_part_two(tmp_path: Path) -> None:
    done = optout(tmp_path, "request", "Clearview AI, Inc.,", *PERSON, "--residence", "FR", "--json")
    assert [case["firm"] for case in json.loads(done.stdout)["cases"]] == ["clearview"], done.stderr
    done = optout(tmp_path, "request", "clearview, pimeyes", *PERSON, "--residence", "FR", "--json")
    assert [case["firm"] for case in json.loads(done.stdout)["cases"]] == ["clearview", "pimeyes"], done.stderr


def own_firm(home: Path, ident: str, *changes: tuple[str, str]) -> Path:
    """The shipped file with changes, as the user's own."""
    text = (Path(__file__).parents[2] / "firms" / f"{ident}.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = home / "home" / "data" / "firms" / f"{ident}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


MAILBOX = ("to: office@pimeyes.com", "to: office@pimeyes.net")


def test_an_own_file_leads_nobody_to_a_look_alike_even_when_it_leaves_the_warning_out(tmp_path: Path) -> None:
    without = ("lookalikes:\n  - host: pimeyes.net\n    note: The firm's own form and policy are at pimeyes.com.\n"
               "    confidence: secondary\n    sources: [form, policy2022]\n", "")  # fmt: skip
    path = own_firm(tmp_path, "pimeyes", MAILBOX, without)
    done = optout(tmp_path, "request", "pimeyes", *PERSON, "--residence", "FR")
    assert done.returncode == 6 and "pimeyes.net is a look-alike of PimEyes" in done.stderr
    assert f"correct or delete your own file: {path}" in done.stderr
    checked = optout(tmp_path, "doctor", "--json")
    (found,) = [x for x in json.loads(checked.stdout)["findings"] if x["severity"] == "error"]
    assert found["id"] == "file.lookalike" and str(path) in found["sentence"] and checked.returncode == 7


def test_an_own_file_that_cannot_be_used_is_found_by_doctor_and_a_good_one_is_not(tmp_path: Path) -> None:
    own_firm(tmp_path, "pimeyes", ("PimEyes", "PimEyes (ours)"))
    assert optout(tmp_path, "doctor").returncode == 0
    own_firm(tmp_path, "pimeyes", ("role: ", "rolle: "))
    checked = optout(tmp_path, "doctor", "--json")
    assert [x["id"] for x in json.loads(checked.stdout)["findings"] if x["severity"] == "error"] == ["file.unusable"]


def test_the_law_of_ones_own_country_is_not_claimed_against_a_police_force_abroad(tmp_path: Path) -> None:
    force = [
        "--to",
        "Example Police Department",
        "--to",
        "1 Sample Street",
        "--kind",
        "police",
        "--residence",
        "FR",
        *PERSON,
    ]
    abroad = optout(tmp_path, "request", *force[:4], "--to", "United States of America", *force[4:])
    assert abroad.returncode == 0 and "in another country" in abroad.stderr, abroad.stderr
    assert "Directive" not in abroad.stdout and "do not claim that a law obliges" in " ".join(abroad.stdout.split())
    inside = optout(tmp_path, "request", *force[:4], "--to", "Germany", *force[4:])
    assert "Directive (EU) 2016/680" in inside.stdout and "in another country" not in inside.stderr
    known = optout(tmp_path, "request", "--to", "FBI", "--to", "a@fbi.example", *force[4:])
    assert known.returncode == 6 and "optout request fbi" in known.stderr and not known.stdout


def test_an_own_file_that_cannot_be_used_is_named_by_the_list(tmp_path: Path) -> None:
    own_firm(tmp_path, "pimeyes", ("role: ", "rolle: "))
    done = optout(tmp_path, "firms", "list", "--plain")
    assert "firms/pimeyes.yaml" in done.stderr and "pimeyes\t" not in done.stdout


def test_who_reads_a_letter_that_is_passed_on_is_told_all_that_it_says(tmp_path: Path) -> None:
    done = optout(tmp_path, "request", "babel-street", *PERSON, "--residence", "FR")
    assert "where you live, your postal address if you print it" in " ".join(done.stderr.split())
    assert "shares with the federal government and law enforcement" in " ".join(done.stderr.split())
