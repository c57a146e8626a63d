"""`optout firms`: who is in the catalogue and what is known, conflicts shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from optout.cli import firmimport, firmlines, firmscheck, listed
from optout.cli.app import App
from optout.cli.output import answer, line, lines, say, table
from optout.errors import StoreError
from optout.firm import Firm
from optout.listed import LIST
from optout.problems import Problem


@click.group(epilog="\b\nExample:\n  optout firms show clearview")
def firms() -> None:
    """The firms in the catalogue."""


firms.add_command(firmscheck.check)
firms.add_command(firmimport.import_)


@firms.command("list", epilog="\b\nExample:\n  optout firms list")
@click.option("--imported", is_flag=True, help="only firms that `firms import` took in")
@click.option("--all", "everything", is_flag=True, help="the imported ones too")
@click.pass_obj
def list_(settings: dict[str, Any], imported: bool, everything: bool) -> None:
    """List the firms."""
    app = App(settings)
    problems: list[Problem] = []
    found = [] if imported else [_firm(app, firm) for firm in app.catalog.all_firms(problems)]
    for problem in problems:
        say(f"Left out, since it cannot be used: {problem}")
    if imported or everything:
        known = {one["id"] for one in found}
        found += [_firm(app, firm) for firm in _imported(app) if firm.id not in known]
    if app.json:
        answer("firms", {"firms": found})
        return
    rows = [
        (f["id"], f["name"], ", ".join(f["kinds"]), f["role"], f["checked"] or "-", f["status"], _from(f))
        for f in found
    ]
    table(rows, ("FIRM", "NAME", "KINDS", "ROLE", "CHECKED", "STATUS", "FROM"), app.plain)


def _from(firm: dict[str, Any]) -> str:
    """Where the profile is from; of an imported one also the day on which it was last found there."""
    return f"{firm['from']}, {firm['origin']['checked']}" if "origin" in firm else str(firm["from"])


def _imported(app: App) -> list[Firm]:
    """Those that are none of ours, by id."""
    listing = app.catalog.listing
    if listing.records is None:
        return []
    made = (listing.made(row) for row in listing.records.all())
    return [firm for firm in made if listing.origin(firm.id)]


def _firm(app: App, firm: Firm) -> dict[str, Any]:
    origin = app.catalog.listed_origin(firm.id)
    # Nobody here read the sources of an imported record, and the record has no day of its own.
    days = [] if origin else [str(source.checked) for source in firm.sources.values()]
    where = f"list {LIST}" if origin else app.catalog.origin("firms", firm.id)
    about = {"origin": listed.json(origin)} if origin else {}
    return {"id": firm.id, "name": firm.name, "kinds": list(firm.kinds), "role": firm.role, "checked": min(days, default=None),
            "status": firm.status, "successor": firm.successor, "from": where, **about}  # fmt: skip


def _differs(app: App, firm: Firm) -> dict[str, Any] | None:
    """In what a file that stands before a shipped one differs from it, where letters go and what is asked."""
    from optout.changes import between, effect
    from optout.library.catalog import Catalog

    shipped = Catalog(None, app.paths.cache)
    if app.catalog.origin("firms", firm.id) == "shipped" or firm.id not in shipped.files("firms"):
        return None
    return between(effect(shipped.firm_by_id(firm.id)), effect(firm)).plain()


@firms.command(epilog="\b\nExample:\n  optout firms show clearview")
@click.argument("firm_id", metavar="ID")
@click.pass_obj
def show(settings: dict[str, Any], firm_id: str) -> None:
    """Show all that is known of a firm: who decides, routes with their standing, what it asks, facts, cautions; of an
    imported one, all it came with."""
    app = App(settings)
    firm = app.catalog.firm(firm_id)
    origin = app.catalog.listed_origin(firm.id)
    records = _records(app, firm, firm_id)
    if app.json:
        from optout.records import to_plain

        differs = None if origin else _differs(app, firm)
        shown = {**_firm(app, firm), "differs": differs, "profile": to_plain(firm), "records": records}
        answer("firms", {"firms": [shown]})
        return
    whose = listed.told(origin) if origin else list(_origin(app, firm))
    for record in () if origin else records:
        whose += listed.beside(record, app.catalog.ours()[firm.id])
    lines(list(firmlines.whom(firm, whose)))
    for title, rows in firmlines.parts(firm):
        line(f"{title}:{'' if rows else ' nothing known'}")
        if rows:
            lines(rows)


def _records(app: App, firm: Firm, typed: str) -> list[dict[str, Any]]:
    """What was imported of it. A list that cannot be read keeps nothing of ours back."""
    try:
        return app.catalog.listing.records_of(firm, typed)
    except StoreError as error:
        say(f"{error}: {error.hint}")
        return []


def _origin(app: App, firm: Firm) -> Iterator[str]:
    where = app.catalog.origin("firms", firm.id)
    if where == "shipped":
        return
    yield f"  from {'your own file' if where == 'own' else f'the {where}'}: {app.catalog.path('firms', firm.id)}"
    differs = _differs(app, firm)
    for what, one in (differs or {}).items():
        for sign, texts in (("not in", one["new"]), ("only in", one["gone"])):
            for text in texts:
                yield f"    {sign} the shipped profile, {what}: {text}"
    if differs and not any(one["new"] or one["gone"] for one in differs.values()):
        yield "    recipients and asks are those of the shipped profile"
