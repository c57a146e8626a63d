"""`optout key`: where the key of the vault is, and who else can open it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from optout.cli.app import App
from optout.cli.output import answer, line, say, table
from optout.errors import OptoutError, OutputFailed

if TYPE_CHECKING:
    from optout.store.custody import Places

KEY_FILE = "The key file opens the vault, without a keyring. "
UNFINISHED = "A change of the key was cut short. Finish it: optout key rotate"


@click.group(epilog="\b\nExample:\n  optout key status")
def key() -> None:
    """See and change what opens the vault."""


@key.command(epilog="\b\nExample:\n  optout key status")
@click.pass_obj
def status(settings: dict[str, Any]) -> None:
    """Where the key is, and what happens if the keyring is lost.

    Asks for nothing; without the key it says what can be seen from outside.
    """
    from optout.store import custody

    app = App(settings)
    if not custody.begun(app.paths):
        if app.json:
            _answer(app)
        say(f"No cases yet{app.nowhere()}: there is no key either. The first letter makes one.")
        return
    places = custody.places(app.paths)
    made = _recovery_made(app)
    if app.json:
        sheet = None if made is None else {"made": made or None}
        _answer(app, recovery=sheet, if_keyring_is_lost=_if_lost(places, made))
        return
    rows = [
        ("keyring", _keyring(places)),
        ("passphrase", "set" if places.passphrase else "none"),
        ("key file", _file(places, app)),
        (
            "recovery sheet",
            "not known while the vault is locked" if made is None else f"made {made}" if made else "none",
        ),
    ]
    table(rows, ("PLACE", "KEY"), app.plain)
    if places.changing:
        say(UNFINISHED)
    say(_if_lost(places, made))


@key.command(epilog="\b\nExample:\n  optout key passphrase")
@click.option("--new-passphrase-file", metavar="FILE", help="read the new passphrase from FILE")
@click.option("--new-passphrase-fd", metavar="N", type=click.IntRange(min=0), help="read it from descriptor N")
@click.option("--remove", is_flag=True, help="take the passphrase away")
@click.pass_obj
def passphrase(settings: dict[str, Any], /, remove: bool, **new: Any) -> None:
    """Set or change the passphrase, with which a copy of the data folder opens anywhere.

    It is asked for twice, and never shown.
    """
    from optout.cli.passphrases import new_passphrase
    from optout.store import custody

    app = App(settings)
    with app.vault() as vault:
        if remove:
            custody.remove_passphrase(app.paths, vault)
            say("The passphrase is taken away. Copies of the data folder made before still open with it.")
        else:
            removed = custody.set_passphrase(app.paths, vault, new_passphrase({**settings, **new}))
            _say_set(app, removed)
    _answer(app)


@key.command(epilog="\b\nExample:\n  optout key recovery -o sheet.txt")
@click.option("-o", "--output", metavar="FILE", help="write the sheet into FILE, readable by you alone")
@click.option("--check", is_flag=True, help="type a sheet and see whether it opens this vault")
@click.option("--restore", is_flag=True, help="type a sheet, and store its key again")
@click.option("--new-passphrase-file", metavar="FILE", help="with --restore: a passphrase for the key")
@click.option("--new-passphrase-fd", metavar="N", type=click.IntRange(min=0), help="the same from descriptor N")
@click.pass_obj
def recovery(settings: dict[str, Any], /, output: str | None, check: bool, restore: bool, **new: Any) -> None:
    """Print the recovery sheet, which opens the vault when everything else is lost.

    Print it on paper, straight away: optout key recovery | lp
    """
    if check and restore:
        raise click.UsageError("--check and --restore are two things")
    app = App(settings)
    if check or restore:
        _typed_back(app, restore, {**settings, **new})
        return
    from optout.cli.recovery_sheet import sheet
    from optout.store import custody

    with app.vault() as vault:
        custody.settled(app.paths, vault)
        text = sheet(vault.key.key, vault.id, vault.path, str(app.today))
        if output is not None:
            _write(output, text)
        elif app.json:
            answer("key_recovery", {"vault_id": vault.id, "made": str(app.today), "sheet": text.splitlines()})
        else:
            for row in text.splitlines():
                line(row, whole=True)  # its commands are to be copied
        vault.set_meta(custody.RECOVERY_MADE, str(app.today))
    if output is not None:
        say(f"The sheet is in {output}. Print it, and remove the file.")
    say(
        "Whoever has the sheet and a copy of the vault can read it. See whether it is right: optout key recovery --check"
    )


@key.command(epilog="\b\nExample:\n  optout key keyring")
@click.option("--forget", is_flag=True, help="take the key out of the keyring")
@click.pass_obj
def keyring(settings: dict[str, Any], forget: bool) -> None:
    """Move the key into the keyring of this computer."""
    from optout.store import custody

    app = App(settings)
    with app.vault() as vault:
        if forget:
            custody.out_of_keyring(app.paths, vault, app.asking)
            say("The keyring no longer holds the key.")
        else:
            removed = custody.into_keyring(app.paths, vault)
            say("The key is in the keyring.")
            _say_removed(removed)
            say(custody.warning(vault) or "It is not the only way to open the vault.")
    _answer(app)


@key.command(epilog="\b\nExample:\n  optout key rotate")
@click.pass_obj
def rotate(settings: dict[str, Any]) -> None:
    """Give the vault a new key, such as after a key or a sheet was seen by somebody.

    Cut short at any moment, the vault still opens, and the same command completes the change.
    """
    from optout.cli.passphrases import remembering
    from optout.store import rotation

    app = App(settings)
    changed = rotation.rotate(app.paths, remembering(app.asking))
    say("The key is changed. Copies of the vault that were made elsewhere stay readable with the old key.")
    say("A recovery sheet opens only copies from before now. Make a new one: optout key recovery")
    if changed.keyring:
        say("The keyring could not be reached. Once it can: optout key keyring")
    for path in changed.left:
        say(f"{path} could not be given the new key. It opens with the old one, if at all: remove it if you can.")
    _answer(app)


def _typed_back(app: App, restore: bool, settings: dict[str, Any]) -> None:
    from optout.cli.passphrases import given, new_passphrase
    from optout.cli.recovery_sheet import typed
    from optout.store import custody, restoring

    data_key = typed(settings)
    if not restore:
        ends = restoring.check(app.paths, data_key)
        say("The sheet is right: it opens this vault.")
        if ends:
            say("A change of the key was cut short. Once it is finished, this sheet opens older copies only.")
        return
    _identify(app, data_key)
    restoring.prove(app.paths, data_key)
    places = custody.places(app.paths)
    ask = (places.keyring == "unreachable" or places.passphrase) and app.can_ask
    new = new_passphrase(settings) if ask or given(settings, "new_") else None
    keeper = restoring.restore(app.paths, data_key, new).keeper
    say(f"The key is back: {keeper.where}.")
    if places.changing:
        say(UNFINISHED)
    elif new is not None and places.file == "holds":
        say("The key file opens the vault without the passphrase. To remove it: optout key passphrase")
    _answer(app)


def _identify(app: App, data_key: bytes) -> None:
    """A vault of which only the database came back gets its `vault.json` from the key."""
    from optout.store import reidentify

    folder = os.path.realpath(app.paths.vault)
    if reidentify.needed(folder) or reidentify.outdated(folder, data_key):
        reidentify.rebuild(folder, app.paths.config, typed=data_key)
        say(f"{os.path.join(folder, 'vault.json')} was missing, damaged or another one, and is made anew.")


def _answer(app: App, **more: Any) -> None:
    """For scripts: where the key is now."""
    from optout.store import custody

    if app.json:
        places = custody.places(app.paths)
        words = {"vault_id": places.vault_id or None, "reason": places.reason or None}
        answer("key", {**places._asdict(), **words, **more})


def _say_set(app: App, removed: str) -> None:
    from optout.store import custody

    say("The passphrase is set. Nobody can tell it to you again: keep it where you keep what matters.")
    _say_removed(removed)
    if custody.places(app.paths).keyring == "holds":
        say("The keyring opens the vault without it. To take the key out of there: optout key keyring --forget")


def _say_removed(path: str) -> None:
    if path:
        say(f"The key file {path} is no longer needed and was removed.")


def _write(path: str, text: str) -> None:
    from optout.store import private
    from optout.store.files import failed

    try:
        private.create(path, text.encode("utf-8"))
    except FileExistsError:
        hint = "name another file, or remove that one first"
        raise OutputFailed(f"{path} is there already and is not written over", hint) from None
    except OSError as error:
        raise failed(path, error) from error


def _recovery_made(app: App) -> str | None:
    """The day of the sheet, "" when none was made, None when the vault cannot be opened without asking."""
    from optout.store import custody
    from optout.store.vault import Vault

    try:
        with Vault.open(app.paths, create=False, asking=app.asking._replace(prompt=None)) as vault:
            return vault.meta(custody.RECOVERY_MADE) or ""
    except OptoutError:
        return None


def _keyring(places: Places) -> str:
    words = {"holds": "holds the key", "none": "has no key of this vault", "other": "holds the key of another vault"}
    return words.get(places.keyring) or f"cannot be used: {places.reason}"


def _file(places: Places, app: App) -> str:
    from optout.store import keyfile

    path = keyfile.path_in(app.paths.config)
    words = {"holds": path, "none": "none", "other": f"{path}, of another vault"}
    return words.get(places.file) or f"{path} is not used: others can read it, or it holds no key"


def _if_lost(places: Places, made: str | None) -> str:
    sheet = f"the recovery sheet made {made}" if made else "a recovery sheet, if you have one,"
    if places.passphrase:
        more = f" So does {sheet}." if made else ""
        return f"If the keyring is lost, the passphrase opens the vault.{more}"
    first, what = ("", "keyring") if places.file != "holds" else (KEY_FILE, "file")
    if made == "":
        return f"{first}If the {what} is lost, so are the cases. Make a recovery sheet: optout key recovery"
    return f"{first}If the {what} is lost, only {sheet} opens the vault."
