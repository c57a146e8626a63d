"""The vault: one encrypted SQLite file in SQLCipher 4 format, written so that a killed process loses nothing it told.

Any SQLCipher 4 program opens it with the 64 hexadecimal signs of the key: `PRAGMA key = "x'...'"`.
"""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import apsw

from optout.errors import Locked, StoreError, Unreadable
from optout.store import cipher, dbfile, identity, private, schema
from optout.store.faults import refused, translate
from optout.store.keys import NOBODY, Asking, Keeper, Key, find_key, likely_key

if TYPE_CHECKING:
    from optout.store.keyrings import Ring
    from optout.store.paths import Paths

FILE = "optout.db"
WAIT = 10.0
"""Seconds to wait for another writer."""
BACKUP_DAY = "backup_day"
"""The key in `meta` of the day of the newest backup."""
COPY_PAGES = 2000
"""Pages copied at a time; a signal is heard in between."""

_ALWAYS = ("pragma foreign_keys = on", "pragma secure_delete = on")
_BEGIN = ("begin immediate", "commit", "rollback")
_NESTED = ("savepoint inner", "release inner", "rollback to inner")


class Vault:
    """An open vault. Every method may raise StoreError or one of its kinds (Locked, Unreadable, NewerFormat)."""

    path: str
    """The database file."""
    id: str
    key: Key
    """What opened it."""
    writable: bool

    before_change: Callable[[Vault], str] | None
    """Called once, before the first change; gives the day to record as that of the newest backup, or "" for none."""

    def __init__(
        self,
        connection: apsw.Connection,
        path: str,
        vault_id: str,
        key: Key,
        writable: bool,
        vfs: str | None = None,
    ) -> None:
        self._db = connection
        self.path = path
        self.id = vault_id
        self.key = key
        self.writable = writable
        self.before_change = None
        self._vfs = vfs
        self._file = dbfile.which(path)

    @property
    def keeper(self) -> Keeper:
        """Who keeps the key; `made` and "file" mean that the user is to be told."""
        return self.key.keeper

    @staticmethod
    def exists(paths: Paths) -> bool:
        """False where there are no cases yet: nothing was made, or its making was cut short before the first row.

        Raises StoreError where that cannot be seen.
        """
        path = os.path.join(paths.vault, FILE)
        try:
            return dbfile.begun(path)
        except OSError as error:
            raise refused(path, error) from error

    @classmethod
    def open(
        cls,
        paths: Paths,
        *,
        create: bool,
        asking: Asking = NOBODY,
        key: Key | None = None,
        ring: Ring | None = None,
        wait: float = WAIT,
        vfs: str | None = None,
    ) -> Vault:
        """Opens the vault; with `create`, makes what is missing of folders, key, `vault.json` and database.

        `asking` says how a passphrase can be had; `key` is the vault's key when the caller has found it already.
        `ring`, `wait` (seconds) and `vfs` are for tests. Raises SecretUnavailable when no key is found that fits,
        Unreadable for damage, NewerFormat, Locked, and StoreError for a file that is not safe or a full disk.
        """
        folder, config = os.path.realpath(paths.vault), os.path.realpath(paths.config)
        path = os.path.join(folder, FILE)
        likely: Key | None = None
        try:
            # Asked first: a database implies that vault.json was there before it.
            old = dbfile.begun(path)
            if create:
                private.make_folder(folder)
            private.check_owned(folder)
            known = identity.read(folder)
            if known is not None:
                if key is None and asking.given is None and dbfile.size(path):
                    likely = likely_key(folder, config, known)
                key = key or likely or find_key(folder, config, known, ring, asking)
            elif old:
                raise Unreadable(f"{folder} holds a vault without {identity.FILE}", identity.MEND)
            elif create:
                known, key = identity.establish(folder, config, ring, asking)
            else:
                raise StoreError(f"there is no vault in {folder}", "the first letter makes one")
            dbfile.make(path, create)
        except FileNotFoundError as error:
            none = StoreError(f"there is no vault in {folder}", "the first letter makes one")
            raise (refused(folder, error) if create else none) from error
        except OSError as error:
            raise refused(folder, error) from error
        try:
            return cls._opened(path, known.id, key, wait, vfs)
        except Unreadable:
            # A wrong key and a damaged file look alike; was the key changed since vault.json was read?
            key = None
            if identity.read(folder) == known:
                if likely is None or known.fits(likely.key):
                    raise
                key = find_key(folder, config, known, ring, asking)
        return cls.open(paths, create=create, asking=asking, key=key, ring=ring, wait=wait, vfs=vfs)

    @classmethod
    def _opened(cls, path: str, vault_id: str, key: Key, wait: float, vfs: str | None) -> Vault:
        """Opens the file with the key, or with the other one of the two while the key is being changed."""
        writable = os.access(os.path.dirname(path), os.W_OK) and os.access(path, os.W_OK)
        candidates = [key] if key.spare is None else [key, key._replace(key=key.spare, spare=key.key)]
        while True:
            vault = cls(dbfile.connect(path, writable, vfs), path, vault_id, candidates.pop(0), writable, vfs)
            try:
                vault._start(wait)
                return vault
            except BaseException as error:
                vault.close()
                if not candidates or not isinstance(error, Unreadable):
                    raise

    def _start(self, wait: float) -> None:
        """Key, settings and tables of a fresh connection."""
        self._db.set_busy_timeout(int(wait * 1000))
        self.unlock()
        for statement in _ALWAYS:
            self.run(statement)
        if self.writable:
            with self._mapped():
                dbfile.use_log(self._db, wait)
            self.run("pragma synchronous = full")
        schema.prepare(self)

    def unlock(self) -> None:
        """Gives a fresh connection its key; `open` does it."""
        # The first 16 bytes of the file are its salt. While it is empty, every connection would draw its own, and of
        # two processes that begin at once the slower would find "not a database"; so a new file takes the vault's id.
        with self._mapped():
            cipher.unlock(self._db, self.key.key, "" if dbfile.size(self.path) else cipher.salt_of(self.id))

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Writes the log back into the file, if this was the last connection. Never fails: the log would be kept."""
        with suppress(apsw.Error):
            self._db.close()

    def run(self, sql: str, bindings: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one constant statement."""
        with self._mapped():
            return self._db.execute(sql, bindings).fetchall()

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One constant statement for each row of bindings."""
        with self._mapped():
            self._db.executemany(sql, rows).fetchall()

    def hold_many(self) -> None:
        """For thousands of cases in one go: more pages stay in memory (32 MiB), so that the same one is not read, decrypted
        and encrypted again for each chunk, and the log is written back into the file less often."""
        self.run("pragma cache_size = -32768")
        self.run("pragma wal_autocheckpoint = 8000")

    def meta(self, key: str) -> str | None:
        """A value kept for the vault as a whole; None when there is none."""
        rows = self.run("select value from meta where key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        with self.transaction():
            self.run("insert or replace into meta (key, value) values (?, ?)", (key, value))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens or nothing does; safe on the disk when the block has ended without an error.

        Waits for another writer. May be nested: the inner one can then fail alone.
        """
        begin, commit, rollback = _NESTED if self._db.in_transaction else _BEGIN
        day = self._before_change() if begin is _BEGIN[0] else ""
        self.run(begin)
        try:
            if begin is _BEGIN[0]:
                self._same_file()
            if day:
                self.set_meta(BACKUP_DAY, day)
            yield
            self.run(commit)
        except BaseException:
            # Some failures (full disk) have rolled back already.
            if self._db.in_transaction:
                with suppress(apsw.Error):
                    self._db.execute(rollback)
                    if begin is _NESTED[0]:
                        self._db.execute(_NESTED[1])
            raise

    def _before_change(self) -> str:
        before, self.before_change = self.before_change, None
        return before(self) if before else ""

    def _same_file(self) -> None:
        """What is written into a file that was replaced meanwhile (by a repair, by a synchronising service) is lost."""
        if dbfile.which(self.path) != self._file:
            hint = "run the same command again"
            raise Locked(f"the vault {self.path} was replaced by another file in the meantime", hint)

    def copy_into(self, path: str) -> None:
        """Everything as of now, under the same key, into the empty file at `path`. Not for use inside a change.

        Raises StoreError; a page of the vault that is damaged is Unreadable.
        """
        try:
            copy = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE, vfs=self._vfs)
        except apsw.Error as error:
            raise translate(error, path, 0) or StoreError(f"{path} cannot be opened: {error}") from error
        try:
            cipher.unlock(copy, self.key.key, cipher.salt_of(self.id))
            # The file is nobody's until it is whole and has its name.
            copy.execute("pragma journal_mode = off; pragma synchronous = off").fetchall()
            with self.reading(), copy.backup("main", self._db, "main") as backup:
                while not backup.done:
                    backup.step(COPY_PAGES)
        except apsw.Error as error:
            code = copy.system_errno or self._db.system_errno
            fault = translate(error, self.path, code)
            raise fault or StoreError(f"the vault {self.path} cannot be copied: {error}") from error
        finally:
            with suppress(apsw.Error):
                copy.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All reads inside see the vault at one moment, whatever others write. Waits for nobody."""
        if self._db.in_transaction:
            yield
            return
        self.run("begin")
        try:
            yield
        finally:
            with suppress(apsw.Error):
                self._db.execute("commit")

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except apsw.Error as error:
            fault = translate(error, self.path, self._db.system_errno)
            if fault is None:
                raise
            raise fault from error
        except OSError as error:  # from a storage layer written in Python
            raise StoreError(f"the vault {self.path} cannot be read or written: {error.strerror}") from error
