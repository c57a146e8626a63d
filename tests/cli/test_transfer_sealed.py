"""An export under a passphrase: only that opens it, and nothing of it is on the disk in the clear."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest

from optout.cli import exportfile
from optout.errors import BadData, NotPossible
from optout.store import sealed
from tests.cli.test_main_job import optout, request
from tests.faults.terminal import at_terminal

WORDS = "five unrelated words are good"


@pytest.fixture
def made(once: Path, tmp_path: Path) -> Path:
    """A folder with a home that holds a case, a file with the passphrase, one with another, and an export under it."""
    return Path(shutil.copytree(once, tmp_path, dirs_exist_ok=True))


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, since a passphrase is slow to use on purpose."""
    tmp_path = tmp_path_factory.mktemp("sealed")
    request(tmp_path, "--format", "txt")
    for name, text in (("pass", WORDS), ("wrong", "something else altogether")):
        with os.fdopen(os.open(tmp_path / name, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(text + "\n")
    done = optout(tmp_path, "export", "-o", "plain.jsonl")
    assert done.returncode == 0, done.stderr
    done = optout(tmp_path, "export", "--encrypt", "--new-passphrase-file", "pass", "-o", "a.age")
    assert done.returncode == 0 and "is encrypted under your passphrase" in done.stderr
    assert "NOT" not in done.stderr
    return tmp_path


def test_it_comes_back_with_the_passphrase_alone(made: Path) -> None:
    data = (made / "a.age").read_bytes()
    assert data.startswith(exportfile.SEALED[0]) and b"Example" not in data
    assert (made / "a.age").stat().st_mode & 0o777 == 0o600
    assert pyrage.passphrase.decrypt(data, WORDS) == (made / "plain.jsonl").read_bytes()
    there = ["--home", "other"]
    for code, args in ((2, []), (9, ["--export-passphrase-file", "wrong"]), (9, ["--export-passphrase-file", "none"])):
        done = optout(made, "import", "a.age", *args, *there)
        assert (done.returncode, (made / "other").exists()) == (code, False), done.stderr
        assert WORDS not in done.stderr and "Traceback" not in done.stderr
    done = optout(made, "import", "a.age", "--export-passphrase-file", "pass", *there)
    assert done.returncode == 0, done.stderr
    assert optout(made, "export", "-o", "-", *there).stdout == (made / "plain.jsonl").read_text()


def test_it_comes_through_a_pipe(made: Path) -> None:
    env = {**os.environ, "OPTOUT_HOME": str(made / "other"), "PYTHONPATH": str(Path(__file__).parents[2])}
    words = [sys.executable, "-m", "optout", "import", "-", "--export-passphrase-file", "pass", "--dry-run", "--json"]
    done = subprocess.run(words, input=(made / "a.age").read_bytes(), env=env, cwd=made, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b'"new": [\n') == 1


def test_a_damaged_file_is_told_from_a_wrong_passphrase(made: Path) -> None:
    data = (made / "a.age").read_bytes()
    key = pyrage.x25519.Identity.generate().to_public()
    for wrong in (data[:-9], data[:60], data[:400] + b"z" + data[401:], pyrage.encrypt(b"x", [key])):
        with pytest.raises(BadData):
            sealed.unseal(wrong, WORDS, "a.age")


def test_on_a_terminal_it_is_asked_for_and_never_shown(made: Path) -> None:
    typed = [("New passphrase", f"{WORDS}\n"), ("same again", f"{WORDS}\n")]
    code, screen = at_terminal(made / "home", "export", "--encrypt", "-o", str(made / "b.age"), keys=typed)
    assert (code, WORDS in screen) == (0, False), screen
    code, screen = at_terminal(
        made / "third", "import", str(made / "b.age"), keys=[("Passphrase of the export", f"{WORDS}\n")]
    )
    assert (code, WORDS in screen) == (0, False), screen
    assert "New: 1 case" in screen


def test_a_passphrase_without_encrypt_is_a_mistake(made: Path) -> None:
    done = optout(made, "export", "--new-passphrase-file", "pass", "-o", "c")
    assert (done.returncode, (made / "c").exists()) == (2, False)
    done = optout(made, "export", "--encrypt", "-o", "c")
    assert (done.returncode, (made / "c").exists()) == (2, False)


def test_too_much_is_refused_and_nothing_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "MOST", 10)
    out = sealed.Bounded()
    out.write(b"1234567890")
    with pytest.raises(NotPossible):
        out.write(b"1")
