"""Which folders of others' data are trusted, and which bytes: beside the vault, where no such folder can write."""

# pathlib alone would add a tenth to the start of a command.

from __future__ import annotations

import errno
import json
import os
from typing import Any

from optout.errors import StoreError
from optout.store import private
from optout.store.paths import Paths

FILE = "trusted.json"
SCHEMA = "optout/trusted/1"
LARGEST = 64 * 1024 * 1024


def read(paths: Paths) -> list[dict[str, Any]]:
    """The folders in the order in which they were first trusted: {"folder", "name", "on", "files"}, and files by
    `<kind>/<id>` as {"sha256", "recipients", "asks"}. Raises StoreError for a file that somebody else could write."""
    path = os.path.join(paths.vault, FILE)
    try:
        plain = json.loads(private.read(path, most=LARGEST))
        if plain["schema"] != SCHEMA:
            raise StoreError(f"{path} was written by a newer version of optout", "install that version or a newer one")
        folders: list[dict[str, Any]] = [
            {"folder": str(x["folder"]), "name": str(x["name"]), "on": str(x["on"]), "files": _files(x["files"])}
            for x in plain["folders"]
        ]
    except (FileNotFoundError, NotADirectoryError):  # a home that is a file is told by whoever needs one
        return []
    except private.Refused as refused:
        raise StoreError(f"{path} is not used: {refused.strerror}", refused.hint) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # as above
            return []
        raise StoreError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreError(f"{path} is damaged", "delete it, and trust the folders again: optout data trust") from None
    return folders


def _files(plain: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        str(key): {"sha256": str(x["sha256"]), "recipients": list(x["recipients"]), "asks": list(x["asks"])}
        for key, x in plain.items()
    }


def write(paths: Paths, folders: list[dict[str, Any]]) -> None:
    """Replaces what is trusted. Raises StoreError when it cannot be written."""
    path = os.path.join(paths.vault, FILE)
    text = json.dumps({"schema": SCHEMA, "folders": folders}, ensure_ascii=False, separators=(",", ":"))
    try:
        private.make_folder(paths.vault)
        private.replace(path, text.encode())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from None
