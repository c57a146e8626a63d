"""Whether a record of another list is a firm of ours, and where the two would send a letter to different places.

`plain` is a firm as plain data. Only what cannot be a chance tells: the same host, mailbox or name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from optout.firm import ANSWERING
from optout.hosts import FREE_MAIL, host_in, host_of, mail_host, under
from optout.naming import folded, looks
from optout.seats import place_of

Plain = Mapping[str, Any]
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class Difference(NamedTuple):
    """One way to reach a firm that the other list gives and ours does not have, or does not use."""

    field: str
    """email, address or webform."""
    theirs: str
    ours: tuple[str, ...]
    """What ours has instead, each with its standing."""


class Ours:
    """The firms of ours, to be asked for many records."""

    def __init__(self, plains: Mapping[str, Plain]) -> None:
        """`plains` by the firms' ids."""
        self.plains = plains
        self._mail = _index({ident: {to.lower() for to in _to(plain, "email")} for ident, plain in plains.items()})
        self._names = _index({ident: names(plain) for ident, plain in plains.items()})
        self._hosts = _index({ident: hosts(plain) for ident, plain in plains.items()})

    def of(self, record: Plain) -> str | None:
        """The id of the firm of ours that the record describes; None where there is none, or where two could be meant.

        A host tells nothing of a record for some countries: it may be a group's, whose firms there are others.
        """
        email = str(record.get("email", "")).lower()
        host = host_of(record["web"]) if "web" in record else mail_host(email)
        everywhere = "all" in record.get("relevant-countries", ("all",))
        by_host = self._hosts.get(host) if everywhere else None
        return self._mail.get(email) or self._names.get(folded(record["name"])) or by_host


def _index(values: Mapping[str, set[str]]) -> dict[str, str | None]:
    """Each value with the one firm that has it."""
    found: dict[str, str | None] = {}
    for ident, own in values.items():
        for value in own:
            found[value] = None if value in found else ident
    return found


def names(plain: Plain) -> set[str]:
    entities = [entity["name"] for entity in plain.get("entities", ()) if entity["role"] in ANSWERING]
    return {folded(name) for name in (plain["name"], *plain.get("aliases", ()), *entities)}


def hosts(plain: Plain) -> set[str]:
    """Hosts that are this firm's alone: of its mailboxes and forms, and web addresses among its names."""
    mail = {mail_host(to) for to in _to(plain, "email")} - FREE_MAIL
    forms = {host_of(to) for kind in ("form", "portal") for to in _to(plain, kind)}
    aliases = {name.lower().removeprefix("www.") for name in plain.get("aliases", ())}
    return (mail | forms | {name for name in aliases if _HOST.fullmatch(name)}) - {""}


class Lookalikes:
    """Hosts of others that pass for those of firms of ours, to be asked for many addresses."""

    def __init__(self, plains: Iterable[tuple[str, Plain]]) -> None:
        """Each firm with its id; one that was described twice stands there twice."""
        plains = list(plains)
        self._firms = {one["host"]: ident for ident, plain in plains for one in plain.get("lookalikes", ())}
        self._own = {looks(host): ident for ident, plain in plains for host in _hosts(plain)}
        """What the hosts of our firms look like."""

    def find(self, told: Iterable[str]) -> tuple[str, str] | None:
        """The first such host that a web address, mailbox or host among these leads to, and the id of the firm that it
        passes for."""
        told = list(told)
        named = [host for host in map(host_in, told) if host]
        known = next(((one, self._firms[one]) for host in named for one in self._firms if under(host, one)), None)
        return known or next(filter(None, map(self._foreign, told)), None)

    def _foreign(self, text: str) -> tuple[str, str] | None:
        """A host with letters of another alphabet that reads like one of a firm of ours."""
        host = text.strip().rpartition("@")[2].lower()
        if " " in host or "." not in host:
            return None
        if "xn--" in host:
            with suppress(UnicodeError):
                host = host.encode("ascii").decode("idna")
        found = None if host.isascii() else self._own.get(looks(host))
        return (host, found) if found else None

    def of_record(self, record: Plain) -> tuple[str, str] | None:
        """The same for a record of the list: its name, brands and addresses, and what its remarks name."""
        fields = [str(record[key]) for key in ("email", "web", "webform", "name") if key in record]
        said = [word.strip(".,;:()[]<>\"'") for text in record.get("comments", ()) for word in str(text).split()]
        return self.find([*fields, *map(str, record.get("runs", ())), *said])


def _hosts(plain: Plain) -> set[str]:
    """The hosts to which the ways of a firm lead."""
    ways = [route["to"] for route in plain.get("routes", ()) if isinstance(route.get("to"), str)]
    return {host for host in map(host_in, ways) if host}


def differences(record: Plain, plain: Plain) -> list[Difference]:
    """What the record gives as a way to reach the firm and ours would not use."""
    found = []
    for field, kind in (("email", "email"), ("address", "post"), ("webform", "form")):
        theirs = record.get(field)
        if not theirs:
            continue
        routes = [route for route in plain.get("routes", ()) if route["kind"] == kind and route.get("to")]
        if not any(_alike(field, theirs, route) and route["standing"] in ("use", "second") for route in routes):
            ours = tuple(f"{_shown(route['to'])} ({route['standing']})" for route in routes)
            found.append(Difference(field, _shown(theirs.split("\n")), ours))
    return found


def moved(old: Plain, new: Plain) -> list[Difference]:
    """Where the record of now sends a letter that the record of before did not."""
    found = []
    for field in ("email", "address", "webform"):
        before, now = (_shown(str(record.get(field, "")).split("\n")) for record in (old, new))
        if before != now:
            found.append(Difference(field, now, (before,) if before else ()))
    return found


def _alike(field: str, theirs: str, route: Plain) -> bool:
    ours = _shown(route["to"])
    if field == "address":
        return alike_addresses(theirs, ours)
    return theirs.rstrip("/").lower() == ours.rstrip("/").lower()


def alike_addresses(one: str, other: str) -> bool:
    """Whether two postal addresses have the same words, in any order and with or without the country."""
    return _words(one) == _words(other)


def _words(address: str) -> set[str]:
    lines = re.split(r"[\n,]", address)
    kept = [line for line in lines if place_of(line) is None] or lines
    return set(re.findall(r"\w+", folded(" ".join(kept))))


def _shown(to: Any) -> str:
    return to if isinstance(to, str) else ", ".join(line.strip() for line in to)


def _to(plain: Plain, kind: str) -> list[str]:
    return [r["to"] for r in plain.get("routes", ()) if r["kind"] == kind and isinstance(r.get("to"), str)]
