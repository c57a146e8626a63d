from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import optout
from optout.errors import BadData
from optout.library import roots

PACKAGE = Path(optout.__file__).parent


def copy(folder: Path) -> Path:
    """The package without its data, in another folder."""
    return Path(shutil.copytree(PACKAGE, folder / "optout", ignore=shutil.ignore_patterns("__pycache__", *roots.KINDS)))


def found(folder: Path) -> str:
    """What a fresh process that imports the package from there takes for the firms."""
    code = (
        "from optout.errors import BadData\nfrom optout.library.roots import root\n"
        "try: print(root('firms'))\nexcept BadData as error: print(error, '-', error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_every_kind_is_there() -> None:
    for kind in roots.KINDS:
        assert Path(roots.root(kind)).is_dir()


def test_no_other_folder_is_given() -> None:
    with pytest.raises(KeyError):
        roots.root("tests")


def test_an_installed_copy_has_its_own_data(tmp_path: Path) -> None:
    (copy(tmp_path) / "firms").mkdir()
    (tmp_path / "firms").mkdir()
    (tmp_path / "setup.cfg").write_text("")
    assert found(tmp_path) == str(tmp_path / "optout" / "firms")


def test_a_checkout_has_it_beside_the_package(tmp_path: Path) -> None:
    copy(tmp_path)
    (tmp_path / "firms").mkdir()
    (tmp_path / "setup.cfg").write_text("")
    assert found(tmp_path) == str(tmp_path / "firms")


def test_a_strangers_folder_in_site_packages_is_not_ours(tmp_path: Path) -> None:
    copy(tmp_path)
    (tmp_path / "firms").mkdir()
    assert found(tmp_path) == "the data folder 'firms' is missing from this installation - install the program again"


def test_no_more_is_read_than_shows_that_a_file_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    with file.open("wb") as opened:
        opened.truncate(roots.SIZE_LIMIT * 1000)
    assert len(roots.read(str(file))) == roots.SIZE_LIMIT + 1


def test_a_missing_installation_is_bad_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(optout, "__file__", str(tmp_path / "optout" / "__init__.py"))
    with pytest.raises(BadData) as caught:
        roots.root("templates")
    assert caught.value.hint
