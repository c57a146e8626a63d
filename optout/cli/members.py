"""The members of a group, from the sheet that they filled in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from optout.cli.app import App
from optout.cli.memberrows import Gate, Member, Wrong, guarded, unguarded
from optout.cli.spreadsheet import row as safe_row
from optout.errors import BadData
from optout.library import sheets
from optout.membership import COLUMNS, PROBLEMS, RETYPE, known, match, options_for, plain
from optout.problems import Problem
from optout.subject import clean_text

__all__ = ["Member", "Source", "Wrong", "WrongHeader", "example", "source", "write_wrong"]


Columns = Mapping[str, str | Sequence[str]]
"""By a field the name of its column, and by `-` the names of those that are not to be read."""
Asked = Callable[[str, Sequence[str], Columns], Columns]
"""From the name of the sheet, its header and what was given, to what is to be used."""


class WrongHeader(BadData):
    """The columns cannot be used as they are called; `header` holds their names, to be asked about."""

    def __init__(self, sentence: str, problems: Sequence[Problem], header: tuple[str, ...], options: str = "") -> None:
        super().__init__(sentence, problems, f"rename the columns, or: {options or '--column FIELD=HEADER'}")
        self.header = header


class Source:
    """A sheet whose columns are known."""

    def __init__(self, app: App, sheet: sheets.Sheet, header: tuple[str, ...], columns: dict[str, int]) -> None:
        self._app, self._sheet = app, sheet
        self.name = sheet.name
        """As shown: the base name, or `-`."""
        self.header = header
        """As read."""
        self.columns = columns
        """Our fields, and where each stands, from 0."""

    def members(self) -> Iterator[Member | Wrong]:
        """A new pass over the file. Raises BadData where it is damaged, was cut off, or changed since it was opened."""
        read = Gate(self._app, self._sheet, self.header, self.columns).read
        for row in self._sheet.rows():
            made = read(row)
            if made is not None:
                yield made


def source(
    app: App,
    file: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    columns: Columns | None = None,
    asked: Asked | None = None,
) -> Source:
    """Opens a sheet; `-` is standard input. `columns` maps a field to the name of its column, and `-` to the one or
    several that are not to be read. `asked` says what columns hold whose names are not known.

    Raises BadData for a file that cannot be used, and WrongHeader with everything that is wrong with its columns.
    """
    opened = sheets.opened(file, encoding, delimiter, sheet, known)
    header = tuple(map(unguarded, opened.header))
    problems = []
    for index, cell in enumerate(header):
        try:
            clean_text(cell, "the name of the column")
        except ValueError as error:
            problems.append(Problem(opened.name, opened.header_line, index + 1, "wrong-column", str(error)))
    found: dict[str, int] = {}
    given = columns or {}
    if not problems:
        if asked:
            given = asked(opened.name, header, given)
        found, problems = match(opened.name, opened.header_line, header, given)
        problems += opened.merged(found.values())
    if problems:
        raise WrongHeader(
            f"{opened.name} cannot be used", problems, header, options_for(header, given) if found else ""
        )
    return Source(app, opened, header, found)


def example() -> str:
    """An empty sheet in CSV: the columns, and under each what stands in it. That second row is skipped if it stays."""
    return safe_row(list(COLUMNS)) + safe_row(list(COLUMNS.values()))


def write_wrong(stream: TextIO, source: Source, wrongs: Iterable[Wrong]) -> None:
    """The rows to be mended, as CSV that `source` reads again: the same cells, behind a column with what is wrong.

    The stream is opened with `newline=""`, as `utf-8-sig` for those who mend it in a spreadsheet program.
    """
    kept = [index for index, cell in enumerate(source.header) if plain(cell) != PROBLEMS]
    out = csv.writer(stream, lineterminator="\r\n")
    out.writerow([PROBLEMS, *(guarded(source.header[index]) for index in kept)])
    told = [index for index, cell in enumerate(source.header) if plain(cell) == PROBLEMS]
    for wrong in wrongs:
        said = "; ".join(problem.message for problem in wrong.problems)
        said = f"{RETYPE} {said}" if wrong.hidden else said
        for index in told:
            if wrong.cells[index : index + 1] and wrong.cells[index].startswith(RETYPE):
                said = wrong.cells[index]
        beyond = range(len(source.header), len(wrong.cells))
        cells = [wrong.cells[index] for index in (*kept, *beyond) if index < len(wrong.cells)]
        out.writerow([guarded(said), *map(guarded, cells)])
