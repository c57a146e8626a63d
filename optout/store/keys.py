"""Finding the vault's 32-byte data key, and making one: a passphrase, the keyring, or `vault.key`.

A key counts only if it `fits` the vault (its check value in `vault.json`), so that a key of another vault is never
taken for a damaged file. Nothing here is ever written in the clear into the vault's own folder.
"""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

from optout.errors import SecretUnavailable, StoreError
from optout.store import keyfile

if TYPE_CHECKING:
    from optout.store.identity import Identity
    from optout.store.keyrings import Ring

Custody = Literal["keyring", "passphrase", "file"]

TRIES = 3
"""How often a passphrase is asked for."""
OTHER_WAYS = (
    "--passphrase-file, --passphrase-fd or --passphrase-command gives a passphrase; without one, unlock the keyring in "
    "which the key was stored, put the key file back as {file}, or type the recovery sheet: optout key recovery --restore"
)


class Asking(NamedTuple):
    """How a passphrase can be had. Both may raise OptoutError."""

    given: Callable[[], str] | None = None
    """From an option of the command; then no other place is asked."""
    prompt: Callable[[int], str] | None = None
    """From the person at the terminal, who is told which try this is (from 0); None without a terminal."""

    def once(self) -> str | None:
        """The passphrase by the option, else typed; None where it cannot be had."""
        if self.given is not None:
            return self.given()
        return None if self.prompt is None else self.prompt(0)


NOBODY = Asking()


class Keeper(NamedTuple):
    """Who keeps the data key."""

    custody: Custody
    where: str
    """The path of the key file or passphrase slot, or "the keyring"."""
    made: bool = False
    """The key was made just now; for the custody "file" the user is then told so, once."""
    reason: str = ""
    """Why the keyring was not used when the key was made; "" when it was."""
    missed: bool = False
    """The keyring could be asked and had no key of this vault, so that another place was used."""


class Key(NamedTuple):
    """The data key and its keeper."""

    key: bytes
    keeper: Keeper
    spare: bytes | None = None
    """While the key is being changed: the other one of the two. The database opens with one of them."""

    def __repr__(self) -> str:  # a key in a traceback or a failed test would outlive the process
        return f"Key({self.keeper})"


def find_key(folder: str, config: str, known: Identity, ring: Ring | None = None, asking: Asking = NOBODY) -> Key:
    """The key of this vault: by the passphrase given, the keyring, the passphrase asked for, `vault.key`, in this order.

    A vault without a passphrase slot whose `vault.key` fits is opened with that before the keyring is asked: there is
    but one key that fits, and asking the keyring is slow. `folder` and `config` are the vault's and the configuration
    folder, `known` is what `vault.json` says; `ring` replaces the system's keyring in tests.

    Raises SecretUnavailable when no place has a key that fits; its sentence says what each place answered.
    """
    if asking.given is not None:
        return by_passphrase(folder, asking.given(), known)
    reasons: list[str] = []
    slot = _has_slot(folder)
    if not slot:
        found = _from_file(config, known, reasons)
        if found is not None:
            return found
    keys, reason, missed = _from_keyring(known, ring)
    if keys:
        return _key(keys, Keeper("keyring", "the keyring"))
    reasons.append(reason)
    if slot:
        found = _ask(folder, known, asking, reasons) or _from_file(config, known, reasons)
        if found is not None:
            return found._replace(keeper=found.keeper._replace(missed=missed))
    raise SecretUnavailable(
        f"the vault cannot be opened: {'; '.join(reasons)}", OTHER_WAYS.format(file=keyfile.path_in(config))
    )


def likely_key(folder: str, config: str, known: Identity) -> Key | None:
    """The key in `vault.key` where it is the only one in question, not yet held to the check value: the database that
    it opens proves it sooner. None where `find_key` has to choose."""
    if _has_slot(folder) or known.next:
        return None
    path = keyfile.path_in(config)
    keys = keyfile.read(path)
    return Key(keys[0], Keeper("file", path)) if len(keys) == 1 else None


def create_key(folder: str, config: str, vault_id: str, ring: Ring | None = None, asking: Asking = NOBODY) -> Key:
    """A key for a new vault: the one of a run before that was cut short, else a random one.

    It is stored, and read back, before anything is encrypted with it: under the passphrase if an option gave one, else
    in the keyring, else as `vault.key`. The caller tells the user once when the custody is "file". Raises StoreError
    when it can be stored nowhere, WrongPassphrase for a passphrase that is too short.
    """
    if asking.given is not None:
        return _into_slot(folder, os.urandom(keyfile.SIZE), asking.given())
    if _has_slot(folder):
        from optout.store import passphrase

        hint = "give that passphrase again by the same option, or remove the file: nothing was encrypted with it"
        raise StoreError(f"{passphrase.path_in(folder)} is left over from a beginning that was cut short", hint)
    path = keyfile.path_in(config)
    keys = keyfile.read(path)
    if keys:
        return Key(keys[0], Keeper("file", path))
    from optout.store.keyrings import NoKeyring, system_ring

    key = os.urandom(keyfile.SIZE)
    try:
        (ring or system_ring()).put(vault_id, key.hex())
    except NoKeyring as reason:
        return _into_file(path, key, str(reason))
    return Key(key, Keeper("keyring", "the keyring", made=True))


def by_passphrase(folder: str, passphrase: str, known: Identity) -> Key:
    """The key in the passphrase slot. Raises SecretUnavailable, for a wrong passphrase its kind WrongPassphrase."""
    from optout.store import passphrase as slots

    keys = [key for key in slots.open_slot(folder, passphrase) if known.fits(key)]
    if not keys:
        raise SecretUnavailable(
            f"{slots.path_in(folder)} is the passphrase of another vault", "put the right file back"
        )
    return _key(keys, Keeper("passphrase", slots.path_in(folder)))


def forget_key(key: Key, vault_id: str, ring: Ring | None = None) -> None:
    """Takes back a key made by `create_key` for a vault that another process created first. Failing is harmless: the
    entry opens nothing. A key that was there before is left alone."""
    if not key.keeper.made:
        return
    if key.keeper.custody == "file":
        with suppress(OSError, SecretUnavailable):
            if keyfile.read(key.keeper.where) == [key.key]:
                os.unlink(key.keeper.where)
        return
    if key.keeper.custody == "passphrase":
        with suppress(OSError):
            os.unlink(key.keeper.where)
        return
    from optout.store.keyrings import NoKeyring, system_ring

    with suppress(NoKeyring):
        (ring or system_ring()).drop(vault_id)


def _key(keys: Sequence[bytes], keeper: Keeper) -> Key:
    return Key(keys[0], keeper, keys[1] if len(keys) > 1 else None)


def _has_slot(folder: str) -> bool:
    return os.path.lexists(os.path.join(folder, "passphrase.age"))


def _ask(folder: str, known: Identity, asking: Asking, reasons: list[str]) -> Key | None:
    """The key by a passphrase typed, None with the reason added."""
    if asking.prompt is None:
        reasons.append("there is a passphrase, but no terminal to ask for it")
        return None
    from optout.store.passphrase import WrongPassphrase

    for attempt in range(TRIES):
        try:
            return by_passphrase(folder, asking.prompt(attempt), known)
        except WrongPassphrase:
            continue
        except SecretUnavailable as error:
            reasons.append(str(error))
            return None
    reasons.append(f"{TRIES} wrong passphrases")
    return None


def _into_slot(folder: str, key: bytes, passphrase: str) -> Key:
    from optout.store import passphrase as slots

    path = slots.path_in(folder)
    if not slots.exists(folder):
        slots.check_new(passphrase)
        sealed = slots.seal([key], passphrase)
        with suppress(FileExistsError):  # another process was faster; there is to be one key
            slots.write(folder, sealed, new=True)
            return Key(key, Keeper("passphrase", path, made=True))
    return Key(slots.open_slot(folder, passphrase)[0], Keeper("passphrase", path))


def _into_file(path: str, key: bytes, reason: str) -> Key:
    try:
        keyfile.write(path, [key], new=True)
    except FileExistsError:
        # Another process wrote its key a moment ago; there is to be one.
        return Key((keyfile.read(path) or [key])[0], Keeper("file", path, reason=reason))
    return Key(key, Keeper("file", path, made=True, reason=reason))


def _from_file(config: str, known: Identity, reasons: list[str]) -> Key | None:
    path = keyfile.path_in(config)
    keys = keyfile.read(path)
    fitting = [key for key in keys if known.fits(key)]
    if fitting:
        return _key(fitting, Keeper("file", path))
    if keys:
        reasons.append(f"{path} is the key of another vault")
    return None


def _from_keyring(known: Identity, ring: Ring | None) -> tuple[list[bytes], str, bool]:
    """The keys that fit, or why there are none; and whether a keyring could be asked and had none."""
    from optout.store.keyrings import NoKeyring, system_ring

    try:
        ring = ring or system_ring()
        secret = ring.get(known.id)
        keys = keyfile.keys_of(secret or "")
        fitting = [key for key in keys if known.fits(key)]
        if known.next:
            new = keyfile.keys_of(ring.get(next_entry(known.id)) or "")
            fitting += [key for key in new if known.fits(key) and key not in fitting]
    except NoKeyring as reason:
        return [], f"no keyring ({reason})", False
    if fitting:
        return fitting, "", False
    if secret is None:
        return [], "the keyring has no key for this vault", True
    held = "holds the key of another vault" if keys else "has an entry for this vault that is not a key"
    return [], f"the keyring {held}", True


def next_entry(vault_id: str) -> str:
    """The name of the keyring entry that holds the new key while the key is being changed: some systems cannot
    replace an entry, only remove it and add another."""
    return f"{vault_id}:next"
