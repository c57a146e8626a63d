"""What a place takes from the union it is part of. Both are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from optout.errors import BadData
from optout.jurisdiction import Jurisdiction
from optout.library.catalog import Catalog

UNION = """\
schema: 1
id: qu
name: The Quiet Union
kind: union
level: letters
languages: [en]
gaps: [courts are missing]
laws:
  quiet: {name: Quiet Regulation, short: QR, number: 1/2020, family: quiet, sources: [journal]}
clocks:
  reply: {kind: respond, period: 1 month, from: receipt, confidence: verified, sources: [journal]}
rules:
  - {id: see, law: quiet, demand: access, footing: right, cites: [Art. 1], confidence: verified, clocks: [reply],
     sources: [journal]}
  - {id: forget, law: quiet, demand: deletion, footing: right, cites: [Art. 2], confidence: verified, sources: [journal]}
authorities:
  board: {name: Union Board, languages: [en], handles: [quiet], confidence: verified, sources: [journal]}
sources:
  journal: {title: Journal of the Union, checked: 2026-11-24}
"""
MEMBER = """\
schema: 1
id: qm
name: Murmuria
kind: country
part_of: qu
level: letters
languages: [en]
gaps: [the isles are missing]
laws:
  quiet: {name: Murmur Act, in_force: {from: 2021-07-01}, sources: [journal]}
rules:
  - {id: forget, law: quiet, demand: deletion, footing: right, cites: [s. 9], confidence: verified, sources: [journal]}
authorities:
  office: {name: Murmur Office, languages: [en], handles: [quiet], confidence: verified, sources: [journal]}
sources:
  journal: {title: Gazette of Murmuria, checked: 2026-11-24}
"""


@pytest.fixture
def place(tmp_path: Path) -> Jurisdiction:
    (tmp_path / "jurisdictions").mkdir()
    (tmp_path / "jurisdictions" / "qu.yaml").write_text(UNION)
    (tmp_path / "jurisdictions" / "qm.yaml").write_text(MEMBER)
    return Catalog(folders=[str(tmp_path)]).effective("qm")


def test_a_law_keeps_what_the_place_does_not_rename(place: Jurisdiction) -> None:
    law = place.laws["quiet"]
    assert (law.name, law.short, law.number, law.family) == ("Murmur Act", "QR", "1/2020", "quiet")
    assert str(law.in_force and law.in_force.from_) == "2021-07-01"


def test_an_entry_with_the_unions_id_replaces_it_and_comes_first(place: Jurisdiction) -> None:
    assert [(rule.id, rule.cites) for rule in place.rules] == [("forget", ("s. 9",)), ("see", ("Art. 1",))]
    assert list(place.clocks) == ["reply"]
    assert list(place.authorities) == ["office", "board"]
    assert place.gaps == ("the isles are missing", "courts are missing")


def test_sources_of_one_name_are_told_apart(place: Jurisdiction) -> None:
    titles = {rule.id: [place.sources[s].title for s in rule.sources] for rule in place.rules}
    assert titles == {"forget": ["Gazette of Murmuria"], "see": ["Journal of the Union"]}
    assert place.sources[place.laws["quiet"].sources[0]].title == "Gazette of Murmuria"
    assert place.sources[place.clocks["reply"].sources[0]].title == "Journal of the Union"


def test_the_users_own_member_hangs_on_the_installed_union(tmp_path: Path) -> None:
    for base, name, text in (("base", "qu", UNION), ("own", "qm", MEMBER)):
        (tmp_path / base / "jurisdictions").mkdir(parents=True)
        (tmp_path / base / "jurisdictions" / f"{name}.yaml").write_text(text)
    catalog = Catalog(str(tmp_path / "own"), folders=[str(tmp_path / "base")])
    assert [p.id for p in catalog.chain("qm")] == ["qm", "qu"]


def test_a_broken_union_is_named(tmp_path: Path) -> None:
    (tmp_path / "jurisdictions").mkdir()
    (tmp_path / "jurisdictions" / "qu.yaml").write_text(UNION.replace("kind: union", "kind: onion"))
    (tmp_path / "jurisdictions" / "qm.yaml").write_text(MEMBER)
    with pytest.raises(BadData) as caught:
        Catalog(folders=[str(tmp_path)]).effective("qm")
    assert [p[:4] for p in caught.value.problems] == [("jurisdictions/qu.yaml", 4, 7, "wrong-value")]
