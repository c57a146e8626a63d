"""`optout firms import`: the list of datenanfragen taken in, beside the catalogue and never over it."""

from __future__ import annotations

from collections.abc import Iterable
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
"""Names of one kind that are told as text; `--json` has all."""


@dataclass(slots=True)
class Taken:
    """What came out of the files."""

    coming: dict[str, New] = field(default_factory=dict)
    """By slug."""
    packs: dict[str, Any] = field(default_factory=dict)
    authorities: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Name of the file, and why."""
    slugs: set[str] = field(default_factory=set)
    """Slugs of refused records: what is here of them stays as it is."""
    size: int = 0


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
    compared = listcompare.firms(app, [one.record for one in taken.coming.values()])
    authorities = listcompare.authorities(app, taken.authorities)
    coming = list(taken.coming.values())
    with_file = not dry_run or ListedFirms.open(app.paths.data) is not None
    records = ListedFirms.open(app.paths.data, create=True) if with_file else None
    if records is None:
        told = Told(sorted(taken.coming), {}, [], 0)
    else:
        with records:
            told = records.take(
                coming, taken.packs, whole=whole, day=str(app.today), kept=taken.slugs, dry=dry_run
            )  # fmt: skip
    if app.json:
        answer("firms_import", _json(told, taken, compared, authorities, dry_run))
    else:
        _say(told, taken, compared, authorities, dry_run)
    if taken.refused:
        raise Incomplete(f"{len(taken.refused)} of the files were refused", "the others were taken")


def _taken(app: App, files: Iterable[Found], whole: bool) -> Taken:
    """Every file judged. Of a slug that stands there twice neither is taken, since nobody can say which one is meant."""
    taken = Taken()
    twice: dict[str, str] = {}
    for found in files:
        reason = found.wrong or _one(app, taken, found, whole, twice)
        if reason:
            taken.refused.append((found.name[:MOST_SIGNS], reason))
            taken.slugs.add(found.stem)
        if taken.size > MOST_RECORDS:
            raise BadData(f"more than {MOST_RECORDS // 1024 // 1024} MiB of records", hint="nothing was taken")
    for slug, name in twice.items():
        if taken.coming.pop(slug, None):
            taken.refused.append((name, "slug: another file has it too"))
            taken.slugs.add(slug)
    taken.refused.sort()
    return taken


def _one(app: App, taken: Taken, found: Found, whole: bool, names: dict[str, str]) -> str:
    """Puts a file where it belongs; gives why it is refused. `names` gets the slugs that stand there twice."""
    from optout import listed, strictjson
    from optout.store.listed import New

    try:
        value = strictjson.parse(found.data)
    except ValueError as error:
        return str(error)
    if found.kind == "pack":
        if strictjson.unfit(value):
            return "a text holds control or direction characters"
        taken.packs[found.stem] = value
        taken.size += len(found.data)
        return ""
    if reason := listed.wrong(value, found.stem if whole else None, found.kind):
        return reason
    if found.kind == "authority":
        taken.authorities.append(value)
        return ""
    slug = str(value["slug"])
    taken.size += len(found.data)
    if slug in taken.coming:
        names[slug] = found.name
        return "slug: another file has it too"
    taken.coming[slug] = New(_ident(app, value), value, listed.names(value))
    return ""


def _ident(app: App, record: dict[str, Any]) -> str:
    """The id of the firm: another one than its slug where a firm of ours that is not the same is called so."""
    from optout.listed import firm_id

    ident = firm_id(record["slug"])
    listing = app.catalog.listing
    if ident in app.catalog.files("firms") and listing and listing.ours(record) != ident:
        return firm_id(f"{record['slug']}-listed")
    return ident


def _json(
    told: Told, taken: Taken, compared: list[dict[str, Any]], authorities: list[dict[str, Any]], dry_run: bool
) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "counts": {
            "new": len(told.new), "changed": len(told.changed), "gone": len(told.gone), "unchanged": told.unchanged,
            "refused": len(taken.refused), "packs": len(taken.packs),
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


def _say(
    told: Told, taken: Taken, compared: list[dict[str, Any]], authorities: list[dict[str, Any]], dry_run: bool
) -> None:
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
    for name, reason in taken.refused[:MOST_TOLD]:
        say(f"Refused: {name}: {reason}")
    _more(len(taken.refused))
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
    if dry_run:
        say("Nothing was kept.")


def _more(count: int) -> None:
    if count > MOST_TOLD:
        say(f"  and {count - MOST_TOLD} more; --json names all")
