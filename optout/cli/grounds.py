"""The grounds on which a firm refuses, and what the law answers: told beforehand, and of a case in which one was given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from optout import replies, views
from optout.cli import precedents
from optout.history import read
from optout.law import DemandKind, Ground, text_in
from optout.walk import walk

if TYPE_CHECKING:
    from optout.case import Demand
    from optout.cli.app import App
    from optout.cli.casefile import CaseFile
    from optout.cli.deciding import Decided
    from optout.jurisdiction import Jurisdiction, Refusal

SAID: Mapping[Ground, str] = {
    "law_does_not_apply": "the law does not apply to it",
    "cannot_identify": "it cannot find you",
    "identity_not_proved": "you have not proved who you are",
    "wrong_form": "the request must come in another form",
    "excessive": "the request is unfounded or excessive",
    "others_rights": "the rights of others",
    "public_data": "what it holds is public",
    "legal_claims": "it needs the data for legal claims",
    "customers_only": "only its customers use the data",
    "own_interests": "its own interests",
    "must_keep": "it has to keep the data",
    "no_reason": "no reason at all",
    "other": "something else",
}


def unanswered(place: Jurisdiction, denied: Sequence[Demand], given: Iterable[replies.Given]) -> list[str]:
    """Grounds of what a letter speaks for, to which nothing in the law as read is an answer."""
    return [
        f"No answer is known to the ground of {one.given.on} ({SAID[one.given.ground]}); the letter only tells it."
        for one in replies.answers(place, denied, given)
        if one.refusals and not one.pieces
    ]


def foretold(decided: Decided) -> list[Refusal]:
    """What the laws of the letters say to each ground, for the demands in them."""
    rules = decided.choice.rules
    found: list[Refusal] = []
    for law in dict.fromkeys(rule.law for rule in rules if rule.law):
        found += replies.known(decided.place, law, [rule.demand for rule in rules if rule.law == law])
    return found


def as_json(place: Jurisdiction, refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    return [
        {"ground": x.ground, "for": list(x.for_), "law": x.law, "cite": _cite(x) or None, "answered": x.answered,
         "answer": text_in(x.note, "en") or None, "confidence": x.confidence, "sources": list(x.sources)}
        for x in refusals
    ]  # fmt: skip


def tell(decided: Decided, put: Callable[[str], None]) -> None:
    """Before anything is sent: each ground with its answer."""
    if found := foretold(decided):
        put("Grounds on which it may refuse, and the answer:")
        kinds = [rule.demand for rule in decided.choice.rules]
        for one in found:
            put(f"  {_line(decided.place, one, kinds)}")
        put("")


def of_case(app: App, file: CaseFile) -> list[dict[str, Any]]:
    """To each ground that the firm gave for what it still denies: the demands, and what their law says."""
    if not any(event.grounds for event in file.events):
        return []
    place = _place(app, file)
    return [
        {"ground": x.given.ground, "on": str(x.given.on), "demands": list(dict.fromkeys(d.kind for d in x.demands)),
         "law": x.law, "answers": as_json(place, x.refusals)}
        for x in _answers(place, file)
    ]  # fmt: skip


def tell_of_case(app: App, file: CaseFile, put: Callable[[str], None]) -> None:
    if not any(event.grounds for event in file.events):
        return
    place = _place(app, file)
    for one in _answers(place, file):
        about = ", ".join(dict.fromkeys(demand.kind.replace("_", " ") for demand in one.demands))
        put(f"  To the ground of {one.given.on}, for {about}:")
        for refusal in one.refusals:
            put(f"    {_line(place, refusal, [demand.kind for demand in one.demands])}")
        if not one.refusals:
            put(f"    {SAID[one.given.ground]}: no answer to this is known here")
        put("")


def _place(app: App, file: CaseFile) -> Jurisdiction:
    firm = precedents.firm(app.catalog, file.case)
    return app.catalog.effective_for(file.case.place, firm) if firm else app.catalog.effective(file.case.place)


def _answers(place: Jurisdiction, file: CaseFile) -> list[replies.Answer]:
    steps = walk(file.case, file.events)
    return list(replies.answers(place, file.case.demands, replies.given(steps, read(file.events))))


def _line(place: Jurisdiction, one: Refusal, kinds: Sequence[DemandKind]) -> str:
    """The ground, the demands it is about where those are not all of `kinds`, its law, and the answer."""
    law, cite = place.laws[one.law], _cite(one)
    name = text_in(law.short or law.name, "en")
    basis = cite if name in cite else ", ".join(filter(None, (name, cite)))
    left = [kind for kind in dict.fromkeys(kinds) if not one.for_ or kind in one.for_]
    about = f", for {', '.join(left).replace('_', ' ')}" if set(left) != set(kinds) else ""
    sure = "" if one.confidence == "verified" else f"; {one.confidence}"
    return f"{SAID[one.ground]}{about} ({basis}{sure}): {text_in(one.note, 'en')}".rstrip()


def _cite(one: Refusal) -> str:
    texts = (*one.cites, *one.rests_on)
    return ", ".join(dict.fromkeys(views.printable(texts, one.pinpoint, "en")))
