"""A request beside 3,000 imported firms against the same without them, each in a process of its own.

Rounds alternate; what is printed is the median of the ratios of their CPU seconds. To a firm of the catalogue nothing
may cost more; what a firm of the list costs beside it is shown, and where it comes from: python benchmarks/listed_firms.py
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 15
FIRMS = 3000
SAME = 1.05
LISTED = 1.3
ROOT = Path(__file__).parents[1]
PERSON = ("--name", "Ada Example", "--email", "ada@mail.example", "--residence", "FR", "--format", "txt", "-n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        records(work / "list" / "companies")
        spent(work, "many", "firms", "import", "list")
        for home in ("none", "many"):
            request(work, home, "clearview")  # the cache of checked data is made once
        show("clearview, beside the list", work, ("many", "clearview"), ("none", "clearview"), SAME)
        show("by another of its names", work, ("many", "Clearview AI"), ("none", "Clearview AI"), SAME)
        show("a firm of the list, by name", work, ("many", "Firm 1500 GmbH"), ("many", "Clearview AI"), LISTED)
        show(
            "a firm of the list, by web address", work, ("many", "firm-1500.example"), ("many", "Clearview AI"), LISTED
        )


def records(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number in range(FIRMS):
        record = {
            "slug": f"firm-{number}", "relevant-countries": ["all"], "name": f"Firm {number} GmbH",
            "runs": [f"Brand {number}", f"Shop {number}"], "address": f"Straße {number}\n10115 Berlin\nDeutschland",
            "email": f"privacy@firm-{number}.example", "web": f"https://www.firm-{number}.example/",
            "sources": [f"https://firm-{number}.example/imprint"], "quality": "verified",
        }  # fmt: skip
        (folder / f"firm-{number}.json").write_text(json.dumps(record), encoding="utf-8")


def request(work: Path, home: str, firm: str) -> float:
    return spent(work, home, "request", firm, *PERSON)


def spent(work: Path, home: str, *args: str) -> float:
    """CPU seconds of a process."""
    env = {**os.environ, "OPTOUT_HOME": str(work / home), "PYTHONPATH": str(ROOT)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "optout", *args]
    subprocess.run(command, cwd=work, env=env, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def show(what: str, work: Path, one: tuple[str, str], other: tuple[str, str], goal: float) -> None:
    ratio = statistics.median(request(work, *one) / request(work, *other) for _ in range(ROUNDS))
    print(f"{what}: {ratio:.2f}, goal {goal}: {'held' if ratio <= goal else 'MISSED'}")


if __name__ == "__main__":
    main()
