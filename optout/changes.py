"""What a data file makes letters do: where they go, and what is shown to whom; and how two of them differ in that."""

from __future__ import annotations

from dataclasses import dataclass

from optout.firm import Firm, Route
from optout.jurisdiction import Jurisdiction
from optout.law import text_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What matters most before a file of somebody else is used. Each entry is a sentence's worth of plain text."""

    recipients: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """From one effect to another; entries that stayed are left out."""

    recipients_new: tuple[str, ...]
    recipients_gone: tuple[str, ...]
    asks_new: tuple[str, ...]
    asks_gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.recipients_new or self.recipients_gone or self.asks_new or self.asks_gone)

    def plain(self) -> dict[str, dict[str, list[str]]]:
        """As answers give it."""
        return {
            "recipients": {"new": list(self.recipients_new), "gone": list(self.recipients_gone)},
            "asks": {"new": list(self.asks_new), "gone": list(self.asks_gone)},
        }


def between(old: Effect, new: Effect) -> Changes:
    return Changes(
        recipients_new=_without(new.recipients, old.recipients),
        recipients_gone=_without(old.recipients, new.recipients),
        asks_new=_without(new.asks, old.asks),
        asks_gone=_without(old.asks, new.asks),
    )


def effect(data: Firm | Jurisdiction) -> Effect:
    """Of a firm: who answers, by which routes, and what it wants to see. Of a place: who hears a complaint, and what
    the law lets a firm ask."""
    return _of_firm(data) if isinstance(data, Firm) else _of_place(data)


def _of_firm(firm: Firm) -> Effect:
    recipients = [_limited(f"{e.role} {e.name}", e.only_from, e.not_from) for e in firm.entities]
    recipients += [_route(route) for route in firm.routes if route.to]
    recipients += [f"{firm.status}, now {firm.successor}"] if firm.successor else []
    recipients += ["its clients, for whom it works, in place of it"] if firm.role == "processor" else []
    asks = [
        _limited(f"{ask.what.replace('_', ' ')} for {_kinds(ask.for_)}", ask.only_from)
        for ask in firm.asks
        if ask.current
    ]
    # A letter gives what the firm finds people by, so one thing more is one thing more to give away.
    asks += [f"{what.replace('_', ' ')} to find you" for what in firm.finds_by]
    return Effect(recipients=tuple(recipients), asks=tuple(asks))


def _route(route: Route) -> str:
    return _limited(
        f"{route.kind} {route.shown}{f' of {route.entity}' if route.entity else ''} for {_kinds(route.for_)} ({route.standing})",
        route.only_from,
        route.not_from,
    )


def _of_place(place: Jurisdiction) -> Effect:
    recipients = []
    for authority in place.authorities.values():
        where = [", ".join(authority.address), authority.email or "", authority.complaint_url or ""]
        recipients.append(f"authority {text_in(authority.name, 'en')}: {'; '.join(x for x in where if x)}")
    asks = [
        f"{', '.join(rule.what).replace('_', ' ')} for {_kinds(rule.for_)}: the law {rule.stance.replace('_', ' ')}"
        for rule in place.identity
    ]
    return Effect(recipients=tuple(recipients), asks=tuple(asks))


def _limited(text: str, only_from: tuple[str, ...], not_from: tuple[str, ...] = ()) -> str:
    only = f", only from {', '.join(only_from).upper()}" if only_from else ""
    never = f", not from {', '.join(not_from).upper()}" if not_from else ""
    return text + only + never


def _kinds(kinds: tuple[str, ...]) -> str:
    return ", ".join(kinds).replace("_", " ") or "everything"


def _without(these: tuple[str, ...], those: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in these if one not in those))
