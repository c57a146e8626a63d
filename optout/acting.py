"""Who acts for a person: what the law has on it, how a letter of theirs begins and ends, and the authority for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

from optout.jurisdiction import AgentRule, Jurisdiction
from optout.languages import WORDING
from optout.pieces import LetterPlan, Piece, kin
from optout.setting import Setting
from optout.subject import Acts, Subject
from optout.views import cites, law_view

AUTHORITY = "authority"
"""The id of the page that shows that the agent may act; it goes with every letter and is none of its own."""
May = Literal["request", "complaint"]
_LESS_SPECIAL: dict[Acts, tuple[Acts, ...]] = {
    "person": ("person",),
    "organisation": ("organisation", "person"),
    "attorney": ("attorney", "person"),
    "parent": ("parent",),
}
"""Whose rules hold for an agent, the most special first: a body is somebody whom the person chose as well."""


def known(place: Jurisdiction, laws: Iterable[str | None]) -> list[AgentRule]:
    """What is known of acting for a person under these laws, the unverified too: that it is not sure is told."""
    laws = set(laws)
    return [x for x in place.agents if x.under(laws)]


def rule_for(place: Jurisdiction, law: str | None, acts: Acts, may: May, kind: str = "") -> AgentRule | None:
    """What lets such an agent do that under this law, for that kind of demand; None: nothing that is sure enough."""
    found = [x for x in known(place, (law,)) if may in x.may and x.confidence != "unverified"]
    fitting = [x for x in found if not x.for_ or not kind or kind in x.for_]
    return next((x for who in _LESS_SPECIAL[acts] for x in fitting if x.who == who), None)


def pieces(
    place: Jurisdiction, law: str | None, acts: Acts | Literal[""], language: str, may: May = "request"
) -> tuple[Piece, ...]:
    """What an agent's letter says after its first words: who sends it and for whom, and whom "I" means in it. None where
    the person writes."""
    if not acts:
        return ()
    own = {"acting": {"cites": _cites(place, rule_for(place, law, acts, may), law, language)}}
    return (Piece(folder="clause", names=(f"agent.{acts}", "agent"), own=own),)


def _cites(place: Jurisdiction, rule: AgentRule | None, law: str | None, language: str) -> list[str]:
    """What lets the agent act, with its law where that is another one than the letter's."""
    said = list(cites(rule, language)) if rule else []
    if not rule or not rule.law or rule.law == law:
        return said
    name = law_view(place.laws[rule.law], language)["short"]
    return [f"{cite}, {name}" for cite in said]


def sender_lines(subject: Subject, place: str, address: bool, language: str) -> tuple[str, ...]:
    """Who stands at the head of the letter: the person, or who writes for them and for whom."""
    if subject.agent:
        agent = subject.agent
        return (agent.name, WORDING[language].behalf.format(subject.name), *agent.address, agent.email)
    lines = subject.address if address else ()
    return tuple(filter(None, (subject.name, *lines, place, subject.email)))


def signature(subject: Subject, language: str) -> str:
    """The name under the letter; of an agent with the person's."""
    behalf = WORDING[language].behalf.format(subject.name)
    return f"{subject.agent.name}, {behalf}" if subject.agent else subject.name


def authority(plans: Sequence[LetterPlan], acts: Acts) -> LetterPlan | None:
    """The page by which the person lets the agent act, or a parent says that they are one, to go with letters in this
    language; None where the agent has a power of attorney already."""
    if acts == "attorney":
        return None
    first = plans[0]
    nothing = dict.fromkeys(first.context["has"], False)
    return replace(
        first,
        id=AUTHORITY,
        rules=tuple(rule for plan in plans for rule in plan.rules),
        subject_line=Piece(folder="authority", names=(f"subject.{acts}", "subject")),
        pieces=(_body(plans, acts),),
        enclosures=replace(first.enclosures, own={"has": nothing}),
        context={**first.context, "held": True},  # dated by hand
        reply_by=None,
        reply_within=None,
        by_person=acts != "parent",
    )


def _body(plans: Sequence[LetterPlan], acts: Acts) -> Piece:
    setting, views = plans[0].setting, [view for plan in plans for view in plan.context["rules"]]
    lead = next((view for view in views if view["law"]), views[0])
    asked = [
        {
            "kind": view["kind"],
            "cites": view["cites"],
            "law": _unsaid(view["law"]["short"], view["cites"]) if view["law"] else "",
        }
        for view in views
    ]
    inserts = {"asked": Piece(folder="reminder", names=(*kin("asked", lead["family"]), "asked"), own={"asked": asked})}
    return Piece(
        folder="authority",
        names=(f"authority.{acts}", "authority"),
        own={"acting": _complaint(setting, views, acts)},
        inserts=inserts,
    )


def _unsaid(law: str, said: Sequence[str]) -> str:
    """The law's name, where the citations do not bear it."""
    return "" if any(law in cite for cite in said) else law


def _complaint(setting: Setting, views: Sequence[dict[str, Any]], acts: Acts) -> dict[str, Any]:
    """The provisions that let a body complain for the person, and their law."""
    for view in views:
        rule = rule_for(setting.place, view["law_id"], acts, "complaint")
        if rule and rule.law and (said := cites(rule, setting.language)):
            law = law_view(setting.place.laws[rule.law], setting.language)
            return {"complaint": list(said), "law": law["short"]}
    return {"complaint": [], "law": ""}
