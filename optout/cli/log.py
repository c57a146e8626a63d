"""`optout log`: what happened, one event at a time."""

from __future__ import annotations

from typing import Any

import click

from optout import lifecycle
from optout.case import Event
from optout.cli.app import App
from optout.cli.output import answer, say
from optout.cli.params import DAY, word
from optout.cli.show import need_vault, opened
from optout.errors import BadData, NotFound
from optout.records import to_plain
from optout.subject import TEXT_LIMIT, clean_text

EVENTS = ("sent", "delivered", "acknowledged")


@click.command(epilog="\b\nExample:\n  optout log K7QM-4T2X sent --by post --on 2026-11-24")
@click.argument("ref")
@click.argument("event")
@click.option("--letter", "letter_id", metavar="KIND", help="which letter of the case")
@click.option("--on", type=DAY, help="the day of the event; default today")
@click.option("--by", type=click.Choice(["email", "post", "form", "portal"]), help="the channel; needed for sent")
@click.option("--note", default="", help="a note for yourself")
@click.pass_obj
def log(settings: dict[str, Any], ref: str, event: str, letter_id: str | None, on: Any, by: Any, note: str) -> None:
    """Note that EVENT happened in the case REF: sent, delivered or acknowledged."""
    from optout.library.publicholidays import PublicHolidays
    from optout.store import cases

    app = App(settings)
    kind: Any = word(event)
    if kind not in EVENTS:
        import difflib

        raise NotFound("event", event, difflib.get_close_matches(kind, EVENTS, 1), f"events: {', '.join(EVENTS)}")
    if kind == "sent" and by is None:
        raise click.UsageError("--by is missing: email, post, form or portal (the date of lateness depends on it)")
    day = on or app.today
    if day > app.today:
        raise BadData(f"{day} lies ahead; an event has happened", hint="give the day on which it did")
    try:
        note = clean_text(note, "--note", TEXT_LIMIT, lines=True)
    except ValueError as error:
        raise BadData(str(error)) from None
    with need_vault(app, ref) as vault:
        _, case, events = opened(app, vault, ref)
        about = lifecycle.which_letter(case, events, kind, word(letter_id) if letter_id else None)
        new = Event(kind=kind, on=day, letter=about, by=by, note=note)
        lifecycle.allow(case, events, new)
        status = lifecycle.fold(case, [*events, new], PublicHolidays())
        cases.append(
            vault, case.ref, event=to_plain(new), at=app.now(), summary=lifecycle.summary(status), seen=len(events)
        )
    if app.json:
        answer("log", {"ref": case.ref, "event": to_plain(new), "status": to_plain(status)})
        return
    if kind == "sent" and any(x.id == about and x.when == "after_access" for x in case.letters):
        say(
            "This letter was meant for after the access answer: what is deleted before it can no longer be shown to you."
        )
    for deadline in next(x for x in status.letters if x.id == about).deadlines:
        say(f"{deadline.kind}: {deadline.on}{' (estimated)' if deadline.estimated else ''}")
        say(f"  {deadline.why}")
    say(f"Next: {status.step}")
