"""Options of the commands that write letters, each told once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from optout.cli.params import DAY

F = TypeVar("F", bound=Callable[..., Any])

FORMAT = click.option(
    "--format", "formats", multiple=True, metavar="LIST", help="docx, pdf, txt, eml; default docx,pdf"
)
FONT = click.option(
    "--font", "fonts", multiple=True, type=click.Path(exists=True, dir_okay=False), help="a font file for the PDF"
)
DECIDING = (
    click.option("--demand", "--right", "demand", multiple=True, metavar="KIND", help="access, deletion, ..."),
    click.option("--law", multiple=True, metavar="ID", help="only rules of this law"),
    click.option("--only", is_flag=True, help="nothing beside the demands named, nothing held back"),
    click.option("--together", is_flag=True, help="everything in one letter now"),
    click.option("--on", type=DAY, help="decide as on this day"),
)
"""What is asked for, and by which law."""
MINOR = click.option("--minor", is_flag=True, help="the person is under age: say who may act for a child")
AGENT = click.option("--agent", metavar="ID", help="who writes for the person: see `optout agent`")
WRITING = (
    FORMAT,
    click.option("--paper", type=click.Choice(["a4", "letter"]), help="default: by the sender's place"),
    FONT,
    click.option("--enclose-photo", is_flag=True, help="the letter says that a photo of the face is enclosed"),
    click.option(
        "-o", "--output", metavar="DIR", default="optout-letters", show_default=True, help="where the letters go"
    ),
)
"""How the letters are written, and where to."""


def given(*options: Callable[[F], F]) -> Callable[[F], F]:
    """A decorator that gives a command these options, in this order."""

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate
