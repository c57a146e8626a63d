"""What calendar files were told, so that a date that goes is taken back in the calendars that took it in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from optout.store.vault import Vault


class Told(NamedTuple):
    """The last word about one entry of a calendar."""

    sequence: int
    day: str
    at: str
    cancelled: bool = False


def renew(vault: Vault, running: Mapping[str, Told], known: Collection[str]) -> dict[str, Told]:
    """Brings what was told up to `running` and gives what a file says now: entry by uid, cancelled ones included.

    Their numbers only grow, also where a date moves, goes or comes back. `known` are the uids of all dates that run,
    which may be more than those of this file. A cancelled entry is told for a year after its day or its end.
    """
    before = {uid: Told(n, day, at, bool(gone)) for uid, n, day, at, gone in vault.run(
        "select uid, sequence, day, at, cancelled from calendar")}  # fmt: skip
    # A vault from before moments were noted knows none until its next event; then the latest one told counts.
    last = vault.meta("last_at") or max((x.at for x in (*before.values(), *running.values())), default="")
    now = {uid: _next(before.get(uid), new) for uid, new in running.items()}
    for uid, old in before.items():
        if uid in known:
            continue
        now[uid] = old if old.cancelled else Told(old.sequence + 1, old.day, last, cancelled=True)
    (limit,) = vault.run("select date(substr(?, 1, 10), '-366 days')", (last,))[0]
    now = {uid: x for uid, x in now.items() if not x.cancelled or max(x.day, x.at[:10]) >= limit}
    gone = [uid for uid in before if uid not in now and uid not in known]
    changed = [(uid, *told) for uid, told in now.items() if before.get(uid) != told]
    if changed or gone:
        vault.run_many(
            "insert or replace into calendar (uid, sequence, day, at, cancelled) values (?, ?, ?, ?, ?)", changed
        )
        vault.run_many("delete from calendar where uid = ?", [(uid,) for uid in gone])
    return now


def _next(old: Told | None, new: Told) -> Told:
    if old is None:
        return new
    moved = old.cancelled or old.day != new.day
    return new._replace(sequence=max(new.sequence, old.sequence + moved))
