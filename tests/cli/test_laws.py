"""`optout laws show`: all that a lawyer needs to check a rule, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optout.law import text_in
from optout.library.catalog import Catalog
from tests.cli.test_main_job import optout

LAWS = [(place, name) for place in Catalog().all_places() for name in place.laws if place.rules]


@pytest.mark.parametrize(("place", "law"), LAWS, ids=lambda x: x if isinstance(x, str) else x.id)
def test_show_says_every_citation_period_limit_and_source(tmp_path: Path, place, law: str) -> None:  # type: ignore[no-untyped-def]
    shown = optout(tmp_path, "laws", "show", law).stdout
    entries = [
        e for e in (*place.rules, *place.identity, *place.agents, *place.remedies, *place.refusals) if e.law == law
    ]
    clocks = {name: place.clocks[name] for e in entries for name in getattr(e, "clocks", ())}
    for entry in (*entries, *clocks.values()):
        for cite in entry.cites:
            assert text_in(cite, "en") in shown
        for key in entry.sources:
            source = place.sources[key]
            assert f"{text_in(source.title, 'en')}, {source.kind}" in shown
            assert (source.url or "no address") in shown
    for entry in entries:
        assert getattr(entry, "id", getattr(entry, "ground", "")).replace("_", " ") in shown.replace("_", " ")
    for name, clock in clocks.items():
        assert f"{clock.period} from {clock.from_} ({name})" in shown
        assert f"calendar {clock.calendar}: " in shown or clock.calendar is None


def test_show_as_json_holds_the_same(tmp_path: Path) -> None:
    found = json.loads(optout(tmp_path, "laws", "show", "gdpr", "--json").stdout)["laws"]
    union = next(law for law in found if law["place"] == "eu")
    assert {"gdpr-access", "gdpr-erasure"} <= {rule["id"] for rule in union["rules"]}
    assert union["clocks"]["gdpr-reply"]["extend"] == {"by": "2 months", "told_within": "1 month"}
    assert {"gdpr-complaint", "gdpr-court"} <= {remedy["id"] for remedy in union["remedies"]}
    assert {source["id"]: source["checked"] for source in union["sources"]}["gdpr"] == "2026-11-22"


def test_a_number_or_section_that_is_not_verified_is_called_so(tmp_path: Path) -> None:
    shown = optout(tmp_path, "laws", "show", "ccpa").stdout
    assert "11 CCR 7024(d) (unverified, section unverified)" in shown


DEADLINE = ("laws", "deadline", "--demand", "access", "--received", "2026-03-02")
ASKED = ("--event", "clarification-asked=2026-03-10")


def test_a_clock_that_waits_for_clarification_gives_no_date(tmp_path: Path) -> None:
    out = optout(tmp_path, *DEADLINE, "--residence", "GB-ENG", *ASKED).stdout
    assert "respond: no date yet" in out and "clarification was asked on 2026-03-10 and not given yet" in out
    assert "overdue from" not in out
    told = json.loads(optout(tmp_path, "--json", *DEADLINE, "--residence", "GB-ENG", *ASKED).stdout)["answers"][0]
    assert told["respond"] is None and [held["clock"] for held in told["held_up"]] == ["respond"]


def test_once_clarified_the_clock_gives_its_date(tmp_path: Path) -> None:
    run = optout(tmp_path, "--json", *DEADLINE, "--residence", "GB-ENG", *ASKED, "--event", "clarified=2026-03-17")
    told = json.loads(run.stdout)["answers"][0]
    assert told["respond"]["on"] == "2026-04-10" and told["held_up"] == []


def test_a_law_that_does_not_stop_its_clock_for_clarification_gives_the_date(tmp_path: Path) -> None:
    told = json.loads(optout(tmp_path, "--json", *DEADLINE, "--residence", "FR", *ASKED).stdout)["answers"][0]
    assert told["respond"]["on"] == "2026-04-02" and told["held_up"] == []


def test_outside_the_days_of_a_law_there_is_no_date_and_its_days_are_named(tmp_path: Path) -> None:
    asked = ("laws", "deadline", "--demand", "access", "--residence", "CH", "--received")
    early = optout(tmp_path, *asked, "2023-08-31")
    assert early.returncode == 6 and early.stdout == "" and "gives it only from 2023-09-01" in early.stderr
    unread = optout(
        tmp_path, "laws", "deadline", "--demand", "access", "--residence", "GB-ENG", "--received", "2023-12-31"
    )
    assert unread.returncode == 6 and "UK GDPR was read for days from 2024-01-01 on alone" in unread.stderr
    first = optout(tmp_path, *asked, "2023-09-01")
    assert first.returncode == 0 and "respond: 2023-10-0" in first.stdout
