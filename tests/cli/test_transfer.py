"""Export and import: everything comes back, and nothing that was changed on the way does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from optout import standing
from optout.case import Case, Event
from optout.cli.person import FIELDS
from optout.closed import Recorded
from optout.exported import Person
from optout.records import from_plain, to_plain
from optout.store import cases, plain
from optout.store.outgoing import Chosen
from optout.store.vault import Vault
from tests.cli import transfers
from tests.cli.test_main_job import optout
from tests.cli.transfers import (
    as_file,
    cases_event,
    export_of,
    fill,
    import_into,
    keep,
    lines_of,
    log,
    person,
    vault_in,
)
from tests.core.test_standing import EU

REF = "K7QM-4T2X"
SENT = Event(kind="sent", on=date(2026, 11, 2), letter="access", by="post")
REFUSED = Event(kind="refused", on=date(2026, 11, 9), letter="access", ground="cannot_identify")


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with vault_in(tmp_path / "one") as opened:
        yield opened


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Vault]:
    with vault_in(tmp_path / "two") as opened:
        yield opened


def one_case(vault: Vault, *events: Event, profile: str | None = None, name: str = "Ada Example") -> Case:
    ident = cases.subject_id(vault, person(name), lambda: "5" * 16)
    of = replace(EU, subject=ident)
    keep(vault, of, name, profile)
    for event in events:
        assert log(vault, of, event, b"\0 reply")
    return of


def rows(vault: Vault) -> dict[str, list[Any]]:
    """Everything in a vault, as texts."""
    tables = ("subjects", "cases", "events", "letters", "files", "evidence", "summary", "profiles")
    return {table: sorted(vault.run(f"select * from {table}"), key=repr) for table in tables}


@settings(max_examples=15)
@given(transfers.contents())
def test_everything_comes_back(content: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder, vault_in(Path(folder) / "one") as vault:
        fill(vault, content)
        written = export_of(vault)
        assert export_of(vault) == written
        with vault_in(Path(folder) / "two") as other:
            told = import_into(other, written)
            assert (told.problems, told.refused, len(told.new)) == ([], [], len(content))
            assert export_of(other) == written
            assert rows(other) == rows(vault)
            for one in content:
                assert cases.verify(other, one["ref"]) == []
                whole = cases.get(other, one["ref"])
                days = Recorded([row["closed"] for row in whole["events"]], transfers.HOLIDAYS)
                events = [cases_event(row["event"]) for row in whole["events"]]
                folded = standing.summary(standing.fold(from_plain(Case, whole["case"]), events, days))
                assert {key: whole["summary"][key] for key in folded} == folded
            again = import_into(other, written)
            assert (again.new, again.longer, again.same, again.evidence) == ([], [], len(content), 0)
            assert export_of(other) == written


def test_every_field_of_a_profile_has_its_place_in_a_line() -> None:
    assert {field.name for field in fields(Person)} == {*FIELDS, "acts"}, "acts marks who writes for others"


def test_the_longer_history_of_the_same_case_stands(vault: Vault, other: Vault) -> None:
    of = one_case(vault)
    short = export_of(vault)
    assert log(vault, of, SENT, b"proof")
    long = export_of(vault)
    import_into(other, short)
    told = import_into(other, long)
    assert (told.new, told.longer, told.same, told.evidence) == ([], [REF], 0, 1)
    assert export_of(other) == long
    assert cases.get(other, REF)["summary"]["phase"] == "waiting"
    told = import_into(other, short)
    assert (told.new, told.longer, told.same) == ([], [], 1)
    assert export_of(other) == long


def test_a_draft_written_anew_elsewhere_replaces_its_words_and_names_the_old_file(vault: Vault, other: Vault) -> None:
    of = one_case(vault)
    import_into(other, export_of(vault))
    whole = cases.get(vault, REF)
    letters = deepcopy(whole["letters"])
    letters[0]["letter"]["closing"] = "Sincerely"
    changed = {"case": to_plain(of), "fingerprint": "f", "inputs": "j", "files": [], "pending": [], "letters": letters}
    event = {"kind": "drafted", "on": "2026-11-03"}
    cases.redraft(vault, REF, **changed, event=event, at=transfers.NOW, summary=whole["summary"])
    told = import_into(other, export_of(vault))
    assert told.longer == [REF]
    assert told.left == [f"/home/ada/letters/{REF}-access-en.txt", f"/home/ada/letters/{REF}-deletion-en.txt"]
    assert export_of(other) == export_of(vault)


def test_two_histories_of_one_case_are_not_mixed(vault: Vault, other: Vault) -> None:
    of = one_case(vault)
    import_into(other, export_of(vault))
    log(vault, of, SENT)
    log(other, of, replace(SENT, by="email"))
    before = rows(other)
    third = replace(EU, ref="AAAA-0000", subject="5" * 16)
    keep(vault, third, "Ada Example")
    told = import_into(other, export_of(vault))
    assert (told.refused, told.new, told.problems) == ([REF], ["AAAA-0000"], [])
    other.run("delete from events where ref = 'AAAA-0000'")
    for table in ("letters", "files", "summary", "cases"):
        other.run(f"delete from {table} where ref = 'AAAA-0000'")
    assert rows(other) == before


def test_the_same_person_is_there_once_and_a_taken_id_is_given_anew(vault: Vault, other: Vault) -> None:
    one_case(vault)
    cases.subject_id(other, person("Ada Example"), lambda: "a" * 16)
    import_into(other, export_of(vault))
    assert other.run("select id from subjects") == [("a" * 16,)]
    assert other.run("select subject from cases") == [("a" * 16,)]
    assert cases.verify(other, REF) == []
    with vault_in(Path(other.path).parent / "three") as third:
        cases.subject_id(third, person("Eve Example"), lambda: "5" * 16)
        import_into(third, export_of(vault))
        assert cases.get(third, REF)["subject"] == person("Ada Example")
        assert third.run("select count(*) from subjects") == [(2,)]


def test_no_person_comes_in_without_a_case(vault: Vault, other: Vault) -> None:
    one_case(vault)
    lines = lines_of(export_of(vault))
    lines[2]["events"][0]["hash"] = "0" * 64
    assert [x.code for x in import_into(other, as_file(lines)).problems] == ["changed"]
    assert other.run("select count(*) from subjects") == [(0,)]


def test_another_profile_of_the_same_id_is_refused_with_its_cases_or_renamed(vault: Vault, other: Vault) -> None:
    vault.run("insert into profiles (id, json) values ('me', ?)", (plain.dump(person("Ada Example")),))
    other.run("insert into profiles (id, json) values ('me', ?)", (plain.dump(person("Eve Example")),))
    one_case(vault, profile="me")
    before = rows(other)
    told = import_into(other, export_of(vault))
    assert (told.profiles["refused"], told.refused, told.problems) == (["me"], [REF], [])
    assert rows(other) == before
    told = import_into(other, export_of(vault), me="ada")
    assert (told.profiles["new"], told.new) == (["ada"], [REF])
    assert other.run("select profile from cases") == [("ada",)]
    assert cases.verify(other, REF) == []


def test_files_left_out_come_in_later(vault: Vault, other: Vault) -> None:
    one_case(vault, SENT)
    without, whole = export_of(vault, evidence=False), export_of(vault)
    assert lines_of(without)[0]["evidence"] is False and len(lines_of(without)) == 3
    import_into(other, without)
    assert import_into(other, whole).evidence == 1
    assert export_of(other) == whole
    assert import_into(other, whole).evidence == 0


def test_some_cases_bring_only_their_people(vault: Vault) -> None:
    content: list[dict[str, Any]] = [
        {"ref": REF, "case": EU, "name": "Ada", "profile": "me", "events": []},
        {"ref": "AAAA-0000", "case": replace(EU, firm="other"), "name": "Eve", "profile": None, "events": []},
    ]
    fill(vault, content)
    for chosen in (Chosen(refs=(REF,)), Chosen(profiles=("me",)), Chosen(firms=("acme",))):
        lines = lines_of(export_of(vault, chosen))
        assert [line.get("type") for line in lines] == [None, "profile", "subject", "case"]
        assert lines[0]["counts"] == {"profiles": 1, "subjects": 1, "cases": 1, "evidence": 0}
        assert lines[3]["case"]["ref"] == REF
    assert len(lines_of(export_of(vault, Chosen(refs=(REF,), firms=("other",))))) == 1


def changes(line: dict[str, Any]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """A case line with each of its texts and numbers changed, one at a time, with the path."""

    def walk(value: Any, path: list[Any]) -> Iterator[list[Any]]:
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
        if parts is None:
            yield path
            return
        for key, part in parts:
            yield from walk(part, [*path, key])

    for path in walk(line, []):
        made = deepcopy(line)
        *way, last = path
        place = made
        for key in way:
            place = place[key]
        old = place[last]
        place[last] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old or ''}x"
        yield path, made


def test_a_changed_history_is_not_taken(vault: Vault, other: Vault) -> None:
    """Every value of a case but those that its chain does not speak of."""
    one_case(vault, SENT, REFUSED)
    lines = lines_of(export_of(vault))
    place = next(n for n, line in enumerate(lines) if line.get("type") == "case")
    taken = []
    for path, line in changes(lines[place]):
        told = import_into(other, as_file([*lines[:place], line, *lines[place + 1 :]]))
        if told.new:
            taken.append(path[0])
            for table in ("evidence", "events", "letters", "files", "summary", "cases"):
                other.run(f"delete from {table}")
    assert set(taken) == {"fingerprint", "inputs", "files"}


def test_where_a_case_stands_is_never_read_from_the_file(vault: Vault, other: Vault) -> None:
    one_case(vault, SENT)
    lines = lines_of(export_of(vault))
    assert lines[2]["drp"] == {"status": "open"}
    lines[2]["drp"] = {"status": "fulfilled"}
    assert import_into(other, as_file(lines)).new == [REF]
    assert rows(other)["summary"] == rows(vault)["summary"]
    assert lines_of(export_of(other))[2]["drp"] == {"status": "open"}


def test_a_moment_ahead_of_the_clock_does_not_stop_the_clock(vault: Vault, other: Vault) -> None:
    of = one_case(vault)
    whole = cases.get(vault, REF)
    cases.append(
        vault, REF, event={"kind": "noted", "on": "2026-11-03"}, at="2199-01-01T00:00:00+00:00",
        summary=standing.summary(standing.fold(of, [Event(kind="drafted", on=of.opened)], transfers.HOLIDAYS)),
        seen=len(whole["events"]),
    )  # fmt: skip
    assert import_into(other, export_of(vault)).new == [REF]
    assert other.meta("last_at") == transfers.NOW


def test_a_row_changed_in_the_vault_is_told_and_exported_as_it_stands(vault: Vault, tmp_path: Path) -> None:
    one_case(vault)
    vault.run("update cases set json = replace(json, 'Acme', 'Nadir')")
    done = optout(tmp_path, "--home", str(tmp_path / "one"), "export", "-o", "a.jsonl")
    assert done.returncode == 0
    assert f"{REF} is not as it was written" in done.stderr
    assert "Nadir" in (tmp_path / "a.jsonl").read_text()
