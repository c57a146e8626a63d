"""The list of requests that datenanfragen's app exports: a line for each message, its fields parted by semicolons.

The app quotes nothing, so a semicolon in a recipient's name or address makes more fields; those before and after it
hold none. Days are those of UTC, which the app writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from optout.case import RouteKind
from optout.law import DemandKind
from optout.problems import Problem
from optout.subject import TEXT_LIMIT, clean_text

HEAD = "date;slug;recipient;email;reference;type;via"
DEMANDS: dict[str, DemandKind] = {
    "access": "access",
    "erasure": "deletion",
    "rectification": "correction",
    "objection": "objection",
}
"""Their kinds of requests in our words. `custom` is not among them: nothing tells what such a letter asks."""
LATER = ("response", "admonition", "complaint")
"""Messages that follow a request."""
WAYS: dict[str, RouteKind] = {"email": "email", "letter": "post", "fax": "post", "webform": "form"}
"""A fax counts as post: of the two, post lets the firm be late last."""
FIRST_YEAR = 2018
"""Before it there was no such app."""
_COMPANY = re.compile(r"(?:inc|llc|l\.l\.c|ltd|limited|corp|co|lp|l\.p|llp|plc|s\.a|n\.v|b\.v)\.?", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9-]{0,200}")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]{0,60}")


class Message(NamedTuple):
    """One line."""

    line: int
    on: date
    slug: str
    """Of the firm in their list; "" for one that the person typed in."""
    recipient: tuple[str, ...]
    """Name and address, in parts as they stood in lines."""
    email: str
    reference: str
    type: str
    via: str


def messages(text: str, name: str, today: date) -> Iterator[Message | Problem]:
    """Each line after the first, or what is wrong with it; nothing is quoted. `name` is the file as problems name it."""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if number == 1 or not line.strip():
            continue
        try:
            yield _message(number, line, today)
        except ValueError as error:
            yield Problem(name, number, 0, "wrong-value", str(error))


def _message(number: int, line: str, today: date) -> Message:
    parts = line.split(";")
    if len(parts) < 7:
        raise ValueError(f"write seven fields: {HEAD}")
    day, slug, email, reference, kind, via = (part.strip() for part in (*parts[:2], *parts[-4:]))
    recipient = clean_text(";".join(parts[2:-4]), "recipient", TEXT_LIMIT)
    if not _SLUG.fullmatch(slug):
        raise ValueError("slug: this is none")
    if not _REFERENCE.fullmatch(reference):
        raise ValueError("reference: this is none")
    if kind not in DEMANDS and kind not in LATER:
        raise ValueError(f"type: write {', '.join((*DEMANDS, *LATER))}; nothing tells what another letter asks")
    if via not in WAYS:
        raise ValueError(f"via: write {', '.join(WAYS)}")
    return Message(
        line=number,
        on=_day(day, today),
        slug=slug,
        recipient=_recipient(recipient),
        email=clean_text(email, "email"),
        reference=reference,
        type=kind,
        via=via,
    )


def _recipient(text: str) -> tuple[str, ...]:
    """The parts between commas; the form of a company belongs to the name before it ("Example, Inc.")."""
    name, *rest = [part.strip() for part in text.split(", ") if part.strip()] or [""]
    while rest and _COMPANY.fullmatch(rest[0]):
        name = f"{name}, {rest.pop(0)}"
    return (name, *rest) if name else ()


def _day(text: str, today: date) -> date:
    """West of Greenwich an evening's message has tomorrow's day there."""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        day = None
    if day is None or day.year < FIRST_YEAR:
        raise ValueError("date: this is no day of such a request")
    if day > today + timedelta(days=1):
        raise ValueError("date: it lies ahead")
    return min(day, today)
