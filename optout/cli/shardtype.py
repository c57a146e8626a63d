"""The option type of a part of a sheet: apart from the others, since it loads the core."""

from __future__ import annotations

from typing import Any

import click

from optout.batch import Shard


class ShardType(click.ParamType[Shard]):
    """`K/N`."""

    name = "K/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        if isinstance(value, Shard):
            return value
        try:
            return Shard.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


SHARD = ShardType()
