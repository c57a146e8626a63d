"""Firms out of a list of others, beside the catalogue: opened only when no firm of ours is meant."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from optout import listed
from optout.errors import NotFound
from optout.firm import Firm
from optout.hosts import host_of
from optout.listed import Origin
from optout.naming import SHORTEST, folded
from optout.sameness import Ours, hosts, names

if TYPE_CHECKING:
    from optout.library.catalog import Catalog

LONGEST = 200
"""Signs of what is looked for."""


class Row(Protocol):
    """A record as it is kept."""

    @property
    def ident(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def since(self) -> str: ...
    @property
    def gone(self) -> str | None: ...


class Records(Protocol):
    """Where the records are kept."""

    @property
    def confirmed(self) -> str: ...
    def find(self, folded: str) -> Sequence[Row]: ...
    def begins(self, folded: str) -> Sequence[Row]: ...
    def slug(self, slug: str) -> Row | None: ...
    def names(self) -> dict[str, str]: ...
    def all(self) -> Iterator[Row]: ...


class Listing:
    """The list as the catalogue asks it."""

    def __init__(self, catalog: Catalog, opened: Callable[[], Records | None]) -> None:
        self._catalog = catalog
        self._opened = opened
        self._records: Records | None = None
        self._asked = False
        self._ours: Ours | None = None
        self._origins: dict[str, Origin] = {}

    @property
    def records(self) -> Records | None:
        if not self._asked:
            self._records, self._asked = self._opened(), True
        return self._records

    def ours(self, record: listed.Record) -> str | None:
        """The id of the firm of ours that this record describes."""
        if self._ours is None:
            self._ours = Ours(self._catalog.ours())
        return self._ours.of(record)

    def origin(self, ident: str) -> Origin | None:
        """Where a firm that was looked up before is from; None for one of ours."""
        return self._origins.get(ident)

    def firm(self, text: str) -> Firm | None:
        """By id, name, brand or web address in full. Raises NotFound where several are called so."""
        if self.records is None or len(text) > LONGEST:
            return None
        rows = self.records.find(folded(text))
        if not rows and (host := host_of(text if "://" in text else f"https://{text.strip()}")):
            rows = self.records.find(folded(host))
        return self._one(text, rows)

    def called(self, text: str) -> list[Firm]:
        """Those with exactly this name, brand or web address, of which there may be several."""
        if self.records is None or len(text) > LONGEST:
            return []
        return list({firm.id: firm for firm in map(self.made, self.records.find(folded(text)))}.values())

    def begun(self, text: str) -> list[str]:
        """The ids of those with a name that begins so, sorted."""
        if self.records is None or not SHORTEST <= len(text.strip()) <= LONGEST:
            return []
        return sorted({self.made(row).id for row in self.records.begins(folded(text))})

    def slug(self, slug: str) -> Firm | None:
        """By the id that their list gives."""
        row = self.records.slug(slug) if self.records else None
        return self.made(row) if row else None

    def records_of(self, firm: Firm, text: str = "") -> list[dict[str, Any]]:
        """The records, as they came, that describe this firm or have the id `text` in their list, sorted by it."""
        if self.records is None:
            return []
        if firm.id in self._origins:
            return [self._origins[firm.id].record]
        plain = self._catalog.ours()[firm.id]
        rows = [row for name in names(plain) | hosts(plain) | {folded(text)} for row in self.records.find(folded(name))]
        found = {row.ident: dict(json.loads(row.text)) for row in rows}
        return [record for _, record in sorted(found.items()) if self.ours(record) == firm.id]

    def near(self, text: str) -> list[str]:
        """The ids of the three firms with the nearest names."""
        if self.records is None or len(text) > LONGEST:
            return []
        import difflib

        known = self.records.names()
        found = difflib.get_close_matches(folded(text), known, 6, 0.75)
        return list(dict.fromkeys(known[name] for name in found))[:3]

    def made(self, row: Row) -> Firm:
        """The firm of a record, or the one of ours that it describes."""
        record: dict[str, Any] = json.loads(row.text)
        if ours := self.ours(record):
            return self._catalog.firm(ours)
        since = date.fromisoformat(row.since)
        confirmed = max(since, date.fromisoformat(self.records.confirmed if self.records and self.records.confirmed
                                                  else row.since))  # fmt: skip
        gone = date.fromisoformat(row.gone) if row.gone else None
        origin = Origin(record, since, min(confirmed, gone) if gone else confirmed, gone)
        firm = listed.firm(row.ident, origin)
        self._catalog.adopt(firm, hashlib.sha256(row.text.encode()).hexdigest())
        self._origins[row.ident] = origin
        return firm

    def _one(self, text: str, rows: Sequence[Row]) -> Firm | None:
        firms = {firm.id: firm for firm in map(self.made, rows)}
        if len(firms) > 1:
            raise NotFound("firm", text, sorted(firms)[:3])
        return next(iter(firms.values()), None)
