"""Who watches over a public body in Germany, and who over a firm."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_escalate import PERSON, escalate, log, text
from tests.cli.test_main_job import optout


def to_office(home: Path, name: str, residence: str) -> str:
    done = optout(
        home, "request", "--to", name, "--to", "amt@office.example", "--kind", "public-body", *PERSON, "--residence",
        residence, "--demand", "access", "--language", "de", "--on", "2026-07-01", "--format", "txt", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ref = str(json.loads(done.stdout)["cases"][0]["ref"])
    log(home, ref, "sent", "--by", "email", "--on", "2026-07-01")
    log(home, ref, "refused", "--on", "2026-07-20")
    return ref


def test_in_bavaria_a_town_answers_to_the_state_commissioner_and_not_to_the_office_for_firms(tmp_path: Path) -> None:
    ref = to_office(tmp_path, "Stadt Beispiel", "DE-BY")
    (path,) = tmp_path.glob(f"**/{ref}-*-de.txt")
    first = " ".join(path.read_text().split())
    assert "an den Bayerischen Landesbeauftragten für den Datenschutz" in first and "Landesamt" not in first
    found = escalate(tmp_path, ref, "--on", "2026-08-10", "--kind", "complaint", "--format", "txt")
    assert found["authority"]["id"] == "de-by-lfd"
    words = text(tmp_path, found)
    assert "Der Bayerische Landesbeauftragte für den Datenschutz" in words and "80502 München" in words
    assert "Ansbach" not in words


def test_whoever_says_later_that_they_live_in_bavaria_reaches_the_same(tmp_path: Path) -> None:
    ref = to_office(tmp_path, "Stadt Beispiel", "DE")
    args = ("--on", "2026-08-10", "--kind", "complaint", "--region", "DE-BY", "--format", "txt")
    assert escalate(tmp_path, ref, *args)["authority"]["id"] == "de-by-lfd"


def test_that_federal_bodies_answer_to_somebody_else_is_told(tmp_path: Path) -> None:
    ref = to_office(tmp_path, "Bundesamt Beispiel", "DE-BE")
    said = optout(tmp_path, "escalate", ref, "--on", "2026-08-10", "--kind", "complaint", "-n").stderr
    assert "If this one is a federal body, complain to the Federal Commissioner" in " ".join(said.split())
    told = optout(tmp_path, "request", "--to", "Bundesamt Beispiel", "--to", "amt@office.example", "--kind", "public-body",
                  *PERSON, "--residence", "DE-BE", "--dry-run").stderr  # fmt: skip
    assert "If this one is a federal body" in " ".join(told.split())
    firm = optout(tmp_path, "explain", "clearview", "--residence", "DE-BE").stdout
    assert "federal body" not in firm
