"""A decision in words, as `explain` and `request` print it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from optout import views
from optout.cli import deciding, decisionjson, foretelling, formalities
from optout.cli.deciding import Decided
from optout.cli.output import say
from optout.firm import open_to
from optout.law import NOT_READ, stands, text_in

if TYPE_CHECKING:
    from optout.jurisdiction import Unused


def tell(decided: Decided, put: Callable[[str], None] = say) -> None:
    """The decision in words, on stderr unless it is what was asked for."""
    firm, place = decided.firm, decided.place
    via = f", client of {firm.name}" if decided.setting.client else ""
    put(f"{decided.addressee}{via}, from {text_in(place.name, 'en')}, on {decided.setting.on}")
    put("")
    put("What you can ask:")
    told: set[str] = set()
    for rule in decided.choice.rules:
        name = deciding.law_name(place, rule)
        cite = ", ".join(views.cites(rule, "en"))
        no_law = "no rule on it is built in" if rule.demand in NOT_READ else "no law behind it"
        basis = f"{rule.footing} under {name}{', ' + cite if cite else ''}" if name else f"a request; {no_law}"
        held = {"after_access": " (held until the access answer)"}.get(rule.when, "")
        by = " (on the state's own platform, not by letter)" if rule.by == "portal" else ""
        put(f"  {rule.demand.replace('_', ' ')}: {basis}{held}{by}")
        for limit in decided.setting.limits(rule):
            note = text_in(limit.note, "en")
            if note not in told:
                put(f"    note{', not verified' if limit.confidence == 'unverified' else ''}: {note}")
            told.add(note)
    for note in decided.choice.notes:
        put(f"  {note}")
    put("")
    foretelling.tell_demanded(decided, put)
    _tell_routes(decided, put)
    foretelling.tell_advice(decided, put)
    foretelling.tell_remedies(decided, put)
    if "police" in firm.kinds:
        for known in formalities.about_police(place):
            put(f"Who watches over the police: {known}")
    for known in formalities.aside(place):
        put(known)
    for known in formalities.about_public(place, firm):
        put(f"Careful: {known}")
    for caution in cautions(decided):
        put(f"Careful: {caution}")
    for gap in views.gaps(place, decided.choice.rules):
        put(f"Not covered: {gap}")


def cautions(decided: Decided) -> list[str]:
    """The firm's warnings that concern a resident of this place."""
    if decided.setting.client:
        return list(decided.notes)
    own = [c.text for c in decided.firm.cautions if open_to(c, decided.places)]
    return [*decided.notes, *own]


def _tell_routes(decided: Decided, put: Callable[[str], None]) -> None:
    put("Where it goes:")
    found = decisionjson.routes_json(decided)
    told: list[dict[str, Any]] = []
    for route in found:
        # One page may hold two forms, of which the one for fewer things is said under "Which way".
        if any(
            x["to"] == route["to"] and x["kind"] == route["kind"] and set(route["for"]) <= set(x["for"]) for x in told
        ):
            continue
        told.append(route)
        kinds = f" for {', '.join(k.replace('_', ' ') for k in route['for'])}" if route["for"] else ""
        second = "" if route["standing"] == "use" else " (second choice)"
        whom = f" to {route['entity']}" if route["entity"] else ""
        put(f"  {route['kind']}{whom}{kinds}: {route['to']}{second}")
    if not found and decided.client_unknown:
        put(f"  to the client of {decided.firm.name}, which you name with --to")
    elif not found:
        put(f"  no verified way is known for this letter; it names {decided.addressee} without an address")
    foretelling.tell_other_ways(decided, put)
    put("")


def tell_left_out(decided: Decided, put: Callable[[str], None]) -> None:
    """Every rule that is not used, by what it would give, and why."""
    rules = {rule.id: rule for rule in decided.place.rules}
    for entry in decided.choice.left_out:
        rule = rules.get(entry.rule)
        law = deciding.law_name(decided.place, rule) if rule else ""
        what = f"{rule.demand.replace('_', ' ')}{' under ' + law if law else ''}, " if rule else ""
        put(f"left out  {what}{entry.rule}: {entry.reason}")
    for right in unused(decided):
        act = decided.place.laws[right.law]
        basis = ", ".join((text_in(act.short or act.name, "en"), *views.cites(right, "en")))
        put(f"left out  {right.right} under {basis}: {right.note}")


def unused(decided: Decided) -> list[Unused]:
    """Rights that no letter uses, of the laws on which these rest."""
    laws = {rule.law for rule in decided.choice.rules}
    on = decided.setting.on
    return [x for x in decided.place.unused if x.law in laws and x.confidence != "unverified" and stands(x, on)]
