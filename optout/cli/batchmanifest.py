"""What a batch wrote, as two files beside the letters: for a spreadsheet and for a program."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

from optout.cli import members
from optout.cli.output import say
from optout.cli.spreadsheet import row as csv_row
from optout.store import batches, private
from optout.store.files import digest, failed, set_aside

if TYPE_CHECKING:
    from optout.store.batches import Batch
    from optout.store.vault import Vault

COLUMNS = ("row", "name", "ref", "firm", "place", "laws", "letters", "held", "chunk", "phase")


def write(vault: Vault, batch: Batch, output: str, label: str) -> list[str]:
    """Both files, in place of those of before; gives their paths. Raises OutputFailed."""
    base = os.path.join(output, label)
    private.make_folder(output)
    paths = [f"{base}.csv", f"{base}.json"]
    _put(paths, _lines(batch, _rows(vault, batch)))
    return paths


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
                "held": [],
                **row["about"],
                "chunk": row["where"],
                "phase": row["phase"],
            }
        after = rows[-1]["row"]


def _lines(batch: Batch, rows: Iterable[dict[str, Any]]) -> Iterator[tuple[bytes, bytes]]:
    """What comes next in the one file and in the other."""
    head = json.dumps({"schema": "optout/manifest/1", "batch": batch.id, "asked": batch.asked})[:-1]
    yield csv_row(COLUMNS).encode("utf-8-sig"), f'{head}, "cases": ['.encode()
    for number, row in enumerate(rows):
        cells = [" ".join(x) if isinstance(x, list) else x for x in (row[name] for name in COLUMNS)]
        yield csv_row(cells).encode(), f"{',' if number else ''}\n{json.dumps(row)}".encode()
    yield b"", b"\n]}\n"


def _put(paths: Sequence[str], parts: Iterable[tuple[bytes, ...]]) -> None:
    """Private files, each of which is there whole or not at all, however long they are. Raises OutputFailed."""
    temps = [private.temp_name(path) for path in paths]
    try:
        with ExitStack() as left:
            left.callback(_remove, temps)
            with ExitStack() as opened:
                files = [opened.enter_context(_made(temp)) for temp in temps]
                for part in parts:
                    for file, data in zip(files, part, strict=True):
                        file.write(data)
                for file in files:
                    file.flush()
                    os.fsync(file.fileno())
            for temp, path in zip(temps, paths, strict=True):
                os.replace(temp, path)
            private.sync_folder(os.path.dirname(paths[0]))
    except OSError as error:
        raise failed(paths[0], error) from error


def _made(path: str) -> BinaryIO:
    with private.owner_only():
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | private.NOFOLLOW, 0o600), "wb")


def _remove(paths: Iterable[str]) -> None:
    for path in paths:
        with suppress(OSError):
            os.unlink(path)


def to_mend(path: str, source: members.Source, wrong: Iterable[members.Wrong]) -> None:
    """The rows that cannot be used, each with what is wrong, to be mended and fed again. A list that somebody mended, or
    of another day, is kept beside it. Raises OutputFailed."""
    made = io.StringIO(newline="")
    members.write_wrong(made, source, wrong)
    data = made.getvalue().encode("utf-8-sig")
    try:
        private.make_folder(os.path.dirname(path))
        if (there := digest(path)) and there == hashlib.sha256(data).hexdigest():
            return
        for name in set_aside(path):
            say(f"{path} was another list: it is kept beside it as {name}")
    except OSError as error:
        raise failed(path, error) from error
    _put([path], [(data,)])
