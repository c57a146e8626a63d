"""One case as it stands in the vault: all of it at one moment, and whether its chain holds."""

from __future__ import annotations

import hashlib
from typing import Any

from optout import chain
from optout.errors import NotFound
from optout.store.finding import summary_row
from optout.store.plain import Plain, dicts, load
from optout.store.schema import SUMMARY, WAKING
from optout.store.vault import Vault


def get(vault: Vault, ref: str) -> Plain:
    """All of one case, read at one moment. Raises NotFound.

    Keys: case, fingerprint, inputs, profile, subject, events [{n, at, event, closed, hash}], letters [{id, language,
    letter, versions}], files [{letter, format, name, sha256, folder}], evidence [{id, n, name, sha256, size}], summary.
    """
    with vault.reading():
        rows = vault.run("select json, fingerprint, inputs, subject, profile from cases where ref = ?", (ref,))
        if not rows:
            raise NotFound("case", ref)
        text, fingerprint, inputs, subject, profile = rows[0]
        events = vault.run("select n, at, json, closed, hash from events where ref = ? order by n", (ref,))
        letters = vault.run("select id, language, json, versions from letters where ref = ? order by rowid", (ref,))
        evidence = vault.run("select id, n, name, sha256, size from evidence where ref = ? order by id", (ref,))
        files = vault.run("select letter, format, name, sha256, folder from files where ref = ? order by rowid", (ref,))
        summary = vault.run(f"select {', '.join(SUMMARY + WAKING)} from summary where ref = ?", (ref,))
        person = get_subject(vault, subject)
    return {
        "case": load(text),
        "fingerprint": fingerprint,
        "inputs": inputs,
        "profile": profile,
        "subject": person,
        "events": [
            {"n": n, "at": at, "event": load(event), "closed": load(closed) if closed else {}, "hash": link}
            for n, at, event, closed, link in events
        ],
        "letters": [
            {"id": ident, "language": language, "letter": load(letter), "versions": load(versions)}
            for ident, language, letter, versions in letters
        ],
        "files": dicts(("letter", "format", "name", "sha256", "folder"), files),
        "evidence": dicts(("id", "n", "name", "sha256", "size"), evidence),
        "summary": summary_row(summary[0], SUMMARY + WAKING),
    }


def stored_content(vault: Vault, ref: str) -> str:
    """The digest of the case and its letters as they stand in the vault; "" where there is no such case."""
    rows: list[tuple[Any, ...]] = vault.run("select json from cases where ref = ?", (ref,))
    letters = vault.run("select id, language, json, versions from letters where ref = ? order by id, language", (ref,))
    return chain.content(rows[0][0], letters) if rows else ""


def verify(vault: Vault, ref: str) -> list[str]:
    """What is wrong with the chain of a case, in sentences; empty when it holds."""
    with vault.reading():
        rows = vault.run("select n, at, json, closed, content, hash from events where ref = ? order by n", (ref,))
        links = [chain.Link(*row) for row in rows]
        found = chain.broken(ref, links, stored_content(vault, ref))
        summary = vault.run("select events, head from summary where ref = ?", (ref,))
        pieces = vault.run("select name, sha256, data from evidence where ref = ? order by id", (ref,))
    if not found and summary != [(len(links), links[-1].hash if links else chain.START)]:
        found.append("the newest events are missing")
    found += [
        f"the file {name} is not what was kept" for name, sha, data in pieces if hashlib.sha256(data).hexdigest() != sha
    ]
    return found


def evidence(vault: Vault, ref: str, ident: int) -> tuple[str, bytes]:
    """The name and bytes of one piece of evidence of a case. Raises NotFound."""
    rows = vault.run("select name, data from evidence where ref = ? and id = ?", (ref, ident))
    if not rows:
        raise NotFound("evidence", str(ident), hint=f"optout show {ref} lists what is kept")
    return str(rows[0][0]), bytes(rows[0][1])


def get_subject(vault: Vault, ident: str) -> Plain:
    """The person's data. Raises NotFound."""
    rows = vault.run("select json from subjects where id = ?", (ident,))
    if not rows:
        raise NotFound("person", ident)
    return dict(load(rows[0][0]))
