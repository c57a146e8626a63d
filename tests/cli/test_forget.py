"""Forgetting as the person meets it: all of it shown first, the name typed, and what stays named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_main_job import optout as run
from tests.cli.test_profile_editor import on_terminal
from tests.cli.test_profiles import letter, new, shown

LINE = ("--name", "Ada Example", "--email", "ada@mail.example", "--residence", "US-IL")


def listed(home: Path, subject: str) -> dict[str, Any]:
    done = run(home, "forget", subject, "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert body["schema"] == "optout/forget/1" and body["removed"] is None
    return dict(body["found"])


def refs(home: Path) -> set[str]:
    return {case["ref"] for case in json.loads(run(home, "status", "--all", "--json").stdout)["cases"]}


def letters(home: Path) -> list[str]:
    return sorted(path.name for path in home.glob("optout-letters/*/*"))


def test_the_list_comes_first_and_removes_nothing(tmp_path: Path) -> None:
    new(tmp_path)
    _, ref, _ = letter(tmp_path, "--profile", "me")
    (tmp_path / "reply.txt").write_text("Dear Ada")
    assert run(tmp_path, "log", ref, "sent", "--by", "post", "--file", "reply.txt").returncode == 0
    before = letters(tmp_path)
    done = run(tmp_path, "forget", "me", "-n")
    assert done.returncode == 0 and "Nothing was removed" in done.stderr
    for text in ("profile            me", ref, "clearview", "ada@mail.example", "reply.txt", *before):
        assert text in done.stdout
    rows = [row.split("\t") for row in run(tmp_path, "forget", "me", "-n", "--plain").stdout.splitlines()]
    assert {len(row) for row in rows} == {2} and ["profile", "me"] in rows
    found = listed(tmp_path, "me")
    assert found["cases"] == [{"ref": ref, "firm": "clearview"}] and "reply.txt" in found["evidence"]
    assert [Path(x["path"]).name for x in found["letters"]] == before
    assert refs(tmp_path) == {ref} and letters(tmp_path) == before


def test_the_name_is_what_confirms(tmp_path: Path) -> None:
    new(tmp_path)
    letter(tmp_path, "--profile", "me")
    done = run(tmp_path, "forget", "me")
    assert done.returncode == 2 and "--confirm" in done.stderr
    done = run(tmp_path, "forget", "me", "--confirm", "me")
    assert done.returncode == 1 and "not the name" in done.stderr
    assert shown(tmp_path)["name"] == "Ada Example"
    done = run(tmp_path, "forget", "me", "--confirm", " ada  EXAMPLE", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["removed"] == {"cases": 1, "files": 1, "kept": [], "missing": [], "failed": []}
    assert refs(tmp_path) == set() and letters(tmp_path) == []
    done = run(tmp_path, "forget", "me", "--confirm", "Ada Example")
    assert done.returncode == 4


def test_on_a_terminal_it_is_asked(tmp_path: Path) -> None:
    new(tmp_path)
    letter(tmp_path, "--profile", "me")
    terminal = on_terminal(tmp_path, "forget")
    terminal.until("Who shall be forgotten")
    terminal.type("ada example\n")
    assert "profile            me" in terminal.until("type the name")
    terminal.type("Eve\n")
    assert terminal.end()[0] == 1 and refs(tmp_path)
    terminal = on_terminal(tmp_path, "forget", "me")
    terminal.until("type the name")
    terminal.type("Ada Example\n")
    code, text = terminal.end()
    assert code == 0 and "Forgotten: 1 case, 1 file." in text and "Not within reach" in text
    assert not refs(tmp_path)


@pytest.mark.parametrize(("answer", "left"), [("n", 1), ("y", 0)])
def test_a_letter_that_was_changed_goes_only_when_that_is_wanted(answer: str, left: int, tmp_path: Path) -> None:
    letter(tmp_path, *LINE)
    (path,) = tmp_path.glob("optout-letters/*/*")
    path.write_text("Dear firm, changed by hand.")
    terminal = on_terminal(tmp_path, "forget", "Ada Example", "--confirm", "Ada Example")
    assert "changed since it was written" in terminal.until("that were changed?")
    terminal.type(f"{answer}\n")
    code, text = terminal.end()
    assert code == 0 and len(letters(tmp_path)) == left
    assert ("These files stay" in text) == bool(left)


def test_a_changed_letter_without_a_terminal(tmp_path: Path) -> None:
    for options, left in (((), 1), (("--changed-too",), 0)):
        letter(tmp_path, *LINE)
        (path,) = tmp_path.glob("optout-letters/*/*")
        path.write_text("changed")
        done = run(tmp_path, "forget", "Ada Example", "--confirm", "Ada Example", *options)
        assert done.returncode == 0 and path.exists() == bool(left)
        assert (str(path) in done.stderr) == bool(left)
        path.unlink(missing_ok=True)


def test_what_lies_elsewhere_or_is_not_ours_is_named(tmp_path: Path) -> None:
    _, ref, _ = letter(tmp_path, *LINE)
    (path,) = tmp_path.glob("optout-letters/*/*")
    path.rename(tmp_path / "moved.txt")
    (path.parent / "scan.pdf").write_text("mine")
    done = run(tmp_path, "forget", ref, "--confirm", "Ada Example")
    assert done.returncode == 0
    assert f"{path} (not there any more)" in done.stdout and "still exist" in done.stderr
    assert "scan.pdf" in done.stderr and (path.parent / "scan.pdf").exists()


def test_what_cannot_be_removed_is_an_error_and_the_rest_goes(tmp_path: Path) -> None:
    letter(tmp_path, *LINE)
    (path,) = tmp_path.glob("optout-letters/*/*")
    path.unlink()
    path.mkdir()
    done = run(tmp_path, "forget", "Ada Example", "--confirm", "Ada Example", "--changed-too")
    assert done.returncode == 1 and str(path) in done.stderr
    assert refs(tmp_path) == set()


def test_copies_written_again_are_known(tmp_path: Path) -> None:
    _, ref, _ = letter(tmp_path, *LINE)
    assert run(tmp_path, "letter", ref, "--format", "txt,docx", "-o", "copies").returncode == 0
    assert run(tmp_path, "log", ref, "sent", "--by", "post").returncode == 0
    found = listed(tmp_path, ref)
    assert len(found["letters"]) == 3
    assert len(found["evidence"]) == 2, "each format of what went out is kept once"
    assert run(tmp_path, "forget", ref, "--confirm", "Ada Example").returncode == 0
    assert not [p for p in tmp_path.rglob("*") if p.suffix in (".txt", ".docx")]


def test_a_case_without_a_profile_means_its_person(tmp_path: Path) -> None:
    _, first, _ = letter(tmp_path, *LINE)
    _, second, _ = letter(tmp_path, *LINE[:3], "new@mail.example", *LINE[4:])
    _, other, _ = letter(tmp_path, "--name", "Ida Other", *LINE[2:])
    found = listed(tmp_path, first.lower())
    assert {case["ref"] for case in found["cases"]} == {first, second}
    assert run(tmp_path, "forget", second, "--confirm", "Ada Example").returncode == 0
    assert refs(tmp_path) == {other} and len(letters(tmp_path)) == 1


def test_a_profile_takes_the_cases_of_its_name(tmp_path: Path) -> None:
    _, loose, _ = letter(tmp_path, *LINE[:3], "old@mail.example", *LINE[4:])
    new(tmp_path)
    _, ref, _ = letter(tmp_path, "--profile", "me")
    for subject in ("me", loose, ref, "ADA example"):
        found = listed(tmp_path, subject)
        assert found["profiles"] == ["me"] and {case["ref"] for case in found["cases"]} == {loose, ref}


def test_two_people_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    new(tmp_path)
    new(tmp_path, "aunt", email="aunt@mail.example")
    _, mine, _ = letter(tmp_path, "--profile", "me")
    _, hers, _ = letter(tmp_path, "--profile", "aunt")
    done = run(tmp_path, "forget", "Ada Example", "--dry-run")
    assert done.returncode == 6 and "aunt, me" in done.stderr
    assert listed(tmp_path, hers)["profiles"] == ["aunt"]
    done = run(tmp_path, "forget", "aunt", "--confirm", "Ada Example")
    assert done.returncode == 0 and "profile me, which has the same name" in done.stdout
    assert refs(tmp_path) == {mine} and shown(tmp_path)["cases"] == [mine]


def test_the_same_data_under_two_profiles_stay_for_the_other(tmp_path: Path) -> None:
    new(tmp_path)
    new(tmp_path, "again")
    letter(tmp_path, "--profile", "me")
    done = run(tmp_path, "request", "pimeyes", "--profile", "again", "--format", "txt", "--json")
    (kept,) = (case["ref"] for case in json.loads(done.stdout)["cases"])
    assert run(tmp_path, "forget", "me", "--confirm", "Ada Example").returncode == 0
    assert refs(tmp_path) == {kept} and run(tmp_path, "show", kept).returncode == 0


def test_a_beginning_of_a_number_is_not_enough(tmp_path: Path) -> None:
    _, ref, _ = letter(tmp_path, *LINE)
    assert run(tmp_path, "forget", ref[:4], "--dry-run").returncode == 4
    assert run(tmp_path, "forget", "Nobody Here", "--dry-run").returncode == 4
    assert run(tmp_path, "forget", "me", "--home", "elsewhere").returncode == 4


def test_a_profile_without_cases(tmp_path: Path) -> None:
    new(tmp_path)
    done = run(tmp_path, "forget", "me", "--confirm", "Ada Example")
    assert done.returncode == 0 and "Forgotten: 0 cases, 0 files." in done.stderr
    assert run(tmp_path, "profile", "list", "--plain").stdout == ""
