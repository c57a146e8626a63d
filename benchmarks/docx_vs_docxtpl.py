"""docx letters a second against docxtpl, which must be installed for this alone: pip install docxtpl==0.20.2

Both get the same letter, from values in memory to the bytes of a file. Rounds alternate on one core, each counts its
CPU seconds, and what is printed is the median of the rounds' ratios: python benchmarks/docx_vs_docxtpl.py
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from datetime import date

from docx import Document
from docxtpl import DocxTemplate

from optout.letter import Block, Letter
from optout.render import docx, docx_base

GOAL = 100
ROUNDS = 15
SECONDS = 0.4
"""Of CPU in one round of one writer."""
PARAGRAPH = (
    "I ask this because the first answer alone would not tell me whether the copies that others received are still in "
    "use, or what was done with earlier requests of mine, of which I have kept the correspondence, {name} & others."
)
ITEM = "every search that returned me, with its day and the customer, as far as the law names recipients, {ref};"
SENDER = ["{name}", "{street}", "{name}@example.org"]
RECIPIENT = ["Example Faces GmbH", "Privacy requests", "{street}", "20095 Hamburg"]
BODY = [
    (PARAGRAPH, ""),
    *[(ITEM, "List Number")] * 5,
    (PARAGRAPH, ""),
    ("What I add", "Heading 2"),
    *[(PARAGRAPH, "")] * 4,
]


def values(number: int) -> dict[str, str]:
    """A person of their own for each letter, so that nothing can be kept from the last one."""
    return {"name": f"Zoë Müller {number}", "street": f"{number} Chestnut & Vine Road", "ref": f"OPT-{number:07d}"}


def letter(number: int) -> Letter:
    """The letter as the program has it when it comes to writing."""
    known = values(number)
    item = 0
    blocks = []
    for text, style in BODY:
        item += style == "List Number"
        kind = {"": "paragraph", "List Number": "number", "Heading 2": "heading"}[style]
        at = item if kind == "number" else 0
        blocks.append(Block(kind=kind, runs=((text.format(**known), False),), number=at))  # type: ignore[arg-type]
    return Letter(
        ref=known["ref"],
        day=date(2026, 11, 22),
        day_text="22 November 2026",
        language="en",
        paper="a4",
        sender=tuple(line.format(**known) for line in SENDER),
        recipient=tuple(line.format(**known) for line in RECIPIENT),
        subject=f"Request for access, reference {known['ref']}",
        salutation="Dear Sir or Madam,",
        blocks=tuple(blocks),
        closing="Yours faithfully,",
        signature=known["name"],
        enclosures="Enclosures: none",
    )


def template() -> bytes:
    """The same letter as a Word file with docxtpl's fields."""
    document = Document()
    texts = [(line, "") for line in [*SENDER, *RECIPIENT, "22 November 2026"]]
    texts += [("Request for access, reference {ref}", "Heading 1"), ("Dear Sir or Madam,", ""), *BODY]
    texts += [("Yours faithfully,", ""), ("{name}", ""), ("Enclosures: none", "")]
    for text, style in texts:
        document.add_paragraph(text.replace("{", "{{ ").replace("}", " }}"), style or None)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def with_docxtpl(source: bytes) -> Callable[[int], bytes]:
    """As its manual has it: a template is opened for each letter."""

    def make(number: int) -> bytes:
        opened = DocxTemplate(io.BytesIO(source))
        opened.render(values(number), autoescape=True)
        buffer = io.BytesIO()
        opened.save(buffer)
        return buffer.getvalue()

    return make


def with_ours() -> Callable[[int], bytes]:
    base = docx_base.build("a4")
    return lambda number: docx.write(letter(number), base)


def rate(make: Callable[[int], bytes]) -> float:
    """Letters in a second of CPU."""
    made, start = 0, time.process_time()
    while time.process_time() - start < SECONDS:
        make(made)
        made += 1
    return made / (time.process_time() - start)


def main() -> None:
    writers = {"docxtpl": with_docxtpl(template()), "optout": with_ours()}
    sizes = {name: len(make(1)) for name, make in writers.items()}
    rounds = [{name: rate(make) for name, make in writers.items()} for _ in range(ROUNDS)]
    ratios = sorted(each["optout"] / each["docxtpl"] for each in rounds)
    print(f"{'writer':10}{'letters/s':>12}{'bytes':>9}")
    for name in writers:
        print(f"{name:10}{statistics.median(each[name] for each in rounds):12.0f}{sizes[name]:9}")
    print(f"ratio: {statistics.median(ratios):.0f} (lowest {ratios[0]:.0f}, highest {ratios[-1]:.0f}); goal {GOAL}")


if __name__ == "__main__":
    main()
