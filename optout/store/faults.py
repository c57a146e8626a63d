"""What the database reports, as our own errors: one sentence, and what to do."""

from __future__ import annotations

import errno
import os

import apsw

from optout.errors import Locked, StoreError, Unreadable

_NO_ROOM = {
    errno.ENOSPC: ("disk full", "make room"),
    errno.EDQUOT: ("your share of the disk is used up", "make room"),
    errno.EFBIG: ("a limit on the size of files is reached", "raise it, as with `ulimit -f unlimited`,"),
}
"""Why nothing more can be written, and what to do, by errno."""


def translate(error: apsw.Error, path: str, code: int) -> StoreError | None:
    """The error to raise instead, or None for what only a mistake of ours can cause.

    `path` is the database file; `code` is the errno of the failed system call, 0 when there was none.
    """
    if isinstance(error, apsw.FullError):
        return disk_full(path)
    if isinstance(error, apsw.IOError | apsw.CantOpenError) and code in _NO_ROOM:
        return disk_full(path, code)
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        return Locked(f"another process is writing to the vault {path}", "wait for it, then run the same command again")
    if isinstance(error, apsw.NotADBError | apsw.CorruptError):
        return Unreadable(
            f"the vault {path} is damaged",
            "to see what is lost: optout doctor; to save the rest: optout doctor --repair",
        )
    if isinstance(error, apsw.ReadOnlyError | apsw.PermissionsError | apsw.AuthError):
        return StoreError(f"the vault {path} is read-only", "change what its folder allows, or use another --home")
    if isinstance(error, apsw.IOError | apsw.CantOpenError | apsw.NoLFSError | apsw.ProtocolError):
        reason = os.strerror(code) if code else str(error)
        return StoreError(f"the vault {path} cannot be read or written: {reason}")
    return None


def refused(path: str, error: OSError) -> StoreError:
    """The error to raise for a file or folder of the vault that cannot be made, read or trusted."""
    path = error.filename or path
    if error.errno in _NO_ROOM:
        return disk_full(path, error.errno)
    return StoreError(f"{path} cannot be used: {error.strerror}", getattr(error, "hint", ""))


def disk_full(path: str, code: int = errno.ENOSPC) -> StoreError:
    """Nothing more can be written; `code` is the errno that says why."""
    what, remedy = _NO_ROOM[code]
    return StoreError(f"{what}: {path}", f"{remedy} and run the same command again; what was stored before is intact")
