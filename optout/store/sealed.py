"""An export under a passphrase, in age format: `age -d` opens it as well.

The library seals a value as a whole, so what is sealed has to fit into memory.
"""

from __future__ import annotations

import io

from optout.errors import BadData, NotPossible
from optout.store.passphrase import decrypt

MOST = 256 * 1024 * 1024
"""Bytes of an export that is sealed."""


class Bounded(io.BytesIO):
    """What is written to it, up to MOST bytes; past that NotPossible is raised."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.tell() + len(data) > MOST:
            hint = (
                "leave out kept files with --without-evidence, choose cases, or encrypt the file with another program"
            )
            raise NotPossible(f"more than {MOST // 1024 // 1024} MiB cannot be encrypted at once", hint)
        return super().write(data)


def unseal(data: bytes, passphrase: str, name: str) -> bytes:
    """What was sealed. Raises WrongPassphrase, and BadData for a file that is damaged or under a key."""
    plain = decrypt(data, passphrase)
    if plain is None:
        hint = "take another copy; one that was encrypted for a key is opened with: age -d"
        raise BadData(f"{name} is damaged, or was not encrypted under a passphrase", hint=hint)
    return plain
