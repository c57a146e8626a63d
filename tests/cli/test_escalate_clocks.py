"""What a complaint in the United Kingdom and the Union may say of time: an end only where one was reached, and each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_escalate import case, escalate, log, text
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
