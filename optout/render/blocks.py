"""Filled templates to letter blocks: CommonMark's paragraph, list, quotation and bold, nothing else.

A person's values go in after parsing, so they can never become markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from markdown_it import MarkdownIt

from optout.errors import BadData
from optout.letter import Block, Run
from optout.problems import Problem
from optout.render.environment import BLANKS, HOLE_CLOSE, HOLE_OPEN, Hole

if TYPE_CHECKING:
    from markdown_it.token import Token

_OFF = ("html_block", "html_inline", "link", "image", "autolink", "backticks", "fence", "code", "lheading", "hr",
        "reference", "entity")  # fmt: skip
_HOLE = re.compile(f"{HOLE_OPEN}(.){HOLE_CLOSE}", re.DOTALL)
_INLINE = {"strong_open": True, "strong_close": False}


class Shape(NamedTuple):
    """A block before the person is known: text with hole tokens."""

    kind: str
    runs: tuple[Run, ...]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").disable(list(_OFF))


def parse(path: str, text: str) -> list[Shape]:
    """The blocks of one piece. Raises BadData for markup a letter cannot carry."""
    shapes: list[Shape] = []
    lists: list[str] = []
    for token in _parser().parse(text):
        if token.type in ("ordered_list_open", "bullet_list_open", "blockquote_open", "heading_open"):
            lists.append(token.type.removesuffix("_open"))
        elif token.type in ("ordered_list_close", "bullet_list_close", "blockquote_close", "heading_close"):
            lists.pop()
        elif token.type == "inline":
            shapes.append(Shape(_kind(lists), _runs(path, token)))
        elif token.type not in ("paragraph_open", "paragraph_close", "list_item_open", "list_item_close"):
            raise _bad(path, token, token.type)
    return shapes


def _kind(lists: list[str]) -> str:
    kinds = {"ordered_list": "number", "bullet_list": "bullet", "blockquote": "quote", "heading": "heading"}
    return kinds[lists[-1]] if lists else "paragraph"


def _runs(path: str, token: Token) -> tuple[Run, ...]:
    runs: list[Run] = []
    bold = False
    for child in token.children or ():
        if child.type in _INLINE:
            bold = _INLINE[child.type]
        elif child.type in ("text", "text_special"):
            runs.append((child.content, bold))
        elif child.type == "softbreak":
            runs.append((" ", bold))
        else:
            raise _bad(path, token, child.type)
    return _joined(runs)


def _joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    out: list[Run] = []
    for text, bold in runs:
        if out and out[-1][1] == bold:
            out[-1] = (out[-1][0] + text, bold)
        elif text:
            out.append((text, bold))
    return tuple(out)


def fill(shapes: Iterable[Shape], holes: Mapping[str, Hole], values: Mapping[str, str]) -> tuple[Block, ...]:
    """The blocks with the person's values in. Raises as `Cast` does."""
    return Cast(shapes, {name: hole for name, hole in holes.items() if name in values}, {}).fill(values)


class Cast:
    """Blocks to be filled for one person after another; what holds nothing of a person is made once.

    A hole alone in a paragraph becomes one paragraph per line of its value.
    """

    def __init__(self, shapes: Iterable[Shape], holes: Mapping[str, Hole], known: Mapping[str, str]) -> None:
        """`known` are the values of holes that are the same for everybody.

        Raises BadData for a token no hole owns: a template has built a new string from one.
        """
        self._names = {str(hole): name for name, hole in holes.items()}
        given = {str(holes[name]): _inline(value) for name, value in known.items()}
        self._parts: list[Block | Shape | str] = []
        """A finished block, one with holes (its number after its kind), or the name of a hole that stands alone."""
        self._numbers: dict[int, int] = {}
        number = 0
        for shape in [_given(shape, given) for shape in shapes]:
            if shape.kind == "paragraph" and len(shape.runs) == 1 and shape.runs[0][0] in self._names:
                self._parts.append(self._names[shape.runs[0][0]])
                continue
            number += shape.kind == "number"
            at = number if shape.kind == "number" else 0
            if any([self._holds(text) for text, _ in shape.runs]):
                self._numbers[len(self._parts)] = at
                self._parts.append(shape)
            else:
                self._parts.append(Block(kind=_block_kind(shape.kind), runs=_joined(shape.runs), number=at))
        finished = tuple(part for part in self._parts if isinstance(part, Block))
        self._same = finished if len(finished) == len(self._parts) else None
        """What is the same for everybody."""
        self._line = _text(finished)

    def line(self, values: Mapping[str, str]) -> str:
        """The words of the blocks in one line."""
        return self._line if self._same is not None else _text(self.fill(values))

    def fill(self, values: Mapping[str, str]) -> tuple[Block, ...]:
        """`values` by the names of the holes."""
        if self._same is not None:
            return self._same
        made: list[Block] = []
        for index, part in enumerate(self._parts):
            if isinstance(part, Block):
                made.append(part)
            elif isinstance(part, str):
                lines = [line.strip() for line in values[part].splitlines() if line.strip()]
                made += [Block(kind="paragraph", runs=((line, False),)) for line in lines]
            else:
                runs = _joined((self._filled(text, values), bold) for text, bold in part.runs)
                made.append(Block(kind=_block_kind(part.kind), runs=runs, number=self._numbers[index]))
        return tuple(made)

    def _holds(self, text: str) -> bool:
        """Whether something is to be filled in here."""
        found = _HOLE.findall(text)
        if any(f"{HOLE_OPEN}{sign}{HOLE_CLOSE}" not in self._names for sign in found):
            raise BadData("a template changed a value that is filled in later")
        if any(HOLE_OPEN <= char <= "\uf8ff" for char in _HOLE.sub("", text)):
            raise BadData("a template took a value apart that is filled in later")
        return bool(found)

    def _filled(self, text: str, values: Mapping[str, str]) -> str:
        return _HOLE.sub(lambda match: _inline(values[self._names[match[0]]]), text)


def _inline(value: str) -> str:
    """A value within a sentence, on one line."""
    return BLANKS.sub(" ", value).strip(" ")


def _given(shape: Shape, values: Mapping[str, str]) -> Shape:
    """The block with these values in, by their tokens."""
    return Shape(
        shape.kind, tuple((_HOLE.sub(lambda m: values.get(m[0], m[0]), text), bold) for text, bold in shape.runs)
    )


def _text(made: Iterable[Block]) -> str:
    return " ".join([block.text() for block in made])


def _block_kind(kind: str) -> Any:
    return kind


def _bad(path: str, token: Token, kind: str) -> BadData:
    line = token.map[0] + 1 if token.map else 0
    message = f"a letter cannot carry '{kind.removesuffix('_open')}'"
    return BadData(f"the template {path} cannot be used", [Problem(path, line, 1, "template-markup", message)])
