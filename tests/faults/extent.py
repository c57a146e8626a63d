"""How much of a test of faults is run: a sample by default, all of it with OPTOUT_FULL_FAULTS=1 in the environment."""

from __future__ import annotations

import os

FULL = os.environ.get("OPTOUT_FULL_FAULTS") == "1"


def rounds(usual: int, full: int) -> int:
    """How often something is tried."""
    return full if FULL else usual


def spread(last: int, usual: int, full: int | None = None) -> list[int]:
    """At most so many numbers, evenly from 1 to `last`, always with the first and the last.

    Without `full`, a full run takes every number.
    """
    count = min(last, (last if full is None else full) if FULL else usual)
    return sorted({1 + (last - 1) * n // max(1, count - 1) for n in range(count)})
