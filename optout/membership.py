"""The columns of a sheet of members: what each is called, what stands in it, and which row is which member."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from optout.naming import folded, near
from optout.problems import Problem

REQUIRED = ("name", "email", "residence")
ADDRESS_LINES = tuple(f"address_{number}" for number in range(1, 6))
PROBLEMS = "problems"
"""The column that a sheet of rows to be mended has first, and that is not read."""
RETYPE = "Type again what is named here, then empty this cell."
"""Before the problems of a row whose faults cannot be seen in a list: what was a number or merged there is text here."""
MOST_OPTIONS = 12
"""Columns whose options are given together; for more, a sheet is mended more easily."""
IGNORED = "-"
"""Stands for the field of a column that is not to be read."""
COLUMNS = {
    "id": "Your own number or sign for this member, no two the same. May be left empty.",
    "name": "The full name, as it is to stand in the letter.",
    "email": "The e-mail address that firms answer to.",
    "residence": "Where the member lives: FR, US-IL, or a name such as France or Illinois.",
    "address_1": "The first line of the postal address. Leave all of them empty to print none.",
    "address_2": "The second line.",
    "address_3": "The third line.",
    "postcode": "The postcode, by which printed letters are sorted. Format the column as text.",
    "situation": "Grounds of their own situation for an objection, in their words. May be left empty.",
    "language": "The language of the letters, such as en or fr. Empty: that of the place.",
    "minor": "yes for somebody under age, no or empty for all others.",
}
"""What an empty sheet says of each of its columns."""
_ADDRESS = "address postaladdress adresse adressepostale anschrift postanschrift indirizzo direccion direccionpostal"
_ADDRESS_WORDS = f"{_ADDRESS} adres postadres adrespocztowy endereco morada"
_LINE_WORDS = "addressline adresszeile lignedadresse ligneadresse adresregel liniaadresu linhadeendereco rigaindirizzo"
# "State" is no word for the residence: CA would be Canada there, and DE Germany.
_WORDS = {
    "id": "id key number no memberid membernumber nr mitgliedsnummer numero numerodadherent numerodemembre numerosocio "
    "numerodesocio lidnummer numerczłonka numerdesocio",
    "name": "name fullname nom nomcomplet nometprenom prenometnom vollstandigername vorundnachname nachundvorname nome "
    "nomecompleto nomeecognome nombre nombrecompleto nombreyapellidos naam volledigenaam imieinazwisko nazwiskoiimie",
    "email": "email mail emailaddress mailaddress courriel adresseemail adressemail adresseelectronique emailadresse "
    "mailadresse postaelettronica indirizzoemail correo correoelectronico direcciondecorreo emailadres adresemail "
    "adrespocztyelektronicznej enderecodeemail correioeletronico correioelectronico",
    "residence": "residence placeofresidence place country countryofresidence pays paysderesidence lieuderesidence "
    "residenceplace wohnort wohnsitz land wohnsitzland wohnland residenza luogodiresidenza paese residencia "
    "lugarderesidencia pais paisderesidencia woonplaats woonland miejscezamieszkania kraj krajzamieszkania "
    "localderesidencia",
    "address": _ADDRESS_WORDS,
    "postcode": "postcode postalcode zip zipcode codepostal plz postleitzahl cap codicepostale codigopostal cp "
    "kodpocztowy",
    "situation": "situation ownsituation situationpersonnelle grunde begrundung situazione situacion situatie sytuacja "
    "situacao",
    "language": "language letterlanguage langue sprache lingua idioma taal jezyk",
    "minor": "minor underage mineur minderjahrig minore minorenne menor menordeedad menordeidade nieletni małoletni",
}
FIELDS = (*_WORDS, *ADDRESS_LINES)
SYNONYMS = {word: field for field, words in _WORDS.items() for word in words.split()} | {
    f"{word}{number}": f"address_{number}"
    for word in f"{_ADDRESS_WORDS} {_LINE_WORDS}".split()
    for number in range(1, len(ADDRESS_LINES) + 1)
}
"""Names of columns in the letter languages, as they are compared, with our field."""
LANGUAGES = {
    name: language
    for language, names in {
        "de": "german deutsch allemand tedesco aleman duits niemiecki alemao ger deu",
        "en": "english englisch anglais inglese ingles engels angielski eng",
        "es": "spanish spanisch espagnol spagnolo espanol castellano spaans hiszpanski espanhol spa",
        "fr": "french franzosisch francais francese frances frans francuski fra",
        "it": "italian italienisch italien italiano italiaans włoski ita",
        "nl": "dutch niederlandisch neerlandais olandese neerlandes nederlands niderlandzki holenderski nld",
        "pl": "polish polnisch polonais polacco polaco pools polski pol",
        "pt": "portuguese portugiesisch portugais portoghese portugues portugees portugalski por",
    }.items()
    for name in names.split()
}
"""What a language is called in the others, for a suggestion."""
_YES = frozenset("yes y true 1 x oui vrai ja j wahr si s vero verdadero sim verdadeiro tak t prawda waar".split())
_NO = frozenset("no n false 0 non faux nein falsch falso nie nee onwaar nao fałsz".split())


class Unmatched(NamedTuple):
    """A column that is called like none of ours."""

    place: int
    """From 0."""
    header: str
    near: tuple[str, ...]
    """Fields that may be meant, the likeliest first."""


def plain(header: str) -> str:
    """The name of a column as it is compared: without case, accents, blanks and punctuation."""
    return re.sub(r"[\W_]+", "", folded(header))


def unmatched(header: Sequence[str]) -> list[Unmatched]:
    """The columns with a name that is not known. A column without a name is not among them."""
    found = []
    for index, cell in enumerate(header):
        word = plain(cell)
        if word and word not in SYNONYMS and word != PROBLEMS:
            found.append(Unmatched(index, cell.strip(), _meant(word)))
    return found


@cache
def _meant(word: str) -> tuple[str, ...]:
    """The fields that a name may stand for. It is asked of each name again and again, and slow with hundreds of them."""
    return tuple(dict.fromkeys(SYNONYMS[name] for name in near(word, SYNONYMS)))[:3]


def remembered(
    header: Sequence[str], given: Mapping[str, str | Sequence[str]], answers: Mapping[str, str]
) -> dict[str, str | Sequence[str]]:
    """What was given, and for columns that are not known by their names what was answered before: by the name of the
    column, as it is compared, its field. A field that is given, or has a column of its own name, is not taken twice."""
    found: dict[str, str | Sequence[str]] = dict(given)
    said = {plain(name) for names in given.values() for name in ((names,) if isinstance(names, str) else names)}
    named = {SYNONYMS.get(plain(cell), "") for cell in header if plain(cell) not in said}
    for column in unmatched(header):
        word = plain(column.header)
        field = answers.get(word, "")
        if word in said or field not in (*FIELDS, IGNORED):
            continue
        if field == IGNORED:
            left = found.get(IGNORED, ())
            found[IGNORED] = (*((left,) if isinstance(left, str) else left), column.header)
        elif field not in found and field not in named:
            found[field] = column.header
    return found


def known(header: Sequence[str]) -> int:
    """How many columns have a name that is known."""
    return sum(plain(cell) in SYNONYMS for cell in header)


def match(
    file: str, line: int, header: Sequence[str], given: Mapping[str, str | Sequence[str]]
) -> tuple[dict[str, int], list[Problem]]:
    """Where each field stands, and everything that is wrong with the names of the columns.

    `given` maps a field to the name of its column, and `-` to those that are not to be read.
    """
    found: list[Problem] = []

    def wrong(index: int, code: str, message: str) -> None:
        found.append(Problem(file, line, index + 1, code, message))

    columns, left = _given(header, given, wrong)
    if not columns and not known(header):
        # Without a header the first row is a person, of whom nothing is shown.
        wrong(-1, "missing-column", f"this row names no column that is known, such as {', '.join(REQUIRED)}")
        return {}, found
    strange = {one.place: one for one in unmatched(header)}
    for index, cell in enumerate(header):
        field = SYNONYMS.get(plain(cell), "")
        if index in left or index in columns.values():
            continue
        shown = f"{cell.strip()[:60]}: "
        if field in columns:
            again = f"column {columns[field] + 1} is {field} as well"
            wrong(index, "doubled-column", f"{shown}{again}; take one out, or: --column -={quoted(cell)}")
        elif field:
            columns[field] = index
        elif index in strange:
            wrong(index, "unknown-column", shown + _suggested(strange[index], columns))
    if "address" in columns and any(field in columns for field in ADDRESS_LINES):
        wrong(columns["address"], "doubled-column", "address: there are address lines in columns of their own as well")
    for field in REQUIRED:
        if field not in columns:
            wrong(
                -1, "missing-column", f"{field}: there is no such column; if it has another name: --column {field}=NAME"
            )
    return columns, found


def _given(
    header: Sequence[str], given: Mapping[str, str | Sequence[str]], wrong: Callable[[int, str, str], None]
) -> tuple[dict[str, int], set[int]]:
    """The columns that were named, and those that are not to be read: the one of problems too."""
    words = [plain(cell) for cell in header]
    columns: dict[str, int] = {}
    left = {index for index, word in enumerate(words) if word == PROBLEMS}
    for field, names in given.items():
        for name in (names,) if isinstance(names, str) else names:
            places = [index for index, word in enumerate(words) if word and word == plain(name)]
            if field != IGNORED and field not in FIELDS:
                wrong(-1, "unknown-column", f"--column {field}: write {', '.join(FIELDS)}, or - for one to leave out")
            elif not places:
                wrong(-1, "unknown-column", f"--column {field}='{name}': there is no such column")
            elif field == IGNORED:
                left.update(places)
            elif len(places) > 1:
                wrong(places[1], "doubled-column", f"{name}: there are {len(places)} columns called so")
            else:
                columns[field] = places[0]
    return columns, left


def _suggested(column: Unmatched, columns: Mapping[str, int]) -> str:
    meant = [field for field in column.near if field not in columns]
    name = quoted(column.header)
    ask = f"did you mean {' or '.join(meant)}? --column {meant[0]}={name}, or " if meant else ""
    return f"this column is not known; {ask}--column -={name} to leave it out"


def quoted(header: str) -> str:
    """The name of a column as a shell takes it."""
    return "'" + header.strip().replace("'", "'\\''") + "'"


def options_for(header: Sequence[str], given: Mapping[str, str | Sequence[str]]) -> str:
    """The options that say what the columns hold whose names are not known, by the likeliest guess; "" if there is none
    for a field that is needed."""
    said = {plain(name) for names in given.values() for name in ((names,) if isinstance(names, str) else names)}
    taken = {SYNONYMS.get(plain(cell), "") for cell in header if plain(cell) not in said} | set(given)
    words = []
    for column in unmatched(header):
        if plain(column.header) not in said:
            field = next((field for field in column.near if field not in taken), IGNORED)
            taken.add(field)
            words.append(f"--column {field}={quoted(column.header)}")
    return " ".join(words) if len(words) <= MOST_OPTIONS and all(field in taken for field in REQUIRED) else ""


def is_minor(text: str) -> bool:
    """Raises ValueError for what is neither yes nor no in a letter language."""
    word = plain(text)
    if word and word not in _YES and word not in _NO:
        raise ValueError("write yes or no")
    return word in _YES


def same_member(names: tuple[str, str], mailboxes: tuple[str, str]) -> bool:
    """Whether two rows with one id are of one member: the name is the same, or the mailbox is."""
    return folded(names[0]) == folded(names[1]) or mailboxes[0].casefold() == mailboxes[1].casefold()


def row_key(name: str, email: str, place: str) -> str:
    """What stands for a member without an id: the same for the same name, e-mail address and place, however they were
    typed, and another one for every other."""
    parts = "\0".join((folded(name), email.casefold(), place))
    return "~" + hashlib.sha256(parts.encode()).hexdigest()[:16]
