"""F-36: workbooks with cells that are no text, with more than one sheet, locked, in disguise, and bombs."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from optout.cli.app import App
from optout.cli.members import Wrong, WrongHeader
from optout.errors import BadData
from tests.faults.member_sheets import SHEET, members, names, opened
from tests.faults.workbooks import MANIFEST, number, ods, ods_cell, ods_row, packed, sheet, xlsx, xlsx_parts
from tests.store.test_secret_service import needed

HEAD = ["name", "email", "residence", "postcode", "id", "minor"]
ADA = ["Ada Example", "ada@members.example", "US-IL", "60601", "", ""]


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App({"home": str(tmp_path / "home")})


def refused(app: App, tmp_path: Path, data: bytes, name: str = "people.xlsx", **options: Any) -> str:
    """The sentence and its hint."""
    with pytest.raises(BadData) as caught:
        list(opened(app, tmp_path, data, name, **options).members())
    return f"{caught.value}; {caught.value.hint}"


def wrong(app: App, tmp_path: Path, data: bytes, name: str = "people.xlsx") -> list[str]:
    (row,) = opened(app, tmp_path, data, name).members()
    assert isinstance(row, Wrong)
    return [problem.message for problem in row.problems]


def test_f36_text_is_read_by_row_and_numbers_where_they_mean_the_same(app: App, tmp_path: Path) -> None:
    data = xlsx(HEAD, ["", "", ""], [*ADA[:4], number("17"), number("1")], [*ADA[:5], ' t="b"><v>0</v>'])
    one, two = members(opened(app, tmp_path, data, "people.xlsx"))
    assert (one.line, one.key, one.minor, one.postcode) == (3, "17", True, "60601")
    assert (two.line, two.key[0], two.minor) == (4, "~", False)


def test_f36_a_table_need_not_begin_at_the_first_cell(app: App, tmp_path: Path) -> None:
    data = xlsx(["", *HEAD], ["", *ADA], ["", *ADA[:3], number("60601")], first=5)
    ada, row = opened(app, tmp_path, data, "people.xlsx").members()
    assert not isinstance(ada, Wrong) and ada.line == 6
    assert isinstance(row, Wrong) and row.problems[0].message.startswith("postcode: E7 holds a number")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (number("60601"), "D2 holds a number, of which a zero at the start or a plus may be lost"),
        (number("1.5"), "D2 holds a number"),
        (' s="1"><v>45000</v>', "D2 holds a date or a time"),
        (' t="b"><v>1</v>', "D2 holds a logical value"),
        (' t="e"><v>#REF!</v>', "D2 holds the error of a formula"),
        (' t="e"><f>1/0</f><v>#DIV/0!</v>', "D2 holds the error of a formula"),
        ("><f>A1</f>", "D2 holds a formula without its result"),
        ("><f>A1</f><v></v>", "D2 holds a formula without its result"),
    ],
)
def test_f36_a_cell_that_is_no_text_is_named(app: App, tmp_path: Path, cell: str, said: str) -> None:
    (message,) = wrong(app, tmp_path, xlsx(HEAD, [*ADA[:3], cell]))
    assert message.startswith(f"postcode: {said}")


def test_f36_a_formula_with_a_text_as_its_result_is_that_text(app: App, tmp_path: Path) -> None:
    formula = ' t="str"><f>A1</f><v>60601</v>'
    (ada,) = members(opened(app, tmp_path, xlsx(HEAD, [*ADA[:3], formula]), "people.xlsx"))
    assert ada.postcode == "60601"
    (ada,) = members(opened(app, tmp_path, xlsx(HEAD, [*ADA[:3], ' t="str"><f>A1</f><v></v>']), "people.xlsx"))
    assert ada.postcode == ""


def test_f36_a_wrong_text_is_named_by_its_cell(app: App, tmp_path: Path) -> None:
    assert wrong(app, tmp_path, xlsx(HEAD, ["Ada", "no", *ADA[2:]])) == ["email: B2: the e-mail address is not one"]


def test_f36_merged_cells_are_named_and_the_other_rows_are_read(app: App, tmp_path: Path) -> None:
    merges = '<mergeCells><mergeCell ref="C3:D4"/><mergeCell ref="H2:H3"/><mergeCell ref="A6:XFD1048576"/></mergeCells>'
    rows = [ADA, ["Zoë Example", *ADA[1:]], ["Bo Example", "bo@members.example", "", ""], ADA, ["", "", "", ""]]
    one, two, three, last = opened(app, tmp_path, xlsx(HEAD, *rows, after=merges), "people.xlsx").members()
    assert not isinstance(one, Wrong) and not isinstance(last, Wrong) and last.line == 5
    assert isinstance(two, Wrong) and isinstance(three, Wrong)
    said = "is merged with others: split them and fill in each"
    assert [problem.message for problem in two.problems] == [f"residence: C3 {said}", f"postcode: D3 {said}"]
    assert [problem.message for problem in three.problems] == [f"residence: C4 {said}", f"postcode: D4 {said}"]
    spanned = ods_cell("FR", 'table:number-rows-spanned="2"')
    covered = "<table:covered-table-cell/>"
    rows = [ods_row(*HEAD[:3]), ods_row(*ADA[:3]), ods_row("Zoë", "zoe@members.example", spanned),
            ods_row("Bo", "bo@members.example", covered)]  # fmt: skip
    found = list(opened(app, tmp_path, ods(*rows), "people.ods").members())
    assert [[problem.message for problem in row.problems] if isinstance(row, Wrong) else [] for row in found] == [
        [], [f"residence: C3 {said}"], [f"residence: C4 {said}"]]  # fmt: skip


def test_f36_merged_names_of_columns_are_named(app: App, tmp_path: Path) -> None:
    merges = '<mergeCells><mergeCell ref="C1:D2"/></mergeCells>'
    with pytest.raises(WrongHeader) as caught:
        opened(app, tmp_path, xlsx(HEAD, ADA, after=merges), "people.xlsx")
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (1, 3)
    assert problem.message.startswith("C1 to D2 are merged")


def test_f36_of_several_sheets_one_must_be_named(app: App, tmp_path: Path) -> None:
    other = [*HEAD], ["Zoë Example", *ADA[1:]]
    parts = {"Members": sheet([HEAD, ADA]), "Old": sheet(other), "Empty": sheet([])}
    data = packed(xlsx_parts(parts))
    said = refused(app, tmp_path, data)
    assert "several sheets: 'Members', 'Old', 'Empty'" in said and "--sheet NAME" in said
    assert names(opened(app, tmp_path, data, "people.xlsx", sheet="Old")) == ["Zoë Example"]
    assert "has no sheet 'New'; it has 'Members'" in refused(app, tmp_path, data, sheet="New")
    assert "is empty" in refused(app, tmp_path, data, sheet="Empty")
    hidden = packed(xlsx_parts(parts, ["Old"]))
    assert names(opened(app, tmp_path, hidden, "people.xlsx")) == ["Ada Example"]
    assert "only hidden sheets: 'Members' (hidden)" in refused(
        app, tmp_path, packed(xlsx_parts(parts, ["Members", "Old"]))
    )
    assert "has no sheets" in refused(app, tmp_path, SHEET.encode(), "people.csv", sheet="Old")


def test_f36_ods(app: App, tmp_path: Path) -> None:
    tail = '<table:table-cell table:number-columns-repeated="16378"/>'
    empty = ods_row(
        '<table:table-cell table:number-columns-repeated="16384"/>', more='table:number-rows-repeated="1048570"'
    )
    postcode = ods_cell("60601", 'office:value-type="float" office:value="60601"')
    day = ods_cell("x", 'office:value-type="date" office:date-value="2026-01-02"')
    error = ods_cell("#DIV/0!", 'office:string-value="" calcext:value-type="error"')
    broken = ods_cell("1 Road<text:line-break/>Town")
    rows = [ods_row(*ADA[:3], cell, tail) for cell in ("60601", postcode, day, error, broken)]
    found = list(opened(app, tmp_path, ods(ods_row(*HEAD[:4], tail), *rows, empty), "people.ods").members())
    messages = [row.problems[0].message for row in found if isinstance(row, Wrong)]
    assert [row.line for row in found] == [2, 3, 4, 5, 6] and not isinstance(found[0], Wrong)
    said = ["D3 holds a number", "D4 holds a date", "D5 holds the error", "D6 has a line break"]
    assert [
        message.removeprefix("postcode: ")[: len(start)] for message, start in zip(messages, said, strict=True)
    ] == said


def test_f36_ods_with_lines_in_a_cell(app: App, tmp_path: Path) -> None:
    head = ods_row("name", "email", "residence", "address")
    row = ods_row("Ada", "ada@members.example", "FR", ods_cell("1 rue</text:p><text:p>Paris"))
    (ada,) = members(opened(app, tmp_path, ods(head, row), "people.ods"))
    assert ada.subject.address == ("1 rue", "Paris")


def test_f36_locked_old_and_disguised_files_are_told_apart(app: App, tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    locked = ole + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert "protected by a password; save it without one" in refused(app, tmp_path, locked)
    assert "of the old kind (.xls); save it as .xlsx or CSV" in refused(app, tmp_path, ole, "people.xls")
    assert "if it is CSV, rename it" in refused(app, tmp_path, SHEET.encode())
    assert "is no text but a workbook" in refused(app, tmp_path, xlsx(HEAD, ADA), "people.csv")
    assert "is no workbook that is read here" in refused(app, tmp_path, xlsx(HEAD, ADA), "people.docx")
    secret = ods(ods_row(*HEAD), manifest="<manifest:encryption-data/>")
    assert "protected by a password" in refused(app, tmp_path, secret, "people.ods")
    flagged = bytearray(xlsx(HEAD, ADA))
    flagged[flagged.index(b"PK\x01\x02") + 8] |= 1
    assert "protected by a password" in refused(app, tmp_path, bytes(flagged))
    assert "is damaged, or is no workbook" in refused(app, tmp_path, packed({"a.txt": "a"}))


def test_f36_a_workbook_cut_or_damaged_anywhere_is_refused_or_read_right(app: App, tmp_path: Path) -> None:
    data = xlsx(HEAD, ADA)
    for place in range(4, len(data), 7):
        assert "damaged" in refused(app, tmp_path, data[:place])
        flipped = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
        try:
            found = list(opened(app, tmp_path, flipped, "people.xlsx").members())
        except BadData:
            continue
        assert [row.subject.name for row in found if not isinstance(row, Wrong)] == ["Ada Example"]


# -- bombs


def far(last: str) -> bytes:
    """Two cells, and nothing between them."""
    cells = [f'<row><c r="{reference}"><v>1</v></c></row>' for reference in ("A1", last)]
    return packed(xlsx_parts({"Members": f"<sheetData>{''.join(cells)}</sheetData>"}))


def bomb() -> bytes:
    """A third of a MiB that unpacks to much more."""
    parts = xlsx_parts({"Members": sheet([HEAD, ADA])})
    parts["xl/sharedStrings.xml"] = b"<sst>" + b"<si><t>aaaaaaaaaaaaaaaaaaaa</t></si>" * 9_000_000 + b"</sst>"
    return packed(parts)


def lying() -> bytes:
    """Declares a small sheet, with the checksum of its start, and goes on and on."""
    whole = b"<worksheet><sheetData>" + b"<row/>" * 20_000_000
    claimed = 4_000_000
    data = packed({**xlsx_parts({"Members": ""}), "xl/worksheets/sheet1.xml": whole})
    at = data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02")) - 46
    header = bytearray(data)
    struct.pack_into("<L", header, at + 16, zlib.crc32(whole[:claimed]))
    struct.pack_into("<L", header, at + 24, claimed)
    return bytes(header)


BOMBS = {
    "ratio": (bomb, "people.xlsx", "unpacks to far more"),
    "lie": (lying, "people.xlsx", "unpacks to far more"),
    "entries": (lambda: packed({f"{i}": "" for i in range(2001)}), "people.xlsx", "unpacks to far more"),
    "far": (lambda: far("XFD1048576"), "people.xlsx", "as far down as XFD1048576"),
    "down": (lambda: far("D1048576"), "people.xlsx", "as far down as D1048576"),
    "repeated": (
        lambda: ods(ods_row(ods_cell("x", 'table:number-columns-repeated="16384"'), more='table:number-rows-repeated="99999"')),
        "people.ods",
        "too many to be loaded",
    ),
    "entities": (
        lambda: packed(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;&b;</a>',
                "META-INF/manifest.xml": MANIFEST.format(""),
            }
        ),
        "people.ods",
        "is damaged",
    ),
}  # fmt: skip

READS = """
import resource, sys, time
from optout.cli.app import App
from optout.cli.members import source
from optout.errors import BadData
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
try:
    source(App({"home": sys.argv[1]}), sys.argv[2])
except BadData as error:
    print(error)
print(time.process_time() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures the memory in kibibytes")
@pytest.mark.parametrize("kind", BOMBS)
def test_f36_a_bomb_is_refused_in_a_second_and_little_memory(tmp_path: Path, kind: str) -> None:
    made, name, said = BOMBS[kind]
    (tmp_path / name).write_bytes(made())
    command = [sys.executable, "-c", READS, str(tmp_path / "home"), str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    sentence, measured = done.stdout.splitlines()
    assert said in sentence
    seconds, mebibytes = map(float, measured.split())
    assert seconds < 1 and mebibytes < 100


def test_f36_an_honest_workbook_of_many_rows_is_read(app: App, tmp_path: Path) -> None:
    rows = [[f"Ada {i}", f"ada{i}@members.example", *ADA[2:]] for i in range(3000)]
    assert len(members(opened(app, tmp_path, xlsx(HEAD, *rows), "people.xlsx"))) == 3000


@pytest.mark.system
@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_f36_what_a_spreadsheet_program_saves_is_read(app: App, tmp_path: Path, ending: str) -> None:
    (tmp_path / "a.csv").write_text('name,email,residence,address\nZoë Example,zoe@members.example,FR,"1 rue\nParis"\n')
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [needed("soffice"), profile, "--headless", "--infilter=CSV:44,34,76", "--convert-to", ending,
               "--outdir", str(tmp_path), str(tmp_path / "a.csv")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    (zoe,) = members(opened(app, tmp_path, (tmp_path / f"a.{ending}").read_bytes(), f"people.{ending}"))
    assert (zoe.subject.name, zoe.subject.address) == ("Zoë Example", ("1 rue", "Paris"))
