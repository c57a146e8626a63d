"""F-07, F-10, F-13: a folder that is read-only, links where files should be, and files of another day or vault."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.test_main_job import PERSON, optout, request
from tests.faults.vaults import doctor


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Root walks through modes, so for it the folder is mounted over itself; for everybody else modes do."""
    if os.geteuid() != 0:
        paths = (folder, *(path for path in folder.rglob("*")))
        modes = {path: path.stat().st_mode for path in paths}
        for path, mode in modes.items():
            path.chmod(mode & 0o555)
        try:
            yield
        finally:
            for path, mode in modes.items():
                path.chmod(mode)
        return
    subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_f07_a_read_only_vault_is_read_and_never_written(tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    before = {path: path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()}
    with read_only(tmp_path / "home"):
        for args in (
            ("status",), ("show", ref), ("show", ref, "--verify"), ("remind",), ("letter", ref, "--format", "txt", "-o", "-"),
            ("letter", ref, "--format", "txt", "-o", "copies"), ("explain", "clearview", "--residence", "US-IL"), ("doctor",),
            ("export", "-o", "-"), ("request", "pimeyes", *PERSON, "--dry-run"), ("key", "status"), ("laws", "list"),
        ):  # fmt: skip
            done = optout(tmp_path, *args)
            assert done.returncode == 0, (args, done.stderr)
            assert "Traceback" not in done.stderr
        for args in (
            ("log", ref, "sent", "--by", "post"), ("request", "pimeyes", *PERSON), ("profile", "new", "me", *PERSON),
            ("forget", ref, "--confirm", "Ada Example"), ("key", "rotate"),
        ):  # fmt: skip
            done = optout(tmp_path, *args)
            # For a change of the key, being read-only is what makes it impossible now.
            assert done.returncode == (6 if args[0] == "key" else 7), (args, done.stderr)
            assert str(tmp_path / "home") in done.stderr and "read-only" in done.stderr.lower(), done.stderr
            assert done.stdout == "" or args[0] == "forget"
        assert "vault.readonly" in optout(tmp_path, "doctor", "--json").stdout
    assert {path: path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()} == before
    assert [path.name for path in (tmp_path / "optout-letters").iterdir()] == [f"{ref}-clearview"]
    assert optout(tmp_path, "log", ref, "sent", "--by", "post").returncode == 0


def test_f07_a_read_only_output_folder_is_named_and_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "me.yaml").write_text("name: Ada Second\nemail: ada2@mail.example\nresidence: FR\n")
    done = optout(tmp_path, "request", "clearview", "--person", "me.yaml", "--format", "txt", "--together", "--json")
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    assert optout(tmp_path, "log", ref, "sent", "--by", "post").returncode == 0
    (tmp_path / "out").mkdir()
    with read_only(tmp_path / "out"):
        for args in (
            ("request", "pimeyes", *PERSON, "-o", "out"), ("letter", ref, "-o", "out"), ("export", "-o", "out/all.jsonl"),
            ("remind", "--ics", "out/dates.ics"),
        ):  # fmt: skip
            done = optout(tmp_path, *args)
            assert done.returncode == 1 and "out" in done.stderr and "Traceback" not in done.stderr, (args, done.stderr)
    assert list((tmp_path / "out").iterdir()) == []
    assert [case["ref"] for case in json.loads(optout(tmp_path, "status", "--json").stdout)["cases"]] == [ref]


LINKS = ("optout.db", "optout.db-wal", "optout.db.backup", "vault.json", "config/vault.key", ".")


@pytest.mark.parametrize("name", LINKS)
def test_f10_a_link_in_place_of_our_own_file_is_refused_and_not_followed(tmp_path: Path, name: str) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    with_backup = optout(tmp_path, "log", ref, "noted", "--note", "a")
    assert with_backup.returncode == 0
    path, target = tmp_path / "home" / name, tmp_path / "target"
    if path.exists():
        path.rename(target)
    else:
        target.write_bytes(b"other")
    path.symlink_to(target)
    before = {p: p.read_bytes() for p in (target, *target.rglob("*")) if p.is_file()}
    if name in (".", "optout.db.backup"):
        # A linked home is the user's own wish; the copy of today is there, so that one is not touched today.
        assert optout(tmp_path, "status").returncode == 0
        assert name == "." or doctor(tmp_path)[0] == 7
        return
    for args in (("status",), ("log", ref, "sent", "--by", "post"), ("doctor",)):
        done = optout(tmp_path, *args)
        assert done.returncode in (7, 9), (args, done.stderr)
        assert "symbolic link" in done.stdout + done.stderr and "Traceback" not in done.stderr
    assert {p: p.read_bytes() for p in (target, *target.rglob("*")) if p.is_file()} == before
    assert path.is_symlink()


def test_f10_a_link_in_place_of_what_is_written_out_is_not_followed(tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    (letter,) = (tmp_path / "optout-letters").rglob("*.txt")
    target = tmp_path / "target"
    target.write_bytes(b"other")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    letter.unlink()
    letter.symlink_to(target)
    assert optout(tmp_path, "letter", ref, "--format", "txt").returncode == 0
    assert not letter.is_symlink() and letter.stat().st_size > 500
    for name, args in (
        ("all.jsonl", ("export", "-o", "all.jsonl", "--force")),
        ("d.ics", ("remind", "--ics", "d.ics")),
    ):
        (tmp_path / name).symlink_to(target)
        optout(tmp_path, *args)
    shutil.rmtree(letter.parent)
    letter.parent.symlink_to(folder)
    done = optout(tmp_path, "letter", ref, "--format", "txt")
    assert done.returncode == 1 and "symbolic link" in done.stderr
    assert target.read_bytes() == b"other" and list(folder.iterdir()) == []


def test_f13_yesterdays_file_shows_against_a_noted_head_only(tmp_path: Path) -> None:
    """What a chain can tell, and what it cannot: the file of yesterday was whole as well."""
    ref = request(tmp_path, "--format", "txt")["ref"]
    assert optout(tmp_path, "log", ref, "sent", "--by", "post").returncode == 0
    shutil.copy(tmp_path / "home" / "optout.db", tmp_path / "yesterday")
    assert optout(tmp_path, "log", ref, "acknowledged").returncode == 0
    noted = json.loads(optout(tmp_path, "show", ref, "--verify", "--json").stdout)["chain"]
    shutil.copy(tmp_path / "yesterday", tmp_path / "home" / "optout.db")
    found = json.loads(optout(tmp_path, "show", ref, "--verify", "--json").stdout)["chain"]
    assert found["broken"] == noted["broken"] == []
    assert found["head"] != noted["head"]
    said = optout(tmp_path, "show", ref, "--verify").stderr
    assert found["head"] in said and "2 events" in said
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert "yesterday's file was put back" in readme


def test_f13_the_file_of_another_vault_is_called_that(tmp_path: Path) -> None:
    request(tmp_path, "--format", "txt")
    (tmp_path / "other").mkdir()
    request(tmp_path / "other", "--format", "txt")
    mine, other = tmp_path / "home" / "optout.db", tmp_path / "other" / "home" / "optout.db"
    mine.rename(tmp_path / "mine")
    shutil.copy(other, mine)
    assert optout(tmp_path, "status").returncode == 7
    code, body = doctor(tmp_path)
    assert code == 7 and "vault.other" in {finding["id"] for finding in body["findings"]}
    shutil.copy(tmp_path / "mine", mine)
    assert doctor(tmp_path)[0] == 0
    own = (tmp_path / "home" / "vault.json").read_bytes()
    shutil.copy(tmp_path / "other" / "home" / "vault.json", tmp_path / "home" / "vault.json")
    # The one key there is opens the vault whatever the sheet says; a keyring would have been asked for another's.
    assert optout(tmp_path, "status").returncode == 0
    assert "vault.other" in optout(tmp_path, "doctor", "--json").stdout
    refused = optout(tmp_path, "key", "recovery")
    assert (refused.returncode, refused.stdout) == (6, "") and "doctor --repair" in refused.stderr
    strange, key = (tmp_path / "home" / "vault.json").read_bytes(), tmp_path / "home" / "config" / "vault.key"
    key.rename(tmp_path / "key")
    assert optout(tmp_path, "doctor", "--repair", "--yes").returncode == 9, "without the key nothing is known for sure"
    assert (tmp_path / "home" / "vault.json").read_bytes() == strange
    (tmp_path / "key").rename(key)
    mended = optout(tmp_path, "doctor", "--repair", "--yes")
    assert mended.returncode == 0 and "made anew" in mended.stderr, mended.stdout + mended.stderr
    assert (tmp_path / "home" / "vault.json").read_bytes() == own
    assert (tmp_path / "home" / "vault.json.kept").read_bytes() == strange
    assert "stray.kept" in mended.stdout and not list((tmp_path / "home").glob("*damaged*"))


def test_f13_a_file_that_is_gone_is_told_from_one_that_never_was(tmp_path: Path) -> None:
    request(tmp_path, "--format", "txt")
    held = {name: (tmp_path / "home" / name).read_bytes() for name in ("optout.db", "vault.json", "config/vault.key")}
    for name, code in (("optout.db", 7), ("vault.json", 7), ("config/vault.key", 9)):
        (tmp_path / "home" / name).unlink()
        done = optout(tmp_path, "status")
        assert done.returncode == code and "no cases" not in done.stderr.lower(), name
        assert optout(tmp_path, "request", "pimeyes", *PERSON).returncode == code
        (tmp_path / "home" / name).write_bytes(held[name])
        (tmp_path / "home" / name).chmod(0o600)
    assert optout(tmp_path, "status").returncode == 0
