"""The catalogue against CSafeLoader on the same files: all of it cold, and what one request needs warm.

Cold is reading, validating and building every file without a cache, held to 1.2 times CSafeLoader plus validation.
Warm is a firm and a place with all it inherits from the cache, held to a twentieth of CSafeLoader over everything.
Rounds alternate, each counts its CPU seconds, and what is printed is the median of the rounds' ratios:
python benchmarks/catalogue.py
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from optout.firm import Firm
from optout.jurisdiction import Jurisdiction
from optout.library import structure, yamlfile
from optout.library.catalog import Catalog

ROUNDS = 31
COLD_GOAL = 1.2
WARM_GOAL = 0.05
REQUESTS = (("clearview", "fr"), ("pimeyes", "fr"), ("clearview", "us-il"), ("pimeyes", "ca-qc"))
TYPES: dict[str, type[Any]] = {"jurisdictions": Jurisdiction, "firms": Firm}


def main() -> None:
    catalog = Catalog()
    files = [(TYPES[kind], Path(path).read_bytes()) for kind in TYPES for path in catalog.files(kind).values()]
    plain = [(cls, *yamlfile.read("x", data)) for cls, data in files]
    print(f"{len(files)} files, {sum(len(data) for _, data in files):,} bytes")

    def loader() -> None:
        for _, data in files:
            yaml.load(data, Loader=yaml.CSafeLoader)

    def validation() -> None:
        for cls, value, positions in plain:
            structure.problems(cls, value, positions, "x")

    def cold() -> None:
        fresh = Catalog()
        assert len(list(fresh.all_places())) + len(list(fresh.all_firms())) == len(files)

    ratios = [spent(cold) / (spent(loader) + spent(validation)) for _ in range(ROUNDS)]
    show("all of it, cold", ratios, COLD_GOAL)
    with tempfile.TemporaryDirectory() as folder:
        for firm, place in REQUESTS:
            warm = request(folder, firm, place)
            warm()
            show(f"{firm} from {place}, warm", [spent(warm) / spent(loader) for _ in range(ROUNDS)], WARM_GOAL)


def request(cache: str, firm: str, place: str) -> Callable[[], None]:
    """What a first letter reads: a firm, a place with what it inherits, and where else a decision was that it may cite."""

    def run() -> None:
        catalog = Catalog(None, cache)
        found = catalog.firm(firm)
        chain = catalog.chain(catalog.place_id(place))
        catalog.effective(place)
        if chain[-1].kind == "union":
            catalog.members(chain[-1].id, [d.place for d in found.decisions if d.clause])

    return run


def spent(work: Callable[[], None]) -> float:
    """CPU seconds, without the collector as in timeit: it would sweep up after one what the other left behind."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    work()
    end = time.process_time()
    gc.enable()
    return end - start


def show(what: str, ratios: list[float], goal: float) -> None:
    ratio = statistics.median(ratios)
    print(f"{what}: {ratio:.3f} of CSafeLoader, goal {goal}: {'held' if ratio <= goal else 'MISSED'}")


if __name__ == "__main__":
    main()
