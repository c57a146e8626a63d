"""Two shards of one sheet, as the page on many letters writes them: two processes, two vaults, one merged at the end."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from optout.store import cases
from optout.store.paths import paths
from optout.store.vault import Vault
from tests.cli import sheets
from tests.faults.forks import ROOT
from tests.faults.terminal import NULL

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
PEOPLE = 40


def blocks() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.skipif(os.name == "nt", reason="the page writes for a shell of Unix")
def test_two_shards_of_the_page_give_each_person_one_case(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", PEOPLE)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "optout"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m optout --no-input "$@"\n')
    program.chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHON_KEYRING_BACKEND": NULL}
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        env.pop(name, None)
    # The lines of the page, with two shards in place of sixteen.
    (array,) = [block for block in blocks() if "SLURM" in block]
    (merge,) = re.findall(r"^for file in .*; done$", "\n".join(blocks()), re.MULTILINE)
    (count,) = re.findall(r"`(optout batch people.csv .*--shard 1/16 --dry-run --json)`", PAGE)
    for folder in ("counts", "shards"):
        (tmp_path / folder).mkdir()
    for number in "12":
        line = count.replace("--shard 1/16", f"--shard {number}/2")
        done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True,
                              env={**env, "OPTOUT_HOME": str(tmp_path / "shards" / number)})  # fmt: skip
        (tmp_path / "counts" / number).write_text(str(json.loads(done.stdout)["cases"]))
    running = [
        subprocess.Popen(["sh", "-e", "-c", array.replace("/16", "/2")], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
                         stdout=subprocess.DEVNULL, env={**env, "SLURM_ARRAY_TASK_ID": number})
        for number in "12"
    ]  # fmt: skip
    for process in running:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    env["OPTOUT_HOME"] = str(tmp_path / "home")
    subprocess.run(["sh", "-e", "-c", merge], cwd=tmp_path, check=True, capture_output=True, env=env)
    one_case_each(tmp_path)
    line = count.replace(" --shard 1/16", "")
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True, env=env)
    assert json.loads(done.stdout)["skipped"] == [{"why": "done", "count": PEOPLE}], "all of it is there"


def one_case_each(work: Path) -> None:
    with Vault.open(paths(str(work / "home")), create=False) as vault:
        rows = vault.run("select key, ref from batch_cases")
        assert sorted(key for key, _ in rows) == sorted(f"M{n}" for n in range(PEOPLE))
        assert [cases.verify(vault, ref) for _, ref in rows] == [[]] * PEOPLE
    of = {ref: key.removeprefix("M") for key, ref in rows}
    assert len(of) == PEOPLE
    found: dict[str, set[str]] = {}
    for path in (work / "optout-letters").glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".docx"):
                    with zipfile.ZipFile(archive.open(name)) as letter:
                        words = letter.read("word/document.xml").decode()
                    assert set(re.findall(r"[Nn]r(\d+)x", words)) == {of[name[:9]]}, name
                    assert name not in found.setdefault(name[:9], set())
                    found[name[:9]].add(name)
    assert found.keys() == of.keys()
    lists = [path.read_text(encoding="utf-8-sig").splitlines() for path in (work / "optout-letters").glob("*.csv")]
    listed = [row["ref"] for lines in lists for row in csv.DictReader(lines)]
    assert sorted(listed) == sorted(of)
