"""What happens to many cases at once is confirmed by their number, typed or given."""

from __future__ import annotations

from optout.batch import CONFIRMED
from optout.cli.app import App
from optout.errors import Declined, Missing


def counted_and_confirmed(app: App, count: int, yes: bool, expected: int | None) -> None:
    """Above 25 the number is typed on a terminal, or given with `--yes --expect N`. Raises Declined and Missing."""
    if expected is not None and expected != count:
        raise Declined(f"--expect {expected}: there are {count} cases, so nothing was done")
    if count <= CONFIRMED or (yes and expected is not None):
        return
    if not app.can_ask:
        hint = "look at it with --dry-run first, then give the number of cases you expect"
        raise Missing(f"--yes --expect {count} is missing", hint)
    typed = app.ask(f"To go on, type the number of cases ({count})", f"--yes --expect {count}")
    if typed.strip().replace(",", "") != str(count):
        raise Declined("nothing was done")
