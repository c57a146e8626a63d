"""A record of datenanfragen's list of firms: whether it can be taken in, what it is called, and the firm it describes.

The record itself is kept whole, whatever our own types have no field for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from optout.firm import Ask, Caution, Entity, Firm, Route
from optout.hosts import free_mail, host_of, wrong_email, wrong_url
from optout.languages import WORDING
from optout.law import Source, What
from optout.naming import OWN, folded
from optout.seats import place_of
from optout.strictjson import unfit
from optout.subject import NAME_LIMIT, TEXT_LIMIT, clean_text

Record = Mapping[str, Any]
LIST = "datenanfragen"
OBSOLETE = "obsolete"
QUALITY = ("tested", "verified", "imported", "scraped", OBSOLETE)
"""How much their list trusts a record, most first."""
GONE = {
    "company-acquired": "it was bought by another firm",
    "company-defunct": "it no longer exists",
    "company-merged": "it became a part of another firm",
    "duplicate": "it stands in the list a second time",
    "gdpr-not-applicable": "the GDPR does not apply to it",
    "out-of-scope": "it does not belong in the list",
}
"""Why a record is obsolete."""
SAME_LAW = ("default", "tracking")
"""Ends of the names of their templates that rest on the GDPR; every other one is there for another law."""
MOST_LINES = 20
MOST_NAMES = 1000
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,199}")
_DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
_LONGEST_ID = 63
_ELEMENTS: dict[str, What] = {"name": "name", "email": "email", "address": "residence"}
"""What their kinds of required elements are in our words; every other one is told by its description."""


class Origin(NamedTuple):
    """What is known of a firm that came out of the list, beside what the firm's profile says."""

    record: dict[str, Any]
    since: date
    """The day on which it was taken in as it is now."""
    confirmed: date
    """The last day on which it was found in the list."""
    gone: date | None
    """The day on which it was no longer found there."""

    @property
    def quality(self) -> str:
        return str(self.record["quality"])

    @property
    def page(self) -> str:
        """Where their list shows the record."""
        return f"https://github.com/datenanfragen/data/blob/master/companies/{self.record['slug']}.json"

    @property
    def own_law(self) -> bool:
        """Their list has letters of its own for it, as for churches: another law than the GDPR may hold."""
        names = [str(value) for key, value in self.record.items() if re.fullmatch(r"custom-[a-z]+-template", key)]
        return any(name.rpartition("-")[2] not in SAME_LAW for name in names)


def wrong(record: Any, stem: str | None, kind: str = "company") -> str:
    """Why a record is not taken in; "" where it can be. `stem` is the name of its file, where it has one of its own;
    `kind` is `company` or `authority`, which has no quality."""
    if not isinstance(record, dict):
        return "it is not an object"
    slug = record.get("slug")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        return "slug: write small letters, digits and hyphens"
    if stem is not None and stem != slug:
        return "slug: it is not the name of the file"
    if unfit(record):
        return "a text holds control or direction characters"
    if kind == "company" and record.get("quality") not in QUALITY:
        return f"quality: write {', '.join(QUALITY)}"
    obsolete = record.get("quality") == OBSOLETE
    for key in ("slug", "name", "sources", *(("reason",) if obsolete else ("relevant-countries", "address"))):
        if not record.get(key):
            return f"{key}: it is missing"
    for key, check in _FIELDS.items():
        if key in record and (reason := check(record[key])):
            return f"{key}: {reason}"
    return ""


def _text(limit: int, lines: bool = False) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            return "write text"
        try:
            clean_text(value, "it", limit, lines)
        except ValueError as error:
            return str(error)
        return ""

    return check


def _address(value: Any) -> str:
    if reason := _text(TEXT_LIMIT, lines=True)(value):
        return reason
    lines = str(value).split("\n")
    return "too many or too long lines" if len(lines) > MOST_LINES or max(map(len, lines)) > NAME_LIMIT else ""


def _checked(check: Callable[[str], str]) -> Callable[[Any], str]:
    return lambda value: check(value) if isinstance(value, str) else "write text"


def _each(check: Callable[[Any], str]) -> Callable[[Any], str]:
    def checked(value: Any) -> str:
        if not isinstance(value, list) or len(value) > MOST_NAMES:
            return "write a list"
        return next((reason for item in value if (reason := check(item))), "")

    return checked


def _element(value: Any) -> str:
    known = isinstance(value, dict) and isinstance(value.get("desc"), str) and isinstance(value.get("type"), str)
    return "" if known and isinstance(value.get("optional", False), bool) else "write desc, type and optional"


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "write true or false"


def _other_slug(value: Any) -> str:
    return "" if isinstance(value, str) and _SLUG.fullmatch(value) else "this is no slug"


_LINE = _text(NAME_LIMIT)
_FIELDS: dict[str, Callable[[Any], str]] = {
    "name": _LINE,
    "runs": _each(_LINE),
    "relevant-countries": _each(_LINE),
    "categories": _each(_LINE),
    "address": _address,
    "phone": _LINE,
    "fax": _LINE,
    "email": _checked(wrong_email),
    "web": _checked(wrong_url),
    "webform": _checked(wrong_url),
    "pgp-url": _checked(wrong_url),
    "pgp-fingerprint": _LINE,
    "sources": _each(_text(2000)),
    "required-elements": _each(_element),
    "request-language": _LINE,
    "custom-access-template": _LINE,
    "custom-erasure-template": _LINE,
    "custom-rectification-template": _LINE,
    "custom-objection-template": _LINE,
    "needs-id-document": _flag,
    "suggested-transport-medium": _LINE,
    "comments": _each(_text(TEXT_LIMIT, lines=True)),
    "nsfw": _flag,
    "reason": lambda value: "" if isinstance(value, str) and value in GONE else f"write {', '.join(GONE)}",
    "redirect-to": _other_slug,
}


def firm_id(slug: str) -> str:
    """The id of the firm of a slug: the slug itself, unless it could not be the name of a folder."""
    if len(slug) <= _LONGEST_ID and not _DEVICE.fullmatch(slug) and not slug.startswith(OWN):
        return slug
    mark = hashlib.sha256(slug.encode()).hexdigest()[:8]
    start = slug.removeprefix(OWN)[: _LONGEST_ID - 9].strip("-")
    return "-".join(part for part in (start, mark) if part)


def names(record: Record) -> list[str]:
    """What somebody may type for it, as it is compared: slug, name, brands, web address."""
    told = [record["slug"], record["slug"].replace("-", " "), record["name"], *record.get("runs", ())]
    if "web" in record:
        told.append(host_of(record["web"]))
    return list(dict.fromkeys(folded(name) for name in told if name))


PROSECUTION = (
    "It is a public body. For what police and courts keep in order to prosecute crime other laws hold, which this letter "
    "does not name."
)
_PUBLIC = "public body"
"""Their category."""


def firm(ident: str, origin: Origin) -> Firm:
    """The firm that a record describes, as a profile: nothing of it was checked by us."""
    record = origin.record
    obsolete = record["quality"] == OBSOLETE
    routes = () if obsolete else tuple(_routes(record))
    address = [line.strip() for line in record.get("address", "").split("\n") if line.strip()]
    wanted = tuple(_ELEMENTS[x["type"]] for x in record.get("required-elements", ()) if x["type"] in _ELEMENTS)
    language = record.get("request-language", "en")
    return Firm(
        schema="1",
        id=ident,
        name=record["name"].strip(),
        aliases=tuple(record.get("runs", ())),
        kinds=("public_body",) if _PUBLIC in record.get("categories", ()) else (),
        role="controller",
        status="closed" if obsolete else "active",
        ready=bool(routes),
        language=language if language in WORDING else "en",
        phone=record.get("phone"),
        entities=(
            Entity(name=record["name"].strip(), role="controller", sources=(LIST,),
                   place=place_of(address[-1]) if address else None),
        ),
        routes=routes,
        finds_by=tuple(dict.fromkeys(("name", *wanted))) if wanted else ("name", "email"),
        asks=tuple(_asks(record)),
        cautions=tuple(Caution(text=text) for text in _cautions(origin)),
        sources={
            LIST: Source(
                title="Record in the list of datenanfragen",
                url=origin.page,
                kind="secondary",
                checked=origin.confirmed,
            )
        },
    )  # fmt: skip


def _routes(record: Record) -> list[Route]:
    """The way their list suggests first; one that nobody there has looked at is a second choice at best."""
    lines = tuple(line.strip() for line in record["address"].split("\n") if line.strip())
    kinds = {"email": record.get("email"), "form": record.get("webform"), "post": lines}
    suggested = {"letter": "post", "webform": "form"}.get(record.get("suggested-transport-medium", ""), "email")
    first = suggested if kinds.get(suggested) else "email" if kinds["email"] else "post"
    looked_at = record["quality"] in ("tested", "verified")
    return [
        Route(id=kind, kind=kind, to=to, standing="use" if looked_at and kind == first else "second",  # type: ignore[arg-type]
              confidence="secondary", sources=(LIST,))
        for kind, to in sorted(kinds.items(), key=lambda item: item[0] != first)
        if to
    ]  # fmt: skip


def _asks(record: Record) -> list[Ask]:
    asks = []
    if record.get("needs-id-document"):
        asks.append(_ask("government_id", "Their list says that it always asks for one."))
    for element in record.get("required-elements", ()):
        what = _ELEMENTS.get(element["type"], "other")
        if not element.get("optional"):
            asks.append(_ask(what, element["desc"]))
    return asks


def _ask(what: What, note: str) -> Ask:
    return Ask(what=what, current=True, note=note, confidence="secondary", sources=(LIST,))


def _cautions(origin: Origin) -> list[str]:
    """What somebody should know before they write: whose word the address is, how old, and what their list says."""
    record = origin.record
    said = [
        f"Address and name are those of the list of {LIST} (quality there: {origin.quality}; taken in on "
        f"{origin.since}, last found there on {origin.confirmed}). This project did not check them."
    ]
    if origin.gone:
        said.append(f"Their list no longer had it on {origin.gone}.")
    if host := free_mail(str(record.get("email", ""))):
        said.append(
            f"Its mailbox is at {host}, where anybody can have one: make sure that it is the firm's before you write there."
        )
    if origin.own_law:
        said.append("Their list has letters under another law for it, so this one is a mere request and names no law.")
    if _PUBLIC in record.get("categories", ()):
        said.append(PROSECUTION)
    elements = [
        x["desc"] + (" (if you like)" if x.get("optional") else "") for x in record.get("required-elements", ())
    ]
    if elements:
        said.append(f"To find you it wants to know: {'; '.join(elements)}.")
    if record.get("needs-id-document"):
        said.append(
            "It is said always to ask for an identity document. Send none before you have read what the law says."
        )
    if (language := record.get("request-language", "en")) not in WORDING:
        said.append(f"It asks to be written to in another language ({language}), in which there are no letters here.")
    said += [f"A note in their list: {' '.join(text.split())}" for text in record.get("comments", ())]
    return said
