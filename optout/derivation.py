"""How a date came about, in the words that `show` and `laws deadline` print."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from optout.counting import Counting
from optout.dates import DAY, Period
from optout.law import Clock, text_in

NO_EXTENSION = ("this period cannot be extended", "whether this period can be extended is not known")
"""What is said of one without an extension: the law has none, or that part of it was not read."""


def basis(clock: Clock, law: str) -> str:
    """The law, with its section where that may be printed; of guidance, that it is no more than that.

    `law` is the one of the rule or remedy; a section of another act is named with that act (of `uk-ico-before`, Art. 77
    UK GDPR, the three months stand in section 166 of the Data Protection Act 2018).
    """
    law = text_in(clock.act, "en") or law
    law = f"guidance on the {law}" if clock.origin == "guidance" else law
    printable = clock.pinpoint in ("verified", "secondary")
    return ", ".join([law, *(text_in(cite, "en") for cite in clock.cites if printable)])


def the(clock: Clock) -> str:
    """What a period runs from."""
    if clock.from_ == "limit":
        return "the refusal or the end of the firm's time"
    return clock.from_ if clock.from_ in ("receipt", "sending") else f"the {clock.from_}"


def extension(clock: Clock, law: str) -> str:
    """What the law says of a firm that wants longer."""
    if clock.extend is None:
        return f"{basis(clock, law)}: {NO_EXTENSION[clock.extension_unknown]}."
    extend = clock.extend
    told = f"within {extend.told_within} of {extend.told_from}"
    if extend.by is None:
        return f"{basis(clock, law)}: the firm may take longer if it says so {told} and names the day; no longest time is set."
    return f"{basis(clock, law)}: the firm may extend once, by at most {extend.by}, if it says so {told}."


def counted(period: Period, start: date, end: tuple[date, date], count: Counting) -> list[str]:
    """The holidays that business days passed over, and how a closed last day moved. `end`: before and after that."""
    nominal, last = end
    notes = []
    if period.unit == "business day" and (found := _holidays(start, nominal, count)):
        notes.append(f"{_listed(found)} left out as {_kind(found)}")
    if nominal == last:
        return [*notes, f"the last day is {last} ({last:%A})"]
    closed = f"a {nominal:%A}" if nominal.weekday() in count.weekend else f"a public holiday ({nominal:%A})"
    after = _holidays(nominal, last, count)
    passed = f", and {_listed(after)} {'is' if len(after) == 1 else 'are'} {_kind(after)} too" if after else ""
    return [*notes, f"that ends on {nominal}, {closed}{passed}, so the last day is {last} ({last:%A})"]


def waited(number: int, about: Iterable[str]) -> str:
    """How many days do not count, and what the firm waited for."""
    shown = "1 day" if number == 1 else f"{number} days"
    return f"{shown} of waiting for {' and '.join(dict.fromkeys(about))} do not count"


def _holidays(first: date, last: date, count: Counting) -> list[date]:
    """The closed days between two days that are no week-end."""
    between = (first + DAY * n for n in range(1, (last - first).days))
    return [day for day in between if day.weekday() not in count.weekend and not count.is_open(day)]


def _listed(days: list[date]) -> str:
    return ", ".join(str(day) for day in days)


def _kind(days: list[date]) -> str:
    return "a public holiday" if len(days) == 1 else "public holidays"
