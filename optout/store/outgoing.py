"""What leaves the vault for an export: counted first, then read a page at a time, all of it as of one moment."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from optout.store.plain import Plain, dump
from optout.store.vault import Vault

PAGE = 200
"""Cases read at a time."""


class Chosen(NamedTuple):
    """Which cases; an empty tuple leaves none out."""

    refs: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    firms: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        return not (self.refs or self.profiles or self.firms)

    def bindings(self) -> list[str | None]:
        return [json.dumps(list(part)) if part else None for part in self for _ in range(2)]


_CHOSEN = """(? is null or c.ref in (select value from json_each(?)))
    and (? is null or c.profile in (select value from json_each(?)))
    and (? is null or c.firm in (select value from json_each(?)))"""


def counts(vault: Vault, chosen: Chosen, evidence: bool) -> dict[str, int]:
    """How many lines of each type `lines` will give."""
    used = f"select c.profile from cases c where {_CHOSEN}"
    statements = {
        "profiles": f"select count(*) from profiles where id in ({used})",
        "subjects": f"select count(distinct c.subject) from cases c where {_CHOSEN}",
        "cases": f"select count(*) from cases c where {_CHOSEN}",
        "evidence": f"select count(*) from evidence e join cases c on c.ref = e.ref where {_CHOSEN}",
    }
    found = {name: int(vault.run(sql, chosen.bindings())[0][0]) for name, sql in statements.items()}
    if chosen.everything:  # people kept without a case yet belong to everything
        found["profiles"] = int(vault.run("select count(*) from profiles")[0][0])
    return found if evidence else {**found, "evidence": 0}


def lines(vault: Vault, chosen: Chosen, evidence: bool) -> Iterator[Plain]:
    """Each line as a plain value: profiles, then people, then each case with its kept files. `drp` is left to the caller.

    The order is that in which cases were opened in this vault, so that the same state gives the same lines. To be
    used inside `vault.reading()`.
    """
    used = f"id in (select c.profile from cases c where {_CHOSEN})"
    where, bindings = ("1", []) if chosen.everything else (used, chosen.bindings())
    for ident, person in vault.run(f"select id, json from profiles where {where} order by id", bindings):
        yield {"type": "profile", "id": ident, "person": json.loads(person)}
    yield from _subjects(vault, chosen)
    sql = f"select c.rowid, c.ref from cases c where c.rowid > ? and {_CHOSEN} order by c.rowid limit {PAGE}"
    after = -(1 << 62)
    while page := vault.run(sql, [after, *chosen.bindings()]):
        for after, ref in page:  # noqa: B007 (the next page begins there)
            yield case_line(vault, ref)
            if evidence:
                yield from _evidence(vault, ref)


def case_line(vault: Vault, ref: str) -> Plain:
    """The line of one case."""
    select = "select json, subject, profile, fingerprint, inputs from cases where ref = ?"
    case, subject, profile, fingerprint, inputs = vault.run(select, (ref,))[0]
    events = vault.run("select n, at, json, closed, content, hash from events where ref = ? order by n", (ref,))
    letters = vault.run("select id, language, json, versions from letters where ref = ? order by rowid", (ref,))
    files = vault.run("select letter, format, name, sha256, folder from files where ref = ? order by rowid", (ref,))
    line = {
        "type": "case",
        "case": json.loads(case),
        "subject": subject,
        "profile": profile,
        "fingerprint": fingerprint,
        "inputs": inputs,
        "events": [_event(*row) for row in events],
        "letters": [
            {"id": ident, "language": language, "letter": json.loads(letter), "versions": json.loads(versions)}
            for ident, language, letter, versions in letters
        ],
        "files": [dict(zip(("letter", "format", "name", "sha256", "folder"), row, strict=True)) for row in files],
    }
    return {key: value for key, value in line.items() if value is not None}


def changed(line: Mapping[str, Any]) -> bool:
    """Whether the chain of a case line does not hold: it is not as it was written, and no import takes it."""
    from optout import chain

    letters = sorted(line["letters"], key=lambda x: (x["id"], x["language"]))
    frozen = [(x["id"], x["language"], dump(x["letter"]), dump(x["versions"])) for x in letters]
    links = [
        chain.Link(row["n"], row["at"], dump(row["event"]), dump(row["closed"]) if row.get("closed") else "",
                   row.get("content", ""), row["hash"])
        for row in line["events"]
    ]  # fmt: skip
    return bool(chain.broken(line["case"]["ref"], links, chain.content(dump(line["case"]), frozen)))


def _event(n: int, at: str, event: str, closed: str, content: str, link: str) -> Plain:
    row: Plain = {"n": n, "at": at, "event": json.loads(event)}
    if closed:
        row["closed"] = json.loads(closed)
    if content:
        row["content"] = content
    return {**row, "hash": link}


def _subjects(vault: Vault, chosen: Chosen) -> Iterator[Plain]:
    sql = f"""select s.id, s.json from subjects s
        where s.id > ? and exists (select 1 from cases c where c.subject = s.id and {_CHOSEN}) order by s.id limit {PAGE}"""
    after = ""
    while page := vault.run(sql, [after, *chosen.bindings()]):
        for after, person in page:
            yield {"type": "subject", "id": after, "person": json.loads(person)}


def _evidence(vault: Vault, ref: str) -> Iterator[Plain]:
    """One at a time: a kept file may have 25 MiB."""
    for (ident,) in vault.run("select id from evidence where ref = ? order by id", (ref,)):
        n, name, sha256, size, data = vault.run(
            "select n, name, sha256, size, data from evidence where id = ?", (ident,)
        )[0]
        encoded = base64.b64encode(data).decode("ascii")
        yield {
            "type": "evidence", "ref": ref, "n": n, "name": name, "sha256": sha256, "size": size, "data": encoded,
        }  # fmt: skip


def overview(vault: Vault, chosen: Chosen) -> Iterator[Plain]:
    """What a spreadsheet lists of each case, in the order of `lines`."""
    names = ("ref", "firm", "opened", "phase", "outcomes", "next_on", "next_kind", "overdue_from")
    sql = f"""select c.rowid, {", ".join(f"s.{name}" for name in names)},
        json_extract(c.json, '$.firm_name'), json_extract(c.json, '$.place'), json_extract(p.json, '$.name')
        from cases c join summary s on s.ref = c.ref join subjects p on p.id = c.subject
        where c.rowid > ? and {_CHOSEN} order by c.rowid limit {PAGE}"""
    after = -(1 << 62)
    while page := vault.run(sql, [after, *chosen.bindings()]):
        for after, *row in page:  # noqa: B007
            plain = dict(zip((*names, "firm_name", "place", "name"), row, strict=True))
            yield {**plain, "outcomes": json.loads(plain["outcomes"])}
