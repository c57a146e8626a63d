"""`optout export`: everything the vault holds, in an open format, for a backup, another computer or another program."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from optout.cli.app import App
from optout.cli.output import answer, counted, say
from optout.cli.params import split, word
from optout.errors import NotPossible
from optout.recourse import REPLIES

if TYPE_CHECKING:
    from optout.store.outgoing import Chosen
    from optout.store.vault import Vault

COLUMNS = ("ref", "firm", "firm_name", "place", "opened", "phase", "outcomes", "next_on", "next_kind", "overdue_from")


@click.command(
    epilog="\b\nExamples:\n  optout export -o backup.jsonl\n  optout export --firm clearview --without-evidence -o -\n"
    "  optout export --format csv -o cases.csv"
)
@click.option("-o", "--output", metavar="FILE", help="where to; - is standard output")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True,
    help="jsonl: everything, for `optout import`; csv: one row a case, for a spreadsheet",
)  # fmt: skip
@click.option("--case", "refs", multiple=True, metavar="REF", help="only these cases")
@click.option("--profile", "profiles", multiple=True, metavar="ID", help="only cases of this profile")
@click.option("--firm", "firms", multiple=True, metavar="ID", help="only cases with this firm")
@click.option("--without-evidence", is_flag=True, help="leave out the files kept with events")
@click.option("--with-names", is_flag=True, help="csv: with the names of the people")
@click.option("--encrypt", is_flag=True, help="encrypt the file under a passphrase (age format)")
@click.option("--new-passphrase-file", metavar="FILE", help="with --encrypt: read the passphrase from FILE")
@click.option("--new-passphrase-fd", metavar="N", type=click.IntRange(0), help="the same from descriptor N")
@click.option("--force", is_flag=True, help="write over a file that is there")
@click.pass_obj
def export(settings: dict[str, Any], /, output: str | None, form: str, **options: Any) -> None:
    """Write all cases, or some, to a file."""
    from optout.store.vault import Vault

    app = App(settings)
    if form == "csv" and options["without_evidence"]:
        raise click.UsageError("--without-evidence is for jsonl: a csv file never has them")
    if form == "jsonl" and options["with_names"]:
        raise click.UsageError("--with-names is for csv: a jsonl file always has them")
    _check_output(app, output, options["encrypt"])
    if not Vault.exists(app.paths):
        raise NotPossible(
            f"there is nothing to export in {app.paths.vault}", "the first letter or profile makes a vault"
        )
    with app.vault() as vault:
        chosen = _chosen(vault, options)
        seal = _seal(settings, options)
        with _out(app, output, options["force"], seal) as file, vault.reading():
            if form == "csv":
                told = _csv(vault, chosen, options["with_names"], file)
            else:
                told = write_lines(vault, chosen, not options["without_evidence"], file)
    _tell(app, output or "-", form, told, options)


def _seal(settings: dict[str, Any], options: dict[str, Any]) -> Callable[[bytes], bytes] | None:
    """What encrypts the file; None where it stays as it is. The passphrase is asked for before anything is read."""
    named = {name: options[name] for name in ("new_passphrase_file", "new_passphrase_fd")}
    if not options["encrypt"]:
        if any(value is not None for value in named.values()):
            raise click.UsageError("--new-passphrase-file and --new-passphrase-fd go with --encrypt")
        return None
    from optout.cli.passphrases import new_passphrase
    from optout.store import passphrase

    words = new_passphrase({**settings, **named})
    return lambda data: passphrase.encrypt(data, words)


def _check_output(app: App, output: str | None, encrypt: bool) -> None:
    if encrypt and output == "-" and sys.stdout.isatty():
        raise click.UsageError("an encrypted file would garble the terminal: redirect it into a file")
    if output not in (None, "-"):
        return
    if app.json:
        raise click.UsageError("standard output takes either the export or --json: name a file with -o")
    if output is None and sys.stdout.isatty():
        raise click.UsageError("name a file with -o: an export is long and personal; -o - prints it all the same")


def _chosen(vault: Vault, options: dict[str, Any]) -> Chosen:
    """Raises NotFound for a case or a profile that is not there."""
    from optout.errors import NotFound
    from optout.store import cases
    from optout.store.outgoing import Chosen

    profiles = split(options["profiles"])
    for ident in profiles:
        if not vault.run("select 1 from cases where profile = ?", (ident,)):
            raise NotFound("profile with a case", ident)
    firms = tuple(word(x).replace("_", "-") for x in split(options["firms"]))
    for firm in firms:
        if not vault.run("select 1 from cases where firm = ?", (firm,)):
            raise NotFound(
                "firm with a case", firm, [str(row[0]) for row in vault.run("select distinct firm from cases")]
            )
    return Chosen(tuple(cases.resolve(vault, ref) for ref in split(options["refs"])), profiles, firms)


@contextmanager
def _out(app: App, output: str | None, force: bool, seal: Callable[[bytes], bytes] | None) -> Iterator[BinaryIO]:
    if seal is not None:
        from optout.store.sealed import Bounded

        inner = Bounded()
        with _out(app, output, force, None) as file:
            yield inner
            file.write(seal(inner.getvalue()))
    elif output in (None, "-"):
        yield sys.stdout.buffer
        sys.stdout.flush()
    else:
        from optout.store.outfile import outfile

        with outfile(str(output), force, app.clock()) as file:
            yield file


def write_lines(vault: Vault, chosen: Chosen, evidence: bool, file: BinaryIO) -> dict[str, Any]:
    from optout import __version__, drp
    from optout.case import Case, Event
    from optout.exported import SCHEMA
    from optout.records import from_plain, to_plain
    from optout.store import outgoing

    counts = outgoing.counts(vault, chosen, evidence)
    changed = []
    _put(file, {"schema": SCHEMA, "optout": __version__, "evidence": evidence, "counts": counts})
    for line in outgoing.lines(vault, chosen, evidence):
        if line["type"] == "case":
            events = [from_plain(Event, row["event"]) for row in line["events"]]
            line["drp"] = {"status": None, **to_plain(drp.standing(from_plain(Case, line["case"]), events))}
            if outgoing.changed(line):
                changed.append(line["case"]["ref"])
        _put(file, line)
    return {"counts": counts, "changed": changed}


def _put(file: BinaryIO, line: dict[str, Any]) -> None:
    """ASCII, so that nothing on the way can change a character."""
    file.write(json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")


def _csv(vault: Vault, chosen: Chosen, names: bool, file: BinaryIO) -> dict[str, Any]:
    from optout.cli.spreadsheet import row
    from optout.store import outgoing

    file.write(row((*COLUMNS, *(["name"] if names else []))).encode())
    count = 0
    for one in outgoing.overview(vault, chosen):
        outcomes = " ".join(f"{kind}={outcome}" for kind, outcome in one["outcomes"].items())
        shown = one | {"outcomes": outcomes, "overdue_from": one["overdue_from"] or _late(one)}
        cells = [shown[name] or "" for name in COLUMNS]
        file.write(row([*cells, *([one["name"]] if names else [])]).encode())
        count += 1
    return {"counts": {"profiles": 0, "subjects": 0, "cases": count, "evidence": 0}, "changed": []}


def _late(one: dict[str, Any]) -> str | None:
    """From when whoever the person wrote to about it, such as an authority, is late with an answer."""
    return min((x["overdue_from"] for x in one["dates"] if x["kind"] in REPLIES), default=None)


def _tell(app: App, output: str, form: str, told: dict[str, Any], options: dict[str, Any]) -> None:
    if app.json:
        answer("exported", {"file": output, "format": form, "encrypted": options["encrypt"], **told})
    counts = told["counts"]
    where = "standard output" if output == "-" else output
    if options["encrypt"]:
        say(f"{where} is encrypted under your passphrase; nobody can open it without. It holds:")
    else:
        say(f"{where} is NOT encrypted. Whoever has it can read it. It holds:")
    if form == "csv":
        say(f"  {counted(counts['cases'], 'case')}, {'with' if options['with_names'] else 'without'} names.")
        return
    say(
        f"  names and addresses of {counted(counts['subjects'], 'person', 'people')}, {counted(counts['profiles'], 'profile')},"
    )
    say(
        f"  {counted(counts['cases'], 'case')} with every letter, event and note, and {counted(counts['evidence'], 'kept file')}."
    )
    if options["without_evidence"]:
        say("Kept files were left out.")
    for ref in told["changed"]:
        say(f"{ref} is not as it was written; it is in the file as it stands, and no import will take it.")
