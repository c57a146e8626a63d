"""The columns that are shown, and a vault brought to the tables of today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from optout.errors import NewerFormat, Unreadable
from optout.store.tablesteps import STEPS

if TYPE_CHECKING:
    from optout.store.vault import Vault

SUMMARY = ("ref", "subject", "firm", "phase", "outcomes", "next_on", "next_kind", "overdue_from", "step", "opened")
"""The columns of `summary` that `status` shows, in order; the index `summary_soonest` holds them all."""

WAKING = ("act_on", "awaits", "held_from", "quiet_from", "late_step", "dates", "events", "head", "held_letter")
"""The columns of `summary` that `remind` goes by, and the end of the case's chain."""


def prepare(vault: Vault, steps: Sequence[Sequence[str | Callable[[Vault], None]]] = STEPS) -> None:
    """Makes or brings forward the tables, all steps in one transaction, after a copy of an older vault.

    Raises NewerFormat for a later version, and StoreError when there is no room for the copy.
    """
    version = _version(vault, steps)
    if version == len(steps):
        return
    if not vault.writable:
        raise Unreadable(f"the vault {vault.path} is incomplete and read-only", "make its folder writable once")
    if version:
        from optout.store import backup

        backup.before_upgrade(vault, len(steps))
    bring(vault, steps)


def bring(vault: Vault, steps: Sequence[Sequence[str | Callable[[Vault], None]]] = STEPS) -> None:
    """Takes the steps that are missing, in one transaction and without a copy of what was there before."""
    with vault.transaction():
        for step in steps[_version(vault, steps) :]:  # asked again: another process may have done it meanwhile
            for statement in step:
                if callable(statement):
                    statement(vault)
                else:
                    vault.run(statement)


def _version(vault: Vault, steps: Sequence[Any]) -> int:
    version = int(vault.run("pragma user_version")[0][0])
    if version > len(steps):
        hint = "install that version or a newer one"
        raise NewerFormat(f"the vault {vault.path} was written by a newer version of optout", hint)
    return version
