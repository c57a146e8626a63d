"""F-51: a person is forgotten, and then every byte that is left is searched for them."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from optout.errors import Locked
from optout.store import forgetting, traces
from optout.store.paths import Paths, paths
from optout.store.vault import Vault
from tests.cli.test_main_job import optout as run
from tests.faults.extent import FULL

PAGE, RESERVED, SALT = 4096, 80, 16
NAME = "Zora Zcanaryname"
PERSON = {
    "name": NAME,
    "email": "zcanarymail@mail.example",
    "email_alias": "zcanaryalias@alias.example",
    "residence": "fr",
    "address": ["7 Zcanarystreet", "75001 Paris"],
    "print_address": True,
    "situation": "A zcanarysituation of my own.",
}
CANARIES = ("zcanaryname", "zcanarymail", "zcanaryalias", "zcanarystreet", "zcanarysituation", "zcanarynote",
            "zcanaryanswer", "zcanaryfile", "zcanarysecond", "zcanaryprofile")  # fmt: skip
"""All that a search looks for; each stands somewhere before."""


def pages(path: Path, key: bytes) -> Iterator[bytes]:
    """Every page of a database or its log as it is under the cipher, free pages and slack included."""
    data = path.read_bytes()
    frames = [(at, at + PAGE) for at in range(0, len(data), PAGE)]
    if path.name.endswith("-wal"):
        frames = [(at + 24, at + 24 + PAGE) for at in range(32, len(data), PAGE + 24)]
    for number, (start, end) in enumerate(frames):
        page = data[start:end]
        for skip in {0, SALT} if path.name.endswith("-wal") else {SALT if number == 0 else 0}:
            nonce = page[-RESERVED : -RESERVED + 16]
            read = Cipher(algorithms.AES(key), modes.CBC(nonce)).decryptor()
            yield read.update(page[skip:-RESERVED])


def everything(home: Path) -> dict[str, bytes]:
    """All bytes below a folder, those of vaults and copies of them decrypted, and the names of the files."""
    key = bytes.fromhex((home / "home" / "config" / "vault.key").read_text().split()[0])
    found = {}
    for path in sorted(home.rglob("*")):
        if path.is_file() and not path.name.endswith("-shm"):
            content = b"".join(pages(path, key)) if "optout.db" in path.name else b""
            found[str(path.relative_to(home))] = content + path.read_bytes() + path.name.encode()
    return found


def seen(home: Path) -> dict[str, set[str]]:
    """In which files which canaries stand."""
    found = {}
    for name, data in everything(home).items():
        low = data.lower()
        here = {c for c in CANARIES if c.encode() in low or c.encode("utf-16-le") in low}
        if here:
            found[name] = here
    return found


def ok(home: Path, *args: str) -> str:
    done = run(home, *args)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refs(home: Path) -> dict[str, str]:
    return {case["ref"]: case["firm"] for case in json.loads(ok(home, "status", "--all", "--json"))["cases"]}


def opened(home: Path, *args: str) -> list[str]:
    return [case["ref"] for case in json.loads(ok(home, "request", *args, "--json", "--format", "txt"))["cases"]]


def make(home: Path) -> str:
    """A home in which two people have cases, one of them all over the place; gives the other's reference."""
    (other,) = opened(home, "pimeyes", "--name", "Ida Other", "--email", "ida@mail.example", "--residence", "FR")
    ok(home, "letter", other, "--format", "txt,docx")
    (home / "person.json").write_text(json.dumps(PERSON))
    ok(home, "profile", "new", "zcanaryprofile", "--person", "person.json")
    (home / "person.json").unlink()
    first, second = opened(home, "clearview,pimeyes", "--profile", "zcanaryprofile")
    ok(home, "request", "clearview", "--profile", "zcanaryprofile", "--format", "docx,eml")
    ok(home, "letter", second, "--format", "txt", "-o", "copies")
    (home / "zcanaryfile.txt").write_text("A zcanaryanswer." * 700)
    ok(home, "log", first, "sent", "--letter", "access", "--by", "post", "--note", "A zcanarynote.")
    ok(home, "log", first, "answered", "--letter", "access", "--outcome", "access=met", "--file", "zcanaryfile.txt")
    (home / "zcanaryfile.txt").unlink()
    ok(home, "profile", "edit", "zcanaryprofile", "--email-alias", "zcanarysecond@alias.example")
    opened(home, "clearview", "--profile", "zcanaryprofile", "--again")
    plain = ("--name", f"  {NAME.upper()} ", "--email", "zcanarymail@mail.example", "--residence", "BE")
    opened(home, "pimeyes", *plain, "--address-line", "7 Zcanarystreet")
    opened(home, "pimeyes", *plain)  # the draft of before without the address: its person has no case any more
    return other


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is in a file here, and the keyring of whoever runs this is not asked."""
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """The folder in which it was made (letters know where they lie), a copy of it, and the other's reference."""
    base = tmp_path_factory.mktemp("f51")
    (base / "work").mkdir()
    other = make(base / "work")
    shutil.copytree(base / "work", base / "copy")
    return base / "work", base / "copy", other


@pytest.fixture
def home(made: tuple[Path, Path, str]) -> Path:
    work, copy, _ = made
    shutil.rmtree(work)
    shutil.copytree(copy, work)
    return work


def others(home: Path, ref: str) -> dict[str, Any]:
    """All that is of the other person: rows, and letters as bytes."""
    with Vault.open(paths(str(home / "home")), create=False) as vault:
        rows = {
            table: vault.run(f"select * from {table} where ref = ? order by 1, 2, 3", (ref,))
            for (table,) in vault.run("select name from sqlite_schema where type = 'table'")
            if "ref" in {row[1] for row in vault.run(f"pragma table_info({table})")}
        }
        rows["subjects"] = vault.run(
            "select s.* from subjects s join cases c on c.subject = s.id where ref = ?", (ref,)
        )
    return rows | {p.name: p.read_bytes() for p in home.glob(f"optout-letters/{ref}-*/*")}


def nothing_left(home: Path, other: str, before: dict[str, Any]) -> None:
    assert seen(home) == {}
    assert others(home, other) == before
    with Vault.open(paths(str(home / "home")), create=False) as vault:
        assert vault.run("pragma integrity_check") == [("ok",)]
        assert vault.run("pragma freelist_count") == [(0,)]
        assert vault.run("select ref from cases") == [(other,)]
        assert [row[0] for row in vault.run("select count(*) from subjects")] == [1]
        assert not vault.run("select * from profiles") and vault.meta(forgetting.MARK) is None
    assert [p.name for p in home.glob("optout-letters/*")] == [f"{other}-pimeyes"]
    assert (home / "home" / "optout.db-wal").exists() is False


def test_f51_each_canary_is_there_before(home: Path) -> None:
    found = seen(home)
    assert set().union(*found.values()) == set(CANARIES)
    assert found["home/optout.db"] == set(CANARIES), "the search reads what is encrypted"
    assert sum(name.startswith(("optout-letters/", "copies/")) for name in found) >= 8


def test_f51_nothing_of_a_person_is_left(home: Path, made: tuple[Path, Path, str]) -> None:
    other = made[2]
    before = others(home, other)
    db = home / "home" / "optout.db"
    for ending in ("backup", "before-3", "damaged-2026-11-24"):
        shutil.copy(db, f"{db}.{ending}")
    (home / "home" / f".optout-0123456789ab-{db.name}.tmp").write_bytes(db.read_bytes())
    (home / "home" / "optout-edit-999999999-x").mkdir()
    (home / "home" / "optout-edit-999999999-x" / "profile.yaml").write_text(NAME)
    (ref,) = [r for r, firm in refs(home).items() if r != other and firm == "pimeyes"][:1]
    folder = next(home.glob(f"optout-letters/{ref}-*"))
    (folder / f".optout-0123456789ab-{ref}-access-en.txt.tmp").write_text(NAME)
    ok(home, "explain", "clearview", "--residence", "FR")
    done = run(home, "forget", "zcanaryprofile", "--confirm", NAME)
    assert done.returncode == 0, done.stderr
    assert all(f"{db}.{ending}" in done.stdout for ending in ("backup", "before-3", "damaged-2026-11-24"))
    nothing_left(home, other, before)
    assert [p.name for p in (home / "home").glob("*optout.db?*")] == ["optout.db.backup"], "made anew"
    assert b"ida@mail.example" in everything(home)["home/optout.db.backup"]
    for word in ("mail program", "printouts", "the firm", "synchronises", "snapshots", "SSD"):
        assert word in done.stderr


def test_f51_the_search_can_fail(home: Path) -> None:
    """The same look finds what a plain deletion leaves: the person in the slack of pages or in a copy."""
    db = home / "home" / "optout.db"
    shutil.copy(db, db.with_name("optout.db.old"))
    with Vault.open(paths(str(home / "home")), create=False) as vault:
        vault.run("pragma secure_delete = off")
        vault.run("delete from profiles")
        vault.run("delete from evidence")
    assert {"zcanaryprofile", "zcanaryanswer"} <= seen(home)["home/optout.db"]
    assert set(CANARIES) == seen(home)["home/optout.db.old"]


def run_and_kill(where: Paths, at: int, wanted: str) -> bool:
    """Forgets in a child that kills itself at its n-th step; whether it was killed."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] == signal.SIGKILL
    count = iter(range(10_000))

    def stepping(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **more: Any) -> Any:
            if next(count) == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **more)

        return step

    try:
        with Vault.open(where, create=False) as vault:
            found = traces.find(vault, wanted)
            Vault.run = stepping(Vault.run)  # type: ignore[method-assign]
            for name in ("unlink", "rmdir"):
                setattr(os, name, stepping(getattr(os, name)))
            forgetting.begin(vault, found, changed_too=True)
            forgetting.finish(vault, where)
        os._exit(0)
    finally:
        os._exit(1)


def test_f51_killed_at_any_step_the_same_command_completes_it(home: Path, made: tuple[Path, Path, str]) -> None:
    """At every third step; at each in a full run."""
    work, copy, other = made
    before = others(home, other)
    where = paths(str(home / "home"))
    at, killed = 0, True
    while killed:
        shutil.rmtree(work)
        shutil.copytree(copy, work)
        killed = run_and_kill(where, at, "zcanaryprofile")
        if at % 6 == 0:  # through the command itself, which says so
            done = run(home, "forget", "zcanaryprofile", "--confirm", NAME)
            if done.returncode:  # killed after its end
                assert done.returncode == 4 and at > 40, done.stderr
                with Vault.open(where, create=False) as vault:
                    assert not vault.run("select 1 from profiles") and vault.meta(forgetting.MARK) is None
        with Vault.open(where, create=False) as vault:
            forgetting.finish(vault, where)
            if vault.run("select 1 from profiles"):  # killed before anything was marked
                assert at < 6  # begun, looked for another mark, written, ended
                forgetting.begin(vault, traces.find(vault, "zcanaryprofile"), changed_too=True)
                forgetting.finish(vault, where)
        nothing_left(home, other, before)
        at += 1 if FULL else 3
    assert at > 40, "too few steps: the test shows nothing"


def test_f51_one_window_does_not_take_the_place_of_another(home: Path, made: tuple[Path, Path, str]) -> None:
    with Vault.open(paths(str(home / "home")), create=False) as vault:
        found = traces.find(vault, "zcanaryprofile")
        forgetting.begin(vault, found, changed_too=True)
        marked = vault.meta(forgetting.MARK)
        with pytest.raises(Locked):
            forgetting.begin(vault, found, changed_too=False)
        assert vault.meta(forgetting.MARK) == marked


def test_f51_a_reader_in_another_window_delays_it(home: Path, made: tuple[Path, Path, str]) -> None:
    other = made[2]
    before = others(home, other)
    where = paths(str(home / "home"))
    with Vault.open(where, create=False, wait=0.1) as vault:
        with Vault.open(where, create=False) as reader, reader.reading():
            assert reader.run("select count(*) from cases")
            forgetting.begin(vault, traces.find(vault, "zcanaryprofile"), changed_too=True)
            with pytest.raises(Locked):
                forgetting.finish(vault, where)
        forgetting.finish(vault, where)
    nothing_left(home, other, before)


def test_f51_a_case_opened_in_between_goes_too(home: Path, made: tuple[Path, Path, str]) -> None:
    other = made[2]
    before = others(home, other)
    where = paths(str(home / "home"))
    with Vault.open(where, create=False) as vault:
        forgetting.begin(vault, traces.find(vault, "zcanaryprofile"), changed_too=True)
    opened(home, "clearview", "--profile", "zcanaryprofile", "--again", "--residence", "DE")
    done = run(home, "forget", "zcanaryprofile")
    assert done.returncode == 0 and "cut short" in done.stderr
    nothing_left(home, other, before)


def test_f51_what_was_cut_short_is_told_and_ended_without_a_name(home: Path, made: tuple[Path, Path, str]) -> None:
    other = made[2]
    before = others(home, other)
    with Vault.open(paths(str(home / "home")), create=False) as vault:
        forgetting.begin(vault, traces.find(vault, "zcanaryprofile"), changed_too=True)
    assert "To end it: optout forget" in run(home, "letter", other, "--format", "txt").stderr
    done = run(home, "forget", "--dry-run")
    assert done.returncode == 2 and seen(home), "a look ends nothing"
    ok(home, "forget")
    nothing_left(home, other, before)


def test_f51_every_table_is_thought_of(home: Path) -> None:
    """A new table that could hold a person must have a column `ref`, or be named here with the reason."""
    with Vault.open(paths(str(home / "home")), create=False) as vault:
        tables = {name for (name,) in vault.run("select name from sqlite_schema where type = 'table'")}
        with_ref = set(forgetting.tables(vault))
    # What a batch was asked for, and the names of its folders.
    without = {"subjects", "profiles", "meta", "calendar", "batches", "chunks"}
    assert {t for t in tables - with_ref if not t.startswith("sqlite_")} <= without
