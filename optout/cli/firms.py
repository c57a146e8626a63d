"""`optout firms`: who is in the catalogue and what is known, conflicts shown."""

from __future__ import annotations

from typing import Any

import click

from optout.cli.app import App
from optout.cli.output import answer, line, table
from optout.firm import Firm, Route
from optout.law import text_in


@click.group(epilog="\b\nExample:\n  optout firms show clearview")
def firms() -> None:
    """The firms in the catalogue."""


@firms.command("list", epilog="\b\nExample:\n  optout firms list")
@click.pass_obj
def list_(settings: dict[str, Any]) -> None:
    """List the firms."""
    app = App(settings)
    found = [_firm(firm) for firm in app.catalog.all_firms()]
    if app.json:
        answer("firms", {"firms": found})
        return
    table([(f["id"], f["name"], ", ".join(f["kinds"]), f["role"], f["checked"]) for f in found],
          ("FIRM", "NAME", "KINDS", "ROLE", "CHECKED"), app.plain)  # fmt: skip


def _firm(firm: Firm) -> dict[str, Any]:
    checked = min((str(source.checked) for source in firm.sources.values()), default=None)
    return {"id": firm.id, "name": firm.name, "kinds": list(firm.kinds), "role": firm.role, "checked": checked}


@firms.command(epilog="\b\nExample:\n  optout firms show clearview")
@click.argument("firm_id", metavar="ID")
@click.pass_obj
def show(settings: dict[str, Any], firm_id: str) -> None:
    """Show a firm: routes with their standing, what it asks, incidents, decisions."""
    app = App(settings)
    firm = app.catalog.firm(firm_id)
    if app.json:
        from optout.records import to_plain

        answer("firms", {"firms": [{**_firm(firm), "profile": to_plain(firm)}]})
        return
    line(f"{firm.name} ({firm.role}; {', '.join(firm.kinds)})")
    for entity in firm.entities:
        line(f"  {entity.name}, {entity.role}, {(entity.place or 'seat not known').upper()}")
    line("Routes:")
    for route in firm.routes:
        _route(route)
    line("Asks:")
    for ask in firm.asks:
        kinds = ", ".join(ask.for_) or "everything"
        now = "now" if ask.current else "in the past"
        line(f"  {ask.what} for {kinds}, {now}{_places(ask.only_from)} ({ask.confidence})")
    line("Known:")
    for fact in firm.facts:
        line(f"  {fact.claim.replace('_', ' ')}{' in ' + fact.in_.upper() if fact.in_ else ''}: "
             f"{', '.join(fact.value) or 'yes'} (as of {fact.as_of or 'unknown'}, {fact.confidence})")  # fmt: skip
    for incident in firm.incidents:
        line(
            f"  incident {incident.on}: reached {', '.join(incident.reached)} ({incident.confidence}). {incident.note or ''}".rstrip()
        )
    for decision in firm.decisions:
        line(
            f"  decision {decision.on or 'undated'}, {text_in(decision.body, 'en')}: {decision.outcome}, {decision.status} ({decision.confidence})"
        )


def _route(route: Route) -> None:
    to = route.to if isinstance(route.to, str) else ", ".join(route.to or ("address not known",))
    seen = f", seen {route.seen.until or route.seen.from_}" if route.seen else ""
    line(f"  {route.standing}: {route.kind} {to}{_places(route.only_from)}{seen} ({route.confidence})")
    if route.note:
        line(f"    {route.note}")


def _places(places: tuple[str, ...]) -> str:
    return f" from {', '.join(p.upper() for p in places)}" if places else ""
