"""What must hold of the addresses, days and languages in a place's file, as findings like those of `checks`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from optout import hosts
from optout.checks import Finding
from optout.jurisdiction import Jurisdiction


def findings(place: Jurisdiction, today: date, spoken: Collection[str]) -> Iterator[Finding]:
    """`spoken`: the codes of all languages."""
    yield from _languages(("languages",), place.languages, spoken)
    for key, authority in place.authorities.items():
        path = ("authorities", key)
        if authority.email and (wrong := hosts.wrong_email(authority.email)):
            yield Finding((*path, "email"), "address-wrong", wrong)
        if authority.complaint_url and (wrong := hosts.wrong_url(authority.complaint_url)):
            yield Finding((*path, "complaint_url"), "address-wrong", wrong)
        yield from _languages((*path, "languages"), authority.languages, spoken)
        if ahead(authority.as_of, today):
            yield Finding((*path, "as_of"), "as-of-ahead", "lies ahead of today")
    for key, source in place.sources.items():
        if ahead(source.as_of, today):
            yield Finding(("sources", key, "as_of"), "as-of-ahead", "lies ahead of today")
    for key, clock in place.clocks.items():
        if clock.kind == "respond" and clock.calendar is None:
            said = "name the calendar by which a last day that is a closed day moves, or does not"
            yield Finding(("clocks", key), "calendar-missing", said)


def ahead(as_of: object, today: date) -> bool:
    """Whether a year, a month or a day has not come."""
    text = str(as_of or "")
    return text > today.isoformat()[: len(text)]


def _languages(path: tuple[str | int, ...], codes: Collection[str], spoken: Collection[str]) -> Iterator[Finding]:
    for code in codes:
        if code not in spoken:
            yield Finding(path, "language-unknown", f"'{code}' is the code of no language")
