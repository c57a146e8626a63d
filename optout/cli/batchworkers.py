"""Processes that write the chunks of a batch: their work, the user's wish to end, and a death among them.

Each worker has a pipe of its own and no other tie to the rest: the end of the pipe is the end of its work, whoever ends it.
"""

from __future__ import annotations

import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING, NamedTuple

from optout.cli.batchwork import PATIENCE, Chunk, Desk, Made, Order
from optout.cli.ending import Interrupted
from optout.errors import OutputFailed

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

AHEAD = 2
"""Chunks that a worker has: the one it writes, and the next."""
LONGEST = 3.0
"""Seconds that a worker may take to end. One that does not look up from its work in that time is ended."""
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class _Worker(NamedTuple):
    """A process, seen from the one that gives it work."""

    process: BaseProcess
    pipe: Connection


class Workers:
    """Gives chunks to processes, and what they made in the order of the chunks."""

    def __init__(self, order: Order, jobs: int, stopped: Callable[[], object]) -> None:
        """`stopped` is true when the user wants an end."""
        self._pool = [_Worker(*each) for each in _begun(order, jobs)]
        self._stopped = stopped
        self._left = list(self._pool)
        """Those whose pipe is open."""
        self._has = {each.pipe: 0 for each in self._pool}
        """How many chunks each of them has."""
        self._at_hand: deque[int] = deque()
        """Numbers of chunks that were given out, in order."""
        self._made: dict[int, Made] = {}
        """Written before their turn."""
        self._failure: Exception | None = None
        self._until = 0.0
        """When all of them have to be gone, once an end is wanted."""

    def write(self, chunks: Iterator[Chunk]) -> Iterator[Made]:
        """Until there are no more chunks, an end is wanted, or one failed: then those that were nearly done come as well,
        and after them the error is raised."""
        for chunk in chunks:
            if self._ending():
                break
            self._give(chunk)
            while not self._ending() and len(self._at_hand) >= AHEAD * len(self._pool):
                self._hear()
                yield from self._in_turn()
        self._tell(None)
        while self._left and not (self._ending() and time.monotonic() > self._until):
            self._hear()
            yield from self._in_turn()
        for number in sorted(self._made):
            yield self._made.pop(number)
        if self._failure:
            raise self._failure

    def _in_turn(self) -> Iterator[Made]:
        while self._at_hand and self._at_hand[0] in self._made:
            yield self._made.pop(self._at_hand.popleft())

    def _give(self, chunk: Chunk) -> None:
        worker = min(self._left, key=lambda each: self._has[each.pipe])
        self._at_hand.append(chunk.number)
        self._has[worker.pipe] += 1
        try:
            worker.pipe.send(chunk)
        except OSError:
            self._lose(worker)

    def _hear(self) -> None:
        """What one of them says, if one says something soon."""
        ready = connection.wait([each.pipe for each in self._left], timeout=0.2)
        for worker in [each for each in self._left if each.pipe in ready]:
            try:
                answer = worker.pipe.recv()
            except (EOFError, OSError):
                self._lose(worker)
                continue
            if isinstance(answer, Made):
                self._has[worker.pipe] -= 1
                self._made[answer.number] = answer
            else:
                self._failure = self._failure or answer

    def _lose(self, worker: _Worker) -> None:
        """Its pipe is closed: it is done, or it died."""
        self._left.remove(worker)
        worker.process.join(LONGEST)
        code = worker.process.exitcode
        if not self._failure and (code or (self._has[worker.pipe] and not self._until)):
            how = f"was ended by signal {-code}" if code and code < 0 else f"ended with code {code}"
            sentence = f"a process that wrote letters {how}; perhaps the memory did not suffice"
            self._failure = OutputFailed(sentence, "run the same command again; with --jobs 1 it needs less")

    def _ending(self) -> bool:
        """Whether no more is begun. What is at hand may take a moment longer."""
        if not self._until and (self._failure or self._stopped()):
            self._until = time.monotonic() + PATIENCE + LONGEST
            self._tell(PATIENCE)
        return bool(self._until)

    def _tell(self, what: float | None) -> None:
        """None: no more chunks come. Seconds: the chunk at hand has so many, and the others are left."""
        for worker in self._left:
            with suppress(OSError):  # it is gone, which its pipe will say
                worker.pipe.send(what)

    def end(self) -> None:
        """No worker is left when this returns. What they had aside may be."""
        for worker in self._pool:
            worker.pipe.close()
            worker.process.kill()
        for worker in self._pool:
            worker.process.join()


def _begun(order: Order, jobs: int) -> Iterator[tuple[BaseProcess, Connection]]:
    """Signals wait meanwhile: a new process does not know yet that they are not for it."""
    context = get_context("spawn")
    with _signals_waiting():
        for _ in range(jobs):
            ours, theirs = context.Pipe()
            process = context.Process(target=serve, args=(order, theirs))
            process.start()
            theirs.close()
            yield process, ours


@contextmanager
def _signals_waiting() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # which would let them through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Inbox:
    """What a worker is given, read while it writes, so that whoever gives it never waits."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._chunks: deque[Chunk] = deque()
        self._news = threading.Condition()
        self._last = False
        self._until = float("inf")
        """When the chunk at hand has to be done; the others are left from the moment that this is known."""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                what = self._pipe.recv()
            except (EOFError, OSError):  # whoever gave the work is gone
                self._end(0)
                return
            if isinstance(what, Chunk):
                with self._news:
                    self._chunks.append(what)
                    self._news.notify()
            else:
                self._end(what)

    def _end(self, patience: float | None) -> None:
        with self._news:
            self._last = True
            if patience is not None:
                self._until = min(self._until, time.monotonic() + patience)
                self._chunks.clear()
            self._news.notify()

    def __iter__(self) -> Iterator[Chunk]:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._chunks or self._last)
                if not self._chunks:
                    return
                chunk = self._chunks.popleft()
            yield chunk

    def check(self) -> None:
        """Raises Interrupted when the chunk at hand takes too long."""
        if time.monotonic() > self._until:
            raise Interrupted(signal.SIGTERM)


def serve(order: Order, pipe: Connection) -> None:
    """What a worker does. It leaves signals to the process that gave it work."""
    for which in SIGNALS:
        signal.signal(which, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    inbox = _Inbox(pipe)
    with suppress(Interrupted, BrokenPipeError, ConnectionResetError):
        try:
            desk = Desk(order)
            for chunk in inbox:
                pipe.send(desk.write(chunk, inbox.check))
        except Exception as error:
            pipe.send(_carried(error))


def _carried(error: Exception) -> Exception:
    """The error, or its name where it cannot go through a pipe."""
    with suppress(Exception):
        pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
        return error
    return RuntimeError(type(error).__name__)
