"""All places and firms, from the installation and from the user's own folder, which overrides by id."""

# pathlib alone would add a tenth to the start of a command.

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, TypeVar

from optout.errors import BadData, NotFound
from optout.firm import Firm
from optout.inherit import effective, under_law_of
from optout.law import Jurisdiction
from optout.library import cache, naming
from optout.library.roots import SIZE_LIMIT, read, root
from optout.problems import Problem
from optout.records import from_plain

Kind = Literal["jurisdictions", "firms"]
# Also file names on Windows, where a few words are devices whatever their ending.
ID = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)\Z)[a-z0-9][a-z0-9-]{0,62}")
_TEMPLATE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}){0,3}")
SHORTEST_BEGINNING = 3
T = TypeVar("T", Jurisdiction, Firm)


class Catalog:
    """Reads a file when it is first asked for."""

    def __init__(
        self, own: str | None = None, cache_dir: str | None = None, folders: Sequence[str] | None = None
    ) -> None:
        """`own` holds the user's `jurisdictions`, `firms` and `templates`; `folders` replaces the installation's."""
        self._own = own
        self._cache = cache_dir
        self._folders = folders
        self._root_of: dict[str, list[str]] = {}
        self._path_of: dict[tuple[str, str], str | None] = {}
        self._plain_of: dict[tuple[str, str], Any] = {}
        self._built: dict[tuple[str, str], Any] = {}
        self._hashes: dict[tuple[str, str], str] = {}

    # -- places

    def place_id(self, text: str) -> str:
        """The id for `US-IL`, `us-il` or a unique name. Raises NotFound with the nearest."""
        wanted = text.strip().lower().replace("_", "-")
        if self._path("jurisdictions", wanted):
            return wanted
        problems: list[Problem] = []
        names = self._names("jurisdictions", problems)
        found = names.get(naming.folded(text), set())
        if len(found) == 1:
            return next(iter(found))
        raise naming.unknown_place(text, sorted(found), names, problems)

    def chain(self, place: str) -> tuple[Jurisdiction, ...]:
        """The place and what it is part of, innermost first. Raises BadData when that runs in a circle or nowhere."""
        chain = [self.jurisdiction(place)]
        while parent := chain[-1].part_of:
            if any(p.id == parent for p in chain):
                raise self._bad_parent(chain[-1].id, "cyclic-part-of", "this makes the place a part of itself")
            if self._path("jurisdictions", parent) is None:
                raise self._bad_parent(chain[-1].id, "unknown-place", "no file describes this place")
            chain.append(self.jurisdiction(parent))
        return tuple(chain)

    def firm_places(self, place: str | None) -> tuple[str, ...]:
        """The firm's place and what it is part of; a place without a file still has public holidays."""
        if place is None:
            return ()
        if self._path("jurisdictions", place):
            return tuple(p.id for p in self.chain(place))
        return (place, place.partition("-")[0]) if "-" in place else (place,)

    def effective(self, place: str) -> Jurisdiction:
        """The place with everything it inherits; sources are named `<place>/<id>` there."""
        return effective(self.chain(place))

    def effective_for(self, place: str, firm: Firm) -> Jurisdiction:
        """The place with the law that speaks in a letter to this firm; to a public body abroad, its own country's."""
        chain = self.chain(place)
        merged = effective(chain)
        home = firm.addressee(tuple(p.id for p in chain)).place if "public_body" in firm.kinds else None
        if home is None or any(p.id == home for p in chain) or self._path("jurisdictions", home) is None:
            return merged
        return under_law_of(merged, self.effective(home))

    def jurisdiction(self, place: str) -> Jurisdiction:
        """By id, as its file has it. Raises NotFound or BadData."""
        return self._get("jurisdictions", Jurisdiction, place)

    def members(self, union: str, among: Iterable[str] | None = None) -> tuple[str, ...]:
        """The ids of the places that are directly part of it; `among` some, only their files are opened."""
        wanted = self.files("jurisdictions") if among is None else sorted(set(among))
        found = ((name, self._plain_or_none("jurisdictions", name)) for name in wanted)
        return tuple(name for name, plain in found if plain and plain.get("part_of") == union)

    def all_places(self, problems: list[Problem] | None = None) -> Iterator[Jurisdiction]:
        """Sorted by id. A broken file is left out; what is wrong with it is added to `problems`."""
        yield from self._all("jurisdictions", Jurisdiction, problems)

    # -- firms

    def firm(self, text: str) -> Firm:
        """By id, then name or alias, then a unique beginning. Raises NotFound with the nearest."""
        wanted = text.strip().lower()
        if self._path("firms", wanted):
            return self._get("firms", Firm, wanted)
        problems: list[Problem] = []
        names = self._names("firms", problems)
        wanted = naming.folded(text)
        found = names.get(wanted, set())
        if not found and len(wanted) >= SHORTEST_BEGINNING:
            found = set().union(*(ids for name, ids in names.items() if name.startswith(wanted)))
        if len(found) == 1:
            return self._get("firms", Firm, next(iter(found)))
        near = sorted(found)[:3] or naming.near(wanted, names)
        raise NotFound("firm", text, near, naming.hint(near, problems, "firms", "optout firms list"))

    def all_firms(self, problems: list[Problem] | None = None) -> Iterator[Firm]:
        """Sorted by id, broken ones left out as in `all_places`."""
        yield from self._all("firms", Firm, problems)

    # -- files

    def data_hash(self, kind: Kind, name: str) -> str:
        """SHA-256 of the file, for the record of what a case relied on. Raises NotFound or BadData."""
        if (kind, name) not in self._hashes:
            self._plain(kind, name)
        return self._hashes[kind, name]

    def template(self, path: str) -> str | None:
        """The text of a template by its path below `templates`, or None. Raises BadData when it cannot be read."""
        if not _TEMPLATE.fullmatch(path):
            return None
        for folder in self.roots("templates"):
            file = os.path.join(folder, *path.split("/"))
            if not os.path.isfile(file):
                continue
            shown = f"templates/{path}"
            data = _bytes(file, shown)
            try:
                return data.decode("utf-8").replace("\r\n", "\n")
            except UnicodeDecodeError as error:
                line = data[: error.start].count(b"\n") + 1
                raise _bad(Problem(shown, line, 0, "not-utf-8", "not UTF-8; save the file as UTF-8")) from None
        return None

    def files(self, kind: str) -> dict[str, str]:
        """Ids to files, sorted; the user's own first. Names that start with `_` or `.` are for people."""
        found: dict[str, str] = {}
        for folder, name in self._listed(kind):
            stem, extension = os.path.splitext(name)
            path = os.path.join(folder, name)
            if extension == ".yaml" and ID.fullmatch(stem) and os.path.isfile(path):
                found.setdefault(stem, path)
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
                raise _bad(Problem(folder, 0, 0, "unreadable", error.strerror or "cannot be read")) from None
            yield from ((folder, name) for name in names if not name.startswith(("_", ".")))

    def _path(self, kind: str, name: str) -> str | None:
        if (kind, name) not in self._path_of:
            if not ID.fullmatch(name):
                return None
            paths = (os.path.join(folder, f"{name}.yaml") for folder in self.roots(kind))
            self._path_of[kind, name] = next((path for path in paths if os.path.isfile(path)), None)
        return self._path_of[kind, name]

    def _all(self, kind: Kind, cls: type[T], problems: list[Problem] | None) -> Iterator[T]:
        for name in self.files(kind):
            try:
                yield self._get(kind, cls, name)
            except BadData as error:  # one broken file does not hide the others
                if problems is not None:
                    problems += error.problems
        if problems is not None:
            problems += self._strays(kind)

    def _strays(self, kind: str) -> list[Problem]:
        """Files somebody meant to be read which never are."""
        names = [n for _, n in self._listed(kind) if n.lower().endswith((".yaml", ".yml"))]
        wrong = [n for n in names if not (n.endswith(".yaml") and ID.fullmatch(n.removesuffix(".yaml")))]
        message = "never read: name it in small letters, digits and hyphens, ending in .yaml"
        return [Problem(f"{kind}/{n}", 0, 0, "file-name", message, "warning") for n in wrong]

    def _names(self, kind: Kind, problems: list[Problem]) -> dict[str, set[str]]:
        """Every name as it is compared, with the ids it may mean; no objects are built for it."""
        names: dict[str, set[str]] = {}
        for name in self.files(kind):
            plain = self._plain_or_none(kind, name, problems)
            if plain is not None:
                given = plain["name"] if isinstance(plain["name"], dict) else {"": plain["name"]}
                for one in (name, *given.values(), *plain.get("aliases", ())):
                    names.setdefault(naming.folded(one), set()).add(name)
        return names

    def _get(self, kind: Kind, cls: type[T], name: str) -> T:
        if (kind, name) not in self._built:
            self._built[kind, name] = from_plain(cls, self._plain(kind, name))
        found: T = self._built[kind, name]
        return found

    def _plain_or_none(self, kind: Kind, name: str, problems: list[Problem] | None = None) -> Any:
        try:
            return self._plain(kind, name)
        except BadData as error:
            if problems is not None:
                problems += error.problems
        except NotFound:
            pass
        return None

    def _plain(self, kind: Kind, name: str) -> Any:
        if (kind, name) not in self._plain_of:
            path = self._path(kind, name)
            if path is None:
                raise NotFound("firm" if kind == "firms" else "place", name)
            data = _bytes(path, f"{kind}/{name}.yaml")
            self._hashes[kind, name] = hashlib.sha256(data).hexdigest()
            origin = cache.origin(kind, name, self._hashes[kind, name])
            plain = cache.load(self._cache, f"{kind}-{name}", origin)
            if plain is None:
                plain = read_valid(Firm if kind == "firms" else Jurisdiction, f"{kind}/{name}.yaml", data)
                cache.save(self._cache, f"{kind}-{name}", origin, plain)
            self._plain_of[kind, name] = plain
        return self._plain_of[kind, name]

    def _bad_parent(self, place: str, code: str, message: str) -> BadData:
        """Opens the file once more, for the line."""
        from optout.library import yamlfile

        shown = f"jurisdictions/{place}.yaml"
        _, positions = yamlfile.read(shown, _bytes(self.files("jurisdictions")[place], shown))
        return _bad(Problem(shown, *positions.get(("part_of",), (1, 1)), code, message))


def read_valid(cls: type, shown: str, data: bytes) -> Any:
    """The plain value of a valid file; raises BadData with every problem."""
    from optout.library import structure, yamlfile

    plain, positions = yamlfile.read(shown, data)
    found = structure.problems(cls, plain, positions, shown)
    if found:
        raise BadData(f"{shown} has {len(found)} problem{'s' if len(found) > 1 else ''}", found)
    stem = os.path.splitext(os.path.basename(shown))[0]
    if plain["id"] != stem:
        raise _bad(Problem(shown, *positions["id",], "file-name-is-id", f"write 'id: {stem}'"))
    return plain


def _bytes(path: str, shown: str) -> bytes:
    try:
        data = read(path)
    except OSError as error:
        raise _bad(Problem(shown, 0, 0, "unreadable", error.strerror or "cannot be read")) from None
    if len(data) > SIZE_LIMIT:
        raise _bad(Problem(shown, 0, 0, "too-large", f"larger than {SIZE_LIMIT // 1024} KiB"))
    return data


def _bad(problem: Problem) -> BadData:
    return BadData(f"{problem.file} cannot be used", [problem])
