"""What the law answers to the grounds on which a firm refuses, for the demands that it refused on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from optout.case import Demand
from optout.history import Numbered
from optout.jurisdiction import Jurisdiction, Refusal, Topic
from optout.law import DemandKind, Ground
from optout.walk import Walk

DENIED = ("refused", "partly")
"""Outcomes for which a firm can have had a ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A ground that the firm gave, with its day and the demands that it is about and that are still denied."""

    ground: Ground
    on: date
    kinds: tuple[DemandKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one law answers to a ground, for the demands under it."""

    given: Given
    law: str
    demands: tuple[Demand, ...]
    refusals: tuple[Refusal, ...]
    """The entries of the law; empty where it has none for these demands."""

    @property
    def pieces(self) -> dict[str, tuple[Refusal, ...]]:
        """By the piece of a letter that answers, the entries it answers for."""
        found = [x for x in self.refusals if x.answered]
        return {
            name: tuple(x for x in found if x.reply == name)
            for name in dict.fromkeys(x.reply for x in found if x.reply)
        }

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What decisions have to be about to stand beside the answer."""
        return tuple(dict.fromkeys(x.held for x in self.refusals if x.held and x.answered))


def given(steps: Walk, events: Sequence[Numbered]) -> list[Given]:
    """The grounds of what is still refused or met in part, each demand with those of the last day on which the firm gave
    one: a firm may give several at once."""
    latest: dict[DemandKind, dict[Ground, date]] = {}
    for _, event in events:
        letter = steps.letters.get(event.letter or "")
        if letter is None or event.ground is None:
            continue
        named = [kind for kind in letter.letter.kinds if event.outcomes.get(kind) in DENIED]
        for kind in named if event.outcomes else letter.letter.kinds:
            if steps.outcomes.get(kind) not in DENIED:
                continue
            there = latest.setdefault(kind, {})
            if any(on < event.on for on in there.values()):
                there.clear()
            if all(on <= event.on for on in there.values()):
                there[event.ground] = event.on
    return [
        Given(ground=ground, on=on, kinds=tuple(kind for kind, said in latest.items() if said.get(ground) == on))
        for ground, on in dict.fromkeys(pair for said in latest.values() for pair in said.items())
    ]


def doubted(steps: Walk, demands: Sequence[Demand]) -> list[Given]:
    """The proof of identity that was asked for and not given, about demands whose time runs on all the same."""
    found = []
    for state in steps.letters.values():
        asked = [x.asked for x in state.waits if x.about == "identity" and x.ended is None]
        kinds = tuple(x.kind for x in demands if x.kind in state.letter.kinds)
        if asked and kinds:
            found.append(Given(ground="identity_not_proved", on=asked[-1], kinds=kinds))
    return found


def answers(place: Jurisdiction, demands: Sequence[Demand], grounds: Iterable[Given]) -> Iterator[Answer]:
    """Of each law under which one of these demands was made, what it answers; no demand without a law has one."""
    for one in grounds:
        about = [x for x in demands if x.kind in one.kinds]
        for law in dict.fromkeys(x.law for x in about if x.law):
            under = tuple(x for x in about if x.law == law)
            found = known(place, law, [x.kind for x in under], one.ground)
            yield Answer(given=one, law=law, demands=under, refusals=found)


def known(
    place: Jurisdiction, law: str, kinds: Collection[DemandKind], ground: Ground | None = None
) -> tuple[Refusal, ...]:
    """The entries of a law for demands of these kinds; None: for every ground."""
    return tuple(
        x
        for x in place.refusals
        if x.law == law and ground in (None, x.ground) and (not x.for_ or set(x.for_) & set(kinds))
    )
