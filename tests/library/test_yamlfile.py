from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from optout.errors import BadData
from optout.library import yamlfile
from optout.library.yamlfile import DEPTH_LIMIT, SIZE_LIMIT, read
from optout.problems import Problem

BROKEN: dict[str, tuple[bytes, int, int, str]] = {
    "an anchor on text": (b"a: &x 1\n", 1, 4, "anchor"),
    "an anchor on a mapping": (b"a: 1\nb: &x {c: 1}\n", 2, 4, "anchor"),
    "an alias": (b"a: 1\nb: *x\n", 2, 4, "alias"),
    "a bomb of anchors": (b"a: &a [x, x]\nb: &b [*a, *a]\n", 1, 4, "anchor"),
    "a merge key with an alias": (b"a: 1\nb:\n  <<: *a\n", 3, 7, "alias"),
    "a python tag": (b"a: !!python/object/apply:os.system [id]\n", 1, 4, "tag"),
    "a tag of our own": (b"a: 1\nb: !x 2\n", 2, 4, "tag"),
    "a plain tag": (b"a: !!str 1\n", 1, 4, "tag"),
    "an empty tag": (b"a: ! 1\n", 1, 4, "tag"),
    "a tag on a key": (b"!!str a: 1\n", 1, 1, "tag"),
    "a second document": (b"a: 1\n---\nb: 2\n", 2, 1, "second-document"),
    "a doubled key": (b"a: 1\nb: 2\na: 3\n", 3, 1, "doubled-key"),
    "a doubled key deep down": (b"a:\n  - {b: 1, c: 2, b: 3}\n", 2, 18, "doubled-key"),
    "a doubled key in quotes": (b"a: 1\n'a': 2\n", 2, 1, "doubled-key"),
    "a missing value": (b"a: 1\nb:\nc: 2\n", 2, 3, "empty"),
    "a missing list item": (b"a:\n  - 1\n  -\n", 3, 4, "empty"),
    "a list as a key": (b"? [a]\n: 1\n", 1, 3, "key"),
    "a mapping as a key": (b"a: 1\n? {b: 1}\n: 1\n", 2, 3, "key"),
    "a tilde": (b"a: ~\n", 1, 4, "empty"),
    "nothing": (b"", 1, 1, "empty"),
    "a comment only": (b"# nothing\n", 1, 1, "empty"),
    "too deep in brackets": (b"[" * 41 + b"]" * 41, 1, 41, "too-deep"),
    "too deep in braces": (b"a: " + b"{a: " * 40 + b"1" + b"}" * 40, 1, 4 + 39 * 4, "too-deep"),
    "too deep by indents": (b"".join(b" " * n + b"a:\n" for n in range(41)) + b" " * 41 + b"1\n", 41, 41, "too-deep"),
    "a tab for an indent": (b"a:\n\tb: 1\n", 2, 1, "yaml"),
    "an open bracket": (b"a: [1, 2\n", 2, 1, "yaml"),
    "an open quote": (b'a: "b\n', 2, 1, "yaml"),
    "two mappings on a line": (b"a: b: c\n", 1, 5, "yaml"),
    "a wrong indent": (b"a:\n  b: 1\n c: 2\n", 3, 2, "yaml"),
    "an unknown escape": (b'a: "\\q"\n', 1, 5, "yaml"),
    "a surrogate escape": (b'a: "\\ud800"\n', 1, 7, "yaml"),
    "a NUL": (b"a: 1\nb: \x00\n", 2, 4, "yaml"),
    "an ESC": (b"a: \x1b[31m\n", 1, 4, "yaml"),
    "Latin-1": (b"a: 1\nb: caf\xe9\n", 2, 7, "not-utf-8"),
    "UTF-16": ("a: 1\n".encode("utf-16"), 1, 1, "not-utf-8"),
    "a surrogate in UTF-8": (b"a: \xed\xa0\x80\n", 1, 4, "not-utf-8"),
    "too large": (b"a: " + b"x" * SIZE_LIMIT, 0, 0, "too-large"),
}


def problem(data: bytes) -> Problem:
    with pytest.raises(BadData) as caught:
        read("firms/x.yaml", data)
    found = caught.value.problems[0]
    assert found.file == "firms/x.yaml"
    assert caught.value.code == 5
    return found


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_at_its_place(name: str) -> None:
    data, *expected = BROKEN[name]
    found = problem(data)
    assert [found.line, found.column, found.code] == expected
    assert found.message


SAID = {
    "a: [1, 2\n": "a comma or ] is missing: what a bracket opened is not closed",
    "a: {b: 1\n": "a comma or } is missing: what a bracket opened is not closed",
    'a: "b\n': "a quote is opened and not closed",
    "a: b: c\n": "a colon is too many here; put a text that holds one in quotes",
    "a:\n\tb: 1\n": "a value cannot begin so; put a text in quotes, and indent with blanks, not tabs",
    "a: @b\n": "a value cannot begin so; put a text in quotes, and indent with blanks, not tabs",
    "a:\n  b: 1\n c: 2\n": "this fits no line above; look at its indent and at quotes",
    "- a\nb: 1\n": "this fits no line above; look at its indent and at quotes",
    "a: 1\nb\nc: 2\n": "a colon is missing after a key",
    "a: - b\n": "a dash does not belong here",
    "a: ]\n": "a comma or bracket stands where a value belongs",
    'a: "\\q"\n': "in double quotes this means nothing after a backslash; write two for one",
    "a: !<Ada Example\n": "this cannot be read as YAML; look at indents, quotes, colons and brackets, here and on the "
    "line above",
}


@pytest.mark.parametrize("loader", [yaml.CLoader, yaml.Loader])
@pytest.mark.parametrize("text", SAID)
def test_what_is_no_yaml_is_said_in_our_words(text: str, loader: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamlfile, "_LOADER", loader)
    assert problem(text.encode()).message == SAID[text]


def test_there_are_enough_broken_files() -> None:
    assert len(BROKEN) >= 25


def test_a_hundred_thousand_brackets_end_fast_in_a_fresh_process(tmp_path: Path) -> None:
    code = (
        "from optout.errors import BadData\n"
        "from optout.library.yamlfile import read\n"
        "for mark in (b'[', b'{', b'- ', b'? ', b'[{a: '):\n"
        "    try:\n        read('x.yaml', mark * (100_000 // len(mark)))\n"
        "    except BadData as error:\n        print(error.problems[0].code, error.problems[0].line)\n"
    )
    before = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, "")
    # In the second and fourth a key that is no text comes first, unless libyaml itself gives up before that.
    first, second, third, fourth, fifth = done.stdout.splitlines()
    assert {first, third, fifth} == {"too-deep 1"} and {second, fourth} <= {"key 1", "too-deep 1"}
    assert time.monotonic() - before < 3


def test_only_three_words_are_more_than_text() -> None:
    text = b"a: [true, false, null, True, yes, no, on, 1, 1.5, 2026-11-24, 0x1f, 'true', \"null\", .inf]\n"
    plain, _ = read("x.yaml", text)
    assert plain["a"] == [True, False, None, "True", "yes", "no", "on", "1", "1.5", "2026-11-24", "0x1f", "true",
                          "null", ".inf"]  # fmt: skip


def test_every_value_knows_its_place_even_with_crlf_and_a_mark() -> None:
    for text in (b"a: 1\nb:\n  - c\n  - {d: e}\n", b"a: 1\r\nb:\r\n  - c\r\n  - {d: e}\r\n"):
        plain, at = read("x.yaml", text)
        assert plain == {"a": "1", "b": ["c", {"d": "e"}]}
        assert at[("a",)] == (1, 4)
        assert at[("b", 0)] == (3, 5)
        assert at[("b", 1, "d")] == (4, 9)


def test_columns_are_characters_not_bytes() -> None:
    _, at = read("x.yaml", "{é😀: 1, b: 2}\n".encode())
    assert at[("b",)] == (1, 12)


def test_the_deepest_file_allowed() -> None:
    plain, _ = read("x.yaml", b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT)
    for _ in range(DEPTH_LIMIT - 1):
        (plain,) = plain
    assert plain == []


@given(st.binary(max_size=60) | st.text("[]{}:-&*!#|>'\"%@` \n\tab?,", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_place(data: bytes) -> None:
    try:
        read("x.yaml", data)
    except BadData as error:
        assert all(p.line >= 0 and p.column >= 0 and p.code for p in error.problems)
