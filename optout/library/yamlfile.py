"""Strict YAML in one pass: plain values, and where each stands.

Only true, false and null resolve; numbers and days stay the text that was written. No tags, anchors, aliases, second
documents or doubled keys; depth and size are limited, so that no file can take the process down.
"""

from __future__ import annotations

from typing import Any

import yaml

from optout.errors import BadData
from optout.problems import Problem

SIZE_LIMIT = 256 * 1024
DEPTH_LIMIT = 40
Path = tuple[str | int, ...]
Positions = dict[Path, tuple[int, int]]
"""Line and column, counted from 1, of every value by its path."""
_LOADER = getattr(yaml, "CLoader", yaml.Loader)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


def read(name: str, data: bytes) -> tuple[Any, Positions]:
    """Raises BadData with the place of what is wrong. `name` is the file as problems name it."""
    if len(data) > SIZE_LIMIT:
        raise _bad(name, 0, 0, "too-large", f"larger than {SIZE_LIMIT // 1024} KiB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _bad(name, line, 0, "not-utf-8", "not UTF-8") from error
    try:
        return _Reader(name).run(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise _bad(name, line, column, "yaml", error.problem or "not YAML") from error
    except yaml.YAMLError as error:
        raise _bad(name, 0, 0, "yaml", "has a character YAML does not allow") from error


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.positions: Positions = {}
        self.stack: list[tuple[Any, Path, Any]] = []
        """Open containers: the container, its path, and the key waiting for a value (or the marker _NONE)."""
        self.result: Any = _NONE

    def run(self, text: str) -> tuple[Any, Positions]:
        documents = 0
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.bad(event, "second-document", "holds a second document")
            elif isinstance(event, yaml.AliasEvent):
                raise self.bad(event, "alias", "aliases are not allowed")
            elif isinstance(event, yaml.NodeEvent):
                self.node(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self.stack.pop()
        if self.result is _NONE:
            raise _bad(self.name, 1, 1, "empty", "holds nothing")
        return self.result, self.positions

    def node(self, event: Any) -> None:
        if event.anchor:
            raise self.bad(event, "anchor", "anchors are not allowed")
        if event.tag is not None:
            raise self.bad(event, "tag", "tags are not allowed")
        if isinstance(event, yaml.ScalarEvent):
            if self.stack and isinstance(self.stack[-1][0], dict) and self.stack[-1][2] is _NONE:
                self.key(event)
            else:
                self.place(event, self.scalar(event))
            return
        if len(self.stack) >= DEPTH_LIMIT:
            raise self.bad(event, "too-deep", f"nested more than {DEPTH_LIMIT} deep")
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append((container, self.place(event, container), _NONE))

    def key(self, event: Any) -> None:
        container, path, _ = self.stack[-1]
        if event.value in container:
            raise self.bad(event, "doubled-key", f"the key '{event.value[:40]}' stands twice")
        self.stack[-1] = (container, path, event.value)

    def place(self, event: Any, value: Any) -> Path:
        """Puts the value where it belongs; gives its path."""
        at = (event.start_mark.line + 1, event.start_mark.column + 1)
        if not self.stack:
            self.result, path = value, ()
        else:
            container, parent, key = self.stack[-1]
            if isinstance(container, list):
                path = (*parent, len(container))
                container.append(value)
            elif key is _NONE:
                raise self.bad(event, "key", "a key must be text")
            else:
                path = (*parent, key)
                container[key] = value
                self.stack[-1] = (container, parent, _NONE)
        self.positions[path] = at
        return path

    def scalar(self, event: Any) -> Any:
        if not event.style:  # plain: None from the pure parser, "" from libyaml
            if event.value == "":
                raise self.bad(event, "empty", "a value is missing; write null for unknown")
            return _WORDS.get(event.value, event.value)
        return event.value

    def bad(self, event: Any, code: str, message: str) -> BadData:
        return _bad(self.name, event.start_mark.line + 1, event.start_mark.column + 1, code, message)


_NONE: Any = type("Nothing", (), {"__repr__": lambda self: "nothing"})()


def _bad(name: str, line: int, column: int, code: str, message: str) -> BadData:
    return BadData(f"{name} cannot be read", [Problem(name, line, column, code, message)])
