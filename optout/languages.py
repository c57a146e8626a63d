"""The letter languages: the few words that no template piece can hold, one row a language."""

from __future__ import annotations

from typing import NamedTuple


class Wording(NamedTuple):
    """What a language needs beside its pieces."""

    unit: str
    """Who reads such letters at the firm; a line of the address."""
    records_unit: str
    """The same at a public body."""
    about: str
    """What stands before the subject line on paper; "" where nothing does."""
    dated: str
    """The day of the letter: `{}` is the date."""
    undated: str
    """Stands for the day of a held letter, which is dated by hand when it goes out."""
    first: str
    """The first of a month in a date."""
    last_and: str
    """Before the last item of a list."""
    numbers: tuple[str, ...]
    """In words, from nought; greater ones are figures."""
    units: dict[str, tuple[str, str]]
    """Of periods: for one, for more."""
    chosen: str
    """What a piece says of a date that the sender chose, so that no law seems to set it."""
    my_right: str
    """A pattern that finds a claim to a right."""


WORDING = {
    "en": Wording(
        unit="Privacy requests",
        records_unit="Requests for records",
        about="",
        dated="{}",
        undated="Date: ____________",
        first="1",
        last_and="and",
        numbers=tuple("zero one two three four five six seven eight nine ten eleven twelve".split()),
        units={
            "day": ("day", "days"),
            "business day": ("business day", "business days"),
            "month": ("month", "months"),
            "year": ("year", "years"),
        },
        chosen="I have chosen",
        my_right=r"\bmy (statutory |legal )?right (of|to)\b",
    ),
    "fr": Wording(
        unit="Service chargé de la protection de la vie privée",
        records_unit="Service chargé de l'accès aux documents",
        about="Objet : ",
        dated="Le {}",
        undated="Le ____________",
        first="1er",
        last_and="et",
        numbers=tuple("zéro un deux trois quatre cinq six sept huit neuf dix onze douze".split()),
        units={
            "day": ("jour", "jours"),
            "business day": ("jour ouvrable", "jours ouvrables"),
            "month": ("mois", "mois"),
            "year": ("an", "ans"),
        },
        chosen="que j'ai choisi",
        my_right=r"\b(mon|mes|le|les|du|au) droits? (légal |légaux )?(d'|à |de )",
    ),
}


def listed(items: list[str], language: str) -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {WORDING[language].last_and} {items[-1]}"


def in_words(period: str, language: str) -> str:
    """A period as `Period` prints it, `1 month`, in words, `one month`; numbers over twelve stay figures."""
    wording = WORDING[language]
    amount, _, unit = period.partition(" ")
    number = int(amount)
    names = wording.units.get(unit) or wording.units[unit.removesuffix("s")]
    shown = wording.numbers[number] if number < len(wording.numbers) else amount
    return f"{shown} {names[number != 1]}"
