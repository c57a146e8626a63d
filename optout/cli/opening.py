"""The case that a request opens: what never changes in it, and the data it relies on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optout import compose, views
from optout.addressed import is_own
from optout.case import Case, CaseLetter, CaseRemedy, Demand
from optout.cli import deciding
from optout.cli.app import App
from optout.jurisdiction import Jurisdiction, Remedy
from optout.law import text_in

if TYPE_CHECKING:
    from optout.pieces import LetterPlan


def case(
    app: App,
    decided: deciding.Decided,
    plans: Sequence[LetterPlan],
    ref: str,
    subject_id: str,
) -> Case:
    """The case that these letters open."""
    place, firm = decided.place, decided.firm
    plans = compose.whole_letters(plans)
    firm_place = None if decided.to else firm.addressee(decided.places).place
    rules = [rule for p in plans for rule in p.rules]
    laws = {rule.law for rule in rules if rule.law}
    remedies = [x for x in place.remedies if x.about(laws) and x.confidence != "unverified"]
    named = [*(rule.clocks for rule in rules), *(remedy.clocks for remedy in remedies)]
    clock_ids = dict.fromkeys(clock for clocks in named for clock in clocks)
    clocks = {c: place.clocks[c] for c in clock_ids}
    calendars = {c: place.calendars[c] for k in clocks.values() for c in (k.calendar, k.or_calendar) if c}
    return Case(
        ref=ref,
        subject=subject_id,
        firm=firm.id,
        firm_name=f"{decided.addressee}, client of {firm.name}" if decided.setting.client else decided.addressee,
        place=place.id,
        firm_place=firm_place,
        subject_places=decided.places,
        firm_places=app.catalog.firm_places(firm_place),
        opened=app.today,
        demands=tuple(
            Demand(
                kind=rule.demand, footing=rule.footing, rule=rule.id, law=rule.law, law_name=deciding.law_name(place, rule),
                cites=views.cites(rule, "en"), clocks=rule.clocks, when=rule.when,
                sources=tuple(f"{text_in(s.title, 'en')} {s.url or ''}".strip() for s in (place.sources[x] for x in rule.sources)),
            )
            for rule in rules
        ),
        letters=tuple(
            CaseLetter(id=p.id, kinds=tuple(dict.fromkeys(r.demand for r in p.rules)), when=p.rules[0].when,
                       language=p.language, reply_by=p.reply_by, reply_within=p.reply_within)
            for p in plans
        ),
        clocks=clocks,
        calendars=calendars,
        remedies=tuple(_remedy(place, remedy) for remedy in remedies),
        data={f"jurisdictions/{i}": app.catalog.data_hash("jurisdictions", i) for i in decided.places}
        | ({} if is_own(firm.id) else {f"firms/{firm.id}": app.catalog.data_hash("firms", firm.id)}),
        to=decided.to,
        firm_kind=decided.kind,
    )  # fmt: skip


def _remedy(place: Jurisdiction, remedy: Remedy) -> CaseRemedy:
    """A remedy as the case keeps it, with the authority's name where there is just one that hears it."""
    law = place.laws.get(remedy.law or "")
    heard = views.competent_authorities(place, {remedy.law} if remedy.law else set())
    authority = place.authorities.get(remedy.to or (heard[0] if len(heard) == 1 else ""))
    named = authority is not None and remedy.kind == "authority"
    return CaseRemedy(
        id=remedy.id, kind=remedy.kind, law=remedy.law, law_name=text_in(law.short or law.name, "en") if law else "",
        to=text_in(authority.name, "en") if authority and named else "", kinds=remedy.for_, needs=remedy.needs,
        clocks=remedy.clocks, breach_of=remedy.breach_of, provision=", ".join(views.cites(remedy, "en")), in_force=remedy.in_force,
    )  # fmt: skip
