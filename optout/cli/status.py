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
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="at most so many cases")
@click.option("--on", type=DAY, help="as on this day")
@click.pass_obj
def status(settings: dict[str, Any], all_: bool, firm: str | None, overdue: bool, limit: int, on: Any) -> None:
    """List the cases, the next date first."""
    app = App(settings, on)
    today = str(app.today)
    rows = _rows(app, all_, firm, today if overdue else None, None if all_ else limit)
    if app.json:
        answer("status", {"today": today, "cases": [_case(row, today) for row in rows]})
        return
    if not rows:
        say("No cases" + (" match." if firm or overdue else " yet. Begin with: optout request clearview"))
        return
    cells = [
        (row["ref"], row["firm"], row["phase"], row["next_on"] or "-", _late(row, today), row["step"] or "")
        for row in rows
    ]
    table(cells, ("CASE", "FIRM", "PHASE", "NEXT", "", "STEP"), app.plain)


def _rows(app: App, all_: bool, firm: str | None, overdue_on: str | None, limit: int | None) -> list[dict[str, Any]]:
    from optout.store.vault import Vault

    if not Vault.exists(app.paths):
        return []
    from optout.store import cases

    with app.vault() as vault:
        return list(cases.summaries(vault, all=all_, firm=firm, overdue_on=overdue_on, limit=limit))


def _late(row: dict[str, Any], today: str) -> str:
    return "overdue" if row["overdue_from"] and row["overdue_from"] <= today else ""


def _case(row: dict[str, Any], today: str) -> dict[str, Any]:
    following = None
    if row["next_on"]:
        following = {"on": row["next_on"], "kind": row["next_kind"], "overdue": bool(_late(row, today))}
    return {"ref": row["ref"], "firm": row["firm"], "phase": row["phase"], "outcomes": row["outcomes"],
            "next": following, "step": row["step"]}  # fmt: skip
