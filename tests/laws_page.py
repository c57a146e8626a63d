"""`docs/laws.md`: every rule and every remedy of the catalogue on a line of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from optout.jurisdiction import Jurisdiction
from optout.law import Clock, InForce, Rule, text_in
from optout.library.catalog import Catalog

RIGHTS = "| right | footing | clock | citation | source | confidence | checked |"
REMEDIES = "| what follows | to | clock | citation | source | confidence | checked |"
ALSO = "| also in | authority | hears complaints under | confidence | as of | checked |"
ALSO_RULE = "| --- | --- | --- | --- | --- | --- |"
RULE = "| --- | --- | --- | --- | --- | --- | --- |"


def page(catalog: Catalog) -> str:
    """The page; nothing in it depends on the day."""
    places = list(catalog.all_places())
    lines = ["# Laws", "", "Written from the files in `jurisdictions`; `optout laws show ID` has all of one.", ""]
    lines += [
        "A *right* is the person's, a *duty* the firm's; a *request* is neither, and claims no law.",
        "The first word of *confidence* says how sure the rule is, the second how sure its section.",
        "An unverified rule is never offered, and no letter prints an unverified section; this page does, for whoever checks it.",
        "*Checked* is the day on which the oldest of its sources was read.",
        "",
    ]
    for place in places:
        if place.rules or place.remedies:
            inner = [p for p in places if p.id != place.id and place in catalog.chain(p.id)]
            lines += [*_place(place, inner), ""]
    bare = [text_in(p.name, "en") for p in places if p.level == "listed"]
    lines += [
        "## Listed by name only",
        "",
        "A letter from here is a plain request that claims no law.",
        "",
        _in_a_line(bare),
    ]
    return "\n".join(lines) + "\n"


def _place(place: Jurisdiction, inner: list[Jurisdiction]) -> Iterator[str]:
    yield from (f"## {text_in(place.name, 'en')}", "", f"[{place.id}.yaml](../jurisdictions/{place.id}.yaml)")
    for law_id, law in place.laws.items():
        name = ", ".join(part for part in (text_in(law.name, "en"), text_in(law.number, "en")) if part)
        yield f"- `{law_id}`: {name}{_force(law.in_force)}{f', read for days from {law.known_from} on alone' if law.known_from else ''}"
    if place.rules:
        yield from ("", RIGHTS, RULE, *(_right(place, rule) for rule in place.rules))
    if place.remedies:
        yield from ("", REMEDIES, RULE, *(_remedy(place, remedy) for remedy in place.remedies))
    if speaks := [p for p in inner if p.level != "listed"]:
        yield from ("", ALSO, ALSO_RULE, *(row for p in speaks for row in _authorities(p)))


def _right(place: Jurisdiction, rule: Rule) -> str:
    kind = f"{rule.demand.replace('_', ' ')} (`{rule.id}`){_force(rule.in_force)}"
    return _row(kind, rule.footing, *_common(place, rule))


def _remedy(place: Jurisdiction, remedy: Any) -> str:
    to = text_in(place.authorities[remedy.to].name, "en") if remedy.to in place.authorities else "who is competent"
    if remedy.kind not in ("authority", "tribunal"):
        to = "the firm" if remedy.kind in ("reminder", "appeal", "firm_complaint") else ""
    kind = f"{remedy.kind.replace('_', ' ')} (`{remedy.id}`){_force(getattr(remedy, 'in_force', None))}"
    return _row(kind, to, *_common(place, remedy))


def _authorities(place: Jurisdiction) -> Iterator[str]:
    """One line per authority of a place; one without any where it has none of its own."""
    name = f"[{text_in(place.name, 'en')}](../jurisdictions/{place.id}.yaml)"
    for body in place.authorities.values():
        checked = str(min(place.sources[key].checked for key in body.sources))
        yield _row(
            name, text_in(body.name, "en"), _joined(body.handles), body.confidence, str(body.as_of or ""), checked
        )
    if not place.authorities:
        yield _row(name, "", "", "", "", "")


def _common(place: Jurisdiction, entry: Any) -> tuple[str, str, str, str, str]:
    """Clock, citation, source, confidence and the day it was checked."""
    cites = _joined(text_in(cite, "en") for cite in entry.cites)
    sources = [place.sources[key] for key in entry.sources]
    titles = _joined(f"[{text_in(s.title, 'en')}]({s.url})" if s.url else text_in(s.title, "en") for s in sources)
    sure = f"{entry.confidence}, {entry.pinpoint or 'unverified'}" if entry.cites else entry.confidence
    return (
        _joined(_clock(place.clocks[name]) for name in entry.clocks),
        cites,
        titles,
        sure,
        str(min(s.checked for s in sources)),
    )


def _clock(clock: Clock) -> str:
    cites = _joined(text_in(cite, "en") for cite in clock.cites)
    by = f", {cites}" + (f" of the {text_in(clock.act, 'en')}" if clock.act else "") if cites else ""
    more = f"by {clock.extend.by} more" if clock.extend and clock.extend.by else "to a day that the firm names"
    longer = f", {more} if told in time" if clock.extend else ""
    return f"{clock.kind.replace('_', ' ')}: {clock.period} from {clock.from_}{by}{longer}{_force(clock.in_force)}"


def _force(days: InForce | None) -> str:
    if days is None:
        return ""
    return "".join(f", {word} {day}" for word, day in (("from", days.from_), ("until", days.until)) if day)


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(texts))


def _in_a_line(names: list[str]) -> str:
    return f"{', '.join(names)}."


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
