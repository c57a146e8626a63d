"""What an import brings, put beside what the vault holds. Values were checked before; nothing here reads a file.

A case is told by its chain: the same hashes are the same history, and of two histories of which one begins with the
other the longer one stands. To be used inside one transaction.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from optout.store import batchrows
from optout.store.cases import set_summary
from optout.store.plain import Plain, dump
from optout.store.vault import Vault

KEEPS_NETWORK_NAMES = os.name != "nt"
"""On Windows, to look at a folder named `\\\\server\\...` is to call that server, so none is taken from a file."""
Placed = Literal["new", "longer", "same", "older", "diverged"]
"""`older`: the vault has the longer history, which stays."""


class Placing(NamedTuple):
    """What became of a case."""

    how: Placed
    had: int
    """Events that were there before."""
    left: Sequence[str] = ()
    """Files of an earlier draft that the vault no longer knows of."""


def place_profile(vault: Vault, ident: str, person: Plain) -> Placed:
    """Adds a profile; `diverged`: the id belongs to other data, which stay."""
    found = vault.run("select json from profiles where id = ?", (ident,))
    if found:
        return "same" if json.loads(found[0][0]) == person else "diverged"
    vault.run("insert into profiles (id, json) values (?, ?)", (ident, dump(person)))
    return "new"


def has_profile(vault: Vault, ident: str) -> bool:
    return bool(vault.run("select 1 from profiles where id = ?", (ident,)))


def place_subject(vault: Vault, ident: str, person: Plain, new_id: Callable[[], str]) -> tuple[str, bool]:
    """The id under which the vault holds a person, and whether they are new to it. The same data are the same person;
    `ident` is kept where it is free."""
    text = dump(person)
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    found = vault.run("select id from subjects where digest = ?", (digest,))
    if found:
        return str(found[0][0]), False
    while vault.run("select 1 from subjects where id = ?", (ident,)):
        ident = new_id()
    vault.run("insert into subjects (id, json, digest) values (?, ?, ?)", (ident, text, digest))
    return ident, True


def drop_unused(vault: Vault, idents: Sequence[str]) -> None:
    """Removes those of the people for whom no case came in."""
    vault.run_many(
        "delete from subjects where id = ? and id not in (select subject from cases)", [(ident,) for ident in idents]
    )


def with_fingerprint(vault: Vault, fingerprint: str) -> str | None:
    """The reference of the case that was added with this fingerprint."""
    found = vault.run("select ref from cases where fingerprint = ?", (fingerprint,))
    return str(found[0][0]) if found else None


def same_request(vault: Vault, line: Mapping[str, Any]) -> str:
    """The reference of another case here that asks the same of the same firm for the same person; "" for none."""
    found = vault.run("select ref from cases where fingerprint = ? and ref <> ? order by rowid limit 1",
                      (line["fingerprint"], line["case"]["ref"]))  # fmt: skip
    return str(found[0][0]) if found else ""


def place_case(vault: Vault, line: Mapping[str, Any], subject: str, summary: Mapping[str, Any]) -> Placing:
    """Adds a case, or what its history has more than ours. `subject` is the id in this vault, `summary` the row that
    follows from the events."""
    ref = line["case"]["ref"]
    there = [link for (link,) in vault.run("select hash from events where ref = ? order by n", (ref,))]
    coming = [row["hash"] for row in line["events"]]
    if there == coming:
        return Placing("same", len(there))
    if there[: len(coming)] == coming:
        return Placing("older", len(there))
    if coming[: len(there)] != there:
        return Placing("diverged", len(there))
    left: list[str] = []
    if there:
        left = _replace(vault, line, subject)
    else:
        _add(vault, line, subject)
    vault.run_many(
        """insert into events (ref, n, at, kind, on_day, json, closed, content, hash)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [_event_row(ref, row) for row in line["events"][len(there) :]],
    )
    case = line["case"]
    row = {"ref": ref, "subject": subject, "firm": case["firm"], "opened": case["opened"]}
    set_summary(vault, row, summary, (len(coming), coming[-1]))
    return Placing("longer" if there else "new", len(there), left)


def place_evidence(vault: Vault, line: Mapping[str, Any], *, new: bool) -> bool:
    """Adds a kept file; unless its case is `new`, only where the event has none like it. Whether it was added."""
    key = (line["ref"], line["n"], line["name"], line["sha256"])
    if not new and vault.run("select 1 from evidence where ref = ? and n = ? and name = ? and sha256 = ?", key):
        return False
    vault.run(
        "insert into evidence (ref, n, name, sha256, size, data) values (?, ?, ?, ?, ?, ?)",
        (*key, line["size"], base64.b64decode(line["data"])),
    )
    return True


def _add(vault: Vault, line: Mapping[str, Any], subject: str) -> None:
    case = line["case"]
    vault.run(
        """insert into cases (ref, subject, firm, fingerprint, inputs, opened, json, profile)
        values (?, ?, ?, ?, ?, ?, ?, ?)""",
        (case["ref"], subject, case["firm"], line["fingerprint"], line["inputs"], case["opened"], dump(case),
         line.get("profile")),
    )  # fmt: skip
    _add_parts(vault, line)


def _replace(vault: Vault, line: Mapping[str, Any], subject: str) -> list[str]:
    """A draft may have been written anew since. Files of ours stay known as long as their words are the same."""
    case = line["case"]
    ref = case["ref"]
    ours = [json_ for (json_,) in vault.run("select json from letters where ref = ? order by id, language", (ref,))]
    theirs = [dump(x["letter"]) for x in sorted(line["letters"], key=lambda x: (x["id"], x["language"]))]
    vault.run(
        """update cases set subject = ?, firm = ?, fingerprint = ?, inputs = ?, opened = ?, json = ?,
        profile = coalesce(profile, ?) where ref = ?""",
        (subject, case["firm"], line["fingerprint"], line["inputs"], case["opened"], dump(case), line.get("profile"),
         ref),
    )  # fmt: skip
    vault.run("delete from letters where ref = ?", (ref,))
    left: list[str] = []
    if ours != theirs:
        rows = vault.run("select folder, name from files where ref = ? order by rowid", (ref,))
        left = [os.path.join(folder, name) for folder, name in rows]
        vault.run("delete from files where ref = ?", (ref,))
        vault.run("delete from pending where ref = ?", (ref,))
    _add_parts(vault, line)
    return left


def _add_parts(vault: Vault, line: Mapping[str, Any]) -> None:
    ref = line["case"]["ref"]
    if row := line.get("batch"):
        batchrows.place_row(vault, ref, row if _kept(row.get("folder", "")) else {**row, "files": ()})
    vault.run_many(
        "insert into letters (ref, id, language, json, versions) values (?, ?, ?, ?, ?)",
        [(ref, x["id"], x["language"], dump(x["letter"]), dump(x["versions"])) for x in line["letters"]],
    )
    vault.run_many(
        "insert or ignore into files (ref, letter, format, name, sha256, folder) values (?, ?, ?, ?, ?, ?)",
        [
            (ref, x["letter"], x["format"], x["name"], x["sha256"], x["folder"])
            for x in line.get("files", ())
            if _kept(x["folder"])
        ],
    )


def _kept(folder: str) -> bool:
    """Whether the name of a folder is taken from a file."""
    return KEEPS_NETWORK_NAMES or not folder.startswith(("\\\\", "//"))


def _event_row(ref: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    event, closed = row["event"], row.get("closed")
    text = dump(closed) if closed else ""
    return (
        ref, row["n"], row["at"], event["kind"], event["on"], dump(event), text, row.get("content", ""), row["hash"],
    )  # fmt: skip
