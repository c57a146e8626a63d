"""Letters in every language beside English and French: their manners, their print, and no more claimed than in English."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import pypdf
import pytest
from docx import Document

from optout.cli import golden
from optout.cli.drafting import dated
from optout.languages import WORDING
from optout.law import text_in
from optout.letter import Block, Letter, plain, words
from optout.library.catalog import Catalog
from optout.render import docx, docx_package, pdf
from optout.select import Asked
from optout.typography import NO_BREAK, set_in
from tests import golden_following
from tests.golden_letters import CLIENT, DAY, FOLDER, KINDS, OTHER, others
from tests.manners import ENGLISH, MANNERS

CATALOG = Catalog()
WRITTEN = others(CATALOG)
GOLDEN = {
    path.name: path.read_text(encoding="utf-8")
    for language in WRITTEN
    for path in sorted(FOLDER.glob(f"*-{language}.txt"))
}
FOLLOWING = {
    path.name: path.read_text(encoding="utf-8")
    for language in WRITTEN
    for path in sorted(golden_following.FOLDER.glob(f"*-{language}.txt"))
}
EVERY = ("access", "deletion", "objection", "restriction", "recipients")
PLAIN = ("access", "deletion", "preserve", "correction", "portability", "profiling_opt_out", "consent_withdrawal",
         "recipients", "sale_opt_out", "limit_sensitive", "retention_policy", "consent_proof")  # fmt: skip


def language_of(name: str) -> str:
    return name.removesuffix(".txt").rpartition("-")[2]


def on_one_line(whole: str, language: str, day: date = DAY) -> str:
    """From the day on, on one line: without the addresses, and without what the person wrote themself."""
    flat = re.sub(r"\s*\n\s*", " ", whole)
    heads = (WORDING[language].undated, set_in(dated(day, language), language, "de"))
    start = min(flat.index(head) for head in heads if head in flat)
    return flat[start:].replace(golden.SITUATION[language], "")


def in_keys(text: str) -> str:
    return text.replace(NO_BREAK, " ")


def _uncited(name: str) -> bool:
    """A letter to the police: of the directive no provision is named, and of a canton no law is known."""
    return "-police-" in name or "-cantonal-" in name


def place_of(name: str) -> str:
    """Where the writer of a golden letter lives."""
    return next((place for place in OTHER[language_of(name)] if name.startswith(f"{place}-")), "us-il")


def faults(whole: str, language: str, place: str = "", day: date = DAY) -> list[str]:
    """Everything against the manners of the language, as it is written in that place, in one letter."""
    manner, found = MANNERS[language], on_one_line(whole, language, day)
    keys = in_keys(found)
    if place == "ch":
        keys, count = re.subn(manner.swiss, "", keys)
        assert count and not re.search(manner.citation, keys)
    wrong = {
        "informal": manner.informal,
        "sexed": manner.sexed,
        "citation": manner.wrong_citation,
        "foreign": ENGLISH[language],
    }
    bad = [f"{what}: {hit.group()}" for what, pattern in wrong.items() if (hit := re.search(pattern, keys))]
    if money := re.search(manner.money, keys, re.IGNORECASE):
        bad.append(f"money: {money.group()}")
    if not re.search(manner.formal, keys):
        bad.append("no formal address")
    if '"' in found or set_in(found, language, "de") != found:
        bad.append("print")
    return bad


def test_manners_are_told_of_every_language() -> None:
    assert set(MANNERS) == set(OTHER) == set(WORDING) - {"en", "fr"}
    assert "de" in WRITTEN


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden_letters_keep_the_manners(name: str) -> None:
    assert faults(GOLDEN[name], language_of(name), "" if _uncited(name) else place_of(name)) == []
    assert max(len(line) for line in GOLDEN[name].splitlines()) <= 72


@pytest.mark.parametrize("name", sorted(FOLLOWING))
def test_letters_that_follow_keep_the_manners(name: str) -> None:
    whole = re.sub(r"\S+@\S+", "", FOLLOWING[name])
    day = golden_following.CASES[name.removesuffix(".txt")].later or golden_following.LATER
    found = faults(whole, language_of(name), place_of(name), day)
    # A complaint speaks of the firm, and may not address its reader at all.
    assert [fault for fault in found if "complaint" not in name or fault != "no formal address"] == []
    words = FOLLOWING[name].split("\n\n", 2)[2]  # below the addresses, whose lines stay as they are
    assert max(map(len, words.splitlines())) <= 72


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_every_citation_is_one_of_the_law(name: str) -> None:
    language = language_of(name)
    place, manner = CATALOG.effective(place_of(name)), MANNERS[language]
    style = manner.swiss if name.startswith("ch-") else manner.citation
    entries = [*place.rules, *place.clocks.values(), *place.identity, *place.refusals]
    entries = [part for x in entries for part in (x, *getattr(x, "items", ()), *getattr(x, "limits", ()))]
    allowed = " | ".join(text_in(cite, language) for x in entries for cite in x.cites)
    cited = re.findall(style, in_keys(on_one_line(GOLDEN[name], language)).replace("\u2019", "'"))
    assert [cite for cite in cited if cite not in allowed] == []
    assert bool(cited) is not (name.startswith("us-il") or _uncited(name))


def test_what_rests_on_no_law_says_so() -> None:
    for language in WRITTEN:
        found = in_keys(on_one_line(GOLDEN[f"us-il-clearview-access-{language}.txt"], language))
        assert MANNERS[language].no_claim in found
        assert WORDING[language].chosen in found


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_decisions_are_at_most_two_and_no_unverified_number_is_printed(name: str) -> None:
    language = language_of(name)
    found = in_keys(on_one_line(GOLDEN[name], language)).replace("\u2019", "'")
    decisions = [d for d in CATALOG.firm("clearview").decisions if d.clause]
    assert len({d.id for d in decisions if f"{text_in(d.body, language)} " in found}) <= 3, (
        "one authority decided twice"
    )
    numbers = [text_in(d.number, language) for d in decisions if d.number and d.pinpoint == "unverified"]
    assert numbers and not [number for number in numbers if number in found]


@pytest.mark.parametrize(
    ("language", "place"), [(x, p) for x in WRITTEN for p in (OTHER[x][0], "ch") if p != "ch" or p in OTHER[x]]
)
@pytest.mark.parametrize("firm", ["clearview", "pimeyes", "meta", None])
def test_the_same_points_and_numbers_as_in_english(language: str, place: str, firm: str | None) -> None:
    asked = Asked(demands=EVERY, situation=True, together=True, on=DAY)
    pairs = zip(*(golden.letters(CATALOG, place, firm, asked, x) for x in ("en", language)), strict=True)
    for english, other in pairs:
        assert [b.number for b in english.blocks if b.number] == [b.number for b in other.blocks if b.number]
        digits = [
            set(re.findall(r"\d+", " ".join([x.heading, *(b.text() for b in x.blocks)]))) for x in (english, other)
        ]
        assert digits[0] == digits[1]


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("firm", ["clearview", *sorted({firm for _, firm, _ in KINDS.values()} - {"fbi"}), None])
def test_what_no_golden_letter_prints_keeps_the_manners_too(language: str, firm: str | None) -> None:
    """Every demand under the law and as a plain request, to a firm of each kind, to its client, and to any firm."""
    some = CATALOG.firm(firm) if firm else None
    to = CLIENT if some and some.role != "controller" else None
    first = OTHER[language][0]
    todo = [
        (place, Asked(demands=EVERY, situation=True, together=together, on=DAY), who)
        for place in ((first, "de-hh", "gr", "at", "nl", "it") if firm == "clearview" else (first,))
        for together in ((True, False) if firm == "clearview" else (True,))
        for who in {to, None}
    ]
    todo += [("us-mt", Asked(demands=PLAIN, only=True, on=DAY), who) for who in {to, None}]
    if "ch" in OTHER[language]:
        todo += [
            ("ch", Asked(situation=True, together=together, on=DAY), who)
            for together in (True, False)
            for who in {to, None}
        ]
        todo += [("ch", Asked(demands=(kind,), only=True, on=DAY), to) for kind in ("deletion", "correction")]
    for place, asked, who in todo:
        for letter in golden.letters(CATALOG, place, firm, asked, language, who):
            whole = plain(letter)
            assert faults(whole, language, place) == [], f"{place} {asked.demands}: {on_one_line(whole, language)}"


@pytest.mark.parametrize("place", ["ch", "li"])
def test_german_there_has_no_sharp_s_and_leaves_the_person_s_own(place: str) -> None:
    for number in (1, 2):
        whole = GOLDEN[f"{place}-clearview-default-{number}-de.txt"]
        assert "Musterstraße 1" in whole
        said = on_one_line(whole, "de")
        assert not set("ß„“") & set(said)
        assert "rechtmässig" in whole or number == 2
        assert re.search(r"«(?:DSG|DSGVO)»", said)


@pytest.mark.parametrize("language", MANNERS)
def test_every_sign_of_the_language_reaches_word_and_pdf(language: str) -> None:
    (english, *_) = golden.letters(CATALOG, "de", "clearview", Asked(on=DAY), "en")
    text = MANNERS[language].letters
    letter: Letter = replace(english, language=language, blocks=(Block(kind="paragraph", runs=((text, False),)),))
    package = docx.write(letter)
    assert text in [p.text for p in Document(io.BytesIO(package)).paragraphs]
    styles = next(part for part in docx_package.read(package) if part.name == "word/styles.xml")
    assert f'<w:lang w:val="{MANNERS[language].language_tag}"/>' in docx_package.unpack(styles).decode()
    reader = pypdf.PdfReader(io.BytesIO(pdf.write(letter)))
    assert reader.root_object["/Lang"] == language
    read = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert [word for word in words(letter) if word not in read] == []


@pytest.mark.parametrize("language", WRITTEN)
def test_no_break_spaces_reach_every_format(language: str) -> None:
    for letter in golden.letters(CATALOG, OTHER[language][0], "clearview", Asked(on=DAY), language):
        said = "\n".join(
            [letter.day_text, letter.heading, *(b.text() for b in letter.blocks), letter.closing, letter.enclosures]
        )
        assert said.count(NO_BREAK) > 5
        in_word = "\n".join(p.text for p in Document(io.BytesIO(docx.write(letter))).paragraphs)
        assert in_word.count(NO_BREAK) == said.count(NO_BREAK)
        pages = pypdf.PdfReader(io.BytesIO(pdf.write(letter))).pages
        read = "".join("".join(page.extract_text() for page in pages).split())
        assert [word for word in words(letter) if word not in read] == []
