"""The person a letter speaks for, and the one gate through which foreign text enters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

NAME_LIMIT = 300
TEXT_LIMIT = 5000


Acts = Literal["person", "organisation", "attorney", "parent"]
"""As what an agent acts: somebody whom the person chose, a body, with a power of attorney, as a parent of a child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Who writes for the subject, with the address under which the letter is sent."""

    name: str
    email: str
    acts: Acts
    address: tuple[str, ...] = ()
    """Lines to print; empty: none."""

    def __repr__(self) -> str:
        return "Agent(...)"  # as below


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The data subject. Nothing here is guessed; an empty field is left out of the letter."""

    name: str
    email: str
    residence: str
    """A place id, e.g. `us-il`."""
    address: tuple[str, ...] = ()
    """Address lines to print; empty: none is printed."""
    situation: str = ""
    """The grounds of their own situation (GDPR Art. 21(1)), in their words."""
    language: str = ""
    """The language of the letters; empty: the firm's."""
    agent: Agent | None = None
    """Who writes for them."""

    def __repr__(self) -> str:
        return "Subject(...)"  # a traceback or a log line must not name the person


def clean_text(text: str, what: str, limit: int = NAME_LIMIT, lines: bool = False) -> str:
    """The text in NFC without surrounding blanks, or ValueError with a sentence that does not quote it.

    Refused: control characters (line feeds are kept where `lines`), lone surrogates, non-characters, private-use
    characters (the template engine marks its holes with them), line separators, byte order marks, which other
    programs drop, and bidirectional overrides, which could make a letter read other than it is stored; in a single line
    also signs without any width, which could make one name pass for another. Joiners are letters' business: kept.
    """
    text = unicodedata.normalize("NFC", text).strip(" \t\n\r")
    if len(text) > limit:
        raise ValueError(f"{what} is longer than {limit} characters")
    if text.isprintable():  # then it has nothing of all this, which a test shows of every character
        return text
    for index, char in enumerate(text):
        if char == "\n" and lines:
            continue
        if reason := _refused(char) or ("" if lines else _invisible(char)):
            raise ValueError(f"{what} has {reason} (U+{ord(char):04X}) at character {index + 1}")
    return text


def _invisible(char: str) -> str:
    return "an invisible character" if char in "\u00ad\u180e\u200b" or "\u2060" <= char <= "\u2064" else ""


def _refused(char: str) -> str:
    code = ord(char)
    if "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069":
        return "a bidirectional override"
    if char == "\ufeff":
        return "a byte order mark"
    category = unicodedata.category(char)
    if category == "Cc":
        return "a control character"
    if category == "Cs":
        return "a lone surrogate"
    if category == "Co":
        return "a private-use character"
    if category in ("Zl", "Zp"):
        return "a line separator"
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return "a non-character"
    return ""
