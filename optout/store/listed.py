"""The firms taken in from a list of others: one file, in which each is found by a name without reading the rest.

Nothing in it is a person's; it is for its owner alone all the same, since it may hold a single firm. It can be made
anew by the same import, so it is neither encrypted nor backed up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import apsw

from optout.errors import Locked, NewerFormat, StoreError
from optout.store import private
from optout.store.dbfile import size
from optout.store.faults import refused

FILE = "listed-firms.db"
VERSION = 1
WAIT = 15000
"""Milliseconds to wait for another process."""
_TABLES = """
create table records (
    ident text primary key, slug text not null unique, json text not null, since text not null, gone text
) without rowid;
create table names (folded text not null, ident text not null, primary key (folded, ident)) without rowid;
create index names_of on names (ident);
create table meta (key text primary key, value text not null) without rowid;
"""
_ROW = "ident, slug, json, since, gone"


class Row(NamedTuple):
    """A record as it is kept."""

    ident: str
    """The id of the firm."""
    slug: str
    text: str
    """The record as JSON, its keys in their own order."""
    since: str
    """The day on which it came in as it is now."""
    gone: str | None


class New(NamedTuple):
    """A record as it comes in."""

    ident: str
    record: Mapping[str, Any]
    names: Sequence[str]
    """As they are compared."""


class Told(NamedTuple):
    """What an import did, by slug."""

    new: list[str]
    changed: dict[str, Any]
    """With the record as it was before."""
    gone: list[str]
    unchanged: int
    refused: dict[str, str]
    """Records whose id another one has, with the slug of that one."""


class ListedFirms:
    """The open file. Every method raises StoreError for one that cannot be used."""

    def __init__(self, folder: str, connection: apsw.Connection) -> None:
        self.path = os.path.join(folder, FILE)
        self._db = connection

    @classmethod
    def open(cls, folder: str, create: bool = False) -> ListedFirms | None:
        """None where there is no such file and none is to be made."""
        path = os.path.join(folder, FILE)
        if not create and size(path) == 0:
            return None  # nothing was ever imported, or the first import was cut short
        try:
            if not os.path.lexists(path):
                private.make_folder(folder)
                private.create(path, b"")
            private.check_owned(path)
        except FileExistsError:
            pass  # another process was faster
        except OSError as error:
            raise refused(path, error) from error
        with _told(path):
            # Also to read: what a killed import left has to be undone first. Without write access it opens all the same.
            connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE)
            connection.set_busy_timeout(WAIT)
            made = cls(folder, connection)
            made._ready(create)
            return made

    def __enter__(self) -> ListedFirms:
        return self

    def __exit__(self, *exc: object) -> None:
        self._db.close()

    @property
    def confirmed(self) -> str:
        """The last day on which a whole list was taken in, "" for none."""
        return self._meta("confirmed")

    def find(self, folded: str) -> list[Row]:
        """The records with exactly this id or name."""
        with _told(self.path):
            return self._rows(
                f"select distinct {_ROW} from records where ident = ?1 or ident in "
                "(select ident from names where folded = ?1) order by ident limit 10",
                (folded,),
            )

    def begins(self, folded: str) -> list[Row]:
        """Records with a name that begins so, at most ten."""
        with _told(self.path):
            return self._rows(
                f"select {_ROW} from records where ident in (select distinct ident from names "
                "where folded >= ?1 and folded < ?1 || char(1114111) limit 10) order by ident",
                (folded,),
            )

    def slug(self, slug: str) -> Row | None:
        with _told(self.path):
            found = self._rows(f"select {_ROW} from records where slug = ?", (slug,))
            return found[0] if found else None

    def names(self) -> dict[str, str]:
        """Every name, with the id of one firm that has it."""
        with _told(self.path):
            return dict(self._db.execute("select folded, ident from names"))

    def all(self) -> Iterator[Row]:
        """Sorted by id."""
        with _told(self.path):
            yield from (Row(*row) for row in self._db.execute(f"select {_ROW} from records order by ident"))

    def take(self, coming: Sequence[New], *, whole: bool, day: str, kept: set[str], dry: bool) -> Told:
        """Puts the records in the place of what is there, in one transaction, of which nothing stays when `dry`.

        In a `whole` list, what is missing and not among `kept` (slugs that were refused now) is marked as gone.
        """
        with _told(self.path), self._transaction(dry):
            there = {row.slug: row for row in self.all()}
            slugs = {str(one.record["slug"]) for one in coming}
            held = {row.ident: slug for slug, row in there.items() if slug not in slugs}
            told = Told([], {}, [], 0, {})
            puts: list[tuple[New, str, str]] = []
            for one in sorted(coming, key=lambda one: str(one.record["slug"])):
                slug, text = str(one.record["slug"]), dump(one.record)
                old = there.get(slug)
                if one.ident in held:
                    told.refused[slug] = held[one.ident]
                    continue
                if old and old.gone is None and old.ident == one.ident and alike(old.text, text):
                    continue
                if old:
                    told.changed[slug] = json.loads(old.text)
                else:
                    told.new.append(slug)
                puts.append((one, slug, text))
            self._put(puts, there, day)
            if whole:
                missing = set(there) - slugs - kept
                told.gone.extend(sorted(slug for slug in missing if there[slug].gone is None))
                for slug in told.gone:
                    self._db.execute("update records set gone = ? where slug = ?", (day, slug))
                if self._meta("confirmed") != day:
                    self._db.execute("insert or replace into meta values ('confirmed', ?)", (day,))
            return told._replace(unchanged=len(coming) - len(told.refused) - len(puts))

    def _put(self, puts: Sequence[tuple[New, str, str]], there: Mapping[str, Row], day: str) -> None:
        """All old ones go before the first new one comes, since a record may get the id that another one had."""
        for _, slug, _ in puts:
            if slug in there:
                self._db.execute("delete from names where ident = ?", (there[slug].ident,))
                self._db.execute("delete from records where slug = ?", (slug,))
        for one, slug, text in puts:
            self._db.execute("insert into records values (?, ?, ?, ?, null)", (one.ident, slug, text, day))
            self._db.executemany("insert into names values (?, ?)", [(name, one.ident) for name in one.names])

    @contextmanager
    def _transaction(self, dry: bool) -> Iterator[None]:
        self._db.execute("begin immediate")
        try:
            yield
            self._db.execute("rollback" if dry else "commit")
        except BaseException:
            if not self._db.get_autocommit():
                self._db.execute("rollback")
            raise

    def _ready(self, create: bool) -> None:
        if create and self._version() == 0:
            self._db.execute("begin immediate")
            if self._version() == 0:  # another process may have made them
                self._db.execute(f"{_TABLES} pragma user_version = {VERSION}")
            self._db.execute("commit")
        if self._version() > VERSION:
            raise NewerFormat(f"{self.path} was written by a newer version", "install a newer version")
        if self._version() == 0:
            raise StoreError(f"{self.path} holds nothing", "run `optout firms import` again")

    def _version(self) -> int:
        return int(next(iter(self._db.execute("pragma user_version")))[0])

    def _rows(self, statement: str, bindings: tuple[Any, ...]) -> list[Row]:
        return [Row(*row) for row in self._db.execute(statement, bindings)]

    def _meta(self, key: str) -> str:
        with _told(self.path):
            found = list(self._db.execute("select value from meta where key = ?", (key,)))
            return str(found[0][0]) if found else ""


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def alike(one: str, other: str) -> bool:
    """Whether two texts are the same JSON value; Python alone would take 1 for true."""
    return one == other or _sorted(one) == _sorted(other)


def _sorted(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True)


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except (apsw.BusyError, apsw.LockedError) as error:
        raise Locked(f"another process is writing to {path}", "wait for it, then run the same again") from error
    except apsw.FullError as error:
        raise StoreError(f"disk full: {path}", "make room; what was there before is intact") from error
    except apsw.ConstraintError as error:
        raise StoreError("two records of the list have one id, so nothing was taken") from error
    except (apsw.Error, ValueError) as error:
        hint = f"it holds only what was imported: move it away, then run `optout firms import` again ({path})"
        raise StoreError("the imported firms cannot be read or written", hint) from error
