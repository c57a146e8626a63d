"""A case lived through in every order, against a model that states the rules a second time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from optout.admit import allow, which_letter, which_remedy
from optout.case import Case, Event
from optout.closed import Recorded
from optout.dates import Period, add
from optout.errors import WrongPhase
from optout.law import Ground
from optout.lifecycle import TABLE
from optout.objections import refusal
from optout.records import from_plain, to_plain
from optout.standing import Status, fold, summary
from optout.walk import walk
from tests.core.life_model import ABOUT_A_LETTER, SAYS, SETTLED, WROTE_AGAIN, Model, counts, lived, why_not_corrected
from tests.core.sample_cases import ACCESS, CALIFORNIA, CASES, GERMANY, HOLIDAYS, OPENED
from tests.faults.extent import rounds

KINDS = [kind for kind in TABLE if kind not in ("corrected", "drafted")]
LETTERS = ["access", "deletion", None, "nosuch"]
REMEDIES = [
    "again",
    "firm",
    "office",
    "court",
    "gdpr-complaint",
    "gdpr-court",
    "opc",
    "ca-court",
    "ca-cppa",
    "uk-firm",
    "uk-firm",
    "uk-ico",
    None,
    None,
    None,
]
OUTCOMES = ["met", "met", "partly", "refused", "no_data", "pending"]
BY_OURSELVES = ("email", "post", "form", "portal", None)
outcomes = st.dictionaries(st.sampled_from(["access", "deletion", "objection"]), st.sampled_from(OUTCOMES), max_size=2)


def possible(case: Case, on: date, until: date | None) -> Iterator[Event]:
    """Every kind of event with everything it could carry, likely or not."""
    for kind in KINDS:
        takes = TABLE[kind].takes
        letters = [x.id for x in case.letters] if "letter" in takes else []
        remedies = [x.id for x in case.remedies] if "remedy" in takes else []
        for letter in [*letters, *([None] if kind not in ABOUT_A_LETTER or kind == "acknowledged" else [])]:
            kinds = next((x.kinds for x in case.letters if x.id == letter), ())
            given: list[Any] = [{}]
            if kind == "answered":
                given = [{}, *(dict.fromkeys(kinds, out) for out in ("met", "met", "partly", "refused")), {kinds[0]: "met"},
                         {kinds[0]: "pending"}]  # fmt: skip
            for one, remedy in product(given, [*remedies, None]):
                yield Event(kind=kind, on=on, letter=letter, outcomes=one, remedy=remedy,
                            until=until if "until" in takes else None, by="post" if "by" in takes else None)  # fmt: skip


class Gone:
    """Holiday data that nobody may ask any more."""

    def closed(self, place: str, year: int) -> frozenset[date] | None:
        raise AssertionError(f"{place} {year} was recorded, so nobody has to ask again")


class Life(RuleBasedStateMachine):
    """Everything that can be logged, in any order and on any day, most of it sensible."""

    case: Case

    @initialize(name=st.sampled_from(sorted(CASES)))
    def create(self, name: str) -> None:
        self.case = CASES[name]
        self.records: list[Any] = [{}]
        self.begin(Event(kind="drafted", on=OPENED))

    def begin(self, first: Event) -> None:
        self.events = [first]
        self.now = fold(self.case, self.events, HOLIDAYS)

    def keep(self, event: Event, status: Status, closed: Any) -> None:
        """Where an event goes; the machine over a vault writes it there."""

    @rule(kind=st.sampled_from(KINDS), letter=st.sampled_from(LETTERS), after=st.integers(-3, 40), given=outcomes,
          remedy=st.sampled_from(REMEDIES), by=st.sampled_from(BY_OURSELVES), until=st.none() | st.integers(0, 90),
          ground=st.none() | st.sampled_from(get_args(Ground)))  # fmt: skip
    def anything(
        self, kind: Any, letter: Any, after: int, given: Any, remedy: Any, by: Any, until: Any, ground: Any
    ) -> None:
        takes = TABLE[kind].takes
        on = self.today() + timedelta(days=after)
        self.log(Event(
            kind=kind, on=on, letter=letter if "letter" in takes else None, by=by if "by" in takes else None,
            outcomes=given if "outcomes" in takes else {}, remedy=remedy if "remedy" in takes else None,
            until=on + timedelta(days=until) if until is not None and "until" in takes else None,
            ground=ground if "ground" in takes else None,
        ))  # fmt: skip

    @rule(data=st.data(), after=st.integers(0, 20), until=st.none() | st.integers(0, 90))
    def something_that_can_happen(self, data: st.DataObject, after: int, until: int | None) -> None:
        """Drawn from what the model lets happen, so that lives get long."""
        on = self.today() + timedelta(days=after)
        model = lived(self.case, counts(self.events))[0]
        found: dict[str, list[Event]] = {}
        for event in possible(self.case, on, None if until is None else on + timedelta(days=until)):
            if model.why_not(event) is None:
                found.setdefault(event.kind, []).append(event)
        self.log(data.draw(st.sampled_from(found[data.draw(st.sampled_from(sorted(found)))])))

    @rule(kind=st.sampled_from(KINDS), after=st.integers(0, 30), given=outcomes)
    def with_the_letter_that_is_meant(self, kind: Any, after: int, given: Any) -> None:
        """As the command line has it where neither letter nor remedy is named."""
        given = given if "outcomes" in TABLE[kind].takes else {}
        try:
            letter = which_letter(self.case, self.events, kind, None, given)
        except WrongPhase:
            return
        on = self.today() + timedelta(days=after)
        try:
            remedy = which_remedy(self.case, self.events, kind, on, letter)
        except WrongPhase as error:
            assert f"{kind} --remedy " in error.hint
            return
        if remedy:
            assert next(x.kind for x in self.case.remedies if x.id == remedy) not in ("tribunal", "court")
        self.log(Event(kind=kind, on=on, letter=letter, outcomes=given, remedy=remedy))

    @rule(number=st.integers(1, 12), strike=st.booleans(), moved=st.integers(-20, 20), given=outcomes)
    def correct(self, number: int, strike: bool, moved: int, given: Any) -> None:
        old = counts(self.events).get(number)
        instead: dict[str, Any] = {}
        if old and not strike:
            changed = replace(old, on=old.on + timedelta(days=moved))
            if "outcomes" in TABLE[old.kind].takes:
                changed = replace(changed, outcomes=given)
            instead = to_plain(changed)
        self.log(Event(kind="corrected", on=self.today(), corrects=number, instead=instead))

    @rule()
    @precondition(lambda self: any(event.kind == "corrected" for event in self.events))
    def correct_the_correction(self) -> None:
        number = max(n for n, event in enumerate(self.events, 1) if event.kind == "corrected")
        self.log(Event(kind="corrected", on=self.today(), corrects=number))

    def today(self) -> date:
        return max(event.on for event in self.events)

    def log(self, event: Event) -> None:
        before = self.status()
        if event.kind == "corrected":
            said = why_not_corrected(self.case, self.events, event)
        else:
            reason = lived(self.case, counts(self.events))[0].why_not(event)
            said = None if reason is None else SAYS[reason]
        try:
            allow(self.case, self.events, event)
        except WrongPhase as error:
            assert said is not None, f"refused without a reason: {error}"
            assert said in str(error), (said, str(error))
            assert "optout " in error.hint or error.hint.split(":")[0] in ("its letters", "its remedies", "name it")
            return
        assert said is None, f"let in, though: {said}"
        days = Recorded(self.records, HOLIDAYS)
        after = fold(self.case, [*self.events, event], days)
        assert before.phase in TABLE[event.kind].allowed
        assert after.phase in TABLE[event.kind].leads, (before.phase, event.kind, after.phase)
        if event.kind == "noted":
            assert after == before
        self.events.append(event)
        self.records.append(days.new)
        self.now = after
        self.keep(event, after, days.new)

    def status(self) -> Status:
        return self.now

    @invariant()
    def the_model_agrees(self) -> None:
        model, broken = lived(self.case, counts(self.events))
        assert broken is None
        found = self.status()
        assert (found.phase, dict(found.outcomes)) == (model.phase(), model.outcome)
        assert {x.id: x.sent for x in found.letters if x.sent} == model.sent
        assert (found.awaits == "classify") == (
            found.phase != "done" and any(what == "classify" for what, _ in model.todo)
        )
        assert found.step and self.case.ref in found.step

    @invariant()
    def nothing_that_runs_is_done(self) -> None:
        model, found = lived(self.case, counts(self.events))[0], self.status()
        if found.phase != "done" or model.ended:
            return
        assert not model.complaint
        assert [x for x in self.case.letters if x.id not in model.sent and model.open_kinds(x.id)] == []

    @invariant()
    def a_window_runs_from_the_earliest_refusal(self) -> None:
        model, found = lived(self.case, counts(self.events))[0], self.status()
        refused = [on for kind, days in model.refused.items() if model.outcome[kind] not in SETTLED for on in days]
        for window in (x for x in found.dates if x.kind == "court_within" and refused):
            assert window.on == add(min(refused), Period(1, "year"), lambda _: True)

    @invariant()
    def a_corrected_history_is_the_one_without_the_mistake(self) -> None:
        assert self.status() == fold(self.case, list(counts(self.events).values()), Recorded(self.records, HOLIDAYS))

    @invariant()
    def dates_told_once_need_no_holiday_data(self) -> None:
        assert fold(self.case, self.events, Recorded(self.records, Gone())) == self.status()

    @invariant()
    def dates_hang_together(self) -> None:
        found = self.status()
        shown = [x for letter in found.letters for x in letter.deadlines] + list(found.dates)
        running = [x for x in shown if not x.done]
        assert all(x.why and x.on <= x.overdue_from for x in shown)
        assert not (found.phase == "done" and running)
        assert all(not letter.deadlines and not letter.void for letter in found.letters if letter.sent is None)
        if found.phase in ("done", "draft"):
            assert (found.act_on, found.overdue_from, found.next) == (None, None, None)
        due = [x.on for x in running if x.kind != "complain_after"]
        assert (found.next.on if found.next else None) == min(due, default=None)
        assert found.act_on is None or any(found.act_on == x.overdue_from for x in running)
        if found.overdue_from:
            assert found.overdue_from in [letter.overdue_from for letter in found.letters]
        row = summary(found)
        assert row["phase"] == found.phase and len(row["dates"]) == len(running)

    @invariant()
    def what_is_kept_as_text_is_the_same_life(self) -> None:
        again = [from_plain(Event, to_plain(event)) for event in self.events]
        assert again == self.events


def test_a_case_lived_in_any_order_keeps_to_the_table() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Life, settings=settings(max_examples=rounds(40, 80), stateful_step_count=30, deadline=None)
    )


ONE_LETTER = replace(CALIFORNIA, demands=CALIFORNIA.demands[:1], letters=(ACCESS,))
FEW = ("sent", "identity_asked", "identity_given", "answered", "no_data", "reminded", "withdrawn", "reopened")


@pytest.mark.parametrize(("case", "kinds"), [(ONE_LETTER, KINDS), (GERMANY, FEW)], ids=["one letter", "two letters"])
def test_every_state_of_a_small_case_is_the_models(case: Case, kinds: Sequence[str]) -> None:
    """All that can follow from all there is, each state once."""
    first: list[Event] = []
    seen, edge = {_state(lived(case, counts(first))[0])}, [first]
    while edge:
        events = edge.pop()
        now = walk(case, events)
        for event in possible(case, OPENED + timedelta(days=len(events)), None):
            if event.kind not in kinds or (
                kinds is FEW and event.outcomes.get("access") in ("partly", "refused", "pending")
            ):
                continue
            model = lived(case, counts(events))[0]
            refused = refusal(now, event)
            assert (refused is None) == (model.why_not(event) is None), (events, event)
            if refused:
                continue
            model.happen(event)
            after = walk(case, [*events, event])
            assert after.phase == model.phase() and after.phase in TABLE[event.kind].leads, (events, event)
            assert after.outcomes == model.outcome, (events, event)
            if _state(model) not in seen:
                seen.add(_state(model))
                edge.insert(0, [*events, event])
    assert len(seen) > 100


def _state(model: Model) -> str:
    asked = {letter: sorted({what for what, _ in waits}) for letter, waits in model.asked.items()}
    return str(
        (
            sorted(model.sent),
            model.outcome,
            sorted(model.todo),
            asked,
            sorted(model.used),
            model.ended,
            model.waits_for_more,
            model.complaint,
        )
    )


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_event_can_happen_in_some_life(name: str) -> None:
    """The model and the program do not merely agree in refusing."""
    case = CASES[name]
    events = [Event(kind="drafted", on=OPENED)]
    seen: set[str] = set()
    plan: list[tuple[Any, dict[str, Any]]] = [
        ("sent", {"by": "post"}), ("delivered", {}), ("acknowledged", {}), ("identity_asked", {}), ("identity_given", {}),
        ("clarification_asked", {}), ("clarified", {}), ("extended", {}), ("refused", {}), ("reminded", {}),
        *([("appealed", {"remedy": "again"})] if name == "everything" else []), ("complained", {}), ("no_data", {}),
        ("reopened", {}), ("answered", {}), ("noted", {}), ("closed", {}), ("reopened", {}), ("withdrawn", {}),
    ]  # fmt: skip
    for n, (kind, more) in enumerate(plan, 1):
        on = OPENED + timedelta(days=n)
        letter = "access" if "letter" in TABLE[kind].takes and kind not in (*WROTE_AGAIN, "withdrawn") else None
        event = Event(kind=kind, on=on, letter=letter, **more)
        if kind == "reopened" and fold(case, events, HOLIDAYS).phase != "done":
            continue
        allow(case, events, event)
        events.append(event)
        seen.add(kind)
        assert fold(case, events, HOLIDAYS).phase in TABLE[kind].leads
    assert seen >= set(KINDS) - {"appealed"}
