"""What is offered for a name of a place or a firm that is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from optout.errors import NotFound
from optout.firm import ANSWERING
from optout.naming import SHORTEST, folded
from optout.naming import near as nearest_names
from optout.problems import Problem

PLACES = "optout laws list --places"
"""The command that lists every place."""


def index(plains: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, set[str]]:
    """Everything that places or firms are called, as it is compared, with the ids that it may mean."""
    names: dict[str, set[str]] = {}
    for ident, plain in plains:
        given = plain["name"] if isinstance(plain["name"], dict) else {"": plain["name"]}
        legal = [one["name"] for one in plain.get("entities", ()) if one["role"] in ANSWERING]
        for one in (ident, *given.values(), *plain.get("aliases", ()), *legal):
            names.setdefault(folded(one), set()).add(ident)
    return names


def near(wanted: str, names: Mapping[str, set[str]]) -> list[str]:
    """The three ids with the nearest names."""
    found = nearest_names(wanted, names)
    return list(dict.fromkeys(ident for name in found for ident in sorted(names[name])))[:3]


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
    elif offered := offered or (near(wanted, names) if len(wanted) >= SHORTEST else []):
        either = " or ".join(f"'{name.upper()}'" for name in offered)
        said = f"did you mean {either}? {PLACES} lists all places"
    else:
        said = f"{PLACES} lists the places"
    return NotFound("place", text, [name.upper() for name in offered], hint((), problems, "", "") if problems else said)


def other_country(name: str, place: str) -> str:
    """The code of a country that is called like this part of another one; "" if none is."""
    from babel import Locale

    if folded(name) == folded(place):
        return ""
    called = (code for code, own in Locale("en").territories.items() if len(code) == 2 and folded(own) == folded(name))
    return next((code for code in called if code != place[:2].upper()), "")
