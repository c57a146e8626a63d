"""Every command there is, its examples, and a home in which they run."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click

from optout.cli import COMMANDS, optout
from tests.cli import lists, sheets
from tests.cli.test_main_job import PERSON
from tests.cli.test_main_job import optout as run

ROOT = Path(__file__).parents[2]
REF = "K7QM-4T2X"


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Path of words and command, groups before their children."""
    for name in sorted(COMMANDS):
        command = optout.get_command(click.Context(optout), name)
        assert command is not None
        yield from _below((name,), command)


def _below(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in sorted(command.commands.items()):
            yield from _below((*path, name), child)


LEAVES = [(path, command) for path, command in commands() if not isinstance(command, click.Group)]


def examples(command: click.Command) -> list[list[str]]:
    """The words after `optout` of each example in a command's help."""
    lines = re.findall(r"^\s+optout (.+)$", command.epilog or "", re.MULTILINE)
    return [shlex.split(line) for line in lines]


ELSEWHERE = {
    ("escalate",): 6,
    ("key", "keyring"): 9,
    ("key", "passphrase"): 2,
    ("data", "trust"): 4,
    ("data", "untrust"): 4,
}
"""Commands whose example needs a keyring, a terminal, a folder or a sent letter, and how they end without; tests/faults shows them at work."""
EXAMPLES = [args for path, command in LEAVES if path not in ELSEWHERE for args in examples(command)]


def home(folder: Path) -> str:
    """Makes the folder one in which every example runs, and gives the reference of its case."""
    folder.mkdir(exist_ok=True)
    (folder / "jurisdictions").symlink_to(ROOT / "jurisdictions")
    (folder / "me.yaml").write_text("name: Ada Second\nemail: ada2@mail.example\nresidence: FR\n")
    done = run(folder, "request", "clearview", *PERSON, "--json", "--format", "txt")
    assert done.returncode == 0, done.stderr
    lists.tar(folder / "datenanfragen-data.tar.xz")
    sheets.write(folder / "people.csv", 3)
    (folder / "datenanfragen_export.csv").write_text(lists.REQUESTS)
    for ident in ("me", "mother"):
        assert run(folder, "profile", "new", ident, "--person", "me.yaml").returncode == 0
    shutil.rmtree(folder / "optout-letters")
    assert run(folder, "export", "-o", "cases.jsonl").returncode == 0
    for ident in ("ida", "club"):
        assert run(folder, "agent", "new", ident, "--name", "Ida Helper", "--email", "i@mail.example").returncode == 0
    return str(json.loads(done.stdout)["cases"][0]["ref"])


def filled(args: list[str], ref: str) -> list[str]:
    return [ref if arg == REF else arg for arg in args]
