"""All that the catalogue knows of a law, as `laws show` says it: enough to check each rule against its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from optout.cli.firmlines import WORDS
from optout.jurisdiction import Jurisdiction, Remedy
from optout.law import Calendar, Clock, InForce, Rule, text_in


def whole(place: Jurisdiction, law_id: str, within: Iterable[Jurisdiction]) -> Iterator[str]:
    """Lines on a law of that place; `within` are the places that are part of it, however far down."""
    law = place.laws[law_id]
    name = text_in(law.name, "en")
    yield " ".join(part for part in (name, text_in(law.number, "en"), f"({text_in(place.name, 'en')})") if part)
    speaks = {"private": "firms", "public": "public bodies", "both": "firms and public bodies"}[law.binds]
    left = f"; leaves to another law: {', '.join(map(_spaced, law.leaves_out))}" if law.leaves_out else ""
    read = f"; read for days from {law.known_from} on alone" if law.known_from else ""
    yield f"  speaks to {speaks}{left}{_force(law.in_force, '; ')}{read}"
    for inner in within:
        if own := inner.laws.get(law_id):
            yield f"  in {text_in(inner.name, 'en')}: {text_in(own.name, 'en')}{_force(own.in_force, ', ')}"
    yield from _sources(place, law.sources)
    for rule in place.rules:
        if rule.law == law_id:
            yield from _rule(place, rule)
    yield from _periods(place, law_id)
    yield from _entries("Rights that no letter uses", place, place.unused, law_id, lambda r, _: r.right)
    yield from _entries("What a firm may ask as proof", place, place.identity, law_id, _identity)
    yield from _entries("Who may write for a person", place, place.agents, law_id, _agent)
    yield from _entries("What follows without an answer", place, place.remedies, law_id, _remedy)
    yield from _entries("Grounds a firm may give", place, place.refusals, law_id, lambda r, _: _spaced(r.ground))
    yield from _decisions(place)


def _rule(place: Jurisdiction, rule: Rule) -> Iterator[str]:
    yield ""
    yield f"{rule.id}: {_spaced(rule.demand)}, {rule.footing}{_cites(rule)}"
    yield f"  existence {_sure(rule)}{_force(rule.in_force, '; ')}"
    if rule.breaks:
        yield f"  a refusal breaks: {'; '.join(text_in(x, 'en') for x in rule.breaks)}"
    if rule.applies_if and rule.applies_if.firm_kinds:
        yield f"  only for: {', '.join(map(_spaced, rule.applies_if.firm_kinds))}"
    yield from (f"  {_period(name, place.clocks[name])}" for name in rule.clocks)
    for item in rule.items:
        yield f"  item {_spaced(item.id)}: {item.footing}{_cites(item)} ({_sure(item)}{_force(item.in_force, '; ')})"
    for limit in rule.limits:
        known = f"({_sure(limit)}{_force(limit.in_force, '; ')})"
        yield f"  limit {_spaced(limit.id)}: {limit.effect}{_cites(limit)} {known}. {text_in(limit.note, 'en')}".rstrip()
    if rule.note:
        yield f"  note: {text_in(rule.note, 'en')}"
    yield from _sources(place, rule.sources)


def _period(name: str, clock: Clock) -> str:
    return f"{_spaced(clock.kind)}: {clock.period} from {clock.from_} ({name})"


def _periods(place: Jurisdiction, law_id: str) -> Iterator[str]:
    """Each clock of the law once, with what moves it."""
    every: tuple[Rule | Remedy, ...] = (*place.rules, *place.remedies)
    entries = [entry for entry in every if entry.law == law_id]
    names = dict.fromkeys(name for entry in entries for name in entry.clocks)
    if names:
        yield ""
        yield "Periods"
    for name in names:
        clock = place.clocks[name]
        of = f" of the {text_in(clock.act, 'en')}" if clock.act else ""
        yield f"  {_period(name, clock)}{_cites(clock)}{of} ({clock.origin}, {_sure(clock)}{_force(clock.in_force, '; ')})"
        yield from (f"    {text}" for text in _moved(place, clock))
        yield from (f"  {text}" for text in _sources(place, clock.sources))


def _moved(place: Jurisdiction, clock: Clock) -> Iterator[str]:
    if clock.extend:
        by, within, start = clock.extend.by, clock.extend.told_within, clock.extend.told_from
        length = f"by {by}" if by else "to a day that the firm names"
        yield f"may be extended {length} if told within {within} of {start}"
    yield from (f"starts only with the {word}" for word in clock.starts_late)
    yield from (f"does not run while the {word} is open" for word in clock.stops)
    if clock.roll != "none":
        yield "a last day that is closed moves to the next open one"
    for name in (clock.calendar, clock.or_calendar):
        if name:
            yield f"calendar {name}: {_days(place.calendars[name])}"


def _days(calendar: Calendar) -> str:
    """Which days are closed, and how sure that is."""
    whose = {
        "subject": "holidays of the person's place",
        "action": "holidays of the firm's place within the union, else of the person's",
        "none": "",
    }.get(calendar.place, f"holidays of {calendar.place.upper()}")
    parts = [
        ", ".join(calendar.weekend),
        "" if calendar.only else whose,
        *(f"{word} {', '.join(days)}" for word, days in (("and", calendar.add), ("but not", calendar.drop)) if days),
        *(f"{word} {', '.join(days)}" for word, days in (("only", calendar.only), ("closed", calendar.closed)) if days),
    ]
    return f"{'; '.join(part for part in parts if part) or 'every day is open'} ({calendar.confidence})"


def _entries(head: str, place: Jurisdiction, entries: Iterable[Any], law_id: str, said: Any) -> Iterator[str]:
    own = [entry for entry in entries if law_id in laws_of(entry)]
    if own:
        yield ""
        yield head
    for entry in own:
        name = f"{entry.id}: " if hasattr(entry, "id") else ""
        yield f"  {name}{said(entry, place)}{_cites(entry)} (existence {_sure(entry)})"
        if note := getattr(entry, "note", None):
            yield f"    note: {text_in(note, 'en')}"
        yield from (f"    {_period(name, place.clocks[name])}" for name in getattr(entry, "clocks", ()))
        yield from (f"  {text}" for text in _sources(place, entry.sources))


def _identity(entry: Any, _: Jurisdiction) -> str:
    asked = ", ".join(map(_spaced, entry.what))
    of = f" for {', '.join(map(_spaced, entry.for_))}" if entry.for_ else ""
    return f"{asked}{of}: {_spaced(entry.stance)}{_force(entry.in_force, '; ')}"


def laws_of(entry: Any) -> tuple[str | None, ...]:
    """The law that the entry is part of, and those to which it speaks."""
    return (entry.law, *getattr(entry, "breach_of", ()), *getattr(entry, "for_laws", ()))


def _agent(entry: Any, place: Jurisdiction) -> str:
    may = {"request": "asks", "complaint": "complains"}
    does = " and ".join(may[x] for x in entry.may)
    about = f" for {', '.join(map(_spaced, entry.for_))}" if entry.for_ else ""
    proof = f"with {' and '.join(map(_spaced, entry.proof))}" if entry.proof else "alone"
    of = [text_in(place.laws[law].short or place.laws[law].name, "en") for law in entry.for_laws]
    under = f", under {' and '.join(of)}" if of else ""
    says = {"law": "by law", "guidance": "by guidance", "open": "not settled by this law"}[entry.footing]
    return f"{entry.who} {does}{about} {proof}{under}: {says}"


def _remedy(entry: Any, place: Jurisdiction) -> str:
    to = f" to {text_in(place.authorities[entry.to].name, 'en')}" if entry.to in place.authorities else ""
    first = f", after {', '.join(entry.needs)}" if entry.needs else ""
    of = [text_in(place.laws[law].short or place.laws[law].name, "en") for law in entry.breach_of]
    under = f" under the {text_in(place.laws[entry.law].name, 'en')}, for a breach of {' or '.join(of)}" if of else ""
    return f"{_spaced(entry.kind)}{to}{under}{first}{_force(entry.in_force, '; ')}"


def _decisions(place: Jurisdiction) -> Iterator[str]:
    if place.decisions:
        yield ""
        yield "Decisions"
    for one in place.decisions:
        number = f", {text_in(one.number, 'en')}" if one.number else ""
        head = f"{one.id}: {text_in(one.body, 'en')}, {one.on or 'day not known'}{number}"
        sure = _surely(one, bool(one.number), "number")
        yield f"  {head}: {_word(one.outcome)}; {_word(one.status)} ({sure})"
        if one.note:
            yield f"    note: {text_in(one.note, 'en')}"
        yield from (f"  {text}" for text in _sources(place, one.sources))


def _sources(place: Jurisdiction, keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        source = place.sources[key]
        of = f", as of {source.as_of}" if source.as_of else ""
        yield f"  source: {text_in(source.title, 'en')}, {source.kind}{of}, read {source.checked}, {source.url or 'no address'}"


def _cites(entry: Any) -> str:
    return "".join(f"; {text_in(cite, 'en')}" for cite in entry.cites)


def _sure(entry: Any) -> str:
    return _surely(entry, bool(entry.cites), "section")


def _surely(entry: Any, given: bool, what: str) -> str:
    return f"{entry.confidence}, {what} {entry.pinpoint or 'unverified'}" if given else str(entry.confidence)


def _force(days: InForce | None, before: str) -> str:
    if days is None:
        return ""
    ends = [f"from {days.from_}"] * bool(days.from_) + [f"until {days.until}"] * bool(days.until)
    return f"{before}in force {' '.join(ends)}"


def _word(word: str) -> str:
    return WORDS.get(word, _spaced(word))


def _spaced(word: str) -> str:
    return word.replace("_", " ")
