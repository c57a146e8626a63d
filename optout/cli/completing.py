"""What Tab offers: commands and options by click, values from here. Quick, silent, and it never asks or writes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import click
from click.shell_completion import CompletionItem, shell_complete

from optout.cli import COMPLETE
from optout.cli.app import App

_KEYS = re.compile(r"^  ([a-z0-9-]+):", re.MULTILINE)


def run(root: click.Command, instruction: str) -> int:
    """Answers the shell; whatever goes wrong gives nothing to choose from."""
    try:
        return shell_complete(root, {}, "optout", COMPLETE, instruction)
    except Exception:
        return 1


def attach(command: click.Command) -> None:
    """Gives the parameters of a command their values, by name: the same name means the same everywhere."""
    for param in command.params:
        if param.name in VALUES:
            param.shell_complete = _offering(VALUES[param.name])  # type: ignore[method-assign, assignment]


def _offering(values: Callable[[App], Iterable[str]]) -> Callable[[click.Context, str], list[CompletionItem]]:
    def offered(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        done, comma, rest = incomplete.rpartition(",")
        try:
            app = App({**ctx.find_root().ensure_object(dict), "no_input": True})
            app.catalog_with(None)  # a pressed Tab leaves nothing behind
            found = sorted({value for value in values(app) if value.lower().startswith(rest.lower())})
        except Exception:  # nothing may reach the line that the user is typing
            return []
        return [CompletionItem(f"{done}{comma}{value}") for value in found]

    return offered


def _firms(app: App) -> Iterable[str]:
    from optout.store import glance

    yield from app.catalog.files("firms")
    with suppress(Exception):  # ours are offered all the same
        yield from glance.imported(app.paths)


def _places(app: App) -> Iterable[str]:
    return (name.upper() for name in app.catalog.files("jurisdictions"))


def _refs(app: App) -> Iterable[str]:
    from optout.store import glance

    return glance.refs(app.paths)


def _profiles(app: App) -> Iterable[str]:
    from optout.store import glance

    return glance.profiles(app.paths)


def _agents(app: App) -> Iterable[str]:
    from optout.store import glance

    return glance.profiles(app.paths, agents=True)


def _block(app: App, name: str) -> Iterable[str]:
    """The ids that stand under a key of all places, read without checking them."""
    for path in app.catalog.files("jurisdictions").values():
        with open(path, encoding="utf-8") as file:
            block = re.search(rf"^{name}:\n((?:  .*\n|\n|#.*\n)*)", file.read(), re.MULTILINE)
        yield from _KEYS.findall(block.group(1)) if block else ()


def _demands(app: App) -> Iterable[str]:
    from optout.select import KINDS

    return (kind.replace("_", "-") for kind in KINDS)


def _events(app: App) -> Iterable[str]:
    from optout.cli.eventoptions import EVENTS

    return (event.replace("_", "-") for event in EVENTS)


def _kinds(app: App) -> Iterable[str]:
    from optout.cli.addressing import KINDS

    return (kind.replace("_", "-") for kind in KINDS)


def _formats(app: App) -> Iterable[str]:
    from optout.cli.params import FORMATS

    return FORMATS


def _languages(app: App) -> Iterable[str]:
    roots = app.catalog.roots("templates")
    return (entry.name for root in roots for entry in os.scandir(root) if entry.is_dir() and len(entry.name) == 2)


VALUES: dict[str | None, Callable[[App], Iterable[str]]] = {
    "ref": _refs,
    "refs": _refs,
    "profile": _profiles,
    "ident": _profiles,
    "agent": _agents,
    "agent_id": _agents,
    "subject": lambda app: [*_profiles(app), *_refs(app)],
    "firm": _firms,
    "firms": _firms,
    "firm_id": _firms,
    "residence": _places,
    "place": _places,
    "firm_place": _places,
    "law": lambda app: _block(app, "laws"),
    "law_id": lambda app: _block(app, "laws"),
    "authority_id": lambda app: _block(app, "authorities"),
    "demand": _demands,
    "letter_id": _demands,
    "event": _events,
    "kind": _kinds,
    "formats": _formats,
    "language": _languages,
}


SHELLS = ("bash", "zsh", "fish", "powershell")


@click.command(epilog="\b\nExamples:\n  optout completion bash\n  optout completion fish -h")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_obj
def completion(settings: dict[str, Any], shell: str) -> None:
    """Print the script that completes commands, options and values in SHELL.

    \b
    bash         eval "$(optout completion bash)"         in ~/.bashrc
    zsh          eval "$(optout completion zsh)"          in ~/.zshrc
    fish         optout completion fish | source          in config.fish
    powershell   optout completion powershell | Out-String | Invoke-Expression
                                                          in $PROFILE
    """
    from click.shell_completion import get_completion_class

    from optout.cli import optout

    made: Any = get_completion_class(shell)
    click.echo(made(optout, {}, "optout", COMPLETE).source())
