"""`optout batch amend`: letters not yet sent are written anew where they would say something else today."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from optout import batch as rules
from optout.case import Event
from optout.cli import addressing, batchmanifest, batchrun, keeping, members
from optout.cli.app import App
from optout.cli.batchlog import Folds
from optout.cli.batchplan import AT_ONCE, person_digest
from optout.cli.batchshape import Item, Shapes
from optout.cli.batchwork import Made, Order
from optout.cli.confirming import counted_and_confirmed
from optout.cli.output import answer, counted, line, say
from optout.errors import BadData, OptoutError
from optout.records import from_plain, to_plain
from optout.subject import Subject

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
        self.order = Order(settings=app.settings, on=app.today, whom=whom, options=options, batch=ident, label=ident,
                           output=self.output, archive=fixed["archive"], printed=fixed["printed"])  # fmt: skip
        self.shapes = Shapes(app, whom, options)
        self.source = None
        if file is not None:
            self.source = members.source(
                app, file, encoding=options["encoding"], delimiter=options["delimiter"], sheet=options["sheet"],
                columns=options["columns"],
            )  # fmt: skip
        self.old: dict[str, str] = {}
        """New reference to the one it takes the place of."""
        self.refused: dict[str, int] = {}
        self.gone: list[str] = []
        """Files of letters that are withdrawn."""

    def run(self) -> None:
        from optout.store import batches

        items = list(self._items())
        count = len(items)
        sent = batches.count(self.vault, self.batch.id, unsent=False)
        if not self.app.json:
            say(f"Batch {self.batch.id}: {counted(count, 'case')} not yet sent would say something else today.")
            say(f"{counted(sent, 'case')} of it {'was' if sent == 1 else 'were'} sent or closed, and stay as they are.")
            for reason, number in self.refused.items():
                say(f"  {number} cannot be written now and stay as they are: {reason}")
        written: list[str] = []
        if count and not self.options["dry_run"]:
            counted_and_confirmed(self.app, count, self.options["yes"], self.options["expect"])
            written = self._write(items)
        if self.app.json:
            answer("batch_amend", {"batch": self.batch.id, "cases": count, "untouched": sent,
                                   "kept": not self.options["dry_run"], "manifest": written})  # fmt: skip
            return
        for path in written:
            line(path, whole=True)
        if self.options["dry_run"]:
            say("Nothing was written or kept.")

    def _write(self, items: list[Item]) -> list[str]:
        run = batchrun.Run(self.app, self.vault, self.batch, self.order, also=self._withdraw)
        run.recover()
        try:
            run.write(rules.chunks((1, item) for item in items), len(items), self.options["jobs"])
        finally:
            keeping.finish_pending(self.vault)
            for path in (path for path in self.gone if os.path.lexists(path)):
                say(f"{path} was changed after it was written, and stays; its case was withdrawn.")
            batchrun.told(run)
        return batchmanifest.write(self.vault, self.batch, self.output, self.batch.id)

    def _withdraw(self, made: Made) -> None:
        """In the transaction that keeps the new cases: the old ones end, with the reason."""
        from optout.store import batches, cases

        note = "written anew before it was sent"
        if self.options["note"]:
            note += f": {self.options['note']}"
        folds = Folds(Event(kind="withdrawn", on=self.app.today, note=note))
        old = [self.old[row[0]] for row in made.rows["cases"]]
        for ref in old:
            fold = folds.of(self.vault, ref)
            if fold:
                cases.append(self.vault, ref, event=to_plain(fold.event), at=self.app.now(), summary=fold.summary(ref),
                             seen=fold.seen, closed=fold.closed)  # fmt: skip
        self.gone += batches.retire(self.vault, old)

    def _items(self) -> Iterator[Item]:
        """The cases to be written anew. Their references are drawn from how often the row was written before."""
        from optout.store import batches

        for people in self._people():
            rows = [
                row for row in batches.of_keys(self.vault, self.batch.id, list(people)) if row["firm"] in self.firms
            ]
            newest = {(row["key"], row["firm"]): row for row in rows}
            taken = {row["ref"] for row in rows}
            for row in newest.values():
                if row["phase"] != "draft":
                    continue
                subject = people[row["key"]]
                try:
                    shape = self.shapes.of(subject, self.firms.index(row["firm"]))
                except OptoutError as error:
                    self.refused[str(error)] = self.refused.get(str(error), 0) + 1
                    continue
                if shape.inputs(subject) == row["inputs"]:
                    continue
                yield self._item(row, subject, shape.fingerprint(subject), taken)

    def _item(self, row: Mapping[str, Any], subject: Subject, mark: str, taken: set[str]) -> Item:
        from optout.store import batches

        digest = person_digest(subject)
        attempt = 0
        while (ref := rules.reference(self.batch.secret, mark, attempt)) in taken or batches.taken(self.vault, [ref]):
            attempt += 1
        taken.add(ref)
        self.old[ref] = row["ref"]
        known = batches.subjects(self.vault, [digest])
        ident = known.get(digest) or rules.subject_id(self.batch.secret, digest)
        firm = self.firms.index(row["firm"])
        return Item(0, row["key"], subject, "", firm, ref, ident, digest, mark, self.app.now())

    def _people(self) -> Iterator[dict[str, Subject]]:
        """By the keys of their rows: of the mended sheet, or as the vault has them."""
        from optout.store import batches

        people: dict[str, Subject] = {}
        if self.source is None:
            for key, person in batches.people(self.vault, self.batch.id):
                people[key] = from_plain(Subject, person)
                if len(people) >= AT_ONCE:
                    yield people
                    people = {}
        else:
            for member in self.source.members():
                if isinstance(member, members.Wrong):
                    raise BadData(
                        f"{self.source.name} has rows that cannot be used", member.problems, "mend them first"
                    )
                people[member.key] = member.subject
                if len(people) >= AT_ONCE:
                    yield people
                    people = {}
        yield people
