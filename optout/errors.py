"""Every failure the program knows, with its exit code, its sentence and its hint.

Only `optout.cli` catches these and prints them; the codes never change (docs/exit-codes.md is generated from here).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from optout.problems import Problem


class OptoutError(Exception):
    """Base of all expected failures. `str()` is one sentence for the user; `hint` says how to go on."""

    code: ClassVar[int] = 1

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


class OutputFailed(OptoutError):
    """A letter or an answer could not be written where the user wanted it."""


class Declined(OptoutError):
    """The user said no."""


class Missing(OptoutError):
    """An option is needed and there is no terminal to ask on."""

    code = 2


class NotFound(OptoutError):
    """A firm, place, case, law or template that does not exist; carries the nearest names.

    `name` is what was asked for, "" where it may be a person's name, which is not repeated.
    """

    code = 4

    def __init__(self, what: str, name: str, near: Iterable[str] = (), hint: str = "") -> None:
        near = list(near)
        if near and not hint:
            hint = f"did you mean {_either(near)}?"
        super().__init__(f"{what} '{name}' is not known" if name else f"no such {what} is known", hint)
        self.near = near


class BadData(OptoutError):
    """Data that cannot be used; holds every problem found, each with file, line and column."""

    code = 5

    def __init__(self, sentence: str, problems: Sequence[Problem] = (), hint: str = "") -> None:
        super().__init__(sentence, hint)
        self.problems = tuple(problems)


class NotPossible(OptoutError):
    """What was asked makes sense but cannot be done now."""

    code = 6


class NoRule(NotPossible):
    """The filters leave no rule; `reasons` says why each one is out."""

    def __init__(self, sentence: str, reasons: Sequence[tuple[str, str]] = (), hint: str = "") -> None:
        super().__init__(sentence, hint)
        self.reasons = tuple(reasons)


class CannotPrint(NotPossible):
    """No font given has a glyph for a character of the letter."""


class WrongPhase(NotPossible):
    """The event is not allowed in the case's present phase."""


class AlreadySent(NotPossible):
    """The same demands to the same firm were sent before."""


class StoreError(OptoutError):
    """The vault cannot be used: locked by another process, damaged, full disk, newer format."""

    code = 7


class Locked(StoreError):
    """Another process holds the vault."""


class Unreadable(StoreError):
    """The vault file is damaged, or is not a vault."""


class NewerFormat(StoreError):
    """The vault was written by a newer version."""


class Incomplete(OptoutError):
    """Some of it was done and some was not; what was not is named."""

    code = 8


class SecretUnavailable(OptoutError):
    """The key that opens the vault cannot be had."""

    code = 9


def _either(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]
