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
