"""`optout data`: folders of data files that others wrote, used only as they were when they were shown."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from optout.changes import Changes, Effect, between, effect
from optout.cli.app import App
from optout.cli.output import answer, line, say, table
from optout.errors import BadData, Incomplete, Missing, NotFound, NotPossible
from optout.store import trust as store

if TYPE_CHECKING:
    from optout.library.groups import Looked

SHOWN = 100
"""Lines of a summary that are told; --json has all."""


@click.group(epilog="\b\nExample:\n  optout data trust ~/group-data --dry-run")
def data() -> None:
    """Folders of firms and places that others wrote."""


@data.command(
    epilog="\b\nExamples:\n  optout data trust ~/group-data --dry-run\n  optout data trust ~/group-data --yes"
)
@click.argument("folder", metavar="DIR")
@click.option("--yes", is_flag=True, help="do not ask")
@click.option("-n", "--dry-run", is_flag=True, help="show what would be used, and trust nothing")
@click.pass_obj
def trust(settings: dict[str, Any], folder: str, yes: bool, dry_run: bool) -> None:
    """Use the firms and places in DIR, after showing what they change.

    First come recipients that are others than now and documents that are newly asked for. A file that changes
    afterwards is not used until you trust DIR again. Nothing but DIR/firms/*.yaml and DIR/jurisdictions/*.yaml is
    ever read.
    """
    app = App(settings)
    app.catalog_with(None if dry_run else app.paths.cache)
    path = _path(app, folder)
    looked = _looked(app, path, None if dry_run else app.paths.cache)
    known = store.read(app.paths)
    before: dict[str, dict[str, Any]] = next((x["files"] for x in known if x["folder"] == path), {})
    changes = _changes(app, looked, before)
    gone = sorted(set(before) - set(looked.files))
    same = {key: held.sha256 for key, held in looked.files.items()} == {k: x["sha256"] for k, x in before.items()}
    if not app.json:
        _tell(looked, changes, gone)
    if not looked.files and not before:
        raise BadData(f"{path} holds no firm and no place that can be used", looked.refused)
    if not dry_run and not same:
        if not yes and app.json:  # nobody could have read the summary before the question
            raise Missing("--yes is missing", "look first, with --dry-run; then give --yes")
        if not yes:
            app.confirm(f"Use these files of {path}?", "--yes")
        _keep(app, path, looked)
    _told(app, path, looked, changes, gone, trusted=not dry_run, same=same)
    if looked.refused and not dry_run:
        names = sorted({problem.file for problem in looked.refused})
        raise Incomplete(f"not all of {path} is used; left out: {', '.join(names[:5])}", f"optout check {path}")


@data.command("list", epilog="\b\nExample:\n  optout data list")
@click.pass_obj
def list_(settings: dict[str, Any]) -> None:
    """List the trusted folders, the first one first used, and what in them changed since."""
    from optout.library import groups

    app = App(settings)
    found = []
    known = store.read(app.paths)
    for group, kept in zip(app.groups(known), known, strict=True):
        found.append({
            "folder": group.folder, "name": group.name, "trusted": kept["on"], "firms": len(group.names("firms")),
            "places": len(group.names("jurisdictions")), "not_used": groups.changed(group),
        })  # fmt: skip
    if app.json:
        answer("data", {"folders": found})
        return
    rows = [(x["name"], x["folder"], str(x["firms"]), str(x["places"]), str(len(x["not_used"])), x["trusted"])
            for x in found]  # fmt: skip
    table(rows, ("NAME", "FOLDER", "FIRMS", "PLACES", "CHANGED", "TRUSTED"), app.plain)


@data.command(epilog="\b\nExample:\n  optout data untrust ~/group-data")
@click.argument("folder", metavar="DIR")
@click.pass_obj
def untrust(settings: dict[str, Any], folder: str) -> None:
    """Use nothing of DIR any more. Cases and letters stay as they are, and DIR is not touched."""
    app = App(settings)
    path = os.path.realpath(os.path.expanduser(folder))
    gone: list[str] = []

    def without(known: list[dict[str, Any]]) -> list[dict[str, Any]]:
        places = [x["folder"] for x in known]
        gone.extend([path] if path in places else [x["folder"] for x in known if x["name"] == folder])
        if not gone:
            raise NotFound("trusted folder", folder, places[:3])
        if len(gone) > 1:
            raise NotFound("trusted folder", folder, gone, f"several are called so; give one: {', '.join(gone)}")
        return [x for x in known if x["folder"] not in gone]

    if not store.read(app.paths):
        raise NotFound("trusted folder", folder)
    store.change(app.paths, without)
    if app.json:
        answer("untrust", {"folders": gone})
        return
    for one in gone:
        line(f"no longer used: {one}", whole=True)


def _path(app: App, folder: str) -> str:
    """The folder by its real path, to which the trust is bound. None of the program's own may lie in it, or it in them."""
    from optout.library.roots import root

    path = os.path.realpath(os.path.expanduser(folder))
    if not os.path.isdir(path):
        raise NotFound("folder", folder)
    ours = [os.path.realpath(x) for x in (*app.paths, os.path.dirname(root("firms")))]
    for one in ours:
        with suppress(ValueError):  # another drive
            if os.path.commonpath([one, path]) in (one, path):
                hint = f"your own files lie in {app.paths.data} and need no trust; keep a group's folder elsewhere"
                raise NotPossible(f"{path} and a folder of optout's own lie in one another", hint)
    return path


def _looked(app: App, path: str, cache: str | None) -> Looked:
    from optout.checks import names_of
    from optout.library import groups
    from optout.library.catalog import Catalog

    try:
        looked = groups.look(path)
    except OSError as error:
        raise BadData(f"{path} cannot be read: {error.strerror}") from None
    # What people type for a firm of ours, or of their own, must not lead to another one.
    known = Catalog(app.paths.data, cache)
    groups.taken(looked, names_of({firm.id: firm for firm in known.all_firms()}))
    groups.posing(looked, known.lookalikes)
    return looked


def _changes(app: App, looked: Looked, before: dict[str, dict[str, Any]]) -> list[tuple[str, str, Changes]]:
    """File, what it is compared with, and what differs; what was there before comes first."""
    from optout.library.catalog import Catalog
    from optout.library.groups import KINDS

    shipped = Catalog(None, app.paths.cache)
    found = []
    for key, held in looked.files.items():
        kind, _, name = key.partition("/")
        old, against = Effect(), "new"
        if key in before:
            old = Effect(recipients=tuple(before[key]["recipients"]), asks=tuple(before[key]["asks"]))
            against = "trusted before"
        elif kind in KINDS and name in shipped.files(kind):
            here = shipped.firm_by_id(name) if kind == "firms" else shipped.jurisdiction(name)
            old, against = effect(here), "shipped"
        if against == "new" or key not in before or before[key]["sha256"] != held.sha256:
            found.append((key, against, between(old, held.effect)))
    return sorted(found, key=lambda x: (x[1] == "new", not x[2], x[0]))


def _tell(looked: Looked, changes: list[tuple[str, str, Changes]], gone: list[str]) -> None:
    """The summary, on stdout: what could send a letter or a document elsewhere stands first."""
    known = [x for x in changes if x[1] != "new"]
    new = [x for x in changes if x[1] == "new"]
    _block("Recipients that change:", [
        f"{key}: {sign} {text}" for key, _, x in known
        for sign, texts in (("now", x.recipients_new), ("no longer", x.recipients_gone)) for text in texts
    ])  # fmt: skip
    _block("Asked for that was not:", [f"{key}: {text}" for key, _, x in known for text in x.asks_new])
    _block("No longer asked for:", [f"{key}: {text}" for key, _, x in known for text in x.asks_gone])
    _block("Files used in place of others:", [f"{key} ({against})" for key, against, _ in known])
    _block("New firms and places, and where their letters go:", [
        f"{key}: {text}" for key, _, x in new
        for text in (*x.recipients_new, *(f"asks {ask}" for ask in x.asks_new)) or ("nobody yet",)
    ])  # fmt: skip
    _block("No longer there:", gone)
    _block("Not used:", [f"{problem.file}: {problem.message}" for problem in looked.refused])
    _block("Never read:", looked.beside)
    counts = [sum(key.startswith(kind) for key in looked.files) for kind in ("firms/", "jurisdictions/")]
    line(f"{counts[0]} firms and {counts[1]} places")


def _block(title: str, rows: list[str]) -> None:
    if not rows:
        return
    line(title)
    for row in rows[:SHOWN]:
        line(f"  {row}")
    if len(rows) > SHOWN:
        line(f"  and {len(rows) - SHOWN} more, with --json")


def _keep(app: App, path: str, looked: Looked) -> None:
    """Beside what is trusted by now: another folder may have been, while somebody read the question."""
    files = {
        key: {"sha256": held.sha256, "recipients": list(held.effect.recipients), "asks": list(held.effect.asks)}
        for key, held in looked.files.items()
    }
    entry = {"folder": path, "name": os.path.basename(path) or path, "on": str(app.today), "files": files}

    def with_it(known: list[dict[str, Any]]) -> list[dict[str, Any]]:
        there = [entry if x["folder"] == path else x for x in known]
        return there if entry in there else [*there, entry]

    store.change(app.paths, with_it)


def _told(
    app: App,
    path: str,
    looked: Looked,
    changes: list[tuple[str, str, Changes]],
    gone: list[str],
    *,
    trusted: bool,
    same: bool,
) -> None:
    if not app.json:
        say(
            "Nothing was trusted."
            if not trusted
            else "Nothing has changed."
            if same
            else f"{path} is used from now on."
        )
        return
    answer("trust", {
        "folder": path, "trusted": trusted,
        "files": [{
            "file": key, "against": against, **x.plain(),
        } for key, against, x in changes],
        "gone": gone, "refused": [problem._asdict() for problem in looked.refused], "never_read": looked.beside,
    })  # fmt: skip
