"""How far a batch is: all the time on a terminal, a line a minute elsewhere, each with the rate and the time left."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from optout.cli.batchrun import _Progress
from tests.cli import sheets
from tests.faults.test_batches import BATCH, start

SAID = r"([0-9,]+) of 1,100 cases, ([0-9,]+) a second, [0-9]+ (?:s|min|h) left"
QUICK = "import time; real = time.monotonic; time.monotonic = lambda: real() * 2000"
"""A clock by which each chunk takes minutes."""


def test_a_line_a_minute_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    progress, said = _Progress(20_000), {}
    for seconds, cases in ((1, 500), (59, 3000), (61, 3050), (62, 3100), (120, 6000), (121, 6050), (7200, 10_000)):
        now = 1000.0 + seconds
        progress.at(cases)
        if text := capsys.readouterr().err:
            said[seconds] = text
    progress.close()
    assert said == {
        61: "3,050 of 20,000 cases, 50 a second, 5 min left\n",
        121: "6,050 of 20,000 cases, 50 a second, 4 min left\n",
        7200: "10,000 of 20,000 cases, 1 a second, 2 h left\n",
    }
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(os.name == "nt", reason="terminals of Unix")
def test_a_run_says_it_in_lines_or_in_one_that_changes(tmp_path: Path) -> None:
    import pty

    sheets.write(tmp_path / "people.csv", 1100)
    words = (*BATCH, "txt", "--expect", "1100", "--again")
    process = start(tmp_path, *words, first=QUICK)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    lines = [found for line in err.splitlines() if (found := re.fullmatch(SAID, line))]
    assert len(lines) > 1 and "\r" not in err
    (tmp_path / "there").mkdir()
    sheets.write(tmp_path / "there" / "people.csv", 1100)
    ours, theirs = pty.openpty()
    process = start(tmp_path / "there", *words, first=QUICK, ends={2: os.ttyname(theirs)})
    os.close(theirs)
    screen = b""
    while True:
        try:
            screen += (read := os.read(ours, 4096))
        except OSError:  # nobody holds the other end
            break
        if not read:
            break
    process.communicate(timeout=60)
    assert process.returncode == 0, screen
    assert re.search(rb"\r1,100 of 1,100 cases, [0-9,]+ a second, 0 s left +\r {70}\r", screen), screen
