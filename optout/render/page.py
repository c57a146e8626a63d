"""Where things stand on the page and what stays together there: the same for docx and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from optout.letter import Block, Paper


class Box(NamedTuple):
    """A place on the first page in millimetres from its left and top edges. Text grows down, never sideways."""

    x: float
    y: float
    width: float
    height: float


class Page(NamedTuple):
    """Millimetres. `footer` is the distance of the footer's last line from the lower edge."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    footer: float
    sender: Box
    recipient: Box


# The sender's box ends where the recipient's begins, or LibreOffice puts the date between them.
PAGES: dict[Paper, Page] = {
    # DIN 5008 form B: address field 45 to 90 mm from the top, text 25 mm from the left. From 50 mm on, six lines also
    # show in the lower window of a British DL envelope, which ends at 81 mm when the letter rests on its fold.
    "a4": Page(
        width=210,
        height=297,
        left=25,
        right=20,
        top=20,
        bottom=20,
        footer=10,
        sender=Box(110, 20, 80, 30),
        recipient=Box(25, 50, 80, 40),
    ),
    # #10 envelope: window 4.5 x 1.125 in, 0.875 in from the left and 0.5 in from the bottom. A letter that rests on
    # its fold shows 2.04 to 3.17 in from its top, in every sideways position 0.875 to 4.375 in from its left.
    "letter": Page(
        width=215.9,
        height=279.4,
        left=25.4,
        right=25.4,
        top=19.05,
        bottom=15.24,
        footer=7.62,
        sender=Box(110.5, 19.05, 80, 38.1),
        recipient=Box(25.4, 57.15, 80, 29),
    ),
}


def stays(blocks: Sequence[Block]) -> list[bool]:
    """For each block, whether the page may not break after it: before a list it leads to and before the closing,
    so that neither a lonely list nor a lonely signature begins a page. Headings stay by their own style."""
    nexts = [block.kind for block in blocks[1:]] + ["closing"]
    return [
        block.kind == "paragraph" and after in ("number", "bullet", "closing")
        for block, after in zip(blocks, nexts, strict=True)
    ]
