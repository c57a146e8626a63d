"""The command line: commands loaded when called, global options anywhere, and the one place where errors end."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, NoReturn

import click

from optout import __version__
from optout.errors import BadData, NoRule, OptoutError

COMMANDS = {
    "authorities": ("optout.cli.authorities", "who hears a complaint"),
    "check": ("optout.cli.check", "check data files and their worked examples"),
    "explain": ("optout.cli.request", "which rules apply, and why each other one does not"),
    "firms": ("optout.cli.firms", "the firms in the catalogue"),
    "laws": ("optout.cli.laws", "the rules, with sources and days"),
    "letter": ("optout.cli.show", "write the letters of a case again"),
    "log": ("optout.cli.log", "note what happened"),
    "request": ("optout.cli.request", "write the letters to a firm and open a case"),
    "show": ("optout.cli.show", "one case with its history and dates"),
    "status": ("optout.cli.status", "all cases, the next date first"),
}
"""Command to module and one-line help, so that --help and completion import nothing."""
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
        command: click.Command = getattr(importlib.import_module(COMMANDS[name][0]), name)
        _add_globals(command)
        return command

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


def _globals() -> list[click.Parameter]:
    def flag(name: str, text: str) -> click.Option:
        return click.Option([name], is_flag=True, expose_value=False, callback=_keep, help=text)

    return [
        click.Option(["--home"], metavar="DIR", expose_value=False, callback=_keep, help="keep everything in DIR"),
        flag("--json", "answer as one JSON object"),
        flag("--plain", "one record a line, tab-separated"),
        flag("--no-input", "never ask"),
        click.Option(["--color"], type=click.Choice(["auto", "always", "never"]), expose_value=False, callback=_keep,
                     help="colour the talk on stderr"),
        flag("--debug", "show where an error came from"),
    ]  # fmt: skip


def _add_globals(command: click.Command) -> None:
    names = {param.name for param in command.params}
    command.params += [param for param in _globals() if param.name not in names]
    command.context_settings = {**command.context_settings, "help_option_names": ["-h", "--help"]}
    if isinstance(command, click.Group):
        for child in command.commands.values():
            _add_globals(child)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"optout {__version__} (Python {sys.version.split()[0]})")
        ctx.exit()


_VERSION = click.Option(
    ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, help="print the version"
)
optout = Group(
    name="optout",
    params=[*_globals(), _VERSION],
    help="Letters that make firms holding your face or other biometrics answer for it.",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


def main(args: list[str] | None = None) -> NoReturn:
    """Runs one command and exits with its code; docs/exit-codes.md lists them."""
    settings: dict[str, Any] = {}
    try:
        # Not optout.main(): click would end a closed pipe with 1 and hide it from the boundary here.
        with optout.make_context("optout", list(sys.argv[1:] if args is None else args), obj=settings) as context:
            optout.invoke(context)
        sys.stdout.flush()
        sys.exit(0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        _say("optout: stopped")
        sys.exit(130)
    except KeyboardInterrupt:
        _say("optout: stopped")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except OptoutError as error:
        if settings.get("debug"):
            _trace()
        _tell(error)
        sys.exit(error.code)
    except BrokenPipeError:
        # The reader has gone; a second complaint at shutdown would go to a closed pipe as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except OSError as error:
        _say(f"optout: {error.strerror or 'the system refused'}{': ' + str(error.filename) if error.filename else ''}")
        sys.exit(1)
    except Exception as error:
        from optout.cli import bugs

        if settings.get("debug"):
            _trace()
        _say(bugs.report(error, settings))
        sys.exit(3)


def _tell(error: OptoutError) -> None:
    _say(f"optout: {error}")
    if isinstance(error, BadData):
        for problem in error.problems:
            _say(f"  {problem}")
    if isinstance(error, NoRule):
        for rule, reason in error.reasons:
            _say(f"  {rule}: {reason}")
    if error.hint:
        _say(f"  hint: {error.hint}")


def _trace() -> None:
    import traceback

    # Frames only: the values in an exception's text may be a person's.
    for frame in traceback.extract_tb(sys.exc_info()[2]):
        _say(f"  {frame.filename}:{frame.lineno} in {frame.name}")


def _say(text: str) -> None:
    from optout.cli.output import say

    say(text)
