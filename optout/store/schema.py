"""The tables, and the steps that bring an older vault forward. Values are JSON; days are ISO texts.

Columns are only added, at the end. A table keeps its row id, by which rows are read around a damaged page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optout.errors import NewerFormat, Unreadable

if TYPE_CHECKING:
    from optout.store.vault import Vault

SUMMARY = ("ref", "subject", "firm", "phase", "outcomes", "next_on", "next_kind", "overdue_from", "step", "opened")
"""The columns of `summary`, in order."""

_FIRST = (
    """create table subjects (
        id text primary key not null,
        json text not null,
        digest blob not null unique) strict""",  # SHA-256 of json: the same person is found without a scan
    """create table cases (
        ref text primary key not null,
        subject text not null references subjects (id),
        firm text not null,
        fingerprint text not null,
        inputs text not null,
        opened text not null,
        json text not null) strict""",
    "create index cases_by_fingerprint on cases (fingerprint)",
    "create index cases_by_subject on cases (subject)",
    """create table events (
        ref text not null references cases (ref),
        n integer not null,
        at text not null,
        kind text not null,
        on_day text not null,
        json text not null,
        primary key (ref, n)) strict""",
    """create trigger events_never_change before update on events
        begin select raise(abort, 'events are only added'); end""",
    """create table letters (
        ref text not null references cases (ref),
        id text not null,
        json text not null,
        versions text not null,
        primary key (ref, id)) strict""",
    """create table files (
        ref text not null references cases (ref),
        letter text not null,
        format text not null,
        name text not null,
        sha256 text not null,
        folder text not null,
        primary key (ref, folder, name)) strict""",
    """create table pending (
        ref text not null references cases (ref),
        folder text not null,
        temp text not null,
        final text not null,
        sha256 text not null,
        primary key (folder, temp)) strict""",
    "create index pending_by_ref on pending (ref)",
    # What `status` shows, written in the transaction of every event; knows nothing of today.
    """create table summary (
        ref text primary key not null references cases (ref),
        subject text not null,
        firm text not null,
        phase text not null,
        outcomes text not null,
        next_on text,
        next_kind text,
        overdue_from text,
        step text,
        opened text not null) strict""",
    # Holds every column, so that the soonest open cases come from the index alone, in its order.
    """create index summary_soonest on summary (
        (next_on is null), next_on, ref, subject, firm, phase, outcomes, next_kind, overdue_from, step, opened)
        where phase <> 'done'""",
    "create index summary_overdue on summary (overdue_from, ref) where phase <> 'done' and overdue_from is not null",
    "create index summary_by_firm on summary (firm)",
    "pragma user_version = 1",
)

STEPS: tuple[tuple[str, ...], ...] = (_FIRST,)
"""Step k makes version k out of version k-1; its last statement sets `user_version`. Steps are never changed."""


def prepare(vault: Vault, steps: Sequence[Sequence[str]] = STEPS) -> None:
    """Makes or brings forward the tables, each step in the one transaction. Raises NewerFormat for a later version."""
    if _version(vault, steps) == len(steps):
        return
    if not vault.writable:
        raise Unreadable(f"the vault {vault.path} is incomplete and read-only", "make its folder writable once")
    with vault.transaction():
        for step in steps[_version(vault, steps) :]:  # asked again: another process may have done it meanwhile
            for statement in step:
                vault.run(statement)


def _version(vault: Vault, steps: Sequence[Sequence[str]]) -> int:
    version = int(vault.run("pragma user_version")[0][0])
    if version > len(steps):
        hint = "install that version or a newer one"
        raise NewerFormat(f"the vault {vault.path} was written by a newer version of optout", hint)
    return version
