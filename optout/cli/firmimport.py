"""`optout firms import`: the list of datenanfragen taken in, beside the catalogue and never over it."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from optout.cli.app import App
from optout.cli.output import answer, say
from optout.errors import BadData, Incomplete
from optout.problems import Problem

if TYPE_CHECKING:
    from optout.library.recordset import Found
    from optout.sameness import Difference
    from optout.store.listed import New, Told

MOST_RECORDS = 64 * 1024 * 1024
"""Bytes of all records together; the real list has a tenth of it."""
MOST_SIGNS = 300
"""Signs of a file's name that are told."""
MOST_TOLD = 20
"""Names of one kind that are told as text, refused files aside; `--json` has all."""
TWICE = "slug: another file has it too"


@dataclass(slots=True)
class Taken:
    """What came out of the files."""

    coming: dict[str, New] = field(default_factory=dict)
    """By slug."""
    files: dict[str, str] = field(default_factory=dict)
    """The name of the first file with a slug."""
    idents: dict[str, str] = field(default_factory=dict)
    """The slug of the first record with an id."""
    twice: set[str] = field(default_factory=set)
    """Slugs that several files have."""
    authorities: list[dict[str, Any]] = field(default_factory=list)
    packs: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Name of the file, and why."""
    slugs: set[str] = field(default_factory=set)
    """Slugs of refused records: what is here of them stays as it is."""
    size: int = 0

    def refuse(self, name: str, slug: str, reason: str) -> None:
        self.refused.append((name[:MOST_SIGNS], reason))
        self.slugs.add(slug)

    def drop(self, slug: str, reason: str) -> None:
        """A record that was taken for good is refused after all."""
        if self.coming.pop(slug, None):
            self.refuse(self.files[slug], slug, reason)


@click.command("import", epilog="\b\nExample:\n  optout firms import datenanfragen-data.tar.xz")
@click.argument("path", metavar="PATH")
@click.option("-n", "--dry-run", is_flag=True, help="say what would change, and keep nothing")
@click.pass_obj
def import_(settings: dict[str, Any], /, path: str, dry_run: bool) -> None:
    """Take in the list of firms of datenanfragen: a folder, a .tar, .tar.gz, .tar.xz or .zip, or one record as .json.

    Firms of the catalogue come first and stay as they are. Records that cannot be used are named, the others go in.
    """
    from optout.cli import listcompare
    from optout.library import recordset
    from optout.store.listed import ListedFirms, Told

    app = App(settings)
    whole = recordset.whole(path)
    taken = _taken(app, recordset.read(path), whole)
    if not taken.coming:
        problems = [Problem(name, 0, 0, "record", reason) for name, reason in taken.refused]
        raise BadData("no record of a firm was found there", problems, "give the folder of datenanfragen's data")
    records = ListedFirms.open(app.paths.data, create=not dry_run)
    if records is None:
        told = Told(sorted(taken.coming), {}, [], 0, {})
    else:
        with records:
            told = records.take(
                list(taken.coming.values()), whole=whole, day=str(app.today), kept=taken.slugs, dry=dry_run
            )
    for slug, other in told.refused.items():
        taken.drop(slug, _same_id(other))
    taken.refused.sort()
    records_in = [one.record for one in taken.coming.values()]
    compared = listcompare.firms(app, records_in)
    careful = {
        "passing": listcompare.passing(app, records_in, compared),
        "free_mail": listcompare.free_mailboxes(records_in),
    }
    authorities = listcompare.authorities(app, taken.authorities)
    if app.json:
        answer("firms_import", {**_json(told, taken, compared, authorities, dry_run), **careful})
    else:
        _say(told, taken, compared, authorities)
        _say_careful(**careful)
        if dry_run:
            say("Nothing was kept.")
    if taken.refused:
        raise Incomplete(f"{len(taken.refused)} of the files were refused", "the others were taken")


def _taken(app: App, files: Iterable[Found], whole: bool) -> Taken:
    """Every file judged. Of a slug that stands there twice neither is taken, since nobody can say which one is meant."""
    taken, ours = Taken(), app.catalog.files("firms")
    for found in files:
        reason = found.wrong or _one(app, taken, found, whole, ours)
        if reason:
            taken.refuse(found.name, found.stem, reason)
        if taken.size > MOST_RECORDS:
            raise BadData(f"more than {MOST_RECORDS // 1024 // 1024} MiB of records", hint="nothing was taken")
    for slug in taken.twice:
        taken.drop(slug, TWICE)
    taken.refused.sort()
    return taken


def _one(app: App, taken: Taken, found: Found, whole: bool, ours: Container[str]) -> str:
    """Puts a file where it belongs; gives why it is refused. `ours` are the ids of the firms of the catalogue."""
    from optout import listed, strictjson
    from optout.store.listed import New

    if found.kind == "pack":  # a choice of firms, for another program's screen: nothing here needs it
        taken.packs += 1
        return ""
    try:
        value = strictjson.parse(found.data.removeprefix(BOM_UTF8))  # some editors put it before the text
    except ValueError as error:
        return str(error)
    if reason := listed.wrong(value, found.stem if whole else None, found.kind) or _posing(app, value):
        return reason
    taken.size += len(found.data)
    if found.kind == "authority":
        taken.authorities.append(value)
        return ""
    slug = str(value["slug"])
    if slug in taken.files:
        taken.twice.add(slug)
        return TWICE
    taken.files[slug] = found.name
    ident = _ident(app, value, ours)
    if (other := taken.idents.setdefault(ident, slug)) != slug:
        return _same_id(other)
    taken.coming[slug] = New(ident, value, listed.names(value))
    return ""


def _posing(app: App, record: dict[str, Any]) -> str:
    """Why a record that leads to a look-alike of a firm of ours is refused; "" where it does not."""
    found = app.catalog.lookalikes.of_record(record)
    return (
        f"{found[0]} is a look-alike of {app.catalog.firm_by_id(found[1]).name}, id {found[1]}, and not its"
        if found
        else ""
    )


def _same_id(other: str) -> str:
    return f"slug: its firm would have the same id as that of {other}"


def _ident(app: App, record: dict[str, Any], ours: Container[str]) -> str:
    """The id of the firm: another one than its slug where a firm of ours that is not the same is called so."""
    from optout.listed import firm_id

    ident = firm_id(record["slug"])
    if ident in ours and app.catalog.listing.ours(record) != ident:
        return firm_id(f"{record['slug']}-listed")
    return ident


def _json(
    told: Told, taken: Taken, compared: list[dict[str, Any]], authorities: list[dict[str, Any]], dry_run: bool
) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "counts": {
            "new": len(told.new), "changed": len(told.changed), "gone": len(told.gone), "unchanged": told.unchanged,
            "refused": len(taken.refused), "packs": taken.packs,
        },
        "new": told.new,
        "changed": [_plain({"slug": slug, "differences": found}) for slug, found in _moved(told, taken).items()],
        "gone": told.gone,
        "refused": [{"file": name, "reason": reason} for name, reason in taken.refused],
        "ours": [_plain(one) for one in compared],
        "authorities": [_plain(one) for one in authorities],
    }  # fmt: skip


def _moved(told: Told, taken: Taken) -> dict[str, list[Difference]]:
    """Changed records, those first that would send a letter to another place than before."""
    from optout.sameness import moved

    found = {slug: moved(old, taken.coming[slug].record) for slug, old in told.changed.items()}
    return dict(sorted(found.items(), key=lambda item: (not item[1], item[0])))


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    different: list[Difference] = one["differences"]
    return {**one, "differences": [{"field": d.field, "theirs": d.theirs, "ours": list(d.ours)} for d in different]}


def _say_careful(passing: list[dict[str, Any]], free_mail: list[dict[str, Any]]) -> None:
    """Records that somebody could take for a firm of ours, and those whose mailbox says nothing of the firm; they are in
    the list all the same."""
    for one in passing[:MOST_TOLD]:
        if one["firm"]:
            say(
                f"Careful: {one['slug']} ({one['name']}) is called as {one['firm']} here, or nearly; it is taken as a firm of its own."
            )
        else:
            name = ascii(one["name"])[1:-1]
            say(f"Careful: {one['slug']} has letters of several alphabets in one word of its names: {name}")
    _more(len(passing))
    for one in free_mail[:MOST_TOLD]:
        say(f"Careful: {one['slug']} ({one['name']}) has its mailbox at {one['host']}, where anybody can have one.")
    _more(len(free_mail))


def _say(told: Told, taken: Taken, compared: list[dict[str, Any]], authorities: list[dict[str, Any]]) -> None:
    from optout.cli.listed import different

    say(
        f"New: {len(told.new)}; changed: {len(told.changed)}; gone: {len(told.gone)}; unchanged: {told.unchanged}; "
        f"refused: {len(taken.refused)}."
    )
    for slug, found in list(_moved(told, taken).items())[:MOST_TOLD]:
        say(f"Changed: {slug}")
        for one in found:
            say(f"  {one.field}: now {one.theirs or 'none'}; before: {'; '.join(one.ours) or 'none'}")
    _more(len(told.changed))
    for slug in told.gone[:MOST_TOLD]:
        say(f"No longer in the list: {slug}")
    _more(len(told.gone))
    for name, reason in taken.refused:  # all of them: each is a firm that is missing
        say(f"Refused: {name}: {reason}")
    for pair in compared:
        say(f"{pair['slug']} is {pair['firm']} here; the profile here is used.")
        for difference in pair["differences"]:
            say(different(difference))
    for pair in authorities:
        if pair["authority"] is None:
            say(f"Authority {pair['slug']}: none here is it.")
        elif pair["differences"]:
            say(f"Authority {pair['slug']} is {pair['authority']} here, which stays as it is.")
        for difference in pair["differences"]:
            say(different(difference))


def _more(count: int) -> None:
    if count > MOST_TOLD:
        say(f"  and {count - MOST_TOLD} more; --json names all")
