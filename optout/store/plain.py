"""Plain values as the vault keeps them: rows as dictionaries, and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

Plain = dict[str, Any]
_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def dicts(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Plain]:
    """Rows under the names of their columns."""
    return [dict(zip(names, row, strict=True)) for row in rows]


def dump(plain: Any) -> str:
    """The same text for the same value, so that equal values are found by their text."""
    return _WRITER.encode(plain)


def load(text: str) -> Any:
    return json.loads(text)
