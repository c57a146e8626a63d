"""Letter templates in a sandbox: an allow-list of syntax, no access to objects, strict names.

Contributed templates are untrusted input. The syntax is checked before anything runs, since a sandbox alone does not
stop loops that eat memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import PurePosixPath
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from optout.errors import BadData
from optout.languages import in_words, listed
from optout.problems import Problem

SIZE_LIMIT = 20_000
"""Characters of one template file."""
DEPTH_LIMIT = 40
"""How deep the syntax of a template may nest."""
OUTPUT_LIMIT = 200_000
"""Characters one piece may give."""
LOOP_LIMIT = 2
"""Nested loops a piece may have."""
HOLE_OPEN, HOLE_CLOSE = "\ue000", "\ue001"
_FIRST = 0xE100
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For, nodes.Getattr,
    nodes.Getitem, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.Test,
    nodes.CondExpr, nodes.List, nodes.Tuple,
)  # fmt: skip
_TESTS = ("defined",)
_SPECIAL = set("\\`*_{}[]()#+-.!|<>~&=\"'$^")
BLANKS = re.compile(r"[ \t\n\r\f\v]+")
"""Not the no-break spaces, which are meant."""


class _Printed:
    """What a template can print, and nothing else."""

    def __init__(self, text: str, why: str) -> None:
        # With an underscore, so that no template can reach them.
        self._text, self._why = text, why

    def __str__(self) -> str:
        return self._text

    def _refuse(self, *_: object) -> NoReturn:
        raise jinja2.TemplateRuntimeError(f"{self._why} can be printed, not tested or changed")

    __bool__ = __iter__ = __len__ = __getitem__ = __add__ = __radd__ = __eq__ = __hash__ = __lt__ = _refuse


class Hole(_Printed):
    """A value of the person, known only after the text is parsed."""

    def __init__(self, name: str, index: int) -> None:
        super().__init__(f"{HOLE_OPEN}{chr(_FIRST + index)}{HOLE_CLOSE}", f"'{name}' is filled in later: it")


class Insert(_Printed):
    """Another piece, already filled, that a piece takes in as it is."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "a piece taken in")


class Pieces:
    """The templates of one language, from the user's folder first."""

    def __init__(self, language: str, read: Callable[[str], str | None], hole_names: tuple[str, ...] = ()) -> None:
        """`read` gives the text of `<language>/<folder>/<name>.j2`, or None."""
        self.language = language
        self._holes = hole_names
        self._read = read
        self._compiled: dict[str, jinja2.Template] = {}

    def find(self, folder: str, names: tuple[str, ...]) -> str:
        """The path of the first of these names that exists. Raises BadData naming all of them."""
        for name in names:
            path = f"{self.language}/{folder}/{name}.j2"
            if path in self._compiled or self._load(path):
                return path
        raise BadData(
            f"no template for {folder}/{names[0]} in '{self.language}'", hint=f"looked for: {', '.join(names)}"
        )

    def render(self, path: str, context: Mapping[str, Any]) -> str:
        """The piece as CommonMark with hole tokens. Raises BadData with the template's line."""
        try:
            text = self._compiled[path].render(context)
        except (jinja2.TemplateError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise _bad(path, getattr(error, "lineno", None) or _line(error), str(error)) from error
        if len(text) > OUTPUT_LIMIT:
            raise _bad(path, 0, f"gives more than {OUTPUT_LIMIT} characters")
        return text

    def _load(self, path: str) -> bool:
        text = self._read(path)
        if text is None:
            return False
        made = _made(path, text, self._holes)
        if not isinstance(made, jinja2.Template):
            raise BadData(f"the template {path} cannot be used", [*made])
        self._compiled[path] = made
        return True


@lru_cache(maxsize=1024)
def _made(path: str, text: str, hole_names: tuple[str, ...]) -> jinja2.Template | tuple[Problem, ...]:
    """The template, or what is wrong with it: made once for the same words, since one command asks for many letters."""
    return check(path, text, hole_names) or _environment(_language(path)).from_string(text)


def holes(names: tuple[str, ...]) -> dict[str, Hole]:
    return {name: Hole(name, index) for index, name in enumerate(names)}


@lru_cache(maxsize=2048)
def check(path: str, text: str, hole_names: tuple[str, ...] = ()) -> tuple[Problem, ...]:
    """Every construct the allow-list refuses, with its line. Renders nothing."""
    env = _environment(_language(path))
    if len(text) > SIZE_LIMIT:
        return (Problem(path, 1, 1, "template-syntax", f"longer than {SIZE_LIMIT} characters"),)
    try:
        tree = env.parse(text)
    except jinja2.TemplateSyntaxError as error:
        return (Problem(path, error.lineno, 1, "template-syntax", error.message or "cannot be read"),)
    except RecursionError:
        return (_too_deep(path),)
    found, loops = [], 0
    # Without recursion, since a hostile tree would exhaust the stack. One look at each node, as there are very many.
    todo: list[tuple[nodes.Node, int, int]] = [(tree, 1, 0)]
    while todo:
        node, depth, around = todo.pop()
        if depth > DEPTH_LIMIT:
            return (_too_deep(path),)
        if reason := _refused(node, env, hole_names):
            found.append(Problem(path, node.lineno or 1, 1, "template-syntax", reason))
        around += isinstance(node, nodes.For)
        loops = max(loops, around)
        todo += [(child, depth + 1, around) for child in node.iter_child_nodes()][::-1]
    if loops > LOOP_LIMIT:
        found.append(Problem(path, 1, 1, "template-syntax", f"has more than {LOOP_LIMIT} nested loops"))
    return tuple(found)


def _too_deep(path: str) -> Problem:
    return Problem(path, 1, 1, "template-syntax", f"nested more than {DEPTH_LIMIT} deep")


def _refused(node: nodes.Node, env: jinja2.Environment, hole_names: tuple[str, ...]) -> str:
    if not isinstance(node, _ALLOWED):
        return f"'{type(node).__name__}' is not allowed in a letter template"
    if isinstance(node, nodes.Filter):
        if node.name not in env.filters:
            return f"there is no filter '{node.name}' here"
        if isinstance(node.node, nodes.Name) and node.node.name in hole_names:
            return f"'{node.node.name}' is filled in later, so no filter can change it"
    if isinstance(node, nodes.Test) and node.name not in _TESTS:
        return f"there is no test '{node.name}' here"
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return "names that start with an underscore are closed"
    if isinstance(node, nodes.For) and node.recursive:
        return "a loop cannot be recursive"
    return ""


def _language(path: str) -> str:
    return PurePosixPath(path).parts[0]


@cache
def _environment(language: str) -> jinja2.Environment:
    """Shared, as it cannot be changed by a template."""
    env = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False, finalize=_escape)
    env.globals.clear()
    env.filters.clear()
    env.tests = {name: env.tests[name] for name in _TESTS}
    env.filters["listed"] = lambda items: listed(items, language)
    env.filters["period"] = lambda text: in_words(text, language)
    return env


def _escape(value: Any) -> Any:
    """Printed values cannot become markup; the template's own words can."""
    if isinstance(value, _Printed):
        return str(value)
    if isinstance(value, str):
        return "".join(f"\\{c}" if c in _SPECIAL else c for c in BLANKS.sub(" ", value).strip(" "))
    if isinstance(value, jinja2.Undefined):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise jinja2.TemplateRuntimeError("only text, numbers and holes can be printed")


def _bad(path: str, line: int, message: str) -> BadData:
    problem = Problem(path, line, 1 if line else 0, "template-fails", message)
    return BadData(f"the template {path} cannot be filled", [problem])


def _line(error: BaseException) -> int:
    """The template's own line: jinja rewrites the traceback so that its innermost frames are the template's."""
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename in ("<template>", "<unknown>"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
