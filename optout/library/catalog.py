"""All places and firms, from the installation and from the user's own folder, which overrides by id."""

# pathlib alone would add a tenth to the start of a command.

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from optout.errors import BadData, NotFound
from optout.firm import Firm
from optout.hosts import host_in
from optout.inherit import effective, under_law_of, watching
from optout.jurisdiction import Jurisdiction
from optout.library import cache, naming
from optout.library.datafile import bad, bytes_of, read_valid
from optout.library.folders import Folders, Kind
from optout.library.groups import Group
from optout.naming import SHORTEST, folded, looks
from optout.problems import Problem
from optout.records import from_plain

if TYPE_CHECKING:
    from optout.library.listing import Listing, Records
    from optout.listed import Origin
    from optout.sameness import Lookalikes

T = TypeVar("T", Jurisdiction, Firm)


class Catalog(Folders):
    """Reads a file when it is first asked for."""

    def __init__(
        self,
        own: str | None = None,
        cache_dir: str | None = None,
        folders: Sequence[str] | None = None,
        groups: Sequence[Group] = (),
        tell: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """`own` holds the user's `jurisdictions`, `firms` and `templates`; `folders` replaces the installation's.

        `groups` stand between the two. `tell` hears of a file of theirs that changed, so that another one is used.
        """
        super().__init__(own, folders, groups)
        self._tell = tell
        self._cache = cache_dir
        self._plain_of: dict[tuple[str, str], Any] = {}
        self._built: dict[tuple[str, str], Any] = {}
        self._effective: dict[str, Jurisdiction] = {}
        self._hashes: dict[tuple[str, str], str] = {}
        self.list_of_others: Callable[[], Records | None] = lambda: None
        """Opens what was imported; called where no firm of ours is meant."""
        self._listing: Listing | None = None
        self._looks: dict[str, set[str]] | None = None
        self._lookalikes: Lookalikes | None = None

    # -- places

    def place_id(self, text: str) -> str:
        """The id for `US-IL`, `us-il` or a unique name. Raises NotFound with the nearest."""
        wanted = text.strip().lower().replace("_", "-")
        if self._path("jurisdictions", wanted):
            return wanted
        problems: list[Problem] = []
        names = self._names("jurisdictions", problems)
        found = names.get(folded(text), set())
        if len(found) == 1:
            return next(iter(found))
        raise naming.unknown_place(text, sorted(found), names, problems)

    def place_names(self) -> dict[str, set[str]]:
        """Every name of a place as it is compared, with the ids that it may mean."""
        return self._names("jurisdictions", [])

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
        return self._effective.get(place) or self._effective.setdefault(place, effective(self.chain(place)))

    def effective_for(self, place: str, firm: Firm) -> Jurisdiction:
        """The place with the law that speaks in a letter to this firm; to a public body abroad, its own country's."""
        chain, merged = self.chain(place), self.effective(place)
        home = firm.addressee(tuple(p.id for p in chain)).place if firm.kinds[:1] == ("public_body",) else None
        if home is None or any(p.id == home for p in chain) or self._path("jurisdictions", home) is None:
            return watching(merged, firm.public)
        return watching(under_law_of(merged, self.effective(home)), firm.public)

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
        """By id, then name, alias or web address, then the same in the list of others, then what looks like a name of
        ours, then a beginning that is one firm's alone.

        Raises NotFound with the nearest.
        """
        wanted = text.strip().lower()
        if self._path("firms", wanted):
            return self._get("firms", Firm, wanted)
        problems: list[Problem] = []
        names = self._names("firms", problems)
        wanted = folded(text)
        found = self.called(text)
        if not found and (listed := self.listing.firm(text)):
            return listed
        found = found or self.passing_for((text,))
        # A beginning never takes a firm that others described: the letter would reach a stranger.
        begun: list[str] = []
        if not found and len(wanted) >= SHORTEST:
            found = sorted(set().union(*(ids for name, ids in names.items() if name.startswith(wanted))))
            begun = [ident for ident in self.listing.begun(text) if ident not in found]
        if len(found) == 1 and not begun:
            return self._get("firms", Firm, found[0])
        nearest = [*found[:3], *begun[:3]] or naming.near(wanted, names) or self.listing.near(text)
        raise NotFound("firm", text, nearest, naming.hint(nearest, problems, "firms", "optout firms list"))

    def firm_by_id(self, ident: str) -> Firm:
        """Raises NotFound or BadData."""
        return self._get("firms", Firm, ident)

    def called(self, text: str) -> list[str]:
        """The ids of the firms with exactly this id, name or alias, or whose web address it is."""
        names = self._names("firms", [])
        host, found = host_in(text), names.get(folded(text), set())
        while not found and "." in host:
            found, host = names.get(folded(host), set()), host.partition(".")[2]
        return sorted(found)

    def passing_for(self, names: Iterable[str], but: str = "") -> list[str]:
        """The ids of the firms of ours, other than `but`, that are called so or as good as so."""
        if self._looks is None:
            self._looks = {}
            for name, ids in self._names("firms", []).items():
                self._looks.setdefault(looks(name), set()).update(ids)
        return sorted({ident for name in names for ident in self._looks.get(looks(name), ())} - {but})

    def known(self, text: str) -> Firm | None:
        """By id, name or alias in full."""
        ids = [text] if self._path("firms", text) else self.called(text)
        return self._get("firms", Firm, ids[0]) if len(ids) == 1 else None

    def ours(self) -> dict[str, Any]:
        """Every firm that can be read, as plain data by id."""
        found = ((name, self._plain_or_none("firms", name)) for name in self.files("firms"))
        return {name: plain for name, plain in found if plain}

    @property
    def lookalikes(self) -> Lookalikes:
        """Hosts of others that pass for those of firms of ours."""
        if self._lookalikes is None:
            from optout.sameness import Lookalikes

            # What is shipped keeps its warnings, whatever a file of the same id says.
            shipped = Catalog(None, self._cache, self._folders).ours() if self._own or self._groups else {}
            self._lookalikes = Lookalikes([*self.ours().items(), *shipped.items()])
        return self._lookalikes

    @property
    def listing(self) -> Listing:
        """The firms out of a list of others, whose code is loaded with the first look at them."""
        if self._listing is None:
            from optout.library.listing import Listing

            self._listing = Listing(self, self.list_of_others)
        return self._listing

    def listed_origin(self, firm: str) -> Origin | None:
        """Where a firm that was looked up is from; None for one of ours."""
        return self._listing.origin(firm) if self._listing else None

    def adopt(self, firm: Firm, data_hash: str) -> None:
        """Takes in a firm that no file describes, under an id that no file has. Raises BadData."""
        if self._path("firms", firm.id):
            hint = "import the list again: optout firms import PATH"
            raise BadData(f"'{firm.id}' of the imported list is called like a firm of the catalogue", hint=hint)
        self._built["firms", firm.id] = firm
        self._hashes["firms", firm.id] = data_hash

    def all_firms(self, problems: list[Problem] | None = None) -> Iterator[Firm]:
        """Sorted by id, broken ones left out as in `all_places`."""
        yield from self._all("firms", Firm, problems)

    # -- files

    def data_hash(self, kind: Kind, name: str) -> str:
        """SHA-256 of the file, for the record of what a case relied on. Raises NotFound or BadData."""
        if (kind, name) not in self._hashes:
            self._plain(kind, name)
        return self._hashes[kind, name]

    def origin(self, kind: Kind, name: str) -> str:
        """Where the file in use comes from: `own`, `shipped`, or `group <name>`. Raises NotFound or BadData."""
        self._plain(kind, name)
        if group := self._used[kind, name]:
            return f"group {group.name}"
        own = self._own is not None and os.path.dirname(self._path_of[kind, name] or "") == self.roots(kind)[0]
        return "own" if own else "shipped"

    def path(self, kind: Kind, name: str) -> str:
        """The file in use. Raises NotFound or BadData."""
        self._plain(kind, name)
        return self._path_of[kind, name] or ""

    def _all(self, kind: Kind, cls: type[T], problems: list[Problem] | None) -> Iterator[T]:
        for name in self.files(kind):
            try:
                yield self._get(kind, cls, name)
            except BadData as error:  # one broken file does not hide the others
                if problems is not None:
                    problems += error.problems
        if problems is not None:
            problems += self._strays(kind)

    def _names(self, kind: Kind, problems: list[Problem]) -> dict[str, set[str]]:
        """Every name as it is compared, with the ids it may mean; no objects are built for it."""
        files = self.files(kind)
        origin = cache.origin(kind, "names", self._state(kind, files))
        known = cache.load(self._cache, f"names-of-{kind}", origin)
        if known is not None:
            return {name: set(ids) for name, ids in known.items()}
        read = ((name, self._plain_or_none(kind, name, problems)) for name in files)
        names = naming.index((name, plain) for name, plain in read if plain is not None)
        if not problems and not self._changed:
            cache.save(self._cache, f"names-of-{kind}", origin, {name: sorted(ids) for name, ids in names.items()})
        return names

    def _get(self, kind: Kind, cls: type[T], name: str) -> T:
        if (kind, name) not in self._built:
            self._built[kind, name] = from_plain(cls, self._plain(kind, name))
            if group := self._changed.get((kind, name)):
                self._tell(
                    f"{kind}/{name}.yaml of {group.name} has changed since you trusted it and is not used: {group.command()}"
                )
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
            data = self._trusted(kind, name)
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
        _, positions = yamlfile.read(shown, bytes_of(self._path("jurisdictions", place) or "", shown))
        return bad(Problem(shown, *positions.get(("part_of",), (1, 1)), code, message))
