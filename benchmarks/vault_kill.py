"""Kills writers of one vault at random moments and counts what was torn or lost.

usage: python benchmarks/vault_kill.py FOLDER [KILLS]      (from the top folder; FOLDER must not exist)

This is a killed process, not a power cut: the kernel keeps what was written.
"""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from optout.store import cases
from optout.store.paths import paths
from optout.store.vault import Vault

ROOT = Path(__file__).resolve().parents[1]


class Result(NamedTuple):
    kills: int
    told: int
    """Cases whose writer had said that they are safe."""
    kept: int
    """Cases in the vault at the end: at most one for each kill more than told."""
    lost: list[str]
    torn: list[str]
    """Cases of which a part is missing, and complaints of the database about itself."""
    seconds: float


def write(home: str, writer: int) -> None:
    """Adds cases until it is killed, and says each one's reference when it is safe."""
    vault = Vault.open(paths(home), create=True)
    number = 0
    while True:
        ref = f"{writer:04d}-{number:04d}"
        with vault.transaction():
            subject = cases.subject_id(vault, {"names": [f"Person {ref}"]}, lambda ref=ref: ref)  # type: ignore[misc]
            cases.add(
                vault,
                case={"ref": ref, "subject": subject, "firm": "f", "opened": "2026-01-31", "text": ref * 200},
                fingerprint=ref,
                inputs="",
                event={"kind": "drafted", "on": "2026-01-31"},
                at="2026-01-31",
                letters=[{"id": "main", "language": "en", "letter": {"body": ref * 200}, "versions": {}}],
                files=[{"letter": "main", "format": "txt", "name": ref, "sha256": "", "folder": ""}],
                pending=[],
                summary={"phase": "draft"},
            )
        os.write(1, ref.encode("ascii") + b"\n")
        number += 1


def run(folder: str, kills: int, seed: int = 0) -> Result:
    """Two writers at a time, each killed at its own moment; the vault is looked through after every pair.

    Every twelve kills begin a new vault, so that making one is killed as well and looking through stays short.
    """
    started = time.perf_counter()
    moment = random.Random(seed)  # noqa: S311 - when to kill, nothing secret
    told: set[str] = set()
    kept: set[str] = set()
    torn: list[str] = []
    for writer in range(0, kills, 2):
        home = f"{folder}/{writer // 12}"
        told |= _round(home, writer, moment)
        if Vault.exists(paths(home)):
            refs, complaints = _look(home)
            kept |= refs
            torn += complaints
    return Result(kills, len(told), len(kept), sorted(told - kept), torn, time.perf_counter() - started)


def _round(home: str, writer: int, moment: random.Random) -> set[str]:
    """Starts two writers, kills both, and returns what they said."""
    pair = [_start(home, writer), _start(home, writer + 1)]
    # A third dies while it starts; the others once a case is safe, however slow the machine is.
    if moment.random() < 1 / 3:
        time.sleep(moment.random() * 0.14)
    else:
        select.select([process.stdout for process in pair], [], [], 30)
        time.sleep(moment.random() * 0.06)
    told = set()
    for process in pair:
        time.sleep(moment.random() * 0.01)
        process.send_signal(signal.SIGKILL)
    for process in pair:
        assert process.stdout is not None
        told |= {line.decode() for line in process.stdout.read().split(b"\n")[:-1]}
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL, "a writer failed by itself"
    return told


def _start(home: str, writer: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, __file__, "--write", home, str(writer)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def _look(home: str) -> tuple[set[str], list[str]]:
    """The references in the vault, and what is wrong with it."""
    with Vault.open(paths(home), create=True) as vault:
        found = [str(row) for row in vault.run("pragma integrity_check") if row != ("ok",)]
        found += [str(row) for row in vault.run("pragma foreign_key_check")]
        rows = vault.run(
            """select ref from cases c where
            (select count(*) from events e where e.ref = c.ref) <> 1
            or (select count(*) from letters l where l.ref = c.ref) <> 1
            or (select count(*) from files f where f.ref = c.ref) <> 1
            or (select count(*) from summary s where s.ref = c.ref) <> 1"""
        )
        return {ref for (ref,) in vault.run("select ref from cases")}, found + [ref for (ref,) in rows]


def main(arguments: list[str]) -> None:
    if arguments[0] == "--write":
        write(arguments[1], int(arguments[2]))
    result = run(arguments[0], int(arguments[1]) if len(arguments) > 1 else 120)
    sys.stdout.write(
        f"{result.kills} kills in {result.seconds:.1f} s: {result.told} cases told, {result.kept} kept, "
        f"{len(result.lost)} lost, {len(result.torn)} torn\n"
    )
    if result.lost or result.torn:
        raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
