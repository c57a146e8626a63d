"""The golden letters that follow a first one: which there are. `python -m tests.golden_letters` writes them too."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from optout.addressed import firm_of
from optout.addressee import Recipient
from optout.case import Event
from optout.cli import deciding, drafting, golden, opening
from optout.cli.addressing import Addressed
from optout.cli.app import App
from optout.cli.casefile import CaseFile
from optout.cli.following import Asked, Desk
from optout.closed import Recorded
from optout.letter import Letter, plain
from optout.library.catalog import Catalog
from optout.library.publicholidays import PublicHolidays
from optout.records import to_plain
from optout.subject import Acts
from tests import golden_refusals
from tests.told import (
    ASKED,
    COMPLAINT,
    DOUBTED,
    EXTENDED,
    LATE_NO,
    LATE_WORD,
    PROVED,
    REFUSED,
    REMINDER,
    SILENCE,
    TOO_LONG,
    Told,
    event,
)  # fmt: skip

FOLDER = Path(__file__).parent / "golden" / "following"
OPENED, LATER, WINTER = date(2026, 7, 6), date(2026, 9, 15), date(2026, 12, 10)
CASES = {
    "fr-reminder": Told("fr", SILENCE, REMINDER),
    "fr-reminder-fr": Told("fr", PROVED, REMINDER, "fr"),
    "fr-reminder-extended": Told("fr", EXTENDED, REMINDER),
    "fr-complaint": Told("fr", ASKED, Asked(wanted="complaint", language="en")),
    "fr-complaint-fr": Told("fr", ASKED, COMPLAINT, "fr"),
    "fr-complaint-refused-fr": Told("fr", REFUSED, COMPLAINT, "fr"),
    "it-reminder-extended-it": Told("it", EXTENDED, REMINDER, "it"),
    "de-reminder": Told("de", PROVED, REMINDER),
    "de-complaint": Told("de", PROVED, Asked(wanted="complaint", language="en")),
    "de-be-complaint": Told("de", REFUSED, Asked(wanted="complaint", language="en", region="de-be")),
    "us-ca-reminder": Told("us-ca", PROVED, REMINDER),
    "us-ca-complaint": Told("us-ca", PROVED, COMPLAINT),
    "us-il-reminder": Told("us-il", (event("sent", "07-06", letter="retention_policy", by="post"),), REMINDER),
    "ca-on-reminder": Told("ca-on", PROVED, REMINDER),
    "ca-on-complaint": Told("ca-on", SILENCE, COMPLAINT),
    "ca-qc-complaint-fr": Told("ca-qc", PROVED, COMPLAINT, "fr"),
    "gb-eng-firm-complaint": Told("gb-eng", PROVED, COMPLAINT),
    "gb-eng-complaint": Told(
        "gb-eng", (*PROVED, event("complained", "08-12", remedy="uk-firm", by="email")), COMPLAINT
    ),
    "gb-eng-firm-complaint-demand": Told("gb-eng", DOUBTED, COMPLAINT),
    "gb-eng-firm-complaint-refused": Told("gb-eng", LATE_NO, COMPLAINT),
    "gb-eng-complaint-demand": Told(
        "gb-eng", (*DOUBTED, event("complained", "07-12", remedy="uk-firm", by="email")), COMPLAINT
    ),
    "fr-complaint-refused-late": Told("fr", LATE_NO, Asked(wanted="complaint", language="en")),
    "fr-reminder-late-word": Told("fr", LATE_WORD, REMINDER),
    "fr-complaint-late-word": Told("fr", LATE_WORD, Asked(wanted="complaint", language="en")),
    "ch-complaint-refused": Told("ch", REFUSED, Asked(wanted="complaint", language="en")),
    "ch-reminder": Told("ch", PROVED, REMINDER),
    "ch-complaint": Told("ch", SILENCE, Asked(wanted="complaint", language="en")),
    "ch-complaint-fr": Told("ch", PROVED, Asked(wanted="complaint", language="fr"), "fr"),
    "ch-reminder-it": Told("ch", SILENCE, REMINDER, "it"),
    "ch-complaint-it": Told("ch", PROVED, Asked(wanted="complaint", language="it"), "it"),
    "ch-reminder-de": Told("ch", PROVED, REMINDER, "de"),
    "ch-complaint-de": Told("ch", SILENCE, Asked(wanted="complaint", language="de"), "de"),
}
POLICE_NAMES = {
    "en": "Exampletown Garda Unit",
    "fr": "Police d'Exempleville",
    "de": "Polizei Musterstadt",
    "it": "Polizia di Esempio",
    "es": "Policía de Ejemplo",
    "nl": "Politie Voorbeeldstad",
    "pl": "Policja w Przykładowie",
    "pt": "Polícia de Exemplo",
}
"""A police force that nobody finds anywhere, by language."""
POLICE = Recipient(
    name="Exampletown Constabulary", lines=("2 Sample Street", "00000 Exampletown"), email="privacy@police.example"
)
for name, events, asked in (
    ("reminder", PROVED, REMINDER),
    ("firm-complaint", PROVED, COMPLAINT),
    ("firm-complaint-demand", DOUBTED, COMPLAINT),
    ("complaint", (*PROVED, event("complained", "08-12", remedy="uk-firm", by="email")), COMPLAINT),
):
    CASES[f"gb-eng-police-{name}"] = Told("gb-eng", events, asked, to=POLICE, kind="police")
HOMES = {"de": "de-be", "it": "it", "es": "es", "nl": "nl", "pl": "pl", "pt": "pt"}
"""Every other language, and the place in which its letters that follow are read."""
for language, place in HOMES.items():
    CASES[f"{place}-reminder-{language}"] = Told(place, PROVED, REMINDER, language)
    CASES[f"{place}-complaint-{language}"] = Told(place, ASKED, COMPLAINT, language)
    CASES[f"{place}-reminder-late-word-{language}"] = Told(place, LATE_WORD, REMINDER, language)
    CASES[f"{place}-complaint-too-long-{language}"] = Told(place, TOO_LONG, COMPLAINT, language, later=WINTER)
    CASES[f"{place}-complaint-refused-{language}"] = Told(place, REFUSED, COMPLAINT, language)

for kind, asked in (("reminder", REMINDER), ("complaint", COMPLAINT)):
    CASES[f"ie-{kind}-too-long"] = Told("ie", TOO_LONG, asked, later=WINTER)
CASES["fr-complaint-too-long-fr"] = Told("fr", TOO_LONG, COMPLAINT, "fr", later=WINTER)

PARTLY = (*PROVED, event("answered", "07-20", letter="access", outcomes={"access": "partly"}))
DENIED = (*PROVED, event("refused", "07-20", letter="access"))
CASES["gb-eng-police-complaint-refused"] = Told(
    "gb-eng", (*DENIED, event("complained", "08-12", remedy="uk-firm", by="email")), COMPLAINT, to=POLICE, kind="police"
)
for language, place in {"en": "ie", "fr": "fr", **HOMES}.items():
    end = "" if language == "en" else f"-{language}"
    to = replace(POLICE, name=POLICE_NAMES[language])
    partly = replace(COMPLAINT, language=language)
    CASES[f"{place}-complaint-partly{end}"] = Told(place, PARTLY, partly, language)
    for name, events, asked in (
        ("reminder", PROVED, REMINDER),
        ("complaint", PROVED, COMPLAINT),
        ("complaint-refused", DENIED, COMPLAINT),
    ):
        asked = replace(asked, language=language)
        CASES[f"{place}-police-{name}{end}"] = Told(place, events, asked, language, to=to, kind="police")

for language, place in {"fr": "fr", **HOMES}.items():
    acts: Acts = "person" if language in ("es", "pt") else "organisation"
    CASES[f"{place}-complaint-agent-{language}"] = Told(place, ASKED, COMPLAINT, language, acts=acts)
CASES["nl-reminder-agent-nl"] = Told("nl", PROVED, REMINDER, "nl", acts="parent")
CASES["gb-eng-firm-complaint-agent"] = Told("gb-eng", PROVED, COMPLAINT, acts="person")
CASES["ch-complaint-agent-de"] = Told("ch", SILENCE, Asked(wanted="complaint", language="de"), "de", acts="person")
CASES |= golden_refusals.CASES


def texts(catalog: Catalog) -> dict[str, str]:
    """File name to text, one for each language."""
    made: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as home:
        for name, told in CASES.items():
            for letter in written(catalog, told, home):
                made[f"{name}.txt"] = letter
    return made


def written(catalog: Catalog, told: Told, home: str) -> list[str]:
    """The words of the letter that follows."""
    return [plain(letter) for letter in letters(catalog, told, home)]


def letters(catalog: Catalog, told: Told, home: str) -> list[Letter]:
    """That letter in each of its languages."""
    app = _app(catalog, home, OPENED)
    subject = golden.person(told.place, told.situation, told.language, told.acts)
    options = {
        "language": told.language,
        "address": subject.address,
        "demand": told.demands,
        "because": subject.situation,
        "agent": subject.agent,
    }
    firm = firm_of(told.to, told.kind) if told.to else catalog.firm(told.firm)
    decided = deciding.decide(app, Addressed(firm=firm, to=told.to), told.place, options)
    plans = [plan for plan in deciding.plans(decided) if plan.language == told.language]
    pieces = drafting.pieces_of(catalog, told.language)
    frozen = {(plan.id, plan.language): drafting.draft(pieces, plan, subject, golden.REF) for plan in plans}
    file = CaseFile(
        whole={
            "subject": to_plain(subject),
            # Of each event but the notes a file is kept, so that a complaint names every kind of enclosure.
            "evidence": [{"n": n, "name": "proof.pdf"} for n in range(2, len(told.events) + 2)],
        },
        case=opening.case(app, decided, plans, golden.REF, "somebody"),
        events=[Event(kind="drafted", on=OPENED), *told.events],
        days=Recorded([], PublicHolidays()),
    )
    desk = Desk(_app(catalog, home, told.later or LATER), file, frozen, told.asked)
    return list(desk.write().drafts.values())


def _app(catalog: Catalog, home: str, on: date) -> App:
    app = App({"home": home, "no_input": True}, on)
    app._catalog = catalog
    return app


def write(catalog: Catalog) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, text in texts(catalog).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
