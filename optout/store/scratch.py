"""A private place for the moment in which something secret must lie in a file, because another program edits it."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from optout.store import private
from optout.store.faults import refused

_PREFIX = "optout-edit-"
_IN_MEMORY = ("tmpfs", "ramfs")
_SHARED = "/dev/shm"  # noqa: S108 (only a new folder of our own is used there)


@contextmanager
def folder(vault_folder: str) -> Iterator[str]:
    """A new folder, 0700, gone with all it holds when the block ends, however it ends.

    It lies in memory, where the system has a place for that: the user's runtime folder if it is of this user alone,
    else /dev/shm. Without one it lies in the vault's folder. What a killed process left is removed first. Raises
    StoreError where none can be made.
    """
    sweep(vault_folder)
    base = _runtime() or _shared_memory() or vault_folder
    made = ""
    try:
        with _undisturbed(), private.owner_only():
            made = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base)
        yield made
    except OSError as error:
        if made:
            raise
        raise refused(base, error) from error
    finally:
        with _undisturbed():
            if made:
                shutil.rmtree(made, ignore_errors=True)


def left(vault_folder: str) -> list[str]:
    """Folders whose process is gone."""
    found = []
    for base in (_runtime(), _shared_memory(), vault_folder):
        try:
            names = sorted(os.listdir(base)) if base else []
        except OSError:
            continue
        for name in names:
            path = os.path.join(base, name)
            pid = name.removeprefix(_PREFIX).partition("-")[0]
            if name.startswith(_PREFIX) and pid.isdigit() and _ours(path) and not _alive(int(pid)):
                found.append(path)
    return found


def is_one(name: str) -> bool:
    """Whether a file name is that of such a folder, perhaps of an editor that is still open."""
    return name.startswith(_PREFIX)


def sweep(vault_folder: str) -> None:
    """Removes them."""
    for path in left(vault_folder):
        shutil.rmtree(path, ignore_errors=True)


def _runtime() -> str:
    """The folder of XDG_RUNTIME_DIR, "" unless it belongs to this user alone and lies in memory."""
    path = os.environ.get("XDG_RUNTIME_DIR", "")
    try:
        if not os.path.isabs(path) or not _ours(path) or os.lstat(path).st_mode & 0o077:
            return ""
    except OSError:
        return ""
    return path if _in_memory(path) else ""


def _shared_memory() -> str:
    """Linux's folder in memory for all users, "" unless nobody but root and its maker can remove what is made there."""
    try:
        info = os.lstat(_SHARED)
    except OSError:
        return ""
    safe = stat.S_ISDIR(info.st_mode) and info.st_uid == 0 and (info.st_mode & stat.S_ISVTX or not info.st_mode & 0o022)
    return _SHARED if safe and os.access(_SHARED, os.W_OK | os.X_OK) and _in_memory(_SHARED) else ""


def _in_memory(path: str) -> bool:
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="surrogateescape") as mounts:
            kinds = {fields[1]: fields[2] for fields in map(str.split, mounts)}
    except OSError:
        return False
    point = os.path.realpath(path)
    while point not in kinds and point != "/":
        point = os.path.dirname(point)
    return kinds.get(point) in _IN_MEMORY


def _ours(path: str) -> bool:
    try:
        info = os.lstat(path)
    except OSError:  # gone meanwhile, or in a folder that cannot be searched
        return False
    return stat.S_ISDIR(info.st_mode) and (os.name == "nt" or info.st_uid == os.geteuid())


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return False  # signal 0 would end the process there; an open file keeps its folder from being removed
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Signals wait, so that none falls between the making of a folder and the promise to remove it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
