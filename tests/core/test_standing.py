from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.admit import allow, which_letter
from optout.case import Case, CaseLetter, Demand, Event
from optout.errors import WrongPhase
from optout.library.catalog import Catalog
from optout.library.publicholidays import PublicHolidays
from optout.standing import Status, fold, summary

HOLIDAYS = PublicHolidays()
CATALOG = Catalog()


def demand(kind: str, clocks: tuple[str, ...], **changes: Any) -> Demand:
    values: dict[str, Any] = {
        "kind": kind, "footing": "right", "rule": f"r-{kind}", "law": "act", "law_name": "the law", "cites": (),
        "clocks": clocks, "when": "now", "sources": (),
    }  # fmt: skip
    return Demand(**(values | changes))


def case(place: str, clocks: dict[str, tuple[str, ...]], letters: tuple[CaseLetter, ...]) -> Case:
    chain, merged = CATALOG.chain(place), CATALOG.effective(place)
    return Case(
        ref="K7QM-4T2X",
        subject="1",
        firm="acme",
        firm_name="Acme",
        place=place,
        firm_place="us",
        subject_places=tuple(p.id for p in chain),
        firm_places=("us",),
        opened=date(2026, 11, 1),
        demands=tuple(demand(kind, names) for kind, names in clocks.items()),
        letters=letters,
        clocks=merged.clocks,
        calendars=merged.calendars,
    )


ACCESS = CaseLetter(id="access", kinds=("access",), when="now", language="en")
DELETION = CaseLetter(id="deletion", kinds=("deletion",), when="after_access", language="en")
EU = case("de", {"access": ("gdpr-reply",), "deletion": ("gdpr-reply",)}, (ACCESS, DELETION))
CANADA = case(
    "ca-on",
    {"access": ("pipeda-reply",), "deletion": ()},
    (ACCESS, replace(DELETION, reply_by=date(2026, 12, 24))),
)
CALIFORNIA = case(
    "us-ca",
    {"access": ("ccpa-ack", "ccpa-reply"), "deletion": ("ccpa-ack", "ccpa-reply")},
    (CaseLetter(id="letter", kinds=("access", "deletion"), when="now", language="en"),),
)
CASES = [EU, CANADA, CALIFORNIA]


def event(kind: Any, on: date, letter: str | None = None, by: Any = None) -> Event:
    return Event(kind=kind, on=on, letter=letter, by=by)


days = st.dates(date(2024, 1, 1), date(2031, 12, 31))
events = st.builds(
    Event,
    kind=st.sampled_from(["drafted", "sent", "delivered", "acknowledged"]),
    on=days,
    letter=st.sampled_from(["access", "deletion", "letter", None]),
    by=st.sampled_from(["email", "post", "form", "portal", None]),
)


def status(of: Case, *happened: Event) -> Status:
    return fold(of, happened, HOLIDAYS)


@given(st.sampled_from(CASES), st.lists(events, max_size=8))
def test_fold_never_raises_for_what_allow_lets_in(of: Case, tried: list[Event]) -> None:
    happened: list[Event] = []
    for one in tried:
        try:
            allow(of, happened, one)
        except WrongPhase:
            continue
        happened.append(one)
        found = status(of, *happened)
        sent = {e.letter for e in happened if e.kind == "sent"}
        first = of.letters[0].id
        assert found.phase == ("draft" if not sent else "waiting" if first in sent else "answer_needed")
        assert [letter.id for letter in found.letters] == [letter.id for letter in of.letters]
        assert found.step and of.ref in found.step
        row = summary(found)
        assert (row["next_on"] is None) == (found.next is None)
        assert found.next is None or all(
            found.next.on <= deadline.on
            for letter in found.letters
            for deadline in letter.deadlines
            if not deadline.done
        )


@given(st.sampled_from(CASES), days, st.integers(0, 120), st.integers(0, 120))
def test_a_later_receipt_never_gives_an_earlier_date(of: Case, sent: date, one: int, two: int) -> None:
    ident = of.letters[0].id
    early, late = (
        status(
            of,
            event("sent", sent, ident, "post"),
            event("delivered", sent + timedelta(days=n), ident),
        ).letters[0]
        for n in sorted((one, two))
    )
    assert len(early.deadlines) == len(late.deadlines) > 0
    for first, second in zip(early.deadlines, late.deadlines, strict=True):
        assert first.on <= second.on and first.overdue_from <= second.overdue_from


@given(st.sampled_from(CASES), days, st.lists(st.integers(0, 60), min_size=1, max_size=4))
def test_the_first_proof_of_receipt_counts(of: Case, sent: date, after: list[int]) -> None:
    ident = of.letters[0].id
    proofs = [event("acknowledged" if n % 2 else "delivered", sent + timedelta(days=n), ident) for n in after]
    found = status(of, event("sent", sent, ident, "email"), *proofs).letters[0]
    assert found.received == sent + timedelta(days=min(after))
    assert not any(d.estimated for d in found.deadlines)


def test_a_draft_has_no_date() -> None:
    for of in CASES:
        found = status(of, event("drafted", date(2026, 11, 1)))
        assert (found.phase, found.next, found.overdue_from) == ("draft", None, None)
        assert all(letter.deadlines == () for letter in found.letters)
        assert set(found.outcomes.values()) == {"pending"}


def test_two_letters_have_their_own_clocks() -> None:
    found = status(
        EU,
        event("drafted", date(2026, 2, 1)),
        event("sent", date(2026, 3, 2), "access", "email"),
        event("delivered", date(2026, 3, 5), "access"),
        event("sent", date(2026, 4, 10), "deletion", "post"),
    )
    access, deletion = found.letters
    assert (access.sent, access.received) == (date(2026, 3, 2), date(2026, 3, 5))
    assert (deletion.sent, deletion.received) == (date(2026, 4, 10), None)
    assert [d.on for d in access.deadlines] == [date(2026, 4, 7)]
    assert [(d.on, d.estimated) for d in deletion.deadlines] == [(date(2026, 5, 11), True)]
    # The case is overdue as soon as one letter is.
    assert found.next == access.deadlines[0]
    assert found.overdue_from == access.deadlines[0].overdue_from == date(2026, 4, 8)
    assert deletion.overdue_from == date(2026, 5, 26)


def test_a_receipt_of_one_letter_leaves_the_other_alone() -> None:
    sent = [event("sent", date(2026, 3, 2), ident, "post") for ident in ("access", "deletion")]
    before, after = status(EU, *sent), status(EU, *sent, event("acknowledged", date(2026, 3, 9), "access"))
    assert before.letters[1] == after.letters[1]
    assert before.letters[0] != after.letters[0]


@pytest.mark.parametrize(("by", "margin"), [("email", 7), ("form", 7), ("portal", 7), ("post", 14), (None, 14)])
def test_an_estimated_receipt_has_the_margin_of_its_way(by: Any, margin: int) -> None:
    found = status(EU, event("sent", date(2026, 3, 5), "access", by)).letters[0].deadlines[0]
    assert found.on == date(2026, 4, 7)
    assert found.overdue_from == date(2026, 4, 8) + timedelta(days=margin)


def test_a_date_of_ones_own_stands_beside_the_laws() -> None:
    found = status(CANADA, event("sent", date(2026, 11, 20), "deletion", "post")).letters[1].deadlines
    assert [(d.on, d.origin) for d in found] == [(date(2026, 12, 24), "sender")]


def test_the_same_clock_of_two_demands_is_one_date() -> None:
    found = status(CALIFORNIA, event("sent", date(2026, 11, 2), "letter", "email")).letters[0].deadlines
    assert [(d.kind, d.on) for d in found] == [("acknowledge", date(2026, 11, 17)), ("respond", date(2026, 12, 17))]


def test_nothing_arrives_before_it_was_sent() -> None:
    sent = event("sent", date(2026, 11, 20), "access")
    with pytest.raises(WrongPhase, match="cannot have arrived"):
        allow(EU, [sent], event("delivered", date(2026, 11, 19), "access"))
    allow(EU, [sent], event("delivered", date(2026, 11, 20), "access"))


@pytest.mark.parametrize("kind", ["delivered", "acknowledged"])
def test_a_draft_cannot_have_arrived(kind: Any) -> None:
    with pytest.raises(WrongPhase, match="phase 'draft'"):
        allow(EU, [event("drafted", date(2026, 11, 1))], event(kind, date(2026, 11, 20), "access"))


def test_what_was_sent_is_not_drafted_again() -> None:
    with pytest.raises(WrongPhase):
        allow(EU, [event("sent", date(2026, 11, 20), "access")], event("drafted", date(2026, 11, 21)))


def test_the_letter_an_event_is_about() -> None:
    sent = [event("sent", date(2026, 11, 20), "access")]
    assert which_letter(EU, [], "sent", None) == "access"  # those of now go first
    assert which_letter(EU, sent, "sent", None) == "deletion"
    assert which_letter(EU, sent, "delivered", None) == "access"
    assert which_letter(EU, [], "sent", "deletion") == "deletion"
    both = [*sent, event("sent", date(2026, 11, 21), "deletion")]
    assert which_letter(EU, both, "delivered", "deletion") == "deletion"


@pytest.mark.parametrize(
    ("happened", "kind", "named"),
    [
        ([], "sent", "nosuch"),
        ([], "delivered", None),
        (["access"], "sent", "access"),
        (["access"], "delivered", "deletion"),
        (["access", "deletion"], "sent", None),
        (["access", "deletion"], "delivered", None),
    ],
)
def test_an_event_without_a_letter_is_refused_with_a_way_on(happened: list[str], kind: Any, named: str | None) -> None:
    before = [event("sent", date(2026, 11, 20), ident) for ident in happened]
    with pytest.raises(WrongPhase):
        allow(EU, before, event(kind, date(2026, 11, 20), which_letter(EU, before, kind, named)))


def test_the_next_step_is_a_command() -> None:
    sent = event("sent", date(2026, 11, 20), "access", "post")
    arrived = event("delivered", date(2026, 11, 23), "access")
    step = status(EU).step
    assert "optout log K7QM-4T2X sent --by" in step and "--letter access" in step
    assert "acknowledged" in status(EU, sent).step
    assert "optout show K7QM-4T2X" in status(EU, sent, arrived).step
    assert "--letter" not in status(CALIFORNIA).step
