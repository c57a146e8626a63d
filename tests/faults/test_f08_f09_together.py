"""F-08 and F-09: two real processes at one vault, and one that dies or sticks while it holds the lock."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from optout.store import cases
from optout.store.paths import paths
from optout.store.vault import Vault
from tests.cli.test_main_job import optout, request
from tests.faults.forks import ROOT, Forks

COMMANDS = """
import sys
from optout.cli import main
for n in range(100):
    try:
        main(["log", sys.argv[1], "noted", "--note", f"{sys.argv[2]} {n}"])
    except SystemExit as ended:
        assert not ended.code, (n, ended.code)
"""
HOLD = """
import os, sys, time
from optout.store.paths import paths
from optout.store.vault import Vault
with Vault.open(paths(os.environ["OPTOUT_HOME"]), create=False) as vault, vault.transaction():
    vault.run("update cases set opened = '1999-01-01'")
    print("held", flush=True)
    time.sleep(60)
"""
WAIT = """
from optout.store.vault import Vault
Vault.open.__func__.__kwdefaults__["wait"] = float({})
"""
SHORT = f"""
import sys
{WAIT.format("sys.argv[1]")}
from optout.cli import main
main(sys.argv[2:])
"""
"""A command that waits for a lock as long as its first argument says, in seconds, and not ten."""


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def child(home: Path, code: str, *args: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPTOUT_HOME": str(home / "home")}
    return subprocess.Popen([sys.executable, "-c", code, *args], cwd=home, env=env, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def test_f08_two_processes_of_100_changes_each(tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    for process in [child(tmp_path, COMMANDS, ref, who) for who in ("one", "two")]:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "another process" not in err
    shown = json.loads(optout(tmp_path, "show", ref, "--verify", "--json").stdout)
    notes = [row["event"].get("note") for row in shown["events"]]
    for who in ("one", "two"):
        assert [note for note in notes if note and note.startswith(who)] == [f"{who} {n}" for n in range(100)]
    assert len(notes) == 201 and shown["chain"]["broken"] == []


@contextmanager
def holder(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of a change."""
    process = child(home, HOLD)
    try:
        assert process.stdout and process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_f09_the_holder_is_killed(tmp_path: Path) -> None:
    """The one that waits goes on at once, and sees nothing of what was not finished."""
    ref = request(tmp_path, "--format", "txt")["ref"]
    with holder(tmp_path) as held:
        waiting = child(tmp_path, SHORT, "60", "log", ref, "noted", "--note", "after it")
        time.sleep(1)
        assert waiting.poll() is None, waiting.communicate()
        held.send_signal(signal.SIGKILL)
        start = time.monotonic()
        out, err = waiting.communicate(timeout=30)
        assert (waiting.returncode, out) == (0, ""), err
        assert time.monotonic() - start < 5
    with Vault.open(paths(str(tmp_path / "home")), create=False) as vault:
        assert cases.verify(vault, ref) == []
        ((opened, last),) = vault.run("select opened, json_extract(e.json, '$.note') from cases c join events e on "
                                      "e.ref = c.ref order by n desc limit 1")  # fmt: skip
    assert opened != "1999-01-01" and last == "after it"


@pytest.mark.parametrize("args", [("log", "{ref}", "noted", "--note", "a"), ("letter", "{ref}", "--format", "txt"),
                                  ("profile", "new", "me", "--name", "Ada Example", "--email", "a@mail.example",
                                   "--residence", "FR"),
                                  ("request", "pimeyes", "--name", "Ada Example", "--email", "a@mail.example",
                                   "--residence", "FR", "--format", "txt")], ids=lambda args: args[0])  # fmt: skip
def test_f09_the_holder_is_alive_and_stuck(args: tuple[str, ...], tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    letters = sorted(tmp_path.glob("optout-letters/**/*"))
    with holder(tmp_path) as held:
        held.send_signal(signal.SIGSTOP)
        start = time.monotonic()
        done = child(tmp_path, SHORT, "1", *(word.format(ref=ref) for word in args))
        out, err = done.communicate(timeout=30)
        assert (done.returncode, out) == (7, ""), err
        assert 0.9 < time.monotonic() - start < 8
        said = err[err.index("optout: ") :].splitlines()
        assert said == [
            f"optout: another process is writing to the vault {(tmp_path / 'home' / 'optout.db').resolve()}",
            "  hint: wait for it, then run the same command again",
        ]
        for reading in (("status",), ("show", ref), ("remind",), ("export", "-o", "-")):
            assert Forks(tmp_path).run(*reading, first=WAIT.format(1)).code == 0, "who only reads waits for nobody"
    assert sorted(tmp_path.glob("optout-letters/**/*")) == letters
    done = Forks(tmp_path).run(*(word.format(ref=ref) for word in args), first=WAIT.format(10))
    assert done.code == 0, done.err
