"""A large private file, written piece by piece and there complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from optout.errors import OutputFailed
from optout.store import files, private
from optout.store.files import failed


@contextmanager
def outfile(path: str, force: bool, now: float) -> Iterator[BinaryIO]:
    """A file to write to, 0600, which has its name when the block ended without an error.

    Never over a file that is there, unless `force`, and never through or over a symbolic link. What a killed process
    left there more than an hour before `now` (seconds since 1970) is removed. Raises OutputFailed.
    """
    path = os.path.abspath(path)
    _refuse_taken(path, force)
    folder = os.path.dirname(path)
    files.sweep(folder, (), now=now)
    temp = private.temp_name(os.path.join(folder, "out"))  # a name that is recognised, whatever the user's is
    try:
        with private.owner_only():
            fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | private.NOFOLLOW, 0o600)
    except OSError as error:
        raise failed(path, error) from error
    try:
        with os.fdopen(fd, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _refuse_taken(path, force)
        _name(temp, path, force)
        private.sync_folder(folder)
    except OSError as error:
        raise failed(path, error) from error
    finally:
        with suppress(OSError):
            os.unlink(temp)


def _refuse_taken(path: str, force: bool) -> None:
    if os.path.islink(path):
        raise OutputFailed(f"{path} is a symbolic link", "name the file itself, or another one")
    if os.path.isdir(path):
        raise OutputFailed(f"{path} is a folder", "name a file in it")
    if os.path.lexists(path) and not force:
        raise OutputFailed(f"{path} is there already", "--force writes over it, or name another file")


def _name(temp: str, path: str, force: bool) -> None:
    if force:
        os.replace(temp, path)
        return
    try:
        os.link(temp, path)
    except FileExistsError:
        raise OutputFailed(f"{path} is there already", "--force writes over it, or name another file") from None
    except OSError:  # a file system without hard links (FAT, some network shares)
        private.create(path, b"")  # takes the name, for the first of several
        os.replace(temp, path)
