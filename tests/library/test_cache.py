from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from optout.library import cache
from optout.library.catalog import Catalog


def one(folder: Path) -> Path:
    (found,) = (folder / "data").iterdir()
    return found


def load(folder: Path, name: str = "firms-a", made_from: str = "o") -> object:
    return cache.load(str(folder), name, made_from)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    cache.save(str(tmp_path), "firms-a", "o", {"a": [1, "é", None]})
    return tmp_path


def test_what_was_saved_is_loaded(saved: Path) -> None:
    assert load(saved) == {"a": [1, "é", None]}
    assert one(saved).stat().st_mode & 0o777 == 0o600
    assert one(saved).parent.stat().st_mode & 0o777 == 0o700


def test_without_a_folder_there_is_no_cache() -> None:
    cache.save(None, "firms-a", "o", {})
    assert cache.load(None, "firms-a", "o") is None


def test_every_truncation_and_every_flipped_bit_is_seen(saved: Path) -> None:
    file = one(saved)
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert load(saved) is None
    for index in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[index // 8] ^= 1 << index % 8
        file.write_bytes(changed)
        assert load(saved) is None


@pytest.mark.parametrize("body", [b"", b"\n", b"{}", b"not json", b"\xff\n\xff", b"0" * 64 + b"\n{}"])
def test_a_foreign_file_is_not_believed(saved: Path, body: bytes) -> None:
    one(saved).write_bytes(body)
    assert load(saved) is None


def test_a_file_of_another_origin_is_not_believed(saved: Path) -> None:
    assert load(saved, made_from="p") is None


def test_a_folder_others_may_write_to_is_not_believed(saved: Path) -> None:
    (saved / "data").chmod(0o777)
    assert load(saved) is None


def test_a_link_is_no_cache_file(saved: Path) -> None:
    file = one(saved)
    file.rename(saved / "elsewhere")
    file.symlink_to(saved / "elsewhere")
    assert load(saved) is None


def test_the_origin_knows_the_kind_the_name_the_words_and_the_program() -> None:
    made = {cache.origin(k, n, d) for k in ("firms", "jurisdictions") for n in ("a", "b") for d in (b"1", b"2")}
    assert len(made) == 8


CHANGES: list[Callable[[bytes], bytes]] = [lambda b: b[:-9], lambda b: b[:70] + b"\x07" + b[71:], lambda b: b"nonsense"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_damaged_cache_is_made_again(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    first = Catalog(cache_dir=str(tmp_path)).firm("clearview")
    file = one(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(change(whole))
    assert Catalog(cache_dir=str(tmp_path)).firm("clearview") == first
    assert file.read_bytes() == whole
    assert [p.name for p in file.parent.iterdir()] == [file.name]  # nothing half-written stays


def test_a_cache_that_cannot_be_written_is_harmless(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    for folder in (blocked, tmp_path / "nul" / ("x" * 300)):
        assert Catalog(cache_dir=str(folder)).firm("clearview").id == "clearview"
    taken = tmp_path / "taken"
    Catalog(cache_dir=str(taken)).firm("clearview")
    file = one(taken)
    file.unlink()
    file.mkdir()  # the name itself is in the way
    assert Catalog(cache_dir=str(taken)).firm("clearview").id == "clearview"
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_a_copy_under_another_name_is_refused_with_a_cache_too(tmp_path: Path) -> None:
    own, kept = tmp_path / "own", str(tmp_path / "cache")
    (own / "firms").mkdir(parents=True)
    source = Path(Catalog().files("firms")["clearview"])
    shutil.copy(source, own / "firms" / "clearview.yaml")
    Catalog(str(own), kept).firm("clearview")
    shutil.copy(source, own / "firms" / "copy.yaml")
    problems: list = []
    assert "clearview" in [firm.id for firm in Catalog(str(own), kept).all_firms(problems)]
    assert [p.code for p in problems] == ["file-name-is-id"]


def test_a_cached_load_imports_neither_yaml_nor_pydantic(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom optout.library.catalog import Catalog\n"
        f"c = Catalog(cache_dir={str(tmp_path)!r})\n"
        "c.effective('us-ca'), c.firm('clearview')\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & {'yaml', '_yaml', 'pydantic', 'pydantic_core'}))\n"
    )
    outs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    ]
    assert "pydantic" in outs[0] and "yaml" in outs[0]
    assert outs[1] == "[]"
