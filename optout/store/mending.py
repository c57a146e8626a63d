"""From what could be read of a damaged vault, and its backup, to a vault that is whole.

The chain decides: a case is whole when every event, the case, its letters and its files are what was written. One that
is not is completed from the backup, and what is taken from there counts only if the chain then holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import apsw

from optout.store import cases, salvage
from optout.store.salvage import Table, Values
from optout.store.vault import Vault

Refold = Callable[[Vault, str], Mapping[str, Any] | None]
"""The summary of a case computed from its events; None when they do not let it."""

PARTS = ("evidence", "pending", "files", "letters", "events", "summary")
"""The tables that belong to a case."""
TAKEN = ("cases", "events", "letters", "files", "evidence")
"""What the backup can give back of a case; files on their way are of the past, and the summary is computed."""
COMPUTED = ("summary", "running", "pending")
"""Nothing is lost with these: two are computed from the events, one is of files written long ago."""
BROKEN = "a part of this case was lost: optout show {ref} --verify"
"""The step of a case that is not whole."""
LOST_PERSON = "(lost)"


class Losses(NamedTuple):
    """What could not be read."""

    keys: dict[str, list[dict[str, Any]]]
    """Table to the keys of rows that an index names and that could not be read."""
    unnamed: list[str]
    """Tables of which rows could not be read and nothing names them."""


def fill(vault: Vault, damaged: apsw.Connection, tables: Sequence[Table]) -> Losses:
    """Copies every row that can be read into the same tables of an empty vault of the same version."""
    losses = Losses({}, [])
    ours = {name for (name,) in vault.run("select name from sqlite_schema where type = 'table'")}
    for table in tables:
        if table.name not in ours or table.name == "running":  # triggers write that from the summary
            continue
        known, all_known = salvage.keys(damaged, table)
        tally = salvage.Tally()
        read = set()
        columns = table.columns if table.rowid else ("rowid", *table.columns)
        for rowid, values in salvage.rows(damaged, table, known, tally):
            _insert(vault, table.name, columns, values if table.rowid else (rowid, *values))
            read.add(rowid)
        lost = [dict(zip(table.key, key, strict=True)) for rowid, key in known.items() if rowid not in read]
        if lost:
            losses.keys[table.name] = lost
        if (tally.cut or tally.unread > len(lost)) and not all_known and table.name not in COMPUTED:
            losses.unnamed.append(table.name)
    return losses


def believable(vault: Vault) -> bool:
    """Whether what was read under the backup's list of tables is what was written: most chains hold, as none would if
    rows of one table had been taken for those of another."""
    refs = [str(ref) for (ref,) in vault.run("select ref from cases")]
    return sum(not cases.verify(vault, ref) for ref in refs) * 2 > len(refs)


def mend(vault: Vault, losses: Losses, reserve: Vault | None, refold: Refold) -> tuple[list[str], list[str]]:
    """Makes the vault whole again; gives what is lost and what was taken from the backup, in sentences."""
    if reserve is not None and reserve.run("pragma user_version") != vault.run("pragma user_version"):
        reserve = None
    restored = _settings(vault, losses, reserve) if reserve is not None else []
    refs = _refs(vault, losses, reserve)
    gone = []
    lacking = _lacking(losses)
    for ref in refs:
        _anchor(vault, ref, losses)
        if _whole(vault, ref) and ref not in lacking and "evidence" not in losses.unnamed:
            continue
        (before,) = vault.run("select total_changes()")
        if reserve is not None and _completed(vault, reserve, ref, losses):
            if vault.run("select total_changes()") != [before]:
                restored.append(f"{ref}: completed from the backup")
        elif not _kept(vault, ref, losses):
            gone.append(ref)
    for ref in refs:
        if ref not in gone:
            _summarise(vault, ref, refold)
    for table, rowid, *_ in vault.run("pragma foreign_key_check"):
        vault.run(f"delete from {table} where rowid = ?", (rowid,))
    lost = [f"{ref} is lost" for ref in gone]
    lost += [f"{of}: {what}" if of else what for of, what in _named(vault, losses) if of not in gone]
    if losses.unnamed:
        lost.append(f"rows of which nothing says what they were, in: {', '.join(losses.unnamed)}")
    return lost, restored


def _lacking(losses: Losses) -> set[str]:
    """The cases of which rows are lost. Where that is a file kept with an event, the chain does not tell."""
    return {str(row["ref"]) for table in TAKEN for row in losses.keys.get(table, []) if "ref" in row}


def _refs(vault: Vault, losses: Losses, reserve: Vault | None) -> list[str]:
    """The references of all cases of which anything says that they were there."""
    found = {str(row["ref"]) for rows in losses.keys.values() for row in rows if "ref" in row}
    for table in ("cases", *PARTS):
        found |= {str(ref) for (ref,) in vault.run(f"select distinct ref from {table}")}
    if reserve is not None and (losses.keys or losses.unnamed):
        found |= {str(ref) for (ref,) in reserve.run("select ref from cases")}
    return sorted(found)


def _whole(vault: Vault, ref: str) -> bool:
    case = vault.run("select s.id from cases c join subjects s on s.id = c.subject where c.ref = ?", (ref,))
    return bool(case) and not cases.verify(vault, ref)


def _settings(vault: Vault, losses: Losses, reserve: Vault) -> list[str]:
    """What belongs to no case, as the backup has it: rows are added where their key is missing."""
    restored = []
    for table in sorted({*losses.keys, *losses.unnamed} - {"cases", "subjects", *PARTS}):
        before = vault.run(f"select count(*) from {table}")
        _take(vault, reserve, table, "", ())
        if vault.run(f"select count(*) from {table}") != before:
            restored.append(f"{table}: missing rows are as the backup has them")
    return restored


def _anchor(vault: Vault, ref: str, losses: Losses) -> None:
    """Where the summary of a case is lost, a bare one: it holds where the chain ends, as far as anything tells.

    A head that is not known is "", and such a row is made anew whenever more is known.
    """
    vault.run("delete from summary where ref = ? and head = ''", (ref,))
    case = vault.run("select ref, subject, firm, opened from cases where ref = ?", (ref,))
    if not case or vault.run("select 1 from summary where ref = ?", (ref,)):
        return
    last = vault.run("select n, hash from events where ref = ? order by n desc limit 1", (ref,))
    end = (int(last[0][0]), str(last[0][1])) if last else (0, "")
    named = max((int(row["n"]) for row in losses.keys.get("events", []) if row.get("ref") == ref), default=0)
    row = dict(zip(("ref", "subject", "firm", "opened"), case[0], strict=True))
    cases.set_summary(vault, row, _BARE, (named, "") if named > end[0] else end)


def _completed(vault: Vault, reserve: Vault, ref: str, losses: Losses) -> bool:
    """Completes a case from the backup if the chain then holds: what is missing; else its letters as well.

    Where it does not hold, the events that the backup has are added all the same: the case stays marked.
    """
    for drop in ((), ("letters", "files", "cases")):
        try:
            with vault.transaction():
                for table in drop:
                    vault.run(f"delete from {table} where ref = ?", (ref,))
                _add(vault, reserve, ref, TAKEN)
                _anchor(vault, ref, losses)
                if not _whole(vault, ref):
                    raise _NotWhole
            return True
        except _NotWhole:
            continue
    _add(vault, reserve, ref, ("cases", "events"))
    if not vault.run("select 1 from letters where ref = ?", (ref,)):
        _add(vault, reserve, ref, ("letters",))
    _anchor(vault, ref, losses)
    return False


def _add(vault: Vault, reserve: Vault, ref: str, tables: Sequence[str]) -> None:
    for (subject,) in reserve.run("select subject from cases where ref = ?", (ref,)):
        _take(vault, reserve, "subjects", "where id = ?", (subject,))
    for table in tables:
        _take(vault, reserve, table, "where ref = ?", (ref,))


class _NotWhole(Exception):
    """Takes back what was tried."""


def _take(vault: Vault, reserve: Vault, table: str, where: str, bindings: Sequence[Any]) -> None:
    """Adds rows of the backup that are missing, under their row id where it is free: it tells their order."""
    columns = [str(row[1]) for row in reserve.run(f"pragma table_info({table})")]
    for row in reserve.run(f"select rowid, {', '.join(columns)} from {table} {where} order by rowid", bindings):
        if columns[0] != "id" or table != "evidence":
            _insert(vault, table, ["rowid", *columns], row)
        _insert(vault, table, columns, row[1:])


def _insert(vault: Vault, table: str, columns: Sequence[str], values: Sequence[Any] | Values) -> None:
    marks = ", ".join("?" * len(columns))
    vault.run(f"insert or ignore into {table} ({', '.join(columns)}) values ({marks})", values)


def _kept(vault: Vault, ref: str, losses: Losses) -> bool:
    """Keeps what there is of a case that is not whole, when it can be shown at all; else takes the rest away."""
    found = vault.run("select subject, json from cases where ref = ?", (ref,))
    said = [vault.run(f"select 1 from {table} where ref = ? limit 1", (ref,)) for table in ("events", "letters")]
    if not found or not any(said):
        for table in (*PARTS, "cases"):
            vault.run(f"delete from {table} where ref = ?", (ref,))
        return False
    subject, case = found[0]
    if not vault.run("select 1 from subjects where id = ?", (subject,)):
        person = {"name": LOST_PERSON, "email": LOST_PERSON, "residence": json.loads(case).get("place", "")}
        # No digest of a real person is this one, so nobody is taken for them.
        digest = hashlib.sha256(b"lost " + str(subject).encode("utf-8")).digest()
        _insert(vault, "subjects", ("id", "json", "digest"), (subject, json.dumps(person), digest))
    return True


def _summarise(vault: Vault, ref: str, refold: Refold) -> None:
    """Writes the summary of a case anew. That of a case that is not whole says so, and keeps the end of the chain as
    it was, so that the gap does not heal over."""
    ((subject, firm, opened),) = vault.run("select subject, firm, opened from cases where ref = ?", (ref,))
    (end,) = vault.run("select events, head from summary where ref = ?", (ref,))
    summary = dict(refold(vault, ref) or _BARE)
    if not _whole(vault, ref):
        summary["step"] = BROKEN.format(ref=ref)
        if summary["phase"] == "done":  # finished cases are not listed
            summary["phase"] = _BARE["phase"]
    case = {"ref": ref, "subject": subject, "firm": firm, "opened": opened}
    cases.set_summary(vault, case, summary, (int(end[0]), str(end[1])))


def _named(vault: Vault, losses: Losses) -> Iterator[tuple[str, str]]:
    """The case, or "", and a sentence for each row that is lost and still missing."""
    for table, rows in sorted(losses.keys.items()):
        for row in rows:
            where = " and ".join(f"{column} = ?" for column in row)
            ((there,),) = vault.run(f"select count(*) from {table} where {where}", tuple(row.values()))
            if not there and table in _SENTENCES:
                yield str(row.get("ref", "")), _SENTENCES[table].format(**row)
    yield from (
        (str(ref), "the person's data are lost; the letters still hold them")
        for (ref,) in vault.run(
            "select c.ref from cases c join subjects s on s.id = c.subject where json_extract(s.json, '$.name') = ?",
            (LOST_PERSON,),
        )
    )


_BARE: dict[str, Any] = {"phase": "answer_needed", "outcomes": {}}
_SENTENCES = {
    "cases": "the case is lost",
    "events": "its event {n} is lost",
    "letters": "its letter '{id}' is lost",
    "evidence": "a file kept with its event {n} is lost",
    "profiles": "the profile {id} is lost",
}
