"""F-30, F-32: sheets in any encoding, and with other columns than expected."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from optout.cli.app import App
from optout.cli.members import Member, Wrong, WrongHeader, example, write_wrong
from optout.membership import unmatched
from tests.faults.member_sheets import HEAD, SHEET, members, names, opened, place, refused


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App({"home": str(tmp_path / "home")})


# -- F-30


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_f30_utf_8_and_marked_utf_16_are_read(app: App, tmp_path: Path, encoding: str) -> None:
    assert names(opened(app, tmp_path, SHEET.encode(encoding))) == ["Ada Example", "Zoë Example"]


def test_f30_both_byte_orders_are_read_by_their_mark(app: App, tmp_path: Path) -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert names(opened(app, tmp_path, mark + SHEET.encode(encoding)))[1] == "Zoë Example"


@pytest.mark.parametrize(
    ("encoding", "guess"),
    [
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
        ("mac_roman", "mac_roman"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_f30_others_are_refused_with_the_option_that_reads_them(
    app: App, tmp_path: Path, encoding: str, guess: str
) -> None:
    error = refused(app, tmp_path, SHEET.encode(encoding))
    assert f"--encoding {guess}" in error.hint
    assert place(error) == ((3, 1) if not encoding.startswith("utf") else (1, 1))
    assert names(opened(app, tmp_path, SHEET.encode(encoding), encoding=guess)) == ["Ada Example", "Zoë Example"]


def test_f30_polish_is_told_from_western_text(app: App, tmp_path: Path) -> None:
    polish = HEAD + "Łukasz Wiśniewski Przykład,l@members.example,PL\n"
    assert "--encoding cp1250" in refused(app, tmp_path, polish.encode("cp1250")).hint


def test_f30_two_encodings_in_one_file_are_refused_at_the_first_wrong_cell(app: App, tmp_path: Path) -> None:
    mixed = SHEET.encode() + b'"Ada\nExample",ada@members.example,"Qu\xe9bec"\n'
    assert place(refused(app, tmp_path, mixed)) == (4, 3)


@pytest.mark.parametrize(("data", "given"), [(SHEET.encode("utf-8-sig"), "cp1252"), (SHEET.encode(), "cp1252")])
def test_f30_an_encoding_that_contradicts_the_file_is_refused(
    app: App, tmp_path: Path, data: bytes, given: str
) -> None:
    assert refused(app, tmp_path, data, encoding=given).hint == "leave --encoding out"


@pytest.mark.parametrize("given", ["nonsense", "idna", "unicode_escape", "base64", "a\0b"])
def test_f30_what_is_no_encoding_of_text_is_refused(app: App, tmp_path: Path, given: str) -> None:
    assert "--encoding" in str(refused(app, tmp_path, SHEET, encoding=given))


# -- F-32


@pytest.mark.parametrize(
    "header",
    [
        "NAME, E-Mail ,Residence",
        "Nom complet,Courriel,Pays de résidence",
        "Vor- und Nachname,E-Mail-Adresse,Wohnort",
        "Nombre y apellidos,Correo electrónico,País",
        "Nome e cognome,Indirizzo e-mail,Residenza",
        "Naam,E-mailadres,Woonland",
        "Imię i nazwisko,E-mail,Miejsce zamieszkania",
        "Nome completo,Correio eletrónico,País de residência",
    ],
)
def test_f32_columns_are_known_by_their_names_in_the_letter_languages(app: App, tmp_path: Path, header: str) -> None:
    assert names(opened(app, tmp_path, f"{header}\nAda,ada@members.example,FR\n")) == ["Ada"]


def test_f32_all_that_is_wrong_with_the_columns_is_said_at_once(app: App, tmp_path: Path) -> None:
    with pytest.raises(WrongHeader) as caught:
        opened(app, tmp_path, "Name,E-mail,email,Residense,Shoe size,address,address 1\n")
    messages = [problem.message for problem in caught.value.problems]
    assert [(p.line, p.column) for p in caught.value.problems] == [(1, 3), (1, 4), (1, 5), (1, 6), (1, 0)]
    assert "did you mean residence? --column residence='Residense'" in messages[1]
    assert "--column -='Shoe size' to leave it out" in messages[2]
    assert messages[4] == "residence: there is no such column; if it has another name: --column residence=NAME"
    assert caught.value.hint == "rename the columns, or: --column residence='Residense' --column -='Shoe size'"
    assert caught.value.header[3] == "Residense"
    assert [(one.place, one.near[:1]) for one in unmatched(caught.value.header)] == [(3, ("residence",)), (4, ())]


def test_f32_columns_can_be_named_and_left_out(app: App, tmp_path: Path) -> None:
    text = "Who,email,Residense,Shoe size,Hat\nAda,ada@members.example,FR,7,8\n"
    given = {"name": "who", "residence": "residense", "-": ("Shoe size", "Hat")}
    (ada,) = members(opened(app, tmp_path, text, columns=given))
    assert (ada.subject.name, ada.subject.residence) == ("Ada", "fr")
    with pytest.raises(WrongHeader) as caught:
        opened(app, tmp_path, text, columns={"name": "Whom", "shoe": "Hat"})
    said = " ".join(problem.message for problem in caught.value.problems)
    assert "--column name='Whom': there is no such column" in said
    assert "--column shoe: write" in said


def test_f32_a_sheet_without_a_header_shows_nothing_of_its_first_person(app: App, tmp_path: Path) -> None:
    error = refused(app, tmp_path, "Ada Example,ada@members.example,FR\n")
    assert "names no column" in error.problems[0].message
    assert "Ada" not in str(error.problems)


def test_f32_empty_files_and_header_only(app: App, tmp_path: Path) -> None:
    for data in ("", "\n\n", "\ufeff"):
        assert "is empty" in str(refused(app, tmp_path, data))
    assert list(opened(app, tmp_path, HEAD).members()) == []
    assert list(opened(app, tmp_path, HEAD + "\n,,\n  , ,\n , \n").members()) == []


def test_f32_every_wrong_cell_is_named_with_what_may_be_meant(app: App, tmp_path: Path) -> None:
    text = HEAD.replace("residence", "Residence,language,minor") + " ,ada@,Calfornia,german,perhaps\n,,EU,,\n"
    one, two = opened(app, tmp_path, text).members()
    assert isinstance(one, Wrong) and isinstance(two, Wrong)
    assert [f"{p.file}:{p.line}:{p.column}" for p in one.problems] == [f"people.csv:2:{i}" for i in range(1, 6)]
    messages = [problem.message for problem in one.problems]
    assert messages[:2] == ["name: the name is empty", "email: the e-mail address is not one"]
    assert messages[2].startswith("Residence: this place is not known; did you mean 'US-CA'")
    assert messages[3].endswith("did you mean de?")
    assert messages[4] == "minor: write yes or no"
    assert [problem.column for problem in two.problems] == [1, 2, 3]
    assert not any(word in str(one.problems) for word in ("ada", "Calfornia", "german", "perhaps"))
    assert "ada@" not in repr(one)


def test_f32_very_many_unknown_places_are_told_quickly_and_known_ones_still_found(app: App, tmp_path: Path) -> None:
    rows = "".join(f"Ada,ada@members.example,Nowhere {i}\n" for i in range(3000))
    found = list(
        opened(app, tmp_path, f"{HEAD}{rows}Ada,ada@members.example,Illinois\nAda,a@b.example,us_ca\n").members()
    )
    assert all(isinstance(row, Wrong) for row in found[:-2])
    assert [row.subject.residence for row in found[-2:] if isinstance(row, Member)] == ["us-il", "us-ca"]


def test_f32_minors_ids_postcodes_and_address_lines(app: App, tmp_path: Path) -> None:
    head = "id,name,email,residence,address_2,address_1,postcode,situation,language,minor\n"
    row = '0017,Ada,ada@members.example,FR,75001 Paris,1 rue,75001,"I\r\nsaid",FR,'
    text = head + "".join(row + word + "\n" for word in ("oui", "Ja", "sí", "TAK", "não", "", "x"))
    found = members(opened(app, tmp_path, text))
    assert [member.minor for member in found] == [True, True, True, True, False, False, True]
    first = found[0]
    assert (first.key, first.postcode, first.subject.language) == ("0017", "75001", "fr")
    assert (first.subject.address, first.subject.situation) == (("1 rue", "75001 Paris"), "I\nsaid")
    (wrong,) = opened(app, tmp_path, head + row.replace("0017", "~0") + "\n").members()
    assert isinstance(wrong, Wrong)
    assert "does not begin with ~" in wrong.problems[0].message


def test_f32_a_key_is_the_same_for_the_same_person_however_typed(app: App, tmp_path: Path) -> None:
    text = HEAD + "Zoë  Example,zoe@members.example,FR\nZOE EXAMPLE,Zoe@Members.example,France\n"
    one, two, other = members(opened(app, tmp_path, text + "Zoë Example,zoe2@members.example,FR\n"))
    assert one.key == two.key != other.key
    assert len(one.key) == 17 and one.key[0] == "~"


def test_f32_the_empty_sheet_explains_each_column_and_is_read_without_its_explanations(
    app: App, tmp_path: Path
) -> None:
    head, told = csv.reader(io.StringIO(example(), newline=""))
    assert len(head) == len(told) and all(told)
    row = ["", "Ada", "ada@members.example", "FR", *[""] * (len(head) - 4)]
    assert names(opened(app, tmp_path, example() + ",".join(row) + "\n")) == ["Ada"]


# -- rows to be mended


def test_f32_wrong_rows_come_back_as_they_were(app: App, tmp_path: Path) -> None:
    cells = ["=1+1", "'=1", "''@x", "+33", "-a", "\t=x", "'s-Hage", "O'Neil", 'a,b\n"c"', "＝x", " =y", "'", ""]
    text = io.StringIO()
    csv.writer(text).writerows([["name", "email", "residence", "Note"], *[["Ada", "no", "FR", cell] for cell in cells]])
    options: dict[str, Any] = {"columns": {"-": "Note"}}
    data = text.getvalue()
    for _ in range(3):
        found = opened(app, tmp_path, data, **options)
        wrongs = [row for row in found.members() if isinstance(row, Wrong)]
        assert len(wrongs) == len(cells)
        # A sheet of ours is read without the guards, and the first time none of these is one of ours.
        back = [wrong.cells[found.header.index("Note")] for wrong in wrongs]
        out = io.StringIO(newline="")
        write_wrong(out, found, wrongs)
        data = out.getvalue()
        rows = list(csv.reader(io.StringIO(data, newline="")))
        assert rows[0] == ["problems", "name", "email", "residence", "Note"]
        assert rows[1][0] == "email: the e-mail address is not one"
        assert not any(cell.strip()[:1] in ("=", "+", "-", "@", "＝") for row in rows for cell in row if cell)
        again = opened(app, tmp_path, data, **options)
        kept = [row.cells[again.header.index("Note")] for row in again.members() if isinstance(row, Wrong)]
        assert kept == back
