"""Option types: days, and lists that may be repeated or separated by commas."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import click


class Day(click.ParamType[date]):
    """`YYYY-MM-DD`, nothing else."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):  # fromisoformat takes weeks too
                raise ValueError(value)
            day = date.fromisoformat(value)
            if not 2000 <= day.year <= 2100:
                self.fail("give a day between 2000 and 2100", param, ctx)
            return day
        except ValueError:
            self.fail("write a day as YYYY-MM-DD, such as 2026-11-24", param, ctx)


DAY = Day()


class ShardType(click.ParamType[Any]):
    """A part of a sheet, `K/N`."""

    name = "K/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from optout.batch import Shard  # the core is loaded by the one command that has parts

        if isinstance(value, Shard):
            return value
        try:
            return Shard.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


SHARD = ShardType()


def split(values: tuple[str, ...]) -> tuple[str, ...]:
    """`("a,b", "c")` as `("a", "b", "c")`, without repeats."""
    parts = [part.strip() for value in values for part in value.split(",")]
    return tuple(dict.fromkeys(part for part in parts if part))


def word(text: str) -> str:
    """Names in files and JSON have underscores; the command line takes both."""
    return text.strip().lower().replace("-", "_")


FORMATS = ("docx", "pdf", "txt", "eml")
DEFAULT_FORMATS = ("docx", "pdf")


def formats_of(values: tuple[str, ...]) -> tuple[str, ...]:
    """The formats asked for, else docx and pdf."""
    formats = split(values) or DEFAULT_FORMATS
    for name in formats:
        if name not in FORMATS:
            raise click.BadParameter(
                f"'{name}' is not a format; choose from {', '.join(FORMATS)}", param_hint="--format"
            )
    return formats
