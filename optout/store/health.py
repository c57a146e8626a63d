"""Whether an open vault is whole: its pages, what refers to what, the chain of every case, and its days."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from optout.errors import StoreError, Unreadable
from optout.findings import Finding, error, note, warning
from optout.store import cases
from optout.store.finding import summary_row
from optout.store.mending import Refold
from optout.store.schema import SUMMARY, WAKING
from optout.store.vault import BACKUP_DAY, Vault

REPAIR = "to save what can be read: optout doctor --repair"


def look(vault: Vault, now: str, refold: Refold) -> list[Finding]:
    """What is wrong, the worst first. `now` is the moment in UTC, as in the events; `refold` gives a case's summary.

    Never raises StoreError.
    """
    found: list[Finding] = []
    checks = (_pages, _references, _chains, partial(_summaries, refold=refold), partial(_days, now=now), _writable)
    for check in checks:
        try:
            found += check(vault)
        except Unreadable:
            found.append(_damaged(vault))
        except StoreError as failure:
            found.append(error("vault.unread", str(failure), failure.hint))
    return sorted(set(found), key=lambda finding: (finding.severity != "error", finding.id, finding.sentence))


def _damaged(vault: Vault) -> Finding:
    return error("vault.page", f"a part of {vault.path} is damaged", REPAIR)


def _pages(vault: Vault) -> Iterator[Finding]:
    if vault.run("pragma integrity_check(1)") != [("ok",)]:
        yield _damaged(vault)


def _references(vault: Vault) -> Iterator[Finding]:
    for table, rowid, parent, _ in vault.run("pragma foreign_key_check"):
        yield error("vault.reference", f"row {rowid} of {table} names a row of {parent} that is not there", REPAIR)


def _chains(vault: Vault) -> Iterator[Finding]:
    for (ref,) in vault.run("select ref from cases order by ref"):
        try:
            complaints = cases.verify(vault, ref)
        except Unreadable:
            complaints = ["a part of it cannot be read"]
        for complaint in complaints:
            yield error("vault.case", f"{ref}: {complaint}", f"to see it: optout show {ref}")


def _summaries(vault: Vault, refold: Refold) -> Iterator[Finding]:
    """What `status` lists is what the events say."""
    columns = [name for name in SUMMARY + WAKING if name not in ("ref", "subject", "firm", "opened", "events", "head")]
    for (ref,) in vault.run("select ref from cases order by ref"):
        rows = vault.run(f"select {', '.join(columns)} from summary where ref = ?", (ref,))
        if not rows:
            yield error("vault.summary", f"{ref} is missing in the list of cases", REPAIR)
        elif not cases.verify(vault, ref):
            stored, fresh = summary_row(rows[0], columns), refold(vault, ref)
            if fresh is not None and any(stored[name] != fresh.get(name, _EMPTY.get(name)) for name in columns):
                yield error("vault.summary", f"{ref} is listed otherwise than its events say", REPAIR)


_EMPTY: dict[str, Any] = {"outcomes": {}, "dates": []}


def _days(vault: Vault, now: str) -> Iterator[Finding]:
    """Whoever computes dates with a wrong clock is told before they rely on them."""
    from datetime import datetime, timedelta

    (last,) = vault.run("select max(at) from events")[0]
    if last and datetime.fromisoformat(now) < datetime.fromisoformat(last) - timedelta(hours=1):
        sentence = f"this computer's clock says {now[:10]}, but the last entry is of {last[:10]}"
        yield warning("clock.behind", sentence, "set the clock; until then dates may be wrong")
    day = vault.meta(BACKUP_DAY)
    if day:
        yield note("backup.day", f"the newest backup holds the cases as they were before the first change of {day}")


def _writable(vault: Vault) -> Iterator[Finding]:
    if not vault.writable:
        yield warning("vault.readonly", f"{vault.path} is read-only: cases can be read, not changed")
