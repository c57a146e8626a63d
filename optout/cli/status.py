"""`optout status`. Reads summary rows only, and imports nothing of the core: it has to be quick over any number of cases."""

from __future__ import annotations

from typing import Any

import click

from optout.cli.app import App
from optout.cli.output import answer, say, table
from optout.cli.params import DAY


@click.command(epilog="\b\nExample:\n  optout status --overdue")
@click.option("--all", "all_", is_flag=True, help="finished cases too, and no limit")
@click.option("--firm", help="only cases with this firm")
@click.option("--overdue", is_flag=True, help="only cases in which the firm is late")
@click.option("--profile", metavar="ID", help="only cases of this profile")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="at most so many cases")
@click.option("--on", type=DAY, help="as on this day")
@click.pass_obj
def status(
    settings: dict[str, Any], all_: bool, firm: str | None, overdue: bool, profile: str | None, limit: int, on: Any
) -> None:
    """List the cases, the next date first."""
    app = App(settings, on)
    today = str(app.today)
    chosen = {"all": all_, "firm": firm, "profile": profile, "limit": None if all_ else limit}
    rows = _rows(app, overdue, chosen)
    if app.json:
        answer("status", {"today": today, "cases": [_case(app, row) for row in rows]})
        return
    if not rows:
        match = firm or overdue or profile
        say("No cases match." if match else f"No cases yet{app.nowhere()}. Begin with: optout request clearview")
        return
    cells = [
        (row["ref"], whom(row, app.plain), row["phase"].replace("_", " "), row["next_on"] or "-",
         "overdue" if app.late(row["overdue_from"]) else "", row["step"] or "", *([row["to"] or ""] if app.plain else []))
        for row in rows
    ]  # fmt: skip
    table(cells, ("CASE", "FIRM", "PHASE", "NEXT", "", "STEP"), app.plain)


def whom(row: dict[str, Any], plain: bool = False) -> str:
    """The firm, and which client of it; the id of a firm without a profile says its name."""
    return row["firm"] if plain or not row["to"] or row["firm"].startswith("own-") else f"{row['firm']}: {row['to']}"


def _rows(app: App, overdue: bool, chosen: dict[str, Any]) -> list[dict[str, Any]]:
    from optout.store.vault import Vault

    if not Vault.exists(app.paths):
        return []
    from optout.cli.custody import warn_daily
    from optout.store import finding

    with app.vault() as vault:
        warn_daily(app, vault)
        app.compare_clock(vault)
        if overdue and app.clock_wrong:
            return []
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
