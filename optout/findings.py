"""What `optout doctor` found, as values."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""The worst first. An error is something that does not work or is lost; a warning may become one; a note is to know."""


class Finding(NamedTuple):
    """One thing to know or to mend."""

    id: str
    """Words joined by dots, the area first, e.g. `vault.page`. Never renamed."""
    severity: Severity
    sentence: str
    fix: str = ""
    """A command, or what to do; "" where nothing is to be done."""


def error(ident: str, sentence: str, fix: str = "") -> Finding:
    return Finding(ident, "error", sentence, fix)


def warning(ident: str, sentence: str, fix: str = "") -> Finding:
    return Finding(ident, "warning", sentence, fix)


def note(ident: str, sentence: str, fix: str = "") -> Finding:
    return Finding(ident, "note", sentence, fix)
