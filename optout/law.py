"""The law as data: acts, the rules they give, and the clocks that run under them.

`confidence` says whether a thing exists, `pinpoint` whether its section number is right. Unverified existence is never
offered to anyone; an unverified pinpoint is never printed (the law's name stands alone).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from optout.dates import Part, Period

Text = str | dict[str, str]
"""One text for every letter language, or one per language (`{en: ..., fr: ...}`)."""

Confidence = Literal["verified", "secondary", "unverified"]
Footing = Literal["right", "duty", "request"]
Ground = Literal[
    "law_does_not_apply",
    "cannot_identify",
    "identity_not_proved",
    "wrong_form",
    "excessive",
    "others_rights",
    "public_data",
    "legal_claims",
    "customers_only",
    "own_interests",
    "must_keep",
    "no_reason",
    "other",
]
"""What a firm gives as its reason; `customers_only`: it says that only its customers process the data."""
DemandKind = Literal[
    "access",
    "deletion",
    "objection",
    "correction",
    "restriction",
    "portability",
    "sale_opt_out",
    "profiling_opt_out",
    "limit_sensitive",
    "consent_withdrawal",
    "retention_policy",
    "consent_proof",
    "recipients",
    "preserve",
]
What = Literal[
    "face_photo",
    "government_id",
    "selfie",
    "email",
    "residence",
    "account_login",
    "source_urls",
    "acknowledgement",
    "fingerprints",
    "name",
    "phone",
    "case_number",
    "identity_proof",
    "other",
]
ClockKind = Literal[
    "acknowledge", "respond", "comply", "appeal", "appeal_reply", "firm_complaint_reply",
    "complain_within", "complain_after", "authority_reply", "court_within",
]  # fmt: skip
ClockStart = Literal[
    "receipt", "sending", "acknowledgement", "answer", "refusal", "limit", "appeal", "complaint", "report"
]
NOT_READ: tuple[DemandKind, ...] = ("consent_withdrawal", "portability")
"""Demands on which no rule is built in, though laws have some: a letter that makes one says nothing of what a law obliges to."""
Need = Literal["situation"]
RECORDS = "foia"
"""The family of laws under which a letter asks for records and not about the person's data."""


def text_in(text: Text | None, language: str) -> str:
    """The text in that language, else in English, else the first one given; "" for None."""
    if text is None or isinstance(text, str):
        return text or ""
    return text.get(language) or text.get("en") or next(iter(text.values()))


def said_in(text: Text | None, language: str) -> str:
    """The text in that very language, or ""."""
    return text.get(language, "") if isinstance(text, dict) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The days between which something applies, both included; None is open."""

    from_: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


def stands(entry: Any, day: date) -> bool:
    """Whether something of the law that may have days of its own (`in_force`) applies on that day."""
    return entry.in_force is None or bool(entry.in_force.covers(day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact was read. `checked` is the day we read the copy, `as_of` the day the copy speaks of.

    `kind`: official text, a copy of it, a secondary source, or the firm's own page.
    """

    title: Text | None = None
    url: str | None = None
    kind: Literal["official", "copy", "secondary", "own"] = "official"
    checked: date
    as_of: Part | None = None
    archived: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """An act or regulation; `family` picks the wording shared by laws of one make."""

    name: Text
    short: Text | None = None
    number: Text | None = None
    family: str | None = None
    in_force: InForce | None = None
    known_from: date | None = None
    """The first day for which anything of it was read, where it may be older; nothing is claimed under it before."""
    binds: Literal["private", "public", "both"] = "private"
    leaves_out: tuple[str, ...] = ()
    """Kinds of firms and bodies, such as `police`, that it leaves to another law."""
    holders: bool = False
    """It speaks to whoever holds the data, for itself or for a client, and not only to those who decide about them."""
    gaps: tuple[str, ...] = ()
    """What is known to be missing in it, told to the person where a letter rests on it."""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Which days do not count or cannot be a last day. Rules of `add`, `drop`, `only`, `closed`: see dates.py."""

    place: str = "subject"
    """`subject`, `action` (the firm's place if it lies in the same union, else the subject's), a place id or `none`."""
    weekend: tuple[Literal["friday", "saturday", "sunday"], ...] = ("saturday", "sunday")
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    confidence: Confidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    """How the firm may prolong: one longer period from the original start, if told in time.

    Without `by` the law sets no longest time, but the firm has to name the day on which it will answer.
    """

    by: Period | None = None
    told_within: Period
    told_from: Literal["receipt", "sending"] = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A period of the law. A clock is in the law; a deadline is a date in a case."""

    kind: ClockKind
    period: Period
    from_: ClockStart
    calendar: str | None = None
    or_calendar: str | None = None
    """A second reading of which days count: the earlier result is `on`, the later decides lateness."""
    roll: Literal["none", "next open day"] = "none"
    origin: Literal["statute", "regulation", "guidance"] = "statute"
    cites: tuple[Text, ...] = ()
    act: Text | None = None
    """The act in which the section cited stands, where the law of the rule or remedy that runs on it is another one."""
    breaks: tuple[Text, ...] = ()
    """What silence past it breaks, where that is less than the provisions that set the time and how it is counted."""
    pinpoint: Confidence | None = None
    confidence: Confidence
    in_force: InForce | None = None
    extend: Extend | None = None
    extension_unknown: bool = False
    """Whether the firm may prolong it was not read; without that, None in `extend` says that it may not."""
    starts_late: tuple[Literal["identity", "fee"], ...] = ()
    stops: tuple[Literal["identity", "clarification", "fee"], ...] = ()
    sources: tuple[str, ...]

    def usable(self, on: date) -> bool:
        """Whether it may give a date for something that begins on that day."""
        return self.confidence != "unverified" and stands(self, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing a demand lists, with its own footing."""

    id: str
    footing: Footing
    cites: tuple[Text, ...] = ()
    pinpoint: Confidence | None = None
    confidence: Confidence
    in_force: InForce | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What narrows or excludes a right, so that a letter does not claim too much."""

    id: Literal[
        "collected_from_subject",
        "provided_by_subject",
        "publicly_available",
        "template_not_disclosed",
        "photo_not_biometric",
        "threshold",
        "retain_during_access",
        "reasonable_search",
        "suppression_option",
        "name_index_only",
        "no_inference",
        "deidentify_option",
        "free_expression",
        "purpose_or_three_years",
        "fee",
        "no_erasure_right",
        "government_contractor",
        "automated_decisions",
        "other_act",
        "national_restriction",
        "financial_institution",
    ]
    cites: tuple[Text, ...] = ()
    pinpoint: Confidence | None = None
    confidence: Confidence
    effect: Literal["narrows", "excludes", "warns"]
    in_force: InForce | None = None
    made: date | None = None
    """The day on which it was made, where it is treated as in force from an earlier one; no letter of before cites it."""
    note: Text | None = None
    """What it means for the person, in a sentence; shown by `explain` and `laws show`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a rule applies. Empty tuples ask nothing."""

    firm_kinds: tuple[str, ...] = ()
    not_firm_kinds: tuple[str, ...] = ()
    """Kinds whose data the law does not speak of, where that is the firm's first kind."""
    partly: tuple[str, ...] = ()
    """First kinds of firm that hold much of which the law does not speak: access is asked beside it as a request."""
    firm_claims: tuple[str, ...] = ()
    subject: tuple[Literal["citizen_or_permanent_resident", "minor"], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One provision behind one demand. Footing `request` has no law, no citation and no clock."""

    id: str
    law: str | None = None
    demand: DemandKind
    footing: Footing
    cites: tuple[Text, ...] = ()
    pinpoint: Confidence | None = None
    confidence: Confidence
    in_force: InForce | None = None
    clocks: tuple[str, ...] = ()
    when: Literal["now", "after_access"] = "now"
    offer: Literal["default", "on_request"] = "default"
    needs: tuple[Need, ...] = ()
    """What only the person can give: `situation` = the grounds of their own situation."""
    by: Literal["letter", "portal"] = "letter"
    applies_if: Condition | None = None
    breaks: tuple[Text, ...] = ()
    """What a refusal breaks, where `cites` is the claim that follows from the breach; as sure as `cites`."""
    items: tuple[Item, ...] = ()
    limits: tuple[Limit, ...] = ()
    fee: Literal["none", "may_charge", "unknown"] = "unknown"
    note: Text | None = None
    """What a person should know before relying on it; shown by `explain` and `laws show`."""
    sources: tuple[str, ...]
