"""The lines of an export as data: what `export` writes, `import` takes, and docs/schema/export.json describes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from optout.case import Case, Event
from optout.letter import Letter
from optout.subject import Acts, Subject

SCHEMA = "optout/export/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many lines of each type follow, so that a file that was cut off shows."""

    profiles: int
    subjects: int
    cases: int
    evidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first line."""

    schema: Literal["optout/export/1"]
    optout: str
    """The version that wrote the file."""
    evidence: bool
    """False: kept files were left out (`--without-evidence`)."""
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a profile keeps of a person. Fields that are empty are left out."""

    name: str = ""
    email: str = ""
    email_alias: str = ""
    residence: str = ""
    address: tuple[str, ...] = ()
    print_address: bool = False
    situation: str = ""
    language: str = ""
    minor: bool = False
    """Under age."""
    acts: Acts | Literal[""] = ""
    """Of somebody who writes for others: as what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileLine:
    """A person kept for letters to come."""

    type: Literal["profile"]
    id: str
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLine:
    """A person as the letters of some cases name them."""

    type: Literal["subject"]
    id: str
    person: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event with its link of the case's chain."""

    n: int
    """Counted from 1."""
    at: str
    """When it was noted, in UTC."""
    event: Event
    closed: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """Closed days first looked up for it: place, year, and the days as `MMDD` one after the other."""
    content: str = ""
    """Of a draft: the digest of the case and its letters as of then."""
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A frozen letter in one language, and the versions that wrote its first files."""

    id: str
    language: str
    letter: Letter
    versions: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file that was written of a letter, on the computer where that was."""

    letter: str
    format: str
    name: str
    sha256: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drp:
    """Where the case stands, in the words of the Data Rights Protocol. Worked out when written, not read back."""

    status: Literal["open", "in_progress", "fulfilled", "denied", "revoked", "expired"] | None
    """None: nothing was sent yet."""
    reason: (
        Literal[
            "need_user_verification",
            "suspected_fraud",
            "insuf_verification",
            "no_match",
            "claim_not_covered",
            "outside_jurisdiction",
            "too_many_requests",
            "other",
        ]
        | None
    ) = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the list of a batch says of a case."""

    laws: tuple[str, ...]
    letters: tuple[str, ...]
    held: tuple[str, ...] = ()
    """Letters that go when the firm has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """Whose row of which batch a case is."""

    id: str
    key: str
    """Of the row in the sheet."""
    chunk: int
    name: str
    """Of the folder or archive in which its letters were written."""
    place: str
    about: About
    asked: dict[str, object]
    """What the batch was asked for."""
    folder: str = ""
    """Where that folder or archive was written."""
    files: tuple[str, ...] = ()
    """Its name, and those of the files for the printer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case with everything but its kept files."""

    type: Literal["case"]
    case: Case
    subject: str
    """The id of a subject line above it."""
    profile: str | None = None
    """The id of the profile line above it that the person was taken from."""
    fingerprint: str
    """By which the same person, firm and demands are found again."""
    inputs: str
    """By which the same draft is found again."""
    events: tuple[EventRow, ...]
    letters: tuple[LetterRow, ...]
    files: tuple[FileRow, ...] = ()
    batch: BatchRow | None = None
    drp: Drp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """A file kept with an event, byte for byte. It stands below its case."""

    type: Literal["evidence"]
    ref: str
    n: int
    """The number of the event."""
    name: str
    sha256: str
    size: int
    data: str
    """Base64"""


LINES = {"profile": ProfileLine, "subject": SubjectLine, "case": CaseLine, "evidence": EvidenceLine}
"""By the `type` of a line."""
