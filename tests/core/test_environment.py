from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.errors import BadData
from optout.render import blocks
from optout.render.environment import OUTPUT_LIMIT, Pieces, holes

HOLES = holes(("name", "links"))
CONTEXT: dict[str, Any] = {**HOLES, "law": "The Act", "cites": ["a", "b", "c"], "yes": True, "has": {"address": True}}

HOSTILE = [
    "{{ ''.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ law.__class__ }}", "{{ law['__class__'] }}",
    "{{ law['__cl' 'ass__'] }}", "{{ cites['__class__'] }}", "{{ law|attr('__class__') }}", "{{ law|attr('upper') }}",
    "{{ name|attr('token') }}", "{{ ''.__class__.__base__.__subclasses__() }}", "{{ law.upper() }}",
    "{{ law.format(law) }}", "{{ law.format }}", "{{ law.format_map }}", "{{ '{0.__class__}'.format(law) }}",
    "{{ self }}", "{{ self.__init__ }}", "{{ self._TemplateReference__context }}", "{{ loop }}", "{{ range(9) }}",
    "{{ range }}", "{{ lipsum }}", "{{ lipsum.__globals__ }}", "{{ cycler }}", "{{ cycler('a') }}", "{{ joiner }}",
    "{{ namespace }}", "{{ dict }}", "{{ config }}", "{{ request.application }}", "{{ '%s' % law }}",
    "{{ '%s'|format(law) }}", "{{ law ~ law }}", "{{ name ~ law }}", "{{ law * 9 }}", "{{ 9 ** 9 }}", "{{ 9 * 9 }}",
    "{{ 1 + 1 }}", "{{ 1 - 1 }}", "{{ 1 / 1 }}", "{{ 1 // 1 }}", "{{ -1 }}", "{{ law[0:2] }}", "{{ {'a': 1} }}",
    "{% for a in cites recursive %}{{ loop(a) }}{% endfor %}",
    "{% for a in cites %}{% for b in cites %}{% for c in cites %}x{% endfor %}{% endfor %}{% endfor %}",
    "{% macro m() %}x{% endmacro %}", "{% import 'x' as x %}", "{% from 'x' import y %}", "{% include 'x' %}",
    "{% extends 'x' %}", "{% block b %}{% endblock %}", "{% set a = 1 %}", "{% set a %}x{% endset %}",
    "{% call law() %}{% endcall %}", "{% filter listed %}x{% endfilter %}", "{% with a = 1 %}{% endwith %}",
    "{% do law %}", "{% trans %}x{% endtrans %}", "{% debug %}",
    "{{ law|upper }}", "{{ law|replace('a', 'b') }}", "{{ law|center(999999999) }}", "{{ cites|join }}",
    "{{ cites|map(attribute='__class__') }}", "{{ law|safe }}", "{{ law|tojson }}", "{{ law|e }}",
    "{% if law is string %}x{% endif %}", "{% if law is callable %}x{% endif %}", "{% if law is mapping %}x{% endif %}",
    "{{ name|upper }}", "{{ name|listed }}", "{{ name|safe }}", "{{ name.upper() }}",
    "{% if name %}x{% endif %}", "{% if not name %}x{% endif %}", "{% for c in name %}x{% endfor %}",
    "{% if name == law %}x{% endif %}", "{% if name != law %}x{% endif %}", "{% if name < law %}x{% endif %}",
    "{% if law in name %}x{% endif %}", "{{ name[0] }}", "{{ name + law }}", "{{ 'x' if name else 'y' }}",
    "{{ name and law }}", "{{ nosuch }}", "{{ law.nosuch }}", "{{ cites[99] }}", "{{ cites }}", "{{ has }}",
    "{{ yes }}",
    "{{ none }}", "{{ law", "{% if law %}", "{% endif %}", "{{ law) }}", "{% nosuch %}",
]  # fmt: skip


def render(text: str, context: dict[str, Any] | None = None) -> str:
    pieces = Pieces("en", {"en/demand/x.j2": text}.get)
    return pieces.render(pieces.find("demand", ("x",)), CONTEXT if context is None else context)


def test_there_are_enough_hostile_templates() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 40


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_template_is_refused_with_its_line(payload: str) -> None:
    with pytest.raises(BadData) as caught:
        render(f"First line.\n\n{payload}\n")
    assert caught.value.problems
    for problem in caught.value.problems:
        assert problem.file == "en/demand/x.j2"
        nested = "nested loops" in problem.message  # a matter of the whole file
        assert problem.line == (1 if nested else 3) or (problem.line > 3 and problem.code == "template-syntax")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ law }} and {{ 7 }}", "The Act and 7"),
        ("{% for c in cites %}{{ c }}{% if not loop.last %}, {% endif %}{% endfor %}", "a, b, c"),
        ("{{ cites|listed }}", "a, b and c"),
        ("{{ '1 month'|period }} {{ '45 days'|period }}", "one month 45 days"),
        ("{% if has.address and not nosuch is defined %}yes{% endif %}", "yes"),
        ("{% raw %}{{ law }}{% endraw %}", "{{ law }}"),
    ],
)
def test_what_a_letter_needs_is_allowed(text: str, expected: str) -> None:
    assert render(text) == expected


def test_too_much_output_is_refused() -> None:
    with pytest.raises(BadData):
        render("x" * (OUTPUT_LIMIT + 1))


def test_a_template_nobody_has_names_what_was_looked_for() -> None:
    with pytest.raises(BadData) as caught:
        Pieces("en", {}.get).find("demand", ("a", "b"))
    assert "a, b" in caught.value.hint


NASTY = [
    "**x** [l](u) <b> {{7*7}} 1. # - > _a_", "1. one", "1) one", "- x", "+ x", "* x", "> x", "# x", "=== x", "---",
    "***", "`x`", "```", "~~~", "    code", "![i](u)", "<https://x.example>", "&amp; &#65;", "\\", "\\*", "[a]: /u",
    "a | b", "$x$", "{% raw %}", "#read(\"x\")", "\\input{x}", "=1+1", "__x__", "x\\", "<!-- x -->", "[2025] 1.",
]  # fmt: skip


def printed(template: str, value: str, as_hole: bool) -> list[tuple[str, str]]:
    context = CONTEXT if as_hole else {"name": value}
    shapes = blocks.parse("en/demand/x.j2", render(template, context))
    return [(b.kind, b.text()) for b in blocks.fill(shapes, HOLES, {"name": value})]


@pytest.mark.parametrize("as_hole", [True, False])
@pytest.mark.parametrize("value", NASTY)
def test_values_come_out_letter_by_letter(value: str, as_hole: bool) -> None:
    flat = " ".join(value.split())
    assert printed("{{ name }}", value, as_hole) == [("paragraph", flat)]
    assert printed("a {{ name }} b", value, as_hole) == [("paragraph", f"a {flat} b")]
    assert printed("- {{ name }}", value, as_hole) == [("bullet", flat)]
    assert printed("1. {{ name }}\n2. b", value, as_hole) == [("number", flat), ("number", "b")]
    assert printed("**{{ name }}**, b", value, as_hole) == [("paragraph", f"{flat}, b")]


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30), st.booleans())
def test_any_printable_value_comes_out_letter_by_letter(value: str, as_hole: bool) -> None:
    assert printed("a\n{{ name }} b", value, as_hole) == [("paragraph", f"a {value} b")]


def test_a_hole_alone_is_a_paragraph_for_each_line() -> None:
    assert printed("{{ name }}", "one\n\n **two** \n", True) == [("paragraph", "one"), ("paragraph", "**two**")]


def test_numbers_run_on_through_a_letter() -> None:
    shapes = blocks.parse("x", "1. a\n2. b") + blocks.parse("x", "words") + blocks.parse("x", "1. c")
    assert [b.number for b in blocks.fill(shapes, {}, {})] == [1, 2, 0, 3]


@pytest.mark.parametrize("text", ["_a_", "*a*", "a  \nb", "a\\\nb"])
def test_refused_markup_names_file_and_line(text: str) -> None:
    with pytest.raises(BadData) as caught:
        blocks.parse("en/demand/x.j2", f"First.\n\n{text}\n")
    (found,) = caught.value.problems
    assert (found.file, found.line, found.code) == ("en/demand/x.j2", 3, "template-markup")


@pytest.mark.parametrize(
    "text", ["[l](u)", "![l](u)", "<b>x</b>", "`x`", "<https://x.example>", "&amp;", "---x", "a\n==="]
)
def test_markup_that_is_off_stays_words(text: str) -> None:
    (shape,) = blocks.parse("x", text)
    assert shape.runs == ((" ".join(text.split()), False),)


def test_a_token_no_hole_owns_is_refused() -> None:
    with pytest.raises(BadData):
        blocks.fill(blocks.parse("x", "a \ue000\ue17f\ue001 b"), HOLES, {"name": "x"})
