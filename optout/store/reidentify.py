"""`vault.json` made anew, where it was lost or damaged: its id is the salt of the database, its check value follows from
the key that opens it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import apsw

from optout.errors import SecretUnavailable, StoreError, Unreadable
from optout.store import backup, cipher, dbfile, identity, keyfile, passphrase, private
from optout.store.identity import Identity
from optout.store.keyrings import NoKeyring, Ring, system_ring
from optout.store.keys import NOBODY, Asking
from optout.store.vault import FILE

_ID = re.compile(rb"[0-9a-f]{%d}" % (2 * identity.ID_SIZE))


def needed(folder: str) -> bool:
    """Whether there is a vault of which `vault.json` says nothing. Raises StoreError when it must not be read."""
    try:
        return identity.read(folder) is None and bool(_files(folder))
    except Unreadable:
        return True


def rebuild(
    folder: str, config: str, ring: Ring | None = None, asking: Asking = NOBODY, *, typed: bytes | None = None
) -> Identity:
    """Writes `vault.json` anew, by the key `typed` from a recovery sheet or by one that can be reached.

    Raises Unreadable where neither the vault nor a copy has its beginning, and SecretUnavailable where no key opens
    one of them.
    """
    begun = False
    for path in _files(folder):
        with open(path, "rb") as file:
            head = file.read(2 * identity.ID_SIZE)
        if not _ID.fullmatch(head):
            continue
        begun = True
        vault_id = head.decode("ascii")
        for key in [typed] if typed is not None else _keys(folder, config, vault_id, ring, asking):
            if _opens(path, key):
                known = Identity(vault_id, identity.check_value(vault_id, key))
                identity.rewrite(folder, known)
                return known
    if not begun:
        raise Unreadable(
            f"{folder} holds no vault of which the beginning can be read", "put the folder back from a backup"
        )
    raise SecretUnavailable(
        f"no key that can be reached opens the vault in {folder}",
        "unlock the keyring, put the key file back, or give the passphrase with --passphrase-file",
    )


def _files(folder: str) -> list[str]:
    """The vault and its newest copy, as far as they are there and safe to read."""
    database = os.path.join(folder, FILE)
    found = []
    for path in (database, backup.path_of(database)):
        try:
            private.check_owned(path)
        except OSError:
            continue
        if dbfile.size(path):
            found.append(path)
    return found


def _keys(folder: str, config: str, vault_id: str, ring: Ring | None, asking: Asking) -> Iterator[bytes]:
    """Every key that can be reached; whether it is the right one is not known before the vault opens."""
    try:
        yield from keyfile.read(keyfile.path_in(config))
    except SecretUnavailable:
        pass
    try:
        yield from keyfile.keys_of((ring or system_ring()).get(vault_id) or "")
    except NoKeyring:
        pass
    if passphrase.exists(folder) and (text := asking.once()) is not None:
        yield from passphrase.open_slot(folder, text)


def _opens(path: str, key: bytes) -> bool:
    try:
        database = dbfile.connect(path, False, None)
    except StoreError:  # with a log beside it: it is the copy that tells
        return False
    try:
        cipher.unlock(database, key)
        database.execute("select count(*) from sqlite_schema").fetchall()
        return True
    except apsw.Error:
        return False
    finally:
        database.close()
