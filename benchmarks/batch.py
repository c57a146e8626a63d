"""Whole batches in ratios, each pair measured in one run: python benchmarks/batch.py [rows], or memory

Needs docxtpl for the first figure: pip install docxtpl==0.20.2. Rows are 10,000 unless given. Each figure is printed
with its goal. Times are wall times of whole processes, sheet to lists, vault and letters on the disk of TMPDIR.
"""

from __future__ import annotations

import csv
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from email.message import EmailMessage
from pathlib import Path

import docx_vs_docxtpl

from optout.cli import golden
from optout.letter import plain
from optout.library.catalog import Catalog
from optout.render import eml
from optout.select import Asked

ROOT = Path(__file__).parents[1]
PLACES = ("FR", "DE", "US-IL", "US-CA", "GB-ENG", "CH", "CA-ON", "PL", "ES", "IT", "NL", "PT")
ROUNDS = 3


def sheet(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "email", "residence", "address"])
        for n in range(rows):
            writer.writerow(
                [f"M{n}", f"Person Nr{n}", f"nr{n}@mail.example", PLACES[n % 12], f"{n} Street\n12345 Town"]
            )


def run(work: Path, rows: int, *args: str, home: str = "home") -> tuple[float, float, int]:
    """Seconds of wall and processor, and the largest memory in MiB, of one batch over a fresh vault."""
    env = {**os.environ, "OPTOUT_HOME": str(work / home), "PYTHONPATH": str(ROOT),
           "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}  # fmt: skip
    words = [sys.executable, "-m", "optout", "batch", str(work / "people.csv"), "--firm", "clearview", "--yes", "--expect",
             str(rows), "-o", str(work / "out"), *args]  # fmt: skip
    began = time.perf_counter()
    process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    _, err = process.communicate()
    wall = time.perf_counter() - began
    assert process.returncode == 0, err
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def fresh(work: Path, rows: int, *args: str) -> float:
    for name in ("home", "out"):
        shutil.rmtree(work / name, ignore_errors=True)
    return run(work, rows, *args)[0]


def letters(work: Path) -> int:
    with next((work / "out").glob("*.csv")).open(newline="", encoding="utf-8") as file:
        return sum(len(row["letters"].split()) for row in csv.DictReader(file))


def limit(work: Path, count: int) -> float:
    """Seconds to deflate and write as many files of the size of a letter, and nothing else."""
    folder = work / "limit"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    text = os.urandom(1500).hex().encode() * 2
    began = time.perf_counter()
    for n in range(count):
        data = zlib.compress(text, 1)
        zlib.crc32(text)
        (folder / str(n)).write_bytes(data[:5300].ljust(5300))
    os.sync()
    return time.perf_counter() - began


def told(what: str, ratios: list[float], goal: str) -> None:
    print(
        f"{what:<58} {statistics.median(ratios):6.2f}  ({min(ratios):.2f} to {max(ratios):.2f}); goal {goal}",
        flush=True,
    )


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sheet(work / "people.csv", rows)
        theirs = docx_vs_docxtpl.with_docxtpl(docx_vs_docxtpl.template())
        one: list[float] = []
        files: list[float] = []
        two: list[float] = []
        bound: list[float] = []
        slow: list[float] = []
        for _ in range(ROUNDS):
            slow.append(1 / docx_vs_docxtpl.rate(theirs))
            one.append(fresh(work, rows, "--format", "docx", "--archive"))
            count = letters(work)
            files.append(fresh(work, rows, "--format", "docx"))
            bound.append(limit(work, count))
            two.append(fresh(work, rows, "--format", "docx", "--archive", "--jobs", "2"))
        told(
            "docxtpl / batch, docx in archives, a letter",
            [s * count / o for s, o in zip(slow, one, strict=True)],
            "50 or more",
        )
        told(
            "docxtpl / batch, docx in folders, a letter",
            [s * count / o for s, o in zip(slow, files, strict=True)],
            "50 or more",
        )
        told(
            "batch in folders / deflate and write alone",
            [f / b for f, b in zip(files, bound, strict=True)],
            "3 or less",
        )
        told("one process / two, docx in archives", [o / t for o, t in zip(one, two, strict=True)], "1.8 or more")
        few = min(rows, 600)
        sheet(work / "people.csv", few)
        pdf = [(fresh(work, few, "--format", "pdf", "--archive"), fresh(work, few, "--format", "pdf", "--archive", "--jobs", "2"))
               for _ in range(ROUNDS)]  # fmt: skip
        told("one process / two, PDF", [a / b for a, b in pdf], "1.8 or more")
    told("stdlib e-mail / ours", eml_ratio(), "5 or more")


def eml_ratio() -> list[float]:
    from datetime import date

    (letter, *_) = golden.letters(Catalog(), "fr", "clearview", Asked(on=date(2026, 11, 24)))
    ratios = []
    for _ in range(7):
        began = time.process_time()
        for _ in range(200):
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = letter.sender[-1], "x@firm.example", letter.subject
            message.set_content(plain(letter), cte="quoted-printable")
            bytes(message)
        theirs = time.process_time() - began
        began = time.process_time()
        for _ in range(200):
            eml.write(letter)
        ratios.append(theirs / (time.process_time() - began))
    return ratios


def memory(few: int, many: int) -> None:
    """The largest memory of a run with many rows beside one with few, vault included."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        used = []
        for rows in (few, many):
            sheet(work / "people.csv", rows)
            for name in ("home", "out"):
                shutil.rmtree(work / name, ignore_errors=True)
            used.append(run(work, rows, "--format", "docx", "--archive")[2])
        told(
            f"memory of {many:,} rows / {few:,} ({used[1]} and {used[0]} MiB)",
            [used[1] / used[0]],
            "1.2 or less, under 150 MiB",
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        memory(10_000, 200_000)
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
