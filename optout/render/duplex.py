"""Many letters as one PDF for the printer: each begins on the front of a sheet that is printed on both sides."""

from __future__ import annotations

import io
from collections.abc import Iterable

from pypdf import PdfReader, PdfWriter


def duplex(letters: Iterable[bytes]) -> bytes:
    """The PDFs one after the other, a blank page after each with an odd number of pages. The same letters give the same
    bytes. It is for paper: it has neither the tags nor the archive mark of its letters."""
    writer = PdfWriter()
    writer.metadata = None
    for letter in letters:
        pages = PdfReader(io.BytesIO(letter)).pages
        for page in pages:
            writer.add_page(page)
        if len(pages) % 2:
            writer.add_blank_page()
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
