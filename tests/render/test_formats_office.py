"""The Word file as LibreOffice lays it out: on the same pages and in the same places as our own PDF."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import pypdf
import pytest

from optout.letter import Letter
from optout.render import docx, pdf
from tests.render.sample_letter import letter, long_letter
from tests.store.test_secret_service import needed

pytestmark = pytest.mark.system
MILLIMETRE = 72 / 25.4


def converted(made: dict[str, Letter], folder: Path) -> dict[str, pypdf.PdfReader]:
    """All letters in one run: most of its time is LibreOffice's start."""
    for name, each in made.items():
        (folder / f"{name}.docx").write_bytes(docx.write(each))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [str(folder / f"{name}.docx") for name in made]
    run = [needed("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *files]
    subprocess.run(run, check=True, capture_output=True, timeout=180)
    return {name: pypdf.PdfReader(folder / f"{name}.pdf") for name in made}


def places(document: pypdf.PdfReader) -> dict[str, tuple[float, float]]:
    """Left and top of what the first page holds, in millimetres, by the first letters of each piece of text."""
    page, found = document.pages[0], {}

    def visit(text: str, page_to: list[float], text_to: list[float], *_: Any) -> None:
        a, b, c, d, e, f = page_to
        x, y = text_to[4], text_to[5]
        down = float(page.mediabox.height) - (b * x + d * y + f)
        found.setdefault(text.strip()[:13], ((a * x + c * y + e) / MILLIMETRE, down / MILLIMETRE))

    page.extract_text(visitor_text=visit)
    return found


def test_same_pages_and_places_as_the_pdf(tmp_path: Path) -> None:
    long = tuple(f"line {number} of the sender" for number in range(9))
    made = {
        f"{paper}-{name}": each
        for paper in ("a4", "letter")
        for name, each in {
            "one": letter(paper=paper),  # type: ignore[arg-type]
            "two": long_letter(paper),  # type: ignore[arg-type]
            "sender": letter(paper=paper, sender=long),  # type: ignore[arg-type]
        }.items()
    }
    office = converted(made, tmp_path)
    for name, each in made.items():
        ours = pypdf.PdfReader(io.BytesIO(pdf.write(each)))
        assert len(office[name].pages) == len(ours.pages) == 1 + name.endswith("two"), name
        theirs, wanted = places(office[name]), places(ours)
        for text in ("Example Faces", "22 November 2", "Request under"):
            down = next(place[1] for key, place in theirs.items() if key.startswith(text))
            assert down == pytest.approx(wanted[text][1], abs=2.5), (name, text)
        left = next(place[0] for key, place in theirs.items() if key.startswith("Example Faces"))
        assert left == pytest.approx(25, abs=0.6), name
    assert "OPT-2026-0007 · 2 / 2" in office["a4-two"].pages[1].extract_text()
