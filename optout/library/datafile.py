"""One data file: its bytes, and the plain value of a valid one."""

from __future__ import annotations

import os
from typing import Any

from optout.errors import BadData
from optout.library.roots import SIZE_LIMIT, read
from optout.problems import Problem


def read_valid(cls: type, shown: str, data: bytes) -> Any:
    """The plain value of a valid file; raises BadData with every problem."""
    from optout.library import structure, yamlfile

    plain, positions = yamlfile.read(shown, data)
    found = structure.problems(cls, plain, positions, shown)
    if found:
        raise BadData(f"{shown} has {len(found)} problem{'s' if len(found) > 1 else ''}", found)
    stem = os.path.splitext(os.path.basename(shown))[0]
    if plain["id"] != stem:
        raise bad(Problem(shown, *positions["id",], "file-name-is-id", f"write 'id: {stem}'"))
    return plain


def bytes_of(path: str, shown: str) -> bytes:
    """Raises BadData for a file that cannot be read or is too large."""
    try:
        data = read(path)
    except OSError as error:
        raise bad(Problem(shown, 0, 0, "unreadable", error.strerror or "cannot be read")) from None
    if len(data) > SIZE_LIMIT:
        raise bad(Problem(shown, 0, 0, "too-large", f"larger than {SIZE_LIMIT // 1024} KiB"))
    return data


def bad(problem: Problem) -> BadData:
    return BadData(f"{problem.file} cannot be used", [problem])
