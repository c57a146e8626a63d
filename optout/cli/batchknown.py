"""What the vault knows of the rows of a sheet: letters of this batch, and the same asked before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from optout.cli.batchmailboxes import Mailboxes
from optout.cli.batchshape import Item, Shape
from optout.membership import same_member
from optout.records import from_plain
from optout.store import batches
from optout.store.plain import load
from optout.subject import Subject

if TYPE_CHECKING:
    from optout.cli.members import Source
    from optout.store.vault import Vault


class Known:
    """Looked up for many rows at once, for one walk over the sheet."""

    def __init__(self, vault: Vault, batch: str, source: Source, again: bool) -> None:
        """`again`: who was asked before is asked once more."""
        self._vault, self._batch, self._again = vault, batch, again
        self._mailboxes = Mailboxes(vault, batch, source) if batches.count(vault, batch) else None
        self._unfolded = batches.any_unfolded(vault)
        self._elsewhere = not again and any(one != batch for one in batches.everyone(vault))
        self._same: dict[str, tuple[str, str, bool]] = {}
        self._ours: dict[tuple[str, str], Any] = {}
        self._others: dict[tuple[str, str], list[Any]] = {}

    def look(self, found: Sequence[tuple[Item, Shape]]) -> None:
        """Everything that is known of these."""
        items = [item for item, _ in found]
        self._same = batches.known(self._vault, [item.fingerprint for item in items], self._batch)
        if self._unfolded:
            marks = {shape.fingerprint_of_before(item.subject): item.fingerprint for item, shape in found}
            old = batches.known(self._vault, list(marks), self._batch)
            self._same = {marks[mark]: case for mark, case in old.items()} | self._same
        self._ours = self._of_batch(items, self._mailboxes) if self._mailboxes else {}
        self._others = {}
        ids = [item.key for item in items if not item.key.startswith(batches.MADE)] if self._elsewhere else []
        for row in batches.elsewhere(self._vault, self._batch, ids) if ids else ():
            self._others.setdefault((row["key"], row["firm"]), []).append(row)

    def of(self, item: Item, shape: Shape) -> tuple[str, str] | None:
        """Why nothing is written, and the case of before."""
        firm = shape.decided.firm.id
        before = self._ours.get((item.key, firm))
        if before and before["digest"] != item.digest:
            return _changed(before, item.subject), before["ref"]
        if item.fingerprint in self._same:
            ref, _, mine = self._same[item.fingerprint]
            if mine or not self._again:
                return "done" if mine else "asked", ref
        for row in self._others.get((item.key, firm), ()):
            person = from_plain(Subject, load(row["person"]))
            marks = (shape.fingerprint(person), shape.fingerprint_of_before(person))
            if _same_member(person, item.subject) and row["fingerprint"] in marks:
                return "renamed", row["ref"]
        return None

    def _of_batch(self, items: list[Item], mailboxes: Mailboxes) -> dict[tuple[str, str], Any]:
        """By the key of a row and the firm the newest case of the batch, also where the row had another key then."""
        rows = batches.of_keys(self._vault, self._batch, [item.key for item in items])
        ours = {(row["key"], row["firm"]): row for row in rows}
        there = {row["key"] for row in rows}
        strange = {x.key: x.subject.email for x in items if x.key not in there and x.fingerprint not in self._same}
        moved = {old: key for key, email in strange.items() if (old := mailboxes.old_key(key, email))}
        for row in batches.of_keys(self._vault, self._batch, list(moved)) if moved else ():
            ours[moved[row["key"]], row["firm"]] = row
        return ours


def _changed(before: Any, subject: Subject) -> str:
    """What a row is that says something else than the person of its case."""
    if not _same_member(from_plain(Subject, load(before["person"])), subject):
        return "other"
    return "changed" if before["phase"] == "draft" else "settled"


def _same_member(one: Subject, other: Subject) -> bool:
    return same_member((one.name, other.name), (one.email, other.email))
