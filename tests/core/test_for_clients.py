"""Firms that decide in part and work for others in part, and the clients of such firms."""

from __future__ import annotations

from datetime import date

import pytest

from optout.cli import golden
from optout.firm import Firm
from optout.letter import plain
from optout.library.catalog import Catalog
from optout.select import Asked
from tests.golden_letters import CLIENT

CATALOG = Catalog()
DAY = date(2026, 11, 24)
MIXED = [firm for firm in CATALOG.all_firms() if firm.role == "mixed"]
WORKING = [firm for firm in CATALOG.all_firms() if firm.role != "controller"]
PASS_ON = {"en": "pass this letter on to it", "fr": "lui transmettre la présente lettre"}


def text_to(firm: Firm, place: str, language: str = "en", client: bool = False) -> str:
    found = golden.letters(CATALOG, place, firm.id, Asked(on=DAY), language, CLIENT if client else None)
    return " ".join(" ".join(plain(letter).split()) for letter in found)


@pytest.mark.parametrize("firm", MIXED, ids=[firm.id for firm in MIXED])
@pytest.mark.parametrize(("place", "language"), [("fr", "en"), ("fr", "fr"), ("us-il", "en"), ("us-mn", "en")])
def test_a_firm_that_decides_in_part_is_asked_for_whom_it_holds_the_rest(firm: Firm, place: str, language: str) -> None:
    text = text_to(firm, place, language)
    assert PASS_ON[language] in text
    assert "show this letter to nobody else" not in text


def test_a_firm_that_decides_alone_is_not_asked_for_clients() -> None:
    assert PASS_ON["en"] not in text_to(CATALOG.firm("clearview"), "fr")
    assert PASS_ON["en"] not in text_to(CATALOG.firm("jumio"), "fr", client=True)


@pytest.mark.parametrize("firm", WORKING, ids=[firm.id for firm in WORKING])
@pytest.mark.parametrize("place", ["fr", "us-il", "us-ca"])
def test_a_client_is_not_asked_for_whom_and_nothing_is_taken_as_known(firm: Firm, place: str) -> None:
    text = text_to(firm, place, client=True)
    for words in ("the business it was made for", "the service it was made for", "the employer", "made for a customer"):
        assert words not in text
    for words in ("People show pictures", "collected such pictures from your service", "look people up", "You had my"):
        assert words not in text
    assert "As far as" in text
    assert "I do not know whether you hold anything about me" not in text


def test_the_client_of_a_firm_with_a_platform_of_its_own_is_asked_about_the_software() -> None:
    text = text_to(CATALOG.firm("microsoft"), "fr", client=True)
    assert "As far as you use software of Microsoft that recognizes people by the body" in text
    assert "are in a system that you use or run" in text
