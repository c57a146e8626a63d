"""What a fresh process loads: `status` and `remind` must start fast."""

from __future__ import annotations

import subprocess
import sys

import pytest

from optout.store.paths import Paths
from optout.store.vault import Vault
from tests.store.sample import ROOT, add, answer, child

HEAVY = {
    "dataclasses", "inspect", "logging", "pathlib", "platformdirs", "keyring", "pyrage", "secrets", "threading",
    "importlib.metadata", "urllib", "random", "shlex", "datetime",
    "optout.case", "optout.law", "optout.jurisdiction", "optout.letter", "optout.records", "optout.dates", "optout.store.keyrings",
}  # fmt: skip
LOADED = "import sys; print(*sorted(sys.modules))"


def loaded(code: str) -> set[str]:
    """Modules of a process without site-packages' own start-up files, as far as they could hide what we load."""
    out = subprocess.run(
        [sys.executable, "-c", f"import sys; before = set(sys.modules)\n{code}\nprint(*(set(sys.modules) - before))"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return set(out.stdout.split())


@pytest.mark.parametrize("name", ["vault", "keys", "cases", "paths", "files"])
def test_importing_the_store_loads_nothing_heavy(name: str) -> None:
    assert not loaded(f"import optout.store.{name}") & HEAVY


def test_the_test_can_fail() -> None:
    assert loaded("import dataclasses, platformdirs") >= {"dataclasses", "inspect", "platformdirs"}


def test_listing_loads_nothing_heavy_and_no_keyring_is_touched(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault)
    code = "with Vault.open(home, create=False) as vault: assert len(cases.summaries(vault)) == 1\nprint(*sys.modules)"
    assert not set(answer(child(code, home)).split()) & HEAVY


def test_making_a_vault_without_a_desktop_does_not_load_keyring(home: Paths) -> None:
    code = "Vault.open(home, create=True).close(); print(*sys.modules)"
    assert not {name for name in answer(child(code, home)).split() if name.split(".")[0] == "keyring"}
