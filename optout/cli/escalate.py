"""`optout escalate`: the next letter when silence or a refusal follows."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from optout.cli import letteroptions
from optout.cli.app import App
from optout.cli.casefile import CaseFile, need_vault, opened
from optout.cli.output import answer, line, say
from optout.cli.params import DAY, formats_of

if TYPE_CHECKING:
    from optout.cli.following import Asked, Written
    from optout.store.vault import Vault


@click.command(
    epilog="\b\nExamples:\n  optout escalate K7QM-4T2X\n  optout escalate K7QM-4T2X --kind complaint --bundle proof.zip"
)
@click.argument("ref")
@click.option("--kind", type=click.Choice(["reminder", "complaint"]), help="which letter, where there is a choice")
@click.option("--remedy", metavar="ID", help="which remedy of the law a complaint uses")
@click.option("--region", metavar="PLACE", help="the part of your country, where each has an authority: DE-BE")
@click.option("--language", help="language of the letter")
@letteroptions.FORMAT
@letteroptions.FONT
@click.option(
    "-o", "--output", metavar="DIR", default="optout-letters", show_default=True, help="where the letter goes"
)
@click.option("--bundle", metavar="ZIP", help="put letters, kept files and history into this file as well")
@click.option("--force", is_flag=True, help="write over a --bundle that is there")
@click.option("--on", type=DAY, help="as on this day")
@click.option("-n", "--dry-run", is_flag=True, help="print the letter, write and keep nothing")
@click.pass_obj
def escalate(settings: dict[str, Any], /, ref: str, on: Any, **options: Any) -> None:
    """Write the next letter about a late or refused answer: a reminder, then a complaint as the law has it.

    What a law lets you appeal or complain about to the firm first goes there, then to the authority. No letter goes to a
    court. Nothing is sent: when you have sent it, log it.
    """
    from optout.cli.following import Asked
    from optout.store import cases

    app = App(settings, on)
    formats = formats_of(options["formats"])
    if options["output"] == "-":
        raise click.UsageError("this writes into a folder; print the letter afterwards: optout letter REF -o -")
    if options["kind"] == "reminder" and options["remedy"]:
        raise click.UsageError("a reminder uses no remedy; leave out --remedy or --kind reminder")
    if options["dry_run"] and options["bundle"]:
        raise click.UsageError("--dry-run keeps nothing; leave out --bundle")
    asked = Asked(
        wanted=options["kind"] or "", remedy=options["remedy"], language=options["language"] or "",
        region=options["region"],
    )  # fmt: skip
    with need_vault(app, ref) as vault:
        app.compare_clock(vault)
        ref = cases.resolve(vault, ref)
        if options["dry_run"]:
            _dry(app, vault, ref, asked)
            return
        with _bundle_file(app, options) as bundle:
            files, written, file = _keep(app, vault, ref, asked, formats, options)
            if bundle is not None:
                from optout.cli import bundling

                bundling.write(app, vault, ref, bundle, formats, options["fonts"], written.id)
    if app.json:
        answer("escalate", _json(file, written, files, options["bundle"]))
        return
    for path in files:
        line(path, whole=True)
    if options["bundle"]:
        line(options["bundle"], whole=True)
    _tell(file, written, formats, options)


def _keep(
    app: App, vault: Vault, ref: str, asked: Asked, formats: tuple[str, ...], options: dict[str, Any]
) -> tuple[list[str], Written, CaseFile]:
    from optout.cli import filing, keeping
    from optout.cli.following import Desk

    # What is asked of the person is asked while nothing of the vault is held.
    with vault.reading():
        read, frozen = opened(vault, ref), keeping.frozen(vault, ref)
    first = Desk(app, read, frozen, asked)
    asked = first.asked
    done = filing.keep(
        app, vault, ref, lambda file: Desk(app, file, keeping.frozen(vault, ref), asked).write(),
        filing.Output(formats, options["output"], options["fonts"]),
    )  # fmt: skip
    return done.files, done.written, first.file


def _dry(app: App, vault: Vault, ref: str, asked: Asked) -> None:
    from optout.cli import keeping
    from optout.cli.following import Desk
    from optout.letter import plain

    app.catalog_with(None)
    with vault.reading():
        file, frozen = opened(vault, ref), keeping.frozen(vault, ref)
    written = Desk(app, file, frozen, asked).write()
    if app.json:
        answer("escalate", {**_json(file, written, [], None), "kept": False, "next": ""})
        return
    for letter in written.drafts.values():
        click.echo(plain(letter))
    for note in written.notes:
        say(note)
    _tell_too_late(written)
    if written.authority:
        _tell_authority(written.authority)
    say("Nothing was written or kept.")


def _bundle_file(app: App, options: dict[str, Any]) -> Any:
    """Opened before anything is kept, so that a name which is taken is refused first."""
    if not options["bundle"]:
        return nullcontext(None)
    from optout.store.outfile import outfile

    return outfile(options["bundle"], options["force"], app.clock())


def _next(file: CaseFile, written: Written) -> str:
    """What to log once it was sent."""
    remedy, ref = written.following.remedy, file.case.ref
    if remedy is None:
        return f"optout log {ref} reminded"
    return f"optout log {ref} {'appealed' if remedy.kind == 'appeal' else 'complained'} --remedy {remedy.id}"


def _json(file: CaseFile, written: Written, files: list[str], bundle: str | None) -> dict[str, Any]:
    from optout.cli.authorities import described

    letters = list(written.drafts.values())
    remedy = written.following.remedy
    return {
        "ref": file.case.ref,
        "kind": written.following.kind,
        "letter": written.id,
        "languages": [letter.language for letter in letters],
        "files": files,
        "remedy": remedy.id if remedy else None,
        "to": {"lines": list(letters[0].recipient), "email": letters[0].recipient_email or None},
        "authority": described(written.authority) if written.authority else None,
        "reply_by": str(written.event.until) if written.event.until else None,
        "too_late": str(written.following.too_late) if written.following.too_late else None,
        "enclosures": [{"what": one["what"], "on": one["day"] or None} for one in written.enclosed],
        "notes": list(written.notes),
        "bundle": bundle,
        "kept": True,
        "next": _next(file, written),
    }


def _tell(file: CaseFile, written: Written, formats: tuple[str, ...], options: dict[str, Any]) -> None:
    """Where it goes, what belongs with it, and what to log then."""
    from optout.cli import drafting
    from optout.cli.following import PROOFS

    for note in written.notes:
        say(note)
    _tell_too_late(written)
    if written.authority:
        _tell_authority(written.authority)
    for text in drafting.about_drafts(formats, [letter.recipient_email for letter in written.drafts.values()]):
        say(text)
    shown = [PROOFS[one["what"]] + (f" ({one['day']})" if one["day"] else "") for one in written.enclosed]
    say(f"The letter says that this is enclosed: {', '.join(shown)}.")
    if options["bundle"]:
        say("The bundle holds every file kept with the case: look through it, and take out what nobody else needs.")
    elif written.following.kind == "authority":
        say("--bundle FILE.zip puts together what is kept here.")
    say("Read the letter, sign it, send it. Then:")
    say(f"  {_next(file, written)}")


def _tell_too_late(written: Written) -> None:
    """That the person's own time is over, by the law or only by what whoever hears it asks for."""
    following = written.following
    if following.too_late and following.guidance:
        say(
            f"Careful: whoever hears it asks for it by {following.too_late}, counted from the earliest day; that is "
            "guidance, the law sets no such time."
        )
    elif following.too_late:
        say(f"Careful: counted from the earliest day, your time for this ended on {following.too_late}.")


def _tell_authority(authority: tuple[str, Any]) -> None:
    from optout.cli.authorities import BY_EMAIL
    from optout.law import text_in

    key, one = authority
    say(f"It goes to {text_in(one.name, 'en')} ({key}).")
    if one.complaint_url:
        must = (
            "A complaint must be on its own form; take the words from this letter"
            if one.form == "mandatory"
            else "Its form"
        )
        say(f"{must}: {one.complaint_url}")
    if said := BY_EMAIL[one.email_takes]:
        say(f"By e-mail: {said}.")
    if one.note:
        say(one.note)
