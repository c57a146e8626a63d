"""`optout check`: every data file, every check, every worked example, with file, line and column."""

from __future__ import annotations

import os
from collections.abc import Container
from typing import Any

import click

from optout.cli.app import App
from optout.cli.output import answer, line, say
from optout.cli.params import DAY
from optout.errors import BadData, NotFound, OptoutError
from optout.jurisdiction import Example
from optout.problems import Problem


@click.command(epilog="\b\nExample:\n  optout check jurisdictions/fr.yaml")
@click.argument("paths", nargs=-1)
@click.option("--on", type=DAY, help="judge the age of sources as on this day")
@click.pass_context
def check(ctx: click.Context, paths: tuple[str, ...], on: Any) -> None:
    """Check data files: those of the installation and yours, or the files and folders in PATHS.

    Without PATHS it also says which dates of open cases would be others by today's holiday data.
    """
    app = App(ctx.obj, on)
    problems, counts = run(app, paths)
    if not paths:
        moved = _moved(app)
        problems += moved
        counts["warnings"] += len(moved)
    errors = sum(p.severity == "error" for p in problems)
    if app.json:
        answer("check", {"problems": [p._asdict() for p in problems], "counts": counts})
    else:
        for problem in problems:
            line(str(problem))
        say(", ".join(f"{n} {name}" for name, n in counts.items()))
    ctx.exit(5 if errors else 0)


def _moved(app: App) -> list[Problem]:
    from optout.cli import moved
    from optout.library.publicholidays import PublicHolidays

    return moved.problems(app, PublicHolidays())


def run(app: App, paths: tuple[str, ...] = ()) -> tuple[list[Problem], dict[str, int]]:
    """All problems in order of file and line, and how much was looked at."""
    from optout.library.catalog import Catalog

    folders, wanted = _folders(paths)
    catalog = Catalog(app.paths.data, app.paths.cache, folders, () if paths else app.groups())
    checker = Checker(catalog, app, wanted)
    problems = [p for p in checker.run() if wanted is None or p.file in wanted]
    problems = sorted(set(problems), key=lambda p: (p.file, p.line, p.column, p.code))
    counts = {
        "places": len(catalog.files("jurisdictions")),
        "firms": len(catalog.files("firms")),
        "examples": checker.examples,
        "errors": sum(p.severity == "error" for p in problems),
        "warnings": sum(p.severity == "warning" for p in problems),
    }
    return problems, counts


def _folders(paths: tuple[str, ...]) -> tuple[list[str] | None, set[str] | None]:
    """The folders that stand before the installation's, and the files asked about (None: all)."""
    from optout.library.roots import KINDS, root

    if not paths:
        return None, None
    bases: list[str] = []
    wanted: set[str] = set()
    for path in paths:
        if not os.path.exists(path):
            raise NotFound("file", path)
        full = os.path.abspath(path)
        found = [full] if os.path.isfile(full) else [os.path.join(d, f) for d, _, fs in os.walk(full) for f in fs]
        for file in found:
            kind = next((k for k in KINDS if f"{os.sep}{k}{os.sep}" in file), None)
            if kind is None or not file.endswith((".yaml", ".j2")) or os.path.basename(file).startswith(("_", ".")):
                continue
            base, _, rest = file.rpartition(f"{os.sep}{kind}{os.sep}")
            bases.append(base)
            wanted.add(f"{kind}/{rest}")
    if not wanted:
        raise NotFound("data file", paths[0], hint="give a file in a folder named jurisdictions, firms or templates")
    return [*dict.fromkeys(bases), os.path.dirname(root("jurisdictions"))], wanted


def languages() -> frozenset[str]:
    """The codes of all languages that have a name."""
    from babel import Locale

    return frozenset(Locale("en").languages)


class Checker:
    """One pass over a catalogue; what is costly only for the files asked about (None: all)."""

    def __init__(self, catalog: Any, app: App, wanted: Container[str] | None = None) -> None:
        from optout.library.publicholidays import PublicHolidays

        self.catalog = catalog
        self.app = app
        self.wanted = wanted
        self.holidays = PublicHolidays()
        self.examples = 0
        self.problems: list[Problem] = []

    def run(self) -> list[Problem]:
        from optout import authoritychecks, checks, firmchecks, namechecks
        from optout.library import examples

        places = list(self.catalog.all_places(self.problems))
        firms = list(self.catalog.all_firms(self.problems))
        spoken = languages()
        exampled: set[str] = set()
        for place in places:
            for example in place.examples:
                merged = self._merged(example.residence or place.id)
                if merged:
                    exampled |= examples.works(example, merged)
        for place in places:
            if not self._wants(f"jurisdictions/{place.id}.yaml"):
                continue
            merged = self._merged(place.id)
            around = checks.Around(merged, frozenset(exampled), self._clause, self.app.today, self._reply)
            self._note("jurisdictions", place.id, checks.place_findings(place, around))
            self._note("jurisdictions", place.id, namechecks.findings(place, merged or place, self._written))
            self._note("jurisdictions", place.id, authoritychecks.findings(place, self.app.today, spoken))
            for index, example in enumerate(place.examples):
                self._example(place, index, example)
        known = {firm.id: firm for firm in firms}
        names = checks.names_of(known)
        around = checks.Around(None, frozenset(exampled), self._clause, self.app.today, firms=known, names=names)
        for firm in firms:
            if not self._wants(f"firms/{firm.id}.yaml"):
                continue
            found = (*checks.firm_findings(firm, around), *firmchecks.findings(firm, self.app.today))
            self._note("firms", firm.id, found)
        self._templates()
        return self.problems

    def _wants(self, file: str) -> bool:
        return self.wanted is None or file in self.wanted

    def _merged(self, place: str) -> Any:
        try:
            return self.catalog.effective(place)
        except BadData as error:
            self.problems += error.problems
        except NotFound:
            return None
        return None

    def _clause(self, name: str, family: str | None) -> tuple[str, ...]:
        from optout.cli import templates

        return templates.clause_lacks(self.catalog, name, family)

    def _reply(self, name: str, family: str | None) -> tuple[str, ...]:
        from optout.cli import templates

        return templates.reply_lacks(self.catalog, name, family)

    def _written(self, family: str) -> list[str]:
        from optout.cli import speaking

        return speaking.written(self.catalog, family)

    def _example(self, place: Any, index: int, example: Example) -> None:
        from optout.checks import Finding
        from optout.library import examples

        self.examples += 1
        try:
            wrong = list(examples.failures(place, example, self.catalog, self.holidays, self.letter_text))
        except (OptoutError, KeyError, ValueError) as error:
            wrong = [f"cannot be worked: {error}"]
        path = ("examples", index)
        self._note("jurisdictions", place.id, [Finding(path, "example-fails", f"'{example.name}': {w}") for w in wrong])

    def letter_text(self, residence: str, example: Example) -> str:
        """The letters an example asks for, to a plainly fictional person."""
        from optout.cli import golden

        return golden.letters_text(self.catalog, residence, example)

    def _note(self, kind: str, name: str, findings: Any) -> None:
        from optout.library import yamlfile

        positions = None
        for finding in findings:
            if positions is None:
                positions = self._positions(kind, name)
            at = yamlfile.position(positions, finding.path)
            self.problems.append(Problem(f"{kind}/{name}.yaml", *at, *finding[1:]))

    def _positions(self, kind: str, name: str) -> Any:
        from pathlib import Path

        from optout.library import yamlfile

        return yamlfile.read(name, Path(self.catalog.path(kind, name)).read_bytes())[1]

    def _templates(self) -> None:
        from optout.cli import templates

        self.problems += templates.problems(self.catalog, self._wants)
