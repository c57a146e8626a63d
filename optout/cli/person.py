"""A person from a file: YAML or JSON with name, email, residence, address, situation, language."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from optout.errors import BadData
from optout.problems import Problem

FIELDS = ("name", "email", "residence", "address", "situation", "language")


def read(file: str) -> dict[str, Any]:
    """Raises BadData with the place of what is wrong, never its content."""
    from optout.library import yamlfile

    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise BadData(f"{file} cannot be read: {error.strerror}") from None
    plain, positions = yamlfile.read(file, data)
    if not isinstance(plain, dict):
        raise BadData(f"{file} is not a person", [Problem(file, 1, 1, "wrong-value", f"write {', '.join(FIELDS)}")])
    found = []
    for key, value in plain.items():
        at = positions.get((key,), (1, 1))
        if key not in FIELDS:
            found.append(Problem(file, *at, "unknown-key", f"this key is not known; write {', '.join(FIELDS)}"))
        elif key == "address":
            if not (isinstance(value, list) and all(isinstance(x, str) for x in value)):
                found.append(Problem(file, *at, "wrong-value", "address: write a list of lines"))
        elif not isinstance(value, str):
            found.append(Problem(file, *at, "wrong-value", f"{key}: write text"))
    if found:
        raise BadData(f"{file} cannot be used", found)
    return plain
