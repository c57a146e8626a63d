"""A place as data: its law, who hears a complaint there, what may be asked of a person, and what was decided."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from optout.dates import Part
from optout.law import Calendar, Clock, Confidence, DemandKind, Ground, InForce, Law, Rule, Source, Text, What


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRule:
    """What the law lets a firm ask as proof of identity, for which demands."""

    id: str
    law: str
    what: tuple[What, ...]
    for_: tuple[DemandKind, ...] = ()
    stance: Literal["may_ask", "needs_doubt", "must_not_ask", "silent"]
    cites: tuple[Text, ...] = ()
    pinpoint: Confidence | None = None
    confidence: Confidence
    in_force: InForce | None = None
    clause: str | None = None
    note: Text | None = None
    """The answer to give when the firm asks for it all the same."""
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRule:
    """Who may write for the subject, and the proof that may be asked."""

    id: str
    law: str | None = None
    who: Literal["person", "organisation", "parent", "attorney", "minor"]
    """`minor`: a child who writes alone, where the law lets it."""
    for_: tuple[DemandKind, ...] = ()
    for_laws: tuple[str, ...] = ()
    """Laws under which it lets them act; empty: the law that says so."""
    may: tuple[Literal["request", "complaint"], ...] = ("request",)
    """Ask the firm, or complain to whoever hears complaints."""
    footing: Literal["law", "guidance", "open"] = "open"
    """What says so: the law itself; an authority's guidance or practice; nothing, so that other law decides."""
    proof: tuple[
        Literal["signed_permission", "power_of_attorney", "mandate", "parental_responsibility", "direct_confirmation"],
        ...,
    ]
    cites: tuple[Text, ...] = ()
    pinpoint: Confidence | None = None
    confidence: Confidence
    note: Text | None = None
    sources: tuple[str, ...]

    def under(self, laws: Collection[str | None]) -> bool:
        """Whether it lets them act under one of these laws."""
        return any(law in laws for law in self.for_laws or (self.law,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A right that a law gives and that no letter uses, so that nobody has to wonder why it is missing."""

    id: str
    law: str
    right: str
    """What it is, in a word or two: `portability`."""
    cites: tuple[Text, ...] = ()
    pinpoint: Confidence | None = None
    confidence: Confidence
    in_force: InForce | None = None
    note: str
    """Why it is left out."""
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something that the one who hears a complaint can be asked to do."""

    id: Literal["comply_with_request", "bring_into_line", "ban", "erase", "give_access"]
    """Order the firm to do what was asked; to bring its processing into line with the law; limit or ban it; order
    erasure and word to those who received the data; order access to be given."""
    for_: tuple[DemandKind, ...] = ()
    """Only where one of these was asked for; empty: always."""
    for_laws: tuple[str, ...] = ()
    """Only where the complaint is about one of these laws; empty: about any."""
    cites: tuple[Text, ...] = ()
    pinpoint: Confidence | None = None
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What follows without an answer."""

    id: str
    kind: Literal["reminder", "appeal", "firm_complaint", "authority", "tribunal", "court"]
    law: str | None = None
    """The law that gives it."""
    breach_of: tuple[str, ...] = ()
    """Laws whose breach it is for; empty: the law that gives it."""
    for_: tuple[DemandKind, ...] = ()
    to: str | None = None
    """An authority's id; None: the competent authority of the place."""
    needs: tuple[str, ...] = ()
    """Remedies that the law wants to be used before."""
    clocks: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    """What a complaint asks for, beside being examined."""
    cites: tuple[Text, ...] = ()
    pinpoint: Confidence | None = None
    confidence: Confidence
    in_force: InForce | None = None
    note: Text | None = None
    sources: tuple[str, ...]

    def about(self, laws: Collection[str | None]) -> bool:
        """Whether it is for a breach of one of these laws."""
        return any(law in laws for law in self.breach_of or (self.law,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who hears a complaint. `handles` names the laws it hears complaints under; nothing else is sent to it."""

    name: Text
    with_article: Text | None = None
    """The name as it stands within a sentence, for languages that need an article there."""
    address: tuple[str, ...] = ()
    email: str | None = None
    complaint_url: str | None = None
    form: Literal["offered", "mandatory"] = "offered"
    """Whether a complaint must be on its own form or model; any other form is an offer (Art. 57(2) GDPR)."""
    email_takes: Literal["unknown", "signed", "none"] = "unknown"
    """Complaints by e-mail: only with a qualified electronic signature, none, or not known to be limited."""
    languages: tuple[str, ...]
    handles: tuple[str, ...]
    over: Literal["private", "public", "both"] = "both"
    """Whether it watches over firms, over public bodies, or over both."""
    as_of: Part | None = None
    confidence: Confidence
    note: str | None = None
    of_police: str | None = None
    """What is known of who watches over the police, told where nobody is named for a complaint about them."""
    of_public: str | None = None
    """What to look at before it or another one is told about a public body."""
    sources: tuple[str, ...]


Topic = Literal[
    "scope",
    "legal_basis",
    "access",
    "erasure",
    "identity",
    "transparency",
    "representative",
    "ban",
    "public_data",
    "customers",
]
"""What a decision is about; `customers`: whether only those search with whose orders the firm complies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A ground a firm may give, and the answer of the law to it."""

    ground: Ground
    for_: tuple[DemandKind, ...] = ()
    law: str
    cites: tuple[Text, ...] = ()
    """The provisions that limit the ground."""
    rests_on: tuple[Text, ...] = ()
    """Further ones that the answer rests on; as sure as `cites`."""
    pinpoint: Confidence | None = None
    confidence: Confidence
    reply: str | None = None
    """The piece of a letter that answers it, in the folder `reply`; None: no answer is known."""
    held: Topic | None = None
    """Decisions on the firm about this stand beside the answer."""
    note: Text | None = None
    """The answer in words for the person, or why there is none."""
    sources: tuple[str, ...]

    @property
    def answered(self) -> bool:
        """Whether a letter may answer it."""
        return self.reply is not None and self.confidence != "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision of an authority or a court, in a place file (general) or a firm file (on that firm)."""

    id: str
    body: Text
    place: str
    on: Part | None
    number: Text | None = None
    pinpoint: Confidence | None = None
    confidence: Confidence
    outcome: Literal[
        "unlawful",
        "lawful",
        "order",
        "fine",
        "annulled",
        "remitted",
        "settlement",
        "pending",
        "notice",
        "dismissed",
        "ruling",
    ]
    about: tuple[Topic, ...]
    status: Literal[
        "final", "stands", "sent_back", "sent_back_in_part", "under_appeal", "annulled", "pending", "unknown"
    ] = "unknown"
    clause: str | None = None
    note: Text | None = None
    sources: tuple[str, ...]

    def helps(self, reach: Collection[str], on: date) -> bool:
        """Whether a letter of that day from one of these places can rely on it: known, made, and not set aside."""
        standing = self.confidence != "unverified" and self.status not in ("annulled", "pending")
        return standing and self.place in reach and str(self.on or "") <= str(on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked example: days in, dates, rules or letter words out. `trap` names the fact-file row it proves."""

    name: str
    trap: str | None = None
    rule: str | None = None
    clock: str | None = None
    demand: DemandKind | None = None
    residence: str | None = None
    firm: str | None = None
    firm_kind: str | None = None
    """Without `firm`: a firm or body of this kind."""
    firm_place: str | None = None
    asked: date | None = None
    sent: date | None = None
    received: date | None = None
    start: date | None = None
    """The day the clock starts, for clocks that run from neither sending nor receipt."""
    identity_asked: date | None = None
    identity_given: date | None = None
    clarification_asked: date | None = None
    clarified: date | None = None
    extended: date | None = None
    until: date | None = None
    expect: dict[str, str | list[str] | dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jurisdiction:
    """A place: its laws, and everything needed to use them."""

    schema: Literal["1"]
    id: str
    name: Text
    aliases: tuple[str, ...] = ()
    """What it is called as well, and other codes for it."""
    kind: Literal["union", "country", "region"]
    part_of: str | None = None
    level: Literal["listed", "letters", "clocks", "complaints"]
    gaps: tuple[str, ...] = ()
    """What is known to be missing here, told to the person; in its parts too."""
    gaps_here: tuple[str, ...] = ()
    """What is missing for who names this place alone, and not a part of it."""
    languages: tuple[str, ...]
    letters_in: tuple[str, ...] = ()
    """Languages of one letter sent together from here, the first of them first; empty: the firm's language."""
    terms: dict[str, Text] = field(default_factory=dict)
    laws: dict[str, Law] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    unused: tuple[Unused, ...] = ()
    identity: tuple[IdentityRule, ...] = ()
    agents: tuple[AgentRule, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    decisions: tuple[Decision, ...] = ()
    authorities: dict[str, Authority] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
