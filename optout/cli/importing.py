"""`optout import`: cases out of an export into the vault, all of them or none, and never over what is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from optout.cli.app import App, terminal
from optout.cli.output import answer, counted, say
from optout.errors import BadData, Incomplete, Missing

if TYPE_CHECKING:
    from optout.cli.intake import Told
    from optout.store.vault import Vault


class _TakenBack(Exception):
    """Ends the transaction of a run that was only tried."""


@click.command(
    name="import",
    epilog="\b\nExamples:\n  optout import cases.jsonl --dry-run\n  optout import cases.jsonl\n"
    "  optout import datenanfragen_export.csv --profile me --residence DE",
)
@click.argument("file", metavar="FILE")
@click.option("-n", "--dry-run", is_flag=True, help="say what would come in, and keep nothing")
@click.option("--skip-invalid", is_flag=True, help="leave out lines that cannot be used, and take the others")
@click.option("--as", "renames", multiple=True, metavar="OLD=NEW", help="take the file's profile OLD under the id NEW")
@click.option("--profile", metavar="ID", help="a list of requests: whose they are")
@click.option("--residence", metavar="PLACE", help="a list of requests: where that person lived, for the law's dates")
@click.option("--export-passphrase-file", metavar="FILE", help="the passphrase of an encrypted export is in FILE")
@click.option("--export-passphrase-fd", metavar="N", type=click.IntRange(0), help="the same from descriptor N")
@click.pass_obj
def import_(
    settings: dict[str, Any],
    /,
    file: str,
    dry_run: bool,
    skip_invalid: bool,
    renames: tuple[str, ...],
    profile: str | None,
    residence: str | None,
    **passphrase: str | int | None,
) -> None:
    """Take in cases that `optout export` wrote, or the list of requests (.csv) of datenanfragen's app; - reads standard
    input.

    What is here stays: a case that is here as well grows if the file knows more of it, and is refused if its history
    is another one.
    """
    from optout.cli import exportfile, judging
    from optout.cli.intake import Run
    from optout.store.vault import Vault

    app = App(settings)
    renamed = _renamed(renames)
    name = exportfile.shown(file)
    with exportfile.opened(file) as given:
        if exportfile.is_request_list(given):
            _requests(app, given, name, (profile, residence), dry_run, skip_invalid)
            return
        if profile or residence:
            raise click.UsageError("--profile and --residence go with a list of requests; an export names its people")
        stream = exportfile.plain(given, name, lambda: _passphrase({**settings, **passphrase}))
        head = exportfile.header(stream, name)
        if problems := judging.header(head, name):
            raise BadData(f"{name} cannot be used", problems)
        there = Vault.exists(app.paths)
        with app.vault(create=True) if there or not dry_run else nullcontext(None) as vault:
            run = Run(app, vault, name, renamed)
            with _transaction(vault, dry_run):
                run.everything(stream, head["counts"])
                if run.told.problems and not skip_invalid:
                    _refuse(run.told, name)
    _tell(app, run.told, dry_run)


def _requests(
    app: App, given: BinaryIO, name: str, whose: tuple[str | None, str | None], dry_run: bool, skip_invalid: bool
) -> None:
    """A list of requests of datenanfragen's app."""
    from optout.cli import oldrequests

    intake = oldrequests.Intake(app, name, *whose)
    with app.vault() as vault, _transaction(vault, dry_run):
        intake.everything(vault, given)
        if intake.told.problems and not skip_invalid:
            _refuse(intake.told, name)
    if not app.json:
        oldrequests.hints(intake)
    _tell(app, intake.told, dry_run)


def _passphrase(settings: dict[str, Any]) -> str:
    """That of the export. Raises Missing without an option and a terminal."""
    from optout.cli.passphrases import given, hidden

    if source := given(settings, "export_"):
        return source()
    if not terminal(settings):
        raise Missing("the export is encrypted", "give --export-passphrase-file FILE or --export-passphrase-fd N")
    return hidden("Passphrase of the export: ")


@contextmanager
def _transaction(vault: Vault | None, dry_run: bool) -> Iterator[None]:
    if vault is None:
        yield
        return
    try:
        with vault.transaction():
            yield
            if dry_run:
                raise _TakenBack
    except _TakenBack:
        pass


def _renamed(values: Sequence[str]) -> dict[str, str]:
    from optout.cli.judging import IDENT

    found = {}
    for value in values:
        old, _, new = value.partition("=")
        if not IDENT.fullmatch(old) or not IDENT.fullmatch(new):
            raise click.BadParameter("write OLD=NEW, two ids of profiles", param_hint="--as")
        found[old] = new
    return found


def _refuse(told: Told, name: str) -> None:
    more = f", and {told.more} more" if told.more else ""
    count = f"{len(told.problems)} problem{'s' if len(told.problems) > 1 else ''}{more}"
    hint = "nothing was taken; --skip-invalid takes what can be used"
    raise BadData(f"{name} cannot be used: {count}", told.problems, hint)


def _tell(app: App, told: Told, dry_run: bool) -> None:
    """The report. Raises Incomplete when something was left out."""
    body = {
        "dry_run": dry_run,
        "cases": {"new": told.new, "longer": told.longer, "same": told.same, "refused": told.refused},
        "profiles": told.profiles,
        "evidence": told.evidence,
        "left": told.left,
        "without_profile": [{"ref": ref, "to": name} for ref, name in told.without_profile.items()],
        "processors": [{"ref": ref, "firm": firm} for ref, firm in told.processors.items()],
        "same_request": [{"ref": ref, "as": other} for ref, other in told.same_request.items()],
        "problems": [problem._asdict() for problem in told.problems],
    }
    if app.json:
        answer("import", body)
    else:
        _say(told, dry_run)
    if told.refused or told.profiles["refused"] or told.problems:
        hint = "both histories are complete where they are; --as takes a profile under another id"
        raise Incomplete("not everything was taken", "" if not told.refused + told.profiles["refused"] else hint)


def _say(told: Told, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    say(
        f"New: {counted(len(told.new), 'case')}; longer than here: {counted(len(told.longer), 'case')}; here already: {told.same}."
    )
    for ref, name in told.without_profile.items():
        say(f"  {ref} {would}a case with {name}, which neither the catalogue nor an imported list knows")
    for ref, firm in told.processors.items():
        say(
            f"  {ref}: {firm} acts for clients, who decide about the data, so no law is claimed and no letter follows. To "
            f"write to the client: optout request {firm} --to NAME"
        )
    for ref, other in told.same_request.items():
        say(f"  {ref} asks the same as {other} of the same firm for the same person: send one of them")
    for ref in told.longer:
        say(f"  {ref} {would}brought up to date")
    if told.evidence:
        say(f"Kept files {would}added: {told.evidence}.")
    for ident in told.profiles["new"]:
        say(f"The profile '{ident}' {would}added.")
    for ident in told.profiles["refused"]:
        say(f"The profile '{ident}' is refused, with its cases: here that id belongs to other data.")
    for ref in told.refused:
        say(f"{ref} is refused: its history here is another one, or its profile is refused.")
    if told.left:
        say("Newer drafts came in; delete the old files if they are here:")
    for path in told.left:
        say(f"  {path}")
    for problem in told.problems:
        say(f"Left out: {problem}")
    if told.more:
        say(f"  and {told.more} more")
    if dry_run:
        say("Nothing was kept.")
