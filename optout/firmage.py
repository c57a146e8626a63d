"""What makes a firm's file worth reading again: its age, ways that compete or are disputed, mailboxes of others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from optout import hosts
from optout.checks import Finding
from optout.firm import Firm, Route
from optout.firmchecks import meet
from optout.freshness import OLD_DAYS, WARN_DAYS, days_since, grade, last_seen

SOON = timedelta(days=WARN_DAYS)


def findings(firm: Firm, on: date) -> Iterator[Finding]:
    """What to look at, each at its path; an error only where nobody has read the sources for too long."""
    yield from _checked(firm, on)
    for index, route in enumerate(firm.routes):
        path = ("routes", index)
        if route.offered:
            yield from _route(path, firm, route, on)
        elif route.standing == "disputed":
            yield Finding(path, "route-disputed", f"sources differ on {shown(route)}", "warning")
    yield from _conflicts(firm)
    for index, ask in enumerate(firm.asks):
        seen = ask.seen and (ask.seen.until or ask.seen.from_)
        if ask.current and seen and days_since(seen, on) > OLD_DAYS:
            yield Finding(("asks", index), "ask-old", f"that {ask.what} is asked was last seen {seen}", "warning")


def shown(route: Route) -> str:
    """The route on one line."""
    return f"{route.kind} {route.shown or 'address not known'}"


def _checked(firm: Firm, on: date) -> Iterator[Finding]:
    """By the source that was read longest ago."""
    if not firm.sources:
        return
    key, oldest = min(firm.sources.items(), key=lambda pair: pair[1].checked)
    age = (on - oldest.checked).days
    if age > WARN_DAYS:
        text = f"sources were last read {age} days ago, on {oldest.checked}; read them again"
        old = age > OLD_DAYS
        path = ("sources", key, "checked")
        yield Finding(path, "checked-old" if old else "checked-aging", text, "error" if old else "warning")


def _route(path: tuple[str | int, ...], firm: Firm, route: Route, on: date) -> Iterator[Finding]:
    seen = last_seen(firm, route)
    age = grade(seen, on)
    if age == "unknown":
        yield Finding(path, "seen-unknown", f"no day is known on which {shown(route)} was seen", "warning")
    elif age != "fresh":
        yield Finding(path, f"seen-{age}", f"{shown(route)} was last seen {seen}", "warning")
    if route.until and route.until < on + SOON:
        over = "ended" if route.until < on else "ends"
        yield Finding((*path, "until"), "route-ends", f"{shown(route)} {over} on {route.until}", "warning")
    if route.kind == "email" and isinstance(route.to, str) and not _own_domain(firm, route, route.to):
        text = f"{hosts.mail_host(route.to)} is on no page of the firm and in no register that was read"
        yield Finding((*path, "to"), "mail-domain", text, "warning")


def _own_domain(firm: Firm, route: Route, mail: str) -> bool:
    """Whether the mailbox is at a domain of the firm, or stands in its own page or in an official register."""
    told = [r for r in firm.routes if any(firm.sources[s].kind != "secondary" for s in r.sources if s in firm.sources)]
    if route in told:
        return True
    pages = [source.url or "" for source in firm.sources.values() if source.kind == "own"]
    pages += [r.to for r in firm.routes if r.kind != "email" and isinstance(r.to, str) and r.offered]
    own = {hosts.host_of(page) for page in pages} | {name.lower() for name in firm.aliases if "." in name}
    own |= {hosts.mail_host(r.to) for r in told if r.kind == "email" and isinstance(r.to, str)}
    domain = hosts.mail_host(mail)
    return any(host == domain or host.endswith(f".{domain}") or domain.endswith(f".{host}") for host in own if host)


def _conflicts(firm: Firm) -> Iterator[Finding]:
    used = [(index, r) for index, r in enumerate(firm.routes) if r.standing == "use" and r.offered]
    for place, (index, route) in enumerate(used):
        for _, earlier in used[:place]:
            if route.kind == earlier.kind and route.to != earlier.to and meet(route, earlier):
                text = f"{shown(route)} competes with {shown(earlier)}: both in use for some person"
                yield Finding(("routes", index), "route-conflict", text, "warning")
