"""The database file as a file: what is there, how it is made, and how SQLite opens it."""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import os
import time
from contextlib import suppress

import apsw

from optout.errors import StoreError, Unreadable
from optout.store import private
from optout.store.cipher import PAGE
from optout.store.faults import translate

BACKUP = ".backup"
"""The ending of the name of the daily copy."""
LONGEST = 490
"""Bytes of a path that SQLite takes, less the endings of its own files."""
MEND = "to see what is lost: optout doctor; to save the rest: optout doctor --repair"


def check_name(path: str) -> None:
    """Raises StoreError for a path that SQLite cannot open, before anything is made there."""
    folder = os.path.dirname(path)
    hint = "use another --home"
    try:
        length = len(path.encode())
    except UnicodeEncodeError:
        raise StoreError(f"{folder} cannot hold the vault: its name is no valid UTF-8", hint) from None
    if length > LONGEST:
        raise StoreError(f"{folder} is too long for the database: {length} bytes, and {LONGEST} can be", hint)


def connect(path: str, writable: bool, vfs: str | None) -> apsw.Connection:
    """A connection, still locked. Raises StoreError."""
    try:
        if writable:
            return apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE, vfs=vfs)
        if size(path + "-wal") > 0:
            raise StoreError(
                f"the vault {path} is read-only and holds changes that were not finished",
                "make its folder writable once and run `optout status`",
            )
        from urllib.parse import quote

        # Without write access to the folder the log's index cannot be made; nobody writes here, so none is needed.
        name = f"file:{quote(path)}?immutable=1"
        return apsw.Connection(name, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI, vfs=vfs)
    except apsw.Error as error:
        raise translate(error, path, 0) or StoreError(f"the vault {path} cannot be opened: {error}") from error


def use_log(connection: apsw.Connection, wait: float) -> None:
    """Write-ahead log, which stays set in the file. The first switch ignores the busy timeout, so it is tried again for
    `wait` seconds while another process does the same."""
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute("pragma journal_mode = wal").fetchall()
            return
        except apsw.BusyError:
            if time.monotonic() > until:
                raise
        time.sleep(0.01)


def make(path: str, create: bool) -> None:
    """Makes the empty file, since SQLite would make it readable by all, and its log takes the modes of the file.

    Raises Refused for one that is not safe, Unreadable for one that was lost or cut, FileNotFoundError for none.
    """
    if create and not os.path.lexists(path):
        if size(path + "-wal") > 0:
            raise Unreadable(f"{path} is missing, its log is there", "put optout.db back from a backup")
        _not_lost(path, "is missing")
        try:
            private.create(path, b"")
            private.sync_folder(os.path.dirname(path))
        except FileExistsError:
            pass  # another process was faster
    try:
        private.check_owned(path)
    except FileNotFoundError:
        _not_lost(path, "is missing")
        raise
    for log in (path + "-wal", path + "-shm"):
        with suppress(FileNotFoundError):
            private.check_owned(log)
    if size(path + "-wal") == 0:  # else the log may hold what the file lacks
        if size(path) == 0:
            _not_lost(path, "is empty")
        if size(path) % PAGE:  # SQLite would take a short one for a new database
            raise Unreadable(f"the vault {path} is damaged: it was cut to {size(path)} bytes", MEND)


def _not_lost(path: str, how: str) -> None:
    """A vault is copied before its first change, so where a copy is there were cases."""
    if os.path.lexists(path + BACKUP):
        raise Unreadable(f"the vault {path} {how}, but there is a backup of it", MEND)


def begun(path: str) -> bool:
    """Whether the database at `path` has, or had, any content. Raises StoreError for a path that cannot hold one."""
    check_name(path)
    folder = os.path.dirname(path)
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise StoreError(f"{folder} is not a folder", "name another one with --home or OPTOUT_HOME")
    return size(path) > 0 or size(path + "-wal") > 0 or os.path.lexists(path + BACKUP)


def which(path: str) -> tuple[int, int]:
    """Which file lies at the path, whatever its name."""
    info = os.lstat(path)
    return info.st_dev, info.st_ino


def size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0
