"""Whole batches in ratios, each pair measured in one run.

python benchmarks/batch.py [ROWS]            the speed of Word letters and of two processes; 10,000 rows unless given
python benchmarks/batch.py pdf [ROWS]        PDF against typst's own compiler, kept, on the same letters; 600 rows
python benchmarks/batch.py shards [ROWS]     two shards at once against --jobs 2; 10,000 rows
python benchmarks/batch.py kills [ROWS [KILLS]]   twenty kills at random among 20,000 rows, and what was lost or doubled
python benchmarks/batch.py check [ROWS]      a dry run against reading the sheet alone, and its memory; 1,000,000 rows
python benchmarks/batch.py memory            200,000 rows against 10,000

The first needs docxtpl: pip install docxtpl==0.20.2. Each figure is printed with its goal. Times are wall times of
whole processes, sheet to lists, vault and letters on the disk of TMPDIR; those of PDF are of the processor.
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
ASKED = ("--firm", "clearview", "--yes", "--expect")


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
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = start(
        work, "batch", str(work / "people.csv"), *ASKED, str(rows), "-o", str(work / "out"), *args, home=home
    )
    finished(process)
    wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, used.ru_maxrss // 1024


def start(work: Path, *words: str, home: str = "home") -> subprocess.Popen[str]:
    """The command in a process of its own."""
    env = {**os.environ, "OPTOUT_HOME": str(work / home), "PYTHONPATH": str(ROOT),
           "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}  # fmt: skip
    command = [sys.executable, "-m", "optout", "--no-input", *words]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> None:
    _, err = process.communicate()
    assert process.returncode == 0, err


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


def pdf(rows: int) -> None:
    """The seconds of the processor that the bare compiler takes for the same letters, to those of the whole batch."""
    import batch_pdf

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sheet(work / "people.csv", rows)
        ratios = []
        for _ in range(ROUNDS):
            shutil.rmtree(work / "home", ignore_errors=True)
            shutil.rmtree(work / "out", ignore_errors=True)
            ours = run(work, rows, "--format", "pdf", "--archive")[1]
            count, theirs = batch_pdf.bare(work / "people.csv", work / "bare")
            assert count == letters(work), "not the same letters"
            ratios.append(theirs / ours)
        told("bare typst compiler / batch, PDF in archives, processor", ratios, "0.9 or more")


def shards(rows: int) -> None:
    """Two shards at once, each with a vault of its own, to two processes with one vault."""
    from optout.batch import Shard

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sheet(work / "people.csv", rows)
        parts = [sum(Shard(k, 2).takes(f"M{n}") for n in range(rows)) for k in (1, 2)]
        alone, merged = [], []
        for _ in range(ROUNDS):
            jobs = fresh(work, rows, "--format", "docx", "--archive", "--jobs", "2")
            for name in ("one", "two", "home", "out"):
                shutil.rmtree(work / name, ignore_errors=True)
            began = time.perf_counter()
            words = [("batch", str(work / "people.csv"), *ASKED, str(count), "-o", str(work / "out"), "--format", "docx",
                      "--archive", "--shard", f"{k}/2") for k, count in enumerate(parts, 1)]  # fmt: skip
            for process in [start(work, *line, home=name) for line, name in zip(words, ("one", "two"), strict=True)]:
                finished(process)
            alone.append((time.perf_counter() - began) / jobs)
            for name in ("one", "two"):
                (work / f"{name}.jsonl").unlink(missing_ok=True)
                finished(start(work, "export", "-o", str(work / f"{name}.jsonl"), home=name))
                finished(start(work, "import", str(work / f"{name}.jsonl")))
            merged.append((time.perf_counter() - began) / jobs)
        told("two shards at once / --jobs 2, docx in archives", alone, "1.1 or less")
        told("... with the vaults put together at the end", merged, "none")


def check(rows: int) -> None:
    """A dry run: every row read, cleaned, decided and counted, and nothing written."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sheet(work / "people.csv", rows)
        began = time.perf_counter()
        with (work / "people.csv").open(newline="", encoding="utf-8") as file:
            assert sum(1 for _ in csv.reader(file)) == rows + 1
        alone = time.perf_counter() - began
        wall, _, used = run(work, rows, "--dry-run")
        told(f"dry run of {rows:,} rows / reading them ({used} MiB)", [wall / alone], "20 or less, under 300 MiB")


if __name__ == "__main__":
    what, *numbers = sys.argv[1:] or ["10000"]
    if what == "memory":
        memory(10_000, 200_000)
    elif what == "kills":
        import batch_kills

        batch_kills.main(*map(int, numbers))
    elif what in ("pdf", "shards", "check"):
        usual = {"pdf": 600, "shards": 10_000, "check": 1_000_000}[what]
        {"pdf": pdf, "shards": shards, "check": check}[what](int(numbers[0]) if numbers else usual)
    else:
        main(int(what))
