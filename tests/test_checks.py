"""Each check with its broken file: one mistake, the code it must give, and the line it must name."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from optout.cli.app import App
from optout.cli.check import run

ROOT = Path(__file__).parents[1]
CA, IL, CV, EU, FR = (
    "jurisdictions/ca.yaml",
    "jurisdictions/us-il.yaml",
    "firms/clearview.yaml",
    "jurisdictions/eu.yaml",
    "jurisdictions/fr.yaml",
)
COURT = "clock: pipeda-court, residence: ca-on, start: 2026-12-21, expect: {court_within: 2027-12-21}"
NO_COURT = "demand: access, residence: ca-on, asked: 2026-12-21, expect: {rules: [pipeda-access]}"
BROKEN = [
    ("source-missing", CA, "sources: [pipeda, i21]", "sources: [pipeda, nowhere]"),
    ("unknown-id", CA, "clocks: [pipeda-reply]", "clocks: [pipeda-answer]"),
    ("unknown-id", CA, "to: ca-opc", "to: ca-nobody"),
    ("unknown-id", CA, "handles: [pipeda]", "handles: [pipedo]"),
    ("unknown-id", CA, "calendar: ca-interpretation", "calendar: elsewhere"),
    ("request-has-law", IL, "{id: il-access, demand: access, footing: request,", "{id: il-access, law: bipa, demand: access, footing: request,"),
    ("law-missing", IL, "  - id: bipa-policy\n    law: bipa\n", "  - id: bipa-policy\n"),
    ("cites-without-pinpoint", IL, "    cites: [740 ILCS 14/15(b)]\n    pinpoint: verified\n", "    cites: [740 ILCS 14/15(b)]\n"),
    ("calendar-missing", CA, "    calendar: ca-interpretation\n", ""),
    ("calendar-rule", CA, "monday before 05-25", "mondag before 05-25"),
    ("rule-without-example", IL, "rule: bipa-policy, demand", "demand"),
    ("clock-without-example", CA, COURT, NO_COURT),
    ("example-fails", CA, "expect: {respond: 2026-12-21}", "expect: {respond: 2026-12-20}"),
    ("clause-missing", CA, "clause: identity_only_for_this", "clause: identity_nowhere"),
    ("in-force-order", EU, "in_force: {from: 2018-05-25}", "in_force: {from: 2018-05-25, until: 2017-01-01}"),
    ("unknown-key", CA, "footing: duty", "footing: duty\n    footnote: x"),
    ("missing-key", CA, "    confidence: verified\n    clocks: [pipeda-reply]\n", "    clocks: [pipeda-reply]\n"),
    ("wrong-value", CA, "period: 30 days", "period: 30 suns"),
    ("doubled-key", CA, "kind: country\n", "kind: country\nkind: country\n"),
    ("file-name-is-id", CA, "id: ca\n", "id: cx\n"),
    ("source-stale", CA, "checked: 2026-11-22, as_of: 2026-03-31", "checked: 2024-11-01, as_of: 2026-03-31"),
    ("url", CA, 'url: "https://laws-lois.justice.gc.ca/eng/acts/P-8.6/"', 'url: "ftp://laws-lois.justice.gc.ca"'),
    ("route-missing", "firms/pimeyes.yaml", "standing: use", "standing: old"),
    ("template-syntax", "templates/en/closing/next.j2", "Thank", "{{ range(9) }} Thank"),
    ("template-claims-right", "templates/en/demand/deletion.bipa.j2", "Say which purpose", "It is my right to this. Say which purpose"),
    ("template-claims-date", "templates/en/closing/next.gdpr.j2", "Without", "By {{ reply_by }} at the latest. Without"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "file", "old", "new"), BROKEN, ids=[f"{b[0]}-{i}" for i, b in enumerate(BROKEN)])
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, code: str, file: str, old: str, new: str) -> None:
    for kind in ("jurisdictions", "firms", "templates"):
        shutil.copytree(ROOT / kind, tmp_path / "data" / kind)
    broken = tmp_path / "data" / file
    text = broken.read_text(encoding="utf-8")
    assert old in text, "the mistake no longer applies; write it anew"
    broken.write_text(text.replace(old, new), encoding="utf-8")
    problems, _ = run(App({"home": str(tmp_path / "home")}, date(2026, 11, 24)), (str(broken),))
    found = [p for p in problems if p.code == code]
    assert found, [str(p) for p in problems]
    assert all(p.file == file and p.line >= 1 and p.column >= 0 for p in found)


def test_old_sources_warn_first(tmp_path: Path) -> None:
    problems, _ = run(App({"home": str(tmp_path)}, date(2028, 2, 1)))
    stale = [p for p in problems if p.code == "source-stale"]
    assert stale and {p.severity for p in stale} == {"warning"}
    problems, _ = run(App({"home": str(tmp_path)}, date(2029, 2, 1)))
    assert {p.severity for p in problems if p.code == "source-stale"} == {"error"}
