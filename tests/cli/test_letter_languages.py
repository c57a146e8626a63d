"""In which languages letters are written, as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_main_job import optout

PERSON = ["--name", "Ada Example", "--email", "ada@mail.example"]


def request(home: Path, residence: str, *args: str) -> dict[str, Any]:
    done = optout(home, "request", "clearview", *PERSON, "--residence", residence, "--json", *args)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["cases"][0]
    return found


def names(case: dict[str, Any]) -> list[list[str]]:
    return [[Path(path).name.removeprefix(case["ref"]) for path in letter["files"]] for letter in case["letters"]]


def test_quebec_writes_each_letter_in_two_languages(tmp_path: Path) -> None:
    case = request(tmp_path, "CA-QC", "--format", "docx,txt")
    assert [(letter["id"], letter["language"]) for letter in case["letters"]] == [("access", "fr"), ("deletion", "fr")]
    assert names(case)[0] == ["-access-fr.docx", "-access-fr.txt", "-access-en.docx", "-access-en.txt"]
    french, english = (
        Path(tmp_path / path).read_text() for path in case["letters"][0]["files"] if path.endswith("txt")
    )
    assert "Madame, Monsieur," in french and "LPRPDE" in french
    assert "Sincerely," in english and "PIPEDA" in english
    assert case["ref"] in french and case["ref"] in english
    assert len(case["demands"]) == 2, "a demand is one, in whatever number of languages"


def test_the_versions_are_one_letter_with_one_set_of_clocks(tmp_path: Path) -> None:
    case = request(tmp_path, "CA-QC", "--on", "2026-11-24")
    ref = case["ref"]
    sent = optout(tmp_path, "log", ref, "sent", "--letter", "access", "--by", "post", "--on", "2026-11-24")
    assert sent.returncode == 0, sent.stderr
    shown = json.loads(optout(tmp_path, "show", ref, "--json").stdout)
    assert [letter["id"] for letter in shown["case"]["letters"]] == ["access", "deletion"]
    assert [letter["id"] for letter in shown["status"]["letters"]] == ["access", "deletion"]
    responds = [
        d for letter in shown["status"]["letters"] for d in letter.get("deadlines", []) if d["kind"] == "respond"
    ]
    assert len(responds) == 1


def test_both_are_frozen_and_written_again(tmp_path: Path) -> None:
    case = request(tmp_path, "CA-QC", "--format", "txt")
    first = {Path(p).name: (tmp_path / p).read_bytes() for letter in case["letters"] for p in letter["files"]}
    done = optout(tmp_path, "letter", case["ref"], "--format", "txt", "-o", "copies", "--json")
    assert done.returncode == 0, done.stderr
    again = {Path(p).name: (tmp_path / p).read_bytes() for x in json.loads(done.stdout)["letters"] for p in x["files"]}
    assert again == first
    assert len(first) == 4


def test_the_same_line_twice_and_then_in_one_language(tmp_path: Path) -> None:
    first = request(tmp_path, "CA-QC", "--format", "txt")
    again = request(tmp_path, "CA-QC", "--format", "txt")
    assert again == first
    one = request(tmp_path, "CA-QC", "--format", "txt", "--language", "fr")
    assert one["ref"] == first["ref"]
    assert names(one) == [["-access-fr.txt"], ["-deletion-fr.txt"]]
    left = sorted(path.name.removeprefix(one["ref"]) for path in (tmp_path / "optout-letters").rglob("*.txt"))
    assert left == ["-access-fr.txt", "-deletion-fr.txt"], "the draft's other language is gone with it"


@pytest.mark.parametrize(("residence", "language"), [("FR", "en"), ("BE", "en"), ("LU", "en"), ("CA-ON", "en")])
def test_elsewhere_the_firms_language_unless_asked(tmp_path: Path, residence: str, language: str) -> None:
    case = request(tmp_path, residence, "--dry-run")
    assert {letter["language"] for letter in case["letters"]} == {language}
    case = request(tmp_path, residence, "--dry-run", "--language", "fr")
    assert {letter["language"] for letter in case["letters"]} == {"fr"}


@pytest.mark.parametrize(
    ("residence", "language", "hint"),
    [
        ("FR", "xx", "letters are written in: en, fr"),
        ("US-IL", "fr", "letters under BIPA are written in: en"),
        ("US-CA", "fr", "letters under CCPA are written in: en"),
    ],
)
def test_a_language_without_letters_is_refused(tmp_path: Path, residence: str, language: str, hint: str) -> None:
    done = optout(tmp_path, "request", "clearview", *PERSON, "--residence", residence, "--language", language)
    assert done.returncode == 4
    assert hint in done.stderr
    assert not (tmp_path / "optout-letters").exists()


def test_a_mere_request_is_written_in_french_from_anywhere(tmp_path: Path) -> None:
    done = optout(
        tmp_path, "request", "clearview", *PERSON, "--residence", "US-IL", "--language", "fr", "--demand", "access", "--only",
        "--dry-run",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "je ne prétends pas" in " ".join(done.stdout.split())


def test_one_version_goes_to_standard_output(tmp_path: Path) -> None:
    ref = request(tmp_path, "CA-QC", "--format", "txt")["ref"]
    one = ("letter", ref, "--format", "txt", "-o", "-", "--letter", "access")
    which = optout(tmp_path, *one)
    assert which.returncode == 2
    assert "--language (fr, en)" in which.stderr
    done = optout(tmp_path, *one, "--language", "fr")
    assert done.returncode == 0, done.stderr
    assert done.stdout == next((tmp_path / "optout-letters").rglob("*-access-fr.txt")).read_text()
    assert optout(tmp_path, *one, "--language", "de").returncode == 4


def test_german_in_every_format(tmp_path: Path) -> None:
    case = request(tmp_path, "DE-BY", "--language", "de", "--format", "docx,pdf,txt")
    assert names(case)[0] == ["-access-de.docx", "-access-de.pdf", "-access-de.txt"]
    found = next((tmp_path / "optout-letters").rglob("*-access-de.txt")).read_text(encoding="utf-8")
    assert "Sehr geehrte Damen und Herren," in found
    flat = " ".join(found.split())
    assert "mein Recht auf Auskunft nach Art. 15 Abs. 1, 2 und 3" in flat
    assert "innerhalb eines Monats nach Eingang dieses Schreibens (Art. 12 Abs. 3)" in flat
    assert "an das Bayerische Landesamt für Datenschutzaufsicht (BayLDA)." in flat


WRONG = "The name Bob Sample stands beside my face at portraits.example/1."
IN_OWN_WORDS = {
    "en": "in my own words", "fr": "dans mes propres termes", "de": "in meinen eigenen Worten", "it": "con parole mie",
    "es": "en mis propias palabras", "nl": "in mijn eigen woorden", "pl": "własnymi słowami", "pt": "por palavras minhas",
}  # fmt: skip


def dry(home: Path, residence: str, *args: str) -> tuple[str, str]:
    """The letters in one line, and what was said beside them."""
    done = optout(home, "request", "clearview", *PERSON, "--residence", residence, "--dry-run", *args)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split()), done.stderr


@pytest.mark.parametrize("language", IN_OWN_WORDS)
def test_a_correction_says_what_is_wrong_in_the_words_of_the_person(tmp_path: Path, language: str) -> None:
    both = ("--demand", "correction", "--because", WRONG, "--language", language)
    for residence in ("FR", "US-IL"):
        letter, said = dry(tmp_path, residence, *both)
        assert letter.count(f"{IN_OWN_WORDS[language]}") == 1
        assert letter.count(WRONG) == 1
        assert "has your words" not in said


def test_words_that_are_the_grounds_of_an_objection_are_said_once(tmp_path: Path) -> None:
    letter, _ = dry(
        tmp_path, "FR", "--demand", "correction,objection", "--because", "I was stalked.", "--language", "en"
    )
    assert letter.count("I was stalked.") == 1 and "in my own words" not in letter


def test_grounds_kept_for_an_objection_are_not_told_with_a_correction(tmp_path: Path) -> None:
    who = ("--residence", "FR", "--because", "I was stalked.")
    assert optout(tmp_path, "profile", "new", "ada", *PERSON, *who).returncode == 0
    done = optout(tmp_path, "request", "clearview", "--profile", "ada", "--demand", "correction", "--dry-run")
    assert done.returncode == 0 and "stalked" not in done.stdout


def test_words_that_no_letter_has_are_called_so(tmp_path: Path) -> None:
    letter, said = dry(tmp_path, "FR", "--demand", "access", "--only", "--because", WRONG, "--language", "en")
    assert WRONG not in letter
    assert "No letter has your words of --because: only one that objects, or corrects, says why." in said


NO_CLAIM = {
    "en": "I do not claim", "fr": "je ne prétends pas", "de": "ich behaupte nicht", "it": "non sostengo",
    "es": "no afirmo", "nl": "ik beweer niet", "pl": "nie twierdzę", "pt": "não afirmo",
}  # fmt: skip


@pytest.mark.parametrize("language", NO_CLAIM)
def test_a_demand_on_which_no_rule_is_built_in_neither_claims_nor_denies_a_law(tmp_path: Path, language: str) -> None:
    for demand in ("consent_withdrawal", "portability"):
        letter, said = dry(tmp_path, "ES", "--demand", demand, "--only", "--language", language)
        assert NO_CLAIM[language] not in letter
        assert f"{demand.replace('_', ' ')}: a request; no rule on it is built in" in said
    letter, said = dry(tmp_path, "ES", "--demand", "preserve", "--only", "--language", language)
    assert NO_CLAIM[language] in letter
    assert "preserve: a request; no law behind it" in said


def test_beside_a_right_it_is_not_called_a_favour(tmp_path: Path) -> None:
    end = ("--only", "--language", "en")
    letter, _ = dry(tmp_path, "ES", "--demand", "access,consent_withdrawal", *end)
    assert "If you rely on any consent of mine, I withdraw it" in letter
    assert "no law that I rely on obliges you" not in letter
    letter, _ = dry(tmp_path, "ES", "--demand", "access,preserve", *end)
    assert letter.count("no law that I rely on obliges you") == 1


LIVES = {
    "en": "I live in Berlin", "fr": "J\u2019habite \u00e0 Berlin", "de": "Ich wohne in Berlin", "it": "Vivo a Berlino",
    "es": "Vivo en Berl\u00edn", "nl": "Ik woon in Berlijn", "pl": "Mieszkam w Berlinie", "pt": "Vivo em Berlim",
}  # fmt: skip


@pytest.mark.parametrize("language", LIVES)
def test_a_letter_from_a_land_says_where_the_person_lives(tmp_path: Path, language: str) -> None:
    letter, _ = dry(tmp_path, "DE-BE", "--demand", "access", "--only", "--language", language)
    assert LIVES[language] in letter.replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["de", "pl"])
def test_an_authority_without_a_name_in_the_language_keeps_its_own(tmp_path: Path, language: str) -> None:
    case = request(tmp_path, "LU", "--demand", "access", "--only", "--language", language, "--on", "2026-07-01")
    sent = optout(tmp_path, "log", case["ref"], "sent", "--by", "post", "--on", "2026-07-01")
    assert sent.returncode == 0, sent.stderr
    found = optout(
        tmp_path, "escalate", case["ref"], "--kind", "complaint", "--on", "2026-09-30", "--language", language, "--format",
        "txt", "--json",
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    (path,) = json.loads(found.stdout)["files"]
    assert "Commission nationale pour la protection des donn\u00e9es\n" in (tmp_path / path).read_text(encoding="utf-8")
    if language == "de":
        letter, _ = dry(tmp_path, "LU", "--demand", "access", "--only", "--language", "de")
        assert "die Commission nationale pour la protection des donn\u00e9es" in letter
