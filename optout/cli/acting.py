"""Who may act for the person, as `explain` says it: by which law, how sure, and the proof that may be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from optout import acting, views
from optout.law import text_in

if TYPE_CHECKING:
    from optout.case import CaseRemedy
    from optout.cli.deciding import Decided
    from optout.jurisdiction import AgentRule, Jurisdiction
    from optout.pieces import LetterPlan
    from optout.subject import Agent

WHO = {
    "person": "somebody whom you choose",
    "organisation": "a body that you mandate",
    "attorney": "somebody with a power of attorney",
    "parent": "a parent or guardian, for a child",
    "minor": "a child alone",
}
PROOF = {
    "signed_permission": "a permission that you signed",
    "power_of_attorney": "a written power of attorney",
    "mandate": "a mandate from you",
    "parental_responsibility": "proof of parental responsibility",
    "direct_confirmation": "your own confirmation",
}
FOOTING = {"law": "by law", "guidance": "by guidance, not by the law itself", "open": "not settled by this law"}
MAY: Mapping[str, str] = {"request": "ask the firm", "complaint": "complain"}
OF_CHILDREN = ("minor", "parent")
"""Those of `WHO` that matter for a person under age alone."""


def of(decided: Decided) -> list[AgentRule]:
    """Under the laws of the letters; of a person under age only what is about children."""
    found = acting.known(decided.place, (rule.law for rule in decided.choice.rules if rule.law))
    found = [x for x in found if not decided.minor or x.who in OF_CHILDREN]
    return sorted(found, key=lambda x: list(WHO).index(x.who))


def as_json(decided: Decided) -> list[dict[str, Any]]:
    return [
        {"id": x.id, "who": x.who, "may": list(x.may), "for": list(x.for_), "proof": list(x.proof),
         "footing": x.footing, "law": x.law, "cite": ", ".join(views.cites(x, "en")) or None,
         "note": text_in(x.note, "en") or None, "confidence": x.confidence, "sources": list(x.sources)}
        for x in of(decided)
    ]  # fmt: skip


def tell(decided: Decided, put: Callable[[str], None]) -> None:
    """Who may act, or that nothing is known of it."""
    put("Who may act for a child:" if decided.minor else "Who may act for you:")
    for one in of(decided):
        for text in _lines(decided.place, one):
            put(f"  {text}")
    if gap := _gap(decided):
        put(f"  {gap}")
    put("")


def _lines(place: Jurisdiction, one: AgentRule) -> list[str]:
    law = place.laws.get(one.law or "")
    name = text_in(law.short or law.name, "en") if law else ""
    cite = ", ".join(views.cites(one, "en"))
    basis = ", ".join(filter(None, (name, cite)))
    who = WHO[one.who]
    if one.confidence == "unverified":
        return [f"{who} ({basis}): not verified, so no letter rests on it"]
    does = " and ".join(MAY[x] for x in one.may)
    about = f" for {', '.join(one.for_).replace('_', ' ')}" if one.for_ else ""
    note = f" {text_in(one.note, 'en')}" if one.note else ""
    head = f"{who}, to {does}{about} ({basis}; {FOOTING[one.footing]}; {one.confidence}).{note}"
    proof = [f"  The proof that may be asked: {' and '.join(PROOF[x] for x in one.proof)}."] if one.proof else []
    return [head, *proof]


def _gap(decided: Decided) -> str:
    """What is not known, where nothing of it is in the catalogue."""
    if not any(rule.law for rule in decided.choice.rules):
        return "No law stands behind this letter, so none says who may write it for you."
    sure = [x for x in of(decided) if x.confidence != "unverified"]
    if decided.minor and not sure:
        return "Whether a child asks alone, or a parent for it, is not known here. Ask somebody who knows the law of the place."
    return "" if sure else "Who else may do it under this law is not in the catalogue."


def authorities(decided: Decided, plans: list[LetterPlan]) -> list[LetterPlan]:
    """The page that shows that an agent may act, in every language; none where the person writes."""
    acts = decided.setting.agent
    if not acts:
        return []
    made = [
        acting.authority([plan for plan in plans if plan.language == language], acts) for language in decided.languages
    ]
    return [plan for plan in made if plan]


def doubts(decided: Decided, agent: Agent) -> list[str]:
    """What the person and their agent should know before the letter goes: where it is not known that one may act."""
    said: dict[str, None] = {}
    for rule in (rule for rules in decided.choice.letters() for rule in rules):
        if not rule.law or acting.rule_for(decided.place, rule.law, agent.acts, "request", rule.demand):
            continue
        law = decided.place.laws[rule.law]
        said[_doubt(text_in(law.short or law.name, "en"), agent)] = None
    return list(said)


def _doubt(law: str, agent: Agent) -> str:
    if agent.acts == "parent":
        return (
            f"Whether a parent may ask for a child under the {law} is not known here. The letter names no law for it; "
            "the firm may want proof."
        )
    return f"Whether another may ask for you under the {law} is not known here. The letter names no law for it."


def doubts_to_complain(place: Jurisdiction, remedy: CaseRemedy | None, agent: Agent | None) -> list[str]:
    """That it is not known whether such an agent may complain for the person; nothing where it is, or nobody does."""
    if remedy is None or agent is None:
        return []
    laws = remedy.breach_of or (remedy.law,)
    if any(acting.rule_for(place, law, agent.acts, "complaint") for law in laws):
        return []
    return [
        f"Whether {'a parent' if agent.acts == 'parent' else 'such an agent'} may complain for the person is not known "
        "here. To be sure, let the person sign the complaint too."
    ]
