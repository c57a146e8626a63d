"""Commands in processes of their own that begin at once: one process imports the package, and forks for each command.

Run as a program it is that process. It opens no vault itself: a connection must not be carried into a child.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ("babel.dates", "docx", "email_validator", "holidays", "icalendar", "jinja2", "keyring", "typst", "yaml")


class Done(NamedTuple):
    """How a command ended."""

    code: int
    """The exit code; the negative number of the signal that ended it."""
    out: str
    err: str
    took: float
    """Seconds."""


class Forks:
    """Runs commands in a folder, `work`, with the home `work/home`. To be closed."""

    def __init__(self, work: Path, *server: str) -> None:
        """`server` is another module that serves the same way, with its arguments."""
        self.work = work
        gone = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "OPTOUT_HOME")
        env = {name: value for name, value in os.environ.items() if name not in gone} | {
            "PYTHONPATH": str(ROOT),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "OPTOUT_HOME": str(work / "home"),
        }
        command = [sys.executable, "-m", *(server or ("tests.faults.forks",))]
        self._server = subprocess.Popen(
            command, cwd=work, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Forks:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait(10)

    def run(self, *args: str, kill: float | None = None, first: str = "", typed: str = "") -> Done:
        """One command; with `kill`, that many seconds after its start it gets SIGKILL, unless it has ended.

        `first` is Python that its process runs before it; `typed` is its standard input.
        """
        more = [first, typed] if first or typed else []
        self._server.stdin.write(json.dumps([args, kill, *more]) + "\n")
        self._server.stdin.flush()
        return Done(*json.loads(self._server.stdout.readline()))


def _child(args: list[str], out: int, err: int, first: str, typed: str) -> None:
    from optout.cli import main

    code = 70
    try:
        with tempfile.TemporaryFile() as keys:
            keys.write(typed.encode())
            keys.seek(0)
            os.dup2(keys.fileno(), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(fd, mode) for fd, mode in ((0, "r"), (1, "w"), (2, "w")))
        exec(first, {})  # noqa: S102 (what a test wants to be different in this process)
        try:
            main(args)
        except SystemExit as ended:
            code = int(ended.code or 0)
            for stream in filter(None, (sys.stdout, sys.stderr)):
                with suppress(OSError):  # a full device was told of already
                    stream.flush()
    finally:
        os._exit(code)


def run(args: list[str], kill: float | None, first: str = "", typed: str = "") -> Done:
    out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
    start = time.monotonic()
    pid = os.fork()
    if not pid:
        _child(args, out.fileno(), err.fileno(), first, typed)
    if kill is not None:
        time.sleep(kill)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    took = time.monotonic() - start
    said = []
    for file in (out, err):
        with file:
            file.seek(0)
            said.append(file.read().decode("utf-8", "replace"))
    return Done(os.waitstatus_to_exitcode(status), *said, took)


def load() -> None:
    """Imports all that commands need, so that a fork begins at once."""
    sys.path.insert(0, str(ROOT))
    for path in sorted((ROOT / "optout").glob("*/*.py")):
        if path.stem != "__init__":
            importlib.import_module(f"optout.{path.parent.name}.{path.stem}")
    for name in LIBRARIES:
        importlib.import_module(name)


def _serve() -> None:
    load()
    for line in sys.stdin:
        print(json.dumps(run(*json.loads(line))), flush=True)


if __name__ == "__main__":
    _serve()
