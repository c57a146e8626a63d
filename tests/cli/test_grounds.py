"""Grounds of refusal as a user meets them: told beforehand, logged, shown with their answers, answered in the letter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from optout.cli.grounds import SAID
from optout.law import Ground
from tests.cli.test_escalate import case, escalate, log, text
from tests.cli.test_main_job import optout
from tests.golden_explain import explain, explained
from tests.golden_refusals import NINE
from tests.test_refusals import ANSWERED_IN

BOTH = ("--demand", "access,objection", "--because", "I must not be found.", "--language", "en")


def shown(home: Path, ref: str) -> list[dict[str, Any]]:
    done = optout(home, "show", ref, "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["grounds"]
    return found


def lines(home: Path, ref: str) -> str:
    return " ".join(optout(home, "show", ref).stdout.split())


def test_every_ground_has_words() -> None:
    assert set(SAID) == set(get_args(Ground))


@pytest.mark.parametrize(("place", "answered"), [("IE", "eu"), ("NO", "eu"), ("GB", "gb"), ("CH", "ch")])
def test_each_ground_is_told_beforehand_with_its_answer(place: str, answered: str) -> None:
    told = explain("clearview", place)
    assert "Grounds on which it may refuse, and the answer:" in told
    found = explained("clearview", place)["refusals"]
    assert set(NINE) <= {x["ground"] for x in found}
    having = {x["ground"] for x in found if x["answered"]}
    assert having == ANSWERED_IN[answered]
    for one in found:
        assert one["answer"] and one["answer"].split()[0] in told
        assert one["answered"] or one["answer"].startswith("Not answered: ")


def test_where_no_law_answers_nothing_is_told() -> None:
    assert explained("clearview", "US-IL")["refusals"] == []
    assert "Grounds on which" not in explain("clearview", "US-IL")


def test_a_ground_is_shown_with_its_answer_and_answered(tmp_path: Path) -> None:
    ref = case(tmp_path, "IE", *BOTH)
    assert shown(tmp_path, ref) == []
    log(tmp_path, ref, "answered", "--ground", "public-data", "--on", "2026-01-20", "--outcome", "objection=refused")
    (one,) = shown(tmp_path, ref)
    assert (one["ground"], one["on"], one["demands"], one["law"]) == (
        "public_data",
        "2026-01-20",
        ["objection"],
        "gdpr",
    )
    assert [x["cite"] for x in one["answers"]] == ["Art. 9(2)(e), Art. 14, Art. 15"]
    assert "To the ground of 2026-01-20, for objection: what it holds is public (GDPR, Art. 9(2)(e)" in lines(
        tmp_path, ref
    )
    reminder = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-03-01", "--format", "txt"))
    assert "On 20 January 2026 you refused: my objection to the processing" in reminder
    assert "That something is public does not take it out of the GDPR" in reminder
    complaint = escalate(
        tmp_path, ref, "--on", "2026-03-02", "--kind", "complaint", "--format", "txt", "--language", "en"
    )
    words = text(tmp_path, complaint)
    assert words.index("Refused: my objection") < words.index("That something is public") < words.index("I regard as")


def test_a_demand_that_was_met_after_all_needs_no_answer(tmp_path: Path) -> None:
    ref = case(tmp_path, "IE", *BOTH)
    log(tmp_path, ref, "refused", "--ground", "cannot-identify", "--on", "2026-01-20", "--outcome", "access=refused")
    log(tmp_path, ref, "answered", "--ground", "excessive", "--on", "2026-01-22", "--outcome", "objection=refused")
    assert [(x["ground"], x["demands"]) for x in shown(tmp_path, ref)] == [
        ("cannot_identify", ["access"]), ("excessive", ["objection"]),
    ]  # fmt: skip
    log(tmp_path, ref, "answered", "--on", "2026-01-25", "--outcome", "access=met")
    assert [x["ground"] for x in shown(tmp_path, ref)] == ["excessive"]
    found = escalate(tmp_path, ref, "--on", "2026-03-02", "--kind", "complaint", "--format", "txt", "--language", "en")
    words = text(tmp_path, found)
    assert "manifestly unfounded or excessive is for the firm to prove (Art. 12(5))." in words
    assert "C-526/24" not in words, "what was held of access is no answer about an objection"
    assert "find me" not in words


def test_every_ground_that_was_given_is_answered_and_a_correction_counts(tmp_path: Path) -> None:
    ref = case(tmp_path, "IE", *BOTH)
    log(tmp_path, ref, "refused", "--ground", "no-reason", "--on", "2026-01-19")
    log(tmp_path, ref, "refused", "--ground", "law-does-not-apply", "--on", "2026-01-20")
    log(tmp_path, ref, "refused", "--ground", "customers-only", "--on", "2026-01-21")
    assert [(x["ground"], x["on"]) for x in shown(tmp_path, ref)] == [
        ("law_does_not_apply", "2026-01-20"), ("customers_only", "2026-01-21"),
    ]  # fmt: skip
    found = escalate(tmp_path, ref, "--on", "2026-03-02", "--kind", "complaint", "--format", "txt", "--language", "en")
    words = text(tmp_path, found)
    assert words.index("even without an establishment here") < words.index("whoever its customers are")
    number = str(len(json.loads(optout(tmp_path, "show", ref, "--json").stdout)["events"]) - 1)
    log(tmp_path, ref, "corrected", "--event", number)
    assert [x["ground"] for x in shown(tmp_path, ref)] == ["law_does_not_apply"]


def test_what_was_met_in_between_is_refused_anew(tmp_path: Path) -> None:
    ref = case(tmp_path, "IE", *BOTH)
    log(tmp_path, ref, "refused", "--ground", "wrong-form", "--on", "2026-01-20")
    log(tmp_path, ref, "answered", "--on", "2026-01-21", "--outcome", "access=met")
    log(tmp_path, ref, "answered", "--ground", "others-rights", "--on", "2026-01-22", "--outcome", "access=partly")
    assert [(x["ground"], x["demands"]) for x in shown(tmp_path, ref)] == [
        ("wrong_form", ["objection"]), ("others_rights", ["access"]),
    ]  # fmt: skip


def test_one_answer_can_have_several_grounds(tmp_path: Path) -> None:
    ref = case(tmp_path, "IE", *BOTH)
    several = ("--ground", "wrong-form", "--ground", "cannot-identify", "--ground", "wrong-form")
    log(tmp_path, ref, "answered", *several, "--on", "2026-01-20", "--outcome", "objection=refused")
    events = json.loads(optout(tmp_path, "show", ref, "--json").stdout)["events"]
    event = events[-1]["event"]
    assert (event["ground"], event["more_grounds"]) == ("wrong_form", ["cannot_identify"])
    assert "ground: wrong form, cannot identify" in lines(tmp_path, ref)
    assert [x["ground"] for x in shown(tmp_path, ref)] == ["wrong_form", "cannot_identify"]
    reminder = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-03-01", "--format", "txt"))
    assert reminder.count("On 20 January 2026 you refused") == 1
    assert "prescribes no form" in reminder and "find me" in reminder
    complaint = escalate(
        tmp_path, ref, "--on", "2026-03-02", "--kind", "complaint", "--format", "txt", "--language", "en"
    )
    words = text(tmp_path, complaint)
    assert "Reason given: the request must come in another form. Reason given: I cannot be found." in words
    log(tmp_path, ref, "corrected", "--event", str(len(events)), "--ground", "excessive")
    assert [x["ground"] for x in shown(tmp_path, ref)] == ["excessive"]
    done = optout(tmp_path, "log", ref, "refused", "--ground", "wrong-form", "--ground", "no-such")
    assert done.returncode != 0 and "no-such" in done.stderr


def test_a_ground_without_an_answer_is_said_to_be_one(tmp_path: Path) -> None:
    ref = case(tmp_path, "GB-ENG", *BOTH)
    log(tmp_path, ref, "refused", "--ground", "others-rights", "--on", "2026-01-20")
    (one,) = shown(tmp_path, ref)
    assert [x["answered"] for x in one["answers"]] == [False]
    assert "the rights of others (UK GDPR; unverified): Not answered:" in lines(tmp_path, ref)
    found = escalate(tmp_path, ref, "--on", "2026-03-01", "--kind", "complaint", "--format", "txt")
    assert any("No answer is known to the ground of 2026-01-20 (the rights of others)" in x for x in found["notes"])
    assert "Reason given: the rights of others." in text(tmp_path, found)


def test_interests_of_the_firm_are_a_ground_in_switzerland(tmp_path: Path) -> None:
    ref = case(tmp_path, "CH", "--demand", "access", "--language", "en")
    log(tmp_path, ref, "refused", "--ground", "own-interests", "--on", "2026-01-20")
    found = escalate(tmp_path, ref, "--on", "2026-03-01", "--kind", "complaint", "--format", "txt", "--language", "en")
    words = text(tmp_path, found)
    assert "Reason given: the firm's own interests." in words
    assert "only where the data are disclosed to no third party (Art. 26(2)(a) FADP)" in words


def test_languages_of_an_authority_have_names(tmp_path: Path) -> None:
    told = optout(tmp_path, "authorities", "for", "NO").stdout
    assert "languages: Norwegian Bokm\u00e5l, Norwegian Nynorsk" in told
    found = json.loads(optout(tmp_path, "authorities", "for", "NO", "--json").stdout)["authorities"]
    assert found[0]["languages"] == ["nb", "nn"], "a script reads codes"
    ref = case(tmp_path, "GR", "--language", "en")
    written = escalate(tmp_path, ref, "--on", "2026-03-01", "--kind", "complaint", "--format", "txt")
    assert any("works in: Greek." in note for note in written["notes"])
