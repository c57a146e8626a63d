"""Letters of a plainly fictional person, for worked examples and golden files."""

from __future__ import annotations

from typing import Any, Literal

from optout import acting, compose, select
from optout.addressee import Recipient
from optout.cli import deciding, drafting
from optout.firm import Firm
from optout.jurisdiction import Example
from optout.letter import Letter, plain
from optout.library import examples
from optout.setting import Setting
from optout.subject import Acts, Agent, Subject

REF = "K7QM-4T2X"
SITUATION = {
    "en": "I left a violent household and live at an address that must not be found. A search by my face would lead there.",
    "fr": "J'ai quitté un foyer violent et vis à une adresse qui doit rester inconnue. Une recherche par mon visage y "
    "mènerait.",
    "de": "Ich habe einen gewalttätigen Haushalt verlassen und wohne an einem Ort, der unbekannt bleiben muss. Eine Suche "
    "nach meinem Gesicht würde dorthin führen.",
    "it": "Ho lasciato una casa violenta e vivo a un indirizzo che deve restare ignoto. Una ricerca del mio volto vi "
    "condurrebbe.",
    "es": "Dejé un hogar violento y vivo en una dirección que debe seguir siendo desconocida. Una búsqueda por mi rostro "
    "llevaría hasta ella.",
    "nl": "Ik heb een gewelddadig huishouden verlaten en woon op een adres dat onbekend moet blijven. Een zoekopdracht met "
    "mijn gezicht zou daarheen leiden.",
    "pl": "Mieszkam pod adresem, który musi pozostać nieznany, po ucieczce przed przemocą domową. Wyszukiwanie po mojej "
    "twarzy prowadziłoby pod ten adres.",
    "pt": "Deixei um lar violento e vivo numa morada que deve permanecer desconhecida. Uma pesquisa pelo meu rosto levaria "
    "até lá.",
}
"""Grounds of the person's own; no word of them tells the person's sex."""
STREET = {
    "en": ("1 Sample Street", "00000 Exampletown"),
    "fr": ("1, rue des Exemples", "00000 Exempleville"),
    "de": ("Musterstraße 1", "00000 Musterstadt"),
    "it": ("Via degli Esempi 1", "00000 Esempio"),
    "es": ("Calle del Ejemplo, 1", "00000 Ejemplo"),
    "nl": ("Voorbeeldstraat 1", "0000 XX Voorbeeldstad"),
    "pl": ("ul. Przykładowa 1", "00-000 Przykładowo"),
    "pt": ("Rua do Exemplo, 1", "0000-000 Exemplo"),
}


STREET_OF_AGENT = ("2 Sample Street", "00000 Exampletown")
AGENTS: dict[Acts, Agent] = {
    "person": Agent(name="Ida Helper", email="ida@mail.example", acts="person", address=STREET_OF_AGENT),
    "organisation": Agent(
        name="Example Rights Association", email="help@rights.example", acts="organisation", address=STREET_OF_AGENT
    ),
    "attorney": Agent(name="Ida Helper", email="ida@mail.example", acts="attorney", address=STREET_OF_AGENT),
    "parent": Agent(name="Eda Example", email="eda@mail.example", acts="parent", address=STREET_OF_AGENT),
}


def person(residence: str, situation: bool = False, language: str = "en", acts: Acts | Literal[""] = "") -> Subject:
    return Subject(
        name="Ada Example", email="ada@mail.example", residence=residence, agent=AGENTS[acts] if acts else None,
        address=STREET[language], situation=SITUATION[language] if situation else "",
    )  # fmt: skip


def letters(
    catalog: Any, residence: str, firm: str | Firm | None, asked: select.Asked, language: str = "en",
    to: Recipient | None = None, acts: Acts | Literal[""] = "",
) -> list[Letter]:  # fmt: skip
    """All letters the choice gives, access and held ones; `to` the client of a processor, or who has no profile. With
    `acts` those of such an agent, and the page that shows that they may."""
    chain = catalog.chain(residence)
    firm = catalog.firm(firm) if isinstance(firm, str) else firm or examples.ANY_FIRM
    place = catalog.effective_for(residence, firm)
    subject = person(residence, asked.situation, language, acts)
    setting = Setting(
        place=place, places=tuple(p.id for p in chain), firm=firm, on=asked.on, language=language, address=True,
        situation=asked.situation, agent=acts, to=to, same_law=catalog.members(chain[-1].id) if chain[-1].kind == "union" else (),
    )  # fmt: skip
    pieces = drafting.pieces_of(catalog, language)
    rules = select.choose(place, firm, asked).letters()
    plans = [deciding.on_an_open_day(compose.plan(setting, one)) for one in rules]
    if acts and (page := acting.authority(plans, acts)):
        plans.append(page)
    return [drafting.draft(pieces, p, subject, REF) for p in plans]


def letters_text(catalog: Any, residence: str, example: Example) -> str:
    asked = examples.asked_of(example)
    firm = examples.firm_of(example, catalog)
    found = letters(catalog, residence, firm, asked)
    if example.demand:
        place = catalog.effective_for(residence, firm)
        groups = select.choose(place, firm, asked).letters()
        found = [x for x, rules in zip(found, groups, strict=True) if any(r.demand == example.demand for r in rules)]
    return "\n".join(plain(letter) for letter in found)
