"""A decision as JSON, as `request` and `explain` both answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from optout import advice, views
from optout.cli import foretelling, listed
from optout.law import Rule

if TYPE_CHECKING:
    from optout.cli.deciding import Decided


def _demands_json(decided: Decided) -> list[dict[str, Any]]:
    return [_demand_json(decided, rule) for rule in decided.choice.rules]


def _demand_json(decided: Decided, rule: Rule) -> dict[str, Any]:
    clocks = [decided.place.clocks[c] for c in rule.clocks]
    clocks = [c for c in clocks if c.usable(decided.setting.on)]
    respond = next((c for c in clocks if c.kind in ("respond", "comply")), None)
    return {
        "kind": rule.demand,
        "rule": rule.id,
        "footing": rule.footing,
        "law": rule.law,
        "cite": ", ".join(views.cites(rule, "en")) or None,
        "when": rule.when,
        "by": rule.by,
        "sources": list(rule.sources),
        "respond": {"period": str(respond.period), "origin": respond.origin} if respond else None,
    }


def _to_json(decided: Decided) -> dict[str, Any] | None:
    return {"name": decided.to.name, "lines": list(decided.to.lines), "email": decided.to.email} if decided.to else None


def routes_json(decided: Decided, kinds: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
    """The ways to the addressee for these demands; empty: for all that are asked."""
    if decided.to:
        to = decided.to
        ways = [("email", to.email)] if to.email else []
        ways += [("post", ", ".join(to.lines))] if to.lines else []
        return [
            {
                "kind": kind,
                "to": where,
                "for": [],
                "standing": "use",
                "confidence": "unverified",
                "note": None,
                "entity": None,
            }
            for kind, where in ways
        ]
    if decided.client_unknown:
        return []
    return [
        {"kind": r.kind, "to": r.shown, "for": list(r.for_),
         "standing": r.standing, "confidence": r.confidence, "note": r.note, "entity": r.entity}
        for r in advice.routes(decided.firm, decided.places, kinds or _kinds_of(decided), decided.setting.on)
    ]  # fmt: skip


def as_json(decided: Decided) -> dict[str, Any]:
    """What `request` and `explain` both answer; the origin only of a firm that is none of ours."""
    return {
        "firm": decided.firm.id,
        "place": decided.place.id,
        "role": decided.firm.role,
        "role_note": decided.firm.role_note,
        "demands": _demands_json(decided),
        "identity": foretelling.identity_json(decided),
        "routes": routes_json(decided),
        "other_ways": foretelling.other_ways_json(decided),
        "to": _to_json(decided),
        "advice": foretelling.advice_json(decided),
        **({"origin": listed.json(decided.origin)} if decided.origin else {}),
    }


def _kinds_of(decided: Decided) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(rule.demand for rule in decided.choice.rules))
