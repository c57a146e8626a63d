"""`optout doctor` as a user runs it: what it finds, what it says to do, and what it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_main_job import optout, request


def findings(home: Path, code: int = 0) -> dict[str, dict[str, str]]:
    done = optout(home, "doctor", "--json")
    assert done.returncode == code, done.stdout + done.stderr
    body = json.loads(done.stdout)
    assert body["schema"] == "optout/doctor/1" and body["healthy"] == (code == 0)
    assert set(body["versions"]) == {"optout", "python", "data", "sqlite"}
    return {finding["id"]: finding for finding in body["findings"]}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    request(tmp_path, "--format", "txt")
    return tmp_path


def test_a_healthy_home_has_notes_at_most_and_nothing_is_made_without_one(home: Path, tmp_path: Path) -> None:
    found = findings(home)
    assert {finding["severity"] for finding in found.values()} == {"note"}
    assert optout(home, "doctor").stderr == "Nothing is wrong.\n"
    empty = tmp_path / "other"
    empty.mkdir()
    assert findings(empty) == {}
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize(("name", "mode"), [(".", 0o755), ("optout.db", 0o640), ("optout.db.backup", 0o644)])
def test_what_others_can_read_is_a_warning_with_the_command(home: Path, name: str, mode: int) -> None:
    path = home / "home" / name
    path.chmod(mode)
    (found,) = [x for x in findings(home).values() if x["severity"] == "warning"]
    assert found["id"].endswith(".open") and "others can read it" in found["sentence"]
    assert subprocess.run(["sh", "-c", found["fix"]]).returncode == 0
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("name", "mode"), [(".", 0o777), ("optout.db", 0o666), ("config/vault.key", 0o644)])
def test_what_others_can_change_or_a_key_they_can_read_is_an_error(home: Path, name: str, mode: int) -> None:
    path = home / "home" / name
    path.chmod(mode)
    code = 9 if name == "config/vault.key" else 7
    found = findings(home, 7)
    (unsafe,) = [x for x in found.values() if x["id"].endswith(".unsafe")]
    errors = [x["id"] for x in found.values() if x["severity"] == "error"]
    assert name != "config/vault.key" or errors == ["file.unsafe"], "one fault is told once"
    assert subprocess.run(["sh", "-c", unsafe["fix"]]).returncode == 0
    assert optout(home, "status").returncode == 0, code
    assert findings(home)


def test_f10_links_are_named(home: Path) -> None:
    key = home / "home" / "config" / "vault.key"
    key.rename(home / "key")
    key.symlink_to(home / "key")
    assert "symbolic link" in findings(home, 7)["file.unsafe"]["sentence"]


def test_a_missing_key_is_said_and_the_rest_is_looked_at(home: Path) -> None:
    (home / "home" / "config" / "vault.key").unlink()
    (home / "home" / "cat.jpg").touch()
    found = findings(home, 9)
    assert found["key.unavailable"]["severity"] == "error" and found["key.unavailable"]["fix"]
    assert "stray.unknown" in found


def test_f14_files_of_other_programs_are_named_and_left(home: Path) -> None:
    folder = home / "home"
    copies = ["optout (1).db", "optout.sync-conflict-20260101-120000-ABCDEFG.db", "vault.json~", "#vault.json#",
              "optout.db.bak", "optout (Ada's conflicted copy 2026-01-01).db", ".vault.json.swp"]  # fmt: skip
    others = [".DS_Store", "cat.jpg", "empty folder", "desktop.ini"]
    for name in (*copies, *others):
        (folder / name).mkdir() if name == "empty folder" else (folder / name).write_bytes(b"x")
    done = optout(home, "doctor", "--json")
    assert done.returncode == 0
    lines = [(x["id"], x["sentence"]) for x in json.loads(done.stdout)["findings"] if x["id"].startswith("stray.")]
    for kind, names in (("stray.copy", copies), ("stray.unknown", others)):
        for name in names:
            assert [ident for ident, sentence in lines if f"/{name} " in sentence] == [kind], name
    assert len(lines) == len(copies) + len(others)
    assert all((folder / name).exists() for name in (*copies, *others))
    assert optout(home, "status").returncode == 0


def test_leftovers_of_killed_writers_are_removed_when_they_are_old(home: Path) -> None:
    folder = home / "home"
    old, new = folder / ".optout-0123456789ab-optout.db.backup.tmp", folder / ".optout-0123456789ac-vault.json.tmp"
    for path in (old, new):
        path.touch()
    os.utime(old, (0, 0))
    assert old.name in findings(home)["stray.removed"]["sentence"]
    assert not old.exists() and new.exists()


def test_files_that_a_killed_run_left_get_their_names(home: Path) -> None:
    from optout.store import cases, files
    from optout.store.paths import paths
    from optout.store.vault import Vault

    with Vault.open(paths(str(home / "home")), create=False) as vault:
        (ref,) = vault.run("select ref from cases")[0]
        staged = files.Staged(str(home / "optout-letters" / f"{ref}-clearview"))
        staged.add("copy.txt", b"Dear Sirs")
        cases.add_files(vault, ref, [], staged.entries)
    assert ref in findings(home)["file.finished"]["sentence"]
    assert (home / "optout-letters" / f"{ref}-clearview" / "copy.txt").read_bytes() == b"Dear Sirs"
    assert "file.finished" not in findings(home)


def test_a_folder_that_is_copied_elsewhere_is_a_warning(tmp_path: Path) -> None:
    folder = tmp_path / "Dropbox"
    folder.mkdir()
    request(folder, "--format", "txt")
    assert "Dropbox" in findings(folder)["folder.vault.synced"]["sentence"]


def test_r10_a_clock_behind_the_last_entry_is_a_warning(home: Path) -> None:
    from optout.store.paths import paths
    from optout.store.vault import Vault

    with Vault.open(paths(str(home / "home")), create=False) as vault:
        vault.run("drop trigger events_never_change")
        vault.run("update events set at = '2126-01-01T00:00:00+00:00'")
    done = optout(home, "doctor", "--json")
    assert "clock.behind" in done.stdout


def test_a_changed_event_is_found(home: Path) -> None:
    from optout.store.paths import paths
    from optout.store.vault import Vault

    with Vault.open(paths(str(home / "home")), create=False) as vault:
        vault.run("drop trigger events_never_change")
        vault.run("update events set json = replace(json, '20', '19')")
        (ref,) = vault.run("select ref from cases")[0]
    assert findings(home, 7)["vault.case"]["sentence"] == f"{ref}: event 1 is not what was written"


def test_a_damaged_page_is_found_and_the_other_checks_go_on(home: Path) -> None:
    from optout.store.paths import paths
    from optout.store.vault import Vault

    with Vault.open(paths(str(home / "home")), create=False) as vault:
        (page,) = vault.run("select rootpage from sqlite_schema where name = 'letters'")[0]
    database = home / "home" / "optout.db"
    whole = bytearray(database.read_bytes())
    whole[page * 4096 - 9] ^= 1
    database.write_bytes(whole)
    found = findings(home, 7)
    assert "--repair" in found["vault.page"]["fix"]
    assert str(home / "home") in found["vault.page"]["sentence"]
    assert found["vault.case"]["sentence"].endswith("a part of it cannot be read")
    assert optout(home, "status").returncode == 0, "what is not damaged is still listed"


def test_a_lost_vault_is_found(home: Path) -> None:
    (home / "home" / "optout.db").unlink()
    assert "missing" in findings(home, 7)["vault.unreadable"]["sentence"]
    assert optout(home, "status").returncode == 7


def test_f50_what_was_backed_up_comes_back(home: Path) -> None:
    """The folder and the key, copied with ordinary means, are all there is."""
    before = optout(home, "status", "--json").stdout
    ref = json.loads(before)["cases"][0]["ref"]
    shown = optout(home, "show", ref, "--json").stdout
    shutil.copytree(home / "home", home / "saved")
    shutil.rmtree(home / "home")
    assert json.loads(optout(home, "status", "--json").stdout)["cases"] == []
    shutil.copytree(home / "saved", home / "home", dirs_exist_ok=True)
    assert optout(home, "status", "--json").stdout == before
    assert optout(home, "show", ref, "--json").stdout == shown
    assert findings(home)


def test_a_person_who_is_half_forgotten_is_named_with_the_command(home: Path) -> None:
    from optout.store import forgetting, traces
    from optout.store.paths import paths
    from optout.store.vault import Vault

    with Vault.open(paths(str(home / "home")), create=False) as vault:
        (ref,) = vault.run("select ref from cases")[0]
        forgetting.begin(vault, traces.find(vault, ref), changed_too=False)
    (killed, running) = (home / "home" / f"optout-edit-{pid}-x" for pid in (999999999, os.getpid()))
    for folder in (killed, running):
        folder.mkdir(mode=0o700)
        (folder / "profile.yaml").write_text("name: Ada Example")
    found = findings(home)
    assert found["vault.forgetting"]["fix"] == "optout forget"
    assert str(killed) in found["stray.edit"]["sentence"] and "stray.unknown" not in found
    assert subprocess.run(["sh", "-c", found["stray.edit"]["fix"]]).returncode == 0
    assert not killed.exists() and running.exists()
    assert optout(home, "forget").returncode == 0
    assert not {"stray.edit", "vault.forgetting"} & set(findings(home))
