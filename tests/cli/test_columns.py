"""Columns of a sheet that are called otherwise: named, asked about once on a terminal, and known from then on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_main_job import optout
from tests.faults.terminal import at_terminal

SHEET = "Name,E-mail,Lives in,Shoe size,Zipp\nAda,ada@members.example,FR,7,75001\n"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(SHEET)
    return tmp_path


def test_f32_without_a_terminal_the_option_for_each_column_is_named(work: Path) -> None:
    done = optout(work, "batch", "people.csv", "--firm", "clearview", "-n")
    assert done.returncode == 5
    assert "residence: there is no such column; if it has another name: --column residence=NAME" in done.stderr
    assert "--column -='Shoe size'" in done.stderr and "--column postcode='Zipp'" in done.stderr
    (work / "people.csv").write_text(SHEET.replace("Lives in", "Residense"))
    done = optout(work, "batch", "people.csv", "--firm", "clearview", "-n")
    given = "--column residence='Residense' --column -='Shoe size' --column postcode='Zipp'"
    assert given in done.stderr
    words = given.replace("'", "").split(" --column ")
    options = [part for word in words for part in ("--column", word.removeprefix("--column "))]
    assert optout(work, "batch", "people.csv", "--firm", "clearview", "-n", *options).returncode == 0
    assert not (work / "home" / "config" / "columns.json").exists()


def test_f32_a_terminal_is_asked_once_and_the_answers_hold_from_then_on(work: Path) -> None:
    args = ("batch", "people.csv", "--firm", "clearview", "-n")
    keys = [("'Lives in': what does it hold?", "hat\n"), ("Write one of", "residence\n"), ("'Shoe size'", "-\n"),
            ("'Zipp'", "\n")]  # fmt: skip
    code, seen = at_terminal(work / "home", *args, keys=keys)
    assert code == 0 and "[postcode]" in seen and "Nothing else was written or kept." in seen, seen
    path = work / "home" / "config" / "columns.json"
    assert json.loads(path.read_text())["columns"] == {"Lives in": "residence", "Shoe size": "-", "Zipp": "postcode"}
    assert path.stat().st_mode & 0o077 == 0 and "Ada" not in path.read_text()
    code, seen = at_terminal(work / "home", *args, keys=[])
    assert code == 0 and "'Lives in' is read as residence, as answered before" in seen, seen
    done = optout(work, *args)
    assert done.returncode == 0 and "Not read, as answered before: 'Shoe size';" in done.stderr, done.stderr
    # A sheet with a residence of its own does not take the other column for it, and an option comes first.
    (work / "people.csv").write_text("name,email,residence,Lives in\nAda,ada@members.example,FR,x\n")
    done = optout(work, *args)
    assert done.returncode == 5 and "Lives in: this column is not known" in done.stderr
    (work / "people.csv").write_text(SHEET)
    done = optout(work, *args, "--column", "-=Zipp")
    assert done.returncode == 0 and "Zipp" not in done.stderr, done.stderr


def test_f32_a_first_row_that_may_be_a_person_is_not_asked_about(work: Path) -> None:
    (work / "people.csv").write_text("Ada Example,ada@members.example,FR\n")
    code, seen = at_terminal(work / "home", "batch", "people.csv", "--firm", "clearview", "-n", keys=[])
    assert code == 5 and "names no column" in seen and "ada@" not in seen and "what does it hold" not in seen


def test_f32_answers_that_cannot_be_used_or_kept_are_said(work: Path) -> None:
    args = ("batch", "people.csv", "--firm", "clearview", "-n")
    config = work / "home" / "config"
    config.mkdir(parents=True, mode=0o700)
    (config / "columns.json").mkdir()
    keys = [("'Lives in'", "residence\n"), ("'Shoe size'", "-\n"), ("'Zipp'", "-\n")]
    code, seen = at_terminal(work / "home", *args, keys=keys[:0])
    assert code == 7 and "columns.json" in seen, seen
    (config / "columns.json").rmdir()
    (config / "columns.json").write_text("{")
    (config / "columns.json").chmod(0o600)
    done = optout(work, *args)
    assert done.returncode == 7 and "is damaged" in done.stderr, done.stderr


def test_f32_three_hundred_columns_are_left_out_with_one_answer(work: Path) -> None:
    others = ",".join(f"Question {n}" for n in range(297))
    (work / "people.csv").write_text(f"name,email,residence,{others}\nAda,ada@members.example,FR{',x' * 297}\n")
    args = ("batch", "people.csv", "--firm", "clearview", "-n")
    done = optout(work, *args)
    assert done.returncode == 5 and "--column -='Question 296' to leave it out" in done.stderr
    code, seen = at_terminal(work / "home", *args, keys=[("It holds", "--\n")])
    assert (
        code == 0 and "-- for none of them in this and all that follow" in seen and seen.count("what does it hold") == 1
    ), seen
    done = optout(work, *args)
    assert done.returncode == 0 and "'Question 4' and 292 more; --column" in done.stderr, done.stderr


def test_f32_a_question_that_is_not_answered_keeps_nothing(work: Path) -> None:
    args = ("batch", "people.csv", "--firm", "clearview")
    code, seen = at_terminal(work / "home", *args, keys=[("It holds", "residence\n"), ("It holds", "\x03")])
    assert code == 130 and "stopped" in seen
    assert not (work / "home" / "config" / "columns.json").exists() and not (work / "optout-letters").exists()
