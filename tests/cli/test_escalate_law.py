"""What the law gives beside a reminder and a first complaint: demands that go too far, silent authorities, late refusals."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.test_escalate import PERSON, case, escalate, log, refused, text
from tests.cli.test_main_job import optout


def test_an_unreasonable_demand_is_complained_of_while_the_clock_waits(tmp_path: Path) -> None:
    """Under the law of the United Kingdom the month waits for the person; the complaint to the firm does not."""
    day = ("--on", "2026-07-15")
    ref = case(tmp_path, "GB-ENG", on="2026-07-06")
    log(tmp_path, ref, "acknowledged", "--on", "2026-07-07")
    log(tmp_path, ref, "identity-asked", "--on", "2026-07-10")
    assert f"optout escalate {ref} --kind complaint" in optout(tmp_path, "status", *day).stdout
    said = refused(tmp_path, ref, *day)
    assert "waits for what it asked of you" in said and f"optout escalate {ref} --kind complaint" in said
    found = escalate(tmp_path, ref, *day, "--kind", "complaint", "--format", "txt")
    assert (found["kind"], found["remedy"]) == ("firm_complaint", "uk-firm")
    words = text(tmp_path, found)
    assert "On 10 July 2026 I was asked to prove who I am." in words and "(Art 12(6))" in words
    assert "The time to answer" not in words, "no time is over"
    log(tmp_path, ref, "complained", "--remedy", "uk-firm", "--on", "2026-07-15", "--by", "email")
    then = escalate(tmp_path, ref, "--on", "2026-09-15", "--format", "txt")
    assert then["remedy"] == "uk-ico"
    words = text(tmp_path, then)
    assert "On 15 July 2026 I complained to the firm (Data Protection Act 2018, section 164A)." in words
    assert "It had 30 days to confirm receipt (section 164A), and has not done so" in words
    assert "infringed (UK GDPR): Art 12(6); Data Protection Act 2018, section 164A." in words


def test_how_a_time_is_counted_is_told_and_not_called_infringed(tmp_path: Path) -> None:
    """Art 12(3) is the duty; Art 12A says what the time is and Art 4A how it is counted."""
    ref = case(tmp_path, "GB-ENG", on="2026-07-06")
    log(tmp_path, ref, "acknowledged", "--on", "2026-07-07")
    words = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-08-20", "--kind", "complaint", "--format", "txt"))
    assert "one month from receipt (Arts 12(3), 12A and 4A)" in words
    assert "infringed (UK GDPR): Art 12(3); Art 15(1), (2) and (3)." in words, "it has not yet ignored a complaint"


def test_where_the_firm_hears_no_complaint_a_demand_is_none_to_escalate(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR")
    log(tmp_path, ref, "identity-asked", "--on", "2026-01-10")
    assert "too early" in refused(tmp_path, ref, "--on", "2026-01-15", "--kind", "complaint")


@pytest.mark.parametrize(
    ("residence", "remedy", "day", "court"),
    [
        ("FR", "gdpr-complaint", "2026-03-01", "the court, about that silence (GDPR, Art. 78(2))"),
        (
            "GB-ENG",
            "uk-ico",
            "2026-08-01",
            "the tribunal, about that silence (Data Protection Act 2018, section 166(2))",
        ),
    ],
)
def test_an_authority_that_stays_silent_leaves_a_court_and_it_is_named(
    tmp_path: Path, residence: str, remedy: str, day: str, court: str
) -> None:
    ref = case(tmp_path, residence)
    if residence.startswith("GB"):
        log(tmp_path, ref, "complained", "--remedy", "uk-firm", "--on", "2026-07-01", "--by", "email")
    log(tmp_path, ref, "complained", "--remedy", remedy, "--on", day)
    within = refused(tmp_path, ref, "--on", day, "--kind", "complaint")
    assert "silence" not in within and f"a complaint of {day} runs" in within
    said = refused(tmp_path, ref, "--on", "2026-11-20")
    assert court in said and "no letter to one is written here" in said
    assert f"optout log {ref} complained --remedy {'gdpr-silence' if residence == 'FR' else 'uk-tribunal'}" in said


def test_a_refusal_that_came_late_missed_the_time_as_well(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-06")
    log(tmp_path, ref, "refused", "--ground", "law-does-not-apply", "--on", "2026-02-20")
    args = ("--on", "2026-03-01", "--kind", "complaint", "--language", "en", "--format", "txt")
    words = text(tmp_path, escalate(tmp_path, ref, *args))
    assert "It ended on 6 February 2026." in words
    assert "I regard as infringed (GDPR): Art. 12(3);" in words


def test_the_police_are_written_to_under_part_3_in_plain_english(tmp_path: Path) -> None:
    done = optout(
        tmp_path, "request", "--to", "Exampletown Constabulary", "--kind", "police", *PERSON, "--residence", "GB-ENG",
        "--on", "2026-07-06", "--to", "desk@police.example", "--format", "txt", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    log(tmp_path, ref, "sent", "--by", "email", "--letter", "access", "--on", "2026-07-06")
    for kind in ("reminder", "complaint"):
        words = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-09-15", "--kind", kind, "--format", "txt"))
        assert "under Part 3 of the Data Protection Act 2018" in words and "the Part 3" not in words


def test_a_time_of_ones_own_that_is_over_is_told_to_a_script_too(tmp_path: Path) -> None:
    ref = case(tmp_path, "GB-ENG")
    log(tmp_path, ref, "answered", "--on", "2026-02-10", "--outcome", "access=partly")
    log(tmp_path, ref, "complained", "--remedy", "uk-firm", "--on", "2026-07-01", "--by", "email")
    args = ("--on", "2026-09-15", "--kind", "complaint")
    assert escalate(tmp_path, ref, *args, "-n")["too_late"] == "2026-05-10"
    assert escalate(tmp_path, ref, *args)["too_late"] == "2026-05-10"
    told = optout(tmp_path, "escalate", ref, *args, "-n").stderr
    assert "2026-05-10" in told and "the law sets no such time" in told


def test_every_enclosure_that_is_named_is_in_the_bundle_once(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    for name in ("mail.txt", "receipt.txt", "answer.txt"):
        (tmp_path / name).write_text(name)
    log(tmp_path, ref, "noted", "--on", "2026-01-05", "--file", "mail.txt")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-06", "--file", "receipt.txt")
    escalate(tmp_path, ref, "--on", "2026-02-10", "--format", "txt", "--kind", "reminder")
    log(tmp_path, ref, "reminded", "--on", "2026-02-10")
    args = ("--kind", "complaint", "--format", "txt", "--bundle", "proof.zip", "--force")
    log(tmp_path, ref, "refused", "--ground", "law-does-not-apply", "--on", "2026-02-20")
    lacking = optout(tmp_path, "escalate", ref, "--on", "2026-03-01", *args)
    assert "No file is kept of: what the firm wrote (2026-02-20)." in " ".join(lacking.stderr.split())
    log(tmp_path, ref, "identity-asked", "--on", "2026-02-20")
    again = optout(tmp_path, "escalate", ref, "--on", "2026-03-01", *args[:2], "-n")
    assert " ".join(again.stderr.split()).count("what the firm wrote (2026-02-20)") == 1, "one day, said once"
    log(tmp_path, ref, "noted", "--on", "2026-02-20", "--file", "answer.txt")
    found = escalate(tmp_path, ref, "--on", "2026-03-01", *args)
    assert [one["what"] for one in found["enclosures"]] == ["request", "sending", "receipt", "reminded", "answer"]
    with zipfile.ZipFile(tmp_path / "proof.zip") as made:
        names = made.namelist()
        rows = json.loads(made.read("manifest.json"))["files"]
        assert {row["name"]: row["sha256"] for row in rows} == {
            name: hashlib.sha256(made.read(name)).hexdigest() for name in names if name != "manifest.json"
        }
    assert len(names) == len(set(names))
    ends = ("access-en.txt", "-mail.txt", "-receipt.txt", "-reminder-en.txt", "-answer.txt")
    assert [sum(name.endswith(end) for name in names) for end in ends] == [1, 1, 1, 1, 1]
    letters = [name for name in names if name.startswith("letters/")]
    assert len(letters) == 3, "request, reminder and this complaint, each once"


@pytest.mark.parametrize(("told", "said"), [("2026-02-06", False), ("2026-02-07", True)])
def test_word_of_more_time_after_the_time_had_ended_is_called_late(tmp_path: Path, told: str, said: bool) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-06")
    log(tmp_path, ref, "extended", "--on", told, "--until", "2026-04-06")
    args = ("--on", "2026-05-01", "--language", "en", "--format", "txt")
    complaint = text(tmp_path, escalate(tmp_path, ref, *args, "--kind", "complaint"))
    assert ("By then the time to answer had ended" in complaint) is said
    reminder = text(tmp_path, escalate(tmp_path, ref, *args, "--kind", "reminder"))
    assert ("when it had ended already" in reminder) is said
    assert ("The longer time ended on 6 April 2026" in reminder) is not said
