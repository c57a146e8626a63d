"""F-05: Ctrl-C and SIGTERM in the middle of several letters: at once, with what is done done, and nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from optout.store import cases, files
from optout.store.paths import paths
from optout.store.vault import Vault
from tests.cli.test_main_job import optout
from tests.faults.forks import ROOT, Forks

ADA = ("--name", "Ada Example", "--email", "ada@mail.example")
CODES = {signal.SIGINT: (130, "optout: stopped"), signal.SIGTERM: (143, "optout: terminated")}
POINTS = ("optout.cli.deciding:decide", "optout.cli.keeping:letter_rows", "optout.store.private:create",
          "optout.store.cases:add", "optout.store.files:finish")  # fmt: skip
"""Where the signal arrives: before anything is kept, between letters, between files, in the change, before the names."""
AT = """
import importlib, os
place, number, times, count = {!r}, {}, {}, 0
module, _, name = place.partition(":")
module = importlib.import_module(module)
real = getattr(module, name)
def reached(*args, **more):
    global count
    count += 1
    if count == times:
        os.kill(os.getpid(), number)
    return real(*args, **more)
setattr(module, name, reached)
"""
"""What makes a function send a signal when it is called for the n-th time."""


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def start(home: Path, *words: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPTOUT_HOME": str(home / "home")}
    return subprocess.Popen([sys.executable, *words], cwd=home, env=env, text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def firms(home: Path) -> list[str]:
    """The firms of the cases that there are, each case sound and with all its letters."""
    if not Vault.exists(paths(str(home / "home"))):
        return []
    with Vault.open(paths(str(home / "home")), create=False) as vault:
        assert vault.run("pragma integrity_check") == [("ok",)]
        found = vault.run("select ref, firm from cases order by rowid")
        assert [cases.verify(vault, str(ref)) for ref, _ in found] == [[]] * len(found)
        for folder, name, sha256 in vault.run("select folder, name, sha256 from files"):
            there = files.digest(str(Path(folder, name)))
            waiting = {(row["folder"], row["final"]) for row in cases.pending(vault)}
            assert there == sha256 or (folder, name) in waiting
    return [str(firm) for _, firm in found]


def strays(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.name.endswith(".tmp")]


@pytest.mark.parametrize("times", [1, 2], ids=["first", "later"])
@pytest.mark.parametrize("number", CODES, ids=["INT", "TERM"])
@pytest.mark.parametrize("point", POINTS)
def test_f05_a_signal_in_a_request_to_several_firms(point: str, number: int, times: int, tmp_path: Path) -> None:
    request = ("request", "clearview,pimeyes", *ADA, "--residence", "US-IL", "--format", "docx,txt")
    ended = Forks(tmp_path).run(*request, first=AT.format(point, int(number), times))
    code, sentence = CODES[signal.Signals(number)]
    assert (ended.code, ended.err.splitlines()[-1]) == (code, sentence), ended
    assert ended.took < 10
    there = firms(tmp_path)
    assert there == ["clearview", "pimeyes"][: len(there)] and len(there) <= times
    done = optout(tmp_path, *request)
    assert done.returncode == 0, done.stderr
    assert sorted(firms(tmp_path)) == ["clearview", "pimeyes"], "what was missing is there, and nothing twice"
    assert strays(tmp_path) == []
    assert not [path for path in tmp_path.glob("optout-letters/*") if not list(path.iterdir())]


@pytest.mark.parametrize("second", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("number", CODES, ids=["INT", "TERM"])
def test_f05_a_signal_from_outside_and_a_second_one(number: int, second: float, tmp_path: Path) -> None:
    """Within two seconds it is over. The second one ends it at once, and may cut the sentence off."""
    request = ("request", "clearview,pimeyes", *ADA, "--residence", "FR")
    process = start(tmp_path, "-m", "optout", *request)
    assert process.stderr and process.stderr.readline().startswith("Clearview AI, from France")
    process.send_signal(number)
    begun = time.monotonic()
    if second:
        time.sleep(second)
        process.send_signal(number)
    _, err = process.communicate(timeout=10)
    assert time.monotonic() - begun < 2
    code, sentence = CODES[signal.Signals(number)]
    assert process.returncode == code or (second and process.returncode == -number), err
    if process.returncode == code:
        assert err.splitlines()[-1] == sentence
    assert "Traceback" not in err
    firms(tmp_path)
    assert optout(tmp_path, *request).returncode == 0
    assert firms(tmp_path) == ["clearview", "pimeyes"]


@pytest.mark.parametrize("point", ["optout.store.outgoing:changed", "optout.store.private:sync_folder"])
@pytest.mark.parametrize("number", CODES, ids=["INT", "TERM"])
def test_f05_a_signal_in_an_export(point: str, number: int, tmp_path: Path) -> None:
    """The file of before stays, or the new one is there whole."""
    assert (
        optout(tmp_path, "request", "clearview,pimeyes", *ADA, "--residence", "FR", "--format", "txt").returncode == 0
    )
    (tmp_path / "all.jsonl").write_text("the one of before")
    export = ("export", "-o", "all.jsonl", "--force")
    ended = Forks(tmp_path).run(*export, first=AT.format(point, int(number), 1))
    code, sentence = CODES[signal.Signals(number)]
    assert (ended.code, ended.err.splitlines()[-1]) == (code, sentence), ended
    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    assert lines == ["the one of before"] or [json.loads(line) for line in lines][-1]["type"] == "case"
    assert strays(tmp_path) == []
    assert optout(tmp_path, *export).returncode == 0
    assert json.loads((tmp_path / "all.jsonl").read_text().splitlines()[0])["counts"]["cases"] == 2
