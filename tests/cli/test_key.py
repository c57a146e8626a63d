"""`optout key` as a user runs it: what opens the vault, and changing that. The passphrases here are real and slow."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import sqlcipher3
from click.testing import CliRunner

from optout import errors
from optout.cli import custody as told
from optout.cli.app import App
from optout.store import custody, keyfile, keys, passphrase, rotation
from optout.store.paths import Paths
from optout.store.vault import Vault
from tests.cli.test_main_job import optout, request
from tests.faults.terminal import at_terminal
from tests.store.age import sealed
from tests.store.conftest import home, no_desktop
from tests.store.test_keys import Fake, Locked, Null, ring

__all__ = ["home", "no_desktop"]
WORDS = "seven invented words for a test"


def secret(path: Path, text: str) -> str:
    path.touch(mode=0o600)
    path.write_text(text + "\n")
    return str(path)


def test_a_passphrase_replaces_the_key_file_and_opens_a_copy_of_the_folder(tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    first = secret(tmp_path / "p1", WORDS)
    done = optout(tmp_path, "key", "passphrase", "--new-passphrase-file", first)
    assert done.returncode == 0 and "config/vault.key is no longer needed and was removed" in done.stderr
    slot = tmp_path / "home" / "passphrase.age"
    assert slot.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "home" / "config" / "vault.key").exists()

    other = tmp_path / "elsewhere"
    other.mkdir()
    shutil.copytree(tmp_path / "home", other / "home", ignore=shutil.ignore_patterns("config", "cache"))
    done = optout(other, "show", ref, "--passphrase-file", first)
    assert done.returncode == 0 and ref in done.stdout


def test_a_passphrase_is_changed_by_typing_it_twice_the_same(tmp_path: Path) -> None:
    request(tmp_path, "--format", "txt")
    home = tmp_path / "home"
    slot = home / "passphrase.age"
    secret(slot, "")
    slot.write_bytes(sealed((home / "config" / "vault.key").read_bytes(), WORDS))
    (home / "config" / "vault.key").unlink()
    before = slot.read_bytes()
    old = ("Passphrase: ", f"{WORDS}\n")
    differ = [old, ("New passphrase: ", "one-attempt\n"), ("The same again: ", "other-attempt\n")]
    code, screen = at_terminal(home, "key", "passphrase", keys=differ)
    assert code == 9 and "differ" in screen and "-attempt" not in screen
    code, screen = at_terminal(home, "key", "passphrase", keys=[old, ("New passphrase: ", "\n")])
    assert code == 9 and "empty" in screen
    code, screen = at_terminal(home, "key", "passphrase", keys=[old, ("New passphrase: ", "seven77\n")])
    assert code == 9 and "fewer than 8 characters" in screen and "five or six unrelated words" in screen
    file = secret(tmp_path / "p", WORDS)
    done = optout(tmp_path, "key", "passphrase", "--passphrase-file", file)
    assert done.returncode == 2 and "--new-passphrase-file" in done.stderr
    only = optout(tmp_path, "key", "passphrase", "--remove", "--passphrase-file", file)
    assert only.returncode == 6 and "nothing but the passphrase" in only.stderr
    assert slot.read_bytes() == before
    same = [old, ("New passphrase: ", "short-one\n"), ("The same again: ", "short-one\n")]
    code, screen = at_terminal(home, "key", "passphrase", keys=same)
    assert code == 0 and "can be guessed" in screen and "short-one" not in screen
    assert slot.read_bytes() != before
    assert optout(tmp_path, "status", "--passphrase-file", file).returncode == 9


def test_a_first_letter_with_a_passphrase_makes_neither_key_file_nor_keyring_entry(home: Paths) -> None:
    fake = Fake()
    given = keys.Asking(given=lambda: WORDS)
    with Vault.open(home, create=True, ring=ring(fake), asking=given) as vault:
        assert vault.keeper == keys.Keeper("passphrase", f"{home.vault}/passphrase.age", made=True)
    assert not fake.held and not Path(home.config).exists()
    with pytest.raises(errors.SecretUnavailable, match="no terminal"):
        Vault.open(home, create=True, ring=ring(fake))


@pytest.mark.parametrize("words", ["x", "seven77", "  seven  "])
def test_a_passphrase_of_a_few_signs_is_never_set_but_opens_what_it_was_set_for(
    home: Paths, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrase, "seal", lambda found, secret: sealed(keyfile.key_text(found), secret))
    given = keys.Asking(given=lambda: words)
    with pytest.raises(errors.SecretUnavailable, match="fewer than 8"):
        Vault.open(home, create=True, ring=ring(Null()), asking=given)
    assert not list(Path(home.vault).iterdir())
    Vault.open(home, create=True, ring=ring(Null())).close()
    file, slot = Path(home.config) / "vault.key", Path(home.vault) / "passphrase.age"
    slot.touch(mode=0o600)
    slot.write_bytes(sealed(file.read_bytes(), words))
    file.unlink()
    with Vault.open(home, create=False, ring=ring(Null()), asking=given) as vault:
        assert vault.keeper.custody == "passphrase"
    rotation.rotate(home, given, ring(Null()))
    Vault.open(home, create=False, ring=ring(Null()), asking=given).close()


def test_a_beginning_that_was_cut_short_is_finished_with_its_passphrase_and_not_mixed_up(home: Paths) -> None:
    Path(home.vault).mkdir(mode=0o700)
    slot = Path(home.vault) / "passphrase.age"
    slot.touch(mode=0o600)
    slot.write_bytes(sealed(b"07" * 32, WORDS))
    with pytest.raises(errors.StoreError, match="cut short"):
        Vault.open(home, create=True, ring=ring(Null()))
    with Vault.open(home, create=True, ring=ring(Null()), asking=keys.Asking(given=lambda: WORDS)) as vault:
        assert vault.key.key == b"\x07" * 32


def test_status_says_where_the_key_is_and_what_a_lost_keyring_means(tmp_path: Path) -> None:
    empty = optout(tmp_path, "key", "status", "--json")
    assert json.loads(empty.stdout)["vault_id"] is None
    request(tmp_path, "--format", "txt")
    plain = optout(tmp_path, "key", "status", "--plain").stdout.splitlines()
    assert [row.split("\t")[0] for row in plain] == ["keyring", "passphrase", "key file", "recovery sheet"]
    assert "null.Keyring" in plain[0] and plain[3].endswith("none")
    done = optout(tmp_path, "key", "recovery", "-o", str(tmp_path / "sheet.txt"))
    assert done.returncode == 0 and (tmp_path / "sheet.txt").stat().st_mode & 0o777 == 0o600
    again = optout(tmp_path, "key", "recovery", "-o", str(tmp_path / "sheet.txt"))
    assert again.returncode == 1 and "hint: name another file" in again.stderr
    said = optout(tmp_path, "key", "status").stderr
    assert "If the file is lost, only the recovery sheet made 20" in said and "so are the cases" not in said
    answer = json.loads(optout(tmp_path, "key", "status", "--json").stdout)
    assert (answer["keyring"], answer["passphrase"], answer["file"]) == ("unreachable", False, "holds")
    assert answer["recovery"]["made"].startswith("20")
    sheet = json.loads(optout(tmp_path, "key", "recovery", "--json").stdout)["sheet"]
    assert (tmp_path / "sheet.txt").read_text().splitlines() == sheet


def test_the_keyring_takes_the_key_and_gives_it_back_only_for_another_way(home: Paths) -> None:
    fake = Fake()
    Vault.open(home, create=True, ring=ring(Null())).close()
    file = Path(home.config) / "vault.key"
    with Vault.open(home, create=False, ring=ring(fake)) as vault:
        with pytest.raises(errors.SecretUnavailable, match="Failed to unlock"):
            custody.into_keyring(home, vault, ring(Locked()))
        assert file.exists()
        assert custody.into_keyring(home, vault, ring(fake)) == str(file)
        assert not file.exists() and "keyring only" in custody.warning(vault)
        with pytest.raises(errors.NotPossible, match="nothing but the keyring"):
            custody.out_of_keyring(home, vault, ring=ring(fake))
        with pytest.raises(errors.NotPossible, match="no passphrase"):
            custody.remove_passphrase(home, vault, ring(fake))
        slot = Path(home.vault) / "passphrase.age"
        slot.touch(mode=0o600)
        slot.write_bytes(sealed(keyfile.key_text([vault.key.key]), WORDS))
        assert custody.warning(vault) == ""
        with pytest.raises(errors.SecretUnavailable, match="has to be shown"):
            custody.out_of_keyring(home, vault, ring=ring(fake))
        with pytest.raises(errors.SecretUnavailable, match="wrong"):
            custody.out_of_keyring(home, vault, keys.Asking(given=lambda: "forgotten"), ring(fake))
        fake.held["optout", f"vault:{keys.next_entry(vault.id)}"] = vault.key.key.hex()
        custody.out_of_keyring(home, vault, keys.Asking(given=lambda: WORDS), ring(fake))
        assert not fake.held
        custody.into_keyring(home, vault, ring(fake))
        custody.remove_passphrase(home, vault, ring(fake))
        assert fake.held and not slot.exists()


def test_a_new_passphrase_is_not_told_of_without_what_opens_the_vault_beside_it(
    home: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from optout.cli.key import passphrase as command
    from optout.store import keyrings

    monkeypatch.setattr(passphrase, "seal", lambda found, words: sealed(keyfile.key_text(found), words))
    held = ring(Fake())
    monkeypatch.setattr(keyrings, "system_ring", lambda *_: held)
    Vault.open(home, create=True).close()
    words = ["--new-passphrase-file", secret(tmp_path / "p", WORDS)]
    done = CliRunner().invoke(command, words, obj={"home": home.vault})
    assert done.exit_code == 0 and "optout key keyring --forget" in done.stderr, done.output


def test_a_vault_that_is_lost_with_the_keyring_says_so_once_a_day(
    home: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    from datetime import date

    with Vault.open(home, create=True, ring=ring(Fake())) as vault:
        for day, times in ((date(2026, 11, 24), 1), (date(2026, 11, 24), 0), (date(2026, 11, 25), 1)):
            told.warn_daily(App({"home": home.vault}, day), vault)
            assert capsys.readouterr().err.count("optout key recovery") == times
        vault.set_meta(custody.RECOVERY_MADE, "2026-11-25")
        told.warn_daily(App({"home": home.vault}, date(2026, 11, 26)), vault)
        assert capsys.readouterr().err == ""


def test_f49_the_printed_commands_alone_open_the_file(tmp_path: Path) -> None:
    """Nothing of ours: a copy of the database, the sheet's lines, and another SQLCipher."""
    ref = request(tmp_path, "--format", "txt")["ref"]
    sheet = optout(tmp_path, "key", "recovery").stdout
    assert str(tmp_path / "home" / "optout.db") in sheet
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("optout.db", "optout.db-wal"):
        if (tmp_path / "home" / name).exists():
            shutil.copy(tmp_path / "home" / name, copy)
    commands = [row.strip() for row in sheet.splitlines() if row.strip().endswith(";")]
    assert len(commands) == 6
    database = sqlcipher3.connect(os.fspath(copy / "optout.db"))
    answers = [database.execute(command).fetchall() for command in commands]
    database.close()
    assert "Ada Example" in answers[2][0][0]
    assert [row[0] for row in answers[4]] == [ref]
    assert json.loads(answers[5][0][2])["ref"] == ref
