"""What a language needs beside its pieces: words of periods and lists, and the spaces of French print."""

from __future__ import annotations

import re
from datetime import date

import pytest

from optout.cli.drafting import dated, day_text
from optout.languages import WORDING, in_words, listed
from optout.typography import NO_BREAK, set_in

N = NO_BREAK


@pytest.mark.parametrize(
    ("period", "language", "words"),
    [
        ("1 month", "en", "one month"),
        ("30 days", "en", "30 days"),
        ("10 business days", "en", "ten business days"),
        ("1 month", "fr", "un mois"),
        ("2 months", "fr", "deux mois"),
        ("1 year", "fr", "un an"),
        ("30 days", "fr", "30 jours"),
        ("10 business days", "fr", "dix jours ouvrables"),
    ],
)
def test_periods_in_words(period: str, language: str, words: str) -> None:
    assert in_words(period, language) == words


def test_lists() -> None:
    assert listed(["a", "b", "c"], "en") == "a, b and c"
    assert listed(["a", "b"], "fr") == "a et b"
    assert [listed(items, "fr") for items in (["a"], [])] == ["a", ""]


def test_dates() -> None:
    assert dated(date(2026, 11, 24), "en") == "24 November 2026"
    assert dated(date(2026, 12, 1), "en") == "1 December 2026"
    assert dated(date(2026, 12, 1), "fr") == "Le 1er décembre 2026"
    assert day_text(date(2027, 8, 21), "fr") == "21 août 2027"


def test_every_language_knows_every_unit_and_its_own_claims() -> None:
    assert {frozenset(wording.units) for wording in WORDING.values()} == {frozenset(WORDING["en"].units)}
    for language, claim in (("en", "I exercise my right of access"), ("fr", "j'exerce mon droit d'accès")):
        assert re.search(WORDING[language].my_right, claim)


@pytest.mark.parametrize(
    ("written", "france", "canada"),
    [
        ("Objet : accès", f"Objet{N}: accès", f"Objet{N}: accès"),
        ("oui ; non ? si !", f"oui{N}; non{N}? si{N}!", "oui; non? si!"),
        ("le « RGPD »", f"le «{N}RGPD{N}»", f"le «{N}RGPD{N}»"),
        ("l'article 15, paragraphe 1, point c)", f"l’article{N}15, paragraphe{N}1, point{N}c)", None),
        ("articles 4.9.1 et 4.9.3", f"articles{N}4.9.1 et 4.9.3", None),
        ("le 24 novembre 2026", f"le 24{N}novembre{N}2026", None),
        ("le 1er décembre 2026", f"le 1er{N}décembre{N}2026", None),
        ("dans les 30 jours", f"dans les 30{N}jours", None),
        ("décision n° 50", f"décision{N}n°{N}50", None),
        ("https://a.example/b?c=1:2", "https://a.example/b?c=1:2", None),
    ],
)
def test_french_print(written: str, france: str, canada: str | None) -> None:
    assert set_in(written, "fr", "fr") == set_in(written, "fr", "lu") == france
    assert set_in(written, "fr", "ca") == (canada or france)
    assert set_in(written, "en", "fr") == written
