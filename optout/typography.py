"""The spaces and apostrophes a language wants in print, so that pieces are written with the keys of a keyboard.

French sets no-break spaces before double punctuation and inside its quotation marks; Canada leaves out those before
`;`, `!` and `?`. The wide one (U+00A0) is used throughout: Word replaces the narrow one by another font's.
Only our own words pass through here, never what a person typed.
"""

from __future__ import annotations

import re

NO_BREAK = "\u00a0"
_CLOSE_UP = ("fr-ca",)
"""Languages of countries that set no space before `;`, `!` and `?`."""
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_NUMBERED = r"articles?|paragraphes?|points?|annexe|ch\.|doc\.|décision|délibération"
_FRENCH = (
    (re.compile(r"(?<=\w)'(?=[\w«\ue000])"), "\u2019"),
    (re.compile(r" (?=[:»])|(?<=«) "), NO_BREAK),
    (re.compile(rf"(?<=n°) |\b((?i:{_NUMBERED})) (?=\d|n°|[a-z]\))"), rf"\1{NO_BREAK}"),
    (re.compile(rf"(?<=\d) (?=(?:{_MONTHS}|jours?|mois|ans?)\b)|(?<=1er) (?={_MONTHS})"), NO_BREAK),
    (re.compile(rf"(?<=\d\s)({_MONTHS}) (?=\d{{4}})|(?<=1er\s)({_MONTHS}) (?=\d{{4}})"), rf"\1\2{NO_BREAK}"),
)
_BEFORE_DOUBLE = re.compile(r" (?=[;!?])")


def set_in(text: str, language: str, country: str) -> str:
    """The text as it is printed in that language and country (an ISO 3166 code in small letters)."""
    if language != "fr":
        return text
    for pattern, instead in _FRENCH:
        text = pattern.sub(instead, text)
    return _BEFORE_DOUBLE.sub("" if f"{language}-{country}" in _CLOSE_UP else NO_BREAK, text)
