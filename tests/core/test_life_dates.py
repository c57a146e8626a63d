"""Lives with their dates worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from optout.admit import allow, which_letter, which_remedy
from optout.case import Case, Deadline, Event
from optout.dates import Period
from optout.errors import WrongPhase
from optout.law import Extend
from optout.standing import LetterStatus, Status, fold, summary
from tests.core.sample_cases import (
    BRITAIN,
    CALIFORNIA,
    DELETION,
    EVERYTHING,
    GERMANY,
    HOLIDAYS,
    ONTARIO,
    case,
    clock,
    demand,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def event(kind: Any, on: str, letter: str | None = "access", **more: Any) -> Event:
    whole = kind in ("reminded", "appealed", "complained", "closed", "reopened", "withdrawn")
    return Event(kind=kind, on=day(on), letter=None if whole else letter, **more)


def life(of: Case, *events: Event) -> Status:
    return fold(of, events, HOLIDAYS)


def sent(on: str, by: Any = "email", letter: str = "access") -> Event:
    return event("sent", on, letter, by=by)


def reply(status: Status, letter: int = 0) -> Deadline:
    (found,) = [x for x in status.letters[letter].deadlines if x.kind == "respond"]
    return found


def dates(status: Status, kind: str) -> list[tuple[str, bool]]:
    return [(str(x.on), x.done) for x in status.dates if x.kind == kind]


ARRIVED = (sent("2026-03-05"), event("delivered", "2026-03-05"))
"""One month: Sunday 5 April; 6 April is Easter Monday; so Tuesday 7 April. Three months: Friday 5 June."""


@pytest.mark.parametrize(
    ("told", "until", "on", "words"),
    [
        (["2026-03-20"], None, "2026-06-05", "told in time on 2026-03-20"),
        (["2026-04-07"], None, "2026-06-05", "told in time on 2026-04-07"),
        (["2026-03-20"], "2026-09-01", "2026-06-05", "later than gdpr allows"),
        (["2026-03-20"], "2026-05-06", "2026-05-06", "the firm itself names 2026-05-06"),
        (["2026-03-20"], "2026-04-01", "2026-04-07", "no extension"),
        (["2026-03-20", "2026-04-10"], None, "2026-06-05", "2026-04-10 came too late"),
    ],
)
def test_an_extension(told: list[str], until: str | None, on: str, words: str) -> None:
    notices = [event("extended", x, until=day(until) if until else None) for x in told]
    found = life(replace(GERMANY, demands=_named(GERMANY, "gdpr")), *ARRIVED, *notices)
    assert str(reply(found).on) == on and words in reply(found).why
    assert found.letters[0].void == ()


def _named(of: Case, name: str) -> Any:
    return tuple(replace(x, law_name=name) for x in of.demands)


def test_an_extension_too_late_is_told_and_moves_nothing() -> None:
    found = life(GERMANY, *ARRIVED, event("extended", "2026-04-08", until=day("2026-06-05")))
    assert str(reply(found).on) == "2026-04-07"
    (said,) = found.letters[0].void
    assert "2026-04-08" in said and "by 2026-04-07" in said


def test_while_receipt_is_estimated_a_notice_within_the_margin_is_not_called_late() -> None:
    posted = sent("2026-03-05", "email")
    found = life(GERMANY, posted, event("extended", "2026-04-14"))
    assert (str(reply(found).on), str(reply(found).overdue_from)) == ("2026-06-05", "2026-06-13")
    assert "after 2026-04-07 but not surely late" in reply(found).why
    late = life(GERMANY, posted, event("extended", "2026-04-15"))
    assert str(reply(late).on) == "2026-04-07" and late.letters[0].void


def test_the_longest_of_two_notices_counts() -> None:
    two = [
        event("extended", "2026-03-20", until=day("2026-05-06")),
        event("extended", "2026-04-01", until=day("2026-05-20")),
    ]
    assert str(reply(life(GERMANY, *ARRIVED, *two)).on) == "2026-05-20"


def test_a_period_that_cannot_be_extended_says_so() -> None:
    short = case(
        demands=(demand("access", ("short",)),), letters=(replace(DELETION, id="access", kinds=("access",), when="now"),),
        clocks={"short": clock("respond", "15 days")},
    )  # fmt: skip
    found = reply(life(short, *ARRIVED, event("extended", "2026-03-10")))
    assert str(found.on) == "2026-03-20" and "this period cannot be extended" in found.why


def test_canada_tells_an_extension_from_sending_and_counts_it_from_receipt() -> None:
    arrived = (sent("2026-03-02"), event("delivered", "2026-03-10"))
    assert str(reply(life(ONTARIO, *arrived)).on) == "2026-04-09"
    in_time = life(ONTARIO, *arrived, event("extended", "2026-04-01"))  # 2 March and 30 days
    assert str(reply(in_time).on) == "2026-05-09"  # 10 March and 60 days, a Saturday, which the Act does not move
    assert str(reply(life(ONTARIO, *arrived, event("extended", "2026-04-02"))).on) == "2026-04-09"


PAUSED = case(
    demands=(demand("access", ("month",)),), letters=(replace(DELETION, id="access", kinds=("access",), when="now"),),
    clocks={
        "month": clock("respond", "1 month", starts_late=("identity",), stops=("clarification",),
                       extend=Extend(by=Period(2, "month"), told_within=Period(1, "month"))),
        "days": clock("respond", "20 business days", stops=("clarification",)),
    },
)  # fmt: skip
BUSINESS = replace(PAUSED, demands=(demand("access", ("days",)),))
ON_MONDAY = (sent("2026-03-02"), event("delivered", "2026-03-02"))
"""One month: Thursday 2 April."""


@pytest.mark.parametrize(
    ("waits", "on"),
    [
        ([("2026-03-10", "2026-03-17")], "2026-04-10"),  # eight days
        ([("2026-03-10", "2026-03-10")], "2026-04-03"),  # one day
        ([("2026-03-02", "2026-03-09")], "2026-04-09"),  # the day of receipt is no day of the period: seven
        ([("2026-04-02", "2026-04-05")], "2026-04-06"),  # asked on the last day: four
        ([("2026-04-03", "2026-04-10")], "2026-04-02"),  # asked after it: nothing
        ([("2026-03-10", "2026-03-17"), ("2026-03-20", "2026-03-21")], "2026-04-12"),  # ten
    ],
)
def test_days_of_waiting_do_not_count(waits: list[tuple[str, str]], on: str) -> None:
    asked = [x for a, b in waits for x in (event("clarification_asked", a), event("clarified", b))]
    assert str(reply(life(PAUSED, *ON_MONDAY, *asked)).on) == on


def test_overlapping_questions_stop_each_day_once() -> None:
    asked = [event("clarification_asked", "2026-03-10"), event("clarification_asked", "2026-03-15")]
    found = reply(life(PAUSED, *ON_MONDAY, *asked, event("clarified", "2026-03-20")))
    assert str(found.on) == "2026-04-13" and "11 days of waiting for clarification" in found.why


def test_an_answer_before_a_later_question_leaves_that_one_open() -> None:
    asked = [event("clarification_asked", "2026-03-10"), event("clarification_asked", "2026-03-15")]
    found = life(PAUSED, *ON_MONDAY, *asked, event("clarified", "2026-03-12"))
    assert found.phase == "answer_needed" and found.letters[0].deadlines == ()
    assert "clarification was asked on 2026-03-15" in found.letters[0].void[0]


def test_business_days_of_waiting_are_passed_over() -> None:
    assert str(reply(life(BUSINESS, *ON_MONDAY)).on) == "2026-03-30"
    # 10 to 17 March: six business days; after 30 March: 31, 1, 2, 7, 8, 9, over Good Friday and Easter Monday.
    asked = (event("clarification_asked", "2026-03-10"), event("clarified", "2026-03-17"))
    found = reply(life(BUSINESS, *ON_MONDAY, *asked))
    assert str(found.on) == "2026-04-09" and "2026-04-03, 2026-04-06 left out as public holidays" in found.why


def test_identity_asked_and_never_given_holds_the_clock_where_the_law_says_so() -> None:
    asked = event("identity_asked", "2026-03-04")
    found = life(PAUSED, *ON_MONDAY, asked)
    assert (found.letters[0].deadlines, found.act_on, found.next) == ((), None, None)
    assert "does not run; identity was asked on 2026-03-04" in found.letters[0].void[0]
    given = reply(life(PAUSED, *ON_MONDAY, asked, event("identity_given", "2026-03-12")))
    assert str(given.on) == "2026-04-12" and "from 2026-03-12, when identity was given" in given.why
    # The GDPR knows no such thing: the date stays.
    assert str(reply(life(GERMANY, *ARRIVED, event("identity_asked", "2026-03-06"))).on) == "2026-04-07"


def test_of_several_laws_the_earliest_reminds_and_the_latest_decides_lateness() -> None:
    found = life(EVERYTHING, *ON_MONDAY, event("acknowledged", "2026-03-03"))
    access = found.letters[0]
    assert sorted(str(x.on) for x in access.deadlines if not x.done) == ["2026-03-30", "2026-04-02", "2026-04-30"]
    assert found.next and str(found.next.on) == "2026-03-30"
    # The month of the one law, which is longer than the business days of the other.
    assert str(found.overdue_from) == "2026-04-03"


def test_the_senders_own_date_speaks_of_demands_without_one_of_the_law() -> None:
    (own,) = [x for x in life(EVERYTHING, *ON_MONDAY).letters[0].deadlines if x.origin == "sender"]
    assert (str(own.on), own.demands) == ("2026-04-30", ("objection",))


def test_a_held_letter_gets_the_date_of_the_time_it_names() -> None:
    answered = (*ON_MONDAY, event("answered", "2026-03-20", outcomes={"access": "met"}))
    posted = life(ONTARIO, *answered, sent("2026-05-04", "post", "deletion"))
    assert (str(reply(posted, 1).on), str(reply(posted, 1).overdue_from)) == ("2026-06-03", "2026-06-18")
    assert reply(posted, 1).origin == "sender" and "no law sets one" in reply(posted, 1).why
    arrived = life(
        ONTARIO, *answered, sent("2026-05-04", "post", "deletion"), event("delivered", "2026-05-08", "deletion")
    )
    assert (str(reply(arrived, 1).on), str(reply(arrived, 1).overdue_from)) == ("2026-06-07", "2026-06-08")


@pytest.mark.parametrize(
    ("after", "until"),
    [
        ([], "2026-10-01"),  # 2 March and 30 days is 1 April
        ([event("refused", "2026-03-20")], "2026-09-20"),
        ([event("refused", "2026-04-20")], "2026-10-01"),  # the limit was over before
        ([event("extended", "2026-03-20")], "2026-11-01"),  # sixty days: 1 May
    ],
)
def test_canada_six_months_to_complain_from_the_refusal_or_the_limit(after: list[Event], until: str) -> None:
    assert dates(life(ONTARIO, *ON_MONDAY, *after), "complain_within") == [(until, False)]


def test_canada_has_no_time_to_complain_about_deletion_since_the_act_sets_the_firm_none() -> None:
    answered = (*ON_MONDAY, event("answered", "2026-03-20", outcomes={"access": "met"}))
    refused = life(
        ONTARIO, *answered, sent("2026-05-04", "post", "deletion"), event("refused", "2026-05-20", "deletion")
    )
    assert dates(refused, "complain_within") == []


def test_while_receipt_is_estimated_the_window_does_not_trust_an_extension() -> None:
    found = life(ONTARIO, sent("2026-03-02"), event("extended", "2026-03-20"))
    assert dates(found, "complain_within") == [("2026-10-01", False)]


def test_a_refusal_logged_late_counts_from_its_day() -> None:
    answered = event("answered", "2026-03-28", outcomes={"access": "partly"})
    before = event("refused", "2026-03-20")
    for logged in ([answered, before], [before, answered]):
        found = life(ONTARIO, *ON_MONDAY, *logged)
        assert dates(found, "complain_within") == [("2026-09-20", False)]
        assert str(found.letters[0].answered) == "2026-03-20"


COMPLAINED = (*ARRIVED, event("complained", "2026-05-02", remedy="gdpr-complaint"))


def test_an_authority_has_three_months_from_the_complaint_whatever_is_written_meanwhile() -> None:
    assert dates(life(GERMANY, *COMPLAINED), "authority_reply") == [("2026-08-03", False)]
    again = life(GERMANY, *COMPLAINED, event("reminded", "2026-05-20"))
    assert dates(again, "authority_reply") == [("2026-08-03", False)]
    assert str(again.act_on) == "2026-06-03"  # the suggestion after the reminder comes first
    partly = life(GERMANY, *COMPLAINED, event("answered", "2026-06-01", outcomes={"access": "partly"}))
    assert dates(partly, "authority_reply") == [("2026-08-03", False)]
    closed = life(GERMANY, *COMPLAINED, event("closed", "2026-06-01"))
    assert dates(closed, "authority_reply") == [("2026-08-03", True)]


BOTH_MET = (
    event("answered", "2026-06-01", outcomes={"access": "met"}),
    sent("2026-06-02", letter="deletion"),
    event("answered", "2026-06-20", "deletion", outcomes={"deletion": "met"}),
)


def test_a_complaint_runs_until_the_person_ends_it() -> None:
    found = life(GERMANY, *COMPLAINED, *BOTH_MET)
    assert (found.phase, set(found.outcomes.values())) == ("waiting", {"met"})
    assert dates(found, "authority_reply") == [("2026-08-03", False)]
    assert str(found.act_on) == "2026-08-04"  # 2 August is a Sunday, so the Monday is the last day
    assert "noted --file PATH" in found.step and "closed" in found.step
    for end in (event("closed", "2026-06-25"), event("withdrawn", "2026-06-25")):
        over = life(GERMANY, *COMPLAINED, *BOTH_MET, end)
        assert (over.phase, over.act_on, dates(over, "authority_reply")) == ("done", None, [("2026-08-03", True)])


def test_a_complaint_without_a_time_of_the_law_is_looked_at_again_after_the_firm_answered() -> None:
    of = replace(GERMANY, remedies=())
    complained = event("complained", "2026-05-02")
    met = [event("answered", "2026-06-01", letter, outcomes={letter: "met"}) for letter in ("access", "deletion")]
    found = life(of, *ARRIVED, sent("2026-03-06", letter="deletion"), complained, *met)
    assert (found.phase, str(found.act_on), dates(found, "follow_up")) == (
        "waiting", "2026-07-31", [("2026-07-31", False)],
    )  # fmt: skip


def test_a_complaint_to_the_firm_ends_with_its_answer() -> None:
    to_firm = event("complained", "2026-05-02", remedy="firm")
    met = event("answered", "2026-06-01", outcomes={"access": "met", "objection": "met"})
    found = life(
        replace(EVERYTHING, letters=EVERYTHING.letters[:1], demands=EVERYTHING.demands[::2]), *ON_MONDAY, to_firm, met
    )
    assert (found.phase, dates(found, "firm_complaint_reply")) == ("done", [("2026-06-01", True)])


IN_BRITAIN = (sent("2026-06-22", by="post"), event("delivered", "2026-06-24"))
TO_FIRM = event("complained", "2026-07-27", remedy="uk-firm", by="email")


def test_in_the_united_kingdom_the_firm_hears_the_complaint_first_then_the_commissioner() -> None:
    late = life(BRITAIN, *IN_BRITAIN)
    assert str(late.act_on) == "2026-07-25"
    assert "complain to the firm first (dpa-2018, section 164A)" in late.late_step
    assert "complained --remedy uk-firm" in late.late_step
    found = life(BRITAIN, *IN_BRITAIN, TO_FIRM)
    assert dates(found, "firm_complaint_reply") == [("2026-08-26", False)]
    assert "acknowledged --remedy uk-firm" in found.step
    assert str(found.act_on) == "2026-09-03"  # seven days more, since its receipt is not proved
    assert "complain to gb-ico" in found.late_step and "--remedy uk-ico" in found.late_step


def test_a_complaint_that_the_firm_acknowledged_is_looked_at_again_after_thirty_days() -> None:
    asked = [Event(kind="drafted", on=day("2026-03-02")), *IN_BRITAIN, TO_FIRM]
    assert which_letter(BRITAIN, asked, "acknowledged", None) is None
    assert which_remedy(BRITAIN, asked, "acknowledged") == "uk-firm"
    heard = Event(kind="acknowledged", on=day("2026-08-03"), remedy="uk-firm")
    found = life(BRITAIN, *IN_BRITAIN, TO_FIRM, heard)
    assert dates(found, "firm_complaint_reply") == [("2026-08-26", True)]
    assert dates(found, "follow_up") == [("2026-09-02", False)]
    assert "what the firm decides" in found.step and "--remedy uk-ico" in found.late_step


def test_before_its_first_day_no_complaint_goes_to_the_firm_first_and_none_by_the_old_article_after() -> None:
    begun = [Event(kind="drafted", on=day("2026-03-02")), *ARRIVED]
    for on, remedy in (("2026-06-18", "uk-ico-before"), ("2026-06-19", "uk-firm")):
        assert which_remedy(BRITAIN, begun, "complained", day(on)) == remedy
    for on, remedy, said in (
        ("2026-06-18", "uk-firm", "in force from 2026-06-19, not on 2026-06-18"),
        ("2026-06-18", "uk-ico", "in force from 2026-06-19, not on 2026-06-18"),
        ("2026-06-19", "uk-ico-before", "in force until 2026-06-18, not on 2026-06-19"),
    ):
        with pytest.raises(WrongPhase, match=said):
            allow(BRITAIN, begun, event("complained", on, remedy=remedy))
    allow(BRITAIN, begun, event("complained", "2026-06-19", remedy="uk-ico"))  # the Act makes the firm no condition
    before = life(BRITAIN, *ARRIVED)
    assert "write to the firm again" in before.late_step  # late in April, when there was no such step


def test_a_time_to_complain_that_guidance_alone_asks_for_is_called_that() -> None:
    refused = event("refused", "2026-07-10")
    (window,) = [x for x in life(BRITAIN, *IN_BRITAIN, refused).dates if x.kind == "complain_within"]
    assert (str(window.on), window.origin) == ("2026-10-10", "guidance")
    assert window.why.startswith("guidance on the dpa-2018: 3 months from the answer on 2026-07-10")
    assert "complain to the firm first (dpa-2018, section 164A)" in life(BRITAIN, *IN_BRITAIN, refused).step


def test_the_tribunal_comes_after_the_commissioner_alone() -> None:
    begun = [Event(kind="drafted", on=day("2026-03-02")), *IN_BRITAIN]
    with pytest.raises(WrongPhase, match="'uk-ico' to be used before 'uk-tribunal'"):
        allow(BRITAIN, begun, event("complained", "2026-07-27", remedy="uk-tribunal"))
    to_office = event("complained", "2026-07-27", remedy="uk-ico")
    allow(BRITAIN, [*begun, to_office], event("complained", "2026-10-28", remedy="uk-tribunal"))
    assert dates(life(BRITAIN, *IN_BRITAIN, to_office), "authority_reply") == [("2026-10-27", False)]


def test_a_court_is_named_or_not_meant() -> None:
    first = [Event(kind="drafted", on=day("2026-03-02")), *ARRIVED]
    assert which_remedy(GERMANY, first, "complained") == "gdpr-complaint"
    with pytest.raises(WrongPhase, match="'gdpr-complaint' of K7QM-4T2X was used on 2026-05-02") as found:
        which_remedy(GERMANY, [*first, COMPLAINED[-1]], "complained")
    assert found.value.hint.endswith(
        "complained --remedy gdpr-complaint, or --remedy gdpr-silence, or --remedy gdpr-court"
    )
    late = life(GERMANY, *COMPLAINED, event("reminded", "2026-08-10"))
    assert "if you went: optout log K7QM-4T2X complained --remedy gdpr-silence" in late.late_step
    assert which_remedy(replace(GERMANY, remedies=GERMANY.remedies[1:]), first, "complained") is None


def test_an_appeal_needs_a_law_that_has_one() -> None:
    with pytest.raises(WrongPhase, match="no law of K7QM-4T2X gives an appeal") as found:
        allow(GERMANY, list(ARRIVED), event("appealed", "2026-05-02"))
    assert found.value.hint == "complain instead: optout log K7QM-4T2X complained --remedy gdpr-complaint"
    with pytest.raises(WrongPhase) as found:
        allow(replace(GERMANY, remedies=()), list(ARRIVED), event("appealed", "2026-05-02"))
    assert found.value.hint == "write to the firm again: optout log K7QM-4T2X reminded"
    allow(EVERYTHING, [*ON_MONDAY], event("appealed", "2026-05-02"))


def test_lateness_stays_told_after_a_reminder_while_the_next_step_waits() -> None:
    late = life(GERMANY, *ARRIVED)
    assert (str(late.overdue_from), str(late.act_on)) == ("2026-04-08", "2026-04-08")
    reminded = life(GERMANY, *ARRIVED, event("reminded", "2026-04-10"))
    assert (str(reminded.overdue_from), str(reminded.act_on)) == ("2026-04-08", "2026-04-24")
    (look,) = [x for x in reminded.dates if x.kind == "follow_up"]
    assert "a suggestion, no law sets it" in look.why
    early = life(GERMANY, *ARRIVED, event("reminded", "2026-03-20", until=day("2026-06-01")))
    assert str(early.act_on) == "2026-04-08"  # not late yet when it was written


def test_a_held_letter_is_due_with_the_answer_or_when_that_is_overdue() -> None:
    assert str(life(GERMANY, *ARRIVED).held_from) == "2026-04-08"
    answered = life(GERMANY, *ARRIVED, event("answered", "2026-03-20", outcomes={"access": "met"}))
    assert (str(answered.held_from), answered.phase) == ("2026-03-20", "answer_needed")
    unread = life(GERMANY, *ARRIVED, event("answered", "2026-03-20"))
    assert (unread.held_from, unread.awaits) == (None, "classify")
    taken_back = life(GERMANY, *ARRIVED, Event(kind="withdrawn", on=day("2026-03-25"), letter="access"))
    assert str(taken_back.held_from) == "2026-03-25"


def test_the_held_letter_is_the_first_that_still_asks_and_was_not_sent() -> None:
    met = (*ARRIVED, event("answered", "2026-03-20", outcomes={"access": "met"}))
    assert life(GERMANY, *ARRIVED).held_letter == life(GERMANY, *met).held_letter == "deletion"
    gone = (*met, sent("2026-03-21", letter="deletion"))
    assert (life(GERMANY, *gone).held_letter, life(GERMANY, *gone).held_from) == (None, None)
    wrong = (*gone, Event(kind="corrected", on=day("2026-03-22"), corrects=4))
    assert life(GERMANY, *wrong).held_letter == "deletion", "it was not sent after all"
    assert summary(life(GERMANY, *wrong))["held_letter"] == "deletion"


def test_partly_refused_leaves_the_rest_its_date() -> None:
    given = event("answered", "2026-03-20", outcomes={"access": "met", "deletion": "refused"})
    found = life(CALIFORNIA, *ON_MONDAY, given)
    assert (found.phase, found.outcomes) == ("answer_needed", {"access": "met", "deletion": "refused"})
    pending = life(CALIFORNIA, *ON_MONDAY, event("answered", "2026-03-20", outcomes={"access": "met"}))
    letter: LetterStatus = pending.letters[0]
    assert [(x.demands, x.done) for x in letter.deadlines if x.kind == "respond"] == [
        (("access",), True), (("deletion",), False),
    ]  # fmt: skip


def test_a_case_taken_up_again_goes_on_until_something_comes_of_it() -> None:
    met = (*ON_MONDAY, event("answered", "2026-03-20", outcomes={"access": "met", "deletion": "met"}))
    assert life(CALIFORNIA, *met).phase == "done"
    again = (*met, event("reopened", "2026-06-01"))
    assert life(CALIFORNIA, *again).phase == "answer_needed"
    waiting = life(CALIFORNIA, *again, event("reminded", "2026-06-02"))
    assert (waiting.phase, str(waiting.act_on)) == ("waiting", "2026-06-16")
    over = life(CALIFORNIA, *again, event("reminded", "2026-06-02"), event("no_data", "2026-06-10"))
    assert over.phase == "done"


def test_a_draft_has_no_date() -> None:
    for of in (GERMANY, ONTARIO, CALIFORNIA, EVERYTHING):
        found = life(of, event("drafted", "2026-03-02"))
        assert (found.next, found.dates, [x.deadlines for x in found.letters]) == (None, (), [()] * len(found.letters))


NAMED = replace(
    ONTARIO, letters=(replace(DELETION, when="now", reply_by=date(2026, 4, 1)),), demands=ONTARIO.demands[1:]
)
"""Written on 2 March, with 30 days to answer."""


@pytest.mark.parametrize(
    ("on", "by"), [("2026-03-02", "2026-04-01"), ("2026-03-31", "2026-04-01"), ("2026-04-01", "2026-05-01"), ("2026-06-10", "2026-07-10")]
)  # fmt: skip
def test_a_letter_is_not_late_before_it_was_sent(on: str, by: str) -> None:
    found = life(NAMED, sent(on, "email", "deletion"))
    assert str(reply(found).on) == by and str(found.act_on) > on
    assert ("30 days from sending" in reply(found).why) == (by != "2026-04-01")


def test_a_draft_says_until_when_it_can_be_sent_as_it_is() -> None:
    step = life(NAMED, Event(kind="drafted", on=day("2026-03-02"))).step
    assert "after 2026-03-17, write it anew first" in step and "answer by 2026-04-01: optout request acme" in step
    assert "anew" not in life(GERMANY, Event(kind="drafted", on=day("2026-03-02"))).step


def test_what_a_partial_answer_left_out_is_named() -> None:
    partly = life(CALIFORNIA, *ON_MONDAY, event("answered", "2026-03-20", outcomes={"access": "partly"}))
    assert partly.step.endswith("; no answer yet about deletion")
    met = life(CALIFORNIA, *ON_MONDAY, event("answered", "2026-03-20", outcomes={"access": "met"}))
    assert met.step.endswith("; no answer yet about deletion")
    assert (
        met.late_step
        == "write to the firm again about deletion: optout escalate K7QM-4T2X; once sent: optout log K7QM-4T2X reminded"
    )
    for unread in (ON_MONDAY, (*ON_MONDAY, event("answered", "2026-03-20"))):
        assert "no answer yet" not in life(CALIFORNIA, *unread).step
