"""The golden appeals: no law of the catalogue that was read gives one, so they come from an invented place."""

from __future__ import annotations

import tempfile
from pathlib import Path

from optout.cli.following import Asked
from optout.languages import WORDING
from optout.library.catalog import Catalog
from tests import golden_following
from tests.told import Told, event

FOLDER = Path(__file__).parent / "golden" / "appeal"
PLACE = Path(__file__).parent / "exampleland"
SENT = (event("sent", "07-06", letter="correction", by="email"), event("acknowledged", "07-08", letter="correction"))
NO = (*SENT, event("refused", "07-20", letter="correction", ground="excessive"))
CASES = {
    **{f"refused-{language}": Told("exl", NO, Asked(wanted="complaint", language=language), language) for language in WORDING},
    "silence-en": Told("exl", SENT, Asked(wanted="complaint", language="en")),
    "complaint-en": Told(
        "exl", (*NO, event("appealed", "07-25", remedy="example-appeal", by="email")), Asked(wanted="complaint", language="en")
    ),
}  # fmt: skip
"""An appeal against a refusal in each language, one against silence, and the complaint that follows an appeal."""


def texts() -> dict[str, str]:
    catalog = Catalog(own=str(PLACE))
    with tempfile.TemporaryDirectory() as home:
        return {f"{name}.txt": golden_following.written(catalog, told, home)[0] for name, told in CASES.items()}


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
