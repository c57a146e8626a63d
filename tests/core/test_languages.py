"""What a language needs beside its pieces: words of periods and lists, and the spaces and marks of its print."""

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
        ("1 month", "de", "eines Monats"),
        ("2 months", "de", "von zwei Monaten"),
        ("30 days", "de", "von 30 Tagen"),
        ("1 month", "it", "un mese"),
        ("3 months", "it", "tre mesi"),
        ("1 month", "es", "un mes"),
        ("10 business days", "es", "diez días hábiles"),
        ("1 month", "nl", "één maand"),
        ("2 years", "nl", "twee jaar"),
        ("1 month", "pl", "jednego miesiąca"),
        ("2 months", "pl", "dwóch miesięcy"),
        ("5 months", "pl", "pięciu miesięcy"),
        ("1 month", "pt", "um mês"),
        ("2 months", "pt", "dois meses"),
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
    assert day_text(date(2026, 12, 1), "de") == "1. Dezember 2026"
    assert day_text(date(2026, 12, 1), "it") == "1° dicembre 2026"
    assert day_text(date(2026, 11, 24), "es") == "24 de noviembre de 2026"
    assert day_text(date(2026, 11, 24), "nl") == "24 november 2026"
    assert day_text(date(2026, 11, 24), "pl") == "24 listopada 2026 r."
    assert day_text(date(2026, 3, 24), "pt") == "24 de março de 2026"


CLAIMS = {
    "en": "I exercise my right of access",
    "fr": "j'exerce mon droit d'accès",
    "de": "mache ich mein Auskunftsrecht geltend",
    "it": "esercito il diritto di accesso",
    "es": "ejerzo mi derecho de acceso",
    "nl": "oefen ik mijn recht op inzage uit",
    "pl": "korzystam z prawa dostępu do danych",
    "pt": "exerço o direito de acesso",
}
NO_CLAIMS = {
    "en": "This is a request; I do not claim that a law obliges you to grant it.",
    "fr": "Il s'agit d'une simple demande ; je ne prétends pas qu'une loi vous oblige à y faire droit.",
    "de": "Dies ist eine Bitte; ich behaupte nicht, dass ein Gesetz Sie dazu verpflichtet.",
    "it": "Si tratta di una semplice richiesta; non sostengo che una legge vi obblighi ad accoglierla.",
    "es": "Se trata de una simple petición; no afirmo que una ley les obligue a atenderla.",
    "nl": "Dit is een verzoek; ik beweer niet dat een wet u verplicht eraan te voldoen.",
    "pl": "Jest to zwykła prośba; nie twierdzę, że prawo nakłada na Państwa taki obowiązek.",
    "pt": "Trata-se de um simples pedido; não afirmo que uma lei vos obrigue a satisfazê-lo.",
}


def test_every_language_knows_every_unit() -> None:
    assert {frozenset(wording.units) for wording in WORDING.values()} == {frozenset(WORDING["en"].units)}


@pytest.mark.parametrize("language", WORDING)
def test_every_language_knows_its_own_claims(language: str) -> None:
    assert re.search(WORDING[language].my_right, CLAIMS[language], re.IGNORECASE)
    assert not re.search(WORDING[language].my_right, NO_CLAIMS[language], re.IGNORECASE)


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


@pytest.mark.parametrize(
    ("language", "written", "printed"),
    [
        ("de", 'die "DSGVO"', "die \u201eDSGVO\u201c"),
        ("de", "nach Art. 15 Abs. 1 Buchst. d.", f"nach Art.{N}15 Abs.{N}1 Buchst.{N}d."),
        ("de", "vom 24. November 2026, § 3", f"vom 24.{N}November{N}2026, §{N}3"),
        ("de", "innerhalb von 30 Tagen", f"innerhalb von 30{N}Tagen"),
        ("it", "dell'articolo 15, paragrafi 1, 2 e 3", f"dell\u2019articolo{N}15, paragrafi{N}1, 2 e 3"),
        ("it", 'il "GDPR", lettera d), n. 50', f"il «GDPR», lettera{N}d), n.{N}50"),
        ("it", "il 1° dicembre 2026", f"il 1°{N}dicembre{N}2026"),
        ("es", "artículo 15, apartado 1, letra d)", f"artículo{N}15, apartado{N}1, letra{N}d)"),
        ("es", "el 24 de noviembre de 2026", f"el 24{N}de{N}noviembre de 2026"),
        ("nl", "artikel 17, lid 1, onder d)", f"artikel{N}17, lid{N}1, onder{N}d)"),
        ("nl", "foto's op 24 november 2026", f"foto\u2019s op 24{N}november{N}2026"),
        ("pl", "art. 17 ust. 1 lit. d", f"art.{N}17 ust.{N}1 lit.{N}d"),
        ("pl", "z 24 listopada 2026 r.", f"z{N}24{N}listopada{N}2026{N}r."),
        ("pl", "i w Polsce", f"i{N}w{N}Polsce"),
        ("pt", "artigo 15.º, n.os 1, 2 e 3", f"artigo{N}15.º, n.os{N}1, 2 e 3"),
        ("pt", "24 de novembro de 2026, alínea d)", f"24{N}de{N}novembro de 2026, alínea{N}d)"),
    ],
)
def test_print_of_the_other_languages(language: str, written: str, printed: str) -> None:
    assert set_in(written, language, "de") == printed
    assert set_in(printed, language, "de") == printed
