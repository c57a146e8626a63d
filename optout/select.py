"""Which rules speak for this person to this firm on this day, and why each other one does not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from optout.firm import Firm
from optout.jurisdiction import Jurisdiction
from optout.law import DemandKind, Law, Rule, text_in

KINDS: tuple[DemandKind, ...] = get_args(DemandKind)
VOLUNTARY: tuple[DemandKind, ...] = ("access", "deletion")
"""What is asked for where the place has no rule at all."""
IN_DOUBT: tuple[DemandKind, ...] = ("access",)
"""What is asked for beside a law that may not speak of what the firm holds, or only of part of it, where no law carries
it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user wants. Empty tuples: whatever the place offers."""

    demands: tuple[DemandKind, ...] = ()
    laws: tuple[str, ...] = ()
    only: bool = False
    """Nothing beside the demands named, and nothing held back."""
    together: bool = False
    """Everything in one letter now."""
    situation: bool = False
    """The person gave the grounds of their own situation."""
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A rule that does not speak, with the reason of its own."""

    rule: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The decision: rules in order, and what was decided against."""

    rules: tuple[Rule, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...] = ()
    """What the user should know about the grouping of letters."""

    def letters(self) -> tuple[tuple[Rule, ...], ...]:
        """The rules of each letter: those of now, then those held until the access answer. Portals are no letters."""
        written = [rule for rule in self.rules if rule.by == "letter"]
        groups = [tuple(r for r in written if r.when == when) for when in ("now", "after_access")]
        return tuple(group for group in groups if group)


def choose(place: Jurisdiction, firm: Firm, asked: Asked) -> Choice:
    """`place` is the merged view (inherit.effective). Empty `rules` means that the filters leave nothing."""
    wanted = asked.demands
    held = {r.demand for r in place.rules if r.when == "after_access" and not _barred(r, place, firm, asked)}
    companion = bool(held & set(wanted)) and "access" not in wanted and not (asked.only or asked.together)
    if companion:
        wanted = (*wanted, "access")
    speaking = [] if asked.laws else [r for r in place.rules if not _barred(r, place, firm, asked)]
    doubtful = [r for r in speaking if firm.in_doubt(r)]
    beside = IN_DOUBT if doubtful or any(firm.speaks_in_part(r) for r in speaking) else ()
    kept: list[Rule] = []
    out: list[LeftOut] = []
    for rule in place.rules:
        reason = _barred(rule, place, firm, asked) or _unwanted(rule, wanted, asked)
        if reason and reason[0] == "on_request" and rule.demand in beside and rule.law is None:
            reason = None
        if reason:
            out.append(LeftOut(rule=rule.id, code=reason[0], reason=reason[1]))
        else:
            kept.append(rule)
    if firm.public:
        kept = _lawful_first(kept, out)
    if not asked.laws:
        kept += _voluntary(wanted or beside, kept, out)
    kept.sort(key=lambda rule: 0 if rule.when == "now" else 1)
    notes = []
    if companion:
        notes.append(
            "the access letter goes first, so that the answer shows what there is to delete; --only leaves it out"
        )
    if (asked.only or asked.together) and any(rule.when == "after_access" for rule in kept):
        kept = [replace(rule, when="now") for rule in kept]
        notes.append(
            "deletion is asked at once; what is deleted before the access answer can no longer be shown to you"
        )
    if any(rule in doubtful for rule in kept):
        notes.append(
            f"what {firm.name} is was not said, so the letter rests on {_names(doubtful, place)} only for the case that it "
            "holds what that law speaks of; --kind says what a firm without a profile is"
        )
    return Choice(rules=tuple(kept), left_out=tuple(out), notes=tuple(notes))


def _lawful_first(kept: list[Rule], out: list[LeftOut]) -> list[Rule]:
    """To a public body, no plain request for what a law on such bodies carries: those of a place speak to firms."""
    carried = {rule.demand for rule in kept if rule.law}
    dropped = [rule for rule in kept if rule.law is None and rule.demand in carried]
    out += [LeftOut(rule=r.id, code="not_this_firm", reason="the law on public bodies carries it") for r in dropped]
    return [rule for rule in kept if rule not in dropped]


def pass_on(place: Jurisdiction, firm: Firm) -> Choice:
    """What can be asked of a processor itself: a plain request to name its clients and pass the letter on."""
    reason = f"it speaks to those who decide about the data, and {firm.name} says that its clients do"
    out = tuple(LeftOut(rule=rule.id, code="not_this_firm", reason=reason) for rule in place.rules)
    return Choice(rules=(PASSING_ON,), left_out=out)


def of_holder(place: Jurisdiction, firm: Firm, asked: Asked) -> Choice:
    """What can be asked of a processor itself, under laws that speak to whoever holds the data. Often nothing."""
    reached = [r for r in place.rules if r.law and place.laws[r.law].holders]
    choice = choose(replace(place, rules=tuple(reached)), firm, asked)
    reason = f"it speaks to those who decide about the data, and {firm.name} says that its clients do"
    out = [LeftOut(rule=r.id, code="not_this_firm", reason=reason) for r in place.rules if r not in reached]
    rules = tuple(rule for rule in choice.rules if rule.law)
    return replace(choice, rules=rules, left_out=(*choice.left_out, *out))


def _barred(rule: Rule, place: Jurisdiction, firm: Firm, asked: Asked) -> tuple[str, str] | None:
    """Why the law itself leaves the rule out."""
    if rule.confidence == "unverified":
        return "unverified", "its existence is not verified, so it is not offered"
    law = place.laws.get(rule.law) if rule.law else None
    for in_force in (rule.in_force, law.in_force if law else None):
        if in_force and in_force.from_ and asked.on < in_force.from_:
            return "not_yet", f"in force from {in_force.from_}, after {asked.on}"
        if in_force and in_force.until and asked.on > in_force.until:
            return "no_longer", f"in force until {in_force.until}, before {asked.on}"
    if law and law.known_from and asked.on < law.known_from:
        return "not_read", f"nothing of it was read for days before {law.known_from}"
    return (_not_bound(law, rule, firm) if law else None) or _condition(rule, firm)


def _not_bound(law: Law, rule: Rule, firm: Firm) -> tuple[str, str] | None:
    """Whether the law speaks to others than this firm or body."""
    if left := set(law.leaves_out) & set(firm.kinds):
        return (
            "not_this_firm",
            f"{_name(law)} leaves to another law what is: {', '.join(sorted(left)).replace('_', ' ')}",
        )
    if law.binds == ("private" if firm.public else "public"):
        return (
            "not_this_firm",
            f"{_name(law)} {'does not speak to public bodies' if firm.public else 'binds public bodies only'}",
        )
    if law.binds != "public" or (rule.applies_if and rule.applies_if.firm_kinds):
        return None  # a rule for named kinds of bodies says itself to whom it speaks
    if not any(e.place and _fits(e.place, rule) for e in firm.entities):
        return "not_this_firm", f"{_name(law)} binds bodies of its own country, which this one is not known to be"
    return None


def _condition(rule: Rule, firm: Firm) -> tuple[str, str] | None:
    condition = rule.applies_if
    if condition is None:
        return None
    if condition.firm_kinds and not set(condition.firm_kinds) & set(firm.kinds):
        return "not_this_firm", f"only for firms that are: {', '.join(condition.firm_kinds)}"
    if firm.kinds and firm.kinds[0] in condition.not_firm_kinds:
        return "not_this_firm", f"does not speak of what a firm of this kind holds ({firm.kinds[0].replace('_', ' ')})"
    claims = {fact.claim for fact in firm.facts if fact.confidence != "unverified" and _fits(fact.in_, rule)}
    if missing := [claim for claim in condition.firm_claims if claim not in claims]:
        return "not_this_firm", f"{firm.name} is not known as: {', '.join(missing).replace('_', ' ')}"
    return None


def _fits(place: str | None, rule: Rule) -> bool:
    """A fact without a place holds everywhere; with one, where the rule's source comes from."""
    return place is None or any(source.startswith(f"{place}/") for source in rule.sources)


def _unwanted(rule: Rule, wanted: tuple[DemandKind, ...], asked: Asked) -> tuple[str, str] | None:
    """Why the user's choice leaves the rule out."""
    spoken = rule.demand.replace("_", " ")
    if asked.laws and rule.law not in asked.laws:
        return "other_law", f"rests on {rule.law or 'no law'}, not on {' or '.join(asked.laws)}"
    if wanted and rule.demand not in wanted:
        return "not_asked", f"you did not ask for {spoken}"
    if not wanted and rule.footing == "request":
        return "on_request", f"no law gives {spoken} here; a plain request is written with --demand {rule.demand}"
    if not wanted and rule.offer == "on_request":
        reasons = " --because TEXT" if "situation" in rule.needs and not asked.situation else ""
        return "on_request", f"{spoken} is offered when asked for: --demand {rule.demand}{reasons}"
    if "situation" in rule.needs and not asked.situation:
        return "situation", f"{spoken} needs the grounds of your own situation: add --because TEXT"
    return None


def _voluntary(wanted: tuple[DemandKind, ...], kept: list[Rule], out: list[LeftOut]) -> list[Rule]:
    """A plain request for what was asked and no rule carries. A rule that only lacks the person's grounds is no gap."""
    carried = {rule.demand for rule in kept if rule.by == "letter"}
    waiting = any(entry.code == "situation" for entry in out)
    missing = [kind for kind in wanted if kind not in carried] if wanted else []
    if not wanted and not kept and not waiting:
        missing = list(VOLUNTARY)
    if waiting:
        missing = [kind for kind in missing if kind not in ("objection", "restriction")]
    return [plain_request(kind) for kind in missing]


def plain_request(kind: DemandKind) -> Rule:
    """A demand for which no law is named."""
    return Rule(id=f"voluntary-{kind}", demand=kind, footing="request", confidence="verified", sources=())


PASSING_ON = plain_request("recipients")
"""All that a processor is asked for itself: for whom it holds something, and to pass the letter on."""


def _names(rules: list[Rule], place: Jurisdiction) -> str:
    return ", ".join(dict.fromkeys(_name(place.laws[rule.law]) for rule in rules if rule.law))


def _name(law: Law) -> str:
    return text_in(law.short or law.name, "en")
