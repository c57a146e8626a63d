"""The daily copy and the copy before an upgrade: complete or not there, and never in the way of the change itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw
import pytest

from optout import errors
from optout.store import backup, cases, private
from optout.store.paths import Paths, paths
from optout.store.tablesteps import STEPS
from optout.store.vault import Vault
from tests.store.faulty import Faulty
from tests.store.sample import add, answer, child, integrity, make_version_one


def daily(vault: Vault, day: str) -> list[str]:
    """Has the next change make the copy of that day; gives the list that will hold what is told."""
    told: list[str] = []
    vault.before_change = lambda opened: backup.daily(opened, day, told.append, 0.0)
    return told


def refs(home: Paths, file: str = "optout.db.backup", to: str = "restored") -> list[str]:
    """The cases in a copy, opened in a folder of its own as a user would."""
    other = Path(home.vault).parent / to
    other.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(Path(home.vault) / "vault.json", other)
    shutil.copytree(home.config, other / "config", dirs_exist_ok=True)
    shutil.copy(Path(home.vault) / file, other / "optout.db")
    with Vault.open(paths(str(other)), create=False) as vault:
        assert vault.run("pragma integrity_check") == [("ok",)]
        return [ref for (ref,) in vault.run("select ref from cases order by ref")]


def test_the_first_change_of_a_day_keeps_what_was_there_before(home: Paths) -> None:
    for day, ref in (("2026-02-01", "AAAA-0001"), ("2026-02-02", "AAAA-0002"), ("2026-02-02", "AAAA-0003")):
        with Vault.open(home, create=True) as vault:
            told = daily(vault, day)
            add(vault, ref)
            add(vault, ref[:-1] + "9") if ref == "AAAA-0002" else None
            assert told == [] and vault.meta("backup_day") == day
    assert refs(home) == ["AAAA-0001"]
    assert integrity(home) == ("ok", 4)
    assert (Path(home.vault) / "optout.db.backup").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in Path(home.vault).iterdir()) == [
        "config",
        "optout.db",
        "optout.db.backup",
        "vault.json",
    ]


def test_reading_makes_no_copy(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        daily(vault, "2026-02-01")
        assert cases.summaries(vault) == []
        with vault.reading():
            vault.run("select * from cases")
    assert not (Path(home.vault) / "optout.db.backup").exists()


def test_the_copy_is_encrypted(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault, name="Canarybird")
        backup.make(vault)
    held = (Path(home.vault) / "optout.db.backup").read_bytes()
    assert len(held) > 4096 and b"Canarybird" not in held and b"clearview" not in held
    assert not held.startswith(b"SQLite format")


def test_a_change_that_fails_is_copied_for_again(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        daily(vault, "2026-02-01")
        with pytest.raises(KeyError), vault.transaction():
            raise KeyError
        assert vault.meta("backup_day") is None


def test_a_damaged_page_never_replaces_a_good_copy(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        for k in range(40):
            add(vault, f"AAAA-{k:04d}", name=f"Person {k}")
        backup.make(vault)
    database = Path(home.vault) / "optout.db"
    whole = bytearray(database.read_bytes())
    whole[-2000] ^= 1
    database.write_bytes(whole)
    with Vault.open(home, create=False) as vault:
        told = daily(vault, "2026-02-01")
        vault.set_meta("changed", "yes")
        assert vault.meta("changed") == "yes", "the change itself goes on"
    assert len(told) == 1 and "optout doctor" in told[0]
    assert len(refs(home)) == 40
    assert not list(Path(home.vault).glob("*.tmp*"))


def test_no_room_for_the_copy_does_not_stop_the_change(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "SPARE", 1 << 60)
    with Vault.open(home, create=True) as vault:
        told = daily(vault, "2026-02-01")
        add(vault)
        add(vault, "AAAA-0001")
    assert len(told) == 1 and "disk full" in told[0]
    assert integrity(home) == ("ok", 2)
    assert not list(Path(home.vault).glob("*.tmp*"))


@pytest.mark.parametrize("limit", [60_000, 120_000])
def test_a_copy_cut_short_by_a_limit_does_not_stop_the_change(home: Paths, limit: int) -> None:
    with Vault.open(home, create=True) as vault:
        for k in range(30):
            add(vault, f"AAAA-{k:04d}")
    code = """
import resource
from optout.store import backup
told = []
with Vault.open(home, create=False) as vault:
    vault.before_change = lambda opened: backup.daily(opened, "2026-02-01", told.append, 0.0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
    vault.set_meta("changed", "yes")
    print(vault.meta("changed"), *told)
    os._exit(0)
"""
    assert answer(child(code, home, str(limit))).startswith(
        "yes There is no new backup of your cases (a limit on the size"
    )
    assert not (Path(home.vault) / "optout.db.backup").exists()
    assert not list(Path(home.vault).glob("*.tmp*"))


def test_a_link_in_place_of_the_copy_is_refused(home: Paths, tmp_path: Path) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault)
        (tmp_path / "target").write_bytes(b"other")
        (Path(home.vault) / "optout.db.backup").symlink_to(tmp_path / "target")
        with pytest.raises(errors.StoreError, match="symbolic link"):
            backup.make(vault)
    assert (tmp_path / "target").read_bytes() == b"other"


KILLED = """
from optout.store import backup
from tests.store.faulty import Faulty
disk = Faulty(None, False)
with Vault.open(home, create=False, vfs=disk.vfs) as vault:
    disk.calls, disk.fail_at = 0, int(sys.argv[2])
    vault.before_change = lambda opened: backup.daily(opened, "2026-02-02", print, 0.0)
    vault.set_meta("changed", "yes")
disk.fail_at = 0
print("through")
"""


def test_a_kill_at_any_write_leaves_the_old_copy_or_the_new_one(tmp_path: Path) -> None:
    """The process ends at the n-th write or sync, of the copy, the log or the file."""
    home = paths(str(tmp_path / "home"))
    with Vault.open(home, create=True) as vault:
        add(vault, "AAAA-0001")
        backup.make(vault)
        add(vault, "AAAA-0002")
    seen = set()
    for n in (1, 2, 5, 12, 20, 28, 34, 36, 37, 38, 39, 40, 44, 48, 60, 80):
        here = paths(str(shutil.copytree(home.vault, tmp_path / str(n) / "home")))
        process = child(KILLED, here, str(n))
        _, err = process.communicate(timeout=60)
        assert process.returncode in (0, 9), err
        seen.add(process.returncode)
        assert refs(here) in (["AAAA-0001"], ["AAAA-0001", "AAAA-0002"])
        assert integrity(here) == ("ok", 2)
        with Vault.open(here, create=False) as vault:
            vault.before_change = lambda opened: backup.daily(opened, "2026-02-02", print, 1e12)
            vault.set_meta("again", "yes")
        assert refs(here) == ["AAAA-0001", "AAAA-0002"]
        assert not list(Path(here.vault).glob(".optout-*"))
    assert seen == {0, 9}


def test_f15_an_older_vault_is_kept_before_it_is_upgraded(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        make_version_one(vault)
    before = Path(home.vault, "optout.db").read_bytes()
    with Vault.open(home, create=False) as vault:
        assert vault.run("pragma user_version") == [(len(STEPS),)]
        assert cases.verify(vault, "K7QM-4T2X") == []
    kept = Path(home.vault) / f"optout.db.before-{len(STEPS)}"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert refs(home, kept.name) == ["AAAA-0000", "K7QM-4T2X"]
    assert before != kept.read_bytes(), "copied through the database, so that a damaged page is seen"
    with Vault.open(home, create=False) as vault:
        add(vault, "BBBB-0000")
    assert refs(home, kept.name, "again") == ["AAAA-0000", "K7QM-4T2X"]


def test_f15_each_older_vault_that_is_put_back_is_kept(home: Paths) -> None:
    """The copy of the first upgrade stays; the vault of the second gets one of its own, but not one for each try."""
    folder = Path(home.vault)
    with Vault.open(home, create=True) as vault:
        make_version_one(vault)
        for name in ("first", "second"):
            private.create(str(folder / name), b"")
            vault.copy_into(str(folder / name))
            vault.run('update subjects set json = \'{"name":"Ida Other"}\'')
    kept = folder / f"optout.db.before-{len(STEPS)}"
    held = b""
    for name in ("first", "second", "second"):
        (folder / "optout.db").write_bytes((folder / name).read_bytes())
        Vault.open(home, create=False).close()
        held = held or kept.read_bytes()
    assert kept.read_bytes() == held
    assert sorted(path.name for path in folder.glob("*.before-*")) == [kept.name, f"{kept.name}-2"]
    for name, person in ((kept.name, "Ada Example"), (f"{kept.name}-2", "Ida Other")):
        assert refs(home, name, name) == ["AAAA-0000", "K7QM-4T2X"]
        with Vault.open(paths(str(folder.parent / name)), create=False) as vault:
            assert person in str(vault.run("select json from subjects"))


def test_f15_an_upgrade_ended_at_any_write_is_done_by_the_next_run(tmp_path: Path) -> None:
    home = paths(str(tmp_path / "home"))
    with Vault.open(home, create=True) as vault:
        make_version_one(vault)
    for n in (*range(1, 40), *range(40, 900, 9)):
        here = paths(str(shutil.copytree(home.vault, tmp_path / str(n) / "home")))
        disk = Faulty(apsw.IOError, True)
        disk.fail_at = n
        reached = False
        try:
            Vault.open(here, create=False, vfs=disk.vfs).close()
        except errors.StoreError:
            reached = True
        disk.fail_at = 0
        with Vault.open(here, create=False) as vault:
            assert vault.run("pragma user_version") == [(len(STEPS),)]
            assert [cases.verify(vault, ref) for ref in ("K7QM-4T2X", "AAAA-0000")] == [[], []]
        assert refs(here, f"optout.db.before-{len(STEPS)}") == ["AAAA-0000", "K7QM-4T2X"]
        shutil.rmtree(tmp_path / str(n))
        if not reached and disk.calls < n:
            break
    else:
        raise AssertionError("the end was never reached")
    assert n > 20


def test_f15_a_newer_vault_is_refused_with_the_reason(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        vault.run("pragma user_version = 99")
    with pytest.raises(errors.NewerFormat, match="written by a newer version") as caught:
        Vault.open(home, create=False)
    assert caught.value.code == 7


def test_a_change_of_the_file_under_an_open_vault_takes_no_write(home: Paths) -> None:
    """A repair, or a service that copies folders, puts another file in its place; what is written to the old is lost."""
    with Vault.open(home, create=True) as vault:
        add(vault)
        backup.make(vault)
        Path(home.vault, "optout.db.backup").replace(Path(home.vault, "optout.db"))
        with pytest.raises(errors.Locked, match="replaced"):
            add(vault, "AAAA-0001")
    assert integrity(home) == ("ok", 1)


@pytest.mark.parametrize("held", [None, b"", b"x", b"x" * 2000])
def test_f12_a_file_that_is_gone_empty_or_cut_is_not_begun_anew(home: Paths, held: bytes | None) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault)
        backup.make(vault)
    database = Path(home.vault, "optout.db")
    database.unlink()
    if held is not None:
        database.write_bytes(held)
        database.chmod(0o600)
    assert Vault.exists(home)
    for create in (True, False):
        with pytest.raises(errors.Unreadable) as caught:
            Vault.open(home, create=create)
        assert "optout doctor --repair" in caught.value.hint
    assert (database.read_bytes() if database.exists() else None) == held
