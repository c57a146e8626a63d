"""The golden letters are what the program writes; every citation in them stands in a rule with its source."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from optout.dates import Part
from optout.firm import FirmKind
from optout.jurisdiction import Jurisdiction
from optout.languages import WORDING
from optout.law import text_in
from optout.library.catalog import Catalog
from tests import golden_following
from tests.golden_letters import BRITISH, CASES, EEA, FOLDER, FRENCH, KINDS, OTHER, WITHOUT_PROFILE, texts
from tests.manners import MANNERS

CATALOG = Catalog()
GOLDEN = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}
CITATION = re.compile(
    r"Arts?\. \d+(?:\(\d+\))?(?:\([a-z]\))?|740 ILCS 14/\d+\([a-z]\)|\d{4}\.\d+(?:\([a-z]\))?|11 CCR \d+(?:\([a-z]\))?"
    r"|\bArts? \d+[A-Z]*(?:\(\w+\))*|\bsection \d+[A-Z]?(?:\(\w+\))*"
    r"|5 U\.S\.C\. \d+[a-z]?(?:\(\w+\))*|\b4\.\d+(?:\.\d+)?|\bss?\. \d+(?:\(\d+\))?"
)

FRENCH_CITATION = re.compile(
    r"articles? \d+(?:\.\d+)*(?: et \d+(?:\.\d+)+)?(?: de l'annexe 1)?(?:, paragraphes? \d+(?:, \d+)*(?: et \d+)?)?(?:, point [a-z]\))?"
    r"|paragraphe \d+\(\d+\)|point [a-z]\) du même paragraphe"
    r"|art\. \d+[a-z]?(?: al\. \d+)?(?: let\. [a-z])?(?: ch\. \d+)?"
)
CITATIONS = {
    "en": CITATION,
    "fr": FRENCH_CITATION,
    **{x: re.compile("|".join(filter(None, (m.citation, m.swiss)))) for x, m in MANNERS.items()},
}
ALL_CASES = {
    **{place: place for places in OTHER.values() for place in places},
    **{name: place for name, (place, *_) in FRENCH.items()},
    **{name: place for name, (place, _) in CASES.items()},
    **{name: place for name, (place, *_) in BRITISH.items()},
    **{place: place for place, *_ in KINDS.values()},
    **{place: place for place in EEA},
}


FIRMS = {
    name: next((firm for place, firm, _ in KINDS.values() if name.startswith(f"{place}-{firm}-")), "clearview")
    for name in GOLDEN
}
"""The firm of each letter."""


def language_of(name: str) -> str:
    end = name.removesuffix(".txt").rpartition("-")[2]
    return end if end in CITATIONS else "en"


def flat(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").split())


def test_the_letters_are_the_golden_ones() -> None:
    made = texts(CATALOG)
    assert sorted(made) == sorted(GOLDEN)
    assert [name for name in made if made[name] != GOLDEN[name]] == []


FOLLOWING = {path.name: path.read_text(encoding="utf-8") for path in golden_following.FOLDER.glob("*.txt")}
NO_NEW_REQUEST = {
    "en": "no new request",
    "fr": "non une nouvelle demande",
    "de": "kein neues Anliegen",
    "es": "no una solicitud nueva",
    "it": "non una nuova richiesta",
    "nl": "geen nieuw verzoek",
    "pl": "a nie nowym wnioskiem",
    "pt": "não é um novo pedido",
}
"""What a reminder says of itself, in each language."""


def test_the_letters_that_follow_are_the_golden_ones() -> None:
    made = golden_following.texts(CATALOG)
    assert sorted(made) == sorted(FOLLOWING)
    assert [name for name in made if made[name] != FOLLOWING[name]] == []


@pytest.mark.parametrize("name", sorted(FOLLOWING))
def test_a_letter_that_follows_cites_claims_and_dates_only_what_is_so(name: str) -> None:
    told = golden_following.CASES[name.removesuffix(".txt")]
    language = language_of(name)
    place = CATALOG.effective(told.place)
    allowed = printable_cites(place, language) + " | ".join(text_in(x.number, language) for x in place.laws.values())
    body = flat(FOLLOWING[name])
    for cite in CITATIONS[language].findall(body):
        assert cite in allowed, f"{cite} of {name} has no rule"
    assert not re.search(r"damages|compensation|\bcourt\b|(?<!Upper )tribunal|dommages|indemni", body, re.IGNORECASE)
    days = {f"{x.on.day} {x.on:%B} {x.on.year}" for x in told.events}
    proved = any(x.kind in ("acknowledged", "delivered") for x in told.events)
    if language == "en" and not proved:
        own = {"15 September 2026", "29 September 2026", "5 August 2026"}
        assert set(re.findall(r"\d{1,2} [A-Z][a-z]+ 2026", body)) <= days | own, "no day of a law without proof"
    if "reminder" in name:
        assert WORDING[language].chosen in body
        assert NO_NEW_REQUEST[language] in body


def printable_cites(place: Jurisdiction, language: str) -> str:
    """Every citation that may be printed there and has a source."""
    found = []
    every = (*place.rules, *place.clocks.values(), *place.identity, *place.agents, *place.remedies, *place.refusals)
    for entry in every:
        parts = [entry, *(x for name in ("items", "limits", "measures") for x in getattr(entry, name, ()))]
        for part in parts:
            if part.pinpoint in ("verified", "secondary") and entry.sources:
                assert all(source in place.sources for source in entry.sources)
                found += [text_in(cite, language) for cite in (*part.cites, *getattr(part, "rests_on", ()))]
    return " | ".join(found)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_every_citation_is_in_a_rule_with_its_source(name: str) -> None:
    place_id = next(place for prefix, place in ALL_CASES.items() if name.startswith(prefix + "-"))
    language = language_of(name)
    firm = FIRMS[name]
    place = CATALOG.effective_for(place_id, CATALOG.firm(firm))
    allowed = printable_cites(place, language) + " | ".join(
        text_in(law.number, language) for law in place.laws.values()
    )
    body = flat(GOLDEN[name])
    for cite in CITATIONS[language].findall(body):
        assert cite in allowed, f"{cite} of {name} has no rule"


@pytest.mark.parametrize("name", [n for n in GOLDEN if "clearview" not in n and "pimeyes" not in n])
def test_only_a_firm_that_searches_by_face_is_told_that_it_does(name: str) -> None:
    text = flat(GOLDEN[name]).lower()
    for word in ("index", "crawl", "searchable by face", "search by my face", "recherche par mon visage"):
        assert word not in text, word


def test_every_kind_of_firm_has_a_letter() -> None:
    without_profile = {kind for _, kind, *_ in WITHOUT_PROFILE.values() if kind}
    assert {*KINDS, "face_search", *without_profile} == set(get_args(FirmKind))
    for kind, (_, firm, _) in KINDS.items():
        assert CATALOG.firm(firm).kinds[0] == kind


def test_no_letter_to_a_client_takes_it_for_the_processor() -> None:
    clients = {name: firm for name, firm in FIRMS.items() if "Example Client" in GOLDEN[name]}
    assert clients
    for name, firm in clients.items():
        (kind,) = CATALOG.firm(firm).kinds[:1]
        does = CATALOG.template(f"{language_of(name)}/kind/does.{kind}.j2")
        assert does and "{" not in does and does.strip() not in flat(GOLDEN[name]), name
        assert re.search(r"As far as you (use|had) ", flat(GOLDEN[name])), name


def test_letters_that_cite_nothing_are_requests() -> None:
    silent = [name for name, text in GOLDEN.items() if not CITATIONS[language_of(name)].search(flat(text))]
    transposed = {name for name in silent if "2016/680" in flat(GOLDEN[name])}
    assert transposed == {name for name in GOLDEN if "-police-" in name}
    silent = [name for name in silent if name not in transposed]
    assert {language_of(name) for name in silent} >= {"en", "fr", "de"}
    said = {"en": "I do not claim that a law obliges you", "fr": "je ne prétends pas qu'une loi vous oblige"}
    said |= {language: manner.no_claim for language, manner in MANNERS.items()}
    for name in silent:
        assert said[language_of(name)] in flat(GOLDEN[name]), name


@pytest.mark.parametrize("name", [n for n in GOLDEN if n.startswith("us-il") and language_of(n) == "en"])
def test_illinois_claims_no_access_right_and_no_statutory_date(name: str) -> None:
    text = flat(GOLDEN[name]).lower()
    assert "right of access" not in text
    assert "a date i have chosen" in text
    assert "within" not in text.replace("within three years", "").replace("any vector", "")


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_no_first_letter_speaks_of_money_or_court(name: str) -> None:
    text = flat(GOLDEN[name]).lower()
    text = text.replace("the upper tribunal held", "").replace(
        "back to the first-tier tribunal", ""
    )  # a decision told of
    for word in ("damages", "compensation", "lawsuit", "sue ", "court", "art. 82", "$", "dommages", "indemni", "tribunal",
                 "procès", "€", "article 82"):  # fmt: skip
        assert word not in text, word


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_calendar_date_is_the_letters_own_or_called_so(name: str) -> None:
    """Days printed: the letter's, the sender's own, those of decisions, and the day California's law changes."""
    text = flat(GOLDEN[name])
    months = "November|December|January|novembre|décembre|janvier"
    days = re.findall(rf"(.{{30}})(?<!\d)(\d{{1,2}} (?:{months}) 202[67])(.{{0,28}})", text)
    for before, day, after in days:
        called = (f"by {day}, a date I have chosen", f"au plus tard le {day}, date que j'ai choisie")
        own = any(words in before + day + after for words in called)
        heading = (
            text.index(day) == text.index(f"{before}{day}") + len(before)
            and "–" in text[text.index(day) : text.index(day) + 160]
        )
        assert own or heading or day == "1 January 2027", f"{day} in {name}"


@pytest.mark.parametrize("name", [n for n in GOLDEN if n.startswith("gb-") and "constabulary" not in n])
def test_a_british_letter_cites_as_it_is_done_there_and_nothing_of_the_union(name: str) -> None:
    text = flat(GOLDEN[name])
    assert "UK GDPR" in text and "Information Commissioner" in text
    assert not re.search(r"\bUnion\b|Art\. |Regulation \(EU\)|supervisory authority|Article 77|Art 22\b", text)
    assert ("section 164A of the Data Protection Act 2018" in text) == ("before" not in name)
    assert ("12A" in text) == ("before-2026-02-05" not in name)
    assert not re.search(r"Art (1[6-9]|2[01])\b", text), "the present text of these articles was not read"


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_no_letter_says_that_no_consent_was_given_and_erasure_withdraws_any(name: str) -> None:
    text = flat(GOLDEN[name])
    for said in (
        "I gave no consent",
        "never consented",
        "n'ai pas donné de consentement",
        "jamais consenti",
        "nicht eingewilligt",
    ):
        assert said not in text
    if re.search(r"to erasure, Art\. 17|à l'effacement, prévu à l'article 17", text):
        assert re.search(
            r"withdraw any that you rely on|I withdraw it|tout consentement que vous invoqueriez|je le retire", text
        )
        assert not re.search(r"17\(1\)\(b\)|paragraphe 1, point b\)", text)


def test_a_firm_that_denies_the_law_is_answered_once_and_only_it() -> None:
    said = ("does not apply to you. It does", "ne s'appliquait pas à vous. Il s'applique")
    places = ("fr", "de", "be", "lu", "no", "is", "li")
    told = {name for name, text in GOLDEN.items() if any(words in flat(text) for words in said)}
    now = {n for n in GOLDEN if n.split("-")[0] in places and "-clearview-" in n}
    assert {n for n in told if "-default-" in n} == {
        n for n in now if n.endswith(("-default-1.txt", "-default-1-fr.txt"))
    }
    assert told <= now and all(re.search(r"Art\. 3\(2\)|article 3, paragraphe 2", flat(GOLDEN[n])) for n in told)


def test_a_request_names_no_law() -> None:
    for name in ("us-il-clearview-access.txt", "us-il-clearview-preserve.txt", "us-il-clearview-recipients.txt"):
        assert "BIPA" not in GOLDEN[name]
        assert "ILCS" not in GOLDEN[name]


def test_decisions_are_at_most_two_and_verified_or_secondary() -> None:
    clauses = {d.clause: d for d in CATALOG.firm("clearview").decisions if d.clause}
    assert all(d.confidence != "unverified" for d in clauses.values())
    assert all(isinstance(d.on, Part) for d in clauses.values())
    for name, text in GOLDEN.items():
        body = flat(text)
        named = [
            n
            for n in (
                "(CNIL) gave",
                "(CNIL) fined",
                "(Garante) has decided",
                "(AP) fined",
                "The Upper Tribunal held",
                "commissioners of Quebec",
                "hash of a complainant",
                "(CNIL) a mis en demeure",
                "(CNIL) a infligé",
                "(Garante) s'est prononcée",
                "(AP) a infligé",
                "homologues du Québec",
                "d'une réclamation devait",
            )
            if n in body
        ]
        assert len(named) <= 2, name
