"""`vault.json`: which vault this is, and whether a key is its key, without opening it. Holds nothing personal."""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

from optout.errors import NewerFormat, StoreError, Unreadable
from optout.store import private
from optout.store.faults import refused
from optout.store.keys import Asking, Key, create_key, find_key, forget_key

if TYPE_CHECKING:
    from optout.store.keyrings import Ring

FILE = "vault.json"
FORMAT = 1
MEND = "to make it anew from the vault and its key: optout doctor --repair"
ID_SIZE = 8
CHECK_SIZE = 32


class Identity(NamedTuple):
    """What `vault.json` says."""

    id: str
    """16 random hexadecimal signs. Names the keyring entry and is the salt of the database file."""
    check: str
    """HMAC-SHA-256 of the id under the data key, hexadecimal. A damaged vault and a wrong key look alike to the
    database (both are "not a database"); this tells them apart."""

    next: str = ""
    """While the key is being changed: the check value of the new key. The database then opens with one of the two."""

    def fits(self, key: bytes) -> bool:
        import hmac  # only here: it loads OpenSSL, and most runs never have to ask

        value = check_value(self.id, key)
        return hmac.compare_digest(value, self.check) or (self.next != "" and hmac.compare_digest(value, self.next))


def check_value(vault_id: str, key: bytes) -> str:
    import hmac

    return hmac.digest(key, b"optout vault " + vault_id.encode("utf-8"), "sha256").hex()


def read(folder: str) -> Identity | None:
    """What `vault.json` in the folder says, None when there is none. Raises Unreadable, NewerFormat or StoreError."""
    path = os.path.join(folder, FILE)
    try:
        plain = json.loads(private.read(path))
        if plain["format"] > FORMAT:
            hint = "install that version or a newer one"
            raise NewerFormat(f"the vault {folder} was written by a newer version of optout", hint)
        known = Identity(plain["id"], plain["check"], plain.get("next", ""))
        if len(known.id) != 2 * ID_SIZE or len(bytes.fromhex(known.id)) != ID_SIZE:
            raise ValueError
        if len(bytes.fromhex(known.check)) != CHECK_SIZE or len(bytes.fromhex(known.next)) not in (0, CHECK_SIZE):
            raise ValueError
        return known
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refused(path, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{path} is damaged", MEND) from error


def content(known: Identity) -> bytes:
    """What `vault.json` holds."""
    return (
        json.dumps({"format": FORMAT, **{name: value for name, value in known._asdict().items() if value}}).encode()
        + b"\n"
    )


def rewrite(folder: str, known: Identity) -> None:
    """Puts `known` in the place of what `vault.json` says, the one or the other if cut short. Raises StoreError."""
    path = os.path.join(folder, FILE)
    try:
        private.replace(path, content(known))
    except OSError as error:
        raise refused(path, error) from error


def establish(folder: str, config: str, ring: Ring | None, asking: Asking) -> tuple[Identity, Key]:
    """The identity and key of a new vault. The order is key, then `vault.json`, then (by the caller) the database.

    `vault.json` appears at once and only for the first of several processes; the others take back the key they made
    and use the winner's. Cut short before it appears, the next run starts anew, with `vault.key` or the passphrase
    slot if that was written (a keyring entry is left over that opens nothing); cut short after it, the next run goes on with the database.
    """
    vault_id = os.urandom(ID_SIZE).hex()
    key = create_key(folder, config, vault_id, ring, asking)
    identity = Identity(vault_id, check_value(vault_id, key.key))
    path = os.path.join(folder, FILE)
    try:
        private.publish(path, content(identity))
    except FileExistsError:
        winner = read(folder)
        if winner is None:
            raise StoreError(f"{path} appeared and vanished", "run the same command again") from None
        if winner.fits(key.key):
            return winner, key
        forget_key(key, vault_id, ring)
        return winner, find_key(folder, config, winner, ring, asking)
    except OSError as error:
        forget_key(key, vault_id, ring)
        raise refused(path, error) from error
    return identity, key
