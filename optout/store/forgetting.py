"""Making every trace of one person go, so that a killed run can be ended by the next one.

The order is: a mark in the vault, letters on disk, all rows in one transaction, then what still holds the old rows:
free pages, the log, copies of the vault. The mark says how far it is, and goes last.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from optout.errors import Locked, StoreError
from optout.store import backup, cases, files, private, scratch, traces
from optout.store.paths import Paths
from optout.store.traces import Scope
from optout.store.vault import BACKUP_DAY, Vault

MARK = "forgetting"
"""The key of the mark in `meta`: a plan, or `_ROWS_GONE` when only what held them is left to clean."""
_ROWS_GONE = "clean"
BUG = "last-bug.txt"
"""The one file in the cache that a command writes about what it did."""
_CACHED = re.compile(r"(jurisdictions|firms)-[a-z0-9-]+\.json(\.[0-9a-f]+\.tmp)?", re.ASCII)
_LIVE = ("", "-wal", "-shm", "-journal")
"""Endings of the database's own files."""


class Done(NamedTuple):
    """What a run did, and what it could not do."""

    cases: int
    files: int
    """Files removed."""
    kept: tuple[str, ...]
    """Letters that somebody changed and files that we did not write: they stay."""
    missing: tuple[str, ...]
    """Letters that are not where they were written."""
    failed: tuple[str, ...]
    """Files that could not be removed, each with the reason."""


def begin(vault: Vault, scope: Scope, changed_too: bool) -> None:
    """Marks what is to go. From here it goes, in this run or in the next."""
    vault.set_meta(MARK, json.dumps({**scope._asdict(), "changed_too": changed_too}))


def begun(vault: Vault) -> bool:
    """Whether an earlier run was cut short."""
    return vault.meta(MARK) is not None


def finish(vault: Vault, paths: Paths) -> Done:
    """Does all that the mark asks for. Raises Locked while another process uses the vault, and StoreError; the same
    call can be made again."""
    done = Done(0, 0, (), (), ())
    mark = vault.meta(MARK)
    if mark is None:
        return done
    if mark != _ROWS_GONE:
        plan = json.loads(mark)
        scope: Scope | None = Scope(*(tuple(plan[name]) for name in Scope._fields))
        while scope:
            done = _remove_files(vault, scope, plan["changed_too"], done)
            scope = _remove_rows(vault, scope)
    done = done._replace(failed=(*done.failed, *_clean(vault, paths)))
    with vault.transaction():
        # Without the day of the last copy, the next change makes one, if that cannot be done now.
        vault.run("delete from meta where key in (?, ?)", (MARK, BACKUP_DAY))
    with suppress(StoreError):
        backup.make(vault)
    return done


def _remove_files(vault: Vault, scope: Scope, changed_too: bool, before: Done) -> Done:
    letters, temps, others = traces.on_disk(vault, scope.refs)
    going = [*temps, *(x.path for x in letters if x.state == "ours" or (x.state == "changed" and changed_too))]
    failed = _unlinked(going)
    # Drafts of theirs whose making was killed before the vault knew them lie beside.
    for output in {os.path.dirname(os.path.dirname(letter.path)) for letter in letters}:
        files.sweep_cases(output, {row["temp"] for row in cases.pending(vault)}, now=math.inf)
    folders = {os.path.dirname(path) for path in (*temps, *(letter.path for letter in letters))}
    for folder in sorted(folders):
        if os.path.basename(folder).startswith(scope.refs):
            with suppress(OSError):
                os.rmdir(folder)
        with suppress(OSError):
            private.sync_folder(os.path.dirname(folder) if not os.path.isdir(folder) else folder)
    kept = [x.path for x in letters if x.state == "changed" and not changed_too]
    return Done(
        cases=len(scope.refs),
        files=before.files + len(going) - len(failed),
        kept=(*kept, *others),
        missing=tuple(x.path for x in letters if x.state == "missing"),
        failed=(*before.failed, *failed),
    )


def _unlinked(going: Iterable[str]) -> list[str]:
    """Removes files, and gives those that stay, each with the reason."""
    failed = []
    for path in going:
        try:
            os.unlink(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            failed.append(f"{path}: {error.strerror}")
    return failed


def _remove_rows(vault: Vault, scope: Scope) -> Scope | None:
    """All rows in one transaction, in every table that speaks of a case. Where another process opened a case of the
    person meanwhile, nothing, and the scope with that case."""
    with vault.transaction():
        refs = _refs(vault, scope)
        if set(refs) - set(scope.refs):
            return scope._replace(refs=refs)
        subjects = set(scope.subjects)
        for ref in scope.refs:
            subjects |= {str(subject) for (subject,) in vault.run("select subject from cases where ref = ?", (ref,))}
            for table in tables(vault):
                vault.run(f"delete from {table} where ref = ?", (ref,))
            vault.run("delete from meta where key <> ? and (instr(key, ?) or instr(value, ?))", (MARK, ref, ref))
        for subject in subjects:
            vault.run(
                "delete from subjects where id = ? and not exists (select 1 from cases where subject = subjects.id)",
                (subject,),
            )
        for ident in scope.profiles:
            vault.run("delete from profiles where id = ?", (ident,))
        vault.set_meta(MARK, _ROWS_GONE)
    return None


def _refs(vault: Vault, scope: Scope) -> tuple[str, ...]:
    """All cases of these profiles and people as of now, and those that were."""
    found = list(scope.refs)
    for column, values in (("profile", scope.profiles), ("subject", scope.subjects)):
        for value in values:
            rows = vault.run(f"select ref from cases where {column} = ? order by rowid", (value,))
            found += [str(ref) for (ref,) in rows]
    return tuple(dict.fromkeys(found))


def tables(vault: Vault) -> list[str]:
    """Every table with a column `ref`, the cases themselves last."""
    names = vault.run(
        """select m.name from sqlite_schema m, pragma_table_info(m.name) c
        where m.type = 'table' and c.name = 'ref' order by m.name = 'cases'"""
    )
    return [str(name) for (name,) in names]


def _clean(vault: Vault, paths: Paths) -> tuple[str, ...]:
    """Free pages, the log, copies of the vault, texts of a killed editor, and the cache. Gives what could not be
    removed."""
    vault.run("vacuum")
    busy, *_ = vault.run("pragma wal_checkpoint(truncate)")[0]
    if busy:
        raise Locked("another process reads the vault, and still sees what is gone", "run the same command again")
    failed = _unlinked(copies(vault.path))
    for folder in (os.path.dirname(vault.path), paths.config, os.path.join(paths.cache, "data")):
        files.sweep(folder, (), now=math.inf)
    private.sync_folder(os.path.dirname(vault.path))
    scratch.sweep(os.path.dirname(vault.path))
    _drop_cached(paths.cache)
    return tuple(failed)


def _drop_cached(cache: str) -> None:
    """Which places and firms were looked up, and what a bug said. Only files of our own names: it may be any folder."""
    data = os.path.join(cache, "data")
    for folder in (cache, data):
        with suppress(OSError):
            for name in os.listdir(folder):
                if name == BUG or (folder == data and _CACHED.fullmatch(name)):
                    os.unlink(os.path.join(folder, name))


def copies(database: str) -> list[str]:
    """Files beside the database that hold it as it once was."""
    folder, name = os.path.split(database)
    live = {name + ending for ending in _LIVE}
    return [
        os.path.join(folder, found)
        for found in sorted(os.listdir(folder))
        if found.startswith(name) and found not in live
    ]
