"""A letter with every kind of block, and names that have broken letter writers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from optout.letter import Block, Letter, Paper

LATIN = [
    "Łukasz Żółciński",
    "Δημήτρης Παπαδόπουλος",
    "Siobhán O’Brien",
    "{{7*7}}",
    '#read("/etc/passwd")',
    "<b>x</b>",
    "**x** [l](u)",
    "\\input{x}",
    "=1+1",
    "$y$ @preview",
    "]]> & &amp; \"'",
    "office affluent",
]
"""Names that every format prints as they are."""
OTHER = {"王小明": "Chinese", "محمد العربي": "Arabic", "Ada 🦊": "Emoji", "अमिता": "Devanagari"}
"""Names that a PDF needs a font for, and a word of what the refusal calls their script."""


def block(kind: Any, *texts: str, number: int = 0) -> Block:
    """Every second text is bold."""
    return Block(kind=kind, runs=tuple((text, bool(at % 2)) for at, text in enumerate(texts)), number=number)


def letter(name: str = "Ada Example", paper: Paper = "a4", **changes: Any) -> Letter:
    """One page."""
    made = Letter(
        ref="OPT-2026-0007",
        day=date(2026, 11, 22),
        day_text="22 November 2026",
        language="en",
        paper=paper,
        sender=(name, "ada@example.org", "Chicago, Illinois"),
        recipient=("Example Faces, Inc.", "Privacy requests", "1 Example Street", "Springfield"),
        subject="Request under an example act, reference OPT-2026-0007",
        salutation="Dear Sir or Madam,",
        blocks=(
            block("paragraph", "I, ", name, ", ask you the following under section 15."),
            block("heading", "What I ask"),
            block("paragraph", "Please tell me:"),
            block("number", "whether you hold a photograph of me;", number=1),
            block("number", "where it ", "comes", " from.", number=2),
            block("heading", "Who I am"),
            block("bullet", "a photograph"),
            block("bullet", "my place of residence"),
            block("quote", "A private entity must develop a written policy."),
            block("number", "who received it.", number=3),
            block("paragraph", "Please reply by 22 December 2026."),
        ),
        closing="Yours faithfully,",
        signature=name,
        enclosures="Enclosures: none",
    )
    return replace(made, **changes)


def long_letter(paper: Paper = "a4") -> Letter:
    """Two pages."""
    more = [block("paragraph", "This sentence fills a line of the letter, and then a part of the next line. " * 4)] * 9
    return letter(paper=paper, blocks=(*letter().blocks, *more))
