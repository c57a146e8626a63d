"""Letters as private files, in two steps: written under temporary names, then, once the vault knows them, renamed.

A kill between the two leaves recognisable temporary files recorded in the vault; `finish` gives them their names.
"""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

from optout.errors import OutputFailed
from optout.store import private

STRAY_AGE = 3600.0
"""Seconds after which an unrecorded temporary file can only be a killed writer's."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}", re.ASCII)
_CASE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-", re.ASCII)
_TEMP = re.compile(r"\.optout-[0-9a-f]{12}-[A-Za-z0-9_][A-Za-z0-9._-]{0,79}\.tmp(-wal|-shm)?", re.ASCII)


class Staged:
    """The files of one case folder on their way. Any failure raises OutputFailed and leaves nothing of them behind.

    Order of use: `add` each, record `entries` in the vault's transaction, `commit`, `cases.clear_pending`. When the
    transaction fails: `discard`.
    """

    folder: str
    """Absolute."""
    entries: list[dict[str, str]]
    """{"folder", "temp", "final", "sha256"}; names without the folder."""

    def __init__(self, folder: str) -> None:
        """Creates the folder and its missing parents, 0700. Refuses a symbolic link in its place."""
        self.folder = os.path.abspath(folder)
        self.entries = []
        self._made: list[str] = []
        try:
            self._made = private.make_folder(self.folder)
        except OSError as error:
            raise failed(self.folder, error) from error

    def add(self, name: str, data: bytes) -> None:
        """Writes one file, synced, under a temporary name. Raises OutputFailed, also for a name that could leave the
        folder or hide in it."""
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
        self.entries.append({"folder": self.folder, "temp": os.path.basename(temp), "final": name, "sha256": digest})

    def commit(self) -> None:
        """Gives every file its name, in place of an older one. What another process has finished counts as done."""
        try:
            left = finish(self.entries)
        except OSError as error:
            raise failed(self.folder, error) from error
        if left:
            path = os.path.join(self.folder, left[0]["final"])
            raise OutputFailed(f"{path} was not written: its temporary file is gone", "write the letter again")
        self._made = []

    def discard(self) -> None:
        """Removes what was written and the folders made for it, as far as they are empty. Never raises."""
        for entry in self.entries:
            with suppress(OSError):
                os.unlink(os.path.join(self.folder, entry["temp"]))
        self.entries = []
        for folder in reversed(self._made):
            with suppress(OSError):
                os.rmdir(folder)
        self._made = []


def finish(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Gives recorded temporary files their names and returns the rows for which that cannot be done: neither the
    file under its temporary name with the recorded hash nor one under its final name is there. A row without a final
    name is of a file that goes, if nobody changed it.

    Raises OSError when a rename fails; the same call can be made again.
    """
    left = []
    folders = set()
    for row in rows:
        temp = os.path.join(row["folder"], row["temp"])
        final = os.path.join(row["folder"], row["final"])
        if not row["final"]:
            remove_if_same(temp, row["sha256"])
        elif digest(temp) == row["sha256"]:
            with suppress(FileNotFoundError):  # another process finishes the same rows
                os.replace(temp, final)
            folders.add(row["folder"])
        elif os.path.lexists(temp) or not os.path.lexists(final):
            left.append(row)
    for folder in folders:
        private.sync_folder(folder)
    return left


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


def sweep_cases(output: str, recorded: Collection[str], *, now: float) -> None:
    """Removes what writers killed before their case was kept have left below `output`: in folders of cases that no
    vault knows, so those of the last hour may be another process's. `recorded` names stay. Never raises."""
    with suppress(OSError), os.scandir(output) as entries:
        folders = [entry.path for entry in entries if _CASE.match(entry.name) and entry.is_dir(follow_symlinks=False)]
        for folder in folders:
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


def is_temp(name: str) -> bool:
    """Whether a file of that name is one of ours on its way."""
    return bool(_TEMP.fullmatch(name))


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
