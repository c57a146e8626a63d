"""French letters: set and worded as French letters are, and no claim that the English ones do not make."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from docx import Document

from optout.cli import golden
from optout.law import text_in
from optout.letter import Letter, plain, words
from optout.library.catalog import Catalog
from optout.render import docx, pdf, text
from optout.select import Asked
from optout.typography import NO_BREAK
from tests.golden_letters import DAY, FOLDER

CATALOG = Catalog()
GOLDEN = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*-fr.txt")}
CANADIAN = sorted(name for name in GOLDEN if name.startswith("ca-"))
OTHER = sorted(set(GOLDEN) - set(CANADIAN))
FOREIGN = re.compile(
    r"\b(Arts?\.|January|February|March|April|May|June|July|August|September|October|November|December|the|and|of|with"
    r"|your|my|request|access|data|clause|Schedule|Act|GDPR|PIPEDA|Findings|none|Enclosures|Sincerely)\b"
)


def body(name: str) -> str:
    """From the day on: without the addresses, and without what the person wrote themself."""
    whole = GOLDEN[name]
    own = re.sub(r" +", r"\\s+", re.escape(golden.SITUATION["fr"]).replace("\\ ", " "))
    return re.sub(own, "", whole[whole.index("\nLe ") :])


def english(name: str) -> str:
    return name.removesuffix("-fr.txt") + ".txt"


def test_there_are_letters_of_both_countries() -> None:
    assert len(CANADIAN) >= 5
    assert len(OTHER) >= 15


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_no_fault_of_print(name: str) -> None:
    found = body(name)
    assert '"' not in found
    assert "'" not in found
    assert not re.search(r"[ \n][:;!?»]|«[ \n]", found), "an ordinary blank where a line must not break"
    assert not re.search(rf"[^{NO_BREAK}][:»]|«[^{NO_BREAK}]", found)
    assert not re.search(r"\b(articles?|paragraphes?|points?|n°)[ \n]\d", found)
    assert not re.search(r"\d[ \n](janvier|novembre|décembre|jours)\b", found)
    assert max(len(line) for line in GOLDEN[name].splitlines()) <= 72


@pytest.mark.parametrize("name", OTHER)
def test_france_sets_a_blank_before_double_punctuation(name: str) -> None:
    assert not re.search(rf"[^{NO_BREAK}][;!?]", body(name))


@pytest.mark.parametrize("name", CANADIAN)
def test_canada_sets_none_but_before_the_colon(name: str) -> None:
    assert not re.search(rf"{NO_BREAK}[;!?]", body(name))
    assert f"{NO_BREAK}:" in body(name)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_no_foreign_word_and_no_sex(name: str) -> None:
    found = body(name)
    assert not FOREIGN.search(found), FOREIGN.search(found)
    assert not re.search(r"\(e\)|\(ne\)|·e|\bje suis\b|\bsoussigné", found, re.IGNORECASE)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_the_words_of_the_country(name: str) -> None:
    found = " ".join(body(name).split())
    if name.startswith("ca-"):
        assert not re.search(r"\bdonnées\b", found)
        assert "renseignements personnels" in found
        assert found.count("Veuillez agréer, Madame, Monsieur, mes salutations distinguées.") == 1
    else:
        assert "renseignement" not in found
    assert "Madame, Monsieur," in found
    assert "Objet :" in found


@pytest.mark.parametrize("name", [name for name in sorted(GOLDEN) if (FOLDER / english(name)).exists()])
def test_the_same_points_sections_and_days_as_in_english(name: str) -> None:
    other = (FOLDER / english(name)).read_text(encoding="utf-8")
    other = other[other.index(golden.REF) :]
    found = body(name)[body(name).index(golden.REF) :]
    assert re.findall(r"^\d+\. ", found, re.MULTILINE) == re.findall(r"^\d+\. ", other, re.MULTILINE)
    assert set(re.findall(r"\d+", found)) == set(re.findall(r"\d+", other))


def test_an_unverified_number_is_not_printed() -> None:
    numbers = [
        text_in(d.number, "fr")
        for d in CATALOG.firm("clearview").decisions
        if d.number and d.pinpoint not in ("verified", "secondary")
    ]
    assert numbers
    for name, found in GOLDEN.items():
        assert not [number for number in numbers if number in found], name
        assert "SAN-2023" not in found


def letters(place: str) -> list[Letter]:
    return golden.letters(CATALOG, place, "clearview", Asked(on=DAY), "fr")


@pytest.mark.parametrize("place", ["fr", "ca-qc"])
def test_no_break_spaces_reach_every_format(place: str) -> None:
    for letter in letters(place):
        said = "\n".join([letter.day_text, letter.heading, *(b.text() for b in letter.blocks), letter.enclosures])
        assert said.count(NO_BREAK) > 10
        in_word = "\n".join(p.text for p in Document(io.BytesIO(docx.write(letter))).paragraphs)
        assert in_word.count(NO_BREAK) == said.count(NO_BREAK)
        assert text.write(letter).decode().count(NO_BREAK) == in_word.count(NO_BREAK)
        pages = pypdf.PdfReader(io.BytesIO(pdf.write(letter))).pages
        read = " ".join(page.extract_text() for page in pages)
        assert not [word for word in words(letter) if word not in read.split()]


def test_no_line_of_a_text_begins_with_what_belongs_to_the_one_before() -> None:
    for place in ("fr", "ca-qc"):
        for letter in letters(place):
            assert not [line for line in plain(letter).splitlines() if re.match(r"\s*[:;!?»]", line)]


@pytest.mark.parametrize("place", ["at", "ca-nb", "de-hh", "gr", "it", "nl", "us-ca"])
@pytest.mark.parametrize("firm", ["clearview", None])
def test_what_no_golden_letter_prints_is_french_too(place: str, firm: str | None) -> None:
    """Decisions of other countries, plain requests of every kind, and a firm of which nothing is known."""
    kinds = ("access", "preserve", "correction", "portability", "profiling_opt_out", "consent_withdrawal", "recipients")
    if place == "us-ca":
        asked = [Asked(demands=(kind,), only=True, on=DAY) for kind in kinds if kind != "access"]
    else:
        asked = [Asked(demands=("deletion",), only=True, on=DAY), Asked(demands=kinds, on=DAY)]
    for one in asked:
        for letter in golden.letters(CATALOG, place, firm, one, "fr"):
            found = plain(letter)
            found = found[found.index("\nLe ") :]
            assert not FOREIGN.search(found), FOREIGN.search(found)
            assert not re.search(r"[ \n][:;!?»]|['\"]|\(e\)", found)
            if re.search(r"[;!?]", found):
                assert bool(re.search(rf"{NO_BREAK}[;!?]", found)) is not place.startswith("ca-")


@pytest.mark.parametrize("language", ["en", "fr", "de", "it"])
@pytest.mark.parametrize("firm", ["clearview", "pimeyes", "meta"])
def test_swiss_letters_fit_on_two_pages(firm: str, language: str) -> None:
    """The longest first letters there are: access and the express declaration, with the sender's street."""
    for number, letter in enumerate(golden.letters(CATALOG, "ch", firm, Asked(on=DAY), language)):
        made = pdf.write(letter)
        assert len(pypdf.PdfReader(io.BytesIO(made)).pages) <= 2, number
