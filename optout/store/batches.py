"""Batches: letters to firms for many people at once, kept a chunk at a time.

What a chunk put on disk and the cases of it are one transaction; the files get their names after it. A killed run is
ended by `finish`, and by the same command again.
"""

from __future__ import annotations

import itertools
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import apsw

from optout.errors import Locked, NotFound, OutputFailed, StoreError
from optout.store import private
from optout.store.cases import note_moment
from optout.store.files import EDITED
from optout.store.plain import Plain, dicts, dump, load
from optout.store.schema import SUMMARY, WAKING
from optout.store.vault import Vault

SUMMARY_COLUMNS = SUMMARY + WAKING
LOCK = "batch.lock"
"""An empty file beside the vault."""
FOLDED = "~"
"""How a fingerprint begins that does not mind how the name was typed."""
MADE = "~"
"""How the key of a row without an id begins."""
LISTS = (".csv", ".json", "-to-mend.csv")
"""Ends of the names of files that list people, after the name of the batch."""
_INTO = {
    "subjects": "insert or ignore into subjects (id, json, digest) values (?, ?, ?)",
    "cases": """insert into cases (ref, subject, firm, fingerprint, inputs, opened, json, profile)
        values (?, ?, ?, ?, ?, ?, ?, null)""",
    "letters": "insert into letters (ref, id, language, json, versions) values (?, ?, ?, ?, ?)",
    "files": "insert into files (ref, letter, format, name, sha256, folder) values (?, ?, ?, ?, ?, ?)",
    "events": """insert into events (ref, n, at, kind, on_day, json, closed, content, hash)
        values (?, 1, ?, 'drafted', ?, ?, '', ?, ?)""",
    "summary": f"""insert into summary ({", ".join(SUMMARY_COLUMNS)})
        values ({", ".join("?" * len(SUMMARY_COLUMNS))})""",
    "batch_cases": "insert into batch_cases (ref, batch, key, chunk, name, place, about) values (?, ?, ?, ?, ?, ?, ?)",
}
"""In the order in which rows refer to one another."""
TABLES = tuple(_INTO)


class Batch(NamedTuple):
    """A batch as the vault keeps it."""

    id: str
    secret: bytes
    """Its references and the ids of its people come from it, so that the same row gives the same reference again."""
    asked: Plain
    """What was asked for."""


class Lock:
    """Held by the one run of a batch that a vault has at a time; goes with its process, however that ends."""

    def __init__(self, vault: Vault) -> None:
        """Raises Locked."""
        path = os.path.join(os.path.dirname(vault.path), LOCK)
        try:
            with private.owner_only():
                self._db = apsw.Connection(path)
            self._db.execute("begin exclusive")
        except apsw.BusyError:
            hint = "wait until it is done, or stop it; then run the same command again"
            raise Locked("another batch is being written with this vault", hint) from None
        except apsw.Error as error:
            raise StoreError(f"{path} cannot be written: {error}", "change what its folder allows") from error

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()


class Output(NamedTuple):
    """One file or folder of a chunk on its way; names without the folder."""

    folder: str
    temp: str
    final: str


def begin(vault: Vault, ident: str, asked: Plain) -> Batch:
    """The batch of this id, made if there is none. One of which this vault takes several shards is whole here."""
    with vault.transaction():
        rows = vault.run("select json from batches where id = ?", (ident,))
        if not rows:
            vault.run("insert into batches (id, secret, json) values (?, ?, ?)",
                      (ident, secrets.token_hex(16), dump(asked)))  # fmt: skip
        elif (kept := load(rows[0][0])).get("shard") != asked.get("shard"):
            vault.run("update batches set json = ? where id = ?", (dump(whole(kept)), ident))
    return find(vault, ident)


def whole(asked: Plain) -> Plain:
    """What was asked for, without the part of the sheet."""
    return {name: value for name, value in asked.items() if name != "shard"}


def find(vault: Vault, ident: str) -> Batch:
    """Raises NotFound with the batches there are."""
    rows = vault.run("select id, secret, json from batches where id = ?", (ident,))
    if not rows:
        known = [str(name) for (name,) in vault.run("select id from batches order by rowid desc limit 5")]
        raise NotFound("batch", ident, near=known, hint="" if known else "optout batch FILE --firm ID makes one")
    return Batch(rows[0][0], bytes.fromhex(rows[0][1]), load(rows[0][2]))


def everyone(vault: Vault) -> list[str]:
    """The ids of all batches, the newest first."""
    return [str(ident) for (ident,) in vault.run("select id from batches order by rowid desc")]


def known(vault: Vault, fingerprints: Sequence[str], batch: str) -> dict[str, tuple[str, str, bool]]:
    """By fingerprint the newest case that asks the same of the same firm for the same person: its reference, its phase,
    and whether it is of this batch."""
    rows = vault.run(
        """select c.fingerprint, c.ref, s.phase, b.batch is ? from cases c join summary s on s.ref = c.ref
        left join batch_cases b on b.ref = c.ref
        where c.fingerprint in (select value from json_each(?)) order by c.rowid""",
        (batch, json.dumps(list(fingerprints))),
    )
    return {mark: (ref, phase, bool(ours)) for mark, ref, phase, ours in rows}


def any_unfolded(vault: Vault) -> bool:
    """Whether a case has a fingerprint that minds how the name was typed, as older versions kept it."""
    return bool(vault.run("select 1 from cases where fingerprint < ? limit 1", (FOLDED,)))


def elsewhere(vault: Vault, batch: str, keys: Sequence[str]) -> list[Plain]:
    """The cases for rows of these ids in other batches: ref, key, firm, fingerprint, and the person as a text of JSON."""
    rows = vault.run(
        """select b.ref, b.key, c.firm, c.fingerprint, p.json from batch_cases b join cases c on c.ref = b.ref
        join subjects p on p.id = c.subject
        where b.batch in (select id from batches where id <> ?) and b.key in (select value from json_each(?))""",
        (batch, json.dumps(list(keys))),
    )
    return dicts(("ref", "key", "firm", "fingerprint", "person"), rows)


def taken(vault: Vault, refs: Iterable[str]) -> set[str]:
    """Which of these references are in use."""
    rows = vault.run("select ref from cases where ref in (select value from json_each(?))", (json.dumps(list(refs)),))
    return {str(ref) for (ref,) in rows}


def subjects(vault: Vault, digests: Sequence[bytes]) -> dict[bytes, str]:
    """The ids of people who are in the vault with exactly these data."""
    sql = "select digest, id from subjects where digest in (select unhex(value) from json_each(?))"
    return {bytes(digest): str(ident) for digest, ident in vault.run(sql, (json.dumps([x.hex() for x in digests]),))}


def of_keys(vault: Vault, batch: str, keys: Sequence[str]) -> list[Plain]:
    """The cases of the batch for these rows, oldest first: ref, key, firm, phase, inputs, and the person's digest and
    data, those as a text of JSON."""
    rows = vault.run(
        """select b.ref, b.key, c.firm, s.phase, c.inputs, p.digest, p.json from batch_cases b join cases c on c.ref = b.ref
        join summary s on s.ref = b.ref join subjects p on p.id = c.subject
        where b.batch = ? and b.key in (select value from json_each(?)) order by b.rowid""",
        (batch, json.dumps(list(keys))),
    )
    return dicts(("ref", "key", "firm", "phase", "inputs", "digest", "person"), rows)


def mailboxes(vault: Vault, batch: str) -> list[tuple[str, str]]:
    """Of the members without an id the key of the row and the e-mail address, also of letters written anew since."""
    rows = vault.run(
        f"""select distinct b.key, json_extract(p.json, '$.email') from batch_cases b join cases c on c.ref = b.ref
        join subjects p on p.id = c.subject where b.batch = ? and b.key >= '{MADE}' and b.key < '{chr(ord(MADE) + 1)}'""",
        (batch,),
    )
    return [(str(key), str(email)) for key, email in rows]


def next_chunk(vault: Vault, batch: str) -> int:
    """The number of the next chunk, counted from 1."""
    return int(vault.run("select coalesce(max(n), 0) + 1 from chunks where batch = ?", (batch,))[0][0])


def keep(
    vault: Vault,
    batch: str,
    number: int,
    rows: dict[str, list[tuple[Any, ...]]],
    outputs: Sequence[Output],
    at: str,
) -> None:
    """Everything of one chunk, in one transaction. `rows` are by table. Raises Locked, and nothing is kept, where another
    process has taken one of these references in the meantime."""
    with vault.transaction():
        if taken(vault, [row[0] for row in rows["cases"]]):
            raise Locked("another process opened one of these cases in the meantime", "run the same command again")
        for table, statement in _INTO.items():
            vault.run_many(statement, rows[table])
        vault.run_many(
            "insert into chunks (batch, n, folder, temp, final, done) values (?, ?, ?, ?, ?, 0)",
            [(batch, number, *output) for output in outputs],
        )
        note_moment(vault, at)


def finish(vault: Vault, batch: str) -> list[str]:
    """Gives the files of every kept chunk their names, and says which are gone. Raises OutputFailed; the same call can
    be made again."""
    rows = vault.run("select n, folder, temp, final from chunks where batch = ? and done = 0 order by n", (batch,))
    lost = []
    for _, folder, temp, final in rows:
        old, new = os.path.join(folder, temp), os.path.join(folder, final)
        try:
            if os.path.lexists(old):
                if os.path.lexists(new):
                    raise OutputFailed(f"{new} is there already", "move it away, then run the same command again")
                os.rename(old, new)
                private.sync_folder(folder)
            elif not os.path.lexists(new):
                lost.append(new)
        except OSError as error:
            raise OutputFailed(f"{new} cannot be written: {error.strerror}", "run the same command again") from error
    with vault.transaction():
        vault.run_many("update chunks set done = 1 where batch = ? and n = ?", [(batch, row[0]) for row in rows])
    return lost


def waiting(vault: Vault, batch: str) -> set[str]:
    """Temporary names of kept chunks, which must not be swept."""
    rows = vault.run("select temp from chunks where batch = ? and done = 0", (batch,))
    return {str(temp) for (temp,) in rows}


def refs(vault: Vault, batch: str) -> list[str]:
    """All references of a batch, oldest first."""
    return [str(ref) for (ref,) in vault.run("select ref from batch_cases where batch = ? order by rowid", (batch,))]


def count(vault: Vault, batch: str) -> int:
    """How many cases a batch has."""
    return int(vault.run("select count(*) from batch_cases where batch = ?", (batch,))[0][0])


def shared(vault: Vault, refs: Sequence[str]) -> list[str]:
    """Files that hold letters or names of these cases among those of others: archives, what went to the printer, lists."""
    rows = vault.run(
        """select distinct c.folder, c.final from batch_cases b join chunks c on c.batch = b.batch and c.n = b.chunk
        where b.ref in (select value from json_each(?)) order by c.folder, c.final""",
        (json.dumps(list(refs)),),
    )
    paths = [os.path.join(folder, final) for folder, final in rows if final.endswith((".zip", ".pdf"))]
    labels = [(folder, final.removesuffix(".zip").rpartition("-")[0]) for folder, final in rows if final[-4:] != ".pdf"]
    paths += [os.path.join(folder, label + ending) for folder, label in labels for ending in LISTS]
    for folder, label in dict.fromkeys(labels):
        aside = (os.path.join(folder, f"{label}-to-mend{EDITED}{number}.csv") for number in itertools.count(1))
        paths += itertools.takewhile(os.path.lexists, aside)
    return [path for path in dict.fromkeys(paths) if os.path.lexists(path)]


def same_rows(vault: Vault, refs: Sequence[str]) -> list[str]:
    """The cases of the same rows in the same batches as these: to other firms, and written anew since or before."""
    rows = vault.run(
        """select distinct o.ref from batch_cases b join batch_cases o on o.batch = b.batch and o.key = b.key
        where b.ref in (select value from json_each(?))""",
        (json.dumps(list(refs)),),
    )
    return [str(ref) for (ref,) in rows]


def cases_of(vault: Vault, batch: str, after: int = 0, limit: int = 500) -> list[Plain]:
    """Cases of a batch in the order in which they were kept, from the one after row `after`, for lists of any length:
    row, ref, key, where (the chunk's name), place, firm, phase, name (of the person), and `about`: the laws and the letters."""
    rows = vault.run(
        """select b.rowid, b.ref, b.key, b.name, b.place, s.firm, s.phase, json_extract(p.json, '$.name'), b.about
        from batch_cases b join summary s on s.ref = b.ref join subjects p on p.id = s.subject
        where b.batch = ? and b.rowid > ? order by b.rowid limit ?""",
        (batch, after, limit),
    )
    names = ("row", "ref", "key", "where", "place", "firm", "phase", "name", "about")
    return [{**row, "about": load(row["about"])} for row in dicts(names, rows)]
