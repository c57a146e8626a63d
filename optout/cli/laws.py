"""`optout laws`: the rules with their sources, and the dates they give."""

from __future__ import annotations

from typing import Any

import click

from optout import views
from optout.cli.app import App
from optout.cli.output import answer, line, table
from optout.cli.params import DAY, word
from optout.counting import Where
from optout.deadlines import Void, held_up
from optout.deadlines import answer as work_out
from optout.errors import NoRule, NotFound
from optout.jurisdiction import Jurisdiction
from optout.law import Rule, stands, text_in
from optout.letterdays import Days, happened
from optout.select import KINDS


@click.group(epilog="\b\nExample:\n  optout laws show gdpr")
def laws() -> None:
    """The laws in the catalogue."""


def _all(app: App) -> list[tuple[Jurisdiction, str]]:
    """Each law with the place that defines it."""
    return [(place, law) for place in app.catalog.all_places() for law in place.laws]


@laws.command("list", epilog="\b\nExamples:\n  optout laws list\n  optout laws list --places")
@click.option("--places", is_flag=True, help="the places where a person can live, with the laws that bind firms there")
@click.pass_obj
def list_(settings: dict[str, Any], places: bool) -> None:
    """List the laws, or the places that a letter can be written from."""
    app = App(settings)
    if places:
        _places(app)
        return
    found = [_law(place, law) for place, law in _all(app)]
    if app.json:
        answer("laws", {"laws": found})
        return
    table([(x["id"], x["place"].upper(), x["name"], ", ".join(x["demands"]), x["confidence"]) for x in found],
          ("LAW", "PLACE", "NAME", "DEMANDS", "CONFIDENCE"), app.plain)  # fmt: skip


def _places(app: App) -> None:
    found: list[dict[str, Any]] = []
    for own in app.catalog.all_places():
        if own.kind != "union":  # nobody lives in one
            place = app.catalog.effective(own.id)
            bind = [name for name, law in place.laws.items() if law.binds != "public"]
            found.append({"id": own.id, "name": text_in(own.name, "en"), "laws": bind})
    if app.json:
        answer("places", {"places": found})
        return
    table([(x["id"].upper(), x["name"], ", ".join(x["laws"]) or "none") for x in found],
          ("PLACE", "NAME", "LAWS"), app.plain)  # fmt: skip


def _law(place: Jurisdiction, law_id: str) -> dict[str, Any]:
    law = place.laws[law_id]
    rules = [rule for rule in place.rules if rule.law == law_id]
    order = ("unverified", "secondary", "verified")
    weakest = min((r.confidence for r in rules), key=order.index, default="unverified")
    days = law.in_force
    return {
        "id": law_id, "name": text_in(law.name, "en"), "place": place.id,
        "in_force": {"from": str(days.from_) if days and days.from_ else None, "until": str(days.until) if days and days.until else None},
        "demands": list(dict.fromkeys(rule.demand for rule in rules)), "confidence": weakest,
    }  # fmt: skip


@laws.command(epilog="\b\nExample:\n  optout laws show gdpr")
@click.argument("law_id", metavar="ID")
@click.pass_obj
def show(settings: dict[str, Any], law_id: str) -> None:
    """Show every rule of a law with citation, clocks, limits, confidence and sources."""
    app = App(settings)
    found = [(place, law) for place, law in _all(app) if law == law_id]
    if not found:
        import difflib

        near = difflib.get_close_matches(law_id, [law for _, law in _all(app)], 3, 0.5)
        raise NotFound("law", law_id, near, "" if near else "optout laws list")
    if app.json:
        answer("laws", {"laws": [{**_law(place, name), **_whole(place, name)} for place, name in found]})
        return
    from optout.cli.lawlines import whole

    for place, name in found:
        within = [p for p in app.catalog.all_places() if p.id != place.id and place in app.catalog.chain(p.id)]
        for text in whole(place, name, within):
            line(text)


def _whole(place: Jurisdiction, law_id: str) -> dict[str, Any]:
    """All that rests on the law, as its file has it."""
    from optout.cli.lawlines import laws_of
    from optout.records import to_plain

    def own(entries: Any) -> list[Any]:
        return [to_plain(entry) for entry in entries if law_id in laws_of(entry)]

    found = {name: own(getattr(place, name)) for name in ("rules", "identity", "agents", "remedies", "refusals")}
    used = {clock for name in ("rules", "remedies") for entry in found[name] for clock in entry.get("clocks", ())}
    return {
        **found,
        "decisions": to_plain(place.decisions),
        "clocks": {key: to_plain(clock) for key, clock in place.clocks.items() if key in used},
        "sources": [
            {
                "id": key,
                "title": text_in(source.title, "en"),
                "url": source.url,
                "kind": source.kind,
                "checked": str(source.checked),
                "as_of": str(source.as_of) if source.as_of else None,
            }
            for key, source in place.sources.items()
        ],
    }


@laws.command(epilog="\b\nExample:\n  optout laws deadline --residence FR --demand access --received 2026-01-31")
@click.argument("law_id", metavar="[ID]", required=False)
@click.option("--residence", required=True, metavar="PLACE", help="where the person lives, such as US-IL or FR")
@click.option("--demand", required=True, metavar="KIND", help="access, deletion, ...")
@click.option("--received", required=True, type=DAY, help="the day on which the firm got the letter")
@click.option("--event", "events", multiple=True, metavar="EVENT=DAY", help="sent, identity-asked, identity-given, ...")
@click.option("--extended", type=DAY, help="the day on which the firm told of an extension")
@click.option("--firm-place", metavar="PLACE", help="where the firm sits")
@click.pass_obj
def deadline(settings: dict[str, Any], law_id: str | None, residence: str, demand: str, received: Any, events: tuple[str, ...],
             extended: Any, firm_place: str | None) -> None:  # fmt: skip
    """Work out the dates of a demand, with the derivation of each."""
    from optout.library.publicholidays import PublicHolidays

    app = App(settings)
    kind = word(demand)
    if kind not in KINDS:
        near = [k for k in KINDS if k[:3] == kind[:3]]
        raise NotFound("demand", demand, near, "" if near else f"one of: {', '.join(KINDS).replace('_', '-')}")
    place_id = app.catalog.place_id(residence)
    place = app.catalog.effective(place_id)
    chain = tuple(p.id for p in app.catalog.chain(place_id))
    firm = app.catalog.firm_places(firm_place.strip().lower() if firm_place else None)
    where = Where(subject=chain, firm=firm, calendars=place.calendars, holidays=PublicHolidays())
    days = _happened(received, events, extended)
    answers = [a for rule in place.rules if (a := _answer(place, rule, kind, law_id, days, where))]
    if not answers:
        said = f"no law in the catalogue sets a date for {kind.replace('_', ' ')} there"
        outside = _not_in_force(place, kind, law_id, days)
        raise NoRule(said + (f" on {received}: {outside}" if outside else ""),
                     hint="a letter then names the sender's own date")  # fmt: skip
    if app.json:
        answer("deadline", {"answers": answers})
        return
    for one in answers:
        line(f"{one['name']}, {one['demand'].replace('_', ' ')}")
        for key in ("acknowledge", "respond", "extended"):
            if date := one[key]:
                say_date(key, date)
        for held in one["held_up"]:
            line(f"  {held['clock']}: no date yet")
            line(f"    {held['why']}")


def say_date(key: str, date: dict[str, Any]) -> None:
    if date.get("void"):
        line(f"  {key}: without effect")
    else:
        line(
            f"  {key}: {date['on']}, overdue from {date['overdue_from']}{' (approximate)' if date['approximate'] else ''}"
        )
    line(f"    {date['why']}")


def _happened(received: Any, events: tuple[str, ...], extended: Any) -> Days:
    given: dict[str, Any] = {}
    for text in events:
        name, _, day = text.partition("=")
        key = word(name)
        if key not in ("sent", "identity_asked", "identity_given", "clarification_asked", "clarified", "extended"):
            raise click.BadParameter(f"'{name}' is not an event here", param_hint="--event")
        given[key] = DAY.convert(day, None, None)
    if extended:
        given["extended"] = extended
    return happened(received, **{"sent": received, **given})


def _covered(place: Jurisdiction, rule: Rule, days: Days) -> bool:
    """Whether the rule and its law apply on the day of receipt."""
    law = place.laws[rule.law or ""]
    read = law.known_from is None or law.known_from <= days.start
    return read and stands(rule, days.start) and stands(law, days.start)


def _not_in_force(place: Jurisdiction, kind: str, law_id: str | None, days: Days) -> str:
    """The laws that would set a date on another day, with their days; "" where there is none."""
    found: dict[str, None] = {}
    for rule in place.rules:
        if rule.demand != kind or rule.by != "letter" or not rule.clocks or rule.confidence == "unverified":
            continue
        if (law_id and rule.law != law_id) or _covered(place, rule, days):
            continue
        law = place.laws[rule.law or ""]
        if law.known_from and days.start < law.known_from:
            found[f"{text_in(law.short or law.name, 'en')} was read for days from {law.known_from} on alone"] = None
            continue
        entry = law if not stands(law, days.start) else rule
        since, until = entry.in_force.from_, entry.in_force.until  # type: ignore[union-attr]
        when = [f"from {since}"] * (since is not None) + [f"until {until}"] * (until is not None)
        found[f"{text_in(law.short or law.name, 'en')} gives it only {' '.join(when)}"] = None
    return "; ".join(found)


def _answer(
    place: Jurisdiction, rule: Rule, kind: str, law_id: str | None, days: Days, where: Where
) -> dict[str, Any] | None:
    if rule.demand != kind or rule.by != "letter" or not rule.clocks or (law_id and rule.law != law_id):
        return None
    if rule.confidence == "unverified" or not _covered(place, rule, days):
        return None
    law = place.laws[rule.law or ""]
    if law.binds == "public" and not law_id:  # no date that a firm has to keep
        return None
    name = text_in(law.short or law.name, "en")
    found: dict[str, Any] = {"acknowledge": None, "respond": None, "extended": None, "held_up": []}
    for clock in (place.clocks[c] for c in rule.clocks):
        if clock.kind not in found or not clock.usable(days.start):
            continue
        if reason := held_up(clock, days, where):
            why = f"{name}: {clock.period} from {clock.from_} does not run; {reason}"
            found["held_up"].append({"clock": clock.kind, "why": why})
            continue
        result = work_out(clock, name, days, where)
        found[clock.kind] = _date(result.plain)
        if result.extended is not None:
            found["extended"] = _date(result.extended)
    return {"law": rule.law, "name": name, "demand": rule.demand, "cite": ", ".join(views.cites(rule, "en")) or None,
            "received": str(days.start), **found}  # fmt: skip


def _date(deadline: Any) -> dict[str, Any]:
    if isinstance(deadline, Void):
        return {"void": True, "why": deadline.why}
    return {"on": str(deadline.on), "overdue_from": str(deadline.overdue_from), "origin": deadline.origin,
            "approximate": deadline.approximate, "why": deadline.why}  # fmt: skip
