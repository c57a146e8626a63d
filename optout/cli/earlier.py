"""Files of an earlier draft: which go, which stay, and what the user is told of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from optout.cli.output import say

if TYPE_CHECKING:
    from optout.store.files import Aside

Row = dict[str, Any]


def stale(before: Sequence[Row], now: Sequence[Row]) -> set[str]:
    """The ids of the letters that said something else before, or are not written any more."""
    words = {(row["id"], row["language"]): row["letter"] for row in now}
    return {row["id"] for row in before if words.get((row["id"], row["language"])) != row["letter"]}


class Fate(NamedTuple):
    """What becomes of the files of a draft that are not written anew."""

    going: list[dict[str, str]]
    """Rows of `pending`: their letter says something else now."""
    staying: list[Row]
    """Rows of the vault: of the same words, or changed by the user."""
    stale: set[str]
    """The letters that said something else before."""


def fate(before: Sequence[Row], rows: Sequence[Row], stale: set[str]) -> Fate:
    """`before` are the rows of the files that the case has, `rows` those of what is written now."""
    from optout.store import files

    now = {(row["folder"], row["name"]) for row in rows}
    going, staying = [], []
    for row in before:
        path = os.path.join(row["folder"], row["name"])
        if (row["folder"], row["name"]) in now or not os.path.lexists(path):
            continue
        if files.digest(path) == row["sha256"] and row["letter"] in stale:
            going.append({"folder": row["folder"], "temp": row["name"], "final": "", "sha256": row["sha256"]})
        else:
            staying.append(row)
    return Fate(going, staying, stale)


def tell(ref: str, fate: Fate) -> None:
    """Says that an earlier draft is replaced, and names each file of it that has gone or, changed by the user, stays."""
    from optout.store import files

    if fate.stale:
        say(f"The earlier draft of {ref} said something else; this one takes its place.")
    for row in fate.going:
        path = os.path.join(row["folder"], row["temp"])
        if not os.path.lexists(path):
            say(f"Removed, as part of the earlier draft: {path}")
    for row in fate.staying:
        if row["letter"] in fate.stale and files.EDITED not in row["name"]:
            say(f"You changed a file of the earlier draft, so it stays: {os.path.join(row['folder'], row['name'])}")


def tell_aside(aside: Sequence[Aside]) -> None:
    """Names each file that the user changed and that was not written over."""
    for row, name in aside:
        say(f"{os.path.join(row['folder'], row['final'])} was not as it was written: it is kept beside it as {name}")


def aside_rows(known: Sequence[Row], aside: Sequence[Aside]) -> list[Row]:
    """Rows of the vault for what was set aside. The hash is that of the letter that took its name: it does not fit, so
    that the file counts as changed and goes only when the user says so."""
    letters = {(row["folder"], row["name"]): row for row in known}
    found = []
    for row, name in aside:
        of = letters.get((row["folder"], row["final"]))
        if of is not None:
            found.append({**of, "name": name, "sha256": row["sha256"]})
    return found
