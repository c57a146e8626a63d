"""Files kept with an event: what the firm sent, what the person gave, and the letter as it went out."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

from optout.cli.casefile import CaseFile
from optout.cli.output import say
from optout.errors import BadData, OutputFailed

LIMIT = 25 * 1024 * 1024
"""Bytes of one file."""
_UNSAFE = re.compile(r"[^\w.() -]+")


def read(paths: Sequence[str]) -> list[dict[str, Any]]:
    """The files as {"name", "data"}. Raises BadData for one that is too large or cannot be read."""
    return [{"name": file_name(path), "data": _bytes(path)} for path in paths]


def file_name(path: str) -> str:
    """The last part of a path as a name that can neither leave a folder nor hide in it, of at most 80 signs."""
    name = unicodedata.normalize("NFC", os.path.basename(path))
    name = _UNSAFE.sub("_", name).strip(" .-")
    stem, dot, ending = name.rpartition(".")
    if len(name) > 80:
        name = f"{stem[: 79 - len(ending)]}{dot}{ending}" if stem and len(ending) < 10 else name[:80]
    return name or "file"


def _bytes(path: str) -> bytes:
    try:
        # A pipe would keep us waiting for whoever writes to it, and a device has no content of its own.
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise BadData(f"{path} is not a file", hint="save what it gives in a file, and name that")
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise BadData(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > LIMIT:
        raise BadData(f"{path} is larger than {LIMIT // 1024 // 1024} MiB", hint="keep it elsewhere and note where")
    return data


def as_sent(file: CaseFile, letter: str) -> list[dict[str, Any]]:
    """The letter's files as they lie on the disk, if nobody changed them since they were written."""
    found: list[dict[str, Any]] = []
    for row in file.whole["files"]:
        if row["letter"] != letter or any(piece["name"] == row["name"] for piece in found):  # a copy elsewhere
            continue
        path = os.path.join(row["folder"], row["name"])
        try:
            data = _bytes(path)
        except BadData:
            continue  # moved or deleted: the words are frozen in the vault all the same
        if hashlib.sha256(data).hexdigest() == row["sha256"]:
            found.append({"name": row["name"], "data": data})
        else:
            say(f"{path} was changed after it was written; to keep what you sent: --file")
    return found


def save(name: str, data: bytes, output: str | None) -> str:
    """Writes a kept file, 0600, never over another; gives its path, "" for standard output (`-`). Raises OutputFailed."""
    from optout.store import private
    from optout.store.files import failed

    if output == "-":
        if sys.stdout.isatty():  # what a firm sent could steer it
            raise click.UsageError("a kept file could garble the terminal: redirect it into a file")
        sys.stdout.buffer.write(data)
        return ""
    path = output or file_name(name)
    try:
        private.create(os.path.abspath(path), data)
    except FileExistsError:
        raise OutputFailed(f"{path} is there already", "name another file with -o") from None
    except OSError as error:
        raise failed(path, error) from error
    return path
