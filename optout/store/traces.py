"""Every trace of one person that the vault knows of: rows, letters on disk, files half written."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from optout.errors import NotFound, NotPossible
from optout.store import batches, files, finding, profiles
from optout.store.vault import Vault

State = Literal["ours", "changed", "missing"]


class Scope(NamedTuple):
    """Which rows are of the person. Ids only, nothing personal."""

    profiles: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    """Those that no other case uses."""
    refs: tuple[str, ...] = ()


class OnDisk(NamedTuple):
    """A letter as a file."""

    path: str
    sha256: str
    state: State
    """ours: as it was written; changed: by somebody, or not to be read; missing: not at this place."""


class Traces(NamedTuple):
    """What there is of a person, to be shown before it goes."""

    scope: Scope
    names: tuple[str, ...]
    """All names in it; typing one of them confirms."""
    cases: tuple[dict[str, Any], ...]
    """ref, firm, opened, name, email."""
    counts: dict[str, int]
    """letters (their words), events, evidence."""
    evidence: tuple[str, ...]
    """Names of the kept files."""
    letters: tuple[OnDisk, ...]
    temps: tuple[str, ...]
    """Letters that a killed process left under a temporary name."""
    others: tuple[str, ...]
    """Files in the folders of these cases that we did not write, and files of batches that hold letters of others too."""
    namesakes: tuple[str, ...]
    """Profiles and agents of the same name, which stay."""
    wrote_for: tuple[str, ...] = ()
    """Cases of others in which they wrote the letters. These stay, with the name in them."""


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: case and blanks do not matter."""
    return _folded(one) == _folded(other)


def find(vault: Vault, text: str) -> Traces:
    """The person meant by the id of a profile, the whole reference of a case, or a name. Raises NotFound, and
    NotPossible when several profiles have that name."""
    with vault.reading():
        if text in (*profiles.idents(vault), *profiles.idents(vault, agents=True)):
            return _of_profile(vault, text)
        signs = finding.canonical(text)
        rows = vault.run(
            "select c.profile, s.json from cases c join subjects s on s.id = c.subject where c.ref = ?",
            (f"{signs[:4]}-{signs[4:]}",),
        )
        if rows and rows[0][0]:
            return _of_profile(vault, str(rows[0][0]))
        name = json.loads(rows[0][1])["name"] if rows else text
        same = [one.id for one in profiles.every(vault) if same_name(one.person["name"], name)]
        if len(same) > 1:
            raise NotPossible("several profiles have that name", f"name one of them: {', '.join(same)}")
        if same:
            return _of_profile(vault, same[0])
        traces = _gathered(vault, None, [name])
        if not traces.scope.subjects and not traces.scope.refs:
            raise NotFound("profile, case or person", "", hint="optout profile list, optout status --all")
        return traces


def _of_profile(vault: Vault, ident: str) -> Traces:
    rows = vault.run(
        "select distinct s.json from cases c join subjects s on s.id = c.subject where profile = ?", (ident,)
    )
    return _gathered(vault, ident, [_name(vault, ident), *(json.loads(text)["name"] for (text,) in rows)])


def _name(vault: Vault, ident: str) -> str:
    """The name of a profile, or nothing: its row may be gone while its cases are not."""
    rows = vault.run("select json from profiles where id = ?", (ident,))
    return str(json.loads(rows[0][0])["name"]) if rows else ""


def _gathered(vault: Vault, ident: str | None, names: Sequence[str]) -> Traces:
    """The profile's cases, and those of no profile under one of the names."""
    wanted = {_folded(name) for name in names if name}
    people = {ident_: json.loads(text) for ident_, text in vault.run("select id, json from subjects")}
    named = {ident_ for ident_, person in people.items() if _folded(person["name"]) in wanted}
    rows = vault.run("select ref, subject, firm, opened, profile from cases order by opened, rowid")
    whose = {ref: profile for ref, _, _, _, profile in rows}
    theirs = {ref for ref, subject, _, _, profile in rows
              if (profile is not None and profile == ident) or (profile is None and subject in named)}  # fmt: skip
    # One row of a sheet is one member, however the name was written in letters before.
    theirs |= {ref for ref in batches.same_rows(vault, sorted(theirs)) if whose[ref] in (None, ident)}
    cases, kept = [], set()
    for ref, subject, firm, opened, _ in rows:
        if ref in theirs:
            person = people[subject]
            cases.append({"ref": ref, "firm": firm, "opened": opened, "subject": subject,
                          "name": person["name"], "email": person["email"]})  # fmt: skip
        else:
            kept.add(subject)
    # Those of no case at all are what an earlier draft said.
    subjects = ({case["subject"] for case in cases} | (named - _used(vault))) - kept
    refs = tuple(case["ref"] for case in cases)
    scope = Scope((ident,) if ident is not None else (), tuple(sorted(subjects)), refs)
    letters, temps, others = on_disk(vault, refs)
    return Traces(
        scope=scope,
        names=tuple(dict.fromkeys([name for name in names if name] + [case["name"] for case in cases])),
        cases=tuple(cases),
        counts={name: _count(vault, name, refs) for name in ("letters", "events", "evidence")},
        evidence=tuple(
            name for ref in refs for (name,) in vault.run("select name from evidence where ref = ?", (ref,))
        ),
        letters=letters,
        temps=temps,
        others=others,
        namesakes=tuple(
            one.id
            for one in (*profiles.every(vault), *profiles.every(vault, agents=True))
            if one.id != ident and _folded(one.person["name"]) in wanted
        ),
        wrote_for=tuple(ref for ref, agent in _agents(vault, people) if _folded(agent) in wanted and ref not in refs),
    )


def _agents(vault: Vault, people: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Each case in which somebody writes for the person, and the name of who does."""
    writing = {ident: person["agent"]["name"] for ident, person in people.items() if person.get("agent")}
    for ref, subject in vault.run("select ref, subject from cases order by opened, rowid") if writing else ():
        if subject in writing:
            yield str(ref), str(writing[subject])


def on_disk(vault: Vault, refs: Iterable[str]) -> tuple[tuple[OnDisk, ...], tuple[str, ...], tuple[str, ...]]:
    """Letters, temporary files of ours, and other files in the folders of these cases."""
    refs = tuple(refs)
    letters: list[OnDisk] = []
    temps: list[str] = []
    folders: dict[str, str] = {}
    for ref in refs:
        for folder, name, sha256 in vault.run(
            "select folder, name, sha256 from files where ref = ? order by rowid", (ref,)
        ):
            path = os.path.join(folder, name)
            letters.append(OnDisk(path, sha256, state(path, sha256)))
            folders[folder] = ref
        for folder, temp, final, sha256 in vault.run(
            "select folder, temp, final, sha256 from pending where ref = ?", (ref,)
        ):
            path = os.path.join(folder, temp)
            # One without a final name is of an earlier letter, which somebody may have changed since.
            temps += [path] if os.path.lexists(path) and (final or files.digest(path) == sha256) else []
            folders[folder] = ref
    others = []
    known = {letter.path for letter in letters}
    for folder, ref in folders.items():
        for name in _names(folder):
            path = os.path.join(folder, name)
            if path in known or path in temps:
                continue
            if files.temporary(name) and ref in name:
                temps.append(path)
            elif os.path.basename(folder).startswith(ref):
                others.append(path)
    return tuple(letters), tuple(temps), (*others, *batches.shared(vault, refs))


def state(path: str, sha256: str) -> State:
    if files.digest(path) == sha256:
        return "ours"
    return "changed" if os.path.lexists(path) else "missing"


def _used(vault: Vault) -> set[str]:
    return {str(subject) for (subject,) in vault.run("select distinct subject from cases")}


def _count(vault: Vault, table: Literal["letters", "events", "evidence"], refs: Iterable[str]) -> int:
    return sum(int(vault.run(f"select count(*) from {table} where ref = ?", (ref,))[0][0]) for ref in refs)


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
