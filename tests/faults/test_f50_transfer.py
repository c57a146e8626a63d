"""F-50: back up, delete, restore; and an export taken in on another computer. What is there afterwards is the same."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_main_job import PERSON, optout, request
from tests.cli.transfers import as_file, export_of, keep, lines_of, person, vault_in

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which letters were written, sent and answered."""
    folder = tmp_path_factory.mktemp("made")
    ref = request(folder, "--format", "txt,pdf")["ref"]
    (folder / "reply.eml").write_bytes(b"From: firm@acme.example\r\n\r\nNo.\xff\0")
    for args in (
        ["sent", "--by", "post"],
        ["refused", "--ground", "other", "--file", "reply.eml", "--note", "Ça alors"],
    ):
        done = optout(folder, "log", ref, *args)
        assert done.returncode == 0, done.stderr
    done = optout(folder, "request", "pimeyes", *PERSON, "--format", "txt")
    assert done.returncode == 0, done.stderr
    return folder


def everything(folder: Path) -> bytes:
    done = optout(folder, "export", "-o", "-")
    assert done.returncode == 0, done.stderr
    assert "NOT encrypted" in done.stderr
    return done.stdout.encode()


def seen(folder: Path) -> list[str]:
    """What the person sees of it."""
    refs = [case["ref"] for case in json.loads(optout(folder, "status", "--all", "--json").stdout)["cases"]]
    shown = [optout(folder, "show", ref, "--json").stdout for ref in refs]
    letters = [optout(folder, "letter", ref, "--format", "txt", "-o", "-").stdout for ref in refs]
    return [optout(folder, "status", "--all", "--json").stdout, *shown, *letters]


def test_a_folder_put_back_is_as_it_was(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "home", tmp_path / "home")
    before = everything(tmp_path)
    shutil.copytree(tmp_path / "home", tmp_path / "backup")
    shutil.rmtree(tmp_path / "home")
    assert optout(tmp_path, "export", "-o", "-").returncode == 6
    shutil.copytree(tmp_path / "backup", tmp_path / "home")
    assert everything(tmp_path) == before == everything(made)


def test_another_computer_has_the_same_after_an_import(made: Path, tmp_path: Path) -> None:
    done = optout(made, "export", "-o", str(tmp_path / "cases.jsonl"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "cases.jsonl").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "cases.jsonl").read_bytes() == everything(made)
    tried = optout(tmp_path, "import", "cases.jsonl", "--dry-run")
    assert tried.returncode == 0 and not (tmp_path / "home").exists()
    done = optout(tmp_path, "import", "cases.jsonl")
    assert (done.returncode, done.stdout) == (0, "")
    assert everything(tmp_path) == everything(made)
    assert seen(tmp_path) == seen(made)
    again = optout(tmp_path, "import", "cases.jsonl", "--json")
    assert json.loads(again.stdout)["cases"] == {"new": [], "longer": [], "same": 2, "refused": []}
    assert everything(tmp_path) == everything(made)


def test_an_import_that_is_killed_leaves_nothing_or_all(tmp_path: Path) -> None:
    from dataclasses import replace

    from optout.store import cases
    from tests.core.test_standing import EU

    with vault_in(tmp_path / "full") as vault:
        ident = cases.subject_id(vault, person("Ada Example"), lambda: "5" * 16)
        for number in range(150):
            keep(vault, replace(EU, ref=f"AAAA-{number:04d}", subject=ident), "Ada Example")
        data = export_of(vault)
    (tmp_path / "a.jsonl").write_bytes(data)
    seen = set()
    for wait in (0.3, 0.6, 0.75, 0.9, 1.05, 1.2, 20):
        home = tmp_path / f"home-{wait}"
        command = [sys.executable, "-m", "optout", "--home", str(home), "import", "a.jsonl"]
        null = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, cwd=tmp_path, env={**os.environ, **null}, stderr=subprocess.PIPE) as process:
            end = time.monotonic() + wait
            while process.poll() is None and time.monotonic() < end:
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        with vault_in(home) as vault:
            seen.add(count := vault.run("select count(*) from cases")[0][0])
            assert vault.run("pragma integrity_check") == [("ok",)]
            assert export_of(vault) == data if count else vault.run("select count(*) from subjects") == [(0,)]
    assert seen == {0, 150}


def test_a_file_of_another_version_comes_in(made: Path, tmp_path: Path) -> None:
    lines = lines_of(everything(made))
    lines[0]["optout"] = "99.0"
    (tmp_path / "a.jsonl").write_bytes(as_file(lines))
    assert optout(tmp_path, "import", "a.jsonl").returncode == 0
    assert everything(tmp_path) == everything(made)
