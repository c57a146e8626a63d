"""Small cases as the commands hand them over, and children that work on a vault of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from optout.store import cases
from optout.store.paths import Paths
from optout.store.vault import Vault

ROOT = Path(__file__).resolve().parents[2]


def person(name: str = "Ada Ærlig") -> dict[str, Any]:
    return {"names": [name], "residence": "no", "emails": [f"{name.split()[0].lower()}@example.org"]}


def arguments(ref: str = "K7QM-4T2X", subject: str = "s1", **changes: Any) -> dict[str, Any]:
    """The arguments of `cases.add`."""
    values: dict[str, Any] = {
        "case": {"ref": ref, "subject": subject, "firm": "clearview", "opened": "2026-01-31", "demands": []},
        "fingerprint": "f1",
        "inputs": "i1",
        "event": {"kind": "drafted", "on": "2026-01-31"},
        "at": "2026-01-31T10:00:00+00:00",
        "letters": [
            {"id": "main", "language": "no", "letter": {"ref": ref, "subject": "Åpne brev"}, "versions": {"txt": "1"}}
        ],
        "files": [{"letter": "main", "format": "txt", "name": "a.txt", "sha256": "00", "folder": "/nowhere"}],
        "pending": [{"folder": "/nowhere", "temp": f".t-{ref}", "final": "a.txt", "sha256": "00"}],
        "summary": {"phase": "draft", "outcomes": {"access": "pending"}, "step": "send"},
    }
    return values | changes


def add(vault: Vault, ref: str = "K7QM-4T2X", name: str = "Ada Ærlig", **changes: Any) -> None:
    subject = cases.subject_id(vault, person(name), lambda: f"id-{name}")
    cases.add(vault, **arguments(ref, subject, **changes))


def make_version_one(vault: Vault) -> None:
    """Replaces an empty vault's tables by those of the first version, with two cases; one of them was drafted twice."""
    from optout.store.tablesteps import STEPS

    with vault.transaction():
        vault.run("pragma defer_foreign_keys = on")
        for (name,) in vault.run("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'"):
            vault.run(f"drop table {name}")
        for statement in STEPS[0]:
            assert isinstance(statement, str)
            vault.run(statement)
        vault.run("insert into subjects values ('s', '{\"name\":\"Ada Example\"}', x'00')")
        for ref in ("K7QM-4T2X", "AAAA-0000"):
            vault.run("insert into cases values (?, 's', 'clearview', 'f', 'i', '2026-01-31', '{}')", (ref,))
            for n, kind in enumerate(("drafted", "drafted", "sent"), 1):
                event = f'{{"kind":"{kind}","on":"2026-01-31"}}'
                vault.run("insert into events values (?, ?, 't', ?, '2026-01-31', ?)", (ref, n, kind, event))
            vault.run("insert into letters values (?, 'access', '{\"language\":\"fr\"}', '{}')", (ref,))
            vault.run("insert into letters values (?, 'deletion', '{}', '{}')", (ref,))
            row = (ref, "s", "clearview", "waiting", '{"access":"pending"}', None, None, None, "wait", "2026-01-31")
            vault.run(f"insert into summary values ({', '.join('?' * len(row))})", row)


HEAD = (
    "import os, sys\nfrom optout import errors\nfrom optout.store import cases\n"
    "from optout.store.paths import paths\nfrom optout.store.vault import Vault\nhome = paths(sys.argv[1])\n"
)


def child(code: str, home: Paths, *args: str, **more: Any) -> subprocess.Popen[str]:
    """A process with `home`, `Vault`, `paths`, `cases`, `errors`, `os` and `sys` at hand."""
    environ = {k: v for k, v in os.environ.items() if k not in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")}
    return subprocess.Popen(
        [sys.executable, "-c", HEAD + code, home.vault, *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ | {"PYTHONPATH": str(ROOT)},
        **more,
    )


def answer(process: subprocess.Popen[str]) -> str:
    """What a child printed; its complaint fails the test."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


def integrity(home: Paths) -> tuple[str, int]:
    """What the database says of itself, and how many cases it holds."""
    with Vault.open(home, create=False) as vault:
        (state,) = vault.run("pragma integrity_check")[0]
        assert not vault.run("pragma foreign_key_check")
        return str(state), int(vault.run("select count(*) from cases")[0][0])
