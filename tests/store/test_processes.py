"""Real processes: killed, writing together, and making one vault at the same moment."""

from __future__ import annotations

import runpy
import time
from pathlib import Path

import pytest

from optout.store.paths import Paths, paths
from optout.store.vault import Vault
from tests.faults.extent import rounds
from tests.store.sample import ROOT, add, answer, child, integrity

ADD_100 = """
with Vault.open(home, create=True) as vault:
    for k in range(100):
        with vault.transaction():
            (count,) = vault.run("select count(*) from subjects")[0]
            cases.subject_id(vault, {"who": sys.argv[2], "k": k, "count": count}, lambda: f"{sys.argv[2]}-{k}")
"""

# Both wait for the same instant, so that they really meet.
MAKE = """
import time
while time.time() < float(sys.argv[2]): pass
with Vault.open(home, create=True) as vault:
    cases.subject_id(vault, {"who": sys.argv[3]}, lambda: sys.argv[3])
    print(vault.id, vault.keeper.custody)
"""


def test_kills_tear_and_lose_nothing(tmp_path: Path) -> None:
    """40 kills; 120 in a full run."""
    kills = rounds(40, 120)
    result = runpy.run_path(str(ROOT / "benchmarks" / "vault_kill.py"))["run"](str(tmp_path), kills)
    assert (result.lost, result.torn) == ([], [])
    assert result.told > kills / 2, "the writers were killed before they wrote; the test shows nothing"
    assert result.told <= result.kept <= result.told + result.kills


def test_the_count_of_lost_cases_can_fail(tmp_path: Path) -> None:
    """The same look finds a vault from which a part was taken away."""
    look = runpy.run_path(str(ROOT / "benchmarks" / "vault_kill.py"))["_look"]
    with Vault.open(paths(str(tmp_path / "home")), create=True) as vault:
        add(vault)
        assert look(str(tmp_path / "home")) == ({"K7QM-4T2X"}, [])
        vault.run("delete from letters")
    assert look(str(tmp_path / "home")) == ({"K7QM-4T2X"}, ["K7QM-4T2X"])


def test_two_processes_adding_100_each_make_200(home: Paths) -> None:
    Vault.open(home, create=True).close()
    for process in [child(ADD_100, home, "a"), child(ADD_100, home, "b")]:
        answer(process)
    with Vault.open(home, create=False) as vault:
        counts = vault.run("""select json_extract(json, '$.count') from subjects order by 1""")
    assert [count for (count,) in counts] == list(range(200))  # none wrote over what it had not seen


@pytest.mark.parametrize("attempt", range(10))
def test_two_processes_making_the_vault_make_one(home: Paths, attempt: int) -> None:
    start = str(time.time() + 0.25)
    both = [answer(process) for process in [child(MAKE, home, start, "a"), child(MAKE, home, start, "b")]]
    assert len(set(both)) == 1
    with Vault.open(home, create=False) as vault:
        assert sorted(vault.run("select id from subjects")) == [("a",), ("b",)]
    assert not [path for path in Path(home.vault).rglob("*") if path.name.endswith(".tmp")]
    assert integrity(home)[0] == "ok"
