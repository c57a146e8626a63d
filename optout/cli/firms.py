"""`optout firms`: who is in the catalogue and what is known, conflicts shown."""

from __future__ import annotations

from typing import Any

import click

from optout.cli import deciding
from optout.cli.app import App
from optout.cli.output import answer, line, table
from optout.firm import Firm, Route
from optout.law import text_in

WORDS = deciding.WHAT | {
    "face_search": "searches the web by face",
    "controller": "decides what happens with the data",
    "processor": "handles data for others",
    "mixed": "partly decides what happens with the data, partly handles them for others",
    "representative": "represents the firm",
    "dpo": "data protection officer",
    "use": "use this",
    "second": "second choice",
    "old": "was used once",
    "disputed": "sources disagree",
    "never": "do not use",
    "verified": "read at the source",
    "secondary": "from a copy or a report",
    "unverified": "not verified",
    "took_from": "took pictures from",
    "keeps_hash_after_opt_out": "keeps a number made from your photo after an opt-out",
    "denies_law": "says that the law does not hold for it",
    "no_eu_representative": "has no representative in the European Union",
    "no_uk_representative": "has no representative in the United Kingdom",
    "unlawful": "found unlawful",
    "order": "an order",
    "remitted": "sent back for a new decision",
    "pending": "not decided yet",
    "stands": "in force",
    "unknown": "where it stands is not known",
}
"""What a word of the data says to a reader; one that is not here says it itself."""


def _said(word: str) -> str:
    return WORDS.get(word, word.replace("_", " "))


@click.group(epilog="\b\nExample:\n  optout firms show clearview")
def firms() -> None:
    """The firms in the catalogue."""


@firms.command("list", epilog="\b\nExample:\n  optout firms list")
@click.pass_obj
def list_(settings: dict[str, Any]) -> None:
    """List the firms."""
    app = App(settings)
    found = [_firm(app, firm) for firm in app.catalog.all_firms()]
    if app.json:
        answer("firms", {"firms": found})
        return
    rows = [(f["id"], f["name"], ", ".join(f["kinds"]), f["role"], f["checked"], f["status"], f["from"]) for f in found]
    table(rows, ("FIRM", "NAME", "KINDS", "ROLE", "CHECKED", "STATUS", "FROM"), app.plain)


def _firm(app: App, firm: Firm) -> dict[str, Any]:
    checked = min((str(source.checked) for source in firm.sources.values()), default=None)
    return {"id": firm.id, "name": firm.name, "kinds": list(firm.kinds), "role": firm.role, "checked": checked,
            "status": firm.status, "successor": firm.successor, "from": app.catalog.origin("firms", firm.id)}  # fmt: skip


def _differs(app: App, firm: Firm) -> dict[str, Any] | None:
    """In what a file that stands before a shipped one differs from it, where letters go and what is asked."""
    from optout.changes import between, effect
    from optout.library.catalog import Catalog

    shipped = Catalog(None, app.paths.cache)
    if app.catalog.origin("firms", firm.id) == "shipped" or firm.id not in shipped.files("firms"):
        return None
    found = between(effect(shipped.firm_by_id(firm.id)), effect(firm))
    return {
        "recipients": {"new": list(found.recipients_new), "gone": list(found.recipients_gone)},
        "asks": {"new": list(found.asks_new), "gone": list(found.asks_gone)},
    }


@firms.command(epilog="\b\nExample:\n  optout firms show clearview")
@click.argument("firm_id", metavar="ID")
@click.pass_obj
def show(settings: dict[str, Any], firm_id: str) -> None:
    """Show a firm: routes with their standing, what it asks, incidents, decisions."""
    app = App(settings)
    firm = app.catalog.firm(firm_id)
    if app.json:
        from optout.records import to_plain

        answer("firms", {"firms": [{**_firm(app, firm), "differs": _differs(app, firm), "profile": to_plain(firm)}]})
        return
    line(f"{firm.name}: {', '.join(map(_said, firm.kinds))}; {_said(firm.role)}")
    _origin(app, firm)
    if firm.status != "active":
        line(f"  {_said(firm.status)}{f', now {firm.successor}' if firm.successor else ''}")
    if firm.role_note:
        line(f"  {firm.role_note}")
    for entity in firm.entities:
        seat = entity.place.upper() if entity.place else "seat not known"
        line(f"  {entity.name}, {_said(entity.role)}, {seat}")
    line("Routes:")
    for route in firm.routes:
        _route(route)
    line("Asks:")
    for ask in firm.asks:
        kinds = ", ".join(map(_said, ask.for_)) or "everything"
        now = "now" if ask.current else "in the past"
        line(f"  {_said(ask.what)} for {kinds}, {now}{_places(ask.only_from)} ({_said(ask.confidence)})")
    line("Known:")
    for fact in firm.facts:
        day = f"as of {fact.as_of}" if fact.as_of else "day not known"
        line(f"  {_said(fact.claim)}{' in ' + fact.in_.upper() if fact.in_ else ''}: "
             f"{', '.join(fact.value) or 'yes'} ({day}, {_said(fact.confidence)})")  # fmt: skip
    for incident in firm.incidents:
        reached = f"reached {', '.join(map(_said, incident.reached))} ({_said(incident.confidence)})"
        line(f"  incident {incident.on}: {reached}. {incident.note or ''}".rstrip())
    for decision in firm.decisions:
        told = ", ".join(dict.fromkeys((_said(decision.outcome), _said(decision.status))))
        where = f"{decision.on or 'undated'}, {text_in(decision.body, 'en')}"
        line(f"  decision {where}: {told} ({_said(decision.confidence)})")


def _origin(app: App, firm: Firm) -> None:
    where = app.catalog.origin("firms", firm.id)
    if where == "shipped":
        return
    line(f"  from {'your own file' if where == 'own' else f'the {where}'}: {app.catalog.path('firms', firm.id)}")
    differs = _differs(app, firm)
    for what, one in (differs or {}).items():
        for sign, texts in (("not in", one["new"]), ("only in", one["gone"])):
            for text in texts:
                line(f"    {sign} the shipped profile, {what}: {text}")
    if differs and not any(one["new"] or one["gone"] for one in differs.values()):
        line("    recipients and asks are those of the shipped profile")


def _route(route: Route) -> None:
    to = route.to if isinstance(route.to, str) else ", ".join(route.to or ("address not known",))
    seen = f", seen {route.seen.until or route.seen.from_}" if route.seen else ""
    line(f"  {_said(route.standing)}: {route.kind} {to}{_places(route.only_from)}{seen} ({_said(route.confidence)})")
    if route.note:
        line(f"    {route.note}")


def _places(places: tuple[str, ...]) -> str:
    return f" from {', '.join(p.upper() for p in places)}" if places else ""
