"""Storage below the encryption of which the n-th write or sync fails, or ends the process."""

from __future__ import annotations

import os

import apsw

_ALIVE: list[apsw.VFS] = []


class Faulty(apsw.VFS):
    """Storage of which the n-th write or sync, over all files, fails; or all from then on, as on a dead disk.

    Without a `code` the process ends there as if it were killed, with 9.
    """

    def __init__(self, code: type[apsw.Error] | None, forever: bool) -> None:
        self.calls = 0
        self.fail_at = 0
        self.code = code
        self.forever = forever
        # The cipher layer keeps a pointer to each storage by its name for ever: no name twice, and none freed.
        name = f"faulty-{len(_ALIVE)}"
        self.vfs = f"multipleciphers-{name}"
        """The name to open a vault with."""
        _ALIVE.append(self)
        super().__init__(name, base="")

    def xOpen(self, name: object, flags: list[int]) -> FaultyFile:
        return FaultyFile(self, name, flags)

    def step(self, sync: bool = False) -> None:
        """Before each write, and each sync."""
        self.calls += 1
        if self.fail_at and (self.calls == self.fail_at or (self.forever and self.calls > self.fail_at)):
            if self.code is None:
                os._exit(9)
            raise self.code("planted")


class FaultyFile(apsw.VFSFile):
    def __init__(self, disk: Faulty, name: object, flags: list[int]) -> None:
        self.disk = disk
        super().__init__("", name, flags)  # type: ignore[arg-type]

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.step()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        self.disk.step(True)
        super().xSync(flags)
