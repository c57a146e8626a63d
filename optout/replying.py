"""The answers of the law within a letter that follows: which pieces say them, with which values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from optout import recount, replies
from optout.case import Demand
from optout.compose import MOST_DECISIONS
from optout.jurisdiction import Decision, Refusal
from optout.pieces import KIN, Piece
from optout.recount import Matter
from optout.views import decision_view, printable


def answers(matter: Matter, demands: Sequence[Demand]) -> list[replies.Answer]:
    """Those of the law to the grounds on which these were denied, as far as it has any."""
    given = replies.given(matter.steps, matter.events)
    return [x for x in replies.answers(matter.place, demands, given) if x.pieces]


def doubted(matter: Matter) -> list[replies.Answer]:
    """What the law says of proof of identity that was asked for, where the time to answer ran out all the same."""
    given = replies.doubted(matter.steps, matter.following.late)
    return [x for x in replies.answers(matter.place, matter.following.late, given) if x.pieces]


def replied(matter: Matter, answer: replies.Answer) -> Iterable[Piece]:
    """The words that answer the ground, and the decisions on the firm that stand beside them."""
    family = recount.family_of(matter, answer.law)
    for name, entries in answer.pieces.items():
        yield piece(matter, "reply", name, family, reply=_reply_view(matter, answer, entries))
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
            yield piece(matter, "reply", "decided", family, decided=[_decided(matter, x) for x in told],
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


def piece(
    matter: Matter, folder: str, name: str, family: str, inserts: dict[str, Piece] | None = None, **own: Any
) -> Piece:
    """The words for this kind of letter before those for any, and of each those for this family of laws first."""
    kind = matter.following.kind
    special = (kind,) if kind in ("reminder", "authority") else (kind, "firm")
    names = [x for one in special for x in kin_of(f"{name}.{one}", family)]
    own = {"remedy": recount.remedy_view(matter), **own}
    return Piece(folder=folder, names=(*names, *kin_of(name, family)), own=own, inserts=inserts or {})


def kin_of(name: str, family: str) -> tuple[str, ...]:
    """The names of a piece: of this family of laws, of the one whose words it shares, of any."""
    return tuple(dict.fromkeys((f"{name}.{family}", f"{name}.{KIN.get(family, family)}", name)))
