"""`optout batch`: letters for everybody in a sheet, to one firm or several."""

from __future__ import annotations

import os
import shlex
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from optout import batch as rules
from optout.cli import (
    addressing,
    batchasked,
    batchmanifest,
    batchrun,
    batchwork,
    columns,
    letteroptions,
    members,
    planlines,
)
from optout.cli.app import App
from optout.cli.batchplan import TOLD, Plan, Walker
from optout.cli.batchshape import Shapes
from optout.cli.batchwork import Order
from optout.cli.confirming import counted_and_confirmed
from optout.cli.output import answer, counted, line, say
from optout.cli.params import SHARD, formats_of
from optout.errors import BadData, Missing, NotPossible
from optout.library.sheets import as_row

if TYPE_CHECKING:
    from optout.store.vault import Vault

FIXED = (
    "firms",
    "demand",
    "law",
    "only",
    "together",
    "language",
    "formats",
    "paper",
    "fonts",
    "enclose_photo",
    "archive",
    "printed",
)
"""Options that stay as they are for the letters of a batch that are written anew."""
FREE = ("jobs", "encoding", "delimiter", "sheet", "columns", "yes", "expect", "note", "dry_run", "on")
"""What may be said of each call that writes letters anew."""


@click.command(
    epilog="\b\nExamples:\n  optout batch --example\n"
    "  optout batch people.csv --firm clearview --dry-run\n"
    "  optout batch people.csv --firm clearview,pimeyes --format docx"
)
@click.argument("given", nargs=-1, metavar="FILE | amend BATCH [FILE]")
@click.option("--firm", "firms", multiple=True, metavar="ID", help="the firm; repeat it, or separate with commas")
@letteroptions.given(
    *letteroptions.DECIDING,
    click.option("--language", help="language of the letters, where a row names none"),
    *letteroptions.WRITING,
)
@click.option("--name", "called", metavar="NAME", help="of the batch, where another sheet is called like this one")
@click.option("--archive", is_flag=True, help="a zip for each 500 letters instead of a folder")
@click.option("--print", "printed", is_flag=True, help="also one PDF for each 500 letters, ready for the printer")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="processes that write letters")
@click.option("--shard", type=SHARD, default="1/1", help="only part K of N, such as 2/8")
@click.option("--encoding", metavar="NAME", help="of a CSV file that is not UTF-8")
@click.option("--delimiter", metavar="SIGN", help="of a CSV file, where it is not found")
@click.option("--sheet", metavar="NAME", help="of a workbook with several sheets")
@click.option(
    "--column", "columns", multiple=True, metavar="FIELD=HEADER", help="which column holds what; -=HEADER: none"
)
@click.option("--skip-invalid", is_flag=True, help="leave out rows that cannot be used, and write them to a file")
@click.option(
    "--again", "--allow-repeat", "again", is_flag=True, help="also for whom the firm was asked the same before"
)
@click.option("--yes", is_flag=True, help="do not ask; above 25 cases with --expect")
@click.option("--expect", type=click.IntRange(min=0), metavar="N", help="the number of cases you expect")
@click.option("--note", default="", help="amend: why, kept with the letters that are withdrawn")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="with --dry-run: print so many letters")
@click.option("--example", is_flag=True, help="print an empty sheet, and what its columns mean")
@click.option("-n", "--dry-run", is_flag=True, help="say who gets what, write and keep nothing")
@click.pass_obj
def batch(settings: dict[str, Any], /, given: tuple[str, ...], on: Any, **options: Any) -> None:
    """Write letters to each firm for everybody in FILE (CSV, XLSX or ODS; - reads CSV), and open their cases.

    What is written stays when it is stopped; the same command goes on where it ended, and writes nothing twice. `amend`
    writes those letters of a batch anew that were not sent yet and would say something else today: by the rows of a
    mended sheet, or by the firms, laws and templates of today. The old ones are withdrawn.
    """
    if options["example"]:
        click.echo(members.example(), nl=False)
        return
    if not given:
        raise click.UsageError("FILE is missing: the sheet with the people; optout batch --example prints an empty one")
    options["columns"] = columns.given(options["columns"])
    app = App(settings, on)
    if given[0] == "amend":
        _amend(app, given[1:], options)
        return
    if len(given) > 1:
        raise click.UsageError("give one FILE; rows of several go one after the other into one sheet")
    if options["dry_run"]:
        app.catalog_with(None)
    elif options["sample"]:
        raise click.UsageError("--sample goes with --dry-run: it shows letters before any is written")
    options["formats"] = formats_of(options["formats"])
    Batching(app, given[0], options).run()


def _amend(app: App, given: tuple[str, ...], options: dict[str, Any]) -> None:
    from optout.cli.batchamend import Amending
    from optout.cli.casefile import need_vault
    from optout.store import batches

    if not 1 <= len(given) <= 2:
        raise click.UsageError("give the batch, and the mended sheet if there is one: optout batch amend BATCH [FILE]")
    context = click.get_current_context()
    for option in (
        x for x in context.command.params if isinstance(x, click.Option) and x.expose_value and x.name not in FREE
    ):
        if (source := context.get_parameter_source(option.name or "")) and source.name == "COMMANDLINE":
            name = next(x for x in option.opts if x.startswith("--"))
            raise click.UsageError(f"{name} stays as it was when the batch was begun")
    with need_vault(app, given[0]) as vault, batches.Lock(vault):
        Amending(app, vault, given[0], given[1] if len(given) > 1 else None, options).run()


class Batching:
    """One call of the command."""

    def __init__(self, app: App, file: str, options: dict[str, Any]) -> None:
        self.app, self.file, self.options = app, file, options
        self.output = os.path.abspath(options["output"])
        batchasked.refuse_file(self.output)
        batchasked.refuse_unknown(app, options)
        if not options["firms"]:
            raise Missing("--firm is missing", "give the id of a firm; optout firms list names them")
        self.whom = addressing.choose(app, options["firms"], {**options, "to": (), "kind": None}, writing=True)
        for one in self.whom:
            if one.clients_only:
                raise NotPossible(str(one.clients_only), one.clients_only.hint)
            for note in one.notes:
                say(note)
        self.firms = [one.firm.id for one in self.whom]
        asked = ("demand", "law", "only", "together", "language")
        self.ident = batchasked.ident(options["called"] or file, [*self.firms, *(str(options[x]) for x in asked)])
        shard = options["shard"]
        self.label = rules.label(self.ident, shard)
        self.source, self.kept_answers = columns.opened(app, file, options)
        self.shapes = Shapes(app, self.whom, self.options)
        self.walker = Walker(
            app, self.source, self.shapes, self.firms, shard=options["shard"], again=options["again"], ident=self.ident
        )

    def run(self) -> None:
        from optout.store.vault import Vault

        if self.options["dry_run"]:
            with self.app.vault() if Vault.exists(self.app.paths) else nullcontext() as vault:
                plan = self.walker.plan(vault)
                self._tell(plan)
            say("Nothing else was written or kept." if self.kept_answers else "Nothing was written or kept.")
            return
        from optout.store import batches

        # Without a vault none is made for a sheet that cannot be used: what is planned is the same.
        first = None if Vault.exists(self.app.paths) else self._agreed(None)
        if first and not first.cases:
            self._nobody(first)
            return
        with self.app.vault(create=True) as vault, batches.Lock(vault):
            vault.hold_many()
            plan = first or self._agreed(vault)
            if not plan.cases and self.ident not in batches.everyone(vault):
                self._nobody(plan)
                return
            self._write(vault, plan)

    def _agreed(self, vault: Vault | None) -> Plan:
        """The plan, told and confirmed. Raises BadData, NotPossible, Declined, Missing."""
        plan = self.walker.plan(vault)
        self._refuse(plan)
        if not self.app.json:
            planlines.tell(self.app, plan, all_problems=False)
        if plan.cases:
            counted_and_confirmed(self.app, plan.cases, self.options["yes"], self.options["expect"])
        return plan

    def _nobody(self, plan: Plan) -> None:
        """Nothing is to be written, and nothing of this batch was: no lists are left of nobody."""
        if self.app.json:
            answer("batch", {**planlines.as_json(self.ident, plan), "written": 0, "refused": [], "manifest": []})
        say("There is nobody to write for, so there is no batch.")

    def _write(self, vault: Vault, plan: Plan) -> None:
        from optout.store import batches

        asked = {
            "firms": self.firms, "opened": str(self.app.today), "sheet": self.source.name, "output": self.output,
            "options": {name: self.options[name] for name in FIXED if name != "firms"},
        }  # fmt: skip
        if (shard := self.options["shard"]) != rules.WHOLE:
            asked["shard"] = f"{shard.number}/{shard.of}"
        batch = batches.begin(vault, self.ident, asked)
        batchasked.tell_other_files(batch.asked["options"], asked["options"])
        order = Order(
            settings=self.app.settings, on=self.app.today, whom=self.whom, options=self.options, batch=self.ident,
            label=self.label, output=self.output,
        )  # fmt: skip
        run = batchrun.Run(self.app, vault, batch, order)
        run.recover()
        try:
            if plan.cases:
                run.write(rules.chunks(self.walker.found(vault, batch)), plan.cases, self.options["jobs"])
        finally:
            batchrun.told(run)
        manifest = batchmanifest.write(vault, batch, self.output, self.label)
        if self.app.json:
            answer("batch", {**planlines.as_json(self.ident, plan), "written": run.cases,
                             "refused": batchrun.refused_json(run), "manifest": manifest})  # fmt: skip
        else:
            for path in manifest:
                line(path, whole=True)
            if plan.held:
                say(f"{planlines.held(plan.held)} The list names them under 'held'.")
                if self.options["printed"]:
                    say(f"For the printer they are in files of their own: {batchwork.LATER}...-{batchwork.PRINT}")
            say(f"Batch {self.ident}. Read some of the letters, print and sign them, send them. Then:")
            say(f"  optout log --batch {self.ident} sent --by post")
        batchrun.complain(run)

    def _refuse(self, plan: Plan) -> None:
        """Rows that cannot be used end everything before a letter exists, unless they are to be left out."""
        count = plan.skipped.get("wrong", 0)
        others, changed = plan.skipped.get("other", 0), plan.skipped.get("changed", 0)
        if others and not self.options["skip_invalid"]:
            raise NotPossible(
                f"the ids of {counted(others, 'case')} belonged to somebody else in batch {self.ident} "
                f"(row {_rows(plan, 'other')})",
                "another sheet of the same name? --name NAME makes a batch of its own; of a member who is in it, mend the "
                "name and the mailbox one after the other; --skip-invalid leaves these rows out",
            )
        if changed and not self.options["skip_invalid"]:
            raise NotPossible(
                f"the rows of {counted(changed, 'case')} changed since their letters were written "
                f"(row {_rows(plan, 'changed')})",
                f"to write those letters anew: optout batch amend {self.ident} {shlex.quote(self.file)}; "
                "to leave them as they are: --skip-invalid",
            )
        if not count:
            return
        if not self.options["skip_invalid"]:
            problems = [problem for wrong in plan.wrong for problem in wrong.problems]
            raise BadData(
                f"{counted(count, 'row')} of {self.source.name} cannot be used, so nothing was written", problems,
                "mend them, or leave them out with --skip-invalid",
            )  # fmt: skip
        path = os.path.join(self.output, f"{self.label}-to-mend.csv")
        batchmanifest.to_mend(path, self.source, (x for x in self.source.members() if isinstance(x, members.Wrong)))
        say(f"{counted(count, 'row')} cannot be used. They are, each with what is wrong, in:")
        say(path)

    def _tell(self, plan: Plan) -> None:
        """What a dry run has to say."""
        sample = planlines.samples(self.walker, self.options["sample"] or 0)
        if self.app.json:
            answer("batch", {**planlines.as_json(self.ident, plan, sample), "written": 0, "refused": [],
                             "manifest": []})  # fmt: skip
            return
        planlines.tell(self.app, plan, all_problems=True)
        planlines.tell_samples(sample)


def _rows(plan: Plan, why: str) -> str:
    """The first rows that are left out for this reason."""
    named = dict.fromkeys(as_row(x.line) for x in plan.named if x.why == why)
    return ", ".join([*named, *(["..."] if plan.skipped[why] > TOLD else [])])
