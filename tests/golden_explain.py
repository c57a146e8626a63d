"""What `explain clearview` says from ten residences: `python -m tests.golden_explain` writes it anew after a change.

Read the difference as the person who lives there would before committing it.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from click.testing import CliRunner

from optout.cli import optout

FOLDER = Path(__file__).parent / "golden" / "explain"
DAY = "2026-11-24"
RESIDENCES = ("US-CA", "US-IL", "US-MN", "US-NY", "FR", "DE", "GB", "CH", "CA-QC", "AU")


def explain(firm: str, place: str, *options: str, on: str = DAY) -> str:
    """Talk and data, in the order in which a person reads them."""
    with TemporaryDirectory() as home:
        done = CliRunner().invoke(optout, ["explain", firm, "--residence", place, "--on", on, *options], obj={},
                                  env={"OPTOUT_HOME": home})  # fmt: skip
    if done.exit_code:
        raise AssertionError(done.output)
    return done.stdout if "--json" in options else done.stderr + done.stdout


def explained(firm: str, place: str, on: str = DAY) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(explain(firm, place, "--json", on=on))
    return answer


def texts() -> dict[str, str]:
    return {f"{place.lower()}-clearview.txt": explain("clearview", place) for place in RESIDENCES}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
