"""Letters to a plainly fictional person, for worked examples and golden files; and the checks of templates."""

from __future__ import annotations

import os
import re
from typing import Any

from optout import compose, select
from optout.cli import drafting
from optout.law import Example
from optout.letter import Letter, plain
from optout.library import examples
from optout.problems import Problem
from optout.render import environment
from optout.subject import Subject

REF = "K7QM-4T2X"
SITUATION = (
    "I left a violent household and live at an address that must not be found. A search by my face would lead there."
)
_RIGHT = re.compile(r"\bmy (statutory |legal )?right (of|to)\b", re.IGNORECASE)


def person(residence: str, situation: bool = False) -> Subject:
    return Subject(
        name="Ada Example", email="ada@mail.example", residence=residence,
        address=("1 Sample Street", "00000 Exampletown"), situation=SITUATION if situation else "",
    )  # fmt: skip


def letters(catalog: Any, residence: str, firm_id: str | None, asked: select.Asked) -> list[Letter]:
    """All letters the choice gives, access and held ones."""
    place, chain = catalog.effective(residence), catalog.chain(residence)
    firm = catalog.firm(firm_id) if firm_id else examples.ANY_FIRM
    subject = person(residence, asked.situation)
    setting = compose.Setting(
        place=place, places=tuple(p.id for p in chain), firm=firm, on=asked.on, language="en", address=True,
        situation=asked.situation, same_law=catalog.members(chain[-1].id) if chain[-1].kind == "union" else (),
    )  # fmt: skip
    pieces = environment.Pieces("en", catalog.template, drafting.HOLES)
    plans = [compose.plan(setting, rules) for rules in select.choose(place, firm, asked).letters()]
    return [drafting.draft(pieces, p, setting, subject, REF) for p in plans]


def letters_text(catalog: Any, residence: str, example: Example) -> str:
    asked = examples.asked_of(example)
    found = letters(catalog, residence, example.firm, asked)
    if example.demand:
        place, firm = catalog.effective(residence), catalog.firm(example.firm) if example.firm else examples.ANY_FIRM
        groups = select.choose(place, firm, asked).letters()
        found = [x for x, rules in zip(found, groups, strict=True) if any(r.demand == example.demand for r in rules)]
    return "\n".join(plain(letter) for letter in found)


def template_problems(catalog: Any) -> list[Problem]:
    """Syntax, and words that a footing forbids, in every template."""
    found: list[Problem] = []
    rightless = _rightless(catalog)
    for folder in catalog.roots("templates"):
        for where, _, names in os.walk(folder):
            for name in sorted(names):
                if not name.endswith(".j2"):
                    continue
                file = os.path.join(where, name)
                shown = f"templates/{os.path.relpath(file, folder)}".replace(os.sep, "/")
                with open(file, encoding="utf-8") as opened:
                    found += _template(shown, opened.read(), rightless)
    return found


def _template(shown: str, text: str, rightless: set[str]) -> list[Problem]:
    found = environment.check(shown.removeprefix("templates/"), text, hole_names=drafting.HOLES)
    found = [p._replace(file=shown) for p in found]
    for number, row in enumerate(text.splitlines(), 1):
        if set(shown.removesuffix(".j2").split("/")[-1].split(".")) & rightless and _RIGHT.search(row):
            found.append(Problem(shown, number, 1, "template-claims-right", "this footing gives no right"))
        if "reply_by" in row and "I have chosen" not in row:
            found.append(Problem(shown, number, 1, "template-claims-date", "a date of the sender must be called so"))
    return found


def _rightless(catalog: Any) -> set[str]:
    """Footings and law families under which no letter may speak of a right."""
    families: dict[str, set[str]] = {}
    for place in catalog.all_places():
        for rule in place.rules:
            law = place.laws.get(rule.law or "")
            if law and law.family:
                families.setdefault(law.family, set()).add(rule.footing)
    return {"request", "duty"} | {family for family, footings in families.items() if "right" not in footings}
