from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import apsw
import pytest
import sqlcipher3

from optout import errors
from optout.store import cases, schema
from optout.store.paths import Paths, paths
from optout.store.vault import Vault
from store.sample import add, answer, child, integrity


def test_no_vault_is_no_cases_yet_and_reading_makes_nothing(home: Paths) -> None:
    assert not Vault.exists(home)
    with pytest.raises(errors.StoreError, match="no vault"):
        Vault.open(home, create=False)
    assert not Path(home.vault).exists()


def test_what_was_stored_is_there_for_the_next_process(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        assert vault.keeper.made and vault.keeper.custody == "file" and vault.keeper.reason
        add(vault)
    assert Vault.exists(home)
    with Vault.open(home, create=True) as vault:
        assert not vault.keeper.made
        assert cases.get(vault, "K7QM-4T2X")["subject"]["names"] == ["Ada Ærlig"]


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


@pytest.mark.parametrize("while_open", [True, False])
def test_another_sqlcipher_program_reads_it(home: Paths, while_open: bool) -> None:
    vault = Vault.open(home, create=True)
    add(vault)
    if not while_open:
        vault.close()
    key = (Path(home.config) / "vault.key").read_text().strip()
    other = sqlcipher3.connect(str(Path(home.vault) / "optout.db"))
    other.execute(f"pragma key = \"x'{key}'\"")
    assert other.execute("select ref from cases").fetchall() == [("K7QM-4T2X",)]
    assert other.execute("pragma journal_mode").fetchall() == [("wal",)]
    other.close()
    vault.close()


def test_the_settings_hold(vault: Vault) -> None:
    for name, value in {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}.items():
        assert vault.run(f"pragma {name}") == [(value,)]
    assert vault.run("pragma temp_store") == [(2,)]


def test_another_key_is_told_from_damage(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault)
    key = Path(home.config) / "vault.key"
    right = key.read_text()
    key.write_text("ab" * 32)
    with pytest.raises(errors.SecretUnavailable, match="key of another vault"):
        Vault.open(home, create=True)
    key.write_text(right)
    database = Path(home.vault) / "optout.db"
    for place in (3, 100, 4000):  # the salt, the header, the page's own check value
        whole = bytearray(database.read_bytes())
        whole[place] ^= 1
        database.write_bytes(whole)
        with pytest.raises(errors.Unreadable, match="damaged"):
            Vault.open(home, create=True)
        whole[place] ^= 1
        database.write_bytes(whole)
    assert integrity(home) == ("ok", 1)


def test_a_damaged_page_further_in_is_named_when_it_is_read(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        for k in range(50):
            add(vault, f"K7QM-{k:04d}", name=f"Person {k}")
    database = Path(home.vault) / "optout.db"
    whole = bytearray(database.read_bytes())
    for page in range(2, len(whole) // 4096):
        whole[page * 4096 + 50] ^= 1
    database.write_bytes(whole)
    with Vault.open(home, create=False) as vault, pytest.raises(errors.Unreadable):
        vault.run("select * from subjects")


def test_a_cut_file_is_damaged(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault)
    database = Path(home.vault) / "optout.db"
    database.write_bytes(database.read_bytes()[:2000])
    with pytest.raises(errors.Unreadable):
        Vault.open(home, create=True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format":1}', '{"format":"1","id":"a","check":"b"}', "\xff"])
def test_a_damaged_identity_is_damage(home: Paths, text: str) -> None:
    Vault.open(home, create=True).close()
    (Path(home.vault) / "vault.json").write_text(text, encoding="latin-1")
    with pytest.raises(errors.Unreadable, match=r"vault\.json is damaged"):
        Vault.open(home, create=True)


def test_a_vault_without_its_identity_gets_no_new_key(home: Paths) -> None:
    Vault.open(home, create=True).close()
    (Path(home.vault) / "vault.json").unlink()
    with pytest.raises(errors.Unreadable, match=r"without vault\.json"):
        Vault.open(home, create=True)


def test_a_log_without_its_vault_is_not_overwritten(home: Paths) -> None:
    Vault.open(home, create=True).close()
    database = Path(home.vault) / "optout.db"
    database.rename(str(database) + "-wal")
    with pytest.raises(errors.Unreadable, match="missing"):
        Vault.open(home, create=True)


@pytest.mark.parametrize("missing", ["vault.json optout.db", "optout.db", ""])
def test_a_making_cut_short_is_completed(home: Paths, missing: str) -> None:
    """After the key, after vault.json, after the empty database file: what a kill can leave."""
    Vault.open(home, create=True).close()
    key = (Path(home.config) / "vault.key").read_text()
    for name in missing.split():
        (Path(home.vault) / name).unlink()
    if not missing:
        (Path(home.vault) / "optout.db").write_bytes(b"")
    assert not Vault.exists(home)
    with Vault.open(home, create=True) as vault:
        add(vault)
    assert (Path(home.config) / "vault.key").read_text() == key
    assert integrity(home) == ("ok", 1)


def test_a_newer_vault_is_refused_and_left_alone(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        vault.run("pragma user_version = 2")
    with pytest.raises(errors.NewerFormat):
        Vault.open(home, create=True)
    sheet = Path(home.vault) / "vault.json"
    sheet.write_text(json.dumps(json.loads(sheet.read_text()) | {"format": 2}))
    with pytest.raises(errors.NewerFormat):
        Vault.open(home, create=True)


def test_an_older_vault_is_brought_forward_whole_or_not_at_all(vault: Vault) -> None:
    add(vault)
    good = ("alter table summary add column more text", "pragma user_version = 2")
    with pytest.raises(apsw.SQLError):
        schema.prepare(vault, (*schema.STEPS, (*good, "a mistake")))
    assert vault.run("pragma user_version") == [(1,)]
    assert len(vault.run("select * from summary")[0]) == len(schema.SUMMARY)
    schema.prepare(vault, (*schema.STEPS, good))
    assert vault.run("pragma user_version") == [(2,)]
    assert len(vault.run("select * from summary")[0]) == len(schema.SUMMARY) + 1


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


def test_another_writer_is_waited_for_and_then_named(home: Paths) -> None:
    with Vault.open(home, create=True) as vault, Vault.open(home, create=False, wait=0.1) as other:
        with vault.transaction():
            add(vault)
            assert other.run("select count(*) from cases") == [(0,)]  # readers wait for nobody
            with pytest.raises(errors.Locked):
                add(other, "K7QM-0000")
        add(other, "K7QM-0000")


def test_a_failed_block_leaves_nothing_and_an_inner_one_fails_alone(vault: Vault) -> None:
    with pytest.raises(KeyError), vault.transaction():
        add(vault)
        raise KeyError
    assert vault.run("select count(*) from cases") == [(0,)]
    with vault.transaction():
        add(vault, "K7QM-0001")
        with pytest.raises(KeyError), vault.transaction():
            add(vault, "K7QM-0002")
            raise KeyError
    assert vault.run("select ref from cases") == [("K7QM-0001",)]


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
