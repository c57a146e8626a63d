"""What Clearview AI said of the law and of answering: in the first letter of every language, and told beforehand."""

from __future__ import annotations

import pytest

from optout.cli import golden
from optout.law import text_in
from optout.letter import plain
from optout.library.catalog import Catalog
from optout.select import Asked
from tests.golden_explain import explain, explained
from tests.golden_letters import DAY, OTHER

CATALOG = Catalog()
SAID = {
    "en": ("You told the Dutch authority that the GDPR does not apply to you.", "several authorities have held"),
    "fr": ("Vous avez dit à l'autorité néerlandaise que le RGPD ne s'appliquait pas à vous.", "plusieurs autorités ont jugé"),
    "de": ("Der niederländischen Aufsichtsbehörde haben Sie erklärt, die DSGVO gelte für Sie nicht.",
           "mehrere Behörden haben entschieden"),
    "it": ("Avete dichiarato all'autorità dei Paesi Bassi che il GDPR non si applica nei Vostri confronti.",
           "diverse autorità hanno ritenuto"),
    "es": ("Ustedes dijeron a la autoridad neerlandesa que el RGPD no se les aplica.", "varias autoridades han declarado"),
    "nl": ("U hebt de Nederlandse autoriteit laten weten dat de AVG niet op u van toepassing is.",
           "verscheidene autoriteiten hebben geoordeeld"),
    "pl": ("Niderlandzkiemu organowi nadzorczemu oświadczyli Państwo, że RODO Państwa nie dotyczy.",
           "a kilka organów uznało"),
    "pt": ("V. Ex.as disseram à autoridade neerlandesa que o RGPD não lhes é aplicável.", "várias autoridades consideraram"),
}  # fmt: skip
"""What the firm said, and that authorities held the opposite, as the letters put it."""
PLACES = {"en": ("ie", "no", "is"), "fr": ("fr", "be", "lu"), **OTHER}


def written(place: str, firm: str, language: str, asked: Asked | None = None) -> list[str]:
    found = golden.letters(CATALOG, place, firm, asked or Asked(on=DAY), language)
    return [" ".join(plain(x).replace("\u00a0", " ").replace("\u2019", "'").split()) for x in found]


@pytest.mark.parametrize(
    ("language", "place"), [(language, place) for language in SAID for place in PLACES[language] if place != "ch"]
)
def test_the_first_letter_answers_the_denial(language: str, place: str) -> None:
    """Once, before the demands, with the section that says how far the law reaches; the held letter leaves it out."""
    first, *held = written(place, "clearview", language)
    said, opposite = SAID[language]
    (reach,) = [
        text_in(x.cites[0], language)
        for x in CATALOG.effective(place).refusals
        if x.ground == "law_does_not_apply" and x.law == "gdpr"
    ]
    assert first.count(said) == 1 and first.count(opposite) == 1 and reach in first
    assert first.index(said) < first.index(reach) < first.index(opposite)
    assert held and all(said not in x for x in held)


@pytest.mark.parametrize("language", SAID)
def test_nobody_else_is_answered_what_it_did_not_say(language: str) -> None:
    """Not another firm, and not where that law does not speak: in Switzerland, or in a request without a law."""
    place = PLACES[language][0]
    letters = [*written(place, "pimeyes", language), *written(place, "meta", language)]
    letters += written("us-il", "clearview", language, Asked(demands=("access",), only=True, on=DAY))
    letters += written("ch", "clearview", language) if language in ("en", "fr", "de", "it") else []
    letters += written("gb-eng", "clearview", language) if language == "en" else []
    said, opposite = SAID[language]
    assert [x for x in letters if said.split(",")[0][:25] in x or opposite in x] == []


@pytest.mark.parametrize("language", SAID)
def test_silence_is_foretold_wherever_a_language_is_spoken(language: str) -> None:
    for place in PLACES[language]:
        words = "be prepared for silence" if place == "ch" else "expect silence"
        assert any(words in caution for caution in explained("clearview", place)["cautions"]), place
        assert not any("silence" in caution for caution in explained("pimeyes", place)["cautions"]), place
    assert "Keep every proof of sending" in explain("clearview", PLACES[language][0])
