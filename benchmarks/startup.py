"""Start-up in CPU time against `import click`, in one run, interleaved; medians of the ratios.

    python benchmarks/startup.py [ROUNDS]

Goals: --version 1.15, status over 100,000 cases with the key file 1.6, the second request to docx 6.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
CASES = 100_000
PERSON = ["--name", "Ada Example", "--email", "ada@mail.example", "--residence", "US-IL", "--format", "docx"]


def cpu(args: list[str], env: dict[str, str], cwd: str) -> float:
    """User and system seconds of one child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(args, env=env, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def fill(home: str) -> None:
    """Cases enough, written as rows: the listing reads the summary table alone."""
    from optout.store.paths import paths
    from optout.store.vault import Vault

    with Vault.open(paths(home), create=True) as vault, vault.transaction():
        vault.run("insert or ignore into subjects (id, json, digest) values ('s', '{}', x'00')")
        vault.run_many(
            "insert into cases (ref, subject, firm, fingerprint, inputs, opened, json) values (?, 's', ?, ?, '', '2026-01-01', '{}')",
            ((f"{n:08X}", f"firm-{n % 40}", f"{n}") for n in range(CASES)),
        )
        vault.run_many(
            """insert into summary (ref, subject, firm, phase, outcomes, next_on, next_kind, overdue_from, step, opened)
            values (?, 's', ?, 'waiting', '{"access":"pending"}', ?, 'respond', ?, 'wait', '2026-01-01')""",
            (
                (f"{n:08X}", f"firm-{n % 40}", f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}", "2027-01-01")
                for n in range(CASES)
            ),
        )


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, str(ROOT))
        env = {**os.environ, "PYTHONPATH": str(ROOT), "OPTOUT_HOME": f"{folder}/many"}
        one = {**env, "OPTOUT_HOME": f"{folder}/one"}
        program = [sys.executable, "-m", "optout"]
        fill(f"{folder}/many")
        runs = {
            "import click": ([sys.executable, "-c", "import click"], env),
            "--version": ([*program, "--version"], env),
            "status, 100,000 cases": ([*program, "status"], env),
            "request to docx, second run": ([*program, "request", "clearview", *PERSON], one),
        }
        times: dict[str, list[float]] = {name: [] for name in runs}
        for number in range(rounds + 1):
            for name, (args, environ) in runs.items():
                spent = cpu(args, environ, folder)
                if number:  # the first round warms byte code and caches
                    times[name].append(spent)
        for name in runs:
            ratios = [a / b for a, b in zip(times[name], times["import click"], strict=True)]
            print(f"{name:28} {statistics.median(ratios):5.2f} x  [{min(ratios):.2f}..{max(ratios):.2f}]")


if __name__ == "__main__":
    main()
