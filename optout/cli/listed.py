"""What commands say of a firm that came out of a list of others: whose word it is, how good, and how old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from optout.errors import NotPossible
from optout.listed import GONE, LIST, OBSOLETE, Origin

if TYPE_CHECKING:
    from optout.firm import Firm
    from optout.library.catalog import Catalog
    from optout.sameness import Difference


def refuse_obsolete(catalog: Catalog, firm: Firm, origin: Origin) -> None:
    """Raises NotPossible for a firm that nobody should write to any more, and names the one that took over."""
    if origin.quality != OBSOLETE:
        return
    other = str(origin.record.get("redirect-to", ""))
    successor = catalog.listing.slug(other) if other else None
    instead = successor.id if successor else other
    hint = f"write to {successor.name if successor else other} instead: optout request {instead}" if instead else ""
    reason = GONE[origin.record["reason"]]
    raise NotPossible(f"{firm.name} is obsolete in the list of {LIST}: {reason}", hint)


def json(origin: Origin) -> dict[str, Any]:
    """As answers give it."""
    return {
        "list": LIST,
        "slug": origin.record["slug"],
        "quality": origin.quality,
        "since": str(origin.since),
        "confirmed": str(origin.confirmed),
        "gone": str(origin.gone) if origin.gone else None,
        "source": origin.page,
        "checked": str(origin.confirmed),
        "sources": list(origin.record["sources"]),
    }


def told(origin: Origin) -> list[str]:
    """As `firms show` gives it, a line each."""
    record = origin.record
    said = [
        f"From the list of {LIST}: {record['slug']}, quality {origin.quality}",
        f"  taken in on {origin.since}, last found there on {origin.confirmed}; not checked by this project",
    ]
    if origin.gone:
        said.append(f"  no longer in the list on {origin.gone}")
    if origin.quality == OBSOLETE:
        redirect = f"; instead: {record['redirect-to']}" if record.get("redirect-to") else ""
        said.append(f"  obsolete: {GONE[record['reason']]}{redirect}")
    for key in ("web", "phone", "fax", "pgp-fingerprint", "pgp-url", "suggested-transport-medium", "request-language"):
        if key in record:
            said.append(f"  {key.replace('-', ' ')}: {record[key]}")
    said += [f"  {key.replace('-', ' ')}: {', '.join(record[key])}" for key in _LISTS if record.get(key)]
    said += [
        f"  needs {element['type']}: {element['desc']}{' (if you like)' if element.get('optional') else ''}"
        for element in record.get("required-elements", ())
    ]
    if "needs-id-document" in record:
        said.append(f"  always asks for an identity document: {'yes' if record['needs-id-document'] else 'no'}")
    said += [f"  {key.replace('-', ' ')}: {record[key]}" for key in sorted(record) if key.startswith("custom-")]
    if record.get("nsfw"):
        said.append("  not safe for work")
    said += [f"  note: {' '.join(text.split())}" for text in record.get("comments", ())]
    return said + [f"  source: {source}" for source in record["sources"]]


def beside(record: dict[str, Any], plain: Any) -> list[str]:
    """Of a firm of ours that stands in the list too: that ours is used, and where the list would send a letter."""
    from optout.sameness import differences

    said = [f"Also in the list of {LIST} as {record['slug']}; this profile is used."]
    return said + [different(one) for one in differences(record, plain)]


def different(one: Difference) -> str:
    """One way to reach a firm that only the list has."""
    return f"  {one.field}: the list has {one.theirs}; here: {'; '.join(one.ours) or 'none'}"


_LISTS = ("relevant-countries", "categories", "runs")
