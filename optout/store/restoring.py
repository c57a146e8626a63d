"""The key of a recovery sheet, put back. What it would take the place of is never taken on the sheet's word alone.

While a change of the key is unfinished, `vault.json` names two keys and the database opens with one of them; then only
the database says whether a sheet is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from optout.errors import Locked, NotPossible, SecretUnavailable, StoreError, Unreadable
from optout.store import custody, identity, keyfile, passphrase
from optout.store.keyrings import NoKeyring, Ring, system_ring
from optout.store.keys import Keeper, Key, by_passphrase, find_key, next_entry
from optout.store.vault import WAIT, Vault

if TYPE_CHECKING:
    from optout.store.identity import Identity
    from optout.store.paths import Paths


def check(paths: Paths, key: bytes, wait: float = WAIT) -> bool:
    """Opens the vault with the key of a sheet. Gives whether the sheet is of no use once a change of the key that was
    begun is finished.

    Raises SecretUnavailable when it is not the key of this vault, StoreError when the vault cannot be opened at all.
    """
    with _held(paths, key, wait) as (known, fault):
        if fault is not None:
            raise fault
        return known.next not in ("", identity.check_value(known.id, key))


def prove(paths: Paths, key: bytes, wait: float = WAIT) -> None:
    """Raises as `restore` would for a wrong sheet, so that nobody is asked for a passphrase in vain."""
    with _held(paths, key, wait):
        pass


def restore(paths: Paths, key: bytes, new: str | None, ring: Ring | None = None, wait: float = WAIT) -> Key:
    """Stores the key from a recovery sheet: under the passphrase `new` if there is one, else in the keyring, else as
    the key file.

    The other key of an unfinished change stays beside it. Where the vault is too damaged to be opened, the key is held
    to `vault.json` and takes the place of nothing. Raises SecretUnavailable when it is not the key of this vault,
    Locked while another process changes it.
    """
    with _held(paths, key, wait) as (known, fault):
        return _stored(paths, known, key, new, ring, proved=fault is None)


@contextmanager
def _held(paths: Paths, key: bytes, wait: float) -> Iterator[tuple[Identity, StoreError | None]]:
    """What `vault.json` says, and why the vault cannot be opened, None while it is open: then nobody changes the key."""
    known = custody.known(paths)
    if not known.fits(key):
        hint = "it may be of another vault, or of a time before the key was changed"
        raise SecretUnavailable(f"the sheet is in order, but it does not open the vault in {paths.vault}", hint)
    try:
        vault = Vault.open(paths, create=False, key=Key(key, Keeper("file", "")), wait=wait)
    except Locked:
        raise
    except StoreError as fault:
        if not known.next:
            yield known, fault
            return
        if isinstance(fault, Unreadable):
            raise _not_this_one(paths) from fault
        raise
    with vault:
        if vault.key.key != key:  # changed since `vault.json` was read
            raise _not_this_one(paths)
        yield custody.known(paths), None


def _not_this_one(paths: Paths) -> SecretUnavailable:
    hint = "unlock the vault as before the change, and finish it: optout key rotate"
    return SecretUnavailable(
        f"the sheet is of a time before the key was changed, and does not open the vault in {paths.vault} any more",
        hint,
    )


def _stored(paths: Paths, known: Identity, key: bytes, new: str | None, ring: Ring | None, proved: bool) -> Key:
    path = keyfile.path_in(paths.config)
    if new is not None:
        if passphrase.exists(paths.vault) and not proved:
            raise _in_the_way(passphrase.path_in(paths.vault))
        beside = _beside(known, key, [*_in_file(path), *_in_keyring(known, ring)])
        passphrase.write(paths.vault, passphrase.seal([key, *beside], new))
        return by_passphrase(paths.vault, new, known)
    try:
        _into_keyring(known, key, ring or system_ring(), proved)
    except NoKeyring:
        there = keyfile.read(path)
        if there not in ([], [key]) and not proved:
            raise _in_the_way(path) from None
        if there and not any(known.fits(one) for one in there):
            raise NotPossible(f"{path} is the key of another vault", "move that file to a safe place first") from None
        keyfile.write(path, [key, *_beside(known, key, there)])
    return find_key(paths.vault, paths.config, known, ring)


def _into_keyring(known: Identity, key: bytes, ring: Ring, proved: bool) -> None:
    there = keyfile.keys_of(ring.get(known.id) or "")
    if there and key not in there and not proved:
        raise _in_the_way("the keyring")
    for other in _beside(known, key, there):
        ring.put(next_entry(known.id), other.hex())
    ring.put(known.id, key.hex())


def _in_the_way(where: str) -> NotPossible:
    return NotPossible(
        f"the vault cannot be opened with the key of the sheet, and another key lies in {where}",
        "see what is wrong first: optout doctor",
    )


def _beside(known: Identity, key: bytes, found: list[bytes]) -> list[bytes]:
    """The other key of an unfinished change, if it was found."""
    return list(dict.fromkeys(one for one in found if one != key and known.fits(one)))


def _in_file(path: str) -> list[bytes]:
    try:
        return keyfile.read(path)
    except SecretUnavailable:
        return []


def _in_keyring(known: Identity, ring: Ring | None) -> list[bytes]:
    try:
        ring = ring or system_ring()
        entries = (ring.get(known.id), ring.get(next_entry(known.id)))
    except NoKeyring:
        return []
    return [key for entry in entries for key in keyfile.keys_of(entry or "")]
