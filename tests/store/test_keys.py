from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from optout import errors
from optout.store import keys
from optout.store.keyrings import ALLOWED, NoKeyring, Ring, system_ring
from optout.store.paths import Paths
from optout.store.vault import Vault


class Fake:
    """A keyring backend that works; the others differ in one thing."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, user: str) -> str | None:
        return self.held.get((service, user))

    def set_password(self, service: str, user: str, secret: str) -> None:
        self.held[service, user] = secret

    def delete_password(self, service: str, user: str) -> None:
        del self.held[service, user]

    def __str__(self) -> str:
        raise RuntimeError("without D-Bus the real ones do this")


class Null(Fake):
    def set_password(self, service: str, user: str, secret: str) -> None:
        """Says nothing and keeps nothing, as keyring.backends.null does."""


class Altering(Fake):
    def set_password(self, service: str, user: str, secret: str) -> None:
        self.held[service, user] = secret.upper()


class Locked(Fake):
    def get_password(self, service: str, user: str) -> str | None:
        raise RuntimeError("Failed to unlock\nthe collection!")

    def set_password(self, service: str, user: str, secret: str) -> None:
        self.get_password(service, user)


class Sleeping(Fake):
    def get_password(self, service: str, user: str) -> str | None:
        time.sleep(60)
        return None

    def set_password(self, service: str, user: str, secret: str) -> None:
        self.get_password(service, user)


def ring(*backends: Any, limit: float = 5.0) -> Ring:
    def maker(backend: Any) -> Callable[[], Any]:
        def make() -> Any:
            if isinstance(backend, Exception):
                raise backend
            return backend

        return make

    return Ring([(type(backend).__name__, maker(backend)) for backend in backends], limit)


def test_the_keyring_keeps_the_key_and_no_file_does(home: Paths) -> None:
    fake = Fake()
    with Vault.open(home, create=True, ring=ring(fake)) as vault:
        assert vault.keeper == keys.Keeper("keyring", "the keyring", made=True)
        ((service, user), secret), *rest = fake.held.items()
        assert (service, user, rest) == ("optout", f"vault:{vault.id}", [])
        assert len(bytes.fromhex(secret)) == 32
    assert not Path(home.config).exists()
    with Vault.open(home, create=False, ring=ring(fake)) as vault:
        assert vault.keeper == keys.Keeper("keyring", "the keyring")


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        (Null(), "does not give back"),
        (Altering(), "does not give back"),
        (Locked(), "Failed to unlock the collection"),
        (Sleeping(), r"no answer in 0\.2 seconds"),
        (ModuleNotFoundError("secretstorage"), "not installed"),
        (NameError("name 'dbus' is not defined"), "not installed"),
    ],
    ids=["null", "altering", "locked", "sleeping", "missing", "half missing"],
)
def test_a_keyring_that_cannot_be_trusted_counts_as_none(home: Paths, backend: Any, reason: str) -> None:
    started = time.monotonic()
    with Vault.open(home, create=True, ring=ring(backend, limit=0.2)) as vault:
        assert (vault.keeper.custody, vault.keeper.made) == ("file", True)
        assert re.search(reason, vault.keeper.reason)
        assert "\n" not in vault.keeper.reason
    assert time.monotonic() - started < 5
    with Vault.open(home, create=False, ring=ring(backend, limit=0.2)) as vault:
        assert (vault.keeper.custody, vault.keeper.made) == ("file", False)


def test_the_next_keyring_is_asked_when_one_fails_or_has_nothing() -> None:
    fake = Fake()
    both = ring(Locked(), Fake(), fake)
    fake.set_password("optout", "vault:v", "secret")
    assert both.get("v") == "secret"
    assert ring(Locked(), Fake()).get("v") is None
    with pytest.raises(NoKeyring, match="Locked: Failed"):
        ring(Locked(), Null.__new__(Sleeping), limit=0.1).get("v")


@pytest.mark.parametrize(
    ("secret", "sentence"),
    [(None, "has no key for this vault"), ("zz", "is not a key"), ("00" * 32, "key of another vault")],
)
def test_a_keyring_that_lost_the_key_is_named(home: Paths, secret: str | None, sentence: str) -> None:
    fake = Fake()
    Vault.open(home, create=True, ring=ring(fake)).close()
    (entry,) = fake.held
    fake.held = {} if secret is None else {entry: secret}
    with pytest.raises(errors.SecretUnavailable, match=sentence) as caught:
        Vault.open(home, create=True, ring=ring(fake))
    assert caught.value.code == 9 and "vault.key" in caught.value.hint
    with pytest.raises(errors.SecretUnavailable, match=r"no keyring \(there is no desktop session"):
        Vault.open(home, create=True)
    assert not Path(home.config).exists(), "a lost key must not be replaced by a new one"


def test_the_key_file_goes_before_the_keyring_unless_it_is_another_vaults(home: Paths) -> None:
    fake = Fake()
    Vault.open(home, create=True, ring=ring(fake)).close()
    (right,) = fake.held.values()
    file = Path(home.config) / "vault.key"
    file.parent.mkdir(mode=0o700)
    file.touch(mode=0o600)
    file.write_text("11" * 32)
    assert Vault.open(home, create=False, ring=ring(fake)).keeper.custody == "keyring"
    file.write_text(right)
    assert Vault.open(home, create=False, ring=ring(Sleeping())).keeper.custody == "file"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_others_can_read_is_refused_with_the_command(home: Paths, mode: int) -> None:
    Vault.open(home, create=True).close()
    file = Path(home.config) / "vault.key"
    file.chmod(mode)
    with pytest.raises(errors.SecretUnavailable, match="others can read") as caught:
        Vault.open(home, create=True)
    assert os.system(caught.value.hint) == 0  # noqa: S605 - the hint is a command the user is to type
    Vault.open(home, create=True).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a file to another user")
def test_a_key_file_of_another_user_is_refused(home: Paths) -> None:
    Vault.open(home, create=True).close()
    os.chown(Path(home.config) / "vault.key", 65534, 65534)
    with pytest.raises(errors.SecretUnavailable, match="another user"):
        Vault.open(home, create=True)


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "00" * 33])
def test_a_key_file_without_a_key_is_refused(home: Paths, text: str) -> None:
    Vault.open(home, create=True).close()
    (Path(home.config) / "vault.key").write_text(text)
    with pytest.raises(errors.SecretUnavailable, match="does not hold a key"):
        Vault.open(home, create=True)


def test_the_loser_of_a_race_takes_back_its_own_key_only(tmp_path: Path) -> None:
    fake = Fake()
    made = keys.create_key(str(tmp_path / "vault"), str(tmp_path), "0" * 16, ring(fake))
    keys.forget_key(made, "0" * 16, ring(fake))
    assert not fake.held
    first = keys.create_key(str(tmp_path / "vault"), str(tmp_path), "1" * 16)
    again = keys.create_key(str(tmp_path / "vault"), str(tmp_path), "2" * 16)
    assert again.key == first.key and first.keeper.made and not again.keeper.made
    keys.forget_key(again, "2" * 16)
    assert (tmp_path / "vault.key").exists()
    keys.forget_key(first, "1" * 16)
    assert not (tmp_path / "vault.key").exists()


def test_a_vault_made_by_another_while_the_key_is_stored_wins(home: Paths) -> None:
    """The other process has no keyring, so each has made a key of its own, in different places."""

    class Late(Fake):
        def set_password(self, service: str, user: str, secret: str) -> None:
            super().set_password(service, user, secret)
            Vault.open(home, create=True).close()

    fake = Late()
    with Vault.open(home, create=True, ring=ring(fake)) as vault:
        assert vault.keeper.custody == "file"
    assert not fake.held
    with Vault.open(home, create=False) as again:
        assert again.id == vault.id


def test_a_key_is_not_shown() -> None:
    key = keys.Key(b"\x07" * 32, keys.Keeper("file", "/k"))
    assert "\\x07" not in repr(key) and "07" * 4 not in f"{key}"


@pytest.mark.parametrize(
    "name",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyring.backends.chainer.ChainerBackend",
        "keyrings.alt.file.PlaintextKeyring",
        "somebody.Else",
    ],
)
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_a_backend_named_by_the_environment_must_be_on_the_list(name: str, platform: str) -> None:
    environ = {"PYTHON_KEYRING_BACKEND": name, "DBUS_SESSION_BUS_ADDRESS": "x"}
    with pytest.raises(NoKeyring, match=name):
        system_ring(environ, platform)


def test_a_listed_backend_may_be_chosen_by_the_environment(tmp_path: Path) -> None:
    name = "keyring.backends.SecretService.Keyring"
    chosen = system_ring({"PYTHON_KEYRING_BACKEND": name, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/no"})
    assert [made for made, _ in chosen._makers] == ["SecretService"]


def test_without_a_session_bus_no_keyring_is_tried(tmp_path: Path) -> None:
    for environ in ({}, {"XDG_RUNTIME_DIR": ""}, {"XDG_RUNTIME_DIR": str(tmp_path)}):
        with pytest.raises(NoKeyring, match="no desktop session"):
            system_ring(environ, "linux")
    (tmp_path / "bus").touch()
    assert isinstance(system_ring({"XDG_RUNTIME_DIR": str(tmp_path)}, "linux"), Ring)
    assert isinstance(system_ring({}, "darwin"), Ring)


@pytest.mark.skipif(sys.platform != "linux", reason="the real backend of another system")
def test_the_real_backend_without_a_daemon_gives_a_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    with pytest.raises(NoKeyring, match=r"^SecretService: "):
        system_ring().get("v")


def test_every_listed_backend_is_a_class_of_the_library() -> None:
    for entries in ALLOWED.values():
        for module, name in entries:
            spec = util.find_spec(module)
            assert spec is not None and spec.origin is not None
            assert f"class {name}(" in Path(spec.origin).read_text()
