"""What the person should know of a complaint in their country beside the letter: what was not verified, and whom the police answer to."""

from __future__ import annotations

from optout import views
from optout.case import Case
from optout.firm import Firm
from optout.jurisdiction import Authority, Jurisdiction
from optout.law import text_in


def notes(place: Jurisdiction, case: Case, firm: Firm | None, authority: Authority | None) -> list[str]:
    """Sentences for who complains in this case to this authority; None: it is not known which one hears it."""
    rules = tuple(rule for rule in place.rules if rule.id in {demand.rule for demand in case.demands})
    told = about_police(place) if firm and "police" in firm.kinds and authority is None else about_public(place, firm)
    return [*told, *(f"Not covered: {gap}" for gap in views.gaps(place, rules))]


def aside(place: Jurisdiction) -> list[str]:
    """The authorities of a place that is listed by name only: no letter uses them, since its law is not known here."""
    found = [] if place.level != "listed" else [x for x in place.authorities.values() if x.confidence != "unverified"]
    return [f"Not used here, but it exists: {text_in(x.name, 'en')} ({x.confidence})." for x in found if not x.handles]


def about_public(place: Jurisdiction, firm: Firm | None) -> list[str]:
    """What to look at before an authority is told about a public body that is no police force."""
    if firm is None or not firm.public or "police" in firm.kinds:
        return []
    return [one.of_public for one in place.authorities.values() if one.confidence != "unverified" and one.of_public]


def about_police(place: Jurisdiction) -> list[str]:
    """What is known of who watches over the police, where the files name nobody for a complaint about them."""
    sure = [one for one in place.authorities.values() if one.confidence != "unverified" and one.of_police]
    return [f"{text_in(one.name, 'en')}: {one.of_police}" for one in sure]
