"""What a batch counts, names and leaves: letters, rows, languages, lists and the code at the end."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from tests.cli import sheets
from tests.cli.test_batch import batch, letters
from tests.cli.test_main_job import optout
from tests.faults.test_batches import start

ASKED = ("batch", "people.csv", "--firm", "clearview", "--format", "txt", "--yes")


def test_letters_in_two_languages_are_counted_as_they_are_written(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 3, m0={"residence": "CA-QC"}, m1={"residence": "FR"}, m2={"residence": "FR"})
    planned = batch(tmp_path, "-n", expect=3)["letters"]
    done = optout(tmp_path, *ASKED)
    assert f"3 cases, {planned} letters." in done.stderr and f"3 cases with {planned} letters written." in done.stderr
    assert len(letters(tmp_path)) == planned


def test_a_language_without_letters_is_said_and_nobody_is_left_out(tmp_path: Path) -> None:
    others = {"m0": {"residence": "GB-ENG", "language": "fr"}, "m1": {"residence": "US-IL", "language": "de"}}
    sheets.write(tmp_path / "people.csv", 3, **others, m2={"residence": "FR", "language": "fr"})
    found = batch(tmp_path, "-n", expect=3)["named"]
    assert [(x["line"], x["why"], x["place"]) for x in found] == [(2, "language", "gb-eng"), (4, "language", "us-il")]
    done = optout(tmp_path, *ASKED)
    assert done.returncode == 0, done.stderr
    assert "2 cases in another language than was asked for" in done.stderr and "(row 2, 3 (line 4))" in done.stderr
    texts = letters(tmp_path).values()
    assert {n for n in range(3) if any(f"Nr{n}x" in text for text in texts)} == {0, 1, 2}


def test_a_row_is_named_as_a_spreadsheet_counts_it_and_by_its_line(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 6, m4={"name": "", "email": "x"}, m5={"minor": "yes"})
    done = optout(tmp_path, *ASKED)
    assert done.returncode == 5 and "people.csv:10:name: row 6: " in done.stderr, done.stderr
    (problem, _) = json.loads(optout(tmp_path, *ASKED, "--json").stderr.splitlines()[-1])["problems"]
    assert problem["line"] == 10
    sheets.write(tmp_path / "people.csv", 6, m5={"minor": "yes"})
    assert "(row 7 (line 12))" in optout(tmp_path, *ASKED, "-n").stderr
    sheets.write(tmp_path / "people.csv", 6, **{f"m{n}": {"address": "", "minor": "yes"} for n in range(6)})
    assert "(row 2, 3, 4, 5, 6, 7)" in optout(tmp_path, *ASKED, "-n").stderr


def test_lists_are_opened_by_a_spreadsheet_program_as_what_they_are(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 2, m0={"name": "Zoë Müller"}, m1={"name": "Zoë Łuk", "email": "x"})
    made = batch(tmp_path, "--skip-invalid", expect=1)
    for name in (".csv", "-to-mend.csv"):
        data = (tmp_path / "optout-letters" / f"{made['batch']}{name}").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\xef\xbb\xbf") == 1 and "Zoë".encode() in data
    mended = tmp_path / "optout-letters" / f"{made['batch']}-to-mend.csv"
    (row,) = csv.DictReader(mended.read_text(encoding="utf-8-sig").splitlines())
    assert row["name"] == "Zoë Łuk" and "email" in row["problems"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("Zo\ufffd Example", "U+FFFD"), ("ZoÃ« Example", "wrong encoding"), ("JosÃ© Ruiz", "wrong encoding")],
)
def test_names_that_lost_letters_on_their_way_are_refused(tmp_path: Path, name: str, said: str) -> None:
    sheets.write(tmp_path / "people.csv", 3, m0={"name": name}, m1={"name": "JOÃO Ãvila"}, m2={"name": "Zoë’s Ærø"})
    done = optout(tmp_path, *ASKED)
    assert done.returncode == 5 and said in done.stderr and "1 row of people.csv cannot be used" in done.stderr
    assert name not in done.stderr


def test_whoever_has_no_letter_ends_it_with_a_code_also_where_rows_are_left_out(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 3, m1={"name": "\U00012000\U00012001"}, m2={"email": "x"})
    done = optout(tmp_path, *ASKED, "--format", "pdf", "--skip-invalid")
    assert done.returncode == 5 and "1 case could not be written" in done.stderr, done.stderr
    assert "Row 4 (line 4)" not in done.stderr and "Row 3 (line 4), clearview" in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds a file's name by its descriptor")
def test_f02_a_list_that_a_kill_cut_short_goes_with_the_next_run(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 2)
    kill = """import os
real = os.fsync
def fsync(fd):
    name = os.readlink(f"/proc/self/fd/{fd}")
    if "/optout-letters/" in name and name.endswith(".csv.tmp"):
        os.kill(os.getpid(), 9)
    real(fd)
os.fsync = fsync
"""
    process = start(tmp_path, *ASKED, first=kill)
    _, err = process.communicate(timeout=60)
    assert process.returncode == -9, err
    assert [path for path in (tmp_path / "optout-letters").iterdir() if path.name.endswith(".csv.tmp")]
    done = optout(tmp_path, *ASKED)
    assert done.returncode == 0, done.stderr
    assert not list((tmp_path / "optout-letters").glob(".optout-*"))


def test_other_formats_for_what_was_written_before_are_not_promised(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 2)
    batch(tmp_path, expect=2)
    done = optout(tmp_path, *ASKED, "--print")
    assert done.returncode == 0 and "stays as it was written (txt)" in done.stderr
    assert "optout letter REF --format LIST" in done.stderr
    assert "stays as it was" not in optout(tmp_path, *ASKED).stderr


def test_small_things_are_said_as_they_are(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 2, m0={"residence": "Georgia"}, m1={"residence": "Maine"})
    done = optout(tmp_path, *ASKED)
    assert done.returncode == 5 and "may be the country GE" in done.stderr and "is it US-GA?" in done.stderr
    assert "1 row of" in done.stderr
    sheets.write(tmp_path / "people.csv", 2, m0={"residence": "US-GA"})
    ident = batch(tmp_path, expect=2)["batch"]
    done = optout(tmp_path, "status", "--batch", "nosuch")
    assert done.returncode == 4 and "'nosuch' is not known" in done.stderr and ident in done.stderr
    with next((tmp_path / "optout-letters").glob("*.csv")).open(encoding="utf-8-sig") as file:
        ref = next(csv.DictReader(file))["ref"]
    done = optout(tmp_path, "log", ref, "withdrawn")
    assert done.returncode == 0, done.stderr
    sheets.write(tmp_path / "people.csv", 2, m0={"residence": "US-GA"}, m1={"address": "9 New Street of Nr1x"})
    done = optout(tmp_path, "batch", "amend", ident, "people.csv", "-n")
    assert "1 case of it was sent or closed, and stays as it is." in done.stderr
