"""`optout show`."""

from __future__ import annotations

from typing import Any

import click

from optout import lifecycle
from optout.case import Case, Deadline, Event
from optout.cli.app import App
from optout.cli.output import answer, line
from optout.errors import NotFound
from optout.records import from_plain, to_plain


def opened(app: App, vault: Any, ref: str) -> tuple[dict[str, Any], Case, list[Event]]:
    """The whole case: rows, Case and events."""
    from optout.store import cases

    whole = cases.get(vault, cases.resolve(vault, ref))
    return whole, from_plain(Case, whole["case"]), [from_plain(Event, row["event"]) for row in whole["events"]]


def need_vault(app: App, ref: str) -> Any:
    from optout.store.vault import Vault

    if not Vault.exists(app.paths):
        raise NotFound("case", ref, hint="there are no cases yet")
    return app.vault()


@click.command(epilog="\b\nExample:\n  optout show K7QM-4T2X")
@click.argument("ref")
@click.pass_obj
def show(settings: dict[str, Any], ref: str) -> None:
    """Show one case: what was asked, what happened, and how each date was computed."""
    from optout.library.publicholidays import PublicHolidays

    app = App(settings)
    with need_vault(app, ref) as vault:
        whole, case, events = opened(app, vault, ref)
    status = lifecycle.fold(case, events, PublicHolidays())
    if app.json:
        answer("show", {"case": whole["case"], "events": whole["events"], "files": whole["files"],
                        "status": to_plain(status)})  # fmt: skip
        return
    line(f"{case.ref}  {case.firm_name}  {status.phase}")
    line()
    for demand in case.demands:
        basis = f"{demand.footing} under {demand.law_name} {', '.join(demand.cites)}" if demand.law else "request"
        line(f"  {demand.kind.replace('_', ' ')}: {basis.strip()}; {status.outcomes[demand.kind]}")
        for source in demand.sources:
            line(f"    source: {source}")
    line()
    for row, event in zip(whole["events"], events, strict=True):
        about = " ".join(x for x in (event.letter, f"by {event.by}" if event.by else "") if x)
        line(f"  {event.on}  {event.kind}  {about}".rstrip() + f"  (noted {row['at']})")
    line()
    for letter in status.letters:
        _letter(letter)
    line(f"Next: {status.step}")


def _letter(letter: lifecycle.LetterStatus) -> None:
    if not letter.sent:
        line(f"  letter {letter.id}: not sent; no date runs from a draft")
        return
    receipt = f"received {letter.received}" if letter.received else "receipt not proved"
    line(f"  letter {letter.id}: sent {letter.sent}, {receipt}")
    for deadline in letter.deadlines:
        line(f"    {deadline.kind}: {deadline.on} ({_kind(deadline)})")
        line(f"      {deadline.why}")


def _kind(deadline: Deadline) -> str:
    words = ["the sender's own date" if deadline.origin == "sender" else f"by {deadline.origin}"]
    words += ["estimated"] if deadline.estimated else []
    words += ["approximate"] if deadline.approximate else []
    return ", ".join(words)
