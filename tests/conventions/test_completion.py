"""C-18: completion for four shells, of values too; quick, silent, without a question and without a trace."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from optout.cli.completing import SHELLS
from tests.cli.test_main_job import PERSON, request
from tests.cli.test_main_job import optout as run
from tests.store.test_secret_service import needed
from tests.test_startup import HEAVY

ROOT = Path(__file__).parents[2]


def offered(home: Path, *words: str, **more: str) -> list[str]:
    """What follows these words, the last of which is being typed."""
    done = asked(home, *words, **more)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


def asked(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    line = {"COMP_WORDS": " ".join(["optout", *words]), "COMP_CWORD": str(len(words))}
    return run(home, _OPTOUT_COMPLETE="bash_complete", **line, **more)


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*")}


def test_c18_commands_options_and_values(tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    made = run(tmp_path, "profile", "new", "mother", "--name", "Ida", "--email", "i@mail.example", "--residence", "FR")
    assert made.returncode == 0
    before = snapshot(tmp_path)
    assert {"request", "status", "manual"} <= set(offered(tmp_path, ""))
    assert offered(tmp_path, "lett") == ["letter"]
    assert "--residence" in offered(tmp_path, "explain", "--res")
    for command in ("show", "log", "letter"):
        assert offered(tmp_path, command, "") == [ref]
    assert offered(tmp_path, "show", ref[:3].lower()) == [ref]
    assert offered(tmp_path, "request", "clearview", "--profile", "") == ["mother"]
    assert offered(tmp_path, "profile", "edit", "mo") == ["mother"]
    assert sorted(offered(tmp_path, "forget", "")) == sorted([ref, "mother"])
    assert offered(tmp_path, "request", "clearv") == ["clearview"]
    assert offered(tmp_path, "request", "clearview", "--residence", "us-il") == ["US-IL"]
    assert offered(tmp_path, "explain", "--law", "gd") == ["gdpr"]
    assert offered(tmp_path, "explain", "--demand", "access,obj") == ["access,objection"]
    assert offered(tmp_path, "letter", "--format", "docx,e") == ["docx,eml"]
    assert "acknowledged" in offered(tmp_path, "log", ref, "ack")
    assert offered(tmp_path, "log", ref, "sent", "--by", "po") == ["post", "portal"]
    assert "fr-cnil" in offered(tmp_path, "authorities", "show", "fr")
    assert offered(tmp_path, "laws", "de") == ["deadline"]
    assert snapshot(tmp_path) == before, "nothing is written"


def test_c18_a_closed_vault_gives_nothing_and_asks_nothing(tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    key = tmp_path / "home" / "config" / "vault.key"
    kept = key.read_text()
    for change in (key.unlink, lambda: key.write_text("no key"), lambda: key.write_text("ab" * 32)):
        change()
        key.exists() and key.chmod(0o600)
        assert offered(tmp_path, "show", "") == []
    key.write_text(kept)
    assert offered(tmp_path, "show", "") == [ref]
    (tmp_path / "home" / "optout.db").write_bytes(b"x" * 9000)
    assert offered(tmp_path, "show", "") == []
    (tmp_path / "home" / "vault.json").write_text("{")
    assert offered(tmp_path, "show", "") == []
    assert offered(tmp_path, "--home", "elsewhere", "show", "") == []


def test_c18_a_writer_at_work_is_not_read(tmp_path: Path) -> None:
    request(tmp_path, "--format", "txt")
    (tmp_path / "home" / "optout.db-wal").write_bytes(b"half a change")
    assert offered(tmp_path, "show", "") == []


def test_c18_completing_shows_no_person_and_no_firm_of_a_case(tmp_path: Path) -> None:
    request(tmp_path, "--format", "txt")
    said = asked(tmp_path, "show", "")
    assert "Ada" not in said.stdout and "clearview" not in said.stdout


def test_c18_words_that_make_no_sense_are_answered_in_silence(tmp_path: Path) -> None:
    for words in (
        ["nix", ""],
        ["show", "--bogus", ""],
        ["laws", "nix", ""],
        ["--home"],
        ["show", "'"],
        ["--home", "", "show", ""],
    ):
        done = asked(tmp_path, *words)
        assert done.stderr == "" and "Traceback" not in done.stdout
    assert run(tmp_path, _OPTOUT_COMPLETE="nonsense").stderr == ""


def test_c18_the_first_word_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import os, sys\nos.environ |= {'_OPTOUT_COMPLETE': 'bash_complete', 'COMP_WORDS': 'optout ', 'COMP_CWORD': '1'}\n"
        "from optout.cli import main\ntry:\n    main()\nexcept SystemExit:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "plain,request" in done.stdout
    assert not set(done.stderr.split()) & (HEAVY | {"apsw", "optout.law", "optout.cli.request"})


@pytest.mark.parametrize("shell", SHELLS)
def test_c18_each_shell_has_a_script(shell: str, tmp_path: Path) -> None:
    done = run(tmp_path, "completion", shell)
    assert done.returncode == 0 and "_OPTOUT_COMPLETE" in done.stdout
    assert run(tmp_path, "completion", "csh").returncode == 2


def program(folder: Path) -> dict[str, str]:
    """An environment in which `optout` is this program."""
    path = folder / "bin" / "optout"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -m optout "$@"\n')
    path.chmod(0o755)
    return {**os.environ, "PATH": f"{path.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": str(folder),
            "OPTOUT_HOME": str(folder / "home"), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}  # fmt: skip


BASH = """
eval "$(optout completion bash)"
COMP_WORDS=(optout show '') COMP_CWORD=2
_optout_completion optout
echo "${COMPREPLY[@]}"
"""
ZSH = """
autoload -U compinit && compinit -u -D
eval "$(optout completion zsh)"
compadd() { local last=$@[-1]; print -r -- ${(P)last} }
words=(optout show '') CURRENT=3
_optout_completion
"""
FISH = "optout completion fish | source; complete --do-complete 'optout show '"


def test_c18_bash_offers_the_references(tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    done = subprocess.run(["bash", "-c", BASH], env=program(tmp_path), capture_output=True, text=True, cwd=tmp_path)
    assert (done.stdout.split(), done.stderr) == ([ref], "")


@pytest.mark.system
@pytest.mark.parametrize(("shell", "script"), [("zsh", ZSH), ("fish", FISH)])
def test_c18_other_shells_offer_the_references(shell: str, script: str, tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    command = [needed(shell), *(["-f"] if shell == "zsh" else []), "-c", script]
    done = subprocess.run(command, env=program(tmp_path), capture_output=True, text=True, cwd=tmp_path)
    assert ref in done.stdout, done.stderr


def test_c18_the_person_given_first_needs_no_completion(tmp_path: Path) -> None:
    assert offered(tmp_path, "request", "clearview", PERSON[0], "A") == []
