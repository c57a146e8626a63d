"""The spaces, quotation marks and apostrophes a language wants in print, so that pieces are written with the keys of a
keyboard.

French sets no-break spaces before double punctuation and inside its quotation marks; Canada leaves out those before
`;`, `!` and `?`. The wide one (U+00A0) is used throughout: Word replaces the narrow one by another font's.
Switzerland and Liechtenstein write German without ß, and quote with « ».
Only our own words pass through here, never what a person typed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NO_BREAK = "\u00a0"
_CLOSE_UP = ("fr-ca",)
"""Languages of countries that set no space before `;`, `!` and `?`."""
_NO_SHARP_S = ("de-ch", "de-li")
_SWISS = str.maketrans({"ß": "ss", "\u201e": "«", "\u201c": "»"})
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_NUMBERED = r"articles?|arts?\.|paragraphes?|al\.|points?|annexe|ch\.|RS|doc\.|décision|délibération"
_APOSTROPHE = (re.compile(r"(?<=\w)'(?=[\w«\ue000])"), "\u2019")
_FRENCH = (
    _APOSTROPHE,
    (re.compile(r" (?=[:»])|(?<=«) "), NO_BREAK),
    (re.compile(rf"(?<=n°) |\b((?i:{_NUMBERED})) (?=\d|n°|[a-z]\))"), rf"\1{NO_BREAK}"),
    (re.compile(r"\b(let\.) (?=[a-z]\b)"), rf"\1{NO_BREAK}"),
    (re.compile(rf"(?<=\d) (?=(?:{_MONTHS}|jours?|mois|ans?)\b)|(?<=1er) (?={_MONTHS})"), NO_BREAK),
    (re.compile(rf"(?<=\d\s)({_MONTHS}) (?=\d{{4}})|(?<=1er\s)({_MONTHS}) (?=\d{{4}})"), rf"\1\2{NO_BREAK}"),
)
_BEFORE_DOUBLE = re.compile(r" (?=[;!?])")
_QUOTED = re.compile(r'"([^"]*)"')


class Print(NamedTuple):
    """How a language is set; the words are patterns, in small letters."""

    quotes: tuple[str, str]
    numbered: str
    """Words that no line may part from the number or letter after them."""
    months: str
    counted: str
    """Words, beside the months, that no line may part from the number before them."""
    bound: str = ""
    """Words that no line may end with."""


_PRINT = {
    "de": Print(
        quotes=("\u201e", "\u201c"),
        numbered=r"§§?|artt?\.|artikeln?|abs\.|absatz|buchst\.|bst\.|ziff\.|satz|nr\.|az\.|sr",
        months="januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember",
        counted="tagen?|monaten?|jahren?",
    ),
    "it": Print(
        quotes=("«", "»"),
        numbered=r"articol[oi]|artt?\.|paragraf[oi]|cpv\.|lett\.|letter[ae]|n\.|doc\.|web",
        months="gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
        counted="giorn[oi]|mes[ei]|ann[oi]",
    ),
    "es": Print(
        quotes=("«", "»"),
        numbered=r"artículos?|arts?\.|apartados?|letras?|n\.º|núm\.|doc\.|web",
        months="enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
        counted="días?|mes|meses|años?",
    ),
    "nl": Print(
        quotes=("\u201c", "\u201d"),
        numbered=r"artikel(?:en)?|lid|leden|onder|nr\.",
        months="januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
        counted="dag|dagen|maand|maanden|jaar",
    ),
    "pl": Print(
        quotes=("\u201e", "\u201d"),
        numbered=r"art\.|ust\.|lit\.|pkt|nr|§|sygn\.",
        months="stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia",
        counted=r"r\.|dni|dnia|miesiąca|miesięcy|roku|lat",
        bound="[aiouwz]",
    ),
    "pt": Print(
        quotes=("«", "»"),
        numbered=r"artigos?|arts?\.|n\.º|n\.os|alíneas?",
        months="janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
        counted="dias?|mês|meses|anos?",
        bound=r"V\.",
    ),
}


def set_in(text: str, language: str, country: str) -> str:
    """The text as it is printed in that language and country (an ISO 3166 code in small letters)."""
    for pattern, instead in _RULES.get(language, ()):
        text = pattern.sub(instead, text)
    if f"{language}-{country}" in _NO_SHARP_S:
        text = text.translate(_SWISS)
    if language == "fr":
        text = _BEFORE_DOUBLE.sub("" if f"{language}-{country}" in _CLOSE_UP else NO_BREAK, text)
    return text


def _rules(how: Print) -> tuple[tuple[re.Pattern[str], str], ...]:
    opening, closing = how.quotes
    rules = [
        (_QUOTED, rf"{opening}\1{closing}"),
        _APOSTROPHE,
        (re.compile(rf"(?<!\w)((?i:{how.numbered})) (?=\d|n\.|web|[a-z]\)?(?!\w))"), rf"\1{NO_BREAK}"),
        (re.compile(rf"(?<=\d)([.°]?) (?=(?i:(?:de )?(?:{how.months})|{how.counted})(?!\w))"), rf"\1{NO_BREAK}"),
        (re.compile(rf"(?<={NO_BREAK})de (?={how.months})"), f"de{NO_BREAK}"),
        (re.compile(rf"(?<={NO_BREAK})((?i:{how.months})) (?=\d)"), rf"\1{NO_BREAK}"),
    ]
    if how.bound:  # first, since a month is held to its year only after a space that does not break
        rules.insert(0, (re.compile(rf"(?<!\w)((?i:{how.bound})) (?=\S)"), rf"\1{NO_BREAK}"))
    return tuple(rules)


_RULES = {"fr": _FRENCH, **{language: _rules(how) for language, how in _PRINT.items()}}
