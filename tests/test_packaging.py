"""What is installed is what lies in the folders: wheel and sdist, built from a clean copy."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KEEP = ("optout", "jurisdictions", "firms", "templates", "setup.cfg", "pyproject.toml", "README.md", "LICENSE",
        "MANIFEST.in", "CHANGELOG.md", "CONTRIBUTING.md", "docs", "tests", "benchmarks")  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("copy")
    for name in KEEP:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(source, copy / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(copy / "dist"), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return copy / "dist"


def expected() -> set[str]:
    files = {f"optout/{kind}/{p.relative_to(ROOT / kind).as_posix()}"
             for kind, ending in (("jurisdictions", "yaml"), ("firms", "yaml"), ("templates", "j2"))
             for p in (ROOT / kind).rglob(f"*.{ending}")}  # fmt: skip
    files |= {p.relative_to(ROOT).as_posix() for p in (ROOT / "optout").rglob("*.py")}
    return files | {"optout/py.typed", "optout/render/letter.typ"}


def test_the_wheel_holds_every_file_and_no_other(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    pages = {n for n in names if ".data/data/share/man/man1/" in n}
    assert names - pages == expected()
    assert {n.rpartition("/")[2] for n in pages} == {p.name for p in (ROOT / "docs" / "man").iterdir()}
    assert wheel.name.startswith("optout_letters-")


def test_the_sdist_holds_what_the_wheel_is_built_from(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {n.partition("/")[2] for n in archive.getnames()}
    data = {n.removeprefix("optout/") for n in expected() if n.split("/")[1] in ("jurisdictions", "firms", "templates")}
    assert data <= names
    assert {"README.md", "LICENSE", "setup.cfg"} <= names


def test_every_package_is_listed() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    listed = set(config["options"]["packages"].split())
    found = {p.parent.relative_to(ROOT).as_posix().replace("/", ".") for p in (ROOT / "optout").rglob("__init__.py")}
    assert listed == found | {"optout.jurisdictions", "optout.firms", "optout.templates"}
