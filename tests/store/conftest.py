from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from optout.store.paths import Paths, paths
from optout.store.vault import Vault


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may reach the keyring of whoever runs it."""
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "PYTHON_KEYRING_BACKEND"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Paths:
    return paths(str(tmp_path / "home"))


@pytest.fixture
def vault(home: Paths) -> Iterator[Vault]:
    with Vault.open(home, create=True) as opened:
        yield opened
