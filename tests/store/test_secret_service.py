"""The whole way with a real Secret Service: gnome-keyring on a bus of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from optout.store.paths import Paths
from tests.store.sample import ROOT

pytestmark = pytest.mark.system

# In the foreground of the shell, so that the daemon ends with the test.
SESSION = """
gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 <<<"$PASSWORD" &
daemon=$!
for _ in $(seq 100); do [ -S "$XDG_RUNTIME_DIR/keyring/control" ] && break; sleep 0.05; done
"$PYTHON" -c "$CODE" "$VAULT"
status=$?
kill $daemon
exit $status
"""

CODE = """
import os, sys
from optout import errors
from optout.store import cases
from optout.store.paths import paths
from optout.store.vault import Vault
home = paths(sys.argv[1])
with Vault.open(home, create=True) as vault:
    assert vault.keeper.custody == "keyring" and vault.keeper.made, vault.keeper
    cases.subject_id(vault, {"names": ["Ada"]}, lambda: "s")
    ident = vault.id
with Vault.open(home, create=False) as vault:
    assert vault.keeper.custody == "keyring" and not vault.keeper.made
    assert cases.get_subject(vault, "s") == {"names": ["Ada"]}
assert not os.path.exists(home.config)

import secretstorage
bus = secretstorage.dbus_init()
(item,) = secretstorage.get_default_collection(bus).search_items({"service": "optout"})
assert item.get_attributes()["username"] == "vault:" + ident
assert "Ada" not in item.get_label()

# No display and nobody to answer a prompt: a locked keyring gives a reason, not a hang.
secretstorage.get_default_collection(bus).lock()
try:
    Vault.open(home, create=False)
except errors.SecretUnavailable as error:
    print("locked:", error)
else:
    raise AssertionError("opened although the keyring is locked")
"""


def needed(program: str) -> str:
    """The program's path; skips by its name, or fails where all programs were promised."""
    found = shutil.which(program)
    if found is None:
        if os.environ.get("OPTOUT_SYSTEM_TESTS") == "1":
            pytest.fail(f"{program} is not installed, and OPTOUT_SYSTEM_TESTS=1 says that it is")
        pytest.skip(f"{program} is not installed")
    return found


def test_a_real_keyring_keeps_the_key_and_a_locked_one_says_so(home: Paths, tmp_path: Path) -> None:
    run = needed("dbus-run-session")
    needed("gnome-keyring-daemon")
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": str(ROOT),
        "PYTHON": sys.executable,
        "PASSWORD": "only for this test",
        "CODE": CODE,
        "VAULT": home.vault,
    }
    done = subprocess.run(
        [run, "--", "bash", "-c", SESSION], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no keyring (SecretService: " in done.stdout and "gave no answer" not in done.stdout
