"""A letter that follows, on paper: which pieces, with which values. What happened in the case is all it may say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from optout import acting, missed, proofs, recount, replies
from optout.case import Demand
from optout.law import said_in
from optout.lifecycle import DENIED
from optout.pieces import Piece
from optout.recount import Matter
from optout.replying import answers, doubted, kin_of, piece, replied
from optout.views import (
    authority_name,
    authority_view,
    firm_complaint_view,
    has_authority_remedy,
    place_view,
)

TOLD = (
    "sent", "delivered", "acknowledged", "identity_asked", "identity_given", "clarification_asked", "clarified", "extended",
    "answered", "refused", "no_data", "reminded", "appealed", "complained",
)  # fmt: skip
"""The events that a complaint tells of, in the order of their days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPlan:
    """The pieces of such a letter in one language, and their values."""

    subject_line: Piece
    salutation: Piece
    pieces: tuple[Piece, ...]
    closing: Piece
    enclosures: Piece
    competent: Piece
    """Stands for the name of an authority that is not known."""
    context: dict[str, Any]
    enclosed: tuple[dict[str, str], ...]
    """What the letter says is enclosed: `what`, and its day in words."""
    missing: tuple[dict[str, str], ...]
    """What would belong there and of which no file is kept."""


def plan(matter: Matter) -> FollowPlan:
    """The reminder, or the appeal or complaint, that follows."""
    law = recount.lead_law(matter)
    family = recount.family_of(matter, law)
    reminder = matter.following.kind == "reminder"
    enclosed = tuple(proofs.copies(matter) if reminder else proofs.enclosed(matter))
    folder = "reminder" if reminder else "complaint"
    to_firm = matter.following.kind != "authority"
    return FollowPlan(
        subject_line=piece(matter, folder, "subject.refusal" if _answers_refusal(matter) else "subject", family),
        salutation=Piece(folder="opening", names=kin_of("salutation", family))
        if to_firm
        else piece(matter, folder, "salutation", family),
        pieces=_with_agent(matter, law, tuple(_reminder(matter, family) if reminder else _complaint(matter, family))),
        closing=Piece(folder="closing", names=kin_of("farewell", family)),
        enclosures=piece(matter, folder, "enclosures", family, enclosed=list(enclosed)),
        competent=piece(matter, "complaint", "competent", family),
        context=_context(matter, law),
        enclosed=enclosed,
        missing=() if reminder else tuple(proofs.missing(matter)),
    )


def _with_agent(matter: Matter, law: str | None, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Who writes for whom, after the first words, where an agent does."""
    may: acting.May = "complaint" if matter.following.kind in ("authority", "firm_complaint") else "request"
    return (pieces[0], *acting.pieces(matter.place, law, matter.agent, matter.language, may), *pieces[1:])


def _context(matter: Matter, law: str | None) -> dict[str, Any]:
    rules = tuple(x for x in matter.place.rules if x.id in {demand.rule for demand in matter.about})
    named = matter.authority
    said = {
        "authority": authority_name(named, matter.language) if named else "",
        "the_authority": said_in(named.with_article, matter.language) if named else "",
    }
    return {
        "law": recount.law_words(matter, law) if law else None,
        "place": place_view(matter.place, matter.language),
        "firm": {"name": matter.case.firm_name, "entity": matter.entity, "lines": list(matter.lines), "email": matter.email},
        **(said if named else authority_view(matter.place, rules, matter.language)),
        "competent": has_authority_remedy(matter.place, rules),
        "firm_complaint": firm_complaint_view(matter.place, rules, matter.language, matter.on),
        "to_firm": matter.following.kind != "authority",
        "kinds": [demand.kind for demand in matter.about],
        "requests": [recount.day_of(matter, one) for one in recount.requests(matter)],
        "late": bool(matter.following.late),
        "denied": bool(matter.following.denied),
        **_how(matter, matter.following.denied),
        "demanded": bool(matter.following.demanded),
        "timed": any(missed.surely(matter, letter, matter.following.late) for letter in recount.requests(matter)),
        "proved": all(recount.status_of(matter, letter).received for letter in recount.requests(matter)),
        "access_open": any(x.kind == "access" for x in matter.about),
        "by_face": matter.by_face,
        "public": matter.public,
        "has": {"agent": bool(matter.agent)},
    }  # fmt: skip


def _how(matter: Matter, demands: Iterable[Demand]) -> dict[str, bool]:
    """Whether some of these were refused, and whether some were met in part."""
    found = {matter.steps.outcomes[demand.kind] for demand in demands}
    return {"some_refused": "refused" in found, "some_in_part": "partly" in found}


def _answers_refusal(matter: Matter) -> bool:
    """Whether the firm has answered all that the letter is about, with a refusal or in part."""
    return matter.following.kind == "reminder" and not matter.following.late


def _refusal(matter: Matter, family: str) -> Iterable[Piece]:
    """The request is kept up, and each ground has its answer; what follows is said at the end."""
    denied = matter.following.denied
    yield piece(matter, "reminder", "opening.refusal", family, {}, **_how(matter, denied))
    for letter in recount.requests(matter):
        asked = {"asked": _asked(matter, family, [x for x in denied if x.kind in letter.kinds])}
        yield piece(matter, "reminder", "sent", family, asked, request=recount.request_view(matter, letter))
    every = replies.answers(matter.place, denied, replies.given(matter.steps, matter.events))
    yield from _denials(matter, family, every)
    yield piece(matter, "reminder", "ask.refusal", family)
    yield Piece(folder="closing", names=kin_of("next", family))


def _reminder(matter: Matter, family: str) -> Iterable[Piece]:
    if _answers_refusal(matter):
        yield from _refusal(matter, family)
        return
    yield piece(matter, "reminder", "opening", family)
    for letter in recount.requests(matter):
        request = recount.request_view(matter, letter)
        asked = [x for x in matter.following.late if x.kind in letter.kinds]
        yield piece(matter, "reminder", "sent", family, {"asked": _asked(matter, family, asked)}, request=request)
        for time in missed.times(matter, letter, asked):
            yield piece(matter, "reminder", "overdue", family, time=time, request=request)
        if named := missed.named_time(matter, letter):
            yield piece(matter, "reminder", "own", family, named=named, request=request)
    for answer in doubted(matter):
        yield piece(matter, "reminder", "doubted", family, said={"on": matter.day(answer.given.on)})
        yield from replied(matter, answer)
    denied = [x for x in matter.case.demands if matter.steps.outcomes[x.kind] in DENIED]
    yield from _denials(matter, family, answers(matter, denied))
    yield piece(matter, "reminder", "ask", family)
    yield Piece(folder="closing", names=kin_of("next", family))


def _denials(matter: Matter, family: str, found: Iterable[replies.Answer]) -> Iterable[Piece]:
    """What was refused on which day, and below it what the law answers to each of its grounds."""
    before: tuple[date, tuple[Demand, ...]] | None = None
    for answer in found:
        if before != (answer.given.on, answer.demands):
            before = answer.given.on, answer.demands
            said = {"on": matter.day(answer.given.on)}
            inserts = {"asked": _asked(matter, family, answer.demands)}
            yield piece(matter, "reminder", "refused", family, inserts, said=said, **_how(matter, answer.demands))
        yield from replied(matter, answer)


def _complaint(matter: Matter, family: str) -> Iterable[Piece]:
    yield piece(matter, "complaint", "opening", family)
    yield piece(matter, "complaint", "parties", family)
    yield piece(matter, "complaint", "history", family)
    yield from _events(matter, family)
    yield piece(matter, "complaint", "wrong", family)
    for letter in recount.requests(matter):
        asked = [x for x in (*matter.following.late, *matter.following.denied) if x.kind in letter.kinds]
        for time in missed.times(matter, letter, asked):
            request = recount.request_view(matter, letter)
            yield piece(matter, "complaint", "overdue", family, time=time, request=request)
        if named := missed.named_time(matter, letter):
            yield piece(matter, "complaint", "own", family, named=named)
    for name, demands in (("unanswered", matter.following.late), ("denied", matter.following.denied)):
        if demands:
            yield piece(matter, "complaint", name, family, {"asked": _asked(matter, family, demands)})
    for answer in (*answers(matter, matter.following.denied), *doubted(matter)):
        yield from replied(matter, answer)
    for held in recount.held_up(matter):
        yield piece(matter, "complaint", "demanded", family, held=held)
    if first := recount.at_firm(matter):
        yield piece(matter, "complaint", "at_firm", family, first=first)
    if provisions := missed.provisions(matter):
        forbidden = any(x.kind in ("objection", "deletion") for x in matter.following.denied)
        yield piece(matter, "complaint", "infringed", family, provisions=provisions, forbidden=forbidden)
    yield piece(matter, "complaint", "measures", family, measures=recount.measures(matter))
    yield piece(matter, "complaint", "last", family)


def _asked(matter: Matter, family: str, demands: Iterable[Demand]) -> Piece:
    """What was asked, as a list in a sentence."""
    lead = recount.lead_law(matter)
    seen: dict[str, dict[str, Any]] = {}
    for demand in demands:
        other = demand.law if demand.law and demand.law != lead else None
        view = {
            "kind": demand.kind,
            "cites": list(recount.demand_cites(matter, demand)),
            "law": recount.law_words(matter, other)["short"] if other else "",
        }
        seen.setdefault(f"{demand.kind} {other}", view)
    return Piece(folder="reminder", names=kin_of("asked", family), own={"asked": list(seen.values())})


def _events(matter: Matter, family: str) -> Iterable[Piece]:
    letters = {letter.id: letter for letter in recount.requests(matter)}
    told = [
        event for _, event in matter.events if event.kind in TOLD and (event.letter is None or event.letter in letters)
    ]
    for event in sorted(told, key=lambda event: event.on):
        letter = letters.get(event.letter or "")
        kinds = letter.kinds if letter else tuple(dict.fromkeys(x.kind for x in matter.case.demands))
        groups = {
            out: [x for x in matter.case.demands if x.kind in kinds and event.outcomes.get(x.kind) == out]
            for out in ("met", "partly", "refused", "no_data")
        }
        remedy = matter.case.remedy(event.remedy)
        view = {
            "what": event.kind,
            "on": matter.day(event.on),
            "by": event.by or "",
            "until": matter.day(event.until) if event.kind == "extended" and event.until else "",
            "grounds": list(event.grounds),
            "late": bool(event.kind == "extended" and letter and missed.late_notice(matter, letter, event.on)),
            "to_authority": bool(remedy and remedy.kind == "authority"),
            "at_firm": bool(remedy and remedy.kind == "firm_complaint"),
            **{out: bool(group) for out, group in groups.items()},
        }
        inserts = {f"{out}_list": _asked(matter, family, group) for out, group in groups.items()}
        asked = [x for x in matter.case.demands if x.kind in kinds]
        inserts["asked"] = _asked(matter, family, asked)
        yield piece(matter, "complaint", "event", family, inserts, event=view)
