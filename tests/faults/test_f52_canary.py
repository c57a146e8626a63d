"""F-52: what a person gave stands where a command's purpose puts it, and nowhere else, whether it ends well or not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conventions.tree import LEAVES
from tests.faults.forks import Done, Forks

NAME, MAIL, STREET = "Zanzibar Quokka", "quokka@mail.example", "7 Numbat Lane"
SITUATION, NOTE, REPLY = "bilby situation", "wombat note", "potoroo reply"
PHRASE = "kowari passphrase of five words"
CANARIES = (NAME, "Zanzibar", MAIL, STREET, SITUATION, NOTE, REPLY, PHRASE)
MISSING = "0000-0000"

GIVEN = ["--name", NAME, "--email", MAIL, "--residence", "FR", "--address-line", STREET, "--because", SITUATION]

WELL: list[tuple[tuple[str, ...], list[str], int, bool]] = [
    # command, further words, exit code, whether its answer is there to show the person's own words
    (("profile", "new"), ["me", "--person", "person.yaml"], 0, False),
    (("profile", "list"), [], 0, True),
    (("profile", "show"), ["me"], 0, True),
    (("profile", "edit"), ["me", "--email", "bandicoot@mail.example"], 0, False),
    (("request",), ["clearview", "--profile", "me", "--format", "txt,eml"], 0, False),
    (("request",), ["pimeyes", *GIVEN, "--dry-run"], 0, True),
    (("explain",), ["clearview", "--residence", "FR", "--because", SITUATION], 0, False),
    (("log",), ["REF", "sent", "--letter", "access", "--by", "email", "--note", NOTE, "--file", "reply.txt"], 0, False),
    (("show",), ["REF", "--verify"], 0, True),
    (("status",), [], 0, False),
    (("remind",), [], 0, False),
    (("letter",), ["REF", "--letter", "access", "--format", "txt", "-o", "-"], 0, True),
    (("export",), ["-o", "-"], 0, True),
    (("export",), ["-o", "cases.jsonl"], 0, False),
    (("import",), ["cases.jsonl"], 0, False),
    (("key", "status"), [], 0, False),
    (("key", "recovery"), [], 0, False),
    (("key", "rotate"), [], 0, False),
    (("key", "keyring"), [], 9, False),
    (("key", "passphrase"), ["--new-passphrase-file", "phrase"], 0, False),
    (("check",), ["jurisdictions"], 0, False),
    (("doctor",), ["--passphrase-file", "phrase"], 0, False),
    (("completion",), ["bash"], 0, False),
    (("help",), [], 0, False),
    (("manual",), [], 0, False),
    (("firms", "list"), [], 0, False),
    (("firms", "show"), ["pimeyes"], 0, False),
    (("laws", "list"), [], 0, False),
    (("laws", "show"), ["gdpr"], 0, False),
    (("laws", "deadline"), ["--residence", "FR", "--demand", "access", "--received", "2026-01-31"], 0, False),
    (("authorities", "list"), [], 0, False),
    (("authorities", "show"), ["fr-cnil"], 0, False),
    (("authorities", "for"), ["FR"], 0, False),
    (("profile", "remove"), ["me", "--passphrase-file", "phrase"], 6, False),
    (("forget",), ["me", "-n", "--passphrase-file", "phrase"], 0, True),
]  # fmt: skip
BADLY: list[tuple[list[str], int]] = [
    (["request", "clearview", *GIVEN, "--email", f"{NAME} at nowhere"], 5),
    (["request", "clearview", *GIVEN, "--name", f"{NAME}\x07"], 5),
    (["request", "nosuchfirm", *GIVEN], 4),
    (["request", "clearview", *GIVEN, "--demand", "nosuch"], 4),
    (["request", "clearview", *GIVEN, "--profile", "nosuch", "--passphrase-file", "phrase"], 4),
    (["request", "clearview", *GIVEN, "-o", "person.yaml/below", "--passphrase-file", "phrase"], 1),
    (["request", "clearview", "--person", "broken.yaml"], 5),
    (["profile", "new", "other", "--person", "broken.yaml", "--passphrase-file", "phrase"], 5),
    (["log", MISSING, "noted", "--note", NOTE, "--passphrase-file", "phrase"], 4),
    (["log", "REF", "noted", "--note", f"{NOTE}\x07", "--passphrase-file", "phrase"], 5),
    (["show", "REF", "--passphrase-file", "wrong"], 9),
    (["status", "--passphrase-file", "wrong"], 9),
    (["import", "person.yaml", "--passphrase-file", "phrase"], 5),
    (["forget", "me", "--confirm", NOTE, "--passphrase-file", "phrase"], 1),
    (["key", "recovery", "--check", "--passphrase-file", "phrase"], 9),
    (["doctor", "--repair", "--passphrase-file", "wrong"], 9),
]


@pytest.fixture
def forks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forks]:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    given = {"name": NAME, "email": MAIL, "residence": "FR", "address": [STREET], "situation": SITUATION}
    inputs = {
        "person.yaml": json.dumps(given),
        "broken.yaml": json.dumps({**given, "residence": [NAME], NAME: MAIL}),
        "reply.txt": REPLY,
        "phrase": PHRASE + "\n",
        "wrong": PHRASE[:-1] + "\n",
    }
    for name, text in inputs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    (tmp_path / "jurisdictions").symlink_to(Path(__file__).parents[2] / "jurisdictions")
    with Forks(tmp_path) as running:
        yield running


def clean(done: Done, args: list[str], own_words: bool = False) -> None:
    """No canary in the talk; none in the answer unless it is the person's own words that were asked for.

    `forget` lists what it would erase, whatever happens then.
    """
    own_words = own_words or args[0] == "forget"
    assert "Traceback" not in done.err + done.out, args
    for canary in CANARIES:
        assert canary not in done.err or (own_words and args[0] == "forget"), (args, canary, done.err)
        assert own_words or canary not in done.out, (args, canary)
    assert PHRASE not in done.out


def test_f52_every_command_keeps_what_it_was_given_to_itself(forks: Forks, tmp_path: Path) -> None:
    covered = {path for path, *_ in WELL}
    assert covered == {path for path, _ in LEAVES}, "give a new command a row"
    ref, locked = "", False
    for path, words, code, own_words in WELL:
        args = [*path, *(ref if word == "REF" else word for word in words)]
        if locked and path[0] in ("status", "show", "check") and "--passphrase-file" not in args:
            args += ["--passphrase-file", "phrase"]
        done = forks.run(*args)
        assert done.code == code, (args, done.err)
        clean(done, args, own_words)
        if path == ("request",) and not ref:
            ref = done.out.split("optout-letters/")[1][:9]
        locked = locked or path == ("key", "passphrase")
    for args, code in BADLY:
        args = [ref if word == "REF" else word for word in args]
        done = forks.run(*args)
        assert done.code == code, (args, done.code, done.err)
        clean(done, args)
    _nothing_lies_about(tmp_path)


def _nothing_lies_about(work: Path) -> None:
    """In no file but those that the person gave, asked for, or is to send; in no file's name; in no temporary file."""
    theirs = {"person.yaml", "broken.yaml", "reply.txt", "phrase", "wrong", "cases.jsonl"}
    looked = 0
    for path in work.rglob("*"):
        assert not any(canary.split()[0] in path.name for canary in CANARIES), path
        if path.is_dir() or path.is_symlink() or path.name in theirs or "optout-letters" in path.parts:
            continue
        looked += 1
        data = path.read_bytes()
        for canary in CANARIES:
            assert canary.encode() not in data and canary.encode("utf-16-le") not in data, (path, canary)
    assert looked > 3
    assert list((work / "tmp").iterdir()) == []


def test_f52_a_bug_leaves_code_and_no_person(tmp_path: Path, forks: Forks) -> None:
    """An exception whose text quotes the person, from deep inside, through the real boundary."""
    import os
    import subprocess

    code = (
        "from optout import compose\n"
        f"def broken(*_, **__): raise ZeroDivisionError({NAME!r})\n"
        "compose.plan = broken\n"
        f"from optout.cli import main\nmain(['--debug', 'request', 'clearview', *{GIVEN!r}])\n"
    )
    env = {**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 3
    clean(Done(3, done.stdout, done.stderr, 0.0), ["request"])
    (report,) = (tmp_path / "home").rglob("last-bug.txt")
    assert "ZeroDivisionError" in report.read_text() and NAME not in report.read_text()


def test_f52_children_get_nothing_in_their_arguments_or_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The editor and the command that gives a passphrase note how they were started."""
    spy = tmp_path / "spy"
    spy.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        f"with open({str(tmp_path / 'seen')!r}, 'ab') as seen:\n"
        "    seen.write(open('/proc/self/cmdline', 'rb').read() + open('/proc/self/environ', 'rb').read())\n"
        "print('kowari passphrase of five words')\n"
    )
    spy.chmod(0o700)
    (tmp_path / "phrase").write_text(PHRASE + "\n")
    (tmp_path / "phrase").chmod(0o600)
    monkeypatch.setenv("EDITOR", str(spy))
    with Forks(tmp_path) as forks:
        assert forks.run("profile", "new", "me", "--name", NAME, "--email", MAIL, "--residence", "FR").code == 0
        assert forks.run("key", "passphrase", "--new-passphrase-file", "phrase").code == 0
        done = forks.run("profile", "show", "me", "--passphrase-command", str(spy))
        assert done.code == 0, done.err
    seen = (tmp_path / "seen").read_bytes()
    assert seen
    for canary in CANARIES:
        assert canary.encode() not in seen
