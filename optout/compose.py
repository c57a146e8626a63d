"""From the chosen rules to a letter on paper: which pieces, in which order, with which values.

Two kinds of values: those that shape the letter (law, firm, footing, flags) are known before a person is, and holes,
which are filled after the text was parsed so that nothing a person types can become markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from optout import acting
from optout.dates import Period
from optout.jurisdiction import Decision
from optout.law import NOT_READ, Rule, stands
from optout.letter import Paper
from optout.pieces import LetterPlan, Piece, kin, named
from optout.setting import BY_FACE, Setting, addressee
from optout.views import (
    authority_view,
    cites,
    decision_view,
    firm_complaint_view,
    has_authority_remedy,
    place_view,
    rule_view,
)

OWN_TIME = Period(30, "day")
"""The sender's own time where no law sets one (united-states.md 2.2 calls thirty days reasonable)."""
MOST_DECISIONS = 2
BRIEF = ("bipa",)
"""Families whose letter stays on one page: no headings, identity in one paragraph."""
GIVES_GROUNDS = ("objection", "restriction", "deletion")
"""Demands whose words give the grounds of the person's own situation, as far as their law asks for any."""
LETTER_PAPER = ("us", "ca", "mx")


def plan(setting: Setting, rules: tuple[Rule, ...]) -> LetterPlan:
    """The pieces of one letter for these rules, which share its `when`."""
    if setting.client:
        setting = replace(setting, firm=setting.firm.for_client())
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
        "by_face": setting.kind == BY_FACE,
        "acts_for_clients": setting.firm.role != "controller",
        "unsure": any(setting.firm.in_doubt(rule) for rule in rules),
        "partly": any(setting.firm.speaks_in_part(rule) for rule in rules),
        "perhaps_financial": setting.perhaps_financial,
        # Who is on the register of brokers has said itself that the act on businesses reaches it.
        "registered": not setting.client and setting.firm.claims("registered_data_broker", setting.places),
        "genetic": setting.firm.kinds[:1] == ("dna",),
        "finds_by_face": "face_photo" in setting.firm.finds_by,
        "client": setting.client,
        "part_for_clients": setting.part_for_clients,
        # Only what calls itself a processor has said that its clients decide.
        "processor": setting.firm.role == "processor",
        **authority_view(place, rules, language),
        "competent": has_authority_remedy(place, rules),
        "firm_complaint": firm_complaint_view(place, rules, language, setting.on),
        **_known(setting, lead["law_id"]),
        "has": {
            "photo": setting.photo,
            "address": setting.address,
            "situation": setting.situation,
            "agent": bool(setting.agent),
        },
        "held": rules[0].when == "after_access",
        "unread": any(view["kind"] in NOT_READ for view in views),
        "mixed": bool(clockless) and len(clockless) < len(views),
    }
    return LetterPlan(
        id=rules[0].demand,
        rules=rules,
        setting=setting,
        language=language,
        paper=setting.paper or paperkin(setting.places),
        subject_line=Piece(folder="opening", names=(*kin("subject", family), "subject")),
        salutation=Piece(folder="opening", names=(*kin("salutation", family), "salutation")),
        pieces=tuple(_pieces(setting, views, family, bool(clockless))),
        closing=Piece(folder="closing", names=(*kin("farewell", family), "farewell")),
        enclosures=Piece(folder="closing", names=("enclosures",)),
        context=context,
        # A held letter leaves on a day nobody knows yet, so it names a time instead of a date.
        reply_by=setting.on + timedelta(days=OWN_TIME.amount) if clockless and rules[0].when == "now" else None,
        reply_within=OWN_TIME if clockless and rules[0].when == "after_access" else None,
    )


def _known(setting: Setting, law: str | None) -> dict[str, Any]:
    """What is known of the firm, as pieces may ask for it."""
    firm, place = setting.firm, setting.place
    sure = [fact for fact in firm.facts if fact.confidence != "unverified"]
    claims = {fact.claim for fact in sure}
    denials = [f.clause for f in sure if f.claim == "denies_law" and f.clause and f.in_ in setting.places]
    answers = [x for x in place.refusals if x.ground == "law_does_not_apply" and x.law == law]
    reach = [cite for x in answers for cite in cites(x, setting.language)]
    return {
        "told_to_stop": "told_to_stop" in claims,
        "checks_by_body": "checks_by_body" in claims,
        "collects": "collects" in claims,
        "sells": "sells" in claims,
        "keeps_hash": any(fact.claim == "keeps_hash_after_opt_out" for fact in firm.facts),
        "breach": any(i.clause and i.confidence != "unverified" for i in firm.incidents),
        "denial": denials[0] if denials and reach else "",
        "reach": reach,
    }


def whole_letters(plans: Sequence[LetterPlan]) -> list[LetterPlan]:
    """One plan for each letter, whatever the number of its languages: the first one."""
    return list({plan.id: plan for plan in reversed(plans)}.values())[::-1]


def paperkin(places: tuple[str, ...]) -> Paper:
    """The sender prints, so the sender's country decides."""
    return "letter" if places[-1] in LETTER_PAPER else "a4"


def _pieces(setting: Setting, views: list[dict[str, Any]], family: str, own_date: bool) -> list[Piece]:
    several = len(views) > 1
    kind = setting.kind
    does = {"does": _does(setting)}
    special = ("processor",) if setting.passing_on else ()
    law = next((view["law_id"] for view in views if view["law"]), None)
    pieces = [
        Piece(folder="opening", names=named("opening", *special, family, "request"), inserts=does),
        *acting.pieces(setting.place, law, setting.agent, setting.language),
        Piece(folder="opening", names=(*named("why", *special, family, kind), "why"), inserts=does),
    ]
    for view in views:
        asked = view["footing"] == "request" and view["kind"] not in NOT_READ
        if asked and views[0]["footing"] != "request":
            pieces.append(Piece(folder="clause", names=("request_part",)))
        own = {"rule": view, "several": several}
        names = (*named(view["kind"], *special), *_demand_names(view, kind))
        pieces.append(Piece(folder="demand", names=names, own=own, inserts=_told(view, kind)))
        if setting.words and view["kind"] == "correction" and not any(x["kind"] in GIVES_GROUNDS for x in views):
            pieces.append(Piece(folder="demand", names=("correction_words",)))
    if setting.part_for_clients:
        pieces.append(Piece(folder="clause", names=(f"for_clients.{family}", "for_clients")))
    pieces += _identity_pieces(setting, views, family)
    pieces += [
        Piece(
            folder="clause",
            names=(decision.clause or "",),
            own={"decision": decision_view(decision, setting.language)},
        )
        for decision in _decisions(setting, views)
    ]
    pieces.append(Piece(folder="clause", names=(*kin("not_happen", family), "not_happen")))
    pieces += _period_pieces(views, own_date, family)
    pieces.append(Piece(folder="closing", names=(*kin("next", family), "next")))
    return pieces


def _demand_names(view: dict[str, Any], kind: str) -> tuple[str, ...]:
    """Most special first; to a firm that does not search by face, the words for any kind of firm before the others."""
    demand = view["kind"]
    names = (f"{demand}.{view['rule']}", *kin(demand, view["family"]), f"{demand}.{view['footing']}", demand)
    return names if kind == BY_FACE else tuple(name for base in names for name in (f"{base}.any", base))


def _told(view: dict[str, Any], kind: str) -> dict[str, Piece]:
    """What such a firm holds: as points to answer for access, as a list of things for every other demand."""
    if kind == BY_FACE:
        return {}
    name = "held" if view["kind"] == "access" else "things"
    return {name: _of_kind(name, kind)}


def _of_kind(name: str, kind: str) -> Piece:
    return Piece(folder="kind", names=(*named(name, kind), name))


def _does(setting: Setting) -> Piece:
    """What the addressee does: as a firm of its kind, or as the client of one."""
    if not setting.client:
        return _of_kind("does", setting.kind)
    return _of_kind("does_client", setting.kind)


def _identity_pieces(setting: Setting, views: list[dict[str, Any]], family: str) -> list[Piece]:
    """Who I am and why that is enough; a family that says all of it in one paragraph needs no more clauses."""
    kind = "face" if "face_photo" in setting.firm.finds_by and not setting.passing_on else "plain"
    names = named("identity", family, "" if setting.passing_on else setting.kind, kind)
    pieces = [Piece(folder="clause", names=names)]
    if family in BRIEF:
        return pieces
    seen: set[str] = set()
    for view in views:
        for identity in setting.place.identity:
            if not identity.clause or identity.law != view["law_id"] or identity.clause in seen:
                continue
            if not stands(identity, setting.on):
                continue
            if identity.for_ and view["kind"] not in identity.for_:
                continue
            seen.add(identity.clause)
            own = {
                "cites": list(cites(identity, setting.language)),
                "law_name": view["law"]["short"] if view["law"] else "",
            }
            pieces.append(Piece(folder="clause", names=(identity.clause,), own=own))
    for incident in () if setting.passing_on else setting.firm.incidents:
        if incident.clause and incident.confidence != "unverified":
            pieces.append(Piece(folder="clause", names=(incident.clause,)))
    return pieces


def _period_pieces(views: list[dict[str, Any]], own_date: bool, lead: str) -> list[Piece]:
    """One paragraph per family with a clock; the sender's own date for the rest."""
    pieces: list[Piece] = []
    families = dict.fromkeys(view["family"] for view in views if view["clocks"])
    for family in families:
        timed = [view for view in views if view["family"] == family and view["clocks"]]
        pieces.append(Piece(folder="closing", names=kin("period", family), own={"timed": timed}))
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
        and d.helps(reach, setting.on)
        # What a court of the person's own country held on the reach of its law helps whatever is asked.
        and (topics & set(d.about) or (set(d.about) <= {"scope", "customers"} and d.place in setting.places))
    ]
    fitting.sort(key=lambda d: (d.place not in setting.places, d.status != "final", str(d.on or "")))
    own = [d for d in fitting if d.place in setting.places]
    return (own[:1] + [d for d in fitting if d not in own])[:MOST_DECISIONS]
