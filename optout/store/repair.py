"""Repair: everything that can be read goes into a new file, which takes the place of the damaged one; that is kept.

Where the first page cannot be read, the one of the backup is tried in its place; where nothing can be read, the backup
becomes the vault. Killed at any moment, either the old file or the repaired one is there.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import apsw

from optout.errors import Locked, StoreError, Unreadable
from optout.store import backup, cipher, dbfile, mending, private, replacing, salvage, schema, tablesteps
from optout.store.faults import disk_full, refused, translate
from optout.store.keys import Key
from optout.store.mending import Refold
from optout.store.replacing import LOG
from optout.store.vault import FILE, WAIT, Vault

SYSTEM = "win32" if os.name == "nt" else "unix"
"""SQLite's storage below the encryption."""
ROWS, FITTED, BACKUP = "rows", "first page", "backup"


class Report(NamedTuple):
    """What a repair did."""

    kept: str
    """The damaged file; "" when there was none."""
    how: str
    """ROWS, FITTED or BACKUP: what the new file was made from."""
    cases: int
    """How many cases the repaired vault holds."""
    lost: list[str]
    """What is not there any more, in sentences."""
    restored: list[str]
    """What was taken from the backup, in sentences."""


def run(folder: str, vault_id: str, key: Key, day: str, refold: Refold, wait: float = WAIT) -> Report:
    """Repairs the vault in `folder`. `day` (ISO) goes into the name of the damaged file; `refold` gives a case's summary.

    Raises Locked while another process has the vault open, Unreadable when nothing can be saved, StoreError for a full
    disk; then all is as it was.
    """
    database = os.path.join(folder, FILE)
    _room(database)
    with _alone(database, wait) as held, replacing.scratch(database) as work, replacing.scratch(database) as new:
        made = _made(database, held, work, new, vault_id, key, refold)
        private.sync_file(new)
        kept = replacing.swap(database, held, new, day)
    return made._replace(kept=kept)


def _made(
    database: str, held: apsw.VFSFile | None, work: str, new: str, vault_id: str, key: Key, refold: Refold
) -> Report:
    """Writes the repaired vault to `new`, from the rows, else with the backup's first page, else from the backup."""
    copy = backup.path_of(database)
    # While the key is being changed, each file is under one of the two.
    keys = [key] if key.spare is None else [key, key._replace(key=key.spare, spare=key.key)]
    reserve = next(filter(None, (backup.opened(copy, vault_id, key) for key in keys if os.path.exists(copy))), None)
    try:
        for key, how in ((key, how) for key in keys for how in (ROWS, FITTED)):
            # A page of the backup fits under the same key only.
            if held is None or (how == FITTED and (reserve is None or reserve.key.key != key.key)):
                continue
            _copied(held, database, work)
            if how == FITTED:
                _headed(database, work, copy, vault_id, key)
            try:
                return _from_rows(work, new, vault_id, key, reserve, refold, how)
            except (Unreadable, apsw.CorruptError, apsw.NotADBError):
                _emptied(new)
        if reserve is None:
            raise Unreadable(f"nothing of {database} can be read, and there is no backup", "the file is left as it is")
        return _from_backup(copy, new, reserve)
    except apsw.Error as error:
        raise translate(error, database, 0) or StoreError(f"{database} cannot be repaired: {error}") from error
    except OSError as error:
        raise refused(database, error) from error
    finally:
        if reserve is not None:
            reserve.close()


def _from_rows(work: str, new: str, vault_id: str, key: Key, reserve: Vault | None, refold: Refold, how: str) -> Report:
    damaged = dbfile.connect(work, True, None)
    try:
        cipher.unlock(damaged, key.key)
        tables = salvage.tables(damaged)
        version = int(str(damaged.execute("pragma user_version").fetchall()[0][0]))
        if not tables or not version:
            raise Unreadable(f"{work} holds no tables")
        vault = _fresh(new, vault_id, key)
        try:
            with vault.transaction():
                schema.bring(vault, tablesteps.STEPS[:version])
                losses = mending.fill(vault, damaged, tables)
                schema.bring(vault)
                if how == FITTED and not mending.believable(vault):
                    raise Unreadable(f"the tables of {work} are not those of the backup")
                lost, restored = mending.mend(vault, losses, reserve, refold)
            (count,) = vault.run("select count(*) from cases")[0]
            _judge(vault)
            return Report("", how, int(count), lost, restored)
        finally:
            vault.close()
    finally:
        damaged.close()


def _from_backup(copy: str, new: str, reserve: Vault) -> Report:
    (count,) = reserve.run("select count(*) from cases")[0]
    reserve.copy_into(new)
    day = time.strftime("%Y-%m-%d", time.gmtime(os.stat(copy).st_mtime))
    lost = [f"everything that was noted since the backup was made, on {day}"]
    return Report("", BACKUP, int(count), lost, [f"the {count} cases of the backup, as they were then"])


def _judge(vault: Vault) -> None:
    """What is put in place of a vault has to be whole."""
    if not backup.whole(vault):
        raise StoreError("the repaired vault is not whole; nothing was changed", "please report this")


def _fresh(path: str, vault_id: str, key: Key) -> Vault:
    """An empty vault without tables at `path`, which nobody else knows of."""
    connection = dbfile.connect(path, True, None)
    vault = Vault(connection, path, vault_id, key, True)
    vault.unlock()
    vault.run("pragma journal_mode = memory")
    vault.run("pragma synchronous = off")
    vault.run("pragma foreign_keys = off")  # rows come in any order; judged at the end
    return vault


@contextmanager
def _alone(database: str, wait: float) -> Iterator[apsw.VFSFile | None]:
    """The file under the lock that nobody gets while another process has it open; None where there is no file.

    It is read through this alone: the system takes the lock away when a process closes another handle on a file.
    """
    if not os.path.lexists(database):
        yield None
        return
    private.check_owned(database)
    file = apsw.VFSFile(SYSTEM, database, [apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READWRITE, 0])
    try:
        until = time.monotonic() + wait
        while not _locked(file):
            if time.monotonic() > until:
                hint = "end the other one, then run the same command again"
                raise Locked(f"another process has the vault {database} open", hint)
            time.sleep(0.05)
        yield file
    finally:
        with suppress(apsw.Error):
            file.xUnlock(apsw.SQLITE_LOCK_NONE)
        with suppress(apsw.Error):
            file.xClose()


def _locked(file: apsw.VFSFile) -> bool:
    try:
        file.xLock(apsw.SQLITE_LOCK_SHARED)
        file.xLock(apsw.SQLITE_LOCK_EXCLUSIVE)
        return True
    except apsw.BusyError:
        file.xUnlock(apsw.SQLITE_LOCK_NONE)
        return False


def _room(database: str) -> None:
    need = 2 * (dbfile.size(database) + dbfile.size(database + LOG)) + backup.SPARE
    if shutil.disk_usage(os.path.dirname(database)).free < need:
        raise disk_full(f"{database}; a repair needs about {need // 1024} KiB")


def _copied(held: apsw.VFSFile, database: str, work: str) -> None:
    """Copies the damaged file and its log."""
    replacing.poured(held, work)
    log = _log_of(database)
    if log:
        shutil.copyfile(log, work + LOG)


def _log_of(database: str) -> str:
    """The log that belongs to the file: beside it, or kept by a repair that was killed after taking it away."""
    if dbfile.size(database + LOG):
        return database + LOG
    for path in backup.copies(database):
        if path.endswith(LOG) and os.path.exists(path[: -len(LOG)]) and os.path.samefile(path[: -len(LOG)], database):
            return path
    return ""


def _headed(database: str, work: str, copy: str, vault_id: str, key: Key) -> None:
    """Puts the pages of the backup that hold the list of tables over the damaged ones.

    That list changes with the format only. The first page says as well how long the file is; so a copy of the backup
    is made as long as the damaged file first.
    """
    length = os.stat(work).st_size
    with replacing.scratch(database) as grown:
        shutil.copyfile(copy, grown)
        vault = _fresh(grown, vault_id, key)
        try:
            filler = "x" * max(length - os.stat(grown).st_size + cipher.PAGE, 0)
            vault.run("insert into meta (key, value) values ('filler', ?)", (filler,))
            numbers = [int(n) for (n,) in vault.run("select pageno from dbstat where name = 'sqlite_schema'")]
        finally:
            vault.close()
        with open(grown, "rb") as source, open(work, "r+b") as target:
            for number in numbers:
                source.seek((number - 1) * cipher.PAGE)
                target.seek((number - 1) * cipher.PAGE)
                target.write(source.read(cipher.PAGE))


def _emptied(path: str) -> None:
    with open(path, "wb"):
        pass
