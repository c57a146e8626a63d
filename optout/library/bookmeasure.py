"""How large the sheets of a workbook are, and which cells its reader would give as empty: found without loading them.

A sheet is loaded as a full rectangle, so that two cells far apart cost as much as all between them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers import expat

from optout.errors import BadData
from optout.library.bookzip import damaged, entries, locked, unpacked

FEW_CELLS = 1_000_000
"""So large a rectangle is loaded even where little is in it."""
SPARSE = 20
"""Times as many cells as have something in them is the largest rectangle beyond that."""
MOST_CELLS = 30_000_000
MOST_ODD = 10_000
"""Cells with an error or without their result."""
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_WORKSHEET = "/worksheet"


class Measured:
    """One sheet."""

    def __init__(self) -> None:
        self.rows = self.columns = self.filled = 0
        """The last row and column with something in it, and how many cells have something in them."""
        self.odd: dict[tuple[int, int], str] = {}
        """Rows and columns, from 1, of cells with an `error`, a `formula` without its result, or a lost `break`."""
        self.merged: list[tuple[int, int, int, int]] = []
        """First row and column, last row and column."""

    def fill(self, row: int, column: int, count: int = 1) -> None:
        self.filled += count
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)

    def mark(self, row: int, column: int, kind: str) -> None:
        if len(self.odd) >= MOST_ODD:
            raise ValueError("too many odd cells")
        self.odd[row, column] = kind


def column_name(column: int) -> str:
    """A for 1, AA for 27."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _reference(text: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(text.replace("$", ""))
    if not found:
        raise ValueError("no reference of a cell")
    column = 0
    for sign in found.group(1):
        column = column * 26 + ord(sign) - 64
    return int(found.group(2)), column


def measure(name: str, data: bytes) -> dict[str, Measured]:
    """By the name of the sheet. Raises BadData for a bomb, a password, and what is no workbook."""
    found = entries(name, data)

    def read(path: str, start: Callable[..., None], text: Callable[..., None] | None = None) -> None:
        _parse(name, data, found[path], start, text)

    if "content.xml" in found and "META-INF/manifest.xml" in found:
        if b"encryption-data" in b"".join(unpacked(name, data, found["META-INF/manifest.xml"])):
            raise locked(name)
        tables = _Tables()
        read("content.xml", tables.start)
        sheets: Mapping[str, Measured] = tables.sheets
        kept = {"content.xml", "META-INF/manifest.xml"}
    elif "xl/workbook.xml" in found and "xl/_rels/workbook.xml.rels" in found:
        sheets, kept = _xlsx(name, data, found)
    else:
        raise damaged(name)
    for path, info in found.items():
        if path not in kept:  # is unpacked by the reader without a count
            for _ in unpacked(name, data, info):
                pass
    return _sized(name, dict(sheets))


def _sized(name: str, sheets: dict[str, Measured]) -> dict[str, Measured]:
    filled = sum(sheet.filled for sheet in sheets.values())
    area = sum(sheet.rows * sheet.columns for sheet in sheets.values())
    if filled > MOST_CELLS or area > max(FEW_CELLS, SPARSE * filled):
        far = max(sheets.values(), key=lambda sheet: sheet.rows * sheet.columns)
        last = f"{column_name(far.columns)}{far.rows}"
        raise BadData(
            f"{name} has cells as far down as {last} and little before it, or too many to be loaded",
            hint="delete what does not belong to the table, or save it as CSV UTF-8",
        )
    return sheets


def _xlsx(name: str, data: bytes, found: Mapping[str, Any]) -> tuple[dict[str, Measured], set[str]]:
    names: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(tag: str, given: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            ident = next((value for key, value in given.items() if key.endswith(":id")), "")
            names[given.get("name", "")] = ident

    def relation(tag: str, given: dict[str, str]) -> None:
        if given.get("Type", "").endswith(_WORKSHEET):
            targets[given.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", given.get("Target", ""))).lstrip(
                "/"
            )

    _parse(name, data, found["xl/workbook.xml"], sheet)
    _parse(name, data, found["xl/_rels/workbook.xml.rels"], relation)
    sheets = {}
    pages = {path for path in found if path.startswith("xl/worksheets/") and path.endswith(".xml")}
    if not pages >= set(targets.values()):
        raise damaged(name)
    measured = {}
    for path in pages:
        cells = _Cells()
        _parse(name, data, found[path], cells.start, cells.text)
        cells.close()
        measured[path] = cells.sheet
    for title, ident in names.items():
        if ident in targets:
            sheets[title] = measured[targets[ident]]
    return sheets, pages | {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}


def _parse(
    name: str, data: bytes, info: Any, start: Callable[..., None], text: Callable[..., None] | None = None
) -> None:
    """Raises BadData for what is no XML, and for a document type, which no workbook has."""

    def doctype(*_: Any) -> None:
        raise ValueError("a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for block in unpacked(name, data, info):
            parser.Parse(block)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise damaged(name) from None


class _Cells:
    """A sheet of xlsx."""

    def __init__(self) -> None:
        self.sheet = Measured()
        self._row = self._column = 0
        self._formula = self._value = self._result = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self.close()
            if "r" in given:
                self._row, self._column = _reference(given["r"])
            else:
                self._column += 1
            self.sheet.fill(self._row, self._column)
            kind = given.get("t", "")
            self._result = kind == "str"  # of a formula; it may be empty
            if kind == "e":
                self.sheet.mark(self._row, self._column, "error")
                self._result = True
        elif tag == "row":
            self.close()
            self._row = int(given.get("r", self._row + 1))
            self._column = 0
        elif tag == "f":
            self._formula = True
        elif tag == "v":
            self._value = True
        elif tag == "mergeCell":
            first, _, last = given.get("ref", "").partition(":")
            self.sheet.merged.append((*_reference(first), *_reference(last or first)))

    def text(self, data: str) -> None:
        if self._value and data.strip():
            self._result = True

    def close(self) -> None:
        """Ends the cell before."""
        if self._formula and not self._result:
            self.sheet.mark(self._row, self._column, "formula")
        self._formula = self._value = self._result = False


class _Tables:
    """All sheets of ods."""

    def __init__(self) -> None:
        self.sheets: dict[str, Measured] = {}
        self._sheet = Measured()
        self._row = self._column = 0
        self._rows = self._columns = 1

    def start(self, tag: str, given: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag in ("table-cell", "covered-table-cell"):
            self._cell(given)
        elif tag == "table-row":
            self._row += self._rows
            self._rows = int(given.get("table:number-rows-repeated", 1))
            self._column, self._columns = 0, 1
        elif tag == "table":
            self._sheet = self.sheets.setdefault(given.get("table:name", ""), Measured())
            self._row, self._rows = 0, 1
        elif tag == "line-break" and self._column:
            self._sheet.mark(self._row, self._column, "break")

    def _cell(self, given: dict[str, str]) -> None:
        self._column += self._columns
        self._columns = int(given.get("table:number-columns-repeated", 1))
        last = self._row + self._rows - 1, self._column + self._columns - 1
        if "office:value-type" in given:
            self._sheet.fill(*last, self._rows * self._columns)
        if given.get("calcext:value-type") == "error":
            self._sheet.mark(self._row, self._column, "error")
        down = int(given.get("table:number-rows-spanned", 1))
        right = int(given.get("table:number-columns-spanned", 1))
        if max(down, right) > 1:
            self._sheet.merged.append((self._row, self._column, self._row + down - 1, self._column + right - 1))
