"""The command line: commands loaded when called, global options anywhere, and the one place where errors end."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from optout import DATA_DAY, __version__
from optout.cli import ending
from optout.cli.output import choose

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "agent": ("optout.cli.agent", "those who write letters for others"),
    "authorities": ("optout.cli.authorities", "who hears a complaint"),
    "batch": ("optout.cli.batch", "write letters for everybody in a sheet"),
    "check": ("optout.cli.check", "check data files and their worked examples"),
    "completion": ("optout.cli.completing", "completion of commands and values for your shell"),
    "data": ("optout.cli.data", "folders of firms and places that others wrote"),
    "doctor": ("optout.cli.doctor", "what is wrong with this installation"),
    "escalate": ("optout.cli.escalate", "the next letter when silence or a refusal follows"),
    "explain": ("optout.cli.request", "which rules apply, and why each other one does not"),
    "export": ("optout.cli.exporting", "write all cases to a file, or a table of them"),
    "firms": ("optout.cli.firms", "the firms in the catalogue"),
    "forget": ("optout.cli.forget", "erase every trace of a person"),
    "help": ("optout.cli.manual", "the help of a command"),
    "import": ("optout.cli.importing", "take in cases that `export` wrote"),
    "key": ("optout.cli.key", "where the key of the vault is, passphrase, recovery sheet"),
    "laws": ("optout.cli.laws", "the rules, with sources and days"),
    "letter": ("optout.cli.letter", "write the letters of a case again"),
    "log": ("optout.cli.log", "note what happened"),
    "manual": ("optout.cli.manual", "the whole manual"),
    "profile": ("optout.cli.profile", "people whose data are kept for letters to come"),
    "remind": ("optout.cli.remind", "what is overdue, due soon, or waits for you"),
    "request": ("optout.cli.request", "write the letters to a firm and open a case"),
    "show": ("optout.cli.show", "one case with its history and dates"),
    "status": ("optout.cli.status", "all cases, the next date first"),
}
"""Command to module and one-line help, so that --help and completion import nothing."""
COMPLETE = "_OPTOUT_COMPLETE"
"""The variable by which a shell asks what can follow."""
EPILOG = """\b
Begin with:
  optout explain clearview --residence US-IL
  optout request clearview
\b
Not legal advice. Nothing is ever sent: you send the letters yourself."""


class Group(click.Group):
    """Looks commands up in the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        attribute = "import_" if name == "import" else name  # a word of Python's own
        command: click.Command = getattr(importlib.import_module(COMMANDS[name][0]), attribute)
        _add_globals(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """From the table: click's own would import every command."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            if not near:
                raise
            raise click.UsageError(f"No such command '{args[0]}'. Did you mean '{near[0]}'?", ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """The option nearest to the command wins."""
    if value is not None and value is not False:
        ctx.find_root().ensure_object(dict)[param.name] = value
        if param.name in ("color", "plain"):
            choose(param.name, value)


def _globals() -> list[click.Parameter]:
    def flag(name: str, text: str) -> click.Option:
        return click.Option([name], is_flag=True, expose_value=False, callback=_keep, help=text)

    return [
        click.Option(["--home"], metavar="DIR", expose_value=False, callback=_keep, help="keep everything in DIR"),
        flag("--json", "answer as one JSON object"),
        flag("--plain", "one record a line, tab-separated"),
        flag("--no-input", "never ask"),
        click.Option(["--color"], type=click.Choice(["auto", "always", "never"]), expose_value=False, callback=_keep,
                     help="colour what is urgent; default: on a terminal"),
        click.Option(["--passphrase-file"], metavar="FILE", expose_value=False, callback=_keep,
                     help="the vault's passphrase is in FILE"),
        click.Option(["--passphrase-fd"], metavar="N", type=click.IntRange(0), expose_value=False, callback=_keep,
                     help="the passphrase comes from descriptor N"),
        click.Option(["--passphrase-command"], metavar="CMD", expose_value=False, callback=_keep,
                     help="the passphrase is what CMD prints"),
        flag("--debug", "show where an error came from"),
    ]  # fmt: skip


def _help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def _help_option() -> click.Option:
    """In place of click's own, which looks for a translation of its text and so loads what chooses languages."""
    return click.Option(["-h", "--help"], is_flag=True, is_eager=True, expose_value=False, callback=_help,
                        help="Show this message and exit.")  # fmt: skip


def _add_globals(command: click.Command) -> None:
    names = {param.name for param in command.params}
    command.params += [param for param in [*_globals(), _help_option()] if param.name not in names]
    command.add_help_option = False
    if COMPLETE in os.environ:
        from optout.cli.completing import attach

        attach(command)
    if isinstance(command, click.Group):
        for child in command.commands.values():
            _add_globals(child)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"optout {__version__} (Python {sys.version.split()[0]}, data of {DATA_DAY})")
        ctx.exit()


_VERSION = click.Option(
    ["--version"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="print the versions of program, Python and data",
)
optout = Group(
    name="optout",
    params=[*_globals(), _VERSION, _help_option()],
    add_help_option=False,
    help="Letters that make firms holding your face or other biometrics answer for it.",
    epilog=EPILOG,
    context_settings={"max_content_width": 80},
)


def main(args: list[str] | None = None) -> NoReturn:
    """Runs one command and exits with its code; docs/exit-codes.md lists them."""
    settings: dict[str, Any] = {}
    words = list(sys.argv[1:] if args is None else args)
    ending.streams()
    if COMPLETE in os.environ:
        from optout.cli import completing

        sys.exit(completing.run(optout, os.environ[COMPLETE]))
    try:
        ending.prepare()
        try:
            # Not optout.main(): click would end a closed pipe with 1 and hide it from the boundary here.
            with optout.make_context("optout", words, obj=settings) as context:
                optout.invoke(context)
            code = 0
        except click.exceptions.Exit as done:
            code = done.exit_code
        ending.flush()
        ending.over()
    except SystemExit:
        raise
    except BaseException as error:
        code = ending.tell(error, settings, words)
    sys.exit(code)
