"""Making every trace of one person go, so that a killed run can be ended by the next one.

The order is: a mark in the vault, letters on disk, all rows in one transaction, then what still holds the old rows:
free pages, the log, copies of the vault. The mark says how far it is, and goes last.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from optout.errors import Locked, StoreError
from optout.store import backup, cases, files, private, scratch, traces
from optout.store.paths import Paths
from optout.store.traces import OnDisk, Scope, Traces
from optout.store.vault import BACKUP_DAY, Vault

MARK = "forgetting"
"""The key of the mark in `meta`: a plan, or what was done when only what held the rows is left to clean."""
BUG = "last-bug.txt"
"""The one file in the cache that a command writes about what it did."""
_CACHED = re.compile(r"(jurisdictions|firms)-[a-z0-9-]+\.json(\.[0-9a-f]+\.tmp)?", re.ASCII)
_HELD = re.compile(r"\.optout-[0-9a-f]{12}-(optout\.db.*|out)\.tmp(-wal|-shm)?", re.ASCII)
"""Temporary names of copies of the vault, and of files with all that is in it."""


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


NOTHING = Done(0, 0, (), (), ())


def together(one: Done, other: Done) -> Done:
    """What two runs did."""
    return Done(
        cases=one.cases + other.cases,
        files=one.files + other.files,
        kept=one.kept + other.kept,
        missing=one.missing + other.missing,
        failed=one.failed + other.failed,
    )


def begin(vault: Vault, found: Traces, changed_too: bool) -> None:
    """Marks what is to go. From here it goes, in this run or in the next."""
    missing = [letter.path for letter in found.letters if letter.state == "missing"]
    with vault.transaction():
        if begun(vault):
            raise Locked("another window is forgetting somebody", "run the same command again when it is done")
        _mark(vault, found.scope, changed_too, missing)


def begun(vault: Vault) -> bool:
    """Whether an earlier run was cut short."""
    return vault.meta(MARK) is not None


def finish(vault: Vault, paths: Paths) -> Done:
    """Does all that the mark asks for. Raises Locked while another process uses the vault, and StoreError; the same
    call can be made again, and tells then what an earlier one could not."""
    mark = vault.meta(MARK)
    if mark is None:
        return NOTHING
    plan = json.loads(mark)
    while "scope" in plan:
        scope = Scope(*(tuple(plan["scope"][name]) for name in Scope._fields))
        done, stuck = _remove_files(vault, scope, plan)
        _remove_rows(vault, scope, plan, done, stuck)
        plan = json.loads(str(vault.meta(MARK)))
    done = Done(plan["cases"], plan["files"], *(tuple(plan[name]) for name in Done._fields[2:]))
    done = done._replace(failed=(*done.failed, *_clean(vault, paths)))
    with vault.transaction():
        # Without the day of the last copy, the next change makes one, if that cannot be done now.
        vault.run("delete from meta where key in (?, ?)", (MARK, BACKUP_DAY))
    with suppress(StoreError):
        vault.run("pragma wal_checkpoint(truncate)")  # the mark had the names of files
        backup.make(vault)
    return done


def _mark(vault: Vault, scope: Scope, changed_too: bool, missing: Iterable[str], removed: int = 0) -> None:
    plan = {"scope": scope._asdict(), "changed_too": changed_too, "missing": list(missing), "files": removed}
    vault.set_meta(MARK, json.dumps(plan))


def _remove_files(vault: Vault, scope: Scope, plan: Mapping[str, Any]) -> tuple[Done, set[str]]:
    """What was done, and the files that could not be removed."""
    letters, temps, others = traces.on_disk(vault, scope.refs)
    going = _going(letters, temps, plan["changed_too"])
    failed = _unlinked(going)
    folders = {os.path.dirname(path) for path in (*temps, *(letter.path for letter in letters))}
    for folder in sorted(folders):
        if os.path.basename(folder).startswith(scope.refs):
            with suppress(OSError):
                os.rmdir(folder)
        with suppress(OSError):
            private.sync_folder(os.path.dirname(folder) if not os.path.isdir(folder) else folder)
    kept = [x.path for x in letters if x.state == "changed" and not plan["changed_too"]]
    done = Done(
        cases=len(scope.refs),
        files=plan["files"] + len(going) - len(failed),
        kept=(*kept, *others),
        missing=tuple(plan["missing"]),
        failed=tuple(f"{path}: {reason}" for path, reason in failed.items()),
    )
    return done, set(failed)


def _going(letters: Iterable[OnDisk], temps: Iterable[str], changed_too: bool) -> list[str]:
    """The files that are to go."""
    return [*temps, *(x.path for x in letters if x.state == "ours" or (x.state == "changed" and changed_too))]


def _unlinked(going: Iterable[str]) -> dict[str, str]:
    """Removes files, and gives those that stay, each with the reason."""
    failed = {}
    for path in going:
        try:
            os.unlink(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            failed[path] = str(error.strerror)
    return failed


def _remove_rows(vault: Vault, scope: Scope, plan: Mapping[str, Any], done: Done, stuck: Collection[str]) -> None:
    """All rows in one transaction, in every table that speaks of a case; the mark then has what was done. Where another
    process opened a case of the person meanwhile, or wrote letters of theirs again, only that goes into the mark."""
    with vault.transaction():
        refs = _refs(vault, scope)
        # Temporary names first: a file that gets its name in between is then found under that.
        temps = traces.on_disk(vault, refs)[1]
        letters = traces.on_disk(vault, refs)[0]
        added = set(refs) - set(scope.refs)
        if added or set(_going(letters, temps, plan["changed_too"])) - set(stuck):
            new = [x.path for x in traces.on_disk(vault, sorted(added))[0] if x.state == "missing"]
            _mark(vault, scope._replace(refs=refs), plan["changed_too"], [*plan["missing"], *new], done.files)
            return
        _sweep(vault, refs)
        subjects = set(scope.subjects)
        for ref in refs:
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
        vault.set_meta(MARK, json.dumps(done._asdict()))


def _sweep(vault: Vault, refs: Collection[str]) -> None:
    """Drafts of theirs whose making was killed before the vault knew them lie beside their letters.

    Nobody makes one while this transaction lasts, so none is too young. In the folders of other cases `letter` may be
    writing, and what is left there goes as everywhere, after an hour.
    """
    outputs = {
        os.path.dirname(str(folder))
        for table in ("files", "pending")
        for ref in refs
        for (folder,) in vault.run(f"select distinct folder from {table} where ref = ?", (ref,))
    }
    others = {str(ref) for (ref,) in vault.run("select ref from cases")} - set(refs)
    for output in outputs:
        files.sweep_cases(output, {row["temp"] for row in cases.pending(vault)}, now=math.inf, spared=others)


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


def _clean(vault: Vault, paths: Paths) -> list[str]:
    """Free pages, the log, copies of the vault, texts of a killed editor, and the cache. Gives what could not be
    removed."""
    vault.run("vacuum")
    busy, *_ = vault.run("pragma wal_checkpoint(truncate)")[0]
    if busy:
        raise Locked("another process reads the vault, and still sees what is gone", "run the same command again")
    folder = os.path.dirname(vault.path)
    # A copy or an export that is being made may hold the person as well; whoever makes it is told that it is gone.
    made = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if _HELD.fullmatch(name)]
    failed = _unlinked([*backup.copies(vault.path, foreign=True), *made])
    private.sync_folder(folder)
    scratch.sweep(folder)
    _drop_cached(paths.cache)
    return [f"{path}: {reason}" for path, reason in failed.items()]


def _drop_cached(cache: str) -> None:
    """Which places and firms were looked up, and what a bug said. Only files of our own names: it may be any folder."""
    data = os.path.join(cache, "data")
    for folder in (cache, data):
        with suppress(OSError):
            for name in os.listdir(folder):
                if name == BUG or (folder == data and _CACHED.fullmatch(name)):
                    os.unlink(os.path.join(folder, name))
