"""The event that the options of `log` tell of, each of them judged."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import click

from optout import admit, history
from optout.case import Event, Outcome
from optout.cli.app import App
from optout.cli.casefile import CaseFile
from optout.cli.params import split, word
from optout.errors import BadData, NotFound, NotPossible
from optout.law import Ground
from optout.lifecycle import TABLE
from optout.records import to_plain
from optout.subject import TEXT_LIMIT, clean_text
from optout.walk import walk

EVENTS = tuple(kind for kind in TABLE if kind != "drafted")
OUTCOMES: tuple[str, ...] = get_args(Outcome)
GROUNDS: tuple[str, ...] = get_args(Ground)
OPTIONS = {"letter": "--letter", "by": "--by", "until": "--until", "ground": "--ground", "outcomes": "--outcome",
           "remedy": "--remedy", "corrects": "--event"}  # fmt: skip


def kind(text: str) -> Any:
    kind = word(text)
    if kind not in EVENTS:
        import difflib

        near = [name.replace("_", "-") for name in difflib.get_close_matches(kind, EVENTS, 2)]
        raise NotFound("event", text, near, "" if near else "optout log --help lists the events")
    return kind


def refuse_unfit(kind: Any, options: dict[str, Any]) -> None:
    """Options that this kind of event does not carry. A correction may carry those of what it corrects."""
    given = {
        "letter": options["letter_id"], "by": options["by"], "until": options["until"], "ground": options["ground"],
        "outcomes": options["outcome"], "remedy": options["remedy"], "corrects": options["number"],
    }  # fmt: skip
    shown = kind.replace("_", "-")
    for name, value in given.items():
        if value and name not in TABLE[kind].takes and kind != "corrected":
            raise click.UsageError(f"'{shown}' takes no {OPTIONS[name]}")
    if kind == "sent" and not options["by"]:
        raise click.UsageError("--by is missing: email, post, form or portal (the date of lateness depends on it)")
    if kind == "noted" and not options["note"].strip() and not options["files"]:
        raise click.UsageError("there is nothing to note: give --note TEXT, --file PATH or both")
    if kind == "corrected" and not options["number"]:
        raise click.UsageError("--event is missing: the number of the wrong event, as optout show gives it")


def event(app: App, file: CaseFile, kind: Any, options: dict[str, Any]) -> Event:
    on = happened(app, options["on"] or app.today)
    letter = word(options["letter_id"]) if options["letter_id"] else None
    outcomes = _outcomes(options["outcome"], file)
    if not (kind == "acknowledged" and options["remedy"]):  # which is about a complaint, not about a letter
        letter = admit.which_letter(file.case, file.events, kind, letter, outcomes)
    new = Event(
        kind=kind,
        on=on,
        letter=letter,
        by=options["by"],
        until=until(options["until"], on),
        **grounds(options["ground"]),
        outcomes=outcomes,
        remedy=options["remedy"] or admit.which_remedy(file.case, file.events, kind, on, letter),
        note=note(options["note"]),
    )
    return new if new.until else _until_its_date(file, new)


def _until_its_date(file: CaseFile, new: Event) -> Event:
    """A reminder that names a date is looked at again when that has come."""
    steps = walk(file.case, file.events)
    draft = steps.to_send.get(steps.sends(new) or "")
    if draft is None or draft.until is None or draft.until < new.on:
        return new
    return replace(new, until=draft.until)


def corrected(app: App, file: CaseFile, options: dict[str, Any]) -> Event:
    """The correction of an event: taken back, or with what was given put in its place."""
    number = options["number"]
    old = dict(history.read(file.events)).get(number)
    changes: dict[str, Any] = {
        "on": options["on"] and happened(app, options["on"]),
        "letter": options["letter_id"] and word(options["letter_id"]),
        "by": options["by"],
        "outcomes": _outcomes(options["outcome"], file),
        "remedy": options["remedy"],
    }
    changes = {key: value for key, value in changes.items() if value}
    if options["ground"]:
        changes |= grounds(options["ground"])
    if options["until"]:
        changes["until"] = until(options["until"], changes.get("on") or (old.on if old else app.today))
    instead: dict[str, Any] = {}
    if changes:
        if old is None:
            hint = "log what happened as an event of its own"
            raise NotPossible(f"{file.case.ref} has no event {number} that could be changed", hint)
        unfit = [name for name in changes if name in OPTIONS and name not in TABLE[old.kind].takes]
        if unfit:
            raise click.UsageError(f"'{old.kind.replace('_', '-')}' takes no {OPTIONS[unfit[0]]}")
        instead = to_plain(replace(old, **changes))
    return Event(kind="corrected", on=app.today, corrects=number, instead=instead, note=note(options["note"]))


def happened(app: App, on: date) -> date:
    if on > app.today:
        raise BadData(f"{on} lies ahead; an event has happened", hint="give the day on which it did")
    return on


def until(until: date | None, on: date) -> date | None:
    if until and until < on:
        raise BadData(f"--until {until} lies before the event of {on}")
    return until


def grounds(values: tuple[str, ...]) -> dict[str, Any]:
    """What the firm gave as its reason, as fields of an event; one or several at once, each once."""
    found = []
    for text in values:
        if (ground := word(text)) not in GROUNDS:
            raise NotFound("ground", text, hint=f"one of: {', '.join(GROUNDS).replace('_', '-')}")
        found.append(ground)
    found = list(dict.fromkeys(found))
    return {"ground": found[0] if found else None, "more_grounds": tuple(found[1:])}


def _outcomes(values: tuple[str, ...], file: CaseFile) -> dict[str, Any]:
    kinds = list(dict.fromkeys(demand.kind for demand in file.case.demands))
    found: dict[str, Any] = {}
    for value in split(values):
        kind, _, outcome = (part.strip() for part in value.partition("="))
        kind, outcome = word(kind), word(outcome)
        if kind not in kinds:
            raise NotFound("demand of this case", kind.replace("_", "-"), hint=f"its demands: {', '.join(kinds)}")
        if outcome not in OUTCOMES or outcome == "withdrawn":
            given = f"'{outcome}'" if re.fullmatch("[a-z_]{1,20}", outcome) else "this"  # not a text in the wrong place
            said = f"--outcome {kind.replace('_', '-')}: {given} is no outcome"
            raise BadData(said, hint=f"one of: {', '.join(OUTCOMES[1:-1]).replace('_', '-')}, or pending: nothing yet")
        found[kind] = outcome
    return found


def note(text: str) -> str:
    try:
        return clean_text(text, "--note", TEXT_LIMIT, lines=True)
    except ValueError as error:
        raise BadData(str(error)) from None
