"""What holds for every format."""

from __future__ import annotations

import subprocess
import sys

import pytest

from optout.errors import CannotPrint, NotFound
from optout.letter import plain
from optout.render import FORMATS, load, text
from optout.render.page import PAGES, stays
from tests.render.sample_letter import LATIN, OTHER, letter

HEAVY = ("docx", "lxml", "typst")


def test_text_is_the_plain_letter() -> None:
    for name in [*LATIN, *OTHER]:
        assert text.write(letter(name)) == plain(letter(name)).encode()


def test_unknown_format_is_named() -> None:
    with pytest.raises(NotFound) as caught:
        load("doc")
    assert "docx" in caught.value.hint


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("character", ["\0", "\x0b", "\x1b", "\ufffe", "\ud800"])
def test_characters_no_file_can_hold_are_refused(name: str, character: str) -> None:
    with pytest.raises(CannotPrint, match=f"U\\+{ord(character):04X}"):
        load(name).write(letter("Ada" + character))


def test_importing_the_package_imports_no_library() -> None:
    code = f"import sys, optout.render; print([name for name in {HEAVY!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_sender_never_meets_the_recipient(page) -> None:  # type: ignore[no-untyped-def]
    assert page.recipient.x + page.recipient.width < page.sender.x
    assert page.sender.x + page.sender.width == pytest.approx(page.width - page.right)


def test_lists_and_the_closing_are_not_left_alone() -> None:
    assert [block.text()[:6] for block, stay in zip(letter().blocks, stays(letter().blocks), strict=True) if stay] == [
        "Please",
        "Please",
    ]
