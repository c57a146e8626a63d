"""Each check with its broken file: one mistake, the code it must give, and the line it must name."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import pytest

from optout.cli.app import App
from optout.cli.check import Checker, run
from optout.library.catalog import Catalog

ROOT = Path(__file__).parents[1]
CA, IL, CV, EU, FR = (
    "jurisdictions/ca.yaml",
    "jurisdictions/us-il.yaml",
    "firms/clearview.yaml",
    "jurisdictions/eu.yaml",
    "jurisdictions/fr.yaml",
)
LU = "jurisdictions/lu.yaml"
COURT = "clock: pipeda-court, residence: ca-on, start: 2026-12-21, expect: {court_within: 2027-12-21}"
NO_COURT = "demand: access, residence: ca-on, asked: 2026-12-21, expect: {rules: [pipeda-access]}"
BROKEN = [
    ("source-missing", CA, "sources: [pipeda, i21]", "sources: [pipeda, nowhere]"),
    ("unknown-id", CA, "clocks: [pipeda-reply]", "clocks: [pipeda-answer]"),
    ("unknown-id", CA, "to: ca-opc", "to: ca-nobody"),
    ("unknown-id", CA, "handles: [pipeda]", "handles: [pipedo]"),
    ("unknown-id", CA, "calendar: ca-interpretation", "calendar: elsewhere"),
    ("unknown-id", "jurisdictions/gb.yaml", "for_laws: [uk-gdpr, dpa-part-3]", "for_laws: [uk-gdpr, nowhere]"),
    ("request-has-law", IL, "{id: il-access, demand: access, footing: request,", "{id: il-access, law: bipa, demand: access, footing: request,"),
    ("law-missing", IL, "  - id: bipa-policy\n    law: bipa\n", "  - id: bipa-policy\n"),
    ("cites-without-pinpoint", IL, "    cites: [740 ILCS 14/15(b)]\n    pinpoint: verified\n", "    cites: [740 ILCS 14/15(b)]\n"),
    ("calendar-missing", CA, "    calendar: ca-interpretation\n", ""),
    ("calendar-rule", CA, "monday before 05-25", "mondag before 05-25"),
    ("rule-without-example", IL, "rule: bipa-policy, demand", "demand"),
    ("clock-without-example", CA, COURT, NO_COURT),
    ("example-fails", CA, "expect: {respond: 2026-12-21}", "expect: {respond: 2026-12-20}"),
    ("clause-missing", CA, "clause: identity_only_for_this", "clause: identity_nowhere"),
    ("reply-missing", EU, "reply: wrong_form", "reply: wrong_way"),
    ("unverified-offered", EU, "    confidence: secondary\n    reply: wrong_form", "    confidence: unverified\n    reply: wrong_form"),
    ("in-force-order", EU, "in_force: {from: 2018-05-25}", "in_force: {from: 2018-05-25, until: 2017-01-01}"),
    ("unknown-key", CA, "footing: duty", "footing: duty\n    footnote: x"),
    ("missing-key", CA, "    confidence: verified\n    clocks: [pipeda-reply]\n", "    clocks: [pipeda-reply]\n"),
    ("wrong-value", CA, "period: 30 days", "period: 30 suns"),
    ("doubled-key", CA, "kind: country\n", "kind: country\nkind: country\n"),
    ("file-name-is-id", CA, "id: ca\n", "id: cx\n"),
    ("where-missing", "jurisdictions/de-be.yaml", "pt: em Berlim}", "}"),
    ("name-missing", "jurisdictions/lu.yaml", "      de: Commission nationale pour la protection des données\n    with", "    with"),
    ("address-wrong", LU, "info@cnpd.lu", "not-an-email"),
    ("address-wrong", LU, "https://cnpd.public.lu/en", "htp:/cnpd"),
    ("as-of-ahead", LU, "handles: [gdpr]\n    as_of: 2023", "handles: [gdpr]\n    as_of: 2033"),
    ("as-of-ahead", LU, "2026-11-22\n    as_of: 2023-02-27", "2026-11-22\n    as_of: 2033"),
    ("language-unknown", LU, "languages: [fr, de, lb]\n", "languages: [fr, de, xx]\n"),
    ("language-unknown", LU, "languages: [fr, de, lb, en]", "languages: [fr, xx]"),
    ("calendar-missing", EU, "    calendar: r1182\n    roll: next open day\n", ""),
    ("source-stale", CA, "checked: 2026-11-22, as_of: 2026-03-31", "checked: 2024-11-01, as_of: 2026-03-31"),
    ("url", CA, 'url: "https://laws-lois.justice.gc.ca/eng/acts/P-8.6/"', 'url: "ftp://laws-lois.justice.gc.ca"'),
    ("route-missing", "firms/pimeyes.yaml", "standing: use", "standing: old"),
    ("address-wrong", "firms/pimeyes.yaml", "office@pimeyes.com", "office@pimeyes"),
    ("template-syntax", "templates/en/closing/next.j2", "Thank", "{{ range(9) }} Thank"),
    ("template-claims-right", "templates/en/demand/deletion.bipa.j2", "Say which purpose", "It is my right to this. Say which purpose"),
    ("template-claims-date", "templates/en/closing/next.gdpr.j2", "Without", "By {{ reply_by }} at the latest. Without"),
    ("template-claims-right", "templates/fr/opening/opening.request.j2", "Il s'agit d'une", "J'exerce mon droit d'accès. Il s'agit d'une"),
    ("template-claims-date", "templates/fr/closing/period.own.j2", "date que j'ai choisie", "date que fixe la loi"),
    ("translation-differs", "templates/fr/demand/objection.gdpr.j2", "\n2. ne plus", " ne plus"),
    ("translation-differs", "templates/pt/kind/does.platform.j2", "{% if checks_by_body %}", "{% if collects %}"),
    ("translation-differs", "templates/fr/demand/objection.gdpr.j2", "{{ situation }}", "Vous les connaissez."),
]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One for all tests, without data of its own: its cache names each file by its content."""
    return str(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our data for each test to break and mend."""
    folder = tmp_path_factory.mktemp("copied") / "data"
    for kind in ("jurisdictions", "firms", "templates"):
        shutil.copytree(ROOT / kind, folder / kind)
    return folder


@contextmanager
def broken(data: Path, file: str, text: str | None) -> Iterator[Path]:
    """The file with this text, or lost, until it is mended."""
    path = data / file
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    try:
        yield path
    finally:
        shutil.copy2(ROOT / file, path)


@pytest.mark.parametrize(("code", "file", "old", "new"), BROKEN, ids=[f"{b[0]}-{i}" for i, b in enumerate(BROKEN)])
def test_a_broken_file_is_named_with_its_line(data: Path, home: str, code: str, file: str, old: str, new: str) -> None:
    text = (data / file).read_text(encoding="utf-8")
    assert old in text, "the mistake no longer applies; write it anew"
    with broken(data, file, text.replace(old, new)) as path:
        problems, _ = run(App({"home": home}, date(2026, 11, 24)), (str(path),))
    found = [p for p in problems if p.code == code]
    assert found, [str(p) for p in problems]
    assert all(p.file == file and p.line >= 1 and p.column >= 0 for p in found)


@pytest.mark.parametrize(("old", "new", "why"), [
    ("confidence: secondary\n    note: Address", "confidence: unverified\n    note: Address", ", which is unverified and so never offered"),
    ("handles: [gdpr]", "handles: []", ", which handles no law"),
    ("authority: lu-cnpd}", "authority: lu-nobody}", ", which no file here has"),
])  # fmt: skip
def test_an_example_says_why_its_authority_is_not_the_one(data: Path, home: str, old: str, new: str, why: str) -> None:
    text = (data / LU).read_text(encoding="utf-8")
    assert old in text
    with broken(data, LU, text.replace(old, new)) as path:
        problems, _ = run(App({"home": home}, date(2026, 11, 24)), (str(path),))
    assert [p for p in problems if p.code == "example-fails" and p.message.endswith(why)], [str(p) for p in problems]


def checked_without(data: Path, home: str, *lost: str) -> list[str]:
    """What `check` says of our data where these templates are missing."""
    app = App({"home": home}, date(2026, 11, 24))
    checker = Checker(Catalog(app.paths.data, app.paths.cache, [str(data)]), app)
    with ExitStack() as stack:
        for name in lost:
            stack.enter_context(broken(data, f"templates/{name}", None))
        return [f"{p.file} {p.code}: {p.message}" for p in checker.run()]


def test_what_a_language_lacks_is_named(data: Path, home: str) -> None:
    found = checked_without(data, home, "fr/clause/identity_doubts.j2", "fr/demand/access.gdpr.j2")
    assert "jurisdictions/eu.yaml clause-missing: no template fr/clause/identity_doubts.j2" in found
    assert "templates/fr/demand/access.gdpr.j2 translation-missing: there is an en/demand/access.gdpr.j2" in found
    assert not [line for line in found if "ccpa" in line or "bipa" in line], "French has no letters under those"


def test_a_language_without_its_words_is_named(tmp_path: Path) -> None:
    own = tmp_path / "home" / "data" / "templates" / "xx" / "opening"
    own.mkdir(parents=True)
    (own / "salutation.j2").write_text("Xx,\n", encoding="utf-8")
    problems, _ = run(App({"home": str(tmp_path / "home")}, date(2026, 11, 24)))
    assert [(p.file, p.code) for p in problems] == [("templates/xx/opening/salutation.j2", "language-unknown")]


def test_no_way_of_any_firm_leads_to_a_look_alike_of_another(data: Path, home: str) -> None:
    file = "firms/facecheck-id.yaml"
    text = (data / file).read_text(encoding="utf-8")
    posing, count = re.subn(r"to: https://facecheck\.id/opt-out", "to: https://www.pimeyes.net/opt-out", text)
    assert count == 1
    with broken(data, file, posing) as path:
        problems, _ = run(App({"home": home}, date(2026, 11, 24)), (str(path),))
    (found,) = [p for p in problems if p.code == "lookalike-used"]
    assert "PimEyes, id pimeyes" in found.message and "pimeyes.net" in posing.splitlines()[found.line - 1]


def test_old_sources_warn_first(home: str) -> None:
    files = (str(ROOT / EU), str(ROOT / CV))
    problems, _ = run(App({"home": home}, date(2028, 2, 1)), files)
    stale = [p for p in problems if p.code == "source-stale"]
    assert stale and {p.severity for p in stale} == {"warning"}
    problems, _ = run(App({"home": home}, date(2029, 2, 1)), files)
    assert {p.severity for p in problems if p.code == "source-stale"} == {"error"}
