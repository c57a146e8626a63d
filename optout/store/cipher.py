"""The encryption of a database file: SQLCipher 4, with the raw key. Nothing that is read unlocked lies on the disk."""

from __future__ import annotations

import apsw

PAGE = 4096
"""Bytes of a page, each with a check value of its own: a changed page is refused, never read wrong."""
_FORMAT = ("pragma cipher = 'sqlcipher'", "pragma legacy = 4")
# A large sort would otherwise spill into a file that is not encrypted.
_ALWAYS = ("pragma temp_store = memory",)


def unlock(database: apsw.Connection, key: bytes, salt: str = "") -> None:
    """Gives a fresh connection the key. `salt` (hexadecimal) is for a file that has none yet. Raises apsw.Error."""
    for statement in (*_FORMAT, f"pragma key = \"x'{key.hex()}{salt}'\"", *_ALWAYS):
        database.execute(statement).fetchall()


def salt_of(vault_id: str) -> str:
    """The salt of a new file: the vault's id, so that of two processes that begin at once both take the same."""
    return vault_id.encode("ascii").hex()
