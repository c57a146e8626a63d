"""The checks of templates: syntax, words that a footing forbids, and that every language says the same."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from optout.cli import drafting, speaking
from optout.errors import BadData, NotFound
from optout.languages import WORDING
from optout.pieces import KIN
from optout.problems import Problem
from optout.render import environment

LATER = ("reminder", "complaint")
"""Folders of letters that follow a first one; complaints need `reply` as well."""
_NUMBERED = re.compile(r"(?:^|%\})(\d+)\. ", re.MULTILINE)
_KNOWN = re.compile(r"\b(?:checks_by_body|told_to_stop|collects|denial|client|processor|breach)\b")
_HOLES = re.compile(r"\{\{ *(" + "|".join(drafting.HOLES) + r") *\}\}")


def problems(catalog: Any, wants: Callable[[str], bool]) -> list[Problem]:
    """Everything wrong in the templates that are wanted, the user's own included."""
    found: list[Problem] = []
    rightless = _rightless(catalog)
    files = list(_files(catalog))
    for shown, file in files:
        if wants(shown):
            with open(file, encoding="utf-8") as opened:
                found += _template(shown, opened.read(), rightless)
    english = sorted(shown.removeprefix("templates/en/") for shown, _ in files if shown.startswith("templates/en/"))
    for language in speaking.written(catalog, speaking.REQUEST):
        if language != "en":
            found += _translation(catalog, language, [x for x in english if wants(f"templates/{language}/{x}")])
    return found


def clause_lacks(catalog: Any, clause: str, family: str | None) -> tuple[str, ...]:
    """The languages that miss this clause: of those with letters under that family of laws; None: under any family of
    the places whose decisions it tells of, else of all."""
    families = {family} if family else _decided_under(catalog, clause)
    spoken = {x: None for name in sorted(families) for x in speaking.written(catalog, name)}
    return tuple(x for x in spoken if catalog.template(f"{x}/clause/{clause}.j2") is None)


def reply_lacks(catalog: Any, reply: str, family: str | None) -> tuple[str, ...]:
    """The languages with letters under that family of laws in which no piece answers."""
    names = dict.fromkeys((f"{reply}.{family}", f"{reply}.{KIN.get(family or '', family)}", reply))
    return tuple(
        language
        for language in speaking.written(catalog, family or speaking.REQUEST)
        if not any(catalog.template(f"{language}/reply/{name}.j2") for name in names)
    )


def _decided_under(catalog: Any, clause: str) -> set[str]:
    """The families of laws at the places of the decisions with this clause; those of a request where there are none."""
    decisions = [decision for firm in catalog.all_firms() for decision in firm.decisions if decision.clause == clause]
    laws: list[Any] = []
    for decision in decisions:
        try:
            laws += catalog.effective(decision.place).laws.values()
        except (BadData, NotFound):  # said of the place itself
            continue
    return {law.family for law in laws if law.family} or {speaking.REQUEST}


def _files(catalog: Any) -> Iterator[tuple[str, str]]:
    for folder in catalog.roots("templates"):
        for where, _, names in os.walk(folder):
            for name in sorted(names):
                if name.endswith(".j2"):
                    file = os.path.join(where, name)
                    yield f"templates/{os.path.relpath(file, folder)}".replace(os.sep, "/"), file


def _template(shown: str, text: str, rightless: set[str]) -> list[Problem]:
    language = shown.split("/")[1]
    wording = WORDING.get(language)
    if wording is None:
        return [Problem(shown, 1, 1, "language-unknown", f"'{language}' has no row in optout/languages.py")]
    refused = environment.check(shown.removeprefix("templates/"), text, drafting.HOLES)
    found = [p._replace(file=shown) for p in refused]
    claims = re.compile(wording.my_right, re.IGNORECASE)
    for number, row in enumerate(text.splitlines(), 1):
        if set(shown.removesuffix(".j2").split("/")[-1].split(".")) & rightless and claims.search(row):
            found.append(Problem(shown, number, 1, "template-claims-right", "this footing gives no right"))
        if any(wording.chosen not in after.partition("{%")[0] for after in row.split("reply_by")[1:]):
            message = f"a date of the sender must be called so: '{wording.chosen}'"
            found.append(Problem(shown, number, 1, "template-claims-date", message))
    return found


def _translation(catalog: Any, language: str, names: Collection[str]) -> Iterator[Problem]:
    """Against the English pieces of these names: each one of the families this language has, with the same holes and
    as many points."""
    if not names:
        return
    closed = _closed(catalog, language)
    by_data = _clauses(catalog)
    # A language begins with the first letters; those that follow may come later, all of them at once.
    lacking = tuple(x for x in LATER if catalog.template(f"{language}/{x}/subject.j2") is None)
    lacking += ("reply",) if "complaint" in lacking else ()
    names = [name for name in names if name.partition("/")[0] not in lacking]
    for name in names:
        folder, _, piece = name.removesuffix(".j2").partition("/")
        if set(piece.split(".")) & closed or (folder == "clause" and piece in by_data):
            continue
        if catalog.template(f"{language}/{name}") is None:
            yield Problem(f"templates/{language}/{name}", 1, 0, "translation-missing", f"there is an en/{name}")
    for name in names:
        ours, theirs = catalog.template(f"en/{name}"), catalog.template(f"{language}/{name}")
        if ours is None or theirs is None:
            continue
        for what, pattern in (("values filled in later", _HOLES), ("numbered points", _NUMBERED)):
            mine, other = sorted(pattern.findall(ours)), sorted(pattern.findall(theirs))
            if mine != other:
                message = f"{len(other)} {what} where en/{name} has {len(mine)}, or others"
                yield Problem(f"templates/{language}/{name}", 1, 0, "translation-differs", message)
        if lost := sorted(_known_of(ours) - _known_of(theirs)):
            message = f"en/{name} speaks otherwise where this is known: {', '.join(lost)}"
            yield Problem(f"templates/{language}/{name}", 1, 0, "translation-differs", message)


def _known_of(text: str) -> set[str]:
    """What is known of the addressee that the words of a piece depend on."""
    return {name for block in re.findall(r"{%(.*?)%}", text) for name in _KNOWN.findall(block)}


def _closed(catalog: Any, language: str) -> set[str]:
    """Families, and ids of rules under them, for which this language has no letters."""
    closed: set[str] = set()
    for place in catalog.all_places():
        for key, law in place.laws.items():
            if law.family and language not in speaking.written(catalog, law.family):
                closed |= {law.family, *(rule.id for rule in place.rules if rule.law == key)}
    return closed


def _clauses(catalog: Any) -> set[str]:
    """Clauses that a data file names; whether they are there is checked where they are named."""
    entries = [entry for place in catalog.all_places() for entry in (*place.identity, *place.decisions)]
    entries += [entry for firm in catalog.all_firms() for entry in (*firm.decisions, *firm.incidents)]
    return {entry.clause for entry in entries if entry.clause}


def _rightless(catalog: Any) -> set[str]:
    """Footings and law families under which no letter may speak of a right."""
    families: dict[str, set[str]] = {}
    for place in catalog.all_places():
        for rule in place.rules:
            law = place.laws.get(rule.law or "")
            if law and law.family:
                families.setdefault(law.family, set()).add(rule.footing)
    return {"request", "duty"} | {family for family, footings in families.items() if "right" not in footings}
