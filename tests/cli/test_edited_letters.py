"""Letters that somebody worked on are never written over or removed, and what goes is named."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from optout.store import files
from tests.faults.forks import Done, Forks

LINE = ("request", "clearview", "--name", "Ada Example", "--email", "ada@mail.example", "--residence", "US-IL")
MINE = "My own words.\n"


@pytest.fixture
def forks(tmp_path: Path) -> Iterator[Forks]:
    with Forks(tmp_path) as forks:
        yield forks


def run(forks: Forks, *args: str) -> Done:
    done = forks.run(*args)
    assert done.code == 0, done.err
    return done


def written(forks: Forks, *args: str) -> Path:
    """The one file of the request with that line."""
    (line,) = run(forks, *LINE, *args).out.splitlines()
    return forks.work / line


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def test_the_same_line_again_keeps_the_edited_file_beside_the_new_one(forks: Forks) -> None:
    path = written(forks, "--format", "txt")
    words = path.read_text()
    path.write_text(MINE)
    done = run(forks, *LINE, "--format", "txt")
    aside = path.with_name(f"{path.stem}-edited-1.txt")
    assert (path.read_text(), aside.read_text()) == (words, MINE)
    assert aside.stat().st_mode & 0o777 == 0o600
    assert f"{path.relative_to(forks.work)}" in done.err and aside.name in done.err
    path.write_text("Another try.\n")
    run(forks, "letter", path.name[:9], "--format", "txt")
    assert path.with_name(f"{path.stem}-edited-2.txt").read_text() == "Another try.\n"
    assert (path.read_text(), aside.read_text()) == (words, MINE)


def test_other_words_keep_the_edited_file_too(forks: Forks) -> None:
    path = written(forks, "--format", "txt")
    path.write_text(MINE)
    done = run(forks, *LINE, "--format", "txt", "--enclose-photo")
    assert path.with_name(f"{path.stem}-edited-1.txt").read_text() == MINE
    assert "one photo of my face" in path.read_text()
    assert "takes its place" in done.err


def test_what_nobody_changed_is_written_anew_without_a_copy_or_a_word(forks: Forks) -> None:
    path = written(forks, "--format", "txt")
    done = run(forks, *LINE, "--format", "txt")
    assert names(path) == [path.name]
    assert "earlier draft" not in done.err and "edited" not in done.err
    run(forks, *LINE, "--format", "txt", "--enclose-photo")
    assert names(path) == [path.name]


def test_other_formats_and_folders_leave_files_of_the_same_words(forks: Forks) -> None:
    first = written(forks, "--format", "txt")
    second = written(forks, "--format", "eml")
    third = written(forks, "--format", "eml", "-o", "elsewhere")
    assert first.exists() and second.exists() and third.exists()
    listed = run(forks, "forget", "Ada Example", "--dry-run").out
    assert all(str(path) in listed for path in (first, second, third))


def test_files_of_other_words_go_by_name_and_edited_ones_stay(forks: Forks) -> None:
    first = written(forks, "--format", "txt")
    second = written(forks, "--format", "eml")
    first.write_text(MINE)
    done = run(forks, *LINE, "--format", "txt", "--enclose-photo", "-o", "elsewhere")
    assert first.read_text() == MINE
    assert not second.exists()
    assert f"Removed, as part of the earlier draft: {second}" in done.err
    assert f"so it stays: {first}" in done.err


def test_what_was_set_aside_is_forgotten_only_when_the_user_says_so(forks: Forks) -> None:
    path = written(forks, "--format", "txt")
    path.write_text(MINE)
    run(forks, *LINE, "--format", "txt")
    aside = path.with_name(f"{path.stem}-edited-1.txt")
    listed = run(forks, "forget", "Ada Example", "--dry-run").out
    assert f"{aside} (changed since it was written)" in listed
    run(forks, "forget", "Ada Example", "--confirm", "Ada Example", "--changed-too")
    assert not path.parent.exists()


KILLED = """
import os
from optout.store import files
files.os = type("Os", (), {**vars(os), "replace": lambda *_: os._exit(9)})
"""


def test_a_kill_before_the_name_loses_no_word(forks: Forks) -> None:
    path = written(forks, "--format", "txt")
    path.write_text(MINE)
    assert forks.run(*LINE, "--format", "txt", "--enclose-photo", first=KILLED).code == 9
    assert path.read_text() == MINE
    done = run(forks, "letter", path.name[:9], "--format", "txt")
    assert [name for name in names(path) if name != path.name] == [f"{path.stem}-edited-1.txt"]
    assert path.with_name(f"{path.stem}-edited-1.txt").read_text() == MINE
    assert "one photo of my face" in path.read_text()
    assert f"{path.stem}-edited-1.txt" in done.err


def test_what_was_changed_after_a_kill_is_not_forgotten_unasked(forks: Forks) -> None:
    path = written(forks, "--format", "txt")
    assert forks.run(*LINE, "--format", "txt", "--enclose-photo", first=KILLED).code == 9
    path.write_text(MINE)
    run(forks, "forget", "Ada Example", "--confirm", "Ada Example")
    assert path.read_text() == MINE


def test_where_no_file_has_two_names_a_copy_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "case" / "a.txt"
    for words in (b"first", b"second"):
        staged = files.Staged(str(path.parent))
        staged.add("a.txt", words, "")
        aside = staged.commit()
    assert [one.name for one in aside] == ["a-edited-1.txt"]
    assert (path.read_bytes(), path.with_name("a-edited-1.txt").read_bytes()) == (b"second", b"first")
