"""`passphrase.age` beside the database: the data key under a passphrase, so that a copy of the folder opens with it.

The file is plain age format: `age -d passphrase.age` prints the key. Making and opening it takes one to two seconds and
half a gigabyte of memory, which is what makes guessing slow.
"""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import os
from collections.abc import Sequence

from optout.errors import SecretUnavailable
from optout.store import private
from optout.store.faults import refused
from optout.store.keyfile import key_text, keys_of

FILE = "passphrase.age"
MOST = 4096
"""Bytes of a passphrase. Longer ones are a wrong file."""
LEAST = 8
"""Characters of a passphrase that is set. A shorter one that was set before still opens."""


class WrongPassphrase(SecretUnavailable):
    """The passphrase does not open the slot."""


def path_in(folder: str) -> str:
    return os.path.join(folder, FILE)


def exists(folder: str) -> bool:
    return os.path.lexists(path_in(folder))


def seal(keys: Sequence[bytes], passphrase: str) -> bytes:
    """The file's content. Raises SecretUnavailable for a passphrase that cannot be one."""
    return encrypt(key_text(keys), passphrase)


def open_slot(folder: str, passphrase: str) -> list[bytes]:
    """The keys in the slot of this folder.

    Raises WrongPassphrase, and SecretUnavailable when there is no slot or it is damaged or not safe. Only reads.
    """
    check(passphrase)
    path = path_in(folder)
    try:
        sealed = private.read(path)
    except FileNotFoundError:
        hint = "leave the option out; `optout key passphrase` sets a passphrase"
        raise SecretUnavailable(f"the vault in {folder} has no passphrase", hint) from None
    except OSError as error:
        raise SecretUnavailable(f"{path} is not used: {error.strerror}", getattr(error, "hint", "")) from error
    keys = unseal(sealed, passphrase)
    if not keys:
        raise SecretUnavailable(f"{path} is damaged", "put it back from a backup, or use another way to unlock")
    return keys


def unseal(sealed: bytes, passphrase: str) -> list[bytes]:
    """The keys in a slot's content, none when it is damaged. Raises WrongPassphrase."""
    return keys_of(decrypt(sealed, passphrase) or b"")


def encrypt(data: bytes, passphrase: str) -> bytes:
    """The data under that passphrase. Raises WrongPassphrase for one that cannot be one."""
    import pyrage

    check(passphrase)
    sealed: bytes = pyrage.passphrase.encrypt(data, passphrase)
    return sealed


def decrypt(sealed: bytes, passphrase: str) -> bytes | None:
    """What was sealed, None when it is damaged or not under a passphrase. Raises WrongPassphrase."""
    import pyrage

    check(passphrase)
    try:
        plain: bytes = pyrage.passphrase.decrypt(sealed, passphrase)
        return plain
    except pyrage.DecryptError as error:
        # The library has one class for all; this one sentence is the wrong passphrase.
        if str(error) == "Decryption failed":
            raise WrongPassphrase("the passphrase is wrong", "it opens nothing, and nothing was changed") from None
        return None


def write(folder: str, sealed: bytes, *, new: bool = False) -> None:
    """Stores the slot, complete or not at all; with `new`, raises FileExistsError when there is one.

    Raises StoreError when it cannot be stored or does not read back as written.
    """
    path = path_in(folder)
    try:
        if new:
            private.publish(path, sealed)
        else:
            private.replace(path, sealed)
        back = private.read(path)
    except FileExistsError:
        raise
    except OSError as error:
        raise refused(path, error) from error
    if back != sealed:
        raise refused(path, OSError(5, "it does not read back as it was written", path))


def check(passphrase: str) -> None:
    """Raises WrongPassphrase for an empty one or one longer than MOST bytes."""
    if not passphrase:
        raise WrongPassphrase("the passphrase is empty", "nothing was changed")
    if len(passphrase.encode("utf-8", "surrogateescape")) > MOST:
        raise WrongPassphrase(f"the passphrase is longer than {MOST} bytes", "was it the right file?")


def check_new(passphrase: str) -> None:
    """Raises WrongPassphrase for one that is not to be set."""
    check(passphrase)
    if len(passphrase.strip()) < LEAST:
        hint = "nothing was set; take five or six unrelated words, such as from a book opened anywhere"
        raise WrongPassphrase(f"a passphrase of fewer than {LEAST} characters is soon found by trying", hint)
