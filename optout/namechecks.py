"""What must hold of names in the languages in which letters are written, as findings like those of `checks`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from optout.checks import Finding
from optout.jurisdiction import Jurisdiction


def findings(place: Jurisdiction, merged: Jurisdiction, written: Callable[[str], Sequence[str]]) -> Iterator[Finding]:
    """`written` gives the languages of letters under a family of laws. Only warnings: such a letter leaves a sentence out,
    or gives the authority's own name."""
    letters = written("request")
    if place.kind != "union":
        yield from _where(place, merged, written)
    for key, authority in place.authorities.items():
        lacks = [x for x in letters if x in authority.languages and x not in authority.name]
        if lacks and isinstance(authority.name, dict):
            said = f"it works in {', '.join(lacks)} too; give the name that it bears there, or its own once more"
            yield Finding(("authorities", key, "name"), "name-missing", said, "warning")


def _where(place: Jurisdiction, merged: Jurisdiction, written: Callable[[str], Sequence[str]]) -> Iterator[Finding]:
    """Every language but English, whose letters use the name alone, needs the name with its preposition."""
    where = place.terms.get("where")
    have = where if isinstance(where, dict) else {}
    families = dict.fromkeys(law.family for law in merged.laws.values() if law.family)
    spoken = dict.fromkeys(x for family in families for x in written(family) if x != "en")
    if lacks := [x for x in spoken if x not in have]:
        said = f"letters in {', '.join(lacks)} do not say where the person lives; give 'where' in them"
        yield Finding(("terms",), "where-missing", said, "warning")
