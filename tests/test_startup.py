"""What a command loads is what it costs: guarded by modules, since time is noise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.test_main_job import PERSON, optout

HEAVY = {"yaml", "jinja2", "docx", "lxml", "keyring", "holidays", "babel", "pydantic", "typst", "rich", "markdown_it",
         "email_validator", "python_calamine", "platformdirs", "dataclasses", "importlib.metadata"}  # fmt: skip


def loaded(home: Path, *args: str) -> set[str]:
    code = f"""import sys
sys.argv = {["optout", *args]!r}
from optout.cli import main
try:
    main()
except SystemExit as end:
    print(end.code, *sys.modules, file=sys.stderr)
"""
    env = {**os.environ, "OPTOUT_HOME": str(home / "home"), "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=home, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    return set(modules)


def test_version_and_help_load_nothing(tmp_path: Path) -> None:
    for args in (["--version"], ["--help"]):
        assert not loaded(tmp_path, *args) & (HEAVY | {"apsw"})


def test_status_loads_the_vault_and_nothing_of_the_core(tmp_path: Path) -> None:
    assert optout(tmp_path, "request", "clearview", *PERSON, "--format", "txt").returncode == 0
    modules = loaded(tmp_path, "status")
    assert "apsw" in modules
    assert not modules & (HEAVY | {"optout.cli.passphrases", "optout.store.passphrase"})
    assert not {
        m
        for m in modules
        if m.startswith("optout.") and m.split(".")[1] in ("law", "jurisdiction", "case", "lifecycle", "library")
    }


def test_remind_loads_the_vault_and_nothing_of_the_core(tmp_path: Path) -> None:
    done = optout(tmp_path, "request", "clearview", *PERSON[:4], "--residence", "FR", "--format", "txt", "--json")
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    assert optout(tmp_path, "log", ref, "sent", "--by", "post", "--letter", "access").returncode == 0
    assert optout(tmp_path, "log", ref, "answered", "--outcome", "access=met").returncode == 0
    for args in (["remind"], ["remind", "--json", "--days", "90"], ["remind", "--exit-code", "--on", "2031-01-01"]):
        modules = loaded(tmp_path, *args)
        assert "apsw" in modules and "optout.store.waking" in modules
        assert not modules & (HEAVY | {"icalendar", "optout.cli.passphrases", "optout.store.passphrase"})
        assert not {m for m in modules if m.startswith("optout.") and m.count(".") == 1} - {
            "optout.cli", "optout.store", "optout.errors"
        }  # fmt: skip


def test_the_second_request_needs_neither_pydantic_nor_yaml_nor_docx(tmp_path: Path) -> None:
    args = ["request", "clearview", *PERSON, "--format", "docx"]
    assert optout(tmp_path, *args).returncode == 0
    modules = loaded(tmp_path, *args, "--enclose-photo")
    assert not modules & {"pydantic", "yaml", "docx", "lxml", "typst", "keyring", "rich", "platformdirs"}
