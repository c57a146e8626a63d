"""What all letters of one request share, and the address that each of them bears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from optout import advice
from optout.addressee import Recipient
from optout.firm import Firm, Route
from optout.jurisdiction import Jurisdiction
from optout.languages import WORDING
from optout.law import RECORDS, DemandKind, Limit, Rule, stands
from optout.letter import Paper
from optout.subject import Acts

BY_FACE = "face_search"
"""The kind of firm that the plain demand pieces speak to; every other kind has the `.any` ones."""
OF_CLIENTS = (
    "identity_checker", "retail_watch_list", "age_estimation", "hiring", "vendor", "proof_of_personhood", "police",
)  # fmt: skip
"""Kinds of firm that work for others, and what their words say of such a firm is true of its client as well; and what
a client can be itself."""
SAID_UNVERIFIED = "financial_institution"
"""A limit that is told though nothing verified it, since relying on the law without knowing of it would cost more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all letters of one request share."""

    place: Jurisdiction
    places: tuple[str, ...]
    """The residence and what it is part of, innermost first."""
    firm: Firm
    on: date
    language: str
    paper: Paper | None = None
    photo: bool = False
    """A photo of the face is enclosed."""
    address: bool = False
    situation: bool = False
    words: bool = False
    """The person's words were given for these letters; what a profile keeps is there for an objection alone."""
    to: Recipient | None = None
    """Who gets the letter instead of the firm: the client that a processor works for, or a firm without a profile."""
    holder: bool = False
    """The letter goes to a processor itself, under a law that speaks to whoever holds the data."""
    agent: Acts | Literal[""] = ""
    """As what somebody writes for the person; "": they write themselves."""
    same_law: tuple[str, ...] = ()
    """Other places of the same union: decisions under the shared law persuade there too."""

    @property
    def country(self) -> str:
        return self.place.id.partition("-")[0]

    @property
    def client(self) -> bool:
        """The letter goes to the client that the firm works for."""
        return self.to is not None and self.firm.role != "controller"

    @property
    def part_for_clients(self) -> bool:
        """The letter goes to a firm that may hold for clients what it asks about, under whatever law speaks to it."""
        return self.holder or (self.to is None and self.firm.role == "mixed")

    @property
    def passing_on(self) -> bool:
        """The letter goes to a processor itself, which is asked to pass it on to those who decide."""
        return self.to is None and self.firm.role == "processor" and not self.holder

    @property
    def perhaps_financial(self) -> bool:
        """Whether the addressee may be a bank or the like: a client, whoever has no profile, who handles payments."""
        unknown = self.to is not None and not self.firm.kinds
        return self.client or self.passing_on or unknown or self.firm.claims("handles_payments")

    @property
    def kind(self) -> str:
        """The main kind of the firm; for its client, the first whose words fit one. "" where there is none."""
        kinds = [kind for kind in self.firm.kinds if kind in OF_CLIENTS or not self.client]
        return kinds[0] if kinds else ""

    def limits(self, rule: Rule) -> tuple[Limit, ...]:
        """What the person should hear of the rule's limits; of those not verified one alone, to whom it may matter."""
        told = [x for x in rule.limits if x.note and stands(x, self.on)]
        return tuple(
            x for x in told if (self.perhaps_financial if x.id == SAID_UNVERIFIED else x.confidence != "unverified")
        )


def recipient_lines(setting: Setting, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """The entity and its unit with the postal route in use, else the e-mail address, else the name alone."""
    kinds = tuple(rule.demand for rule in rules)
    wording = WORDING[setting.language]
    name = addressee(setting)
    laws = [setting.place.laws[rule.law] for rule in rules if rule.law]
    unit = wording.records_unit if laws and laws[0].family == RECORDS else wording.unit
    if setting.to:
        return (name, unit, *(setting.to.lines or ((setting.to.email,) if setting.to.email else ())))
    usable = _usable(setting, kinds)
    for kind in ("post", "email"):
        for route in usable:
            if route.kind == kind and route.to:
                lines = (route.to,) if isinstance(route.to, str) else route.to
                return (name, unit, *(line for line in lines if line != name))
    return (name, unit)


def _usable(setting: Setting, kinds: tuple[DemandKind, ...]) -> tuple[Route, ...]:
    """No letter bears the address of another legal person than the one that it names."""
    usable = advice.routes(setting.firm, setting.places, kinds, setting.on)
    return advice.reaching(setting.firm, setting.places, usable)


def addressee(setting: Setting) -> str:
    """The name of the legal person that the letter goes to."""
    return setting.to.name if setting.to else setting.firm.addressee(setting.places).name


def recipient_email(setting: Setting, rules: tuple[Rule, ...]) -> str:
    """The best e-mail route for these rules that day; one that takes all of them before one that takes some."""
    if setting.to:
        return setting.to.email
    kinds = tuple(rule.demand for rule in rules)
    usable = _usable(setting, kinds)
    mail = [route for route in usable if route.kind == "email" and isinstance(route.to, str)]
    mail.sort(key=lambda route: bool(route.for_) and not set(kinds) <= set(route.for_))
    return str(mail[0].to) if mail else ""
