from __future__ import annotations

import hashlib
import os
import resource
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from optout import errors
from optout.store import cases, files
from optout.store.files import Staged
from optout.store.paths import Paths
from optout.store.vault import Vault
from tests.store.sample import add, answer, child


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_get_their_names_only_at_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "optout-letters" / "K7QM-4T2X-clearview"
    staged = Staged(str(folder))
    staged.add("letter.txt", b"one")
    staged.add("letter.pdf", b"two")
    assert [entry["final"] for entry in staged.entries] == ["letter.txt", "letter.pdf"]
    assert staged.entries[0]["sha256"] == hashlib.sha256(b"one").hexdigest()
    assert names(folder) == sorted(entry["temp"] for entry in staged.entries)
    assert all(name.startswith(".optout-") and name.endswith(".tmp") for name in names(folder))
    staged.commit()
    assert names(folder) == ["letter.pdf", "letter.txt"]
    assert (folder / "letter.txt").read_bytes() == b"one"


@pytest.mark.parametrize("mask", ["0", "511"])
def test_only_the_owner_reads_letters_whatever_the_umask(tmp_path: Path, mask: str) -> None:
    code = """
from optout.store.files import Staged
from optout.store.paths import Paths
os.umask(int(sys.argv[2]))
staged = Staged(os.path.join(home.vault, "letters", "case"))
staged.add("a.txt", b"x")
staged.commit()
"""
    from optout.store.paths import paths

    answer(child(code, paths(str(tmp_path)), mask))
    for path, mode in ((tmp_path / "letters", 0o700), (tmp_path / "letters/case", 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert stat.S_IMODE((tmp_path / "letters/case/a.txt").stat().st_mode) == 0o600


def test_an_older_letter_is_replaced_and_a_failed_one_leaves_it(tmp_path: Path) -> None:
    before = ""
    for text in (b"old", b"new"):
        staged = Staged(str(tmp_path / "case"))
        before = staged.add("a.txt", text, before)["sha256"]
        assert staged.commit() == []
    staged = Staged(str(tmp_path / "case"))
    staged.add("a.txt", b"third")
    staged.discard()
    assert (tmp_path / "case" / "a.txt").read_bytes() == b"new"
    assert names(tmp_path / "case") == ["a.txt"]


def test_discard_removes_what_was_made_and_nothing_else(tmp_path: Path) -> None:
    staged = Staged(str(tmp_path / "letters" / "case"))
    staged.add("a.txt", b"x")
    staged.discard()
    assert names(tmp_path) == []
    (tmp_path / "letters" / "case").mkdir(parents=True)
    staged = Staged(str(tmp_path / "letters" / "case"))
    staged.add("a.txt", b"x")
    staged.discard()
    assert names(tmp_path / "letters") == ["case"]


def test_a_symlink_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "case").symlink_to(tmp_path / "target")
    with pytest.raises(errors.OutputFailed, match=r"case cannot be written: it is a symbolic link"):
        Staged(str(tmp_path / "case"))
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(errors.OutputFailed):
        Staged(str(tmp_path / "dangling"))
    assert names(tmp_path / "target") == [] and not (tmp_path / "nowhere").exists()


def test_a_symlink_in_place_of_a_letter_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    staged = Staged(str(tmp_path / "case"))
    (tmp_path / "case" / "a.txt").symlink_to(tmp_path / "target")
    staged.add("a.txt", b"letter")
    staged.commit()
    assert (tmp_path / "target").read_text() == "mine"
    assert not (tmp_path / "case" / "a.txt").is_symlink()


def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "case").write_text("")
    for path in ("case", "case/deeper"):
        with pytest.raises(errors.OutputFailed, match="Not a directory"):
            Staged(str(tmp_path / path))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=90) | st.from_regex(r"[./~A-Za-z0-9_-]{1,90}", fullmatch=True))
@example("..")
@example("a/../../b")
@example("a\n")
@example("CON")
@example("é.txt")
@example("x" * 81)
def test_every_name_stays_in_the_folder_or_is_refused(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "named"
    folder.mkdir(exist_ok=True)
    staged = Staged(str(folder / "case"))
    allowed = 1 <= len(name) <= 80 and name[0] not in ".-"
    allowed = allowed and all(sign.isascii() and (sign.isalnum() or sign in "._-") for sign in name)
    try:
        staged.add(name, b"x")
        staged.commit()
    except errors.OutputFailed:
        assert not allowed
        assert names(folder) in ([], ["case"])
        return
    assert allowed
    assert names(folder) == ["case"]
    assert names(folder / "case") == [name]
    (folder / "case" / name).unlink()


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    staged = Staged(str(tmp_path / "letters" / "case"))
    staged.add("small.txt", b"x")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(errors.OutputFailed, match=r"letter\.pdf cannot be written: File too large") as caught:
            staged.add("letter.pdf", b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code == 1
    assert names(tmp_path) == []


def test_a_kill_between_transaction_and_names_is_finished_by_the_next_run(vault: Vault, tmp_path: Path) -> None:
    staged = Staged(str(tmp_path / "case"))
    staged.add("a.txt", b"letter")
    staged.add("b.txt", b"second")
    add(vault, pending=staged.entries)
    (tmp_path / "case" / staged.entries[1]["temp"]).rename(tmp_path / "case" / "b.txt")  # as far as it came
    assert files.finish(cases.pending(vault)) == ([], [])
    assert names(tmp_path / "case") == ["a.txt", "b.txt"]
    assert files.finish(cases.pending(vault)) == ([], [])  # killed again before they were cleared
    staged.commit()  # and the first process was not dead after all


def test_what_cannot_be_finished_is_told_and_not_renamed(tmp_path: Path) -> None:
    staged = Staged(str(tmp_path / "case"))
    for name in ("altered.txt", "gone.txt", "linked.txt"):
        staged.add(name, name.encode())
    altered, gone, linked = (tmp_path / "case" / entry["temp"] for entry in staged.entries)
    altered.write_bytes(b"something else")
    gone.unlink()
    (tmp_path / "secret").write_bytes(linked.read_bytes())
    linked.unlink()
    linked.symlink_to(tmp_path / "secret")
    left: list[Any] = files.finish(staged.entries).left
    assert [row["final"] for row in left] == ["altered.txt", "gone.txt", "linked.txt"]
    assert sorted(names(tmp_path / "case")) == sorted([altered.name, linked.name])
    with pytest.raises(errors.OutputFailed, match="was not written"):
        staged.commit()


def test_sweep_removes_old_strays_of_ours_only(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    stray, recorded, young = (f".optout-{digit * 12}-a.txt.tmp" for digit in "abc")
    others = ["a.txt", ".optout-notes", ".optout-zz-a.tmp", "x.tmp", ".DS_Store"]
    for name in (stray, recorded, young, *others):
        (tmp_path / name).write_text("x")
        age = 60 if name == young else 7200
        os.utime(tmp_path / name, (now - age, now - age))
    assert files.sweep(str(tmp_path), {recorded}, now=now) == [stray]
    assert names(tmp_path) == sorted([recorded, young, *others])
    assert files.sweep(str(tmp_path / "nowhere"), set(), now=now) == []


def test_a_writer_killed_before_the_transaction_is_swept_later(tmp_path: Path) -> None:
    from optout.store.paths import paths

    code = """
from optout.store.files import Staged
from optout.store.paths import Paths
Staged(home.vault).add("a.txt", b"x")
os.kill(os.getpid(), 9)
"""
    process = child(code, paths(str(tmp_path / "case")))
    process.communicate(timeout=60)
    (left,) = (tmp_path / "case").iterdir()
    assert files.sweep(str(tmp_path / "case"), set(), now=left.stat().st_mtime + 3599) == []
    assert files.sweep(str(tmp_path / "case"), set(), now=left.stat().st_mtime + 3601) == [left.name]


def test_only_files_that_were_seen_are_taken_off_the_list(vault: Vault, home: Paths, tmp_path: Path) -> None:
    """Another process records files of the same case while the ones of before get their names."""
    from optout.cli import keeping

    add(vault, pending=[])
    first, second = (Staged(str(tmp_path / "case")) for _ in range(2))
    first.add("one.txt", b"one")
    second.add("two.txt", b"two")
    cases.add_files(vault, "K7QM-4T2X", [], first.entries)

    def other(_: Vault) -> str:
        with Vault.open(home, create=False) as window:
            cases.add_files(window, "K7QM-4T2X", [], second.entries)
        return ""

    vault.before_change = other
    keeping.finish_pending(vault)
    assert [row["final"] for row in cases.pending(vault)] == ["two.txt"]
    keeping.finish_pending(vault)
    assert names(tmp_path / "case") == ["one.txt", "two.txt"] and cases.pending(vault) == []


def test_a_folder_that_cannot_be_seen_is_none_of_a_killed_editor(tmp_path: Path) -> None:
    """Its name is long gone by the time it is looked at, or its parent cannot be searched."""
    from optout.store import scratch

    real = os.listdir
    (tmp_path / "optout-edit-999999999-x").mkdir()
    os.listdir = lambda path: [*real(path), "optout-edit-999999998-y"]
    try:
        assert scratch.left(str(tmp_path)) == [str(tmp_path / "optout-edit-999999999-x")]
    finally:
        os.listdir = real
