"""F-31: sheets that are cut off, damaged, changed, or written in another dialect."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from optout.cli.app import App
from optout.cli.members import Wrong, source
from optout.errors import BadData
from tests.faults.member_sheets import HEAD, SHEET, ZOE, members, names, opened, place, refused


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App({"home": str(tmp_path / "home")})


# -- F-31


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("last", [True, False])
def test_f31_delimiters_line_ends_and_quotes(app: App, tmp_path: Path, end: str, delimiter: str, last: bool) -> None:
    rows = [
        ["name", "email", "residence", "address"],
        ['Ada "A" Example', "ada@members.example", "FR", "1 Road\n2 Town"],
        ["", "", "", ""],
        ["Zoë Example", "zoe@members.example", "fr", ""],
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    data = text.getvalue().replace("\n", end)
    ada, zoe = members(opened(app, tmp_path, data if last else data.removesuffix(end)))
    assert (ada.line, ada.subject.name, ada.subject.address) == (2, 'Ada "A" Example', ("1 Road", "2 Town"))
    assert (zoe.line, zoe.subject.name, zoe.subject.address) == (5, "Zoë Example", ())


def test_f31_the_first_line_of_a_spreadsheet_program_names_the_delimiter(app: App, tmp_path: Path) -> None:
    (ada,) = members(opened(app, tmp_path, "sep=|\r\nname|email|residence\r\nAda|ada@members.example|FR\r\n"))
    assert (ada.line, ada.subject.name) == (3, "Ada")
    assert names(opened(app, tmp_path, "name|email|residence\nAda|ada@members.example|FR\n", delimiter="|")) == ["Ada"]
    assert "--delimiter" in str(refused(app, tmp_path, SHEET, delimiter="::"))


@pytest.mark.parametrize(
    ("tail", "at", "said"),
    [
        ('"Ada,ada@members.example,FR\n', (4, 1), "never closed"),
        ('Ada,ada@members.example,"FR', (4, 3), "never closed"),
        ('Ada,"a" b,FR\n', (4, 2), "after the closing quotation mark"),
        (f"Ada,{'a' * 131_073},FR\n", (4, 2), "131,072"),
        ('"A\nda","ad""a","FR' + "\nx" * 200_000, (5, 3), "131,072"),
    ],
)
def test_f31_a_damaged_cell_is_named(app: App, tmp_path: Path, tail: str, at: tuple[int, int], said: str) -> None:
    error = refused(app, tmp_path, SHEET + tail)
    assert place(error) == at
    assert said in error.problems[0].message


def test_f31_a_file_cut_anywhere_never_gives_a_short_last_row(app: App, tmp_path: Path) -> None:
    """All but the very last cell: a name or an address that is cut there cannot be told from a short one."""
    data = 'name,email,residence,id\n"Zoë ""Z"" Example",zoe@members.example,FR,A1\n'.encode()
    start = data.index(b"\n") + 1
    whole = names(opened(app, tmp_path, data))
    for end in range(start + 1, data.index(b",A1") + 1):
        try:
            rows = list(opened(app, tmp_path, data[:end]).members())
        except BadData as error:
            assert error.problems[0].line == 2
            continue
        assert [isinstance(row, Wrong) and row.line == 2 for row in rows] == [True]
    assert whole == ['Zoë "Z" Example']


def test_f31_a_file_cut_within_a_character(app: App, tmp_path: Path) -> None:
    data = SHEET.encode()
    error = refused(app, tmp_path, data[: data.index("ë".encode()) + 1])
    assert (place(error), error.problems[0].message) == ((3, 1), "the file ends within a character: it was cut off")
    error = refused(app, tmp_path, SHEET.encode("utf-16")[:-1])
    assert "cut off" in error.problems[0].message


@pytest.mark.parametrize(("row", "said"), [("Ada,ada@members.example", "too few"), ("Ada,a@b.example,FR,", "too many")])
def test_f31_a_row_with_another_number_of_cells_is_wrong(app: App, tmp_path: Path, row: str, said: str) -> None:
    (wrong,) = opened(app, tmp_path, f"{HEAD}{row}\n").members()
    assert isinstance(wrong, Wrong)
    assert (wrong.line, wrong.cells) == (2, tuple(row.split(",")))
    assert said in wrong.problems[0].message


def test_f31_a_nought_in_a_cell_is_wrong(app: App, tmp_path: Path) -> None:
    (wrong,) = opened(app, tmp_path, HEAD + "A\0da,ada@members.example,FR\n").members()
    assert isinstance(wrong, Wrong)
    assert "U+0000" in wrong.problems[0].message


def test_f31_one_endless_line_does_not_fill_the_memory(app: App, tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    path.write_bytes(HEAD.encode() + b"x," * (8 << 20))
    found = source(app, str(path))
    tracemalloc.start()
    with pytest.raises(BadData, match="longer than"):
        list(found.members())
    assert tracemalloc.get_traced_memory()[1] < 64 << 20
    tracemalloc.stop()


def test_f31_a_file_that_changes_between_two_passes_is_refused(app: App, tmp_path: Path) -> None:
    found = opened(app, tmp_path, SHEET)
    assert names(found) == names(found)
    path = tmp_path / "people.csv"
    before = path.stat()
    path.write_bytes(SHEET.replace("Zoë", "Zoé").encode())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # the same size and time: only the content tells
    with pytest.raises(BadData, match="changed while it was read"):
        list(found.members())
    path.write_bytes(SHEET.encode() + ZOE.encode())
    with pytest.raises(BadData, match="changed while it was read"):
        list(found.members())


def test_f31_a_file_that_is_replaced_is_read_as_it_was(app: App, tmp_path: Path) -> None:
    found = opened(app, tmp_path, SHEET)
    (tmp_path / "other").write_text(HEAD)
    (tmp_path / "other").replace(tmp_path / "people.csv")
    assert names(found) == ["Ada Example", "Zoë Example"]


def test_f31_two_passes_may_go_on_side_by_side(app: App, tmp_path: Path) -> None:
    text = HEAD + "".join(f"Ada {i},ada{i}@members.example,FR\n" for i in range(20_000))
    found = opened(app, tmp_path, text)
    assert all(one == other for one, other in zip(found.members(), found.members(), strict=True))


READS = """
import sys
from optout.cli.app import App
from optout.cli.members import source
found = source(App({"home": sys.argv[1]}), sys.argv[2])
print(found.name, [m.subject.name for m in found.members()] == [m.subject.name for m in found.members()] == ["Ada"])
"""


def test_f31_standard_input_and_pipes_are_read_whole(tmp_path: Path) -> None:
    data = f"{HEAD}Ada,ada@members.example,FR\n".encode()
    command = [sys.executable, "-c", READS, str(tmp_path / "home")]
    done = subprocess.run([*command, "-"], input=data, capture_output=True, cwd=Path(__file__).parents[2])
    assert done.stdout.decode().strip() == "- True", done.stderr
    if sys.platform != "win32":
        done = subprocess.run([*command, "/dev/stdin"], input=data, capture_output=True, cwd=Path(__file__).parents[2])
        assert done.stdout.decode().strip() == "stdin True", done.stderr


def test_f31_what_cannot_be_opened_is_said(app: App, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(BadData, match="cannot be read"):
            source(app, str(path))
