"""What a letter that follows may tell of its case: which requests, which times are over, what was asked, what proves it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from optout.case import Case, CaseLetter, Demand
from optout.escalation import Following
from optout.history import Numbered
from optout.jurisdiction import Authority, Decision, Jurisdiction, Remedy
from optout.law import stands
from optout.standing import LetterStatus, Status
from optout.subject import Acts
from optout.views import cites, law_view, printable
from optout.walk import Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What the letter is about, and to whom it goes."""

    following: Following
    steps: Walk
    status: Status
    events: Sequence[Numbered]
    place: Jurisdiction
    on: date
    language: str
    entity: str
    """The firm's name as the request bore it."""
    lines: tuple[str, ...]
    """Its postal address, as far as the request bore it."""
    email: str
    authority: Authority | None = None
    decisions: Sequence[Decision] = ()
    """On the firm, those that a letter from here can rely on, in the order in which they persuade."""
    by_face: bool = False
    """The firm finds people by their faces."""
    public: bool = False
    """It is no firm, but the police or another public body."""
    agent: Acts | Literal[""] = ""
    """As what somebody writes for the person; "": they write themselves."""
    kept: Collection[int] = ()
    """The numbers of the events with a kept file that is no letter of the case itself."""
    day: Callable[[date], str] = field(repr=False)
    """A date within a sentence of that language."""

    @property
    def case(self) -> Case:
        return self.steps.case

    @property
    def about(self) -> tuple[Demand, ...]:
        """The demands that the letter speaks for."""
        return (*self.following.late, *self.following.denied, *self.following.demanded)


def requests(matter: Matter) -> list[CaseLetter]:
    """The sent letters in which that was asked."""
    kinds = {demand.kind for demand in matter.about}
    letters = matter.steps.letters
    found = [letter for letter in matter.case.letters if letters[letter.id].sent and kinds & set(letter.kinds)]
    return list({letter.id: letter for letter in found}.values())


def status_of(matter: Matter, letter: CaseLetter) -> LetterStatus:
    return next(x for x in matter.status.letters if x.id == letter.id)


def request_view(matter: Matter, letter: CaseLetter) -> dict[str, str]:
    status = status_of(matter, letter)
    return {
        "sent": day_of(matter, letter),
        "by": status.by or "",
        "received": matter.day(status.received) if status.received else "",
    }


def day_of(matter: Matter, letter: CaseLetter) -> str:
    sent = status_of(matter, letter).sent
    return matter.day(sent) if sent else ""


def held_up(matter: Matter) -> list[dict[str, Any]]:
    """What the firm asks of the person before it answers, its day, and the provision that limits such demands."""
    laws = {demand.law for demand in matter.following.demanded}
    found: list[dict[str, Any]] = []
    for letter in requests(matter) if matter.following.demanded else ():
        for wait in (x for x in matter.steps.letters[letter.id].waits if x.ended is None):
            stance = "needs_doubt" if wait.about == "identity" else "may_ask"
            rules = [x for x in matter.place.identity if x.law in laws and x.stance == stance and stands(x, wait.asked)]
            sure = [x for x in rules if x.confidence != "unverified"]
            said = dict.fromkeys(cite for x in sure for cite in cites(x, matter.language))
            found.append({"what": wait.about, "on": matter.day(wait.asked), "cites": list(said)})
    return found


def at_firm(matter: Matter) -> dict[str, Any] | None:
    """The complaint that the firm heard before, and what became of it, for whoever hears the next one."""
    steps = matter.steps
    used = [x for x in matter.case.remedies if x.kind == "firm_complaint" and x.id in steps.used]
    if matter.following.kind != "authority" or not used:
        return None
    remedy, day = used[-1], steps.used[used[-1].id]
    data = next((x for x in matter.place.remedies if x.id == remedy.id), None)
    clock = next((x for x in (matter.case.clocks[name] for name in remedy.clocks) if x.usable(day)), None)
    over = [x for x in matter.status.dates if x.kind == "firm_complaint_reply" and x.overdue_from <= matter.on]
    overdue, answered = any(not x.done for x in over), any(on >= day for on in steps.answers())
    confirmed = steps.confirmed.get(remedy.id)
    return {
        "on": matter.day(day),
        "law": remedy.law_name,
        "cites": list(cites(data, matter.language)) if data else [],
        "period": str(clock.period) if clock else "",
        "confirmed": matter.day(confirmed) if confirmed else "",
        "overdue": overdue,
        "answered": answered,
        # It had to confirm, and neither did nor wrote at all.
        "ignored": overdue and not answered and confirmed is None,
    }


def measures(matter: Matter) -> list[dict[str, Any]]:
    """What can be asked of the one who hears the complaint, as far as it fits what this case asks for."""
    remedy = _remedy(matter)
    kinds = {kind for kind, out in matter.status.outcomes.items() if out not in ("withdrawn", "met", "no_data")}
    return [
        {"id": x.id, "cites": list(cites(x, matter.language))}
        for x in (remedy.measures if remedy else ())
        if x.confidence != "unverified"
        and (not x.for_ or kinds & set(x.for_))
        and (not x.for_laws or lead_law(matter) in x.for_laws)
    ]


def _remedy(matter: Matter) -> Remedy | None:
    named = matter.following.remedy
    return next((x for x in matter.place.remedies if named and x.id == named.id), None)


def remedy_view(matter: Matter) -> dict[str, Any]:
    """Its citation, and the time in which the firm is to answer a complaint or an appeal, where the law sets one."""
    remedy, named = _remedy(matter), matter.following.remedy
    clocks = [matter.case.clocks[name] for name in (named.clocks if named else ())]
    reply = next(
        (x for x in clocks if x.kind in ("appeal_reply", "firm_complaint_reply") and x.usable(matter.on)), None
    )
    return {
        "law": law_words(matter, named.law) if named and named.law else None,
        "other": bool(named and named.law != lead_law(matter)),
        "cites": list(cites(remedy, matter.language)) if remedy else [],
        "reply": {"period": str(reply.period), "cites": list(cites(reply, matter.language))} if reply else None,
    }


def lead_law(matter: Matter) -> str | None:
    """The law that the letter rests on: the one under which was asked."""
    return next((demand.law for demand in matter.about if demand.law), None)


def family_of(matter: Matter, law: str | None) -> str:
    known = matter.place.laws.get(law or "")
    return (known.family if known else None) or law or "request"


def law_words(matter: Matter, law: str) -> dict[str, str]:
    """As the catalogue names it, else as the case does."""
    if law in matter.place.laws:
        return law_view(matter.place.laws[law], matter.language)
    name = next((x.law_name for x in matter.case.demands if x.law == law), law)
    return {"name": name, "short": name, "number": ""}


def broken_cites(matter: Matter, demand: Demand) -> tuple[str, ...]:
    """What a refusal of it breaks. Of a firm that finds people by their faces it is known that it tells others what it
    holds, so the provision on that counts as well where the rule has one."""
    said = demand_cites(matter, demand)
    rule = next((x for x in matter.place.rules if x.id == demand.rule), None)
    if rule is None or cites(rule, matter.language) != said:
        return said
    told = [x for x in rule.items if x.id == "disclosure" and matter.by_face]
    own = printable(rule.breaks, rule.pinpoint, matter.language) or said
    return (*own, *(cite for x in told for cite in cites(x, matter.language)))


def demand_cites(matter: Matter, demand: Demand) -> tuple[str, ...]:
    """In the language of the letter, as long as the rule says what it said when the case was opened."""
    rule = next((x for x in matter.place.rules if x.id == demand.rule), None)
    if rule and cites(rule, "en") == demand.cites:
        return cites(rule, matter.language)
    return demand.cites
