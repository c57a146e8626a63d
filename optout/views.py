"""What pieces may see of places, rules, authorities and decisions: plain text, lists, booleans and dicts of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from optout.jurisdiction import Authority, Decision, Jurisdiction
from optout.law import RECORDS, Clock, Confidence, Law, Rule, Text, said_in, stands, text_in


def cites(rule: Rule | Clock | Any, language: str) -> tuple[str, ...]:
    """The citations that may be printed: none whose pinpoint is unverified."""
    return printable(rule.cites, rule.pinpoint, language)


def printable(texts: Iterable[Text], pinpoint: Confidence | None, language: str) -> tuple[str, ...]:
    """Such citations, in that language; none where the section is not sure."""
    return tuple(text_in(cite, language) for cite in texts) if pinpoint in ("verified", "secondary") else ()


def rule_view(place: Jurisdiction, rule: Rule, language: str, on: date) -> dict[str, Any]:
    """A rule as templates see it: plain text, lists and dicts only."""
    law = place.laws[rule.law] if rule.law else None
    clocks = [place.clocks[c] for c in rule.clocks if place.clocks[c].usable(on)]
    return {
        "id": rule.id,
        "rule": rule.id,
        "kind": rule.demand,
        "footing": rule.footing,
        "law_id": rule.law,
        "law": law_view(law, language) if law else None,
        "family": (law.family or rule.law or "") if law else "request",
        "cites": list(cites(rule, language)),
        "clocks": {c.kind: {"period": str(c.period), "cites": list(cites(c, language))} for c in clocks},
        "parts": {i.id: {"footing": i.footing, "cites": list(cites(i, language))} for i in rule.items if stands(i, on)},
        "limits": {
            x.id: {"cites": list(cites(x, language))}
            for x in rule.limits
            if x.confidence != "unverified" and stands(x, on) and (x.made is None or x.made <= on)
        },
    }


def law_view(law: Law, language: str) -> dict[str, str]:
    def said(text: Text | None) -> str:
        return text_in(text, language)

    return {"name": said(law.name), "short": said(law.short) or said(law.name), "number": said(law.number)}


def place_view(place: Jurisdiction, language: str) -> dict[str, str]:
    """The name, the name as it stands after "in" (some take an article), and the two together where the data has it."""
    name = text_in(place.name, language)
    spoken = text_in(place.terms.get("with_article"), language) or name
    return {"name": name, "spoken": spoken, "where": said_in(place.terms.get("where"), language)}


def decision_view(decision: Decision, language: str) -> dict[str, Any]:
    printable = decision.pinpoint in ("verified", "secondary")
    return {
        "body": text_in(decision.body, language),
        "number": text_in(decision.number, language) if printable else "",
        "on": str(decision.on or ""),
    }


def competent_authorities(place: Jurisdiction, laws: set[str]) -> tuple[str, ...]:
    """Ids of the authorities that hear complaints under these laws, the innermost place's first."""
    return tuple(key for key, a in place.authorities.items() if a.confidence != "unverified" and set(a.handles) & laws)


def authority_view(place: Jurisdiction, rules: tuple[Rule, ...], language: str) -> dict[str, str]:
    """Its name, and the name with its article where the data has it in this language."""
    found = _authority(place, rules)
    return {
        "authority": authority_name(found, language) if found else "",
        "the_authority": said_in(found.with_article, language) if found else "",
    }


def authority_name(authority: Authority, language: str) -> str:
    """Its name in that language, else in one in which it works: whoever delivers the letter knows it by its own name."""
    for own in (language, *authority.languages):
        if said := said_in(authority.name, own):
            return said
    return text_in(authority.name, language)


def _authority(place: Jurisdiction, rules: tuple[Rule, ...]) -> Authority | None:
    for remedy in place.remedies:
        if remedy.kind == "authority" and remedy.about({r.law for r in rules}) and remedy.to in place.authorities:
            return place.authorities[remedy.to or ""]
    found = competent_authorities(place, {r.law for r in rules if r.law})
    return place.authorities[found[0]] if found else None


def has_authority_remedy(place: Jurisdiction, rules: tuple[Rule, ...]) -> bool:
    return any(r.kind == "authority" and r.about({rule.law for rule in rules}) for r in place.remedies)


def firm_complaint_view(place: Jurisdiction, rules: tuple[Rule, ...], language: str, on: date) -> dict[str, Any] | None:
    """The complaint that goes to the firm before one to the authority, where the law has such a step that day."""
    for remedy in place.remedies:
        law = place.laws.get(remedy.law or "")
        if remedy.kind != "firm_complaint" or law is None or remedy.confidence == "unverified":
            continue
        if remedy.about({rule.law for rule in rules}) and stands(remedy, on):
            return {"cites": list(cites(remedy, language)), "law": law_view(law, language)}
    return None


def gaps(place: Jurisdiction, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """What is known to be missing for letters with these rules: in the place, and in the laws that they rest on.

    A request for records has nothing to do with what is missing for firms, nor with who hears a complaint here.
    """
    laws = [place.laws[key] for key in dict.fromkeys(rule.law for rule in rules if rule.law)]
    of_laws = tuple(gap for law in laws for gap in law.gaps)
    return of_laws if any(law.family == RECORDS for law in laws) else (*of_laws, *place.gaps_here, *place.gaps)
