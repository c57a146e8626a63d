"""Dates that the sender chose: never a closed day where they live, in first letters and in reminders."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner

from optout.cli import optout
from optout.library.publicholidays import PublicHolidays
from optout.owntime import open_day
from tests.golden_explain import explain


def words(*args: str) -> str:
    given = ("--name", "Ada Example", "--email", "ada@mail.example", "--no-input", "-n")
    done = CliRunner().invoke(optout, ["request", *args, *given], obj={})
    assert done.exit_code == 0, done.output
    return " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("place", "day", "open_"),
    [
        ("ch", "2026-12-25", "2026-12-28"),
        ("pl", "2026-12-24", "2026-12-28"),
        ("gb-eng", "2026-12-25", "2026-12-29"),
        ("us-il", "2026-07-03", "2026-07-06"),
        ("fr", "2026-12-24", "2026-12-24"),
    ],
)
def test_a_closed_day_moves_to_the_next_open_one(place: str, day: str, open_: str) -> None:
    assert open_day(date.fromisoformat(day), place, PublicHolidays()) == date.fromisoformat(open_)


def test_thirty_days_from_25_november_are_no_christmas_in_a_swiss_letter() -> None:
    text = words("clearview", "--residence", "CH", "--because", "I hide.", "--on", "2026-11-25")
    assert "28 December 2026, a date I have chosen" in text and "25 December" not in text


def test_what_explain_offers_can_be_typed_as_it_stands() -> None:
    assert "--demand restriction --because TEXT" in explain("clearview", "DE")
    text = words(
        "clearview", "--residence", "DE", "--demand", "restriction", "--because", "I hide.", "--on", "2026-11-24"
    )
    assert "Art. 18(1)(d)" in text


@pytest.mark.parametrize(("day", "cited"), [("2025-03-01", False), ("2025-06-18", False), ("2025-06-19", True)])
def test_a_letter_does_not_cite_what_was_made_after_it(day: str, cited: bool) -> None:
    """The Act of 19 June 2025 goes back to 2024; a letter of before could not know it, and `explain` says what it did."""
    assert ("Art 15(1A)" in words("clearview", "--residence", "GB", "--on", day)) is cited
    assert "treated as in force from 1 January 2024 on" in explain("clearview", "GB", on=day)
