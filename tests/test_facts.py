"""The profiles of firms against the facts they were written from, field by field, where those lie beside the checkout.

A difference is either a mistake, or has its reason in EXCEPT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from optout.firm import Firm
from optout.law import text_in
from optout.library.catalog import Catalog

PLACE = ("shared", "facts", "firms.yaml")
BESIDE = [path for parent in Path(__file__).parents if (path := parent.joinpath(*PLACE)).is_file()]
RECORDS: dict[str, Any] = {r["id"]: r for r in yaml.safe_load(BESIDE[0].read_text(encoding="utf-8"))} if BESIDE else {}
CATALOG = Catalog()
pytestmark = pytest.mark.skipif(not BESIDE, reason="shared/facts/firms.yaml does not lie beside the checkout")

KINDS = {
    "face_search_law_enforcement": {"face_search"},
    "face_search_public": {"face_search"},
    "people_search_with_face_search": {"people_search"},
    "retail_watch_list": {"retail_watch_list"},
    "retail_crime_platform": {"retail_watch_list"},
    "iris_proof_of_personhood": {"proof_of_personhood"},
    "id_verification": {"identity_checker"},
    "id_verification_travel": {"identity_checker"},
    "age_estimation_and_digital_id": {"age_estimation", "identity_checker"},
    "face_photo_app": {"platform"},
    "biometric_vendor": {"vendor"},
    "face_recognition_vendor": {"vendor"},
    "voice_biometrics": {"vendor"},
    "cloud_face_recognition": {"vendor"},
    "face_and_plate_search_law_enforcement": {"vendor"},
    "open_source_intelligence_broker": {"data_broker"},
    "hiring_video_assessment": {"hiring"},
    "dna_consumer": {"dna"},
    "platform_source_of_scraped_photos": {"platform"},
    "platform_face_and_voice": {"platform"},
    "cloud_vendor_and_platform": {"platform", "vendor"},
    "law_enforcement_agency": {"public_body"},
}
"""Kind of the facts to the kinds that a profile must have; a profile may have more."""
ASKS = {
    "government_id_or_selfie": ("government_id", "selfie"),
    "identity_verification": ("identity_proof",),
    "extra_information": ("other",),
    "name_email_phone": ("name", "email", "phone"),
    "state_of_residence": ("residence",),
}
"""What the facts say a firm demands, where the profile's word is another."""
DEMANDS = {"opt_out": "sale_opt_out", "deindex": "deletion"}
REGISTERS = {"California": "us-ca", "Vermont": "us-vt", "Texas": "us-tx", "Oregon": "us-or"}
EXCEPT = {
    ("23andme", "incident 2025-03"): "the sale of the firm is no leak; a decision's note tells it",
    ("23andme", "legal name successor name not confirmed)"): "the bracket is a remark",
    ("aws-rekognition", "incident 2020-06-10"): "a stop of police use is no leak; a fact tells it with its later day",
    ("clearview", "decision 2021-01-27"): "sources differ on the day, so the month stands, and the note has the day",
    ("lenso-ai", "post LENSO AI S.A., ul. Grabiszyńska 186/2B/4, 53-235 Wrocław, Poland"): "S.A. is Spółka Akcyjna",
    ("microsoft", "alias LinkedIn (own record)"): "a remark: LinkedIn has a file of its own",
    ("microsoft", "alias Nuance (own record absent)"): "a remark: the alias is Nuance",
}
"""Firm and difference, and why it is none. Every one must still be there."""


def differences(record: dict[str, Any], firm: Firm) -> Iterator[str]:
    for ours, theirs, what in (
        (firm.name, record["name"], "name"),
        (firm.role, record["role"], "role"),
        (firm.ready, record["catalogue_ready"], "ready"),
        (firm.phone, record["contacts"].get("phone"), "phone"),
    ):
        if ours != theirs:
            yield f"{what} {ours!r}, not {theirs!r}"
    for alias in record["aliases"]:
        if alias not in firm.aliases:
            yield f"alias {alias}"
    if not KINDS[record["kind"]] <= set(firm.kinds):
        yield f"kinds {firm.kinds}, not {record['kind']}"
    for check in (_mail, _post, _pages, _entities, _asks, _incidents, _decisions, _registrations, _sources):
        yield from check(record, firm)


def _values(record: dict[str, Any], *names: str) -> Iterator[str]:
    for name in names:
        value = record["contacts"].get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                one = one.get("email")
            if one:
                yield one


def _mail(record: dict[str, Any], firm: Firm) -> Iterator[str]:
    known = {route.to for route in firm.routes if route.kind == "email"}
    for address in _values(record, "email", "email_alt", "email_us", "email_history", "dpo"):
        if re.fullmatch(r"\S+@\S+", address) and address not in known:
            yield f"e-mail {address}"


def _post(record: dict[str, Any], firm: Firm) -> Iterator[str]:
    """Every line of an address stands in one route, or is the name of an entity."""
    contacts = record["contacts"]
    addresses = [contacts.get(name) for name in ("postal", "postal_alt", "postal_uk")]
    addresses += [entry["lines"] for entry in contacts.get("postal_history", ())]
    routes = [r.to for r in firm.routes if r.kind == "post" and isinstance(r.to, tuple)]
    names = {_bare(entity.name) for entity in firm.entities}
    for lines in addresses:
        parts = [line.split(", ") if _bare(line.split(", ")[-1]) in names else [line] for line in lines or ()]
        rest = [part for line in parts for part in line if _bare(part) not in names]
        if rest and not any(set(rest) <= set(route) for route in routes):
            yield f"post {', '.join(rest)}"


def _bare(name: str) -> str:
    return re.sub(r"[,.]", "", name).replace("Corporation", "Corp")


def _pages(record: dict[str, Any], firm: Firm) -> Iterator[str]:
    """Forms are ways to the firm; the page on which another channel was read may be a source."""
    known = {route.to for route in firm.routes}
    forms = set(_values(record, "web_form", "opt_out_url", "dpo"))
    for page in dict.fromkeys([*forms, *(channel["url"] or "" for channel in record["channels"])]):
        if page.startswith("http") and page not in known and (page in forms or not _named(page, firm)):
            yield f"page {page}"


def _entities(record: dict[str, Any], firm: Firm) -> Iterator[str]:
    """Each legal name of the facts is an entity's, and each controller or processor is in the facts."""
    legal = record["legal_name"] or firm.name
    names = [entity.name for entity in firm.entities if entity.role in ("controller", "processor")]
    for part in legal.split(";"):
        if not any(name in part for name in names):
            yield f"legal name {part.strip()}"
    yield from (f"entity {name}" for name in dict.fromkeys(names) if name not in legal)


def _asks(record: dict[str, Any], firm: Firm) -> Iterator[str]:
    for demand in record["demands"]:
        kinds = {DEMANDS.get(kind, kind) for kind in demand["for"]}
        seen = day_of(demand["as_of"])
        for what in ASKS.get(demand["what"], (demand["what"],)):
            asks = [ask for ask in firm.asks if ask.what == what and (not ask.for_ or kinds <= set(ask.for_))]
            if not asks:
                yield f"ask {what} for {sorted(kinds)}"
            elif seen and not any(ask.seen and seen in (str(ask.seen.until), str(ask.seen.from_)) for ask in asks):
                yield f"ask {what} seen {seen}"
            if "GB" in demand["where"] and not any(ask.only_from == ("gb",) for ask in asks):
                yield f"ask {what} from gb"
            yield from (f"source {url}" for url in urls(demand["source"]) if not _named(url, firm))


def _incidents(record: dict[str, Any], firm: Firm) -> Iterator[str]:
    """What got out is an incident; a suit is a decision, and what a firm did or was told a fact."""
    known = {str(day) for i in firm.incidents for day in (i.on, i.made_public) if day}
    known |= {str(decision.on) for decision in firm.decisions} | {str(fact.as_of) for fact in firm.facts}
    for incident in record["incidents"]:
        if day_of(incident["date"]) not in known:
            yield f"incident {day_of(incident['date'])}"
        yield from (f"source {url}" for url in urls(incident["source"]) if not _named(url, firm))


def _decisions(record: dict[str, Any], firm: Firm) -> Iterator[str]:
    """A profile may know the day where the facts know the year."""
    days = [str(decision.on) for decision in firm.decisions]
    numbers = " | ".join(text_in(d.number, "en") for d in firm.decisions if d.number)
    for decision in record["decisions"]:
        if not any(day.startswith(day_of(decision["date"])) for day in days):
            yield f"decision {day_of(decision['date'])}"
        number = re.sub(r" \(.*\)|^PIPEDA Findings #", "", str(decision["reference"] or ""))
        if number and number not in numbers:
            yield f"decision number {number}"
        yield from (f"source {url}" for url in urls(decision["source"]) if not _named(url, firm))


def _registrations(record: dict[str, Any], firm: Firm) -> Iterator[str]:
    known = {(fact.in_, str(fact.as_of)) for fact in firm.facts if fact.claim == "registered_data_broker"}
    for entry in record["registrations"]:
        place = next((place for name, place in REGISTERS.items() if entry["register"].startswith(name)), None)
        listed = entry["detail"] != "Not listed"
        if ((place, day_of(entry["as_of"])) in known) != listed:
            yield f"register {entry['register']} {entry['as_of']}"
        yield from (f"source {url}" for url in urls(entry["source"]) if not _named(url, firm))


def _sources(record: dict[str, Any], firm: Firm) -> Iterator[str]:
    """Every source with its address and its day."""
    for source in record["sources"]:
        for url in urls(source["url"]):
            if not _named(url, firm):
                yield f"source {url}"
        day = day_of(source["as_of"])
        if day and day not in {str(s.as_of) for s in firm.sources.values()}:
            yield f"source of {day}"


def _named(url: str, firm: Firm) -> bool:
    """As the address of a source or a part of it, in a source's title, or as a way to the firm."""
    told = [text for source in firm.sources.values() for text in (source.url or "", text_in(source.title or "", "en"))]
    told += [route.to for route in firm.routes if isinstance(route.to, str)]
    bare = _site(url)
    return any(bare in _site(text) or (_site(text) and bare.startswith(_site(text))) for text in told)


def _site(url: str) -> str:
    return re.sub(r"^https?://(www\.)?(github\.com/)?", "", url).rstrip("/")


def urls(text: str | None) -> list[str]:
    return [found.rstrip(".,;)") for found in re.findall(r"https?://[^\s;]+", text or "")]


def day_of(text: str | None) -> str:
    """The year, month or day with which a date of the facts begins."""
    found = re.match(r"\d{4}(-\d\d(-\d\d)?)?", str(text or ""))
    return found.group() if found else ""


def test_every_record_has_its_profile_and_no_other_is_there() -> None:
    assert {firm.id for firm in CATALOG.all_firms()} == set(RECORDS)


@pytest.mark.parametrize("ident", sorted(RECORDS))
def test_a_profile_says_what_its_record_says(ident: str) -> None:
    found = set(differences(RECORDS[ident], CATALOG.firm(ident)))
    assert found == {difference for firm, difference in EXCEPT if firm == ident}


def test_what_a_profile_lost_is_found() -> None:
    record, firm = RECORDS["clearview"], CATALOG.firm("clearview")
    whole = set(differences(record, firm))
    for name, kinds in {
        "routes": {"e-mail", "post", "page"}, "asks": {"ask"}, "incidents": {"incident"}, "decisions": {"decision"},
        "facts": {"register"}, "aliases": {"alias"}, "entities": {"legal", "post"},
    }.items():  # fmt: skip
        found = set(differences(record, replace(firm, **{name: ()}))) - whole
        assert kinds <= {difference.split()[0] for difference in found}, name
    bare = replace(firm, sources={}, phone=None, ready=False, role="mixed", kinds=("dna",), name="Other")
    assert {"source", "phone", "ready", "role", "kinds", "name"} <= {d.split()[0] for d in differences(record, bare)}
