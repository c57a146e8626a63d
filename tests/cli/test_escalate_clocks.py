"""What a complaint in the United Kingdom and the Union may say of time: an end only where one was reached, and each once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_escalate import PERSON, case, escalate, log, refused, text
from tests.cli.test_main_job import optout

DENIALS = (("refused", "--ground", "public-data"), ("answered", "--outcome", "access=partly"))


@pytest.mark.parametrize("denial", DENIALS, ids=lambda given: given[0])
@pytest.mark.parametrize("asked", ["identity-asked", "clarification-asked"])
def test_a_time_that_waited_for_the_person_until_the_answer_had_no_end(
    tmp_path: Path, asked: str, denial: tuple[str, ...]
) -> None:
    """UK GDPR, Art. 12A(2) and (5): the month begins with what was asked for, or does not count the days until it came."""
    ref = case(tmp_path, "GB-ENG", "--demand", "access", "--only", on="2026-07-01")
    log(tmp_path, ref, "acknowledged", "--on", "2026-07-02")
    log(tmp_path, ref, asked, "--on", "2026-07-10")
    log(tmp_path, ref, *denial, "--on", "2026-08-25")
    words = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-09-01", "--format", "txt"))
    said = "refused what I asked" if denial[0] == "refused" else "met what I asked only in part"
    assert f"I complain to you. You have {said}." in words
    assert "ended on" not in words and "The time to answer was" not in words
    assert "12A" not in words and "Art 15(1), (2) and (3)" in words
    assert "1 month from receipt does not run" in optout(tmp_path, "show", ref).stdout


def test_what_is_asked_after_the_answer_takes_no_end_away(tmp_path: Path) -> None:
    ref = case(tmp_path, "GB-ENG", "--demand", "access", "--only", on="2026-07-01")
    log(tmp_path, ref, "acknowledged", "--on", "2026-07-02")
    log(tmp_path, ref, "answered", "--outcome", "access=partly", "--on", "2026-07-08")
    log(tmp_path, ref, "identity-asked", "--on", "2026-07-10")
    shown = optout(tmp_path, "show", ref).stdout
    assert "2026-08-03" in shown and "does not run" not in shown


@pytest.mark.parametrize("kind", ["reminder", "complaint"])
def test_two_clocks_that_say_the_same_are_one_sentence(tmp_path: Path, kind: str) -> None:
    """Access and objection run on two clocks in the United Kingdom, of the same length and with the same articles."""
    asked = ("--demand", "deletion", "--demand", "objection", "--because", "I was stalked.")
    ref = case(tmp_path, "GB-WLS", *asked, on="2026-06-01")
    words = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-07-10", "--kind", kind, "--format", "txt"))
    assert words.count("The time to answer ") == 1
    log(tmp_path, ref, "acknowledged", "--on", "2026-06-02")
    log(tmp_path, ref, "clarification-asked", "--on", "2026-06-10")
    log(tmp_path, ref, "clarified", "--on", "2026-06-12")
    words = text(
        tmp_path, escalate(tmp_path, ref, "--on", "2026-07-20", "--kind", "complaint", "--format", "txt", "--force")
    )
    assert "It ended on 2 July 2026." in words and "It ended on 6 July 2026." in words, "each its own end"


def police(home: Path, *, on: str = "2026-07-01") -> str:
    done = optout(
        home, "request", "--to", "Exampletown Constabulary", "--to", "desk@police.example", "--kind", "police", *PERSON,
        "--residence", "GB-ENG", "--demand", "access", "--only", "--on", on, "--format", "txt", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ref = str(json.loads(done.stdout)["cases"][0]["ref"])
    log(home, ref, "sent", "--by", "email", "--on", on)
    log(home, ref, "acknowledged", "--on", on)
    return ref


def test_while_nobody_knows_whether_a_time_can_be_extended_nobody_is_called_late(tmp_path: Path) -> None:
    """Section 54 was not read as far as longer times go."""
    ref = police(tmp_path)
    log(tmp_path, ref, "extended", "--until", "2026-10-01", "--on", "2026-07-20")
    for kind in ((), ("--kind", "reminder"), ("--kind", "complaint")):
        said = refused(tmp_path, ref, "--on", "2026-08-20", *kind)
        assert "too early" in said and "before 2026-10-02" in said
        assert "whether the law allows that is not known" in said
    shown = optout(tmp_path, "show", ref).stdout
    assert "whether this period can be extended is not known" in " ".join(shown.split())
    (row,) = json.loads(optout(tmp_path, "status", "--json", "--on", "2026-08-20").stdout)["cases"]
    assert row["next"] == {"on": "2026-08-03", "kind": "respond", "overdue": False}
    for kind, told in (
        ("reminder", "You said that you need longer, until 1 October 2026. I have had no answer by that day."),
        ("complaint", "I was told that more is needed, until 1 October 2026. No answer came by that day."),
    ):
        words = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-10-02", "--kind", kind, "--format", "txt"))
        assert told in words and "one month from receipt (section 54)" in words
        for claim in ("ended on", "overdue", "infringed", "within the time that the law sets"):
            assert claim not in words, claim


def test_word_of_longer_without_a_day_leaves_the_month_and_claims_no_breach(tmp_path: Path) -> None:
    ref = police(tmp_path)
    log(tmp_path, ref, "extended", "--on", "2026-07-20")
    words = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-08-20", "--format", "txt"))
    assert "I was told that more is needed, and no day was named. No answer came within that month." in words
    assert "infringed" not in words and "ended on" not in words


def test_word_of_longer_that_came_after_the_month_leaves_the_breach(tmp_path: Path) -> None:
    ref = police(tmp_path)
    log(tmp_path, ref, "extended", "--until", "2026-10-01", "--on", "2026-08-10")
    words = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-08-20", "--format", "txt"))
    assert "It ended on 3 August 2026." in words and "By then the time to answer had ended" in words
    assert "section 54; section 45" in words


def test_a_complaint_of_before_the_change_is_not_begun_again_at_the_firm(tmp_path: Path) -> None:
    """Section 166 of the Data Protection Act 2018 is there for one made under Art. 77 UK GDPR, before 19 June 2026, too."""
    ref = case(tmp_path, "GB-ENG", "--demand", "access", "--only", on="2026-03-01")
    log(tmp_path, ref, "complained", "--on", "2026-06-10")
    within = refused(tmp_path, ref, "--on", "2026-07-01", "--kind", "complaint")
    assert "a complaint of 2026-06-10 runs" in within and "tribunal" not in within
    for kind in ((), ("--kind", "complaint")):
        said = refused(tmp_path, ref, "--on", "2026-09-11", *kind)
        assert "the complaint of 2026-06-10" in said and "had its time until 2026-09-10" in said
        assert "the tribunal, about that silence (Data Protection Act 2018, section 166(2))" in said
        assert f"optout log {ref} complained --remedy uk-tribunal-before" in said
    named = escalate(tmp_path, ref, "--on", "2026-09-11", "--remedy", "uk-firm", "-n")
    assert named["remedy"] == "uk-firm", "whoever names it may have it"


def test_an_extension_beyond_what_the_law_gives_is_told_with_its_limit(tmp_path: Path) -> None:
    """GDPR, Art. 12(3): two further months, whatever day the firm names."""
    ref = case(tmp_path, "FR", "--language", "en", on="2026-09-01")
    log(tmp_path, ref, "acknowledged", "--on", "2026-09-01")
    log(tmp_path, ref, "extended", "--until", "2027-03-01", "--on", "2026-09-28")
    at_most = "can be lengthened by two months at most, whatever day was named. "
    for kind, ended in (("reminder", "The longer time ended"), ("complaint", "So lengthened, it ended")):
        args = ("--on", "2026-12-10", "--language", "en", "--kind", kind, "--format", "txt")
        words = text(tmp_path, escalate(tmp_path, ref, *args))
        assert f"{at_most}{ended} on 1 December 2026" in words, words


@pytest.mark.parametrize(
    ("sent", "told", "cites"),
    [
        ("2026-07-01", "2026-07-26", "Arts 12(3), 12A and 4A"),
        ("2025-09-01", "2025-09-26", "Arts 12(3) and 4A"),
        ("2025-06-02", "2025-06-26", "Art 12(3)"),
    ],
)
def test_word_of_longer_is_met_with_the_law_of_its_day_alone(tmp_path: Path, sent: str, told: str, cites: str) -> None:
    ref = case(tmp_path, "GB-ENG", "--demand", "access", "--only", on=sent)
    said = log(tmp_path, ref, "extended", "--on", told)
    lines = [line for line in said.splitlines() if "the firm may extend once" in line]
    assert lines == [
        f"UK GDPR, {cites}: the firm may extend once, by at most 2 months, if it says so within 1 month of receipt."
    ]


def test_a_swiss_report_names_the_breach_and_not_the_claim(tmp_path: Path) -> None:
    """FADP: Art. 30(2)(b) and (c) are the breach of personality, Art. 32 is the claim that follows from it."""
    ref = case(tmp_path, "CH", "--demand", "deletion", "--only", "--language", "de", on="2026-07-01")
    log(tmp_path, ref, "refused", "--ground", "public-data", "--on", "2026-07-20")
    args = ("--on", "2026-08-20", "--language", "de", "--kind", "complaint", "--format", "txt")
    words = text(tmp_path, escalate(tmp_path, ref, *args)).replace("\u00a0", " ")
    assert "Ich habe ausdrücklich erklärt, dass ich die Bearbeitung von Personendaten über mich nicht will." in words
    said = words[words.index("Nach meiner Auffassung") :]
    assert "Bestimmungen verstossen: Art. 30 Abs. 2 Bst. b DSG; Art. 30 Abs. 2 Bst. c DSG." in said
    assert "Art. 32" not in said
