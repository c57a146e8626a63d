"""Profiles: people whose data are kept once, given to a firm only as far as they are meant for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_main_job import optout as run

KEPT = {
    "name": "Ada Example",
    "email": "ada@mail.example",
    "residence": "us-il",
    "address": ["1 Sample Street", "Chicago, IL 60601"],
}


def new(home: Path, ident: str = "me", **changes: Any) -> None:
    (home / "person.json").write_text(json.dumps(KEPT | changes))
    done = run(home, "profile", "new", ident, "--person", "person.json")
    assert done.returncode == 0, done.stderr


def shown(home: Path, ident: str = "me") -> dict[str, Any]:
    done = run(home, "profile", "show", ident, "--json")
    assert done.returncode == 0, done.stderr
    (one,) = json.loads(done.stdout)["profiles"]
    return dict(one)


def letter(home: Path, *args: str) -> tuple[str, str, str]:
    """Words, reference and talk of the first letter."""
    done = run(home, "request", "clearview", "--format", "txt", "--json", *args)
    assert done.returncode == 0, done.stderr
    case = json.loads(done.stdout)["cases"][0]
    return (home / case["letters"][0]["files"][0]).read_text(), case["ref"], done.stderr


def test_a_profile_is_kept_as_it_was_given(tmp_path: Path) -> None:
    new(tmp_path, situation="Line one\nline two", language="en", print_address=True)
    assert shown(tmp_path) == {
        "id": "me", **KEPT, "situation": "Line one\nline two", "language": "en", "print_address": True, "cases": [],
    }  # fmt: skip
    assert not [p for p in (tmp_path / "home").rglob("*") if p.is_file() and b"Ada" in p.read_bytes()]


def test_options_come_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("name: Ada Example\nemail: ada@mail.example\nresidence: FR\nlanguage: null\n")
    done = run(tmp_path, "profile", "new", "me", "--person", "p.yaml", "--residence", "US-IL", "--print-address")
    assert done.returncode == 0, done.stderr
    assert (shown(tmp_path)["residence"], shown(tmp_path)["print_address"]) == ("us-il", True)


def test_the_list_is_a_record_a_line(tmp_path: Path) -> None:
    assert run(tmp_path, "profile", "list", "--plain").stdout == ""
    assert "optout profile new me" in run(tmp_path, "profile", "list").stderr
    assert not (tmp_path / "home").exists(), "looking makes no vault"
    new(tmp_path)
    new(tmp_path, "mother", name="Ida Example")
    letter(tmp_path, "--profile", "mother")
    assert run(tmp_path, "profile", "list", "--plain").stdout.splitlines() == [
        "me\tAda Example\tUS-IL\t0", "mother\tIda Example\tUS-IL\t1",
    ]  # fmt: skip
    body = json.loads(run(tmp_path, "profile", "list", "--json").stdout)
    assert body["schema"] == "optout/profiles/1" and [p["id"] for p in body["profiles"]] == ["me", "mother"]


@pytest.mark.parametrize(
    ("args", "code", "word"),
    [
        (["new", "me", "--name", "Ada"], 2, "--email is missing"),
        (["new", "Me", "--name", "Ada"], 2, "small letters"),
        (["new", "a" * 64, "--name", "Ada"], 2, "small letters"),
        (["new", "me", "--name", "Ada", "--email", "ada", "--residence", "FR"], 5, "is not one"),
        (["new", "me", "--name", "Ada", "--email", "a@b.example", "--residence", "Frnace"], 4, "FR"),
        (["new", "me", "--name", "A\x07", "--email", "a@b.example", "--residence", "FR"], 5, "a control character"),
        (["show", "me"], 4, "optout profile new me"),
    ],
)
def test_what_cannot_be_a_profile_is_said_and_nothing_is_kept(
    args: list[str], code: int, word: str, tmp_path: Path
) -> None:
    done = run(tmp_path, "profile", *args)
    assert done.returncode == code and word in done.stderr
    assert not (tmp_path / "home" / "optout.db").exists()


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    new(tmp_path)
    done = run(tmp_path, "profile", "new", "me", "--person", "person.json")
    assert done.returncode == 6 and "optout profile edit me" in done.stderr
    done = run(tmp_path, "profile", "show", "mee")
    assert done.returncode == 4 and "'me'" in done.stderr


def test_a_file_of_a_person_is_checked_with_lines(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("name: Ada\nemail: ada@mail.example\nresidence: FR\nprint_address: perhaps\n")
    done = run(tmp_path, "profile", "new", "me", "--person", "p.yaml")
    assert done.returncode == 5 and "p.yaml:4:" in done.stderr and "true or false" in done.stderr
    (tmp_path / "p.yaml").write_text("name: Ada\nemail: ada\nresidence: Nowhere\n")
    done = run(tmp_path, "profile", "new", "me", "--person", "p.yaml")
    assert done.returncode == 5 and "p.yaml:2:" in done.stderr and "p.yaml:3:" in done.stderr
    assert "Nowhere" not in done.stderr


def test_the_address_is_printed_only_when_marked_or_given(tmp_path: Path) -> None:
    new(tmp_path)
    text, ref, said = letter(tmp_path, "--profile", "me")
    assert "Ada Example" in text and "1 Sample Street" not in text
    assert "print_address" in said
    text, second, said = letter(tmp_path, "--profile", "me", "--address-line", "2 Other Street")
    assert "2 Other Street" in text and "1 Sample Street" not in text and "print_address" not in said
    assert ref == second
    new(tmp_path, "mother", name="Ida Example", print_address=True)
    assert "1 Sample Street" in letter(tmp_path, "--profile", "mother")[0]
    assert "1 Sample Street" not in letter(tmp_path, "--profile", "mother", "--no-address")[0]
    (tmp_path / "p.json").write_text(json.dumps(KEPT | {"name": "Eda Example", "print_address": False}))
    assert "1 Sample Street" not in letter(tmp_path, "--person", "p.json")[0]


def test_the_alias_goes_out_and_the_daily_address_does_not(tmp_path: Path) -> None:
    new(tmp_path, email_alias="x7@alias.example")
    text = letter(tmp_path, "--profile", "me")[0]
    assert "x7@alias.example" in text and "ada@mail.example" not in text
    text = letter(tmp_path, "--profile", "me", "--email", "other@mail.example")[0]
    assert "other@mail.example" in text and "alias" not in text


def test_options_beside_the_profile_come_first(tmp_path: Path) -> None:
    new(tmp_path, language="en", situation="I am afraid.")
    text = letter(tmp_path, "--profile", "me", "--name", "A. Example", "--residence", "FR", "--language", "fr")[0]
    assert "A. Example" in text and "Madame, Monsieur" in text
    done = run(tmp_path, "request", "clearview", "--profile", "me", "--person", "person.json")
    assert done.returncode == 2 and "--profile" in done.stderr
    done = run(tmp_path, "request", "clearview", "--profile", "nobody")
    assert done.returncode == 4


def test_the_case_knows_its_profile(tmp_path: Path) -> None:
    new(tmp_path)
    ref = letter(tmp_path, "--profile", "me")[1]
    assert shown(tmp_path)["cases"] == [ref]
    done = run(tmp_path, "profile", "remove", "me")
    assert done.returncode == 6 and ref in done.stderr and "optout forget me" in done.stderr
    new(tmp_path, "mother")
    assert run(tmp_path, "profile", "remove", "mother").returncode == 0
    assert run(tmp_path, "profile", "remove", "mother").returncode == 4


def test_the_same_person_has_one_draft_however_it_was_named(tmp_path: Path) -> None:
    line = ("--name", "Ada Example", "--email", "ada@mail.example", "--residence", "US-IL")
    ref = letter(tmp_path, *line)[1]
    new(tmp_path)
    assert letter(tmp_path, "--profile", "me")[1] == ref
    assert shown(tmp_path)["cases"] == [ref], "the draft of before now belongs to the profile"
    assert letter(tmp_path, *line)[1] == ref
    assert shown(tmp_path)["cases"] == [ref], "and stays with it"
    assert run(tmp_path, "log", ref, "sent", "--by", "post").returncode == 0
    assert run(tmp_path, "request", "clearview", "--profile", "me").returncode == 6


def test_a_changed_profile_changes_its_draft(tmp_path: Path) -> None:
    new(tmp_path)
    ref = letter(tmp_path, "--profile", "me")[1]
    assert run(tmp_path, "profile", "edit", "me", "--email-alias", "x7@alias.example").returncode == 0
    text, second, _ = letter(tmp_path, "--profile", "me")
    assert second == ref and "x7@alias.example" in text
    assert [p.parent.name for p in tmp_path.glob("optout-letters/*/*")] == [f"{ref}-clearview"]
    other = letter(tmp_path, "--profile", "me", "--demand", "access")[1]
    assert other != ref, "other demands are another case"
    assert run(tmp_path, "log", ref, "sent", "--by", "post").returncode == 0
    assert run(tmp_path, "profile", "edit", "me", "--email-alias", "y8@alias.example").returncode == 0
    done = run(tmp_path, "request", "clearview", "--profile", "me")
    assert done.returncode == 6 and ref in done.stderr, "the firm was asked this already"
    assert letter(tmp_path, "--profile", "me", "--again")[1] not in (ref, other)


def test_me_alone_needs_no_name(tmp_path: Path) -> None:
    new(tmp_path)
    text, ref, said = letter(tmp_path)
    assert "Ada Example" in text and "This is for the profile 'me'" in said
    assert shown(tmp_path)["cases"] == [ref]
    done = run(tmp_path, "request", "clearview", "--name", "Somebody Else")
    assert done.returncode == 2 and "--email" in done.stderr, "one option is enough to mean another person"


def test_nobody_is_guessed(tmp_path: Path) -> None:
    new(tmp_path, "mother")
    done = run(tmp_path, "request", "clearview")
    assert done.returncode == 2 and "mother" in done.stderr and "--profile" in done.stderr
    new(tmp_path)
    done = run(tmp_path, "request", "clearview")
    assert done.returncode == 2 and "me, mother" in done.stderr


def test_a_dry_run_with_a_profile_keeps_nothing(tmp_path: Path) -> None:
    new(tmp_path)
    done = run(tmp_path, "request", "clearview", "--profile", "me", "--dry-run")
    assert done.returncode == 0 and "Ada Example" in done.stdout
    assert shown(tmp_path)["cases"] == [] and not (tmp_path / "optout-letters").exists()
