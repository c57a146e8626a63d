"""F-01, F-06: the process ends, or the disk dies, at the n-th write or sync of a command: all of it is there, or nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from optout.cli.mending import refold
from optout.store import cases, health
from optout.store.paths import paths
from optout.store.vault import Vault
from tests.cli.test_main_job import PERSON
from tests.faults.extent import spread
from tests.faults.forks import Forks, Server
from tests.store.sample import make_version_one

NOW = "2126-01-01T00:00:00+00:00"
OTHER = ("--name", "Ida Other", "--email", "ida@mail.example", "--residence", "FR")


class Answer(NamedTuple):
    code: int
    out: str
    err: str
    took: float
    calls: int
    """How often the database or a file was written or synced."""


class Planted(Forks):
    """Commands whose n-th write or sync fails. To be closed."""

    def __init__(self, work: Path, *how: str) -> None:
        super().__init__(work)
        self._server = Server("tests.faults.planted", *how)

    def __exit__(self, *_: object) -> None:
        self._server.end()

    def at(self, number: int, *args: str) -> Answer:
        return Answer(*self._server.ask(args, number, str(self.work), self.environment()))


def state(work: Path) -> dict[str, Any]:
    """Every event of every case, the people, and the letters on disk; the vault must be whole."""
    home = paths(str(work / "home"))
    with Vault.open(home, create=False) as vault:
        assert vault.run("pragma integrity_check") == [("ok",)]
        assert vault.run("pragma foreign_key_check") == []
        events = {ref: cases.get(vault, ref)["events"] for (ref,) in vault.run("select ref from cases order by ref")}
        assert [ref for ref in events if cases.verify(vault, ref)] == []
        profiles = vault.run("select id, json from profiles order by id")
    plain = {ref: [(x["n"], x["event"]) for x in rows] for ref, rows in events.items()}
    return {"events": plain, "profiles": profiles}


def sound(work: Path) -> None:
    """All that `optout doctor` looks at."""
    with Vault.open(paths(str(work / "home")), create=False) as vault:
        worst = [x for x in health.look(vault, NOW, refold) if x.severity == "error"]
    assert worst == [], worst


def sums(work: Path) -> list[str]:
    """The letters on disk. What an ended process left under a temporary name goes when it is an hour old."""
    found = (path for path in (work / "optout-letters").rglob("*") if path.is_file())
    return sorted(path.name for path in found if not path.name.startswith(".optout-"))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A folder with two people's cases, one of them sent; and their references."""
    work = tmp_path_factory.mktemp("f01") / "work"
    work.mkdir()
    forks = Forks(work)
    refs = []
    for person in (PERSON, OTHER):
        done = forks.run("request", "clearview", *person, "--format", "txt", "--json")
        assert done.code == 0, done.err
        refs.append(json.loads(done.out)["cases"][0]["ref"])
    (work / "reply.txt").write_text("Dear Ada, " * 2000)
    assert forks.run("log", refs[0], "sent", "--by", "post").code == 0
    assert forks.run("profile", "new", "me", *PERSON).code == 0
    # The key in a passphrase slot or keyring is not what is tried here.
    (work / "home" / "optout.db.backup").unlink()
    home = paths(str(work / "home"))
    with Vault.open(home, create=False) as vault:
        vault.run("delete from meta where key = 'backup_day'")  # so that each command makes the copy of the day as well
    return work, *refs


COMMANDS = {
    "request": ["request", "pimeyes", *PERSON, "--format", "txt"],
    "redraft": ["request", "clearview", *OTHER, "--format", "txt", "--together"],
    "log": ["log", "FIRST", "noted", "--note", "they wrote", "--file", "reply.txt"],
    "forget": ["forget", "SECOND", "--confirm", "Ida Other"],
    "rotate": ["key", "rotate"],
    "profile": ["profile", "edit", "me", "--because", "I am followed"],
}


@pytest.fixture(scope="module", params=["exit", "error", "full"])
def storage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Planted]]:
    work = tmp_path_factory.mktemp("f01") / "run"
    work.mkdir()
    with Planted(work, "database", request.param) as planted:
        yield request.param, planted


def again(work: Path, begun: Path) -> None:
    for path in work.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(begun, work, dirs_exist_ok=True)
    with Vault.open(paths(str(work / "home")), create=False) as vault:
        # Letters know the folder in which they were written.
        vault.run("update files set folder = replace(folder, ?, ?)", (str(begun), str(work)))


@pytest.mark.parametrize("name", COMMANDS)
def test_f01_every_nth_write_and_sync_of_a_command(
    name: str, storage: tuple[str, Planted], begun: tuple[Path, str, str]
) -> None:
    how, planted = storage
    start, first, second = begun
    work = planted.work
    args = [{"FIRST": first, "SECOND": second}.get(arg, arg) for arg in COMMANDS[name]]
    again(work, start)
    before = state(work)
    whole = planted.at(0, *args)
    assert whole.code == 0, whole.err
    after, letters = state(work), sums(work)
    assert before != after or name == "rotate"
    # Ending of the longest is tried at more than settles it; other commands and failing take the same ways.
    usual, full = (20, 48) if (how, name) == ("exit", "request") else (9, 16) if how == "exit" else (6, 8)
    for at, number in enumerate(spread(whole.calls, usual, full)):
        again(work, start)
        done = planted.at(number, *args)
        assert done.code in ((9,) if how == "exit" else (0, 7)), (number, done)
        if how == "full" and done.code:
            assert "disk full" in done.err, done.err
        assert "Traceback" not in done.err and "this is a bug" not in done.err
        found = _same_but_refs(state(work), after)
        if name == "forget":
            # What is begun goes on with the next run; the rows go together.
            assert found in (before, after)
        else:
            assert found == after or (done.code != 0 and found == before), (number, done)
        if at % 2:
            continue
        # The next run needs no repair, and ends where an undisturbed one does.
        done = planted.at(0, *args)
        assert done.code in ((0, 4) if name == "forget" else (0,)), (number, done)
        if name not in ("log", "profile"):
            assert _same_but_refs(state(work), after) == after
        if name in ("request", "redraft", "forget"):
            assert len(sums(work)) == len(letters), (number, sums(work))
        left = [path.name for path in work.rglob("*") if path.name.startswith(".optout-")]
        assert all(_private(work, path) for path in left)
    sound(work)


def _same_but_refs(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """A new case has a reference by chance: that of the other state, when the rest is the same."""
    new = [ref for ref in one["events"] if ref not in other["events"]]
    lacking = [ref for ref in other["events"] if ref not in one["events"]]
    if len(new) == len(lacking) == 1:
        events = {lacking[0] if ref in new else ref: rows for ref, rows in one["events"].items()}
        return one | {"events": dict(sorted(events.items()))}
    return one


def _private(work: Path, name: str) -> bool:
    """Leftovers of an ended process are removed once they are an hour old, so that no running one loses its own."""
    (path,) = work.rglob(name)
    return path.stat().st_mode & 0o777 == 0o600


@pytest.fixture(scope="module", params=["syncs", "files"])
def syncing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Planted]]:
    work = tmp_path_factory.mktemp("f06") / "run"
    work.mkdir()
    with Planted(work, request.param, "error") as planted:
        yield request.param, planted


@pytest.mark.parametrize("name", ["request", "log", "profile"])
def test_f06_a_sync_that_fails_is_a_failure(
    name: str, syncing: tuple[str, Planted], begun: tuple[Path, str, str]
) -> None:
    what, planted = syncing
    work = planted.work
    start, first, second = begun
    args = [{"FIRST": first, "SECOND": second}.get(arg, arg) for arg in COMMANDS[name]]
    refused = 0
    again(work, start)
    before, letters = state(work), sums(work)
    calls = planted.at(0, *args).calls
    for number in range(1, calls + 1):
        again(work, start)
        done = planted.at(number, *args)
        found = state(work)
        if done.code == 0:
            assert found != before, "success is told of what is kept alone"
            continue
        refused += 1
        assert done.code in (1, 7) and done.out == "", done
        assert found == before or "optout letter" in done.err or name == "request"
        if found == before:
            assert sums(work) == letters
    assert refused >= (1 if what == "syncs" or name == "request" else 0)


def test_f01_an_upgrade_ended_at_every_write(tmp_path: Path) -> None:
    start = tmp_path / "start"
    start.mkdir()
    with Vault.open(paths(str(start / "home")), create=True) as vault:
        make_version_one(vault)
    work = tmp_path / "work"
    work.mkdir()
    with Planted(work, "database", "exit") as planted:
        shutil.copytree(start, work, dirs_exist_ok=True)
        calls = planted.at(0, "status").calls
        assert calls > 20
        for number in spread(calls, 12, 24):
            shutil.rmtree(work / "home")
            shutil.copytree(start / "home", work / "home")
            assert planted.at(number, "status").code == 9
            assert planted.at(0, "status", "--json").code == 0
            with Vault.open(paths(str(work / "home")), create=False) as vault:
                assert [cases.verify(vault, ref) for (ref,) in vault.run("select ref from cases")] == [[], []]
            assert [path.name for path in (work / "home").glob("optout.db.before-*")]
