"""Letters that follow to others: an appeal to the firm in every language, under an invented law, and to the police."""

from __future__ import annotations

import re

import pytest

from optout.languages import WORDING
from tests import golden_appeal, golden_following
from tests.golden_following import FOLDER, LATER
from tests.manners import MANNERS
from tests.test_letter_languages import faults

GOLDEN = {path.name: path.read_text(encoding="utf-8") for path in golden_appeal.FOLDER.glob("*.txt")}


FIRM = (
    r"\b(?i:firm|entreprise|société|unternehmen|firma|firmy|firmie|firmę|impresa|società|empresa|bedrijf|onderneming)\b"
    r"|przedsiębior"
)
"""A firm, in every letter language."""


def flat(name: str) -> str:
    return " ".join(GOLDEN[name].split())


def test_the_appeals_are_the_golden_ones() -> None:
    assert golden_appeal.texts() == GOLDEN
    assert {f"refused-{language}.txt" for language in WORDING} < set(GOLDEN)


@pytest.mark.parametrize("language", WORDING)
def test_an_appeal_goes_to_the_firm_and_names_the_time_of_the_law_alone(language: str) -> None:
    """Sixty days are told as the law's; no date of anybody's follows from them."""
    whole = GOLDEN[f"refused-{language}.txt"]
    assert "Clearview AI, Inc." in whole.split("\n\n")[1] and "Example Commission\n" not in whole
    assert re.search(r"60[\s\u00a0]", whole) and "rule 9" in " ".join(whole.split())
    assert not re.search(r"\b45\b", whole), "the time to answer was kept"
    if language in MANNERS:
        found = faults(re.sub(r"\S+@\S+", "", whole), language, "", LATER)
        assert found == []


def test_silence_is_appealed_against_with_the_time_that_is_over() -> None:
    assert "The time to answer was 45 days from receipt (rule 7). It ended on 22 August 2026." in flat("silence-en.txt")
    assert "Why I appeal" in GOLDEN["silence-en.txt"]


def test_the_complaint_that_follows_tells_of_the_appeal() -> None:
    found = flat("complaint-en.txt")
    assert "- 25 July 2026: I appealed against that." in found and "Why I complain" in found
    assert "copy of my appeal of 25 July 2026" in found and "Example Commission" in found


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*police*.txt")))
def test_no_letter_about_the_police_calls_them_a_firm(name: str) -> None:
    found = " ".join((FOLDER / name).read_text(encoding="utf-8").split()).replace("\u2019", "'")
    assert any(police in found for police in (golden_following.POLICE.name, *golden_following.POLICE_NAMES.values()))
    assert not re.search(FIRM, found)
