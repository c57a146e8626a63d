"""From the chosen rules to a letter on paper: which pieces, in which order, with which values.

Two kinds of values: those that shape the letter (law, firm, footing, flags) are known before a person is, and holes,
which are filled after the text was parsed so that nothing a person types can become markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from optout import advice
from optout.dates import Period
from optout.firm import Firm
from optout.languages import WORDING
from optout.law import Decision, Jurisdiction, Rule
from optout.letter import Paper
from optout.subject import Subject
from optout.views import authority_view, cites, decision_view, has_authority_remedy, place_view, rule_view

OWN_TIME = Period(30, "day")
"""The sender's own time where no law sets one (united-states.md 2.2 calls thirty days reasonable)."""
MOST_DECISIONS = 2
BRIEF = ("bipa",)
"""Families whose letter stays on one page: no headings, identity in one paragraph."""
LETTER_PAPER = ("us", "ca", "mx")
BY_FACE = "face_search"
"""The kind of firm that the plain demand pieces speak to; every other kind has the `.any` ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One template of a folder, by its most special name first, with values of its own."""

    folder: str
    names: tuple[str, ...]
    own: dict[str, Any] = field(default_factory=dict)
    inserts: dict[str, Piece] = field(default_factory=dict)
    """Pieces that this one takes in by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """An addressee whom the user named."""

    name: str
    lines: tuple[str, ...] = ()
    """The postal address without the name; empty: not known."""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPlan:
    """Everything needed to write one letter in one language, still without its words."""

    id: str
    """The same for every language version of a letter."""
    rules: tuple[Rule, ...]
    setting: Setting
    language: str
    paper: Paper
    subject_line: Piece
    salutation: Piece
    pieces: tuple[Piece, ...]
    closing: Piece
    enclosures: Piece
    context: dict[str, Any]
    """Plain text, lists, booleans and dicts of them."""
    reply_by: date | None
    """The sender's own date."""
    reply_within: Period | None
    """The sender's own time from receipt, which a held letter names instead."""


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
    to: Recipient | None = None
    """Who gets the letter instead of the firm: the client that a processor works for, or a firm without a profile."""
    same_law: tuple[str, ...] = ()
    """Other places of the same union: decisions under the shared law persuade there too."""

    @property
    def country(self) -> str:
        return self.place.id.partition("-")[0]


def plan(setting: Setting, rules: tuple[Rule, ...]) -> LetterPlan:
    """The pieces of one letter for these rules, which share its `when`."""
    place, language = setting.place, setting.language
    views = [rule_view(place, rule, language, setting.on) for rule in rules]
    lead = next((view for view in views if view["law"]), views[0])
    family = lead["family"]
    clockless = [view for view in views if not view["clocks"]]
    context: dict[str, Any] = {
        "rules": views,
        "by_kind": {view["kind"]: view for view in reversed(views)},
        "kinds": [view["kind"] for view in views],
        "law": lead["law"],
        "footing": lead["footing"],
        "place": place_view(place, language),
        "firm": {"name": setting.firm.name, "entity": addressee(setting)},
        "by_face": setting.firm.kinds[0] == BY_FACE,
        "finds_by_face": "face_photo" in setting.firm.finds_by,
        "told_to_stop": any(f.claim == "told_to_stop" and f.confidence != "unverified" for f in setting.firm.facts),
        "client": bool(setting.to) and setting.firm.role == "processor",
        **authority_view(place, rules, language),
        "competent": has_authority_remedy(place, rules),
        "collects": any(f.claim == "collects" and f.confidence != "unverified" for f in setting.firm.facts),
        "breach": any(i.clause and i.confidence != "unverified" for i in setting.firm.incidents),
        "sells": any(f.claim == "sells" and f.confidence != "unverified" for f in setting.firm.facts),
        "keeps_hash": any(f.claim == "keeps_hash_after_opt_out" for f in setting.firm.facts),
        "has": {"photo": setting.photo, "address": setting.address, "situation": setting.situation},
        "held": rules[0].when == "after_access",
        "mixed": bool(clockless) and len(clockless) < len(views),
    }
    return LetterPlan(
        id=rules[0].demand,
        rules=rules,
        setting=setting,
        language=language,
        paper=setting.paper or paper_of(setting.places),
        subject_line=Piece(folder="opening", names=(f"subject.{family}", "subject")),
        salutation=Piece(folder="opening", names=(f"salutation.{family}", "salutation")),
        pieces=tuple(_pieces(setting, views, family, bool(clockless))),
        closing=Piece(folder="closing", names=(f"farewell.{family}", "farewell")),
        enclosures=Piece(folder="closing", names=("enclosures",)),
        context=context,
        # A held letter leaves on a day nobody knows yet, so it names a time instead of a date.
        reply_by=setting.on + timedelta(days=OWN_TIME.amount) if clockless and rules[0].when == "now" else None,
        reply_within=OWN_TIME if clockless and rules[0].when == "after_access" else None,
    )


def whole_letters(plans: Sequence[LetterPlan]) -> list[LetterPlan]:
    """One plan for each letter, whatever the number of its languages: the first one."""
    return list({plan.id: plan for plan in reversed(plans)}.values())[::-1]


def paper_of(places: tuple[str, ...]) -> Paper:
    """The sender prints, so the sender's country decides."""
    return "letter" if places[-1] in LETTER_PAPER else "a4"


def sender_lines(subject: Subject, place: str, address: bool) -> tuple[str, ...]:
    lines = subject.address if address else ()
    return (subject.name, *lines, place, subject.email)


def recipient_lines(setting: Setting, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """The entity and its unit with the postal route in use, else the e-mail address, else the name alone."""
    kinds = tuple(rule.demand for rule in rules)
    wording = WORDING[setting.language]
    name = addressee(setting)
    unit = wording.records_unit if "public_body" in setting.firm.kinds else wording.unit
    if setting.to:
        return (name, unit, *(setting.to.lines or ((setting.to.email,) if setting.to.email else ())))
    usable = advice.routes(setting.firm, setting.places, kinds, setting.on)
    for kind in ("post", "email"):
        for route in usable:
            if route.kind == kind and route.to:
                lines = (route.to,) if isinstance(route.to, str) else route.to
                return (name, unit, *(line for line in lines if line != name))
    return (name, unit)


def addressee(setting: Setting) -> str:
    """The name of the legal person that the letter goes to."""
    return setting.to.name if setting.to else setting.firm.addressee(setting.places).name


def recipient_email(setting: Setting, rules: tuple[Rule, ...]) -> str:
    """The best e-mail route for these rules that day; one that takes all of them before one that takes some."""
    if setting.to:
        return setting.to.email
    kinds = tuple(rule.demand for rule in rules)
    usable = advice.routes(setting.firm, setting.places, kinds, setting.on)
    mail = [route for route in usable if route.kind == "email" and isinstance(route.to, str)]
    mail.sort(key=lambda route: bool(route.for_) and not set(kinds) <= set(route.for_))
    return str(mail[0].to) if mail else ""


def _pieces(setting: Setting, views: list[dict[str, Any]], family: str, own_date: bool) -> list[Piece]:
    several = len(views) > 1
    kind = setting.firm.kinds[0]
    does = {"does": _of_kind("does", kind)}
    pieces = [
        Piece(folder="opening", names=(f"opening.{family}", "opening.request"), inserts=does),
        Piece(folder="opening", names=(f"why.{family}", f"why.{kind}", "why"), inserts=does),
    ]
    for view in views:
        if view["footing"] == "request" and views[0]["footing"] != "request":
            pieces.append(Piece(folder="clause", names=("request_part",)))
        own = {"rule": view, "several": several}
        pieces.append(Piece(folder="demand", names=_demand_names(view, kind), own=own, inserts=_told(view, kind)))
    pieces += _identity_pieces(setting, views, family)
    pieces += [
        Piece(
            folder="clause",
            names=(decision.clause or "",),
            own={"decision": decision_view(decision, setting.language)},
        )
        for decision in _decisions(setting, views)
    ]
    pieces.append(Piece(folder="clause", names=(f"not_happen.{family}", "not_happen")))
    pieces += _period_pieces(views, own_date, family)
    pieces.append(Piece(folder="closing", names=(f"next.{family}", "next")))
    return pieces


def _demand_names(view: dict[str, Any], kind: str) -> tuple[str, ...]:
    """Most special first; to a firm that does not search by face, the words for any kind of firm before the others."""
    demand = view["kind"]
    names = (f"{demand}.{view['rule']}", f"{demand}.{view['family']}", f"{demand}.{view['footing']}", demand)
    return names if kind == BY_FACE else tuple(name for base in names for name in (f"{base}.any", base))


def _told(view: dict[str, Any], kind: str) -> dict[str, Piece]:
    """What such a firm holds: as points to answer for access, as a list of things for every other demand."""
    if kind == BY_FACE:
        return {}
    name = "held" if view["kind"] == "access" else "things"
    return {name: _of_kind(name, kind)}


def _of_kind(name: str, kind: str) -> Piece:
    return Piece(folder="kind", names=(f"{name}.{kind}", name))


def _identity_pieces(setting: Setting, views: list[dict[str, Any]], family: str) -> list[Piece]:
    """Who I am and why that is enough; a family that says all of it in one paragraph needs no more clauses."""
    kind = "face" if "face_photo" in setting.firm.finds_by else "plain"
    names = (f"identity.{family}", f"identity.{setting.firm.kinds[0]}", f"identity.{kind}")
    pieces = [Piece(folder="clause", names=names)]
    if family in BRIEF:
        return pieces
    seen: set[str] = set()
    for view in views:
        for identity in setting.place.identity:
            if not identity.clause or identity.law != view["law_id"] or identity.clause in seen:
                continue
            if identity.for_ and view["kind"] not in identity.for_:
                continue
            seen.add(identity.clause)
            own = {
                "cites": list(cites(identity, setting.language)),
                "law_name": view["law"]["short"] if view["law"] else "",
            }
            pieces.append(Piece(folder="clause", names=(identity.clause,), own=own))
    for incident in setting.firm.incidents:
        if incident.clause and incident.confidence != "unverified":
            pieces.append(Piece(folder="clause", names=(incident.clause,)))
    return pieces


def _period_pieces(views: list[dict[str, Any]], own_date: bool, lead: str) -> list[Piece]:
    """One paragraph per family with a clock; the sender's own date for the rest."""
    pieces: list[Piece] = []
    families = dict.fromkeys(view["family"] for view in views if view["clocks"])
    for family in families:
        timed = [view for view in views if view["family"] == family and view["clocks"]]
        pieces.append(Piece(folder="closing", names=(f"period.{family}",), own={"timed": timed}))
    if own_date:
        pieces.append(Piece(folder="closing", names=(f"period.own.{lead}", "period.own")))
    return pieces


def _decisions(setting: Setting, views: list[dict[str, Any]]) -> list[Decision]:
    """At most two, on this very firm, that bind or persuade here: the person's own authority first."""
    kinds = {view["kind"] for view in views}
    topics = set()
    if kinds & {"access"}:
        topics.add("identity")
    if kinds & {"deletion", "objection"} and "access" not in kinds:
        topics |= {"legal_basis", "erasure"}
    reach = {*setting.places, *setting.same_law}
    fitting = [
        d
        for d in setting.firm.decisions
        if d.clause
        and d.confidence != "unverified"
        and d.status not in ("annulled", "pending")
        and topics & set(d.about)
        and d.place in reach
    ]
    fitting.sort(key=lambda d: (d.place not in setting.places, d.status != "final", str(d.on or "")))
    own = [d for d in fitting if d.place in setting.places]
    return (own[:1] + [d for d in fitting if d not in own])[:MOST_DECISIONS]
