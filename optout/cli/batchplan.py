"""Who of a sheet gets what, and why somebody gets nothing: the same walk counts for the plan and makes the letters."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from optout import batch as rules
from optout.cli import memberrows
from optout.cli.app import App
from optout.cli.batchknown import Known
from optout.cli.batchshape import Item, Shape, Shapes
from optout.cli.members import Member, Source, Wrong
from optout.errors import Missing, OptoutError
from optout.naming import folded
from optout.records import to_plain
from optout.store import batches
from optout.store.plain import dump
from optout.subject import Subject

if TYPE_CHECKING:
    from optout.store.batches import Batch
    from optout.store.vault import Vault

AT_ONCE = 500
"""Rows of the sheet that are looked up in the vault together."""
TOLD, KEPT = 20, 400
"""Rows of one kind that are named to whoever reads, and in an answer to a program."""

NO_GROUNDS = "an objection needs the grounds of their own situation: fill in the column situation"


class Skipped(NamedTuple):
    """A row, or a row and a firm, for which nothing is written."""

    line: int
    why: str
    """`wrong`, `twice`, `minor`, `no_letter`, `done`, `asked`, `renamed`, `changed`, `settled`, `other`; of one that is written,
    `language`."""
    firm: str = ""
    place: str = ""
    detail: str = ""


class Found(NamedTuple):
    """A case to be opened."""

    item: Item
    shape: Shape


@dataclass(slots=True)
class Group:
    """What the people of one place get from one firm."""

    place: str
    firm: str
    cases: int = 0
    letters: int = 0
    """Each language counts: they are files of their own."""
    laws: tuple[str, ...] = ()
    languages: dict[str, None] = field(default_factory=dict)
    reason: str = ""
    """Why nothing is written."""


@dataclass(slots=True)
class Plan:
    """The sheet, counted."""

    rows: int = 0
    people: int = 0
    """Who get a letter now."""
    cases: int = 0
    letters: int = 0
    held: int = 0
    """Of the letters those that go when the firm has answered."""
    groups: dict[tuple[str, str, str], Group] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    """By the reason."""
    elsewhere: int = 0
    """Cases in another language than was asked for."""
    named: list[Skipped] = field(default_factory=list)
    """The first of each reason."""
    wrong: list[Wrong] = field(default_factory=list)
    """The first rows that cannot be used."""

    def take(self, step: Skipped | Found) -> None:
        """Counts one step of the walk."""
        if isinstance(step, Found):
            shape, firm = step.shape, step.shape.decided.firm.id
            group = self.groups.setdefault(
                (step.item.subject.residence, firm, ""), Group(step.item.subject.residence, firm)
            )
            group.cases += 1
            group.letters += len(shape.plans)
            group.laws = tuple(shape.laws)
            group.languages |= dict.fromkeys(shape.decided.languages)
            self.cases += 1
            self.letters += len(shape.plans)
            self.held += len(shape.held)
            if shape.elsewhere:
                self.elsewhere += 1
                if self.elsewhere <= TOLD:
                    self.named.append(Skipped(step.item.line, "language", firm, step.item.subject.residence))
            return
        count = self.skipped[step.why] = self.skipped.get(step.why, 0) + 1
        if count <= TOLD:
            self.named.append(step)
        if step.why == "no_letter":
            key = (step.place, step.firm, step.detail)
            group = self.groups.setdefault(key, Group(step.place, step.firm, reason=step.detail))
            group.cases += 1


class Walker:
    """One pass over the sheet after another, each with the same outcome for the same vault."""

    def __init__(
        self,
        app: App,
        source: Source,
        shapes: Shapes,
        firms: list[str],
        *,
        shard: rules.Shard,
        again: bool,
        ident: str,
    ) -> None:
        self._app, self._source, self._shapes, self._firms = app, source, shapes, firms
        self._shard, self._again, self._ident = shard, again, ident

    def plan(self, vault: Vault | None) -> Plan:
        """The sheet, counted."""
        plan = Plan()
        for member, steps in self._rows(vault, None):
            plan.rows += 1
            if isinstance(member, Wrong):
                plan.skipped["wrong"] = plan.skipped.get("wrong", 0) + 1
                if len(plan.wrong) < KEPT:
                    plan.wrong.append(member)
                continue
            for step in steps:
                plan.take(step)
            plan.people += any(isinstance(step, Found) for step in steps)
        return plan

    def found(self, vault: Vault, batch: Batch) -> Iterator[tuple[int, Item]]:
        """The cases to be opened, each with the number of its letters."""
        for _, steps in self._rows(vault, batch):
            for step in steps:
                if isinstance(step, Found):
                    yield len(step.shape.plans), step.item

    def samples(self) -> Iterator[Found]:
        """Cases that would be opened, whatever the vault holds."""
        for _, steps in self._rows(None, None):
            yield from (step for step in steps if isinstance(step, Found))

    def _rows(self, vault: Vault | None, batch: Batch | None) -> Iterator[tuple[Member | Wrong, list[Skipped | Found]]]:
        waiting: list[tuple[Member | Wrong, list[Skipped | Found]]] = []
        seen = Seen()
        known = Known(vault, self._ident, self._source, self._again) if vault else None
        for member in self._source.members():
            if isinstance(member, Wrong):
                waiting.append((member, []))
            else:
                twice = seen.before(member)  # in the whole sheet: the same person may have a row in another shard
                if self._shard.takes(member.key):
                    waiting.append((member, self._steps(member, twice, vault is not None)))
            if len(waiting) >= AT_ONCE:
                yield from self._looked_up(vault, batch, known, waiting)
                waiting = []
        yield from self._looked_up(vault, batch, known, waiting)

    def _steps(self, member: Member, twice: bool, looked_up: bool) -> list[Skipped | Found]:
        """Marks by which the vault is searched are made only where it is."""
        subject = member.subject
        if twice:
            return [Skipped(member.line, "twice")]
        if member.minor:
            return [Skipped(member.line, "minor")]
        digest = person_digest(subject) if looked_up else b""
        steps: list[Skipped | Found] = []
        for place, firm in enumerate(self._firms):
            try:
                shape = self._shapes.of(subject, place)
            except OptoutError as error:
                why = NO_GROUNDS if isinstance(error, Missing) else str(error)
                steps.append(Skipped(member.line, "no_letter", firm, subject.residence, why))
                continue
            mark = shape.fingerprint(subject) if looked_up else ""
            item = Item(member.line, member.key, subject, member.postcode, place, "", "", digest, mark, "")
            steps.append(Found(item, shape))
        return steps

    def _looked_up(
        self,
        vault: Vault | None,
        batch: Batch | None,
        known: Known | None,
        rows: list[tuple[Member | Wrong, list[Skipped | Found]]],
    ) -> list[tuple[Member | Wrong, list[Skipped | Found]]]:
        """What the vault knows of these rows: cases that are there already, and references and people for new ones."""
        if vault is None or known is None:
            return rows
        items = [step.item for _, steps in rows for step in steps if isinstance(step, Found)]
        known.look([(step.item, step.shape) for _, steps in rows for step in steps if isinstance(step, Found)])
        named = Named(vault, batch, items, self._app.now()) if batch else None
        return [(member, [self._judged(step, known, named) for step in steps]) for member, steps in rows]

    def _judged(self, step: Skipped | Found, known: Known, named: Named | None) -> Skipped | Found:
        if isinstance(step, Skipped):
            return step
        if before := known.of(step.item, step.shape):
            return Skipped(
                step.item.line, before[0], step.shape.decided.firm.id, step.item.subject.residence, before[1]
            )
        return Found(named.of(step.item), step.shape) if named else step


def person_digest(subject: Subject) -> bytes:
    """By which a person with exactly these data is found in the vault."""
    return hashlib.sha256(dump(to_plain(subject)).encode()).digest()


class Named:
    """References and ids for cases that are to be opened."""

    def __init__(
        self, vault: Vault, batch: Batch, items: Sequence[Item], at: str, reserved: Collection[str] = ()
    ) -> None:
        """`reserved` references are promised to cases that are not kept yet."""
        self._secret, self._at = batch.secret, at
        self._people = batches.subjects(vault, list({item.digest for item in items}))
        self._refs: dict[str, str] = {}
        left, used, attempt = [item.fingerprint for item in items], set(reserved), 0
        while left:
            drawn = {mark: rules.reference(self._secret, mark, attempt) for mark in left}
            taken = batches.taken(vault, drawn.values()) | used
            for mark, ref in drawn.items():
                if ref not in taken:
                    self._refs[mark] = ref
                    used.add(ref)
                    taken.add(ref)
            left = [mark for mark in left if mark not in self._refs]
            attempt += 1

    def of(self, item: Item) -> Item:
        ident = self._people.get(item.digest) or rules.subject_id(self._secret, item.digest)
        return item._replace(ref=self._refs[item.fingerprint], subject_id=ident, at=self._at)


class Seen:
    """The people met in this pass, eight bytes each and outside of Python's own memory: a million is a small thing."""

    def __init__(self) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("create table seen (mark integer primary key)")

    def before(self, member: Member) -> bool:
        """Whether the same row, or the same name with the same mailbox, came before."""
        subject = member.subject
        marks = [
            memberrows.mark(f"key {member.key}"),
            memberrows.mark(f"who {folded(subject.name)} {subject.email.casefold()}"),
        ]
        new = self._db.executemany("insert or ignore into seen values (?)", [(each,) for each in marks]).rowcount
        return new < len(marks)
