"""The base package in the cache: made once, private, never believed when damaged."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document

from optout.render import docx, docx_base, docx_package
from tests.render.sample_letter import letter

CHILD = """
import json, sys
from optout.render import docx_base
base = docx_base.cached("a4", sys.argv[1])
seen = [name for name in ("docx", "lxml", "zipfile", "importlib.metadata", "pathlib") if name in sys.modules]
print(json.dumps([seen, len(base)]))
"""


def stored(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_base_alone_is_a_document() -> None:
    assert Document(io.BytesIO(docx_base.build("a4"))).paragraphs == []


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_cached_is_what_build_makes(tmp_path: Path, paper: str) -> None:
    for _ in range(2):
        assert docx_base.cached(paper, str(tmp_path)) == docx_base.build(paper) == docx_base.cached(paper, None)  # type: ignore[arg-type]
    assert docx.write(letter(), docx_base.cached("a4", str(tmp_path))) == docx.write(letter())


def test_a_hit_imports_neither_python_docx_nor_lxml(tmp_path: Path) -> None:
    run = [sys.executable, "-c", CHILD, str(tmp_path)]
    first, second = (json.loads(subprocess.run(run, capture_output=True, check=True).stdout) for _ in range(2))
    assert "docx" in first[0] and first[1] == second[1]
    assert not {"docx", "lxml", "zipfile", "importlib.metadata"} & set(second[0])


def test_file_is_private_and_nothing_else_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "cache"
    old = os.umask(0)
    try:
        docx_base.cached("a4", str(folder))
    finally:
        os.umask(old)
    assert stat.S_IMODE(stored(folder).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", ["short", "bit", "empty", "other paper", "other version"])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: str) -> None:
    good = docx_base.cached("a4", str(tmp_path))
    file = stored(tmp_path)
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(
        {
            "short": whole[:-1],
            "bit": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "empty": b"",
            "other paper": whole.replace(b" a4 ", b" letter "),
            "other version": whole.replace(b"base 1", b"base 0"),
        }[damage]
    )
    assert docx_base.cached("a4", str(tmp_path)) == good
    assert stored(tmp_path).read_bytes() == whole


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert docx_base.cached("a4", str(tmp_path / "file" / "cache")) == docx_base.build("a4")


def test_a_foreign_package_is_refused() -> None:
    for data in (b"", b"PK", b"x" * 500):
        with pytest.raises(ValueError, match="not a package"):
            docx_package.read(data)
