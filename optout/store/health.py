"""Whether an open vault is whole: its pages, what refers to what, the chain of every case, and its days."""

from __future__ import annotations

from collections.abc import Iterator

from optout.errors import StoreError, Unreadable
from optout.findings import Finding, error, note, warning
from optout.store import cases
from optout.store.vault import BACKUP_DAY, Vault

REPAIR = "to save what can be read: optout doctor --repair"


def look(vault: Vault, now: str) -> list[Finding]:
    """What is wrong, the worst first. `now` is the moment in UTC, as in the events. Never raises StoreError."""
    found: list[Finding] = []
    for check in (_pages, _references, _chains, _days, _writable):
        try:
            found += check(vault, now)
        except Unreadable:
            found.append(_damaged(vault))
        except StoreError as failure:
            found.append(error("vault.unread", str(failure), failure.hint))
    return sorted(set(found), key=lambda finding: (finding.severity != "error", finding.id, finding.sentence))


def _damaged(vault: Vault) -> Finding:
    return error("vault.page", f"a part of {vault.path} is damaged", REPAIR)


def _pages(vault: Vault, now: str) -> Iterator[Finding]:
    if vault.run("pragma integrity_check(1)") != [("ok",)]:
        yield _damaged(vault)


def _references(vault: Vault, now: str) -> Iterator[Finding]:
    for table, rowid, parent, _ in vault.run("pragma foreign_key_check"):
        yield error("vault.reference", f"row {rowid} of {table} names a row of {parent} that is not there", REPAIR)


def _chains(vault: Vault, now: str) -> Iterator[Finding]:
    for (ref,) in vault.run("select ref from cases order by ref"):
        try:
            complaints = cases.verify(vault, ref)
        except Unreadable:
            complaints = ["a part of it cannot be read"]
        for complaint in complaints:
            yield error("vault.case", f"{ref}: {complaint}", f"to see it: optout show {ref}")
    for (ref,) in vault.run("select ref from cases where ref not in (select ref from summary)"):
        yield error("vault.summary", f"{ref} is missing in the list of cases", REPAIR)


def _days(vault: Vault, now: str) -> Iterator[Finding]:
    """R-10: whoever computes dates with a wrong clock is told before they rely on them."""
    from datetime import datetime, timedelta

    (last,) = vault.run("select max(at) from events")[0]
    if last and datetime.fromisoformat(now) < datetime.fromisoformat(last) - timedelta(hours=1):
        sentence = f"this computer's clock says {now[:10]}, but the last entry is of {last[:10]}"
        yield warning("clock.behind", sentence, "set the clock; until then dates may be wrong")
    day = vault.meta(BACKUP_DAY)
    if day:
        yield note("backup.day", f"the newest backup holds the cases as they were before the first change of {day}")


def _writable(vault: Vault, now: str) -> Iterator[Finding]:
    if not vault.writable:
        yield warning("vault.readonly", f"{vault.path} is read-only: cases can be read, not changed")
