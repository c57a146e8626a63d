"""Whom a letter goes to: a firm of the catalogue, the client of one, or somebody without a profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, get_args

import click

from optout import addressed
from optout.addressee import Recipient
from optout.cli import listed, meant
from optout.cli.app import App
from optout.cli.output import say
from optout.cli.params import split, word
from optout.errors import BadData, Missing, NotFound, NotPossible
from optout.firm import PUBLIC, Firm, FirmKind
from optout.listed import PROSECUTION
from optout.records import from_plain

KINDS: tuple[FirmKind, ...] = get_args(FirmKind)
OF_PUBLIC = {
    "public_body": f"{PROSECUTION} To police: --kind police",
    "police": "The letter is about what police and the like keep because of crime, under the law where you live. For "
    "what they keep as any office does, such as on their staff: --kind public-body",
}
"""What the person should know about a letter to such a body."""
READ = "all that it says of you: your name, your e-mail address, where you live, your postal address if you print it"
"""What the clients of a firm read in a letter that is passed on to them."""
PASSED_ON = ("recipients",)
"""What a processor itself can be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """Who gets the letter, and what the person should know about that."""

    firm: Firm
    to: Recipient | None = None
    notes: tuple[str, ...] = ()
    clients_only: NotPossible | None = None
    """Why the firm, a processor, is not written to itself, unless a law speaks to whoever holds the data."""


def options(command: Any) -> Any:
    """`--to` and `--kind`."""
    kinds = [kind.replace("_", "-") for kind in KINDS]
    for option in (
        click.option("--kind", type=click.Choice(kinds, case_sensitive=False), metavar="KIND",
                     help=f"what a firm without a profile is, or public-body or police for a client: {', '.join(kinds)}"),
        click.option("--to", multiple=True, metavar="TEXT",
                     help="whom the letter goes to: its name, then an e-mail address or address lines; repeat it"),
    ):  # fmt: skip
        command = option(command)
    return command


def choose(app: App, names: tuple[str, ...], given: dict[str, Any], *, writing: bool) -> list[Addressed]:
    """One for each of the names; with none, whom `--to` names. `writing`: a letter is wanted, not an explanation.

    Raises NotFound, Missing, NotPossible for a firm that has closed or cannot decide, BadData for a text that cannot
    be printed.
    """
    names = _separate(app, names)
    if given["kind"] and names and not (given["to"] and word(given["kind"]) in PUBLIC):
        raise click.UsageError("--kind is for a firm without a profile: leave out the firm, or --kind")
    if given["to"] and len(names) > 1:
        raise click.UsageError("--to goes with one firm")
    if not names:
        return [_without_profile(app, given, writing)]
    return [_named(app, name, given, writing) for name in names]


def _separate(app: App, names: tuple[str, ...]) -> tuple[str, ...]:
    """Several firms in one word are parted at the commas, but for one that is called so: "Example AI, Inc."."""
    catalog = app.catalog

    def whole(name: str) -> bool:
        return "," in name and bool(
            catalog.called(name) or catalog.listing.called(name) or catalog.passing_for((name,))
        )

    named = (name.strip(" ,") for name in names)
    return tuple(dict.fromkeys(x for name in named for x in ((name,) if whole(name) else split((name,)))))


def _named(app: App, name: str, given: dict[str, Any], writing: bool) -> Addressed:
    if addressed.is_own(name.strip().lower()):
        return _kept(app, name.strip().lower(), given)
    try:
        found = app.catalog.firm(name)
    except NotFound:
        meant.no_lookalike(app, app.catalog.lookalikes.find((name,)))
        raise
    meant.which(app, name, found)
    if origin := app.catalog.listed_origin(found.id):
        listed.refuse_obsolete(app.catalog, found, origin)
        meant.no_lookalike(app, app.catalog.lookalikes.of_record(origin.record))
    firm, notes = _successor(app, found)
    meant.no_ways_astray(app, firm)
    if not given["to"]:
        return _itself(firm, notes, given, writing)
    if firm.role == "controller":
        raise NotPossible(
            f"{firm.name} decides about the data itself, so no letter about it goes to somebody else",
            f"without --to: optout request {firm.id}; to write to somebody without a profile, leave out the firm",
        )
    meant.no_lookalike(app, app.catalog.lookalikes.find(given["to"]))
    to = _asked(app, _recipient(given["to"]), writing)
    meant.no_lookalike(app, app.catalog.lookalikes.find((to.email, *to.lines)))
    meant.no_client(firm, to.name, to.email)
    meant.known(app, to.name)
    notes.append(f"The letter goes to {to.name}, as the client that {firm.name} works for.")
    notes += _who_decides(firm)
    if given["kind"]:  # a police force is no private firm, whoever made its software
        kind: Any = word(given["kind"])
        firm = replace(firm, kinds=(*firm.kinds, kind))
        notes.append(OF_PUBLIC[kind])
    return Addressed(firm=firm, to=to, notes=tuple(notes))


def _successor(app: App, firm: Firm) -> tuple[Firm, list[str]]:
    """The firm that answers today, and how it came to that."""
    notes, seen = [], {firm.id}
    while firm.status in ("renamed", "merged") and firm.successor and firm.successor not in seen:
        how = "is now called" if firm.status == "renamed" else "is now part of"
        following = app.catalog.firm_by_id(firm.successor)
        notes.append(f"{firm.name} {how} {following.name}; this is about {following.name}.")
        firm = following
        seen.add(firm.id)
    if firm.status in ("renamed", "merged"):
        known = f"optout firms show {firm.id} says what is known of it"
        raise NotPossible(f"{firm.name} was {firm.status}, and the firm that answers for it is not known", known)
    return firm, notes


def _itself(firm: Firm, notes: list[str], given: dict[str, Any], writing: bool) -> Addressed:
    """The firm of the catalogue is written to, if it decides and is there."""
    if firm.status == "closed":
        sentence = f"{firm.name} has closed, so there is nobody to write to"
        hint = f"optout firms show {firm.id} says what is known; to write to whoever has its data now: --to"
        if writing:
            raise NotPossible(sentence, hint)
        notes += [f"{sentence}; {hint}", *_who_decides(firm)]
    elif firm.role == "processor" and tuple(word(kind) for kind in split(given["demand"])) == PASSED_ON:
        notes.append(f"This asks {firm.name} to name its clients and to pass the letter on: they will read {READ}.")
        notes += _who_decides(firm)
    elif firm.role == "processor":
        sentence = f"{firm.name} handles data for its clients, who decide about it. {firm.role_note or ''}".strip()
        hint = (
            f"write to the client: optout request {firm.id} --to NAME --to ADDRESS; where you do not know it, ask "
            f"{firm.name} to pass a letter on: optout request {firm.id} --demand recipients"
        )
        return Addressed(firm=firm, notes=tuple(notes), clients_only=NotPossible(sentence.rstrip("."), hint))
    elif firm.role == "mixed":
        own = firm.role_note or "for some data its clients decide."
        notes.append(f"About {firm.name}: {own} To write to a client: --to NAME --to ADDRESS")
        notes.append(
            f"The letter asks {firm.name} to pass it on to each client for whom it holds anything of yours: they will "
            f"read {READ}."
        )
    return Addressed(firm=firm, notes=tuple(notes))


def _who_decides(firm: Firm) -> list[str]:
    return [f"About {firm.name}: {firm.role_note}"] if firm.role_note and firm.role != "controller" else []


def _without_profile(app: App, given: dict[str, Any], writing: bool) -> Addressed:
    """Somebody who is not in the catalogue; what is there under that name is pointed to."""
    if not given["to"] and not app.can_ask:
        raise Missing("the firm is missing", "name it (optout firms list), or somebody without a profile with --to")
    values = given["to"] or (app.ask("To whom (a firm, or any name)", "--to"),)
    if not given["to"] and (known := app.catalog.called(values[0])):
        return _named(app, known[0], given, writing)
    kind: Any = word(given["kind"]) if given["kind"] else None
    meant.no_lookalike(app, app.catalog.lookalikes.find(values))
    meant.no_stranger(app, values[0], kind)
    meant.known(app, values[0])
    to = _asked(app, _recipient(values), writing)
    meant.no_lookalike(app, app.catalog.lookalikes.find((to.email, *to.lines)))
    return Addressed(firm=addressed.firm_of(to, kind), to=to, notes=(OF_PUBLIC[kind],) if kind in PUBLIC else ())


def _kept(app: App, ident: str, given: dict[str, Any]) -> Addressed:
    """Somebody without a profile who was written to before, by the id under which the cases stand."""
    from optout.store import cases
    from optout.store.vault import Vault

    if given["to"]:
        raise click.UsageError("leave out the firm: --to names it")
    found = None
    if Vault.exists(app.paths):
        with app.vault() as vault:
            found = cases.addressee(vault, ident)
    if found is None:
        raise NotFound("firm", ident, hint="name it with --to")
    to = from_plain(Recipient, found["to"])
    return Addressed(firm=addressed.firm_of(to, found.get("firm_kind")), to=to)


def _recipient(values: tuple[str, ...]) -> Recipient:
    from optout.cli import person

    try:
        to = addressed.recipient(values)
        return replace(to, email=person.email(to.email)) if to.email else to
    except ValueError as error:
        hint = 'the name first: --to "Example Ltd" --to privacy@firm.example --to "1 Sample Street"'
        raise BadData(f"--to: {error}", hint=hint) from None


def _asked(app: App, to: Recipient, writing: bool) -> Recipient:
    """With the address, if somebody is there to give it; and a word about letters that look like others."""
    from optout.cli import person

    if writing and app.can_ask and not to.email and not to.lines:
        email = _answer(app, f"E-mail address of {to.name} (empty: not known)", person.email)
        lines: list[str] = []
        while len(lines) < addressed.MOST_LINES and (
            more := _answer(app, "Address line (empty: no more)", lambda text: addressed.clean(text, "an address line"))
        ):
            lines.append(more)
        to = replace(to, email=email, lines=tuple(lines))
    if not to.email.isascii():
        domain = to.email.partition("@")[2]
        say(f"Careful: this e-mail address has letters that can look like others; its domain is {_ascii(domain)}.")
    return to


def _answer(app: App, prompt: str, judge: Callable[[str], str]) -> str:
    """What was typed, once it can be printed; "" for nothing."""
    while text := app.ask_freely(prompt):
        try:
            return judge(text)
        except ValueError as error:
            say(f"Not taken: {error}.")
    return ""


def _ascii(domain: str) -> str:
    """The domain as computers send it, in which no letter looks like another."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ascii(domain)[1:-1]
