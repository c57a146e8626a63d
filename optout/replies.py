"""What the law answers to the grounds on which a firm refuses, for the demands that it refused on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from optout.case import Demand
from optout.history import Numbered
from optout.jurisdiction import Jurisdiction, Refusal, Topic
from optout.law import DemandKind, Ground
from optout.lifecycle import DENIED
from optout.walk import Walk


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
    """Every ground of what is still refused or met in part, with the last day on which the firm gave it for a demand. One
    given later does not take back what was said before; that a reason is missing is no complaint once there is one."""
    told: dict[DemandKind, dict[Ground, date]] = {}
    for _, event in events:
        letter = steps.letters.get(event.letter or "")
        if letter is None:
            continue
        for kind, outcome in event.outcomes.items():
            if outcome not in DENIED:
                told.pop(cast(DemandKind, kind), None)
        named = [kind for kind in letter.letter.kinds if event.outcomes.get(kind) in DENIED]
        for kind in named if event.outcomes else letter.letter.kinds:
            if steps.outcomes.get(kind) in DENIED:
                there = told.setdefault(kind, {})
                there |= {ground: max(event.on, there.get(ground, event.on)) for ground in event.grounds}
    for there in told.values():
        if set(there) - {"no_reason"}:
            there.pop("no_reason", None)
    pairs = dict.fromkeys((on, ground) for there in told.values() for ground, on in there.items())
    return [
        Given(ground=ground, on=on, kinds=tuple(kind for kind, there in told.items() if there.get(ground) == on))
        for on, ground in sorted(pairs, key=lambda pair: pair[0])
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
