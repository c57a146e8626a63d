"""`optout doctor`: what is wrong with this installation and its cases, as far as it can be seen, and mending it."""

from __future__ import annotations

import os
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from optout.cli import installation, meant
from optout.cli.app import App
from optout.cli.output import answer, line, say
from optout.errors import BadData, NotFound, NotPossible, OptoutError, SecretUnavailable, StoreError, Unreadable
from optout.findings import SEVERITIES, Finding, error, note, warning

if TYPE_CHECKING:
    from optout.store.vault import Vault


SHOWN = 5
"""Files of a trusted folder that are named."""


@click.command(epilog="\b\nExamples:\n  optout doctor\n  optout doctor --repair --yes")
@click.option("--repair", is_flag=True, help="save what can be read into a new file; the damaged one is kept")
@click.option("--yes", is_flag=True, help="repair without asking")
@click.pass_obj
def doctor(settings: dict[str, Any], repair: bool, yes: bool) -> None:
    """Look for what is wrong: installation, folders, key, cases.

    Without --repair nothing of your cases is changed. Exit code 0: nothing is wrong, or there are only warnings; 7:
    cases, folders or files, also when a repair names something that is lost; 9: the key; 1: the installation.
    """
    app = App(settings)
    report: dict[str, Any] = {}
    if repair:
        from optout.cli import mending

        report = mending.repair(app, examine, yes)
    found = examine(app)
    lost = bool(report and report["repair"]["lost"])
    code = StoreError.code if lost else _worst(found)
    if app.json:
        findings = [finding._asdict() for finding in found]
        answer("doctor", {"healthy": not code, "versions": installation.facts(), "findings": findings, **report})
    else:
        _show(found, whole=not lost)
    if code:
        raise click.exceptions.Exit(code)


def examine(app: App) -> list[Finding]:
    """All findings, errors first. Goes on where one part cannot be looked at."""
    from optout.store import surroundings

    around = surroundings.look(app.paths, app.clock())
    unsafe = tuple(finding.sentence for finding in around if finding.id == "file.unsafe")
    # A key file that is not safe is told as a file; that the key cannot be had for that reason says no more.
    inside = [x for x in _vault(app) if not (x.id == "key.unavailable" and unsafe and x.sentence.endswith(unsafe))]
    found = [*installation.look(), *around, *_trusted(app, unsafe), *_own_firms(app), *inside]
    return sorted(dict.fromkeys(found), key=lambda finding: SEVERITIES.index(finding.severity))


def _trusted(app: App, told: tuple[str, ...]) -> list[Finding]:
    """Folders of others in which something is not used any more. `told`: what was said already."""
    from optout.library import groups

    try:
        trusted = app.groups()
    except StoreError as failure:
        return [] if str(failure) in told else [error("file.trusted", str(failure), failure.hint)]
    found = []
    for group in trusted:
        names = groups.changed(group)
        if not os.path.isdir(group.folder):
            sentence = f"{group.folder}, which you trust, is not there; nothing of it is used"
            found.append(
                warning("trusted.gone", sentence, f"put it back, or: optout data untrust {quote(group.folder)}")
            )
        elif names:
            some = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
            sentence = f"{group.folder}: changed or gone since you trusted it, and not used: {some}"
            found.append(warning("trusted.changed", sentence, group.command()))
    return found


def _own_firms(app: App) -> list[Finding]:
    """Firm files of the user's own that cannot be used, or lead to a look-alike of a firm that is known here."""
    found = []
    folder = os.path.join(app.paths.data, "firms")
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    for ident in (name.removesuffix(".yaml") for name in names if name.endswith(".yaml")):
        file = os.path.join(folder, f"{ident}.yaml")
        try:
            meant.no_ways_astray(app, app.catalog_with(None).firm_by_id(ident))
        except BadData as failure:
            found.append(error("file.unusable", f"{file}: {failure}", f"optout check {quote(file)}"))
        except NotFound:  # its name is no id
            found.append(warning("file.unusable", f"{file} is never read", f"optout check {quote(folder)}"))
        except NotPossible as failure:
            found.append(error("file.lookalike", f"{file}: {failure}", "correct it, or delete it"))
        except StoreError:  # as above
            pass
    return found


def _vault(app: App) -> list[Finding]:
    """The part that needs the key."""
    from optout.cli import mending
    from optout.store import health
    from optout.store.vault import Vault

    try:
        if not os.path.isdir(app.paths.vault) or not Vault.exists(app.paths):
            return []  # a file in its place is told of with the folders
        with app.vault() as vault:
            return [
                *_begun(vault),
                *_pending(vault),
                *health.look(vault, app.now(), mending.refold),
                *_custody(app, vault),
            ]
    except SecretUnavailable as failure:
        return [error("key.unavailable", str(failure), failure.hint)]
    except Unreadable as failure:
        return [error("vault.unreadable", str(failure), health.REPAIR)]
    except StoreError as failure:
        return [error("vault.unreadable", str(failure), failure.hint)]
    except OptoutError as failure:
        return [error("key.unavailable", str(failure), failure.hint)]


def _begun(vault: Vault) -> list[Finding]:
    """A person who is to be forgotten and is still partly here."""
    from optout.store import forgetting

    try:
        if forgetting.begun(vault):
            return [warning("vault.forgetting", "forgetting somebody was cut short", "optout forget")]
    except StoreError:  # as below
        pass
    return []


def _pending(vault: Vault) -> list[Finding]:
    """What a killed run left between keeping a case and naming its files is finished, as any command would."""
    from optout.cli import keeping
    from optout.store import cases

    try:
        refs = dict.fromkeys(row["ref"] for row in cases.pending(vault)) if vault.writable else {}
        if refs:
            keeping.finish_pending(vault)
        return [
            note("file.finished", f"{ref}: files that a killed run left have been given their names") for ref in refs
        ]
    except StoreError:  # a damaged vault; the other checks say so
        return []


def _custody(app: App, vault: Vault) -> list[Finding]:
    """Who keeps the key, and what that means."""
    from optout.store import custody, keyfile

    places = custody.places(app.paths)
    found = []
    if places.changing:
        found.append(warning("key.changing", "a change of the key was cut short", "optout key rotate"))
    if text := custody.warning(vault):
        found.append(warning("key.keyring_only", text, "optout key recovery"))
    if places.passphrase and places.file == "holds":
        path = keyfile.path_in(app.paths.config)
        sentence = f"{path} opens the vault without the passphrase"
        found.append(warning("key.beside_passphrase", sentence, "set the passphrase again: optout key passphrase"))
    if places.keyring == "unreachable":
        found.append(note("key.no_keyring", f"no keyring is used: {places.reason}"))
    return found


def _show(found: list[Finding], whole: bool) -> None:
    for finding in found:
        line(f"{finding.severity}: {finding.sentence} [{finding.id}]")
        if finding.fix:
            line(f"  fix: {finding.fix}")
    if whole and not any(finding.severity != "note" for finding in found):
        say("Nothing is wrong.")


def _worst(found: list[Finding]) -> int:
    """The exit code: the vault's trouble before the key's, the key's before the installation's."""
    areas = {finding.id.partition(".")[0] for finding in found if finding.severity == "error"}
    if areas & {"vault", "folder", "file"}:
        return StoreError.code
    if "key" in areas:
        return SecretUnavailable.code
    return OptoutError.code if areas else 0
