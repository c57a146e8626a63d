"""`optout profile`: people whose data are kept for letters to come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from optout.cli import person
from optout.cli.app import App
from optout.cli.output import answer, line, say, table
from optout.errors import NotFound

if TYPE_CHECKING:
    from optout.store.profiles import Profile
    from optout.store.vault import Vault

SHOWN = {
    "name": "name",
    "email": "e-mail",
    "email_alias": "e-mail for letters",
    "residence": "lives in",
    "address": "address",
    "print_address": "address printed",
    "situation": "situation",
    "language": "language",
    "minor": "under age",
}
"""The words for each field."""


def _fields(command: Any) -> Any:
    """Options that `new` and `edit` share: one for each field, and the file."""
    for option in (
        click.option("--person", "file", metavar="FILE", help="the fields as YAML or JSON; - reads standard input"),
        click.option("--minor/--no-minor", default=None, help="whether the person is under age"),
        click.option("--language", help="language of the letters"),
        click.option("--because", "situation", metavar="TEXT", help="their own situation, for an objection"),
        click.option("--print-address/--no-print-address", default=None, help="whether letters give the address"),
        click.option(
            "--address-line", "address", multiple=True, metavar="TEXT", help="a line of the address; repeat it"
        ),
        click.option("--residence", metavar="PLACE", help="where the person lives, such as US-IL or FR"),
        click.option("--email-alias", help="an address made for this purpose, which letters give instead"),
        click.option("--email", help="where an answer shall go"),
        click.option("--name", help="the person's name"),
    ):
        command = option(command)
    return command


@click.group()
def profile() -> None:
    """People whose data are kept, encrypted, for letters to come."""


@profile.command(
    epilog="\b\nExamples:\n  optout profile new ada --person me.yaml\n"
    "  optout profile new her --name Ada --email ada@mail.example --residence FR"
)
@click.argument("ident", metavar="ID")
@_fields
@click.pass_obj
def new(settings: dict[str, Any], /, ident: str, file: str | None, **options: Any) -> None:
    """Keep a person under ID; what is needed and not given is asked."""
    from optout.store import profiles

    if not profiles.IDENT.fullmatch(ident):
        raise click.BadParameter("an id has small letters, digits and dashes, such as me or mother", param_hint="ID")
    app = App(settings)
    given = (person.checked(app, file) if file else {}) | _given(options)
    person.cleaned(app, given)  # what was given is judged before anything is asked
    given["name"] = person.asked(app, "name", given.get("name"), "The name", "--name")
    if not given.get("email_alias"):
        email = given.get("email")
        given["email"] = person.asked(app, "email", email, "An e-mail address for the answers", "--email")
    place = given.get("residence")
    given["residence"] = person.asked(app, "residence", place, "Where the person lives (US-IL, FR)", "--residence")
    kept = person.cleaned(app, given)
    with app.vault(create=True) as vault:
        profiles.add(vault, ident, kept)
        made = profiles.whole(vault, ident)
    if _answered(app, [made]):
        return
    say(f"Kept as '{ident}'. Next:")
    say(f"  optout request clearview --profile {ident}")


@profile.command(name="list", epilog="\b\nExample:\n  optout profile list")
@click.pass_obj
def list_(settings: dict[str, Any]) -> None:
    """List the profiles."""
    from optout.store import profiles
    from optout.store.vault import Vault

    app = App(settings)
    found = []
    if Vault.exists(app.paths):
        with app.vault() as vault:
            found = profiles.every(vault)
    if _answered(app, found):
        return
    if found or app.plain:
        rows = [(x.id, x.person["name"], x.person["residence"].upper(), str(len(x.refs))) for x in found]
        table(rows, ("ID", "NAME", "LIVES IN", "CASES"), app.plain)
    else:
        say(f"There are no profiles{app.nowhere()}. Begin with:")
        say("  optout profile new me")


@profile.command(epilog="\b\nExample:\n  optout profile show me")
@click.argument("ident", metavar="ID")
@click.pass_obj
def show(settings: dict[str, Any], ident: str) -> None:
    """Show all that is kept under ID, and its cases."""
    from optout.store import profiles

    app = App(settings)
    with _vault(app, ident) as vault:
        one = profiles.whole(vault, ident)
    if _answered(app, [one]):
        return
    rows = [(SHOWN[key], _text(one.person[key])) for key in person.FIELDS if key in one.person]
    rows += [("case", ref) for ref in one.refs]
    if app.plain:
        table(rows, ("", ""), plain=True)
        return
    line(one.id)
    for what, text in rows:
        line(f"  {what}: {text}")


@profile.command(
    epilog="\b\nExamples:\n  optout profile edit me --email-alias ada@mail.example\n"
    "  optout profile edit me --print-address --person me.yaml"
)
@click.argument("ident", metavar="ID")
@_fields
@click.pass_obj
def edit(settings: dict[str, Any], /, ident: str, file: str | None, **options: Any) -> None:
    """Change a profile: in your editor (VISUAL, then EDITOR), or the fields that a file or options name.

    A field that is named and empty is taken away. Letters that were written stay as they are.
    """
    from optout.cli import editing
    from optout.store import profiles

    app = App(settings)
    with _vault(app, ident) as vault:
        before = profiles.get(vault, ident)
    after: dict[str, Any] | None
    given = _given(options)
    if file or given:
        after = editing.complete(person.cleaned(app, before | (person.checked(app, file) if file else {}) | given))
    else:
        after = editing.edited(app, ident, before)
    changed = after is not None and after != before
    with _vault(app, ident) as vault:
        if after is not None and changed:
            profiles.change(vault, ident, after, before)
        one = profiles.whole(vault, ident)
    if _answered(app, [one]):
        return
    say(f"The profile '{ident}' is changed." if changed else "Nothing was changed.")
    if changed and one.refs:
        say("Letters that were written stay as they are.")


@profile.command(epilog="\b\nExample:\n  optout profile remove mother")
@click.argument("ident", metavar="ID")
@click.pass_obj
def remove(settings: dict[str, Any], ident: str) -> None:
    """Remove a profile that has no cases. To erase it from the copy of the day as well, use `optout forget ID`."""
    from optout.store import profiles

    app = App(settings)
    with _vault(app, ident) as vault:
        profiles.remove(vault, ident)
    if _answered(app, []):
        return
    say(f"The profile '{ident}' is removed.")


def _vault(app: App, ident: str) -> Vault:
    from optout.store.vault import Vault

    if not Vault.exists(app.paths):
        raise NotFound("profile", ident, hint=f"optout profile new {ident}")
    return app.vault()


def _given(options: dict[str, Any]) -> dict[str, Any]:
    """The fields that stand on the line; an empty text is one, and takes the field away."""
    given = {key: value for key, value in options.items() if value is not None and value != ()}
    if "address" in given:
        given["address"] = list(given["address"])
    return given


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _answered(app: App, found: Sequence[Profile]) -> bool:
    """Whether JSON was asked for, and these profiles were given so."""
    if app.json:
        answer("profiles", {"profiles": [{"id": x.id, **x.person, "cases": list(x.refs)} for x in found]})
    return app.json
