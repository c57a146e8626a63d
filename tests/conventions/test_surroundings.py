"""What a run may touch and what may touch it: C-16, C-17, C-23, C-26, C-30 and F-29."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_main_job import PERSON
from tests.cli.test_main_job import optout as run
from tests.conventions.tree import EXAMPLES, filled, home
from tests.faults.extent import spread
from tests.faults.forks import Forks

ROOT = Path(__file__).parents[2]
NULL = "keyring.backends.null.Keyring"


def in_fresh_home(folder: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A run with a home folder of its own and nothing that says where things lie."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": NULL,
        **more,
    }
    work = folder / "work"
    work.mkdir(exist_ok=True)
    words = [sys.executable, "-m", "optout", *args]
    return subprocess.run(words, env=env, cwd=work, capture_output=True, text=True, stdin=subprocess.DEVNULL)


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="these systems have folders of their own")
@pytest.mark.parametrize("where", [{}, {"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "conf", "XDG_CACHE_HOME": "cache"}])
def test_c16_a_fresh_home_has_the_four_folders_and_nothing_else(where: dict[str, str], tmp_path: Path) -> None:
    assert in_fresh_home(tmp_path, "request", "clearview", *PERSON, **where).returncode == 0
    assert in_fresh_home(tmp_path, "status", **where).returncode == 0
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    allowed = (".local/share/optout/", ".config/optout/", ".cache/optout/", "work/optout-letters/")
    assert [name for name in made if not name.startswith(allowed)] == []
    assert {folder for folder in allowed if any(name.startswith(folder) for name in made)} == set(allowed)


def test_c16_each_folder_can_be_moved(tmp_path: Path) -> None:
    moved = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("DATA", "CONFIG", "CACHE")}
    assert in_fresh_home(tmp_path, "request", "clearview", *PERSON, **moved).returncode == 0
    assert (tmp_path / "data" / "optout" / "optout.db").exists()
    assert not (tmp_path / ".local").exists() and not (tmp_path / ".config").exists()


def test_c17_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    ref = home(tmp_path)
    before = os.umask(0)
    try:
        for args in EXAMPLES:
            run(tmp_path, *filled(args, ref))
    finally:
        os.umask(before)
    seen = 0
    for base in (tmp_path / "home", tmp_path / "optout-letters", tmp_path / "copies"):
        for path in base.rglob("*"):
            seen += 1
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert seen > 10


def test_c23_a_signal_that_python_drops_comes_again() -> None:
    code = """
import signal, time
from optout.cli import ending
ending.prepare()
class Dropping:
    def __del__(self):
        signal.raise_signal(signal.{name})
def main():
    Dropping()
    time.sleep(10)
try:
    main()
except BaseException as error:
    print(ending.tell(error, {{}}, []))
"""
    for name, number in (("SIGINT", "130"), ("SIGTERM", "143")):
        done = subprocess.run(
            [sys.executable, "-c", code.format(name=name)], capture_output=True, text=True, timeout=60
        )
        assert done.stdout == f"{number}\n" and "Traceback" not in done.stderr


def test_c23_a_signal_through_the_execution_of_a_text_keeps_the_code() -> None:
    code = """
import signal, sys
from optout.cli import ending
ending.prepare()
try:
    exec("signal.raise_signal(signal.SIGINT)")
except BaseException as error:
    code = ending.tell(error, {}, [])
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "optout: stopped\n")


def wait_until_prepared(pid: int) -> None:
    """Until the program answers SIGTERM itself (Linux tells), so that a slow machine does not change the outcome."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        status = Path(f"/proc/{pid}/status")
        lines = status.read_text().splitlines() if status.exists() else ["SigCgt 0"]
        caught = next(line.split()[1] for line in lines if line.startswith("SigCgt"))
        if int(caught, 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.02)


def test_c23_a_signal_that_python_turns_into_another_error_is_still_a_signal() -> None:
    """Whatever is raised while a class is made comes out as a RuntimeError, which looked like a bug (exit code 3)."""
    code = """
import signal, sys
from optout.cli import ending
class Descriptor:
    def __set_name__(self, owner, name):
        signal.raise_signal(signal.{name})
ending.prepare()
try:
    class Made:
        field = Descriptor()
except BaseException as error:
    sys.exit(ending.tell(error, {{}}, []))
"""
    for name, number, word in (
        ("SIGINT", 130, "stopped"),
        ("SIGTERM", 143, "terminated"),
        ("SIGHUP", 129, "terminated"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code.format(name=name)], capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stderr) == (number, f"optout: {word}\n")


def test_c23_a_run_that_was_told_to_ignore_a_signal_goes_on() -> None:
    code = """
import signal
from optout.cli import ending
signal.signal(signal.SIGHUP, signal.SIG_IGN)
ending.prepare()
signal.raise_signal(signal.SIGHUP)
print("went on")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "went on\n")


WAITING = ["request", "clearview", "--person", "-", "--format", "txt"]


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "stopped"), (signal.SIGTERM, 143, "terminated")]
)
def test_c23_a_signal_ends_the_run_with_a_word_and_leaves_nothing(
    number: int, code: int, word: str, tmp_path: Path
) -> None:
    env = {**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": NULL}
    child = subprocess.Popen(
        [sys.executable, "-m", "optout", *WAITING], env=env, cwd=tmp_path, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_until_prepared(child.pid)
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (code, "", f"optout: {word}\n")
    assert not (tmp_path / "optout-letters").exists()


def test_c23_a_run_ended_at_any_time_leaves_a_whole_case_or_none(tmp_path: Path) -> None:
    """At eight moments; at 14 in a full run."""
    env = {**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": NULL}
    words = [sys.executable, "-m", "optout", "request", "clearview", *PERSON, "--format", "txt,eml"]
    codes = set()
    for at, step in enumerate(spread(14, 8)):
        child = subprocess.Popen(
            words, env=env, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        time.sleep(0.09 + 0.03 * step)
        child.send_signal(signal.SIGTERM if at % 2 else signal.SIGINT)
        _, err = child.communicate(timeout=60)
        codes.add(child.returncode)
        # Before our first line runs, Python itself answers a signal.
        assert "Traceback" not in err or child.returncode in (-2, -15), err
        left = [path for path in tmp_path.glob("optout-letters/**/*") if path.is_file()]
        cases = json.loads(run(tmp_path, "status", "--json").stdout)["cases"]
        assert len(cases) <= 1
        assert len(left) in ((0, 2) if cases else (0,)), left
    assert codes <= {0, 130, 143, -2, -15}


GUARD = """
import sys

def guard(event, args):
    if event == "socket.connect" and not isinstance(args[1], str):
        raise SystemExit("reaches for the network")
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        raise SystemExit("asks the network")

sys.addaudithook(guard)
"""


def test_c26_no_command_reaches_for_the_network(tmp_path: Path) -> None:
    ref = home(tmp_path)
    for args in EXAMPLES:
        done = Forks(tmp_path).run(*filled(args, ref), first=GUARD)
        assert "network" not in done.err and done.code in (0, 6), (args, done.err)


def test_c26_the_guard_sees_a_connection(tmp_path: Path) -> None:
    code = GUARD + "\nimport socket; socket.create_connection(('192.0.2.1', 9), 1)"
    assert Forks(tmp_path).run("status", first=code).code != 0
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "network" in done.stderr


LOCALES = [{"LC_ALL": "C"}, {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, {"LC_ALL": "ar_EG.UTF-8"},
           {"LC_ALL": "fa_IR.UTF-8", "LANGUAGE": "fa"}, {"LC_ALL": "th_TH.UTF-8", "LC_TIME": "th_TH.UTF-8"}]  # fmt: skip


ONE_AFTER_THE_OTHER = """
import json, sys
from optout.cli import main
for words in sys.argv[1:]:
    try:
        main(json.loads(words))
    except SystemExit as ended:
        assert not ended.code, words
    sys.stdout.write(chr(0))
"""


def test_c30_and_f29_answers_are_the_same_in_every_locale(tmp_path: Path) -> None:
    ref = home(tmp_path)
    asked = [
        ["show", ref],
        ["status"],
        ["explain", "clearview", "--residence", "FR"],
        ["laws", "deadline", "--residence", "FR", "--demand", "access", "--received", "2026-01-31"],
        ["authorities", "for", "us-il"],
    ]
    env = {**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": NULL}
    answers = set()
    for locale in LOCALES:
        words = [sys.executable, "-c", ONE_AFTER_THE_OTHER, *(json.dumps([*args, "--json"]) for args in asked)]
        done = subprocess.run(words, env=env | locale, cwd=tmp_path, capture_output=True, check=True)
        answers.add(done.stdout)
    (answer,) = answers
    parts = answer.decode("ascii").split("\0")[:-1]
    assert len(parts) == len(asked) and all(json.loads(part) for part in parts)


def test_f29_the_last_year_there_is(tmp_path: Path) -> None:
    for day in ("9999-12-31", "2101-01-01", "1999-12-31"):
        args = ["--residence", "FR", "--demand", "access", "--received", day]
        done = run(tmp_path, "laws", "deadline", *args)
        assert done.returncode == 2 and "between 2000 and 2100" in done.stderr
    done = run(tmp_path, "laws", "deadline", *args[:-1], "2100-12-31", "--json")
    assert json.loads(done.stdout)["answers"][0]["respond"]["on"] == "2101-01-31"
