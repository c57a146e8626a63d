"""Start-up in CPU time against `import click`, in one run, interleaved; medians of the ratios.

    python benchmarks/startup.py [ROUNDS] [--keyring]

Goals: --version 1.15, status and remind over 100,000 cases with the key file 1.6, the second request to docx 6. With
--keyring the key of the many cases lies in a real Secret Service, gnome-keyring on a bus of its own (it and
dbus-run-session must be installed); remind's goal is then 4.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CASES = 100_000
PERSON = ["--name", "Ada Example", "--email", "ada@mail.example", "--residence", "US-IL", "--format", "docx"]
LETTERS = json.dumps({"letters": [{"id": "access", "kinds": ["access"], "when": "now"},
                                  {"id": "deletion", "kinds": ["deletion"], "when": "after_access"}]})  # fmt: skip
COLUMNS = """ref, subject, firm, phase, outcomes, next_on, next_kind, overdue_from, step, opened, act_on, awaits, held_from,
    quiet_from, late_step, dates, events"""
SESSION = """
gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 <<<"only for this run" &
daemon=$!
for _ in $(seq 100); do [ -S "$XDG_RUNTIME_DIR/keyring/control" ] && break; sleep 0.05; done
"$@"
status=$?
kill $daemon
exit $status
"""


def cpu(args: list[str], env: dict[str, str], cwd: str) -> float:
    """User and system seconds of one child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(args, env=env, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(number: int) -> tuple[Any, ...]:
    """A case as an advocate's many are: most wait, a tenth is done, and each group of `remind` has thousands."""
    ref, today = f"{number:08X}", date.today()  # noqa: DTZ011 (days are the user's calendar days)
    phase, awaits, held, quiet, day = "waiting", None, None, None, today + timedelta(days=8 + number % 120)
    if number % 10 == 0:
        phase = "done"
    elif number % 20 == 1:
        day = today - timedelta(days=1 + number % 90)
    elif number % 25 == 2:
        day = today + timedelta(days=number % 8)
    elif number % 33 == 3:
        phase, awaits = "answer_needed", "classify"
    elif number % 33 == 4:
        phase, held = "answer_needed", str(today - timedelta(days=number % 60))
    elif number % 50 == 5:
        phase, awaits = "answer_needed", "decide"
    elif number % 12 == 6:
        phase, quiet = "draft", str(today - timedelta(days=number % 200))
    on, late = (str(day), str(day + timedelta(days=1))) if phase == "waiting" else (None, None)
    dates = [{"letter": "access", "kind": "respond", "on": on, "overdue_from": late, "origin": "statute",
              "demands": ["access"]}] if on else []  # fmt: skip
    step = f"wait for the answer, then: optout log {ref} answered; optout show {ref} has the dates"
    return (ref, "s", f"firm-{number % 40}", phase, '{"access":"pending","deletion":"pending"}', on, on and "respond",
            late, step, "2026-01-01", late, awaits, held, quiet,
            f"write to the firm again, then: optout log {ref} reminded", json.dumps(dates), 3)  # fmt: skip


def fill(home: str, keyring: bool) -> None:
    """Cases enough, written as rows: the listings read the summaries alone."""
    from optout.store.paths import paths
    from optout.store.vault import Vault

    with Vault.open(paths(home), create=True) as vault, vault.transaction():
        assert vault.keeper.custody == ("keyring" if keyring else "file"), vault.keeper
        vault.run("insert or ignore into subjects (id, json, digest) values ('s', '{}', x'00')")
        vault.run_many(
            "insert into cases (ref, subject, firm, fingerprint, inputs, opened, json) values (?, 's', ?, ?, '', '2026-01-01', ?)",
            ((f"{n:08X}", f"firm-{n % 40}", f"{n}", LETTERS) for n in range(CASES)),
        )
        marks = ", ".join("?" * len(row(0)))
        vault.run_many(f"insert into summary ({COLUMNS}) values ({marks})", map(row, range(CASES)))


def measure(rounds: int, keyring: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "OPTOUT_HOME": f"{folder}/many"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its byte code
        one = {**env, "OPTOUT_HOME": f"{folder}/one"}
        program = [sys.executable, "-m", "optout"]
        fill(f"{folder}/many", keyring)
        runs = {
            "import click": ([sys.executable, "-c", "import click"], env),
            "--version": ([*program, "--version"], env),
            "status, 100,000 cases": ([*program, "status"], env),
            "remind, 100,000 cases": ([*program, "remind"], env),
            "remind --limit 5": ([*program, "remind", "--limit", "5"], env),
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


def in_session(words: list[str]) -> int:
    """Runs these words where a Secret Service of their own answers."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"PATH": os.environ["PATH"], "HOME": folder, "XDG_RUNTIME_DIR": f"{folder}/run"}
        Path(folder, "run").mkdir(mode=0o700)
        return subprocess.run(["dbus-run-session", "--", "bash", "-c", SESSION, "bash", *words], env=env).returncode


def main() -> None:
    words = sys.argv[1:]
    if "--keyring" in words and "--inside" not in words:
        sys.exit(in_session([sys.executable, __file__, *words, "--inside"]))
    keyring = "--keyring" in words
    if not keyring:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
            os.environ.pop(name, None)
    sys.path.insert(0, str(ROOT))
    measure(next((int(word) for word in words if word.isdigit()), 11), keyring)


if __name__ == "__main__":
    main()
