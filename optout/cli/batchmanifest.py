"""What a batch wrote, as two files beside the letters: for a spreadsheet and for a program."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from optout.cli import members
from optout.cli.spreadsheet import row as csv_row
from optout.store import batches, private
from optout.store.files import failed

if TYPE_CHECKING:
    from optout.store.batches import Batch
    from optout.store.vault import Vault

COLUMNS = ("row", "name", "ref", "firm", "place", "laws", "letters", "chunk", "phase")


def write(vault: Vault, batch: Batch, output: str, label: str) -> list[str]:
    """Both files, in place of those of before; gives their paths. Raises OutputFailed."""
    base = os.path.join(output, label)
    private.make_folder(output)
    _put(f"{base}.csv", _csv(_rows(vault, batch)))
    _put(f"{base}.json", _json(batch, _rows(vault, batch)))
    return [f"{base}.csv", f"{base}.json"]


def _rows(vault: Vault, batch: Batch) -> Iterator[dict[str, Any]]:
    after = 0
    while rows := batches.cases_of(vault, batch.id, after):
        for row in rows:
            yield {
                "row": "" if row["key"].startswith("~") else row["key"],
                "name": row["name"],
                "ref": row["ref"],
                "firm": row["firm"],
                "place": row["place"],
                **row["about"],
                "chunk": row["where"],
                "phase": row["phase"],
            }
        after = rows[-1]["row"]


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    yield csv_row(COLUMNS).encode()
    for row in rows:
        cells = [" ".join(x) if isinstance(x, list) else x for x in (row[name] for name in COLUMNS)]
        yield csv_row(cells).encode()


def _json(batch: Batch, rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    head = json.dumps({"schema": "optout/manifest/1", "batch": batch.id, "asked": batch.asked})[:-1]
    yield f'{head}, "cases": ['.encode()
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n").encode() + json.dumps(row).encode()
    yield b"\n]}\n"


def _put(path: str, parts: Iterable[bytes]) -> None:
    """A private file that is there whole or not at all, however long it is."""
    temp = private.temp_name(path)
    try:
        with private.owner_only():
            fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | private.NOFOLLOW, 0o600)
        try:
            with os.fdopen(fd, "wb") as file:
                for part in parts:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temp, path)
        except BaseException:
            os.unlink(temp)
            raise
        private.sync_folder(os.path.dirname(path))
    except OSError as error:
        raise failed(path, error) from error


def to_mend(path: str, source: members.Source, wrong: Iterable[members.Wrong]) -> None:
    """The rows that cannot be used, each with what is wrong, to be mended and fed again. Raises OutputFailed."""
    made = io.StringIO(newline="")
    members.write_wrong(made, source, wrong)
    private.make_folder(os.path.dirname(path))
    _put(path, [made.getvalue().encode("utf-8")])
