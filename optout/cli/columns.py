"""What the columns of a sheet hold that are called like none of ours: as given, as answered before, or asked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from optout.cli import members
from optout.cli.app import App
from optout.cli.members import Columns, Source
from optout.cli.output import say
from optout.errors import StoreError
from optout.membership import FIELDS, IGNORED, REQUIRED, SYNONYMS, Unmatched, known, plain, remembered, unmatched

TOLD = 5
"""Columns that are named of those that are not read."""
NONE_OF_THEM = "--"
"""The answer that is meant for all columns that are left."""


def opened(app: App, file: str, options: Mapping[str, Any]) -> tuple[Source, bool]:
    """The sheet, by the options `encoding`, `delimiter`, `sheet` and `columns`, and whether answers were kept.

    Raises BadData, and WrongHeader where nobody can be asked: it names the option for each column.
    """
    asking = _Asking(app)
    source = members.source(
        app, file, encoding=options["encoding"], delimiter=options["delimiter"], sheet=options["sheet"],
        columns=options["columns"], asked=asking.columns,
    )  # fmt: skip
    return source, asking.keep()


def given(values: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """From FIELD=HEADER: by the field, the headers; under `-` those that are not to be read."""
    found: dict[str, tuple[str, ...]] = {}
    for value in values:
        name, sign, header = (part.strip() for part in value.partition("="))
        if not sign or not header:
            raise click.BadParameter("write FIELD=HEADER, such as residence=Wohnort", param_hint="--column")
        found[name] = (*found.get(name, ()), header)
    return found


class _Asking:
    """One sheet, asked about."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._answers: dict[str, str] = {}
        """By the name of the column as it is written."""

    def columns(self, name: str, header: Sequence[str], given: Columns) -> Columns:
        """What was given, what was answered before, and what is answered now."""
        from optout.store import columns

        strange = unmatched(header)
        if not strange or not (known(header) or given):
            return given  # nothing to ask; or no header at all, and the first row is a person
        kept = columns.read(self._app.paths)
        found = remembered(header, given, {plain(name): field for name, field in kept.items()})
        self._tell(found, given)
        left = [column for column in strange if not _said(found, column.header)]
        if not left or not self._app.can_ask:
            return found
        say(f"{name} has columns that are called like none that are known.")
        free = [field for field in FIELDS if field not in found and field not in _named(header, found)]
        for at, column in enumerate(left):
            field = self._asked(column, free, len(left) - at)
            if field == NONE_OF_THEM:
                self._answers |= {one.header: IGNORED for one in left[at:]}
                break
            self._answers[column.header] = field
            if field in free:
                free.remove(field)
        return remembered(header, found, {plain(name): field for name, field in self._answers.items()})

    def _tell(self, found: Columns, given: Columns) -> None:
        """What answers of before are taken for this sheet."""
        left = []
        for field, names in found.items():
            for name in (names,) if isinstance(names, str) else names:
                if _said(given, name):
                    continue
                if field == IGNORED:
                    left.append(f"'{name}'")
                else:
                    say(f"The column '{name}' is read as {field}, as answered before; --column says otherwise.")
        if left:
            more = f" and {len(left) - TOLD} more" if len(left) > TOLD else ""
            say(f"Not read, as answered before: {', '.join(left[:TOLD])}{more}; --column says otherwise.")

    def _asked(self, column: Unmatched, free: Sequence[str], left: int) -> str:
        near = [field for field in column.near if field in free]
        wanted = [field for field in REQUIRED if field in free]
        usual = near[0] if near else "" if wanted else IGNORED
        say(f"Column {column.place + 1}, '{column.header[:60]}': what does it hold?")
        rest = f", {NONE_OF_THEM} for none of them in this and all that follow" if left > 1 else ""
        say(f"  {', '.join(free)}; {IGNORED} for none of them{rest}")
        while True:
            answer = str(click.prompt("It holds", default=usual or None, err=True)).strip().lower()
            field = answer if answer in (*free, IGNORED, NONE_OF_THEM) else SYNONYMS.get(plain(answer), "")
            if field in (IGNORED, NONE_OF_THEM) or field in free:
                return field
            say(f"Write one of: {', '.join(free)}; or {IGNORED}")

    def keep(self) -> bool:
        """Keeps the answers, if there are any. A folder that cannot be written is no reason not to go on."""
        from optout.store import columns

        if not self._answers:
            return False
        try:
            path = columns.keep(self._app.paths, self._answers)
        except StoreError as error:
            say(f"{error}, so the next time you are asked again, unless you give --column.")
            return False
        say(f"Your answers are kept in {path}; nobody is asked again.")
        return True


def _said(columns: Columns, header: str) -> bool:
    """Whether the column of that name is among these."""
    names = (name for names in columns.values() for name in ((names,) if isinstance(names, str) else names))
    return plain(header) in map(plain, names)


def _named(header: Sequence[str], found: Columns) -> set[str]:
    """The fields that have a column of their own name."""
    return {SYNONYMS.get(plain(cell), "") for cell in header if not _said(found, cell)}
