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


def idents(vault: Vault, *, agents: bool = False) -> list[str]:
    """All ids of people, or of those who write for others, in order."""
    kind = "is not null" if agents else "is null"
    found = vault.run(f"select id from profiles where json_extract(json, '$.acts') {kind} order by id")
    return [str(ident) for (ident,) in found]


def get(vault: Vault, ident: str, *, agent: bool = False) -> dict[str, Any]:
    """The person's data, or the agent's. Raises NotFound with the nearest ids of that kind."""
    rows = vault.run("select json from profiles where id = ?", (ident,))
    found: dict[str, Any] = json.loads(rows[0][0]) if rows else {}
    if not rows or ("acts" in found) is not agent:
        what = "agent" if agent else "profile"
        there = idents(vault, agents=agent)
        near = difflib.get_close_matches(ident.lower(), there, 3)
        raise NotFound(
            what, ident, near, "" if near else f"optout {what} list" if there else f"optout {what} new {ident}"
        )
    return found


def whole(vault: Vault, ident: str, *, agent: bool = False) -> Profile:
    """A profile with its cases, or an agent. Raises NotFound."""
    with vault.reading():
        person = get(vault, ident, agent=agent)
        rows = vault.run("select ref from cases where profile = ? order by opened, rowid", (ident,))
    return Profile(ident, person, tuple(str(ref) for (ref,) in rows))


def every(vault: Vault, *, agents: bool = False) -> list[Profile]:
    """All profiles with their cases, or all agents, by id."""
    with vault.reading():
        return [whole(vault, ident, agent=agents) for ident in idents(vault, agents=agents)]


def add(vault: Vault, ident: str, person: Mapping[str, Any]) -> None:
    """Raises NotPossible when the id is taken."""
    with vault.transaction():
        if vault.run("select 1 from profiles where id = ?", (ident,)):
            agent = ident in idents(vault, agents=True)
            what = "an agent" if agent else "a profile"
            raise NotPossible(
                f"there is {what} '{ident}' already", f"optout {'agent' if agent else 'profile'} edit {ident}"
            )
        vault.run("insert into profiles (id, json) values (?, ?)", (ident, dump(dict(person))))


def change(vault: Vault, ident: str, person: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Raises Locked when it is no longer what it was `before`, so that nothing of another window is lost."""
    with vault.transaction():
        if get(vault, ident, agent="acts" in before) != before:
            what = "agent" if "acts" in before else "profile"
            raise Locked(f"the {what} '{ident}' was changed by another process in the meantime", "edit it again")
        vault.run("update profiles set json = ? where id = ?", (dump(dict(person)), ident))


def remove(vault: Vault, ident: str, *, agent: bool = False) -> None:
    """Raises NotFound, and NotPossible while there are cases of it."""
    with vault.transaction():
        profile = whole(vault, ident, agent=agent)
        if profile.refs:
            count = "a case" if len(profile.refs) == 1 else f"{len(profile.refs)} cases"
            raise NotPossible(f"there is {count} for '{ident}': {', '.join(profile.refs)}", f"optout forget {ident}")
        vault.run("delete from profiles where id = ?", (ident,))
