"""What many people of a batch share: one firm, decided for one place and language, with its letters cast."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

from optout import chain, compose, standing
from optout.case import Event
from optout.cli import deciding, drafting, keeping, opening
from optout.cli.addressing import Addressed
from optout.cli.app import App
from optout.cli.deciding import Decided
from optout.errors import NotFound
from optout.letter import Letter
from optout.records import to_plain
from optout.store.batches import SUMMARY_COLUMNS
from optout.store.plain import dump
from optout.subject import Subject

_REF, _SUBJECT = "\ue100ref", "\ue100subject"
"""Stand in a text of JSON where a reference and the id of a person go; no data can hold their first sign."""

Rows = dict[str, list[tuple[Any, ...]]]
"""By table, as `batches.keep` takes them."""


class Shape:
    """Made once for each firm, place and language, and for whether a person gives an address and a situation."""

    def __init__(self, app: App, whom: Addressed, subject: Subject, options: dict[str, Any]) -> None:
        """Raises OptoutError where nothing can be written to this firm for who lives there."""
        self._app = app
        self._options = options
        wanted = dict.fromkeys((subject.language or options["language"], options["language"], None))
        self.decided, self.elsewhere = self._decided(whom, subject, list(wanted))
        """What is written, and whether in another language than was asked for."""
        self.plans = deciding.plans(self.decided)
        self.kinds = sorted({rule.demand for plan in self.plans for rule in plan.rules})
        self.letters = compose.whole_letters(self.plans)
        self.held = {plan.id for plan in self.plans if plan.context["held"]}
        """The letters that go when the firm has answered."""
        self.laws = list(dict.fromkeys(rule.law for rule in self.decided.choice.rules if rule.law))

    def _decided(self, whom: Addressed, subject: Subject, languages: list[str | None]) -> tuple[Decided, bool]:
        """In the first of these languages in which there are letters under the law of the place."""
        given = {**self._options, "address": subject.address, "because": subject.situation}
        for language in languages[:-1]:
            with suppress(NotFound):
                decided = deciding.decide(self._app, whom, subject.residence, {**given, "language": language})
                return decided, language != languages[0]
        decided = deciding.decide(self._app, whom, subject.residence, {**given, "language": languages[-1]})
        return decided, len(languages) > 1

    def fingerprint(self, subject: Subject) -> str:
        """By which the same person, firm and demands are found again."""
        return keeping.fingerprint(self.decided, subject, self.kinds)

    def fingerprint_of_before(self, subject: Subject) -> str:
        """The one that older versions kept."""
        return keeping.fingerprint_of_before(self.decided, subject, self.kinds)

    def inputs(self, subject: Subject) -> str:
        """By which it is seen whether the letters would say something else."""
        return drafting.digest_of(to_plain(subject), self._kept.inputs)

    @cached_property
    def moulds(self) -> list[drafting.Mould]:
        """One for each letter in each language. Raises BadData for a template that cannot be used."""
        catalog = self._app.catalog
        return [drafting.Mould(drafting.pieces_of(catalog, plan.language), plan) for plan in self.plans]

    def drafts(self, subject: Subject, ref: str) -> dict[tuple[str, str], Letter]:
        """The letters of one person, by id and language."""
        return {(m.plan.id, m.plan.language): m.letter(subject, ref) for m in self.moulds}

    @cached_property
    def _kept(self) -> _Kept:
        """What the vault keeps of each case, but for the person."""
        from optout.library.publicholidays import PublicHolidays

        case = opening.case(self._app, self.decided, self.plans, _REF, _SUBJECT)
        event = Event(kind="drafted", on=self._app.today)
        summary = standing.summary(standing.fold(case, [event], PublicHolidays()))
        summary |= {"outcomes": dump(summary["outcomes"]), "dates": dump(summary["dates"]), "events": 1}
        return _Kept(
            case=dump(to_plain(case)),
            event=dump(to_plain(event)),
            about=dump(
                {
                    "laws": self.laws,
                    "letters": [plan.id for plan in self.letters],
                    "held": [plan.id for plan in self.letters if plan.id in self.held],
                }
            ),
            summary=summary,
            letters={(m.plan.id, m.plan.language): drafting.Kept(m) for m in self.moulds},
            versions=dump(drafting.versions(self._options["formats"])),
            inputs=keeping.inputs(self.plans, self.moulds, self._options),
        )

    def rows(
        self, into: Rows, item: Item, drafts: dict[tuple[str, str], Letter], batch: str, number: int, folder: str
    ) -> None:
        """Adds the rows of one case, but for its files."""
        kept, ref, today = self._kept, item.ref, str(self._app.today)
        person = to_plain(item.subject)
        case = kept.case.replace(_REF, ref).replace(_SUBJECT, item.subject_id)
        letters = [
            (ident, language, kept.letters[ident, language].text(letter), kept.versions)
            for (ident, language), letter in drafts.items()
        ]
        content = chain.content(case, sorted(letters))
        link = chain.Link(1, item.at, kept.event, "", content, "")
        end = chain.next_hash(chain.START, ref, link)
        own = {name: kept.summary[name].replace(_REF, ref) for name in ("step", "late_step")}
        columns = {
            **own,
            "ref": ref,
            "subject": item.subject_id,
            "firm": self.decided.firm.id,
            "opened": today,
            "head": end,
        }
        into["subjects"].append((item.subject_id, dump(person), item.digest))
        into["cases"].append(
            (
                ref,
                item.subject_id,
                self.decided.firm.id,
                item.fingerprint,
                drafting.digest_of(person, kept.inputs),
                today,
                case,
            )
        )
        into["letters"] += [(ref, *letter) for letter in letters]
        into["events"].append((ref, item.at, today, kept.event, content, end))
        into["summary"].append(tuple([columns[x] if x in columns else kept.summary.get(x) for x in SUMMARY_COLUMNS]))
        into["batch_cases"].append(
            (ref, batch, item.key, number, os.path.basename(folder), item.subject.residence, kept.about)
        )


class _Kept(NamedTuple):
    """Texts and values that all cases of a shape share."""

    case: str
    event: str
    about: str
    """The laws and letters, as a manifest names them."""
    summary: dict[str, Any]
    letters: dict[tuple[str, str], drafting.Kept]
    versions: str
    inputs: str


class Item(NamedTuple):
    """One person and one firm of a batch, ready to be written."""

    line: int
    """Of the sheet."""
    key: str
    subject: Subject
    postcode: str
    """By which letters for the printer are sorted after their recipient."""
    firm: int
    """Its place among the firms of the batch."""
    ref: str
    subject_id: str
    digest: bytes
    """Of the person's data."""
    fingerprint: str
    at: str
    """The moment that the log of events names, in UTC."""


class Shapes:
    """The shapes met so far."""

    def __init__(self, app: App, whom: list[Addressed], options: dict[str, Any]) -> None:
        self._app, self._whom, self._options = app, whom, options
        self._made: dict[Any, Shape | Exception] = {}

    def of(self, subject: Subject, firm: int) -> Shape:
        """Raises OptoutError where nothing can be written to this firm for this person."""
        from optout.errors import OptoutError

        key = (firm, subject.residence, subject.language, bool(subject.address), bool(subject.situation))
        found = self._made.get(key)
        if found is None:
            try:
                found = Shape(self._app, self._whom[firm], subject, self._options)
            except OptoutError as error:
                found = error
            self._made[key] = found
        if isinstance(found, Exception):
            raise found
        return found
