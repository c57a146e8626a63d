"""The run of a batch: chunks written by this process or by several, kept one by one, stopped after any of them."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from optout.cli import batchwork
from optout.cli.app import App
from optout.cli.batchplan import KEPT, TOLD
from optout.cli.batchwork import Chunk, Made, Order, Refused
from optout.cli.ending import Interrupted
from optout.cli.output import counted, say
from optout.errors import BadData
from optout.library.sheets import as_row
from optout.store import batches

if TYPE_CHECKING:
    from optout.store.batches import Batch
    from optout.store.vault import Vault


class Run:
    """One run of a batch, from a walk over the sheet to chunks with their names."""

    def __init__(
        self,
        app: App,
        vault: Vault,
        batch: Batch,
        order: Order,
        also: Callable[[Made], None] | None = None,
        after: Callable[[], None] | None = None,
    ) -> None:
        """`also` is called in the transaction that keeps a chunk, `after` when the chunk has its name."""
        self._app, self._vault, self._batch, self._order = app, vault, batch, order
        self._also, self._after = also, after
        self.cases = self.letters = 0
        self.refused: list[Refused] = []
        """The first of those for whom no letter can be written."""
        self.refusals = 0
        self._stop = _Stop()

    def recover(self) -> None:
        """Ends what a killed run began. Raises OutputFailed."""
        for path in batches.finish(self._vault, self._batch.id):
            say(f"{path} is not there any more. Its letters can be written again one by one: optout letter REF")
        self._sweep()

    def _sweep(self) -> None:
        """Removes what is aside of chunks that the vault does not have."""
        recorded = batches.waiting(self._vault, self._batch.id)
        for path in batchwork.strays(self._order.output, self._order.label, recorded):
            batchwork.remove(path)

    def write(self, chunks: Iterator[list[Any]], total: int, jobs: int) -> None:
        """Every chunk, in order. Raises Interrupted after the chunk in which the user wanted an end, and OptoutError: what
        was kept before stays, and the same command goes on."""
        first = batches.next_chunk(self._vault, self._batch.id)
        numbers = batchwork.free_numbers(self._order, first)
        numbered = (Chunk(number, items) for number, items in zip(numbers, chunks, strict=False))
        progress = _Progress(total)
        written = self._here(numbered) if jobs == 1 else self._in_workers(numbered, jobs)
        with self._stop.listening(), closing(progress), closing(written):
            for chunk in written:
                with self._stop.held():
                    self._keep(chunk)
                progress.at(self.cases)
        if self._stop.number:
            raise Interrupted(self._stop.number)

    def _here(self, chunks: Iterator[Chunk]) -> Generator[Made]:
        desk = batchwork.Desk(self._order)
        for chunk in chunks:
            yield desk.write(chunk, self._stop.check)
            if self._stop.number:
                return

    def _in_workers(self, chunks: Iterator[Chunk], jobs: int) -> Generator[Made]:
        from optout.cli.batchworkers import Workers

        workers = Workers(self._order, jobs, lambda: self._stop.number)
        try:
            yield from workers.write(chunks)
        finally:
            with self._stop.held():
                workers.end()
                self._sweep()

    def _keep(self, made: Made) -> None:
        self.refusals += len(made.refused)
        self.refused += made.refused[: max(0, KEPT - len(self.refused))]
        if not made.cases:
            batchwork.discard(made)
            return
        try:
            with self._vault.transaction():
                batches.keep(self._vault, self._batch.id, made.number, made.rows, made.outputs, self._app.now())
                if self._also:
                    self._also(made)
        except BaseException:
            batchwork.discard(made)
            raise
        self.cases += made.cases
        self.letters += made.letters
        batches.finish(self._vault, self._batch.id)
        if self._after:
            self._after()


class _Stop:
    """The user's wish to end. The first one is granted after the chunk at hand, a second one at once."""

    def __init__(self) -> None:
        self.number = 0
        """Of the signal."""
        self._until = 0.0
        self._held = self._again = self._raised = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Signals are heard in this way inside."""
        names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
        before = {}
        with suppress(ValueError):  # not the main thread
            for name in names:
                which = getattr(signal, name)
                if signal.getsignal(which) is not signal.SIG_IGN:
                    before[which] = signal.signal(which, self._heard)
        try:
            yield
        finally:
            for which, handler in before.items():
                signal.signal(which, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is done inside is done to its end: a second signal is granted after it."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._again:
            self._now()

    def _heard(self, number: int, _: Any) -> None:
        if self.number:
            self._again = True
            if not self._held:
                self._now()
            return
        self.number, self._until = number, time.monotonic() + batchwork.PATIENCE
        say("Stopping after this chunk. What is written stays; the same command goes on.")

    def _now(self) -> None:
        """Once: a third signal does not disturb what is taken back."""
        if not self._raised:
            self._raised = True
            raise Interrupted(self.number)

    def check(self) -> None:
        """Raises Interrupted when the chunk at hand takes too long."""
        if self.number and time.monotonic() > self._until:
            raise Interrupted(self.number)


class _Progress:
    """How far a run is: on a terminal all the time, elsewhere a line a minute."""

    def __init__(self, total: int) -> None:
        self._total, self._begun, self._said = total, time.monotonic(), time.monotonic()
        self._terminal = sys.stderr.isatty()

    def at(self, cases: int) -> None:
        now = time.monotonic()
        if now - self._said < (0.2 if self._terminal else 60):
            return
        self._said = now
        rate = cases / max(now - self._begun, 0.001)
        left = (self._total - cases) / max(rate, 0.001)
        text = f"{cases:,} of {self._total:,} cases, {rate:,.0f} a second, {_time(left)} left"
        if self._terminal:
            sys.stderr.write(f"\r{text:<70}")
            sys.stderr.flush()
        else:
            say(text)

    def close(self) -> None:
        if self._terminal:
            sys.stderr.write("\r" + " " * 70 + "\r")
            sys.stderr.flush()


def _time(seconds: float) -> str:
    minutes = int(seconds) // 60
    return f"{int(seconds)} s" if minutes < 2 else f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def told(run: Run) -> None:
    """What a run has to say at its end, whatever ended it."""
    say(f"{counted(run.cases, 'case')} with {counted(run.letters, 'letter')} written.")
    for refused in run.refused[:TOLD]:
        row = f"Row {as_row(refused.line)}, " if refused.line else ""
        say(f"{row}{refused.firm}: {refused.reason}")
    if run.refusals > TOLD:
        say(f"... and {run.refusals - TOLD:,} more like that")


def refused_json(run: Run) -> list[dict[str, Any]]:
    """For whom no letter could be written, as the answers have it."""
    return [{"line": one.line or None, "firm": one.firm, "reason": one.reason} for one in run.refused]


def complain(run: Run) -> None:
    """Raises BadData where there are some for whom no letter could be written."""
    if run.refusals:
        raise BadData(
            f"{counted(run.refusals, 'case')} could not be written, as said above; none was opened for them",
            hint="give a font that has their signs (--font FILE), or write other formats: --format docx",
        )
