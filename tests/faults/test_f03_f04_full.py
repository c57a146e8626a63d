"""F-03, F-04: a disk that is full, and a limit on the size of a file, met by the commands themselves."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_main_job import PERSON, optout, request
from tests.faults.forks import ROOT, Forks

OTHER = ("--name", "Ida Other", "--email", "ida@mail.example", "--residence", "FR")


def listed(work: Path) -> list[Any]:
    done = optout(work, "status", "--all", "--json")
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout)["cases"])


def letters(work: Path) -> set[str]:
    return {path.name for path in (work / "optout-letters").rglob("*") if path.is_file()}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes with a vault on it, its cache included."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("needs root and mount(8) for a small disk")
    work = tmp_path / "disk"
    work.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", str(work)], check=True)
    try:
        request(work, "--format", "txt")
        yield work
    finally:
        subprocess.run(["umount", str(work)], check=True)


def test_f03_a_full_disk_is_said_and_nothing_is_torn(disk: Path) -> None:
    (case,) = listed(disk)
    (disk.parent / "reply.txt").write_text("Dear Ada, " * 4000)
    changes = (
        ["request", "pimeyes", *PERSON, "--format", "txt"],
        ["log", case["ref"], "noted", "--file", str(disk.parent / "reply.txt")],
        ["profile", "new", "ida", *OTHER],
    )
    refused = told = 0
    forks = Forks(disk)
    for left in (0, 4, 12, 24, 40, 64, 100, 200):
        for args in changes:
            before, kept = said(forks, case["ref"]), letters(disk)
            filler = disk / "filler"
            free = shutil.disk_usage(disk).free
            filler.write_bytes(b"x" * max(free - left * 1024, 0))
            done = forks.run(*args)
            filler.unlink()
            assert done.code in (0, 1, 7) and "Traceback" not in done.err, (left, done)
            assert not [path for path in disk.rglob("*") if path.name.startswith(".optout-")]
            if done.code:
                refused += 1
                told += "disk full: " in done.err or "No space left" in done.err
                assert (said(forks, case["ref"]), letters(disk)) == (before, kept), (left, args)
                assert not done.out
                again = forks.run(*args)
                assert again.code == 0, again.err
            forks.run("forget", "ida", "--confirm", "Ida Other")
    assert refused == told > 5


def said(forks: Forks, ref: str) -> tuple[str, str]:
    """What the vault holds, as far as it is shown."""
    return forks.run("status", "--all", "--json").out, forks.run("show", ref, "--json").out


def shown(work: Path, ref: str) -> list[Any]:
    return list(json.loads(optout(work, "show", ref, "--json").stdout)["events"])


LIMITED = """
import resource, sys
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.argv[:2] = ["optout"]
from optout.cli import main
main()
"""


def limited(work: Path, limit: int, *args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPTOUT_HOME": str(work / "home"),
           "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
    command = [sys.executable, "-c", LIMITED, str(limit), *args]
    return subprocess.run(command, env=env, cwd=work, capture_output=True, text=True, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("limit", [1_000, 100_000])
def test_f04_a_limit_on_files_is_said_and_nothing_is_torn(tmp_path: Path, limit: int) -> None:
    assert resource.RLIMIT_FSIZE is not None
    first = limited(tmp_path, limit, "request", "clearview", *PERSON, "--format", "txt")
    assert first.returncode in (1, 7) and not first.stdout, first.stderr
    assert "size of files" in first.stderr or "File too large" in first.stderr
    assert not letters(tmp_path) and listed(tmp_path) == []
    ref = request(tmp_path, "--format", "txt")["ref"]
    before = shown(tmp_path, ref)
    (tmp_path / "reply.txt").write_text("Dear Ada, " * 30_000)
    done = limited(tmp_path, limit, "log", ref, "noted", "--file", "reply.txt")
    assert done.returncode == 7 and "a limit on the size of files is reached: " in done.stderr and not done.stdout
    assert shown(tmp_path, ref) == before
    assert limited(tmp_path, limit, "status").returncode == (0 if limit > 50_000 else 7)
    for args in (("export", "-o", "all.jsonl"), ("remind", "--ics", "dates.ics"), ("letter", ref, "--format", "docx")):
        done = limited(tmp_path, 1_000, *args)
        assert done.returncode in (1, 7) and "Traceback" not in done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".optout-")]
    assert not (tmp_path / "all.jsonl").exists()
    assert optout(tmp_path, "log", ref, "noted", "--file", "reply.txt").returncode == 0
    assert optout(tmp_path, "doctor").returncode == 0
