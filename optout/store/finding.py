"""Finding cases: by what the user typed of a reference or asked for before, and the lists that `status` and `remind` show."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from optout.errors import NotFound
from optout.store.schema import SUMMARY
from optout.store.vault import Vault

SHORTEST = 4
"""Signs of a reference that are enough, when no other case begins with them."""

LISTS = "optout status --all lists the cases"

_ROW = ", ".join(SUMMARY)
_SOONEST = "order by next_on is null, next_on, ref limit ?"
_LATEST = "order by overdue_from, ref limit ?"
_LATE = "phase <> 'done' and overdue_from is not null and overdue_from <= ?"


def summaries(
    vault: Vault,
    *,
    all: bool = False,
    firm: str | None = None,
    profile: str | None = None,
    overdue_on: str | None = None,
    batch: str | None = None,
    place: str | None = None,
    limit: int | None = 50,
) -> list[dict[str, Any]]:
    """Summary rows (the columns of SUMMARY), soonest first, those without a date last.

    Only open cases, unless `all`; only of `firm`, `profile`, `batch` or `place` (their ids); with `overdue_on` (an ISO day) only open
    ones in which the firm is late on that day, the latest first. `limit` None means every row.
    """
    sql, bindings = query(all, firm, profile, overdue_on, batch, place)
    return [summary_row(row) for row in vault.run(sql, (*bindings, -1 if limit is None else limit))]


def late_steps(vault: Vault, refs: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    """For each of these cases what to do once somebody is late, and the day from which."""
    sql = "select ref, late_step, act_on from summary where ref in (select value from json_each(?))"
    return {ref: (late_step, act_on) for ref, late_step, act_on in vault.run(sql, (json.dumps(list(refs)),))}


def addressees(vault: Vault, refs: Sequence[str]) -> dict[str, str]:
    """To whom the letters of each of these cases go, where the user named somebody: a client, or a firm without a
    profile. Reads the cases themselves, so it is asked for those that are shown."""
    sql = """select ref, json_extract(json, '$.to.name') from cases
        where ref in (select value from json_each(?)) and json_extract(json, '$.to.name') is not null"""
    return {str(ref): str(name) for ref, name in vault.run(sql, (json.dumps(list(refs)),))}


def summary_row(row: Sequence[Any], columns: Sequence[str] = SUMMARY) -> dict[str, Any]:
    """A row of `summary` with its lists and tables as values."""
    plain = dict(zip(columns, row, strict=True))
    for name in ("outcomes", "dates"):
        if name in plain:
            plain[name] = json.loads(plain[name])
    return plain


def query(
    all: bool,
    firm: str | None,
    profile: str | None,
    overdue_on: str | None,
    batch: str | None = None,
    place: str | None = None,
) -> tuple[str, tuple[str, ...]]:
    """The statement of `summaries` and its bindings without the limit; apart, so that its plan can be asked for.

    Conditions are constants: the planner then knows which index serves which.
    """
    wanted: list[tuple[str, str | None]] = []
    if overdue_on is not None:
        wanted.append((_LATE, overdue_on))
    elif not all:
        wanted.append(("phase <> 'done'", None))
    if firm is not None:
        wanted.append(("firm = ?", firm))
    if profile is not None:
        wanted.append(("ref in (select ref from cases where profile = ?)", profile))
    if batch is not None:
        wanted.append(("ref in (select ref from batch_cases where batch = ?)", batch))
    if place is not None:
        wanted.append(("ref in (select ref from cases where json_extract(json, '$.place') = ?)", place))
    conditions = f"where {' and '.join(sql for sql, _ in wanted)}" if wanted else ""
    order = _SOONEST if overdue_on is None else _LATEST
    return f"select {_ROW} from summary {conditions} {order}", tuple(value for _, value in wanted if value is not None)


BY = ("batch", "firm", "place")
"""By what open cases are counted together."""
_KEY = {
    "batch": "coalesce((select batch from batch_cases b where b.ref = s.ref), '')",
    "firm": "s.firm",
    "place": "(select json_extract(json, '$.place') from cases c where c.ref = s.ref)",
}


def counted(vault: Vault, by: str, today: str, everything: bool) -> list[dict[str, Any]]:
    """How many cases stand where, by batch, firm or place: id, cases, phases, overdue (on that day), next_on."""
    rows = vault.run(
        f"""select {_KEY[by]}, phase, count(*), sum(phase <> 'done' and overdue_from is not null and overdue_from <= ?),
        min(next_on) from summary s where ? or phase <> 'done' group by 1, 2 order by 1, 2""",
        (today, everything),
    )
    found: dict[str, dict[str, Any]] = {}
    for ident, phase, count, overdue, next_on in rows:
        one = found.setdefault(str(ident), {"id": ident, "cases": 0, "phases": {}, "overdue": 0, "next_on": None})
        one["cases"] += count
        one["phases"][phase] = count
        one["overdue"] += overdue
        one["next_on"] = min(filter(None, (one["next_on"], next_on)), default=None)
    return list(found.values())


def resolve(vault: Vault, text: str) -> str:
    """The reference meant by what was typed or read off a letter.

    Any case, with or without the hyphen, I and L for 1, O for 0; a beginning is enough if it has four signs and no
    other case begins with it. Raises NotFound with the nearest references.
    """
    signs = canonical(text)
    if not signs:
        raise NotFound("case", text, hint=LISTS)
    start = f"{signs[:4]}-{signs[4:]}" if len(signs) > 4 else signs
    rows = vault.run("select ref from cases where ref >= ? and ref < ? order by ref limit 4", (start, start + "\x7f"))
    refs = [str(ref) for (ref,) in rows]
    if start in refs or (len(refs) == 1 and len(signs) >= SHORTEST):
        return start if start in refs else refs[0]
    if refs:
        hint = f"it is the beginning of {' and '.join(refs[:3])}"
        raise NotFound("case", text, near=refs[:3], hint=hint)
    near = _near(vault, signs)
    raise NotFound("case", text, near=near, hint="" if near else LISTS)


def same_demands(
    vault: Vault,
    fingerprint: str,
    profile: str | None,
    firm: str,
    kinds: Collection[str],
    to: str = "",
    before: str = "",
) -> list[dict[str, Any]]:
    """The cases of the same person, firm and demands, oldest first: ref, inputs, phase, profile, and whether any was
    sent. The same person is who has the fingerprint, or the profile: its name, e-mail and place may have changed.
    `to` is the name of the addressee where the user gave one, `before` the fingerprint that older versions kept."""
    from optout.naming import folded  # the lists of this file need no names

    rows = vault.run(
        """select c.ref, c.inputs, s.phase, c.profile,
            s.phase <> 'draft' and exists (select 1 from events e where e.ref = c.ref and e.kind = 'sent'),
            c.fingerprint, s.outcomes,
            coalesce(json_extract(c.json, '$.to.name'), '')
        from cases c join summary s on s.ref = c.ref
        where c.fingerprint = ? or c.fingerprint = ? or (c.profile = ? and c.firm = ?)
        order by c.opened, c.rowid""",
        (fingerprint, before or fingerprint, profile, firm),
    )
    return [
        {"ref": ref, "inputs": inputs, "phase": phase, "profile": of, "sent": bool(sent)}
        for ref, inputs, phase, of, sent, mark, outcomes, name in rows
        if mark in (fingerprint, before) or (set(json.loads(outcomes)) == set(kinds) and folded(name) == folded(to))
    ]


def addressee(vault: Vault, firm: str) -> dict[str, Any] | None:
    """Of the newest case with a firm without a profile: `to` and, where the user gave one, `firm_kind`."""
    rows = vault.run(
        """select json_extract(json, '$.to'), json_extract(json, '$.firm_kind') from cases
        where firm = ? and json_extract(json, '$.to') is not null order by opened desc, rowid desc limit 1""",
        (firm,),
    )
    return {"to": json.loads(rows[0][0]), "firm_kind": rows[0][1]} if rows else None


def canonical(text: str) -> str:
    """The signs of a reference as they are stored, without the hyphen."""
    return "".join(text.split()).replace("-", "").upper().translate({ord("I"): "1", ord("L"): "1", ord("O"): "0"})


def _near(vault: Vault, signs: str) -> list[str]:
    """Up to three references with at most two other signs. Reads all of them; only a mistyped one comes here."""
    found = []
    for (ref,) in vault.run("select ref from cases"):
        other = ref.replace("-", "")
        wrong = sum(a != b for a, b in zip(other, signs, strict=False)) + max(0, len(signs) - len(other))
        if wrong <= 2 and len(signs) > wrong + 1:
            found.append((wrong, ref))
    return [ref for _, ref in sorted(found)[:3]]
