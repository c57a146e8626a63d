"""Letters to the police: under the directive as transposed, in every language, and by default in that of the place."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from optout.addressed import firm_of
from optout.cli import golden
from optout.languages import WORDING
from optout.law import text_in
from optout.letter import plain
from optout.library.catalog import Catalog
from optout.select import Asked
from tests.cli.test_main_job import optout
from tests.golden_following import FOLDER, HOMES, POLICE_NAMES
from tests.golden_letters import CLIENT, DAY
from tests.manners import MANNERS
from tests.test_golden import GOLDEN, flat, language_of
from tests.test_letter_languages import faults

DIRECTIVE = Catalog().effective("de").laws["led"]
PERSON = ["--name", "Ada Example", "--email", "ada@mail.example", "-n", "--no-input"]
FOLLOWING = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*-police-*.txt")}


@pytest.mark.parametrize("name", [n for n in GOLDEN if "-police-" in n])
def test_the_police_are_asked_under_the_directive_as_transposed_and_no_date_is_the_laws(name: str) -> None:
    text = flat(GOLDEN[name])
    said = {
        "en": ("as transposed into national law", "without undue delay and sets no date", "free of charge", "I have chosen",
               "exercised through the competent supervisory authority"),
        "fr": ("telle que transposée en droit national", "dans les meilleurs délais, sans fixer de date", "gratuit",
               "que j'ai choisi", "par l'intermédiaire de l'autorité de contrôle compétente"),
        "de": ("wie sie in nationales Recht umgesetzt ist", "eine unverzügliche Antwort und setzt keine bestimmte Frist",
               "unentgeltlich", "von mir gewählten", "über die zuständige Aufsichtsbehörde ausüben"),
        "it": ("come recepita nel diritto nazionale", "senza ingiustificato ritardo e non fissa alcun termine", "gratuit",
               "che ho scelto", "tramite l'autorità di controllo competente"),
        "es": ("tal como se ha transpuesto al Derecho nacional", "sin dilación indebida y no fija ningún plazo", "gratuit",
               "que he elegido", "a través de la autoridad de control competente"),
        "nl": ("zoals omgezet in nationaal recht", "onverwijld antwoordt en stelt geen termijn", "kosteloos",
               "die ik zelf heb gekozen", "via de bevoegde toezichthoudende autoriteit"),
        "pl": ("transponowana do prawa krajowego", "bez zbędnej zwłoki i nie wyznacza terminu", "bezpłatn",
               "wybrany przeze mnie", "za pośrednictwem właściwego organu nadzorczego"),
        "pt": ("tal como transposta para o direito nacional", "sem demora injustificada e não fixa prazo", "gratuit",
               "que escolhi", "através da autoridade de controlo competente"),
    }  # fmt: skip
    assert set(said) == set(WORDING)
    assert all(words in text for words in said[language_of(name)])
    assert text_in(DIRECTIVE.number, language_of(name)) in text and text_in(DIRECTIVE.name, language_of(name)) in text
    for word in ("GDPR", "RGPD", "DSGVO", "AVG", "RODO", "2016/679", "Art. ", " art. ", "article ", "articolo ", "artículo ",
                 "artikel ", "artigo ", "one month", "un mois", "consent", "index of faces"):  # fmt: skip
        assert word not in text, word


@pytest.mark.parametrize("name", [n for n in GOLDEN if "constabulary" in n])
def test_the_british_police_are_asked_under_part_3_alone(name: str) -> None:
    text = flat(GOLDEN[name])
    assert (
        "Under Part 3 of the Data Protection Act 2018" in text and "check whether that is lawful (section 51)" in text
    )
    assert not re.search(r"\bArts? \d|GDPR|directive|Union", text)


def test_the_commissioner_is_asked_for_the_check_that_the_first_letter_announced() -> None:
    """Only where something was refused: silence limits no right."""
    check = "As far as it limits my rights, I ask you to check whether that is lawful (section 51)."
    assert check in flat(FOLLOWING["gb-eng-police-complaint-refused.txt"])
    assert "section 51" not in flat(FOLLOWING["gb-eng-police-complaint.txt"])


@pytest.mark.parametrize("language", WORDING)
def test_what_follows_names_the_directive_as_transposed_too(language: str) -> None:
    """No provision, no time of the law, and the authority exercises the rights only where they were refused."""
    end = "" if language == "en" else f"-{language}"
    found = {name: flat(text) for name, text in FOLLOWING.items() if name.endswith(f"{end}.txt")}
    found = {name: text for name, text in found.items() if POLICE_NAMES[language].replace("'", "\u2019") in text
             or POLICE_NAMES[language] in text}  # fmt: skip
    assert len(found) == 3
    exercise = {
        "en": "exercise them for me", "fr": "les exercer pour moi", "de": "sie für mich auszuüben", "it": "esercitarli per me",
        "es": "los ejerzan por mí", "nl": "voor mij uit te oefenen", "pl": "wykonanie za Państwa pośrednictwem",
        "pt": "os exerçam por mim",
    }  # fmt: skip
    for name, text in found.items():
        assert text_in(DIRECTIVE.number, language) in text and text_in(DIRECTIVE.name, language) in text
        assert not re.search(r"\b[Aa]rt(?:icle|icolo|ículo|ikel|igo|\.) ?\d", text)
        assert (exercise[language] in text) == ("refused" in name), name


@pytest.mark.parametrize("place", [*HOMES.values(), "fr", "at", "ie", "be", "gr"])
def test_a_police_force_is_written_to_in_the_one_language_of_its_place(tmp_path: Path, place: str) -> None:
    spoken = Catalog().effective(place).languages
    language = spoken[0] if spoken[0] in WORDING and place != "be" else "en"
    done = optout(tmp_path, "request", "--to", "Example Police", "--kind", "police", *PERSON, "--residence", place)
    assert done.returncode == 0, done.stderr
    assert text_in(DIRECTIVE.name, language) in " ".join(done.stdout.replace("\u00a0", " ").split())
    several = "--language fr or --language nl or --language de" in " ".join(done.stderr.split())
    assert several is (place == "be")


def test_a_police_force_elsewhere_is_not_written_to_in_a_language_that_the_person_may_not_read(tmp_path: Path) -> None:
    force = ["--to", "Example Police", "--to", "1 Sample Street", "--to", "Germany", "--kind", "police", *PERSON]
    abroad = optout(tmp_path, "request", *force, "--residence", "FR").stdout
    assert "as transposed into national law" in " ".join(abroad.split())
    within = optout(tmp_path, "request", *force, "--residence", "DE-BE").stdout
    assert "in nationales Recht" in " ".join(within.split())


@pytest.mark.parametrize("language", ["fr", "de", "it"])
def test_the_police_of_a_swiss_canton_get_a_request_that_claims_no_law(language: str) -> None:
    """The federal act is not theirs, and no act of a canton was read."""
    text = flat(GOLDEN[f"ch-cantonal-default-1-{language}.txt"])
    no_law = {
        "fr": "je ne prétends pas qu'une loi",
        "de": "ich behaupte nicht, dass ein Gesetz",
        "it": "non sostengo che una legge",
    }
    assert no_law[language] in text
    assert not re.search(r"\b(?:LPD|DSG|235\.1|[Aa]rt\. \d)", text)
    assert "sowie die Aufzeichnung" not in text


ONLY_IN_PART = {
    "en": "only in part", "fr": r"en partie|partiellement", "de": "teilweise", "it": "solo in parte", "es": "solo en parte",
    "nl": "gedeeltelijk", "pl": "częściowo", "pt": "apenas em parte",
}  # fmt: skip
REFUSED = {
    "en": r"[Rr]efused", "fr": "refusé", "de": "[Aa]bgelehnt", "it": "[Rr]ifiutato", "es": "[Dd]enegado", "nl": "[Gg]eweigerd",
    "pl": "odmow", "pt": "[Rr]ecusad",
}  # fmt: skip


@pytest.mark.parametrize("language", WORDING)
def test_a_complaint_says_refused_of_what_was_refused_and_in_part_of_what_was_met_in_part(language: str) -> None:
    end = "" if language == "en" else f"-{language}"
    place = {"en": "ie", "fr": "fr", **HOMES}[language]
    for name, said, unsaid in (
        ("police-complaint-refused", REFUSED, ONLY_IN_PART),
        ("complaint-partly", ONLY_IN_PART, REFUSED),
    ):
        text = flat((FOLDER / f"{place}-{name}{end}.txt").read_text(encoding="utf-8"))
        assert len(re.findall(said[language], text)) >= 2, "in the first sentence and among the reasons"
        assert not re.search(unsaid[language], text)


@pytest.mark.parametrize("language", MANNERS)
def test_both_rights_in_one_letter_keep_the_manners(language: str) -> None:
    place = HOMES[language]
    police = firm_of(replace(CLIENT, name=POLICE_NAMES[language]), "police")
    asked = Asked(demands=("access", "deletion"), together=True, on=DAY)
    (letter,) = golden.letters(Catalog(), place, police, asked, language, replace(CLIENT, name=POLICE_NAMES[language]))
    assert faults(plain(letter), language) == []
    assert [block.number for block in letter.blocks if block.number] == list(range(1, 11))
