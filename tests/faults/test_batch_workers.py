"""A batch written by several processes: stopped once, twice and three times, and with a worker that dies. It ends soon, in
words, leaves no process and nothing half, and the same command goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli import sheets
from tests.cli.test_main_job import optout
from tests.faults.test_batches import BATCH, kept, no_desktop, whole

__all__ = ["no_desktop"]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds processes in /proc")

ROOT = Path(__file__).parents[2]
PEOPLE = 1100
JOBS = (*BATCH, "txt", "--expect", str(PEOPLE), "--jobs", "2")
AT_ONCE = 15
"""Seconds; one or two on a machine that does nothing else."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    sheets.write(tmp_path / "people.csv", PEOPLE)
    return tmp_path


def start(home: Path, *words: str) -> subprocess.Popen[str]:
    """A process of its own that leads a group, as at a terminal: how its workers begin is what is tested here."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPTOUT_HOME": str(home / "home")}
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\nfrom optout.cli import main; main()"
    )
    return subprocess.Popen([sys.executable, "-c", code, *words], cwd=home, env=env, text=True, start_new_session=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def workers(process: subprocess.Popen[str]) -> list[int]:
    """The processes that were started to write letters."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == process.pid and b"spawn_main" in (stat.parent / "cmdline").read_bytes():
                found.append(int(stat.parent.name))
    return found


def until(process: subprocess.Popen[str], there: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not there():
        assert process.poll() is None and time.monotonic() < end, process.communicate()[1]
        time.sleep(0.01)


def aside(home: Path) -> list[Path]:
    return list((home / "optout-letters").glob(".optout-*"))


def ended(home: Path, process: subprocess.Popen[str], *codes: int) -> str:
    """It ends soon with one of these codes, with all that it started, and leaves nothing; the same command goes on. What it said."""
    family = workers(process)
    began = time.monotonic()
    _, err = process.communicate(timeout=60)
    assert time.monotonic() - began < AT_ONCE
    assert process.returncode in codes and "Traceback" not in err and "bug" not in err, err
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]
    assert not aside(home)
    there = kept(home) if (home / "home" / "optout.db").exists() else 0
    done = optout(home, *BATCH, "txt", "--expect", str(PEOPLE - there))
    assert done.returncode == 0, done.stderr
    whole(home, PEOPLE)
    return err


def test_f05_one_signal_keeps_the_chunks_that_are_done(home: Path) -> None:
    """They are done before their turn comes: the process that would keep them is held up."""
    process = start(home, *JOBS)
    until(process, lambda: len(aside(home)) >= 2)
    process.send_signal(signal.SIGSTOP)
    before, since = 0, time.monotonic()
    while time.monotonic() - since < 3:
        if (now := len(list((home / "optout-letters").glob(".optout-*/*")))) != before:
            before, since = now, time.monotonic()
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    err = ended(home, process, 143)
    assert "Stopping after this chunk" in err
    (said,) = (line for line in err.splitlines() if line.endswith("written."))
    assert int(said.split()[0].replace(",", "")) >= 500


def test_f05_what_takes_too_long_is_taken_back(home: Path) -> None:
    """PDFs of a chunk take longer than anybody waits who wants an end."""
    process = start(home, *BATCH, "txt,pdf", "--expect", str(PEOPLE), "--jobs", "2", "--print")
    until(process, lambda: len(aside(home)) >= 2)
    process.send_signal(signal.SIGTERM)
    ended(home, process, 143)


def test_f05_more_signals_end_the_workers_at_once(home: Path) -> None:
    """The third may come when all is taken back: then it ends what has nothing left to do."""
    process = start(home, *BATCH, "txt,pdf", "--expect", str(PEOPLE), "--jobs", "2")
    until(process, lambda: len(aside(home)) >= 2)
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    assert "Stopping after this chunk" in ended(home, process, 130, -signal.SIGINT)


def test_f05_ctrl_c_while_the_workers_begin_is_no_bug(home: Path) -> None:
    """A terminal sends it to every process of the group."""
    process = start(home, *JOBS)
    until(process, lambda: workers(process))
    os.killpg(process.pid, signal.SIGINT)
    ended(home, process, 130)


def test_f02_a_worker_that_is_killed_is_said_in_a_sentence(home: Path) -> None:
    process = start(home, *JOBS)
    until(process, lambda: len(aside(home)) >= 2)
    os.kill(workers(process)[0], signal.SIGKILL)
    err = ended(home, process, 1)
    assert "a process that wrote letters was ended by signal 9" in err and "--jobs 1" in err


def test_f02_workers_end_with_the_process_that_gave_them_work(home: Path) -> None:
    process = start(home, *JOBS)
    until(process, lambda: len(aside(home)) >= 2)
    family = workers(process)
    process.kill()
    process.communicate()
    end = time.monotonic() + AT_ONCE
    while left := [pid for pid in family if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < end, left
        time.sleep(0.01)
    done = optout(home, *BATCH, "txt", "--expect", str(PEOPLE - kept(home)))
    assert done.returncode == 0, done.stderr
    whole(home, PEOPLE)
