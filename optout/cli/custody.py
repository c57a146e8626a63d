"""What the user is told about the key without having asked."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from optout.cli.output import say

if TYPE_CHECKING:
    from optout.cli.app import App
    from optout.store.vault import Vault

TOLD = "custody-told"
"""File in the cache folder: the vault's id and the day on which its owner was last warned."""


def tell(vault: Vault) -> None:
    """What is new about the key of a vault that was opened just now."""
    from optout.store.custody import IN_KEYRING

    keeper = vault.keeper
    if keeper.made and keeper.custody == "file":
        say(f"Your cases are encrypted. No keyring could be used, so the key lies in {keeper.where},")
        say("readable by you alone: keep that file, and keep it private.")
    if keeper.made and keeper.custody == "keyring":
        vault.set_meta(IN_KEYRING, "yes")
    if keeper.missed and vault.meta(IN_KEYRING) == "yes":
        say("The keyring has no key of this vault. To store it there again: optout key keyring")


def warn_daily(app: App, vault: Vault) -> None:
    """Says once a day that the key lies in the keyring only, while that is so."""
    if vault.keeper.custody != "keyring":
        return
    from optout.store import private
    from optout.store.custody import warning

    text = warning(vault)
    path = os.path.join(app.paths.cache, TOLD)
    mark = f"{vault.id} {app.today}\n".encode("ascii")
    with suppress(OSError):
        if not text or private.read(path) == mark:
            return
    if text:
        say(text)
        with suppress(OSError):  # said again then
            private.make_folder(app.paths.cache)
            private.replace(path, mark)
