"""Letters of those who write for others, and the page that shows that they may: one of each kind and language.

Written anew with the other golden letters, by `python -m tests.golden_letters`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from optout.cli import golden
from optout.letter import plain
from optout.library.catalog import Catalog
from optout.select import Asked
from optout.subject import Acts

FOLDER = Path(__file__).parent / "golden" / "agent"
DAY = date(2026, 11, 24)
LETTERS: tuple[tuple[str, Acts, str], ...] = (
    ("us-ca", "person", "en"),
    ("us-ca", "attorney", "en"),
    ("us-il", "person", "en"),
    ("ca-on", "person", "en"),
    ("au", "person", "en"),
    ("gb-eng", "organisation", "en"),
    ("gb-sct", "parent", "en"),
    ("fr", "person", "fr"),
    ("fr", "parent", "fr"),
    ("ca-qc", "person", "fr"),
    ("ch", "person", "de"),
    ("de", "organisation", "de"),
    ("de", "parent", "de"),
    ("it", "organisation", "it"),
    ("it", "parent", "it"),
    ("es", "person", "es"),
    ("es", "parent", "es"),
    ("nl", "organisation", "nl"),
    ("nl", "parent", "nl"),
    ("pl", "organisation", "pl"),
    ("pl", "parent", "pl"),
    ("pt", "person", "pt"),
    ("pt", "parent", "pt"),
)
"""Place, as what they write, language."""


def texts(catalog: Catalog) -> dict[str, str]:
    """The letter for now and the page, by the name of the file."""
    made: dict[str, str] = {}
    for place, acts, language in LETTERS:
        found = golden.letters(catalog, place, "clearview", Asked(on=DAY), language, acts=acts)
        shown = [("letter", found[0])] + ([("authority", found[-1])] if acts != "attorney" else [])
        made |= {f"{place}-{acts}-{what}-{language}.txt": plain(letter) for what, letter in shown}
    return made


def write(catalog: Catalog) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, text in texts(catalog).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
