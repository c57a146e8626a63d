"""The letter as an archival, tagged PDF (PDF/A-2a and PDF/UA-1), set by typst from one template of ours.

The letter's text is data to typst and never markup. The template imports no package, so nothing is ever downloaded,
and no font is used but those in typst and those named, so that the bytes do not depend on the machine.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import unicodedata
import weakref
from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from optout.errors import BadData, CannotPrint
from optout.letter import Letter
from optout.render.page import PAGES, stays
from optout.render.text import content

FONT = "Libertinus Serif"
"""Comes with typst; Latin, Greek and Cyrillic."""
_STANDARDS: Any = ["a-2a", "ua-1"]
# One character in the letter's fonts: compiles if and only if one of them has it.
_PROBE = b"""#set document(title: "-")
#set text(font: json(bytes(sys.inputs.fonts)), fallback: false)
#sys.inputs.text"""
_NAMES = {"CJK": "Chinese, Japanese or Korean", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}


def write(letter: Letter, fonts: Sequence[str | Path] = ()) -> bytes:
    """A PDF. `fonts` are font files to use for characters that Libertinus Serif lacks, first come first.

    The same letter, fonts and typst give the same bytes. Raises CannotPrint when no font has a character of the
    letter, naming the scripts; BadData for a file that is no font.
    """
    text = content(letter)
    data = json.dumps(_data(letter), ensure_ascii=False)
    press = _press(tuple(str(font) for font in fonts))
    day = datetime.combine(letter.day, time(), UTC)
    try:
        return press.set(_source(), {"letter": data, "fonts": press.families}, int(day.timestamp()))
    except typst.TypstError as error:
        if lacking := press.lacking(text):
            raise _cannot_print(lacking) from error
        raise


class _Press:
    """A compiler kept for all letters of the process, which is half as fast again as one for each letter."""

    def __init__(self, files: tuple[str, ...]) -> None:
        """Raises BadData for a file that is no font."""
        links: list[Path] = []
        found = [FONT]
        for file in files:
            links.append(_linked(self, Path(file)))
            fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=links[-1:])
            if not fonts.families():
                raise BadData(f"'{file}' is not a font that can be read", hint="give a .ttf, .otf or .ttc file")
            found += [family for family in fonts.families() if family not in found]
        self.families = json.dumps(found, ensure_ascii=False)
        self._compiler = typst.Compiler(root=Path(__file__).parent, font_paths=links, ignore_system_fonts=True)

    def set(self, source: bytes, inputs: dict[str, str], timestamp: int) -> bytes:
        """Compiles. The source goes in each time: a compiler that is given it once forgets it after the first use."""
        pdf: Any = self._compiler.compile(
            input=source, sys_inputs=inputs, format="pdf", pdf_standards=_STANDARDS, timestamp=timestamp
        )
        return bytes(pdf)

    def lacking(self, text: str) -> str:
        """The characters of `text`, once each and in order, that no font has."""
        return "".join(character for character in dict.fromkeys(text) if not self._has(character))

    def _has(self, character: str) -> bool:
        try:
            self.set(_PROBE, {"text": character, "fonts": self.families}, 0)
        except typst.TypstError:
            return False
        return True


def _linked(owner: _Press, font: Path) -> Path:
    """A folder with a link to the font alone, for as long as its owner lives: typst takes folders, reads fonts when
    they are first used, and would also read all that lies beside and below."""
    folder = Path(tempfile.mkdtemp(prefix="optout-font-"))
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    (folder / font.name).symlink_to(font.absolute())
    return folder


@lru_cache(maxsize=2)
def _press(files: tuple[str, ...]) -> _Press:
    return _Press(files)


@lru_cache(maxsize=1)
def _source() -> bytes:
    return resources.files("optout.render").joinpath("letter.typ").read_bytes()


def _data(letter: Letter) -> dict[str, Any]:
    """What letter.typ reads: everything as JSON, lengths in millimetres."""
    language, _, region = letter.language.partition("-")
    return {
        "ref": letter.ref,
        "language": language,
        "region": region or None,
        "page": PAGES[letter.paper]._asdict(),
        "sender": [_line(line) for line in letter.sender],
        "recipient": [_line(line) for line in letter.recipient],
        "day_text": _line(letter.day_text),
        "subject": _line(letter.subject),
        "heading": _line(letter.heading),
        "salutation": _line(letter.salutation),
        "blocks": [
            [block.kind, block.number, stay, [(_line(text), bold) for text, bold in block.runs]]
            for block, stay in zip(letter.blocks, stays(letter.blocks), strict=True)
        ],
        "closing": _line(letter.closing),
        "signature": _line(letter.signature),
        "enclosures": _line(letter.enclosures),
    }


def _line(text: str) -> str:
    """Line ends are spaces, as in the other formats."""
    return text.replace("\n", " ").replace("\t", " ")


def _cannot_print(lacking: str) -> CannotPrint:
    """The scripts, and none of the characters: they may be of the name."""
    scripts = ", ".join(dict.fromkeys(map(_script, lacking)))
    return CannotPrint(
        f"the PDF cannot print every sign of this letter: no font at hand has {scripts} signs",
        "--format docx,txt writes it without a PDF, or name a font file that has them with --font FILE",
    )


def _script(character: str) -> str:
    """The script by the character's Unicode name, whose first word it is: 'Arabic', 'Devanagari'."""
    first = unicodedata.name(character, "unnamed").partition(" ")[0]
    if unicodedata.category(character) == "So":
        return "Emoji or symbol"
    return _NAMES.get(first.partition("-")[0], first.capitalize())
