"""What leaves the program: data on stdout, talk on stderr, nothing of it able to steer a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import click

_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
_SEPARATORS = {0x2028, 0x2029}
"""The line and paragraph separators of Unicode."""
ALERTS = ("overdue", "optout:")
"""Coloured where colour is wanted: a cell of a table, and the start of an error. The word is always there as well."""
_LEAST = 6
"""Columns that every cell of a table keeps."""
_LAST = 24
"""Columns that the last cell of a table gets before others are cut: it says what to do."""
_choice: dict[str, Any] = {"color": "auto", "plain": False}


def choose(name: str, value: Any) -> None:
    """Takes `--color` (auto, always, never) and `--plain`, which hold for the whole run."""
    _choice[name] = value


def coloured(terminal: bool, choice: str, environ: Mapping[str, str]) -> bool:
    """Whether a stream gets colour: `--color`, then NO_COLOR, then FORCE_COLOR, else on a terminal that can show it."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return terminal and environ.get("TERM") != "dumb"


def for_terminal(text: str) -> str:
    """The text with every control, 8-bit control and direction mark written out, so that data cannot steer a terminal."""
    if text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    code = ord(char)
    if char == "\n":
        return "⏎"
    surrogate = 0xD800 <= code < 0xE000
    if code < 32 or 127 <= code < 160 or surrogate or code in _BIDI or code in _SEPARATORS:
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    return char


def line(text: str = "", whole: bool = False) -> None:
    """A line of data. On a terminal it is wrapped, unless it is to be copied `whole`, such as a path."""
    _put(for_terminal(text), sys.stdout, whole)


def lines(texts: Sequence[str]) -> None:
    """Many lines of data at once, each as `line` prints it."""
    width = _columns(sys.stdout)
    _put("\n".join(part for text in texts for part in _wrap(for_terminal(text), width)), sys.stdout, whole=True)


def heading(text: str, count: str) -> None:
    """The head of a group of lines, with how many belong to it."""
    shown = for_terminal(text)
    urgent = shown.lower() in ALERTS and _wants_colour(sys.stdout)
    _put((click.style(shown, fg="red", bold=True) if urgent else shown) + f" ({count})", sys.stdout, whole=True)


def say(text: str = "") -> None:
    """A line of talk, wrapped on a terminal unless it is a command to copy."""
    _put(for_terminal(text), sys.stderr, text.lstrip().startswith("optout "))


def counted(count: int, one: str, several: str = "") -> str:
    """`1 case`, `2 cases`; `several` where that is not `one` with an s."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def answer(command: str, body: dict[str, Any]) -> None:
    """One JSON object with its schema, in ASCII."""
    import json  # only here: it would add to the start-up of every command

    click.echo(json.dumps({"schema": f"optout/{command}/1", **body}, indent=2))


def table(rows: Sequence[tuple[str, ...]], head: tuple[str, ...], plain: bool) -> None:
    """Columns with a head, or tab-separated lines without one.

    Cells never hold a line break. On a terminal the columns fit it: the last one is wrapped and those before it are cut,
    but never the first, which is a reference or a name to type.
    """
    cells = [tuple(for_terminal(cell) for cell in row) for row in rows]
    if plain:
        for row in cells:
            _put("\t".join(cell.replace("\t", " ") for cell in row), sys.stdout, whole=True)
        return
    widths = [max(_width(row[i]) for row in [head, *cells]) for i in range(len(head))]
    room = _columns(sys.stdout)
    if room:
        widths = _fitting(widths, room)
    for row in [head, *cells]:
        *front, last = row
        start = "  ".join(_cell(cell, width) for cell, width in zip(front, widths, strict=False))
        parts = _wrap(last, widths[-1]) if room else [last]
        for part in parts[:1] or [""]:
            _put(f"{start}  {_alert(part)}".rstrip(), sys.stdout, whole=True)
        for part in parts[1:]:
            _put(" " * (sum(widths[:-1]) + 2 * len(front)) + part, sys.stdout, whole=True)


def _fitting(widths: list[int], room: int) -> list[int]:
    first, *front, last = widths if len(widths) > 1 else [0, *widths]
    gaps = 2 * (len(widths) - 1)
    while front and first + sum(front) + gaps + min(last, _LAST) > room and max(front) > _LEAST:
        front[front.index(max(front))] -= 1
    fitted = [first, *front, max(min(last, room - first - sum(front) - gaps), _LEAST)]
    return fitted[-len(widths) :]


def _cell(text: str, width: int) -> str:
    if _width(text) > width:
        while _width(text) >= width:
            text = text[:-1]
        text += "…"
    return _alert(text) + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns on a terminal: Chinese signs take two, combining marks none."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _alert(text: str) -> str:
    return click.style(text, fg="red", bold=True) if text in ALERTS and _wants_colour(sys.stdout) else text


def _put(text: str, stream: TextIO, whole: bool) -> None:
    if not whole:
        text = "\n".join(_wrap(text, _columns(stream))) if text else text
    if stream is sys.stderr and text.startswith(ALERTS[1]) and _wants_colour(stream):
        text = click.style(ALERTS[1], fg="red", bold=True) + text.removeprefix(ALERTS[1])
    if (stream.encoding or "").lower() in ("ascii", "us-ascii", "ansi_x3.4-1968"):
        text = text.encode("ascii", "replace").decode()
    click.echo(text, file=stream, color=_wants_colour(stream))


def _wants_colour(stream: TextIO) -> bool:
    return coloured(stream.isatty(), str(_choice["color"]), os.environ)


def _wrap(text: str, width: int) -> list[str]:
    """Lines of at most that many columns (0: any), the later ones indented a little more; words stay whole."""
    if not width or _width(text) <= width or _choice["plain"]:
        return [text]
    import textwrap

    indent = text[: len(text) - len(text.lstrip())] + "  "
    return textwrap.wrap(text, max(width, 20), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _columns(stream: TextIO) -> int:
    """Columns of the terminal behind a stream, 0 where there is none: what is piped is never cut."""
    if not stream.isatty():
        return 0
    try:
        return int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except OSError:
        return 80
