"""Rows of one sheet of a workbook (xlsx, ods), which is measured before it is loaded."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from optout.errors import BadData
from optout.library.bookmeasure import Measured, column_name, measure
from optout.library.bookzip import damaged
from optout.library.sheetbytes import Held
from optout.library.sheets import LONGEST_CELL, NOTHING, Row
from optout.problems import Problem

MOST_MERGED = 50
"""Merged cells that are named one by one."""
_TIMES = (datetime.date, datetime.time, datetime.timedelta)


class Book:
    """The only visible sheet that has anything in it, unless another is named."""

    def __init__(self, held: Held, sheet: str | None) -> None:
        """Raises BadData for a bomb, a password, a damaged file, and where it is not clear which sheet is meant."""
        self.name = held.name
        data = held.whole()
        measured = measure(self.name, data)
        book = _opened(self.name, data)
        visible = {one.name: str(one.visible).endswith("Visible") for one in book.sheets_metadata}
        chosen = _chosen(self.name, sheet, {x: visible[x] for x in book.sheet_names if x in measured}, measured)
        self._measured = measured[chosen]
        self._sheet = _guarded(self.name, lambda: book.get_sheet_by_name(chosen))
        first = next(self._filled(), None)
        if first is None:
            raise BadData(f"{self.name} is empty")
        self.header_line, self.header = first.line, tuple(first.cells)

    def rows(self) -> Iterator[Row]:
        return (row for row in self._filled() if row.line > self.header_line)

    def place(self, line: int, column: int) -> str:
        return f"{column_name(column)}{line}"

    def merged(self, columns: Iterable[int]) -> list[Problem]:
        wanted = {column + 1 for column in columns}
        found = []
        for top, left, bottom, right in self._measured.merged:
            if top <= self.header_line <= bottom and any(left <= column <= right for column in wanted):
                said = f"{self.place(top, left)} to {self.place(bottom, right)} are merged: split them and fill in each"
                found.append(Problem(self.name, top, left, "merged-cells", said))
        return found[:MOST_MERGED]

    def _filled(self) -> Iterator[Row]:
        """Rows with anything in them, or with a cell that only seems empty."""
        before = [""] * (self._sheet.start or (0, 0))[1]
        marked = self._marked()
        joined = _Joined(self._measured.merged)
        for line, values in enumerate(self._sheet.iter_rows(), 1):
            cells, odd = [*before, *map(_text, values)], NOTHING
            if not all(type(value) is str for value in values) or line in marked or max(map(len, cells)) > LONGEST_CELL:
                kinds = {len(before) + i: kind for i, value in enumerate(values) if (kind := _kind(value))}
                odd = kinds | marked.get(line, {})
            if merged := joined.cells(line, len(cells)):
                odd = dict.fromkeys(merged, "merged") | dict(odd)
            if odd or any(cells):
                yield Row(line, cells, odd)

    def _marked(self) -> dict[int, dict[int, str]]:
        lines: dict[int, dict[int, str]] = {}
        for (line, column), kind in self._measured.odd.items():
            lines.setdefault(line, {})[column - 1] = kind
        return lines


class _Joined:
    """Which cells are merged with others, told row by row from the first to the last."""

    def __init__(self, merged: Iterable[tuple[int, int, int, int]]) -> None:
        self._later = sorted(merged, reverse=True)
        self._here: list[tuple[int, int, int, int]] = []

    def cells(self, line: int, width: int) -> list[int]:
        """Their places from 0."""
        if not self._later and not self._here:
            return []
        while self._later and self._later[-1][0] <= line:
            self._here.append(self._later.pop())
        self._here = [one for one in self._here if one[2] >= line]
        return [column - 1 for _, left, _, right in self._here for column in range(left, min(right, width) + 1)]


def _opened(name: str, data: bytes) -> Any:
    from python_calamine import CalamineWorkbook

    return _guarded(name, lambda: CalamineWorkbook.from_object(io.BytesIO(data)))


def _guarded(name: str, load: Any) -> Any:
    """Its errors have one base that says no more, and a fault in it is no `Exception`."""
    try:
        return load()
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException:
        raise damaged(name) from None


def _chosen(name: str, wanted: str | None, visible: Mapping[str, bool], measured: Mapping[str, Measured]) -> str:
    shown = ", ".join(f"'{sheet}'" + ("" if seen else " (hidden)") for sheet, seen in visible.items())
    if wanted is not None:
        if wanted not in visible:
            raise BadData(f"{name} has no sheet '{wanted}'", hint=f"it has {shown}")
        return wanted
    filled = [sheet for sheet, seen in visible.items() if seen and measured[sheet].filled]
    if len(filled) > 1:
        raise BadData(f"{name} has several sheets: {shown}", hint="say which one: --sheet NAME")
    if not filled:
        hidden = any(not seen and measured[sheet].filled for sheet, seen in visible.items())
        if hidden:
            raise BadData(f"{name} has only hidden sheets: {shown}", hint="show it, or say which one: --sheet NAME")
        raise BadData(f"{name} is empty")
    return filled[0]


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "long" if len(value) > LONGEST_CELL else ""
    if isinstance(value, bool):
        return "truth"
    return "date" if isinstance(value, _TIMES) else "number"
