"""The golden letters: which there are, and `python -m tests.golden_letters` to write them anew after a change.

Read the difference as its addressee would before committing it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from optout.cli import golden
from optout.letter import plain
from optout.library.catalog import Catalog
from optout.select import Asked

FOLDER = Path(__file__).parent / "golden"
DAY = date(2026, 11, 24)
CASES = {
    "us-il": ("us-il", DAY),
    "us-ca-2026": ("us-ca", date(2026, 12, 31)),
    "us-ca-2027": ("us-ca", date(2027, 1, 1)),
    "fr": ("fr", DAY),
    "de": ("de", DAY),
    "ca-on": ("ca-on", DAY),
    "ca-qc": ("ca-qc", DAY),
}


def texts(catalog: Catalog) -> dict[str, str]:
    """File name to text: per place what is written by default, each demand alone, and PimEyes by default."""
    made: dict[str, str] = {}
    for name, (place, day) in CASES.items():
        for firm in ("clearview", "pimeyes"):
            found = golden.letters(catalog, place, firm, Asked(on=day))
            for number, letter in enumerate(found, 1):
                made[f"{name}-{firm}-default-{number}.txt"] = plain(letter)
        rules = catalog.effective(place).rules
        for demand in dict.fromkeys(rule.demand for rule in rules if rule.by == "letter"):
            asked = Asked(demands=(demand,), only=True, situation=demand in ("objection", "restriction"), on=day)
            (letter,) = golden.letters(catalog, place, "clearview", asked)
            made[f"{name}-clearview-{demand.replace('_', '-')}.txt"] = plain(letter)
    asked = Asked(demands=("access", "objection"), situation=True, on=DAY)
    for number, letter in enumerate(golden.letters(catalog, "fr", "clearview", asked), 1):
        made[f"fr-clearview-access-objection-{number}.txt"] = plain(letter)
    return made


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, text in texts(Catalog()).items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
