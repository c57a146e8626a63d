"""`remind --schedule`: each entry, read as its scheduler reads it, runs the same words."""

from __future__ import annotations

import plistlib
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from optout.cli import scheduling
from tests.cli.test_main_job import optout
from tests.cli.test_remind import ROOT, draft, log
from tests.store.age import sealed
from tests.store.test_secret_service import needed

PHRASE = "invented words that open a test"
AWKWARD = [
    "plain",
    "two words",
    "it's",
    'a"quote',
    "100%",
    "50%%d",
    "$HOME",
    "`id`",
    "a;b",
    "#no",
    "æ-王",
    "~",
    "a&b<c>",
]
WORDS = ["/opt/with space/python", "-m", "optout", "--home"]


def from_cron(entry: str) -> tuple[list[str], list[str]]:
    """The five fields, and the words the shell gets, by the rules of crontab(5)."""
    *fields, command = entry.split(" ", 5)
    kept, at = "", 0
    while at < len(command):
        if command[at] == "\\" and command[at + 1 : at + 2] == "%":
            at += 1
        else:
            assert command[at] != "%", "the rest would be the input of the command"
        kept += command[at]
        at += 1
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} -c 'import sys; print(*sys.argv[1:], sep=\"\\n\")' {kept}"],
        capture_output=True, text=True, check=True, env={"HOME": "/wrong", "LANG": "C.UTF-8"},
    )  # fmt: skip
    return fields, done.stdout.splitlines()


def from_systemd(text: str) -> list[str]:
    """The words of ExecStart, by the rules of systemd.service(5)."""
    (line,) = [line for line in text.splitlines() if line.startswith("ExecStart=")]
    rest = line.removeprefix("ExecStart=")
    assert rest.startswith(":"), "else variables are replaced"
    rest = rest[1:]
    words = []
    while rest:
        assert rest[0] == '"'
        word, at = "", 1
        while rest[at] != '"':
            if rest[at] in "\\%":
                assert rest[at + 1] in ('\\"' if rest[at] == "\\" else "%"), rest
                at += 1
            word += rest[at]
            at += 1
        words.append(word)
        assert rest[at + 1 : at + 2] in ("", " ")
        rest = rest[at + 2 :]
    return words


def from_windows(text: str) -> list[str]:
    """Command and arguments of a task, by the rules by which Windows programs split theirs."""
    task = Xml.fromstring(text)  # noqa: S314 - ours
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    assert task.tag == f"{space}Task"
    assert task.findtext(f".//{space}DaysInterval") == "1"
    assert str(task.findtext(f".//{space}StartBoundary")).endswith("T09:00:00")
    words = [str(task.findtext(f".//{space}Command"))]
    rest = str(task.findtext(f".//{space}Arguments"))
    word, quoted, at, open_ = "", False, 0, False
    while at < len(rest):
        slashes = len(rest) - at - len(rest[at:].lstrip("\\"))
        after = rest[at + slashes : at + slashes + 1]
        if slashes and after == '"':
            word += "\\" * (slashes // 2)
            at += slashes
            if slashes % 2:
                word += '"'
                at += 1
            open_ = True
        elif slashes:
            word += "\\" * slashes
            at += slashes
        elif rest[at] == '"':
            quoted, open_, at = not quoted, True, at + 1
        elif rest[at] in " \t" and not quoted:
            words += [word] if word or open_ else []
            word, open_, at = "", False, at + 1
        else:
            word += rest[at]
            at += 1
    return [*words, *([word] if word or open_ else [])]


@pytest.mark.parametrize("name", AWKWARD)
def test_every_scheduler_gets_the_same_words(name: str) -> None:
    words = [*WORDS, f"/home/{name}/x", "remind"]
    assert from_cron(scheduling.cron(words)) == (["0", "9", "*", "*", "*"], words)
    assert from_systemd(scheduling.systemd(words)) == words
    agent = plistlib.loads(scheduling.launchd(words).encode())
    assert agent["ProgramArguments"] == words
    assert agent["StartCalendarInterval"] == {"Hour": 9, "Minute": 0}
    assert from_windows(scheduling.windows(words)) == words
    back = [*WORDS, f"C:\\home\\{name}\\", "remind"]
    assert from_windows(scheduling.windows(back)) == back
    assert from_systemd(scheduling.systemd(back)) == back


@pytest.mark.parametrize(
    ("system", "name"), [("cron", "a\\b"), ("windows", "100%"), *((x, "a\nb") for x in scheduling.TALK)]
)
def test_what_a_scheduler_cannot_hold_is_refused(system: str, name: str, tmp_path: Path) -> None:
    done = optout(tmp_path, "--home", name, "remind", "--schedule", system)
    assert (done.returncode, done.stdout) == (6, "") and system in done.stderr


def test_the_printed_line_runs_from_anywhere_and_says_what_is_overdue(tmp_path: Path) -> None:
    ref = draft(tmp_path)
    log(tmp_path, ref, "sent", "--letter", "access", "--by", "email", "--on", "2026-01-06")
    awkward = tmp_path / "it's 100% mine"
    (tmp_path / "home").rename(awkward)
    done = optout(tmp_path, "--home", awkward.name, "remind", "--schedule", "cron")
    assert done.returncode == 0 and "crontab" in done.stderr
    _, words = from_cron(done.stdout.removesuffix("\n"))
    assert words == [
        sys.executable,
        "-P",
        "-m",
        "optout",
        "--home",
        str(awkward),
        "remind",
        "--exit-code",
        "--no-input",
    ]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["/bin/sh", "-c", shlex.join(words)], env=env, cwd="/", capture_output=True, text=True)
    assert done.returncode == 10 and ref in done.stdout


def test_a_vault_under_a_passphrase_is_opened_while_nobody_is_there(tmp_path: Path) -> None:
    ref = draft(tmp_path)
    log(tmp_path, ref, "sent", "--letter", "access", "--by", "email", "--on", "2026-01-06")
    key = tmp_path / "home" / "config" / "vault.key"
    for path, text in ((tmp_path / "home" / "passphrase.age", b""), (tmp_path / "my words", f"{PHRASE}\n".encode())):
        path.touch(mode=0o600)
        path.write_bytes(text)
    (tmp_path / "home" / "passphrase.age").write_bytes(sealed(key.read_bytes(), PHRASE))
    key.unlink()
    ways = [("--passphrase-file", "my words"), ("--passphrase-command", f"cat '{tmp_path}/my words'")]
    for way in ways:
        done = optout(tmp_path, "--home", "home", *way, "remind", "--schedule", "cron")
        assert done.returncode == 0 and "passphrase" not in done.stderr, done.stderr
        _, words = from_cron(done.stdout.removesuffix("\n"))
        env = {"PATH": "", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(["/bin/sh", "-c", shlex.join(words)], env=env, cwd="/", capture_output=True, text=True)
        assert done.returncode == 10 and ref in done.stdout, done.stderr
    bare = optout(tmp_path, "remind", "--schedule", "cron")
    assert bare.returncode == 0 and "The vault has a passphrase" in bare.stderr


@pytest.mark.parametrize(
    ("code", "way"),
    [(6, ["--passphrase-fd", "0"]), (9, ["--passphrase-file", PHRASE]), (9, ["--passphrase-command", PHRASE]),
     (2, ["--passphrase-file", "a", "--passphrase-fd", "0"])],
)  # fmt: skip
def test_no_entry_is_printed_that_could_not_open_the_vault(tmp_path: Path, code: int, way: list[str]) -> None:
    done = optout(tmp_path, *way, "remind", "--schedule", "cron")
    assert (done.returncode, done.stdout) == (code, "") and "hint:" in done.stderr and "Traceback" not in done.stderr
    assert PHRASE.split()[0] not in done.stderr, "what names no file may be the passphrase"


def test_without_a_home_none_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    for system in scheduling.TALK:
        done = optout(tmp_path, "remind", "--schedule", system, OPTOUT_HOME="")
        assert done.returncode == 0 and "--home" not in done.stdout and "\\x" not in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.system
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    verify = needed("systemd-analyze")
    done = optout(tmp_path, "--home", "it's 100% $mine", "remind", "--schedule", "systemd")
    first, second = done.stdout.split("\n\n# ~/.config/systemd/user/optout-remind.timer\n")
    units = {"optout-remind.service": first, "optout-remind.timer": second}
    for name, text in units.items():
        (tmp_path / name).write_text(text)
    command = [verify, "--user", "--man=no", "verify", *(str(tmp_path / name) for name in units)]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    checked = subprocess.run(command, env=env, capture_output=True, text=True)
    said = [line for line in checked.stderr.splitlines() if "optout-remind" in line]
    assert (checked.returncode, said) == (0, []), checked.stderr
    (tmp_path / "optout-remind.service").write_text(first.replace("ExecStart=:", "ExecStart=:nowhere/"))
    assert subprocess.run(command, env=env, capture_output=True).returncode != 0, "the check can fail"
