"""What goes where: C-03, C-05, C-06, C-08, C-11, C-13, C-31, C-37 and F-48."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from optout.cli.output import coloured
from tests.cli.test_main_job import PERSON, request
from tests.cli.test_main_job import optout as run
from tests.conventions.test_schemas import judge
from tests.conventions.tree import EXAMPLES, LEAVES, filled, home
from tests.faults.forks import Forks, Started

ROOT = Path(__file__).parents[2]


def on_a_terminal(home: Path, *args: str, columns: int = 80, err: bool = False, **more: str) -> str:
    """What stdout (or stderr) gets when it is a terminal of that width."""
    leader, follower = pty.openpty()
    env = {**os.environ, "OPTOUT_HOME": str(home / "home"), "COLUMNS": str(columns), **more}
    env.setdefault("TERM", "xterm")
    child = Started(home, args, env, ends={1: os.devnull, 2: os.devnull, 1 + err: os.ttyname(follower)})
    os.close(follower)
    text = b""
    while select.select([leader], [], [], 30)[0]:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    child.wait(30)
    os.close(leader)
    return text.decode().replace("\r\n", "\n")


COLOUR = [
    # terminal, --color, environment, whether colour
    (True, "auto", {}, True),
    (False, "auto", {}, False),
    (True, "auto", {"NO_COLOR": "1"}, False),
    (True, "auto", {"NO_COLOR": ""}, True),
    (True, "auto", {"TERM": "dumb"}, False),
    (False, "auto", {"FORCE_COLOR": "1"}, True),
    (True, "auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    (True, "never", {"FORCE_COLOR": "1"}, False),
    (False, "always", {"NO_COLOR": "1"}, True),
    (False, "always", {"TERM": "dumb"}, True),
]


@pytest.mark.parametrize(("terminal", "choice", "environ", "wanted"), COLOUR)
def test_c06_when_a_stream_gets_colour(terminal: bool, choice: str, environ: dict[str, str], wanted: bool) -> None:
    assert coloured(terminal, choice, environ) is wanted


def test_c06_streams_are_judged_apart(tmp_path: Path) -> None:
    clean = {name: "" for name in ("NO_COLOR", "FORCE_COLOR")}
    assert "\x1b[31m" in on_a_terminal(tmp_path, "show", "X", err=True, **clean)
    assert "\x1b" not in on_a_terminal(tmp_path, "show", "X", err=True, NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(tmp_path, "show", "X", err=True, TERM="dumb", FORCE_COLOR="")
    assert "\x1b" not in run(tmp_path, "show", "X").stderr
    assert "\x1b[31m" in run(tmp_path, "--color", "always", "show", "X").stderr
    assert "\x1b" not in run(tmp_path, "laws", "list", "--color", "always").stdout, "nothing there is urgent"


def late(home: Path) -> None:
    ref = request(home, "--format", "txt", "--on", "2026-01-02")["ref"]
    done = run(home, "log", ref, "sent", "--by", "email", "--on", "2026-01-02")
    assert done.returncode == 0, done.stderr


def test_c31_the_word_is_there_with_and_without_colour(tmp_path: Path) -> None:
    late(tmp_path)
    plain = run(tmp_path, "status", "--color", "never").stdout
    assert "overdue" in plain
    coloured_ = run(tmp_path, "status", "--color", "always").stdout
    assert "\x1b[31m\x1b[1moverdue\x1b[0m" in coloured_
    assert "\x1b" not in run(tmp_path, "status", "--json", "--color", "always").stdout


def test_c03_data_on_standard_output_and_talk_on_the_other(tmp_path: Path) -> None:
    done = run(tmp_path, "request", "clearview", *PERSON, "--json", "--format", "txt")
    assert json.loads(done.stdout)["schema"] == "optout/request/1"
    done = run(tmp_path, "request", "clearview", *PERSON, "--format", "txt")
    assert done.stdout.endswith("-en.txt\n") and len(done.stdout.splitlines()) == 1
    assert "Careful:" in done.stderr


def test_c05_and_c37_one_record_a_line(tmp_path: Path) -> None:
    for _ in range(2):
        request(tmp_path, "--again", "--format", "txt", "--because", "one\ntwo")
        ref = json.loads(run(tmp_path, "status", "--json").stdout)["cases"][0]["ref"]
        run(tmp_path, "log", ref, "sent", "--by", "post", "--note", "line one\nline two")
    count = len(json.loads(run(tmp_path, "status", "--json").stdout)["cases"])
    lines = run(tmp_path, "status", "--plain").stdout.splitlines()
    assert len(lines) == count == 2
    assert len({line.count("\t") for line in lines}) == 1
    for words in (["laws", "list"], ["firms", "list"], ["authorities", "list"]):
        lines = run(tmp_path, *words, "--plain").stdout.splitlines()
        (items,) = [v for k, v in json.loads(run(tmp_path, *words, "--json").stdout).items() if k != "schema"]
        assert len(lines) == len(items)
        assert len({line.count("\t") for line in lines}) == 1
    done = run(tmp_path, "explain", "clearview", "--residence", "FR", "--plain")
    assert {line.split("\t")[0] for line in done.stdout.splitlines()} == {"applies", "left out"}


def test_c11_a_letter_on_standard_output_is_its_bytes_and_nothing_else(tmp_path: Path) -> None:
    case = request(tmp_path, "--format", "txt,docx,eml")
    for form in ("txt", "docx", "eml"):
        (path,) = [p for p in case["letters"][0]["files"] if p.endswith(form)]
        with (tmp_path / "out").open("wb") as out:
            env = {**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
            words = [sys.executable, "-m", "optout", "letter", case["ref"], "--format", form, "-o", "-"]
            subprocess.run(words, env=env, stdout=out, check=True, cwd=tmp_path)
        assert (tmp_path / "out").read_bytes() == (tmp_path / path).read_bytes()
    assert not (tmp_path / "-").exists()
    for args, word in ((["--format", "txt,docx"], "--format"), (["--format", "txt", "--json"], "--json")):
        done = run(tmp_path, "letter", case["ref"], "-o", "-", *args)
        assert (done.returncode, done.stdout) == (2, "") and word in done.stderr
    assert on_a_terminal(tmp_path, "letter", case["ref"], "--format", "pdf", "-o", "-") == ""
    assert run(tmp_path, "request", "clearview", *PERSON, "-o", "-").returncode == 2


def test_c11_two_letters_are_not_run_together(tmp_path: Path) -> None:
    done = run(tmp_path, "request", "clearview", *PERSON[:4], "--residence", "FR", "--json", "--format", "txt")
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    done = run(tmp_path, "letter", ref, "--format", "txt", "-o", "-")
    assert (done.returncode, done.stdout) == (2, "") and "--letter" in done.stderr
    done = run(tmp_path, "letter", ref, "--format", "txt", "-o", "-", "--letter", "deletion")
    assert "Art. 17(1)(d)" in done.stdout and "Art. 15(1), (2)" not in done.stdout


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=lambda x: " ".join(x) if isinstance(x, tuple) else "")
def test_c08_without_a_terminal_nothing_is_asked_and_what_is_missing_is_named(path, command, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = run(tmp_path, *path)
    needs = any(param.required for param in command.params)
    keyless = path[0] == "key" and done.returncode == 7 and "the first letter makes one" in done.stderr
    assert done.returncode == 2 if needs else done.returncode in (0, 2, 6) or keyless, done.stderr
    if done.returncode == 2:
        assert "--" in done.stderr or "argument" in done.stderr
    assert "Traceback" not in done.stderr


FAILING = [
    (["show", "X"], 4, "NotFound"),
    (["show"], 2, "Usage"),
    (["laws"], 2, "Usage"),
    (["status", "--bogus"], 2, "Usage"),
    (["request", "clearview"], 2, "Missing"),
    (["request", "clearview", *PERSON, "--format", "docx", "-o", "/proc/none"], 1, "OutputFailed"),
    (["request", "clearview", "--person", "bad.yaml"], 5, "BadData"),
    (["laws", "deadline", "--residence", "US-IL", "--demand", "access", "--received", "2026-01-31"], 6, "NoRule"),
]


@pytest.mark.parametrize(("args", "code", "kind"), FAILING, ids=[" ".join(f[0])[:30] for f in FAILING])
def test_c13_an_error_is_words_or_one_object(args: list[str], code: int, kind: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("nam: Ada\n")
    words = run(tmp_path, *args)
    assert words.returncode == code
    assert "Traceback" not in words.stderr
    done = run(tmp_path, *args, "--json")
    assert (done.returncode, done.stdout) == (code, "")
    body = json.loads(done.stderr.splitlines()[-1])
    judge("error").validate(body)
    assert (body["code"], body["kind"]) == (code, kind)
    assert kind in ("Usage", "OutputFailed") or body["sentence"] in words.stderr
    if kind == "BadData":
        assert body["problems"][0]["line"] == 1


WIDE = [["explain", "clearview", "--residence", "FR"], ["laws", "list"], ["authorities", "list"], ["status"],
        ["laws", "show", "gdpr"], ["firms", "list"]]  # fmt: skip


@pytest.mark.parametrize("args", WIDE, ids=" ".join)
def test_c21_a_terminal_of_eighty_columns_is_enough(args: list[str], tmp_path: Path) -> None:
    late(tmp_path)
    for err in (False, True):
        text = on_a_terminal(tmp_path, *args, err=err, NO_COLOR="1")
        for line in text.splitlines():
            assert len(line) <= 80 or max(map(len, line.split())) > 70, line
    piped = run(tmp_path, *args).stdout
    assert "…" not in piped


@pytest.mark.parametrize("columns", [1, 10_000])
def test_f48_any_width(columns: int, tmp_path: Path) -> None:
    late(tmp_path)
    for args in (["status"], ["laws", "list"], ["explain", "clearview", "--residence", "FR"], ["--help"]):
        text = on_a_terminal(tmp_path, *args, columns=columns)
        assert text.strip() and "Traceback" not in text


def shell(home: Path, command: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "OPTOUT_HOME": str(home / "home"), "PYTHONPATH": str(ROOT), **more}
    line = command.replace("optout", f"{sys.executable} -m optout")
    return subprocess.run(["bash", "-c", line], env=env, cwd=home, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("args", ["laws list", "status", "--help", "--version", "authorities list --json"])
def test_f48_a_closed_pipe_a_full_device_and_no_streams_at_all(args: str, tmp_path: Path) -> None:
    late(tmp_path)
    done = shell(tmp_path, f"optout {args} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}")
    assert (done.returncode, done.stderr) == (0, "")
    done = shell(tmp_path, f"optout {args} >/dev/full")
    assert done.returncode == 1
    assert (
        done.stderr.splitlines() == ["optout: standard output cannot be written: No space left on device"]
        or "--json" in args
    )
    assert shell(tmp_path, f"optout {args} >/dev/full 2>/dev/full").returncode == 1
    for closed in (">&-", "2>&-", "<&-", "<&- >&- 2>&-"):
        done = shell(tmp_path, f"optout {args} {closed}")
        lost = ">&-" in closed.replace("2>&-", "")
        assert done.returncode == lost, (closed, done.stderr)
        assert done.stderr == "" or "standard output is closed" in done.stderr


def test_f48_a_closed_stream_never_ends_in_the_vault(tmp_path: Path) -> None:
    words = "optout request clearview --name 'Ada Example' --email ada@mail.example --residence US-IL --format txt"
    for closed in ("<&- >&- 2>&-", ">&- 2>&-"):
        assert shell(tmp_path, f"{words} --again {closed}").returncode == 1, "the names of the letters are lost"
    assert len(json.loads(run(tmp_path, "status", "--json").stdout)["cases"]) == 1


def test_f48_no_command_takes_another_file_for_a_closed_stream(tmp_path: Path) -> None:
    """What cannot be said is an error, not a bug and not silence; and the vault stays whole."""
    ref = home(tmp_path / "fresh")
    close = "import os, sys\nfor n in {}: os.close(n)\nsys.stdin = sys.stdout = sys.stderr = None"
    for at, args in enumerate(args for args in EXAMPLES if args[0] != "check"):  # it opens no vault, and takes its time
        words = filled(args, ref)
        here = [shutil.copytree(tmp_path / "fresh", tmp_path / f"{at}-{n}", symlinks=True) for n in range(3)]
        usual = Forks(here[0]).run(*words)
        done = Forks(here[1]).run(*words, first="import os, sys; os.close(1); sys.stdout = None")
        assert done.code == (1 if usual.out else usual.code), (args, done)
        assert ("standard output is closed" in done.err) is bool(usual.out), (args, done)
        silent = Forks(here[2]).run(*words, first=close.format((0, 1, 2)))
        assert (silent.code, silent.out, silent.err) == (done.code, "", ""), args
        assert Forks(here[2]).run("status").code == 0, args


@pytest.mark.parametrize("args", [["import", "-"], ["request", "clearview", "--person", "-"],
                                  ["profile", "new", "ida", "--person", "-"], ["forget", "me"], ["profile", "edit", "me"],
                                  ["key", "recovery", "--restore"], ["key", "recovery", "--check"], ["key", "passphrase"],
                                  ["request", "pimeyes", "--name", "Ida Other"]], ids=" ".join)  # fmt: skip
def test_f48_a_closed_standard_input_is_at_its_end(args: list[str], tmp_path: Path) -> None:
    assert run(tmp_path, "profile", "new", "me", *PERSON).returncode == 0
    closed = Forks(tmp_path).run(*args, first="import os, sys; os.close(0); sys.stdin = None")
    at_its_end = run(tmp_path, *args)
    assert (closed.code, closed.err) == (at_its_end.returncode, at_its_end.stderr)
    assert closed.code in (2, 5, 9) and closed.err.startswith("optout: ")


def test_f48_completion_opens_no_vault_in_place_of_a_closed_stream(tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    before = (tmp_path / "home" / "optout.db").read_bytes()
    ask = {"_OPTOUT_COMPLETE": "bash_complete", "COMP_WORDS": "optout show ", "COMP_CWORD": "2"}
    env = {**Forks(tmp_path).environment(), **ask}
    assert ref in Forks(tmp_path).run(env=env).out
    done = Forks(tmp_path).run(
        env=env, first="import os, sys; os.close(1); os.close(2); sys.stdout = sys.stderr = None"
    )
    assert (done.code, done.out, done.err) == (1, "", "")
    assert (tmp_path / "home" / "optout.db").read_bytes() == before


def test_f48_a_stream_of_few_characters(tmp_path: Path) -> None:
    for coding in ("ascii", "latin1", "cp1252"):
        for args in ("authorities list", "authorities show fr-cnil", "show Ω"):
            done = shell(tmp_path, f"optout {args} 2>&1 | iconv -f {coding} -t utf-8", PYTHONIOENCODING=coding)
            assert done.returncode == 0 and done.stderr == ""
            assert "bug" not in done.stdout and (coding != "ascii" or done.stdout.isascii())


def test_c13_no_command_ends_in_a_traceback_whatever_it_is_given(tmp_path: Path) -> None:
    ref = home(tmp_path)
    for args in EXAMPLES:
        for changed in ([*args, "--bogus"], [*args[:-1], "\x1b[2J"], [*args, "x", "y", "z"]):
            done = run(tmp_path, *filled(changed, ref))
            assert "Traceback" not in done.stderr and done.returncode != 3, (changed, done.stderr)
            assert "\x1b" not in done.stderr + done.stdout
