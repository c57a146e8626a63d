"""Keys as text, 64 hexadecimal signs a line, and `vault.key`, the private file that holds one.

Every place holds one key; while the key is being changed, the old one and the new one.
"""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import os
from collections.abc import Sequence

from optout.errors import SecretUnavailable
from optout.store import private
from optout.store.faults import refused

FILE = "vault.key"
SIZE = 32


def key_text(keys: Sequence[bytes]) -> bytes:
    return "".join(f"{key.hex()}\n" for key in keys).encode("ascii")


def keys_of(text: bytes | str) -> list[bytes]:
    """The one or two keys in a text; none when it holds anything else."""
    try:
        plain = text.decode("ascii") if isinstance(text, bytes) else text
        keys = [bytes.fromhex(line) for line in plain.split()]
    except ValueError:
        return []
    return keys if len(keys) in (1, 2) and all(len(key) == SIZE for key in keys) else []


def path_in(config: str) -> str:
    return os.path.join(config, FILE)


def read(path: str) -> list[bytes]:
    """The keys in a key file, none when there is no file.

    Raises SecretUnavailable when others can read it, when it is not the user's own, or when it holds something else.
    """
    try:
        text = private.read(path, secret=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        hint = getattr(error, "hint", "")
        raise SecretUnavailable(f"the key file {path} is not used: {error.strerror}", hint) from error
    keys = keys_of(text)
    if not keys:
        raise SecretUnavailable(f"the key file {path} does not hold a key", "put the right file back from a backup")
    return keys


def write(path: str, keys: Sequence[bytes], *, new: bool = False) -> None:
    """Stores the key file; with `new`, raises FileExistsError when there is one. Raises StoreError."""
    try:
        private.make_folder(os.path.dirname(path))
        if new:
            private.publish(path, key_text(keys))
        else:
            private.replace(path, key_text(keys))
    except FileExistsError:
        raise
    except OSError as error:
        raise refused(path, error) from error


def remove(path: str) -> None:
    """Takes the file away, and what killed writers of it left. Raises StoreError."""
    try:
        sweep(path)
        os.unlink(path)
        private.sync_folder(os.path.dirname(path))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise refused(path, error) from error


def sweep(path: str) -> None:
    """Removes the temporary files that killed writers of this file left: they may hold a key. Raises OSError."""
    folder, name = os.path.split(path)
    for found in os.listdir(folder):
        if found.startswith(".optout-") and found.endswith(f"-{name}.tmp"):
            os.unlink(os.path.join(folder, found))
