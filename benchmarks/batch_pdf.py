"""The letters of a batch set by typst's own compiler, kept, and nothing else: what `batch.py pdf` compares with."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import typst

from optout.cli import addressing, members
from optout.cli.app import App
from optout.cli.batchshape import Shapes
from optout.render import pdf

OPTIONS: dict[str, Any] = {
    "demand": (), "law": (), "only": False, "together": False, "language": None, "formats": ("pdf",), "paper": None,
    "fonts": (), "enclose_photo": False, "to": (), "kind": None,
}  # fmt: skip


def bare(sheet: Path, home: Path) -> tuple[int, float]:
    """How many letters it set, and the seconds of the processor; their data are ready before the clock starts."""
    app = App({"home": str(home)})
    whom = addressing.choose(app, ("clearview",), OPTIONS, writing=True)
    shapes = Shapes(app, whom, OPTIONS)
    fonts = json.dumps([pdf.FONT])
    inputs = []
    for number, member in enumerate(members.source(app, str(sheet)).members()):
        assert isinstance(member, members.Member)
        drafts = shapes.of(member.subject, 0).drafts(member.subject, f"{number:04d}-0000")
        inputs += [{"letter": json.dumps(pdf._data(x), ensure_ascii=False), "fonts": fonts} for x in drafts.values()]
    compiler = typst.Compiler(ignore_system_fonts=True)
    source = (Path(pdf.__file__).parent / "letter.typ").read_bytes()
    standards: Any = ["a-2a", "ua-1"]
    began = time.process_time()
    for each in inputs:
        compiler.compile(source, sys_inputs=each, pdf_standards=standards, timestamp=1795305600)
    return len(inputs), time.process_time() - began
