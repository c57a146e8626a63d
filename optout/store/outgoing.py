"""What leaves the vault for an export: counted first, then read case by case, all of it as of one moment."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from optout.store import batchrows
from optout.store.finding import summary_row
from optout.store.plain import Plain, dump
from optout.store.vault import Vault


class Chosen(NamedTuple):
    """Which cases; an empty tuple leaves none out."""

    refs: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    firms: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        return not (self.refs or self.profiles or self.firms)

    def where(self) -> tuple[str, list[str]]:
        """The condition on the row `c` of a case, with its bindings. It names only what was chosen, so that each part
        has an index that serves it."""
        parts = [(name, part) for name, part in zip(("ref", "profile", "firm"), self, strict=True) if part]
        sql = " and ".join(f"c.{name} in (select value from json_each(?))" for name, _ in parts)
        return sql or "true", [json.dumps(list(part)) for _, part in parts]


def statements(chosen: Chosen) -> dict[str, str]:
    """What counts and names the parts of an export; apart, so that their plans can be asked for."""
    where, _ = chosen.where()
    used = f"select c.profile from cases c where {where}"
    return {
        "profiles": f"select count(*) from profiles where id in ({used})",
        "subjects": f"select count(distinct c.subject) from cases c where {where}",
        "cases": f"select count(*) from cases c where {where}",
        "evidence": f"select count(*) from cases c join evidence e on e.ref = c.ref where {where}",
        "people": f"select distinct c.subject from cases c where {where} order by c.subject",
        "refs": f"select c.ref from cases c where {where} order by c.rowid",
        "named": f"select id, json from profiles where id in ({used}) order by id",
    }


COUNTED = ("profiles", "subjects", "cases", "evidence")


def counts(vault: Vault, chosen: Chosen, evidence: bool) -> dict[str, int]:
    """How many lines of each type `lines` will give."""
    sql, bindings = statements(chosen), chosen.where()[1]
    found = {name: int(vault.run(sql[name], bindings)[0][0]) for name in COUNTED}
    if chosen.everything:  # people kept without a case yet belong to everything
        found["profiles"] = int(vault.run("select count(*) from profiles")[0][0])
    return found if evidence else {**found, "evidence": 0}


def lines(vault: Vault, chosen: Chosen, evidence: bool) -> Iterator[Plain]:
    """Each line as a plain value: profiles, then people, then each case with its kept files. `drp` is left to the caller.

    The order is that in which cases were opened in this vault, so that the same state gives the same lines. To be
    used inside `vault.reading()`.
    """
    sql, bindings = statements(chosen), chosen.where()[1]
    everyone = "select id, json from profiles order by id"
    for ident, person in vault.run(everyone) if chosen.everything else vault.run(sql["named"], bindings):
        yield {"type": "profile", "id": ident, "person": json.loads(person)}
    for (ident,) in vault.run(sql["people"], bindings):
        for (person,) in vault.run("select json from subjects where id = ?", (ident,)):
            yield {"type": "subject", "id": ident, "person": json.loads(person)}
    for (ref,) in vault.run(sql["refs"], bindings):
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
        "batch": batchrows.row_of(vault, ref),
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
    """What a spreadsheet lists of each case, in the order of `lines`, with its running `dates`."""
    names = ("ref", "firm", "opened", "phase", "outcomes", "next_on", "next_kind", "overdue_from", "dates")
    sql = f"""select {", ".join(f"s.{name}" for name in names)},
        json_extract(c.json, '$.firm_name'), json_extract(c.json, '$.place'), json_extract(p.json, '$.name')
        from cases c join summary s on s.ref = c.ref join subjects p on p.id = c.subject where c.ref = ?"""
    for (ref,) in vault.run(statements(chosen)["refs"], chosen.where()[1]):
        for row in vault.run(sql, (ref,)):
            yield summary_row(row, (*names, "firm_name", "place", "name"))
