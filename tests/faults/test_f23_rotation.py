"""F-23: a change of the key is killed after each of its steps. Either key opens everything, and the same call completes."""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import apsw
import pytest

from optout import errors, recovery
from optout.store import custody, identity, keyfile, keys, passphrase, restoring, rotation
from optout.store.paths import Paths, paths
from optout.store.vault import Vault
from tests.cli.test_main_job import optout, request
from tests.faults.forks import Forks, Server
from tests.store.age import sealed
from tests.store.conftest import home, no_desktop
from tests.store.faulty import Faulty
from tests.store.sample import ROOT, add
from tests.store.test_keys import Fake, Locked, Null, ring

__all__ = ["home", "no_desktop"]
WORDS = "eight invented words for a change of key"

# The slot is sealed by the other writer of the format, whose work factor can be small; nothing else is replaced.
CHILD = """
import json, os, sys
from optout.store import passphrase, rotation
from optout.store.keys import Asking
from optout.store.paths import paths
from tests.faults.test_f23_rotation import Drawer, WORDS
from tests.store.age import sealed
from optout.store.keyfile import key_text
from tests.store.test_keys import ring
passphrase.seal = lambda keys, words: sealed(key_text(keys), words)
home, drawer, stop = sys.argv[1:]
def step(name):
    print(name, flush=True)
    if name == stop:
        os.kill(os.getpid(), 9)
rotation.rotate(paths(home), Asking(prompt=lambda attempt: WORDS), ring(Drawer(drawer)), step=step)
"""


@functools.cache
def changing() -> Server:
    """Forks that have loaded this module too."""
    server = Server("tests.faults.forks", __name__)
    atexit.register(server.end)
    return server


class Drawer(Fake):
    """A keyring that outlives its process. Like some real ones, it cannot replace an entry, only remove and add."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    @property
    def held(self) -> dict[tuple[str, str], str]:  # type: ignore[override]
        return {tuple(k.split()): v for k, v in json.loads(self.path.read_text()).items()}  # type: ignore[misc]

    def set_password(self, service: str, user: str, secret: str) -> None:
        self.path.write_text(json.dumps({**json.loads(self.path.read_text()), f"{service} {user}": secret}))

    def delete_password(self, service: str, user: str) -> None:
        held = json.loads(self.path.read_text())
        del held[f"{service} {user}"]
        self.path.write_text(json.dumps(held))


class Scene:
    """A vault with a case and a copy beside it, opened by some of the three places."""

    def __init__(self, folder: Path, places: str) -> None:
        self.home = paths(str(folder / "home"))
        self.drawer = folder / "drawer.json"
        self.drawer.write_text("{}")
        self.places = places
        with Vault.open(self.home, create=True, ring=ring(Null())) as vault:
            add(vault)
            self.old = vault.key.key
            if "k" in places:
                Drawer(str(self.drawer)).set_password("optout", f"vault:{vault.id}", self.old.hex())
        if "p" in places:
            slot = Path(self.home.vault) / "passphrase.age"
            slot.touch(mode=0o600)
            slot.write_bytes(sealed(keyfile.key_text([self.old]), WORDS))
        if "f" not in places:
            (Path(self.home.config) / "vault.key").unlink()
        shutil.copy(Path(self.home.vault) / "optout.db", Path(self.home.vault) / "optout.db.backup")
        (Path(self.home.vault) / "optout.db.backup").chmod(0o600)

    def run(self, stop: str = "") -> list[str]:
        """Changes the key in a process of its own, which is killed when it has told that step."""
        forks = Forks(self.drawer.parent, changing())
        done = forks.execute(CHILD, self.home.vault, str(self.drawer), stop)
        assert done.code == (-9 if stop else 0), done.err
        return done.out.splitlines()

    def ways(self) -> dict[str, tuple[keys.Asking, object]]:
        """Each place by itself: what can be asked, and which keyring there is."""
        nobody, words = keys.Asking(), keys.Asking(given=lambda: WORDS)
        ways = {"k": (nobody, ring(Drawer(str(self.drawer)))), "p": (words, ring(Null())), "f": (nobody, ring(Null()))}
        return {place: ways[place] for place in self.places}

    def opened_by(self, place: str) -> bytes:
        """Opens by this place alone and looks at everything. Gives the key."""
        asking, drawer = self.ways()[place]
        hidden = Path(self.home.config) / "vault.key"
        if place != "f" and hidden.exists():
            hidden = hidden.rename(hidden.with_name("hidden"))
        try:
            with Vault.open(self.home, create=False, asking=asking, ring=drawer) as vault:  # type: ignore[arg-type]
                assert vault.run("pragma integrity_check") == [("ok",)]
                assert vault.run("select count(*) from cases") == [(1,)]
                keeper = {"k": "keyring", "p": "passphrase", "f": "file"}[place]
                assert vault.keeper.custody == keeper
                return vault.key.key
        finally:
            if hidden.name == "hidden":
                hidden.rename(hidden.with_name("vault.key"))

    def settled(self) -> None:
        """The change is done: one new key everywhere, and the old one opens nothing."""
        known = identity.read(self.home.vault)
        assert known is not None and not known.next and not known.fits(self.old)
        found = {self.opened_by(place) for place in self.places}
        assert len(found) == 1 and self.old not in found
        (new,) = found
        if "k" in self.places:
            assert list(Drawer(str(self.drawer)).held.values()) == [new.hex()]
        if "f" in self.places:
            assert keyfile.read(keyfile.path_in(self.home.config)) == [new]
        for name in ("optout.db", "optout.db.backup"):
            path = str(Path(self.home.vault) / name)
            assert rotation._opens(path, new) and not rotation._opens(path, self.old)
        assert not list(Path(self.home.config).glob(".*"))
        names = sorted(p.name for p in Path(self.home.vault).iterdir() if p.is_file())
        rest = ["passphrase.age"] if "p" in self.places else []
        assert names == sorted(["optout.db", "optout.db.backup", "vault.json", *rest])


STEPS = {
    "f": ["the key file holds both keys", "vault.json names both", "rekey", "checkpoint", "copies",
          "the key file holds the new key", "vault.json is settled"],
    "k": ["the keyring holds both keys", "vault.json names both", "rekey", "checkpoint", "copies",
          "the keyring holds the new key", "vault.json is settled"],
    "kpf": ["the passphrase slot holds both keys", "the key file holds both keys", "the keyring holds both keys",
            "vault.json names both", "rekey", "checkpoint", "copies", "the passphrase slot holds the new key",
            "the key file holds the new key", "the keyring holds the new key", "vault.json is settled"],
}  # fmt: skip


@pytest.mark.parametrize("places", STEPS)
def test_f23_the_steps_are_these_and_end_with_one_new_key(tmp_path: Path, places: str) -> None:
    scene = Scene(tmp_path, places)
    assert scene.run() == STEPS[places]
    scene.settled()


@pytest.mark.parametrize(("places", "stop"), [(places, stop) for places, steps in STEPS.items() for stop in steps])
def test_f23_killed_after_a_step_everything_opens_and_the_same_call_completes(
    tmp_path: Path, places: str, stop: str
) -> None:
    scene = Scene(tmp_path, places)
    scene.run(stop)
    first = {scene.opened_by(place) for place in places}
    assert len(first) == 1
    begun = STEPS[places].index("vault.json names both") <= STEPS[places].index(stop) < len(STEPS[places]) - 1
    assert custody.places(scene.home, ring(Drawer(str(scene.drawer)))).changing is begun
    scene.run()
    scene.settled()


def test_f23_killed_again_and_again_it_completes_in_the_end(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "kpf")
    for stop in ("vault.json names both", "the keyring holds both keys", "rekey", "copies"):
        scene.run(stop)
        assert len({scene.opened_by(place) for place in "kpf"}) == 1
    scene.run()
    scene.settled()


def test_f23_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "f")
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CHILD, scene.home.vault, str(scene.drawer), ""]
    begun = 0
    for n in range(12):
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            child.stdout.readline()  # the first step is done, the others follow within milliseconds
            time.sleep(n * 0.0015)
            child.kill()
        begun += custody.places(scene.home, ring(Null())).changing
        scene.opened_by("f")
    scene.run()
    scene.settled()
    assert begun, "no kill came while the change was going on; the test shows nothing"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_f23_every_write_and_sync_of_the_new_encryption_may_fail(tmp_path: Path) -> None:
    """The database alone: whatever fails, exactly one of the two keys opens it, and all is there."""
    disk = Faulty(apsw.IOError, True)
    seen: set[bool] = set()
    first = paths(str(tmp_path / "first"))
    with Vault.open(first, create=True) as vault:
        add(vault)
        old, ident = vault.key.key, vault.id
    for n in range(1, 400):
        home = paths(str(shutil.copytree(first.vault, tmp_path / str(n))))
        path = str(Path(home.vault) / "optout.db")
        new = os.urandom(32)
        vault = Vault.open(home, create=False, vfs=disk.vfs)
        disk.calls, disk.fail_at = 0, n
        try:
            rotation._rekey(vault.run, ident, new)
            vault.run("pragma wal_checkpoint(truncate)")
        except errors.StoreError:
            pass
        finally:
            vault.close()
        reached = disk.calls >= n
        disk.fail_at = 0
        by_new = rotation._opens(path, new)
        assert by_new != rotation._opens(path, old)
        seen.add(by_new)
        data_key = keys.Key(new if by_new else old, keys.Keeper("file", ""))
        with Vault.open(home, create=False, key=data_key) as vault:
            assert vault.run("pragma integrity_check") == [("ok",)]
            assert vault.run("select count(*) from cases") == [(1,)]
        if not reached:
            break
    else:
        raise AssertionError("the end was never reached")
    assert seen == {True, False} and n > 20


def test_f23_while_another_has_the_vault_open_nothing_is_begun(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault)
        with pytest.raises(errors.Locked):
            rotation.rotate(home, keys.NOBODY, ring(Null()), wait=0.2)
        assert keyfile.read(keyfile.path_in(home.config)) == [vault.key.key]
        add(vault, "K7QM-0000")
    rotation.rotate(home, keys.NOBODY, ring(Null()))
    with Vault.open(home, create=False) as vault:
        assert vault.run("select count(*) from cases") == [(2,)]


def test_f23_while_the_key_is_changed_nobody_else_gets_in(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault)
    tried: list[str] = []

    def step(name: str) -> None:
        with pytest.raises(errors.Locked):
            Vault.open(home, create=False, wait=0)
        tried.append(name)

    rotation.rotate(home, keys.NOBODY, ring(Null()), step=step)
    assert tried == STEPS["f"]


def test_f23_one_who_read_the_old_check_value_looks_again(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading the key and opening the file with it, the key is changed by another process."""
    with Vault.open(home, create=True) as vault:
        add(vault)
        old = vault.key.key
    real, left = keys.likely_key, ["once"]

    def slow(*args: Any) -> keys.Key | None:
        key = real(*args)
        if left:
            left.pop()
            rotation.rotate(home, keys.NOBODY, ring(Null()))
        return key

    monkeypatch.setattr("optout.store.vault.likely_key", slow)
    with Vault.open(home, create=False, ring=ring(Null())) as vault:
        assert vault.run("select count(*) from cases") == [(1,)]
        assert vault.key.key != old
    assert not left


def test_f23_a_wrong_passphrase_begins_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "kp")
    before = {p.name: p.read_bytes() for p in Path(scene.home.vault).iterdir() if p.is_file()}
    drawer = ring(Drawer(str(scene.drawer)))
    for asking, sentence in ((keys.NOBODY, "is needed"), (keys.Asking(prompt=lambda attempt: "wrong"), "is wrong")):
        with pytest.raises(errors.SecretUnavailable, match=sentence):
            rotation.rotate(scene.home, asking, drawer)
    after = {p.name: p.read_bytes() for p in Path(scene.home.vault).iterdir() if p.is_file()}
    assert after.keys() == before.keys() and after["vault.json"] == before["vault.json"]
    assert after["passphrase.age"] == before["passphrase.age"]
    assert {scene.opened_by(place) for place in "kp"} == {scene.old}


def test_f23_a_killed_writers_half_key_file_does_not_stay(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "f")
    (Path(scene.home.config) / ".optout-0123456789ab-vault.key.tmp").write_text(scene.old.hex())
    scene.run()
    scene.settled()


def test_f23_until_it_is_done_no_place_is_changed_otherwise(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "kf")
    scene.run("rekey")
    drawer = ring(Drawer(str(scene.drawer)))
    with Vault.open(scene.home, create=False, ring=drawer) as vault:
        for change in (
            lambda: custody.set_passphrase(scene.home, vault, WORDS),
            lambda: custody.remove_passphrase(scene.home, vault, drawer),
            lambda: custody.into_keyring(scene.home, vault, drawer),
            lambda: custody.out_of_keyring(scene.home, vault, ring=drawer),
        ):
            with pytest.raises(errors.NotPossible, match="cut short") as caught:
                change()
            assert "key rotate" in caught.value.hint


@pytest.mark.parametrize("into", ["the slot", "the keyring"])
def test_f23_a_change_cut_short_before_it_counted_leaves_no_key_file_behind(
    tmp_path: Path, into: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has two keys then, and one of them opens the vault; a killed writer's half file may have it as well."""
    monkeypatch.setattr(passphrase, "seal", lambda found, words: sealed(keyfile.key_text(found), words))
    scene = Scene(tmp_path, "f")
    scene.run("the key file holds both keys")
    file = Path(scene.home.config) / "vault.key"
    (file.parent / ".optout-0123456789ab-vault.key.tmp").write_text(scene.old.hex())
    assert len(keyfile.read(str(file))) == 2
    drawer = ring(Drawer(str(scene.drawer)))
    with Vault.open(scene.home, create=False, ring=drawer) as vault:
        if into == "the slot":
            assert custody.set_passphrase(scene.home, vault, WORDS) == str(file)
        else:
            assert custody.into_keyring(scene.home, vault, drawer) == str(file)
    assert list(file.parent.iterdir()) == []
    scene.places = "p" if into == "the slot" else "k"
    assert scene.opened_by(scene.places) == scene.old


def test_f23_a_key_file_that_cannot_be_removed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "seal", lambda found, words: sealed(keyfile.key_text(found), words))
    scene = Scene(tmp_path, "f")
    file = Path(scene.home.config) / "vault.key"
    with Vault.open(scene.home, create=False) as vault:
        file.chmod(0o644)
        with pytest.raises(errors.Incomplete, match=f"the passphrase is set, but {file} may still open") as caught:
            custody.set_passphrase(scene.home, vault, WORDS)
        assert "others can read it" in caught.value.hint and file.exists()
        file.chmod(0o600)
        assert custody.set_passphrase(scene.home, vault, WORDS) == str(file)


def test_f23_a_copy_that_cannot_be_changed_is_named_and_kept(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault)
    odd = Path(home.vault) / "optout.db.damaged-2026-11-24"
    odd.write_bytes(b"not a database at all" * 500)
    before = odd.read_bytes()
    changed = rotation.rotate(home, keys.NOBODY, ring(Null()))
    assert changed.left == (str(odd),) and odd.read_bytes() == before


def test_f23_a_keyring_that_is_away_is_told_of(home: Paths) -> None:
    with Vault.open(home, create=True, ring=ring(Null())) as vault:
        vault.set_meta(custody.IN_KEYRING, "yes")
    assert rotation.rotate(home, keys.NOBODY, ring(Locked())).keyring


def test_the_command_changes_the_key_and_the_old_sheet_opens_nothing(tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    assert optout(tmp_path, "key", "recovery", "-o", str(tmp_path / "old.txt")).returncode == 0
    before = (tmp_path / "home" / "config" / "vault.key").read_text()
    done = optout(tmp_path, "key", "rotate")
    assert done.returncode == 0, done.stderr
    assert "stay readable with the old key" in done.stderr and "optout key recovery" in done.stderr
    assert (tmp_path / "home" / "config" / "vault.key").read_text() != before
    assert ref in optout(tmp_path, "status").stdout
    assert json.loads(optout(tmp_path, "key", "status", "--json").stdout)["recovery"] == {"made": None}
    with (tmp_path / "old.txt").open() as old:
        assert custody.places(paths(str(tmp_path / "home"))).file == "holds"
        done = subprocess.run(
            [sys.executable, "-m", "optout", "key", "recovery", "--check"], stdin=old, capture_output=True, text=True,
            env={**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}, check=False,
        )  # fmt: skip
    assert done.returncode == 9 and "before the key was changed" in done.stderr


def typed_sheet(scene: Scene, *args: str, key: bytes = b"") -> tuple[int, str]:
    """A sheet of that key, else of the old one, typed back. Exit code and what was said."""
    from tests.faults.test_f17_to_f24_keys import optout as alone

    done = alone(Path(scene.home.vault), "key", "recovery", *args, typed="\n".join(recovery.code(key or scene.old)))
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("stop", "code"),
    [("the key file holds both keys", 0), ("vault.json names both", 0), ("rekey", 9), ("copies", 9),
     ("the key file holds the new key", 9), ("vault.json is settled", 9)],
)  # fmt: skip
def test_f24_an_old_sheet_during_a_change_takes_no_key_away(tmp_path: Path, stop: str, code: int) -> None:
    """Before the database has the new key the sheet opens it, afterwards it does not; the command says which."""
    scene = Scene(tmp_path, "f")
    scene.run(stop)
    file = Path(scene.home.config) / "vault.key"
    before = file.read_bytes()
    told, said = typed_sheet(scene, "--check")
    assert told == code, said
    assert ("older copies only" in said) is (stop == "vault.json names both")
    told, said = typed_sheet(scene, "--restore")
    assert told == code, said
    if code:
        assert file.read_bytes() == before and "before the key was changed" in said
    scene.opened_by("f")
    scene.run()
    scene.settled()


@pytest.mark.parametrize("stop", ["vault.json names both", "rekey"])
def test_f24_a_sheet_into_keyring_or_slot_during_a_change_keeps_the_other_key(
    tmp_path: Path, stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrase, "seal", lambda found, words: sealed(keyfile.key_text(found), words))
    scene = Scene(tmp_path, "k")
    scene.run(stop)
    drawer = ring(Drawer(str(scene.drawer)))
    held = dict(Drawer(str(scene.drawer)).held)
    new = next(bytes.fromhex(text) for (_, name), text in held.items() if name.endswith(":next"))
    right, wrong = (scene.old, new) if stop != "rekey" else (new, scene.old)
    with pytest.raises(errors.SecretUnavailable, match="before the key was changed"):
        restoring.restore(scene.home, wrong, None, drawer)
    assert Drawer(str(scene.drawer)).held == held
    assert restoring.restore(scene.home, right, None, drawer).key == right
    assert set(Drawer(str(scene.drawer)).held.values()) == set(held.values())
    restoring.restore(scene.home, right, "five invented words for this", drawer)
    assert set(passphrase.open_slot(scene.home.vault, "five invented words for this")) == {right, wrong}
    scene.opened_by("k")


def test_f24_a_sheet_that_cannot_be_proved_takes_the_place_of_nothing(tmp_path: Path) -> None:
    """An older `vault.json` put back after a change makes an old sheet look right."""
    scene = Scene(tmp_path, "k")
    old = (Path(scene.home.vault) / "vault.json").read_bytes()
    scene.run()
    (Path(scene.home.vault) / "vault.json").write_bytes(old)
    drawer = ring(Drawer(str(scene.drawer)))
    held = dict(Drawer(str(scene.drawer)).held)
    with pytest.raises(errors.Unreadable):
        restoring.check(scene.home, scene.old)
    with pytest.raises(errors.NotPossible, match="another key lies in the keyring"):
        restoring.restore(scene.home, scene.old, None, drawer)
    assert Drawer(str(scene.drawer)).held == held
    scene.drawer.write_text("{}")
    file = keyfile.path_in(scene.home.config)
    keyfile.write(file, [scene.old, os.urandom(32)])
    both = keyfile.read(file)
    with pytest.raises(errors.NotPossible, match=r"another key lies in .*vault\.key"):
        restoring.restore(scene.home, scene.old, None, ring(Null()))
    assert keyfile.read(file) == both
    keyfile.remove(file)
    assert restoring.restore(scene.home, scene.old, None, drawer).key == scene.old, "a damaged vault needs its key"


def test_f24_the_right_sheet_mends_an_older_file_that_says_which_vault_it_is(tmp_path: Path) -> None:
    """`vault.json` came back from a copy made before the change of the key; the sheet was made after it."""
    scene = Scene(tmp_path, "f")
    sheet = Path(scene.home.vault) / "vault.json"
    before = sheet.read_bytes()
    scene.run()
    new = keyfile.read(keyfile.path_in(scene.home.config))[0]
    keyfile.remove(keyfile.path_in(scene.home.config))
    after = sheet.read_bytes()
    sheet.write_bytes(before)
    code, said = typed_sheet(scene, "--restore", key=os.urandom(32))
    assert code == 9 and sheet.read_bytes() == before
    code, said = typed_sheet(scene, "--restore", key=new)
    assert code == 0 and "is made anew" in said, said
    assert sheet.read_bytes() == after and sheet.with_name("vault.json.kept").read_bytes() == before
    assert scene.opened_by("f") == new


def test_a_repair_mends_an_older_file_that_says_which_vault_it_is_by_the_passphrase(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "p")
    sheet, words = Path(scene.home.vault) / "vault.json", tmp_path / "words"
    words.touch(mode=0o600)
    words.write_text(WORDS)
    before = sheet.read_bytes()
    scene.run()
    after = sheet.read_bytes()
    sheet.write_bytes(before)
    given = ("--passphrase-file", str(words))
    assert optout(tmp_path, "status", *given).returncode == 9
    none = optout(tmp_path, "doctor", "--repair", "--yes")
    assert none.returncode == 9 and "nothing to repair" in none.stderr and sheet.read_bytes() == before
    done = optout(tmp_path, "doctor", "--repair", "--yes", *given)
    assert done.returncode == 0 and "made anew" in done.stderr, done.stdout + done.stderr
    assert sheet.read_bytes() == after and sheet.with_name("vault.json.kept").read_bytes() == before
    assert optout(tmp_path, "status", *given).returncode == 0
