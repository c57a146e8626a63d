"""`remind --ics`: the running dates of open cases as a calendar file.

Calendars travel to phones, clouds and lock screens, so entries name the case by its number alone unless asked.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from optout.cli.output import say
from optout.errors import OutputFailed
from optout.store import told, waking
from optout.store.files import failed
from optout.store.outfile import outfile

if TYPE_CHECKING:
    from optout.cli.app import App
    from optout.render.ics import Entry
    from optout.store.vault import Vault

START = b"BEGIN:VCALENDAR"


def write(
    app: App, vault: Vault, output: str, *, names: bool, firm: str | None = None, profile: str | None = None
) -> None:
    """Writes the file (`-`: standard output), and remembers in the vault what it says. Raises OutputFailed."""
    from optout.render import ics

    with vault.transaction():
        every = _entries(vault, waking.running(vault))
        few = firm is not None or profile is not None
        chosen = _entries(vault, waking.running(vault, firm=firm, profile=profile)) if few else every
        running = {uid: told.Told(row["events"], x["on"], row["at"]) for uid, (row, x) in chosen.items()}
        now = told.renew(vault, running, every)
        said = _Names(vault) if names else None
        entries = [_entry(uid, one, chosen.get(uid), said) for uid, one in now.items()]
        if entries:
            data = ics.write(entries)
            _out(data, output, app.clock())
    if not entries:
        say("No date runs, so no calendar was written.")
    elif output != "-":
        gone = sum(entry.cancelled for entry in entries)
        also = f"; {gone} told before no longer run" if gone else ""
        say(f"Dates in {output}: {len(entries) - gone}{also}.")


def _entries(vault: Vault, rows: Iterable[dict[str, Any]]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Every running date by its uid, with the row of its case. Several dates of one kind of one letter are numbered."""
    found = {}
    for row in rows:
        seen: dict[tuple[str, str], list[str]] = {}
        for one in sorted(row["dates"], key=lambda x: (x["on"], x["overdue_from"])):
            days = seen.setdefault((one.get("letter", ""), one["kind"]), [])
            if one["on"] not in days:
                days.append(one["on"])
                what = "\0".join((vault.id, row["ref"], one.get("letter", ""), one["kind"], str(len(days))))
                found[hashlib.sha256(what.encode()).hexdigest()[:32]] = (row, one)
    return found


def _entry(uid: str, one: told.Told, of: tuple[dict[str, Any], dict[str, Any]] | None, names: _Names | None) -> Entry:
    from optout.render.ics import Entry

    title, text = "date that no longer runs", ""
    if of is not None:
        row, found = of
        title = f"{row['ref']}: date"
        if names:
            firm, text = names.of(row["ref"], found)
            title = f"{row['ref']} {firm}: {found['kind'].replace('_', ' ')}"
        unsure = [word for word in ("approximate", "estimated") if found.get(word)]
        title += f" ({', '.join(unsure)})" if unsure else ""
    return Entry(
        uid=uid, sequence=one.sequence, day=date.fromisoformat(one.day),
        at=datetime.fromisoformat(one.at).astimezone(UTC), title=title, text=text, cancelled=one.cancelled,
    )  # fmt: skip


class _Names:
    """Names of firms, and how dates were computed: the only part that needs whole cases."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._ref = ""
        self._firm = ""
        self._why: dict[tuple[str, str, str], str] = {}

    def of(self, ref: str, found: dict[str, Any]) -> tuple[str, str]:
        """The firm's name, and the derivation of one date."""
        if ref != self._ref:
            from optout.cli.casefile import opened

            file = opened(self._vault, ref)
            status = file.status()
            shown = [(letter.id, x) for letter in status.letters for x in letter.deadlines]
            shown += [("", x) for x in status.dates]
            self._why = {(letter, x.kind, str(x.on)): x.why for letter, x in shown if not x.done}
            self._ref, self._firm = ref, file.case.firm_name
        return self._firm, self._why.get((found.get("letter", ""), found["kind"], found["on"]), "")


def _out(data: bytes, output: str, now: float) -> None:
    if output == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    _refuse_other(output)
    with outfile(output, True, now) as file:
        file.write(data)


def _refuse_other(output: str) -> None:
    """A calendar is written over an earlier one, and over nothing else. Raises OutputFailed."""
    try:
        if stat.S_ISREG(os.lstat(output).st_mode):
            with open(output, "rb") as file:
                if file.read(len(START)) == START:
                    return
            raise OutputFailed(f"{output} is there and is no calendar file", "name another file")
        raise OutputFailed(f"{output} is not a plain file", "name another one")
    except FileNotFoundError:
        return
    except OSError as error:
        raise failed(output, error) from error
