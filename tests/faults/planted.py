"""A server of forked commands whose storage fails: the n-th write or sync of the database, or of any file of ours.

usage: python -m tests.faults.planted WHAT HOW      (see the tables below; a line [args, n, folder, environment] a command)
"""

from __future__ import annotations

import errno
import json
import mmap
import os
import sys

import apsw

from tests.faults import forks
from tests.store.faulty import Faulty

WHAT = ("database", "syncs", "files")
"""Writes and syncs of the database; its syncs alone; the syncs of all other files."""
HOW = {"exit": None, "error": apsw.IOError, "full": apsw.FullError}
"""The process ends there as if killed; or the call fails, and each one after it, as on a dead or full disk."""


class Counting(Faulty):
    """Counts in memory that the parent sees."""

    def __init__(self, code: type[apsw.Error] | None, syncs_only: bool) -> None:
        super().__init__(code, True)
        self.shared = mmap.mmap(-1, 8)
        self.syncs_only = syncs_only

    def step(self, sync: bool = False) -> None:
        if sync or not self.syncs_only:
            super().step()
            self.shared[:8] = self.calls.to_bytes(8, "big")

    def seen(self) -> int:
        return int.from_bytes(self.shared[:8], "big")


def main(what: str, how: str) -> None:
    disk = Counting(HOW[how], what == "syncs")
    if what == "files":
        real_sync = os.fsync

        def sync(fd: int) -> None:
            try:
                disk.step(True)
            except apsw.Error:
                raise OSError(errno.EIO, os.strerror(errno.EIO)) from None
            real_sync(fd)

        os.fsync = sync
    else:
        real = apsw.Connection

        class Connection(real):  # type: ignore[misc, valid-type]
            def __init__(self, name: str, flags: int = 6, vfs: str | None = None) -> None:
                super().__init__(name, flags=flags, vfs=vfs or disk.vfs)

        apsw.Connection = Connection  # type: ignore[misc]
    forks.load()
    for line in sys.stdin:
        args, number, work, env = json.loads(line)
        disk.calls, disk.fail_at, disk.shared[:8] = 0, number, bytes(8)
        done = forks.run(args, None, "", "", work, env)
        disk.fail_at = 0
        sys.stdout.write(json.dumps([*done, disk.seen()]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
