"""F-35: what people write in cells: kept letter by letter, or refused by its row, and never run by anything."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.cli.app import App
from optout.cli.memberrows import guarded, unguarded
from optout.cli.members import Wrong, write_wrong
from optout.cli.spreadsheet import safe
from optout.errors import BadData
from tests.core.test_subject import KEPT, REFUSED
from tests.faults.member_sheets import names, opened
from tests.faults.workbooks import xlsx

HEAD = ["name", "email", "residence", "situation"]


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App({"home": str(tmp_path / "home")})


def sheet(texts: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *([text, "ada@members.example", "FR", text] for text in texts)])
    return out.getvalue()


def test_f35_good_cells_stay_letter_by_letter(app: App, tmp_path: Path) -> None:
    kept = [unicodedata.normalize("NFC", text) for text in KEPT]
    assert names(opened(app, tmp_path, sheet(KEPT))) == kept
    (found,) = [row for row in opened(app, tmp_path, sheet(["a\r\nb"])).members()]
    assert isinstance(found, Wrong) and [problem.column for problem in found.problems] == [1]


def test_f35_bad_cells_are_named_by_row_and_column_and_not_shown(app: App, tmp_path: Path) -> None:
    bad = [text for text in REFUSED if "\ud800" not in text] + ["x" * 301, "x" * 10_000]
    found = list(opened(app, tmp_path, sheet(bad)).members())
    assert len(found) == len(bad) and all(isinstance(row, Wrong) for row in found)
    for row, text in zip(found, bad, strict=True):
        assert isinstance(row, Wrong)
        assert (row.problems[0].line, row.problems[0].column) == (row.line, 1)
        assert re.match(r"name: (row [0-9]+: )?the name ", row.problems[0].message)
        assert text not in row.problems[0].message
    assert "longer than 300" in found[-1].problems[0].message  # type: ignore[union-attr]


def test_f35_a_lone_surrogate_is_no_utf_8(app: App, tmp_path: Path) -> None:
    data = sheet(["a\ud800b"]).encode("utf-8", "surrogatepass")
    with pytest.raises(BadData) as caught:
        opened(app, tmp_path, data)
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, 1)]


def test_f35_the_limits_of_the_other_cells(app: App, tmp_path: Path) -> None:
    rows = [
        ["name", "email", "residence", "address", "situation", "postcode", "id"],
        ["Ada", "ada@members.example", "FR", "a\n" * 13, "s" * 5001, "1" * 21, "i" * 301],
        ["Ada", f"{'a' * 250}@members.example", "FR", "a" * 301, "", "", "a\nb"],
    ]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    one, two = opened(app, tmp_path, out.getvalue()).members()
    assert isinstance(one, Wrong) and isinstance(two, Wrong)
    assert sorted(problem.column for problem in one.problems) == [4, 5, 6, 7]
    assert sorted(problem.column for problem in two.problems) == [2, 4, 7]


def test_f35_a_workbook_gives_the_same(app: App, tmp_path: Path) -> None:
    good = [text for text in KEPT if "<" not in text and "&" not in text]
    data = xlsx(HEAD, *([text, "ada@members.example", "FR", ""] for text in good))
    assert names(opened(app, tmp_path, data, "people.xlsx")) == [unicodedata.normalize("NFC", text) for text in good]


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("'=+-@\t\r\n ＝"), max_size=12))
def test_f35_a_guarded_cell_is_no_formula_and_comes_back(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert safe(guarded(cell)) == guarded(cell)


def test_f35_what_is_written_to_be_mended_runs_in_no_spreadsheet(app: App, tmp_path: Path) -> None:
    found = opened(app, tmp_path, sheet(["=1+1", "+33", "'=x"]).replace("FR", "Nowhere"))
    out = io.StringIO(newline="")
    wrongs = [row for row in found.members() if isinstance(row, Wrong)]
    write_wrong(out, found, wrongs)
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert [row[1] for row in rows[1:]] == ["'=1+1", "'+33", "'=x"]
    again = opened(app, tmp_path, out.getvalue().replace("Nowhere", "FR"))
    assert names(again) == ["=1+1", "+33", "=x"]
