"""`optout log --batch`: one event for every case of a batch that it fits, counted and confirmed first."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from optout import admit, standing
from optout.case import Case, Event
from optout.cli.app import App
from optout.cli.casefile import need_vault
from optout.cli.confirming import counted_and_confirmed
from optout.cli.output import answer, counted, say
from optout.closed import Recorded
from optout.errors import NotPossible, OptoutError
from optout.records import from_plain, to_plain
from optout.store.plain import dump

if TYPE_CHECKING:
    from optout.store.vault import Vault

KINDS = (
    "sent",
    "delivered",
    "acknowledged",
    "answered",
    "no_data",
    "refused",
    "reminded",
    "withdrawn",
    "closed",
    "noted",
)
"""What can be true of many cases at once without being told of each."""
AT_ONCE = 500
"""Cases in one transaction."""
_REF = "\ue100"


def log_many(app: App, ident: str, event: Event, options: dict[str, Any]) -> None:
    """Notes the event in every case of the batch in which it can have happened. Raises NotPossible, and NotFound."""
    from optout.store import batches, cases

    if event.kind not in KINDS:
        raise NotPossible(
            f"'{event.kind.replace('_', '-')}' is not the same for many cases",
            f"with --batch: {', '.join(KINDS).replace('_', '-')}; else log it for each case",
        )
    with need_vault(app, ident) as vault:
        batch = batches.find(vault, ident)
        folds = Folds(event)
        refs = [ref for ref in batches.refs(vault, batch.id) if folds.of(vault, ref)]
        reasons = folds.reasons
        if not app.json:
            say(
                f"Batch {batch.id}: {counted(len(refs), 'case')} of {counted(batches.count(vault, batch.id), 'case')} can be noted as {event.kind}."
            )
            for reason, count in reasons.most_common(5):
                say(f"  {count} not: {reason}")
        if not refs:
            raise NotPossible(f"no case of batch {batch.id} can be noted as {event.kind}", next(iter(reasons), ""))
        if not options["dry_run"]:
            counted_and_confirmed(app, len(refs), options["yes"], options["expect"])
            for start in range(0, len(refs), AT_ONCE):
                with vault.transaction():
                    for ref in refs[start : start + AT_ONCE]:
                        fold = folds.of(vault, ref)
                        if fold:
                            cases.append(vault, ref, event=to_plain(fold.event), at=app.now(), summary=fold.summary(ref),
                                         seen=fold.seen, closed=fold.closed)  # fmt: skip
    if app.json:
        answer("log_batch", {
            "batch": ident, "event": to_plain(event), "cases": len(refs), "kept": not options["dry_run"],
            "left": [{"reason": reason, "count": count} for reason, count in reasons.most_common()],
        })  # fmt: skip
        return
    say("Nothing was kept." if options["dry_run"] else f"Noted in {counted(len(refs), 'case')}.")


class Fold:
    """What follows from the event in cases that differ only in the person."""

    def __init__(self, event: Event, status: standing.Status, seen: int, closed: Any) -> None:
        self.event, self.seen, self.closed = event, seen, closed
        self._summary = standing.summary(status)

    def summary(self, ref: str) -> dict[str, Any]:
        steps = {name: self._summary[name].replace(_REF, ref) for name in ("step", "late_step")}
        return {**self._summary, **steps}


class Folds:
    """Each sort of case is folded once: thousands of a batch are the same but for the person."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._made: dict[str, Fold | OptoutError] = {}
        self._counted: set[str] = set()
        self.reasons: Counter[str] = Counter()
        """Why cases are left out."""

    def of(self, vault: Vault, ref: str) -> Fold | None:
        """None where the event cannot have happened."""
        ((text, subject),) = vault.run("select json, subject from cases where ref = ?", (ref,))
        rows = vault.run("select json, closed from events where ref = ? order by n", (ref,))
        key = dump([text.replace(ref, _REF).replace(subject, ""), rows])
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._folded(text.replace(ref, _REF), rows)
        if isinstance(found, OptoutError):
            if ref not in self._counted:
                self._counted.add(ref)
                self.reasons[str(found).replace(_REF, "it")] += 1
            return None
        return found

    def _folded(self, text: str, rows: list[Any]) -> Fold | OptoutError:
        from optout.library.publicholidays import PublicHolidays

        case = from_plain(Case, json.loads(text))
        events = [from_plain(Event, json.loads(event)) for event, _ in rows]
        days = Recorded([json.loads(closed) if closed else {} for _, closed in rows], PublicHolidays())
        try:
            event = self._fitted(case, events)
            admit.allow(case, events, event)
        except OptoutError as error:
            return error
        return Fold(event, standing.fold(case, [*events, event], days), len(events), days.new)

    def _fitted(self, case: Case, events: list[Event]) -> Event:
        """With the letter and the remedy that are meant where they were not named."""
        from dataclasses import replace

        event = self._event
        letter = admit.which_letter(case, events, event.kind, event.letter, event.outcomes)
        remedy = event.remedy or admit.which_remedy(case, events, event.kind, event.on, letter)
        return replace(event, letter=letter, remedy=remedy)
