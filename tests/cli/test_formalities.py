"""What escalate tells of a complaint beside the letter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_escalate import case, escalate
from tests.cli.test_main_job import optout

POLICE = ("--to", "Police of Exampletown", "--to", "office@police.example", "--kind", "police")
WHO = ("--name", "Ada Example", "--email", "ada@mail.example")


@pytest.mark.parametrize(("place", "known"), [("AT", "Section 24 of the Austrian data protection act (DSG)"),
                                              ("FR", "The CNIL is said to expect proof")])  # fmt: skip
def test_what_a_country_is_said_to_expect_is_told_with_the_complaint(tmp_path: Path, place: str, known: str) -> None:
    ref = case(tmp_path, place, "--demand", "access", "--language", "en")
    reminder = escalate(tmp_path, ref, "--on", "2026-03-01", "--format", "txt")
    assert not any("Not covered" in note for note in reminder["notes"])
    found = escalate(tmp_path, ref, "--on", "2026-03-02", "--kind", "complaint", "--format", "txt")
    assert any(note.startswith(f"Not covered: {known}") for note in found["notes"])


@pytest.mark.parametrize(("place", "known"), [("DE-BY", "for example the Bavarian police"),
                                              ("BE", "Controleorgaan op de politionele informatie (COC)")])  # fmt: skip
def test_who_watches_over_the_police_is_told_as_far_as_known(tmp_path: Path, place: str, known: str) -> None:
    explained = optout(tmp_path, "explain", *POLICE, "--residence", place)
    assert explained.returncode == 0 and known in explained.stdout
    firm = optout(tmp_path, "explain", "clearview", "--residence", place)
    assert known not in firm.stdout
    done = optout(
        tmp_path,
        "request",
        *POLICE,
        *WHO,
        "--residence",
        place,
        "--demand",
        "access",
        "--only",
        "--on",
        "2026-01-05",
        "--json",
    )
    assert done.returncode == 0, done.stderr
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    assert optout(tmp_path, "log", ref, "sent", "--by", "post", "--on", "2026-01-05").returncode == 0
    assert optout(tmp_path, "log", ref, "refused", "--on", "2026-01-20").returncode == 0
    found = escalate(tmp_path, ref, "--on", "2026-03-02", "--kind", "complaint", "--format", "txt")
    assert any(known in note for note in found["notes"]), found["notes"]


@pytest.mark.parametrize(("typed", "place"), [("UK", "gb"), ("el", "gr"), ("Czechia", "cz")])
def test_a_place_is_known_by_its_other_names(tmp_path: Path, typed: str, place: str) -> None:
    done = optout(tmp_path, "authorities", "for", typed, "--json")
    assert done.returncode == 0, done.stderr
    assert [one["place"] for one in json.loads(done.stdout)["authorities"]] == [place]


def test_a_code_that_is_near_to_nothing_gets_no_guess(tmp_path: Path) -> None:
    done = optout(tmp_path, "authorities", "for", "AX")
    assert done.returncode != 0
    assert "did you mean" not in done.stderr and "lists the places" in done.stderr


def test_an_authority_that_no_letter_uses_is_named_where_it_is_sure_that_it_exists(tmp_path: Path) -> None:
    known = "Not used here, but it exists: Jersey Office of the Information Commissioner (JOIC) (secondary)."
    assert known in optout(tmp_path, "authorities", "for", "JE").stderr
    assert known in optout(tmp_path, "explain", "clearview", "--residence", "JE").stdout
    assert json.loads(optout(tmp_path, "authorities", "for", "JE", "--json").stdout)["authorities"] == []
    assert "Not used here" not in optout(tmp_path, "authorities", "for", "IM").stderr, "that one is unverified"
