"""`vault.json` made anew, where it was lost or damaged or is another vault's: its id is the salt of the database, its
check value follows from the key that opens it. One that can be read is kept under another name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import apsw

from optout.errors import SecretUnavailable, StoreError, Unreadable
from optout.store import backup, cipher, dbfile, identity, keyfile, passphrase, private
from optout.store.faults import refused
from optout.store.identity import Identity
from optout.store.keyrings import NoKeyring, Ring, system_ring
from optout.store.keys import NOBODY, Asking
from optout.store.vault import FILE

KEPT = ".kept"
"""What the name of a `vault.json` that was put aside adds."""
_ID = re.compile(rb"[0-9a-f]{%d}" % (2 * identity.ID_SIZE))


def needed(folder: str) -> bool:
    """Whether there is a vault of which `vault.json` says nothing, since it is lost, damaged or another vault's.

    Raises StoreError when it must not be read.
    """
    try:
        known = identity.read(folder)
    except Unreadable:
        return True
    files = _files(folder)
    if known is None:
        return bool(files)
    ids = set(filter(None, map(_id, files)))
    return bool(ids) and known.id not in ids


def outdated(folder: str, key: bytes) -> bool:
    """Whether the key opens the vault and `vault.json` does not know it: it is of a time before the key was changed."""
    known = identity.read(folder)
    return known is not None and not known.fits(key) and _opens(os.path.join(folder, FILE), key)


def outdated_by_any(folder: str, config: str, ring: Ring | None = None, asking: Asking = NOBODY) -> bool:
    """The same for the keys that can be reached; False where a passphrase is wrong."""
    known = identity.read(folder)
    try:
        return known is not None and any(outdated(folder, key) for key in _keys(folder, config, known.id, ring, asking))
    except SecretUnavailable:
        return False


def rebuild(
    folder: str, config: str, ring: Ring | None = None, asking: Asking = NOBODY, *, typed: bytes | None = None
) -> Identity:
    """Writes `vault.json` anew, by the key `typed` from a recovery sheet or by one that can be reached; one that could
    be read is kept.

    Raises Unreadable where neither the vault nor a copy has its beginning, and SecretUnavailable where no key opens
    one of them.
    """
    begun = False
    for path in _files(folder):
        vault_id = _id(path)
        if not vault_id:
            continue
        begun = True
        for key in [typed] if typed is not None else _keys(folder, config, vault_id, ring, asking):
            if _opens(path, key):
                known = Identity(vault_id, identity.check_value(vault_id, key))
                _put_aside(folder)
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


def _id(path: str) -> str:
    """The id of the vault, with which its file begins; "" where that cannot be read."""
    with open(path, "rb") as file:
        head = file.read(2 * identity.ID_SIZE)
    return head.decode("ascii") if _ID.fullmatch(head) else ""


def _put_aside(folder: str) -> None:
    """Keeps a `vault.json` that can be read under a name of its own: another vault may miss it. Raises StoreError."""
    path = os.path.join(folder, identity.FILE)
    try:
        if identity.read(folder) is None:
            return
    except Unreadable:
        return
    number = 1
    while True:
        try:
            return private.publish(f"{path}{KEPT}" + (f"-{number}" if number > 1 else ""), private.read(path))
        except FileExistsError:
            number += 1
        except OSError as error:
            raise refused(path, error) from error


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
