"""Members without an id who are called otherwise now: found in their batch by the mailbox."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from optout.cli.memberrows import mark
from optout.cli.members import Source, Wrong
from optout.store import batches

if TYPE_CHECKING:
    from optout.store.vault import Vault


class Mailboxes:
    """The key of a row without an id is made from the name, so a mended name is a row that is not known, and leaves a case
    that has no row. Read when first asked for."""

    def __init__(self, vault: Vault, batch: str, source: Source) -> None:
        self._vault, self._batch, self._source = vault, batch, source
        self._db: sqlite3.Connection | None = None
        self._in_sheet: set[str] | None = None
        self._claimed: dict[str, str] = {}

    def old_key(self, key: str, email: str) -> str:
        """The key of the one case of the batch that has this mailbox and no row in the sheet any more. "" where there is
        none, or several, or another row came before this one with `key`."""
        found = self._opened().execute("select key from mailboxes where mark = ?", (mark(email.casefold()),)).fetchall()
        left = [old for (old,) in found if old not in self._rows({old for (old,) in found})]
        return left[0] if len(left) == 1 and self._claimed.setdefault(left[0], key) == key else ""

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = sqlite3.connect(":memory:")
            self._db.execute("create table mailboxes (mark integer, key text, primary key (mark, key)) without rowid")
            rows = ((mark(email.casefold()), key) for key, email in batches.mailboxes(self._vault, self._batch))
            self._db.executemany("insert or ignore into mailboxes values (?, ?)", rows)
        return self._db

    def _rows(self, keys: set[str]) -> set[str]:
        """Those of these keys that have a row in the sheet."""
        if not keys:
            return set()
        if self._in_sheet is None:
            known = {key for (key,) in self._opened().execute("select key from mailboxes")}
            self._in_sheet = {x.key for x in self._source.members() if not isinstance(x, Wrong) and x.key in known}
        return keys & self._in_sheet
