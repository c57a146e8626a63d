"""Which folders of others' data are trusted, and which bytes: beside the vault, where no such folder can write."""

# pathlib alone would add a tenth to the start of a command.

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from optout.errors import Locked, StoreError
from optout.store import private
from optout.store.paths import Paths

FILE = "trusted.json"
LOCK = "trusted.lock"
"""Always empty; whoever changes what is trusted holds it."""
WAIT = 15000
"""Milliseconds to wait for another process."""
SCHEMA = "optout/trusted/1"
LARGEST = 64 * 1024 * 1024


def read(paths: Paths) -> list[dict[str, Any]]:
    """The folders in the order in which they were first trusted: {"folder", "name", "on", "files"}, and files by
    `<kind>/<id>` as {"sha256", "recipients", "asks"}. Raises StoreError for a file that somebody else could write."""
    path = os.path.join(paths.vault, FILE)
    try:
        plain = json.loads(private.read(path, most=LARGEST))
        if plain["schema"] != SCHEMA:
            raise StoreError(f"{path} was written by a newer version of optout", "install that version or a newer one")
        folders: list[dict[str, Any]] = [
            {"folder": str(x["folder"]), "name": str(x["name"]), "on": str(x["on"]), "files": _files(x["files"])}
            for x in plain["folders"]
        ]
    except (FileNotFoundError, NotADirectoryError):  # a home that is a file is told by whoever needs one
        return []
    except private.Refused as refused:
        raise StoreError(f"{path} is not used: {refused.strerror}", refused.hint) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # as above
            return []
        raise StoreError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreError(f"{path} is damaged", "delete it, and trust the folders again: optout data trust") from None
    return folders


def _files(plain: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        str(key): {"sha256": str(x["sha256"]), "recipients": list(x["recipients"]), "asks": list(x["asks"])}
        for key, x in plain.items()
    }


def change(paths: Paths, made: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """Puts what `made` makes of the folders of this moment in their place, while nobody else can.

    Raises StoreError when it cannot be written, Locked when another process is at it for long.
    """
    with _alone(paths):
        _write(paths, made(read(paths)))


@contextmanager
def _alone(paths: Paths) -> Iterator[None]:
    """Holds the lock. It is a database in which nothing is ever written: SQLite knows how to lock on every system, and
    a killed process leaves no lock behind."""
    import apsw

    path = os.path.join(paths.vault, LOCK)
    try:
        private.make_folder(paths.vault)
        with suppress(FileExistsError):
            private.create(path, b"")
        private.check_owned(path)
    except private.Refused as refused:
        raise StoreError(f"{path} is not used: {refused.strerror}", refused.hint) from None
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from None
    try:
        connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.set_busy_timeout(WAIT)
            connection.execute("begin immediate")
            yield
        finally:
            connection.close()
    except (apsw.BusyError, apsw.LockedError) as error:
        raise Locked(f"another process is changing {FILE}", "wait for it, then run the same again") from error
    except apsw.Error as error:
        raise StoreError(f"{path} cannot be used", "delete it, then run the same again") from error


def _write(paths: Paths, folders: list[dict[str, Any]]) -> None:
    path = os.path.join(paths.vault, FILE)
    text = json.dumps({"schema": SCHEMA, "folders": folders}, ensure_ascii=False, separators=(",", ":"))
    try:
        private.replace(path, text.encode())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from None
