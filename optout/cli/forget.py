"""`optout forget`: every trace of a person gone, after all of them were shown."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from optout.cli.app import App
from optout.cli.output import answer, counted, line, say, table
from optout.errors import Declined, NotFound, OutputFailed

if TYPE_CHECKING:
    from optout.store.forgetting import Done
    from optout.store.traces import Traces
    from optout.store.vault import Vault

BEYOND = (
    "copies, exports and printouts that you made, and files that you moved or renamed",
    "your mail program: letters sent, drafts, answers",
    "the firm and everybody else you wrote to, and whoever they told",
    "backups and snapshots of this computer, and folders that a service synchronises",
    "calendars that were given dates, until a new file is imported there: optout remind --ics FILE",
    "lists of recently used files, an editor's own copies, and the history of your shell",
    "what a disk keeps of deleted files, above all an SSD, unless all of it is encrypted",
)
"""Where no program on this computer can reach, or should."""
_STATES = {"ours": "", "changed": " (changed since it was written)", "missing": " (not there any more)"}


@click.command(epilog='\b\nExamples:\n  optout forget mother --dry-run\n  optout forget me --confirm "Ada Second"')
@click.argument("subject", required=False)
@click.option("--confirm", metavar="NAME", help="the person's name, instead of being asked to type it")
@click.option("--changed-too", is_flag=True, help="delete letters as well that were changed since they were written")
@click.option("-n", "--dry-run", is_flag=True, help="only list what there is")
@click.pass_obj
def forget(
    settings: dict[str, Any], subject: str | None, confirm: str | None, changed_too: bool, dry_run: bool
) -> None:
    """Erase every trace of a person: profile, cases, letters, kept files, and copies of them that lie here.

    SUBJECT is a profile, a case number (the person of that case is meant) or a name; left out, it is asked. All that
    would go is listed first.
    """
    from optout.store import forgetting, traces
    from optout.store.vault import Vault

    app = App(settings)
    ask = partial(app.ask, "Who shall be forgotten (a profile, a case number or a name)", "the argument SUBJECT")
    if not Vault.exists(app.paths):
        if subject is None:
            ask()
        raise NotFound("profile, case or person", "", hint="nobody is known here")
    with app.vault() as vault:
        before = None
        if forgetting.begun(vault) and not dry_run:
            say("Forgetting somebody was cut short earlier; it is ended now.")
            before = forgetting.finish(vault, app.paths)
            if subject is None:
                _tell(app, vault, None, before)
                return
        subject = subject or ask()
        try:
            found = traces.find(vault, subject)
        except NotFound:
            if before is None:
                raise
            _tell(app, vault, None, before)
            return
        if not app.json:
            _list(app, vault, found)
        if dry_run:
            if app.json:
                answer("forget", _json(vault, found, None))
            say("Nothing was removed.")
            return
        _confirm(app, found, confirm)
        if not changed_too and any(letter.state == "changed" for letter in found.letters) and app.can_ask:
            changed_too = click.confirm("Delete the letters as well that were changed?", default=False, err=True)
        forgetting.begin(vault, found, changed_too)
        done = forgetting.finish(vault, app.paths)
        _tell(app, vault, found, forgetting.together(before, done) if before else done)


def _confirm(app: App, found: Traces, given: str | None) -> None:
    from optout.store import traces

    name = given if given is not None else app.ask("To forget this person, type the name", "--confirm")
    if not any(traces.same_name(name, known) for known in found.names):
        raise Declined("that is not the name, so nothing was removed", "give the whole name, as the letters have it")


def _rows(vault: Vault, found: Traces) -> list[tuple[str, str]]:
    """What there is, a line each: of what kind, and which."""
    from optout.store import backup, scratch

    counts = found.counts
    rows = [("profile", ident) for ident in found.scope.profiles]
    rows += [("case", f"{x['ref']} {x['firm']}, opened {x['opened']}: {x['name']}, {x['email']}") for x in found.cases]
    if found.cases:
        rows.append(("in the vault", f"{counted(counts['letters'], 'letter')}, {counted(counts['events'], 'event')}, and as files kept with "
                     f"them: {counts['evidence']}"))  # fmt: skip
    rows += [("kept file", name) for name in found.evidence]
    rows += [("letter", x.path + _STATES[x.state]) for x in found.letters]
    rows += [("half a letter", path) for path in found.temps]
    rows += [("beside it", f"{path} (it stays)") for path in found.others]
    rows += [("copy of the vault", path) for path in backup.copies(vault.path, foreign=True)]
    rows += [("edit cut short", path) for path in scratch.left(os.path.dirname(vault.path))]
    rows += [("stays", f"profile {ident}, which has the same name") for ident in found.namesakes]
    rows += [("stays", f"case {ref} of somebody else, with the name of who wrote for them") for ref in found.wrote_for]
    return rows


def _list(app: App, vault: Vault, found: Traces) -> None:
    rows = _rows(vault, found)
    if app.plain:
        table(rows, ("", ""), plain=True)
        return
    for what, text in rows:
        line(f"{what:<18} {text}", whole=True)


def _tell(app: App, vault: Vault, found: Traces | None, done: Done) -> None:
    """What went, what stays, and where nobody can reach. Raises OutputFailed for files that could not be removed."""
    if app.json:
        answer("forget", _json(vault, found, done))
    else:
        say(f"Forgotten: {counted(done.cases, 'case')}, {counted(done.files, 'file')}.")
        _say_all("These files stay; delete them yourself if nobody needs them:", done.kept)
        _say_all("These letters are not where they were written. If you moved them, they still exist:", done.missing)
        _say_all("Not within reach:", BEYOND)
    if done.failed:
        raise OutputFailed(f"could not be removed: {'; '.join(done.failed)}", "delete them yourself")


def _say_all(head: str, lines: Sequence[str]) -> None:
    if lines:
        say(head)
        for text in lines:
            say(f"  {text}")


def _json(vault: Vault, found: Traces | None, done: Done | None) -> dict[str, Any]:
    from optout.store import backup

    listed: dict[str, Any] = {"profiles": [], "cases": [], "letters": [], "evidence": [], "half_written": [], "beside": [],
                              "namesakes": [], "wrote_for": []}  # fmt: skip
    if found is not None:
        listed = {
            "profiles": list(found.scope.profiles),
            "cases": [{"ref": case["ref"], "firm": case["firm"]} for case in found.cases],
            "letters": [{"path": x.path, "state": x.state} for x in found.letters],
            "evidence": list(found.evidence),
            "half_written": list(found.temps),
            "beside": list(found.others),
            "namesakes": list(found.namesakes),
            "wrote_for": list(found.wrote_for),
        }
    result = None
    if done is not None:
        result = {"cases": done.cases, "files": done.files, "kept": list(done.kept), "missing": list(done.missing),
                  "failed": list(done.failed)}  # fmt: skip
    return {
        "found": listed | {"copies": backup.copies(vault.path, foreign=True)},
        "removed": result,
        "beyond": list(BEYOND),
    }
