"""Archives and print files of a batch, written anew without the letters that were withdrawn."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from optout.cli.app import App
from optout.cli.output import say
from optout.errors import OutputFailed
from optout.store import batches
from optout.store.files import REF_SIZE

if TYPE_CHECKING:
    from optout.store.vault import Vault

_OURS = re.compile(r"[a-z0-9-]+-\d{4,}(\.zip|-([a-z0-9]+-)*print\.pdf)", re.ASCII)
"""Names of archives and print files."""


def mark(vault: Vault, batch: str, refs: Sequence[str]) -> None:
    """Keeps which letters must go out of shared files, in the transaction that withdraws them."""
    vault.set_meta(_key(batch), json.dumps(sorted({*_marked(vault, batch), *refs})))


def clear(app: App, vault: Vault, batch: str) -> None:
    """Writes what was marked out of the files, and tells of each file; a killed run is ended by the next call. A file
    that cannot be written anew is named, and stays."""
    refs = _marked(vault, batch)
    for path in batches.shared(vault, refs) if refs else ():
        if not _OURS.fullmatch(os.path.basename(path)):
            continue
        try:
            done = _without(app, path, set(refs))
        except (OSError, ValueError, OutputFailed, zipfile.BadZipFile):
            say(f"{path} still holds letters that were withdrawn: do not send those.")
            continue
        if done:
            say(f"{path} was {done} the letters that were withdrawn.")
    if refs:
        with vault.transaction():
            vault.run("delete from meta where key = ?", (_key(batch),))


def _key(batch: str) -> str:
    return f"withdrawn from files of {batch}"


def _marked(vault: Vault, batch: str) -> list[str]:
    return [str(ref) for ref in json.loads(vault.meta(_key(batch)) or "[]")]


def _without(app: App, path: str, refs: Collection[str]) -> str:
    """How it was done; "" where the file has none of them."""
    if path.endswith(".zip"):
        return _zip_without(app, path, refs)
    from optout.render.duplex import without
    from optout.store.outfile import outfile

    with open(path, "rb") as file:
        left = without(file.read(), lambda name: name[:REF_SIZE] in refs)
    if left is None:
        return ""
    if not left:
        return _removed(path)
    with outfile(path, True, app.clock()) as file:
        file.write(left)
    return "written anew without"


def _zip_without(app: App, path: str, refs: Collection[str]) -> str:
    from optout.store.outfile import outfile

    with zipfile.ZipFile(path) as old:
        every = old.infolist()
        kept = [info for info in every if info.filename[:REF_SIZE] not in refs]
        if len(kept) == len(every):
            return ""
        if kept:
            with outfile(path, True, app.clock()) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as new:
                for info in kept:
                    made = zipfile.ZipInfo(info.filename, info.date_time)
                    made.external_attr = info.external_attr
                    new.writestr(made, old.read(info))
    return "written anew without" if kept else _removed(path)


def _removed(path: str) -> str:
    with suppress(FileNotFoundError):
        os.unlink(path)
    return "removed: it held only"
