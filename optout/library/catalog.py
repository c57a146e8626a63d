"""All places and firms, from the installation and from the user's own folder, which overrides by id."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from optout.errors import BadData, NotFound
from optout.firm import Firm
from optout.inherit import effective
from optout.law import Jurisdiction
from optout.library import cache
from optout.library.roots import root
from optout.problems import Problem
from optout.records import from_plain

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
MOST_PARENTS = 5
T = TypeVar("T", Jurisdiction, Firm)
_TYPES: dict[str, Any] = {"jurisdictions": Jurisdiction, "firms": Firm}


class Catalog:
    """Reads a file when it is first asked for."""

    def __init__(self, own: str | None = None, cache_dir: str | None = None, folders: Sequence[str] | None = None) -> None:
        """`own` holds the user's `jurisdictions`, `firms` and `templates`; `folders` replaces the installation's."""
        self._own = own
        self._cache = cache_dir
        self._folders = folders
        self._read: dict[tuple[str, str], Any] = {}
        self._hashes: dict[str, str] = {}

    # -- places

    def place_id(self, text: str) -> str:
        """The id for `US-IL`, `us-il` or a unique name. Raises NotFound with the nearest."""
        wanted = text.strip().lower().replace("_", "-")
        if self._path("jurisdictions", wanted):
            return wanted
        names = self.place_names()
        matches = {place for name, place in names.items() if name == wanted}
        if len(matches) == 1:
            return matches.pop()
        near = difflib.get_close_matches(wanted, [*names, *names.values()], 6, 0.6)
        raise NotFound("place", text, list(dict.fromkeys(names.get(n, n).upper() for n in near))[:3],
                       "" if near else "places in the catalogue: optout laws list")  # fmt: skip

    def place_names(self) -> dict[str, str]:
        """Every name of every place in lower case, to its id."""
        names: dict[str, str] = {}
        for place in self.all_places():
            for name in [place.name] if isinstance(place.name, str) else place.name.values():
                names[name.lower()] = place.id
        return names

    def chain(self, place: str) -> tuple[Jurisdiction, ...]:
        """The place and what it is part of, innermost first."""
        chain = [self.jurisdiction(place)]
        while chain[-1].part_of:
            if len(chain) > MOST_PARENTS or any(p.id == chain[-1].part_of for p in chain):
                file = f"jurisdictions/{chain[-1].id}.yaml"
                raise BadData(f"{file} is part of itself", [Problem(file, 1, 1, "cyclic-part-of", "part_of runs in a circle")])
            chain.append(self.jurisdiction(chain[-1].part_of))
        return tuple(chain)

    def effective(self, place: str) -> Jurisdiction:
        return effective(self.chain(place))

    def jurisdiction(self, place: str) -> Jurisdiction:
        return self._get("jurisdictions", Jurisdiction, place)

    def members(self, union: str) -> tuple[str, ...]:
        """The ids of the places that are directly part of it."""
        return tuple(place.id for place in self.all_places() if place.part_of == union)

    def all_places(self, problems: list[Problem] | None = None) -> Iterator[Jurisdiction]:
        yield from self._all("jurisdictions", Jurisdiction, problems)

    # -- firms

    def firm(self, text: str) -> Firm:
        """By id, then name or alias, then a unique beginning. Raises NotFound with the nearest."""
        wanted = text.strip().lower()
        if self._path("firms", wanted):
            return self._get("firms", Firm, wanted)
        names: dict[str, str] = {}
        for firm in self.all_firms():
            for name in (firm.id, firm.name, *firm.aliases):
                names[name.lower()] = firm.id
        found = {id_ for name, id_ in names.items() if name == wanted}
        found = found or {id_ for name, id_ in names.items() if len(wanted) > 2 and name.startswith(wanted)}
        if len(found) == 1:
            return self._get("firms", Firm, found.pop())
        near = [names[n] for n in difflib.get_close_matches(wanted, names, 6, 0.6)]
        raise NotFound("firm", text, list(dict.fromkeys(near))[:3], "" if near else "firms in the catalogue: optout firms list")

    def all_firms(self, problems: list[Problem] | None = None) -> Iterator[Firm]:
        yield from self._all("firms", Firm, problems)

    # -- files

    def data_hash(self, kind: str, name: str) -> str:
        """SHA-256 of the file read, for the record of what a case relied on."""
        return self._hashes.get(f"{kind}/{name}", "")

    def template(self, path: str) -> str | None:
        """The text of a template by its path below `templates`, or None."""
        for folder in self._roots("templates"):
            file = os.path.join(folder, *path.split("/"))
            if not os.path.isfile(file):
                continue
            with open(file, encoding="utf-8") as opened:  # noqa: PTH123 (pathlib slows the start)
                return opened.read()
        return None

    def files(self, kind: str) -> dict[str, str]:
        """Ids to files; the user's own first. Names that start with `_` or `.` are for people."""
        found: dict[str, str] = {}
        for folder in self._roots(kind):
            if not os.path.isdir(folder):
                continue
            for name in sorted(os.listdir(folder)):
                stem, extension = os.path.splitext(name)
                if extension == ".yaml" and ID.fullmatch(stem):
                    found.setdefault(stem, os.path.join(folder, name))
        return dict(sorted(found.items()))

    def _roots(self, kind: str) -> list[str]:
        bases = [os.path.join(base, kind) for base in self._folders] if self._folders is not None else [root(kind)]
        return [os.path.join(self._own, kind), *bases] if self._own else bases

    def _path(self, kind: str, name: str) -> str | None:
        if not ID.fullmatch(name):
            return None
        for folder in self._roots(kind):
            path = os.path.join(folder, f"{name}.yaml")
            if os.path.isfile(path):
                return path
        return None

    def _all(self, kind: str, cls: type[T], problems: list[Problem] | None) -> Iterator[T]:
        for name in self.files(kind):
            try:
                yield self._get(kind, cls, name)
            except BadData as error:  # one broken file does not hide the others
                if problems is not None:
                    problems += error.problems

    def _get(self, kind: str, cls: type[T], name: str) -> T:
        if (kind, name) not in self._read:
            path = self._path(kind, name)
            if path is None:
                raise NotFound({"firms": "firm"}.get(kind, "place"), name)
            self._read[kind, name] = self._load(kind, cls, name, path)
        found: T = self._read[kind, name]
        return found

    def _load(self, kind: str, cls: type[T], name: str, path: str) -> T:
        with open(path, "rb") as file:  # noqa: PTH123 (pathlib slows the start)
            data = file.read()
        self._hashes[f"{kind}/{name}"] = hashlib.sha256(data).hexdigest()
        key = cache.key(kind, data)
        plain = cache.load(self._cache, key)
        if plain is None:
            plain = read_valid(cls, f"{kind}/{name}.yaml", data)
            cache.save(self._cache, key, plain)
        return from_plain(cls, plain)


def read_valid(cls: type, shown: str, data: bytes) -> Any:
    """The plain value of a valid file; raises BadData with every problem."""
    from optout.library import structure, yamlfile

    plain, positions = yamlfile.read(shown, data)
    found = structure.problems(cls, plain, positions, shown)
    if found:
        raise BadData(f"{shown} has {len(found)} problem{'s' if len(found) > 1 else ''}", found)
    stem = os.path.splitext(os.path.basename(shown))[0]
    if plain.get("id") != stem:
        at = positions.get(("id",), (1, 1))
        raise BadData(f"{shown} has another id than its name", [Problem(shown, *at, "file-name-is-id", f"write 'id: {stem}'")])
    return plain
