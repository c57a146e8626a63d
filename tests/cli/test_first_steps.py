"""What somebody meets who has never used it: questions, mistyped places and folders, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from optout.cli.output import _fitting
from tests.faults.forks import Forks
from tests.faults.terminal import at_terminal

ADA = ("--name", "Ada Example", "--email", "ada@mail.example")


@pytest.fixture
def forks(tmp_path: Path) -> Iterator[Forks]:
    with Forks(tmp_path) as forks:
        yield forks


def test_each_answer_is_judged_at_once_and_asked_for_again(tmp_path: Path) -> None:
    code, screen = at_terminal(
        tmp_path / "home", "request", "clearview", "-n",
        keys=[("Your name", "Ada Example\r"), ("e-mail", "nobody\r"), ("e-mail", "ada@mail.example\r"),
              ("Where you live", "EU\r"), ("Where you live", "Illinos\r"), ("Where you live", "US-IL\r")],
    )  # fmt: skip
    assert code == 0, screen
    assert screen.count("Not taken") == 3 and "Ada Example" in screen


def test_places_that_are_not_there_are_answered_with_those_that_are(forks: Forks) -> None:
    state = forks.run("request", "clearview", *ADA, "--residence", "us_xx", "-n")
    assert state.code == 4 and "'US'" in state.err and "US-IL" not in state.err
    other = forks.run("explain", "clearview", "--residence", "Nowhereland")
    assert other.code == 4 and "optout laws list --places" in other.err
    rows = dict(row.split("\t", 1) for row in forks.run("laws", "list", "--places", "--plain").out.splitlines())
    assert rows["US-IL"] == "Illinois\tbipa" and rows["US"].endswith("\tnone")
    assert "EU" not in rows and len(rows) > 50


def test_a_wrong_home_is_named(forks: Forks) -> None:
    (forks.work / "file").write_text("")
    missing = forks.run("--home", "nowhere", "status").err
    assert str(forks.work / "nowhere") in missing and "not there yet" in missing
    for args in (("status",), ("remind",), ("request", "clearview", *ADA, "--residence", "FR")):
        done = forks.run("--home", "file", *args)
        assert done.code == 7 and "is not a folder" in done.err and "OPTOUT_HOME" in done.err
    assert not (forks.work / "optout-letters").exists()


def test_explain_says_everything_where_it_can_be_piped(forks: Forks) -> None:
    done = forks.run("explain", "clearview", "--residence", "FR")
    assert done.err == ""
    assert "What you can ask:" in done.out and "Where it goes:" in done.out and "\nleft out  " in done.out


@pytest.mark.parametrize("args", [("profile", "show", "nobody"), ("firms", "show", "zz"), ("laws", "show", "zzzz"),
                                  ("authorities", "show", "zzzz"), ("show", "0000-0000")])  # fmt: skip
def test_what_is_not_known_has_a_next_step(forks: Forks, args: tuple[str, ...]) -> None:
    assert "hint: " in forks.run(*args).err


def test_a_reference_is_never_cut() -> None:
    widths = _fitting([9, 9, 13, 10, 7, 40], 40)
    assert widths[0] == 9 and all(width >= 6 for width in widths)
    assert _fitting([12], 80) == [12]


@pytest.mark.parametrize("firm", ["clearview", "pimeyes"])
def test_a_firm_is_shown_in_words(forks: Forks, firm: str) -> None:
    shown = forks.run("firms", "show", firm).out
    for line in shown.splitlines():
        if "://" not in line and not line.startswith("    "):  # notes are prose
            assert not re.search(r"[a-z]_[a-z]|SEAT NOT|secondary|\bcontroller\b|pending", line), line
