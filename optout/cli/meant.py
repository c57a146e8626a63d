"""Whether somebody else could be meant than the one that a letter goes to: said, or refused where that is known."""

from __future__ import annotations

from optout.case import Case
from optout.cli.app import App
from optout.cli.output import say
from optout.errors import NotPossible
from optout.firm import PUBLIC, Firm
from optout.hosts import host_in, host_of
from optout.listed import names as called_as
from optout.naming import SHORTEST, folded, looks

MOST_TOLD = 3
"""Firms of one name that are told."""


def which(app: App, typed: str, firm: Firm) -> None:
    """Says which firm was taken, where another one could have been meant: its id begins with what was typed, or its
    name passes for that of a firm that somebody else described; or where only the beginning of a name was typed."""
    word, catalog = typed.strip().casefold(), app.catalog
    if word != firm.id:
        others = sorted(ident for ident in catalog.files("firms") if ident.startswith(word) and ident != firm.id)
        if others and len(word) >= SHORTEST:
            say(f"Taken: {firm.name}, id {firm.id}. Other ids begin with the same word: {', '.join(others)}")
        elif not _in_full(app, typed, firm):
            begins = any(folded(name).startswith(folded(typed)) for name in firm.called)
            say(f"Taken: {firm.name}, id {firm.id}, whose name {'begins' if begins else 'looks'} so.")
    where = catalog.origin("firms", firm.id) if not catalog.listed_origin(firm.id) else "shipped"
    if where != "shipped":
        file = "a file of your own" if where == "own" else f"a file of the {where}"
        say(f"What is said of {firm.name} is from {file}: {catalog.path('firms', firm.id)}")
    # What is in a group's folder was compared when it was trusted; what is shipped, before that.
    if catalog.listed_origin(firm.id) or catalog.origin("firms", firm.id) == "own":
        for ident in catalog.passing_for((typed, firm.name, *firm.aliases), firm.id):
            other = catalog.firm_by_id(ident)
            say(
                f"Careful: the catalogue knows {other.name}, id {ident}. This is about another profile, {firm.name}, id "
                f"{firm.id}. If you mean {other.name}: optout request {ident}"
            )


def _in_full(app: App, typed: str, firm: Firm) -> bool:
    """Whether the firm is called as it was typed, and not only by a name that begins or looks so."""
    origin = app.catalog.listed_origin(firm.id)
    if not origin:
        return folded(typed) == firm.id or firm.id in app.catalog.called(typed)
    return bool({folded(typed), host_in(typed)} & {firm.id, folded(firm.name), *called_as(origin.record)})


def known(app: App, name: str) -> None:
    """Says that an addressee has a profile, or one that was imported."""
    found = [app.catalog.firm_by_id(ident) for ident in app.catalog.passing_for((name,))]
    if not found:
        found = app.catalog.listing.called(name)
    for firm in found[:MOST_TOLD]:
        what = "imported: its address" if app.catalog.listed_origin(firm.id) else "its addresses and what it asks"
        say(f"The catalogue knows {firm.name}, id {firm.id}, {what}: optout request {firm.id}")


def no_stranger(app: App, name: str, kind: str | None) -> None:
    """Refuses a letter to a stranger where the catalogue knows that it would be the wrong one: to a firm that only acts
    for clients as if it decided, or to a public body under the law on firms. Raises NotPossible."""
    for firm in app.catalog.all_firms():
        if looks(name) not in _own_names(firm):
            continue
        if firm.role == "processor":
            raise NotPossible(
                f"{firm.name} acts for its clients, who decide about the data; this letter would treat it as if it decided",
                f"write to the client: optout request {firm.id} --to NAME; or see: optout request {firm.id}",
            )
        if set(firm.kinds) & set(PUBLIC) and (kind not in PUBLIC or kind not in ("public_body", *firm.kinds)):
            what = "to the police under the law where you live" if kind == "police" else "to a firm"
            raise NotPossible(
                f"{firm.name} is a public body, and this letter would speak to it as {what}",
                f"optout request {firm.id}",
            )


def no_client(firm: Firm, name: str, email: str) -> None:
    """Refuses the firm itself as its own client: a letter to it would treat it as if it decided. Raises NotPossible."""
    host = host_of(f"https://{email.rpartition('@')[2]}") if email else ""
    hosts = {
        host_of(f"https://{one.to.rpartition('@')[2]}")
        for one in firm.routes
        if one.kind == "email" and isinstance(one.to, str)
    }
    if looks(name) in _own_names(firm) or (host and host in hosts):
        raise NotPossible(
            f"{name} is {firm.name} itself, and not one of the clients that it works for",
            f"name the client; where you do not know it: optout request {firm.id} --demand recipients",
        )


def _own_names(firm: Firm) -> set[str]:
    """What a firm is called, as names are told apart: the form of the company makes no difference."""
    return {looks(one) for one in firm.called}


def no_second_letter(app: App, case: Case) -> None:
    """Refuses to follow up a request that was made of a processor as if it decided, which only an import brings in.
    Raises NotPossible."""
    firm = app.catalog.known(case.firm) if case.to is None else None
    if firm and firm.role == "processor" and any(x.law is None and x.kind != "recipients" for x in case.demands):
        raise NotPossible(
            f"{firm.name} acts for its clients, who decide about the data; this letter would treat it as if it decided",
            f"write to the client: optout request {firm.id} --to NAME; or ask for it: optout request {firm.id} "
            "--demand recipients",
        )


def no_ways_astray(app: App, firm: Firm) -> None:
    """Refuses a firm that a file of the user's own describes, where one of its ways leads to a look-alike of a firm that
    is known here; a group's was compared when it was trusted. Raises NotPossible."""
    if app.catalog.listed_origin(firm.id) is None and app.catalog.origin("firms", firm.id) == "own":
        found = app.catalog.lookalikes.find(to.to for to in firm.routes if isinstance(to.to, str))
        no_lookalike(app, found, f"correct or delete your own file: {app.catalog.path('firms', firm.id)}")


def no_lookalike(app: App, found: tuple[str, str] | None, hint: str = "") -> None:
    """Refuses a letter to a host that passes for that of a firm of ours. Raises NotPossible."""
    if found:
        firm = app.catalog.firm_by_id(found[1])
        raise NotPossible(
            f"{found[0]} is a look-alike of {firm.name}, id {firm.id}, and not its: nothing of yours should go there",
            hint or f"optout request {firm.id}",
        )
