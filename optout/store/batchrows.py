"""Whose row of which batch a case is, as it leaves for an export and comes in again."""

from __future__ import annotations

from optout.store import batches
from optout.store.plain import Plain, dump, load
from optout.store.vault import Vault


def row_of(vault: Vault, ref: str) -> Plain | None:
    """Whose row of which batch a case is, as an export has it."""
    rows = vault.run(
        """select batch, key, chunk, name, place, about, json from batch_cases b join batches a on a.id = b.batch
        where ref = ?""",
        (ref,),
    )
    if not rows:
        return None
    ident, key, chunk, name, place, about, asked = rows[0]
    written = vault.run("select folder, final from chunks where batch = ? and n = ?", (ident, chunk))
    return {"id": ident, "key": key, "chunk": chunk, "name": name, "place": place, "about": load(about),
            "asked": load(asked), "folder": written[0][0] if written else "",
            "files": [final for _, final in written]}  # fmt: skip


def place_row(vault: Vault, ref: str, row: Plain) -> None:
    """Takes in what `row_of` gave. A batch that is not known here gets a secret of its own, and is no part of one. A chunk
    whose number is that of another chunk here, of another shard, gets one of its own."""
    batches.begin(vault, row["id"], batches.whole(row["asked"]))
    number, files = row["chunk"], row.get("files", ())
    if files:
        there = vault.run("select n from chunks where batch = ? and final = ? and folder = ?",
                          (row["id"], files[0], row["folder"]))  # fmt: skip
        if there:
            number = there[0][0]
        elif vault.run("select 1 from chunks where batch = ? and n = ?", (row["id"], number)):
            number = batches.next_chunk(vault, row["id"])
        vault.run_many("insert or ignore into chunks (batch, n, folder, temp, final, done) values (?, ?, ?, '', ?, 1)",
                       [(row["id"], number, row["folder"], final) for final in files])  # fmt: skip

    vault.run(
        "insert or replace into batch_cases (ref, batch, key, chunk, name, place, about) values (?, ?, ?, ?, ?, ?, ?)",
        (ref, row["id"], row["key"], number, row["name"], row["place"], dump(row["about"])),
    )
