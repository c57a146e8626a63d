"""`optout manual` and `optout help`: the whole manual from the commands themselves, as text, Markdown or man pages."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from optout import __version__

GLOBAL = (
    "home", "json", "plain", "no_input", "color", "passphrase_file", "passphrase_fd", "passphrase_command", "debug",
)  # fmt: skip
"""Options of every command, told once."""
CODES = {
    0: ("", "done"),
    1: (
        "doctor",
        "`doctor`: something of the installation is wrong; with 7 it is the cases, folders or files, or a repair lost something, with 9 the key",
    ),
    2: ("usage", "an option or argument is wrong or missing"),
    3: ("bug", "anything unexpected; the message says where a file lies that names code and no person"),
    10: ("overdue", "`remind --exit-code`: something is overdue; not an error"),
    129: ("hung up", "the terminal went away (SIGHUP); nothing is half written"),
    130: ("stopped", "Ctrl-C; nothing is half written"),
    143: ("terminated", "SIGTERM; nothing is half written"),
}
ENVIRONMENT = (
    ("OPTOUT_HOME", "the folder that holds everything, as --home says"),
    ("XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME", "where the folders below lie on Linux"),
    ("NO_COLOR", "if set, nothing is coloured; FORCE_COLOR colours without a terminal too; --color goes before both"),
    ("COLUMNS", "the width of the terminal, if it cannot be asked"),
    ("PYTHON_KEYRING_BACKEND", "which of the trusted keyrings to use"),
)
FILES = (
    ("~/.local/share/optout/optout.db", "the cases, encrypted"),
    ("~/.local/share/optout/data", "your own places, firms and templates"),
    ("~/.local/share/optout/passphrase.age", "the key under your passphrase, if you set one"),
    ("~/.config/optout/vault.key", "the key, only where there is neither keyring nor passphrase"),
    ("~/.config/optout/columns.json", "what you answered about columns of members' sheets; nothing of a person"),
    ("~/.cache/optout", "checked data; nothing of a person; may be emptied"),
    ("./optout-letters", "the letters, as ordinary files that only you can read"),
)
ABOUT = (
    "Writes letters that make firms holding your face or other biometrics answer for it, under the law of the place "
    "where you live, and keeps track of what happens next. It never sends anything, and uses the network only where "
    "firms check --online asks for it. This is not legal advice."
)


class Page(NamedTuple):
    """One command as the manual has it."""

    path: tuple[str, ...]
    usage: str
    about: tuple[str, ...]
    """Paragraphs; one that begins with a blank is kept as it stands."""
    options: tuple[tuple[str, str], ...]
    commands: tuple[tuple[str, str], ...]
    examples: tuple[str, ...]

    @property
    def name(self) -> str:
        return " ".join(("optout", *self.path))


def pages() -> Iterator[Page]:
    """Every command, groups before what is in them."""
    from optout.cli import COMMANDS, optout

    root = click.Context(optout, info_name="optout")
    for name in sorted(COMMANDS):
        command = optout.get_command(root, name)
        if command is not None:
            yield from _pages((name,), command, root)


def _pages(path: tuple[str, ...], command: click.Command, parent: click.Context) -> Iterator[Page]:
    context = click.Context(command, info_name=path[-1], parent=parent)
    below = sorted(command.commands.items()) if isinstance(command, click.Group) else []
    yield Page(
        path=path,
        usage=" ".join((context.command_path, *command.collect_usage_pieces(context))),
        about=(*_paragraphs(command.help or ""), *(p for p in _paragraphs(command.epilog or "") if "Example" not in p)),
        options=tuple(_options(command, context, own=True)),
        commands=tuple((name, child.get_short_help_str(200)) for name, child in below),
        examples=tuple(re.findall(r"^\s+(optout .+)$", command.epilog or "", re.MULTILINE)),
    )
    for name, child in below:
        yield from _pages((*path, name), child, context)


def _paragraphs(text: str) -> Iterator[str]:
    for part in re.split(r"\n\s*\n", inspect.cleandoc(text).strip(" \n")):
        yield (
            "  " + part.removeprefix("\b\n").replace("\n", "\n  ") if part.startswith("\b") else " ".join(part.split())
        )


def _options(command: click.Command, context: click.Context, own: bool) -> Iterator[tuple[str, str]]:
    for param in command.get_params(context):
        record = param.get_help_record(context)
        shared = param.name in GLOBAL or "--help" in param.opts
        if record and record[1] and shared is not own:
            yield record


def global_options() -> list[tuple[str, str]]:
    """The options that every command takes."""
    from optout.cli import optout

    context = click.Context(optout, info_name="optout")
    return [*_options(optout, context, own=False), *_options(optout, context, own=True)]


def exit_codes() -> list[tuple[int, str, str]]:
    """Code, name and meaning, from the classes of errors."""
    from optout import errors

    rows = [(code, name, text) for code, (name, text) in CODES.items()]
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, errors.OptoutError):
            said = " ".join((value.__doc__ or "").split("\n\n")[0].split())
            rows.append((value.code, value.__name__, said.rstrip(".")))
    return sorted(rows)


def _meanings() -> list[tuple[str, str]]:
    found: dict[int, list[str]] = {}
    for code, name, text in exit_codes():
        if name not in ("OptoutError", "StoreError", "NotPossible"):
            said = text.split(";")[0]
            found.setdefault(code, []).append(
                said if said[1].isupper() or said == "Ctrl-C" else said[0].lower() + said[1:]
            )
    return [(str(code), "; ".join(texts)) for code, texts in found.items()]


def tables() -> list[tuple[str, list[tuple[str, str]]]]:
    """What follows the commands: a title, and terms with what they mean."""
    return [
        ("Options of every command", global_options()),
        ("Exit codes", _meanings()),
        ("Environment", list(ENVIRONMENT)),
        ("Files", list(FILES)),
    ]


def as_text(chosen: list[Page], whole: bool) -> str:
    """For reading at 80 columns."""
    out = click.HelpFormatter(width=80)
    if whole:
        out.write_text(f"optout {__version__}\n\n{ABOUT}")
        out.write_paragraph()
    for page in chosen:
        out.write(f"{page.name}\n{'-' * len(page.name)}\n")
        out.write_text(page.usage)
        for part in page.about:
            out.write_paragraph()
            out.write(part + "\n") if part.startswith(" ") else out.write_text(part)
        for terms in (page.commands, page.options):
            if terms:
                out.write_paragraph()
                with out.indentation():
                    out.write_dl(list(terms))
        out.write_paragraph()
        out.write("".join(f"  $ {example}\n" for example in page.examples))
        out.write_paragraph()
    for title, rows in tables() if whole else []:
        with out.section(title):
            out.write_dl(rows)
    return out.getvalue().rstrip() + "\n"


def as_markdown() -> str:
    """The page `docs/cli.md`."""
    lines = ["# Commands", "", "Written from the commands themselves.", "", ABOUT, ""]
    for page in pages():
        lines += [f"## `{page.name}`", "", "```", page.usage, "```", ""]
        for part in page.about:
            lines += ["```", *part.splitlines(), "```", ""] if part.startswith(" ") else [part, ""]
        for terms in (page.commands, page.options):
            lines += [*(f"- `{term}`: {text}" for term, text in terms), ""] if terms else []
        lines += ["```sh", *page.examples, "```", ""] if page.examples else []
    for title, rows in tables():
        lines += [f"## {title}", "", *(f"- `{term}`: {text}" for term, text in rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def man_pages() -> dict[str, str]:
    """File name to man page: one for the program, one for each command."""
    found = {"optout.1": as_man(None)}
    for page in pages():
        found["-".join(("optout", *page.path)) + ".1"] = as_man(page)
    return found


def as_man(page: Page | None) -> str:
    """One man page; None: that of the program."""
    name = "-".join(("optout", *(page.path if page else ())))
    said = page.about[0].rstrip(".") if page else "letters to firms that hold your face"
    out = [
        f'.TH "{name.upper()}" 1 "" "optout {__version__}" "User commands"',
        ".SH NAME",
        f"{_roff(name)} \\- {_roff(said)}",
    ]
    out += [".SH SYNOPSIS", _roff(page.usage if page else "optout [OPTIONS] COMMAND [ARGS]..."), ".SH DESCRIPTION"]
    for part in page.about if page else (ABOUT,):
        out += [".nf", *map(_roff, part.splitlines()), ".fi"] if part.startswith(" ") else [_roff(part), ".PP"]
    if page is None:
        out += [".SH COMMANDS", *_terms((one.name, one.about[0]) for one in pages() if len(one.path) == 1)]
        for title, rows in tables():
            out += [f".SH {title.upper()}", *_terms(rows)]
        return "\n".join(out) + "\n"
    for title, terms in (("COMMANDS", page.commands), ("OPTIONS", page.options)):
        out += [f".SH {title}", *_terms(terms)] if terms else []
    out += [".SH EXAMPLES", ".nf", *map(_roff, page.examples), ".fi"] if page.examples else []
    out += [".SH SEE ALSO", ".BR optout (1),", "which has the options of every command, the exit codes and the files."]
    return "\n".join(out) + "\n"


def _terms(rows: Any) -> Iterator[str]:
    for term, text in rows:
        yield from (".TP", f".B {_roff(term)}", _roff(text))


def _roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def _found(words: tuple[str, ...]) -> list[Page]:
    """The pages of a command and of what is below it. Raises a usage error for a command there is not."""
    chosen = [page for page in pages() if page.path[: len(words)] == words]
    if not chosen:
        raise click.UsageError(f"No such command '{' '.join(words)}'.")
    return chosen


@click.command(epilog="\b\nExamples:\n  optout manual\n  optout manual laws\n  optout manual --man request")
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@click.option("--man", is_flag=True, help="as a man page: optout manual --man | man -l -")
def manual(words: tuple[str, ...], man: bool) -> None:
    """Print the manual: every command, or those below COMMAND."""
    chosen = _found(words)
    if man:
        click.echo(as_man(chosen[0] if words else None), nl=False)
    else:
        click.echo(as_text(chosen, whole=not words), nl=False)


@click.command(epilog="\b\nExample:\n  optout help laws deadline")
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def help(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Print the help of COMMAND, as its --help does."""
    command: click.Command = ctx.find_root().command
    context = ctx.find_root()
    for word in words:
        child = command.get_command(context, word) if isinstance(command, click.Group) else None
        if child is None:
            raise click.UsageError(f"No such command '{' '.join(words)}'.")
        command, context = child, click.Context(child, info_name=word, parent=context)
    click.echo(command.get_help(context))
