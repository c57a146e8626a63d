"""Vaults with cases of every kind, and exports and imports of them without a process around."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from optout import standing
from optout.admit import allow
from optout.case import Case, Event
from optout.cli import exportfile, exporting, intake
from optout.cli.app import App
from optout.closed import Recorded
from optout.errors import OptoutError
from optout.letter import Block, Letter
from optout.library.publicholidays import PublicHolidays
from optout.records import to_plain
from optout.store import cases, plain
from optout.store.outgoing import Chosen
from optout.store.paths import paths
from optout.store.vault import Vault
from tests.core.test_standing import CASES

NOW = "2026-11-24T10:00:00+00:00"
HOLIDAYS = PublicHolidays()
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30)
TEXTS = WORDS.map(str.strip).filter(bool)


@contextmanager
def vault_in(folder: Path) -> Iterator[Vault]:
    with Vault.open(paths(str(folder)), create=True) as vault:
        yield vault


def export_of(vault: Vault, chosen: Chosen | None = None, evidence: bool = True) -> bytes:
    out = io.BytesIO()
    with vault.reading():
        exporting.write_lines(vault, chosen or Chosen(), evidence, out)
    return out.getvalue()


def import_into(vault: Vault, data: bytes, **renamed: str) -> intake.Told:
    """What a run that leaves out what is invalid says."""
    file = io.BufferedReader(io.BytesIO(data))
    head = exportfile.header(file, "a.jsonl")
    run = intake.Run(App({"home": "/nowhere"}), vault, "a.jsonl", renamed)
    with vault.transaction():
        run.everything(file, head["counts"])
    return run.told


def lines_of(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def as_file(lines: list[Any]) -> bytes:
    return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)


def person(name: str) -> dict[str, Any]:
    return {"name": name, "email": "somebody@mail.example", "residence": "de"}


def keep(vault: Vault, of: Case, subject: str, profile: str | None = None, folder: str = "/home/ada/letters") -> None:
    """A draft of that case in the vault."""
    first = Event(kind="drafted", on=of.opened)
    letters = [
        {"id": each.id, "language": "en", "letter": to_plain(_letter(of, subject)), "versions": {"txt": "1"}}
        for each in of.letters
    ]
    files = [
        {"letter": each.id, "format": "txt", "name": f"{of.ref}-{each.id}-en.txt", "sha256": "0" * 64, "folder": folder}
        for each in of.letters
    ]
    cases.add(
        vault, case=to_plain(of), fingerprint=f"f-{of.ref}", inputs="i", event=to_plain(first), at=NOW, letters=letters,
        files=files, pending=[], summary=standing.summary(standing.fold(of, [first], HOLIDAYS)), profile=profile,
    )  # fmt: skip


def log(vault: Vault, of: Case, event: Event, *evidence: bytes) -> bool:
    """Adds the event if the case lets it; whether it did."""
    whole = cases.get(vault, of.ref)
    events = [cases_event(row["event"]) for row in whole["events"]]
    try:
        allow(of, events, event)
    except OptoutError:
        return False
    days = Recorded([row["closed"] for row in whole["events"]], HOLIDAYS)
    summary = standing.summary(standing.fold(of, [*events, event], days))
    kept = [{"name": f"reply {n}.eml", "data": data} for n, data in enumerate(evidence)]
    cases.append(
        vault, of.ref, event=to_plain(event), at=NOW, summary=summary, seen=len(events), closed=days.new, evidence=kept
    )
    return True


def cases_event(plain: dict[str, Any]) -> Event:
    from optout.records import from_plain

    return from_plain(Event, plain)


def _letter(of: Case, name: str) -> Letter:
    return Letter(
        ref=of.ref, day=of.opened, day_text=str(of.opened), language="en", paper="a4", sender=(name,),
        recipient=("Acme",), subject="Access", salutation="Dear Sir or Madam,",
        blocks=(Block(kind="paragraph", runs=(("Tell me. ", False), ("Now.", True))),), closing="Yours", signature=name,
        enclosures="Enclosures: none",
    )  # fmt: skip


REFS = st.text(SIGNS, min_size=8, max_size=8).map(lambda signs: f"{signs[:4]}-{signs[4:]}")
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(
        ["sent", "delivered", "acknowledged", "identity_asked", "identity_given", "extended", "answered", "refused",
         "no_data", "reminded", "withdrawn", "closed", "reopened", "noted", "corrected"]
    ),
    on=st.integers(0, 90).map(lambda n: date(2026, 11, 1) + timedelta(days=n)),
    letter=st.sampled_from(["access", "deletion", "letter", None]),
    by=st.sampled_from(["email", "post", None]),
    ground=st.sampled_from(["other", "cannot_identify", None]),
    outcomes=st.dictionaries(st.sampled_from(["access", "deletion"]), st.sampled_from(["met", "refused", "partly"])),
    corrects=st.sampled_from([None, 2, 3]),
    note=st.one_of(st.just(""), TEXTS),
)  # fmt: skip


@st.composite
def contents(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What to put into a vault: cases of some people, what happened in each, and files."""
    names = draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True))
    refs = draw(st.lists(REFS, max_size=5, unique=True))
    return [
        {
            "ref": ref,
            "case": draw(st.sampled_from(CASES)),
            "name": draw(st.sampled_from(names)),
            "profile": draw(st.sampled_from(["me", "her", None])),
            "events": draw(st.lists(st.tuples(EVENTS, st.lists(st.binary(max_size=60), max_size=2)), max_size=8)),
        }
        for ref in refs
    ]


def fill(vault: Vault, content: list[dict[str, Any]]) -> None:
    from dataclasses import replace

    for ident in ("me", "her", "nobody-yet"):
        vault.run("insert into profiles (id, json) values (?, ?)", (ident, plain.dump(person(ident))))
    numbers = iter(range(1000))
    for one in content:
        ident = cases.subject_id(vault, person(one["name"]), lambda: f"{next(numbers):016x}")
        of = replace(one["case"], ref=one["ref"], subject=ident)
        keep(vault, of, one["name"], one["profile"])
        for event, evidence in one["events"]:
            log(vault, of, event, *evidence)
