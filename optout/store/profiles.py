"""Profiles in an open vault: a person's data under a short id, for letters to come."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from optout.errors import Locked, NotFound, NotPossible
from optout.store.plain import dump
from optout.store.vault import Vault

IDENT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
"""What an id can be."""


class Profile(NamedTuple):
    id: str
    person: dict[str, Any]
    """Fields that are empty are left out."""
    refs: tuple[str, ...]
    """The cases opened for it."""


def idents(vault: Vault) -> list[str]:
    """All ids, in order."""
    return [str(ident) for (ident,) in vault.run("select id from profiles order by id")]


def get(vault: Vault, ident: str) -> dict[str, Any]:
    """The person's data. Raises NotFound with the nearest ids."""
    rows = vault.run("select json from profiles where id = ?", (ident,))
    if not rows:
        there = idents(vault)
        near = difflib.get_close_matches(ident.lower(), there, 3)
        raise NotFound(
            "profile", ident, near, "" if near else "optout profile list" if there else f"optout profile new {ident}"
        )
    return dict(json.loads(rows[0][0]))


def whole(vault: Vault, ident: str) -> Profile:
    """A profile with its cases. Raises NotFound."""
    with vault.reading():
        person = get(vault, ident)
        rows = vault.run("select ref from cases where profile = ? order by opened, rowid", (ident,))
    return Profile(ident, person, tuple(str(ref) for (ref,) in rows))


def every(vault: Vault) -> list[Profile]:
    """All profiles with their cases, by id."""
    with vault.reading():
        return [whole(vault, ident) for ident in idents(vault)]


def add(vault: Vault, ident: str, person: Mapping[str, Any]) -> None:
    """Raises NotPossible when the id is taken."""
    with vault.transaction():
        if vault.run("select 1 from profiles where id = ?", (ident,)):
            raise NotPossible(f"there is a profile '{ident}' already", f"optout profile edit {ident}")
        vault.run("insert into profiles (id, json) values (?, ?)", (ident, dump(dict(person))))


def change(vault: Vault, ident: str, person: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Raises Locked when it is no longer what it was `before`, so that nothing of another window is lost."""
    with vault.transaction():
        if get(vault, ident) != before:
            raise Locked(f"the profile '{ident}' was changed by another process in the meantime", "edit it again")
        vault.run("update profiles set json = ? where id = ?", (dump(dict(person)), ident))


def remove(vault: Vault, ident: str) -> None:
    """Raises NotFound, and NotPossible while there are cases of it."""
    with vault.transaction():
        profile = whole(vault, ident)
        if profile.refs:
            count = "a case" if len(profile.refs) == 1 else f"{len(profile.refs)} cases"
            raise NotPossible(f"there is {count} for '{ident}': {', '.join(profile.refs)}", f"optout forget {ident}")
        vault.run("delete from profiles where id = ?", (ident,))
