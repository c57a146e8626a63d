"""Files made to hurt: none may take the process down, keep it busy, or have its content printed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import yaml

from optout.errors import BadData
from optout.firm import Firm
from optout.jurisdiction import Jurisdiction
from optout.library import structure, yamlfile
from optout.library.catalog import Catalog
from optout.library.datafile import read_valid
from optout.problems import Problem

SIZE = yamlfile.SIZE_LIMIT - 64
FIRM = "schema: 1\nid: a\nname: A\nkinds: [vendor]\nrole: mixed\nready: true\nentities: []\nroutes: []\nfinds_by: []\n"
PLACE = "schema: 1\nid: a\nname: A\nkind: country\nlevel: listed\nlanguages: [en]\n"


def refused(cls: type, text: str) -> list[Problem]:
    before = time.perf_counter()
    with pytest.raises(BadData) as caught:
        read_valid(cls, "firms/a.yaml", text.encode())
    assert time.perf_counter() - before < 5  # a second here, ten times as long on a slow machine
    assert all(p.file == "firms/a.yaml" and p.code and p.message for p in caught.value.problems)
    return list(caught.value.problems)


LARGE = {
    "brackets": "[" * SIZE,
    "braces": "{" * SIZE,
    "dashes": "- " * (SIZE // 2),
    "questions": "? " * (SIZE // 2),
    "anchors": "&a " * (SIZE // 3),
    "tags": "!a " * (SIZE // 3),
    "quotes": "'" * (SIZE - 1) + '"',
    "one long key": "a" * SIZE,
    "colons": ":" * SIZE,
    "commas": "[" + "," * SIZE,
    "percent": "%" * SIZE,
    "unknown keys": "".join(f"k{n}: 1\n" for n in range(20_000)),
    "doubled keys": "a: 1\n" * (SIZE // 5),
    "empty values": "".join(f"k{n}:\n" for n in range(20_000)),
    "aliases": "a: &a x\nb: [" + "*a," * 40_000 + "]\n",
    "documents": "---\n" * (SIZE // 4),
    "comments": "#\n" * (SIZE // 2),
    "wrong items": FIRM.replace("routes: []", "routes: [" + "1," * 60_000 + "]"),
    "wrong kinds": FIRM.replace("[vendor]", "[" + "x," * 60_000 + "]"),
    "doubled lines": FIRM * 1000,
}


@pytest.mark.parametrize("what", LARGE)
def test_a_file_as_large_as_allowed_ends_soon(what: str) -> None:
    assert len(refused(Firm, LARGE[what])) <= structure.MOST_PROBLEMS


def test_the_bomb_through_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "firms").mkdir()
    (tmp_path / "firms" / "bomb.yaml").write_text("[" * 100_000)
    with pytest.raises(BadData) as caught:
        Catalog(folders=[str(tmp_path)]).firm("bomb")
    # The column is where the reader or libyaml itself gave up.
    assert [(p.file, p.line, p.code) for p in caught.value.problems] == [("firms/bomb.yaml", 1, "too-deep")]


SECRET = "sesame"  # noqa: S105 (stands for a person's data)
QUOTING = [
    f"schema: {SECRET}",
    f"ready: {SECRET}",
    f"entities: {SECRET}",
    f"routes: [{{id: a, kind: {SECRET}, to: [{{x: {SECRET}}}], standing: {SECRET}, seen: {{from: {SECRET}}}, sources: []}}]",
    f"sources: {{a: {{checked: {SECRET}}}, b: {{checked: 2026-02-30, as_of: {SECRET}}}}}",
    f"sources: {{a: {{kind: {SECRET}, checked: 2026-11-24T{SECRET}}}}}",
    f"ready: true\nready: {SECRET}",
    f'ready: "\\q{SECRET}"',
    f"ready: {SECRET}: {SECRET}",
    f"ready: &{SECRET} 1",
    f"ready: *{SECRET}",
    f"ready: !{SECRET} 1",
    f"ready: !{SECRET}!x 1",
    f"ready: {SECRET}\x07",
]


@pytest.mark.parametrize("parser", ["CLoader", "Loader"])
@pytest.mark.parametrize("text", QUOTING)
def test_no_message_repeats_what_was_written(monkeypatch: pytest.MonkeyPatch, text: str, parser: str) -> None:
    monkeypatch.setattr(yamlfile, "_LOADER", getattr(yaml, parser))
    key = text.partition(":")[0]
    kept = "".join(line for line in FIRM.splitlines(keepends=True) if not line.startswith(key))
    for problem in refused(Firm, kept + text + "\n"):
        assert SECRET not in str(problem)


def test_a_key_cannot_move_the_cursor() -> None:
    (problem,) = refused(Firm, FIRM + '"\\e[2J": 1\n')
    assert str(problem).isprintable()
    assert problem[:4] == ("firms/a.yaml", 10, 1, "unknown-key")


@pytest.mark.parametrize(
    "day", ["86400", "-86400", "+86400", "0", "20261124", "2026-W48-2", "2026-11-24T00:00:00", "2026-1-2", "2026-02-30",
            "\u0662\u0660\u0662\u0666-11-24", "2026/11/24", "today"]
)  # fmt: skip
def test_only_whole_days_are_days(day: str) -> None:
    (problem,) = refused(Firm, FIRM + f'sources: {{s: {{checked: "{day}"}}}}\n')
    assert problem[1:4] == (10, 24, "wrong-value")


def test_a_day_in_a_nullable_field_is_one_too() -> None:
    text = PLACE + 'laws: {x: {name: X, in_force: {from: "86400", until: null}}}\n'
    (problem,) = refused(Jurisdiction, text)
    assert problem[1:4] == (7, 38, "wrong-value")


@pytest.mark.parametrize("period", ["101 years", "1201 months", "36526 business days", "9" * 5000 + " days"])
def test_no_period_is_longer_than_a_hundred_years(period: str) -> None:
    text = (
        PLACE
        + f"clocks: {{c: {{kind: respond, period: {period}, from: receipt, confidence: verified, sources: []}}}}\n"
    )
    assert [p.code for p in refused(Jurisdiction, text)] == ["wrong-value"]


def test_a_union_is_told_as_one_problem() -> None:
    text = FIRM.replace(
        "routes: []", "routes: [{id: a, kind: post, to: {a: b}, standing: use, confidence: verified, sources: []}]"
    )
    (problem,) = refused(Firm, text)
    assert problem[1:4] == (8, 34, "wrong-value")
    assert problem.message == "routes.0.to: write text or a list"
    (problem,) = refused(Jurisdiction, PLACE.replace("name: A", "name: {en: A, fr: [x]}"))
    assert problem[1:4] == (3, 19, "wrong-value")
    assert problem.message == "name.fr: write text"


def test_an_unknown_key_names_the_nearest_that_may_stand_there() -> None:
    text = FIRM.replace(
        "routes: []", "routes: [{id: a, kind: post, to: x, standnig: use, confidence: verified, sources: []}]"
    )
    by_code = {p.code: p for p in refused(Firm, text)}
    assert "did you mean 'standing'?" in by_code["unknown-key"].message
    assert by_code["unknown-key"][1:3] == (8, 37)
    assert by_code["missing-key"][1:3] == (8, 10)
    (problem,) = refused(Firm, FIRM + "laws: {}\n")  # a key of places, not of firms
    assert "laws'?" not in problem.message


SOUP = ["a", "b", ":", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ",", "&a ", "*a", "!t ", "'", '"', "|\n", ">\n", "# ", "? ",
        "---\n", "...\n", "\t", "\r\n", "\x00", "é", "\u2028", "\ufeff", "null", "~", "%YAML 1.1\n", "<<", "\\ud800"]  # fmt: skip


def test_both_parsers_refuse_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where libyaml is missing its Python twin reads; it must be no laxer, and never end in another error."""
    chance = random.Random(7)  # noqa: S311 (the same soup every time)
    for _ in range(3000):
        data = "".join(chance.choices(SOUP, k=chance.randint(1, 12))).encode()
        read = []
        for loader in (yaml.CLoader, yaml.Loader):
            monkeypatch.setattr(yamlfile, "_LOADER", loader)
            try:
                read.append(yamlfile.read("x", data)[0])
            except BadData as error:
                assert error.problems
        # They differ in what they allow around tabs and flow colons; what both read, they read alike.
        assert len(read) < 2 or read[0] == read[1], data


@pytest.mark.parametrize("parser", ["CLoader", "Loader"])
def test_all_slips_of_one_file_are_told_at_once(monkeypatch: pytest.MonkeyPatch, parser: str) -> None:
    monkeypatch.setattr(yamlfile, "_LOADER", getattr(yaml, parser))
    text = b"a: &x 1\nb: !y 2\nc:\nd: ~\na: 3\ntrue: 4\ne: *x\nf: [\n"
    with pytest.raises(BadData) as caught:
        yamlfile.read("x.yaml", text)
    found = [(p.line, p.code) for p in caught.value.problems]
    assert found == [(1, "anchor"), (2, "tag"), (3, "empty"), (4, "empty"), (5, "doubled-key"), (6, "key"), (7, "alias"),
                     (9, "yaml")]  # fmt: skip


def test_places_of_keys_and_values() -> None:
    _, at = yamlfile.read("x.yaml", "\ufeffa: 1\r\nb:\r\n  - {c: 2}\r\n".encode())
    assert at.of_keys == {("a",): (1, 1), ("b",): (2, 1), ("b", 0, "c"): (3, 6)}
    assert (at[("a",)], at[("b", 0, "c")]) == ((1, 4), (3, 9))


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\ufeff", "\u202e", "\u2066"])
def test_what_nobody_sees_is_refused(sign: str) -> None:
    (problem,) = refused(Firm, FIRM.replace("name: A", f"name: A{sign}B"))
    assert problem[1:4] == (3, 8, "unseen-character")
