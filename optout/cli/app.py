"""What commands share, each part built when first used. The only place that knows the day, the time and chance."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from optout.errors import Missing
from optout.store.paths import Paths, paths

if TYPE_CHECKING:
    from datetime import date

    from optout.library.catalog import Catalog
    from optout.library.groups import Group
    from optout.store.identity import Identity
    from optout.store.keys import Asking, Key
    from optout.store.listed import ListedFirms
    from optout.store.vault import Vault

AHEAD = 5 * 366
"""Days after the last entry from which a clock is rather wrong than right."""
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def terminal(settings: dict[str, Any]) -> bool:
    """Whether somebody is there to be asked."""
    return not settings.get("no_input") and sys.stdin.isatty()


def _prompt(attempt: int) -> str:
    from optout.cli.passphrases import prompt

    return prompt(attempt)


class App:
    """Built from the global options."""

    def __init__(self, settings: dict[str, Any], on: date | None = None) -> None:
        self.settings = settings
        self._on = on
        self._pretended = on is not None
        self.clock_wrong = False
        """The clock does not know today: it is behind the last entry, or years ahead of it."""
        self._catalog: Catalog | None = None
        self._paths: Paths | None = None
        self._key: Key | None = None

    @property
    def json(self) -> bool:
        return bool(self.settings.get("json"))

    @property
    def plain(self) -> bool:
        return bool(self.settings.get("plain"))

    @property
    def paths(self) -> Paths:
        if self._paths is None:
            self._paths = paths(self.settings.get("home") or os.environ.get("OPTOUT_HOME") or None)
        return self._paths

    def nowhere(self) -> str:
        """Where cases were looked for and none are, to follow "no cases": a mistyped home looks like an empty one."""
        there = "" if os.path.isdir(self.paths.vault) else ", a folder that is not there yet"
        return f" in {self.paths.vault}{there}"

    @property
    def today(self) -> date:
        """The day the command pretends (`--on`), else the user's calendar day."""
        if self._on is None:
            from datetime import date

            self._on = date.today()  # noqa: DTZ011 (days are the user's calendar days)
        return self._on

    def now(self) -> str:
        """The moment, in UTC, for the log of events."""
        from datetime import UTC, datetime

        return datetime.now(UTC).isoformat(timespec="seconds")

    def clock(self) -> float:
        """Seconds since 1970, to judge the age of stray files."""
        import time

        return time.time()

    def compare_clock(self, vault: Vault) -> None:
        """Warns when this computer's clock is more than an hour behind the last event ever noted, or years ahead of it:
        it does not know today then, and nothing is called overdue. A day given with `--on` is taken as it is."""
        last = vault.meta("last_at")
        if self._pretended or not last:
            return
        from datetime import datetime, timedelta

        noted, now = datetime.fromisoformat(last), datetime.fromisoformat(self.now())
        if noted - timedelta(hours=1) <= now <= noted + timedelta(days=AHEAD):
            return
        from optout.cli.output import say

        self.clock_wrong = True
        how = "behind" if now < noted else "years ahead of"
        say(f"The clock of this computer is {how} your last entry ({last}); nothing is called overdue.")
        say("Set the clock, or give the day with --on.")

    def late(self, day: str | None) -> bool:
        """Whether that day (ISO, or None) has come."""
        return bool(day) and not self.clock_wrong and str(day) <= str(self.today)

    def step(self, step: str | None, late_step: str | None, act_on: str | None) -> str:
        """The next step as `status`, `show` and `remind` name it: the one for a late answer once that day has come."""
        return (self.late(act_on) and late_step) or step or ""

    def new_ref(self) -> str:
        import secrets

        signs = "".join(secrets.choice(CROCKFORD) for _ in range(8))
        return f"{signs[:4]}-{signs[4:]}"

    def new_id(self) -> str:
        import secrets

        return secrets.token_hex(8)

    @property
    def catalog(self) -> Catalog:
        return self.catalog_with(self.paths.cache)

    def catalog_with(self, cache: str | None) -> Catalog:
        """`cache` None: a command that must leave nothing behind."""
        if self._catalog is None:
            from contextlib import suppress

            from optout.cli.output import say
            from optout.library.catalog import Catalog
            from optout.store import private

            if cache is not None:
                with suppress(OSError):  # without a cache all works, slower
                    # With --home, whoever makes the cache first makes the vault's folder too.
                    private.make_folder(cache)
            self._catalog = Catalog(self.paths.data, cache, groups=self.groups(), tell=say)
            self._catalog.list_of_others = self._listed_firms
        return self._catalog

    def _listed_firms(self) -> ListedFirms | None:
        from optout.store.listed import ListedFirms

        return ListedFirms.open(self.paths.data)

    def groups(self, known: list[dict[str, Any]] | None = None) -> list[Group]:
        """The trusted folders of others, or those of `known`. Their files are compared with what was trusted when they
        are read."""
        from optout.library.groups import Group
        from optout.store import trust

        return [
            Group(x["folder"], x["name"], {key: file["sha256"] for key, file in x["files"].items()})
            for x in (trust.read(self.paths) if known is None else known)
        ]

    def vault(self, create: bool = False) -> Vault:
        from optout.store.tablesteps import REFOLD
        from optout.store.vault import Vault

        vault = Vault.open(self.paths, create=create, asking=self.asking, key=self._key)
        # Kept, so that a command which opens the vault twice asks for the passphrase once.
        self._key = vault.key._replace(keeper=vault.keeper._replace(made=False, missed=False))
        if vault.keeper.made or vault.keeper.missed:
            from optout.cli.custody import tell

            tell(vault)
        vault.before_change = self._backup
        if vault.writable and vault.meta(REFOLD) is not None:
            self._catch_up(vault)
        return vault

    def _catch_up(self, vault: Vault) -> None:
        """What cannot be done now, because another process writes or a page is damaged, is left to a later command."""
        from contextlib import suppress

        from optout.cli import mending
        from optout.errors import StoreError

        with suppress(StoreError):
            mending.catch_up(vault)

    def _backup(self, vault: Vault) -> str:
        """Before the first change of a day (the clock's, whatever `--on` says) the cases are copied."""
        from optout.cli.output import say
        from optout.store import backup, files

        day = backup.daily(vault, self.now()[:10], say, self.clock())
        if day:
            for folder in (self.paths.config, self.paths.cache, os.path.join(self.paths.cache, "data")):
                files.sweep(folder, (), now=self.clock())
        return day

    @property
    def can_ask(self) -> bool:
        """Whether there is somebody to ask."""
        return terminal(self.settings)

    @property
    def asking(self) -> Asking:
        """How the vault's passphrase may be had. What reads one is loaded when it is needed: most vaults have none.

        Raises Missing when two options give one.
        """
        from optout.store.keys import Asking

        given = None
        if any(name.startswith("passphrase_") and value is not None for name, value in self.settings.items()):
            from optout.cli import passphrases

            given = passphrases.given(self.settings)
        return Asking(given, _prompt if self.can_ask else None)

    def key(self) -> tuple[Identity, Key]:
        """The key of a vault that cannot be opened. Raises StoreError, SecretUnavailable."""
        from optout.errors import StoreError
        from optout.store import identity
        from optout.store.keys import find_key

        known = identity.read(self.paths.vault)
        if known is None:
            raise StoreError(f"there is no {identity.FILE} in {self.paths.vault}", "put it back from a backup")
        return known, self._key or find_key(self.paths.vault, self.paths.config, known, asking=self.asking)

    def confirm(self, question: str, option: str) -> None:
        """Asks yes or no on a terminal. Raises Declined, and Missing without a terminal."""
        if not self.can_ask:
            raise Missing(f"{option} is missing", f"give {option}, or run the command on a terminal to be asked")
        import click

        from optout.errors import Declined

        if not click.confirm(question, err=True):
            raise Declined("nothing was done")

    def ask(self, prompt: str, option: str) -> str:
        """Asks on a terminal; without one raises Missing that names the option."""
        if not self.can_ask:
            raise Missing(f"{option} is missing", f"give {option}, or run the command on a terminal to be asked")
        import click

        return str(click.prompt(prompt, err=True))

    def ask_freely(self, prompt: str) -> str:
        """Asks on a terminal for what may be left empty."""
        import click

        return str(click.prompt(prompt, default="", show_default=False, err=True)).strip()
