"""Sheets of members for tests, and what is read of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optout.cli.app import App
from optout.cli.members import Member, Source, Wrong, source
from optout.errors import BadData

HEAD = "name,email,residence\n"
ZOE = "Zoë Example,zoe@members.example,FR\n"
SHEET = HEAD + "Ada Example,ada@members.example,US-IL\n" + ZOE


def opened(app: App, tmp_path: Path, data: bytes | str, name: str = "people.csv", **options: Any) -> Source:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return source(app, str(path), **{"encoding": None, "delimiter": None, "sheet": None, "columns": {}, **options})


def members(found: Source) -> list[Member]:
    rows = list(found.members())
    assert not [row.problems for row in rows if isinstance(row, Wrong)]
    return [row for row in rows if isinstance(row, Member)]


def names(found: Source) -> list[str]:
    return [member.subject.name for member in members(found)]


def refused(app: App, tmp_path: Path, data: bytes | str, **options: Any) -> BadData:
    with pytest.raises(BadData) as caught:
        list(opened(app, tmp_path, data, **options).members())
    assert caught.value.code == 5
    assert "ada@" not in str(caught.value) + str(caught.value.problems) + caught.value.hint
    return caught.value


def place(error: BadData) -> tuple[int, int]:
    (problem,) = error.problems
    return problem.line, problem.column
