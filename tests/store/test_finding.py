from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from optout import errors
from optout.store import finding
from optout.store.cases import resolve, summaries
from optout.store.paths import paths
from optout.store.schema import SUMMARY
from optout.store.vault import Vault
from tests.faults.extent import rounds
from tests.store.sample import add

COUNT = rounds(20_000, 100_000)
FIRMS = COUNT // 200


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """Very many cases: a tenth done, a fifth of the open ones without a date."""
    draw = random.Random(7)  # noqa: S311 - days, nothing secret
    home = paths(str(tmp_path_factory.mktemp("many") / "home"))
    with Vault.open(home, create=True) as vault, vault.transaction():
        vault.run("insert into subjects values ('s', '{}', x'00')")
        refs = [f"{k // 10_000:04d}-{k % 10_000:04d}" for k in range(COUNT)]
        vault.run_many(
            "insert into cases values (?, 's', 'f', 'x', '', '2026-01-01', '{}', null)", ((ref,) for ref in refs)
        )
        rows = []
        for k, ref in enumerate(refs):
            phase = "done" if k % 10 == 0 else "waiting"
            day = (
                None
                if phase == "done" or k % 5 == 1
                else f"2026-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"
            )
            rows.append((ref, "s", f"firm{k % FIRMS}", phase, "{}", day, "respond", day, "wait", "2026-01-01"))
        marks = ", ".join("?" * len(SUMMARY))
        vault.run_many(f"insert into summary ({', '.join(SUMMARY)}) values ({marks})", rows)
    with Vault.open(home, create=False) as vault:
        yield vault


def plan(vault: Vault, **filters: object) -> str:
    sql, bindings = finding.query(bool(filters.get("all")), filters.get("firm"), None, filters.get("overdue_on"))  # type: ignore[arg-type]
    return "; ".join(row[3] for row in vault.run("explain query plan " + sql, (*bindings, 50)))


def test_the_soonest_open_cases_come_from_the_index_in_its_order(many: Vault) -> None:
    said = plan(many)
    # A walk along the index, which LIMIT ends: the table is not read and nothing is sorted.
    assert said == "SCAN summary USING COVERING INDEX summary_soonest"
    assert "TEMP B-TREE" in "; ".join(
        row[3] for row in many.run("explain query plan select * from summary order by step limit 50")
    ), "the plan of a sort is told by these words"


def test_no_list_of_open_cases_is_a_full_scan(many: Vault) -> None:
    for filters in ({"firm": "firm1"}, {"overdue_on": "2026-01-05"}, {"firm": "firm1", "all": True}):
        assert "SEARCH summary USING" in plan(many, **filters), filters
    assert "summary_overdue" in plan(many, overdue_on="2026-01-05")


def test_the_lists_equal_what_sorting_all_rows_gives(many: Vault) -> None:
    every = summaries(many, all=True, limit=None)
    assert len(every) == COUNT

    def soonest(row: dict[str, str]) -> tuple[bool, str, str]:
        return row["next_on"] is None, row["next_on"] or "", row["ref"]

    open_ = sorted((row for row in every if row["phase"] != "done"), key=soonest)
    assert summaries(many) == open_[:50]
    assert summaries(many, limit=None) == open_
    assert open_[-1]["next_on"] is None and open_[0]["next_on"] == "2026-01-01"
    firm = [row for row in open_ if row["firm"] == "firm1"]
    assert summaries(many, firm="firm1") == firm[:50]
    late = [row for row in open_ if row["overdue_from"] and row["overdue_from"] <= "2026-01-02"]
    assert len(late) > 50
    assert sorted(summaries(many, overdue_on="2026-01-02", limit=None), key=soonest) == late
    one = summaries(many, overdue_on="2026-03-01", firm="firm2", limit=None)
    assert one and {row["firm"] for row in one} == {"firm2"} and max(row["overdue_from"] for row in one) <= "2026-03-01"


@pytest.mark.parametrize(
    "text",
    ["K1QM-40T2", "k1qm-40t2", "K1QM40T2", "KIQM-4OT2", "klqm-4ot2", " K1QM 40T2 ", "K1QM", "klqm4", "K1QM-4"],
)
def test_a_reference_is_found_however_it_is_written(vault: Vault, text: str) -> None:
    add(vault, "K1QM-40T2")
    add(vault, "K2QM-40T2")
    assert resolve(vault, text) == "K1QM-40T2"


def test_what_is_not_one_reference_is_refused_with_the_nearest(vault: Vault) -> None:
    for ref in ("K1QM-40T2", "K1QM-40T3", "ZZZZ-ZZZZ"):
        add(vault, ref)
    for text, near in {
        "K1QM": ["K1QM-40T2", "K1QM-40T3"],  # two begin so
        "ZZZ": ["ZZZZ-ZZZZ"],  # too short, though only one does
        "K1QM-40T4": ["K1QM-40T2", "K1QM-40T3"],
        "ZZZZ-ZXZX": ["ZZZZ-ZZZZ"],
        "ZZZZ-ZZZZ-0": ["ZZZZ-ZZZZ"],
        "8888-8888": [],
        "": [],
        "%": [],
        "'; drop": [],
    }.items():
        with pytest.raises(errors.NotFound) as caught:
            resolve(vault, text)
        assert (caught.value.code, caught.value.near) == (4, near), text
    assert resolve(vault, "ZZZZ") == "ZZZZ-ZZZZ"


def test_a_mistyped_reference_among_many_is_answered(many: Vault, tmp_path: Path) -> None:
    with pytest.raises(errors.NotFound) as caught:
        resolve(many, "0001-123X")
    assert len(caught.value.near) == 3 and all(ref.startswith("0001-123") for ref in caught.value.near)
