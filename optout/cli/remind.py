"""`optout remind`. Reads rows by index and imports nothing of the core: it has to be quick over any number of cases."""

from __future__ import annotations

from typing import Any

import click

from optout.cli.app import App
from optout.cli.output import answer, heading, line, lines, say
from optout.cli.params import DAY
from optout.cli.status import whom

HEADINGS = {
    "overdue": "Overdue",
    "due": "Due by {until}",
    "to_classify": "Answers to read",
    "held": "Held letters to send now",
    "to_decide": "For you to decide",
    "asleep": "Asleep",
}
WORDS = {
    "appeal": "your last day to appeal",
    "complain_within": "your last day to complain",
    "court_within": "your last day to go to court",
    "appeal_reply": "answer to the appeal",
    "firm_complaint_reply": "answer to the complaint",
    "authority_reply": "answer of the authority",
    "follow_up": "look again",
}
"""What a kind of date is called here, where its name alone does not say it."""
FOR_MANY = {
    "held": "send their held letters, then: optout log --batch {batch} sent --letter deletion --by CHANNEL",
    "asleep": "send their letters, then: optout log --batch {batch} sent --by CHANNEL",
}
FOR_EACH = "to see them one by one: optout remind --batch {batch} --all"
"""The next command for cases of a batch, which are counted together."""
COUNTED = 500
"""How far is counted for a person, who needs to know that it is many; `--json` counts them all."""
THEIRS = ("acknowledge", "respond", "comply", "appeal_reply", "firm_complaint_reply", "authority_reply")
"""Dates of the other side; with the others, nobody is late but the person."""


@click.command(
    epilog="\b\nExamples:\n  optout remind\n  optout remind --days 30\n  optout remind --ics dates.ics\n"
    "  optout remind --schedule cron"
)
@click.option("--days", type=click.IntRange(0, 3660), default=7, show_default=True, help="how far to look ahead")
@click.option("--firm", help="only cases with this firm")
@click.option("--profile", metavar="ID", help="only cases of this profile")
@click.option("--batch", metavar="ID", help="only cases of this batch, one by one")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="at most so many in each group"
)
@click.option("--all", "all_", is_flag=True, help="no limit")
@click.option("--exit-code", is_flag=True, help="end with code 10 when something is overdue")
@click.option("--ics", metavar="FILE", help="write the dates as a calendar file; - is standard output")
@click.option("--with-names", is_flag=True, help="with --ics: name firms and say how each date was computed")
@click.option("--schedule", type=click.Choice(["cron", "systemd", "launchd", "windows"]),
              help="print what to install to be told every day")  # fmt: skip
@click.option("--on", type=DAY, help="as on this day")
@click.pass_obj
def remind(settings: dict[str, Any], /, schedule: str | None, on: Any, **options: Any) -> None:
    """Say what is overdue, due soon, or waits for you, and the next command for each."""
    if schedule and settings.get("json"):
        raise click.UsageError("--schedule prints an entry to install, not JSON")
    if schedule:
        from optout.cli import scheduling

        scheduling.show(schedule, settings)
        return
    if options["with_names"] and not options["ics"]:
        raise click.UsageError("--with-names goes with --ics FILE")
    app = App(settings, on)
    if options["ics"] == "-" and app.json:
        raise click.UsageError("--ics - prints a calendar, not JSON")
    if _remind(app, options) and options["exit_code"]:
        click.get_current_context().exit(10)


def _remind(app: App, options: dict[str, Any]) -> bool:
    """Prints it all; gives whether something is overdue."""
    from datetime import timedelta

    from optout.store.vault import Vault

    until = str(app.today + timedelta(days=options["days"]))
    if not Vault.exists(app.paths):
        if app.json:
            _as_json(app, until, {})
        else:
            say(f"No cases yet{app.nowhere()}. Begin with: optout request clearview")
        return False
    from optout.store import finding, waking

    with app.vault() as vault:
        app.compare_clock(vault)
        limit = None if options["all_"] else options["limit"]
        chosen = {"firm": options["firm"], "profile": options["profile"]}
        today, sure = str(app.today), not app.clock_wrong
        most = -1 if app.json else COUNTED + 1
        found = waking.groups(
            vault, today=today, until=until, sure=sure, limit=limit, most_counted=most, batch=options["batch"],
            apart=not options["batch"] and not app.json, **chosen,
        )  # fmt: skip
        refs = [row["ref"] for group in found.values() for row in group.rows]
        to = finding.addressees(vault, refs)
        shown = {
            name: [{**_item(app, name, row), "to": to.get(row["ref"])} for row in found[name].rows]
            for name in waking.GROUPS
        }
        if options["ics"]:
            from optout.cli import calendarfile

            calendarfile.write(app, vault, options["ics"], names=options["with_names"], **chosen)
    counts = {name: group.total for name, group in found.items()}
    together = {name: group.batches for name, group in found.items()}
    if app.json:
        _as_json(app, until, shown, counts, together)
    elif options["ics"] != "-":
        _print(app, until, shown, counts, together)
    return counts["overdue"] + sum(together["overdue"].values()) > 0


def _item(app: App, name: str, row: dict[str, Any]) -> dict[str, Any]:
    """What is said of a case: the date it is listed by, and the next command."""
    day, kind, overdue, step = row["next_on"], row["next_kind"], row["act_on"], row["step"] or ""
    if name == "overdue":
        day, kind = _missed(row)
        step = app.step(step, row["late_step"], row["act_on"])
    elif name == "due":
        coming = [x for x in row["dates"] if x["on"] == row["day"] and x["kind"] != "complain_after"]
        if coming:
            first = min(coming, key=lambda x: (x["kind"] not in WORDS, x["kind"]))
            day, kind, overdue = first["on"], first["kind"], first["overdue_from"]
        else:
            day, kind = _missed(row)
    elif name == "held":
        letter = row["held_letter"]
        day, kind = row["held_from"], None
        if letter:  # else the summary waits to be worked out anew
            step = f"send the letter {letter}, then: optout log {row['ref']} sent --by CHANNEL --letter {letter}"
    elif name == "asleep":
        day, kind = row["quiet_from"], None
    return {"ref": row["ref"], "firm": row["firm"], "phase": row["phase"], "on": day, "kind": kind,
            "overdue_from": overdue, "step": step}  # fmt: skip


def _missed(row: dict[str, Any]) -> tuple[str | None, str | None]:
    """The last day, and its kind, of the date by which the case is overdue."""
    found = [(x["on"], x["kind"]) for x in row["dates"] if x["overdue_from"] == row["act_on"]]
    return min(found, default=(row["next_on"], row["next_kind"]))


def _as_json(
    app: App,
    until: str,
    shown: dict[str, Any],
    counts: dict[str, int] | None = None,
    together: dict[str, dict[str, int]] | None = None,
) -> None:
    names = tuple(HEADINGS)
    groups = {name: shown.get(name, []) for name in names}
    batches = [
        {"group": name, "batch": batch, "cases": count, "next": FOR_MANY.get(name, FOR_EACH).format(batch=batch)}
        for name, found in (together or {}).items()
        for batch, count in found.items()
    ]
    body = {"today": str(app.today), "until": until, "groups": groups, "batches": batches}
    answer("remind", {**body, "counts": {name: (counts or {}).get(name, 0) for name in names}})


def _print(
    app: App,
    until: str,
    shown: dict[str, list[dict[str, Any]]],
    counts: dict[str, int],
    together: dict[str, dict[str, int]],
) -> None:
    import sys

    if app.plain:
        _print_plain(shown, counts, together)
        return
    first = True
    for name, items in shown.items():
        if not items and not together[name]:
            continue
        if not first:
            line()
        first = False
        heading(HEADINGS[name].format(until=until), _said(counts[name] + sum(together[name].values())))
        for batch, count in together[name].items():
            lines([f"  {count:,} of batch {batch}", f"    {FOR_MANY.get(name, FOR_EACH).format(batch=batch)}"])
        cases = [(f"  {x['ref']}  {whom(x)}  {_when(name, x)}".rstrip(), f"    {x['step']}") for x in items]
        lines([text for case in cases for text in case])
        _more(counts[name], len(items))
    # Silence is what a nightly run that found nothing should mail.
    if first and sys.stderr.isatty():
        say(f"Nothing is overdue, due by {until}, or waiting for you.")


def _print_plain(
    shown: dict[str, list[dict[str, Any]]], counts: dict[str, int], together: dict[str, dict[str, int]]
) -> None:
    from optout.cli.output import table

    rows: list[tuple[str, ...]] = [
        (name, batch, "", "", "", "", str(count), FOR_MANY.get(name, FOR_EACH).format(batch=batch), "")
        for name, found in together.items()
        for batch, count in found.items()
    ]
    rows += [
        (name, *(str(item[key] or "") for key in ("ref", "firm", "phase", "on", "kind", "overdue_from", "step", "to")))
        for name, items in shown.items()
        for item in items
    ]
    table(rows, (), plain=True)
    for name, items in shown.items():
        _more(counts[name], len(items), f"{name}: ")


def _more(total: int, shown: int, where: str = "") -> None:
    if total > shown:
        number = "many" if total > COUNTED else f"{total - shown:,}"
        say(f"{where or '  '}and {number} more; --all shows them")


def _said(total: int) -> str:
    return f"{total:,}" if total <= COUNTED else f"more than {COUNTED:,}"


def _when(name: str, item: dict[str, Any]) -> str:
    day, kind = item["on"], item["kind"]
    words = WORDS.get(kind or "", kind)
    if name == "overdue":
        if kind == "follow_up":
            return f"to look at again since {item['overdue_from']}"
        return f"overdue since {item['overdue_from']} ({words} {day})"
    if name == "due":
        later = f", overdue from {item['overdue_from']}" if kind in THEIRS and item["overdue_from"] else ""
        return f"due {day} ({words}){later}"
    if name == "held":
        return f"since {day}"
    if name == "asleep":
        return ("draft, not sent" if item["phase"] == "draft" else "nothing runs") + f"; since {day}"
    return f"{words} {day}" if day else ""
