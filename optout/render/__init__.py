"""From a letter as data to the bytes of a file. A format's libraries are imported when that format is asked for."""

from __future__ import annotations

import importlib
from types import ModuleType

from optout.errors import NotFound

FORMATS: dict[str, str] = {
    "txt": "optout.render.text",
    "docx": "optout.render.docx",
    "pdf": "optout.render.pdf",
    "eml": "optout.render.eml",
}
"""Name of a format, which is also the ending of its files, to the module whose `write(letter)` makes it."""


def load(name: str) -> ModuleType:
    """The module of a format. Raises NotFound for a name that is not in FORMATS."""
    if name not in FORMATS:
        raise NotFound("format", name, FORMATS)
    return importlib.import_module(FORMATS[name])
