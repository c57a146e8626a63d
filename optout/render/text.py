"""The letter as plain text, and the characters that no format can hold."""

from __future__ import annotations

import re

from optout.errors import CannotPrint
from optout.letter import Letter, plain

# What XML 1.0 forbids, so that Word would call the file damaged.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(letter: Letter) -> bytes:
    """UTF-8 with LF line ends, at most 72 columns. Raises CannotPrint."""
    content(letter)
    return plain(letter).encode()


def content(letter: Letter) -> str:
    """All that the letter says, as it was given. Raises CannotPrint for a control character, half a surrogate pair or
    a non-character, so that every format refuses the same letters."""
    texts = [letter.ref, *letter.sender, *letter.recipient, letter.day_text, letter.heading, letter.salutation]
    texts += [block.text() for block in letter.blocks]
    texts += [letter.closing, letter.signature, letter.enclosures]
    return printable(" ".join(texts))


def printable(text: str) -> str:
    """The text, or CannotPrint for a character that no file format can hold."""
    if found := _FORBIDDEN.search(text):
        code = f"U+{ord(found.group()):04X}"
        raise CannotPrint(f"the letter holds {code}, which no file format can hold", "remove it where it was typed in")
    return text
