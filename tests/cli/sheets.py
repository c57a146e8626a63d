"""Sheets of plainly fictional members for the tests of batches."""

from __future__ import annotations

import csv
from pathlib import Path

PLACES = ("FR", "DE", "US-IL", "US-CA", "GB-ENG", "CH", "CA-ON", "PL", "ES", "IT", "NL", "PT")
HEADER = ("id", "name", "email", "residence", "address", "language", "minor")


def row(number: int, **other: str) -> dict[str, str]:
    """A member; each has words of their own in the letter, by which a mix-up would show."""
    plain = {
        "id": f"M{number}",
        "name": f"Person Nr{number}x",
        "email": f"nr{number}x@mail.example",
        "residence": PLACES[number % len(PLACES)],
        "address": f"{number} Street of Nr{number}x\n12345 Town",
    }
    return plain | other


def write(path: Path, count: int, **others: dict[str, str]) -> Path:
    """A CSV of members 0 to `count` - 1; `others` change rows, by `m` and the number."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        for number in range(count):
            writer.writerow(row(number, **others.get(f"m{number}", {})))
    return path
