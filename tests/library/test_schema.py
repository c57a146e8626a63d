"""What editors are told must be what the reader accepts; and what is accepted must be buildable."""

from __future__ import annotations

import copy
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from optout.firm import Firm
from optout.jurisdiction import Jurisdiction
from optout.library import structure, yamlfile
from optout.library.catalog import Catalog
from optout.records import from_plain, to_plain

FILES = [(cls, path) for kind, cls in (("jurisdictions", Jurisdiction), ("firms", Firm))
         for path in Catalog().files(kind).values()]  # fmt: skip


def as_editors_read(value: Any) -> Any:
    """YAML 1.2 of their own: whole numbers are numbers."""
    if isinstance(value, dict):
        return {key: as_editors_read(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_editors_read(item) for item in value]
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def test_editors_are_shown_no_false_error() -> None:
    judges = {cls: jsonschema.Draft202012Validator(structure.schema(cls)) for cls in (Jurisdiction, Firm)}
    for cls, path in FILES:
        plain, _ = yamlfile.read(path, Path(path).read_bytes())
        assert [error.message for error in judges[cls].iter_errors(as_editors_read(plain))] == [], path
        assert list(judges[cls].iter_errors({**plain, "unknown": "1"}))
        assert list(judges[cls].iter_errors({**plain, "schema": "2"}))


@pytest.mark.parametrize("cls", [Jurisdiction, Firm])
def test_what_is_accepted_can_be_built_and_written_again(cls: type) -> None:
    """Values thrown together at random: refused with a place, or built without another error."""
    chance = random.Random(5)  # noqa: S311 (the same every time)
    values = ["", "x", "2026", "86400", "2026-11-24", "1 month", None, True, [], {}, ["x"], {"en": "x"}, [{}], "right"]
    samples = [yamlfile.read(p, Path(p).read_bytes()) for c, p in FILES if c is cls]
    accepted = 0
    for _ in range(1500):
        plain, positions = chance.choice(samples)
        plain = copy.deepcopy(plain)
        *parents, last = chance.choice([path for path in positions if path])
        target = plain
        for part in parents:
            target = target[part]
        target[last] = copy.deepcopy(chance.choice(values))
        if not structure.problems(cls, plain, positions, "x"):
            accepted += 1
            built = from_plain(cls, plain)
            assert from_plain(cls, to_plain(built)) == built
    assert accepted > 100


def test_one_request_from_the_cache_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom optout.library.catalog import Catalog\n"
        f"c = Catalog(None, {str(tmp_path)!r})\n"
        "f = c.firm('pimeyes'); p = c.effective(c.place_id('FR'))\n"
        "c.members('eu', [d.place for d in f.decisions]); c.data_hash('firms', 'pimeyes')\n"
        "heavy = {'yaml', 'pydantic', 'pydantic_core', 'holidays', 'click', 'difflib', 'pathlib', 'importlib.resources'}\n"
        "print(f.id, p.id, sorted(heavy & set(sys.modules)))\n"
    )
    for expected in (["yaml", "pydantic"], []):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert all(repr(name) in done.stdout for name in expected)
    assert done.stdout.strip() == "pimeyes fr []"
