"""A letter to every firm of the catalogue, from places under every kind of law."""

from __future__ import annotations

from datetime import date

import pytest

from optout.cli import golden
from optout.letter import plain
from optout.library.catalog import Catalog
from optout.select import Asked
from tests.golden_letters import CLIENT

CATALOG = Catalog()
FIRMS = list(CATALOG.all_firms())
PLACES = ("fr", "us-il", "us-ca", "us-mn", "ca-on", "gb-eng", "au")
BY_FACE = ("your index", "search of your index", "searchable by face", "face vector")
PHOTO = "a photo of my face"


@pytest.mark.parametrize("firm", FIRMS, ids=[firm.id for firm in FIRMS])
@pytest.mark.parametrize("place", PLACES)
def test_a_letter_says_of_a_firm_what_it_is_and_gives_what_finds_a_person(firm, place: str) -> None:
    client = CLIENT if firm.role == "processor" else None
    letters = golden.letters(CATALOG, place, firm.id, Asked(on=date(2026, 11, 24)), to=client)
    assert letters
    for text in (" ".join(plain(letter).split()) for letter in letters):
        by_face = firm.kinds[0] == "face_search"
        assert by_face or not any(words in text for words in BY_FACE)
        finds = "face_photo" in firm.finds_by or "public_body" in firm.kinds
        assert finds or PHOTO not in text, "a photo is spoken of where none is needed to find a person"
        assert "date of birth" not in text and "passport" not in text
        assert "no identity document" in text or "public_body" in firm.kinds
        assert (client is None) == ("Example Client" not in text)
        if "public_body" in firm.kinds:
            assert "Freedom of Information Act" in text and "GDPR" not in text and "BIPA" not in text
        if place in ("us-mn", "au") and "public_body" not in firm.kinds:
            assert "I do not claim that a law obliges you" in text


PRIVATE = [firm for firm in FIRMS if "public_body" not in firm.kinds]
"""The others are asked under an American act, which is spoken of in English."""


@pytest.mark.parametrize("firm", PRIVATE, ids=[firm.id for firm in PRIVATE])
def test_a_french_letter_to_every_firm_is_french(firm) -> None:
    client = CLIENT if firm.role == "processor" else None
    for letter in golden.letters(CATALOG, "fr", firm.id, Asked(on=date(2026, 11, 24)), "fr", client):
        text = " ".join(plain(letter).split())
        assert "Madame, Monsieur" in text and " your " not in text
        assert firm.kinds[0] == "face_search" or " index " not in text
