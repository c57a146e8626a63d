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


KEY = """
import os, subprocess, sys
import secretstorage
from optout.store.paths import paths
from optout.store.vault import Vault
home = paths(sys.argv[1])
null = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
make = "from optout.store.paths import paths; from optout.store.vault import Vault; Vault.open(paths(%r), create=True).close()"
subprocess.run([sys.executable, "-c", make % home.vault], env=null, check=True)
file = os.path.join(home.config, "vault.key")
first = open(file).read().strip()

def optout(*args):
    done = subprocess.run(
        [sys.executable, "-m", "optout", "--home", home.vault, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return done.returncode, done.stdout + done.stderr

def entries():
    found = secretstorage.get_default_collection(secretstorage.dbus_init()).search_items({"service": "optout"})
    return {item.get_attributes()["username"]: item.get_secret().decode() for item in found}

def expect(code, text, *args):
    got, said = optout(*args)
    assert got == code and text in said, (args, got, said)

expect(0, "in the keyring", "key", "keyring")
assert not os.path.exists(file)
((name, secret),) = entries().items()
assert secret == first
expect(0, "holds the key", "key", "status")
expect(0, "keyring only", "status")
assert "keyring only" not in optout("status")[1]
expect(6, "nothing but the keyring", "key", "keyring", "--forget")
expect(0, "The key is changed", "key", "rotate")
((again, secret),) = entries().items()
assert again == name and secret != first
expect(0, "THE KEY", "key", "recovery")
with Vault.open(home, create=False) as vault:
    assert vault.keeper.custody == "keyring" and vault.key.key.hex() == secret
secretstorage.get_default_collection(secretstorage.dbus_init()).lock()
expect(0, "cannot be used", "key", "status")
expect(9, "--passphrase-file", "status")
print("done")
"""


def session(home: Paths, folder: Path, code: str) -> str:
    """Runs the code in a desktop session of its own with an open keyring. Gives what it printed."""
    run = needed("dbus-run-session")
    needed("gnome-keyring-daemon")
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": str(ROOT),
        "PYTHON": sys.executable,
        "PASSWORD": "only for this test",
        "CODE": code,
        "VAULT": home.vault,
    }
    done = subprocess.run(
        [run, "--", "bash", "-c", SESSION], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_real_keyring_keeps_the_key_and_a_locked_one_says_so(home: Paths, tmp_path: Path) -> None:
    said = session(home, tmp_path, CODE)
    assert "no keyring (SecretService: " in said and "gave no answer" not in said


def test_the_key_moves_into_a_real_keyring_and_is_changed_there(home: Paths, tmp_path: Path) -> None:
    assert session(home, tmp_path, KEY).endswith("done\n")
