"""Many letters as one PDF for the printer: each begins on the front of a sheet that is printed on both sides."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from pypdf import PdfReader, PdfWriter


def duplex(letters: Iterable[tuple[str, bytes]]) -> bytes:
    """The PDFs one after the other, each under its name among the bookmarks, a blank page after each with an odd number
    of pages. The same letters give the same bytes. It is for paper: it has neither the tags nor the archive mark of its
    letters."""
    writer = PdfWriter()
    writer.metadata = None
    for name, letter in letters:
        _add(writer, name, PdfReader(io.BytesIO(letter)).pages)
        if len(writer.pages) % 2:
            writer.add_blank_page()
    return _bytes(writer)


def without(pile: bytes, gone: Callable[[str], bool]) -> bytes | None:
    """What `duplex` made, without the letters whose name is `gone`: b"" where none is left, None where all are. Raises
    ValueError for a file that is damaged or was made otherwise."""
    try:
        reader = PdfReader(io.BytesIO(pile))
        starts = [(str(mark.title), reader.get_destination_page_number(mark)) for mark in reader.outline]  # type: ignore[union-attr,arg-type]
        ends = [*(start for _, start in starts[1:]), len(reader.pages)]
        if not starts or starts[0][1] != 0 or any(start is None for _, start in starts):
            raise ValueError("it has no bookmarks of letters")
        letters = [(name, start, end) for (name, start), end in zip(starts, ends, strict=True)]
        kept = [one for one in letters if not gone(one[0])]
        if len(kept) == len(letters):
            return None
        if not kept:
            return b""
        writer = PdfWriter()
        writer.metadata = None
        for name, start, end in kept:
            _add(writer, name, reader.pages[start:end])
        return _bytes(writer)
    except ValueError:
        raise
    except Exception as error:  # whatever a damaged PDF makes of its reader
        raise ValueError(str(error)) from error


def _add(writer: PdfWriter, name: str, pages: Iterable[Any]) -> None:
    first = len(writer.pages)
    for page in pages:
        writer.add_page(page)
    writer.add_outline_item(title=name, page_number=first)


def _bytes(writer: PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
