"""Reading a damaged database: row by row around what cannot be read, and from its indexes the names of what is lost.

Every page carries a check value under the key, so a row is read as it was written or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import apsw

Values = tuple[Any, ...]

FAR = 1 << 40
"""No row id is as large."""
MOST = 1_000_000
"""The most row ids that are tried one by one behind a damaged page."""
_DAMAGE = (apsw.CorruptError, apsw.NotADBError, apsw.IOError)


class Table(NamedTuple):
    """A table of the damaged database."""

    name: str
    columns: tuple[str, ...]
    rowid: str
    """The column that is the row's id; "" when it has one of its own."""
    key: tuple[str, ...]
    """The columns that name a row, all in one index."""


class Tally:
    """What reading a table could not reach."""

    def __init__(self) -> None:
        self.unread = 0
        """Row ids at which something lies that cannot be read; some of them may never have been used."""
        self.cut = False
        """Nothing could be read behind a certain row: how much was there is not known."""


def tables(database: apsw.Connection) -> list[Table]:
    """All tables but SQLite's own, parents before what refers to them. Raises apsw.Error when even that is damaged."""
    # Without this a file shorter than it says would not be read at all. Nothing is written here.
    database.execute("pragma writable_schema = on").fetchall()
    sql = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by rowid"
    return [_table(database, str(name)) for (name,) in database.execute(sql).fetchall()]


def _table(database: apsw.Connection, name: str) -> Table:
    info = database.execute(f"pragma table_info({name})").fetchall()
    columns = tuple(str(row[1]) for row in info)
    key = [str(row[1]) for row in sorted(info, key=lambda row: int(str(row[5]))) if row[5]]
    own = len(key) == 1 and next(str(row[2]).lower() for row in info if row[1] == key[0]) == "integer"
    if not own:
        return Table(name, columns, "", tuple(key))
    return Table(name, columns, key[0], _indexed(database, name))


def _indexed(database: apsw.Connection, name: str) -> tuple[str, ...]:
    """The columns of an index over all rows."""
    for row in database.execute(f"pragma index_list({name})").fetchall():
        if not row[4]:
            return tuple(str(column[2]) for column in database.execute(f"pragma index_info({row[1]})").fetchall())
    return ()


def rows(database: apsw.Connection, table: Table, known: Iterable[int], tally: Tally) -> Iterator[tuple[int, Values]]:
    """Row id and values of every row that can be read. `known` are row ids that an index names."""
    select = f"select rowid, {', '.join(table.columns)} from {table.name}"
    last = 0
    while True:
        try:
            for row in database.execute(f"{select} where rowid >= ? order by rowid", (last + 1,)):
                last = int(str(row[0]))
                yield last, row[1:]
            return
        except _DAMAGE:
            pass
        edge = _readable_again(database, select, last)
        between = sorted(k for k in known if k > last) if edge is None else range(last + 1, min(edge, last + MOST))
        for rowid in between:
            found = _one(database, f"{select} where rowid = ?", rowid)
            if found is None:
                tally.unread += 1
            elif found:
                yield rowid, found[0][1:]
        if edge is None:
            tally.cut = True
            return
        last = edge - 1


def _readable_again(database: apsw.Connection, select: str, last: int) -> int | None:
    """A row id from which on something can be read, or is known to be nothing; None when there is none."""
    step = 1
    while step < FAR:
        if _one(database, f"{select} where rowid >= ? order by rowid limit 1", last + step) is not None:
            return last + step
        step *= 2
    return None


def _one(database: apsw.Connection, sql: str, rowid: int) -> list[Values] | None:
    """What the statement gives, None when it meets damage."""
    try:
        return database.execute(sql, (rowid,)).fetchall()
    except _DAMAGE:
        return None


def keys(database: apsw.Connection, table: Table) -> tuple[dict[int, Values], bool]:
    """Row id and key of every row that the table's index names, read from both ends as far as it can be; and whether
    that was all of it."""
    found: dict[int, Values] = {}
    if not table.key:
        return found, False
    columns = ", ".join(table.key)
    for order in ("", " desc"):
        by = ", ".join(column + order for column in table.key)
        try:
            for row in database.execute(f"select rowid, {columns} from {table.name} order by {by}"):
                found[int(str(row[0]))] = row[1:]
            return found, True
        except _DAMAGE:
            continue
    return found, False
