"""Where the data folders lie: inside the installed package, or beside it in a checkout."""

# pathlib alone would add a tenth to the start of a command.

from __future__ import annotations

import os
import re

import optout
from optout.errors import BadData

KINDS = ("jurisdictions", "firms", "templates")
# Also file names on Windows, where a few words are devices whatever their ending.
ID = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)\Z)[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
SIZE_LIMIT = 256 * 1024
"""The most bytes a data file may have; the largest real one has a fifth of it."""

_CHECKED = re.compile(rb"checked: (\d{4}-\d\d-\d\d)")


def root(kind: str) -> str:
    """The folder of that kind. Raises BadData when the installation lacks it."""
    if kind not in KINDS:
        raise KeyError(kind)
    package = os.path.dirname(os.path.abspath(optout.__file__))
    installed = os.path.join(package, kind)
    if os.path.isdir(installed):
        return installed
    checkout = os.path.dirname(package)
    # An installed package lies in site-packages, where a folder of this name could be anybody's.
    if os.path.isfile(os.path.join(checkout, "setup.cfg")) and os.path.isdir(os.path.join(checkout, kind)):
        return os.path.join(checkout, kind)
    raise BadData(f"the data folder '{kind}' is missing from this installation", hint="install the program again")


def newest() -> str:
    """The day on which a source of the installed places and firms was last read: the version of the data."""
    files = [entry.path for kind in KINDS[:2] for entry in os.scandir(root(kind)) if entry.name.endswith(".yaml")]
    return max((day.decode() for file in files for day in _CHECKED.findall(read(file))), default="an unknown day")


def read(path: str) -> bytes:
    """The bytes of a data file, at most one more than allowed: enough to see that it is too large. Raises OSError."""
    with open(path, "rb") as file:
        return file.read(SIZE_LIMIT + 1)
