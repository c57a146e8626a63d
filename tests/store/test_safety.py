"""Who can read, write and replace the files of a vault, and what they show."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from optout import errors
from optout.store import cases
from optout.store.paths import Paths, paths
from optout.store.vault import Vault
from tests.store.sample import add, answer, child, integrity


@pytest.mark.parametrize("mask", [0o000, 0o777], ids=["wide", "closed"])
def test_modes_do_not_depend_on_the_umask(home: Paths, mask: int) -> None:
    code = """
os.umask(int(sys.argv[2]))
vault = Vault.open(home, create=True)
vault.run("insert into subjects values ('a', 'b', x'00')")
for folder, _, names in os.walk(home.vault):
    print(oct(os.stat(folder).st_mode & 0o777), ".")
    for name in names:
        print(oct(os.stat(os.path.join(folder, name)).st_mode & 0o777), name)
"""
    lines = answer(child(code, home, str(mask))).splitlines()
    modes = [line.split() for line in lines]
    assert {name for _, name in modes} == {
        ".", "vault.json", "vault.key", "optout.db", "optout.db-wal", "optout.db-shm"
    }  # fmt: skip
    assert all(mode == ("0o700" if name == "." else "0o600") for mode, name in modes)


def test_nothing_planted_is_found_in_any_file(home: Paths) -> None:
    canary = "Zyxwv Canarybird"
    with Vault.open(home, create=True) as vault:
        for k in range(60):
            add(vault, f"K7QM-{k:04d}", name=f"{canary} {k}")
        cases.append(
            vault,
            "K7QM-0007",
            event={"kind": "sent", "on": "2026-02-01", "note": canary},
            at="2026-02-01",
            summary={"phase": "waiting", "step": canary},
            seen=1,
        )
        vault.run("select * from subjects order by json")
        vault.run("delete from pending")
        found = [path for path in Path(home.vault).rglob("*") if path.is_file()]
        assert any(path.name.endswith("-wal") and path.stat().st_size for path in found)
        texts = (canary, "zyxwv@example.org", "clearview", "K7QM")
        for path in found:
            held = path.read_bytes()
            for text in texts:
                assert text.encode() not in held and text.encode("utf-16-le") not in held, path
        (Path(home.vault) / "control").write_text(canary)
        assert canary.encode() in (Path(home.vault) / "control").read_bytes()
    for path in Path(home.vault).rglob("optout.db*"):
        assert canary.encode() not in path.read_bytes()


@pytest.mark.parametrize("name", ["optout.db", "vault.json", "config/vault.key", "optout.db-wal"])
def test_a_symlink_in_place_of_a_file_is_refused(home: Paths, tmp_path: Path, name: str) -> None:
    Vault.open(home, create=True).close()
    file = Path(home.vault) / name
    target = tmp_path / "target"
    if file.exists():
        file.rename(target)
    else:
        target.write_bytes(b"other")
    before = target.read_bytes()
    file.symlink_to(target)
    with pytest.raises(errors.OptoutError, match="it is a symbolic link"):
        Vault.open(home, create=True)
    assert target.read_bytes() == before


def test_a_dangling_symlink_is_not_created_through(home: Paths, tmp_path: Path) -> None:
    folder = Path(home.vault)
    folder.mkdir(mode=0o700)
    (folder / "optout.db").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(errors.StoreError):
        Vault.open(home, create=True)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(("name", "mode"), [(".", 0o770), (".", 0o703), ("optout.db", 0o620), ("vault.json", 0o602)])
def test_what_others_can_write_is_refused_with_the_command(home: Paths, name: str, mode: int) -> None:
    Vault.open(home, create=True).close()
    path = Path(home.vault) / name
    path.chmod(mode)
    with pytest.raises(errors.StoreError, match="others can write") as caught:
        Vault.open(home, create=True)
    assert os.system(caught.value.hint) == 0  # noqa: S605 - the hint is a command the user is to type
    assert stat.S_IMODE(path.stat().st_mode) == (0o700 if name == "." else 0o600)
    Vault.open(home, create=True).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a file to another user")
@pytest.mark.parametrize("name", [".", "optout.db", "vault.json"])
def test_a_vault_of_another_user_is_refused(home: Paths, name: str) -> None:
    Vault.open(home, create=True).close()
    os.chown(Path(home.vault) / name, 65534, 65534)
    with pytest.raises(errors.StoreError, match="another user") as caught:
        Vault.open(home, create=True)
    assert "chown" in caught.value.hint


def test_a_path_with_odd_signs_works(tmp_path: Path) -> None:
    home = paths(str(tmp_path / "a b?c#d%41 é 🦉'"))
    with Vault.open(home, create=True) as vault:
        add(vault)
    assert integrity(home) == ("ok", 1)


# Modules are loaded first: the other user may not be allowed to read where Python lies.
READ_ONLY = """
import urllib.parse
if {user}: os.setgid({user}); os.setuid({user})
with Vault.open(home, create=False) as vault:
    print(len(cases.summaries(vault)), vault.writable)
    try:
        with vault.transaction(): vault.run("delete from pending")
    except errors.StoreError as error: print(error)
"""


@pytest.mark.parametrize("log_left", [False, True])
def test_a_read_only_folder_can_be_read(home: Paths, log_left: bool) -> None:
    """As root, modes stop nobody, so the child becomes somebody else, to whom the files are given."""
    if log_left:
        answer(child('v = Vault.open(home, create=True); cases.subject_id(v, {}, lambda: "a"); os._exit(0)', home))
    else:
        with Vault.open(home, create=True) as vault:
            add(vault)
    root = os.geteuid() == 0
    folder = Path(home.vault)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)
        if root:
            os.chown(path, 65534, 65534)
    if root:
        for parent in folder.parents:
            if not parent.stat().st_mode & 0o001:  # pytest's own folders
                parent.chmod(0o711)
    try:
        process = child(READ_ONLY.format(user=65534 if root else 0), home)
        out, complaint = process.communicate(timeout=60)
    finally:
        folder.chmod(0o700)
    if log_left:
        assert "StoreError" in complaint and "changes that were not finished" in complaint
        return
    lines = out.splitlines()
    assert lines[0] == "1 False"
    assert lines[1].endswith("is read-only")


def test_a_vault_that_cannot_be_seen_is_not_taken_for_none(home: Paths) -> None:
    Vault.open(home, create=True).close()
    folder = Path(home.vault)
    for parent in folder.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(0o711)
    folder.chmod(0)
    code = """
if os.geteuid() == 0: os.setuid(65534)
for ask in (lambda: Vault.exists(home), lambda: Vault.open(home, create=True)):
    try: print("answered", ask())
    except errors.StoreError as error: print(error)
"""
    try:
        lines = answer(child(code, home)).splitlines()
    finally:
        folder.chmod(0o700)
    assert len(lines) == 2 and all(line.endswith("cannot be used: Permission denied") for line in lines)
