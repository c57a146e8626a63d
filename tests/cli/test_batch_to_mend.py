"""The list of rows to be mended: what was mended in it stays, and no fault goes unseen into it."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.cli import sheets
from tests.cli.test_batch import batch
from tests.cli.test_main_job import optout
from tests.faults.workbooks import number, text, xlsx

ASKED = ("--firm", "clearview", "--format", "txt")


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def test_a_list_that_was_mended_is_not_written_over(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 2, m1={"residence": "Nowhere"})
    ident = batch(tmp_path, "--skip-invalid", expect=1)["batch"]
    path = tmp_path / "optout-letters" / f"{ident}-to-mend.csv"
    first = path.read_bytes()
    batch(tmp_path, "--skip-invalid", expect=0)
    assert path.read_bytes() == first and len(list(path.parent.glob("*-to-mend*"))) == 1
    path.write_bytes(mended := first.replace(b"Nowhere", b"FR"))
    done = optout(tmp_path, "batch", "people.csv", *ASKED, "--skip-invalid")
    assert done.returncode == 0 and f"kept beside it as {ident}-to-mend-edited-1.csv" in done.stderr
    aside = path.parent / f"{ident}-to-mend-edited-1.csv"
    assert aside.read_bytes() == mended and path.read_bytes() == first
    found = optout(tmp_path, "forget", "Person Nr0x", "-n").stdout
    assert "-to-mend-edited-1.csv" in found


def test_what_a_list_cannot_show_is_refused_until_it_was_typed_again(tmp_path: Path) -> None:
    header = ["id", "name", "email", "residence", "postcode"]
    rows = [["1", "Ann Lee", "ann@mail.example", "FR", "1234"], ["2", "Bo Lee", "bo@mail.example", "FR", "01234"]]
    cells = [[text(cell) for cell in row] for row in (header, *rows)]
    cells[1][-1] = number("1234")
    (tmp_path / "people.xlsx").write_bytes(xlsx(*cells))
    done = optout(tmp_path, "batch", "people.xlsx", *ASKED, "--skip-invalid")
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "optout-letters").glob("*-to-mend.csv")
    (tmp_path / "again.csv").write_bytes(path.read_bytes())
    done = optout(tmp_path, "batch", "again.csv", *ASKED)
    assert done.returncode == 5 and "type again what is named in this cell, then empty it" in done.stderr
    # A list made of that list says the same, and names the same cell.
    done = optout(tmp_path, "batch", "again.csv", *ASKED, "--skip-invalid")
    (second,) = (tmp_path / "optout-letters").glob("again-*-to-mend.csv")
    assert read(second) == read(path)
    mended = read(path)
    mended[1][0], mended[1][-1] = "", "01234"
    with (tmp_path / "again.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(mended)
    done = optout(tmp_path, "batch", "again.csv", *ASKED)
    assert done.returncode == 0 and "1 case with" in done.stderr, done.stderr
