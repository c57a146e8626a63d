"""`optout log`: what happened, one event at a time."""

from __future__ import annotations

from typing import Any

import click

from optout import admit, derivation, history, owntime
from optout.case import Event
from optout.cli import eventoptions
from optout.cli.app import App
from optout.cli.casefile import CaseFile, append, need_vault, opened
from optout.cli.output import answer, say
from optout.cli.params import DAY, word
from optout.lifecycle import HEARD, REACTIONS, TABLE
from optout.records import to_plain
from optout.walk import walk

_LISTED = "\n".join(f"  {kind.replace('_', '-'):<20} {TABLE[kind].means}" for kind in eventoptions.EVENTS)


@click.command(
    epilog=f"\b\nEvents:\n{_LISTED}\n\n\b\nExample:\n"
    "  optout log K7QM-4T2X sent --by post\n"
    "  optout log K7QM-4T2X answered --outcome deletion=met"
)
@click.argument("ref", metavar="REF")
@click.argument("event", required=False)
@click.option("--letter", "letter_id", metavar="KIND", help="which letter of the case")
@click.option("--on", type=DAY, help="the day of the event; default today")
@click.option("--by", type=click.Choice(["email", "post", "form", "portal"]), help="the channel; needed for sent")
@click.option("--until", type=DAY, help="the day the firm names; after your own step, when to look again")
@click.option(
    "--ground",
    multiple=True,
    metavar="G",
    help=f"the firm's reason; repeat it: {', '.join(eventoptions.GROUNDS).replace('_', '-')}",
)
@click.option(
    "--outcome",
    multiple=True,
    metavar="KIND=met|partly|refused|no-data|pending",
    help="what came of a demand; repeat it; pending: nothing yet",
)
@click.option(
    "--remedy", metavar="ID", help="which remedy an appeal or complaint uses, or which complaint the firm acknowledged"
)
@click.option("--event", "number", type=click.IntRange(min=1), help="corrected: the number of the wrong event")
@click.option(
    "--file", "files", multiple=True, type=click.Path(exists=True, dir_okay=False), help="keep this file with it"
)
@click.option("--note", default="", help="a note for yourself")
@click.option("--batch", metavar="ID", help="instead of REF: every case of this batch in which it can have happened")
@click.option("--yes", is_flag=True, help="with --batch: do not ask; above 25 cases with --expect")
@click.option("--expect", type=click.IntRange(min=0), metavar="N", help="with --batch: the number of cases you expect")
@click.option("-n", "--dry-run", is_flag=True, help="show what would follow, keep nothing")
@click.pass_obj
def log(
    settings: dict[str, Any], /, ref: str, event: str | None, files: tuple[str, ...], dry_run: bool, **options: Any
) -> None:
    """Note that EVENT happened in the case REF, and see the dates that follow.

    `corrected --event N` takes event N back; with other options it is put right instead. Nothing is erased.
    """
    from optout.cli import evidence

    app = App(settings)
    if options["batch"]:
        _log_batch(app, ref, event, options | {"files": files, "dry_run": dry_run})
        return
    if event is None:
        raise click.UsageError("EVENT is missing: what happened; optout log --help lists the events")
    kind = eventoptions.kind(event)
    eventoptions.refuse_unfit(kind, options | {"files": files})
    kept = evidence.read(files)
    # The lock is taken before the case is read: of two runs at once the second goes on from what the first noted.
    with need_vault(app, ref) as vault, vault.reading() if dry_run else vault.transaction():
        file = opened(vault, ref)
        new = (
            eventoptions.corrected(app, file, options)
            if kind == "corrected"
            else eventoptions.event(app, file, kind, options)
        )
        admit.allow(file.case, file.events, new)
        if new.kind == "sent":
            kept += evidence.as_sent(file, new.letter or "")
        elif new.kind in REACTIONS and (letter := walk(file.case, file.events).sends(new)):
            kept += evidence.as_sent(file, letter)
        status = file.status([new]) if dry_run else append(app, vault, file, new, kept)
    if app.json:
        answer("log", {"ref": file.case.ref, "number": len(file.events) + 1, "event": to_plain(new),
                       "files": [piece["name"] for piece in kept], "kept": not dry_run,
                       "status": to_plain(status)})  # fmt: skip
        return
    _tell(file, new, status, kept)
    if dry_run:
        say("Nothing was kept.")


def _log_batch(app: App, event: str, more: str | None, options: dict[str, Any]) -> None:
    """The same for every case of a batch; the first argument is then the event."""
    from optout.cli import batchlog

    if more is not None:
        raise click.UsageError("--batch stands in place of a case: optout log --batch ID EVENT")
    kind = eventoptions.kind(event)
    eventoptions.refuse_unfit(kind, options)
    for name in ("files", "outcome", "number"):
        if options[name]:
            raise click.UsageError(f"--{'event' if name == 'number' else name.removesuffix('s')} is for one case")
    on = eventoptions.happened(app, options["on"] or app.today)
    batchlog.log_many(app, options["batch"], Event(
        kind=kind, on=on, letter=word(options["letter_id"]) if options["letter_id"] else None, by=options["by"],
        until=eventoptions.until(options["until"], on), remedy=options["remedy"],
        note=eventoptions.note(options["note"]), **eventoptions.grounds(options["ground"]),
    ), options)  # fmt: skip


def _tell(file: CaseFile, new: Event, status: Any, kept: list[dict[str, Any]]) -> None:
    """What follows, on stderr."""
    held = {letter.id for letter in file.case.letters if letter.when == "after_access"}
    first_answered = file.status().held_from is not None
    if new.kind == "sent" and new.letter in held and not first_answered:
        say("This letter was meant for after the access answer:")
        say("what is deleted before it can no longer be shown to you.")
    if new.kind in HEARD or new.remedy:
        _tell_remedy(file, new)
    if new.kind == "sent":
        _tell_stale(file, new)
    if new.kind == "extended":
        _tell_extension(file, new)
    for piece in kept:
        say(f"Belongs to it: {piece['name']}")
    for letter in status.letters:
        if letter.id != new.letter and new.kind != "corrected":
            continue
        running = [x for x in letter.deadlines if not x.done]
        for deadline in running:
            several = [x.kind for x in running].count(deadline.kind) > 1 and deadline.demands
            about = f", for {', '.join(deadline.demands).replace('_', ' ')}" if several else ""
            say(f"{deadline.kind}: {deadline.on}{about}{' (receipt estimated)' if deadline.estimated else ''}")
            say(f"  {deadline.why}")
        for sentence in letter.void:
            say(f"  {sentence}")
    for deadline in (x for x in status.dates if not x.done):
        say(f"{deadline.kind.replace('_', ' ')}: {deadline.on}")
        say(f"  {deadline.why}")
    say(f"{file.case.ref} is now: {status.phase.replace('_', ' ')}")
    say(f"Next: {status.step}")


def _tell_remedy(file: CaseFile, new: Event) -> None:
    """Under which remedy of the law the step is recorded, since its dates follow from that."""
    remedy = file.case.remedy(new.remedy)
    if remedy is None:
        say("Recorded without a remedy of the law.")
        return
    to = f", to {remedy.to}" if remedy.to else ""
    say(f"Recorded as: {remedy.id} ({remedy.kind.replace('_', ' ')} under {remedy.law_name}{to})")


def _tell_stale(file: CaseFile, new: Event) -> None:
    """A letter that lay too long names a date that leaves the firm no time."""
    letter = next(x for x in file.case.letters if x.id == new.letter)
    if letter.reply_by is None or new.on <= owntime.last_good(letter.reply_by, file.case.opened):
        return
    left = (letter.reply_by - new.on).days
    few = "1 day" if left == 1 else f"{left} days"
    say(
        f"The letter wants an answer by {letter.reply_by}, {f'{few} after' if left > 0 else 'which had come when'} you sent it."
    )
    say("If you can still hold it back, take this entry back and write the letter anew:")
    say(f"  optout log {file.case.ref} corrected --event {len(file.events) + 1}")
    say(f"  optout request {file.case.firm}   (with the options of before)")


def _tell_extension(file: CaseFile, new: Event) -> None:
    """What the law thinks of the firm's word that it needs longer; the dates that hold are told after it."""
    kinds = next(x.kinds for x in file.case.letters if x.id == new.letter)
    sent = next(x.sent for x in file.status().letters if x.id == new.letter) or new.on
    told: dict[str, None] = {}
    for demand in (x for x in file.case.demands if x.kind in kinds):
        for clock in (file.case.clocks[name] for name in demand.clocks):
            if clock.kind in ("respond", "comply") and clock.usable(sent):
                told[derivation.extension(clock, demand.law_name)] = None
    for sentence in told or {"No law sets the firm a time here, so none is extended.": None}:
        say(sentence)
    if any(event.kind == "extended" and event.letter == new.letter for _, event in history.read(file.events)):
        say("It was extended before; a second time adds nothing.")
