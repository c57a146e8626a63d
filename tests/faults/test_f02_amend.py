"""F-02: `batch amend` killed between its chunks and in them. Each row ends with one draft that says what the sheet says."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path

import pytest

from optout.store import cases
from optout.store.paths import paths
from optout.store.vault import Vault
from tests.cli import sheets
from tests.cli.test_main_job import optout
from tests.faults.test_batches import BATCH, start

PEOPLE = 1200


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def left(home: Path, ident: str) -> int:
    return int(json.loads(optout(home, "batch", "amend", ident, "people.csv", "-n", "--json").stdout)["cases"])


def test_f02_amend_killed_twice_leaves_one_draft_for_each_row(tmp_path: Path) -> None:
    everywhere = {f"m{n}": {"residence": "US-IL"} for n in range(PEOPLE)}
    sheets.write(tmp_path / "people.csv", PEOPLE, **everywhere)
    done = optout(tmp_path, *BATCH, "txt", "--expect", str(PEOPLE), "--json")
    ident = json.loads(done.stdout)["batch"]
    mended = {name: {**row, "address": f"New Street of Nr{name[1:]}x"} for name, row in everywhere.items()}
    sheets.write(tmp_path / "people.csv", PEOPLE, **mended)
    chance, folder = random.Random(PEOPLE), tmp_path / "optout-letters"  # noqa: S311 (moments, not secrets)
    for _ in range(2):
        count, chunks = left(tmp_path, ident), len(list(folder.glob("people-*-????")))
        process = start(tmp_path, "batch", "amend", ident, "people.csv", "--yes", "--expect", str(count))
        while process.poll() is None and len(list(folder.glob("people-*-????"))) == chunks:
            time.sleep(0.01)
        time.sleep(chance.random() / 5)
        process.kill()
        process.communicate()
    count = left(tmp_path, ident)
    assert 0 < count < PEOPLE
    done = optout(tmp_path, "batch", "amend", ident, "people.csv", "--yes", "--expect", str(count))
    assert done.returncode == 0 and left(tmp_path, ident) == 0, done.stderr
    with Vault.open(paths(str(tmp_path / "home")), create=False) as vault:
        rows = vault.run(
            "select b.key, b.ref, s.phase from batch_cases b join summary s on s.ref = b.ref order by b.rowid"
        )
        assert vault.run("select count(*) from pending") == [(0,)]
        assert [cases.verify(vault, ref) for _, ref, _ in rows[::60]] == [[]] * len(rows[::60])
    drafts = {ref: key.removeprefix("M") for key, ref, phase in rows if phase == "draft"}
    assert sorted(drafts.values()) == sorted(map(str, range(PEOPLE))) and len(rows) == 2 * PEOPLE
    letters = list(folder.rglob("*.txt"))
    assert {path.name[:9] for path in letters} == set(drafts), "the old letters are gone, the new ones are there"
    for path in letters:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"[Nn]r(\d+)x", text)) == {drafts[path.name[:9]]} and "New Street" in text
    assert not list(folder.glob(".optout-*"))
