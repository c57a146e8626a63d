"""What the plan of a batch says, as lines and as JSON, with letters to look at."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import click

from optout.cli.app import App
from optout.cli.batchplan import Found, Plan, Skipped, Walker
from optout.cli.output import counted, line, say, table
from optout.law import text_in
from optout.letter import plain
from optout.library.sheets import as_row

WHY = {
    "wrong": "cannot be used",
    "twice": "the same person stands in the sheet before",
    "minor": "a minor: a parent asks for the child, one letter at a time",
    "no_letter": "no letter",
    "done": "written by this batch before",
    "asked": "the firm was asked the same for this person before; --again asks once more",
    "renamed": "the firm was asked the same under another name or mailbox; --again asks once more",
    "other": "the id belonged to somebody else in this batch",
    "settled": "the row says something else now than its letter, which was sent or closed before",
    "changed": "the row says something else now than when its letter was written",
}
"""Why nothing is written."""
REFERRED = ("asked", "renamed", "changed", "settled", "other")
"""Reasons that name the case of before."""


class Sample(NamedTuple):
    """A letter to look at before any is written."""

    line: int
    firm: str
    letter: str
    language: str
    text: str


def samples(walker: Walker, wanted: int) -> Iterator[Sample]:
    """So many letters: first one person of each kind, then others."""
    if not wanted:
        return
    first: dict[int, Found] = {}
    for step in walker.samples():
        first.setdefault(id(step.shape), step)
        if len(first) >= wanted:
            break
    others = (step for step in walker.samples() if first.get(id(step.shape)) != step)
    for item, shape in itertools.chain(first.values(), others):
        for (ident, language), letter in shape.drafts(item.subject, "0000-0000").items():
            yield Sample(item.line, shape.decided.firm.id, ident, language, plain(letter))
            wanted -= 1
            if not wanted:
                return


def tell(app: App, plan: Plan, *, all_problems: bool) -> None:
    """Who gets what under which law, and why somebody gets nothing."""
    _tell_groups(app, plan)
    say(f"{counted(plan.rows, 'row')}: {counted(plan.people, 'person', 'people')}, "
        f"{counted(plan.cases, 'case')}, {counted(plan.letters, 'letter')}.")  # fmt: skip
    if plan.held:
        say(held(plan.held))
    for why, count in plan.skipped.items():
        named = [step for step in plan.named if step.why == why]
        more = f" and {count - len(named)} more" if count > len(named) else ""
        shown = ", ".join(dict.fromkeys(_shown(step) for step in named))
        where = f" (row {shown}{more})" if named else ""
        say(f"{count} {WHY[why]}{where}.")
    if plan.elsewhere:
        rows = [as_row(step.line) for step in plan.named if step.why == "language"]
        more = f" and {plan.elsewhere - len(rows)} more" if plan.elsewhere > len(rows) else ""
        say(f"{counted(plan.elsewhere, 'case')} in another language than was asked for, in which there is no letter for "
            f"them (row {', '.join(rows)}{more}).")  # fmt: skip
    if all_problems:
        for wrong in plan.wrong:
            for problem in wrong.problems:
                line(str(problem))


def held(count: int) -> str:
    """What becomes of letters that do not go yet."""
    are, they = ("letter is", "it goes") if count == 1 else ("of the letters are", "they go")
    return f"{count:,} {are} for later: {they} when the firm has answered what is asked first."


def _tell_groups(app: App, plan: Plan) -> None:
    places = {group.place for group in plan.groups.values()}
    names = {place: text_in(app.catalog.jurisdiction(place).name, "en") for place in places}
    rows = [
        (names[g.place], g.firm, str(g.cases), str(g.letters) if g.letters else "-",
         ", ".join(g.languages) or "-", g.reason or ", ".join(g.laws) or "a plain request, without a law")
        for g in sorted(plan.groups.values(), key=lambda g: (g.place, g.firm, g.reason))
    ]  # fmt: skip
    if rows:
        table(rows, ("PLACE", "FIRM", "CASES", "LETTERS", "LANGUAGE", "LAW"), app.plain)


def tell_samples(found: Iterator[Sample]) -> None:
    for sample in found:
        click.echo(sample.text)


def _shown(step: Skipped) -> str:
    return f"{as_row(step.line)}: {step.detail}" if step.why in REFERRED else as_row(step.line)


def as_json(ident: str, plan: Plan, sample: Iterable[Sample] = ()) -> dict[str, Any]:
    """The fields of the answer `batch` that tell of the plan."""
    return {
        "batch": ident, "rows": plan.rows, "people": plan.people, "cases": plan.cases, "letters": plan.letters, "held": plan.held,
        "groups": [
            {"place": g.place, "firm": g.firm, "cases": g.cases, "letters": g.letters, "laws": list(g.laws),
             "languages": list(g.languages), "reason": g.reason or None}
            for g in plan.groups.values()
        ],
        "skipped": [{"why": why, "count": count} for why, count in plan.skipped.items()],
        "named": [{"line": x.line, "why": x.why, "firm": x.firm or None, "place": x.place or None,
                   "ref": x.detail if x.why in ("done", *REFERRED) else None} for x in plan.named],
        "problems": [p._asdict() for wrong in plan.wrong for p in wrong.problems],
        "sample": [letter._asdict() for letter in sample],
    }  # fmt: skip
