"""Changing the key of the vault. Killed at any moment, the vault opens as before, and the same call completes.

The order is what makes that true:

1. every place that holds the old key gets the new one beside it;
2. `vault.json` names both check values; from here on the change counts as begun;
3. the database gets the new key, in one transaction of its own;
4. so do the copies of it that lie beside it;
5. every place keeps the new key only;
6. `vault.json` names the new check value only, and the change is done.

Until 3 the database opens with the old key, afterwards with the new one, and until 5 every place has both.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import apsw

from optout.errors import Locked, NotPossible, SecretUnavailable, Unreadable
from optout.store import backup, cipher, identity, keyfile, passphrase, private
from optout.store.custody import IN_KEYRING, RECOVERY_MADE, prove_passphrase
from optout.store.keyrings import NoKeyring, Ring, system_ring
from optout.store.keys import Asking, next_entry
from optout.store.vault import WAIT, Vault

if TYPE_CHECKING:
    from optout.store.paths import Paths

KEYRING = "the keyring"
Write = Callable[[Sequence[bytes]], None]


class Changed(NamedTuple):
    """What the user is to be told."""

    keyring: bool
    """The keyring is meant to hold the key and could not be reached."""
    left: tuple[str, ...]
    """Copies of the vault beside it that could not be given the new key."""


def rotate(
    paths: Paths,
    asking: Asking,
    ring: Ring | None = None,
    *,
    step: Callable[[str], None] = lambda name: None,
    wait: float = WAIT,
) -> Changed:
    """Gives the vault a new random key, or completes a change that was cut short.

    `asking` must have the passphrase, if there is one. `step` is told each step that is done; it is for tests, as are
    `ring` and `wait`. Raises Locked when another process has the vault open, SecretUnavailable for a wrong passphrase,
    NotPossible for a vault that cannot be written, StoreError for a full disk.
    """
    with Vault.open(paths, create=False, asking=asking, ring=ring, wait=wait) as vault:
        if not vault.writable:
            raise NotPossible(f"the vault {vault.path} is read-only", "make its folder writable first")
        folder = os.path.dirname(vault.path)
        known = _alone(vault)
        places = _places(paths, vault, known, asking, ring)
        check = identity.check_value(known.id, vault.key.key)
        if check == known.next:  # cut short after the database was given the new key
            new, old = vault.key.key, vault.key.spare
        else:
            new, old = os.urandom(keyfile.SIZE), vault.key.key
            _begin(vault, known, places, new, step)
        vault.run("delete from meta where key = ?", (RECOVERY_MADE,))
        left = _copies(vault, old, new)
        step("copies")
        for name, write in places.items():
            write([new])
            step(f"{name} holds the new key")
        identity.rewrite(folder, identity.Identity(known.id, identity.check_value(known.id, new)))
        step("vault.json is settled")
        with suppress(OSError):  # they hold nothing that opens anything now
            for path in (
                os.path.join(folder, identity.FILE),
                passphrase.path_in(folder),
                keyfile.path_in(paths.config),
            ):
                keyfile.sweep(path)
        return Changed(vault.meta(IN_KEYRING) == "yes" and KEYRING not in places, left)


def _alone(vault: Vault) -> identity.Identity:
    """Keeps every other process out of the vault until it is closed. Gives what `vault.json` says then."""
    folder = os.path.dirname(vault.path)
    fault = None
    try:
        for statement in ("pragma locking_mode = exclusive", "begin exclusive", "commit"):
            vault.run(statement)
    except Unreadable as error:
        fault = error
    known = identity.read(folder)
    if known is None or not known.fits(vault.key.key):
        hint = "run the same command again; if it says the same, run: optout doctor"
        raise Locked("another process has changed the key, or vault.json, meanwhile", hint)
    if fault is not None:
        raise fault
    return known


def _begin(
    vault: Vault, known: identity.Identity, places: dict[str, Write], new: bytes, step: Callable[[str], None]
) -> None:
    """Steps 1 to 3."""
    old = vault.key.key
    for name, write in places.items():
        write([old, new])
        step(f"{name} holds both keys")
    check = identity.check_value(known.id, new)
    identity.rewrite(os.path.dirname(vault.path), known._replace(next=check))
    step("vault.json names both")
    _rekey(vault.run, known.id, new)
    step("rekey")
    vault.run("pragma wal_checkpoint(truncate)")
    step("checkpoint")


def _rekey(run: Callable[[str], object], vault_id: str, new: bytes) -> None:
    """One transaction. The salt stays the vault's id: a new one would stand in the file before its pages do."""
    run("pragma wal_checkpoint(truncate)")
    run(f"pragma rekey = \"x'{new.hex()}{cipher.salt_of(vault_id)}'\"")


def _places(
    paths: Paths, vault: Vault, known: identity.Identity, asking: Asking, ring: Ring | None
) -> dict[str, Write]:
    """How to write every place that holds the key. Everything that may be wrong with one is found out here, before
    anything is changed."""
    places: dict[str, Write] = {}
    folder = os.path.dirname(vault.path)
    if passphrase.exists(folder):
        words = _passphrase(paths, vault, asking)
        places["the passphrase slot"] = lambda keys: passphrase.write(folder, passphrase.seal(keys, words))
    file = keyfile.path_in(paths.config)
    if any(known.fits(key) for key in keyfile.read(file)):
        places["the key file"] = lambda keys: keyfile.write(file, keys)
    with suppress(NoKeyring):
        ring = ring or system_ring()
        held = (ring.get(known.id), ring.get(next_entry(known.id)))
        if any(known.fits(key) for entry in held for key in keyfile.keys_of(entry or "")):
            places[KEYRING] = partial(_into_keyring, ring, known.id)
    if not places:
        raise SecretUnavailable("the place that gave the key cannot be reached any more", "run the same command again")
    return places


def _passphrase(paths: Paths, vault: Vault, asking: Asking) -> str:
    """The passphrase of the slot, which has to be written anew. Raises SecretUnavailable unless it opens it."""
    words = asking.once()
    if words is None:
        hint = "give it with --passphrase-file, or run the command on a terminal; or: optout key passphrase --remove"
        raise SecretUnavailable("the passphrase is needed, since its slot is written anew", hint)
    prove_passphrase(paths, vault, Asking(given=lambda: words))
    return words


def _into_keyring(ring: Ring, vault_id: str, keys: Sequence[bytes]) -> None:
    """The new key into an entry of its own while there are two. Raises SecretUnavailable."""
    try:
        if len(keys) > 1:
            ring.put(next_entry(vault_id), keys[-1].hex())
            return
        ring.put(vault_id, keys[0].hex())
        with suppress(NoKeyring):  # there is none when the change was cut short here
            ring.drop(next_entry(vault_id))
    except NoKeyring as reason:
        hint = "nothing is lost: unlock it and run the same command again"
        raise SecretUnavailable(f"the keyring cannot be used any more: {reason}", hint) from reason


def _copies(vault: Vault, old: bytes | None, new: bytes) -> tuple[str, ...]:
    """Gives the copies beside the vault the new key. Returns those for which that was not possible."""
    left = []
    for path in backup.copies(vault.path):
        if path.endswith(("-wal", "-shm", "-journal")):
            continue  # part of the copy that was being changed when it was cut short; gone when that was opened
        if not _opens(path, new) and not (old is not None and _opens(path, old, vault.id, new)):
            left.append(path)
    return tuple(left)


def _opens(path: str, key: bytes, vault_id: str = "", new: bytes | None = None) -> bool:
    """Whether the file opens with the key; then `new` takes its place, if there is one."""
    try:
        private.check_owned(path)
        database = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            cipher.unlock(database, key)
            database.execute("select count(*) from sqlite_schema").fetchall()
            if new is not None:
                _rekey(lambda sql: database.execute(sql).fetchall(), vault_id, new)
        finally:
            database.close()
    except (apsw.Error, OSError):
        return False
    return True
