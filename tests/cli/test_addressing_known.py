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
