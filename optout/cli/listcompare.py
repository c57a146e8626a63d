"""What a list of others says of firms and authorities that are ours: found by host or name, and told, never taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from optout.hosts import free_mail, host_of, mail_host
from optout.jurisdiction import Authority
from optout.naming import folded, mixed
from optout.sameness import Difference, alike_addresses, differences

if TYPE_CHECKING:
    from optout.cli.app import App

Compared = list[dict[str, Any]]
Passing = list[dict[str, Any]]


def firms(app: App, records: Iterable[Mapping[str, Any]]) -> Compared:
    """Records that are firms of ours: slug, firm, differences."""
    plains, ours_of = app.catalog.ours(), app.catalog.listing.ours
    pairs = ((record, ours_of(record)) for record in records)
    return [
        {"slug": record["slug"], "firm": ours, "differences": differences(record, plains[ours])}
        for record, ours in pairs
        if ours
    ]


def passing(app: App, records: Iterable[Mapping[str, Any]], known: Compared) -> Passing:
    """Records that are none of ours and could be taken for one: slug, name, firm; firm is None where only letters of
    several alphabets stand in a word of the name."""
    ours = {one["slug"] for one in known}
    found: Passing = []
    for record in records:
        if record["slug"] in ours:
            continue
        called = (record["slug"], record["name"], *record.get("runs", ()))
        told: list[str | None] = [*app.catalog.passing_for(called)]
        if not told and any(map(mixed, called)):
            told = [None]
        found += [{"slug": record["slug"], "name": record["name"], "firm": ident} for ident in told]
    return sorted(found, key=lambda one: one["slug"])


def free_mailboxes(records: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Records whose mailbox is where anybody can have one: slug, name, host."""
    told = [(record, free_mail(str(record.get("email", "")))) for record in records]
    found = [{"slug": record["slug"], "name": record["name"], "host": host} for record, host in told if host]
    return sorted(found, key=lambda one: str(one["slug"]))


def authorities(app: App, records: Sequence[Mapping[str, Any]]) -> Compared:
    """Each with the authority of ours that it is (None: there is none), and what is said otherwise."""
    if not records:
        return []
    known = {key: (place.id, one) for place in app.catalog.all_places() for key, one in place.authorities.items()}
    found = []
    for record in sorted(records, key=lambda record: str(record["slug"])):
        key = next((key for key, (place, one) in known.items() if _same(record, place, one)), None)
        different = _different(record, known[key][1]) if key else []
        found.append({"slug": record["slug"], "authority": key, "differences": different})
    return found


def _same(record: Mapping[str, Any], place: str, ours: Authority) -> bool:
    """By mailbox, name or host, within its country."""
    countries = record.get("relevant-countries", ())
    if "all" not in countries and place.partition("-")[0] not in countries:
        return False
    if record.get("email") and record["email"].lower() == (ours.email or "").lower():
        return True
    given = ours.name.values() if isinstance(ours.name, dict) else [ours.name]
    if folded(record["name"]) in {folded(name) for name in given}:
        return True
    hosts = {host_of(url) for url in (record.get("web", ""), record.get("webform", "")) if url}
    hosts |= {mail_host(record["email"])} if record.get("email") else set()
    return bool(hosts & ({host_of(ours.complaint_url or ""), mail_host(ours.email or "")} - {""}))


def _different(record: Mapping[str, Any], ours: Authority) -> list[Difference]:
    found = []
    email = record.get("email")
    if email and email.lower() != (ours.email or "").lower():
        found.append(Difference("email", email, (ours.email,) if ours.email else ()))
    address = record.get("address", "")
    if address and not (ours.address and alike_addresses(address, ", ".join(ours.address))):
        theirs = ", ".join(line.strip() for line in address.split("\n"))
        found.append(Difference("address", theirs, (", ".join(ours.address),) if ours.address else ()))
    form = record.get("webform")
    if form and form.rstrip("/") != (ours.complaint_url or "").rstrip("/"):
        found.append(Difference("webform", form, (ours.complaint_url,) if ours.complaint_url else ()))
    return found
