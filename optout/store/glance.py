"""References of cases and ids of profiles, for completion: had without a question, without a trace, or not at all."""

# pathlib alone would add a tenth to the time a pressed Tab takes.

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from optout.store import identity, keyfile, private

if TYPE_CHECKING:
    from optout.store.paths import Paths

FILE = "optout.db"
MOST = 500


def refs(paths: Paths) -> list[str]:
    """The cases, open ones first, at most `MOST`."""
    return _column(paths, "select ref from summary order by phase = 'done', opened desc limit ?")


def profiles(paths: Paths, *, agents: bool = False) -> list[str]:
    """The ids of the profiles, or of the agents, at most `MOST`."""
    kind = "is not null" if agents else "is null"
    return _column(paths, f"select id from profiles where json_extract(json, '$.acts') {kind} order by id limit ?")


def imported(paths: Paths) -> list[str]:
    """The ids of the imported firms that can be written to; none while an import is at work, or where one was killed."""
    import apsw

    from optout.store import listed

    path = os.path.join(paths.data, listed.FILE)
    if not os.path.exists(path) or os.path.exists(path + "-journal"):
        return []
    private.check_owned(path)
    database = apsw.Connection(_unchanging(path), flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    try:
        query = "select ident from records where json_extract(json, '$.quality') <> 'obsolete' order by ident"
        return [str(row[0]) for row in database.execute(query)]
    finally:
        database.close()


def _unchanging(path: str) -> str:
    """The file as it stands, which is neither locked nor written."""
    name = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{name}?immutable=1"


def _column(paths: Paths, query: str) -> list[str]:
    """None where anything at all stands in the way: a passphrase, a locked keyring, a writer at work. Never writes and
    never waits. May raise anything, which the caller takes for none."""
    import apsw

    folder = os.path.realpath(paths.vault)
    path = os.path.join(folder, FILE)
    known = identity.read(folder)
    if known is None or known.next or not os.path.getsize(path):
        return []
    if os.path.exists(path + "-wal") and os.path.getsize(path + "-wal"):
        return []  # `immutable` sees nothing of the log, and may see half of a change
    keys = keyfile.read(keyfile.path_in(os.path.realpath(paths.config))) or _from_keyring(known.id)
    key = next((key for key in keys if known.fits(key)), None)
    if key is None:
        return []
    database = apsw.Connection(_unchanging(path), flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    try:
        for statement in ("pragma cipher = 'sqlcipher'", "pragma legacy = 4", f"pragma key = \"x'{key.hex()}'\""):
            database.execute(statement)
        return [str(row[0]) for row in database.execute(query, (MOST,))]
    finally:
        database.close()


def _from_keyring(vault_id: str) -> list[bytes]:
    """The key there, where it is known beforehand that the keyring asks nobody anything."""
    from optout.store.keyrings import system_ring

    if sys.platform == "darwin" or (sys.platform != "win32" and not _unlocked()):
        return []
    return keyfile.keys_of(system_ring(limit=1.0).get(vault_id) or "")


def _unlocked() -> bool:
    """Whether the collection that `keyring` would read is open; a locked one would show a window."""
    if os.environ.get("PYTHON_KEYRING_BACKEND", "keyring.backends.SecretService.Keyring") not in (
        "keyring.backends.SecretService.Keyring",
    ):
        return False
    import secretstorage

    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return False
    return not secretstorage.get_default_collection(secretstorage.dbus_init()).is_locked()
