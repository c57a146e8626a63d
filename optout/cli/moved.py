"""Dates that were told once and would be others by today's holiday data. They stay; `check` only says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from optout import standing
from optout.cli.app import App
from optout.cli.output import say
from optout.dates import Holidays
from optout.errors import OptoutError
from optout.problems import Problem


def problems(app: App, today: Holidays) -> list[Problem]:
    """A warning for each running date that would move. Looks only into a vault that opens without a question."""
    from optout.cli.casefile import opened
    from optout.store import cases
    from optout.store.vault import Vault

    if not Vault.exists(app.paths):
        return []
    quiet = App({**app.settings, "no_input": True})
    found: list[Problem] = []
    try:
        with quiet.vault() as vault:
            for row in cases.summaries(vault, all=False, limit=None):
                file = opened(vault, row["ref"])
                now = standing.fold(file.case, file.events, today)
                found += _differences(file.case.ref, file.status(), now)
    except OptoutError as error:
        say(f"The dates of the cases were not looked at: {error}")
    return found


def _differences(ref: str, told: standing.Status, now: standing.Status) -> Iterator[Problem]:
    first, second = _dates(told), _dates(now)
    for key, days in first.items():
        if days != second.get(key, days):
            letter, kind = key
            about = f"{kind.replace('_', ' ')} of the letter {letter}" if letter else kind.replace("_", " ")
            message = (
                f"{about}: {_shown(days)} was told; by today's holiday data it would be {_shown(second[key])}. "
                "What was told stays."
            )
            yield Problem(ref, 0, 0, "dates-moved", message, "warning")


def _dates(status: standing.Status) -> dict[tuple[str, str], list[tuple[Any, Any]]]:
    found: dict[tuple[str, str], list[tuple[Any, Any]]] = {}
    for row in standing.summary(status)["dates"]:
        found.setdefault((row["letter"], row["kind"]), []).append((row["on"], row["overdue_from"]))
    return found


def _shown(days: list[tuple[Any, Any]]) -> str:
    return " and ".join(f"{on} (late from {late})" for on, late in days)
