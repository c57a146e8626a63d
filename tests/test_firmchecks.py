"""Each rule of a firm's file with a mistake against it, and the line that is named; and what age and conflict make of it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from optout import firmage, firmchecks
from optout.cli import firmscheck
from optout.firm import Firm
from optout.library import yamlfile
from optout.library.catalog import Catalog, read_valid
from optout.records import from_plain

FIRMS = Path(__file__).parents[1] / "firms"
DAY = date(2026, 11, 24)
CLEARVIEW, PIMEYES, META, DHS = "clearview", "pimeyes", "meta", "dhs"
BROKEN = [
    ("entity-missing", PIMEYES, "role: controller\n    place", "role: dpo\n    place", "entities:"),
    ("entity-unknown", PIMEYES, "kind: email\n", "kind: email\n    entity: Somebody\n", "entity: Somebody"),
    ("finds-by-missing", PIMEYES, "finds_by: [face_photo]", "finds_by: []", "finds_by:"),
    ("role-note-missing", PIMEYES, "role: controller\nready", "role: mixed\nready", "role: mixed"),
    ("not-ready-route", DHS, "standing: disputed\n    seen: {until: 2026}", "standing: use\n    seen: {until: 2026}", "- id: post"),
    ("id-twice", PIMEYES, "- id: mail", "- id: form", "- id: form"),
    ("id-twice", CLEARVIEW, "- id: app-2020", "- id: list-2020", "- id: list-2020"),
    ("post-lines", CLEARVIEW, "    to:\n      - 600 Fifth Avenue\n      - New York\n", "    to: 600 Fifth Avenue\n", "to: 600 Fifth"),
    ("post-lines", CLEARVIEW, "      - 600 Fifth Avenue\n", "      - Clearview AI\n", "- Clearview AI"),
    ("address-wrong", PIMEYES, "to: office@pimeyes.com", "to: оffice@pimeyes.com", "ffice@pimeyes.com"),
    ("address-wrong", PIMEYES, "to: office@pimeyes.com", "to: office@рimeyes.com", "imeyes.com"),
    ("address-wrong", PIMEYES, "https://pimeyes.com/en/opt", "https://pіmeyes.com/en/opt", "https://p"),
    ("address-wrong", PIMEYES, "https://pimeyes.com/en/opt", "https://pimeyes.com@firm.example/opt", "firm.example"),
    ("address-wrong", PIMEYES, "to: office@pimeyes.com", "to: [office@pimeyes.com]", "[office"),
    ("lookalike-wrong", PIMEYES, "host: pimeyes.net", "host: https://www.pimeyes.net/", "host: https"),
    ("lookalike-own", PIMEYES, "host: pimeyes.net", "host: pimeyes.com", "host: pimeyes.com"),
    ("ask-twice", PIMEYES, "what: government_id", "what: email", "what: email"),
    ("fact-without-value", PIMEYES, "value: [photos on public web pages]", "value: []", "claim: collects"),
    ("fact-without-place", PIMEYES, "claim: collects", "claim: registered_data_broker", "claim: registered"),
    ("fact-without-day", PIMEYES, "claim: collects", "claim: registered_data_broker", "claim: registered"),
    ("place-wrong", CLEARVIEW, "only_from: [us-mn]", "only_from: [US-MN, uk]", "only_from: [US-MN"),
    ("seen-order", PIMEYES, "seen: {until: 2022-02-04}", "seen: {from: 2023, until: 2022-02-04}", "seen: {from: 2023"),
    ("seen-ahead", PIMEYES, "seen: {until: 2022-02-04}", "seen: {until: 2027-02}", "seen: {until: 2027-02}"),
    ("source-unused", PIMEYES, "sources: [lfdi, dataguidance]", "sources: [lfdi]", "dataguidance:"),
]  # fmt: skip


def found(text: str, ident: str, day: date = DAY) -> list[tuple[str, int, str]]:
    """Code, line and severity of what is found in such a file."""
    data = text.encode()
    firm = from_plain(Firm, read_valid(Firm, f"firms/{ident}.yaml", data))
    positions = yamlfile.read(ident, data)[1]
    told = []
    for finding in (*firmchecks.findings(firm, day), *firmage.findings(firm, day)):
        told.append((finding.code, yamlfile.position(positions, finding.path)[0], finding.severity))
    return told


@pytest.mark.parametrize(
    ("code", "ident", "old", "new", "line"), BROKEN, ids=[f"{b[0]}-{i}" for i, b in enumerate(BROKEN)]
)
def test_a_mistake_is_named_with_its_line(code: str, ident: str, old: str, new: str, line: str) -> None:
    text = (FIRMS / f"{ident}.yaml").read_text(encoding="utf-8")
    assert old in text, "the mistake no longer applies; write it anew"
    broken = text.replace(old, new, 1)
    lines = broken.splitlines()
    told = [(at, severity) for c, at, severity in found(broken, ident) if c == code]
    assert told and {severity for _, severity in told} == {"warning" if code == "source-unused" else "error"}
    assert any(line in lines[at - 1] or line in lines[at - 2] for at, _ in told), [lines[at - 1] for at, _ in told]


def test_no_file_of_ours_breaks_a_rule() -> None:
    assert [(firm.id, f) for firm in Catalog().all_firms() for f in firmchecks.findings(firm, DAY)] == []


def test_a_free_mailbox_needs_a_word() -> None:
    text = (FIRMS / "pimeyes.yaml").read_text(encoding="utf-8").replace("office@pimeyes.com", "office@gmail.com")
    assert "free-mail" not in [code for code, _, _ in found(text, "pimeyes")]
    start = text.index("    note:", text.index("- id: mail"))
    silent = text[:start] + text[text.index("    confidence:", start) :]
    assert ("free-mail", "error") in [(code, severity) for code, _, severity in found(silent, "pimeyes")]


def codes(ident: str, day: date = DAY) -> list[tuple[str, str]]:
    return [(f.code, f.severity) for f in firmage.findings(Catalog().firm(ident), day)]


def test_what_is_old_disputed_or_competes_is_told() -> None:
    clearview = codes("clearview")
    assert ("route-disputed", "warning") in clearview and ("route-ends", "warning") in clearview
    assert ("route-conflict", "warning") in codes("snap") and ("mail-domain", "warning") in codes("nect")
    assert "mail-domain" not in [code for code, _ in (*clearview, *codes("snap"), *codes("pimeyes"))]
    assert ("ask-old", "warning") in codes("idnow") and ("seen-unknown", "warning") in codes("thales")


@pytest.mark.parametrize(
    ("day", "code", "severity"),
    [
        (date(2027, 5, 21), "", ""),
        (date(2027, 5, 22), "checked-aging", "warning"),
        (date(2027, 11, 22), "checked-aging", "warning"),
        (date(2027, 11, 23), "checked-old", "error"),
    ],
)
def test_a_file_that_nobody_read_for_half_a_year_warns_and_after_a_year_fails(
    day: date, code: str, severity: str
) -> None:
    assert [c for c in codes("thales", day) if c[0].startswith("checked")] == ([(code, severity)] if code else [])


def test_only_routes_for_the_same_people_compete() -> None:
    google = Catalog().firm("google")
    one, other = (r for r in google.routes if r.kind == "post" and r.standing == "use")
    assert not firmchecks.meet(one, other), "one is not for those whom the other is for"
    assert firmchecks.meet(one, one)


def test_the_page_for_contributors_names_every_code() -> None:
    named = set(re.findall(r"`([a-z-]+)`", (FIRMS / "README.md").read_text(encoding="utf-8")))
    given: set[str] = set(firmscheck.CODES.values()) - {""}
    for module in (firmchecks, firmage):
        given |= set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', Path(module.__file__).read_text(encoding="utf-8")))
    assert len(given) > 25 and given <= named
