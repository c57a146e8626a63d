"""Which ways to a firm go together: form and letter and a state's platform, e-mail and post, and how old the address is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from optout import advice, freshness
from optout.firm import Firm, Route
from optout.jurisdiction import Jurisdiction
from optout.law import DemandKind, Rule, text_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One piece of advice on the way to take."""

    code: str
    text: str
    sources: tuple[str, ...] = ()
    """`<firm>/<source>` and `<place>/<source>`"""


def advise(
    firm: Firm, place: Jurisdiction, places: tuple[str, ...], rules: tuple[Rule, ...], on: date
) -> tuple[Advice, ...]:
    """What to do with the ways that are open to this resident that day, from the data alone."""
    kinds = tuple(dict.fromkeys(rule.demand for rule in rules if rule.by == "letter"))
    usable = advice.routes(firm, places, tuple(dict.fromkeys(rule.demand for rule in rules)), on)
    own = advice.reaching(firm, places, usable)
    found = [*_forms(firm, usable, kinds, rules), *_portals(firm, place, usable, rules), *_letters(firm, own)]
    found += [_account(firm, route) for route in usable if route.kind == "account" and route.standing == "use"]
    return (*found, *_ages(firm, own, on))


def _forms(
    firm: Firm, usable: tuple[Route, ...], kinds: tuple[DemandKind, ...], rules: tuple[Rule, ...]
) -> list[Advice]:
    forms = [r for r in usable if r.kind == "form" and r.standing == "use"]
    letters = [r for r in usable if r.kind in ("email", "post")]
    ending = [r for r in forms if r.until]
    held = {rule.demand for rule in rules if rule.when == "after_access"}
    if forms and held and not ending and all(_removes(form, held) for form in forms):
        return [_removing(firm, forms[0], bool(letters))]
    if ending:
        return [_ending(firm, route, kinds) for route in ending]
    if forms and letters:
        text = "Use the form, and send the letter as well. The form is the firm's own way in; the letter says what you "
        text += "rest on, and you keep a copy." + _beyond(forms, kinds)
        return [Advice(code="form_and_letter", text=text, sources=_sources(firm, forms[0]))]
    if forms:
        text = "No address for a letter is known. Use the form, put in the words of the letter where it has room, and "
        text += "keep a picture of what you sent."
        return [Advice(code="form_alone", text=text, sources=_sources(firm, forms[0]))]
    return []


def _removes(form: Route, held: set[DemandKind]) -> bool:
    """Whether the form takes out what the letter holds back until the access answer, and cannot ask for access."""
    return bool(set(form.for_) & held) and "access" not in form.for_


def _removing(firm: Firm, route: Route, letter: bool) -> Advice:
    lost = "what it takes out can no longer be shown to you"
    if letter:
        text = f"Send the access letter first. Do not use the form before the answer: {lost}. If it cannot wait, keep "
        text += "pictures of what a search finds before you use the form."
        return Advice(code="form_later", text=text, sources=_sources(firm, route))
    text = (
        "No verified way is known on which to ask this firm for access: the form takes removals only, and no address "
    )
    text += f"for a letter is known. Once you use the form, {lost}, so keep pictures of what a search finds first. The "
    text += "letters are there for the day on which you find an address."
    return Advice(code="form_without_access", text=text, sources=_sources(firm, route))


def _ending(firm: Firm, route: Route, kinds: tuple[DemandKind, ...]) -> Advice:
    """A form that a decision opened and that closes on a day."""
    decision = next((d for d in firm.decisions if d.id == route.because), None)
    about = "" if route.confidence == "verified" else "about "
    text = f"Use the form before {about}{route.until}"
    if decision:
        number = f", {text_in(decision.number, 'en')}" if decision.number else ""
        text += f", when what opened it ends ({text_in(decision.body, 'en')}{number})"
    text += ". The letter is worth sending as well, before that day and after it." + _beyond([route], kinds)
    return Advice(code="form_ends", text=text, sources=_sources(firm, route))


def _beyond(forms: list[Route], kinds: tuple[DemandKind, ...]) -> str:
    """What the letter asks for and no form takes."""
    if any(not form.for_ for form in forms):
        return ""
    taken = {kind for form in forms for kind in form.for_}
    rest = [kind.replace("_", " ") for kind in kinds if kind not in taken]
    return f" The letter alone asks for: {', '.join(rest)}." if rest else ""


def _portals(firm: Firm, place: Jurisdiction, usable: tuple[Route, ...], rules: tuple[Rule, ...]) -> list[Advice]:
    """A platform of the state: beside the letter, and alone often blind to faces."""
    found = []
    for rule in (rule for rule in rules if rule.by == "portal" and rule.law):
        law = place.laws[str(rule.law)]
        page = next((url for s in rule.sources if s in place.sources and (url := place.sources[s].url)), "")
        at = next((f" at {r.to}" for r in usable if r.kind == "portal"), f" (see {page})" if page else "")
        text = f"File under the {text_in(law.name, 'en')} as well{at}. You do that yourself, and it does not take the "
        text += "place of the letter."
        blind = any(limit.id == "name_index_only" for limit in rule.limits) and firm.finds_by == ("face_photo",)
        if blind:
            text += " The platform goes by names, addresses and numbers, while this firm finds people by their face: "
            text += "alone it may find nothing."
        found.append(Advice(code="portal_blind" if blind else "portal_as_well", text=text, sources=rule.sources))
    return found


def _letters(firm: Firm, usable: tuple[Route, ...]) -> list[Advice]:
    mail = next((r for r in usable if r.kind == "email"), None)
    post = next((r for r in usable if r.kind == "post"), None)
    if mail and post:
        text = "Send the letter by e-mail and by post, and keep the proof of both."
        return [Advice(code="email_and_post", text=text, sources=(*_sources(firm, mail), *_sources(firm, post)))]
    if mail:
        text = "For the letter only a mailbox is known. Keep what you sent, and watch for a message that says that it "
        text += "could not be delivered."
        return [Advice(code="email_alone", text=text, sources=_sources(firm, mail))]
    if post:
        text = "For the letter only a postal address is known. Send it so that its arrival can be proved."
        return [Advice(code="post_alone", text=text, sources=_sources(firm, post))]
    return []


def _account(firm: Firm, route: Route) -> Advice:
    kinds = f" for {', '.join(kind.replace('_', ' ') for kind in route.for_)}" if route.for_ else ""
    text = f"With an account there is a way of your own{kinds}: {route.to}. The letter asks for what it does not show."
    return Advice(code="account", text=text, sources=_sources(firm, route))


def _ages(firm: Firm, usable: tuple[Route, ...], on: date) -> list[Advice]:
    """How old the addresses are to which the letter goes: the first mailbox and the first postal address."""
    said = {
        "aging": "Check it before you rely on it.",
        "old": "It may be gone: check it first, and keep the proof of sending.",
        "unknown": "Check it before you rely on it.",
    }
    found = []
    for kind, name in (("email", "mailbox"), ("post", "postal address")):
        route = next((r for r in usable if r.kind == kind), None)
        seen = freshness.last_seen(firm, route) if route else None
        grade = freshness.grade(seen, on)
        if route and grade != "fresh":
            when = f"was last seen in {seen}" if seen and len(seen.text) < 10 else f"was last seen on {seen}"
            when = when if seen else "was read on a page without a day"
            found.append(
                Advice(code=f"address_{grade}", text=f"The {name} {when}. {said[grade]}", sources=_sources(firm, route))
            )
    return found


def _sources(firm: Firm, route: Route) -> tuple[str, ...]:
    return tuple(f"{firm.id}/{source}" for source in route.sources)
