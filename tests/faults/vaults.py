"""A vault with real cases in it, made once and copied, and the look at what is in one."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from optout.case import Event
from optout.cli import casefile
from optout.cli.app import App
from optout.store import backup, cases
from optout.store.paths import Paths, paths
from optout.store.vault import Vault
from tests.cli.test_main_job import PERSON, optout, request

CASES = 40
LATER = 10
"""Of these, how many were opened after the backup was made."""


@cache
def made() -> Path:
    """A folder with `home`: cases of several people with events, a letter each and evidence, and an older backup."""
    folder = Path(mkdtemp(prefix="optout-faults-"))
    first = request(folder, "--format", "txt")["ref"]
    home = paths(str(folder / "home"))
    app = App({"home": home.vault})
    with Vault.open(home, create=False) as vault:
        whole = cases.get(vault, first)
        for number in range(1, CASES):
            _clone(vault, whole, number)
            if number == CASES - LATER:
                _live(app, vault)
                backup.make(vault)
        _live(app, vault)
    shutil.rmtree(folder / "optout-letters")
    return folder


def _clone(vault: Vault, whole: dict[str, Any], number: int) -> None:
    """The same case for another person, under a reference of its own."""
    old, ref = whole["case"]["ref"], f"TEST-{number:04d}"
    person = whole["subject"] | {"name": f"Ada Example {number}", "situation": "x" * 3000}
    with vault.transaction():
        subject = cases.subject_id(vault, person, lambda: f"person-{number}")
        plain = json.loads(json.dumps(whole).replace(old, ref))
        cases.add(
            vault, case=plain["case"] | {"subject": subject}, fingerprint=ref, inputs=ref, event=plain["events"][0]["event"],
            at=plain["events"][0]["at"], letters=plain["letters"], files=plain["files"], pending=[], summary=plain["summary"],
        )  # fmt: skip


def _live(app: App, vault: Vault) -> None:
    """The letter of each draft is sent; each third firm answers with a file."""
    for number, (ref,) in enumerate(vault.run("select ref from summary where phase = 'draft' order by ref")):
        file = casefile.opened(vault, ref)
        sent = Event(kind="sent", on=file.case.opened, by="post", letter=file.case.letters[0].id)
        casefile.append(app, vault, file, sent)
        if number % 3 == 0:
            file = casefile.opened(vault, ref)
            noted = replace(sent, kind="noted", by=None, letter=None, note="they called")
            casefile.append(app, vault, file, noted, [{"name": "reply.txt", "data": b"Dear Ada, " * 900}])


def copied(folder: Path) -> Paths:
    """A copy of that vault in the folder."""
    shutil.copytree(made() / "home", folder / "home")
    return paths(str(folder / "home"))


def content(home: Paths) -> dict[str, Any]:
    """All of every case, by its reference."""
    with Vault.open(home, create=False) as vault:
        refs = [str(ref) for (ref,) in vault.run("select ref from cases order by ref")]
        return {ref: cases.get(vault, ref) for ref in refs}


def doctor(folder: Path, *args: str) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of `optout doctor` over `folder/home`."""
    done = optout(folder, "doctor", "--json", *args)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


__all__ = ["CASES", "LATER", "PERSON", "content", "copied", "doctor", "made", "optout", "request"]
