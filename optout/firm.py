"""A firm as data: who it is, where a letter reaches it, what it asks of the person, what is known about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from optout.dates import Part
from optout.jurisdiction import Decision
from optout.law import Confidence, DemandKind, Rule, Source, What

FirmKind = Literal[
    "face_search",
    "data_broker",
    "people_search",
    "platform",
    "identity_checker",
    "retail_watch_list",
    "proof_of_personhood",
    "dna",
    "age_estimation",
    "vendor",
    "hiring",
    "public_body",
    "police",
]
PUBLIC: tuple[FirmKind, ...] = ("public_body", "police")
"""Kinds that are no private firm. `police`: every body when it prevents, investigates or prosecutes crime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When a route or a demand was seen in use; days may be known in part."""

    from_: Part | None = None
    until: Part | None = None


def open_to(entry: Route | Entity | Caution, places: tuple[str, ...]) -> bool:
    """Whether it serves a resident of these places (innermost first)."""
    if entry.only_from and not set(entry.only_from) & set(places):
        return False
    return not set(entry.not_from) & set(places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way to reach the firm. `standing`: use first, second, old, disputed (sources differ), never."""

    id: str
    kind: Literal["email", "post", "form", "portal", "account"]
    to: str | tuple[str, ...] | None
    entity: str | None = None
    """The name of the legal person that it reaches, where that is another one than the letter is addressed to."""
    apart: str | None = None
    """What it is for, where that is another matter than a letter asks for: no letter goes there, and what it asks is no
    ask of the letter."""
    fee: str | None = None
    """What using it costs."""
    for_: tuple[DemandKind, ...] = ()
    """Empty: every demand."""
    only_from: tuple[str, ...] = ()
    """Places whose residents may use it; empty: everywhere."""
    not_from: tuple[str, ...] = ()
    standing: Literal["use", "second", "old", "disputed", "never"]
    seen: Seen | None = None
    until: date | None = None
    languages: tuple[str, ...] = ()
    hands_off: bool = False
    """The person must do it; the tool only links there."""
    tested: date | None = None
    because: str | None = None
    """The id of the decision that made the firm open it."""
    note: str | None = None
    confidence: Confidence
    sources: tuple[str, ...]

    @property
    def offered(self) -> bool:
        """Whether a letter or an answer may name it, on some day."""
        return bool(self.to) and self.standing in ("use", "second") and self.confidence != "unverified"

    @property
    def shown(self) -> str:
        """Where it leads, on one line; "" where that is not known."""
        return self.to if isinstance(self.to, str) else ", ".join(self.to or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What the firm wants to see of the person before it acts."""

    what: What
    for_: tuple[DemandKind, ...] = ()
    only_from: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    """Route ids; empty: whatever the route."""
    seen: Seen | None = None
    redacted: bool | None = None
    current: bool
    clause: str | None = None
    note: str | None = None
    confidence: Confidence
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One claim about the firm, from a closed list."""

    claim: Literal[
        "registered_data_broker",
        "request_figures",
        "took_from",
        "used_by",
        "keeps_hash_after_opt_out",
        "denies_law",
        "no_eu_representative",
        "no_uk_representative",
        "does_not_answer",
        "sells",
        "holds",
        "collects",
        "told_to_stop",
        "checks_by_body",
        "handles_payments",
    ]
    in_: str | None = None
    value: tuple[str, ...] = ()
    as_of: Part | None = None
    clause: str | None = None
    note: str | None = None
    confidence: Confidence
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that got out, or was reported to have."""

    id: str
    on: Part
    made_public: Part | None = None
    reached: tuple[Literal["clients", "index", "requesters", "app", "source_code", "other"], ...]
    clause: str | None = None
    note: str | None = None
    confidence: Confidence
    sources: tuple[str, ...]


ANSWERING = ("controller", "processor")
"""Roles of an entity that answers for the firm, so that its name is the firm's too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """The legal person behind the name."""

    name: str
    role: Literal["controller", "processor", "representative", "dpo"]
    place: str | None = None
    only_from: tuple[str, ...] = ()
    """Places whose residents it answers; empty: everywhere."""
    not_from: tuple[str, ...] = ()
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalike:
    """A host that passes for the firm's and is somebody else's: nothing is sent there as to the firm."""

    host: str
    """In small letters, without `www.`; what lies under it counts as well."""
    note: str | None = None
    confidence: Confidence
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """A warning in plain words, for residents of some places or (empty) of all."""

    text: str
    only_from: tuple[str, ...] = ()
    not_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """An addressee of letters. Its id never changes."""

    schema: Literal["1"]
    id: str
    name: str
    aliases: tuple[str, ...] = ()
    kinds: tuple[FirmKind, ...]
    role: Literal["controller", "processor", "mixed"]
    role_note: str | None = None
    """Who else decides about the data, and whom to write to then."""
    status: Literal["active", "renamed", "merged", "closed"] = "active"
    successor: str | None = None
    ready: bool
    """False: no verified channel; the letter is written without an address."""
    language: str = "en"
    phone: str | None = None
    entities: tuple[Entity, ...]
    routes: tuple[Route, ...]
    finds_by: tuple[What, ...]
    """The least that lets the firm find a person."""
    asks: tuple[Ask, ...] = ()
    facts: tuple[Fact, ...] = ()
    incidents: tuple[Incident, ...] = ()
    decisions: tuple[Decision, ...] = ()
    cautions: tuple[Caution, ...] = ()
    lookalikes: tuple[Lookalike, ...] = ()
    sources: dict[str, Source] = field(default_factory=dict)

    def addressee(self, places: tuple[str, ...]) -> Entity:
        """The legal person that answers a resident of these places; where none is said to, the first that is not said
        not to, and else nobody but the firm by its own name."""
        answering = [e for e in self.entities if e.role in ANSWERING] or list(self.entities)
        found = [e for e in answering if open_to(e, places)] or [
            e for e in answering if not set(e.not_from) & set(places)
        ]
        return found[0] if found else Entity(name=self.name, role="controller", sources=())

    @property
    def called(self) -> tuple[str, ...]:
        """Its id and everything it is called, the legal names of those who answer among it."""
        legal = [entity.name for entity in self.entities if entity.role in ANSWERING]
        return tuple(dict.fromkeys((self.id, self.name, *self.aliases, *legal)))

    @property
    def public(self) -> bool:
        """Whether it is, among other things, a body that law on private firms does not bind."""
        return bool(set(PUBLIC) & set(self.kinds))

    def in_doubt(self, rule: Rule) -> bool:
        """Whether the rule's law speaks of some data only, and nothing says that this firm, whose kind is not known,
        holds them."""
        return not self.kinds and rule.applies_if is not None and bool(rule.applies_if.not_firm_kinds)

    def speaks_in_part(self, rule: Rule) -> bool:
        """Whether the rule's law leaves much of what a firm of this kind holds unspoken of."""
        return rule.applies_if is not None and bool(set(self.kinds[:1]) & set(rule.applies_if.partly))

    def claims(self, claim: str, places: tuple[str, ...] = ()) -> bool:
        """Whether that is known of the firm, everywhere or in one of the places."""
        facts = [fact for fact in self.facts if fact.claim == claim and fact.confidence != "unverified"]
        return any(fact.in_ is None or fact.in_ in places for fact in facts)

    def for_client(self) -> Firm:
        """The firm as a letter to its client may speak of it: what is known of the firm says nothing of the client."""
        return replace(self, routes=(), finds_by=(), asks=(), facts=(), incidents=(), decisions=(), cautions=())
