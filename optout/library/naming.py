"""Names of places and firms as they are compared, the nearest ones, and what to say when none fits."""

from __future__ import annotations

from collections.abc import Sequence

from optout.errors import NotFound
from optout.problems import Problem

PLACES = "optout laws list --places"
"""The command that lists every place."""


def folded(name: str) -> str:
    """A name as it is compared: without case and accents, so that `quebec` finds Québec however its é was typed."""
    import unicodedata

    parts = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def near(wanted: str, names: dict[str, set[str]]) -> list[str]:
    """The three ids with the nearest names."""
    import difflib

    found = difflib.get_close_matches(folded(wanted)[:80], names, 6, 0.6)
    return list(dict.fromkeys(name for match in found for name in sorted(names[match])))[:3]


def hint(nearest: Sequence[str], problems: Sequence[Problem], what: str, command: str) -> str:
    """How to go on; empty where NotFound makes its own hint from the nearest names."""
    if problems:
        broken = ", ".join(sorted({problem.file for problem in problems}))
        return f"cannot be read: {broken}; optout check says why"
    return "" if nearest else f"{what} in the catalogue: {command}"


def unknown_place(text: str, found: Sequence[str], names: dict[str, set[str]], problems: Sequence[Problem]) -> NotFound:
    """Of a part of a country that has no file, the country: what a letter from there rests on. Else the places that the
    name may mean, or the nearest ones."""
    wanted = text.strip().lower().replace("_", "-")
    country = wanted.partition("-")[0]
    offered = list(found)
    if "-" in wanted and country in names.get(country, ()) and not found:
        offered = [country]
        said = f"that part of it has no rules of its own here: take '{country.upper()}' for what holds everywhere in it"
    elif offered := offered or near(wanted, names):
        either = " or ".join(f"'{name.upper()}'" for name in offered)
        said = f"did you mean {either}? {PLACES} lists all places"
    else:
        said = f"{PLACES} lists the places"
    return NotFound("place", text, [name.upper() for name in offered], hint((), problems, "", "") if problems else said)
