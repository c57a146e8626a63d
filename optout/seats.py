"""From the country in the last line of a postal address to a place, for the days that are closed there."""

from __future__ import annotations

from optout.naming import folded

_NAMES = {
    "at": "Austria|Österreich",
    "au": "Australia",
    "be": "Belgium|Belgien|Belgique|België",
    "bg": "Bulgaria|България",
    "ca": "Canada",
    "ch": "Switzerland|Schweiz|Suisse|Svizzera",
    "cy": "Cyprus|Κύπρος",
    "cz": "Czech Republic|Czechia|Česko|Česká republika|Tschechien",
    "de": "Germany|Deutschland|Allemagne",
    "dk": "Denmark|Danmark|Dänemark",
    "ee": "Estonia|Eesti|Estland",
    "es": "Spain|España|Spanien",
    "fi": "Finland|Suomi|Finnland",
    "fr": "France|Frankreich",
    "gb": "United Kingdom|Great Britain|UK|England|Scotland|Wales|Northern Ireland|Vereinigtes Königreich",
    "gr": "Greece|Ελλάδα|Griechenland",
    "hr": "Croatia|Hrvatska|Kroatien",
    "hu": "Hungary|Magyarország|Ungarn",
    "ie": "Ireland|Éire|Irland",
    "is": "Iceland|Ísland|Island",
    "it": "Italy|Italia|Italien",
    "li": "Liechtenstein",
    "lt": "Lithuania|Lietuva|Litauen",
    "lu": "Luxembourg|Luxemburg|Lëtzebuerg",
    "lv": "Latvia|Latvija|Lettland",
    "mt": "Malta",
    "nl": "The Netherlands|Netherlands|Nederland|Niederlande|Pays-Bas",
    "no": "Norway|Norge|Norwegen",
    "nz": "New Zealand",
    "pl": "Poland|Polska|Polen",
    "pt": "Portugal",
    "ro": "Romania|România|Rumänien",
    "se": "Sweden|Sverige|Schweden",
    "si": "Slovenia|Slovenija|Slowenien",
    "sk": "Slovakia|Slovensko|Slowakei",
    "us": "United States of America|United States|USA|Vereinigte Staaten von Amerika",
}
_PLACE = {folded(name): place for place, names in _NAMES.items() for name in names.split("|")}


def within(lines: tuple[str, ...], places: tuple[str, ...]) -> tuple[str, ...]:
    """An address as it stands on a letter from one of these places: within a country it is not named."""
    return lines[:-1] if lines and place_of(lines[-1]) in places else lines


def place_of(country: str) -> str | None:
    """The id of a country by its name in English, German, French or its own language; None for any other text."""
    return _PLACE.get(folded(country).rstrip("."))
