"""The letter as data. Every format writes this value and nothing else, so all of them say the same words."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

Run = tuple[str, bool]
"""Text, and whether it is bold."""
Paper = Literal["a4", "letter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, a heading, a bullet, or an item of the letter's one numbered list (`number` from 1)."""

    kind: Literal["paragraph", "heading", "number", "bullet", "quote"]
    runs: tuple[Run, ...]
    number: int = 0

    def text(self) -> str:
        return "".join(text for text, _ in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A finished letter. The order of the fields is the order on the page."""

    ref: str
    day: date
    day_text: str
    """The day as the letter prints it, in its language."""
    language: str
    paper: Paper
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    subject: str
    salutation: str
    blocks: tuple[Block, ...]
    closing: str
    signature: str
    enclosures: str
    """One line that names the enclosures, or says that there are none."""
    about: str = ""
    """What stands before the subject on the page, as `Objet : ` does; a title goes without it."""

    @property
    def heading(self) -> str:
        """The subject line as it stands on the page."""
        return self.about + self.subject

    recipient_email: str = ""
    """Where it goes as an e-mail; empty: no address is known. It stands in no words of the letter."""


WIDTH = 72


def plain(letter: Letter) -> str:
    """The letter as text of at most 72 columns: what golden tests compare and what the txt format writes."""
    parts = ["\n".join(letter.sender), "\n".join(letter.recipient), letter.day_text]
    parts += [_wrap(letter.heading), letter.salutation]
    parts += [_block(block) for block in letter.blocks]
    parts += [_wrap(letter.closing), letter.signature, _wrap(letter.enclosures)]
    return "\n\n".join(parts) + "\n"


def words(letter: Letter) -> list[str]:
    """Every word in reading order without list numbers; the same for every format."""
    texts = [*letter.sender, *letter.recipient, letter.day_text, letter.heading, letter.salutation]
    texts += [block.text() for block in letter.blocks]
    texts += [letter.closing, letter.signature, letter.enclosures]
    return " ".join(texts).split()


@lru_cache(maxsize=4096)
def _block(block: Block) -> str:
    mark = {"number": f"{block.number}. ", "bullet": "- ", "quote": "> "}.get(block.kind, "")
    return _wrap(block.text(), mark)


@lru_cache(maxsize=1024)
def _wrap(text: str, mark: str = "") -> str:
    return "\n".join(
        textwrap.wrap(
            text,
            WIDTH,
            initial_indent=mark,
            subsequent_indent=mark if mark == "> " else " " * len(mark),
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
