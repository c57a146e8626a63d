"""F-35: what people write in cells goes through a whole batch: into each format letter by letter, or refused by its row."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import re
import unicodedata
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

from tests.cli.test_main_job import optout
from tests.core.test_subject import KEPT, REFUSED

BATCH = ("batch", "people.csv", "--firm", "clearview", "--demand", "objection", "--only", "--json", "--format")
UNPRINTABLE = {number for number, name in enumerate(KEPT) if any(
    unicodedata.name(sign, "").startswith(("HEBREW", "ARABIC", "DEVANAGARI", "CJK")) or ord(sign) > 0x1F000 for sign in name
)}  # fmt: skip
"""Names for which no font is at hand, unless the system has one; each of them is either printed or named."""


def sheet(path: Path, names: list[str]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["id", "name", "email", "residence", "address_1", "situation"])
        for number, name in enumerate(names):
            out.writerow([f"K{number}", name, f"k{number}@mail.example", "FR", "1 Road", f"Because of {name}."])


def refs(home: Path, made: dict[str, object]) -> dict[int, str]:
    with (home / "optout-letters" / f"{made['batch']}.csv").open(newline="", encoding="utf-8-sig") as file:
        return {int(row["row"][1:]): row["ref"] for row in csv.DictReader(file)}


def letter(home: Path, ref: str, ending: str) -> Path:
    (path,) = (home / "optout-letters").rglob(f"{ref}*.{ending}")
    return path


def in_docx(path: Path) -> str:
    made = docx.Document(str(path))
    tables = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *tables])


def in_eml(path: Path) -> str:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return str(message["From"]) + "\n" + str(message.get_content())  # type: ignore[attr-defined]


def squeezed(text: str) -> str:
    """Without blanks and line breaks, which stand where a line ends."""
    return "".join(unicodedata.normalize("NFC", text).split())


def test_f35_good_names_are_in_every_letter_letter_by_letter(tmp_path: Path) -> None:
    sheet(tmp_path / "people.csv", KEPT)
    done = optout(tmp_path, *BATCH, "docx,txt,eml")
    assert done.returncode == 0, done.stderr
    found = refs(tmp_path, json.loads(done.stdout))
    assert sorted(found) == list(range(len(KEPT)))
    for number, name in enumerate(KEPT):
        wanted = squeezed(name)
        texts = [in_docx(letter(tmp_path, found[number], "docx")), in_eml(letter(tmp_path, found[number], "eml")),
                 letter(tmp_path, found[number], "txt").read_text(encoding="utf-8")]  # fmt: skip
        for text in texts:
            assert squeezed(text).count(wanted) >= 3, ascii(name)  # sender, signature and situation
        assert not any("49" in text for text in texts if "7*7" in name)
        assert all("root:" not in text for text in texts)


def test_f35_a_pdf_has_each_name_or_its_row_is_named_and_nothing_of_it_is_there(tmp_path: Path) -> None:
    sheet(tmp_path / "people.csv", KEPT)
    done = optout(tmp_path, *BATCH, "pdf")
    made = json.loads(done.stdout)
    found = refs(tmp_path, made)
    refused = {one["line"] - 2 for one in made["refused"]}
    assert refused <= UNPRINTABLE and set(found) == set(range(len(KEPT))) - refused
    if refused:
        assert done.returncode == 5 and f"{len(refused)} cases could not be written" in done.stderr
    for number, ref in found.items():
        pages = PdfReader(letter(tmp_path, ref, "pdf")).pages
        text = squeezed("".join(page.extract_text() for page in pages))
        if number not in UNPRINTABLE and "\u0301" not in KEPT[number]:
            assert text.count(squeezed(KEPT[number])) >= 2, ascii(KEPT[number])
    # The same command goes on where it can: whoever has a letter gets no second one.
    again = json.loads(optout(tmp_path, *BATCH, "pdf").stdout)
    assert again["written"] == 0 and {one["line"] - 2 for one in again["refused"]} == refused
    left = json.loads(optout(tmp_path, *BATCH, "docx", "--skip-invalid").stdout)
    assert left["written"] == len(refused) and left["refused"] == []


def test_f35_a_calendar_names_nobody(tmp_path: Path) -> None:
    sheet(tmp_path / "people.csv", KEPT)
    ident = json.loads(optout(tmp_path, *BATCH, "txt").stdout)["batch"]
    done = optout(tmp_path, "log", "--batch", ident, "sent", "--by", "post", "--yes", "--expect", str(len(KEPT)))
    assert done.returncode == 0, done.stderr
    done = optout(tmp_path, "remind", "--ics", "dates.ics", "--with-names")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "dates.ics").read_text(encoding="utf-8")
    assert text.count("BEGIN:VEVENT") >= len(KEPT)
    unfolded = text.replace("\r\n ", "").replace("\n ", "")
    assert not [name for name in KEPT if name in unfolded]


def test_f35_bad_names_end_it_before_a_letter_exists_and_come_back_to_be_mended(tmp_path: Path) -> None:
    bad = [text for text in REFUSED if "\ud800" not in text] + ["x" * 301, "x" * 10_240]
    sheet(tmp_path / "people.csv", ["Ada", *bad, "Zoë"])
    done = optout(tmp_path, *BATCH, "txt")
    assert done.returncode == 5 and not list((tmp_path / "optout-letters").rglob("*.txt"))
    assert len(json.loads(done.stderr.splitlines()[-1])["problems"]) >= len(bad)
    done = optout(tmp_path, *BATCH, "txt", "--skip-invalid")
    made = json.loads(done.stdout)
    assert done.returncode == 0 and made["written"] == 2 and made["skipped"] == [{"why": "wrong", "count": len(bad)}]
    path = tmp_path / "optout-letters" / f"{made['batch']}-to-mend.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    assert len(rows) == len(bad) + 1 and all(re.match(r"name: (row \d+: )?the name ", row[0]) for row in rows[1:])
    mended = [rows[0], *([row[0], row[1], f"Mended {n}", *row[3:]] for n, row in enumerate(rows[1:]))]
    at = rows[0].index("situation")
    with (tmp_path / "people.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [[*row[:at], "grounds" if n else row[at], *row[at + 1 :]] for n, row in enumerate(mended)]
        )
    made = json.loads(optout(tmp_path, *BATCH, "txt").stdout)
    assert made["written"] == len(bad)


@pytest.mark.parametrize("name", ["=1+1", "+33 1 23", "-dash", "@SUM(A1)", " =x", "＝x"])
def test_f35_a_name_is_no_formula_in_the_list_of_the_batch(tmp_path: Path, name: str) -> None:
    sheet(tmp_path / "people.csv", [name])
    made = json.loads(optout(tmp_path, *BATCH, "txt").stdout)
    path = tmp_path / "optout-letters" / f"{made['batch']}.csv"
    (row,) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    assert row["name"] == f"'{name.strip()}"
    (listed,) = json.loads(path.with_suffix(".json").read_text())["cases"]
    assert listed["name"] == name.strip(), "a program reads it as it is"
