"""Documentation is executed: generated pages are fresh, named modules exist, README commands run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import jsonschema
import pytest
import yaml

from optout.cli import COMMANDS, optout
from tests.cli.test_main_job import optout as run
from tests.docs_pages import pages

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("path", pages(), ids=lambda p: p.name)
def test_generated_pages_are_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == pages()[path], "python -m tests.docs_pages"


def test_the_editor_schema_takes_the_real_files_and_refuses_a_wrong_one() -> None:
    import json

    for kind, folder in (("jurisdiction", "jurisdictions"), ("firm", "firms")):
        schema = json.loads((ROOT / "docs" / "schema" / f"{kind}.json").read_text())
        judge = jsonschema.Draft202012Validator(schema)
        for file in (ROOT / folder).glob("[a-z]*.yaml"):
            plain = _resolved(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))  # noqa: S506
            errors = [e for e in judge.iter_errors(plain) if "boolean" not in e.message and "null" not in e.message]
            assert not errors, (file.name, errors[0].message)
            assert list(judge.iter_errors({**plain, "nonsense": "x"}))


def _resolved(value: object) -> object:
    words = {"true": True, "false": False, "null": None}
    if isinstance(value, dict):
        return {k: _resolved(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_resolved(v) for v in value]
    return words.get(value, value) if isinstance(value, str) else value


def test_every_module_is_in_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:optout/)?([a-z_]+/)?([a-z_]+)\.py`", page))
    modules = {p.stem for p in (ROOT / "optout").rglob("*.py") if not p.stem.startswith("__")}
    assert modules - {name for _, name in named} == set()
    assert {name for _, name in named if not name.startswith("__")} - modules == set()


def test_the_table_of_commands_is_true() -> None:
    for name in COMMANDS:
        command = optout.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None and command.name == name
        assert command.help, name


def test_the_readme_has_the_two_lines_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest" in readme
    assert 'optout request clearview --name "Ada Example" --email ada@mail.example --residence US-IL' in readme
    assert "pip\" install -q --disable-pip-version-check '.[test]'" in ci and '"$bin/pytest"' in ci


def test_readme_commands_run(tmp_path: Path) -> None:
    """Every line of the tour that names no case and no person."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [
        line for line in readme.splitlines() if re.match(r"optout (explain|laws|firms|authorities|status)\b", line)
    ]
    assert len(lines) > 5
    for line in lines:
        done = run(tmp_path, *shlex.split(line.split(" #")[0])[1:])
        assert done.returncode == 0, (line, done.stderr)
