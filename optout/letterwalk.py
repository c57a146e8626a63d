"""What has happened to one letter of a case, as its clocks need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from optout.case import CaseLetter, Event
from optout.law import Clock
from optout.letterdays import Days, Notice, Wait


@dataclass(slots=True, kw_only=True)
class LetterWalk:
    """What has happened to one letter so far."""

    letter: CaseLetter
    sent: Event | None = None
    proofs: list[date] = field(default_factory=list)
    acknowledged: bool = False
    waits: list[Wait] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    answers: list[date] = field(default_factory=list)
    withdrawn: date | None = None

    @property
    def received(self) -> date | None:
        """The first day on which receipt is proved."""
        return min(self.proofs, default=None)

    def days(self, clock: Clock) -> Days | None:
        """What a clock of the firm is computed from; None before the letter is sent."""
        if self.sent is None:
            return None
        known = clock.from_ == "sending" or self.received is not None
        return Days(
            start=self.received if clock.from_ == "receipt" and self.received else self.sent.on,
            sent=self.sent.on,
            waits=tuple(self.waits),
            notices=tuple(self.notices),
            estimated=not known,
            by=self.sent.by or "post",
        )
