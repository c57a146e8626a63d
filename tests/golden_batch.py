"""The golden batch: a hundred members in twelve places, its list, and ten of its letters.

usage: python -m tests.golden_batch      (writes tests/golden/batch anew: read what changed)
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from pathlib import Path

from tests.cli import sheets
from tests.cli.test_main_job import optout

FOLDER = Path(__file__).parent / "golden" / "batch"
PEOPLE = 100
ON = "2026-11-24"
SHOWN = range(10, 21)
"""Members whose letters are kept, one of nearly every place."""
CHANGED = {"m12": {"address": ""}, "m13": {"minor": "yes"}, "m17": {"language": "de"}, "m19": {"language": "pl"}}
_REF = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


def texts(work: Path) -> dict[str, str]:
    """The list and the letters by name, references replaced by the rows that they belong to."""
    sheets.write(work / "people.csv", PEOPLE, **CHANGED)
    done = optout(work, "batch", "people.csv", "--firm", "clearview,pimeyes", "--format", "txt", "--on", ON, "--yes",
                  "--expect", str(2 * (PEOPLE - 1)))  # fmt: skip
    assert done.returncode == 0, done.stderr
    (listed,) = (work / "optout-letters").glob("*.csv")
    with listed.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    rows_of = {row["ref"]: f"{row['row']}-{row['firm']}" for row in rows}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "ref": rows_of[row["ref"]]} for row in rows)
    found = {"manifest.csv": out.getvalue()}
    wanted = {f"M{number}-clearview" for number in SHOWN}
    for path in sorted((work / "optout-letters").rglob("*.txt")):
        member = rows_of[path.name[:9]]
        if member in wanted and not path.name.startswith(("deletion", "objection"), 10):
            named = _REF.sub(lambda match: rows_of.get(match[0], match[0]), path.read_text(encoding="utf-8"))
            found[f"{member}{path.name[9:]}"] = named
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = texts(Path(folder))
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
