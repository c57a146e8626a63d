"""What it costs not to give what a firm asks: one sentence of a closed set, chosen by what is known."""

from __future__ import annotations

from optout.firm import Ask, Firm, Route
from optout.law import Rule

PRICES = {
    "finds_nothing": "It finds people by this alone: without it, it can find nothing, and the request may fail.",
    "may_find_nothing": "It is one of the things it finds people by: without it, it may find nothing.",
    "known_address": "It finds people by the address that it knows: from another one it may find nothing. Any address will do "
    "for the answer.",
    "letter_says": "The letter says it anyway, since the law depends on it. The country or state is enough.",
    "letter_signed": "The letter carries your name anyway.",
    "answer_needs": "An answer needs a way to you. An address made for this purpose can be one.",
    "form_only": "As far as is known only its form or account asks for it. A letter goes without it, though the firm may "
    "ask for it then.",
    "must_not_ask": "The law does not let it ask, so leaving it out should not cost the request. It may cost time.",
    "needs_doubt": "Leave it out at first. If the firm asks, it has to say why it doubts that it is you. That costs time; "
    "doubts that are real and stay open can cost the request.",
    "may_ask": "It may put the request off, or refuse it, until it can tell that it is you.",
    "no_law": "No law in the catalogue makes the firm answer this request, so it may leave it unanswered.",
    "silent": "The law does not say. It may cost time, or the request.",
}
GIVEN = {"residence": "letter_says", "name": "letter_signed", "email": "answer_needs"}
"""What every letter says."""
DOCUMENTS = ("government_id", "selfie", "identity_proof", "fingerprints")
"""What shows more than it has to, so that it is said for which demands it is not asked."""


def price(firm: Firm, ask: Ask, rule: Rule, stance: str, routes: tuple[Route, ...]) -> str:
    """The code of the sentence; `routes` are those that this person can use."""
    if stance == "must_not_ask":
        return "must_not_ask"
    if ask.what == "name":  # every letter carries it
        return GIVEN[ask.what]
    if ask.what in firm.finds_by:
        if ask.what == "email":
            return "known_address"
        return "finds_nothing" if len(firm.finds_by) == 1 else "may_find_nothing"
    if ask.what in GIVEN:
        return GIVEN[ask.what]
    if ask.via and _by_hand(firm, ask.via) and any(route.kind in ("email", "post") for route in routes):
        return "form_only"
    if stance != "silent":
        return stance
    return "silent" if rule.law else "no_law"


def _by_hand(firm: Firm, via: tuple[str, ...]) -> bool:
    """Whether those routes are all forms, portals or accounts."""
    return all(route.kind in ("form", "portal", "account") for route in firm.routes if route.id in via)
