"""PDF letters a second against typst's own compiler, kept, on the same source and data: what our writer adds.

Both get letters that the process has not set before, since typst remembers what it has laid out, whoever asks. Rounds
alternate on one core, each counts its CPU seconds, and what is printed is the median of the rounds' ratios:
python benchmarks/pdf_vs_typst.py
"""

from __future__ import annotations

import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typst
from docx_vs_docxtpl import letter

from optout.letter import Letter
from optout.render import pdf

GOAL = 0.9
ROUNDS = 21
LETTERS = 60
"""In one round of one writer."""


def with_typst(letters: list[Letter]) -> Callable[[], int]:
    """A bare compiler whose data is ready before the clock starts."""
    fonts = json.dumps([pdf.FONT])
    inputs = [{"letter": json.dumps(pdf._data(each), ensure_ascii=False), "fonts": fonts} for each in letters]
    standards: Any = ["a-2a", "ua-1"]

    def run() -> int:
        made: list[Any] = [
            COMPILER.compile(SOURCE, sys_inputs=each, pdf_standards=standards, timestamp=1795305600) for each in inputs
        ]
        return sum(map(len, made))

    return run


def with_ours(letters: list[Letter]) -> Callable[[], int]:
    return lambda: sum(len(pdf.write(each)) for each in letters)


COMPILER = typst.Compiler(ignore_system_fonts=True)
SOURCE = (Path(pdf.__file__).parent / "letter.typ").read_bytes()
WRITERS = {"typst": with_typst, "optout": with_ours}


def a_round(numbers: Iterator[int], swap: bool) -> dict[str, tuple[float, float]]:
    """Letters in a second of CPU, and bytes of a letter, by writer."""
    found = {}
    for name in sorted(WRITERS, reverse=swap):
        run = WRITERS[name]([letter(number) for number in itertools.islice(numbers, LETTERS)])
        start = time.process_time()
        size = run()
        found[name] = (LETTERS / (time.process_time() - start), size / LETTERS)
    return found


def main() -> None:
    numbers = itertools.count(1_000_000)
    a_round(numbers, False)
    rounds = [a_round(numbers, bool(turn % 2)) for turn in range(ROUNDS)]
    ratios = sorted(each["optout"][0] / each["typst"][0] for each in rounds)
    print(f"{'writer':10}{'letters/s':>12}{'bytes':>9}")
    for name in WRITERS:
        rate, size = (statistics.median(each[name][at] for each in rounds) for at in (0, 1))
        print(f"{name:10}{rate:12.0f}{size:9.0f}")
    print(f"ratio: {statistics.median(ratios):.2f} (lowest {ratios[0]:.2f}, highest {ratios[-1]:.2f}); goal {GOAL}")


if __name__ == "__main__":
    main()
