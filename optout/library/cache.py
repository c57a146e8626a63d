"""Validated data as JSON in the cache folder, so that neither the YAML reader nor pydantic runs again for the same file.

A cache file is named by what it was made from and carries its own hash; anything else is made again. Every failure of
the cache is silent: it only costs time.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from typing import Any

from optout import __version__

SHAPE = "1"
"""Raised whenever law.py, firm.py, records.py or the reader change what they accept; a test compares it with them."""


def key(kind: str, data: bytes) -> str:
    return hashlib.sha256(f"{__version__} {SHAPE} {kind} ".encode() + data).hexdigest()


def load(folder: str | None, name: str) -> Any:
    """The plain value, or None."""
    if folder is None:
        return None
    try:
        with open(os.path.join(folder, "data", name), "rb") as file:  # noqa: PTH123 (pathlib slows the start)
            digest, _, body = file.read().partition(b"\n")
    except OSError:
        return None
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    return json.loads(body)


def save(folder: str | None, name: str, plain: Any) -> None:
    if folder is None:
        return
    body = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    target = os.path.join(folder, "data", name)
    temp = f"{target}.{secrets.token_hex(4)}.tmp"
    try:
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        os.replace(temp, target)
    except OSError:
        try:
            os.unlink(temp)
        except OSError:
            return
