"""Named checks over loaded data: what the types cannot say. Each gives findings; the caller adds file, line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from optout.addressed import is_own
from optout.dates import days_of_all
from optout.firm import Firm
from optout.hosts import host_in, under
from optout.jurisdiction import Jurisdiction
from optout.law import Source
from optout.naming import folded
from optout.problems import Severity

WARN_DAYS, ERROR_DAYS = 365, 730
"""How old the reading of a source may be."""


class Finding(NamedTuple):
    """A problem at a path of the file, such as `("rules", 0, "cites")`."""

    path: tuple[str | int, ...]
    code: str
    message: str
    severity: Severity = "error"


class Around(NamedTuple):
    """What a check may look at beside the file."""

    merged: Jurisdiction | None
    """The place with all it inherits."""
    exampled: frozenset[str]
    """Ids of rules and clocks that an example in any file uses."""
    clause_lacks: Callable[[str, str | None], tuple[str, ...]]
    """The letter languages in which a clause has no template, given the family of laws it is for (None: any)."""
    today: date
    reply_lacks: Callable[[str, str | None], tuple[str, ...]] = lambda reply, family: ()
    """The same of the piece that answers a ground of refusal."""
    firms: Mapping[str, Firm] = {}
    """All firms by id."""
    names: Mapping[str, frozenset[str]] = {}
    """Names and aliases as they are compared, with the firms that have them."""


def place_findings(place: Jurisdiction, around: Around) -> Iterator[Finding]:
    for check in (
        _sources,
        _ids,
        _requests,
        _pinpoints,
        _calendars,
        _examples,
        _clauses,
        _replies,
        _levels,
        _overrides,
        _in_force,
    ):
        yield from check(place, around)


def firm_findings(firm: Firm, around: Around) -> Iterator[Finding]:
    yield from _sources(firm, around)
    yield from _pinpoints(firm, around)
    yield from _clauses(firm, around)
    yield from _routes(firm)
    yield from _no_lookalike(firm, around)
    yield from _identity(firm, around)


def _entries(data: Any, names: tuple[str, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The entries of those lists and mappings, with their paths."""
    for name in names:
        value = getattr(data, name, ())
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, entry in pairs:
            yield (name, key), entry


_SOURCED = ("laws", "calendars", "clocks", "rules", "identity", "agents", "remedies", "refusals", "decisions",
            "authorities", "entities", "routes", "asks", "facts", "incidents", "lookalikes")  # fmt: skip
_CITING = ("clocks", "rules", "identity", "agents", "remedies", "refusals")


def _sources(data: Any, around: Around) -> Iterator[Finding]:
    for path, entry in _entries(data, _SOURCED):
        for source in entry.sources:
            if source not in data.sources:
                yield Finding((*path, "sources"), "source-missing", f"no source '{source}' in this file")
        if not entry.sources and getattr(entry, "confidence", "") not in ("unverified", ""):
            yield Finding(path, "source-missing", "a fact that is not 'unverified' needs a source")
    for key, source in data.sources.items():
        yield from _source(("sources", key), source, around.today)


def _source(path: tuple[str | int, ...], source: Source, today: date) -> Iterator[Finding]:
    age = (today - source.checked).days
    if age < 0:
        yield Finding((*path, "checked"), "source-ahead", "lies ahead of today")
    if age > WARN_DAYS:
        severity: Severity = "error" if age > ERROR_DAYS else "warning"
        yield Finding((*path, "checked"), "source-stale", f"read {age} days ago; read it again", severity)
    if source.url and not source.url.startswith(("https://", "http://")):
        yield Finding((*path, "url"), "url", "write a whole address with https://")


def _ids(place: Jurisdiction, around: Around) -> Iterator[Finding]:
    merged = around.merged or place
    for path, rule in _entries(place, ("rules",)):
        if rule.law is not None and rule.law not in merged.laws:
            yield Finding((*path, "law"), "unknown-id", f"no law '{rule.law}' here or in what this is part of")
        for clock in rule.clocks:
            if clock not in merged.clocks:
                yield Finding((*path, "clocks"), "unknown-id", f"no clock '{clock}'")
    for path, entry in _entries(place, ("identity", "agents", "remedies", "refusals")):
        if entry.law is not None and entry.law not in merged.laws:
            yield Finding((*path, "law"), "unknown-id", f"no law '{entry.law}'")
    for path, agent in _entries(place, ("agents",)):
        for law in agent.for_laws:
            if law not in merged.laws:
                yield Finding((*path, "for_laws"), "unknown-id", f"no law '{law}'")
    for path, remedy in _entries(place, ("remedies",)):
        if remedy.to is not None and remedy.to not in merged.authorities:
            yield Finding((*path, "to"), "unknown-id", f"no authority '{remedy.to}'")
    for path, authority in _entries(place, ("authorities",)):
        for law in authority.handles:
            if law not in merged.laws:
                yield Finding((*path, "handles"), "unknown-id", f"no law '{law}'")
    for path, clock in _entries(place, ("clocks",)):
        for calendar in (clock.calendar, clock.or_calendar):
            if calendar and calendar not in merged.calendars:
                yield Finding((*path, "calendar"), "unknown-id", f"no calendar '{calendar}'")


def _requests(place: Jurisdiction, around: Around) -> Iterator[Finding]:
    for path, rule in _entries(place, ("rules",)):
        if rule.footing == "request" and (rule.law or rule.cites or rule.clocks):
            yield Finding(path, "request-has-law", "a request has no law, no citation and no clock")
        if rule.footing != "request" and rule.law is None:
            yield Finding(path, "law-missing", f"a {rule.footing} needs its law")


def _pinpoints(data: Any, around: Around) -> Iterator[Finding]:
    for path, entry in _entries(data, _CITING):
        yield from _pinpoint(path, entry)
        for name in ("items", "limits", "measures"):
            for index, part in enumerate(getattr(entry, name, ())):
                yield from _pinpoint((*path, name, index), part)


def _pinpoint(path: tuple[str | int, ...], entry: Any) -> Iterator[Finding]:
    if entry.cites and entry.pinpoint is None:
        yield Finding((*path, "cites"), "cites-without-pinpoint", "say how sure the section is: pinpoint")


def _calendars(place: Jurisdiction, around: Around) -> Iterator[Finding]:
    for path, clock in _entries(place, ("clocks",)):
        if clock.calendar is None and (clock.roll != "none" or clock.period.unit == "business day"):
            yield Finding(path, "calendar-missing", "which days count? name a calendar")
    for path, calendar in _entries(place, ("calendars",)):
        for name in ("add", "drop", "only", "closed"):
            try:
                days_of_all(getattr(calendar, name), 2026)
            except ValueError as error:
                yield Finding((*path, name), "calendar-rule", str(error))


def _examples(place: Jurisdiction, around: Around) -> Iterator[Finding]:
    for path, rule in _entries(place, ("rules",)):
        if rule.confidence != "unverified" and rule.id not in around.exampled:
            yield Finding(path, "rule-without-example", f"no example works the rule '{rule.id}'")
    for path, _ in _entries(place, ("clocks",)):
        if path[1] not in around.exampled:
            yield Finding(path, "clock-without-example", f"no example works the clock '{path[1]}'")
    merged = around.merged or place
    known = {rule.id for rule in merged.rules}
    for path, example in _entries(place, ("examples",)):
        if example.rule and example.rule not in known and example.residence is None:
            yield Finding((*path, "rule"), "example-unknown-rule", f"no rule '{example.rule}'")


def _clauses(data: Any, around: Around) -> Iterator[Finding]:
    for path, entry in _entries(data, ("identity", "decisions", "incidents")):
        law = (around.merged or data).laws.get(entry.law) if getattr(entry, "law", None) else None
        for language in around.clause_lacks(entry.clause, law.family if law else None) if entry.clause else ():
            yield Finding((*path, "clause"), "clause-missing", f"no template {language}/clause/{entry.clause}.j2")


def _replies(place: Jurisdiction, around: Around) -> Iterator[Finding]:
    for path, entry in _entries(place, ("refusals",)):
        law = (around.merged or place).laws.get(entry.law)
        for language in around.reply_lacks(entry.reply, law.family if law else None) if entry.reply else ():
            yield Finding((*path, "reply"), "reply-missing", f"no template {language}/reply/{entry.reply}.j2")
        if entry.reply and not entry.answered:
            yield Finding((*path, "reply"), "unverified-offered", "no letter answers with what nothing verified")


def _levels(place: Jurisdiction, around: Around) -> Iterator[Finding]:
    merged = around.merged or place
    hears = any(authority.handles for authority in merged.authorities.values())
    if place.level == "complaints" and place.kind != "union" and not hears and not (place.gaps or place.gaps_here):
        yield Finding(
            ("level",), "gap-hidden", "level 'complaints' without an authority that handles a law; say so in gaps"
        )


def _overrides(place: Jurisdiction, around: Around) -> Iterator[Finding]:
    for path, law in _entries(place, ("laws",)):
        inherited = around.merged and place.part_of and law.family is None and around.merged.laws[str(path[1])].family
        if inherited and law.binds != "private":
            yield Finding(
                path, "override-changes-rule", "an inherited law may change name, number, days and sources only"
            )


def _in_force(place: Jurisdiction, around: Around) -> Iterator[Finding]:
    for path, entry in _entries(place, ("laws", "clocks", "rules")):
        days = entry.in_force
        if days and days.from_ and days.until and days.from_ > days.until:
            yield Finding((*path, "in_force"), "in-force-order", "ends before it begins")


def _routes(firm: Firm) -> Iterator[Finding]:
    ids = {route.id for route in firm.routes}
    decisions = {decision.id for decision in firm.decisions}
    for path, route in _entries(firm, ("routes",)):
        if route.standing == "use" and not route.to:
            yield Finding(path, "route-not-usable", "a route in use needs its address")
        if route.because and route.because not in decisions:
            yield Finding((*path, "because"), "unknown-id", f"no decision '{route.because}' in this file")
        if route.kind in ("form", "portal") and isinstance(route.to, str) and not route.to.startswith("https://"):
            yield Finding((*path, "to"), "url", "write the address with https://")
    if firm.ready and not any(route.standing == "use" and route.to for route in firm.routes):
        yield Finding(("ready",), "route-missing", "ready without a route in use")
    if firm.status in ("renamed", "merged") and not firm.successor:
        yield Finding(("status",), "successor-missing", "name the successor")
    for path, ask in _entries(firm, ("asks",)):
        for route in ask.via:
            if route not in ids:
                yield Finding((*path, "via"), "unknown-id", f"no route '{route}' in this file")


def _no_lookalike(firm: Firm, around: Around) -> Iterator[Finding]:
    known = {one.host: other for other in around.firms.values() if other.id != firm.id for one in other.lookalikes}
    for path, route in _entries(firm, ("routes",)):
        host = host_in(route.to) if isinstance(route.to, str) else ""
        for other in (known[one] for one in known if host and under(host, one)):
            yield Finding(
                (*path, "to"), "lookalike-used", f"this is a look-alike of {other.name}, id {other.id}, says its file"
            )


def names_of(firms: Mapping[str, Firm]) -> dict[str, frozenset[str]]:
    """Everything a firm is called as it is compared, with the firms that are called so."""
    names: dict[str, frozenset[str]] = {}
    for firm in firms.values():
        for name in firm.called:
            names[folded(name)] = names.get(folded(name), frozenset()) | {firm.id}
    return names


def _identity(firm: Firm, around: Around) -> Iterator[Finding]:
    """Who the firm is among the others."""
    if is_own(firm.id):
        yield Finding(("id",), "id-reserved", "ids that begin with 'own-' are for firms without a profile")
    for path, name in [(("name",), firm.name), *((("aliases", i), name) for i, name in enumerate(firm.aliases))]:
        others = sorted(around.names.get(folded(name), frozenset()) - {firm.id})
        related = {firm.successor, *(x for x in others if around.firms[x].successor == firm.id)}
        if others and not related & set(others):
            yield Finding(path, "name-taken", f"{', '.join(others)} has this name too", "warning")
    seen, here = [firm.id], firm
    while here.successor:
        if here.successor in seen:
            yield Finding(("successor",), "successor-cyclic", "this makes the firm its own successor")
            return
        if here.successor not in around.firms:
            if here is firm:
                yield Finding(("successor",), "unknown-id", f"no firm '{firm.successor}'")
            return
        seen.append(here.successor)
        here = around.firms[here.successor]
    if firm.successor and firm.status == "active":
        yield Finding(("successor",), "successor-of-active", "only a firm that was renamed, merged or closed has one")
