from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from optout.store import outgoing, waking
from optout.store.paths import paths
from optout.store.vault import Vault
from tests.store.sample import make_version_one

COUNT = 20_000
TODAY = "2026-06-15"
COLUMNS = (
    "ref, subject, firm, phase, outcomes, next_on, next_kind, opened, act_on, awaits, held_from, quiet_from, dates"
)


def day(offset: int) -> str:
    return str(date.fromisoformat(TODAY) + timedelta(days=offset))


def some_case(draw: random.Random, number: int) -> tuple[Any, ...]:
    """Any mixture that a fold could give, and some that it could not."""
    firm, ref = f"firm{number % 50}", f"{number:08d}"
    if draw.random() < 0.1:
        return (ref, "s", firm, "done", "{}", None, None, "2026-01-01", None, None, None, None, "[]")
    dates = []
    for _ in range(draw.choice((0, 1, 1, 2))):
        on = draw.randrange(-200, 200)
        kind = draw.choice(("respond", "appeal", "complain_after"))
        dates.append({"letter": "a", "kind": kind, "on": day(on), "overdue_from": day(on + draw.choice((1, 8, 15)))})
    firsts = [x for x in dates if x["kind"] != "complain_after"]
    act = min((x["overdue_from"] for x in firsts if x["kind"] == "respond"), default=None)
    following = min(firsts, key=lambda x: x["on"], default=None)
    return (
        ref, "s", firm, draw.choice(("draft", "waiting", "answer_needed")), "{}",
        following and following["on"], following and following["kind"], "2026-01-01", act,
        draw.choice((None, None, None, "classify", "decide")), day(draw.randrange(-90, 90)) if draw.random() < 0.1 else None,
        day(draw.randrange(-90, 90)) if draw.random() < 0.1 else None, json.dumps(dates),
    )  # fmt: skip


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    draw = random.Random(11)  # noqa: S311 - days, nothing secret
    home = paths(str(tmp_path_factory.mktemp("many") / "home"))
    rows = [some_case(draw, number) for number in range(COUNT)]
    with Vault.open(home, create=True) as vault, vault.transaction():
        vault.run("insert into subjects values ('s', '{}', x'00')")
        vault.run_many(
            "insert into cases values (?, 's', ?, 'x', '', '2026-01-01', '{}', ?)",
            ((row[0], row[2], "me" if n % 9 == 0 else None) for n, row in enumerate(rows)),
        )
        vault.run_many(f"insert into summary ({COLUMNS}) values ({', '.join('?' * 13)})", rows)
    with Vault.open(home, create=False) as vault:
        yield vault


def expected(vault: Vault, until: str, sure: bool = True, where: str = "1") -> dict[str, list[str]]:
    """The groups by their definition, read row by row."""
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in waking.GROUPS}
    for row in vault.run(f"select {COLUMNS} from summary where phase <> 'done' and {where}"):
        one = dict(zip(COLUMNS.split(", "), row, strict=True))
        ref, act, late = one["ref"], one["act_on"], TODAY if sure else ""
        firsts = [x for x in json.loads(one["dates"]) if x["kind"] != "complain_after"]
        soon = [x["on"] for x in firsts if TODAY <= x["on"] <= until]
        soon += [x["on"] for x in firsts if day(-31) <= x["on"] < TODAY < x["overdue_from"]]
        soon += [act] if act and not sure and act <= until else []
        following = (one["next_on"] is None, one["next_on"] or "", ref)
        if act and act <= late:
            found["overdue"].append((act, ref))
        elif soon:
            found["due"].append((min(soon), ref))
        elif one["awaits"] == "classify":
            found["to_classify"].append(following)
        elif one["held_from"] and one["held_from"] <= TODAY:
            found["held"].append((one["held_from"], ref))
        elif one["awaits"] == "decide":
            found["to_decide"].append(following)
        elif one["quiet_from"] and one["quiet_from"] <= late:
            found["asleep"].append((one["quiet_from"], ref))
    return {name: [row[-1] for row in sorted(rows)] for name, rows in found.items()}


def refs(found: dict[str, waking.Group]) -> dict[str, list[str]]:
    return {name: [row["ref"] for row in group.rows] for name, group in found.items()}


@pytest.mark.parametrize("days", [0, 7, 100])
@pytest.mark.parametrize("sure", [True, False])
def test_the_groups_are_what_their_definition_says(many: Vault, days: int, sure: bool) -> None:
    whole = expected(many, day(days), sure)
    found = waking.groups(many, today=TODAY, until=day(days), sure=sure, limit=None)
    assert refs(found) == whole
    assert bool(whole["overdue"]) == bool(whole["asleep"]) == sure
    assert all(whole[name] for name in ("due", "to_classify", "held", "to_decide"))
    few = waking.groups(many, today=TODAY, until=day(days), sure=sure, limit=7)
    assert refs(few) == {name: every[:7] for name, every in whole.items()}
    assert {name: group.total for name, group in few.items()} == {name: len(every) for name, every in whole.items()}


def test_filters_narrow_every_group(many: Vault) -> None:
    by_firm = waking.groups(many, today=TODAY, until=day(7), firm="firm7", limit=None)
    assert refs(by_firm) == expected(many, day(7), where="firm = 'firm7'")
    mine = waking.groups(many, today=TODAY, until=day(7), profile="me", firm="firm9", limit=3)
    whole = expected(many, day(7), where="firm = 'firm9' and ref in (select ref from cases where profile = 'me')")
    assert refs(mine) == {name: every[:3] for name, every in whole.items()}
    assert mine["overdue"].total == len(whole["overdue"]) > 3


VALUES = {"today": TODAY, "until": day(7), "late": TODAY, "firm": "firm1", "profile": "me", "most": 50}


def plans(vault: Vault, *filters: bool) -> dict[str, list[str]]:
    waking.collect(vault, VALUES)
    return {
        name: ["; ".join(row[3] for row in vault.run("explain query plan " + sql, VALUES))
               for sql in waking.statements(name, *filters)]
        for name in waking.GROUPS
    }  # fmt: skip


INDEX = {"overdue": "act", "to_classify": "awaits", "held": "held", "to_decide": "awaits", "asleep": "quiet"}


def test_no_group_is_a_full_scan_a_sort_or_counted_by_rows(many: Vault) -> None:
    for name, (listing, counting) in plans(many, False, False).items():
        assert "SCAN summary" not in listing + counting and "TEMP B-TREE" not in listing, (name, listing)
        if name == "due":
            # Walks what was put aside, in its order, as far as the limit.
            assert listing.startswith("SCAN temp.due; "), listing
            assert "SEARCH summary USING" in listing
        else:
            assert f"SEARCH summary USING INDEX summary_{INDEX[name]} " in listing, (name, listing)
            assert f"SEARCH summary USING COVERING INDEX summary_{INDEX[name]} " in counting, (name, counting)
    aside = "; ".join(row[3] for row in many.run("explain query plan " + waking.due(sure=False), VALUES))
    assert aside.count("SEARCH running USING COVERING INDEX running_by_day") == 2
    assert aside.count("SEARCH summary USING COVERING INDEX summary_act") == 1
    assert "SCAN running" not in aside and "SCAN summary" not in aside and "TEMP B-TREE" not in aside
    for filters in ((True, False), (False, True), (True, True)):
        assert "SCAN summary" not in str(plans(many, *filters)), filters


def running(vault: Vault) -> list[tuple[Any, ...]]:
    return sorted(vault.run("select ref, day, overdue_from, act_on from running"))


def from_summaries(vault: Vault) -> list[tuple[Any, ...]]:
    return sorted(
        (ref, x["on"], x["overdue_from"], act)
        for ref, dates, act in vault.run("select ref, dates, act_on from summary where phase <> 'done'")
        for x in json.loads(dates)
        if x["kind"] != "complain_after"
    )


def test_the_running_dates_follow_every_way_of_writing_a_summary(vault: Vault) -> None:
    draw = random.Random(3)  # noqa: S311
    rows = [some_case(draw, number) for number in range(60)]
    vault.run("insert into subjects values ('s', '{}', x'00')")
    vault.run_many(
        "insert into cases values (?, 's', 'f', 'x', '', '2026-01-01', '{}', null)", [(row[0],) for row in rows]
    )
    put = f"insert or replace into summary ({COLUMNS}) values ({', '.join('?' * 13)})"
    vault.run_many(put, rows)
    assert running(vault) == from_summaries(vault) != []
    vault.run_many(put, [(row[0], *some_case(draw, 0)[1:]) for row in rows])
    assert running(vault) == from_summaries(vault) != []
    vault.run("update summary set dates = '[]', act_on = null where ref like '%7'")
    vault.run("update summary set phase = 'done' where ref like '%5'")
    vault.run("delete from summary where ref like '%3'")
    assert running(vault) == from_summaries(vault) != []
    assert not vault.run("select 1 from running where ref like '%3' or ref like '%5' or ref like '%7'")


def test_an_older_vault_gets_the_dates_it_has(vault: Vault) -> None:
    from optout.store import schema, tablesteps

    make_version_one(vault)
    schema.prepare(vault, tablesteps.STEPS[:2])
    dates = [{"letter": "access", "kind": "respond", "on": day(3), "overdue_from": day(11)}]
    vault.run("update summary set dates = ?, act_on = ? where ref = 'K7QM-4T2X'", (json.dumps(dates), day(11)))
    schema.prepare(vault)
    assert running(vault) == [("K7QM-4T2X", day(3), day(11), day(11))]
    found = waking.groups(vault, today=TODAY, until=day(7))
    assert [row["ref"] for row in found["due"].rows] == ["K7QM-4T2X"]


def test_a_calendar_reads_the_cases_with_dates_from_their_index(many: Vault) -> None:
    for filters in ((False, False), (True, False), (False, True), (True, True)):
        plan = "; ".join(row[3] for row in many.run("explain query plan " + waking.calendar(*filters), VALUES))
        assert "SCAN s USING INDEX summary_running" in plan or "SEARCH s USING INDEX" in plan, plan
        assert "SEARCH e USING INDEX" in plan and "SCAN e" not in plan and "SCAN cases" not in plan, plan
        assert any(filters) or "SCAN s USING INDEX summary_running" in plan, plan
    found = [row["ref"] for row in waking.running(many)]
    wanted = many.run("select ref from summary not indexed where phase <> 'done' and dates <> '[]' order by ref")
    assert found == [ref for (ref,) in wanted] and len(found) > 1000


@pytest.mark.parametrize(
    "chosen",
    [outgoing.Chosen(refs=("00000007",)), outgoing.Chosen(profiles=("me",)), outgoing.Chosen(firms=("firm7",))],
)
def test_an_export_of_some_cases_reads_those_alone(many: Vault, chosen: outgoing.Chosen) -> None:
    where, bindings = chosen.where()
    for name, sql in outgoing.statements(chosen).items():
        plan = "; ".join(row[3] for row in many.run("explain query plan " + sql, bindings))
        assert "SEARCH c USING" in plan, (name, plan)
        assert not any(f"SCAN {table}" in plan for table in ("c ", "e ", "profiles", "summary")), (name, plan)
    counted = many.run(f"select count(*) from cases c not indexed where {where}", bindings)[0][0]
    assert outgoing.counts(many, chosen, evidence=True)["cases"] == counted >= 1
