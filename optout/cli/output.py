"""What leaves the program: data on stdout, talk on stderr, nothing of it able to steer a terminal."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def for_terminal(text: str) -> str:
    """The text with every control, 8-bit control and direction mark written out, so that data cannot steer a terminal."""
    if text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    code = ord(char)
    if char == "\n":
        return "⏎"
    if code < 32 or 127 <= code < 160 or code in _BIDI or unicodedata.category(char) in ("Cs", "Zl", "Zp"):
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    return char


def line(text: str = "") -> None:
    """A line of data."""
    click.echo(for_terminal(text))


def say(text: str = "") -> None:
    """A line of talk."""
    click.echo(for_terminal(text), err=True)


def answer(command: str, body: dict[str, Any]) -> None:
    """One JSON object with its schema, in ASCII."""
    click.echo(json.dumps({"schema": f"optout/{command}/1", **body}, indent=2))


def table(rows: Sequence[tuple[str, ...]], head: tuple[str, ...], plain: bool) -> None:
    """Columns with a head, or tab-separated lines without one. Cells never wrap and never hold a line break."""
    cells = [tuple(for_terminal(cell) for cell in row) for row in rows]
    if plain:
        for row in cells:
            click.echo("\t".join(cell.replace("\t", " ") for cell in row))
        return
    widths = [max(len(row[i]) for row in [head, *cells]) for i in range(len(head))]
    for row in [head, *cells]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
