"""F-16 and F-55: odd places for the vault, little memory, few files, no home, no user name, any umask."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.faults.forks import ROOT, Forks

ADA = ("--name", "Ada Example", "--email", "ada@mail.example", "--residence", "FR")
LIFE = [
    ("request", "clearview", *ADA),
    ("profile", "new", "me", *ADA),
    ("status",),
    ("doctor",),
    ("export", "-o", "all.jsonl"),
    ("remind",),
]
MIB = 1024 * 1024
PLACES = {
    "spaces": "my own cases",
    "emoji": "🙈 cases 🗂",
    "NFD": unicodedata.normalize("NFD", "Übersicht é"),
    "NFC": unicodedata.normalize("NFC", "Übersicht é"),
    "quotes": 'it\'s "mine" 100% #1?x=y&z',
    "240 bytes": "x" * 240,
    "newline": "two\nlines",
}


def run(
    work: Path, *args: str, prepare: Callable[[], None] | None = None, before: Sequence[str] = (), **env: str | None
) -> subprocess.CompletedProcess[str]:
    """A command in `work`; an `env` of None is taken away. Without limits and another user it is forked."""
    gone = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    whole = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
             "PYTHONDONTWRITEBYTECODE": "1", "OPTOUT_HOME": str(work / "home"), **env}  # fmt: skip
    environ = {k: v for k, v in whole.items() if v is not None and k not in gone}
    if not before and prepare is None:
        forked = Forks(work).run(*args, env=environ)
        done = subprocess.CompletedProcess(args, forked.code, forked.out, forked.err)
    else:
        done = subprocess.run(
            [*before, sys.executable, "-m", "optout", *args], cwd=work, capture_output=True, text=True, env=environ,
            stdin=subprocess.DEVNULL, errors="surrogateescape", preexec_fn=prepare, timeout=60,
        )  # fmt: skip
    assert "Traceback" not in done.stderr and "this is a bug" not in done.stderr, done.stderr
    return done


def modes(*tops: Path) -> None:
    """Every file that we made is for its owner alone."""
    found = [path for top in tops for path in (top, *top.rglob("*"))]
    assert len(found) > 5
    for path in found:
        info = path.lstat()
        assert stat.S_IMODE(info.st_mode) == (0o700 if stat.S_ISDIR(info.st_mode) else 0o600), path


@pytest.mark.parametrize("name", PLACES.values(), ids=PLACES)
def test_f16_the_name_of_the_folder(name: str, tmp_path: Path) -> None:
    home = tmp_path / name
    for args in LIFE:
        done = run(tmp_path, "--home", str(home), *args)
        assert done.returncode == 0, done.stderr
    assert (home / "optout.db").is_file()
    modes(home, tmp_path / "optout-letters")


UNFIT = {
    "a long name": ("x" * 256, "File name too long"),
    "a long way": ("/".join(["y" * 200] * 4), "too long for the database: "),
    "a very long way": ("/".join(["y" * 200] * 30), "too long for the database: "),
    "not UTF-8": (os.fsdecode(b"caf\xe9"), "no valid UTF-8"),
}


@pytest.mark.parametrize(("name", "reason"), UNFIT.values(), ids=UNFIT)
def test_f16_a_name_that_cannot_be_used_is_one_sentence(name: str, reason: str, tmp_path: Path) -> None:
    done = run(tmp_path, "--home", str(tmp_path / name), *LIFE[0])
    said = done.stderr[done.stderr.index("optout: ") :].splitlines()
    assert done.returncode == 7 and reason in said[0] and len(said) <= 2, done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".key", ".docx") or path.name == "vault.json"]


def test_f16_a_relative_home_and_a_moved_one(tmp_path: Path) -> None:
    for args in LIFE:
        assert run(tmp_path, "--home", "./mine", *args).returncode == 0
    (tmp_path / "elsewhere").mkdir()
    shutil.move(tmp_path / "mine", tmp_path / "elsewhere" / "moved")
    before = run(tmp_path, "--home", "elsewhere/moved", "status", "--all").stdout
    assert "clearview" in before
    assert run(tmp_path / "elsewhere", "--home", "moved", "status", "--all").stdout == before
    assert run(tmp_path, "--home", "./mine", "status").stdout == "", "and where it was there is nothing"
    assert run(tmp_path, "--home", "elsewhere/moved", "profile", "edit", "me", "--name", "Ada Other").returncode == 0


def limit(what: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(what, (most, most))


@pytest.mark.parametrize("prepare", [limit(resource.RLIMIT_AS, 256 * MIB), limit(resource.RLIMIT_NOFILE, 32)],
                         ids=["256 MiB", "32 files"])  # fmt: skip
def test_f55_little_memory_and_few_files(prepare: Callable[[], None], tmp_path: Path) -> None:
    for args in LIFE:
        done = run(tmp_path, *args, prepare=prepare)
        assert done.returncode == 0, done.stderr
    assert sorted(path.suffix for path in tmp_path.glob("optout-letters/*/*")) == [".docx", ".docx", ".pdf", ".pdf"]


@pytest.mark.parametrize("mask", [0o000, 0o077], ids=oct)
def test_f55_any_umask(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        for args in (*LIFE, ("remind", "--ics", "dates.ics")):
            done = run(tmp_path, *args)
            assert done.returncode == 0, done.stderr
    finally:
        os.umask(before)
    modes(tmp_path / "home", tmp_path / "optout-letters", tmp_path / "all.jsonl")


@pytest.mark.parametrize("home", [None, "", "/nonexistent/home"], ids=["unset", "empty", "missing"])
def test_f55_no_home(home: str | None, tmp_path: Path) -> None:
    """With a home for the vault all works; without, it works or is one sentence."""
    for args in LIFE:
        done = run(tmp_path, *args, HOME=home)
        assert done.returncode == 0, done.stderr


NOBODY = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "--bounding-set=+dac_read_search",
          "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]  # fmt: skip
"""Another user, without a name, who may read all (the interpreter may lie in a folder of root) and write nothing."""


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """A folder of that user, to which the way is open."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("needs root and setpriv of util-linux, to run as another user")
    with tempfile.TemporaryDirectory() as work:
        os.chown(work, 54321, 54321)
        yield Path(work)


@pytest.mark.parametrize("home", [None, "/nonexistent"], ids=["no HOME", "no such HOME"])
def test_f55_a_user_without_a_name(home: str | None, nobodys: Path) -> None:
    for args in LIFE:
        done = run(nobodys, *args, before=NOBODY, HOME=home)
        assert done.returncode == 0, done.stderr
    modes(nobodys / "home", nobodys / "optout-letters")


@pytest.mark.parametrize("home", [None, "/proc/nowhere", "{work}"], ids=["none", "missing", "read-only"])
def test_f55_a_home_that_cannot_be_used_is_one_sentence(home: str | None, nobodys: Path) -> None:
    """No name, and a home that is not there or not to be written to; the vault would lie in it."""
    locked = nobodys / "locked"
    locked.mkdir(0o555)
    done = run(nobodys, *LIFE[0], before=NOBODY, OPTOUT_HOME=None, HOME=home and home.format(work=locked))
    assert done.returncode == 7, done.stderr
    said = done.stderr[done.stderr.index("optout: ") :].splitlines()
    assert ("has no home folder" if home is None else "cannot be used: ") in said[0] and len(said) <= 2
    assert not list(nobodys.glob("optout-letters/**/*"))
    assert run(nobodys, *LIFE[0], before=NOBODY, HOME=str(locked)).returncode == 0
