"""A data error is a value: collected, shown all at once, each with its place."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Problem(NamedTuple):
    """One thing wrong in a data file, a template or a row."""

    file: str
    """The file as the user named it, or relative to its data folder."""
    line: int
    """Counted from 1; 0 when the whole file is meant."""
    column: int
    """Counted from 1; 0 when the whole line is meant."""
    code: str
    """The check's name, e.g. `unknown-key`."""
    message: str
    """What is wrong and, where it can be said, how to mend it. Never quotes a person's data."""
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.message} [{self.code}]"


class CellProblem(Problem):
    """One of a cell, whose message begins with the name of its column."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.message}"
