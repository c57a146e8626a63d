"""One row of a sheet: cleaned by the gate that one request passes, or everything that is wrong with it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from optout.cli import person
from optout.cli.app import App
from optout.cli.spreadsheet import safe
from optout.errors import NotFound
from optout.library.naming import other_country
from optout.library.sheetbytes import refuse_garbled
from optout.library.sheets import Row, Sheet, row_before, row_of
from optout.membership import ADDRESS_LINES, COLUMNS, LANGUAGES, PROBLEMS, REQUIRED, RETYPE, is_minor, plain, row_key
from optout.naming import folded
from optout.problems import CellProblem, Problem
from optout.subject import TEXT_LIMIT, Subject, clean_text

MOST_LINES = 12
"""Of a postal address."""
POSTCODE_LIMIT = 20
LOOKED_UP = 200
"""Unknown places for which the nearest names are sought: it takes as long as a thousand rows."""
CACHED = 10_000
"""Distinct cells of a column that are remembered."""
_MARK = "~"
"""How a made key begins."""
_PLACE = "this place is not known"
_ODD = {
    "number": "{} holds a number, of which a zero at the start or a plus may be lost: format it as text, type it again",
    "truth": "{} holds a logical value and no text: format it as text and type it again",
    "date": "{} holds a date or a time and no text: format it as text and type it again",
    "error": "{} holds the error of a formula: mend the formula, or type its result",
    "formula": "{} holds a formula without its result: open the sheet in a spreadsheet program and save it",
    "break": "{} has a line break that cannot be read: delete it and type it again",
    "long": "{} is longer than a cell may be",
    "merged": "{} is merged with others: split them and fill in each",
}
_TAKEN = {"id": ("number",), "minor": ("number", "truth")}
"""What may stand in a cell beside text: a number keeps its meaning there."""


class Member(NamedTuple):
    """One person of the sheet, as one request would keep them."""

    line: int
    """Of the CSV file where the record begins, or row of the sheet, from 1."""
    key: str
    """The id of the sheet, else made from name, e-mail address and place."""
    subject: Subject
    minor: bool
    postcode: str


class Wrong(NamedTuple):
    """A row that cannot be used."""

    line: int
    problems: tuple[Problem, ...]
    """Messages begin with the name of the column. They never quote a cell."""
    cells: tuple[str, ...]
    """As read, to be written for mending."""
    hidden: bool = False
    """Whether a list of these cells does not show what is wrong."""

    def __repr__(self) -> str:
        return f"Wrong(line={self.line})"


def unguarded(cell: str) -> str:
    """The cell without the apostrophe that `guarded` put before it."""
    bare = cell.lstrip("'")
    return cell[1:] if bare != cell and safe(bare) != bare else cell


def guarded(cell: str) -> str:
    """The cell as no spreadsheet runs it, and as `unguarded` restores it."""
    bare = cell.lstrip("'")
    return "'" + cell if safe(bare) != bare else cell


class Gate:
    """Reads rows with the same columns. What is looked up is looked up once."""

    def __init__(self, app: App, sheet: Sheet, header: tuple[str, ...], columns: Mapping[str, int]) -> None:
        self._app, self._sheet, self._header, self._columns = app, sheet, header, columns
        self._ids = _Ids()
        self._places: dict[str, str] = {}
        self._unknown: dict[str, str] = {}
        self._names: Mapping[str, set[str]] | None = None
        self._languages: dict[str, str] = {"": ""}
        self._sought = 0
        checks = self._checks()
        self._plan = [(field, index, field in REQUIRED, checks[field]) for field, index in columns.items()]
        self._nameless = [index for index, cell in enumerate(header) if not cell.strip()]
        told = [index for index, cell in enumerate(header) if plain(cell) == PROBLEMS]
        self._told = told[0] if told else None
        self._lines = [field for field in ADDRESS_LINES if field in columns]
        self._name, self._example = columns["name"], COLUMNS["name"]

    def _checks(self) -> dict[str, Callable[[str], Any]]:
        app = self._app
        lines = {field: lambda cell: clean_text(cell, "an address line") for field in ADDRESS_LINES}
        return {
            "id": _own_key,
            "name": lambda cell: person.clean(app, "name", cell),
            "email": lambda cell: person.clean(app, "email", cell),
            "residence": self._place,
            "address": lambda cell: _address(app, cell),
            **lines,
            "postcode": lambda cell: clean_text(cell, "the postcode", POSTCODE_LIMIT),
            "situation": lambda cell: clean_text(_newlines(cell), "the situation", TEXT_LIMIT, lines=True),
            "language": self._language,
            "minor": lru_cache(CACHED)(is_minor),
        }

    def read(self, row: Row) -> Member | Wrong | None:
        """None for a row of blanks, and for the explanations of an empty sheet."""
        line, cells, odd = row
        if len(cells) != len(self._header):
            return self._of_another_length(line, cells)
        found: list[tuple[int, str]] = []
        values: dict[str, Any] = {}
        for field, index, needed, check in self._plan:
            cell = cells[index]
            if not (cell or needed or odd):
                continue
            try:
                if odd and index in odd and odd[index] not in _TAKEN.get(field, ()):
                    raise ValueError(_ODD[odd[index]].format("this cell"))
                if not cell.isascii():
                    refuse_garbled(cell)
                values[field] = check(unguarded(cell) if cell[:1] == "'" else cell)
            except ValueError as error:
                found.append((index, str(error)))
            except NotFound as error:
                found.append((index, f"{_PLACE}; {error.hint}"))
        found += [(index, "this column has no name") for index in self._nameless if cells[index].strip()]
        if self._told is not None and cells[self._told].startswith(RETYPE):
            found.append((self._told, "type again what is named in this cell, then empty it"))
        if found:
            wrong = self._wrong(line, cells, found)
            return wrong._replace(hidden=True) if wrong and odd and self._odd_among(odd) else wrong
        return self._member(line, cells, values)

    def _odd_among(self, odd: Mapping[int, str]) -> bool:
        return any(odd.get(index, "") not in ("", *_TAKEN.get(field, ())) for field, index, _, _ in self._plan)

    def _member(self, line: int, cells: Sequence[str], values: dict[str, Any]) -> Member | Wrong | None:
        name, email, place = values["name"], values["email"], values["residence"]
        address = values.get("address", ())
        if self._lines:
            address = tuple(text for text in map(values.get, self._lines) if text)
        subject = Subject(
            name=name,
            email=email,
            residence=place,
            address=address,
            situation=values.get("situation", ""),
            language=values.get("language", ""),
        )
        key = values.get("id") or row_key(name, email, place)
        if "id" in self._columns and values.get("id") and (before := self._ids.taken(line, key, name, email)):
            said = f"row {before} has the same id, and is of somebody else"
            return self._wrong(line, cells, [(self._columns["id"], said)])
        return Member(line, key, subject, values.get("minor", False), values.get("postcode", ""))

    def _of_another_length(self, line: int, cells: Sequence[str]) -> Wrong | None:
        if not any(cell.strip() for cell in cells):
            return None
        many = "few" if len(cells) < len(self._header) else "many"
        said = f"{row_before(line)}this row has too {many} cells: {len(cells)}, and the header has {len(self._header)}"
        at = min(len(cells), len(self._header))
        problem = Problem(self._sheet.name, line, at, f"too-{many}-cells", said)
        return Wrong(line, (problem,), tuple(map(unguarded, cells)))

    def _wrong(self, line: int, cells: Sequence[str], found: Sequence[tuple[int, str]]) -> Wrong | None:
        if not any(cell.strip() for cell in cells) or cells[self._name] == self._example:
            return None
        if tuple(map(unguarded, cells)) == self._header:
            said = "this row names the columns again: take it out"
            return Wrong(
                line, (Problem(self._sheet.name, line, 0, "header-again", f"{row_before(line)}{said}"),), self._header
            )
        problems = []
        for index, message in found:
            place = self._sheet.place(line, index + 1)
            said = message.replace("this cell", place) if place and "this cell" in message else message
            said = f"{place}: {said}" if place and place not in said else said
            shown = self._header[index].strip()[:60] or f"column {index + 1}"
            problems.append(
                CellProblem(self._sheet.name, line, index + 1, "wrong-cell", f"{shown}: {row_before(line)}{said}")
            )
        return Wrong(line, tuple(problems), tuple(map(unguarded, cells)))

    def _place(self, cell: str) -> str:
        if cell in self._places:
            return self._places[cell]
        if cell in self._unknown:
            raise ValueError(self._unknown[cell])
        for known in (self._places, self._unknown):
            if len(known) >= CACHED:
                known.clear()
        try:
            self._places[cell] = found = self._sought_place(cell)
        except NotFound as error:
            self._unknown[cell] = f"{_PLACE}; {error.hint}"
            raise ValueError(self._unknown[cell]) from None
        except ValueError as error:
            self._unknown[cell] = str(error)
            raise
        return found

    def _sought_place(self, cell: str) -> str:
        """Where very many places are unknown, no near name is sought for each."""
        if self._sought >= LOOKED_UP:
            if self._names is None:
                self._names = self._app.catalog.place_names()
            ident = cell.strip().lower().replace("_", "-")
            if ident not in self._names and len(self._names.get(folded(cell), ())) != 1:
                raise NotFound("place", "", hint="optout laws list --places lists the places")
        try:
            place = str(person.clean(self._app, "residence", cell))
        except NotFound:
            self._sought += 1
            raise
        if "-" in place and (country := other_country(cell, place)):
            raise ValueError(f"this may be the country {country}, for which nothing is known: is it {place.upper()}?")
        return place

    def _language(self, cell: str) -> str:
        if cell not in self._languages:
            if len(self._languages) >= CACHED:
                self._languages = {"": ""}
            wanted = cell.strip().lower()
            try:
                self._languages[cell] = str(person.clean(self._app, "language", wanted)) if wanted else ""
            except ValueError as error:
                meant = LANGUAGES.get(folded(cell), "")
                raise ValueError(f"{error}; did you mean {meant}?" if meant else str(error)) from None
        return self._languages[cell]


class _Ids:
    """The ids met so far, each with its row and whose it is, outside of Python's own memory."""

    def __init__(self) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("create table ids (mark integer primary key, whose integer, line integer)")

    def taken(self, line: int, key: str, name: str, email: str) -> int:
        """The row before this one that has the id for somebody else; 0 if there is none."""
        whose = mark(f"{folded(name)} {email.casefold()}")
        new = self._db.execute("insert or ignore into ids values (?, ?, ?)", (mark(key), whose, row_of(line))).rowcount
        if new:
            return 0
        ((owner, before),) = self._db.execute("select whose, line from ids where mark = ?", (mark(key),))
        return 0 if owner == whose else int(before)


def mark(text: str) -> int:
    """By which a text is found again, in eight bytes."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _own_key(cell: str) -> str:
    key = clean_text(cell, "the id")
    if key.startswith(_MARK):
        raise ValueError(f"an id does not begin with {_MARK}, which stands for a member without one")
    return key


def _newlines(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def _address(app: App, cell: str) -> tuple[str, ...]:
    if not cell:
        return ()
    lines: tuple[str, ...] = person.clean(app, "address", _newlines(cell).split("\n"))
    if len(lines) > MOST_LINES:
        raise ValueError(f"an address has at most {MOST_LINES} lines")
    return lines
