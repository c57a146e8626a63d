"""A place with everything it inherits: its own law first, then that of what it is part of.

An entry with the parent's id replaces it; a law may so replace only its name, short, number, in_force and sources.
Source ids are unique in one file only, so the merged view names them `<place>/<id>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from optout.jurisdiction import Jurisdiction
from optout.law import Law

_OWN_TERMS = ("with_article", "where")
"""Forms of a place's own name; a state is not called by its country's."""
_LAW_FIELDS = ("name", "short", "number", "in_force", "sources")


def watching(place: Jurisdiction, public: bool) -> Jurisdiction:
    """The place as who writes to a public body, or to a firm, sees it: an authority that watches over the others alone
    hears no complaint about this one."""
    other = "private" if public else "public"
    if all(x.over != other or not x.handles for x in place.authorities.values()):
        return place
    heard = {k: replace(x, handles=()) if x.over == other else x for k, x in place.authorities.items()}
    return replace(place, authorities=heard)


def effective(chain: Sequence[Jurisdiction]) -> Jurisdiction:
    """The merged view of a chain of places, innermost first. Raises ValueError for an empty chain."""
    if not chain:
        raise ValueError("a chain needs a place")
    own, *parents = [_qualified(place) for place in chain]
    for parent in parents:
        own = replace(
            own,
            gaps=own.gaps + parent.gaps,
            terms={**{k: v for k, v in parent.terms.items() if k not in _OWN_TERMS}, **own.terms},
            laws=_laws(own.laws, parent.laws),
            calendars={**parent.calendars, **own.calendars},
            clocks={**parent.clocks, **own.clocks},
            rules=_by_id(own.rules, parent.rules),
            unused=_by_id(own.unused, parent.unused),
            identity=_by_id(own.identity, parent.identity),
            agents=_by_id(own.agents, parent.agents),
            remedies=_by_id(own.remedies, parent.remedies),
            refusals=own.refusals + parent.refusals,
            decisions=_by_id(own.decisions, parent.decisions),
            authorities={
                **own.authorities,
                **{k: v for k, v in parent.authorities.items() if k not in own.authorities},
            },
            sources={**parent.sources, **own.sources},
        )
    return own


def under_law_of(residence: Jurisdiction, home: Jurisdiction) -> Jurisdiction:
    """The residence as a public body of another country meets it: that country's law on such bodies, and no other.

    Both are merged views.
    """
    return replace(
        residence,
        gaps=(),
        gaps_here=(),
        laws=home.laws,
        calendars=home.calendars,
        clocks=home.clocks,
        rules=home.rules,
        unused=home.unused,
        identity=home.identity,
        agents=home.agents,
        remedies=home.remedies,
        refusals=home.refusals,
        decisions=home.decisions,
        authorities=home.authorities,
        sources={**home.sources, **residence.sources},
    )


def _laws(own: Mapping[str, Law], parent: Mapping[str, Law]) -> dict[str, Law]:
    merged = dict(parent)
    for key, law in own.items():
        if key in parent:
            given = {name: getattr(law, name) for name in _LAW_FIELDS if getattr(law, name)}
            merged[key] = replace(parent[key], **given)
        else:
            merged[key] = law
    return merged


def _by_id(own: tuple[Any, ...], parent: tuple[Any, ...]) -> tuple[Any, ...]:
    taken = {entry.id for entry in own}
    return own + tuple(entry for entry in parent if entry.id not in taken)


def _qualified(place: Jurisdiction) -> Jurisdiction:
    """The same place with `<place>/<id>` for every source it names."""
    changes: dict[str, Any] = {"sources": {f"{place.id}/{key}": source for key, source in place.sources.items()}}
    for f in fields(place):
        value = getattr(place, f.name)
        if f.name == "examples" or f.name in changes:
            continue
        if isinstance(value, dict):
            changes[f.name] = {key: _with_place(entry, place.id) for key, entry in value.items()}
        elif isinstance(value, tuple):
            changes[f.name] = tuple(_with_place(entry, place.id) for entry in value)
    return replace(place, **changes)


def _with_place(entry: Any, place: str) -> Any:
    if not is_dataclass(entry) or isinstance(entry, type) or not hasattr(entry, "sources"):
        return entry
    return replace(entry, sources=tuple(f"{place}/{source}" for source in entry.sources))
