"""What comes out of the lines of an export, one after the other: taken, refused or wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from optout.cli.app import App
from optout.problems import Problem

if TYPE_CHECKING:
    from optout.store.vault import Vault

MOST = 100
"""Problems that are told."""


@dataclass(slots=True)
class Told:
    """What became of the lines."""

    new: list[str] = field(default_factory=list)
    longer: list[str] = field(default_factory=list)
    same: int = 0
    """Cases the vault holds just so, or further than the file."""
    refused: list[str] = field(default_factory=list)
    """Cases, by reference, whose history here is another one."""
    profiles: dict[str, list[str]] = field(default_factory=lambda: {"new": [], "same": [], "refused": []})
    evidence: int = 0
    """Kept files added."""
    left: list[str] = field(default_factory=list)
    """Files of earlier drafts that the vault no longer knows of."""
    without_profile: dict[str, str] = field(default_factory=dict)
    """New cases with a firm that nobody described, by reference: its name, as the file has it."""
    processors: dict[str, str] = field(default_factory=dict)
    """New cases with a firm that only acts for clients, by reference: its id."""
    same_request: dict[str, str] = field(default_factory=dict)
    """Cases, by reference, that ask the same of the same firm for the same person as one that is here: that one."""
    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    """Problems beyond those."""


class Run:
    """One import. The vault is None where there is none yet and nothing is to be made."""

    def __init__(self, app: App, vault: Vault | None, name: str, renamed: Mapping[str, str]) -> None:
        from optout.library.publicholidays import PublicHolidays

        self.app, self.vault, self.name, self.renamed = app, vault, name, renamed
        self.told = Told()
        self.seen = {"profiles": 0, "subjects": 0, "cases": 0, "evidence": 0}
        self._holidays = PublicHolidays()
        self._subjects: dict[str, str] = {}
        self._profiles: dict[str, bool] = {}
        self._added: list[str] = []
        self._cases: dict[str, tuple[int, int] | None] = {}
        """Reference to its events in the file, and how many of them the vault had; None: it did not come in."""
        self._latest = ""

    def everything(self, file: BinaryIO, counts: Mapping[str, int]) -> None:
        """Takes every line, then what only the whole file shows."""
        from optout.cli import exportfile, judging

        for row in exportfile.rows(file, self.name):
            found = (
                [self._problem(row.number, row.wrong)] if row.wrong else judging.shape(row.value, self.name, row.number)
            )
            kind = str(row.value.get("type"))
            kind = kind if kind == "evidence" else f"{kind}s"
            if kind in self.seen:
                self.seen[kind] += 1
            if not found and (wrong := getattr(self, f"_take_{kind}")(row.value)):
                found = [self._problem(row.number, wrong)]
            self._note(found)
        if self.seen != dict(counts) and not self.told.problems:
            self._note([Problem(self.name, 0, 0, "cut-off", "the file does not hold what its first line says")])
        if self.vault is not None:
            from optout.store import cases, incoming

            incoming.drop_unused(self.vault, self._added)
            if self._latest:
                cases.note_moment(self.vault, self._latest)

    def _problem(self, line: int, wrong: str) -> Problem:
        code = "changed" if wrong.endswith("as it was written") else "wrong-value"
        return Problem(self.name, line, 0, code, wrong)

    def _note(self, found: Sequence[Problem]) -> None:
        room = max(0, MOST - len(self.told.problems))
        self.told.problems += found[:room]
        self.told.more += len(found) - len(found[:room])

    def _take_profiles(self, line: dict[str, Any]) -> str:
        from optout.cli import judging
        from optout.store import incoming

        ident = self.renamed.get(line["id"], line["id"])
        if line["id"] in self._profiles:
            return "id: it stands twice in the file"
        self._profiles[line["id"]] = False
        if wrong := judging.person(line):
            return wrong
        how = incoming.place_profile(self.vault, ident, line["person"]) if self.vault else "new"
        self._profiles[line["id"]] = how != "diverged"
        self.told.profiles["refused" if how == "diverged" else how].append(ident)
        return ""

    def _take_subjects(self, line: dict[str, Any]) -> str:
        from optout.cli import judging
        from optout.store import incoming

        if line["id"] in self._subjects:
            return "id: it stands twice in the file"
        if wrong := judging.person(line):
            return wrong
        self._subjects[line["id"]] = line["id"]
        if self.vault:
            ident, new = incoming.place_subject(self.vault, line["id"], line["person"], self.app.new_id)
            self._subjects[line["id"]] = ident
            if new:
                self._added.append(ident)
        return ""

    def _take_cases(self, line: dict[str, Any]) -> str:
        from optout.cli import judging

        ref = line["case"]["ref"]
        wrong, summary = judging.case(line, self._holidays)
        if wrong:
            return f"{ref}: {wrong}" if judging.REF.fullmatch(ref) else wrong
        if ref in self._cases:
            return f"{ref}: it stands twice in the file"
        self._cases[ref] = None
        if line["subject"] not in self._subjects:
            return f"{ref}: it names a person that no line above it has"
        profile = line.get("profile")
        if profile and not self._knows(profile):
            return f"{ref}: it names a profile that no line above it has"
        if profile and not self._profiles.get(profile, True):
            self.told.refused.append(ref)  # its person is another one here; which profile is refused is told
            return ""
        self._place(ref, line, summary)
        return ""

    def _place(self, ref: str, line: dict[str, Any], summary: dict[str, Any]) -> None:
        from optout.store import incoming

        events = len(line["events"])
        if self.vault is None:
            self.told.new.append(ref)
            self._cases[ref] = (events, 0)
            return
        if line.get("profile"):
            line = {**line, "profile": self.renamed.get(line["profile"], line["profile"])}
        if same := incoming.same_request(self.vault, line):
            self.told.same_request[ref] = same
        placing = incoming.place_case(self.vault, line, self._subjects[line["subject"]], summary)
        self.told.left += placing.left
        if placing.how == "diverged":
            self.told.refused.append(ref)
            return
        self._cases[ref] = (events, placing.had)
        if placing.how in ("same", "older"):
            self.told.same += 1
            return
        (self.told.new if placing.how == "new" else self.told.longer).append(ref)
        # A moment ahead of this clock would make every later look at a date doubt the clock.
        self._latest = max([self._latest, *(x["at"] for x in line["events"] if x["at"] <= self.app.now())])

    def _take_evidence(self, line: dict[str, Any]) -> str:
        from optout.cli import judging
        from optout.store import incoming

        if line["ref"] not in self._cases:
            return "ref: no case above it has it"
        place = self._cases[line["ref"]]
        if place is None:
            return ""
        events, had = place
        if wrong := judging.evidence(line, events):
            return wrong
        added = not self.vault or incoming.place_evidence(self.vault, line, new=line["n"] > had)
        self.told.evidence += added
        return ""

    def _knows(self, profile: str) -> bool:
        from optout.store import incoming

        if profile in self._profiles:
            return True
        return self.vault is not None and incoming.has_profile(self.vault, self.renamed.get(profile, profile))
