"""The decisions on a firm that a letter of one case can rely on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from optout.addressed import firm_of, is_own
from optout.errors import NotFound

if TYPE_CHECKING:
    from optout.case import Case
    from optout.firm import Firm
    from optout.jurisdiction import Decision
    from optout.library.catalog import Catalog


def firm(catalog: Catalog, case: Case) -> Firm | None:
    """The firm of a case as it is known now; None where it is not in the catalogue any more."""
    if is_own(case.firm) and case.to:
        return firm_of(case.to, case.firm_kind)
    try:
        found = catalog.firm(case.firm)
    except NotFound:
        return None
    return found if found.id == case.firm else None  # not another one, whose name only begins or looks so


def decisions(catalog: Catalog, case: Case, firm: Firm | None, on: date) -> tuple[Decision, ...]:
    """Of the person's own country and of others under the same law: its own first, then what is final, then by day."""
    # What is known of a firm says nothing of a client that the letters went to instead.
    if firm is None or (case.to and firm.role != "controller"):
        return ()
    chain = catalog.chain(case.place)
    places = [place.id for place in chain]
    union = chain[-1].id if chain[-1].kind == "union" else ""
    shared = catalog.members(union, {x.place for x in firm.decisions}) if union else ()
    found = [x for x in firm.decisions if x.helps({*places, *shared}, on)]
    return tuple(sorted(found, key=lambda x: (x.place not in places, x.status != "final", str(x.on or ""))))
