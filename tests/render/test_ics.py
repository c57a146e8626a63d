"""Calendar files, read back by three readers: icalendar, vobject, and a strict one of our own."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import icalendar
import vobject
from hypothesis import given
from hypothesis import strategies as st

from optout.render.ics import Entry, write

AT = datetime(2026, 6, 15, 10, 20, 30, tzinfo=UTC)
ONE = Entry(uid="a1", sequence=3, day=date(2026, 12, 28), at=AT, title="K7QM-4T2X: date")


def strictly(data: bytes) -> list[dict[str, str]]:
    """Each VEVENT as property (with its parameters) to text, by the letter of RFC 5545."""
    assert data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode("utf-8")  # no sign is cut in two
    lines = data.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    found: list[dict[str, str]] = []
    for line in lines[1:-1]:
        name, value = re.fullmatch(r"([A-Z-]+(?:;[A-Z-]+=[A-Z0-9-]+)*):(.*)", line).groups()  # type: ignore[union-attr]
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and line != "END:VEVENT":
            assert name not in found[-1]
            assert not re.search(r"(?<!\\)(?:\\\\)*\\(?![\\;,nN])", value), value
            if name in ("SUMMARY", "DESCRIPTION"):
                assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", value), value
            found[-1][name] = re.sub(r"\\.", lambda m: "\n" if m[0][1] in "nN" else m[0][1], value)
    return found


def test_an_entry_is_an_all_day_date_that_leaves_the_day_free() -> None:
    (found,) = strictly(write([ONE]))
    assert found == {
        "UID": "a1", "SEQUENCE": "3", "DTSTAMP": "20260615T102030Z", "DTSTART;VALUE=DATE": "20261228",
        "DTEND;VALUE=DATE": "20261229", "SUMMARY": "K7QM-4T2X: date", "CLASS": "PRIVATE", "TRANSP": "TRANSPARENT",
        "STATUS": "CONFIRMED",
    }  # fmt: skip


def test_a_cancelled_entry_says_so() -> None:
    (found,) = strictly(write([Entry(uid="a", sequence=4, day=ONE.day, at=AT, title="x", cancelled=True)]))
    assert found["STATUS"] == "CANCELLED"


def test_the_order_of_entries_does_not_matter() -> None:
    several = [Entry(uid=str(n), sequence=0, day=date(2026, 1, 1 + n % 3), at=AT, title="t") for n in range(9)]
    assert write(several) == write(reversed(several))


# icalendar takes a backslash before N for a line break and drops byte order marks; no name or derivation holds either.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\\\ufeff"),
    min_size=1,
    max_size=200,
)


@given(texts, st.one_of(st.just(""), texts), st.dates(date(2000, 1, 1), date(2099, 12, 30)))
def test_three_readers_read_what_was_written(title: str, text: str, day: date) -> None:
    data = write([Entry(uid="a", sequence=1, day=day, at=AT, title=title, text=text)])
    (own,) = strictly(data)
    assert (own["SUMMARY"], own.get("DESCRIPTION", "")) == (title, text)
    assert own["DTSTART;VALUE=DATE"] == f"{day:%Y%m%d}"
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert (str(event["SUMMARY"]), str(event.get("DESCRIPTION", ""))) == (title, text)
    assert (event.start, event.end, event["DTSTAMP"].dt) == (day, day + timedelta(days=1), AT)
    other = vobject.readOne(data.decode()).vevent
    assert other.dtstart.value == day and type(other.dtstart.value) is date
    assert other.summary.value == title
