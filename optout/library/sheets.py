"""Rows of a CSV file or a workbook, each with the line it begins on; a file that is cut or damaged is never cut short.

A CSV file is read from the disk row by row at each pass, so that its size does not matter.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, Self

from optout.errors import BadData
from optout.library import sheetbytes
from optout.library.sheetbytes import Held, Undecodable
from optout.problems import Problem

LONGEST_CELL = 131_072
"""Characters; the limit of Python's reader as well."""
LONGEST_LINE = 1 << 22
"""Characters of one line, however many cells it has."""
DELIMITERS = (",", ";", "\t")
WORKBOOKS = (".xlsx", ".xlsm", ".ods")
NOTHING: Mapping[int, str] = {}
_SEPARATOR = re.compile(r"sep=(.)\r?\n?")
"""A first line that spreadsheet programs write and heed."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Line(int):
    """A line of a CSV file that is another row where a spreadsheet shows it, since cells before it have several lines."""

    row: int

    def __new__(cls, line: int, row: int = 0) -> Self:
        made = super().__new__(cls, line)
        made.row = row or line
        return made


def row_of(line: int) -> int:
    """What a spreadsheet counts."""
    return line.row if isinstance(line, Line) else line


def as_row(line: int) -> str:
    """The row as it is told: with its line where that is another number."""
    return f"{line.row} (line {line})" if isinstance(line, Line) else str(line)


def row_before(line: int) -> str:
    """What is said of the row at the line, which a message names already, where a spreadsheet counts otherwise."""
    return f"row {line.row}: " if isinstance(line, Line) else ""


class Row(NamedTuple):
    line: int
    """Of the file or the sheet, from 1; where the row begins. A `Line` where a spreadsheet counts otherwise."""
    cells: list[str]
    odd: Mapping[int, str]
    """Cells of a workbook that are no text, by their place from 0: `number`, `truth`, `date`, `error`, `formula`,
    `break`, `long`; and those merged with others: `merged`."""


class Sheet(Protocol):
    """What both kinds give."""

    name: str
    header_line: int
    header: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """A new pass over all rows after the header that have anything in them. Raises BadData where the file is
        damaged, was cut off, or has changed since it was opened."""
        ...

    def place(self, line: int, column: int) -> str:
        """What a spreadsheet calls the cell, such as B14; "" for CSV. Both are counted from 1."""
        ...

    def merged(self, columns: Iterable[int]) -> list[Problem]:
        """Names of these columns, counted from 0, that are merged with other cells."""
        ...


def opened(
    file: str, encoding: str | None, delimiter: str | None, sheet: str | None, likely: Callable[[Sequence[str]], int]
) -> Sheet:
    """`-` is standard input. `likely` says how many columns of a header are known, which finds the delimiter.

    Raises BadData with the place of what is wrong with the file itself.
    """
    name = file if file == "-" else os.path.basename(file)
    held = Held(name, file)
    start, ending = held.start(), os.path.splitext(name)[1].lower()
    if start.startswith((_ZIP, _OLE)):
        if file == "-":
            raise BadData("standard input is a workbook", hint="give it as a file, or save it as CSV")
        if start.startswith(_OLE) or ending not in WORKBOOKS:
            raise BadData(*_other_workbook(held, start, ending))
        from optout.library.sheetbook import Book

        return Book(held, sheet)
    if ending in (*WORKBOOKS, ".xls") and start:
        raise BadData(f"{name} is called a workbook and is none", hint="if it is CSV, rename it to end in .csv")
    if sheet is not None:
        raise BadData(f"{name} is no workbook and has no sheets", hint="leave --sheet out")
    return Csv(held, encoding, delimiter, likely)


def _other_workbook(held: Held, start: bytes, ending: str) -> tuple[str, tuple[Problem, ...], str]:
    if start.startswith(_ZIP):
        if ending in (".csv", ".tsv", ".txt"):
            return f"{held.name} is no text but a workbook", (), "rename it to end in .xlsx or .ods, or save it as CSV"
        return f"{held.name} is no workbook that is read here", (), "save it as .xlsx, .ods or CSV"
    if "EncryptedPackage".encode("utf-16-le") in held.whole():
        return f"{held.name} is protected by a password", (), "save it without one"
    return f"{held.name} is a workbook of the old kind (.xls)", (), "save it as .xlsx or CSV"


class Csv:
    """RFC 4180 with any of the usual delimiters and line ends."""

    def __init__(
        self, held: Held, encoding: str | None, delimiter: str | None, likely: Callable[[Sequence[str]], int]
    ) -> None:
        self.name, self._held, self._likely, self._skipped = held.name, held, likely, 0
        self._end: int | None = None  # where the bytes end that can be read
        try:
            self._encoding = sheetbytes.encoding_of(held, encoding)
        except Undecodable as wrong:
            raise self._undecodable(wrong, delimiter) from None
        self._delimiter = self._found(delimiter)
        self.header_line, header = next(self._records(self._delimiter), (0, []))
        if not header:
            raise BadData(f"{self.name} is empty")
        self.header = tuple(header)

    def rows(self) -> Iterator[Row]:
        for line, cells in self._records(self._delimiter):
            if line > self.header_line:
                yield Row(line, cells, NOTHING)

    def place(self, line: int, column: int) -> str:
        return ""

    def merged(self, columns: Iterable[int]) -> list[Problem]:
        return []

    def _records(self, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        line = 1 + self._skipped
        try:
            for row, cells in enumerate(reader, line):
                if any(cells):
                    yield (line if line == row else Line(line, row)), cells
                line = reader.line_num + 1 + self._skipped
        except csv.Error as error:
            raise self._broken(line, delimiter, str(error)) from None
        except UnicodeDecodeError:
            raise BadData(f"{self.name} changed while it was read") from None

    def _lines(self) -> Iterator[str]:
        """Lines with their ends. Raises BadData for one that is too long to be one of a sheet."""
        errors = "strict" if self._end is None else "ignore"
        text = io.TextIOWrapper(self._held.passed(self._end), self._encoding, errors, newline="")
        if self._skipped:
            text.readline(LONGEST_LINE)
        first = True
        while line := text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise BadData(f"{self.name} has a line longer than {LONGEST_LINE:,} characters")
            if first and line[0] == "\ufeff":
                line = line[1:]
            first = False
            yield line

    def _found(self, given: str | None) -> str:
        """The delimiter: as given, as the first line says, else the one that gives the most known columns."""
        if given is not None:
            given = {"tab": "\t", "\\t": "\t"}.get(given, given)
            if len(given) != 1 or given in '"\r\n \0':
                raise BadData("--delimiter: write one character, or tab")
        said = _SEPARATOR.fullmatch(next(self._lines(), ""))
        self._skipped = 1 if said else 0
        if given is not None or said:
            return given or (said.group(1) if said else ",")
        found = [(self._likely(cells), len(cells)) for cells in map(self._first, DELIMITERS)]
        return DELIMITERS[found.index(max(found))]

    def _first(self, delimiter: str) -> list[str]:
        try:
            return next(self._records(delimiter), (0, []))[1]
        except BadData:
            return []

    def _broken(self, line: int, delimiter: str, reason: str) -> BadData:
        """Where the cell begins that is not closed, too long, or followed by more than a delimiter."""
        place = _fault(itertools.islice(self._lines(), line - 1 - self._skipped, None), line, delimiter)
        if "expected after" in reason:
            said = "there is text after the closing quotation mark of this cell; one inside a cell is written twice"
        elif "end of data" in reason:
            said = (
                "the quotation mark that opens this cell is never closed: the file was cut off, or it is one too many"
            )
        else:
            said = f"this cell is longer than {LONGEST_CELL:,} characters, or its quotation mark is never closed"
        return BadData(f"{self.name} cannot be read to its end", [Problem(self.name, *place, "broken-csv", said)])

    def _undecodable(self, wrong: Undecodable, delimiter: str | None) -> BadData:
        self._encoding = "utf-8-sig" if wrong.encoding == "utf-8" else wrong.encoding
        encoding = wrong.encoding.upper().removesuffix("-SIG")
        if wrong.cut:
            said = "the file ends within a character: it was cut off"
        else:
            said = f"this is not {encoding}"
        hint = "save it as CSV UTF-8"
        if wrong.guess:
            hint = f"it looks like {wrong.guess}: --encoding {wrong.guess}; or {hint}"
        self._end = wrong.place
        line, column = self._reached(delimiter)
        problem = Problem(self.name, line, column, "encoding", said)
        return BadData(f"{self.name} is not all {encoding}", [problem], hint)

    def _reached(self, delimiter: str | None) -> tuple[int, int]:
        """The line and column of the cell in which the first wrong byte stands."""
        reader = csv.reader(_marked(self._lines()), delimiter=self._found(delimiter))
        line = column = 1
        begins = 1
        try:
            for cells in reader:
                line, column, begins = begins, max(len(cells), 1), reader.line_num + 1
        except csv.Error:
            line, column = begins, 1
        return line + self._skipped, column


def _marked(lines: Iterator[str]) -> Iterator[str]:
    """The lines up to a wrong byte, with a sign in its place, which may begin a cell or a row."""
    for line in lines:
        if not line.endswith(("\n", "\r")):
            yield line + "\x1a"
            return
        yield line
    yield "\x1a"


def _fault(lines: Iterator[str], line: int, delimiter: str) -> tuple[int, int]:
    """Where the first cell begins that cannot be read, from the line where its row begins."""
    column, length, quoted, closed, empty = 1, 0, False, False, True
    at = (line, 1)
    for number, text in enumerate(lines, line):
        for sign in text:
            if not quoted and (sign == delimiter or sign in "\r\n"):
                if sign != delimiter:
                    return at
                column, length, closed, empty = column + 1, 0, False, True
                at = (number, column)
                continue
            if quoted and sign == '"':
                quoted, closed = False, True
                continue
            if sign == '"' and (closed or empty) and not quoted:
                quoted, empty = True, False
                if not closed:
                    continue
                closed = False  # the second of two, which stand for one
            elif closed:
                return at
            length, empty = length + 1, False
            if length > LONGEST_CELL:
                return at
    return at
    return at
