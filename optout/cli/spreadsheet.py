"""Rows for a spreadsheet, in which no cell is taken for a formula (`=`, `+`, `-`, `@` start one)."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence

_STARTS = ("=", "+", "-", "@")
_BLANK = ("Zs", "Zl", "Zp", "Cc", "Cf")


def row(cells: Sequence[str]) -> str:
    """A line of CSV by RFC 4180, with its line end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return out.getvalue()


def safe(cell: str) -> str:
    """The text, behind an apostrophe where a spreadsheet could run it: also after blanks, and in full-width signs."""
    if cell[:1].isalnum():  # the usual case; no such sign is a blank, or becomes one of those in NFKC
        return cell
    bare = cell
    while bare and unicodedata.category(bare[0]) in _BLANK:
        bare = bare[1:]
    begins = unicodedata.normalize("NFKC", bare[:1])
    return f"'{cell}" if begins.startswith(_STARTS) or cell.startswith(("\t", "\r", "\n")) else cell
