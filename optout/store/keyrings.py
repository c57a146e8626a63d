"""The operating system's keyring, without trust in it: chosen by an allow-list, read back, and given up in time."""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

SERVICE = "optout"
LIMIT = 15.0
"""Seconds for one call; a locked keyring may wait for a window nobody sees."""

# By module and class: discovery would happily choose a plain-text file when `keyrings.alt` is installed.
ALLOWED: dict[str, tuple[tuple[str, str], ...]] = {
    "linux": (
        ("keyring.backends.SecretService", "Keyring"),
        ("keyring.backends.kwallet", "DBusKeyring"),
        ("keyring.backends.libsecret", "Keyring"),
    ),
    "darwin": (("keyring.backends.macOS", "Keyring"),),
    "win32": (("keyring.backends.Windows", "WinVaultKeyring"),),
}


class NoKeyring(Exception):
    """There is no keyring that can be used. `str()` says why in part of a sentence; never shown on its own."""


class Ring:
    """Some keyring backends, tried in order. Every call may raise NoKeyring, and nothing else."""

    def __init__(self, makers: Sequence[tuple[str, Callable[[], Any]]], limit: float = LIMIT) -> None:
        """`makers` gives each backend's name and how it is made: with `get_password`, `set_password` and
        `delete_password` of the keyring library."""
        self._makers = makers
        self._limit = limit

    def get(self, vault_id: str) -> str | None:
        """The secret of this vault, or None when a keyring answers that it has none."""
        return self._first(lambda backend: backend.get_password(SERVICE, _user(vault_id)))

    def put(self, vault_id: str, secret: str) -> None:
        """Stores the secret and reads it back: some backends say yes and keep nothing."""

        def store(backend: Any) -> bool:
            backend.set_password(SERVICE, _user(vault_id), secret)
            if backend.get_password(SERVICE, _user(vault_id)) != secret:
                raise NoKeyring("it does not give back what was stored")
            return True

        self._first(store)

    def drop(self, vault_id: str) -> None:
        """Removes the secret of this vault."""

        def remove(backend: Any) -> bool:
            backend.delete_password(SERVICE, _user(vault_id))
            return True

        self._first(remove)

    def _first(self, use: Callable[[Any], T | None]) -> T | None:
        """The first answer that is not None. None when a backend could be asked and had nothing."""
        reasons = []
        asked = False
        for name, make in self._makers:
            try:
                answer = _limited(partial(_use, make, use), self._limit)
            except NoKeyring as reason:
                reasons.append(f"{name}: {reason}")
                continue
            if answer is not None:
                return answer
            asked = True
        if asked:
            return None
        # The first is the one the user is most likely to have; the others are mostly not installed.
        raise NoKeyring(reasons[0] if reasons else "no keyring is known for this system")


def system_ring(environ: Mapping[str, str] | None = None, platform: str = sys.platform, limit: float = LIMIT) -> Ring:
    """The keyrings of this system. Raises NoKeyring when it is plain, without loading any, that there is none."""
    environ = os.environ if environ is None else environ
    allowed = ALLOWED.get(platform, ALLOWED["linux"])
    wanted = environ.get("PYTHON_KEYRING_BACKEND")
    if wanted:
        allowed = tuple(entry for entry in allowed if ".".join(entry) == wanted)
        if not allowed:
            raise NoKeyring(f"PYTHON_KEYRING_BACKEND names {wanted}, which is not trusted with the key")
    if platform not in ("darwin", "win32") and not _session_bus(environ):
        raise NoKeyring("there is no desktop session (no D-Bus session bus)")
    return Ring([(module.rpartition(".")[2], partial(_load, module, name)) for module, name in allowed], limit)


def _session_bus(environ: Mapping[str, str]) -> bool:
    if environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    return bool(runtime) and os.path.exists(os.path.join(runtime, "bus"))


def _load(module: str, name: str) -> Any:
    """Makes one backend. `str()` of it is never taken: without D-Bus that raises."""
    import importlib

    backend = getattr(importlib.import_module(module), name)()
    if name == "WinVaultKeyring":
        backend.persist = "local machine"  # the default travels with a domain profile
    return backend


def _use(make: Callable[[], Any], use: Callable[[Any], T]) -> T:
    """Making a backend imports its library, which may hang as well; so it happens inside the limit."""
    return use(make())


def _limited(call: Callable[[], T], limit: float) -> T:
    """Runs `call` in a thread that can be left behind, since a hanging D-Bus call cannot be stopped."""
    import threading

    answers: list[T] = []
    faults: list[Exception] = []

    def run() -> None:
        try:
            answers.append(call())
        except Exception as fault:  # third-party code of four systems: whatever it raises means "no keyring"
            faults.append(fault)

    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(limit)
    if answers:
        return answers[0]
    if faults:
        raise NoKeyring(_reason(faults[0])) from faults[0]
    raise NoKeyring(f"it gave no answer in {limit:g} seconds")


def _reason(fault: Exception) -> str:
    if isinstance(fault, NoKeyring):
        return str(fault)
    if isinstance(fault, ImportError | NameError):  # the backends swallow the ImportError of their own library
        return "its library is not installed"
    text = " ".join(str(fault).split())[:200].rstrip(".!")
    return text or type(fault).__name__


def _user(vault_id: str) -> str:
    return f"vault:{vault_id}"
