"""The folders that data files are read from, in the order in which they are searched: the user's own, those of trusted
groups, the installation's."""

# pathlib alone would add a tenth to the start of a command.

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from optout.errors import BadData, NotFound
from optout.library.datafile import bad, bytes_of
from optout.library.groups import Group
from optout.library.roots import ID, read, root
from optout.problems import Problem

Kind = Literal["jurisdictions", "firms"]
_TEMPLATE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}){0,3}")


class Folders:
    """Finds the file of an id and reads its bytes; says nothing of what is in it."""

    def __init__(self, own: str | None, folders: Sequence[str] | None, groups: Sequence[Group]) -> None:
        """As for `Catalog`."""
        self._own = own
        self._folders = folders
        self._groups = groups
        self._root_of: dict[str, list[str]] = {}
        self._path_of: dict[tuple[str, str], str | None] = {}
        self._used: dict[tuple[str, str], Group | None] = {}
        self._changed: dict[tuple[str, str], Group] = {}
        """Files of a group that are passed over, since they are others now."""

    def template(self, path: str) -> str | None:
        """The text of a template by its path below `templates`, or None. Raises BadData when it cannot be read."""
        if not _TEMPLATE.fullmatch(path):
            return None
        for folder in self.roots("templates"):
            file = os.path.join(folder, *path.split("/"))
            if not os.path.isfile(file):
                continue
            shown = f"templates/{path}"
            data = bytes_of(file, shown)
            try:
                return data.decode("utf-8").replace("\r\n", "\n")
            except UnicodeDecodeError as error:
                line = data[: error.start].count(b"\n") + 1
                raise bad(Problem(shown, line, 0, "not-utf-8", "not UTF-8; save the file as UTF-8")) from None
        return None

    def files(self, kind: str) -> dict[str, str]:
        """Ids to files, sorted; the user's own first. Names that start with `_` or `.` are for people."""
        found: dict[str, str] = {}
        for folder, name in self._listed(kind):
            stem, extension = os.path.splitext(name)
            path = os.path.join(folder, name)
            if extension == ".yaml" and ID.fullmatch(stem) and os.path.isfile(path):
                found.setdefault(stem, path)
        own = self.roots(kind)[0] if self._own else None
        for group in reversed(self._groups):
            for name in group.names(kind):
                theirs = group.path(kind, name)
                if theirs and os.path.dirname(found.get(name, "")) != own:
                    found[name] = theirs
        return dict(sorted(found.items()))

    def roots(self, kind: str) -> list[str]:
        """The folders that are searched for this kind, the user's own first."""
        if kind not in self._root_of:
            bases = [os.path.join(b, kind) for b in self._folders] if self._folders is not None else [root(kind)]
            self._root_of[kind] = [os.path.join(self._own, kind), *bases] if self._own else bases
        return self._root_of[kind]

    def _listed(self, kind: str) -> Iterator[tuple[str, str]]:
        for folder in self.roots(kind):
            try:
                names = sorted(os.listdir(folder))
            except (FileNotFoundError, NotADirectoryError):
                continue  # the user's own folder need not exist
            except OSError as error:
                raise bad(Problem(folder, 0, 0, "unreadable", error.strerror or "cannot be read")) from None
            yield from ((folder, name) for name in names if not name.startswith(("_", ".")))

    def _path(self, kind: str, name: str) -> str | None:
        if (kind, name) not in self._path_of:
            if not ID.fullmatch(name):
                return None
            self._path_of[kind, name] = next((path for path, _ in self._candidates(kind, name)), None)
        return self._path_of[kind, name]

    def _candidates(self, kind: str, name: str) -> Iterator[tuple[str, Group | None]]:
        """The files of that id, the first of which is used if nothing speaks against it."""
        paths = [os.path.join(folder, f"{name}.yaml") for folder in self.roots(kind)]
        own, shipped = (paths[:1], paths[1:]) if self._own else ([], paths)
        yield from ((path, None) for path in own if os.path.isfile(path))
        yield from ((path, group) for group in self._groups if (path := group.path(kind, name)))
        yield from ((path, None) for path in shipped if os.path.isfile(path))

    def _strays(self, kind: str) -> list[Problem]:
        """Files somebody meant to be read which never are."""
        names = [n for _, n in self._listed(kind) if n.lower().endswith((".yaml", ".yml"))]
        wrong = [n for n in names if not (n.endswith(".yaml") and ID.fullmatch(n.removesuffix(".yaml")))]
        message = "never read: name it in small letters, digits and hyphens, ending in .yaml"
        return [Problem(f"{kind}/{n}", 0, 0, "file-name", message, "warning") for n in wrong]

    def _state(self, kind: str, files: Mapping[str, str]) -> str:
        """Stands for the content of all these files without opening one: names tell only which file to open."""
        state = hashlib.sha256()
        for path in files.values():
            found = os.stat(path)
            state.update(os.fsencode(f"{path}\0{found.st_mtime_ns} {found.st_size} {found.st_ino}\0"))
        for group in self._groups:
            state.update("\0".join(f"{key} {sha}" for key, sha in group.hashes.items()).encode())
        return state.hexdigest()

    def _trusted(self, kind: Kind, name: str) -> bytes:
        """The bytes of the first file that is to be used. Those of a group are used only as they were trusted."""
        shown = f"{kind}/{name}.yaml"
        for path, group in self._candidates(kind, name) if ID.fullmatch(name) else ():
            if group:
                try:
                    data = read(path)
                except OSError:
                    data = b""
                if hashlib.sha256(data).hexdigest() != group.hashes[f"{kind}/{name}"]:
                    self._changed.setdefault((kind, name), group)
                    continue
            else:
                data = bytes_of(path, shown)
            self._path_of[kind, name], self._used[kind, name] = path, group
            return data
        if group := self._changed.get((kind, name)):
            problem = Problem(shown, 0, 0, "changed-since-trusted", f"changed since {group.name} was trusted")
            raise BadData(f"{shown} of {group.name} has changed since you trusted it", [problem], group.command())
        raise NotFound("firm" if kind == "firms" else "place", name)
