"""Editing a profile: on the line, from a file, and in an editor that leaves nothing behind."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.cli import editing, person
from optout.subject import clean_text
from tests.cli.test_main_job import optout as run
from tests.cli.test_profiles import KEPT, new, shown
from tests.faults.forks import Started

ROOT = Path(__file__).parents[2]
CANARY = "Ada Example"
SHM = Path("/dev/shm")  # noqa: S108 (the folder in memory that Linux has)
started: list[int] = []
"""Processes of `on_terminal`."""


class Terminal(NamedTuple):
    child: Started
    leader: int

    def until(self, word: str, most: float = 20) -> str:
        """What the terminal shows up to and with this word."""
        text, end = "", time.monotonic() + most
        while word not in text:
            assert time.monotonic() < end, text
            if select.select([self.leader], [], [], 0.1)[0]:
                try:
                    text += os.read(self.leader, 65536).decode()
                except OSError:
                    break
        assert word in text, text
        return text

    def type(self, text: str) -> None:
        os.write(self.leader, text.encode())

    def end(self) -> tuple[int, str]:
        """The exit code and the rest of what was shown."""
        text = ""
        while select.select([self.leader], [], [], 30)[0]:
            try:
                part = os.read(self.leader, 65536)
            except OSError:
                break
            if not part:
                break
            text += part.decode()
        code = self.child.wait(30)
        os.close(self.leader)
        return code, text


def on_terminal(home: Path, *args: str, **environ: str) -> Terminal:
    leader, follower = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("VISUAL", "EDITOR", "XDG_RUNTIME_DIR")}
    env |= {"OPTOUT_HOME": str(home / "home"), "PYTHONPATH": str(ROOT), "TERM": "dumb",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", **environ}  # fmt: skip
    child = Started(home, args, env, terminal=os.ttyname(follower))
    os.close(follower)
    started.append(child.pid)
    return Terminal(child, leader)


def editor(home: Path, body: str) -> str:
    """A program that edits the file in `$1`."""
    path = home / "editor.sh"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o700)
    return str(path)


def left(home: Path) -> list[str]:
    """Files outside the vault in which the person stands, and folders of an edit of the processes of this test."""
    memory = [str(path) for pid in started for path in SHM.glob(f"optout-edit-{pid}-*")]
    return memory + [
        str(p) for p in home.rglob("*")
        if "optout-edit" in p.name or (p.is_file() and p.name not in ("person.json",) and CANARY.encode() in p.read_bytes())
    ]  # fmt: skip


def gone(pid: int) -> bool:
    """Whether the process ends; it may take a moment."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def in_memory() -> bool:
    kind = subprocess.run(["stat", "-f", "-c", "%T", SHM], capture_output=True, text=True).stdout.strip()
    return kind == "tmpfs"


def test_what_the_editor_saves_is_kept(tmp_path: Path) -> None:
    new(tmp_path)
    note = f'ls -ld "$(dirname "$1")" "$1" > {tmp_path}/modes; cp "$1" {tmp_path}/seen'
    program = editor(tmp_path, f"{note}; sed -i 's/^email_alias:.*/email_alias: x7@alias.example/' \"$1\"")
    code, text = on_terminal(tmp_path, "profile", "edit", "me", VISUAL=program, EDITOR="false").end()
    assert code == 0 and "is changed" in text
    assert shown(tmp_path) == {"id": "me", **KEPT, "email_alias": "x7@alias.example", "cases": []}
    folder, file = (tmp_path / "modes").read_text().splitlines()
    assert folder.startswith("drwx------") and file.startswith("-rw-------")
    memory = str(SHM) if in_memory() else str(tmp_path / "home")
    assert f" {memory}/optout-edit-" in folder, "in memory; where there is none, beside the vault"
    assert "name: Ada Example" in (tmp_path / "seen").read_text()
    (tmp_path / "seen").unlink()
    assert left(tmp_path) == []


def test_a_field_whose_line_is_gone_is_gone(tmp_path: Path) -> None:
    new(tmp_path, email_alias="x7@alias.example", language="en")
    program = editor(tmp_path, "sed -i '/^email:/d;/^language/d' \"$1\"")
    assert on_terminal(tmp_path, "profile", "edit", "me", EDITOR=program).end()[0] == 0
    assert set(KEPT) | {"email_alias", "id", "cases"} - {"email"} >= set(shown(tmp_path)) and "language" not in shown(
        tmp_path
    )


@pytest.mark.parametrize(
    ("body", "code", "word"),
    [
        ("true", 0, "Nothing was changed"),
        ("sed -i 's/Ada/Eve/' \"$1\"; exit 3", 1, "with an error (3)"),
        (': > "$1"', 1, "empty"),
        ("echo '# only this' > \"$1\"", 1, "empty"),
        ('rm "$1"', 1, "gone"),
        ('ln -sf /etc/passwd "$1"', 1, "gone"),
        ("kill -INT $$", 130, "stopped"),
        ("kill -KILL $$", 1, "with an error"),
    ],
)
def test_what_changes_nothing(body: str, code: int, word: str, tmp_path: Path) -> None:
    new(tmp_path)
    ended, text = on_terminal(tmp_path, "profile", "edit", "me", EDITOR=editor(tmp_path, body)).end()
    assert ended == code and word in text, text
    assert shown(tmp_path) == {"id": "me", **KEPT, "cases": []}
    assert left(tmp_path) == []


def test_a_mistake_is_shown_with_its_line_and_mended(tmp_path: Path) -> None:
    new(tmp_path)
    program = editor(tmp_path, f"""
if [ -e {tmp_path}/second ]; then sed -i 's/nonsense/ada2@mail.example/' "$1"
else touch {tmp_path}/second; sed -i 's/^email: .*/email: nonsense/' "$1"; fi""")  # fmt: skip
    terminal = on_terminal(tmp_path, "profile", "edit", "me", EDITOR=program)
    text = terminal.until("Open the editor again?")
    assert "profile.yaml:6:" in text and "is not one" in text
    terminal.type("y\n")
    assert terminal.end()[0] == 0
    assert shown(tmp_path)["email"] == "ada2@mail.example"
    assert left(tmp_path) == []


@pytest.mark.parametrize("answer", ["n\n", "\x03"])
def test_a_mistake_that_stays_changes_nothing(answer: str, tmp_path: Path) -> None:
    new(tmp_path)
    terminal = on_terminal(tmp_path, "profile", "edit", "me", EDITOR=editor(tmp_path, "echo 'nam: x' > \"$1\""))
    terminal.until("Open the editor again?")
    time.sleep(1)  # until the question waits for its answer
    terminal.type(answer)
    assert terminal.end()[0] == (1 if answer == "n\n" else 130)
    assert shown(tmp_path) == {"id": "me", **KEPT, "cases": []}
    assert left(tmp_path) == []


def test_ctrl_c_belongs_to_the_editor(tmp_path: Path) -> None:
    new(tmp_path)
    body = 'trap "" INT; echo ready; sleep 1; sed -i "s/Ada/Eda/" "$1"'
    terminal = on_terminal(tmp_path, "profile", "edit", "me", EDITOR=editor(tmp_path, body))
    terminal.until("ready")
    terminal.type("\x03")
    assert terminal.end()[0] == 0
    assert shown(tmp_path)["name"] == "Eda Example"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)])
def test_a_signal_ends_the_editor_and_its_file(number: int, code: int, tmp_path: Path) -> None:
    new(tmp_path)
    body = f"echo $$ > {tmp_path}/pid; echo ready; exec sleep 30"
    terminal = on_terminal(tmp_path, "profile", "edit", "me", EDITOR=editor(tmp_path, body))
    terminal.until("ready")
    assert left(tmp_path)
    terminal.child.send_signal(number)
    if number == signal.SIGKILL:
        terminal.child.wait(20)
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
        assert left(tmp_path), "nobody can clean up after that"
        assert on_terminal(tmp_path, "profile", "edit", "me", EDITOR="true").end()[0] == 0
    else:
        assert terminal.end()[0] == code
        assert gone(int((tmp_path / "pid").read_text()))
    assert left(tmp_path) == []
    assert shown(tmp_path) == {"id": "me", **KEPT, "cases": []}


def test_another_window_is_not_written_over(tmp_path: Path) -> None:
    new(tmp_path)
    other = f"{sys.executable} -m optout profile edit me --language fr </dev/null"
    program = editor(tmp_path, f"{other}; sed -i 's/Ada/Eve/' \"$1\"")
    code, text = on_terminal(tmp_path, "profile", "edit", "me", EDITOR=program).end()
    assert code == 7 and "another process" in text
    assert (shown(tmp_path)["name"], shown(tmp_path)["language"]) == ("Ada Example", "fr")


def test_without_a_terminal_or_an_editor_the_file_is_named(tmp_path: Path) -> None:
    new(tmp_path)
    done = run(tmp_path, "profile", "edit", "me", EDITOR="true")
    assert done.returncode == 2 and "--person" in done.stderr
    code, text = on_terminal(tmp_path, "profile", "edit", "me").end()
    assert code == 2 and "VISUAL" in text and "--person" in text
    code, text = on_terminal(tmp_path, "profile", "edit", "me", "--no-input", EDITOR="true").end()
    assert code == 2 and "--person" in text
    code, text = on_terminal(tmp_path, "profile", "edit", "me", EDITOR="/no/such/editor -w").end()
    assert code == 6 and "cannot be started" in text
    code, text = on_terminal(tmp_path, "profile", "edit", "me", VISUAL="vi 'x", EDITOR="true").end()
    assert code == 6 and "VISUAL has a quote that is not closed" in text
    assert left(tmp_path) == []


def test_an_editor_with_arguments(tmp_path: Path) -> None:
    new(tmp_path)
    code, _ = on_terminal(tmp_path, "profile", "edit", "me", EDITOR="sed -i 's/Ada Example/Eda B/'").end()
    assert code == 0 and shown(tmp_path)["name"] == "Eda B"


def test_fields_on_the_line_and_from_a_file(tmp_path: Path) -> None:
    new(tmp_path, situation="I am afraid.")
    assert run(tmp_path, "profile", "edit", "me", "--print-address", "--address-line", "2 Other Street").returncode == 0
    assert (shown(tmp_path)["print_address"], shown(tmp_path)["address"]) == (True, ["2 Other Street"])
    (tmp_path / "p.yaml").write_text("email_alias: x7@alias.example\nsituation: null\n")
    done = run(tmp_path, "profile", "edit", "me", "--person", "p.yaml", "--no-print-address")
    assert done.returncode == 0 and "is changed" in done.stderr
    assert shown(tmp_path) == {
        "id": "me", **KEPT, "address": ["2 Other Street"], "email_alias": "x7@alias.example", "cases": [],
    }  # fmt: skip
    assert run(tmp_path, "profile", "edit", "me", "--email", "", "--address-line", "").returncode == 0
    assert not {"email", "address"} & set(shown(tmp_path))
    done = run(tmp_path, "profile", "edit", "me", "--email-alias", "")
    assert done.returncode == 5 and "e-mail" in done.stderr
    assert "Nothing was changed" in run(tmp_path, "profile", "edit", "me", "--name", "Ada Example").stderr
    assert run(tmp_path, "profile", "edit", "her", "--name", "Ada").returncode == 4


@pytest.mark.system
@pytest.mark.skipif(not SHM.is_dir(), reason=f"needs a folder in memory: {SHM}")
def test_the_runtime_folder_is_used_when_it_is_private_memory(tmp_path: Path) -> None:
    import tempfile

    new(tmp_path)
    with tempfile.TemporaryDirectory(dir=SHM) as runtime:
        for mode, private in ((0o700, True), (0o755, False)):
            Path(runtime).chmod(mode)
            program = editor(tmp_path, f'echo "$1" > {tmp_path}/where')
            assert on_terminal(tmp_path, "profile", "edit", "me", EDITOR=program, XDG_RUNTIME_DIR=runtime).end()[0] == 0
            where = (tmp_path / "where").read_text()
            assert where.startswith(f"{runtime if private else SHM}/optout-edit-")
            assert not list(Path(runtime).iterdir()) and left(tmp_path) == []
    program = editor(tmp_path, f'echo "$1" > {tmp_path}/where')
    (tmp_path / "disk").mkdir(mode=0o700)
    terminal = on_terminal(tmp_path, "profile", "edit", "me", EDITOR=program, XDG_RUNTIME_DIR=str(tmp_path / "disk"))
    assert terminal.end()[0] == 0
    on_disk = not (tmp_path / "where").read_text().startswith(str(tmp_path / "disk"))
    assert on_disk or "tmpfs" in subprocess.run(["stat", "-f", tmp_path], capture_output=True, text=True).stdout


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def passes(lines: bool) -> Any:
    def clean(text: str) -> str:
        try:
            return clean_text(text, "x", lines=lines)
        except ValueError:
            return ""

    return TEXT.map(clean).filter(bool)


NEEDED = {"name": passes(False), "email": st.just("a@b.example"), "residence": st.sampled_from(["fr", "no", "us-il"])}
OPTIONAL = {
    "address": st.lists(passes(False), min_size=1, max_size=3),
    "print_address": st.just(True),
    "minor": st.just(True),
    "situation": passes(True),
    "language": st.just("fr"),
    "email_alias": st.just("true@null.example"),
}


@given(st.fixed_dictionaries(NEEDED, optional=OPTIONAL))
def test_what_is_written_for_the_editor_is_read_back_the_same(kept: dict[str, Any]) -> None:
    plain, _ = person.parsed("f", editing.as_text("me", kept).encode())
    assert {key: value for key, value in plain.items() if value} == kept


def test_the_file_for_the_editor_reads_like_a_person(tmp_path: Path) -> None:
    text = editing.as_text("me", KEPT | {"situation": "One.\n\nTwo: three."})
    assert (
        text.partition("name:")[2]
        == """ Ada Example
email: ada@mail.example
email_alias: ""
residence: us-il
address:
  - "1 Sample Street"
  - Chicago, IL 60601
print_address: false
situation: |-
  One.

  Two: three.
language: ""
minor: false
"""
    )
