"""Is a line of an export what the program could have written? Nothing in it is believed: shapes, names, hashes and the
chain are checked, and where a case stands is worked out anew."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from optout import standing
from optout.case import Case, Event
from optout.closed import Recorded
from optout.dates import Holidays
from optout.exported import LINES, Header
from optout.library import structure
from optout.library.yamlfile import Positions
from optout.problems import Problem
from optout.records import from_plain
from optout.store.outgoing import changed
from optout.strictjson import unfit
from optout.subject import TEXT_LIMIT, clean_text

REF = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", re.ASCII)
IDENT = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)\Z)[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
"""Of a firm, a profile or a person; the first becomes part of a folder's name."""
WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)
"""Of a letter or a format; they become part of a file's name."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?", re.ASCII)
FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}", re.ASCII)
FOLDER = re.compile(r"(/|[A-Za-z]:[\\/]|\\\\)[^\x00]{0,4000}")
WRITTEN = re.compile(r"[a-z0-9-]{1,120}(\.zip|\.pdf)?", re.ASCII)
"""The folder or archive of a chunk, or a file for the printer."""
HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", re.ASCII)
LARGEST = 25 * 1024 * 1024
"""Bytes of a kept file."""
_YEARS = range(1990, 2201)
"""In which a day of a case can lie."""


class _Bounded:
    """Holidays of the years in which a case can lie; a calendar on which no day is open ends there."""

    def __init__(self, holidays: Holidays) -> None:
        self._holidays = holidays

    def closed(self, place: str, year: int) -> frozenset[date] | None:
        if year > _YEARS[-1] + 100:
            raise OverflowError(year)
        return self._holidays.closed(place, year)


def header(value: Any, name: str) -> list[Problem]:
    return _shape(Header, value, name, 1)


def shape(value: Mapping[str, Any], name: str, line: int) -> list[Problem]:
    """Everything wrong with the types of a line, whatever it says."""
    kind = value.get("type")
    cls = LINES.get(kind) if isinstance(kind, str) else None
    if cls is None:
        return [Problem(name, line, 0, "unknown-type", f"type: write {', '.join(LINES)}")]
    found = _shape(cls, value, name, line)
    if not found and unfit(value, ("folder",)):
        found.append(Problem(name, line, 0, "unfit-text", "a text holds control or direction characters"))
    return found


def person(line: Mapping[str, Any]) -> str:
    """What is wrong with a profile or a person; "" where nothing is."""
    if not IDENT.fullmatch(line["id"]):
        return "id: this is no id"
    for key, value in line["person"].items():
        for text in value if isinstance(value, list) else [value]:
            try:
                clean_text(str(text), key, TEXT_LIMIT, lines=key == "situation")
            except ValueError as error:
                return f"person.{error}"
    return ""


def case(line: Mapping[str, Any], holidays: Holidays) -> tuple[str, dict[str, Any]]:
    """What is wrong with a case ("" where nothing is), and the summary that follows from its events."""
    wrong = _names(line) or _references(line["case"]) or _letters(line) or _files(line) or _events(line)
    if wrong:
        return wrong, {}
    if changed(line):
        return "the case is not as it was written", {}
    try:
        return "", _summary(line, _Bounded(holidays))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError):
        # Past the checks above only an invented case comes here: rules of a calendar, or days without end.
        return "its rules and events give no dates", {}


def evidence(line: Mapping[str, Any], events: int) -> str:
    """What is wrong with a kept file; `events` is how many its case has."""
    if not 1 <= line["n"] <= events:
        return "n: the case has no such event"
    name = line["name"]
    if not name or len(name) > 255 or re.search(r"[/\\\n\t]", name) or name.startswith("."):
        return "name: this is no name of a file"
    if line["size"] > LARGEST:
        return f"size: larger than {LARGEST // 1024 // 1024} MiB"
    try:
        data = base64.b64decode(line["data"], validate=True)
    except ValueError:
        return "data: this is not base64"
    if base64.b64encode(data).decode("ascii") != line["data"]:
        return "data: this is not base64"
    if len(data) != line["size"] or hashlib.sha256(data).hexdigest() != line["sha256"]:
        return "the file is not as it was written"
    return ""


def _shape(cls: type, value: Any, name: str, line: int) -> list[Problem]:
    if not structure.problems(cls, value, Positions(), name):
        return []
    positions = Positions()
    _place(value, (), (line, 0), positions)
    return [problem._replace(line=line, column=0) for problem in structure.problems(cls, value, positions, name)]


def _place(value: Any, path: tuple[str | int, ...], at: tuple[int, int], positions: Positions) -> None:
    """Every part of the value stands in this line."""
    positions[path] = at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        _place(part, (*path, key), at, positions)


def _names(line: Mapping[str, Any]) -> str:
    plain = line["case"]
    checks = [
        ("case.ref", REF, [plain["ref"]]),
        ("case.firm", IDENT, [plain["firm"]]),
        ("subject", IDENT, [line["subject"]]),
        ("profile", IDENT, [line["profile"]] if line.get("profile") else []),
        ("case.letters.id", WORD, [x["id"] for x in plain["letters"]]),
        ("letters.id", WORD, [x["id"] for x in line["letters"]]),
        ("letters.language", LANGUAGE, [x["language"] for x in line["letters"]]),
        ("events.hash", HASH, [x["hash"] for x in line["events"]]),
        ("events.at", MOMENT, [x["at"] for x in line["events"]]),
    ]
    return next(
        (f"{what}: this is not one" for what, good, texts in checks for x in texts if not good.fullmatch(x)), ""
    )


def _references(plain: Mapping[str, Any]) -> str:
    """What names something must find it in the case."""
    if not plain["subject_places"] or not plain["demands"] or not plain["letters"]:
        return "case: it has no place, no demand or no letter"
    kinds = {x["kind"] for x in plain["demands"]}
    clocks, calendars = plain.get("clocks", {}), plain.get("calendars", {})
    named = [name for x in (*plain["demands"], *plain.get("remedies", ())) for name in x.get("clocks", ())]
    if not set(named) <= set(clocks):
        return "case.clocks: one is missing"
    if not {x[key] for x in clocks.values() for key in ("calendar", "or_calendar") if x.get(key)} <= set(calendars):
        return "case.calendars: one is missing"
    if not {kind for x in plain["letters"] for kind in x["kinds"]} <= kinds:
        return "case.letters: one asks for what the case does not"
    idents = [x["id"] for x in plain["letters"]]
    return "case.letters: two have one id" if len(set(idents)) < len(idents) else ""


def _letters(line: Mapping[str, Any]) -> str:
    keys = [(x["id"], x["language"]) for x in line["letters"]]
    if len(set(keys)) < len(keys):
        return "letters: two have one id and language"
    known = {x["id"] for x in line["case"]["letters"]}
    if not known <= {ident for ident, _ in keys}:
        return "letters: one of the case is missing"
    return ""


def _files(line: Mapping[str, Any]) -> str:
    """Paths may be those of another computer: they are kept, and neither opened nor made here."""
    ref, keys = line["case"]["ref"], set()
    for row in line.get("files", ()):
        good = FILE.fullmatch(row["name"]) and row["name"].startswith(ref) and HASH.fullmatch(row["sha256"])
        if not good or not WORD.fullmatch(row["letter"]) or not WORD.fullmatch(row["format"]):
            return "files: one is none that was written of a letter"
        if not _folder(row["folder"]):
            return "files.folder: this is no folder"
        keys.add((row["folder"], row["name"]))
    written = line.get("batch") or {}
    if written.get("files") and not (_folder(written["folder"]) and all(map(WRITTEN.fullmatch, written["files"]))):
        return "batch.files: one is none that a batch writes"
    return "files: one stands twice" if len(keys) < len(line.get("files", ())) else ""


def _folder(text: str) -> bool:
    return bool(FOLDER.fullmatch(text)) and ".." not in re.split(r"[\\/]", text) and not _lone(text)


def _lone(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def _events(line: Mapping[str, Any]) -> str:
    events = line["events"]
    if not events or events[0]["event"]["kind"] != "drafted" or not any(row.get("content") for row in events):
        return "events: the first one is not 'drafted'"
    for row in events:
        event, shown = row["event"], f"events.{row['n']}"
        if date.fromisoformat(event["on"]).year not in _YEARS or not _is_moment(row["at"]):
            return f"{shown}: this is no day of a case"
        instead = event.get("instead")
        if instead and structure.problems(Event, instead, Positions(), ""):
            return f"{shown}.event.instead: this is no event"
        if row.get("content") and event["kind"] != "drafted":
            return f"{shown}.content: only a draft has one"
    return ""


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).year in _YEARS
    except ValueError:
        return False


def _summary(line: Mapping[str, Any], holidays: Holidays) -> dict[str, Any]:
    told = from_plain(Case, line["case"])
    events = [from_plain(Event, row["event"]) for row in line["events"]]
    recorded = [row.get("closed", {}) for row in line["events"]]
    _try_out(told, Recorded(recorded, holidays))
    return standing.summary(standing.fold(told, events, Recorded(recorded, holidays)))


def _try_out(told: Case, days: Holidays) -> None:
    """Every clock runs once, so that one which gives no date shows now and not when the next event is logged."""
    opened = told.opened
    letters = [letter.id for letter in told.letters]
    happened: Sequence[Event] = [
        *(Event(kind="sent", on=opened, letter=ident, by="post") for ident in letters),
        *(Event(kind="extended", on=opened, letter=ident) for ident in letters),
        *(Event(kind="refused", on=opened, letter=ident) for ident in letters),
        *(Event(kind="complained", on=opened, remedy=remedy.id) for remedy in told.remedies),
    ]
    for end in range(len(letters), len(happened) + 1):
        standing.fold(told, happened[:end], days)
