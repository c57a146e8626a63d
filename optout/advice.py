"""What the person hears before a letter exists: what the firm will ask, what the law says to that, which way takes what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from optout.firm import Ask, Firm, Route, open_to
from optout.law import DemandKind, IdentityRule, Jurisdiction, Rule, text_in


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
    sources: tuple[str, ...]
    """`<place>/<source>` of the identity rule, `<firm>/<source>` of the ask."""


def demanded(firm: Firm, place: Jurisdiction, places: tuple[str, ...], rules: tuple[Rule, ...]) -> tuple[Demanded, ...]:
    """What the firm now asks of a resident of these places for these demands, grouped where the law says the same."""
    found: dict[tuple[str, bool, str], Demanded] = {}
    letters = [rule for rule in rules if rule.by == "letter"]
    for rule in letters:
        for ask in firm.asks:
            if not ask.current or ask.confidence == "unverified" or not _meets(ask.for_, rule.demand):
                continue
            if ask.only_from and not set(ask.only_from) & set(places):
                continue
            _add(found, _demanded(firm, ask, rule, _identity(place, ask, rule), place))
    return tuple(found.values())


def _add(found: dict[tuple[str, bool, str], Demanded], one: Demanded) -> None:
    key = (one.what, one.redacted, one.law + one.stance + one.cite)
    earlier = found.get(key)
    if earlier is None:
        found[key] = one
    elif one.kinds[0] not in earlier.kinds:
        found[key] = Demanded(**{**_fields(earlier), "kinds": earlier.kinds + one.kinds})  # type: ignore[arg-type]


def _fields(one: Demanded) -> dict[str, object]:
    return {name: getattr(one, name) for name in Demanded.__dataclass_fields__}


def _demanded(firm: Firm, ask: Ask, rule: Rule, identity: IdentityRule | None, place: Jurisdiction) -> Demanded:
    law = place.laws.get(identity.law) if identity else None
    printable = identity is not None and identity.pinpoint in ("verified", "secondary")
    return Demanded(
        what=ask.what,
        kinds=(rule.demand,),
        redacted=bool(ask.redacted),
        stance=identity.stance if identity else "silent",
        law=text_in(law.short or law.name, "en") if law else "",
        cite=", ".join(text_in(c, "en") for c in identity.cites) if identity and printable else "",
        note=text_in(identity.note, "en") if identity else "",
        seen=str(ask.seen.until or ask.seen.from_ or "") if ask.seen else "",
        confidence=ask.confidence,
        sources=tuple(f"{firm.id}/{s}" for s in ask.sources) + (identity.sources if identity else ()),
    )


def _identity(place: Jurisdiction, ask: Ask, rule: Rule) -> IdentityRule | None:
    """The identity rule of the demand's own law, if it speaks of the thing asked."""
    for identity in place.identity:
        if identity.confidence == "unverified" or identity.law != rule.law:
            continue
        if ask.what in identity.what and _meets(identity.for_, rule.demand):
            return identity
    return None


def routes(firm: Firm, places: tuple[str, ...], kinds: tuple[DemandKind, ...], on: date) -> tuple[Route, ...]:
    """The routes this resident can use that day for any of these demands, the best first."""
    usable = [r for r in firm.routes if r.to and r.standing in ("use", "second") and r.confidence != "unverified"]
    usable = [r for r in usable if (r.until is None or on <= r.until) and open_to(r, places)]
    usable = [r for r in usable if not r.for_ or set(r.for_) & set(kinds)]
    return tuple(sorted(usable, key=lambda r: 0 if r.standing == "use" else 1))


def _meets(kinds: tuple[DemandKind, ...], kind: DemandKind) -> bool:
    return not kinds or kind in kinds
