"""`optout batch amend`: letters not yet sent are written anew where they would say something else today."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from optout import batch as rules
from optout.case import Event
from optout.cli import addressing, batchmanifest, batchrun, columns, keeping, members
from optout.cli.app import App
from optout.cli.batchlog import Folds
from optout.cli.batchplan import AT_ONCE, Seen, person_digest
from optout.cli.batchshape import Item, Shape, Shapes
from optout.cli.batchwork import Made, Order
from optout.cli.confirming import counted_and_confirmed
from optout.cli.output import answer, counted, line, say
from optout.errors import BadData, Locked, NotPossible, OptoutError
from optout.records import from_plain, to_plain
from optout.subject import Subject

if TYPE_CHECKING:
    from optout.store.batches import Batch
    from optout.store.vault import Vault


MINOR = "their row says now that they are minors: a parent asks for the child"
"""Why a letter that is there is not written anew; it is not withdrawn either, since nobody asked for that."""


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
        self.source = columns.opened(app, file, options)[0] if file is not None else None
        self.old: dict[str, str] = {}
        """New reference to the one it takes the place of, of the chunks that are not kept yet."""
        self.refused: dict[str, int] = {}
        self.gone: list[str] = []
        """Files of letters that the last chunk withdrew."""
        self.hold: dict[str, None] = {}
        """Archives and print files in which withdrawn letters still are."""

    def run(self) -> None:
        from optout.store import amending

        count = sum(1 for _ in self._due(self.refused))
        settled = amending.settled(self.vault, self.batch.id)
        if not self.app.json:
            say(f"Batch {self.batch.id}: {counted(count, 'case')} not yet sent would say something else today.")
            was = "was" if settled == 1 else "were"
            say(f"{counted(settled, 'case')} of it {was} sent or closed, and stay as they are.")
            for reason, number in self.refused.items():
                say(f"  {number} cannot be written now and stay as they are: {reason}")
        written: list[str] = []
        run = None
        if count and not self.options["dry_run"]:
            counted_and_confirmed(self.app, count, self.options["yes"], self.options["expect"])
            run, written = self._write(count)
        if self.app.json:
            answer("batch_amend", {"batch": self.batch.id, "cases": count, "untouched": settled,
                                   "kept": not self.options["dry_run"],
                                   "refused": batchrun.refused_json(run) if run else [], "manifest": written})  # fmt: skip
        for path in () if self.app.json else written:
            line(path, whole=True)
        if self.options["dry_run"]:
            say("Nothing was written or kept.")
        if run:
            batchrun.complain(run)

    def _write(self, count: int) -> tuple[batchrun.Run, list[str]]:
        run = batchrun.Run(self.app, self.vault, self.batch, self.order, also=self._withdraw, after=self._removed)
        run.recover()
        keeping.finish_pending(self.vault)
        try:
            run.write(rules.chunks((1, item) for item in self._items()), count, self.options["jobs"])
        finally:
            batchrun.told(run)
            for path in (path for path in self.hold if os.path.lexists(path)):
                say(f"{path} still holds letters that were withdrawn: do not send those.")
        return run, batchmanifest.write(self.vault, self.batch, self.output, self.batch.id)

    def _withdraw(self, made: Made) -> None:
        """In the transaction that keeps the new cases: the old ones end, with the reason. Raises Locked, and nothing of the
        chunk is kept, where one of them was sent in the meantime."""
        from optout.store import amending, batches, cases

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
        self.hold |= dict.fromkeys(path for path in batches.shared(self.vault, old) if path.endswith((".zip", ".pdf")))

    def _removed(self) -> None:
        """The files of withdrawn letters go, but for those that somebody changed."""
        keeping.finish_pending(self.vault)
        for path in (path for path in self.gone if os.path.lexists(path)):
            say(f"{path} was changed after it was written, and stays; its case was withdrawn.")

    def _due(self, refused: dict[str, int]) -> Iterator[tuple[Mapping[str, Any], int, Subject, Shape]]:
        """The cases not yet sent that would say something else today. Counts those that cannot be written, by reason."""
        from optout.store import batches

        for people in self._people():
            rows = batches.of_keys(self.vault, self.batch.id, list(people))
            newest = {(row["key"], row["firm"]): row for row in rows if row["firm"] in self.firms}
            for row in newest.values():
                if row["phase"] != "draft":
                    continue
                number, subject = people[row["key"]]
                try:
                    if subject is None:
                        raise NotPossible(MINOR)
                    shape = self.shapes.of(subject, self.firms.index(row["firm"]))
                except OptoutError as error:
                    refused[str(error)] = refused.get(str(error), 0) + 1
                    continue
                if shape.inputs(subject) != row["inputs"]:
                    yield row, number, subject, shape

    def _items(self) -> Iterator[Item]:
        """The cases to be written anew. Their references are drawn from how often the row was written before."""
        from optout.store import batches

        for row, number, subject, shape in self._due({}):
            digest, mark, attempt = person_digest(subject), shape.fingerprint(subject), 0
            while (ref := rules.reference(self.batch.secret, mark, attempt)) in self.old or batches.taken(
                self.vault, [ref]
            ):
                attempt += 1
            self.old[ref] = row["ref"]
            known = batches.subjects(self.vault, [digest])
            ident = known.get(digest) or rules.subject_id(self.batch.secret, digest)
            firm = self.firms.index(row["firm"])
            yield Item(number, row["key"], subject, "", firm, ref, ident, digest, mark, self.app.now())

    def _people(self) -> Iterator[dict[str, tuple[int, Subject | None]]]:
        """By the keys of their rows: of the mended sheet, each with its line, or as the vault has them. None for a minor."""
        from optout.store import amending

        found = (
            ((key, (0, from_plain(Subject, person))) for key, person in amending.people(self.vault, self.batch.id))
            if self.source is None
            else self._of_sheet(self.source)
        )
        while people := dict(itertools.islice(found, AT_ONCE)):
            yield people

    def _of_sheet(self, source: members.Source) -> Iterator[tuple[str, tuple[int, Subject | None]]]:
        """Raises BadData for a row that cannot be used. Of the same row twice, the first counts."""
        seen = Seen()
        for member in source.members():
            if isinstance(member, members.Wrong):
                raise BadData(f"{source.name} has rows that cannot be used", member.problems, "mend them first")
            if not seen.before(member):
                yield member.key, (member.line, None if member.minor else member.subject)
