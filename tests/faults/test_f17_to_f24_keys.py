"""F-17 to F-22 and F-24: keyrings that fail, passphrases that are wrong, sheets that were mistyped."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from optout import errors, recovery
from optout.store import custody, keyfile, keys, restoring
from optout.store.passphrase import WrongPassphrase
from optout.store.paths import Paths, paths
from optout.store.vault import Vault
from tests.faults.forks import ROOT
from tests.faults.terminal import NULL, at_terminal
from tests.store.age import sealed
from tests.store.test_keys import Altering, Fake, Locked, Null, Sleeping, ring

SECRET = "invented words for a test, ærlig"  # noqa: S105
KEY = bytes(range(32))


def given(text: str) -> keys.Asking:
    return keys.Asking(given=lambda: text)


def optout(home: Path, *args: str, typed: str | None = None, **more: Any) -> subprocess.CompletedProcess[str]:
    """A run without any terminal: in a session of its own."""
    environ = {**os.environ, "OPTOUT_HOME": str(home), "PYTHON_KEYRING_BACKEND": NULL, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "optout", *args], input=typed, stdin=subprocess.DEVNULL if typed is None else None,
        env=environ, capture_output=True, text=True, start_new_session=True, timeout=60, check=False, **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def slotted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault that opens with a passphrase and nothing else. Only to be copied or read."""
    home = paths(str(tmp_path_factory.mktemp("slotted") / "home"))
    with Vault.open(home, create=True, ring=ring(Null())) as vault:
        key = vault.key.key
    slot(home, key)
    (Path(home.config) / "vault.key").unlink()
    return Path(home.vault)


def slot(home: Paths, *data: bytes) -> None:
    path = Path(home.vault) / "passphrase.age"
    path.touch(mode=0o600)
    path.write_bytes(sealed(keyfile.key_text(data), SECRET))


@pytest.fixture
def mine(slotted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(slotted, tmp_path / "mine"))


def state(home: Path) -> dict[str, bytes]:
    """Every file but those that SQLite makes and removes for readers."""
    return {str(p): p.read_bytes() for p in home.rglob("*") if p.is_file() and p.suffix not in (".db-shm", ".db-wal")}


# F-17


def test_f17_without_a_backend_a_terminal_is_asked_and_else_three_other_ways_are_named(slotted: Path) -> None:
    done = optout(slotted, "status")
    assert (done.returncode, done.stdout) == (9, "")
    for way in ("--passphrase-file", "--passphrase-fd", "--passphrase-command", "vault.key", "key recovery --restore"):
        assert way in done.stderr
    assert "no terminal to ask" in done.stderr and "Traceback" not in done.stderr
    code, screen = at_terminal(slotted, "status", keys=[("Passphrase: ", f"{SECRET}\n")])
    assert code == 0 and "No cases" in screen


@pytest.mark.parametrize("module", ["keyring", "secretstorage"])
def test_f17_a_library_that_is_not_installed_is_no_keyring(slotted: Path, module: str) -> None:
    """The real backend, with its library taken away."""
    code = f"""
import sys
sys.modules[{module!r}] = None
from optout.store.keyrings import NoKeyring, system_ring
try:
    system_ring({{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}}, "linux").get("v")
except NoKeyring as reason:
    print(reason)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "its library is not installed" in done.stdout


# F-18


class Dismissed(Locked):
    def get_password(self, service: str, user: str) -> str | None:
        raise RuntimeError("Failed to create the collection: Prompt dismissed..")


class NoScreen(Locked):
    def get_password(self, service: str, user: str) -> str | None:
        raise OSError(-25308, "Can't get password from keychain: (-25308, 'User interaction is not allowed')")


@pytest.mark.parametrize(
    ("backend", "cause"),
    [(Locked(), "Failed to unlock"), (Dismissed(), "Prompt dismissed"), (NoScreen(), "-25308")],
    ids=["locked", "dismissed", "no screen"],
)
def test_f18_a_keyring_that_stays_closed_is_named_and_the_passphrase_is_asked_for(
    slotted: Path, backend: Fake, cause: str
) -> None:
    home = paths(str(slotted))
    with pytest.raises(errors.SecretUnavailable, match=cause) as caught:
        Vault.open(home, create=False, ring=ring(backend))
    assert "--passphrase-file" in caught.value.hint
    asking = keys.Asking(prompt=lambda attempt: SECRET)
    with Vault.open(home, create=False, ring=ring(backend), asking=asking) as vault:
        assert vault.keeper == keys.Keeper("passphrase", str(slotted / "passphrase.age"))
    there = custody.places(home, ring(backend))
    assert there.keyring == "unreachable" and cause in there.reason


# F-19


def test_f19_a_keyring_that_hangs_is_given_up_at_the_limit(slotted: Path) -> None:
    started = time.monotonic()
    asking = keys.Asking(prompt=lambda attempt: SECRET)
    Vault.open(paths(str(slotted)), create=False, ring=ring(Sleeping(), limit=0.3), asking=asking).close()
    assert 0.3 <= time.monotonic() - started < 5


# F-20


@pytest.mark.parametrize("backend", [Null(), Altering()], ids=["null", "altering"])
def test_f20_a_keyring_that_does_not_give_back_never_gets_the_key(mine: Path, backend: Fake) -> None:
    home = paths(str(mine))
    with Vault.open(home, create=False, ring=ring(Null()), asking=given(SECRET)) as vault:
        with pytest.raises(errors.SecretUnavailable, match="does not give back"):
            custody.into_keyring(home, vault, ring(backend))
        assert vault.meta(custody.IN_KEYRING) is None


@pytest.mark.parametrize(
    "name",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.chainer.ChainerBackend",
        "keyrings.alt.file.PlaintextKeyring",
        "somebody.Else",
    ],
)
def test_f20_other_backends_count_as_none_and_are_named(mine: Path, name: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    there = custody.places(paths(str(mine)))
    assert there.keyring == "unreachable" and name in there.reason
    with (
        Vault.open(paths(str(mine)), create=False, asking=given(SECRET)) as vault,
        pytest.raises(errors.SecretUnavailable, match=re.escape(name)),
    ):
        custody.into_keyring(paths(str(mine)), vault)
    home = paths(str(mine / "new"))
    with Vault.open(home, create=True) as vault:
        assert vault.keeper.custody == "file" and name in vault.keeper.reason


# F-21


def test_f21_three_wrong_passphrases_end_it_and_nothing_is_shown_or_written(slotted: Path) -> None:
    before = state(slotted)
    wrong = ["wrong-eins", "wrong-zwei", "wrong-drei"]
    asked = [("Passphrase: ", f"{word}\n") for word in wrong]
    code, screen = at_terminal(slotted, "status", keys=asked)
    assert code == 9 and "2 tries left" in screen and "1 try left" in screen and "3 wrong passphrases" in screen
    assert "wrong-" not in screen
    assert state(slotted) == before


def test_f21_the_second_try_may_be_right_and_is_never_shown(slotted: Path) -> None:
    code, screen = at_terminal(slotted, "status", keys=[("Passphrase: ", "\n"), ("Passphrase: ", f"{SECRET}\n")])
    assert code == 0 and SECRET not in screen and "invented" not in screen


def test_f21_no_input_and_a_piped_stdin_are_never_asked(slotted: Path) -> None:
    code, screen = at_terminal(slotted, "--no-input", "status", keys=[])
    assert code == 9 and "Passphrase:" not in screen
    done = optout(slotted, "status", typed=f"{SECRET}\n")
    assert done.returncode == 9 and "Passphrase:" not in done.stderr and "GetPassWarning" not in done.stderr


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_f21_one_line_end_is_taken_off_a_file(slotted: Path, tmp_path: Path, end: str) -> None:
    file = tmp_path / "p"
    file.touch(mode=0o600)
    file.write_bytes(f"{SECRET}{end}".encode())
    done = optout(slotted, "--passphrase-file", str(file), "status")
    assert done.returncode == 0 and done.stderr.startswith("No cases yet in ") and done.stderr.count("\n") == 1, (
        done.stderr
    )
    file.write_bytes(f"{SECRET}{end}\n".encode())
    assert optout(slotted, "status", "--passphrase-file", str(file)).returncode == (0 if not end else 9)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty passphrase"),
        (b"\n", "empty passphrase"),
        (b"x" * 1_000_000, "more than 4096 bytes"),
        (b"\xff\xfe\n", "UTF-8"),
        (b"wrong-one\n", "the passphrase is wrong"),
    ],
    ids=["nothing", "empty line", "1 MB", "not text", "wrong"],
)
def test_f21_every_source_refuses_the_same_things_and_changes_nothing(
    slotted: Path, tmp_path: Path, data: bytes, sentence: str
) -> None:
    before = state(slotted)
    file = tmp_path / "p"
    file.touch(mode=0o600)
    file.write_bytes(data)
    with file.open("rb") as open_file:
        runs = [
            optout(slotted, "status", "--passphrase-file", str(file)),
            optout(slotted, "status", "--passphrase-command", f"cat {file}"),
            optout(slotted, "status", "--passphrase-fd", str(open_file.fileno()), pass_fds=[open_file.fileno()]),
        ]
    for done in runs:
        assert done.returncode == 9 and sentence in done.stderr, done.stderr
        assert "wrong-one" not in done.stderr and "xxxx" not in done.stderr and done.stdout == ""
    assert state(slotted) == before


def test_f21_a_passphrase_file_others_can_read_is_refused_with_the_command(slotted: Path, tmp_path: Path) -> None:
    file = tmp_path / "p"
    file.write_text(SECRET)
    file.chmod(0o644)
    done = optout(slotted, "status", "--passphrase-file", str(file))
    assert done.returncode == 9 and f"chmod 600 {file}" in done.stderr
    done = optout(slotted, "status", "--passphrase-file", "maybe the words themselves")
    assert done.returncode == 9 and "hint: the option takes the path of a file" in done.stderr
    assert "maybe" not in done.stderr


def test_f21_a_descriptor_that_is_a_terminal_is_refused_before_anything_could_show(slotted: Path) -> None:
    code, screen = at_terminal(slotted, "status", "--passphrase-fd", "0", keys=[])
    assert code == 9 and "would show what you type" in screen


def test_f21_a_command_runs_without_a_shell_and_its_failure_is_told(slotted: Path, tmp_path: Path) -> None:
    done = optout(slotted, "status", "--passphrase-command", f"echo '{SECRET}' ; touch {tmp_path}/ran")
    assert done.returncode == 9 and not (tmp_path / "ran").exists()
    done = optout(slotted, "status", "--passphrase-command", f"sh -c 'echo to-the-user >&2; echo {SECRET}; exit 7'")
    assert done.returncode == 9 and "exit code 7" in done.stderr and "to-the-user" in done.stderr
    assert "invented" not in done.stderr
    for command in ("no-such-program-at-all", "'", ""):
        assert optout(slotted, "status", "--passphrase-command", command).returncode == 9


def test_f21_two_sources_at_once_are_a_mistake(slotted: Path) -> None:
    done = optout(slotted, "status", "--passphrase-fd", "0", "--passphrase-command", "true")
    assert done.returncode == 2 and "--passphrase-fd and --passphrase-command" in done.stderr


def test_f21_a_given_passphrase_is_the_only_way_that_is_tried(mine: Path) -> None:
    home = paths(str(mine))
    with Vault.open(home, create=False, ring=ring(Null()), asking=given(SECRET)) as vault:
        keyfile.write(keyfile.path_in(home.config), [vault.key.key])
        fake = Fake()
        custody.into_keyring(home, vault, ring(fake))
    with pytest.raises(WrongPassphrase):
        Vault.open(home, create=False, ring=ring(fake), asking=given("wrong"))


@pytest.mark.parametrize("damage", [b"", b"age-encryption.org/v1\n", b"\x00" * 300])
def test_f21_a_damaged_slot_is_not_called_a_wrong_passphrase(mine: Path, damage: bytes) -> None:
    (mine / "passphrase.age").write_bytes(damage)
    with pytest.raises(errors.SecretUnavailable, match=r"passphrase.age is damaged") as caught:
        Vault.open(paths(str(mine)), create=False, ring=ring(Null()), asking=given(SECRET))
    assert not isinstance(caught.value, WrongPassphrase)


# F-22


@pytest.mark.parametrize("entry", [None, "00" * 32, "nonsense"], ids=["deleted", "of another vault", "nonsense"])
def test_f22_a_keyring_without_the_key_falls_to_the_passphrase_and_offers_to_store_it(
    mine: Path, entry: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    from optout.cli.custody import tell

    home = paths(str(mine))
    fake = Fake()
    asking = keys.Asking(prompt=lambda attempt: SECRET)
    with Vault.open(home, create=False, ring=ring(fake), asking=asking) as vault:
        tell(vault)
        assert capsys.readouterr().err == "", "nobody who never used a keyring is told to"
        custody.into_keyring(home, vault, ring(fake))
    ((name, _),) = fake.held.items()
    fake.held = {} if entry is None else {name: entry}
    with Vault.open(home, create=False, ring=ring(fake), asking=asking) as vault:
        assert (vault.keeper.custody, vault.keeper.missed) == ("passphrase", True)
        tell(vault)
        assert "optout key keyring" in capsys.readouterr().err
        custody.into_keyring(home, vault, ring(fake))
    with Vault.open(home, create=False, ring=ring(fake)) as vault:
        assert vault.keeper.custody == "keyring"


# F-24


def sheet() -> str:
    return "\n".join(f"  {n}:  {g[:4]} {g[4:8]} {g[8]}" for n, g in enumerate(recovery.code(KEY), 1))


def test_f24_case_spaces_and_look_alikes_do_not_matter() -> None:
    code = "".join(recovery.code(KEY))
    assert len(code) == 81
    for typed in (
        code,
        code.upper(),
        sheet(),
        f"RECOVERY SHEET\n{sheet()}\n\nmore words",
        " ".join(code),
        "-".join(recovery.code(KEY)),
        code.replace("0", "O").replace("1", "l"),
        code.replace("0", "o").replace("1", "I"),
        f"\n\t{code}\r\n",
    ):
        assert recovery.key_of(typed) == KEY


def test_f24_every_wrong_sign_is_found_and_its_place_named() -> None:
    code = "".join(recovery.code(KEY))
    for at, sign in enumerate(code):
        for other in "0123456789abcdefx":
            if other == sign:
                continue
            with pytest.raises(recovery.WrongCode) as caught:
                recovery.key_of(code[:at] + other + code[at + 1 :])
            group, place = at // 9 + 1, at % 9 + 1
            said = str(caught.value)
            assert f"group {group}" in said, (at, other, said)
            assert group == 9 or f"sign {place} of" in said or f"{place} or" in said or f"or {place} " in said, said
            assert code[at : at + 4] not in said


def test_f24_every_missing_or_doubled_sign_is_found_and_its_group_named() -> None:
    groups = recovery.code(KEY)
    for number in range(9):
        for at in range(9):
            group = groups[number]
            for changed in (group[:at] + group[at + 1 :], group[:at] + "7" + group[at:]):
                lines = "\n".join((*groups[:number], changed, *groups[number + 1 :]))
                with pytest.raises(recovery.WrongCode, match=f"group {number + 1} has"):
                    recovery.key_of(lines)
                with pytest.raises(recovery.WrongCode, match=r"instead of 81"):
                    recovery.key_of(lines.replace("\n", ""))


def test_f24_every_two_signs_and_groups_changed_over_are_found() -> None:
    code = "".join(recovery.code(KEY))
    for at in range(80):
        if code[at] != code[at + 1]:
            turned = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
            with pytest.raises(recovery.WrongCode, match=rf"group.* ({at // 9 + 1}|{(at + 1) // 9 + 1})\b"):
                recovery.key_of(turned)
    groups = list(recovery.code(KEY))
    for first in range(9):
        for second in range(first):
            swapped = groups.copy()
            swapped[first], swapped[second] = swapped[second], swapped[first]
            with pytest.raises(recovery.WrongCode, match=rf"groups? {second + 1}.* {first + 1}|cannot occur"):
                recovery.key_of("".join(swapped))


def test_f24_a_sheet_of_another_vault_is_in_order_but_refused(mine: Path) -> None:
    before = state(mine)
    done = optout(mine, "key", "recovery", "--restore", typed=sheet())
    assert done.returncode == 9 and "does not open the vault" in done.stderr
    done = optout(mine, "key", "recovery", "--check", typed=sheet().replace("1:  0001", "1:  0011"))
    assert done.returncode == 9 and "sign 3 of group 1" in done.stderr
    assert state(mine) == before


def test_f24_a_sheet_brings_back_a_vault_whose_keyring_is_gone(mine: Path) -> None:
    """From the printed sheet to the key in its place, without anything else but the folder."""
    with Vault.open(paths(str(mine)), create=False, ring=ring(Null()), asking=given(SECRET)) as vault:
        keyfile.write(keyfile.path_in(str(mine / "config")), [vault.key.key])
    (mine / "passphrase.age").unlink()
    printed = optout(mine, "key", "recovery")
    assert printed.returncode == 0, printed.stderr
    assert "sheet  made 20" in optout(mine, "key", "status").stdout
    (mine / "config" / "vault.key").unlink()
    assert optout(mine, "status").returncode == 9
    assert optout(mine, "key", "recovery", "--check", typed=printed.stdout).returncode == 0
    done = optout(mine, "key", "recovery", "--restore", typed=printed.stdout)
    assert done.returncode == 0 and "vault.key" in done.stderr
    assert optout(mine, "status").returncode == 0


def test_f24_a_sheet_and_the_database_are_enough(mine: Path, tmp_path: Path) -> None:
    with Vault.open(paths(str(mine)), create=False, ring=ring(Null()), asking=given(SECRET)) as vault:
        code = "\n".join(recovery.code(vault.key.key))
    alone = tmp_path / "alone"
    alone.mkdir(mode=0o700)
    shutil.copy(mine / "optout.db", alone)
    wrong = optout(alone, "key", "recovery", "--restore", typed=sheet())
    assert wrong.returncode == 9 and not (alone / "vault.json").exists()
    done = optout(alone, "key", "recovery", "--restore", typed=code)
    assert done.returncode == 0 and "vault.json was missing" in done.stderr
    assert optout(alone, "status").returncode == 0
    assert (alone / "vault.json").read_bytes() == (mine / "vault.json").read_bytes()


def test_f24_a_sheet_is_typed_group_by_group_and_never_shown(mine: Path) -> None:
    with Vault.open(paths(str(mine)), create=False, ring=ring(Null()), asking=given(SECRET)) as vault:
        groups = recovery.code(vault.key.key)
    typed = [("Group 1 of 9: ", groups[1] + "\n"), ("Group 1 of 9: ", groups[0].upper() + "\n")]
    typed += [(f"Group {n} of 9: ", f"{g[:4]} {g[4:]}\n") for n, g in enumerate(groups[1:], 2)]
    code, screen = at_terminal(mine, "key", "recovery", "--check", keys=typed)
    assert code == 0 and "Group 1 is not right" in screen and "it opens this vault" in screen
    assert not any(part in screen.lower() for group in groups for part in (group, group[:4]))


def test_f24_a_key_file_of_another_vault_is_not_written_over(mine: Path) -> None:
    with Vault.open(paths(str(mine)), create=False, ring=ring(Null()), asking=given(SECRET)) as vault:
        key = vault.key.key
    keyfile.write(keyfile.path_in(str(mine / "config")), [KEY])
    with pytest.raises(errors.NotPossible, match="another vault"):
        restoring.restore(paths(str(mine)), key, None, ring(Null()))
    assert keyfile.read(keyfile.path_in(str(mine / "config"))) == [KEY]
