from __future__ import annotations

import sqlite3
from itertools import count

import apsw
import pytest

from optout import errors
from optout.store import cases
from optout.store.paths import Paths
from optout.store.vault import Vault
from tests.store.sample import add, arguments, person


def test_the_identical_person_is_found_and_another_added(vault: Vault) -> None:
    ids = count(1)

    def new() -> str:
        return f"p{next(ids)}"

    assert cases.subject_id(vault, {"names": ["Ada"], "residence": "no"}, new) == "p1"
    assert cases.subject_id(vault, {"residence": "no", "names": ["Ada"]}, new) == "p1"
    assert cases.subject_id(vault, {"names": ["Ada"], "residence": "fr"}, new) == "p2"
    assert cases.get_subject(vault, "p2") == {"names": ["Ada"], "residence": "fr"}
    with pytest.raises(errors.NotFound):
        cases.get_subject(vault, "p3")


def test_a_case_comes_back_as_it_was_given(vault: Vault) -> None:
    add(vault)
    given = arguments(subject="id-Ada Ærlig")
    found = cases.get(vault, "K7QM-4T2X")
    head = found["events"][0]["hash"]
    assert len(head) == 64
    assert found == {
        "case": given["case"],
        "fingerprint": "f1",
        "inputs": "i1",
        "subject": person(),
        "profile": None,
        "events": [{"n": 1, "at": given["at"], "event": given["event"], "closed": {}, "hash": head}],
        "evidence": [],
        "letters": given["letters"],
        "files": given["files"],
        "summary": {
            "ref": "K7QM-4T2X", "subject": "id-Ada Ærlig", "firm": "clearview", "phase": "draft",
            "outcomes": {"access": "pending"}, "next_on": None, "next_kind": None, "overdue_from": None,
            "step": "send", "opened": "2026-01-31", "act_on": None, "awaits": None, "held_from": None,
            "quiet_from": None, "late_step": None, "dates": [], "events": 1, "head": head,
            "held_letter": None,
        },
    }  # fmt: skip
    assert cases.pending(vault) == [{"ref": "K7QM-4T2X", **given["pending"][0]}]
    cases.clear_pending(vault, cases.pending(vault))
    assert cases.pending(vault) == []
    with pytest.raises(errors.NotFound):
        cases.get(vault, "0000-0000")


def test_a_taken_reference_adds_nothing(vault: Vault) -> None:
    add(vault)
    with pytest.raises(cases.RefTaken) as caught, vault.transaction():
        add(vault, name="Somebody Else")
    assert caught.value.code == 7
    assert vault.run("select count(*) from subjects") == [(1,)]
    assert vault.run("select count(*) from events") == [(1,)]


@pytest.mark.parametrize("part", ["letters", "files", "pending"])
def test_a_case_with_a_bad_part_is_not_added_at_all(vault: Vault, part: str) -> None:
    given = arguments()[part][0]
    with pytest.raises(apsw.ConstraintError):
        add(vault, **{part: [given, given]})
    for table in ("cases", "events", "letters", "files", "pending", "summary"):
        assert vault.run(f"select count(*) from {table}") == [(0,)]


def test_an_unknown_person_has_no_case(vault: Vault) -> None:
    with pytest.raises(apsw.ConstraintError):
        cases.add(vault, **arguments(subject="nobody"))


def test_the_same_demands_are_found_oldest_first(vault: Vault) -> None:
    add(vault, "AAAA-0001", inputs="x")
    add(vault, "AAAA-0000", inputs="y")
    add(vault, "AAAA-0002", fingerprint="f2")
    sent = {"kind": "sent", "on": "2026-02-01"}
    cases.append(vault, "AAAA-0001", event=sent, at="t", summary={"phase": "waiting"}, seen=1)
    assert cases.same_demands(vault, "f1", None, "clearview", ["access"]) == [
        {"ref": "AAAA-0001", "inputs": "x", "phase": "waiting", "profile": None, "sent": True},
        {"ref": "AAAA-0000", "inputs": "y", "phase": "draft", "profile": None, "sent": False},
    ]
    assert cases.same_demands(vault, "f3", None, "clearview", ["access"]) == []


def test_the_same_profile_is_the_same_person(vault: Vault) -> None:
    add(vault, "AAAA-0001", profile="me")
    add(vault, "AAAA-0002", profile="mother")

    def found(fingerprint: str = "f9", profile: str = "me", firm: str = "clearview", kind: str = "access") -> list[str]:
        return [row["ref"] for row in cases.same_demands(vault, fingerprint, profile, firm, [kind])]

    assert found() == ["AAAA-0001"]
    assert found(firm="pimeyes") == found(kind="deletion") == found(profile="aunt") == []
    assert found(fingerprint="f1", kind="deletion") == ["AAAA-0001", "AAAA-0002"]


def test_a_draft_is_replaced_and_its_history_kept(vault: Vault) -> None:
    add(vault)
    new = arguments(
        subject="id-Ada Ærlig", fingerprint="f9", inputs="i9", files=[], pending=[],
        letters=[{"id": "other", "language": "fr", "letter": {"x": 1}, "versions": {}}], summary={"phase": "draft", "step": "again"},
    )  # fmt: skip
    cases.redraft(vault, "K7QM-4T2X", **new)
    found = cases.get(vault, "K7QM-4T2X")
    assert (found["fingerprint"], found["inputs"], found["files"]) == ("f9", "i9", [])
    assert [letter["id"] for letter in found["letters"]] == ["other"]
    assert found["summary"]["step"] == "again"
    assert [event["n"] for event in found["events"]] == [1, 2]
    assert cases.pending(vault) == []


def test_a_sent_case_is_not_redrafted(vault: Vault) -> None:
    add(vault)
    event = {"kind": "sent", "on": "2026-02-01"}
    cases.append(vault, "K7QM-4T2X", event=event, at="t", summary={"phase": "waiting"}, seen=1)
    before = cases.get(vault, "K7QM-4T2X")
    with pytest.raises(errors.AlreadySent):
        cases.redraft(vault, "K7QM-4T2X", **arguments(subject="id-Ada Ærlig", inputs="new"))
    assert cases.get(vault, "K7QM-4T2X") == before
    with pytest.raises(errors.NotFound):
        cases.redraft(vault, "0000-0000", **arguments("0000-0000", "id-Ada Ærlig"))


def test_an_event_folded_over_an_unseen_one_is_refused(home: Paths) -> None:
    with Vault.open(home, create=True) as vault, Vault.open(home, create=False) as other:
        add(vault)
        seen = len(cases.get(other, "K7QM-4T2X")["events"])
        sent = {"kind": "sent", "on": "2026-02-01"}
        cases.append(vault, "K7QM-4T2X", event=sent, at="t", summary={"phase": "waiting"}, seen=1)
        with pytest.raises(errors.Locked):
            cases.append(other, "K7QM-4T2X", event=sent, at="t", summary={"phase": "done"}, seen=seen)
        found = cases.get(other, "K7QM-4T2X")
        assert len(found["events"]) == 2 and found["summary"]["phase"] == "waiting"
        cases.append(other, "K7QM-4T2X", event=sent, at="t", summary={"phase": "done"}, seen=2)
        with pytest.raises(errors.NotFound):
            cases.append(other, "0000-0000", event=sent, at="t", summary={"phase": "done"}, seen=0)


def test_events_cannot_be_changed(vault: Vault) -> None:
    add(vault)
    with pytest.raises(apsw.ConstraintError, match="only added"):
        vault.run("update events set json = '{}'")


def test_the_tables_are_plain_sqlite() -> None:
    """Whoever exports the vault with a standard program can read the tables with one."""
    from optout.store.tablesteps import STEPS

    plain = sqlite3.connect(":memory:")
    for step in STEPS:
        for statement in step:
            if isinstance(statement, str):
                plain.execute(statement)
    plain.close()


def test_the_chain_holds_over_a_life_and_shows_each_change(vault: Vault) -> None:
    add(vault)
    sent = {"kind": "sent", "on": "2026-02-01"}
    reply = [{"name": "reply.eml", "data": b"Dear Ada"}]
    cases.redraft(vault, "K7QM-4T2X", **arguments(subject="id-Ada Ærlig", inputs="i2"))
    cases.append(vault, "K7QM-4T2X", event=sent, at="t", summary={"phase": "waiting"}, seen=2)
    answered = {"kind": "answered", "on": "2026-02-09"}
    cases.append(
        vault, "K7QM-4T2X", event=answered, at="t", summary={"phase": "done"}, seen=3, closed={"fr": {}}, evidence=reply
    )
    assert cases.verify(vault, "K7QM-4T2X") == []
    (piece,) = cases.get(vault, "K7QM-4T2X")["evidence"]
    assert cases.evidence(vault, "K7QM-4T2X", piece["id"]) == ("reply.eml", b"Dear Ada")
    vault.run("drop trigger events_never_change")
    changes = {
        "update events set json = '{}' where n = 3": "event 3 is not what was written",
        "update events set at = 'u' where n = 1": "event 1 is not what was written",
        "update events set closed = '' where n = 4": "event 4 is not what was written",
        "delete from events where n = 2": "event 2 is missing",
        "delete from events where n = 4": "the newest events are missing",
        "update letters set json = '{}'": "the case or its letters are not what was drafted",
        "update cases set json = '{}'": "the case or its letters are not what was drafted",
        "update evidence set data = x'00'": "the file reply.eml is not what was kept",
    }
    for change, sentence in changes.items():
        with pytest.raises(KeyError), vault.transaction():
            vault.run(change)
            assert cases.verify(vault, "K7QM-4T2X") == [sentence]
            raise KeyError  # undoes the change
    assert cases.verify(vault, "K7QM-4T2X") == []
