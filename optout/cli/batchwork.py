"""One chunk of a batch: its letters written aside, synced, and the rows for the vault. What a worker process does.

Nothing here opens the vault. The chunk's files have temporary names until the vault has its cases.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from optout.batch import postal_order
from optout.cli import drafting
from optout.cli.addressing import Addressed
from optout.cli.app import App
from optout.cli.batchshape import Item, Rows, Shapes
from optout.errors import CannotPrint
from optout.render.docx_package import Archive
from optout.store import private
from optout.store.batches import LISTS, TABLES, Output
from optout.store.files import failed

PATIENCE = 1.5
"""Seconds that a chunk may still take after the user wanted an end."""
PRINT = "print.pdf"
"""How the name of a file for the printer ends, after the chunk's own and the size of its paper: one for each tray."""
LATER = "later-"
"""Before that, for letters that are held until the firm has answered."""


class Order(NamedTuple):
    """What all chunks of a run share."""

    settings: dict[str, Any]
    on: date
    whom: list[Addressed]
    options: dict[str, Any]
    """Those of `request`, formats and fonts among them; `archive`: a stored zip for each chunk instead of a folder;
    `printed`: also PDFs for each chunk, ready for the printer."""
    batch: str
    label: str
    """How the names of its files begin: that of the batch, and of the shard."""
    output: str
    """The folder, absolute."""


class Chunk(NamedTuple):
    """People and firms whose letters are written together or not at all."""

    number: int
    items: list[Item]


class Refused(NamedTuple):
    """A letter that cannot be written for this person."""

    line: int
    firm: str
    reason: str


class Made(NamedTuple):
    """A chunk on disk, still without its names."""

    number: int
    rows: Rows
    outputs: list[Output]
    cases: int
    letters: int
    refused: list[Refused]


class Desk:
    """Where the chunks of one process are written."""

    def __init__(self, order: Order) -> None:
        self.order = order
        app = App(order.settings, order.on)
        self._shapes = Shapes(app, order.whom, order.options)
        formats = order.options["formats"]
        every = tuple(dict.fromkeys((*formats, "pdf"))) if order.options["printed"] else formats
        self._press = drafting.Press(every, app.paths.cache, order.options["fonts"])

    def write(self, chunk: Chunk, check: Callable[[], None] = lambda: None) -> Made:
        """`check` is called before each case and may raise. Raises OutputFailed too; nothing of the chunk is left then."""
        name = chunk_name(self.order, chunk.number)
        try:
            aside = _Aside(self.order.output, name, self.order.options["archive"])
            try:
                return self._written(chunk, aside, name, check)
            except BaseException:
                aside.discard()
                raise
        except OSError as error:
            raise failed(os.path.join(self.order.output, name), error) from error

    def _written(self, chunk: Chunk, aside: _Aside, name: str, check: Callable[[], None]) -> Made:
        rows: Rows = {table: [] for table in TABLES}
        piles: dict[str, list[tuple[Any, str, bytes]]] = {}
        refused: list[Refused] = []
        for item in chunk.items:
            check()
            shape = self._shapes.of(item.subject, item.firm)
            drafts = shape.drafts(item.subject, item.ref)
            try:
                made = {key: self._press.write(letter) for key, letter in drafts.items()}
            except CannotPrint as error:
                refused.append(Refused(item.line, self.order.whom[item.firm].firm.id, str(error)))
                continue
            shape.rows(rows, item, drafts, self.order.batch, chunk.number, aside.folder)
            for (ident, language), by_format in made.items():
                for form in self.order.options["formats"]:
                    file, data = drafting.file_name(item.ref, ident, language, form), by_format[form]
                    aside.add(file, data)
                    if not self.order.options["archive"]:
                        digest = hashlib.sha256(data).hexdigest()
                        rows["files"].append((item.ref, ident, form, file, digest, aside.folder))
                if self.order.options["printed"]:
                    letter = drafts[ident, language]
                    place = (item.subject.residence, item.postcode, item.ref, ident)
                    pile = piles.setdefault(f"{LATER if ident in shape.held else ''}{letter.paper}-{PRINT}", [])
                    order = (*postal_order(letter.recipient), *place)
                    pile.append((order, f"{item.ref} {ident} {language}", by_format["pdf"]))
        for ending, sheets in piles.items():
            from optout.render.duplex import duplex

            sheets.sort(key=itemgetter(0))
            pages = ((title, data) for _, title, data in sheets)
            aside.beside(f"{name}-{ending}", duplex(_looking_up(pages, check)))
        return Made(chunk.number, rows, aside.close(), len(rows["cases"]), len(rows["letters"]), refused)


def _looking_up(letters: Iterator[tuple[str, bytes]], check: Callable[[], None]) -> Iterator[tuple[str, bytes]]:
    for letter in letters:
        check()
        yield letter


def chunk_name(order: Order, number: int) -> str:
    """The name of a chunk's folder, or of its archive without the ending."""
    return f"{order.label}-{number:04d}"


def free_numbers(order: Order, first: int) -> Iterator[int]:
    """The numbers of chunks, from the first that no name in the folder has: what another vault wrote there stays."""
    ours = re.compile(rf"{re.escape(order.label)}-(\d{{4,}})(\D.*)?", re.ASCII)
    taken: set[int] = set()
    with suppress(FileNotFoundError):
        taken = {int(found[1]) for name in os.listdir(order.output) if (found := ours.fullmatch(name))}
    return (number for number in itertools.count(first) if number not in taken)


class _Aside:
    """The files of a chunk on their way: one folder or one zip under a temporary name, synced as a whole."""

    def __init__(self, output: str, name: str, archive: bool) -> None:
        """Raises OSError."""
        self._output = output
        self._final = f"{name}.zip" if archive else name
        self.folder = os.path.join(output, self._final)
        """Where the letters will lie."""
        private.make_folder(output)
        self._temp = private.temp_name(self.folder)
        self._files: list[str] = []
        self._more: list[Output] = []
        self._zip: Archive | None = None
        if archive:
            with private.owner_only():
                fd = os.open(self._temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | private.NOFOLLOW, 0o600)
            self._stream = os.fdopen(fd, "wb")
            self._zip = Archive(self._stream, 0o600)
        else:
            with private.owner_only():
                os.mkdir(self._temp, 0o700)

    def add(self, name: str, data: bytes) -> None:
        if self._zip is not None:
            self._zip.add(name, data)
            return
        path = os.path.join(self._temp, name)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | private.NOFOLLOW, 0o600)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view) :]
        finally:
            os.close(fd)
        self._files.append(path)

    def beside(self, name: str, data: bytes) -> None:
        """A file of its own next to the chunk."""
        temp = private.temp_name(os.path.join(self._output, name))
        private.create(temp, data)
        self._more.append(Output(self._output, os.path.basename(temp), name))

    def close(self) -> list[Output]:
        """Everything is on the disk when this returns."""
        if self._zip is not None:
            self._zip.close()
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
        else:
            private.sync_together(self._temp, self._files)
        private.sync_folder(self._output)
        return [Output(self._output, os.path.basename(self._temp), self._final), *self._more]

    def discard(self) -> None:
        """Removes all of it. Never raises."""
        with suppress(OSError):
            if self._zip is not None:
                self._stream.close()  # which writes what is left, and fails on a full disk
        for path in (self._temp, *(os.path.join(x.folder, x.temp) for x in self._more)):
            remove(path)


def discard(made: Made) -> None:
    """Removes a chunk that the vault did not take."""
    for output in made.outputs:
        remove(os.path.join(output.folder, output.temp))


def remove(path: str) -> None:
    """A file, or a folder with all in it. Never raises."""
    with suppress(OSError):
        os.unlink(path)
    shutil.rmtree(path, ignore_errors=True)


def strays(output: str, label: str, recorded: set[str]) -> Iterator[str]:
    """Temporary chunks and lists of this batch and shard that a killed run left in the folder and the vault does not know."""
    ends = rf"-\d{{4,}}(?:\.zip|-(?:[a-z0-9]+-)*{re.escape(PRINT)})?|{'|'.join(map(re.escape, LISTS))}"
    ours = re.compile(rf"\.optout-[0-9a-f]{{12}}-{re.escape(label)}(?:{ends})\.tmp", re.ASCII)
    with suppress(OSError):  # the folder is gone
        for name in os.listdir(output):
            if ours.fullmatch(name) and name not in recorded:
                yield os.path.join(output, name)
