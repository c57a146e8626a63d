"""What the person hears before a letter exists: what the firm will ask, what the law says to that, which way takes what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from optout.firm import Ask, Firm, Route, open_to
from optout.jurisdiction import IdentityRule, Jurisdiction
from optout.law import DemandKind, Rule, stands, text_in
from optout.refusing import DOCUMENTS, price


@dataclass(frozen=True, slots=True, kw_only=True)
class Demanded:
    """One thing the firm asks of the person, for some demands, and where the law stands on it."""

    what: str
    kinds: tuple[DemandKind, ...]
    redacted: bool
    stance: str
    """may_ask, needs_doubt, must_not_ask or silent"""
    law: str
    cite: str
    note: str
    seen: str
    confidence: str
    said: str
    """What the firm's file says about it."""
    price: str
    """What it costs not to give it: a code of `refusing.PRICES`."""
    not_for: tuple[DemandKind, ...]
    """Demands of the letters for which a document is not asked, as far as is known."""
    titles: tuple[str, ...]
    """The titles of the sources that say that the firm asks."""
    sources: tuple[str, ...]
    """`<place>/<source>` of the identity rule, `<firm>/<source>` of the ask."""


def demanded(
    firm: Firm, place: Jurisdiction, places: tuple[str, ...], rules: tuple[Rule, ...], on: date
) -> tuple[Demanded, ...]:
    """What the firm now asks of a resident of these places for these demands, grouped where the law says the same."""
    found: dict[tuple[str, bool, str], Demanded] = {}
    letters = [rule for rule in rules if rule.by == "letter"]
    asks = [ask for ask in firm.asks if ask.current and ask.confidence != "unverified"]
    asks = [ask for ask in asks if not ask.only_from or set(ask.only_from) & set(places)]
    elsewhere = {route.id for route in firm.routes if route.apart}
    asks = [ask for ask in asks if not ask.via or set(ask.via) - elsewhere]
    for rule in letters:
        usable = routes(firm, places, (rule.demand,), on)
        for ask in asks:
            if _meets(ask.for_, rule.demand):
                one = _demanded(firm, ask, rule, place, usable, on)
                _add(found, replace(one, not_for=_spared(one.what, asks, letters)))
    return tuple(found.values())


def _spared(what: str, asks: list[Ask], rules: list[Rule]) -> tuple[DemandKind, ...]:
    """The demands for which something is asked, as is known, and this document is not."""
    if what not in DOCUMENTS:
        return ()
    known = {kind for ask in asks for kind in ask.for_}
    kinds = dict.fromkeys(rule.demand for rule in rules if rule.demand in known)
    return tuple(kind for kind in kinds if not any(ask.what == what and _meets(ask.for_, kind) for ask in asks))


def _add(found: dict[tuple[str, bool, str], Demanded], one: Demanded) -> None:
    key = (one.what, one.redacted, f"{one.law} {one.stance} {one.cite} {one.price}")
    earlier = found.get(key)
    if earlier is None:
        found[key] = one
    elif one.kinds[0] not in earlier.kinds:
        found[key] = replace(earlier, kinds=earlier.kinds + one.kinds)


def _demanded(firm: Firm, ask: Ask, rule: Rule, place: Jurisdiction, usable: tuple[Route, ...], on: date) -> Demanded:
    identity = _identity(place, ask, rule, on)
    stance = identity.stance if identity else "silent"
    law = place.laws.get(identity.law) if identity else None
    printable = identity is not None and identity.pinpoint in ("verified", "secondary")
    return Demanded(
        what=ask.what,
        kinds=(rule.demand,),
        redacted=bool(ask.redacted),
        stance=stance,
        law=text_in(law.short or law.name, "en") if law else "",
        cite=", ".join(text_in(c, "en") for c in identity.cites) if identity and printable else "",
        note=text_in(identity.note, "en") if identity else "",
        seen=str(ask.seen.until or ask.seen.from_ or "") if ask.seen else "",
        confidence=ask.confidence,
        said=ask.note or "",
        price=price(firm, ask, rule, stance, usable),
        not_for=(),
        titles=tuple(text_in(firm.sources[s].title or s, "en") for s in ask.sources if s in firm.sources),
        sources=tuple(f"{firm.id}/{s}" for s in ask.sources) + (identity.sources if identity else ()),
    )


def _identity(place: Jurisdiction, ask: Ask, rule: Rule, on: date) -> IdentityRule | None:
    """The identity rule of the demand's own law, if it speaks of the thing asked."""
    for identity in place.identity:
        if identity.confidence == "unverified" or identity.law != rule.law or not stands(identity, on):
            continue
        if ask.what in identity.what and _meets(identity.for_, rule.demand):
            return identity
    return None


def routes(firm: Firm, places: tuple[str, ...], kinds: tuple[DemandKind, ...], on: date) -> tuple[Route, ...]:
    """The routes this resident can use that day for any of these demands, the best first."""
    usable = [
        r
        for r in firm.routes
        if r.offered and not r.apart and (r.until is None or on <= r.until) and open_to(r, places)
    ]
    usable = [r for r in usable if not r.for_ or set(r.for_) & set(kinds)]
    return tuple(sorted(usable, key=lambda r: 0 if r.standing == "use" else 1))


def reaching(firm: Firm, places: tuple[str, ...], usable: Iterable[Route]) -> tuple[Route, ...]:
    """Those that lead to the legal person to which the letter is addressed, in their order."""
    name = firm.addressee(places).name
    return tuple(route for route in usable if route.entity in (None, name))


def apart(firm: Firm, places: tuple[str, ...], on: date) -> tuple[Route, ...]:
    """Ways of the firm for another matter than a letter asks for, which a person may want beside it."""
    return tuple(r for r in firm.routes if r.apart and r.standing == "use" and open_to(r, places) and _open(r, on))


def unverified(firm: Firm, places: tuple[str, ...], on: date) -> tuple[Route, ...]:
    """Ways that would be used if anything confirmed them."""
    found = (r for r in firm.routes if r.to and r.confidence == "unverified" and r.standing in ("use", "second"))
    return tuple(r for r in found if open_to(r, places) and _open(r, on))


def _open(route: Route, on: date) -> bool:
    return route.until is None or on <= route.until


def _meets(kinds: tuple[DemandKind, ...], kind: DemandKind) -> bool:
    return not kinds or kind in kinds
