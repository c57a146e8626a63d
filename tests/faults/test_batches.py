"""Batches under real faults: kills, signals, full disks, folders that go away, two at once. Each person and firm ends
with exactly one case and its letters, and every letter holds its own person alone."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from optout.store import cases
from optout.store.paths import paths
from optout.store.vault import Vault
from tests.cli import sheets
from tests.cli.test_main_job import optout
from tests.faults.extent import FULL
from tests.faults.forks import Started

BATCH = ("batch", "people.csv", "--firm", "clearview", "--yes", "--format")


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def start(home: Path, *words: str, first: str = "", ends: dict[int, str] | None = None) -> Started:
    """A process of its own; `first` is run in it before the program, and `ends` gives single streams a file by name."""
    env = {**os.environ, "OPTOUT_HOME": str(home / "home")}
    return Started(home, words, env, f"import signal\n{first}", ends=ends)


def written(home: Path) -> Iterator[tuple[str, str]]:
    """Name and words of every letter that has its name, in folders and archives."""
    for path in sorted((home / "optout-letters").rglob("*")):
        if any(part.startswith(".optout-") for part in path.parts):
            continue
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as file:
                yield from ((name, file.read(name).decode()) for name in file.namelist())
        elif path.suffix == ".txt":
            yield path.name, path.read_text(encoding="utf-8")


def whole(home: Path, people: int) -> None:
    """One case for each person, its chain sound, one letter of each kind, each with its own person's words alone."""
    with Vault.open(paths(str(home / "home")), create=False) as vault:
        rows = vault.run("""select b.key, b.ref, count(*) over (partition by b.key), b.about from batch_cases b""")
        assert len(rows) == people and {count for _, _, count, _ in rows} == {1}
        assert [cases.verify(vault, ref) for _, ref, _, _ in rows[:: max(1, people // 50)]] == [[]] * len(
            rows[:: max(1, people // 50)]
        )
        assert vault.run("select count(*) from chunks where done = 0") == [(0,)]
        of = {ref: key.removeprefix("M") for key, ref, _, _ in rows}
    names = set()
    for name, text in written(home):
        assert name not in names
        names.add(name)
        assert set(re.findall(r"[Nn]r(\d+)x", text)) == {of[name[:9]]}, name
    assert {name[:9] for name in names} == set(of)
    assert not list((home / "optout-letters").glob(".optout-*"))


def test_f02_thousands_of_rows_killed_three_times_are_each_written_once(tmp_path: Path) -> None:
    """6,000 rows; 20,000 in a full run."""
    count, chunks = (20000, 3) if FULL else (6000, 1)
    everywhere = {f"m{n}": {"residence": "US-IL", "address": ""} for n in range(count)}
    sheets.write(tmp_path / "people.csv", count, **everywhere)
    chance = random.Random(20000)  # noqa: S311 (moments, not secrets)
    for _ in range(3):
        there = kept(tmp_path) if (tmp_path / "home" / "optout.db").exists() else 0
        process = start(tmp_path, *BATCH, "txt", "--archive", "--expect", str(count - there))
        done = len(list((tmp_path / "optout-letters").glob("*.zip")))
        while process.poll() is None and len(list((tmp_path / "optout-letters").glob("*.zip"))) < done + chunks:
            time.sleep(0.02)
        time.sleep(chance.random() / 3)
        process.kill()
        process.communicate()
    left = count - kept(tmp_path)
    assert 0 < left < count
    done = optout(tmp_path, *BATCH, "txt", "--archive", "--expect", str(left))
    assert done.returncode == 0, done.stderr
    whole(tmp_path, count)


def kept(home: Path) -> int:
    with Vault.open(paths(str(home / "home")), create=False) as vault:
        return int(vault.run("select count(*) from batch_cases")[0][0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_f05_a_signal_ends_a_batch_after_the_chunk_and_the_same_command_goes_on(
    tmp_path: Path, number: signal.Signals, after: int
) -> None:
    people = 700 + 250 * after
    sheets.write(tmp_path / "people.csv", people)
    process = start(tmp_path, *BATCH, "txt", "--expect", str(people))
    folder = tmp_path / "optout-letters"
    while process.poll() is None and len(list(folder.glob("people-*-????"))) < after:
        time.sleep(0.01)
    if not after:
        time.sleep(0.6)
    process.send_signal(number)
    began = time.monotonic()
    _, err = process.communicate(timeout=20)
    assert time.monotonic() - began < 4  # two seconds on a machine that does nothing else
    assert process.returncode == (130 if number == signal.SIGINT else 143), err
    there = kept(tmp_path) if (tmp_path / "home" / "optout.db").exists() else 0
    done = optout(tmp_path, *BATCH, "txt", "--expect", str(people - there))
    assert done.returncode == 0, done.stderr
    whole(tmp_path, people)


def test_f05_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 900)
    process = start(tmp_path, *BATCH, "txt,pdf", "--expect", "900")
    while process.poll() is None and not list((tmp_path / "optout-letters").glob(".optout-*")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    assert "Stopping after this chunk" in process.communicate()[1]
    left = 900 - kept(tmp_path)
    done = optout(tmp_path, *BATCH, "txt", "--expect", str(left))
    assert done.returncode == 0, done.stderr
    whole(tmp_path, 900)


LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"


@pytest.mark.parametrize("limit", [200_000, 2_000_000])
def test_f04_a_limit_on_files_is_said_and_the_same_command_goes_on(tmp_path: Path, limit: int) -> None:
    sheets.write(tmp_path / "people.csv", 800)
    process = start(tmp_path, *BATCH, "txt", "--archive", "--expect", "800", first=LIMIT.format(limit))
    _, err = process.communicate(timeout=60)
    assert process.returncode in (1, 7), err
    assert "Traceback" not in err.replace(str(tmp_path), "") and re.search(
        "cannot be written|limit on the size of files", err
    )
    there = kept(tmp_path) if (tmp_path / "home" / "optout.db").exists() else 0
    done = optout(tmp_path, *BATCH, "txt", "--archive", "--expect", str(800 - there))
    assert done.returncode == 0, done.stderr
    whole(tmp_path, 800)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_f03_a_full_disk_is_said_and_the_same_command_goes_on(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 1200)
    out = tmp_path / "optout-letters"
    out.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", str(out)], check=False)
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        done = optout(tmp_path, *BATCH, "txt", "--archive", "--expect", "1200")
        assert done.returncode == 1 and "No space left on device" in done.stderr, done.stderr
        there = kept(tmp_path)
        assert 0 < there < 1200 and not list(out.glob(".optout-*"))
        subprocess.run(["mount", "-o", "remount,size=60m", str(out)], check=True)
        done = optout(tmp_path, *BATCH, "txt", "--archive", "--expect", str(1200 - there))
        assert done.returncode == 0, done.stderr
        whole(tmp_path, 1200)
    finally:
        subprocess.run(["umount", str(out)], check=True)


def test_f07_a_folder_that_goes_away_ends_it_in_a_sentence(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 900)
    process = start(tmp_path, *BATCH, "txt", "--expect", "900")
    out = tmp_path / "optout-letters"
    while process.poll() is None and not list(out.glob("people-*-0001")):
        time.sleep(0.01)
    out.rename(tmp_path / "elsewhere")
    out.write_text("in the way")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "cannot be written" in err and "Traceback" not in err
    out.unlink()
    (tmp_path / "elsewhere").rename(out)
    done = optout(tmp_path, *BATCH, "txt", "--expect", str(900 - kept(tmp_path)))
    assert done.returncode == 0, done.stderr
    whole(tmp_path, 900)


def test_f08_two_batches_at_once_are_one_after_the_other(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 900)
    shutil.copy(tmp_path / "people.csv", tmp_path / "others.csv")
    first = start(tmp_path, *BATCH, "txt", "--expect", "900")
    while first.poll() is None and not list((tmp_path / "optout-letters").glob("people-*")):
        time.sleep(0.01)
    second = optout(tmp_path, "batch", "others.csv", *BATCH[2:], "txt", "--expect", "900")
    assert second.returncode == 7 and "another batch is being written" in second.stderr
    first.communicate(timeout=60)
    assert first.returncode == 0
    whole(tmp_path, 900)


def test_f09_a_vault_locked_half_way_is_said_and_the_same_command_goes_on(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 900)
    process = start(tmp_path, *BATCH, "txt", "--expect", "900")
    while process.poll() is None and not list((tmp_path / "optout-letters").glob("people-*-0001")):
        time.sleep(0.01)
    with Vault.open(paths(str(tmp_path / "home")), create=False) as vault, vault.transaction():
        _, err = process.communicate(timeout=60)
    assert process.returncode == 7 and "Traceback" not in err, err
    done = optout(tmp_path, *BATCH, "txt", "--expect", str(900 - kept(tmp_path)))
    assert done.returncode == 0, done.stderr
    whole(tmp_path, 900)
