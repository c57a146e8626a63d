"""Who can open the vault, and changing that. Nothing is taken away before what stays has been shown to open it."""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

from optout.errors import Incomplete, NotPossible, SecretUnavailable, StoreError
from optout.store import identity, keyfile
from optout.store.keys import NOBODY, Asking, Keeper, Key, by_passphrase, next_entry

if TYPE_CHECKING:
    from optout.store.keyrings import Ring
    from optout.store.paths import Paths
    from optout.store.vault import Vault

RECOVERY_MADE = "recovery_made"
"""Name of the value in the vault: the day on which a recovery sheet of the present key was made."""
IN_KEYRING = "keyring"
"""Name of the value in the vault: "yes" when the user's keyring is meant to hold the key."""

State = Literal["holds", "none", "other", "unreachable"]


class Places(NamedTuple):
    """Where the key lies, seen without unlocking anything but the keyring."""

    vault_id: str
    """"" where there is no vault."""
    keyring: State
    reason: str
    """Why the keyring cannot be asked; "" when it can."""
    passphrase: bool
    file: State
    changing: bool
    """A change of the key was begun and not finished."""


def places(paths: Paths, ring: Ring | None = None) -> Places:
    """Raises StoreError and its kinds when `vault.json` cannot be used. No vault has no key anywhere."""
    from optout.store import passphrase

    known = identity.read(os.path.realpath(paths.vault))
    if known is None:
        return Places("", "none", "", False, "none", False)
    keyring, reason = _in_keyring(known, ring)
    try:
        keys = keyfile.read(keyfile.path_in(paths.config))
        file: State = "none" if not keys else "holds" if any(known.fits(key) for key in keys) else "other"
    except SecretUnavailable:
        file = "unreachable"
    slot = passphrase.exists(paths.vault)
    return Places(known.id, keyring, reason, slot, file, known.next != "")


def begun(paths: Paths) -> bool:
    """Whether there is a vault, or the beginning of one."""
    return identity.read(os.path.realpath(paths.vault)) is not None


def warning(vault: Vault) -> str:
    """What to tell about a vault that is lost with the keyring; "" when there is another way to open it."""
    if vault.keeper.custody != "keyring" or vault.meta(RECOVERY_MADE) is not None:
        return ""
    if os.path.lexists(os.path.join(os.path.dirname(vault.path), "passphrase.age")):
        return ""
    return "The key of your cases lies in the keyring only. If that is lost, so are they: run `optout key recovery`."


def set_passphrase(paths: Paths, vault: Vault, new: str) -> str:
    """Sets or changes the passphrase. Returns the path of the key file that was no longer needed and removed, or "".

    Raises Incomplete, with all else done, when it could not be removed.
    """
    from optout.store import passphrase

    settled(paths, vault)
    folder = os.path.dirname(vault.path)
    sealed = passphrase.seal([vault.key.key], new)
    if passphrase.unseal(sealed, new) != [vault.key.key]:
        raise StoreError("the passphrase does not give back the key", "nothing was changed; try another passphrase")
    passphrase.write(folder, sealed)
    return _remove_file(paths, folder, vault.key, "the passphrase is set")


def remove_passphrase(paths: Paths, vault: Vault, ring: Ring | None = None) -> None:
    """Takes the passphrase slot away. Raises NotPossible when nothing else opens the vault."""
    from optout.store import passphrase

    settled(paths, vault)
    there = places(paths, ring)
    if not there.passphrase:
        raise NotPossible("the vault has no passphrase")
    if "holds" not in (there.keyring, there.file):
        hint = "put the key into the keyring first (optout key keyring)"
        raise NotPossible("nothing but the passphrase opens the vault", hint)
    keyfile.remove(passphrase.path_in(os.path.dirname(vault.path)))


def into_keyring(paths: Paths, vault: Vault, ring: Ring | None = None) -> str:
    """Stores the key in the keyring. Returns the path of the key file that was no longer needed and removed, or "".

    Raises SecretUnavailable, and changes nothing, when no keyring can be used; Incomplete, with all else done, when the
    file could not be removed.
    """
    from optout.store.keyrings import NoKeyring, system_ring

    settled(paths, vault)
    try:
        (ring or system_ring()).put(vault.id, vault.key.key.hex())
    except NoKeyring as reason:
        hint = "set a passphrase instead: optout key passphrase"
        raise SecretUnavailable(f"no keyring can be used: {reason}", hint) from reason
    vault.set_meta(IN_KEYRING, "yes")
    vault.key = vault.key._replace(keeper=Keeper("keyring", "the keyring"))
    return _remove_file(paths, os.path.dirname(vault.path), vault.key, "the key is in the keyring")


def out_of_keyring(paths: Paths, vault: Vault, asking: Asking = NOBODY, ring: Ring | None = None) -> None:
    """Takes the key out of the keyring, once the passphrase or the key file has been shown to open the vault.

    Raises NotPossible when neither is there, SecretUnavailable when the passphrase is wrong or the keyring refuses.
    """
    from optout.store.keyrings import NoKeyring, system_ring

    settled(paths, vault)
    there = places(paths, ring)
    if there.file != "holds":
        if not there.passphrase:
            raise NotPossible(
                "nothing but the keyring opens the vault", "set a passphrase first: optout key passphrase"
            )
        prove_passphrase(paths, vault, asking)
    if there.keyring == "unreachable":
        raise SecretUnavailable(f"no keyring can be used: {there.reason}")
    vault.set_meta(IN_KEYRING, "no")
    for entry in (vault.id, next_entry(vault.id)):  # the second is left where a keyring failed during a change
        with suppress(NoKeyring):
            (ring or system_ring()).drop(entry)
    if _in_keyring(known(paths), ring)[0] == "holds":
        raise SecretUnavailable("the keyring did not let go of the key", "remove the entry `optout` in its own program")


def prove_passphrase(paths: Paths, vault: Vault, asking: Asking) -> None:
    """Has the passphrase given or typed, unless it has opened this vault. Raises SecretUnavailable."""
    if vault.keeper.custody == "passphrase":
        return
    text = asking.once()
    if text is None:
        raise SecretUnavailable("the passphrase has to be shown to open the vault", "give it with --passphrase-file")
    by_passphrase(os.path.dirname(vault.path), text, known(paths))


def known(paths: Paths) -> identity.Identity:
    """What `vault.json` says. Raises StoreError and its kinds, also where there is none."""
    found = identity.read(os.path.realpath(paths.vault))
    if found is None:
        raise StoreError(f"there is no vault in {paths.vault}", "the first letter makes one")
    return found


def settled(paths: Paths, vault: Vault) -> None:
    """Raises NotPossible while a change of the key is unfinished, and where `vault.json` is not this vault's: then the
    key would be put where that of another vault lies."""
    there = known(paths)
    if there.next:
        raise NotPossible("a change of the key was cut short", "finish it first: optout key rotate")
    if not there.fits(vault.key.key):
        sentence = (
            f"{os.path.join(paths.vault, identity.FILE)} is of another vault, or of a time before a change of the key"
        )
        raise NotPossible(sentence, identity.MEND)


def _in_keyring(known: identity.Identity, ring: Ring | None) -> tuple[State, str]:
    from optout.store.keyrings import NoKeyring, system_ring

    try:
        secret = (ring or system_ring()).get(known.id)
    except NoKeyring as reason:
        return "unreachable", str(reason)
    if secret is None:
        return "none", ""
    return ("holds" if any(known.fits(key) for key in keyfile.keys_of(secret)) else "other"), ""


def _remove_file(paths: Paths, folder: str, key: Key, done: str) -> str:
    """Takes away every file that holds the key in the clear, and what killed writers left. Gives the key file's path if
    it was one, or "". Raises Incomplete that says what was `done` and names what stays."""
    path = keyfile.path_in(paths.config)
    try:
        for left in (path, os.path.join(folder, "passphrase.age")):
            with suppress(FileNotFoundError):  # no folder
                keyfile.sweep(left)
        # While a change of the key was begun and cut short, the file has a second key, which opens nothing.
        if key.key not in keyfile.read(path):
            return ""
        keyfile.remove(path)
        return path
    except (OSError, SecretUnavailable, StoreError) as error:
        sentence = f"{done}, but {path} may still open the vault by itself"
        raise Incomplete(sentence, f"remove it, if it is the key of this vault ({error})") from error
