"""The grounds on which a firm refuses, row by row as the facts list them, and what the letters answer in each language."""

from __future__ import annotations

import functools
import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdf
import pytest

from optout import replies
from optout.cli.drafting import dated
from optout.cli.following import Asked
from optout.escalation import Wanted
from optout.languages import WORDING
from optout.law import Ground, text_in
from optout.library.catalog import Catalog
from optout.render import pdf
from optout.typography import set_in
from tests import golden_following
from tests.golden_following import LATER
from tests.golden_refusals import NINE, about, told
from tests.manners import MANNERS
from tests.test_letter_languages import faults
from tests.told import COMPLAINT, PROVED, REFUSED, REMINDER, Told, event

FACTS = [path for p in Path(__file__).parents if (path := p.joinpath("shared", "facts", "europe.md")).is_file()]
CATALOG = Catalog()
ROWS: dict[str, tuple[Ground, str, str]] = {
    "GDPR does not apply": (
        "law_does_not_apply", "Art. 3(2)", "even without an establishment here, as far as its processing is related",
    ),
    "Cannot identify you": ("cannot_identify", "Art. 12(2)", "is for the firm to demonstrate (Art. 12(2)). Where I add what "
                            "makes it possible, my rights stand (Art. 11(2))."),
    "Need ID": ("identity_not_proved", "Art. 12(6)", "only where there are reasonable doubts, and only what is necessary"),
    "Use our form": ("wrong_form", "", "prescribes no form for such a request"),
    "Manifestly unfounded / excessive / abusive": (
        "excessive", "Art. 12(5)", "is for the firm to prove (Art. 12(5) and CJEU, C-526/24). I ask in order to learn",
    ),
    "Others' rights, trade secret": ("others_rights", "Art. 15(4)", "they are no ground to refuse everything"),
    "Public data": ("public_data", "Art. 9(2)(e)", "a picture can be seen online is not enough. So held in the case of "
                    "Clearview AI: - Dutch Data Protection Authority (AP), 16 May 2024; the decision is final."),
    "Legal claims": ("legal_claims", "Art. 21(1)", "restriction of the processing can be asked for (Art. 18(1)(d))"),
    "Law-enforcement customers only": (
        "customers_only", "", "is its own processing, whoever its customers are, and it answers for it under the GDPR. So held",
    ),
}  # fmt: skip
"""A row of the facts: its ground, the provision that limits it, and words of the answer to an authority."""
HOMES = {"en": "ie", "fr": "fr", **golden_following.HOMES}
ANSWERED_IN = {
    "eu": {*NINE, "must_keep", "no_reason"},
    "gb": {"law_does_not_apply", "identity_not_proved", "excessive", "legal_claims", "customers_only", "public_data",
           "no_reason"},
    "ch": {*NINE, "own_interests", "must_keep", "no_reason"},
}  # fmt: skip
LAW = {"eu": "gdpr", "gb": "uk-gdpr", "ch": "fadp"}


def letter(case: Told) -> str:
    with TemporaryDirectory() as home:
        (whole,) = golden_following.written(CATALOG, case, home)
    return whole


def flat(text: str) -> str:
    return " ".join(text.split())


def keys(text: str) -> str:
    return flat(text.replace("\u00a0", " ").replace("\u2019", "'"))


def body(whole: str, language: str, place: str) -> str:
    """From the day of the letter on: without the addresses."""
    day = set_in(dated(LATER, language), language, place)
    return whole[whole.index(day) :]


def test_the_rows_are_those_of_the_facts() -> None:
    assert [ground for ground, _, _ in ROWS.values()] == list(NINE)
    if not FACTS:
        pytest.skip("shared/facts/europe.md does not lie beside the checkout")
    section = FACTS[0].read_text(encoding="utf-8").partition("### 2.8")[2].partition("\n### ")[0]
    assert re.findall(r"^\| ([^|]+?) \|", section, re.MULTILINE)[1:] == list(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_data_and_answered_in_a_complaint(row: str) -> None:
    ground, cite, words = ROWS[row]
    (found, *_) = replies.known(CATALOG.effective("ie"), "gdpr", [about(ground)], ground)
    assert found.answered and found.note
    assert cite in [text_in(x, "en") for x in found.cites] or (not cite and not found.cites)
    assert words in flat(letter(told("ie", ground, COMPLAINT, kind=about(ground))))


@pytest.mark.parametrize("home", ANSWERED_IN)
def test_every_ground_is_listed_and_only_what_was_read_is_answered(home: str) -> None:
    refusals = [x for x in CATALOG.jurisdiction(home).refusals if x.law == LAW[home]]
    assert set(NINE) <= {x.ground for x in refusals}
    assert {x.ground for x in refusals if x.answered} == ANSWERED_IN[home]
    for one in refusals:
        assert one.note, "the person hears the answer, or why there is none"
        assert one.answered or not (one.reply or one.cites or one.held)


@pytest.mark.parametrize("place", ["no", "is", "li", "de-be", "fr"])
def test_the_same_holds_in_every_part_of_the_union_and_in_the_eea(place: str) -> None:
    known = replies.known(CATALOG.effective(place), "gdpr", ["access", "objection", "deletion"])
    assert {x.ground for x in known if x.answered} == ANSWERED_IN["eu"]


@functools.cache
def made(place: str, ground: Ground, wanted: Wanted, language: str) -> str:
    return letter(told(place, ground, Asked(wanted=wanted, language=language), language, about(ground)))


@pytest.mark.parametrize("wanted", ["reminder", "complaint"])
@pytest.mark.parametrize("language", HOMES)
def test_every_answer_in_every_language(language: str, wanted: Wanted) -> None:
    """As many paragraphs more as in English, with the same numbers, and by the manners of the language."""
    place = HOMES[language]
    for ground in NINE:
        whole, english = made(place, ground, wanted, language), made("ie", ground, wanted, "en")
        more = [
            len(body(one, *of).split("\n\n")) - len(body(made(of[1], other(ground), wanted, of[0]), *of).split("\n\n"))
            for one, of in ((whole, (language, place)), (english, ("en", "ie")))
        ]
        assert more[0] == more[1] >= (1 if wanted == "complaint" else 2), ground
        numbers = [
            set(re.findall(r"\d+", body(x, *of))) for x, of in ((whole, (language, place)), (english, ("en", "ie")))
        ]
        if ground not in ("law_does_not_apply", "identity_not_proved"):  # decisions of the own country come first there
            assert numbers[0] == numbers[1], ground
        if language in MANNERS:
            found = faults(re.sub(r"\S+@\S+", "", whole), language, place, LATER)
            assert [x for x in found if wanted == "reminder" or x != "no formal address"] == [], ground


def other(ground: Ground) -> Ground:
    """One without an answer, for the same demand."""
    return "other" if about(ground) == "objection" else "must_keep"


@pytest.mark.parametrize("language", HOMES)
def test_that_the_law_does_not_apply_is_answered_with_what_stands(language: str) -> None:
    """A complaint names every decision that held the opposite; none that was set aside, is pending, or is of elsewhere."""
    place = HOMES[language]
    chosen = Asked(wanted="complaint", language=language)
    found = keys(letter(told(place, "law_does_not_apply", chosen, language)))
    decisions = {x.id: x for x in CATALOG.firm("clearview").decisions}
    named = ("cnil-2022", "garante-2022", "hdpa-2022", "dsb-2023", "ap-2024", "an-2024")
    places = [found.index(keys(set_in(text_in(decisions[x].body, language), language, place)) + ", ") for x in named]
    own = [x for x, at in zip(named, places, strict=True) if at == min(places)]
    first = {"fr": "cnil-2022", "it": "garante-2022", "es": "an-2024"}.get(place, "ap-2024")
    assert own == [first], "the person's own country, else the final one"
    for ident in ("bvwg-2025", "ico-2022", "ftt-2023", "ut-2025", "hamburg-2021", "opc-2021"):
        number = text_in(decisions[ident].number, language) or "18 May 2022"
        assert number not in found, ident
    assert "SAN-2022-019" in found and "35/2022" in found
    assert "AEPD" not in text_in(decisions["an-2024"].body, language)


def test_what_is_known_of_a_decision_since_is_said() -> None:
    found = flat(letter(told("ie", "law_does_not_apply", COMPLAINT)))
    assert "16 May 2024; the decision is final" in found
    assert "9 May 2023 (2022-0.277.156); the case was sent back later" in found
    assert "Where I name no appeal, I know of none." in found
    british = flat(letter(told("gb-eng", "law_does_not_apply", COMPLAINT)))
    assert (
        "Upper Tribunal (United Kingdom), 6 October 2025 ([2025] UKUT 319 (AAC)); part of the case was sent back"
        in british
    )
    assert "I know of none" not in british and "Dutch" not in british


def test_a_letter_to_the_firm_names_two_decisions_at_most() -> None:
    for ground in ("law_does_not_apply", "identity_not_proved"):
        found = flat(letter(told("ie", ground, REMINDER)))
        assert len(re.findall(r"Data Protection Authority", found)) == 2


def test_no_section_is_printed_that_was_not_read() -> None:
    found = flat(letter(told("gb-eng", "legal_claims", COMPLAINT)))
    assert "legal claims are for you to demonstrate (UK GDPR)" in found
    assert not re.search(r"Arts? (?:17|18|21)\b", found)


@pytest.mark.parametrize(
    ("place", "ground"),
    [("gb-eng", x) for x in NINE if x not in ANSWERED_IN["gb"]] + [("gb-eng", "must_keep"), ("gb-eng", "public_data")],
)
def test_a_ground_without_an_answer_is_told_and_not_answered(place: str, ground: Ground) -> None:
    whole = letter(told(place, ground, Asked(wanted="complaint", language="en"), kind=about(ground)))
    bare = letter(told(place, "other", Asked(wanted="complaint", language="en"), kind=about(ground)))
    assert len(whole.split("\n\n")) == len(bare.split("\n\n"))


def test_an_answer_stands_only_where_it_fits_the_demand() -> None:
    """The rights of others limit a copy; they are no answer to an objection that was refused."""
    whole = letter(told("ie", "others_rights", COMPLAINT, kind="objection"))
    assert "rights of others" in whole and "refuse everything" not in flat(whole)


def test_nothing_is_said_of_the_person_that_nobody_knows() -> None:
    for ground in NINE:
        found = flat(letter(told("ie", ground, COMPLAINT, kind=about(ground)))).partition("Why I complain")[2]
        assert not re.search(r"first request|I (?:gave|have given|enclosed|sent you)", found.partition("Enclosures")[0])


@pytest.mark.parametrize(("firm", "index"), [("pimeyes", True), ("meta", False)])
def test_another_firm_is_answered_by_the_law_alone(firm: str, index: bool) -> None:
    """No decision on one firm is held against another, and only who searches by face is told that it does."""
    for ground in ("law_does_not_apply", "identity_not_proved", "customers_only"):
        found = flat(letter(told("ie", ground, COMPLAINT)._replace(firm=firm)))
        assert "So held" not in found and "Clearview" not in found
        assert ("index is searched by face" in found) is (index and ground == "identity_not_proved")
    assert (
        "such as a photo of my face" in flat(letter(told("ie", "cannot_identify", COMPLAINT)._replace(firm=firm)))
    ) is index


@pytest.mark.parametrize(
    ("place", "word"), [("at", "Beilage"), ("ch", "Beilage"), ("de-be", "Anlage"), ("li", "Anlage")]
)
def test_what_is_enclosed_is_called_as_in_the_country(place: str, word: str) -> None:
    for wanted, end in (("reminder", ": "), ("complaint", "n: ")):
        last = made(place, "excessive", wanted, "de").rpartition("\n\n")[2]
        assert last.startswith(word + end), last


@pytest.mark.parametrize("language", HOMES)
def test_the_longest_complaint_has_two_pages(language: str) -> None:
    """With every decision named, and all that a complaint can tell beside."""
    case = told(HOMES[language], "law_does_not_apply", Asked(wanted="complaint", language=language), language)
    with TemporaryDirectory() as home:
        (one,) = golden_following.letters(CATALOG, case, home)
    assert len(pypdf.PdfReader(io.BytesIO(pdf.write(one))).pages) <= 2


@pytest.mark.parametrize("language", HOMES)
def test_a_refusal_of_everything_can_be_answered_before_a_complaint(language: str) -> None:
    """The request is kept up, the ground has its answer, and what follows is said."""
    place = HOMES[language]
    whole = letter(Told(place, REFUSED, REMINDER, language))
    bare = letter(Told(place, (*PROVED, event("refused", "07-20", letter="access")), REMINDER, language))
    assert len(whole.split("\n\n")) > len(bare.split("\n\n")) + 1, "the ground, its answer, the decisions"
    assert WORDING[language].chosen in keys(whole)
    if language in MANNERS:
        assert [x for x in faults(re.sub(r"\S+@\S+", "", whole), language, place, LATER) if x] == []


def test_what_silence_left_open_is_reminded_of_and_the_rest_answered() -> None:
    """Beside silence the letter stays a reminder."""
    found = flat(letter(told("ie", "excessive", REMINDER, kind="objection")))
    assert "I have had no answer to it" in found and "I keep up what I asked" not in found


def test_keeping_for_a_duty_is_answered_for_deletion_alone() -> None:
    assert "law of the Union or of a Member State imposes" in flat(
        letter(told("ie", "must_keep", COMPLAINT, kind="deletion"))
    )
    assert "imposes" not in flat(letter(told("ie", "must_keep", COMPLAINT, kind="access")))
