"""Dataclasses of the core to plain JSON values and back, by their own type hints. No validation: the edge did that."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from optout.dates import Part, Period

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Dicts, lists, text, booleans, whole numbers and None only. Fields at their default are left out."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Period | Part | date):
        return str(value)
    if is_dataclass(value):
        plain = {}
        for name, key, default, made in _fields(value.__class__):
            item = getattr(value, name)
            if item != (default if made is MISSING else made()):
                plain[key] = to_plain(item)
        return plain
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    return value


@cache
def _fields(cls: type[Any]) -> list[tuple[str, str, Any, Any]]:
    """Of each field the name, the key, and its default or what makes that."""
    return [(f.name, f.name.removesuffix("_"), f.default, f.default_factory) for f in fields(cls)]


def from_plain(cls: type[T], plain: Any) -> T:
    """The value that `to_plain` wrote. Raises KeyError, TypeError or ValueError when it is not one."""
    hint: Any = cls
    return typing.cast(T, _builder(hint)(plain))


@cache
def _builder(hint: Any) -> Callable[[Any], Any]:
    """A function that builds values of one type; made once per type, since hints are slow to read."""
    if hint is date:
        return date.fromisoformat
    if hint is Period or hint is Part:
        return typing.cast(Callable[[Any], Any], hint.parse)
    if is_dataclass(hint):
        return _record_builder(typing.cast(type, hint))
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        item = _builder(args[0])
        if item is _same:
            return tuple
        return lambda plain: tuple([item(x) for x in plain])
    if origin is dict:
        item = _builder(args[1])
        return _same if item is _same else lambda plain: {key: item(x) for key, x in plain.items()}
    if origin in (typing.Union, types.UnionType):
        return _union_builder(args)
    return _same


def _record_builder(cls: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(cls)
    builders = {f.name.removesuffix("_"): (f.name, _builder(hints[f.name])) for f in fields(cls)}

    def build(plain: Any) -> Any:
        values = {}
        for key, item in plain.items():
            name, builder = builders[key]
            values[name] = item if builder is _same or item is None else builder(item)
        return cls(**values)

    return build


def _union_builder(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Unions in the model: with None, and text against a list (a route's `to`)."""
    real = [_builder(arg) for arg in args if arg is not type(None)]
    building = [builder for builder in real if builder is not _same]
    if not building:
        return _same
    only = building[0]
    if len(real) == 1:
        return lambda plain: None if plain is None else only(plain)
    return lambda plain: only(plain) if isinstance(plain, list) else plain


def _same(value: Any) -> Any:
    return value
