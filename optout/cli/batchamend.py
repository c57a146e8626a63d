"""`optout batch amend`: letters not yet sent are written anew where they would say something else today."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from optout import batch as rules
from optout.case import Event
from optout.cli import addressing, batchmanifest, batchpiles, batchrun, columns, keeping
from optout.cli.app import App
from optout.cli.batchdue import MINOR, Looking, Tally
from optout.cli.batchlog import Folds
from optout.cli.batchplan import AT_ONCE, TOLD, Named, person_digest
from optout.cli.batchshape import Item, Shapes
from optout.cli.batchwork import Made, Order
from optout.cli.confirming import counted_and_confirmed
from optout.cli.output import answer, counted, line, say
from optout.errors import Locked
from optout.library.sheets import as_row
from optout.records import to_plain

if TYPE_CHECKING:
    from optout.store.batches import Batch
    from optout.store.vault import Vault


class Amending:
    """One call: the rows of a mended sheet, or everybody under the law, firms and templates of today."""

    def __init__(self, app: App, vault: Vault, ident: str, file: str | None, options: dict[str, Any]) -> None:
        """Raises NotFound, BadData."""
        from optout.store import batches

        self.app, self.vault, self.options = app, vault, options
        self.batch: Batch = batches.find(vault, ident)
        asked = self.batch.asked
        fixed: dict[str, Any] = {name: tuple(x) if isinstance(x, list) else x for name, x in asked["options"].items()}
        options |= fixed
        self.firms: list[str] = asked["firms"]
        whom = addressing.choose(app, tuple(self.firms), {**options, "to": (), "kind": None}, writing=True)
        self.output = str(asked["output"])
        shard = rules.Shard.parse(str(asked.get("shard", "1/1")))
        self.order = Order(settings=app.settings, on=app.today, whom=whom, options=options, batch=ident,
                           label=rules.label(ident, shard), output=self.output)  # fmt: skip
        source = columns.opened(app, file, options)[0] if file is not None else None
        self.looking = Looking(vault, ident, shard, self.firms, Shapes(app, whom, options), source)
        self.old: dict[str, str] = {}
        """New reference to the one it takes the place of, of the chunks that are not kept yet."""
        self.gone: list[str] = []
        """Files of letters that the last chunk withdrew."""

    def run(self) -> None:
        """Raises Declined, Missing, Locked, BadData, OutputFailed."""
        from optout.store import amending

        run = batchrun.Run(self.app, self.vault, self.batch, self.order, also=self._withdraw, after=self._removed)
        if not self.options["dry_run"]:
            # What a killed run left is ended first: its cases are in the vault, so that they are no longer due.
            run.recover()
            batchpiles.clear(self.app, self.vault, self.batch.id)
            keeping.finish_pending(self.vault)
        tally = self.looking.tally()
        settled = amending.settled(self.vault, self.batch.id)
        if not self.app.json:
            self._tell(tally, settled)
        written: list[str] = []
        if tally.due and not self.options["dry_run"]:
            counted_and_confirmed(self.app, tally.due, self.options["yes"], self.options["expect"])
            written = self._write(run, tally.due)
        if self.app.json:
            answer("batch_amend", {"batch": self.batch.id, "cases": tally.due, "untouched": settled,
                                   "kept": not self.options["dry_run"], **self._named(tally, run),
                                   "manifest": written})  # fmt: skip
        for path in () if self.app.json else written:
            line(path, whole=True)
        if self.options["dry_run"]:
            say("Nothing was written or kept.")
        batchrun.complain(run)

    def _tell(self, tally: Tally, settled: int) -> None:
        """Whose letters are written anew, and what stays as it is."""
        say(f"Batch {self.batch.id}: {counted(tally.due, 'case')} not yet sent would say something else today.")
        for due in tally.named[:TOLD]:
            row = f"row {as_row(due.row.line)}: " if due.row.line else ""
            was = f" (was {due.was})" if due.was != due.row.subject.name else ""
            say(f"  {row}{due.ref} {self.firms[due.firm]}, {due.row.subject.name}{was}")
        if tally.due > TOLD:
            say(f"  ... and {tally.due - TOLD:,} more")
        stay = "was sent or closed, and stays as it is" if settled == 1 else "were sent or closed, and stay as they are"
        say(f"{counted(settled, 'case')} of it {stay}.")
        for reason, count in tally.counts.items():
            named = tally.stays[reason]
            rows = [f"row {as_row(x.line)}: {x.ref}" if x.line else x.ref for x in named]
            say(f"  {count} cannot be written now and stay as they are: {reason} ({_first(rows, count)})")
            for one in named[:TOLD] if reason == MINOR else ():
                say(f"    if it is not to be sent: optout log {one.ref} withdrawn")
        if tally.new:
            are = "row of the sheet is" if tally.new == 1 else "rows of the sheet are"
            rows = [as_row(number) for number in tally.new_lines]
            say(
                f"{tally.new:,} {are} in no case of this batch (row {_first(rows, tally.new)}): optout batch FILE writes them."
            )
        if tally.gone:
            have = "has" if tally.gone == 1 else "have"
            say(f"{counted(tally.gone, 'case')} not yet sent {have} no row in the sheet ({_first(tally.gone_refs, tally.gone)}). "
                "What is not to be sent: optout log REF withdrawn")  # fmt: skip

    def _named(self, tally: Tally, run: batchrun.Run) -> dict[str, Any]:
        """What the answer names, the first of each sort."""
        return {
            "due": [{"line": x.row.line or None, "ref": x.ref, "firm": self.firms[x.firm], "name": x.row.subject.name,
                     "was": x.was} for x in tally.named],
            "refused": [
                *({"line": x.line or None, "ref": x.ref, "firm": x.firm, "reason": x.reason}
                  for named in tally.stays.values() for x in named),
                *({**x, "ref": None} for x in batchrun.refused_json(run)),
            ],
            "new_rows": {"count": tally.new, "lines": tally.new_lines},
            "no_row": {"count": tally.gone, "refs": tally.gone_refs},
        }  # fmt: skip

    def _write(self, run: batchrun.Run, count: int) -> list[str]:
        try:
            run.write(rules.chunks((1, item) for item in self._items()), count, self.options["jobs"])
        finally:
            batchrun.told(run)
            batchpiles.clear(self.app, self.vault, self.batch.id)
        return batchmanifest.write(self.vault, self.batch, self.output, self.order.label)

    def _withdraw(self, made: Made) -> None:
        """In the transaction that keeps the new cases: the old ones end, with the reason. Raises Locked, and nothing of the
        chunk is kept, where one of them was sent in the meantime."""
        from optout.store import amending, cases

        note = "written anew before it was sent"
        if self.options["note"]:
            note += f": {self.options['note']}"
        folds = Folds(Event(kind="withdrawn", on=self.app.today, note=note))
        old = [self.old.pop(row[0]) for row in made.rows["cases"]]
        if sent := amending.no_drafts(self.vault, old):
            raise Locked(f"{sent[0]} was sent in the meantime", "run the same command again")
        for ref in old:
            fold = folds.of(self.vault, ref)
            if fold:
                cases.append(self.vault, ref, event=to_plain(fold.event), at=self.app.now(), summary=fold.summary(ref),
                             seen=fold.seen, closed=fold.closed)  # fmt: skip
        self.gone = amending.retire(self.vault, old)
        batchpiles.mark(self.vault, self.batch.id, old)

    def _removed(self) -> None:
        """The files of withdrawn letters go, but for those that somebody changed."""
        keeping.finish_pending(self.vault)
        for path in (path for path in self.gone if os.path.lexists(path)):
            say(f"{path} was changed after it was written, and stays; its case was withdrawn.")
        for folder in {os.path.dirname(path) for path in self.gone}:
            with suppress(OSError):  # other letters are in it
                os.rmdir(folder)

    def _items(self) -> Iterator[Item]:
        """The cases to be written anew. Their references are drawn from how often the row was written before."""
        due = self.looking.due()
        while some := list(itertools.islice(due, AT_ONCE)):
            items = [
                Item(x.row.line, x.key, x.row.subject, x.row.postcode, x.firm, "", "", person_digest(x.row.subject),
                     x.shape.fingerprint(x.row.subject), "")
                for x in some
            ]  # fmt: skip
            named = Named(self.vault, self.batch, items, self.app.now(), self.old)
            items = [named.of(item) for item in items]
            self.old |= {item.ref: x.ref for item, x in zip(items, some, strict=True)}
            yield from items


def _first(names: Sequence[str], count: int) -> str:
    """The first of these names, and how many more there are."""
    more = f" and {count - TOLD:,} more" if count > TOLD else ""
    return ", ".join(names[:TOLD]) + more
