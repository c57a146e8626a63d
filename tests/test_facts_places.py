"""The places of Europe against the record of their authorities, field by field, where that lies beside the checkout."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from optout.law import text_in
from optout.library.catalog import Catalog
from tests import test_data

PLACE = ("shared", "facts", "authorities-europe.yaml")
BESIDE = [path for parent in Path(__file__).parents if (path := parent.joinpath(*PLACE)).is_file()]
RECORDS: dict[str, Any] = {r["id"]: r for r in yaml.safe_load(BESIDE[0].read_text(encoding="utf-8"))} if BESIDE else {}
CATALOG = Catalog()
HERE = {"at", "be", "bg", "hr", "cy", "cz", "dk", "ee", "fi", "fr", "gr", "hu", "ie", "it", "lv", "lt", "lu", "mt",
        "nl", "pl", "pt", "ro", "sk", "si", "es", "se", "no", "is", "li", "ch-edoeb"}  # fmt: skip
"""Records of places with one authority; each Land of Germany has its own."""
LAENDER = {ident for ident in RECORDS if ident.startswith("de-")}
CONFIDENCE = {"high": "secondary", "medium": "secondary", "low": "unverified"}
NATIVE = {"mt": "the native name is from memory, so it is left out and named as a gap"}
"""Where the authority's own name is not carried over, and why."""
pytestmark = pytest.mark.skipif(not BESIDE, reason="shared/facts/authorities-europe.yaml does not lie beside it")


def authority(record: dict[str, Any]) -> Any:
    """The authority with that record's address, in the file of its place."""
    place = (record["region"] or record["country"]).lower()
    found = [a for a in CATALOG.jurisdiction(place).authorities.values() if list(a.address) == record["address"]]
    assert len(found) == 1, f"{place}: {len(found)} authorities at {record['address']}"
    return found[0]


@pytest.mark.parametrize("ident", sorted(HERE | LAENDER))
def test_an_authority_is_as_recorded(ident: str) -> None:
    record = RECORDS[ident]
    ours = authority(record)
    assert ours.email == record["email"]
    assert ours.complaint_url == record["complaint_url"]
    assert list(ours.languages) == record["languages"]
    assert ours.confidence == CONFIDENCE[record["confidence"]]
    assert str(ours.as_of or "") == (record["checked"] or "")
    names = ours.name if isinstance(ours.name, dict) else {"en": ours.name}
    told = {name for part in record["name_native"].split(" / ") for name in (part, part.partition(" (")[0])}
    if ident not in NATIVE:
        own = [name for language, name in names.items() if language != "en" or "en" in record["languages"]]
        assert any(name in told or name.partition(" (")[0] in told for name in own), own
    assert text_in(ours.name, "en")


def test_no_record_is_left_out() -> None:
    outside = {r["id"] for r in RECORDS.values() if r["country"] in ("GB", "JE", "GG", "IM", "GI")}
    assert HERE | LAENDER | outside == set(RECORDS)
    union = {place for place in CATALOG.members("eu") if "-" not in place}
    assert {r["country"].lower() for r in RECORDS.values()} - {r.split("-")[0] for r in outside} <= union | {"ch"}


@pytest.mark.parametrize(
    ("ident", "form", "email"),
    [("es", "mandatory", "none"), ("bg", "offered", "signed"), ("pl", "offered", "none"), ("fr", "offered", "none")],
)
def test_how_a_complaint_must_come_is_data(ident: str, form: str, email: str) -> None:
    ours = authority(RECORDS[ident])
    assert (ours.form, ours.email_takes) == (form, email)


@pytest.mark.parametrize(
    ("ident", "words"),
    [
        ("at", "Section 24"),
        ("be", "French, Dutch or German only"),
        ("bg", "qualified electronic signature"),
        ("es", "mandatory (additional provision 23 of the LOPDGDD)"),
        ("es", "Q351"),
        ("fr", "proof that you asked the firm first"),
        ("hr", "Selska cesta 136"),
        ("ie", "by telephone"),
        ("pl", "signed letter in Polish"),
        ("se", "public document"),
    ],
)
def test_what_a_complainant_must_know_is_told(ident: str, words: str) -> None:
    place = CATALOG.jurisdiction(ident)
    told = " ".join((*place.gaps, *(a.note or "" for a in place.authorities.values())))
    assert words in " ".join(told.split())


def test_no_row_of_the_law_of_europe_is_left_without_a_proof() -> None:
    """Each trap of europe.md and each European row of corrections.md is the name of an example, or stands in the
    docstring of a test that proves it."""
    facts = next(iter(BESIDE)).parent
    traps = (facts / "europe.md").read_text().partition("\n## 1.")[2].partition("\n## 2.")[0]
    rows = {f"europe 1.{number}" for number in re.findall(r"^\| (\d+) \|", traps, re.M)}
    files = ("europe.md", "authorities-europe.yaml", "clearview.md")
    for number, file in re.findall(r"^\| ([CD]\d+) \| ([^|]+) \|", (facts / "corrections.md").read_text(), re.M):
        rows |= {f"corrections {number}"} if file.strip().startswith(files) else set()
    assert {"europe 1.1", "europe 1.13", "corrections C2", "corrections D1"} <= rows
    named = {example.trap for place in CATALOG.all_places() for example in place.examples if example.trap}
    told = " ".join((getattr(test_data, name).__doc__ or "") for name in dir(test_data) if name.startswith("test_"))
    assert {row for row in rows - named if not re.search(rf"\b{re.escape(row.split()[1])}\b", told)} == set()
