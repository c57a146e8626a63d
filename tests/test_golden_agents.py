"""The golden letters of those who write for others: what the program writes, and only what the law lets it say."""

from __future__ import annotations

import re

import pytest

from optout.languages import WORDING
from optout.law import text_in
from optout.library.catalog import Catalog
from tests.golden_agents import FOLDER, LETTERS, texts
from tests.test_golden import CITATIONS, flat, printable_cites

CATALOG = Catalog()
GOLDEN = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}


def test_the_letters_of_agents_are_the_golden_ones() -> None:
    made = texts(CATALOG)
    assert sorted(made) == sorted(GOLDEN)
    assert [name for name in made if made[name] != GOLDEN[name]] == []


def test_there_is_one_of_each_kind_in_every_language() -> None:
    found = {(language, acts) for _, acts, language in LETTERS}
    assert {language for language, acts in found if acts != "parent"} == set(WORDING)
    assert {language for language, acts in found if acts == "parent"} == set(WORDING)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_such_a_letter_cites_only_what_may_be_printed(name: str) -> None:
    words = name.removesuffix(".txt").split("-")
    language, place = words[-1], "-".join(words[:-3])
    merged = CATALOG.effective_for(place, CATALOG.firm("clearview"))
    allowed = printable_cites(merged, language)
    allowed += " | ".join(text_in(x.number, language) for x in merged.laws.values())
    body = flat(GOLDEN[name])
    found = CITATIONS[language].findall(body)
    assert [cite for cite in found if cite not in allowed] == []
    if "-authority-" in name:
        assert not re.search(r"ada@mail", body)
        assert "____" in body, "whoever signs it dates it"


@pytest.mark.parametrize(("place", "acts", "language"), LETTERS)
def test_both_names_stand_at_the_head_and_under_the_letter(place: str, acts: str, language: str) -> None:
    text = GOLDEN[f"{place}-{acts}-letter-{language}.txt"]
    behalf = WORDING[language].behalf.format("Ada Example")
    agent, *_ = text.split("\n")
    assert text.split("\n")[1] == behalf and flat(f"{agent}, {behalf}") in flat(text)
    assert flat(text).count(agent) >= 3, "head, words and signature"
