"""Strict YAML in one pass: plain values, and where each stands.

Only true, false and null resolve; numbers and days stay the text that was written. No tags, anchors, aliases, second
documents or doubled keys; depth and size are limited, so that no file can take the process down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from optout.errors import BadData
from optout.library.roots import SIZE_LIMIT
from optout.problems import Problem

DEPTH_LIMIT = 40
MOST_PROBLEMS = 20
"""A file with more is not worth reading on; one of 256 KiB could hold a hundred thousand."""
Path = tuple[str | int, ...]
_LOADER = getattr(yaml, "CLoader", yaml.Loader)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSEEN = "\x85\u2028\u2029\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Line ends that no editor counts, and marks that let a line read otherwise than it is."""


_SENTENCES = (
    ("unexpected end of stream", "a quote is opened and not closed"),
    (r"expected ',' or '([]}])'", "a comma or {} is missing: what a bracket opened is not closed"),
    ("expected ':'", "a colon is missing after a key"),
    ("mapping values are not allowed", "a colon is too many here; put a text that holds one in quotes"),
    ("sequence entries are not allowed", "a dash does not belong here"),
    ("expected key|expected <block end>|'-' indicator", "this fits no line above; look at its indent and at quotes"),
    ("cannot start any token", "a value cannot begin so; put a text in quotes, and indent with blanks, not tabs"),
    ("node content", "a comma or bracket stands where a value belongs"),
    ("escape|hexdecimal", "in double quotes this means nothing after a backslash; write two for one"),
)
"""What libyaml and its twin in Python say, and what we say: their words may repeat what stands there, and that can be
personal."""


class Positions(dict[Path, tuple[int, int]]):
    """Line and column, counted from 1, of every value by its path; `of_keys` has the same for every key."""

    def __init__(self) -> None:
        super().__init__()
        self.of_keys: dict[Path, tuple[int, int]] = {}


def position(positions: Mapping[Path, tuple[int, int]], path: Path) -> tuple[int, int]:
    """Line and column of what stands at the path, or of the nearest around it that stands in the file."""
    while path and path not in positions:
        path = path[:-1]
    return positions.get(path, (1, 1))


def read(name: str, data: bytes) -> tuple[Any, Positions]:
    """Raises BadData with the places of what is wrong. `name` is the file as problems name it."""
    if len(data) > SIZE_LIMIT:
        raise _bad(name, [Problem(name, 0, 0, "too-large", f"larger than {SIZE_LIMIT // 1024} KiB")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = _place_after(data[: error.start].decode("utf-8"))
        raise _bad(name, [Problem(name, *at, "not-utf-8", "not UTF-8; save the file as UTF-8")]) from None
    unseen = [Problem(name, *at, "unseen-character", message) for at, message in _unseen(text)]
    if unseen:
        raise _bad(name, unseen)
    reader = _Reader(name)
    try:
        reader.run(text)
    except _Stop:
        pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        if "nesting depth" in (error.problem or ""):  # newer libyaml has a limit of its own, and reads ahead of ours
            reader.problems.append(Problem(name, *at, "too-deep", f"nested more than {DEPTH_LIMIT} deep"))
        else:
            reader.problems.append(Problem(name, *at, "yaml", _said(error.problem or "")))
    except yaml.YAMLError:
        found = _UNPRINTABLE.search(text)
        at = _place_after(text[: found.start()]) if found else (0, 0)
        reader.problems.append(Problem(name, *at, "yaml", "a control character; YAML allows none but tab and line end"))
    if not reader.problems and reader.result is _NONE:
        reader.problems.append(Problem(name, 1, 1, "empty", "holds nothing"))
    if reader.problems:
        raise _bad(name, reader.problems)
    return reader.result, reader.positions


class _Stop(Exception):
    """Reading on makes no sense; the reason is among the problems."""


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.positions = Positions()
        self.problems: list[Problem] = []
        self.stack: list[tuple[Any, Path, Any]] = []
        """Open containers: the container, its path, and the key waiting for a value (or the marker _NONE)."""
        self.result: Any = _NONE

    def run(self, text: str) -> None:
        loader = _LOADER(text)
        try:
            # The most frequent events first, and without the generator of yaml.parse: a tenth of the whole time.
            while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
                if isinstance(event, _OPENING):
                    self.node(event)
                elif isinstance(event, yaml.CollectionEndEvent):
                    self.stack.pop()
                elif isinstance(event, yaml.AliasEvent):
                    self.note(event, "alias", "aliases (*) are not allowed; write the value again")
                    self.place(event, None)
                elif isinstance(event, yaml.DocumentStartEvent) and self.result is not _NONE:
                    raise self.stop(event, "second-document", "a second document begins; one file holds one")
        finally:
            loader.dispose()

    def node(self, event: Any) -> None:
        if event.anchor:
            self.note(event, "anchor", "anchors (&) are not allowed")
        if event.tag is not None:
            self.note(event, "tag", "tags (!) are not allowed")
        if isinstance(event, yaml.ScalarEvent):
            if self.stack and self.stack[-1][2] is _NONE and isinstance(self.stack[-1][0], dict):
                self.key(event)
            else:
                self.place(event, self.scalar(event))
            return
        if len(self.stack) >= DEPTH_LIMIT:
            raise self.stop(event, "too-deep", f"nested more than {DEPTH_LIMIT} deep")
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append((container, self.place(event, container), _NONE))

    def key(self, event: Any) -> None:
        container, path, _ = self.stack[-1]
        if not event.style and (event.value in _WORDS or event.value in ("", "~")):
            self.note(event, "key", "a key must be text; put it in quotes")
        elif event.value in container:
            self.note(event, "doubled-key", "this key stands twice")
        self.scalar(event, key=True)
        self.stack[-1] = (container, path, event.value)
        self.positions.of_keys[*path, event.value] = _start(event)

    def place(self, event: Any, value: Any) -> Path:
        """Puts the value where it belongs; gives its path."""
        path: Path = ()
        if not self.stack:
            self.result = value
        else:
            container, parent, key = self.stack[-1]
            if isinstance(container, list):
                path = (*parent, len(container))
                container.append(value)
            elif key is _NONE:
                raise self.stop(event, "key", "a key must be text")
            else:
                path = (*parent, key)
                container[key] = value
                self.stack[-1] = (container, parent, _NONE)
        self.positions[path] = _start(event)
        return path

    def scalar(self, event: Any, key: bool = False) -> Any:
        if not event.style:  # plain: None from the pure parser, "" from libyaml
            if event.value in ("", "~") and not key and not event.tag:
                self.note(event, "empty", "a value is missing; write null for unknown")
            return _WORDS.get(event.value, event.value)
        # libyaml refuses this itself; its Python twin lets it through, and no file could be written from it.
        if event.style == '"' and _SURROGATE.search(event.value):
            raise self.stop(event, "yaml", "half a character is escaped here")
        return event.value

    def note(self, event: Any, code: str, message: str) -> None:
        """Keeps the problem and reads on, so that all are shown at once."""
        self.problems.append(Problem(self.name, *_start(event), code, message))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Stop

    def stop(self, event: Any, code: str, message: str) -> _Stop:
        self.problems.append(Problem(self.name, *_start(event), code, message))
        return _Stop()


_OPENING = (yaml.ScalarEvent, yaml.CollectionStartEvent)
_NONE: Any = type("Nothing", (), {"__repr__": lambda self: "nothing"})()


def _said(problem: str) -> str:
    for pattern, sentence in _SENTENCES:
        if found := re.search(pattern, problem):
            return sentence.format(*found.groups())
    return "this cannot be read as YAML; look at indents, quotes, colons and brackets, here and on the line above"


def _start(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _unseen(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Where each of them stands first. At the very beginning one of them is how some editors mark UTF-8."""
    for sign in _UNSEEN:
        found = text.find(sign, 1 if sign == "\ufeff" else 0)
        if found >= 0:
            yield _place_after(text[:found]), f"the invisible character U+{ord(sign):04X} is not allowed"


def _place_after(text: str) -> tuple[int, int]:
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _bad(name: str, problems: list[Problem]) -> BadData:
    return BadData(f"{name} cannot be read", problems)
