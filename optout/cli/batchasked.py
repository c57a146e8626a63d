"""What is asked of a batch as a whole, looked at before anything is made."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from optout.cli import drafting
from optout.cli.app import App
from optout.cli.output import say
from optout.cli.params import split
from optout.errors import NotFound, OutputFailed
from optout.naming import near, slug


def refuse_unknown(app: App, options: dict[str, Any]) -> None:
    """What nobody could get a letter by is a mistake in the options, and not a reason told of every row."""
    from optout.cli import deciding, speaking

    deciding.kinds(options["demand"])
    spoken = speaking.written(app.catalog, speaking.REQUEST)
    if options["language"] and options["language"] not in spoken:
        raise NotFound("letter language", options["language"], hint=f"letters are written in: {', '.join(spoken)}")
    laws = {law for place in app.catalog.all_places() for law in place.laws} if options["law"] else set()
    for law in split(options["law"]):
        if law not in laws:
            meant = near(law, laws)
            raise NotFound("law", law, meant, "" if meant else "optout laws list names them")


def refuse_file(folder: str) -> None:
    """Before anything is made: a file where the folder for the letters should be."""
    part = folder
    while not os.path.lexists(part):
        part = os.path.dirname(part)
    if not os.path.isdir(part):
        raise OutputFailed(f"{part} is a file and no folder", "give another folder for the letters: -o DIR")


def tell_other_files(before: dict[str, Any], now: dict[str, Any]) -> None:
    """What is asked for now holds for new letters: those of before are in the vault, and on the disk as they were."""
    names = ("formats", "archive", "printed")
    if all(now[name] == (tuple(before[name]) if name == "formats" else before[name]) for name in names):
        return
    how = [", ".join(before["formats"])]
    how += [
        text for name, text in (("archive", "in archives"), ("printed", "with PDFs for the printer")) if before[name]
    ]
    say(f"What this batch wrote before stays as it was written ({', '.join(how)}).")
    say("A letter of it in another format: optout letter REF --format LIST")


def ident(file: str, asked: Sequence[str]) -> str:
    """The same for a sheet or a name of this kind, firms and demands, in every shard and on every machine."""
    stem = slug(os.path.splitext(os.path.basename(file))[0]) or "sheet"
    return f"{stem}-{drafting.digest(list(asked))[:6]}"
