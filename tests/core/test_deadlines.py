from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.case import Deadline
from optout.counting import Where
from optout.dates import Period
from optout.deadlines import Answer, Void, answer
from optout.law import Calendar, Clock, Extend
from optout.letterdays import MARGIN_DAYS, Days, happened
from optout.library.catalog import Catalog
from optout.library.publicholidays import PublicHolidays
from optout.owntime import own_date

HOLIDAYS = PublicHolidays()
CATALOG = Catalog()


def where(place: str, firm: tuple[str, ...] = ()) -> Where:
    chain = CATALOG.chain(place)
    return Where(
        subject=tuple(p.id for p in chain), firm=firm, calendars=CATALOG.effective(place).calendars, holidays=HOLIDAYS
    )


def run(place: str, clock: str, firm: tuple[str, ...] = (), **days: date | bool | str) -> Answer:
    shown = {key: days.pop(key) for key in ("by", "estimated") if key in days}
    found = replace(happened(**days), **shown)
    return answer(CATALOG.effective(place).clocks[clock], "the law", found, where(place, firm))


def day(text: str) -> date:
    return date.fromisoformat(text)


# received, due, last day with the extension: europe.md 2.5, columns EU due (DE) and EU extended
EUROPE = [
    ("2026-03-05", "2026-04-07", "2026-06-05"),
    ("2026-08-31", "2026-09-30", "2026-11-30"),
    ("2026-01-31", "2026-03-02", "2026-04-30"),
    ("2026-11-22", "2026-12-22", "2027-02-22"),
    ("2026-11-26", "2026-12-28", "2027-02-26"),
    ("2026-12-01", "2027-01-04", "2027-03-01"),
]


@pytest.mark.parametrize(("received", "due", "extended"), EUROPE)
def test_the_table_of_the_european_facts(received: str, due: str, extended: str) -> None:
    found = run("de", "gdpr-reply", start=day(received), extended=day(received) + timedelta(days=7))
    assert found.plain.on == day(due)
    assert found.plain.overdue_from == day(due) + timedelta(days=1)
    assert isinstance(found.extended, Deadline)
    assert found.extended.on == day(extended)
    assert found.effective is found.extended
    assert (found.plain.kind, found.plain.origin) == ("respond", "statute")
    assert not (found.plain.approximate or found.plain.estimated)


def test_a_firm_in_the_same_union_brings_its_own_holidays() -> None:
    # 1 November 2026 is a Sunday; Monday 2 November is open. 11 November is closed in France only.
    french = run("de", "gdpr-reply", ("fr", "eu"), start=day("2026-10-11"))
    german = run("de", "gdpr-reply", ("us",), start=day("2026-10-11"))
    assert (french.plain.on, german.plain.on) == (day("2026-11-12"), day("2026-11-11"))
    # ... and a firm elsewhere leaves `on` alone but delays lateness: Veterans Day in the United States.
    assert german.plain.overdue_from == day("2026-11-13")


@pytest.mark.parametrize(
    ("received", "due"),
    [("2026-11-20", "2026-12-21"), ("2026-11-19", "2026-12-19"), ("2026-09-12", "2026-10-13")],
)
def test_canada_rolls_sundays_and_holidays_but_not_saturdays(received: str, due: str) -> None:
    assert run("ca-on", "pipeda-reply", start=day(received)).plain.on == day(due)


def test_canada_a_saturday_is_the_last_day_but_nobody_is_late_before_monday_is_over() -> None:
    found = run("ca-on", "pipeda-reply", start=day("2026-11-19")).plain
    assert (found.on, found.overdue_from) == (day("2026-12-19"), day("2026-12-22"))


def test_canada_the_extension_is_told_from_sending_and_counted_from_receipt() -> None:
    sent = {"sent": day("2026-10-01"), "start": day("2026-10-08")}
    late = run("ca-on", "pipeda-reply", **sent, extended=day("2026-11-05"))
    assert isinstance(late.extended, Void)
    assert "2026-11-05" in late.extended.why and "no effect" in late.extended.why
    assert late.effective is late.plain
    assert (late.plain.on, late.plain.overdue_from) == (day("2026-11-07"), day("2026-11-10"))  # a Saturday
    told = run("ca-on", "pipeda-reply", **sent, extended=day("2026-10-30"))
    assert told.effective.on == day("2026-12-07")


def test_california_does_not_roll_and_is_late_after_the_later_candidate() -> None:
    for firm in ((), ("us-ny", "us")):
        found = run("us-ca", "ccpa-reply", firm, start=day("2027-01-14")).plain
        assert (found.on, found.overdue_from) == (day("2027-02-28"), day("2027-03-02"))
        assert found.origin == "regulation"


def test_california_counts_ninety_days_once() -> None:
    found = run("us-ca", "ccpa-reply", start=day("2026-11-02"), extended=day("2026-12-10"))
    assert (found.plain.on, found.effective.on) == (day("2026-12-17"), day("2027-01-31"))


def test_california_two_readings_of_a_business_day() -> None:
    found = run("us-ca", "ccpa-ack", start=day("2027-02-05")).plain
    assert (found.on, found.overdue_from) == (day("2027-02-22"), day("2027-02-24"))
    assert "another reading" in found.why


def test_the_day_an_extension_may_still_be_told() -> None:
    # One month from 2026-11-26 is Saturday 26 December; the next open day is Monday the 28th.
    for told, kind in (("2026-12-28", Deadline), ("2026-12-29", Void)):
        assert isinstance(run("de", "gdpr-reply", start=day("2026-11-26"), extended=day(told)).extended, kind)


def test_a_void_extension_says_why() -> None:
    found = run("de", "gdpr-reply", start=day("2026-03-05"), extended=day("2026-04-08"))
    assert isinstance(found.extended, Void)
    assert "2026-04-08" in found.extended.why and "2026-04-07" in found.extended.why
    assert found.effective is found.plain


def test_a_firm_that_takes_more_than_the_law_gives_gets_what_the_law_gives() -> None:
    found = run("de", "gdpr-reply", start=day("2026-03-05"), extended=day("2026-04-01"), until=day("2026-09-01"))
    assert found.effective.on == day("2026-06-05")


def test_a_firm_that_takes_less_is_held_to_its_word() -> None:
    found = run("de", "gdpr-reply", start=day("2026-03-05"), extended=day("2026-04-01"), until=day("2026-05-06"))
    assert (found.effective.on, found.effective.overdue_from) == (day("2026-05-06"), day("2026-05-07"))
    assert "2026-06-05" in found.effective.why


def test_a_clock_without_extension_ignores_one() -> None:
    assert run("us-ca", "ccpa-optout", start=day("2027-01-04"), extended=day("2027-01-05")).extended is None


@pytest.mark.parametrize(("by", "margin"), [("email", 7), ("form", 7), ("portal", 7), ("post", 14)])
def test_the_margin_of_an_estimated_receipt(by: str, margin: int) -> None:
    assert MARGIN_DAYS[by] == margin
    proved = run("de", "gdpr-reply", start=day("2026-03-05"), by=by).plain
    guessed = run("de", "gdpr-reply", start=day("2026-03-05"), by=by, estimated=True).plain
    assert guessed.on == proved.on
    assert guessed.overdue_from == proved.overdue_from + timedelta(days=margin)
    assert guessed.estimated and not proved.estimated
    assert "estimated" in guessed.why and f"{margin} days' margin" in guessed.why


BRITISH = Calendar(place="subject", confidence="verified")
UK = Clock(
    kind="respond",
    period=Period(1, "month"),
    from_="receipt",
    calendar="uk",
    roll="next open day",
    confidence="verified",
    extend=Extend(by=Period(2, "month"), told_within=Period(1, "month")),
    starts_late=("identity",),
    stops=("clarification",),
    sources=(),
)
LONDON = Where(subject=("gb-eng", "gb"), calendars={"uk": BRITISH}, holidays=HOLIDAYS)


def uk(**days: date) -> Deadline:
    return answer(UK, "UK GDPR", happened(**days), LONDON).plain


def test_the_eight_days_of_a_clarification_do_not_count() -> None:
    asked = {"start": day("2026-03-02"), "clarification_asked": day("2026-03-10"), "clarified": day("2026-03-17")}
    found = uk(**asked)
    assert found.on == day("2026-04-10")
    assert "8 days" in found.why


def test_a_clarification_not_answered_yet_stops_nothing() -> None:
    assert uk(start=day("2026-03-02"), clarification_asked=day("2026-03-10")).on == day("2026-04-02")


def test_the_clock_starts_when_identity_was_given() -> None:
    found = uk(start=day("2026-03-02"), identity_asked=day("2026-03-04"), identity_given=day("2026-03-12"))
    assert found.on == day("2026-04-13")  # the 12th is a Sunday
    assert "2026-03-12" in found.why
    assert uk(start=day("2026-03-02"), identity_asked=day("2026-03-04")).on == day("2026-04-02")


def test_a_law_that_knows_no_pause_knows_none() -> None:
    asked = {"clarification_asked": day("2026-03-06"), "clarified": day("2026-03-20"),
             "identity_asked": day("2026-03-06"), "identity_given": day("2026-03-20")}  # fmt: skip
    assert run("de", "gdpr-reply", start=day("2026-03-05"), **asked).plain.on == day("2026-04-07")


def test_a_place_without_known_holidays_is_approximate() -> None:
    nowhere = Where(subject=("eu",), calendars={"uk": BRITISH}, holidays=HOLIDAYS)
    found = answer(UK, "the law", Days(start=day("2026-12-01")), nowhere).plain
    assert found.approximate
    assert found.on == day("2027-01-01")  # a Friday; the holiday is not known


def test_a_clock_that_needs_no_calendar_is_exact_anywhere() -> None:
    plain = Clock(kind="respond", period=Period(45, "day"), from_="receipt", confidence="verified", sources=())
    nowhere = Where(subject=("zz",), calendars={}, holidays=HOLIDAYS)
    assert not answer(plain, "the law", Days(start=day("2026-12-01")), nowhere).plain.approximate


def test_an_unverified_calendar_is_approximate() -> None:
    doubtful = Where(subject=("gb-eng", "gb"), calendars={"uk": Calendar(confidence="unverified")}, holidays=HOLIDAYS)
    assert answer(UK, "the law", Days(start=day("2026-12-01")), doubtful).plain.approximate


def test_an_unverified_section_is_not_printed() -> None:
    for pinpoint, printed in (("verified", True), ("secondary", True), ("unverified", False), (None, False)):
        clock = Clock(kind="respond", period=Period(1, "month"), from_="receipt", cites=("Art. 99",),
                      pinpoint=pinpoint, confidence="verified", sources=())  # fmt: skip
        assert ("Art. 99" in answer(clock, "the law", Days(start=day("2026-03-02")), LONDON).plain.why) is printed


def test_a_date_of_ones_own_is_never_the_laws() -> None:
    found = own_date(day("2026-12-24"), written=day("2026-11-24"), sent=day("2026-12-23"))
    assert (found.on, found.overdue_from, found.origin) == (day("2026-12-24"), day("2026-12-25"), "sender")
    assert "no law sets one" in found.why


def test_a_letter_sent_when_its_own_date_had_come_gives_as_many_days_again() -> None:
    for sent, on in (("2026-12-24", "2027-01-23"), ("2027-02-01", "2027-03-03")):
        late = own_date(day("2026-12-24"), written=day("2026-11-24"), sent=day(sent))
        assert (late.on, late.overdue_from, late.origin) == (day(on), day(on) + timedelta(days=1), "sender")
        assert "no law sets one" in late.why


REAL = [("de", "gdpr-reply"), ("fr", "gdpr-reply"), ("ca-on", "pipeda-reply"), ("us-ca", "ccpa-reply"),
        ("us-ca", "ccpa-ack"), ("us-ca", "ccpa-optout")]  # fmt: skip
received = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@given(st.sampled_from(REAL), received, st.integers(0, 60))
def test_a_later_receipt_never_gives_an_earlier_date(real: tuple[str, str], start: date, later: int) -> None:
    one = run(*real, start=start).plain
    two = run(*real, start=start + timedelta(days=later)).plain
    assert one.on <= two.on
    assert one.overdue_from <= two.overdue_from


@given(st.sampled_from(REAL), received, st.booleans())
def test_nobody_is_late_before_the_last_day_is_over(real: tuple[str, str], start: date, estimated: bool) -> None:
    found = run(*real, start=start, estimated=estimated).plain
    assert start < found.on < found.overdue_from


@given(st.sampled_from(REAL[:4]), received, st.integers(0, 28), st.integers(0, 200))
def test_an_extension_in_time_never_shortens_unless_the_firm_says_so(
    real: tuple[str, str], start: date, told: int, until: int
) -> None:
    found = run(*real, start=start, extended=start + timedelta(days=told))
    assert isinstance(found.extended, Deadline)
    assert found.extended.on > found.plain.on
    capped = run(*real, start=start, extended=start + timedelta(days=told), until=start + timedelta(days=until))
    assert capped.effective.on <= found.extended.on
