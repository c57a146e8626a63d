"""Cases in an open vault: plain dictionaries in, plain dictionaries out. Callers convert with `optout.records`.

Days and times are ISO texts. Everything one command changes is one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from optout import chain
from optout.errors import AlreadySent, Locked, NotFound, StoreError
from optout.store.finding import addressee as addressee
from optout.store.finding import resolve as resolve
from optout.store.finding import same_demands as same_demands
from optout.store.finding import summaries as summaries
from optout.store.plain import Plain, dicts, dump
from optout.store.schema import SUMMARY, WAKING
from optout.store.vault import Vault
from optout.store.wholecase import evidence as evidence
from optout.store.wholecase import get as get
from optout.store.wholecase import get_subject as get_subject
from optout.store.wholecase import stored_content
from optout.store.wholecase import verify as verify


class RefTaken(StoreError):
    """A case with this reference exists; the caller draws another one."""


def subject_id(vault: Vault, plain: Plain, new_id: Callable[[], str]) -> str:
    """The id of the person with exactly these data; added under `new_id()` if there is none."""
    text = dump(plain)
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    with vault.transaction():
        found = vault.run("select id from subjects where digest = ?", (digest,))
        if found:
            return str(found[0][0])
        ident = new_id()
        vault.run("insert into subjects (id, json, digest) values (?, ?, ?)", (ident, text, digest))
        return ident


def add(
    vault: Vault,
    *,
    case: Plain,
    fingerprint: str,
    inputs: str,
    event: Plain,
    at: str,
    letters: Sequence[Plain],
    files: Sequence[Plain],
    pending: Sequence[Plain],
    summary: Mapping[str, Any],
    profile: str | None = None,
) -> None:
    """Adds a case with its first event, or nothing at all.

    `letters` are {"id", "language", "letter", "versions"}; `files` {"letter", "format", "name", "sha256", "folder"}; `pending`
    the entries of `files.Staged`. Of `summary` the columns of that table are taken; ref, subject, firm and opened come
    from the case. `profile` is the id of the profile the person was taken from. Raises RefTaken when the reference is
    in use.
    """
    ref = case["ref"]
    with vault.transaction():
        if vault.run("select 1 from cases where ref = ?", (ref,)):
            raise RefTaken(f"there is a case {ref} already", "run the same command again: it draws a new reference")
        vault.run(
            """insert into cases (ref, subject, firm, fingerprint, inputs, opened, json, profile)
            values (?, ?, ?, ?, ?, ?, ?, ?)""",
            (ref, case["subject"], case["firm"], fingerprint, inputs, case["opened"], dump(case), profile),
        )
        _add_parts(vault, ref, letters, files, pending)
        set_summary(vault, case, summary, _add_event(vault, ref, event, at, content=stored_content(vault, ref)))


def redraft(
    vault: Vault,
    ref: str,
    *,
    case: Plain,
    fingerprint: str,
    inputs: str,
    event: Plain,
    at: str,
    letters: Sequence[Plain],
    files: Sequence[Plain],
    pending: Sequence[Plain],
    summary: Mapping[str, Any],
    profile: str | None = None,
) -> None:
    """Replaces what a case says, its letters and files, and adds the `drafted` event. Arguments as for `add`.

    Raises AlreadySent when it is no draft any more, NotFound when there is no such case.
    """
    with vault.transaction():
        if vault.run("select 1 from summary where ref = ? and phase <> 'draft'", (ref,)):
            raise AlreadySent(f"{ref} is no draft, so its letters stay as they are", "--again opens a new case")
        _events(vault, ref)
        vault.run(
            """update cases set subject = ?, firm = ?, fingerprint = ?, inputs = ?, opened = ?, json = ?, profile = ?
            where ref = ?""",
            (case["subject"], case["firm"], fingerprint, inputs, case["opened"], dump(case), profile, ref),
        )
        vault.run("delete from letters where ref = ?", (ref,))
        vault.run("delete from files where ref = ?", (ref,))
        vault.run("delete from pending where ref = ?", (ref,))
        _add_parts(vault, ref, letters, files, pending)
        set_summary(vault, case, summary, _add_event(vault, ref, event, at, content=stored_content(vault, ref)))


def follow_up(
    vault: Vault,
    ref: str,
    ident: str,
    *,
    event: Plain,
    at: str,
    letters: Sequence[Plain],
    files: Sequence[Plain],
    pending: Sequence[Plain],
    summary: Mapping[str, Any],
    seen: int,
    closed: Plain | None = None,
) -> None:
    """Adds the letter `ident` to a case, or puts it in the place of the one of that id, with the event that says so.
    Arguments as for `add` and `append`, and raises as that does."""
    with vault.transaction():
        case = _unchanged(vault, ref, seen)
        # What an earlier making of this letter left to be finished would bring its old words back.
        vault.run(
            "delete from pending where ref = ? and (folder, final) in"
            " (select folder, name from files where ref = ? and letter = ?)",
            (ref, ref, ident),
        )
        vault.run("delete from letters where ref = ? and id = ?", (ref, ident))
        vault.run("delete from files where ref = ? and letter = ?", (ref, ident))
        _add_parts(vault, ref, letters, files, pending)
        content = stored_content(vault, ref)
        end = _add_event(vault, ref, event, at, closed=dump(closed) if closed else "", content=content)
        set_summary(vault, case, summary, end)


def _unchanged(vault: Vault, ref: str, seen: int) -> Plain:
    """What `set_summary` needs of a case that still has `seen` events. Raises Locked, NotFound."""
    if _events(vault, ref) != seen:
        hint = "look at it with `optout show`, then run the same command again"
        raise Locked(f"{ref} was changed by another process in the meantime", hint)
    subject, firm, opened = vault.run("select subject, firm, opened from cases where ref = ?", (ref,))[0]
    return {"ref": ref, "subject": subject, "firm": firm, "opened": opened}


def append(
    vault: Vault,
    ref: str,
    *,
    event: Plain,
    at: str,
    summary: Mapping[str, Any],
    seen: int,
    closed: Plain | None = None,
    evidence: Sequence[Plain] = (),
) -> None:
    """Adds an event and writes the summary computed with it.

    `seen` is the number of events the summary was computed from; if another process has added one since, Locked is
    raised and nothing changes. `closed` are the closed days first looked up for this event, `evidence` what belongs to
    it: {"name", "data"}. Raises NotFound when there is no such case.
    """
    with vault.transaction():
        case = _unchanged(vault, ref, seen)
        end = _add_event(vault, ref, event, at, closed=dump(closed) if closed else "")
        for piece in evidence:
            data = piece["data"]
            vault.run(
                "insert into evidence (ref, n, name, sha256, size, data) values (?, ?, ?, ?, ?, ?)",
                (ref, seen + 1, piece["name"], hashlib.sha256(data).hexdigest(), len(data), data),
            )
        set_summary(vault, case, summary, end)


def add_files(vault: Vault, ref: str, rows: Sequence[Plain], pending: Sequence[Plain]) -> None:
    """Records letters that are written again, so that they are found when they must go. Arguments as for `add`."""
    with vault.transaction():
        _events(vault, ref)
        known = [(ref, row["folder"], row["name"]) for row in rows]
        vault.run_many("delete from files where ref = ? and folder = ? and name = ?", known)
        _add_parts(vault, ref, (), rows, pending)


def pending(vault: Vault) -> list[Plain]:
    """The files of all cases that were written under a temporary name and perhaps never renamed."""
    rows = vault.run("select ref, folder, temp, final, sha256 from pending order by rowid")
    return dicts(("ref", "folder", "temp", "final", "sha256"), rows)


def clear_pending(vault: Vault, rows: Iterable[Mapping[str, Any]]) -> None:
    """Called when these files have their names; others of the same case may be on their way in another process."""
    with vault.transaction():
        vault.run_many("delete from pending where folder = ? and temp = ?", [(x["folder"], x["temp"]) for x in rows])


def _events(vault: Vault, ref: str) -> int:
    """How many events the case has; NotFound when it has none, for then there is no such case."""
    count = int(vault.run("select count(*) from events where ref = ?", (ref,))[0][0])
    if not count:
        raise NotFound("case", ref)
    return count


def _add_event(
    vault: Vault, ref: str, event: Plain, at: str, *, closed: str = "", content: str = ""
) -> tuple[int, str]:
    """Adds the next link of the case's chain; gives its number and hash."""
    last = vault.run("select n, hash from events where ref = ? order by n desc limit 1", (ref,))
    number, previous = last[0] if last else (0, chain.START)
    link = chain.Link(number + 1, at, dump(event), closed, content, "")
    end = chain.next_hash(previous, ref, link)
    vault.run(
        "insert into events (ref, n, at, kind, on_day, json, closed, content, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (ref, link.number, at, event["kind"], event["on"], link.event, closed, content, end),
    )
    note_moment(vault, at)
    return link.number, end


def note_moment(vault: Vault, at: str) -> None:
    """Keeps the latest moment ever noted: a computer whose clock is behind it does not know today."""
    vault.run(
        """insert into meta (key, value) values ('last_at', ?)
        on conflict (key) do update set value = excluded.value where excluded.value > value""",
        (at,),
    )


def _add_parts(
    vault: Vault, ref: str, letters: Iterable[Plain], files: Iterable[Plain], pending: Iterable[Plain]
) -> None:
    vault.run_many(
        "insert into letters (ref, id, language, json, versions) values (?, ?, ?, ?, ?)",
        [(ref, x["id"], x["language"], dump(x["letter"]), dump(x["versions"])) for x in letters],
    )
    vault.run_many(
        "insert into files (ref, letter, format, name, sha256, folder) values (?, ?, ?, ?, ?, ?)",
        [(ref, f["letter"], f["format"], f["name"], f["sha256"], f["folder"]) for f in files],
    )
    vault.run_many(
        "insert into pending (ref, folder, temp, final, sha256) values (?, ?, ?, ?, ?)",
        [(ref, p["folder"], p["temp"], p["final"], p["sha256"]) for p in pending],
    )


def renew_summary(vault: Vault, ref: str, summary: Mapping[str, Any]) -> None:
    """Writes the summary row of a case that has one anew, worked out from the same events."""
    row = vault.run("select subject, firm, opened, events, head from summary where ref = ?", (ref,))[0]
    case = {"ref": ref, "subject": row[0], "firm": row[1], "opened": row[2]}
    set_summary(vault, case, summary, (row[3], row[4]))


def set_summary(vault: Vault, case: Mapping[str, Any], summary: Mapping[str, Any], end: tuple[int, str]) -> None:
    """Writes the summary row of a case; `end` is the number of its events and the hash of the last.

    Columns missing in `summary` are None: `optout.records` leaves out what is at its default.
    """
    row = {**summary, **{name: case[name] for name in ("ref", "subject", "firm", "opened")}}
    row["outcomes"] = dump(summary.get("outcomes", {}))
    row["dates"] = dump(summary.get("dates", []))
    row["events"], row["head"] = end
    columns = SUMMARY + WAKING
    vault.run(
        f"insert or replace into summary ({', '.join(columns)}) values ({', '.join('?' * len(columns))})",
        [row.get(name) for name in columns],
    )
