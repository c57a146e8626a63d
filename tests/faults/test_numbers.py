"""Every fault that the program is to survive has a test that bears its number."""

from __future__ import annotations

import re
from pathlib import Path

FAULTS = (*range(1, 33), 34, 35, 36, 48, 49, 50, 51, 52, 55)


def test_each_fault_has_a_test_named_by_its_number() -> None:
    names = {
        name
        for path in Path(__file__).parents[1].rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    found = {int(number) for name in names for number in re.findall(r"_f(\d\d)(?=_)", name)}
    assert set(FAULTS) - found == set()
