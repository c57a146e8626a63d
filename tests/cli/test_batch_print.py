"""What goes to the printer: a pile for each size of paper, letters for later apart, and none that was withdrawn."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli import sheets
from tests.cli.test_batch import manifest
from tests.cli.test_batch_mended import amended
from tests.cli.test_main_job import optout

PRINTED = ("--format", "txt", "--archive", "--print", "--json")


def written(home: Path, *args: str, firm: str = "clearview,pimeyes") -> dict[str, object]:
    done = optout(home, "batch", "people.csv", "--firm", firm, *PRINTED, *args)
    assert done.returncode == 0, done.stderr
    made: dict[str, object] = json.loads(done.stdout)
    return made


def pages(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(path).pages]


def test_letters_for_later_and_other_paper_are_piles_of_their_own(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 6)
    plan = optout(tmp_path, "batch", "people.csv", "--firm", "clearview,pimeyes", "-n")
    made = written(tmp_path)
    ident, held = made["batch"], made["held"]
    assert isinstance(held, int) and held > 0
    assert f"{held} of the letters are for later: they go when the firm has answered" in plan.stderr
    folder = tmp_path / "optout-letters"
    piles = {path.name.removeprefix(f"{ident}-0001-"): pages(path) for path in folder.glob("*.pdf")}
    assert set(piles) == {"a4-print.pdf", "letter-print.pdf", "later-a4-print.pdf"}
    sizes = {path.name.removeprefix(f"{ident}-0001-"): {round(float(page.mediabox.width)) for page in PdfReader(path).pages}
             for path in folder.glob("*.pdf")}  # fmt: skip
    assert {name: size for name, size in sizes.items() if "a4" in name} == {x: {595} for x in piles if "a4" in x}
    assert {name: size for name, size in sizes.items() if "a4" not in name} == {
        x: {612} for x in piles if "a4" not in x
    }
    rows = manifest(tmp_path, str(ident))
    assert sum(len(row["held"].split()) for row in rows) == held
    for row in rows:
        assert set(row["held"].split()) < set(row["letters"].split())
        now = "".join(text for name, texts in piles.items() if "later" not in name for text in texts)
        assert row["ref"] in now, "what goes now is in a pile for now"
    listed = json.loads((folder / f"{ident}.json").read_text(encoding="utf-8"))["cases"]
    assert [" ".join(case["held"]) for case in listed] == [row["held"] for row in rows]
    later = [text for name, texts in piles.items() if "later" in name for text in texts if text.strip()]
    assert any("Date: ____" in text for text in later)
    assert not any("Date: ____" in text for name, texts in piles.items() if "later" not in name for text in texts)


def test_amend_takes_withdrawn_letters_out_of_archives_and_piles(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 4, **{f"m{n}": {"residence": "FR"} for n in range(4)})
    ident = str(written(tmp_path, firm="clearview")["batch"])
    refs = {row["row"]: row["ref"] for row in manifest(tmp_path, ident)}
    folder = tmp_path / "optout-letters"
    sheets.write(tmp_path / "people.csv", 4, **{f"m{n}": {"residence": "FR"} for n in range(4)} | {
        "m1": {"residence": "FR", "name": "Mended Nr1x"}})  # fmt: skip
    done = optout(tmp_path, "batch", "amend", ident, "people.csv")
    assert done.returncode == 0, done.stderr
    assert f"{ident}-0001.zip was written anew without the letters that were withdrawn" in done.stderr
    with zipfile.ZipFile(folder / f"{ident}-0001.zip") as file:
        assert {name[:9] for name in file.namelist()} == set(refs.values()) - {refs["M1"]}
        assert file.testzip() is None
    for path in folder.glob(f"{ident}-0001-*print.pdf"):
        texts = pages(path)
        assert len(texts) % 2 == 0 and not any(refs["M1"] in text or "Nr1x" in text for text in texts)
        assert {ref for ref in refs.values() if any(ref in text for text in texts)} == set(refs.values()) - {refs["M1"]}
    (pile,) = folder.glob(f"{ident}-0002-a4-print.pdf")
    assert any("Mended Nr1x" in text for text in pages(pile))
    # Of a chunk of which every letter was withdrawn nothing is left.
    sheets.write(
        tmp_path / "people.csv", 4, **{f"m{n}": {"residence": "FR", "address": "9 New Street"} for n in range(4)}
    )
    assert amended(tmp_path, ident, "people.csv", "--yes", "--expect", "4")["cases"] == 4
    assert {path.name[:-4] for path in folder.glob("*.zip")} == {f"{ident}-0003"}
    assert not list(folder.glob(f"{ident}-000[12]-*")) and not list(folder.glob(".optout-*"))


@pytest.mark.parametrize("left", ["zip", "pdf"])
def test_what_a_kill_left_of_it_is_done_by_the_next_amend(tmp_path: Path, left: str) -> None:
    sheets.write(tmp_path / "people.csv", 2)
    ident = str(written(tmp_path, firm="clearview")["batch"])
    ref = manifest(tmp_path, ident)[0]["ref"]
    folder = tmp_path / "optout-letters"
    before = {path.name: path.read_bytes() for path in folder.glob(f"{ident}-0001*.{left}")}
    sheets.write(tmp_path / "people.csv", 2, m0={"name": "Mended Nr0x"})
    from optout.cli import batchpiles
    from optout.store.paths import paths
    from optout.store.vault import Vault

    assert amended(tmp_path, ident, "people.csv")["cases"] == 1
    for name, data in before.items():
        (folder / name).write_bytes(data)
    with Vault.open(paths(str(tmp_path / "home")), create=False) as vault, vault.transaction():
        batchpiles.mark(vault, ident, [ref])
    assert amended(tmp_path, ident, "people.csv")["cases"] == 0
    for name, data in before.items():
        assert not (folder / name).exists() or (folder / name).read_bytes() != data
    assert not any("Nr0x" in text for path in folder.glob(f"{ident}-0001*.pdf") for text in pages(path))


def test_merged_shards_know_the_archives_and_piles_of_each(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 12)
    for number in (1, 2):
        home = tmp_path / f"shard{number}"
        home.mkdir()
        (home / "people.csv").write_bytes((tmp_path / "people.csv").read_bytes())
        made = written(home, "--shard", f"{number}/2", "-o", str(tmp_path / "out"), firm="clearview")
        assert optout(home, "export", "-o", str(tmp_path / f"{number}.jsonl")).returncode == 0
        assert optout(tmp_path, "import", f"{number}.jsonl").returncode == 0
    rows = {}
    for number in (1, 2):
        listed = json.loads((tmp_path / "out" / f"{made['batch']}-{number}of2.json").read_text(encoding="utf-8"))
        rows |= {case["row"]: number for case in listed["cases"]}
    assert set(rows.values()) == {1, 2} and len(rows) == 12
    for key in ("M0", "M1", "M2"):
        name = f"Person N{key.replace('M', 'r')}x"
        found = json.loads(optout(tmp_path, "forget", name, "-n", "--json").stdout)["found"]
        beside = {Path(path).name for path in found["beside"]}
        label = f"{made['batch']}-{rows[key]}of2"
        assert f"{label}-0001.zip" in beside and any(x.startswith(f"{label}-0001-") for x in beside)
        assert not any(x.startswith(f"{made['batch']}-{3 - rows[key]}of2") for x in beside), (
            "not those of the other shard"
        )
