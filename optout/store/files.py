"""Letters as private files, in two steps: written under temporary names, then, once the vault knows them, renamed.

A kill between the two leaves recognisable temporary files recorded in the vault; `finish` gives them their names.
"""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from optout.errors import OutputFailed
from optout.store import private

STRAY_AGE = 3600.0
"""Seconds after which an unrecorded temporary file can only be a killed writer's."""

EDITED = "-edited-"
"""Before the number in the name of a file that was set aside."""
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}", re.ASCII)
_CASE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-", re.ASCII)
REF_SIZE = 9
"""Signs of a reference, with which the name of a case's folder begins."""
_TEMP = re.compile(r"\.optout-[0-9a-f]{12}-[A-Za-z0-9_][A-Za-z0-9._-]{0,79}\.tmp(-wal|-shm)?", re.ASCII)


class Staged:
    """The files of one case folder on their way. Any failure raises OutputFailed and leaves nothing of them behind.

    Order of use: `add` each, record `entries` in the vault's transaction, `commit`, `cases.clear_pending`. When the
    transaction fails: `discard`.
    """

    folder: str
    """Absolute."""
    entries: list[dict[str, str]]
    """{"folder", "temp", "final", "sha256"}; names without the folder. One without a final name says what a file that is
    written anew was when we wrote it."""

    def __init__(self, folder: str) -> None:
        """Creates the folder and its missing parents, 0700. Refuses a symbolic link in its place."""
        self.folder = os.path.abspath(folder)
        self.entries = []
        self._made: list[str] = []
        try:
            self._made = private.make_folder(self.folder)
        except OSError as error:
            raise failed(self.folder, error) from error

    def add(self, name: str, data: bytes, before: str = "") -> dict[str, str]:
        """Writes one file, synced, under a temporary name; gives its entry. `before` is the hash of the file of that
        name when we last wrote it: whatever else is there at the end is the user's and is set aside.

        Raises OutputFailed, also for a name that could leave the folder or hide in it."""
        if not _NAME.fullmatch(name):
            self.discard()
            raise OutputFailed(f"{name!r} cannot be a file name here", "letters, digits, dots, dashes, at most 80")
        temp = private.temp_name(os.path.join(self.folder, name))
        try:
            private.create(temp, data)
        except OSError as error:
            self.discard()
            raise failed(os.path.join(self.folder, name), error) from error
        digest = hashlib.sha256(data).hexdigest()
        entry = {"folder": self.folder, "temp": os.path.basename(temp), "final": name, "sha256": digest}
        self.entries.append(entry)
        if before and before != digest:
            self.entries.append({"folder": self.folder, "temp": name, "final": "", "sha256": before})
        return entry

    def commit(self) -> list[Aside]:
        """Gives every file its name, in place of the one we wrote before, and says what was set aside. What another
        process has finished counts as done."""
        try:
            done = finish(self.entries)
        except OSError as error:
            raise failed(self.folder, error) from error
        if done.left:
            path = os.path.join(self.folder, done.left[0]["final"])
            raise OutputFailed(f"{path} was not written: its temporary file is gone", "write the letter again")
        self._made = []
        return done.aside

    def discard(self) -> None:
        """Removes what was written and the folders made for it, as far as they are empty. Never raises."""
        for entry in self.entries:
            if entry["final"]:
                with suppress(OSError):
                    os.unlink(os.path.join(self.folder, entry["temp"]))
        self.entries = []
        for folder in reversed(self._made):
            with suppress(OSError):
                os.rmdir(folder)
        self._made = []


class Aside(NamedTuple):
    """A file that was changed since we wrote it and stays under another name."""

    row: Mapping[str, Any]
    """Of the letter that now has its name."""
    name: str
    """The other name, in the same folder."""


class Finished(NamedTuple):
    """What `finish` could not do, and what it had to keep."""

    left: list[Mapping[str, Any]]
    """Rows whose file is there neither under its temporary name with the recorded hash nor under its final one."""
    aside: list[Aside]


def finish(rows: Iterable[Mapping[str, Any]]) -> Finished:
    """Gives recorded temporary files their names. A row without a final name is of a file that goes, or makes way, if
    nobody changed it; what else is in the way of a letter is the user's and gets a name of its own.

    Raises OSError when a rename fails; the same call can be made again.
    """
    rows = list(rows)
    ours = {(row["folder"], row["temp"], row["sha256"]) for row in rows if not row["final"]}
    named = {(row["folder"], row["final"]) for row in rows}
    done = Finished([], [])
    folders = set()
    for row in rows:
        temp = os.path.join(row["folder"], row["temp"])
        final = os.path.join(row["folder"], row["final"])
        if not row["final"]:
            if (row["folder"], row["temp"]) not in named:
                remove_if_same(temp, row["sha256"])
        elif digest(temp) == row["sha256"]:
            there = digest(final)
            if there != row["sha256"] and (row["folder"], row["final"], there) not in ours:
                done.aside.extend(Aside(row, name) for name in set_aside(final))
            with suppress(FileNotFoundError):  # another process finishes the same rows
                os.replace(temp, final)
            folders.add(row["folder"])
        elif os.path.lexists(temp) or not os.path.lexists(final):
            done.left.append(row)
    for folder in folders:
        private.sync_folder(folder)
    return done


def set_aside(path: str) -> list[str]:
    """Gives what is at `path`, if it is a file or a link, a numbered second name beside it, or finds the one that a
    killed run gave it. The first name stays, so that nothing is missing at any moment."""
    if os.path.isdir(path) or not os.path.lexists(path):
        return []
    stem, ending = os.path.splitext(path)
    for number in itertools.count(1):
        aside = f"{stem}{EDITED}{number}{ending}"
        try:
            _second_name(path, aside)
        except FileExistsError:
            if digest(aside) != digest(path) or not digest(path):
                continue
        return [os.path.basename(aside)]
    return []


def _second_name(path: str, other: str) -> None:
    try:
        os.link(path, other, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links (FAT, some network shares)
        with open(os.open(path, os.O_RDONLY | private.NOFOLLOW), "rb") as file:
            private.create(other, file.read())


def sweep(folder: str, recorded: Collection[str], *, now: float) -> list[str]:
    """Removes temporary files of ours in `folder` that are not among the `recorded` names and older than an hour.

    `now` is in seconds since 1970. Returns the names removed; a folder that is not there holds none.
    """
    removed = []
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    for name in names:
        path = os.path.join(folder, name)
        if name in recorded or not _TEMP.fullmatch(name):
            continue
        with suppress(OSError):
            if now - os.lstat(path).st_mtime > STRAY_AGE:
                os.unlink(path)
                removed.append(name)
    return removed


def sweep_cases(output: str, recorded: Collection[str], *, now: float, spared: Collection[str] = ()) -> None:
    """Removes what writers killed before their case was kept have left below `output`: in folders of cases that no
    vault knows, so those of the last hour may be another process's. `recorded` names stay, and so does all in the
    folders of the `spared` cases. Never raises."""
    with suppress(OSError), os.scandir(output) as entries:
        folders = [entry for entry in entries if _CASE.match(entry.name) and entry.is_dir(follow_symlinks=False)]
        for folder in (entry.path for entry in folders if entry.name[:REF_SIZE] not in spared):
            if sweep(folder, recorded, now=now):
                with suppress(OSError):  # files of others are in it
                    os.rmdir(folder)


def temporary(name: str) -> bool:
    """Whether a file name is one of our temporary ones."""
    return bool(_TEMP.fullmatch(name))


def remove_if_same(path: str, sha256: str) -> None:
    """Removes a file that nobody changed since we wrote it. Never raises: a file that stays does no harm."""
    if digest(path) == sha256:
        with suppress(OSError):
            os.unlink(path)


def failed(path: str, error: OSError) -> OutputFailed:
    """One sentence with the path and the reason."""
    return OutputFailed(f"{path} cannot be written: {error.strerror or error}", getattr(error, "hint", ""))


def digest(path: str) -> str:
    """SHA-256 of a file, "" when it is not there, is no plain file or cannot be read."""
    try:
        fd = os.open(path, os.O_RDONLY | private.NOFOLLOW)
    except OSError:
        return ""
    try:
        with open(fd, "rb", closefd=False) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
    finally:
        os.close(fd)
