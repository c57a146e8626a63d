"""Where the vault's 32-byte data key lives: `vault.key` in the configuration folder if there is one, else the keyring.

A key counts only if it `fits` the vault (its check value in `vault.json`), so that a key of another vault is never
taken for a damaged file. Nothing here is ever written into the vault's own folder.
"""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

from optout.errors import SecretUnavailable
from optout.store import private
from optout.store.faults import refused

if TYPE_CHECKING:
    from optout.store.keyrings import Ring

Custody = Literal["keyring", "file"]

SIZE = 32
FILE = "vault.key"


class Keeper(NamedTuple):
    """Who keeps the data key."""

    custody: Custody
    where: str
    """The key file's path, or "the keyring"."""
    made: bool = False
    """The key was made just now; for the custody "file" the user is then told so, once."""
    reason: str = ""
    """Why the keyring was not used when the key was made; "" when it was."""


class Key(NamedTuple):
    """The data key and its keeper."""

    key: bytes
    keeper: Keeper

    def __repr__(self) -> str:  # a key in a traceback or a failed test would outlive the process
        return f"Key({self.keeper})"


def find_key(config: str, vault_id: str, fits: Callable[[bytes], bool], ring: Ring | None = None) -> Key:
    """The key of this vault. `config` is the configuration folder; `ring` replaces the system's keyring in tests.

    Raises SecretUnavailable when no place has a key that fits; its sentence says what each place answered.
    """
    path = os.path.join(config, FILE)
    reasons = []
    key = read_key_file(path)
    if key is not None:
        if fits(key):
            return Key(key, Keeper("file", path))
        reasons.append(f"{path} is the key of another vault")
    key, reason = _from_keyring(vault_id, ring)
    if key is not None:
        if fits(key):
            return Key(key, Keeper("keyring", "the keyring"))
        reason = "the keyring holds the key of another vault"
    reasons.append(reason)
    raise SecretUnavailable(
        f"the vault cannot be opened: {'; '.join(reasons)}",
        f"unlock or reach the keyring in which the key was stored, or put the vault's key file back as {path}",
    )


def create_key(config: str, vault_id: str, ring: Ring | None = None) -> Key:
    """A key for a new vault: the existing `vault.key` (a run before was cut short), else a random one.

    It is stored, and read back, before anything is encrypted with it: in the keyring, else as `vault.key`. The caller
    tells the user once when the custody is "file". Raises StoreError when it can be stored nowhere.
    """
    path = os.path.join(config, FILE)
    key = read_key_file(path)
    if key is not None:
        return Key(key, Keeper("file", path))
    from optout.store.keyrings import NoKeyring, system_ring

    key = os.urandom(SIZE)
    try:
        (ring or system_ring()).put(vault_id, key.hex())
    except NoKeyring as reason:
        return _into_file(path, key, str(reason))
    return Key(key, Keeper("keyring", "the keyring", made=True))


def forget_key(key: Key, vault_id: str, ring: Ring | None = None) -> None:
    """Takes back a key made by `create_key` for a vault that another process created first. Failing is harmless: the
    entry opens nothing. A key that was there before is left alone."""
    if not key.keeper.made:
        return
    if key.keeper.custody == "file":
        with suppress(OSError, SecretUnavailable):
            if read_key_file(key.keeper.where) == key.key:
                os.unlink(key.keeper.where)
        return
    from optout.store.keyrings import NoKeyring, system_ring

    with suppress(NoKeyring):
        (ring or system_ring()).drop(vault_id)


def read_key_file(path: str) -> bytes | None:
    """The key in a key file (64 hexadecimal signs), None when there is no file.

    Raises SecretUnavailable when others can read it, when it is not the user's own, or when it holds something else.
    """
    try:
        text = private.read(path, secret=True)
    except FileNotFoundError:
        return None
    except OSError as error:
        hint = getattr(error, "hint", "")
        raise SecretUnavailable(f"the key file {path} is not used: {error.strerror}", hint) from error
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != SIZE:
        raise SecretUnavailable(f"the key file {path} does not hold a key", "put the right file back from a backup")
    return key


def _into_file(path: str, key: bytes, reason: str) -> Key:
    try:
        private.make_folder(os.path.dirname(path))
        private.publish(path, key.hex().encode("ascii") + b"\n")
    except FileExistsError:
        # Another process wrote its key a moment ago; there is to be one.
        return Key(read_key_file(path) or key, Keeper("file", path, reason=reason))
    except OSError as error:
        raise refused(path, error) from error
    return Key(key, Keeper("file", path, made=True, reason=reason))


def _from_keyring(vault_id: str, ring: Ring | None) -> tuple[bytes | None, str]:
    """The key, or why there is none."""
    from optout.store.keyrings import NoKeyring, system_ring

    try:
        secret = (ring or system_ring()).get(vault_id)
    except NoKeyring as reason:
        return None, f"no keyring ({reason})"
    if secret is None:
        return None, "the keyring has no key for this vault"
    try:
        return bytes.fromhex(secret), ""
    except ValueError:
        return None, "the keyring's entry for this vault is not a key"
