"""`optout agent`: those who write letters for others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

import click

from optout.cli import person
from optout.cli.app import App
from optout.cli.output import answer, line, say, table
from optout.errors import BadData, NotFound
from optout.subject import Acts, Agent

if TYPE_CHECKING:
    from optout.store.profiles import Profile
    from optout.store.vault import Vault

SHOWN = {"name": "name", "email": "e-mail", "address": "address", "acts": "acts as"}
ACTS_AS = {
    "person": "somebody whom the person chose",
    "organisation": "a body",
    "attorney": "somebody with a power of attorney",
    "parent": "a parent or guardian of a child",
}
KEPT = "Letters that were written stay as they are, with the name in them."


def _fields(command: Any) -> Any:
    """Options that `new` and `edit` share, one for each field."""
    for option in (
        click.option("--acts-as", "acts", type=click.Choice(get_args(Acts)), help="as what they write; default person"),
        click.option(
            "--address-line", "address", multiple=True, metavar="TEXT", help="a line of the address; repeat it"
        ),
        click.option("--email", help="where the answer shall go"),
        click.option("--name", help="the name of the person or body"),
    ):
        command = option(command)
    return command


@click.group()
def agent() -> None:
    """Those who write for others: somebody chosen, a body, an attorney, a parent."""


@agent.command(
    epilog="\b\nExamples:\n  optout agent new office --name Ida --email ida@mail.example\n"
    "  optout agent new mum --name Eda --email eda@mail.example --acts-as parent"
)
@click.argument("agent_id", metavar="ID")
@_fields
@click.pass_obj
def new(settings: dict[str, Any], /, agent_id: str, **options: Any) -> None:
    """Keep somebody who writes for others under ID; what is needed and not given is asked."""
    from optout.store import profiles

    if not profiles.IDENT.fullmatch(agent_id):
        raise click.BadParameter("an id has small letters, digits and dashes, such as ida", param_hint="ID")
    app = App(settings)
    given = _cleaned(app, options)  # what was given is judged before anything is asked
    given["name"] = person.asked(app, "name", given.get("name"), "The name", "--name")
    given["email"] = person.asked(app, "email", given.get("email"), "An e-mail address for the answers", "--email")
    given.setdefault("acts", "person")
    with app.vault(create=True) as vault:
        profiles.add(vault, agent_id, given)
        made = profiles.whole(vault, agent_id, agent=True)
    if _answered(app, [made]):
        return
    say(f"Kept as '{agent_id}'. Next, for a profile 'me':")
    say(f"  optout request clearview --profile me --agent {agent_id}")


@agent.command(name="list", epilog="\b\nExample:\n  optout agent list")
@click.pass_obj
def list_(settings: dict[str, Any]) -> None:
    """List those who write for others."""
    from optout.store import profiles
    from optout.store.vault import Vault

    app = App(settings)
    found = []
    if Vault.exists(app.paths):
        with app.vault() as vault:
            found = profiles.every(vault, agents=True)
    if _answered(app, found):
        return
    if found or app.plain:
        rows = [(x.id, x.person["name"], x.person["acts"]) for x in found]
        table(rows, ("ID", "NAME", "ACTS AS"), app.plain)
    else:
        say(f"There is nobody who writes for others{app.nowhere()}. Begin with:")
        say("  optout agent new ida")


@agent.command(epilog="\b\nExample:\n  optout agent show ida")
@click.argument("agent_id", metavar="ID")
@click.pass_obj
def show(settings: dict[str, Any], agent_id: str) -> None:
    """Show all that is kept of an agent."""
    from optout.store import profiles

    app = App(settings)
    with _vault(app, agent_id) as vault:
        one = profiles.whole(vault, agent_id, agent=True)
    if _answered(app, [one]):
        return
    rows = [(SHOWN[key], _text(key, one.person[key])) for key in SHOWN if key in one.person]
    if app.plain:
        table(rows, ("", ""), plain=True)
        return
    line(one.id)
    for what, text in rows:
        line(f"  {what}: {text}")


@agent.command(epilog="\b\nExample:\n  optout agent edit ida --email office@mail.example")
@click.argument("agent_id", metavar="ID")
@_fields
@click.pass_obj
def edit(settings: dict[str, Any], /, agent_id: str, **options: Any) -> None:
    """Change the fields that options name. An address line that is empty takes the address away."""
    from optout.store import profiles

    app = App(settings)
    named = {key for key, value in options.items() if value is not None and value != ()}
    if not named:
        raise click.UsageError("name what to change: --name, --email, --address-line or --acts-as")
    given = _cleaned(app, options)
    with _vault(app, agent_id) as vault:
        before = profiles.get(vault, agent_id, agent=True)
        after = {key: value for key, value in before.items() if key not in named} | given
        if missing := [key for key in ("name", "email") if key not in after]:
            raise BadData(f"--{missing[0]} is empty, and a letter needs it")
        profiles.change(vault, agent_id, after, before)
        one = profiles.whole(vault, agent_id, agent=True)
    if _answered(app, [one]):
        return
    say(f"The agent '{agent_id}' is changed. {KEPT}" if after != before else "Nothing was changed.")


@agent.command(epilog="\b\nExample:\n  optout agent remove club")
@click.argument("agent_id", metavar="ID")
@click.pass_obj
def remove(settings: dict[str, Any], agent_id: str) -> None:
    """Remove an agent. Letters that were written keep the name."""
    from optout.store import profiles

    app = App(settings)
    with _vault(app, agent_id) as vault:
        profiles.remove(vault, agent_id, agent=True)
    if _answered(app, []):
        return
    say(f"The agent '{agent_id}' is removed. {KEPT}")


def named(app: App, agent_id: str) -> Agent:
    """The agent of that id, for a letter. Raises NotFound."""
    from optout.store import profiles

    with _vault(app, agent_id) as vault:
        kept = profiles.get(vault, agent_id, agent=True)
    return Agent(name=kept["name"], email=kept["email"], acts=kept["acts"], address=tuple(kept.get("address", ())))


def _vault(app: App, agent_id: str) -> Vault:
    from optout.store.vault import Vault

    if not Vault.exists(app.paths):
        raise NotFound("agent", agent_id, hint=f"optout agent new {agent_id}")
    return app.vault()


def _cleaned(app: App, options: dict[str, Any]) -> dict[str, Any]:
    """The fields that stand on the line, through the gate; empty ones are left out. Raises BadData."""
    given = {key: options[key] for key in ("name", "email", "address") if options[key]}
    kept = person.cleaned(app, given)
    return kept | ({"acts": options["acts"]} if options["acts"] else {})


def _text(key: str, value: Any) -> str:
    if key == "acts":
        return ACTS_AS[value]
    return ", ".join(value) if isinstance(value, list) else str(value)


def _answered(app: App, found: Sequence[Profile]) -> bool:
    """Whether JSON was asked for, and these were given so."""
    if app.json:
        answer("agents", {"agents": [{"id": x.id, **x.person} for x in found]})
    return app.json
