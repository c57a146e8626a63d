"""Help that can be trusted: C-01, C-02, C-19, C-27, C-28, C-29, C-35, C-38."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from optout.cli import COMMANDS
from tests.cli.test_main_job import PERSON
from tests.cli.test_main_job import optout as run
from tests.conventions.tree import ELSEWHERE, LEAVES, commands, examples, filled, home
from tests.store.test_secret_service import needed

IDS = [" ".join(path) for path, _ in LEAVES]
SHORT = {"-h", "-o", "-n", "-q", "-v", "-f", "-y"}
GLOBAL = [
    "--passphrase-file",
    "--passphrase-fd",
    "--passphrase-command",
    "--json",
    "--plain",
    "--no-input",
    "--debug",
    "--color",
    "--home",
]


def test_c01_every_help_has_an_example_and_every_example_runs(tmp_path: Path) -> None:
    ref = home(tmp_path / "fresh")
    for at, (path, command) in enumerate(LEAVES):
        assert command.help, path
        here = shutil.copytree(tmp_path / "fresh", tmp_path / str(at), symlinks=True)
        assert examples(command), path
        for args in examples(command):
            assert tuple(args[: len(path)]) == path
            done = run(here, *filled(args, ref))
            assert done.returncode == ELSEWHERE.get(path, 0), (args, done.stderr)
            assert "Traceback" not in done.stderr


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_c01_help_is_had_by_both_flags_on_standard_output(flag: str, tmp_path: Path) -> None:
    for words in ((), *(path for path, _ in commands())):
        done = run(tmp_path, *words, flag)
        assert (done.returncode, done.stderr) == (0, "")
        assert "optout" in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 80, words


def test_c02_a_near_miss_is_suggested_and_nothing_is_guessed(tmp_path: Path) -> None:
    for args, code, word in (
        (["lettre"], 2, "'letter'"),
        (["laws", "lst"], 2, "'list'"),
        (["status", "--overdeu"], 2, "'--overdue'"),
        (["request", "clearveiw", *PERSON], 4, "'clearview'"),
    ):
        done = run(tmp_path, *args)
        assert (done.returncode, done.stdout) == (code, "")
        assert word in done.stderr
    assert not (tmp_path / "optout-letters").exists()


def test_c27_nothing_is_abbreviated(tmp_path: Path) -> None:
    for args in (["stat"], ["status", "--over"], ["laws", "li"], ["letter", "X", "--form", "txt"]):
        assert run(tmp_path, *args).returncode == 2


@pytest.mark.parametrize(
    ("path", "command"), list(commands()), ids=lambda x: " ".join(x) if isinstance(x, tuple) else ""
)
def test_c28_options_have_help_a_long_name_and_no_short_one_of_our_own(
    path: tuple[str, ...], command: click.Command
) -> None:
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, (path, param.name)
            assert any(name.startswith("--") for name in param.opts), (path, param.opts)
            assert {n for n in param.opts if not n.startswith("--")} <= SHORT, (path, param.opts)


@pytest.mark.parametrize(
    ("path", "command"), list(commands()), ids=lambda x: " ".join(x) if isinstance(x, tuple) else ""
)
def test_c29_a_name_means_the_same_in_every_command(path: tuple[str, ...], command: click.Command) -> None:
    names = [name for param in command.params for name in param.opts]
    assert len(names) == len(set(names)), path
    assert set(GLOBAL) <= set(names), path


def test_c29_global_options_stand_before_and_after_each_command(tmp_path: Path) -> None:
    common = ["--json", "--no-input", "--plain", "--color", "never", "--home", "elsewhere"]
    for words in (["laws", "list"], ["status"], ["authorities", "for", "FR"], ["firms", "show", "pimeyes"]):
        outs = [
            run(tmp_path, *words[:at], *common, *words[at:])
            for at in range(len(words) + 1)
            if not (at and words[at - 1] in ("for", "show"))
        ]
        assert {(done.returncode, done.stdout) for done in outs} == {(0, outs[0].stdout)}, words
        assert outs[0].stdout.startswith("{")


def test_c35_the_version_names_program_python_and_data(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert re.fullmatch(r"optout [\d.]+ \(Python 3\.\d+\.\d+\S*, data of \d{4}-\d\d-\d\d\)\n", done.stdout)
    assert list(tmp_path.iterdir()) == []


def test_c35_newer_data_is_refused_politely(tmp_path: Path) -> None:
    firms = tmp_path / "home" / "data" / "firms"
    firms.mkdir(parents=True)
    text = (Path(__file__).parents[2] / "firms" / "pimeyes.yaml").read_text(encoding="utf-8")
    (firms / "pimeyes.yaml").write_text(text.replace("schema: 1", "schema: 2"), encoding="utf-8")
    done = run(tmp_path, "firms", "show", "pimeyes")
    assert done.returncode == 5
    assert "schema" in done.stderr and "Traceback" not in done.stderr


def test_c38_names_are_short_and_in_small_letters() -> None:
    for name in COMMANDS:
        assert re.fullmatch(r"[a-z]{3,12}", name)


def test_c19_the_manual_has_every_command_option_code_and_folder(tmp_path: Path) -> None:
    done = run(tmp_path, "manual")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    for path, command in commands():
        assert f"\noptout {' '.join(path)}\n---" in done.stdout
        for param in command.params:
            assert not isinstance(param, click.Option) or param.opts[0] in done.stdout, (path, param.opts)
    for word in ("Exit codes:", "  143  ", "OPTOUT_HOME", "NO_COLOR", "~/.config/optout/vault.key"):
        assert word in done.stdout
    assert run(tmp_path, "manual", "nix").returncode == 2
    part = run(tmp_path, "manual", "laws").stdout
    assert part.startswith("optout laws\n---") and "optout laws deadline\n" in part and "optout log" not in part


def test_c19_help_takes_the_words_of_a_command(tmp_path: Path) -> None:
    for words in (["request"], ["laws", "deadline"], []):
        assert run(tmp_path, "help", *words).stdout == run(tmp_path, *words, "--help").stdout
    assert run(tmp_path, "help", "nix").returncode == 2


def test_c19_every_command_has_a_man_page_and_no_page_is_left_over(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "docs" / "man"
    names = {"-".join(("optout", *path)) + ".1" for path, _ in commands()} | {"optout.1"}
    assert {path.name for path in folder.iterdir()} == names
    assert run(tmp_path, "manual", "--man", "log").stdout == (folder / "optout-log.1").read_text(encoding="utf-8")


@pytest.mark.system
def test_c19_man_pages_are_sound() -> None:
    for path in (Path(__file__).parents[2] / "docs" / "man").iterdir():
        command = [needed("groff"), "-man", "-Tascii", "-ww", str(path)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0 and done.stderr == "", path
        assert "SYNOPSIS" in done.stdout or "S\bSY" in done.stdout
