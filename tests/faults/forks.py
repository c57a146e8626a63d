"""Commands in processes of their own that begin at once: one process imports the package, and forks for each command.

Run as a program it is that process. It opens no vault itself: a connection must not be carried into a child.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Self

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ("babel.dates", "docx", "email_validator", "holidays", "icalendar", "jinja2", "keyring", "typst", "yaml")
LONGEST = 120
"""Seconds that a command may take."""


class Done(NamedTuple):
    """How a command ended."""

    code: int
    """The exit code; the negative number of the signal that ended it."""
    out: str
    err: str
    took: float
    """Seconds."""


class Server:
    """A process that forks for each command. It ends with this one."""

    def __init__(self, *module: str) -> None:
        """`module` is another one that serves the same way, with its arguments."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", *(module or ("tests.faults.forks",))], cwd=ROOT, env=environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, *what: Any) -> list[Any]:
        """The answer to one line of JSON."""
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], LONGEST)[0]:
            self._process.kill()
            raise TimeoutError(f"{what[0]} did not end")
        return list(json.loads(self._process.stdout.readline()))

    def end(self) -> None:
        """Also kills what was started and still runs."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


@functools.cache
def shared() -> Server:
    """The one of this process, begun when first asked for."""
    server = Server()
    atexit.register(server.end)
    return server


def environment() -> dict[str, str]:
    """That of this process, without what leads to the desktop's keyring or to a home."""
    gone = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "OPTOUT_HOME")
    env = {name: value for name, value in os.environ.items() if name not in gone}
    return env | {"PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


class Started:
    """A command that runs while the test goes on. Its methods are those of `subprocess.Popen`, as far as tests use them."""

    def __init__(self, work: Path, words: Sequence[str], env: dict[str, str], first: str = "", terminal: str = "",
                 ends: dict[int, str] | None = None) -> None:  # fmt: skip
        """`terminal` is the name of the one that becomes its own, with all its streams on it; `ends` gives single streams
        a file by name. The others are read at the end. `first` as in `Forks.run`."""
        self.returncode: int | None = None
        self._said = [tempfile.NamedTemporaryFile(), tempfile.NamedTemporaryFile()]
        names = {0: os.devnull, 1: self._said[0].name, 2: self._said[1].name, **(ends or {})}
        if terminal:
            names = dict.fromkeys(names, terminal)
        self.pid = int(shared().ask("start", words, first, [names[n] for n in range(3)], terminal, str(work), env)[0])

    def poll(self) -> int | None:
        if self.returncode is None and (code := shared().ask("poll", self.pid)[0]) is not None:
            self.returncode = code
            self._texts = [Path(file.name).read_bytes().decode("utf-8", "replace") for file in self._said]
            for file in self._said:
                file.close()
        return self.returncode

    def wait(self, timeout: float = LONGEST) -> int:
        """Raises subprocess.TimeoutExpired."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("optout", timeout)
            time.sleep(0.01)
        return code

    def communicate(self, timeout: float = LONGEST) -> tuple[str, str]:
        """What went to stdout and stderr, once it has ended."""
        self.wait(timeout)
        return self._texts[0], self._texts[1]

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Forks:
    """Runs commands in a folder, `work`, with the home `work/home`."""

    def __init__(self, work: Path, server: Server | None = None) -> None:
        """`server`: another one than that of all tests, which has loaded more."""
        self.work = work
        self._forking = server

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing of its own is open."""

    def run(
        self, *args: str, kill: float | None = None, first: str = "", typed: str = "", env: dict[str, str] | None = None
    ) -> Done:
        """One command; with `kill`, that many seconds after its start it gets SIGKILL, unless it has ended.

        `first` is Python that its process runs before it; `typed` is its standard input.
        """
        mask = os.umask(0o077)
        os.umask(mask)
        return Done(
            *(self._forking or shared()).ask(args, kill, first, typed, str(self.work), env or self.environment(), mask)
        )

    def execute(self, code: str, *argv: str) -> Done:
        """Python in place of a command, with `sys.argv[1:]` as given."""
        return self.run(first=f"import os, sys\nsys.argv[1:] = {argv!r}\n{code}\nsys.stdout.flush()\nos._exit(0)")

    def environment(self) -> dict[str, str]:
        return {**environment(), "OPTOUT_HOME": str(self.work / "home")}


def _child(args: list[str], streams: Sequence[int], first: str, work: str, env: dict[str, str], mask: int) -> NoReturn:
    from optout.cli import main

    code = 70
    try:
        os.umask(mask)
        os.chdir(work)
        os.environ.clear()
        os.environ.update(env)
        time.tzset()
        tempfile.tempdir = None  # or the server's would be used
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w", 1)
        try:
            exec(first, {})  # noqa: S102 (what a test wants to be different in this process)
            main(args)
        except SystemExit as ended:
            code = int(ended.code or 0)
            for stream in filter(None, (sys.stdout, sys.stderr)):
                with suppress(OSError):  # a full device was told of already
                    stream.flush()
    finally:
        os._exit(code)


def run(
    args: list[str], kill: float | None, first: str, typed: str, work: str, env: dict[str, str], mask: int = 0o022
) -> Done:
    keys, out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile(), tempfile.TemporaryFile()
    keys.write(typed.encode())
    keys.seek(0)
    start = time.monotonic()
    pid = os.fork()
    if not pid:
        _child(args, [file.fileno() for file in (keys, out, err)], first, work, env, mask)
    if kill is not None:
        time.sleep(kill)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    took = time.monotonic() - start
    said = []
    keys.close()
    for file in (out, err):
        with file:
            file.seek(0)
            said.append(file.read().decode("utf-8", "replace"))
    return Done(os.waitstatus_to_exitcode(status), *said, took)


def _start(args: list[str], first: str, names: list[str], terminal: str, work: str, env: dict[str, str]) -> int:
    """The process, which has opened these files as its streams."""
    opened, ready = os.pipe()
    pid = os.fork()
    if pid:
        os.close(ready)
        os.read(opened, 1)
        os.close(opened)
        return pid
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if terminal:
        os.setsid()
        os.open(terminal, os.O_RDWR)  # the first that the leader of a session opens is its own
    streams = [os.open(name, os.O_RDWR | os.O_NOCTTY) for name in names]
    os.close(ready)
    return _child(args, streams, first, work, env, 0o022)


def load() -> None:
    """Imports all that commands need, so that a fork begins at once."""
    sys.path.insert(0, str(ROOT))
    for path in sorted((ROOT / "optout").glob("*/*.py")):
        if path.stem != "__init__":
            importlib.import_module(f"optout.{path.parent.name}.{path.stem}")
    for name in LIBRARIES:
        importlib.import_module(name)
    warm()
    gc.freeze()  # or each fork would copy what the collector touches


def warm() -> None:
    """Does once what each command would do again in its fork: reads the shipped data, and compiles templates.

    What depends on a home, a day or an option is still done by the command. No PDF is made here: its library starts
    threads, which a fork does not have.
    """
    from optout import addressee, case, letter, records, subject
    from optout.cli import golden
    from optout.library import catalog
    from optout.render import docx
    from optout.select import Asked

    # The same bytes under the same name mean what they did before; what raises is not kept.
    catalog.read_valid = functools.cache(catalog.read_valid)
    shipped = catalog.Catalog()
    for _ in (*shipped.all_places(), *shipped.all_firms()):
        pass
    for place in ("us-il", "fr"):
        for firm in ("clearview", "pimeyes"):
            letters = golden.letters(shipped, place, firm, Asked(on=date(2026, 1, 2)))
    docx.write(letters[0])
    for kind in (addressee.Recipient, case.Case, case.Event, letter.Letter, subject.Subject):
        records._builder(kind)


def every_template() -> None:
    """For the server of all tests alone: it takes seconds, and those of a few tests write a few letters."""
    from optout.cli.drafting import HOLES
    from optout.render import environment

    for path in (ROOT / "templates").glob("*/*/*.j2"):
        name = path.relative_to(ROOT / "templates").as_posix()
        look = environment._made if name[:3] in ("en/", "fr/") else environment.check
        look(name, path.read_text(encoding="utf-8"), HOLES)
    gc.freeze()


def _serve(also: list[str]) -> None:
    """`also`: modules to load beside those of the program."""
    for name in also:
        importlib.import_module(name)
    load()
    if not also:
        every_template()
    started = set()
    for line in sys.stdin:
        what, *more = json.loads(line)
        if what == "start":
            started.add(answer := _start(*more))
        elif what == "poll":
            found, status = os.waitpid(more[0], os.WNOHANG)
            started.discard(found)
            answer = os.waitstatus_to_exitcode(status) if found else None
        else:
            answer = None
        print(json.dumps([answer] if isinstance(what, str) else run(what, *more)), flush=True)
    for pid in started:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    _serve(sys.argv[1:])
