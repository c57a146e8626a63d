"""Where things lie: the vault, the user's own data files, the configuration and the cache."""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import os
from typing import NamedTuple

from optout.errors import StoreError

APP = "optout"


class Paths(NamedTuple):
    """Absolute folders. None of them needs to exist; nothing here creates one."""

    vault: str
    """Holds `optout.db` and `vault.json`."""
    data: str
    """The user's own jurisdictions, firms and templates."""
    config: str
    """Holds the settings and, where there is no keyring, `vault.key`; apart from the vault, so that a copied or
    synchronised vault folder shows nothing."""
    cache: str
    """May be emptied at any time."""


def paths(home: str | None) -> Paths:
    """All folders below `home`, or the platform's own when it is None. The caller resolves `--home` and OPTOUT_HOME.

    Raises StoreError for a user without a home folder.
    """
    if home is not None:
        home = os.path.abspath(os.path.expanduser(home))
        return Paths(home, os.path.join(home, "data"), os.path.join(home, "config"), os.path.join(home, "cache"))
    import platformdirs  # only here: it costs a fifth of the start-up of `status`

    try:
        vault = platformdirs.user_data_dir(APP, appauthor=False)
        config = platformdirs.user_config_dir(APP, appauthor=False)
        cache = platformdirs.user_cache_dir(APP, appauthor=False)
    except RuntimeError as error:  # neither HOME nor a row in the list of users
        raise StoreError("this user has no home folder", "name a folder with --home") from error
    return Paths(vault, os.path.join(vault, "data"), config, cache)
