"""`optout status`. Reads summary rows only, and imports nothing of the core: it has to be quick over any number of cases."""

from __future__ import annotations

from typing import Any

import click

from optout.cli.app import App
from optout.cli.output import answer, say, table
from optout.cli.params import DAY


@click.command(epilog="\b\nExamples:\n  optout status --overdue\n  optout status --by batch")
@click.option("--all", "all_", is_flag=True, help="finished cases too, and no limit")
@click.option("--firm", help="only cases with this firm")
@click.option("--overdue", is_flag=True, help="only cases in which the firm is late")
@click.option("--profile", metavar="ID", help="only cases of this profile")
@click.option("--batch", metavar="ID", help="only cases of this batch")
@click.option("--place", metavar="ID", help="only cases of people who live there, such as US-IL or FR")
@click.option("--by", type=click.Choice(["batch", "firm", "place"]), help="count the cases instead of listing them")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="at most so many cases")
@click.option("--on", type=DAY, help="as on this day")
@click.pass_obj
def status(settings: dict[str, Any], /, by: str | None, on: Any, **options: Any) -> None:
    """List the cases, the next date first."""
    app = App(settings, on)
    if by:
        _counted(app, by, options["all_"])
        return
    today = str(app.today)
    overdue = options["overdue"]
    names = ("firm", "profile", "batch")
    chosen = {"all": options["all_"], **{name: options[name] for name in names},
              "place": app.catalog.place_id(options["place"]) if options["place"] else None,
              "limit": None if options["all_"] else options["limit"]}  # fmt: skip
    rows = _rows(app, overdue, chosen)
    if app.json:
        answer("status", {"today": today, "cases": [_case(app, row) for row in rows]})
        return
    if not rows:
        match = overdue or options["place"] or any(options[name] for name in names)
        say("No cases match." if match else f"No cases yet{app.nowhere()}. Begin with: optout request clearview")
        return
    cells = [
        (row["ref"], whom(row, app.plain), row["phase"].replace("_", " "), row["next_on"] or "-",
         "overdue" if app.late(row["overdue_from"]) else "", row["step"] or "", *([row["to"] or ""] if app.plain else []))
        for row in rows
    ]  # fmt: skip
    table(cells, ("CASE", "FIRM", "PHASE", "NEXT", "", "STEP"), app.plain)


def _counted(app: App, by: str, everything: bool) -> None:
    from optout.store.vault import Vault

    rows: list[dict[str, Any]] = []
    if Vault.exists(app.paths):
        from optout.store import finding

        with app.vault() as vault:
            app.compare_clock(vault)
            rows = finding.counted(vault, by, "" if app.clock_wrong else str(app.today), everything)
    if app.json:
        answer("status_by", {"today": str(app.today), "by": by, "groups": rows})
        return
    if not rows:
        say(f"No cases yet{app.nowhere()}. Begin with: optout request clearview")
        return
    cells = [
        (row["id"] or "-", str(row["cases"]),
         ", ".join(f"{count:,} {phase.replace('_', ' ')}" for phase, count in row["phases"].items()),
         row["next_on"] or "-", f"{row['overdue']:,} overdue" if row["overdue"] else "")
        for row in rows
    ]  # fmt: skip
    table(cells, (by.upper(), "CASES", "PHASES", "NEXT", ""), app.plain)


def whom(row: dict[str, Any], plain: bool = False) -> str:
    """The firm, and which client of it; the id of a firm without a profile says its name."""
    return row["firm"] if plain or not row["to"] or row["firm"].startswith("own-") else f"{row['firm']}: {row['to']}"


def _rows(app: App, overdue: bool, chosen: dict[str, Any]) -> list[dict[str, Any]]:
    from optout.store.vault import Vault

    if not Vault.exists(app.paths):
        return []
    from optout.cli.custody import warn_daily
    from optout.store import batches, finding

    with app.vault() as vault:
        warn_daily(app, vault)
        app.compare_clock(vault)
        if overdue and app.clock_wrong:
            return []
        if chosen["batch"]:
            batches.find(vault, chosen["batch"])
        day = str(app.today) if overdue else None
        rows = list(finding.summaries(vault, overdue_on=day, **chosen))
        # Only a case whose next date has come can be late.
        late = finding.late_steps(vault, [row["ref"] for row in rows if app.late(row["next_on"])])
        to = finding.addressees(vault, [row["ref"] for row in rows])
        return [
            {**row, "to": to.get(row["ref"]), "step": app.step(row["step"], *late.get(row["ref"], (None, None)))}
            for row in rows
        ]


def _case(app: App, row: dict[str, Any]) -> dict[str, Any]:
    following = None
    if row["next_on"]:
        following = {"on": row["next_on"], "kind": row["next_kind"], "overdue": app.late(row["overdue_from"])}
    return {"ref": row["ref"], "firm": row["firm"], "phase": row["phase"], "outcomes": row["outcomes"],
            "next": following, "step": row["step"], "to": row["to"]}  # fmt: skip
