"""Encrypted copies of the vault beside it: one of before the first change of each day, one of before each upgrade.

A copy is made through the database itself, so a damaged page stops it and never replaces a good copy. It appears under
its name complete or not at all.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
from collections.abc import Callable
from contextlib import suppress

import apsw

from optout.errors import StoreError, Unreadable
from optout.store import dbfile, files, private
from optout.store.dbfile import BACKUP
from optout.store.faults import disk_full, refused
from optout.store.keys import Key
from optout.store.vault import BACKUP_DAY, Vault

UPGRADE = ".before-"
DAMAGED = ".damaged-"
_LIVE = ("", "-wal", "-shm", "-journal")
"""Endings of the database's own files."""
SPARE = 2 * 1024 * 1024
"""Bytes that a copy must leave free on the disk: the change it is made for comes after it."""


def path_of(database: str) -> str:
    return database + BACKUP


def copies(database: str, *, foreign: bool = False) -> list[str]:
    """All files beside the database that hold cases as they once were; with `foreign`, those as well that others made
    of it under a longer name. They open with the key of their time."""
    folder, name = os.path.split(database)
    endings = ("",) if foreign else (BACKUP, UPGRADE, DAMAGED)
    live = {name + ending for ending in _LIVE}
    try:
        names = [found for found in sorted(os.listdir(folder)) if found not in live]
    except FileNotFoundError:
        return []
    return [os.path.join(folder, found) for found in names if found.startswith(tuple(name + x for x in endings))]


def daily(vault: Vault, day: str, tell: Callable[[str], None], now: float) -> str:
    """Copies the vault unless that was done on this `day`; gives the day when it was done now, else "".

    Never stops the change that follows: `tell` gets a sentence when there is no copy. `now` (seconds since 1970) is
    for leftovers of killed writers.
    """
    try:
        if vault.meta(BACKUP_DAY) == day:
            return ""
        files.sweep(os.path.dirname(vault.path), (), now=now)
        make(vault)
        return day
    except StoreError as error:
        reason = "a part of the vault is damaged, see: optout doctor" if isinstance(error, Unreadable) else str(error)
        tell(f"There is no new backup of your cases ({reason}). The one of before is kept.")
        return ""


def make(vault: Vault) -> str:
    """Puts a copy of the vault as of now in place of the one there is; gives its path.

    To be called as well when something must not survive in a copy, or the key has changed. Raises StoreError, and
    then the copy of before is untouched.
    """
    final = path_of(vault.path)
    _refuse_odd(final)
    temp = _written(vault, final)
    try:
        os.replace(temp, final)
        private.sync_folder(os.path.dirname(final))
    except OSError as error:
        _drop(temp)
        raise refused(final, error) from error
    return final


def before_upgrade(vault: Vault, version: int) -> None:
    """Keeps the vault as it is before it becomes that `version`. Raises StoreError: without a copy no upgrade.

    A copy of an earlier upgrade to that version stays, since an older vault may have been put back since; the new one
    gets the next number. One that holds just what the vault holds, left by an upgrade that was cut short, is enough.
    """
    first = f"{vault.path}{UPGRADE}{version}"
    names = (first if number == 1 else f"{first}-{number}" for number in itertools.count(1))
    with vault.reading():  # one moment: another process may be upgrading
        if int(vault.run("pragma user_version")[0][0]) >= version:
            return
        final = next(names)
        while os.path.lexists(final):
            if _same(vault, final):
                return
            final = next(names)
        temp = _written(vault, final)
    try:
        private.settle(temp, final)
    except FileExistsError:  # another process made the same one
        return
    except OSError as error:
        raise refused(final, error) from error


def opened(path: str, vault_id: str, key: Key) -> Vault | None:
    """A copy, for reading; None when it is damaged, or was made under another key."""
    try:
        private.check_owned(path)
        vault = Vault(dbfile.connect(path, False, None), path, vault_id, key, False)
        vault.unlock()
        vault.run("select count(*) from sqlite_schema")
        if not whole(vault):
            vault.close()
            return None
        return vault
    except (StoreError, OSError, apsw.Error):
        return None


def whole(vault: Vault) -> bool:
    """Whether every page is sound and every row refers to one that is there."""
    return vault.run("pragma integrity_check(1)") == [("ok",)] and not vault.run("pragma foreign_key_check")


def _same(vault: Vault, path: str) -> bool:
    copy = opened(path, vault.id, vault.key)
    if copy is None:
        return False
    with copy:
        return _content(copy) == _content(vault)


def _content(vault: Vault) -> bytes:
    """A digest of every row. A kept file stands for itself by its own digest."""
    digest = hashlib.sha256()
    for (table,) in vault.run("select name from sqlite_schema where type = 'table' order by name"):
        columns = [name for _, name, *_ in vault.run(f"pragma table_info({table})") if name != "data"]
        for row in vault.run(f"select {', '.join(columns)} from {table} order by rowid"):
            digest.update(repr((table, row)).encode())
    return digest.digest()


def _written(vault: Vault, final: str) -> str:
    """A synced copy under a temporary name beside `final`. Raises StoreError and leaves nothing then."""
    folder = os.path.dirname(final)
    temp = private.temp_name(final)
    try:
        if shutil.disk_usage(folder).free < os.stat(vault.path).st_size + SPARE:
            raise disk_full(final)
        private.create(temp, b"")
        vault.copy_into(temp)
        private.sync_file(temp)
    except OSError as error:
        _drop(temp)
        raise refused(final, error) from error
    except BaseException:
        _drop(temp)
        raise
    return temp


def _refuse_odd(path: str) -> None:
    with suppress(FileNotFoundError):
        try:
            private.check_owned(path)
        except private.Refused as error:
            raise refused(path, error) from error


def _drop(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)
