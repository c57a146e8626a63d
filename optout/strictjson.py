"""JSON as it may come from anywhere: one meaning or none, and what is wrong said without quoting it."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

DEEPEST = 40
_DIGITS = 18
# What no text of ours holds; the same characters that `subject.clean_text` refuses, but tabs and line feeds.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
)


def parse(data: bytes) -> Any:
    """The value of one JSON text in UTF-8. Raises ValueError with a sentence for anything that two readers could read
    in two ways: a key twice, NaN, a fraction, a number past 18 digits, and for nesting deeper than 40."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON from character {error.pos + 1} on") from None
    _walk(value, 0)
    return value


def unfit(value: Any, but: tuple[str, ...] = ()) -> bool:
    """Whether a text anywhere in the value has characters that could mislead a reader or break a file.

    What stands under the keys in `but` is not looked at.
    """
    if isinstance(value, str):
        return _UNFIT.search(value) is not None
    if isinstance(value, dict):
        return any(unfit(key) or (key not in but and unfit(item, but)) for key, item in value.items())
    return isinstance(value, list) and any(unfit(item, but) for item in value)


def _walk(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, dict | list):
                _walk(item, depth + 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError("a number is too large")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError("a number is not a whole one")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_no_number, parse_constant=_no_number
)
