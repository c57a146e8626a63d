"""F-34: very many rows. Memory stays where it is, and a terminal sees how far it is; F-02 kills such a run and goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from optout.cli.app import App
from optout.cli.members import Member
from tests.cli import sheets
from tests.faults.extent import rounds
from tests.faults.forks import ROOT
from tests.faults.member_sheets import HEAD, opened
from tests.faults.terminal import NULL, at_terminal

# The largest memory that this very program had: what is counted for children holds that of who started them.
MEASURED = """
import atexit, re, sys
from pathlib import Path
from optout.cli import main
def tell():
    status = Path("/proc/self/status").read_text()
    Path("peak").write_text(re.search(r"VmHWM:\\s+(\\d+)", status)[1])
atexit.register(tell)
main()
"""


def peak(work: Path, rows: int, *args: str) -> float:
    """MiB of a batch of so many rows, vault included."""
    folder = work / str(rows)
    folder.mkdir(exist_ok=True)
    everywhere = {f"m{n}": {"residence": "US-IL", "address": ""} for n in range(rows)}
    sheets.write(folder / "people.csv", rows, **everywhere)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPTOUT_HOME": str(folder / "home"), "PYTHON_KEYRING_BACKEND": NULL}
    words = ["batch", "people.csv", "--firm", "clearview", "--no-input", *args]
    done = subprocess.run([sys.executable, "-c", MEASURED, *words], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int((folder / "peak").read_text()) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads the largest memory from /proc")
def test_f34_thrice_the_rows_are_written_in_nearly_the_same_memory(tmp_path: Path) -> None:
    """9,000 rows; 30,000 in a full run."""
    most = rounds(9_000, 30_000)
    used = [
        peak(tmp_path, rows, "--format", "txt", "--archive", "--yes", "--expect", str(rows))
        for rows in (most // 3, most)
    ]
    assert used[1] < 150 and used[1] < used[0] * 1.2, used


@pytest.mark.skipif(sys.platform != "linux", reason="reads the largest memory from /proc")
def test_f34_30000_rows_are_checked_in_the_memory_of_3000(tmp_path: Path) -> None:
    used = [peak(tmp_path, rows, "--dry-run") for rows in (3_000, 30_000)]
    assert used[1] < 100 and used[1] < used[0] * 1.1, used


def test_f34_reading_takes_no_more_memory_for_more_rows(tmp_path: Path) -> None:
    app = App({"home": str(tmp_path / "home")})
    peaks = []
    for count in (2_000, 20_000):
        text = HEAD + "".join(f"Zoë {i},zoe{i}@members.example,FR\n" for i in range(count))
        found = opened(app, tmp_path, text)
        del text
        next(iter(found.members()))
        tracemalloc.start()
        assert sum(isinstance(row, Member) for row in found.members()) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2 + 100_000


def test_f34_a_terminal_sees_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    sheets.write(tmp_path / "people.csv", 1200)
    args = ("batch", "people.csv", "--firm", "clearview", "--format", "txt", "--archive")
    code, seen = at_terminal(tmp_path / "home", *args, keys=[("type the number of cases (1200)", "1,200\n")])
    assert code == 0 and " of 1,200 cases, " in seen and " a second, " in seen and " left" in seen, seen
    assert "1,200 cases with " in seen
