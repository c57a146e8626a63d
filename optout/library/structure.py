"""Is a plain value a jurisdiction or a firm? pydantic judges by the core's own types; every problem at once.

The only module that imports pydantic. Its texts are never shown as they are: they quote what was written.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import types
import typing
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import SchemaValidator, core_schema

from optout.dates import Part, Period
from optout.library.yamlfile import Path, Positions
from optout.problems import Problem

MOST_PROBLEMS = 100
_CONFIG = ConfigDict(extra="forbid", alias_generator=lambda name: name.removesuffix("_"))
_LONGEST = {"day": 36_525, "business day": 36_525, "month": 1_200, "year": 100}
"""A hundred years; counting further would only keep the machine busy."""
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_MISSING = ("missing", "missing_argument", "missing_keyword_only_argument")
_SAID = {
    "string_type": "text",
    "bool_type": "true or false",
    "dict_type": "keys with values",
    "dataclass_type": "keys with values",
    "tuple_type": "a list",
    "list_type": "a list",
}


def problems(cls: type, plain: Any, positions: Positions, file: str) -> list[Problem]:
    """Everything that keeps the value from being of that type, with file, line and column; the first hundred."""
    try:
        _validator(cls).validate_json(json.dumps(plain), strict=True)
    except ValidationError as error:
        errors = error.errors(include_input=False, include_url=False)[: MOST_PROBLEMS * 2]
        found = [_problem(cls, one, positions, file) for one in _one_a_place(errors, positions)]
        return sorted(dict.fromkeys(found), key=lambda p: (p.line, p.column))[:MOST_PROBLEMS]
    return []


def schema(cls: type) -> dict[str, Any]:
    """The JSON Schema that editors complete and check with. To them `2022` and `1` are numbers; to us they are text."""
    made: dict[str, Any] = _numbers_too(strict_schema(cls))
    return made


def strict_schema(cls: Any) -> dict[str, Any]:
    """The JSON Schema of what programs write: text is text."""
    return _adapter(cls).json_schema(by_alias=True)


def _one_a_place(errors: Iterable[Any], positions: Positions) -> list[dict[str, Any]]:
    """The same errors with the file's own paths, in which pydantic's names for the branches of a union do not stand.

    Of a union's branches only those that came furthest are kept, and told as one.
    """
    unions: dict[Path, list[dict[str, Any]]] = {}
    kept: list[dict[str, Any]] = []
    for error in errors:
        where, union = _clean(error, positions)
        last = str(error["loc"][-1]) if error["loc"] else ""
        one = {"where": where, "type": error["type"], "last": last, "said": [_say(error)]}
        if union is None:
            kept.append(one)
        else:
            unions.setdefault(union, []).append(one)
    for branches in unions.values():
        deepest = max(len(one["where"]) for one in branches)
        furthest = [one for one in branches if len(one["where"]) == deepest]
        kept.append({**furthest[0], "said": list(dict.fromkeys(said for one in furthest for said in one["said"]))})
    return kept


def _clean(error: Any, positions: Positions) -> tuple[Path, Path | None]:
    """The path of the value meant, and that of the union around it."""
    where: Path = ()
    union: Path | None = None
    parts = error["loc"]
    if error["type"] in _UNKNOWN + _MISSING:
        parts = parts[:-1]
    for part in parts:
        if (*where, part) in positions:
            where = (*where, part)
        elif union is None:
            union = where
    return where, union


def _say(error: Any) -> str:
    kind = error["type"]
    if kind in _SAID:
        return _SAID[kind]
    if kind == "literal_error":
        return str(error["ctx"]["expected"])
    if kind == "json_invalid":
        return "only characters that can be saved as UTF-8"
    return str(error["msg"]).removeprefix("Value error, ").removeprefix("write ")


def _problem(cls: type, one: dict[str, Any], positions: Positions, file: str) -> Problem:
    where, last = one["where"], one["last"]
    at = positions.get(where, (1, 1))
    named = ".".join(_shown(part) for part in where) or "the file"
    if one["type"] in _UNKNOWN:
        at = positions.of_keys.get((*where, last), at)
        near = difflib.get_close_matches(last[:40], _keys(cls, where), 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        return Problem(file, *at, "unknown-key", f"{named}: the key '{_shown(last)}' is not known{hint}")
    if one["type"] in _MISSING:
        return Problem(file, *at, "missing-key", f"{named}: '{last}' is missing")
    return Problem(file, *at, "wrong-value", f"{named}: write {' or '.join(one['said'])}")


def _shown(part: str | int) -> str:
    """A key as it may be printed: a file can escape a terminal's control characters into it."""
    text = str(part)
    return text if text.isprintable() and len(text) <= 60 else "(a key)"


def _keys(cls: type, where: Path) -> list[str]:
    """The keys that may stand at that path."""
    hints: list[Any] = [cls]
    for part in where:
        hints = [found for hint in hints for found in _inside(hint, part)]
    records = [hint for hint in hints if dataclasses.is_dataclass(hint)]
    return [f.name.removesuffix("_") for record in records for f in dataclasses.fields(record)]


def _inside(hint: Any, part: str | int) -> list[Any]:
    """The types a value of that type may hold under that key."""
    if dataclasses.is_dataclass(hint):
        named = {name.removesuffix("_"): inner for name, inner in typing.get_type_hints(hint).items()}
        found = [named[part]] if part in named else []
    else:
        found = [typing.get_args(hint)[-1 if typing.get_origin(hint) is dict else 0]] if typing.get_args(hint) else []
    return [arg for inner in found for arg in (typing.get_args(inner) if _is_union(inner) else [inner])]


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


@cache
def _adapter(cls: Any) -> TypeAdapter[Any]:
    for found in _classes(cls):
        if found in (Period, Part):
            found.__get_pydantic_core_schema__ = classmethod(_text_hook)
        else:
            found.__pydantic_config__ = _CONFIG
    return TypeAdapter(cls)


@cache
def _validator(cls: type) -> SchemaValidator:
    """pydantic takes "86400" for a day of 1970; `date` cannot carry a hook, so its part of the schema is exchanged."""
    return SchemaValidator(_own_days(_adapter(cls).core_schema))


def _own_days(node: Any) -> Any:
    if isinstance(node, dict):
        if node.get("type") == "date":
            return _checked(_day)
        return {key: _own_days(value) for key, value in node.items()}
    return [_own_days(value) for value in node] if isinstance(node, list) else node


def _text_hook(cls: Any, source: Any, handler: Any) -> Any:
    return _checked(_period if cls is Period else cls.parse)


def _checked(parse: Any) -> Any:
    return core_schema.no_info_after_validator_function(parse, core_schema.str_schema(strict=True))


def _day(text: str) -> date:
    if len(text) != 10 or text[4] != "-" or text[7] != "-":  # Python reads 20261122 and 2026-W47-7 as well
        raise ValueError("a day, such as 2026-11-22")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day that exists, such as 2026-11-22") from None


def _period(text: str) -> Period:
    period = Period.parse(text)
    if period.amount > _LONGEST[period.unit]:
        raise ValueError("a period of at most a hundred years")
    return period


def _numbers_too(node: Any) -> Any:
    if isinstance(node, list):
        return [_numbers_too(value) for value in node]
    if not isinstance(node, dict):
        return node
    made = {key: _numbers_too(value) for key, value in node.items()}
    if made.get("type") == "string" and "const" in made and made["const"].isdigit():
        made = {key: value for key, value in made.items() if key not in ("const", "type")}
        return made | {"enum": [node["const"], int(node["const"])]}
    if made.get("type") == "string" and not made.keys() & {"enum", "const", "format"}:
        return made | {"type": ["string", "number"]}
    return made


def _classes(cls: Any) -> frozenset[Any]:
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
