"""What a person hears before anything is sent: what the firm will want, what refusing costs, which ways go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from optout import advice, views, ways
from optout.cli.output import say
from optout.law import stands, text_in
from optout.lifecycle import COURTS, HEARD
from optout.refusing import PRICES

if TYPE_CHECKING:
    from collections.abc import Callable

    from optout.cli.deciding import Decided
    from optout.jurisdiction import Remedy

STANCE = {
    "may_ask": "may ask for it",
    "needs_doubt": "may ask for it only where it has reasonable doubts",
    "must_not_ask": "must not ask for it",
    "silent": "says nothing about it",
}
WHAT = {
    "face_photo": "a photo of your face",
    "government_id": "a photo of your ID",
    "selfie": "a selfie",
    "email": "your e-mail address",
    "residence": "where you live",
    "account_login": "that you sign in to your account",
    "acknowledgement": "a ticked acknowledgement",
    "source_urls": "page addresses of the pictures",
    "fingerprints": "your fingerprints",
    "name": "your name",
    "phone": "your phone number",
    "case_number": "the number of your case or check",
    "identity_proof": "proof of who you are",
    "other": "something else",
}


def identity_json(decided: Decided) -> list[dict[str, Any]]:
    return [
        {"what": d.what, "for": list(d.kinds), "stance": d.stance, "redacted": d.redacted, "law": d.law or None,
         "cite": d.cite or None, "last_seen": d.seen or None, "answer": d.note or None, "sources": list(d.sources),
         "confidence": d.confidence, "said": d.said or None, "source_titles": list(d.titles), "not_for": list(d.not_for),
         "law_known": law_known(decided), "price": {"code": d.price, "text": PRICES[d.price]}}
        for d in decided.demanded
    ]  # fmt: skip


def advice_of(decided: Decided) -> tuple[ways.Advice, ...]:
    """On the ways to the firm; none where the letter goes to somebody else, or to a processor to pass on."""
    if decided.setting.to or decided.setting.passing_on:
        return ()
    return ways.advise(decided.firm, decided.place, decided.places, decided.choice.rules, decided.setting.on)


def advice_json(decided: Decided) -> list[dict[str, Any]]:
    return [{"code": a.code, "text": a.text, "sources": list(a.sources)} for a in advice_of(decided)]


def tell_advice(decided: Decided, put: Callable[[str], None] = say) -> None:
    found = advice_of(decided)
    if found:
        put("Which way:")
        for one in found:
            put(f"  {one.text}")
        put("")


def remedies_of(decided: Decided) -> list[Remedy]:
    """What follows without an answer, under the laws of the letters and of that day, in its order; no court."""
    order = [kind for kinds in HEARD.values() for kind in kinds if kind not in COURTS]
    laws = {rule.law for rule in decided.choice.rules if rule.law}
    found = [x for x in decided.place.remedies if x.kind in order and x.about(laws) and x.confidence != "unverified"]
    return sorted((x for x in found if stands(x, decided.setting.on)), key=lambda x: order.index(x.kind))


def remedies_json(decided: Decided) -> list[dict[str, Any]]:
    return [
        {"id": x.id, "kind": x.kind, "law": x.law, "cite": ", ".join(views.cites(x, "en")) or None,
         "to": _heard_by(decided, x) or None, "note": text_in(x.note, "en") or None, "sources": list(x.sources)}
        for x in remedies_of(decided)
    ]  # fmt: skip


def tell_remedies(decided: Decided, put: Callable[[str], None] = say) -> None:
    """What the person can do, by number, in the order in which it is open to them."""
    found = remedies_of(decided)
    if not found:
        return
    put("Without an answer:")
    for number, remedy in enumerate(found, 1):
        put(f"  {number}. {_step(decided, remedy)}: {_basis(decided, remedy)}. {text_in(remedy.note, 'en')}".rstrip())
    put("")


def _step(decided: Decided, remedy: Remedy) -> str:
    if remedy.kind == "appeal":
        return "appeal to the firm"
    if remedy.kind == "firm_complaint":
        return "complain to the firm first"
    named = text_in(decided.place.terms.get("authority"), "en")
    law = decided.place.laws.get(remedy.law or "")
    what = "report it" if law and law.family == "fadp" else "complain"  # Art. 49(1) FADP knows no complaint
    return f"{what} to {_heard_by(decided, remedy) or (f'the {named}' if named else 'an authority')}"


def _basis(decided: Decided, remedy: Remedy) -> str:
    """The law with its section; some sections carry the name of their law already."""
    law = decided.place.laws.get(remedy.law or "")
    name = text_in(law.short or law.name, "en") if law else ""
    cites = views.cites(remedy, "en")
    return ", ".join(cites if name and any(name in cite for cite in cites) else filter(None, (name, *cites)))


def _heard_by(decided: Decided, remedy: Remedy) -> str:
    """The authority that hears it, by name; "" for the firm, and where it is not known."""
    place = decided.place
    if remedy.kind != "authority":
        return ""
    heard = [remedy.to] if remedy.to else views.competent_authorities(place, {remedy.law or ""})
    return text_in(place.authorities[heard[0]].name, "en") if len(heard) == 1 and heard[0] in place.authorities else ""


def other_ways_json(decided: Decided) -> list[dict[str, Any]]:
    """Ways that no letter takes: those for another matter, and those that nothing confirms."""
    setting = decided.setting
    if setting.to or setting.passing_on:
        return []
    firm, places, on = setting.firm, setting.places, setting.on
    kinds = tuple(rule.demand for rule in decided.choice.rules)
    found = advice.apart(firm, places, on)
    if not advice.routes(firm, places, kinds, on):
        found += advice.unverified(firm, places, on)
    return [
        {"kind": r.kind, "to": r.shown, "apart": r.apart, "fee": r.fee,
         "note": r.note, "confidence": r.confidence, "asks": [WHAT[a.what] for a in firm.asks if r.id in a.via]}
        for r in found
    ]  # fmt: skip


def tell_other_ways(decided: Decided, put: Callable[[str], None] = say) -> None:
    for way in other_ways_json(decided):
        what = (
            f"for another matter ({way['apart']})" if way["apart"] else "not verified, so look first whether it is real"
        )
        put(f"  beside it, {what}: {way['kind']} {way['to']}")
        told = [f"It asks for {' and '.join(way['asks'])}."] if way["asks"] else []
        told += [f"It costs {way['fee']}."] if way["fee"] else []
        told += [str(way["note"])] if way["note"] else []
        if told:
            put(f"    {' '.join(told)}")


def tell_demanded(decided: Decided, put: Callable[[str], None] = say) -> None:
    """What the firm wants, grouped by what the law says to it and what refusing costs, so that each stands once."""
    put(f"What {decided.addressee} will want to see:")
    groups: dict[tuple[str, str], list[advice.Demanded]] = {}
    for one in decided.demanded:
        groups.setdefault((_stance(decided, one), PRICES[one.price]), []).append(one)
    for (said, price), wanted in groups.items():
        for one in wanted:
            put(f"  {_wanted(one, tuple(rule.demand for rule in decided.choice.rules))}")
        put(f"    {said}")
        put(f"    If you leave it out: {price}")
        put(f"    Read in: {'; '.join(dict.fromkeys(title for one in wanted for title in one.titles))}")
    if not decided.demanded:
        put("  nothing known")
    put("")


def _wanted(one: advice.Demanded, asked: tuple[Any, ...]) -> str:
    what = WHAT[one.what] if one.what != "other" else f"something else ({one.said.rstrip('.')})"
    what += ", details blacked out" if one.redacted else ""
    seen = f"last seen {one.seen}" if one.seen else "day not known"
    spared = f"; not asked for {_kinds(one.not_for)}" if one.not_for else ""
    return f"{what}, for {_kinds(one.kinds, asked)}{spared} ({seen}, {one.confidence})"


def _kinds(kinds: tuple[Any, ...], asked: tuple[Any, ...] | None = None) -> str:
    """With a word at those that this letter leaves out, though it could ask them."""
    out = {kind for kind in kinds if asked is not None and kind not in asked}
    return ", ".join(kind.replace("_", " ") + (" if you ask for it" if kind in out else "") for kind in kinds)


def _stance(decided: Decided, one: advice.Demanded) -> str:
    if not law_known(decided):
        return "Whether the law here lets it ask is not in the catalogue."
    law = f"{one.law}{', ' + one.cite + ',' if one.cite else ''}" if one.law else "The law here, as far as it is known,"
    return f"{law} {STANCE[one.stance]}. {one.note}".rstrip()


def law_known(decided: Decided) -> bool:
    """Whether the catalogue has a law of this place that binds such a firm."""
    firm = decided.firm
    not_bound = "private" if firm.public else "public"
    left = set(firm.kinds)
    return any(law.binds != not_bound and not left & set(law.leaves_out) for law in decided.place.laws.values())
