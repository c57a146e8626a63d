"""Which letters of a batch would say something else today: the rows of a mended sheet put beside the cases of before."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from optout import batch as rules
from optout.cli import members
from optout.cli.batchmailboxes import Mailboxes
from optout.cli.batchplan import AT_ONCE, Seen
from optout.cli.batchshape import Shape, Shapes
from optout.errors import BadData, NotPossible, OptoutError
from optout.membership import same_member
from optout.records import from_plain
from optout.store import amending, batches
from optout.subject import Subject

if TYPE_CHECKING:
    from optout.store.vault import Vault

NAMED = 400
"""As many of each sort are in an answer."""
MINOR = "their row says now that they are minors: a parent asks for the child"
"""Why a letter that is there is not written anew; it is not withdrawn either, since nobody asked for that."""
OTHER = "their id belonged to somebody else in this batch: another sheet of the same name?"


class Row(NamedTuple):
    """Somebody as they are today."""

    line: int
    """Of the sheet; 0 where there is none."""
    subject: Subject
    minor: bool = False
    postcode: str = ""


class Due(NamedTuple):
    """A case whose letters would say something else."""

    ref: str
    key: str
    firm: int
    """Its place among the firms of the batch."""
    row: Row
    shape: Shape
    was: str
    """The name in its letters."""


class Stays(NamedTuple):
    """A case that cannot be written anew, and stays as it is."""

    line: int
    ref: str
    firm: str
    reason: str


@dataclass(slots=True)
class Tally:
    """What a pass met, counted, and the first of each sort."""

    due: int = 0
    named: list[Due] = field(default_factory=list)
    stays: dict[str, list[Stays]] = field(default_factory=dict)
    """By the reason."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many stay, by the reason."""
    new: int = 0
    """Rows that are in no case of the batch."""
    new_lines: list[int] = field(default_factory=list)
    gone: int = 0
    """Cases not yet sent that have no row in the sheet."""
    gone_refs: list[str] = field(default_factory=list)

    def take(self, case: Due | Stays) -> None:
        if isinstance(case, Due):
            self.due += 1
            _add(self.named, case)
            return
        self.counts[case.reason] = self.counts.get(case.reason, 0) + 1
        _add(self.stays.setdefault(case.reason, []), case)


def _add(first: list[Any], one: Any) -> None:
    if len(first) < NAMED:
        first.append(one)


class Looking:
    """Passes over the cases of a batch, by a sheet or by what the vault knows."""

    def __init__(
        self,
        vault: Vault,
        ident: str,
        shard: rules.Shard,
        firms: list[str],
        shapes: Shapes,
        source: members.Source | None,
    ) -> None:
        self._vault, self._ident, self._shard = vault, ident, shard
        self._firms, self._shapes, self._source = firms, shapes, source

    def tally(self) -> Tally:
        """Everything counted. Raises BadData for a row that cannot be used."""
        tally = Tally()
        for case in self.cases(tally):
            tally.take(case)
        return tally

    def due(self) -> Iterator[Due]:
        """The cases to be written anew."""
        return (case for case in self.cases(Tally()) if isinstance(case, Due))

    def cases(self, tally: Tally) -> Iterator[Due | Stays]:
        """The cases not yet sent that would say something else today, and those that would if they could be written. What
        has no case, or no row, is counted in `tally`."""
        rows = iter(self._of_vault() if self._source is None else self._of_sheet(self._source))
        mailboxes = Mailboxes(self._vault, self._ident, self._source) if self._source else None
        with_row: set[str] = set()
        while people := dict(itertools.islice(rows, AT_ONCE)):
            cases = batches.of_keys(self._vault, self._ident, list(people))
            there = {case["key"] for case in cases}
            strange = {key: row.subject.email for key, row in people.items() if key not in there} if mailboxes else {}
            if mailboxes and strange:
                old = {old: key for key, email in strange.items() if (old := mailboxes.old_key(key, email))}
                cases += batches.of_keys(self._vault, self._ident, list(old)) if old else []
                people |= {key: people[new] for key, new in old.items()}
                for key in strange.keys() - set(old.values()):
                    if not people[key].minor:
                        tally.new += 1
                        _add(tally.new_lines, people[key].line)
            with_row |= {case["key"] for case in cases} if self._source else set()
            newest = {(case["key"], case["firm"]): case for case in cases if case["firm"] in self._firms}
            for case in newest.values():
                if case["phase"] == "draft" and (found := self._judged(case, people[case["key"]])):
                    yield found
        if self._source:
            for key, ref in amending.drafts(self._vault, self._ident):
                if key not in with_row:
                    tally.gone += 1
                    _add(tally.gone_refs, ref)

    def _judged(self, case: Mapping[str, Any], row: Row) -> Due | Stays | None:
        """None for letters that would say the same."""
        was = json.loads(case["person"])
        try:
            if not same_member((was["name"], row.subject.name), (was["email"], row.subject.email)):
                raise NotPossible(OTHER)
            if row.minor:
                raise NotPossible(MINOR)
            firm = self._firms.index(case["firm"])
            shape = self._shapes.of(row.subject, firm)
        except OptoutError as error:
            return Stays(row.line, case["ref"], case["firm"], str(error))
        if shape.inputs(row.subject) == case["inputs"]:
            return None
        return Due(case["ref"], case["key"], firm, row, shape, was["name"])

    def _of_vault(self) -> Iterator[tuple[str, Row]]:
        for key, person in amending.people(self._vault, self._ident):
            yield key, Row(0, from_plain(Subject, person))

    def _of_sheet(self, source: members.Source) -> Iterator[tuple[str, Row]]:
        """Raises BadData for a row that cannot be used. Of the same row twice, the first counts."""
        seen = Seen()
        for member in source.members():
            if isinstance(member, members.Wrong):
                raise BadData(f"{source.name} has rows that cannot be used", member.problems, "mend them first")
            if not seen.before(member) and self._shard.takes(member.key):
                yield member.key, Row(member.line, member.subject, member.minor, member.postcode)
