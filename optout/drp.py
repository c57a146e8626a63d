"""A case in the vocabulary of the Data Rights Protocol 1.0, so that other tools can read where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optout.case import Case, Event
from optout.exported import Drp
from optout.history import read
from optout.law import Ground
from optout.walk import walk

REASONS: Mapping[Ground, str] = {
    "law_does_not_apply": "outside_jurisdiction",
    "cannot_identify": "no_match",
    "identity_not_proved": "insuf_verification",
    "wrong_form": "other",
    "excessive": "too_many_requests",
    "others_rights": "claim_not_covered",
    "public_data": "claim_not_covered",
    "legal_claims": "claim_not_covered",
    "customers_only": "claim_not_covered",
    "own_interests": "claim_not_covered",
    "must_keep": "claim_not_covered",
    "no_reason": "other",
    "other": "other",
}
"""Our grounds of refusal to its reasons. We know none for its `suspected_fraud`."""
FIRM_AT_WORK = ("acknowledged", "identity_asked", "clarification_asked", "extended", "answered", "refused", "no_data")
"""Events that show the firm at work on it."""


def standing(case: Case, events: Sequence[Event]) -> Drp:
    """Status and reason after these events.

    The protocol speaks of one request, a case may have several demands: it is denied while one of them is refused,
    and fulfilled when the firm has answered to all of them and refused none.
    """
    steps = walk(case, events)
    outcomes = set(steps.outcomes.values())
    if steps.phase == "draft":
        return Drp(status=None)
    if outcomes == {"withdrawn"}:
        return Drp(status="revoked")
    if any(what.startswith("identity ") for what in steps.awaited):
        return Drp(status="in_progress", reason="need_user_verification")
    if "refused" in outcomes:
        return Drp(status="denied", reason=_reason(events))
    if steps.phase != "done":
        at_work = any(event.kind in FIRM_AT_WORK for _, event in read(events))
        return Drp(status="in_progress" if at_work else "open")
    if "pending" in outcomes:
        return Drp(status="expired")
    if outcomes <= {"no_data", "withdrawn"}:
        return Drp(status="denied", reason="no_match")
    return Drp(status="fulfilled")


def _reason(events: Sequence[Event]) -> Any:
    """By the ground the firm named last."""
    grounds = [ground for _, event in read(events) for ground in event.grounds]
    return REASONS[grounds[-1]] if grounds else "other"
