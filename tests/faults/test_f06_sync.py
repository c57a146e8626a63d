"""F-06: the disk says that it could not keep what was written. That is told, success is not, and the old state stays."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from optout.store import cases
from optout.store.paths import paths
from optout.store.vault import Vault
from tests.cli.test_main_job import optout
from tests.faults.forks import ROOT, Forks
from tests.store.test_secret_service import needed

ADA = ("--name", "Ada Example", "--email", "ada@mail.example", "--residence", "FR")
FAULTY = """
import sys
import apsw
from optout.cli import ending, main
from optout.store.vault import Vault
from tests.store import faulty
synced = 0
def sync(file, flags):
    global synced
    synced += 1
    if synced == int(sys.argv[1]):
        raise apsw.IOError("planted")
faulty.FaultyFile.xSync = sync
Vault.open.__func__.__kwdefaults__["vfs"] = faulty.Faulty(apsw.IOError, False).vfs
ending._lost = lambda lost: None  # apsw reports the planted error a second time, as one that could not be raised
try:
    main(sys.argv[2:])
finally:
    with open("synced", "w") as file:
        file.write(str(synced))
"""
"""A command whose n-th sync of the vault fails; it leaves behind how many there were."""


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def run(work: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPTOUT_HOME": str(work / "home")}
    return subprocess.run(
        words, cwd=work, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60
    )


def refs(work: Path) -> set[str]:
    with Vault.open(paths(str(work / "home")), create=False) as vault:
        assert vault.run("pragma integrity_check") == [("ok",)]
        found = {str(ref) for (ref,) in vault.run("select ref from cases")}
        assert not [line for ref in found for line in cases.verify(vault, ref)]
    return found


def strays(work: Path) -> list[Path]:
    return [path for path in work.rglob("*") if path.name.endswith(".tmp")]


def test_f06_a_sync_of_the_vault_fails(tmp_path: Path) -> None:
    assert optout(tmp_path, "request", "clearview", *ADA, "--format", "txt").returncode == 0
    failed = 0
    for n in range(1, 30):
        before = refs(tmp_path)
        request = ("request", "pimeyes", *ADA, "--again", "--because", f"Reason {n}.", "--format", "txt")
        done = Forks(tmp_path).execute(FAULTY, str(n), *request)
        if int((tmp_path / "synced").read_text()) < n:
            assert done.code == 0
            break
        now = refs(tmp_path)
        if done.code:
            failed += 1
            assert done.code == 7 and done.out == "", done.err
            assert "cannot be read or written" in done.err and "Case " not in done.err
            assert now == before or len(now - before) == 1  # what may have reached the disk is the whole case
        else:
            assert before <= now
        assert strays(tmp_path) == []
        assert optout(tmp_path, *request).returncode == 0
    else:
        raise AssertionError("the end was never reached")
    assert failed, "no sync was one that matters"


@pytest.mark.system
@pytest.mark.parametrize("what", ["request", "letter", "export"])
def test_f06_the_system_call_fails(what: str, tmp_path: Path) -> None:
    """Every fsync of the process in turn: those of letters, folders, exports and of the database."""
    assert optout(tmp_path, "request", "clearview", *ADA, "--format", "txt").returncode == 0
    (ref,) = refs(tmp_path)
    (tmp_path / "all.jsonl").write_text("the one of before")
    commands = {
        "request": ("request", "pimeyes", *ADA, "--format", "txt"),
        "letter": ("letter", ref, "--format", "txt", "-o", "copies"),
        "export": ("export", "-o", "all.jsonl", "--force"),
    }
    strace = [
        needed("strace"),
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-o",
        str(tmp_path / "trace"),
        "-e",
        "trace=fsync,fdatasync",
    ]
    failed = 0
    for n in range(1, 40):
        before = refs(tmp_path)
        inject = ["-e", f"inject=fsync,fdatasync:error=EIO:when={n}"]
        done = run(tmp_path, *strace, *inject, sys.executable, "-m", "optout", *commands[what])
        reached = "INJECTED" in (tmp_path / "trace").read_text()
        now = refs(tmp_path)
        assert strays(tmp_path) == []
        if done.returncode:
            failed += 1
            assert done.returncode in (1, 7) and done.stdout == "", done.stderr
            said = [line for line in done.stderr.splitlines() if line.startswith("optout: ")]
            assert len(said) == 1 and re.search(r"Input/output error|cannot be (read or )?written", said[0]), said
        if now != before or not reached:
            break
    assert failed > 1, "no sync was one that matters"
    assert optout(tmp_path, *commands[what]).returncode == 0
    assert len(refs(tmp_path)) == 2 if what == "request" else refs(tmp_path) == {ref}
