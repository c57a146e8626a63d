"""F-52: what a person gave stands where a command's purpose puts it, and nowhere else, whether it ends well or not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from optout.store import keyfile
from tests.cli.test_profile_editor import on_terminal
from tests.conventions.tree import LEAVES
from tests.faults.canary import GIVEN, HERS, MAIL, NAME, NOTE, PHRASE, ROWS, UNLOCK, Den
from tests.faults.forks import ROOT, Forks


@pytest.fixture(scope="module")
def den(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Den]:
    work = tmp_path_factory.mktemp("den")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(work / "tmp"))
        patch.setenv("HOME", str(work / "user"))
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            patch.setenv(name, str(work / name))
        (work / "tmp").mkdir()
        yield Den(work, Forks(work))


PATHS = [path for path, _ in LEAVES]
SLOW = {("check",)}
REPEATED = {
    "--case", "--demand", "--export-passphrase-file", "--extended", "--file", "--firm", "--firm-place", "--font",
    "--ground", "--ics", "--law", "--letter", "--new-passphrase-file", "--outcome", "--output", "--person", "--profile",
    "--remedy", "--residence", "--home", "--language", "--event", "--bundle", "--region",
    "--place", "--batch", "--column", "--sheet", "--agent",
}  # fmt: skip
"""Options that name a thing or a file; what is no such thing is repeated, so that a slip can be seen."""
NAMING = {("request",), ("check",), ("firms", "check"), ("help",), ("manual",)}
"""Commands that take any number of words, each of which names a thing."""
WITHOUT_CAPABILITIES = """
import ctypes, os
if os.geteuid() == 0:
    assert ctypes.CDLL(None).capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()) == 0
"""
"""Mode bits do not bind the user root until its process has given up its capabilities."""
FAULTS = {
    "full at 4096 bytes": "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))",
    "full at 60000 bytes": "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (60000, 60000))",
    "no output": "import os, sys; os.close(1); sys.stdout = None",
    "full device": "import os; os.dup2(os.open('/dev/full', os.O_WRONLY), 1)",
    "read-only": WITHOUT_CAPABILITIES,
    "damaged": "",
    "wrong passphrase": "",
}
BUG = """
import sys
left = {number}
def spy(frame, event, arg):
    global left
    path = frame.f_code.co_filename
    if event == "call" and path.startswith({root!r}) and not path.endswith(("cli/__init__.py", "ending.py", "bugs.py")):
        left -= 1
        if not left:
            raise ZeroDivisionError({text!r})
sys.setprofile(spy)
"""
"""An exception that quotes the person comes out of the call of that number within the program."""


def test_f52_every_command_has_a_row() -> None:
    assert set(ROWS) == set(PATHS)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_f52_a_command_shows_what_it_is_there_to_show(path: tuple[str, ...], den: Den) -> None:
    for row in ROWS[path]:
        den.renew()
        done = den.run(*path, *row.words, *UNLOCK, shows=row.shows, typed=row.typed)
        assert done.code == row.code, (path, row, done.err)
        assert den.found(done.out) == set(row.shows.split()), (path, row)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_f52_words_that_a_command_cannot_use_are_not_repeated(path: tuple[str, ...], den: Den) -> None:
    den.renew()
    row = ROWS[path][0]
    command = dict(LEAVES)[path]
    wrong = [["--nosuch", NOTE], [f"--nosuch={NOTE}"], ["--name-of-person", *NAME.split()], ["--limit=x", NOTE]]
    wrong += [] if path in NAMING else [NOTE.split(), [*GIVEN, NOTE]]
    for words in wrong:
        done = den.run(*path, *row.words, *words, *UNLOCK)
        assert done.code == 2, (path, words, done.err)
    for param in command.params:
        option = max(param.opts, key=len)
        takes_text = isinstance(param, click.Option) and not param.is_flag and param.name != "help"
        named = option in REPEATED or (path, option) == (("batch",), "--name")  # elsewhere the name of a person
        if takes_text and not named and not option.startswith("--passphrase"):
            den.renew()
            answer = f"{HERS} note" if path[0] in ("profile", "agent") else "note" if option == "--note" else row.shows
            done = den.run(*path, *row.words, option, NOTE, *UNLOCK, "--json", shows=answer)
            assert done.code != 3, (path, option, done.err)


def test_f52_a_passphrase_in_the_place_of_its_file_is_not_repeated(den: Den) -> None:
    den.renew()
    for option in ("--passphrase-file", "--passphrase-fd", "--passphrase-command"):
        assert den.run("status", option, PHRASE).code in (2, 9)
        assert den.run("status", option, PHRASE, "--json", "--debug").code in (2, 9)
    for option in ("--new-passphrase-file", "--new-passphrase-fd"):
        assert den.run("key", "passphrase", option, PHRASE, *UNLOCK).code in (2, 9)
        assert den.run("export", "--encrypt", "-o", "cases.age", option, PHRASE, *UNLOCK).code in (2, 9)


def test_f52_what_is_not_known_is_named_once_and_nothing_else_is(den: Den) -> None:
    den.renew()
    for args in (
        ["request", "nosuchfirm", *GIVEN],
        ["request", "clearview", *GIVEN, "--demand", "nosuch"],
        ["request", "clearview", *GIVEN, "--law", "nosuch"],
        ["request", "clearview", *GIVEN, "--profile", "nosuch"],
        ["request", "clearview", *GIVEN, "--person", "nosuch"],
        ["request", "clearview", *GIVEN, "--font", "nosuch"],
        ["log", "0000-0000", "noted", "--note", NOTE],
        ["log", "REF", "nosuch", "--note", NOTE],
        ["log", "REF", "sent", "--by", "post", "--letter", "nosuch", "--note", NOTE],
        ["log", "REF", "complained", "--remedy", "nosuch", "--note", NOTE],
        ["log", "REF", "noted", "--file", "nosuch", "--note", NOTE],
        ["profile", "new", "NOT AN ID", *GIVEN],
        ["profile", "new", "me", *GIVEN],
        ["profile", "edit", "nosuch", *GIVEN],
        ["import", "person.yaml"],
        ["import", "reply.txt"],
        ["check", "person.yaml"],
    ):
        for more in ([], ["--json"], ["--debug"]):
            done = den.run(*args, *UNLOCK, *more)
            assert done.code not in (0, 3), (args, done.err)


@pytest.mark.parametrize("fault", FAULTS)
def test_f52_faults_around_a_command(fault: str, den: Den) -> None:
    failed = 0
    for path in PATHS:
        if path in SLOW and fault not in ("damaged", "full device"):
            continue
        den.renew()
        row = ROWS[path][0]
        unlock = ["--passphrase-file", "wrong"] if fault == "wrong passphrase" else UNLOCK
        if fault == "damaged":
            with (den.home / "optout.db").open("r+b") as file:
                file.seek(20000)
                file.write(bytes(40000))
        if fault == "read-only":
            for folder in (den.work, den.home, den.home / "config", den.home / "cache"):
                folder.chmod(0o500)
        try:
            done = den.run(*path, *row.words, *unlock, shows=row.shows, first=FAULTS[fault], typed=row.typed)
        finally:
            for folder in (den.work, den.home):
                folder.chmod(0o700)
        assert done.code in (0, 1, 2, 5, 6, 7, 8, 9), (path, done)
        failed += done.code != 0
    assert failed > 5 or fault == "no output", "the fault is one"


@pytest.mark.parametrize("number", [1, 9, 70, 400])
def test_f52_a_bug_leaves_code_and_no_person(number: int, den: Den) -> None:
    first = BUG.format(number=number, root=str(ROOT / "optout"), text=f"{NAME} {MAIL} {PHRASE} {NOTE}")
    bugs = 0
    for path in PATHS:
        den.renew()
        row = ROWS[path][0]
        done = den.run(*path, *row.words, *UNLOCK, "--debug", shows=row.shows, first=first, typed=row.typed)
        assert done.code in (0, 3, row.code, 7, 9), (path, done)
        if done.code == 3:
            bugs += 1
            (report,) = den.home.rglob("last-bug.txt")
            assert "ZeroDivisionError" in done.err and "ZeroDivisionError" in report.read_text()
            assert str(den.work) not in report.read_text() and str(ROOT) not in report.read_text() + done.err
    assert bugs > 10


def test_f52_an_error_in_a_finaliser_is_told_without_its_words(den: Den) -> None:
    den.renew()
    first = f"""
from optout.cli.app import App
class Left:
    def __del__(self):
        raise ZeroDivisionError({NAME!r})
App.late = lambda self, day: bool(Left()) and False
"""
    done = den.run("status", *UNLOCK, first=first)
    assert done.code == 0 and "passed over (ZeroDivisionError)" in done.err


def test_f52_closed_streams_are_no_bug(den: Den) -> None:
    first = "import os, sys; os.close(0); os.close(1); sys.stdin = sys.stdout = None"
    for args in (
        ["export", "-o", "-"],
        ["import", "-"],
        ["profile", "new", "x", "--person", "-"],
        ["profile", "new", "x"],
    ):
        den.renew()
        assert den.run(*args, *UNLOCK, first=first).code in (1, 2, 5)


def test_f52_completion_says_nothing_of_what_was_typed(den: Den) -> None:
    den.renew()
    line = f"optout log {den.ref} noted --note '{NOTE}' --file reply.txt --"
    for words in (line, f"optout request clearview --name '{NAME}' --profile ", "optout forget ", "optout show "):
        first = f"import os; os.environ.update(_OPTOUT_COMPLETE='bash_complete', COMP_WORDS={words!r}, COMP_CWORD='2')"
        den.run(first=first)
        den.run(first=first.replace("'2'", f"'{len(words.split())}'"))


def test_f52_the_keyring_is_told_the_number_of_the_vault_alone(den: Den) -> None:
    den.renew()
    ring = den.work.parent / "ring"
    first = f"""
import os, sys, types
class Keyring:
    def get_password(self, service, user):
        note("get", service, user)
        return open({str(ring)!r}).read() if os.path.exists({str(ring)!r}) else None
    def set_password(self, service, user, secret):
        note("set", service, user)
        open({str(ring)!r}, "w").write(secret)
def note(*words):
    open({str(ring) + ".labels"!r}, "a").write(" ".join(words) + "\\n")
module = types.ModuleType("keyring.backends.SecretService")
module.Keyring = Keyring
sys.modules[module.__name__] = module
os.environ.update(PYTHON_KEYRING_BACKEND=module.__name__ + ".Keyring", DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere")
"""
    assert den.run("key", "keyring", *UNLOCK, first=first).code == 0
    assert den.run("status", first=first).code == 0
    labels = Path(f"{ring}.labels").read_text()
    assert "set optout vault:" in labels and not den.found(labels)
    assert keyfile.keys_of(ring.read_text()) == keyfile.keys_of(den.key)


SPY = """#!{python} -I
import os, resource, sys
seen = [open(f"/proc/self/{{name}}", "rb").read() for name in ("cmdline", "environ")]
seen.append(str(resource.getrlimit(resource.RLIMIT_CORE)).encode())
seen += [os.readlink(f"/proc/self/fd/{{fd}}").encode() for fd in range(3, 64) if os.path.exists(f"/proc/self/fd/{{fd}}")]
path = sys.argv[-1]
if path.endswith(".yaml"):
    modes = [oct(os.stat(p).st_mode & 0o777) for p in (path, os.path.dirname(path))]
    seen += [" ".join(modes).encode(), b"edited"]
    with open(path, "a") as file:
        file.write("residence: [{name}]\\n")
with open({seen!r}, "ab") as file:
    file.write(b"\\n".join(seen) + b"\\n")
print({phrase!r} if not path.endswith(".yaml") else "")
"""


def test_f52_children_get_nothing_but_the_file_to_edit(den: Den) -> None:
    """The editor and the command that gives a passphrase note how they were started."""
    den.renew()
    seen = den.work.parent / "seen"
    spy = den.work.parent / "spy"
    spy.write_text(SPY.format(python=sys.executable, name=NAME, seen=str(seen), phrase=PHRASE))
    spy.chmod(0o700)
    assert den.run("status", "--passphrase-command", str(spy)).code == 0
    terminal = on_terminal(den.work, "profile", "edit", "me", *UNLOCK, EDITOR=str(spy))
    terminal.until("again?")
    terminal.type("n\n")
    code, text = terminal.end()
    assert code == 1 and not den.found(text), text
    told = seen.read_bytes()
    assert not den.found(told), told
    assert b"edited" in told and b"0o600 0o700" in told
    assert told.count(b"(0, 0)") == 2, "neither may leave an image of its memory"
    assert str(den.work / "phrase").encode() not in told
    den.search(("profile", "edit"))


def test_f52_no_image_of_the_memory_is_left_and_no_compiled_file_holds_anybody(den: Den) -> None:
    den.renew()
    first = (
        "import resource; resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)[1:] * 2)"
    )
    kill = "import os, signal; from optout.cli import profile; profile._text = lambda value: os.abort()"
    done = den.run("profile", "show", "me", *UNLOCK, first=f"{first}; {kill}")
    assert done.code == -6
    assert not [path for path in den.work.rglob("core*") if path.is_file()]
    compiled = list((ROOT / "optout").rglob("*.pyc"))
    assert not {path for path in compiled if den.found(path.read_bytes())}
