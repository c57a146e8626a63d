"""Which times of the law the firm let pass, as far as that is sure, and which provisions it broke."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from optout import recount
from optout.case import CaseLetter, Deadline, Demand
from optout.law import Clock
from optout.letterdays import Notice
from optout.recount import Matter
from optout.recourse import LATE
from optout.views import cites, printable


def times(matter: Matter, letter: CaseLetter, demands: Iterable[Demand]) -> list[dict[str, Any]]:
    """The times of the law that are over, or were when the firm refused, those that read alike once. The day on which one
    ended is told only where it is sure."""
    found: list[dict[str, Any]] = []
    for demand in demands:
        for name in demand.clocks:
            clock = matter.case.clocks[name]
            deadline = _deadline(matter, letter, demand, clock)
            on = matter.steps.refused_on.get(demand.kind, matter.on) if demand in matter.following.denied else matter.on
            if deadline is None or deadline.overdue_from > on or demand.kind not in letter.kinds:
                continue
            sure = not (deadline.estimated or deadline.approximate)
            notices = matter.steps.letters[letter.id].notices
            now = matter.place.clocks.get(name, clock)  # cases of before say less of their clocks
            words = longer(matter, letter)
            until = max((x.until for x in words if x.until), default=None)
            extended = bool(notices and clock.extend and not recount.status_of(matter, letter).void)
            too_long = extended and until is not None and until > deadline.on
            time = {
                "period": str(clock.period),
                "start": clock.from_,
                "cites": list(cites(clock, matter.language)),
                "breaks": list(
                    printable(now.breaks if now.cites == clock.cites else (), clock.pinpoint, matter.language)
                ),
                "law": recount.law_words(matter, demand.law)["short"]
                if demand.law and demand.law != recount.lead_law(matter)
                else "",
                "ended": matter.day(deadline.on) if sure else "",
                "overdue": matter.day(deadline.overdue_from) if sure else "",
                "void": any(late_notice(matter, letter, notice.told) for notice in notices),
                "extended": extended,
                "longest": str(clock.extend.by) if clock.extend and clock.extend.by and too_long else "",
                "unsure": clock.extension_unknown and bool(words),
                "until": matter.day(until) if until else "",
            }
            found += [time] if time not in found else []
    return found


def longer(matter: Matter, letter: CaseLetter) -> list[Notice]:
    """The firm's words, come in time, that it needs longer: where it was not read whether it may, nobody knows whether
    the time is over."""
    return [x for x in matter.steps.letters[letter.id].notices if not late_notice(matter, letter, x.told)]


def surely(matter: Matter, letter: CaseLetter, demands: Iterable[Demand]) -> list[dict[str, Any]]:
    """The times that are surely over, and so broken."""
    return [x for x in times(matter, letter, demands) if not x["unsure"]]


def late_notice(matter: Matter, letter: CaseLetter, told: date) -> bool:
    """Whether word of an extension came when every time of the law had surely ended, where receipt is estimated with its
    margin too; then it lengthens nothing."""
    status = recount.status_of(matter, letter)
    ends = [x for x in status.deadlines if x.kind in LATE and x.origin != "sender"]
    unsure = any(matter.case.clocks[c].extension_unknown for x in matter.case.demands for c in x.clocks)
    over = [x.overdue_from <= told if x.estimated or unsure else x.on < told for x in ends if not x.approximate]
    return len(over) == len(ends) and bool(ends) and all(over)


def _deadline(matter: Matter, letter: CaseLetter, demand: Demand, clock: Clock) -> Deadline | None:
    """The date that this clock gave, and None rather than that of another law; its derivation begins with the law's name."""
    sent = recount.status_of(matter, letter).sent
    if clock.kind not in LATE or sent is None or not clock.usable(sent):
        return None
    fitting = [
        x
        for x in recount.status_of(matter, letter).deadlines
        if x.kind == clock.kind and x.origin != "sender" and demand.kind in x.demands
    ]
    if demand.law_name:
        named = (demand.law_name, f"guidance on the {demand.law_name}")
        fitting = [x for x in fitting if x.why.startswith(named)]
    return next(iter(fitting), None)


def named_time(matter: Matter, letter: CaseLetter) -> dict[str, str]:
    """The sender's own date or time, where the request named one that is over; else nothing."""
    for deadline in recount.status_of(matter, letter).deadlines:
        if deadline.origin == "sender" and deadline.overdue_from <= matter.on and not deadline.done:
            within = str(letter.reply_within) if letter.reply_within else ""
            return {"by": "" if within else matter.day(letter.reply_by or deadline.on), "within": within}
    return {}


def provisions(matter: Matter) -> list[str]:
    """The provisions that gave the time and the demands, each once. Silence breaks none where a law sets no time."""
    found: dict[str, None] = {}
    timed: list[Demand] = []
    for letter in recount.requests(matter):
        for time in surely(matter, letter, (*matter.following.late, *matter.following.denied)):
            found |= dict.fromkeys(time["breaks"] or time["cites"])
        timed += [x for x in matter.following.late if x not in timed and _broken(matter, letter, x)]
    for held in recount.held_up(matter):
        found |= dict.fromkeys(held["cites"])
    for demand in timed:
        found |= dict.fromkeys(recount.demand_cites(matter, demand))
    for demand in matter.following.denied:
        found |= dict.fromkeys(recount.broken_cites(matter, demand))
    first = recount.at_firm(matter)
    if first and first["ignored"]:
        found |= dict.fromkeys(f"{first['law']}, {cite}" for cite in first["cites"])
    return list(found)


def _broken(matter: Matter, letter: CaseLetter, demand: Demand) -> bool:
    """Whether silence about it breaks the provision that gives it: where the law sets a time that can be over."""
    clocks = [matter.case.clocks[name] for name in demand.clocks if demand.kind in letter.kinds]
    return any(x.kind in LATE and not (x.extension_unknown and longer(matter, letter)) for x in clocks)
