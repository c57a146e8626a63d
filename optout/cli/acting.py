"""Who may act for the person, as `explain` says it: by which law, how sure, and the proof that may be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from optout import views
from optout.law import text_in

if TYPE_CHECKING:
    from optout.cli.deciding import Decided
    from optout.jurisdiction import AgentRule, Jurisdiction

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


def known(place: Jurisdiction, laws: set[str | None]) -> list[AgentRule]:
    """What is known of acting for a person under these laws, the unverified too: that it is not sure is told."""
    return [x for x in place.agents if x.under(laws)]


def of(decided: Decided) -> list[AgentRule]:
    """Under the laws of the letters; of a person under age only what is about children."""
    found = known(decided.place, {rule.law for rule in decided.choice.rules if rule.law})
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
