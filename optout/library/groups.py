"""Folders of data files that others wrote: what is in one, and which of it is used.

Firms and places are read from such a folder and nothing else: no template, no setting, no program. A file is used
while its bytes are those that were trusted.
"""

# pathlib alone would add a tenth to the start of a command.

from __future__ import annotations

import hashlib
import os
import shlex
import stat
from collections.abc import Mapping
from typing import NamedTuple

from optout import hosts
from optout.addressed import is_own
from optout.changes import Effect, effect
from optout.errors import BadData
from optout.firm import Firm
from optout.jurisdiction import Jurisdiction
from optout.library import datafile, roots
from optout.naming import folded, looks, mixed
from optout.problems import Problem
from optout.records import from_plain
from optout.sameness import Lookalikes
from optout.subject import clean_text

KINDS: dict[str, type[Firm] | type[Jurisdiction]] = {"firms": Firm, "jurisdictions": Jurisdiction}
MOST = 20_000
"""Files of one kind; more are no catalogue."""


class Group(NamedTuple):
    """A trusted folder."""

    folder: str
    name: str
    hashes: Mapping[str, str]
    """SHA-256 of each trusted file, by `firms/<id>` or `jurisdictions/<id>`."""

    def path(self, kind: str, name: str) -> str | None:
        """The file, if it was trusted and is still there."""
        if f"{kind}/{name}" not in self.hashes:
            return None
        path = os.path.join(self.folder, kind, f"{name}.yaml")
        return path if os.path.isfile(path) else None

    def names(self, kind: str) -> list[str]:
        return [key.partition("/")[2] for key in self.hashes if key.startswith(f"{kind}/")]

    def command(self) -> str:
        return f"optout data trust {shlex.quote(self.folder)}"


class Held(NamedTuple):
    """A file of a folder that can be trusted."""

    sha256: str
    effect: Effect
    names: tuple[str, ...] = ()
    """Of a firm: everything it is called beside its id."""
    addresses: tuple[str, ...] = ()
    """Of a firm: its mailboxes and pages."""


class Looked(NamedTuple):
    """What is in a folder."""

    files: dict[str, Held]
    """By `firms/<id>` or `jurisdictions/<id>`, sorted."""
    refused: list[Problem]
    beside: list[str]
    """What lies in the folder and is never read."""


def look(folder: str) -> Looked:
    """Reads every file, whatever was trusted before. Raises OSError when the folder itself cannot be listed."""
    looked = Looked({}, [], sorted(name for name in os.listdir(folder) if name not in KINDS and name[:1] != "."))
    for kind in KINDS:
        place = os.path.join(folder, kind)
        if not os.path.lexists(place):
            continue
        if not stat.S_ISDIR(os.lstat(place).st_mode):
            _refuse(looked, kind, "link", "it is no folder of its own")
            continue
        names = sorted(os.listdir(place))
        if len(names) > MOST:
            _refuse(looked, kind, "too-many", f"more than {MOST} files")
            continue
        for name in names:
            if name[0] not in "_.":
                _file(looked, kind, name, os.path.join(place, name))
    return looked


def _file(looked: Looked, kind: str, name: str, path: str) -> None:
    shown = f"{kind}/{name}"
    stem, extension = os.path.splitext(name)
    mode = os.lstat(path).st_mode
    if not stat.S_ISREG(mode):
        _refuse(looked, shown, "link", "it is a symbolic link" if stat.S_ISLNK(mode) else "it is no file")
    elif extension != ".yaml":
        if name != "README.md":
            _refuse(looked, shown, "file-name", "it does not end in .yaml, so it is never read")
    elif not roots.ID.fullmatch(stem) or is_own(stem):
        _refuse(looked, shown, "file-name", "its name is no id: small letters, digits and hyphens, not 'own-' first")
    else:
        try:
            data = datafile.bytes_of(path, shown)
            read = from_plain(KINDS[kind], datafile.read_valid(KINDS[kind], shown, data))
            names = read.called[1:] if isinstance(read, Firm) else ()
            if isinstance(read, Firm) and (wrong := _wrong(read)):
                _refuse(looked, shown, "text", wrong)
                return
            routes = read.routes if isinstance(read, Firm) else ()
            addresses = tuple(route.to for route in routes if isinstance(route.to, str))
            looked.files[f"{kind}/{stem}"] = Held(hashlib.sha256(data).hexdigest(), effect(read), names, addresses)
        except BadData as error:
            looked.refused.extend(error.problems)


def _wrong(firm: Firm) -> str:
    """What of its names and addresses cannot be printed as it reads; "" for nothing."""
    texts = [firm.name, *firm.aliases, *(entity.name for entity in firm.entities)]
    if word := next(filter(None, map(mixed, texts)), ""):
        return f"a name has letters of several alphabets in one word: {ascii(word)[1:-1]}"
    for route in firm.routes:
        texts += [route.to] if isinstance(route.to, str) else list(route.to or ())
        if route.kind == "email" and isinstance(route.to, str) and (wrong := hosts.wrong_email(route.to)):
            return wrong
        if route.kind in ("form", "portal") and isinstance(route.to, str) and (wrong := hosts.wrong_url(route.to)):
            return wrong
    try:
        for text in texts:
            clean_text(text, "a name or an address")
    except ValueError as error:
        return str(error)
    return ""


def taken(looked: Looked, names: Mapping[str, frozenset[str]]) -> None:
    """Refuses firms that are called as another one is, or so that they pass for it; `names`: name to the ids that have
    it already."""
    known: dict[str, set[str]] = {}
    for name, idents in names.items():
        known.setdefault(looks(name), set()).update(idents)
    for key, held in list(looked.files.items()):
        kind, _, ident = key.partition("/")
        others = {x for name in (ident, *held.names) for x in known.get(looks(name), ())} - {ident}
        if kind == "firms" and others:
            same = any(folded(name) in names for name in (ident, *held.names))
            how = "is called so here" if same else "looks the same here"
            _refuse(looked, f"{key}.yaml", "name-taken", f"{', '.join(sorted(others))} {how}")
            del looked.files[key]


def posing(looked: Looked, lookalikes: Lookalikes) -> None:
    """Refuses firms whose letters would go to a look-alike of a firm that is known here."""
    for key, held in list(looked.files.items()):
        if found := lookalikes.find((*held.addresses, *held.names)):
            _refuse(looked, f"{key}.yaml", "lookalike-used", f"{found[0]} is a look-alike of the firm {found[1]}")
            del looked.files[key]


def _refuse(looked: Looked, shown: str, code: str, message: str) -> None:
    looked.refused.append(Problem(shown, 0, 0, code, message))


def changed(group: Group) -> list[str]:
    """The trusted files that are not used, because they are others now or gone."""
    return [key for key, sha in group.hashes.items() if _sha(os.path.join(group.folder, f"{key}.yaml")) != sha]


def _sha(path: str) -> str:
    try:
        return hashlib.sha256(roots.read(path)).hexdigest() if os.path.isfile(path) else ""
    except OSError:
        return ""
