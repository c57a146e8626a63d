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
    on: str
    """A date within a sentence: day, month and year."""
    first: str
    """The first of a month in a date."""
    last_and: str
    """Before the last item of a list."""
    numbers: tuple[str, ...]
    """In words, from nought; greater ones are figures."""
    units: dict[str, tuple[str, str]]
    """Of periods, for one and for more, in the case that goes with "within": `{}` is the number."""
    chosen: str
    """What a piece says of a date that the sender chose, so that no law seems to set it."""
    behalf: str
    """Who is written for, after an agent's name: `{}` is the person's."""
    my_right: str
    """A pattern that finds a claim to a right."""


WORDING = {
    "en": Wording(
        unit="Privacy requests",
        records_unit="Requests for records",
        about="",
        dated="{}",
        undated="Date: ____________",
        on="{} {} {}",
        first="1",
        last_and="and",
        numbers=tuple("zero one two three four five six seven eight nine ten eleven twelve".split()),
        units={
            "day": ("{} day", "{} days"),
            "business day": ("{} business day", "{} business days"),
            "month": ("{} month", "{} months"),
            "year": ("{} year", "{} years"),
        },
        chosen="I have chosen",
        behalf="for {}",
        my_right=r"\bmy (statutory |legal )?right (of|to)\b",
    ),
    "fr": Wording(
        unit="Service chargé de la protection de la vie privée",
        records_unit="Service chargé de l'accès aux documents",
        about="Objet : ",
        dated="Le {}",
        undated="Le ____________",
        on="{} {} {}",
        first="1er",
        last_and="et",
        numbers=tuple("zéro un deux trois quatre cinq six sept huit neuf dix onze douze".split()),
        units={
            "day": ("{} jour", "{} jours"),
            "business day": ("{} jour ouvrable", "{} jours ouvrables"),
            "month": ("{} mois", "{} mois"),
            "year": ("{} an", "{} ans"),
        },
        chosen="que j'ai choisi",
        behalf="pour {}",
        my_right=r"\b(mon|mes|le|les|du|au) droits? (légal |légaux )?(d'|à |de )",
    ),
    "de": Wording(
        unit="Abteilung Datenschutz",
        records_unit="Stelle für Informationszugang",
        about="",
        dated="{}",
        undated="Datum: ____________",
        on="{}. {} {}",
        first="1",
        last_and="und",
        numbers=tuple("null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()),
        units={
            "day": ("eines Tages", "von {} Tagen"),
            "business day": ("eines Arbeitstages", "von {} Arbeitstagen"),
            "month": ("eines Monats", "von {} Monaten"),
            "year": ("eines Jahres", "von {} Jahren"),
        },
        chosen="von mir gewählt",
        behalf="für {}",
        my_right=r"\b(mein|meine|meinem|meines|meiner) (gesetzliche[nrs]? )?(\w+)?rechte?(n|s|es)?\b|\bmir zustehende",
    ),
    "it": Wording(
        unit="Ufficio per la protezione dei dati",
        records_unit="Ufficio per l'accesso ai documenti",
        about="Oggetto: ",
        dated="{}",
        undated="Data: ____________",
        on="{} {} {}",
        first="1°",
        last_and="e",
        numbers=tuple("zero un due tre quattro cinque sei sette otto nove dieci undici dodici".split()),
        units={
            "day": ("{} giorno", "{} giorni"),
            "business day": ("{} giorno lavorativo", "{} giorni lavorativi"),
            "month": ("{} mese", "{} mesi"),
            "year": ("{} anno", "{} anni"),
        },
        chosen="che ho scelto",
        behalf="per {}",
        my_right=r"\b(mio|miei|il|i|del|dei|al) diritt[oi] (d'|di |a |ad |all'|alla |allo )",
    ),
    "es": Wording(
        unit="Departamento de protección de datos",
        records_unit="Unidad de acceso a la información",
        about="Asunto: ",
        dated="{}",
        undated="Fecha: ____________",
        on="{} de {} de {}",
        first="1",
        last_and="y",
        numbers=tuple("cero un dos tres cuatro cinco seis siete ocho nueve diez once doce".split()),
        units={
            "day": ("{} día", "{} días"),
            "business day": ("{} día hábil", "{} días hábiles"),
            "month": ("{} mes", "{} meses"),
            "year": ("{} año", "{} años"),
        },
        chosen="que he elegido",
        behalf="en nombre de {}",
        my_right=r"\b(mi|mis|el|los|del|al) derechos? (de|a|al)\b",
    ),
    "nl": Wording(
        unit="Afdeling gegevensbescherming",
        records_unit="Afdeling informatieverzoeken",
        about="Betreft: ",
        dated="{}",
        undated="Datum: ____________",
        on="{} {} {}",
        first="1",
        last_and="en",
        numbers=tuple("nul één twee drie vier vijf zes zeven acht negen tien elf twaalf".split()),
        units={
            "day": ("{} dag", "{} dagen"),
            "business day": ("{} werkdag", "{} werkdagen"),
            "month": ("{} maand", "{} maanden"),
            "year": ("{} jaar", "{} jaar"),
        },
        chosen="die ik zelf heb gekozen",
        behalf="namens {}",
        my_right=r"\b(mijn|het) (wettelijk )?recht(en)? (op|van|om)\b",
    ),
    "pl": Wording(
        unit="Dział ochrony danych osobowych",
        records_unit="Dział dostępu do informacji",
        about="Sprawa: ",
        dated="{}",
        undated="Data: ____________",
        on="{} {} {} r.",
        first="1",
        last_and="i",
        numbers=tuple(
            "zero jednego dwóch trzech czterech pięciu sześciu siedmiu ośmiu dziewięciu dziesięciu jedenastu dwunastu".split()
        ),
        units={
            "day": ("{} dnia", "{} dni"),
            "business day": ("{} dnia roboczego", "{} dni roboczych"),
            "month": ("{} miesiąca", "{} miesięcy"),
            "year": ("{} roku", "{} lat"),
        },
        chosen="wybrany przeze mnie",
        behalf="w\u00a0imieniu osoby: {}",
        my_right=r"\b(moj\w+|swoj\w+|przysługując\w+ mi|z) praw(o|a|em)?\b|\bpraw(o|a) (do|dostępu|sprzeciwu)\b",
    ),
    "pt": Wording(
        unit="Departamento de proteção de dados",
        records_unit="Serviço de acesso a documentos",
        about="Assunto: ",
        dated="{}",
        undated="Data: ____________",
        on="{} de {} de {}",
        first="1",
        last_and="e",
        numbers=tuple("zero um dois três quatro cinco seis sete oito nove dez onze doze".split()),
        units={
            "day": ("{} dia", "{} dias"),
            "business day": ("{} dia útil", "{} dias úteis"),
            "month": ("{} mês", "{} meses"),
            "year": ("{} ano", "{} anos"),
        },
        chosen="que escolhi",
        behalf="em nome de {}",
        my_right=r"\b(meus?|os?|dos?|aos?) direitos? (de|à|ao|a)\b",
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
    return names[number != 1].format(shown)
