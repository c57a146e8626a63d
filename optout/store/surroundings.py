"""What lies around the vault: folders, modes, stray files, copies, room on the disk. Nothing here needs the key."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from shlex import quote

from optout.errors import StoreError
from optout.findings import Finding, error, note, warning
from optout.store import backup, files, identity, private, scratch, trust
from optout.store.paths import Paths
from optout.store.vault import FILE

ROOM = 20 * 1024 * 1024
"""Bytes below which the disk counts as nearly full."""

_SYNCED = ("dropbox", "onedrive", "icloud", "mobile documents", "google drive", "googledrive", "my drive", "nextcloud",
           "owncloud", "syncthing", "sync", "pcloud", "proton drive", "box sync")  # fmt: skip
"""Names of folders whose content is copied to other machines, in small letters."""
_OURS = re.compile(
    r"optout\.db(-wal|-shm)?|vault\.json|passphrase\.age|vault\.key|custody-told|trusted\.(json|lock)|batch\.lock(-journal)?",
    re.ASCII,
)
_KEPT = re.compile(r"vault\.json\.kept(-\d+)?", re.ASCII)
_FOLDERS = ("data", "config", "cache")
_COPY = re.compile(r"sync-conflict|conflicted copy| \(\d+\)|~$|^#|\.(bak|orig|sw[a-z])$", re.IGNORECASE)


def look(paths: Paths, now: float) -> list[Finding]:
    """Everything to be said. `now` is in seconds since 1970."""
    folders = {"vault": paths.vault, "config": paths.config, "cache": paths.cache}
    found = [x for name, folder in folders.items() if os.path.lexists(folder) for x in _folder(name, folder)]
    if os.path.isdir(paths.vault):
        found += [*_files(paths), *_strays(paths, now), *_copies(paths.vault), *_room(paths.vault)]
    return found


def _folder(name: str, folder: str) -> Iterator[Finding]:
    ident = f"folder.{name}"
    unsafe = list(_safety(ident, folder))
    yield from unsafe
    if any(finding.severity == "error" for finding in unsafe):
        return
    if not stat.S_ISDIR(os.lstat(folder).st_mode):
        yield error(f"{ident}.file", f"{folder} is a file, not a folder", f"move it away: mv {quote(folder)} elsewhere")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield warning(f"{ident}.readonly", f"{folder} cannot be written to: cases can be read, not changed")
    if name != "cache" and (service := _synced(folder)):
        yield warning(
            f"{ident}.synced",
            f"{folder} lies in a folder that seems to be copied to other machines ({service})",
            "two machines that write at once would damage the vault: move it and give the new place with --home",
        )


def _synced(folder: str) -> str:
    """The part of the path that names a synchronising service, as it is written."""
    for part in os.path.realpath(folder).split(os.sep):
        plain = part.lower()
        if plain in _SYNCED or plain.startswith(("onedrive -", "dropbox (")):
            return part
    return ""


def _files(paths: Paths) -> Iterator[Finding]:
    """The vault's own files: safe, whole, and together."""
    database = os.path.join(paths.vault, FILE)
    secret = [os.path.join(paths.config, "vault.key"), os.path.join(paths.vault, "passphrase.age")]
    known = [database, database + "-wal", database + "-shm", os.path.join(paths.vault, identity.FILE),
             os.path.join(paths.vault, trust.FILE)]  # fmt: skip
    for path in secret:
        yield from _safety("file", path, secret=True)
    for path in [*known, *backup.copies(database)]:
        yield from _safety("file", path)
    yield from _foreign(paths.vault, database)


def _foreign(folder: str, database: str) -> Iterator[Finding]:
    """A vault begins with the id of the vault; another one's opens as little as a damaged one."""
    try:
        known = identity.read(folder)
        private.check_owned(database)
        with open(database, "rb") as file:
            head = file.read(2 * identity.ID_SIZE).decode("ascii", "replace")
    except (OSError, StoreError):
        return
    if known is not None and head != known.id and re.fullmatch("[0-9a-f]{16}", head):
        sentence = f"{database} is the file of another vault ({head}; {identity.FILE} here says {known.id})"
        yield error(
            "vault.other",
            sentence,
            "put the right one back from a backup of this folder, or, with the key at hand: optout doctor --repair",
        )


def _safety(ident: str, path: str, *, secret: bool = False) -> Iterator[Finding]:
    """What keeps a path from being used is an error; that others can read what is encrypted or named, a warning."""
    try:
        private.check_owned(path, secret=secret)
    except FileNotFoundError:
        return
    except private.Refused as refused:
        yield error(f"{ident}.unsafe", f"{path} is not used: {refused.strerror}", refused.hint)
        return
    except OSError as failure:
        yield error(f"{ident}.unseen", f"{path} cannot be looked at: {failure.strerror}")
        return
    try:
        private.check_owned(path, secret=True)
    except private.Refused as refused:
        yield warning(f"{ident}.open", f"{path}: {refused.strerror}", refused.hint)


def _strays(paths: Paths, now: float) -> Iterator[Finding]:
    """What killed writers left is removed; what we do not know is only named."""
    folder = paths.vault
    for swept in (folder, paths.config, paths.cache, os.path.join(paths.cache, "data")):
        for name in files.sweep(swept, (), now=now):
            path = os.path.join(swept, name)
            yield note("stray.removed", f"{path} was left by a writer that was killed; it is removed")
    for path in scratch.left(folder):
        sentence = f"{path} was left by an editor that was killed; it holds the data of a person"
        yield warning("stray.edit", sentence, f"rm -r {quote(path)}")
    names = {os.path.basename(path) for path in backup.copies(os.path.join(folder, FILE))}
    for name in sorted(os.listdir(folder)):
        if name in names or name in _FOLDERS or _OURS.fullmatch(name) or files.temporary(name) or scratch.is_one(name):
            continue
        path = os.path.join(folder, name)
        if _KEPT.fullmatch(name):
            sentence = f"{path} belongs to another vault, or to this one before a change of its key; it was put aside"
            yield note("stray.kept", sentence, f"when no vault misses it, delete it: rm {quote(path)}")
        elif _COPY.search(name):
            yield warning(
                "stray.copy",
                f"{path} looks like a second version made by another program; it is not read",
                "if cases are missing, look into it: optout --home FOLDER status, with a copy of it there as optout.db",
            )
        else:
            yield note("stray.unknown", f"{path} is not ours; it is left alone")


def _copies(folder: str) -> Iterator[Finding]:
    database = os.path.join(folder, FILE)
    if os.path.lexists(database) and not os.path.lexists(backup.path_of(database)):
        yield note("backup.none", "there is no backup yet", "the next change makes one")
    for path in backup.copies(database):
        if path != backup.path_of(database):
            why = "from before an upgrade" if backup.UPGRADE in path else "the damaged file of a repair"
            fix = f"when nothing is missing, delete it: rm {quote(path)}"
            yield note("backup.old", f"{path} is {why}; it holds cases as they were then", fix)


def _room(folder: str) -> Iterator[Finding]:
    import shutil

    free = shutil.disk_usage(folder).free
    if free < ROOM:
        yield warning("disk.room", f"only {free // 1024} KiB are free where {folder} lies", "make room")
