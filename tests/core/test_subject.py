from __future__ import annotations

import sys
import traceback
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.subject import NAME_LIMIT, Subject, _refused, clean_text

KEPT = [
    "Zoë Müller-Ōtani",
    "שרה כהן",
    "محمد بن علي",
    "Anna محمد 7",
    "क्‍ष",  # with a zero-width joiner
    "می‌خواهم",  # with a zero-width non-joiner
    "a" + "\u0301" * 100,
    "👩‍👩‍👧‍👦",
    "😀😀",
    "=1+1",
    "+33 1 23",
    "-dash",
    "@SUM(A1)",
    "{{7*7}}",
    '#read("/etc/passwd")',
    "<b>bold</b>",
    "\\input{x}",
    "**x** [l](u) 1. # > _a_",
    "李小龍",
    "O’Brien",
    "a" * NAME_LIMIT,
]


@pytest.mark.parametrize("text", KEPT)
def test_good_names_stay_letter_by_letter(text: str) -> None:
    assert clean_text(text, "the name") == unicodedata.normalize("NFC", text)


REFUSED = {
    "a\x00b": "control", "a\x1b[31mb": "control", "a\x7fb": "control", "a\x9bb": "control", "a\rb": "control",
    "a\nb": "control", "a\x85b": "control", "a\u202eb": "bidirectional", "a\u202ab": "bidirectional",
    "a\u2066b": "bidirectional", "a\ufeffb": "byte order mark", "a\u2069b": "bidirectional", "a\ud800b": "surrogate",
    "a\ue000b": "private-use", "a\uf8ffb": "private-use", "a\U000f0000b": "private-use", "a\U0010fffdb": "private-use",
    "a\ufffeb": "non-character", "a\uffffb": "non-character", "a\ufdd0b": "non-character",
    "a\U0001fffeb": "non-character",
    "a\u2028b": "line separator", "a\u2029b": "line separator",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_what_breaks_or_hides_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"the name has .*{REFUSED[text]}") as caught:
        clean_text(text, "the name")
    assert f"U+{ord(text[1]):04X}" in str(caught.value)
    assert "character 2" in str(caught.value)


@pytest.mark.parametrize("length", [NAME_LIMIT + 1, 10_000])
def test_a_name_over_the_limit_is_refused_without_quoting_it(length: int) -> None:
    with pytest.raises(ValueError, match="longer than 300 characters") as caught:
        clean_text("x" * length, "the name")
    assert "xxx" not in str(caught.value)


def test_the_refusal_does_not_quote_the_text() -> None:
    with pytest.raises(ValueError) as caught:
        clean_text("Zebedee\x00", "the name")
    assert "Zebedee" not in str(caught.value)


def test_lines_are_kept_only_where_there_may_be_lines() -> None:
    assert clean_text("one\ntwo", "the text", lines=True) == "one\ntwo"
    with pytest.raises(ValueError, match="control character"):
        clean_text("one\rtwo", "the text", lines=True)


def test_text_is_composed_and_stripped() -> None:
    assert clean_text("  Zoe\u0308 ", "the name") == "Zo\u00eb"


def test_what_is_printable_is_never_refused() -> None:
    """The short way through the gate."""
    assert not [code for code in range(sys.maxunicode + 1) if chr(code).isprintable() and _refused(chr(code))]


@given(st.text(max_size=40))
def test_clean_text_is_clean_or_refused(text: str) -> None:
    try:
        found = clean_text(text, "the name")
    except ValueError as error:
        assert str(error).startswith("the name ")
        return
    assert clean_text(found, "the name") == found
    found.encode("utf-8")
    assert not {unicodedata.category(char) for char in found} & {"Cc", "Cs", "Co", "Zl", "Zp"}


def test_a_person_is_not_named_by_repr_format_or_traceback() -> None:
    person = Subject(name="Zebedee", email="zeb@example.org", residence="fr", address=("7 Rue",), situation="hidden")
    shown = [repr(person), str(person), f"{person}", f"{[person]}", f"{({'a': person},)!r}"]
    try:
        raise ValueError(person)
    except ValueError:
        shown.append(traceback.format_exc())
    for text in shown:
        assert "Subject(...)" in text
    personal = ("zeb@", "7 Rue", "hidden")
    assert not any(word in text for text in shown[:5] for word in (*personal, "Zebedee"))
    assert "ValueError: Subject(...)" in shown[-1]
