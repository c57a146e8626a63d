"""Files that are no export, or not one that the program wrote: a sentence with the line, and nothing taken."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optout.case import Event
from optout.cli import judging
from optout.store.vault import Vault
from tests.cli.test_main_job import optout
from tests.cli.test_transfer import REFUSED, SENT, one_case
from tests.cli.transfers import HOLIDAYS, as_file, export_of, import_into, lines_of, vault_in


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with vault_in(tmp_path / "one") as opened:
        yield opened


ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schema" / "export.json").read_text())
NAME = "Wanda Geheim"
EMPTY = {"schema": "optout/export/1", "optout": "1", "evidence": True, "counts": dict.fromkeys(
    ("profiles", "subjects", "cases", "evidence"), 0)}  # fmt: skip


@cache
def written() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder, vault_in(Path(folder) / "one") as vault:
        vault.run("insert into profiles (id, json) values ('me', ?)", (json.dumps({"name": NAME}),))
        one_case(vault, SENT, REFUSED, profile="me", name=NAME)
        return lines_of(export_of(vault))


def lines() -> list[dict[str, Any]]:
    """header, profile, subject, case, and two kept files."""
    return deepcopy(written())


def home_with(tmp_path: Path, data: bytes) -> tuple[int, str]:
    """What the command says of a file, and that nothing was taken."""
    (tmp_path / "a.jsonl").write_bytes(data)
    done = optout(tmp_path, "import", "a.jsonl")
    assert "Traceback" not in done.stderr
    if (tmp_path / "home").exists():
        assert json.loads(optout(tmp_path, "status", "--all", "--json").stdout)["cases"] == []
    assert NAME not in done.stderr and "mail.example" not in done.stderr
    return done.returncode, done.stderr


DEEP = b"[" * 50_000
NO_EXPORT = [
    (b"", "is empty"),
    (b"\x1f\x8b\x08\0", "gunzip"),
    (b"PK\x03\x04", "zip"),
    (b"\xff\xfe{\0", "UTF-16"),
    (b'{"a":1}\n', "names no schema"),
    (b"[]\n", "names no schema"),
    (b'{"schema":"optout/status/1"}\n', "names no schema"),
    (b'{"schema":"optout/export/2"}\n', "needs a newer optout"),
    (b'{"schema":"optout/export/1","schema":"optout/export/1"}\n', "a key stands twice"),
    (DEEP, "first line is too long"),
    (b"[" * 4000, "nested too deeply"),
    (b"x" * 10_000, "first line is too long"),
    (b"\xe9\n", "is not UTF-8"),
    (json.dumps({**EMPTY, "optout": 3}).encode(), "optout: write text"),
    (json.dumps({**EMPTY, "more": 3}).encode(), "'more' is not known"),
]


@pytest.mark.parametrize(("data", "said"), NO_EXPORT, ids=lambda x: repr(x)[:30])
def test_what_is_no_export_is_called_that(tmp_path: Path, data: bytes, said: str) -> None:
    code, err = home_with(tmp_path, data)
    assert (code, (tmp_path / "home").exists()) == (5, False)
    assert said in err


def bad_lines() -> list[tuple[str, bytes, str]]:
    """A line in place of the case's, and what is said of it."""
    case = lines()[3]
    text = json.dumps(case)
    firm = json.dumps({**case, "case": {**case["case"], "firm": "../../x"}})
    return [
        ("deep", DEEP, "nested too deeply"),
        ("deep-inside", text.replace('"note": ""', "").replace('"files":', '"x":' + "[" * 60 + "]" * 60 + ',"files":').encode(), "deeply"),
        ("twice", text.replace('"inputs":', '"inputs": "a", "inputs":').encode(), "a key stands twice"),
        ("nan", text.replace('"n": 1', '"n": NaN').encode(), "not a whole one"),
        ("fraction", text.replace('"n": 1', '"n": 1.0').encode(), "not a whole one"),
        ("huge", text.replace('"n": 1', '"n": ' + "9" * 5000).encode(), "too large"),
        ("text", text.replace('"n": 1', '"n": "1"').encode(), "events.0.n: write"),
        ("unknown-key", text.replace('"inputs":', '"x": 1, "inputs":').encode(), "'x' is not known"),
        ("unknown-type", b'{"type":"letter"}', "type: write profile, subject, case, evidence"),
        ("type-list", b'{"type":["case"]}', "type: write"),
        ("list", b"[1]", "not an object"),
        ("cut", text[:1000].encode(), "not JSON from character"),
        ("blank", b"", "not JSON"),
        ("control", text.replace("Acme", "Ac\\u001b[2Jme").encode(), "control or direction"),
        ("surrogate", text.replace("Acme", "Ac\\ud800me").encode(), "UTF-8"),
        ("bidi", text.replace("Acme", "Ac\\u202eme").encode(), "control or direction"),
        ("ref", text.replace("K7QM-4T2X", "../../../x").encode(), "case.ref: this is not one"),
        ("firm", firm.encode(), "case.firm: this is not one"),
        ("folder", text.replace("/home/ada/letters", "/home/ada/../eve").encode(), "files.folder"),
        ("folder-relative", text.replace("/home/ada/letters", "letters").encode(), "files.folder"),
        ("name", text.replace("K7QM-4T2X-access-en.txt", "K7QM-4T2X/../../x").encode(), "files: one is none"),
        ("name-foreign", text.replace("K7QM-4T2X-access-en.txt", ".bashrc").encode(), "files: one is none"),
        ("moment", text.replace("2026-11-24T10:00:00+00:00", "yesterday").encode(), "events.at"),
        ("changed", text.replace("Tell me. ", "Tell us. ").encode(), "not as it was written"),
        ("person", text.replace('"subject": "5555555555555555", "profile', '"subject": "6", "profile').encode(), "names a person"),
        ("profile", text.replace('"profile": "me"', '"profile": "you"').encode(), "names a profile"),
    ]  # fmt: skip


@pytest.mark.parametrize(("line", "said"), [x[1:] for x in bad_lines()], ids=[x[0] for x in bad_lines()])
def test_a_bad_line_is_named_and_not_taken(vault: Vault, line: bytes, said: str) -> None:
    first, profile, subject, case, *_ = lines()
    assert line != json.dumps(case).encode()
    _refused(vault, as_file([first, profile, subject]) + line + b"\n", 4, said)


EVIDENCE = {
    "n": (9, "no such event"), "name": ("../x", "no name of a file"), "size": (4, "as it was written"),
    "sha256": ("0" * 64, "as it was written"), "data": ("@@@@", "not base64"), "ref": ("AAAA-0000", "no case above"),
}  # fmt: skip


@pytest.mark.parametrize("key", EVIDENCE)
def test_a_bad_kept_file_is_named(vault: Vault, key: str) -> None:
    value, said = EVIDENCE[key]
    made = lines()
    made[4][key] = value
    _refused(vault, as_file(made), 5, said, cases=1)


def _refused(vault: Vault, data: bytes, line: int, said: str, cases: int = 0) -> None:
    """Exactly that line is refused, and no case of it is there."""
    (problem,) = import_into(vault, data).problems
    assert (problem.file, problem.line) == ("a.jsonl", line)
    assert said in problem.message and NAME not in problem.message
    assert vault.run("select count(*) from cases") == [(cases,)]


def test_of_a_file_with_one_bad_line_nothing_is_taken(tmp_path: Path) -> None:
    made = lines()
    made[5]["n"] = 9
    code, err = home_with(tmp_path, as_file(made))
    assert code == 5
    assert "a.jsonl:6:0: error: n: the case has no such event" in err and "nothing was taken" in err


def test_a_kept_file_larger_than_may_be_kept_is_refused() -> None:
    import base64
    import hashlib

    data = bytes(judging.LARGEST + 1)
    line = {"n": 1, "name": "x", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    assert "larger than 25 MiB" in judging.evidence({**line, "data": base64.b64encode(data).decode()}, 1)
    assert judging.evidence({**line, "size": 1, "data": "AA="}, 1) == "data: this is not base64"


def test_two_gigabytes_are_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)
    done = optout(tmp_path, "import", str(path))
    assert (done.returncode, "first line is too long" in done.stderr) == (5, True)
    with path.open("wb") as file:
        file.write(as_file(lines()[:1]))
        file.truncate(2 * 1024**3)
    done = optout(tmp_path, "import", str(path))
    assert (done.returncode, "the line is longer than 40 MiB" in done.stderr) == (5, True)


def test_a_file_that_was_cut_at_a_line_is_refused(tmp_path: Path) -> None:
    code, err = home_with(tmp_path, as_file(lines()[:-1]))
    assert code == 5 and "does not hold what its first line says" in err


def test_line_ends_and_a_mark_of_editors_do_no_harm(tmp_path: Path) -> None:
    data = as_file(lines())
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n").rstrip())
    done = optout(tmp_path, "import", "a.jsonl")
    assert done.returncode == 0, done.stderr
    again = optout(tmp_path, "export", "-o", "-")
    assert again.stdout.encode() == data


def test_what_can_be_used_is_taken_when_asked(tmp_path: Path) -> None:
    made = lines()
    made.insert(1, {"type": "letter"})
    (tmp_path / "a.jsonl").write_bytes(as_file(made))
    done = optout(tmp_path, "import", "a.jsonl", "--skip-invalid", "--json")
    assert done.returncode == 8
    said = json.loads(done.stdout)
    assert said["cases"] == {"new": ["K7QM-4T2X"], "longer": [], "same": 0, "refused": []}
    assert [problem["line"] for problem in said["problems"]] == [2]


def test_a_case_on_which_no_date_can_be_computed_is_refused(tmp_path: Path) -> None:
    """Its chain is right, as that of anybody who reads how it is made: the rest is checked as well."""
    from dataclasses import replace

    from optout.law import Calendar
    from optout.store.outgoing import changed
    from tests.cli.transfers import keep, log
    from tests.core.test_standing import CALIFORNIA, EU

    never = Calendar(closed=("01-01..12-31",), confidence="verified")
    for calendars in ({"r1182": never}, {}, {"r1182": Calendar(closed=("someday",), confidence="verified")}):
        of = replace(
            EU, ref="AAAA-0000", subject="5" * 16, calendars={**EU.calendars, **calendars} if calendars else {}
        )
        with vault_in(tmp_path / f"vault-{len(calendars)}-{id(calendars)}") as vault:
            one_case(vault)
            keep(vault, of, "Ada")
            line = next(x for x in lines_of(export_of(vault)) if x.get("case", {}).get("ref") == "AAAA-0000")
            assert not changed(line)
            wrong, _ = judging.case(line, HOLIDAYS)
            assert wrong, calendars
    with vault_in(tmp_path / "fine") as vault:
        one_case(vault)
        keep(vault, replace(CALIFORNIA, ref="AAAA-0000", subject="5" * 16), "Ada")
        assert log(vault, replace(CALIFORNIA, ref="AAAA-0000"), Event(kind="noted", on=SENT.on))
        line = next(x for x in lines_of(export_of(vault)) if x.get("case", {}).get("ref") == "AAAA-0000")
        assert judging.case(line, HOLIDAYS)[0] == ""


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, part in parts for found in _paths(part, (*path, key)))]


PLACES = [(n, path) for n, line in enumerate(written()) for path in _paths(line) if path]
JUDGE = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_takes_what_is_written() -> None:
    assert [error.message for line in lines() for error in JUDGE.iter_errors(line)] == []


@settings(max_examples=100)
@given(st.sampled_from(PLACES), st.sampled_from(["drop", "add", [], {}, 1.5, True, None, "\ud800", -1, "x", 10**30]))
def test_the_schema_and_the_program_refuse_the_same_shapes(place: tuple[int, tuple[Any, ...]], change: Any) -> None:
    number, (*way, last) = place
    line = lines()[number]
    where: Any = line
    for key in way:
        where = where[key]
    if change == "drop":
        del where[last]
    elif change == "add" and isinstance(where, dict):
        where["nonsense"] = 1
    elif change != "add":
        where[last] = change
    shapes = [judging.header(line, "x")] if number == 0 else [judging.shape(line, "x", 1)]
    if list(JUDGE.iter_errors(line)):
        assert shapes[0]


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.just([]), st.just({}))


@settings(max_examples=30)
@given(
    st.sampled_from([p for p in PLACES if p[0] > 0]),
    VALUES,
)
def test_no_value_breaks_the_program(place: tuple[int, tuple[Any, ...]], value: Any) -> None:
    number, (*way, last) = place
    made = lines()
    where: Any = made[number]
    for key in way:
        where = where[key]
    where[last] = value
    with tempfile.TemporaryDirectory() as folder, vault_in(Path(folder) / "v") as vault:
        told = import_into(vault, as_file(made))
        assert NAME not in repr(told.problems)
        _sound(vault)


def _sound(vault: Vault) -> None:
    from optout.store import cases

    for (ref,) in vault.run("select ref from cases"):
        assert cases.verify(vault, ref) == []
    assert vault.run("pragma foreign_key_check") == []
