"""A letter that follows, on paper: which pieces, with which values. What happened in the case is all it may say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from optout import acting, proofs, recount, replies
from optout.case import Demand
from optout.compose import MOST_DECISIONS
from optout.jurisdiction import Decision, Refusal
from optout.law import said_in, text_in
from optout.pieces import KIN, Piece
from optout.recount import Matter
from optout.views import (
    authority_view,
    decision_view,
    firm_complaint_view,
    has_authority_remedy,
    place_view,
    printable,
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
        subject_line=_piece(matter, folder, "subject", family),
        salutation=Piece(folder="opening", names=_kin("salutation", family))
        if to_firm
        else _piece(matter, folder, "salutation", family),
        pieces=_with_agent(matter, law, tuple(_reminder(matter, family) if reminder else _complaint(matter, family))),
        closing=Piece(folder="closing", names=_kin("farewell", family)),
        enclosures=_piece(matter, folder, "enclosures", family, enclosed=list(enclosed)),
        competent=_piece(matter, "complaint", "competent", family),
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
        "authority": text_in(named.name, matter.language) if named else "",
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
        "timed": any(recount.times(matter, letter, matter.following.late) for letter in recount.requests(matter)),
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


def _reminder(matter: Matter, family: str) -> Iterable[Piece]:
    yield _piece(matter, "reminder", "opening", family)
    for letter in recount.requests(matter):
        request = recount.request_view(matter, letter)
        asked = [x for x in matter.following.late if x.kind in letter.kinds]
        yield _piece(matter, "reminder", "sent", family, {"asked": _asked(matter, family, asked)}, request=request)
        for time in recount.times(matter, letter, asked):
            yield _piece(matter, "reminder", "overdue", family, time=time, request=request)
        if named := recount.named_time(matter, letter):
            yield _piece(matter, "reminder", "own", family, named=named, request=request)
    for answer in _doubted(matter):
        yield _piece(matter, "reminder", "doubted", family, said={"on": matter.day(answer.given.on)})
        yield from _replies(matter, answer)
    denied = [x for x in matter.case.demands if matter.steps.outcomes[x.kind] in replies.DENIED]
    before: tuple[date, tuple[Demand, ...]] | None = None
    for answer in _answers(matter, denied):
        if before != (answer.given.on, answer.demands):
            before = answer.given.on, answer.demands
            said = {"on": matter.day(answer.given.on)}
            inserts = {"asked": _asked(matter, family, answer.demands)}
            yield _piece(matter, "reminder", "refused", family, inserts, said=said, **_how(matter, answer.demands))
        yield from _replies(matter, answer)
    yield _piece(matter, "reminder", "ask", family)
    yield Piece(folder="closing", names=_kin("next", family))


def _complaint(matter: Matter, family: str) -> Iterable[Piece]:
    yield _piece(matter, "complaint", "opening", family)
    yield _piece(matter, "complaint", "parties", family)
    yield _piece(matter, "complaint", "history", family)
    yield from _events(matter, family)
    yield _piece(matter, "complaint", "wrong", family)
    for letter in recount.requests(matter):
        asked = [x for x in (*matter.following.late, *matter.following.denied) if x.kind in letter.kinds]
        for time in recount.times(matter, letter, asked):
            request = recount.request_view(matter, letter)
            yield _piece(matter, "complaint", "overdue", family, time=time, request=request)
        if named := recount.named_time(matter, letter):
            yield _piece(matter, "complaint", "own", family, named=named)
    for name, demands in (("unanswered", matter.following.late), ("denied", matter.following.denied)):
        if demands:
            yield _piece(matter, "complaint", name, family, {"asked": _asked(matter, family, demands)})
    for answer in (*_answers(matter, matter.following.denied), *_doubted(matter)):
        yield from _replies(matter, answer)
    for held in recount.held_up(matter):
        yield _piece(matter, "complaint", "demanded", family, held=held)
    if first := recount.at_firm(matter):
        yield _piece(matter, "complaint", "at_firm", family, first=first)
    if provisions := recount.provisions(matter):
        yield _piece(matter, "complaint", "infringed", family, provisions=provisions)
    yield _piece(matter, "complaint", "measures", family, measures=recount.measures(matter))
    yield _piece(matter, "complaint", "last", family)


def _answers(matter: Matter, demands: Sequence[Demand]) -> list[replies.Answer]:
    """Those of the law to the grounds on which these were denied, as far as it has any."""
    given = replies.given(matter.steps, matter.events)
    return [x for x in replies.answers(matter.place, demands, given) if x.pieces]


def _doubted(matter: Matter) -> list[replies.Answer]:
    """What the law says of proof of identity that was asked for, where the time to answer ran out all the same."""
    given = replies.doubted(matter.steps, matter.following.late)
    return [x for x in replies.answers(matter.place, matter.following.late, given) if x.pieces]


def _replies(matter: Matter, answer: replies.Answer) -> Iterable[Piece]:
    """The words that answer the ground, and the decisions on the firm that stand beside them."""
    family = recount.family_of(matter, answer.law)
    for name, entries in answer.pieces.items():
        yield _piece(matter, "reply", name, family, reply=_reply_view(matter, answer, entries))
    for topic in answer.topics:
        fitting = [x for x in matter.decisions if topic in x.about]
        if topic == "identity":  # what they held of the proof that was asked, each in its own words
            for one in [x for x in fitting if x.clause][:MOST_DECISIONS]:
                yield Piece(
                    folder="clause", names=(one.clause or "",), own={"decision": decision_view(one, matter.language)}
                )
        elif fitting:
            # An authority weighs the whole line of decisions, a firm knows its own.
            told = fitting if matter.following.kind == "authority" else fitting[:MOST_DECISIONS]
            yield _piece(matter, "reply", "decided", family, decided=[_decided(matter, x) for x in told],
                         unsaid=any(x.status == "unknown" for x in told))  # fmt: skip


def _reply_view(matter: Matter, answer: replies.Answer, entries: Sequence[Refusal]) -> dict[str, Any]:
    """With the name of the law where it has provisions that may not be printed."""
    law = recount.law_words(matter, answer.law)["short"]
    asked = dict.fromkeys(x.kind for x in answer.demands)
    return {
        "kinds": [kind for kind in asked if any(not x.for_ or kind in x.for_ for x in entries)],
        "law": law,
        **{
            name: list(
                dict.fromkeys(
                    cite
                    for x in entries
                    if getattr(x, name)
                    for cite in (printable(getattr(x, name), x.pinpoint, matter.language) or unprinted)
                )
            )
            for name, unprinted in (("cites", (law,)), ("rests_on", ()))
        },
    }


def _decided(matter: Matter, decision: Decision) -> dict[str, Any]:
    """Whose decision it is, its day and number, and what is known of it since."""
    view = decision_view(decision, matter.language)
    on = str(decision.on or "")
    day = matter.day(date.fromisoformat(on)) if len(on) == len("2026-11-24") else ""
    return {**view, "on": day, "status": decision.status}


def _piece(
    matter: Matter, folder: str, name: str, family: str, inserts: dict[str, Piece] | None = None, **own: Any
) -> Piece:
    """The words for this kind of letter before those for any, and of each those for this family of laws first."""
    kind = matter.following.kind
    special = (kind,) if kind in ("reminder", "authority") else (kind, "firm")
    names = [x for one in special for x in _kin(f"{name}.{one}", family)]
    own = {"remedy": recount.remedy_view(matter), **own}
    return Piece(folder=folder, names=(*names, *_kin(name, family)), own=own, inserts=inserts or {})


def _kin(name: str, family: str) -> tuple[str, ...]:
    """The names of a piece: of this family of laws, of the one whose words it shares, of any."""
    return tuple(dict.fromkeys((f"{name}.{family}", f"{name}.{KIN.get(family, family)}", name)))


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
    return Piece(folder="reminder", names=_kin("asked", family), own={"asked": list(seen.values())})


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
            "late": bool(event.kind == "extended" and letter and recount.late_notice(matter, letter, event.on)),
            "to_authority": bool(remedy and remedy.kind == "authority"),
            "at_firm": bool(remedy and remedy.kind == "firm_complaint"),
            **{out: bool(group) for out, group in groups.items()},
        }
        inserts = {f"{out}_list": _asked(matter, family, group) for out, group in groups.items()}
        asked = [x for x in matter.case.demands if x.kind in kinds]
        inserts["asked"] = _asked(matter, family, asked)
        yield _piece(matter, "complaint", "event", family, inserts, event=view)
