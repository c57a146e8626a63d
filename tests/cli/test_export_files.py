"""Where an export goes, who can read it, and the table for a spreadsheet."""

from __future__ import annotations

import csv
import io
import os
import stat
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.cli.spreadsheet import row, safe
from optout.errors import OutputFailed
from optout.store import incoming
from optout.store.outfile import outfile
from tests.cli.test_main_job import PERSON, optout, request
from tests.cli.test_transfer import one_case
from tests.cli.transfers import as_file, export_of, import_into, lines_of, vault_in
from tests.store.test_secret_service import needed


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with outfile(str(tmp_path / "a"), False, 0.0) as file:
            file.write(b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert names(tmp_path) == ["a"]


def test_nothing_that_is_there_is_written_over_or_through(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "link").symlink_to("mine")
    (tmp_path / "dangling").symlink_to("new")
    for name in ("mine", "link", "dangling", "."):
        with pytest.raises(OutputFailed), outfile(str(tmp_path / name), False, 0.0):
            pass
    for name in ("link", "dangling", "."):
        with pytest.raises(OutputFailed), outfile(str(tmp_path / name), True, 0.0):
            pass
    assert names(tmp_path) == ["dangling", "link", "mine"]
    assert (tmp_path / "mine").read_text() == "mine"
    with outfile(str(tmp_path / "mine"), True, 0.0) as file:
        file.write(b"other")
    assert (tmp_path / "mine").read_text() == "other"
    with pytest.raises(OutputFailed, match="No such file"), outfile(str(tmp_path / "no" / "folder"), False, 0.0):
        pass


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed, match="there already"), outfile(str(tmp_path / "a"), False, 0.0):
        (tmp_path / "a").write_text("theirs")
    assert (tmp_path / "a").read_text() == "theirs"
    assert names(tmp_path) == ["a"]


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), outfile(str(tmp_path / "a"), False, 0.0) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert names(tmp_path) == []


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    request(tmp_path, "--format", "txt")
    with Path("/dev/full").open("wb") as full:
        env = {**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, "-m", "optout", "export", "-o", "-"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=env, cwd=tmp_path, text=True)
    assert done.returncode == 1
    assert "No space left" in done.stderr and "Traceback" not in done.stderr


def test_what_the_options_refuse(tmp_path: Path) -> None:
    empty = optout(tmp_path, "export", "-o", "-")
    assert (empty.returncode, empty.stdout) == (6, "") and "nothing to export" in empty.stderr
    ref = request(tmp_path, "--format", "txt")["ref"]
    for code, args in (
        (2, ["--json"]), (2, ["--format", "csv", "--without-evidence"]), (2, ["--with-names"]),
        (4, ["--case", "0000-0000"]), (4, ["--firm", "nobody"]), (4, ["--profile", "nobody"]), (1, ["-o", "."]),
    ):  # fmt: skip
        done = optout(tmp_path, "export", *args)
        assert (done.returncode, done.stdout) == (code, ""), args
    done = optout(tmp_path, "export", "--case", ref[:4].lower(), "-o", "a.jsonl", "--json")
    assert done.returncode == 0 and '"cases": 1' in done.stdout
    assert optout(tmp_path, "export", "-o", "a.jsonl").returncode == 1
    assert optout(tmp_path, "export", "-o", "a.jsonl", "--force").returncode == 0
    for code, args in (
        (5, ["nowhere.jsonl"]),
        (5, ["."]),
        (2, ["a.jsonl", "--as", "x"]),
        (2, ["a.jsonl", "--as", "x=../y"]),
    ):
        assert optout(tmp_path, "import", *args).returncode == code, args


def test_the_table_names_nobody_unless_asked(tmp_path: Path) -> None:
    ref = request(tmp_path, "--format", "txt")["ref"]
    table = optout(tmp_path, "export", "--format", "csv")
    assert table.returncode == 0 and "Ada" not in table.stdout
    (found,) = csv.DictReader(io.StringIO(table.stdout))
    assert (found["ref"], found["firm"], found["place"], found["phase"]) == (ref, "clearview", "us-il", "draft")
    assert "deletion=pending" in found["outcomes"]
    (found,) = csv.DictReader(io.StringIO(optout(tmp_path, "export", "--format", "csv", "--with-names").stdout))
    assert found["name"] == PERSON[1]


FORMULAS = ["=1+1", "+33 1 23", "-1", "@SUM(1)", "\t=1", "\r=1", "\n1", "  =1", "\u00a0=1", "\u200b=1", "\ufeff+1", "＝1", "＋1",
            "－1", "＠x", " ﹣1", "﹢1"]  # fmt: skip


def test_every_sign_that_becomes_a_start_of_a_formula_is_guarded() -> None:
    starts = [x for x in map(chr, range(sys.maxunicode + 1)) if unicodedata.normalize("NFKC", x)[:1] in {*"=+-@"}]
    assert len(starts) > 8 and all(safe(f"{sign}1") == f"'{sign}1" for sign in starts)


def test_no_cell_is_a_formula() -> None:
    assert [safe(text) for text in FORMULAS] == [f"'{text}" for text in FORMULAS]
    harmless = ["", "Ada", "a=b", "1-2", "Ærlig", "'=1", "42"]
    assert [safe(text) for text in harmless] == harmless


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=5))
def test_every_cell_comes_back_from_the_table(cells: list[str]) -> None:
    (back,) = csv.reader(io.StringIO(row(cells), newline=""))
    assert back == [safe(cell) for cell in cells]


@pytest.mark.system
def test_a_spreadsheet_program_finds_no_formula(tmp_path: Path) -> None:
    import zipfile

    (tmp_path / "a.csv").write_text("".join(row([text, "x"]) for text in FORMULAS), encoding="utf-8", newline="")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [needed("soffice"), profile, "--headless", "--infilter=CSV:44,34,76,1,,0,false,true,false,true",
               "--convert-to", "ods", "--outdir", str(tmp_path), str(tmp_path / "a.csv")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    with zipfile.ZipFile(tmp_path / "a.ods") as made:
        content = made.read("content.xml").decode()
    assert "table:formula" not in content and 'office:value-type="string"' in content


def test_on_windows_no_folder_on_a_server_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with vault_in(tmp_path / "one") as vault:
        one_case(vault)
        lines = lines_of(export_of(vault))
    for row_ in lines[2]["files"]:
        row_["folder"] = r"\\server.example\share"
    for keeps, count in ((False, 0), (True, 2)):
        monkeypatch.setattr(incoming, "KEEPS_NETWORK_NAMES", keeps)
        with vault_in(tmp_path / f"two-{keeps}") as other:
            assert import_into(other, as_file(lines)).problems == []
            assert other.run("select count(*) from files") == [(count,)]
