"""An export as it is read: its first line, then one line after the other, each within bounds and with one meaning."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple

from optout import strictjson
from optout.errors import BadData
from optout.exported import SCHEMA
from optout.problems import Problem
from optout.requestlist import HEAD

LONGEST = 40 * 1024 * 1024
"""Bytes of a line: a kept file of 25 MiB in base64, and room."""
FIRST = 4096
"""Bytes of the first line."""
_OTHER = {
    b"\x1f\x8b": ("compressed (gzip)", "unpack it first: gunzip"),
    b"PK\x03\x04": ("a zip archive", "unpack it first"),
    b"BZh": ("compressed (bzip2)", "unpack it first: bunzip2"),
    b"\xfd7zXZ": ("compressed (xz)", "unpack it first: unxz"),
    b"\x28\xb5\x2f\xfd": ("compressed (zstd)", "unpack it first: unzstd"),
    b"\xff\xfe": ("UTF-16 text", "save it as UTF-8"),
    b"\xfe\xff": ("UTF-16 text", "save it as UTF-8"),
}
_BOM = b"\xef\xbb\xbf"
LIST = HEAD.encode().rpartition(b";type;")[0]
"""How a list of requests begins, in every version of the app that writes it."""
SEALED = (b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----")
"""How a file encrypted by age begins."""


class Row(NamedTuple):
    """A line after the first: its number, and its value or what is wrong with it."""

    number: int
    value: dict[str, Any]
    wrong: str = ""


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """The file, or standard input for `-`. Raises BadData when it cannot be read."""
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        file = open(path, "rb")
    except OSError as error:
        raise BadData(f"{path} cannot be read: {error.strerror}") from None
    with file:
        yield file


def shown(path: str) -> str:
    """How problems name the file."""
    return "standard input" if path == "-" else os.path.basename(path)


def plain(file: BinaryIO, name: str, passphrase: Callable[[], str]) -> BinaryIO:
    """The file itself, or what is in it where it was encrypted. Raises BadData and WrongPassphrase."""
    if not _begins(file, SEALED):
        return file
    from optout.store import sealed

    most = sealed.MOST * 3 // 2  # armour makes it longer by a third
    data = file.read(most + 1)
    if len(data) > most:
        raise BadData(f"{name} is too large to be decrypted here", hint="decrypt it first: age -d")
    return io.BytesIO(sealed.unseal(data, passphrase(), name))


def is_request_list(file: BinaryIO) -> bool:
    """Whether it begins as the list of requests of datenanfragen's app does."""
    return _begins(file, (LIST, _BOM + LIST))


def _begins(file: BinaryIO, starts: tuple[bytes, ...]) -> bool:
    return isinstance(file, io.BufferedReader) and file.peek(64).startswith(starts)


def header(file: BinaryIO, name: str) -> dict[str, Any]:
    """The value of the first line, of which only its schema was looked at. Raises BadData for what is no export."""
    data = _read(file, FIRST + 1)
    for start, (what, hint) in _OTHER.items():
        if data.startswith(start):
            raise BadData(f"{name} is {what}", hint=hint)
    if not data:
        raise BadData(f"{name} is empty", hint="an export has at least one line")
    hint = "give a file that `optout export` wrote"
    if len(data) > FIRST:
        raise BadData(f"{name} is not an export: its first line is too long", hint=hint)
    try:
        value = strictjson.parse(data.removeprefix(_BOM))
    except ValueError as error:
        raise BadData(f"{name} is not an export: {error}", hint=hint) from None
    schema = value.get("schema") if isinstance(value, dict) else None
    if not isinstance(schema, str) or not schema.startswith("optout/export/"):
        raise BadData(f"{name} is not an export: its first line names no schema of one", hint=hint)
    if schema != SCHEMA:
        raise BadData(f"{name} needs a newer optout: this one reads {SCHEMA}", hint="install a newer version")
    return dict(value)


def rows(file: BinaryIO, name: str) -> Iterator[Row]:
    """The lines after the first. Raises BadData for one that is too long, since nothing tells where the next begins."""
    number = 1
    while data := _read(file, LONGEST + 1):
        number += 1
        if len(data) > LONGEST:
            problem = Problem(name, number, 0, "too-large", f"the line is longer than {LONGEST // 1024 // 1024} MiB")
            raise BadData(f"{name} cannot be read on", [problem])
        try:
            value = strictjson.parse(data)
        except ValueError as error:
            yield Row(number, {}, str(error))
            continue
        if isinstance(value, dict):
            yield Row(number, value)
        else:
            yield Row(number, {}, "it is not an object")


def _read(file: BinaryIO, most: int) -> bytes:
    try:
        return file.readline(most)
    except OSError as error:
        raise BadData(f"the file cannot be read: {error.strerror}") from None
