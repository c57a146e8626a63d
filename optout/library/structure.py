"""Is a plain value a jurisdiction or a firm? pydantic judges by the core's own types; every problem at once.

The only module that imports pydantic. Its texts are never shown as they are: they quote what was written.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import typing
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import core_schema

from optout.dates import Part, Period
from optout.firm import Firm
from optout.law import Jurisdiction
from optout.library.yamlfile import Path, Positions
from optout.problems import Problem

_CONFIG = ConfigDict(extra="forbid", alias_generator=lambda name: name.removesuffix("_"))


def problems(cls: type, plain: Any, positions: Positions, file: str) -> list[Problem]:
    """Everything that keeps the value from being of that type, with file, line and column."""
    try:
        _adapter(cls).validate_json(json.dumps(plain), strict=True)
    except ValidationError as error:
        found = [_problem(cls, e, positions, file) for e in error.errors(include_input=False, include_url=False)]
        return list(dict.fromkeys(found))
    return []


def schema(cls: type) -> dict[str, Any]:
    """The JSON Schema that editors complete and check with."""
    return _adapter(cls).json_schema(by_alias=True)


def _problem(cls: type, error: Any, positions: Positions, file: str) -> Problem:
    path: Path = error["loc"]
    where = path
    while where and where not in positions:
        where = where[:-1]
    line, column = positions.get(where, (1, 1))
    named = ".".join(str(part) for part in where)
    kind, message = error["type"], error["msg"]
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        near = difflib.get_close_matches(str(path[-1]), _keys(), 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        return Problem(file, line, column, "unknown-key", f"{named}: this key is not known{hint}")
    if kind in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return Problem(file, line, column, "missing-key", f"{named or 'the file'}: '{path[-1]}' is missing")
    return Problem(file, line, column, "wrong-value", f"{named}: {message.removeprefix('Value error, ')}")


@cache
def _keys() -> tuple[str, ...]:
    return tuple({f.name.removesuffix("_") for cls in _classes(Jurisdiction) | _classes(Firm) for f in dataclasses.fields(cls)})


@cache
def _adapter(cls: type) -> TypeAdapter[Any]:
    for found in _classes(cls):
        if found in (Period, Part):
            found.__get_pydantic_core_schema__ = classmethod(_text_hook)  # type: ignore[attr-defined]
        else:
            found.__pydantic_config__ = _CONFIG  # type: ignore[attr-defined]
    return TypeAdapter(cls)


def _text_hook(cls: Any, source: Any, handler: Any) -> Any:
    return core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema(strict=True))


def _classes(cls: type) -> frozenset[Any]:
    """Every dataclass that can stand inside one of this type."""
    found: set[Any] = set()
    todo: list[Any] = [cls]
    while todo:
        hint = todo.pop()
        todo += typing.get_args(hint)
        if dataclasses.is_dataclass(hint) and hint not in found:
            found.add(hint)
            todo += typing.get_type_hints(hint).values()
    return frozenset(found)
