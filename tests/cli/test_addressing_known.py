"""A name given with `--to` under which the catalogue knows somebody to whom that letter would be wrong."""

from __future__ import annotations

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
