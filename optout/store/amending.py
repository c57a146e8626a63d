"""Letters of a batch that are written anew before they are sent: for whom, and what becomes of the old ones."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence

from optout.store.plain import Plain, load
from optout.store.vault import Vault


def settled(vault: Vault, batch: str) -> int:
    """How many cases of a batch are more than a draft, without those that were written anew before they were sent."""
    return int(vault.run(
        """select count(*) from batch_cases b join summary s on s.ref = b.ref
        where b.batch = ? and s.phase <> 'draft' and not (
            exists (select 1 from batch_cases n join summary t on t.ref = n.ref
                where n.batch = b.batch and n.key = b.key and t.firm = s.firm and n.rowid > b.rowid)
            and not exists (select 1 from events e where e.ref = b.ref and e.kind = 'sent'))""",
        (batch,),
    )[0][0])  # fmt: skip


def no_drafts(vault: Vault, refs: Sequence[str]) -> list[str]:
    """Those of these cases that are more than a draft."""
    rows = vault.run(
        "select ref from summary where phase <> 'draft' and ref in (select value from json_each(?))",
        (json.dumps(list(refs)),),
    )
    return [str(ref) for (ref,) in rows]


def people(vault: Vault, batch: str) -> Iterator[tuple[str, Plain]]:
    """The people of a batch by the keys of their rows, as their newest letters have them."""
    after = ""
    while True:
        rows = vault.run(
            """select b.key, p.json, max(b.rowid) from batch_cases b join cases c on c.ref = b.ref
            join subjects p on p.id = c.subject where b.batch = ? and b.key > ? group by b.key order by b.key limit 500""",
            (batch, after),
        )
        if not rows:
            return
        for key, person, _ in rows:
            yield str(key), load(person)
        after = str(rows[-1][0])


def drafts(vault: Vault, batch: str) -> Iterator[tuple[str, str]]:
    """Of every case of a batch that was not sent yet the key of its row, and its reference."""
    after = 0
    while True:
        rows = vault.run(
            """select b.rowid, b.key, b.ref from batch_cases b join summary s on s.ref = b.ref
            where b.batch = ? and b.rowid > ? and s.phase = 'draft' order by b.rowid limit 500""",
            (batch, after),
        )
        if not rows:
            return
        for _, key, ref in rows:
            yield str(key), str(ref)
        after = rows[-1][0]


def retire(vault: Vault, refs: Sequence[str]) -> list[str]:
    """The letters of these cases on disk, which go when `files.finish` is called next, unless somebody changed them."""
    marks = json.dumps(list(refs))
    where = "from files where ref in (select value from json_each(?))"
    paths = [os.path.join(folder, name) for folder, name in vault.run(f"select folder, name {where}", (marks,))]
    vault.run(
        f"insert into pending (ref, folder, temp, final, sha256) select ref, folder, name, '', sha256 {where}", (marks,)
    )
    vault.run(f"delete {where}", (marks,))
    return paths
