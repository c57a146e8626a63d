"""One case out of the vault, folded over the closed days it recorded, and back with one more event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optout import standing
from optout.case import Case, Event
from optout.closed import Recorded
from optout.errors import NotFound
from optout.records import from_plain, to_plain

if TYPE_CHECKING:
    from optout.cli.app import App
    from optout.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case as read at one moment."""

    whole: dict[str, Any]
    """All its rows, as `store.cases.get` gives them."""
    case: Case
    events: list[Event]
    days: Recorded

    def status(self, new: Sequence[Event] = ()) -> standing.Status:
        return standing.fold(self.case, [*self.events, *new], self.days)


def need_vault(app: App, ref: str) -> Vault:
    """The open vault. Raises NotFound where there are no cases yet."""
    from optout.store.vault import Vault

    if not Vault.exists(app.paths):
        hint = f"there are no cases yet{app.nowhere()}; begin with: optout request clearview"
        raise NotFound("case", ref, hint=hint)
    return app.vault()


def opened(vault: Vault, ref: str) -> CaseFile:
    """The case meant by what the user typed. Raises NotFound."""
    from optout.library.publicholidays import PublicHolidays
    from optout.store import cases

    whole = cases.get(vault, cases.resolve(vault, ref))
    return CaseFile(
        whole=whole,
        case=from_plain(Case, whole["case"]),
        events=[from_plain(Event, row["event"]) for row in whole["events"]],
        days=Recorded([row["closed"] for row in whole["events"]], PublicHolidays()),
    )


def append(
    app: App, vault: Vault, file: CaseFile, event: Event, evidence: Sequence[dict[str, Any]] = ()
) -> standing.Status:
    """Adds an event that `admit.allow` let in, with the dates that follow; gives the status."""
    from optout.store import cases

    status = file.status([event])
    cases.append(
        vault,
        file.case.ref,
        event=to_plain(event),
        at=app.now(),
        summary=standing.summary(status),
        seen=len(file.events),
        closed=file.days.new,
        evidence=evidence,
    )
    return status
