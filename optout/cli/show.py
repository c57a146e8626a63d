"""`optout show`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from optout import history, standing
from optout.case import Deadline, Event
from optout.cli.app import App
from optout.cli.casefile import CaseFile, need_vault, opened
from optout.cli.output import answer, counted, line, say
from optout.errors import StoreError
from optout.records import to_plain


@click.command(epilog="\b\nExample:\n  optout show K7QM-4T2X")
@click.argument("ref")
@click.option("--verify", is_flag=True, help="hold history, letters and files to the chain of hashes")
@click.option("--evidence", type=click.IntRange(min=1), metavar="N", help="write the kept file N to -o")
@click.option(
    "-o", "--output", metavar="FILE", help="where --evidence goes; default its own name, here; - is standard output"
)
@click.pass_obj
def show(settings: dict[str, Any], ref: str, verify: bool, evidence: int | None, output: str | None) -> None:
    """Show one case: what was asked, what happened, and how each date was computed."""
    from optout.cli import grounds
    from optout.store import cases

    app = App(settings)
    if output is not None and evidence is None:
        raise click.UsageError("-o is for a kept file: name its number with --evidence")
    with need_vault(app, ref) as vault:
        app.compare_clock(vault)
        file = opened(vault, ref)
        broken = cases.verify(vault, file.case.ref) if verify else []
        if evidence is not None:
            if app.json:
                raise click.UsageError("--evidence writes a file; leave out --json")
            _save(cases.evidence(vault, file.case.ref, evidence), output)
            return
    status = file.status()
    head = file.whole["events"][-1]["hash"] if file.whole["events"] else ""  # a repair may have found none
    if app.json:
        checked = {"chain": {"head": head, "broken": broken}} if verify else {}
        answer("show", {"case": file.whole["case"], "events": file.whole["events"], "files": file.whole["files"],
                        "evidence": file.whole["evidence"],
                        "status": {**to_plain(status), "step": app.step(status.step, status.late_step, str(status.act_on or ""))},
                        "grounds": grounds.of_case(app, file), **checked})  # fmt: skip
    else:
        _print(app, file, status)
    if verify:
        if broken:
            raise StoreError(f"{file.case.ref} is not as it was written: {'; '.join(broken)}", "optout doctor")
        say(f"The chain holds: {counted(len(file.events), 'event')}, head {head}")


def _save(kept: tuple[str, bytes], output: str | None) -> None:
    from optout.cli import evidence

    if path := evidence.save(*kept, output):
        line(path, whole=True)


def _print(app: App, file: CaseFile, status: standing.Status) -> None:
    from optout.cli import grounds

    describe(file, status, line)
    grounds.tell_of_case(app, file, line)
    line(f"Next: {app.step(status.step, status.late_step, str(status.act_on or ''))}")


def describe(file: CaseFile, status: standing.Status, put: Callable[[str], None], *, notes: bool = True) -> None:
    """What was asked, what happened and how each date came about; `notes`: with what the person noted for themself."""
    case = file.case
    put(f"{case.ref}  {case.firm_name}  {status.phase.replace('_', ' ')}")
    put("")
    for demand in case.demands:
        basis = f"{demand.footing} under {demand.law_name} {', '.join(demand.cites)}" if demand.law else "request"
        put(f"  {demand.kind.replace('_', ' ')}: {basis.strip()}; {status.outcomes[demand.kind].replace('_', ' ')}")
        for source in demand.sources:
            put(f"    source: {source}")
    put("")
    _history(file, put, notes)
    put("")
    for letter in status.letters:
        _letter(letter, put)
    if status.dates:
        put("  the case as a whole")
    for deadline in status.dates:
        _deadline(deadline, put)


def _history(file: CaseFile, put: Callable[[str], None], notes: bool) -> None:
    """Every event ever logged, with its number; one that was corrected says so."""
    now = dict(history.read(file.events))
    pieces: dict[int, list[str]] = {}
    for piece in file.whole["evidence"]:
        pieces.setdefault(piece["n"], []).append(
            f"      file {piece['id']}: {piece['name']}, {counted(piece['size'], 'byte')}"
        )
    for number, (row, event) in enumerate(zip(file.whole["events"], file.events, strict=True), 1):
        put(f"  {number:>2}  {_said(event)}  (noted {row['at']})")
        if event.kind != "corrected" and now.get(number) != event:
            put(f"      corrected: {_said(now[number])}" if number in now else "      taken back")
        if event.note and notes:
            put(f"      {event.note}")
        for piece in pieces.get(number, ()):
            put(piece)


def _said(event: Event) -> str:
    parts = [
        event.letter or "",
        f"by {event.by}" if event.by else "",
        f"until {event.until}" if event.until else "",
        f"ground: {', '.join(event.grounds).replace('_', ' ')}" if event.grounds else "",
        ", ".join(f"{kind.replace('_', ' ')} {out.replace('_', ' ')}" for kind, out in event.outcomes.items()),
        event.remedy or "",
        f"event {event.corrects}" if event.corrects else "",
    ]
    return "  ".join([str(event.on), event.kind.replace("_", "-"), " ".join(part for part in parts if part)]).rstrip()


def _letter(letter: standing.LetterStatus, put: Callable[[str], None]) -> None:
    if not letter.sent:
        put(f"  letter {letter.id}: not sent; no date runs from a draft")
        return
    receipt = f"received {letter.received}" if letter.received else "receipt not proved"
    answered = f", answered {letter.answered}" if letter.answered else ""
    put(f"  letter {letter.id}: sent {letter.sent}, {receipt}{answered}")
    kinds = [deadline.kind for deadline in letter.deadlines]
    for deadline in letter.deadlines:
        _deadline(deadline, put, named=kinds.count(deadline.kind) > 1)
    for sentence in letter.void:
        put(f"    {sentence}")


def _deadline(deadline: Deadline, put: Callable[[str], None], named: bool = False) -> None:
    """A date with its derivation; `named`: there are several of its kind, so it says what it is about."""
    done = "; no longer runs" if deadline.done else ""
    about = f", for {', '.join(deadline.demands).replace('_', ' ')}" if named and deadline.demands else ""
    put(f"    {deadline.kind.replace('_', ' ')}: {deadline.on}{about} ({_kind(deadline)}){done}")
    put(f"      {deadline.why}")


def _kind(deadline: Deadline) -> str:
    own = "to look again, no law sets it" if deadline.kind == "follow_up" else "your own date"
    words = [own if deadline.origin == "sender" else f"by {deadline.origin}"]
    words += ["receipt estimated"] if deadline.estimated else []
    words += ["approximate"] if deadline.approximate else []
    return ", ".join(words)
