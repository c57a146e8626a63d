"""The lists that a batch leaves, opened by a spreadsheet program."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.cli.test_export_files import FORMULAS
from tests.cli.test_main_job import optout
from tests.store.test_secret_service import needed


@pytest.mark.system
def test_f35_a_spreadsheet_program_finds_no_formula_in_what_a_batch_leaves(tmp_path: Path) -> None:
    """One call opens all: the list of the batch, the rows to be mended, the exports, and the empty sheet."""
    names = [text for text in FORMULAS if text.isprintable() and text.strip()]
    with (tmp_path / "people.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["id", "name", "email", "residence", "situation"])
        out.writerows([f"{name}{n}", name, f"m{n}@mail.example", "FR", name] for n, name in enumerate(names))
        out.writerows([f"={n}", name, f"w{n}@mail.example", f"={name}", name] for n, name in enumerate(names))
    batch = ("batch", "people.csv", "--firm", "clearview", "--format", "txt", "--skip-invalid", "--json")
    done = optout(tmp_path, *batch)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["written"] == len(names) and made["skipped"] == [{"why": "wrong", "count": len(names)}]
    lists = tmp_path / "lists"
    lists.mkdir()
    for path in (tmp_path / "optout-letters").glob("*.csv"):
        (lists / path.name).write_bytes(path.read_bytes())
    assert len(list(lists.iterdir())) == 2
    for name, args in {"plain": (), "named": ("--with-names",)}.items():
        done = optout(tmp_path, "export", "--format", "csv", "-o", str(lists / f"{name}.csv"), *args)
        assert done.returncode == 0, done.stderr
    (lists / "empty.csv").write_text(optout(tmp_path, "batch", "--example").stdout, encoding="utf-8")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [needed("soffice"), profile, "--headless", "--infilter=CSV:44,34,76,1,,0,false,true,false,true",
               "--convert-to", "ods", "--outdir", str(tmp_path / "ods"), *map(str, sorted(lists.iterdir()))]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    opened = sorted((tmp_path / "ods").glob("*.ods"))
    assert len(opened) == 5
    texts = {}
    for path in opened:
        with zipfile.ZipFile(path) as whole:
            texts[path.stem] = whole.read("content.xml").decode()
        assert "table:formula" not in texts[path.stem], path.name
        assert 'office:value-type="string"' in texts[path.stem], path.name
    assert len(re.findall("m[0-9]+@mail.example|w[0-9]+@mail.example", texts[f"{made['batch']}-to-mend"])) == len(names)
