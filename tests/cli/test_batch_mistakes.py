"""Mistakes in a sheet or a command of `optout batch`: each is named, and nothing is left of a run that could not begin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli import sheets
from tests.cli.test_batch import batch, letters, manifest
from tests.cli.test_main_job import optout

ASKED = ("batch", "people.csv", "--firm", "clearview", "--format", "txt")


def nothing(home: Path) -> bool:
    """Neither a vault nor a folder of letters."""
    return not (home / "home" / "optout.db").exists() and not (home / "optout-letters").exists()


def test_f32_the_same_id_of_two_people_is_a_mistake_and_not_a_repeat(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 4, m2={"id": "M0"}, m3={**sheets.row(0), "residence": "DE"})
    done = optout(tmp_path, *ASKED)
    assert (
        done.returncode == 5 and "people.csv:6:id: row 4: row 2 has the same id, and is of somebody else" in done.stderr
    )
    assert nothing(tmp_path)
    made = batch(tmp_path, "--skip-invalid", expect=2)
    assert {x["why"]: x["count"] for x in made["skipped"]} == {"wrong": 1, "twice": 1}
    assert {row["row"] for row in manifest(tmp_path, made["batch"])} == {"M0", "M1"}
    mended = (tmp_path / "optout-letters" / f"{made['batch']}-to-mend.csv").read_text(encoding="utf-8")
    assert "Person Nr2x" in mended and "Person Nr1x" not in mended


def test_f32_columns_named_again_in_the_middle_are_one_problem(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 2)
    path = tmp_path / "people.csv"
    path.write_text(path.read_text() * 2)
    done = optout(tmp_path, *ASKED)
    assert done.returncode == 5 and done.stderr.count("this row names the columns again") == 1
    assert "1 row of people.csv cannot be used" in done.stderr and nothing(tmp_path)


def test_f32_a_header_alone_makes_no_batch(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 0)
    done = optout(tmp_path, *ASKED)
    assert done.returncode == 0 and "nobody to write for" in done.stderr and nothing(tmp_path)
    made = json.loads(optout(tmp_path, *ASKED, "--json").stdout)
    assert made["rows"] == made["written"] == 0 and made["manifest"] == []
    sheets.write(tmp_path / "people.csv", 1, m0={"minor": "yes"})
    assert optout(tmp_path, *ASKED).returncode == 0 and nothing(tmp_path)
    (other := tmp_path / "other").mkdir()
    assert (
        optout(
            other, "profile", "new", "me", "--name", "Bo", "--email", "bo@mail.example", "--residence", "FR"
        ).returncode
        == 0
    )
    done = optout(other, "batch", str(tmp_path / "people.csv"), *ASKED[2:])
    assert done.returncode == 0 and "nobody to write for" in done.stderr
    assert json.loads(optout(other, "status", "--by", "batch", "--json").stdout)["groups"] == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--demand", "deletoin"], "did you mean 'deletion'?"),
        (["--law", "gpdr"], "did you mean 'gdpr'?"),
        (["--language", "xx"], "letters are written in: en, fr"),
    ],
)
def test_what_nobody_could_get_a_letter_by_is_no_reason_of_each_row(tmp_path: Path, args: list[str], said: str) -> None:
    sheets.write(tmp_path / "people.csv", 2)
    for more in ((), ("-n",)):
        done = optout(tmp_path, *ASKED, *args, *more)
        assert done.returncode == 4 and said in done.stderr and nothing(tmp_path)


def test_an_objection_without_grounds_names_the_column(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 1)
    done = optout(tmp_path, *ASKED, "--demand", "objection", "-n")
    assert "fill in the column situation" in done.stdout and "--because" not in done.stdout + done.stderr


def test_a_file_in_place_of_the_folder_is_named_before_anything_is_made(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 1)
    for folder in ("people.csv", "people.csv/letters/more"):
        done = optout(tmp_path, *ASKED, "-o", folder)
        assert done.returncode == 1 and "people.csv is a file and no folder" in done.stderr and nothing(tmp_path)


def test_options_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 1)
    done = optout(tmp_path, *ASKED, "--sample", "2")
    assert done.returncode == 2 and "--sample goes with --dry-run" in done.stderr and nothing(tmp_path)
    ident = batch(tmp_path, expect=1)["batch"]
    sheets.write(tmp_path / "people.csv", 1, m0={"address": "9 New Street"})
    before = letters(tmp_path)
    for args in (["--format", "pdf"], ["-o", "elsewhere"], ["--demand", "access"], ["--shard", "1/2"], ["--skip-invalid"],
                 ["--enclose-photo"], ["--firm", "pimeyes"]):  # fmt: skip
        done = optout(tmp_path, "batch", "amend", ident, "people.csv", *args)
        assert done.returncode == 2 and "stays as it was when the batch was begun" in done.stderr
    assert letters(tmp_path) == before


def test_a_changed_row_is_named_with_the_command_that_follows_it(tmp_path: Path) -> None:
    (tmp_path / "my sheets").mkdir()
    file = "my sheets/people.csv"
    sheets.write(tmp_path / file, 30)
    ident = batch(tmp_path, expect=30, file=file)["batch"]
    sheets.write(tmp_path / file, 30, **{f"m{n}": {"address": "9 New Street"} for n in range(30)})
    args = ("batch", file, *ASKED[2:])
    done = optout(tmp_path, *args)
    assert done.returncode == 6 and "the rows of 30 cases changed" in done.stderr and ", ...)" in done.stderr
    assert f"optout batch amend {ident} 'my sheets/people.csv'" in done.stderr
    before = letters(tmp_path)
    made = json.loads(optout(tmp_path, *args, "--skip-invalid", "--json").stdout)
    assert made["skipped"] == [{"why": "changed", "count": 30}] and letters(tmp_path) == before
