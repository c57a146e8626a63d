from __future__ import annotations

import json

import pytest

from optout.errors import BadData
from optout.firm import Firm
from optout.jurisdiction import Jurisdiction
from optout.library import structure
from optout.library.datafile import read_valid
from optout.problems import Problem

FIRM = """\
schema: 1
id: acme
name: Acme
kinds: [face_search]
role: controller
ready: true
entities: []
routes:
  - {id: mail, kind: email, to: a@acme.example, standing: use, confidence: verified, sources: [s]}
finds_by: [face_photo]
sources:
  s: {title: T, checked: 2026-11-24}
"""
PLACE = """\
schema: 1
id: zz
name: {en: Nowhere}
kind: country
level: letters
languages: [en]
clocks:
  reply: {kind: respond, period: 1 month, from: receipt, confidence: verified, sources: [s]}
sources:
  s: {title: T, checked: 2026-11-24}
"""


def problems(cls: type, shown: str, text: str) -> list[Problem]:
    with pytest.raises(BadData) as caught:
        read_valid(cls, shown, text.encode())
    assert caught.value.code == 5
    return list(caught.value.problems)


def test_the_samples_are_good() -> None:
    assert read_valid(Firm, "firms/acme.yaml", FIRM.encode())["id"] == "acme"
    assert read_valid(Jurisdiction, "jurisdictions/zz.yaml", PLACE.encode())["id"] == "zz"


FIRMS = [
    ("schema: 1", "schema: 2", 1, 9, "wrong-value"),
    ("id: acme", "id: other", 2, 5, "file-name-is-id"),
    ("name: Acme\n", "", 1, 1, "missing-key"),
    ("name: Acme", "name: [Acme]", 3, 7, "wrong-value"),
    ("name: Acme", "nmae: Acme", 3, 1, "unknown-key"),
    ("kinds: [face_search]", "kinds: [face_search, shop]", 4, 22, "wrong-value"),
    ("kinds: [face_search]", "kinds: face_search", 4, 8, "wrong-value"),
    ("role: controller", "role: null", 5, 7, "wrong-value"),
    ("ready: true", "ready: yes", 6, 8, "wrong-value"),
    ("ready: true", "ready: 1", 6, 8, "wrong-value"),
    ("entities: []", "entities: {}", 7, 11, "wrong-value"),
    ("kind: email", "kind: pigeon", 9, 22, "wrong-value"),
    ("standing: use, ", "", 9, 5, "missing-key"),
    ("standing: use", "standing: use, colour: red", 9, 64, "unknown-key"),
    ("2026-11-24", "2026-11-31", 12, 26, "wrong-value"),
    ("2026-11-24", "soon", 12, 26, "wrong-value"),
    ("s: {title: T", "s: {as_of: 2026-13", 12, 14, "wrong-value"),
]
PLACES = [
    ("kind: country", "kind: planet", 4, 7, "wrong-value"),
    ("level: letters", "level: 3", 5, 8, "wrong-value"),
    ("languages: [en]", "languages: [{en: 1}]", 6, 13, "wrong-value"),
    ("name: {en: Nowhere}", "name: {en: [x]}", 3, 12, "wrong-value"),
    ("period: 1 month", "period: one month", 8, 34, "wrong-value"),
    ("period: 1 month", "period: 1 fortnight", 8, 34, "wrong-value"),
    ("from: receipt", "from_: receipt", 8, 43, "unknown-key"),
    ("from: receipt", "from: the moon", 8, 49, "wrong-value"),
    ("confidence: verified", "confidence: sure", 8, 70, "wrong-value"),
    ("reply: {kind: respond", "reply: {kind: [respond]", 8, 17, "wrong-value"),
    ("clocks:\n", "clocks: []\nterms:\n", 7, 9, "wrong-value"),
]


@pytest.mark.parametrize(("old", "new", "line", "column", "code"), FIRMS)
def test_a_broken_firm_is_refused_at_its_place(old: str, new: str, line: int, column: int, code: str) -> None:
    assert old in FIRM
    found = problems(Firm, "firms/acme.yaml", FIRM.replace(old, new))
    assert ("firms/acme.yaml", line, column, code) in [p[:4] for p in found]


@pytest.mark.parametrize(("old", "new", "line", "column", "code"), PLACES)
def test_a_broken_place_is_refused_at_its_place(old: str, new: str, line: int, column: int, code: str) -> None:
    assert old in PLACE
    found = problems(Jurisdiction, "jurisdictions/zz.yaml", PLACE.replace(old, new))
    assert ("jurisdictions/zz.yaml", line, column, code) in [p[:4] for p in found]


def test_all_problems_of_a_file_at_once() -> None:
    text = FIRM.replace("ready: true", "ready: maybe").replace("role: controller", "role: boss")
    text = text.replace("title", "titel")
    found = problems(Firm, "firms/acme.yaml", text)
    assert [(p.line, p.code) for p in found] == [(5, "wrong-value"), (6, "wrong-value"), (12, "unknown-key")]
    assert any("did you mean 'title'" in p.message for p in found)


@pytest.mark.parametrize("text", ["[]", "x", "null", "true", "- schema: 1"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    assert {(p.line, p.column) for p in problems(Firm, "firms/acme.yaml", text)} == {(1, 1)}


@pytest.mark.parametrize("cls", [Firm, Jurisdiction])
def test_the_schema_uses_the_words_of_the_files(cls: type) -> None:
    text = json.dumps(structure.schema(cls))
    assert '"for"' in text and '"for_"' not in text and '"from_"' not in text
