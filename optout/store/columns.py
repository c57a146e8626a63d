"""What was answered about columns of sheets, so that nobody is asked twice: a file in the configuration folder.

It holds names of columns and fields, and nothing out of the rows.
"""

from __future__ import annotations

import json
import os

from optout.errors import StoreError
from optout.store import private
from optout.store.paths import Paths

FILE = "columns.json"
SCHEMA = "optout/columns/1"
LARGEST = 1024 * 1024


def path_in(config: str) -> str:
    return os.path.join(config, FILE)


def read(paths: Paths) -> dict[str, str]:
    """By the name of a column, as it is written there, its field, or `-`. Raises StoreError for a file that is damaged,
    or that somebody else could write."""
    path = path_in(paths.config)
    try:
        found = json.loads(private.read(path, most=LARGEST))
        if found["schema"] != SCHEMA:
            raise StoreError(f"{path} was written by a newer version of optout", "install that version or a newer one")
        return {str(name): str(field) for name, field in found["columns"].items()}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except private.Refused as refused:
        raise StoreError(f"{path} is not used: {refused.strerror}", refused.hint) from None
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreError(f"{path} is damaged", "delete it, and say again what the columns hold") from None


def keep(paths: Paths, answers: dict[str, str]) -> str:
    """Adds these answers to those of before, and gives the path. Raises StoreError."""
    path = path_in(paths.config)
    text = json.dumps({"schema": SCHEMA, "columns": read(paths) | answers}, ensure_ascii=False, indent=1)
    try:
        private.make_folder(paths.config)
        private.replace(path, f"{text}\n".encode())
    except private.Refused as refused:
        raise StoreError(f"{path} is not used: {refused.strerror}", refused.hint) from None
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from None
    return path
