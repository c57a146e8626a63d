"""A repaired file in the place of the damaged one, which is kept under a name of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import apsw

from optout.store import backup, dbfile, private
from optout.store.faults import refused

LOG, INDEX = "-wal", "-shm"
CHUNK = 1 << 20
"""Bytes read at a time."""


@contextmanager
def scratch(database: str) -> Iterator[str]:
    """An empty private file beside the database, gone afterwards."""
    path = private.temp_name(database)
    try:
        private.create(path, b"")
        yield path
    except OSError as error:
        raise refused(database, error) from error
    finally:
        for name in (path, path + LOG, path + INDEX):
            with suppress(OSError):
                os.unlink(name)


def poured(held: apsw.VFSFile, path: str) -> None:
    """Writes the bytes of the held file to `path`, which is there and private."""
    size, done = held.xFileSize(), 0
    with open(path, "wb") as target:
        while done < size:
            done += target.write(held.xRead(min(CHUNK, size - done), done))


def swap(database: str, held: apsw.VFSFile | None, new: str, day: str) -> str:
    """Puts `new` in place of the database and keeps that under a name of its own, which is returned."""
    folder = os.path.dirname(database)
    kept = ""
    if held is not None:
        kept = _name(database, day)
        if dbfile.size(database + LOG) and not os.path.exists(kept + LOG):
            _settled(kept + LOG, lambda temp: shutil.copyfile(database + LOG, temp))
        if not os.path.exists(kept):
            try:
                os.link(database, kept)
            except OSError:  # a file system without hard links (FAT, some network shares)
                _settled(kept, lambda temp: poured(held, temp))
        private.sync_folder(folder)
    # A log left beside the new file would be played into it.
    for path in (database + LOG, database + INDEX):
        with suppress(FileNotFoundError):
            os.unlink(path)
    os.replace(new, database)
    private.sync_folder(folder)
    return kept


def _name(database: str, day: str) -> str:
    """A free name for the damaged file, or the one that a repair that was killed gave it."""
    number = 1
    while True:
        path = f"{database}{backup.DAMAGED}{day}" + (f"-{number}" if number > 1 else "")
        if not os.path.lexists(path) or os.path.samefile(path, database):
            return path
        number += 1


def _settled(path: str, fill: Callable[[str], object]) -> None:
    """A file that appears under its name complete and synced."""
    with scratch(path) as temp:
        fill(temp)
        private.sync_file(temp)
        private.settle(temp, path)
