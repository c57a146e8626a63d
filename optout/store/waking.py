"""What the person is to look at, for `remind`: groups of open cases, each read from an index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from optout.store.finding import summary_row
from optout.store.vault import Vault

GROUPS = ("overdue", "due", "to_classify", "held", "to_decide", "asleep")
"""In this order; a case stands in the first that fits."""
COLUMNS = ("ref", "firm", "phase", "next_on", "next_kind", "act_on", "held_from", "quiet_from", "step", "late_step")
MORE = {"overdue": ("dates",), "due": ("dates", "day"), "held": ("held_letter",)}
"""What the rows of some groups have beside COLUMNS."""

# Dates of these days; those that have passed but are not late yet, since receipt is only estimated or a holiday may move
# the day; and, for a clock that cannot be trusted, whatever would be overdue.
# The earliest comes first, and of several dates of a case it is the one that stays.
_DUE = """insert or ignore into temp.due (ref, day)
    select ref, day from running where day >= date(:today, '-31 days') and day < :today and overdue_from > :today
        and (act_on is null or act_on > :late)
    union all
    select ref, day from running where day >= :today and day <= :until and (act_on is null or act_on > :late)
    {also}
    order by day, ref"""
_UNSURE = """union all
        select ref, act_on from summary where phase <> 'done' and act_on is not null and act_on <= :until"""
_NOT_YET = "(act_on is null or act_on > :late) and ref not in (select ref from temp.due)"
_NOT_HELD = "(held_from is null or held_from > :today)"
_FROM = {
    "overdue": "summary where phase <> 'done' and act_on is not null and act_on <= :late",
    "due": "temp.due cross join summary using (ref) where phase <> 'done'",
    "to_classify": f"summary where phase <> 'done' and awaits is not null and awaits = 'classify' and {_NOT_YET}",
    "held": f"""summary where phase <> 'done' and held_from is not null and held_from <= :today
        and (awaits is null or awaits <> 'classify') and {_NOT_YET}""",
    "to_decide": f"""summary where phase <> 'done' and awaits is not null and awaits = 'decide'
        and {_NOT_HELD} and {_NOT_YET}""",
    "asleep": f"""summary where phase <> 'done' and quiet_from is not null and quiet_from <= :late
        and awaits is null and {_NOT_HELD} and {_NOT_YET}""",
}
_ORDER = {
    "overdue": "act_on, ref",
    "due": "place",
    "to_classify": "next_on is null, next_on, ref",
    "held": "held_from, ref",
    "to_decide": "next_on is null, next_on, ref",
    "asleep": "quiet_from, ref",
}


class Group(NamedTuple):
    """Cases of one group, soonest first."""

    rows: list[dict[str, Any]]
    total: int
    """How many there are without the limit."""
    batches: dict[str, int]
    """How many of them each batch has; where they are counted apart, beside those."""


def groups(
    vault: Vault,
    *,
    today: str,
    until: str,
    sure: bool = True,
    firm: str | None = None,
    profile: str | None = None,
    batch: str | None = None,
    apart: bool = False,
    limit: int | None = 20,
    most_counted: int = -1,
) -> dict[str, Group]:
    """Open cases by what they call for, at most `limit` of each group (None: all). Days are ISO texts.

    `until` is the last day of what counts as due soon. When it is not `sure` that today is today, nothing is overdue or
    asleep, and what would be overdue stands under `due`. With `apart`, cases of batches are counted by batch and not
    listed. Rows have the columns of COLUMNS and MORE. Counting stops at
    `most_counted` (-1: never).
    """
    values = {
        "today": today,
        "until": until,
        "late": today if sure else "",
        "firm": firm,
        "profile": profile,
        "batch": batch,
    }
    found = {}
    with vault.reading():
        collect(vault, values)
        several = batch is None and bool(vault.run("select 1 from batches limit 1"))
        apart = apart and several
        for name in GROUPS:
            listing, counting = statements(name, firm is not None, profile is not None, batch is not None, apart)
            columns = (*COLUMNS, *MORE.get(name, ()))
            most = -1 if limit is None else limit
            rows = [summary_row(row, columns) for row in vault.run(listing, {**values, "most": most})]
            # Only a list that was cut is counted.
            count = len(rows) if len(rows) != limit else vault.run(counting, {**values, "most": most_counted})[0][0]
            of_batches = vault.run(by_batch(name, firm is not None, profile is not None), values) if several else []
            found[name] = Group(rows, count, dict(of_batches))
    return found


def collect(vault: Vault, values: dict[str, Any]) -> None:
    """Puts what is due in the days asked for aside, in memory, since four other groups leave it out."""
    vault.run("drop table if exists temp.due")
    vault.run("create temp table due (place integer primary key, ref text not null unique, day text not null)")
    vault.run(due(bool(values["late"])), values)


def due(sure: bool) -> str:
    """The statement that puts aside what is due."""
    return _DUE.format(also="" if sure else _UNSURE)


def by_batch(name: str, firm: bool, profile: bool) -> str:
    """The statement that counts a group by batch, the largest first."""
    start = f"select ref from {_chosen(name, firm, profile)}"
    return (
        f"select batch, count(*) from batch_cases where ref in ({start}) group by batch order by count(*) desc, batch"
    )


def _chosen(name: str, firm: bool, profile: bool) -> str:
    start = _FROM[name]
    start += " and firm = :firm" if firm else ""
    return start + (" and ref in (select ref from cases where profile = :profile)" if profile else "")


def statements(name: str, firm: bool, profile: bool, batch: bool = False, apart: bool = False) -> tuple[str, str]:
    """The statements that list and count a group; by themselves, so that their plans can be asked for."""
    start = _chosen(name, firm, profile)
    start += " and ref in (select ref from batch_cases where batch = :batch)" if batch else ""
    start += " and ref not in (select ref from batch_cases)" if apart else ""
    shown = ", ".join((*COLUMNS, *MORE.get(name, ())))
    listing = f"select {shown} from {start} order by {_ORDER[name]} limit :most"
    if name == "due" and not (firm or profile or batch or apart):
        start = "temp.due"  # counted without reading their rows
    return listing, f"select count(*) from (select 1 from {start} limit :most)"


def running(vault: Vault, *, firm: str | None = None, profile: str | None = None) -> Iterable[dict[str, Any]]:
    """Every open case that has a date: ref, firm, dates, events, and the moment of its latest event."""
    sql = calendar(firm is not None, profile is not None)
    columns = ("ref", "firm", "dates", "events", "at")
    rows = vault.run(sql, {"firm": firm, "profile": profile})
    return (summary_row(row, columns) for row in rows)


def calendar(firm: bool, profile: bool) -> str:
    """The statement of `running`; apart, so that its plan can be asked for."""
    sql = """select ref, firm, dates, events, (select at from events e where e.ref = s.ref order by n desc limit 1)
        from summary s where phase <> 'done' and dates <> '[]'"""
    sql += " and firm = :firm" if firm else ""
    sql += " and ref in (select ref from cases where profile = :profile)" if profile else ""
    return sql + " order by ref"
