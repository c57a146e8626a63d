"""Kills a batch at random moments, goes on, and counts what was lost, doubled or mixed up: `batch.py kills`.

This is a killed process, not a power cut: the kernel keeps what was written.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import batch

from optout.store import cases
from optout.store.paths import paths
from optout.store.vault import Vault


def main(rows: int = 20_000, kills: int = 20) -> None:
    chance = random.Random(rows + kills)  # noqa: S311 (moments, not secrets)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        batch.sheet(work / "people.csv", rows)
        whole = batch.fresh(work, rows, "--format", "txt", "--archive")
        for name in ("home", "out"):
            batch.shutil.rmtree(work / name)
        began, done = time.perf_counter(), 0
        for _ in range(kills):
            process = begin(work, rows)
            until = time.perf_counter() + chance.uniform(0.1, max(1.0, 2 * whole / kills))
            while process.poll() is None and time.perf_counter() < until:
                time.sleep(0.01)
            done += process.poll() is None
            process.kill()
            process.communicate()
        batch.finished(begin(work, rows))
        batch.told(f"{done} of {kills} kills: time / that of one run", [(time.perf_counter() - began) / whole], "none")
        judge(work, rows)


def begin(work: Path, rows: int) -> batch.subprocess.Popen[str]:
    left = rows - len(kept(work))
    words = ("batch", str(work / "people.csv"), *batch.ASKED, str(left), "-o", str(work / "out"))
    return batch.start(work, *words, "--format", "txt", "--archive")


def kept(work: Path) -> list[tuple[str, str]]:
    """By case, whose row it is."""
    if not (work / "home" / "optout.db").exists():
        return []
    with Vault.open(paths(str(work / "home")), create=False) as vault:
        return list(vault.run("select ref, key from batch_cases"))


def letters(work: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((work / "out").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            yield from ((name, archive.read(name).decode()) for name in archive.namelist())


def judge(work: Path, rows: int) -> None:
    """Each row has one case with a sound chain and its letters once, each with the words of its own person alone."""
    of = {ref: key.removeprefix("M") for ref, key in kept(work)}
    mixed, names, refs = 0, list[str](), set[str]()
    for name, text in letters(work):
        names.append(name)
        refs.add(name[:9])
        mixed += set(re.findall(r"[Nn]r(\d+)\b", text)) != {of.get(name[:9], "")}
    with Vault.open(paths(str(work / "home")), create=False) as vault:
        broken = sum(bool(cases.verify(vault, ref)) for ref in of)
        (wanted,) = vault.run("select count(*) from letters")[0]
    batch.told("cases / rows", [len(of) / rows], "1.00")
    batch.told("rows with a case / rows", [len(set(of.values())) / rows], "1.00")
    batch.told("cases with letters on the disk / cases", [len(refs & of.keys()) / len(of)], "1.00")
    batch.told("letters on the disk / letters of the cases", [len(names) / wanted], "1.00")
    batch.told("letters with a name of their own / letters", [len(set(names)) / len(names)], "1.00")
    batch.told("letters mixed up, chains broken, strays / letters", [
        (mixed + broken + len(list((work / "out").glob(".optout-*")))) / len(names)
    ], "0.00")  # fmt: skip
