"""Validated data as JSON in the cache folder, so that neither the YAML reader nor pydantic runs twice for one file.

One cache file per data file. It begins with a hash over all it was made from and what it holds, so a damaged, stale,
renamed or foreign one is never believed. Every failure of the cache is silent: it only costs time.
"""

# pathlib alone would add a tenth to the start of a command.

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from functools import cache
from typing import Any

import optout

# Whatever these accept or build differently makes other plain data of the same file. Their own bytes tell, where a
# number to be raised by hand would be forgotten, and the version stands still between releases.
_MAKERS = ("dates.py", "law.py", "firm.py", "records.py", "library/yamlfile.py", "library/structure.py")
_PRIVATE = 0o700
_EXTRA = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # neither a link nor a pipe is a cache file


def origin(kind: str, name: str, data_hash: str) -> str:
    """What stands for everything a cache file is made from: the program, the kind, the id and the file's bytes."""
    return f"{_program()} {kind}/{name} {data_hash}"


def load(folder: str | None, name: str, made_from: str) -> Any:
    """The plain value that was saved under this name and origin, or None."""
    if folder is None or not _is_private(os.path.join(folder, "data")):
        return None
    try:
        with open(_path(folder, name), "rb", opener=_open) as file:
            digest, _, body = file.read().partition(b"\n")
        return json.loads(body) if digest == _digest(made_from, body) else None
    except (OSError, ValueError, RecursionError):
        return None


def save(folder: str | None, name: str, made_from: str, plain: Any) -> None:
    if folder is None:
        return
    body = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    target = _path(folder, name)
    temp = os.path.join(os.path.dirname(target), f".optout-{secrets.token_hex(6)}-{name}.json.tmp")
    try:
        if not _make_private(folder):
            return
        try:
            with open(temp, "xb", opener=_open) as file:
                file.write(_digest(made_from, body) + b"\n" + body)
            os.replace(temp, target)
        except OSError:
            os.unlink(temp)
    except OSError:
        return


def _path(folder: str, name: str) -> str:
    return os.path.join(folder, "data", f"{name}.json")


def _digest(made_from: str, body: bytes) -> bytes:
    digest = hashlib.sha256(made_from.encode())
    digest.update(body)
    return digest.hexdigest().encode()


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | _EXTRA, 0o600)


def _is_private(folder: str) -> bool:
    """Only what nobody else can write to is believed: the hash proves that a file is whole, not who wrote it."""
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        return False
    return not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)


def _make_private(folder: str) -> bool:
    """Makes the folders, for their owner alone: which files lie there tells which firms were written to."""
    data = os.path.join(folder, "data")
    os.makedirs(folder, mode=_PRIVATE, exist_ok=True)
    os.makedirs(data, mode=_PRIVATE, exist_ok=True)
    if not _is_private(data):
        return False
    os.chmod(data, _PRIVATE)
    return True


@cache
def _program() -> str:
    made = hashlib.sha256(optout.__version__.encode())
    package = os.path.dirname(os.path.abspath(optout.__file__))
    for name in _MAKERS:
        try:
            with open(os.path.join(package, *name.split("/")), "rb") as file:
                made.update(file.read())
        except OSError:
            continue  # an installation without sources changes only with its version
    return made.hexdigest()
