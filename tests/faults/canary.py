"""F-52: a person, their secrets and a home that holds them, every command with what its answer may show, and the search."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from optout.store import keyfile
from optout.store.passphrase import path_in
from tests.cli import lists
from tests.faults.forks import ROOT, Done, Forks
from tests.store.age import sealed

NAME, MAIL, STREET = "Zanzibar Quokka", "quokka@mail.example", "7 Numbat Lane"
SITUATION, NOTE, REPLY = "bilby situation", "wombat note", "potoroo reply"
PHRASE = "kowari passphrase of five words"
TEXTS = {
    "name": ("Zanzibar", "Quokka"), "mail": (MAIL,), "street": ("Numbat",), "situation": ("bilby",), "note": ("wombat",),
    "reply": ("potoroo",), "phrase": ("kowari",),
}  # fmt: skip
"""By what a canary is, the words that betray it."""
GIVEN = ["--name", NAME, "--email", MAIL, "--residence", "FR", "--address-line", STREET, "--because", SITUATION]
PERSON = {"name": NAME, "email": MAIL, "residence": "FR", "address": [STREET], "situation": SITUATION}
UNLOCK = ["--passphrase-file", "phrase"]
DAY = "2026-01-05"
QUICK = "\nimport pyrage; from tests.store.age import sealed; pyrage.passphrase.encrypt = sealed\n"
"""How long a passphrase takes to guess is not looked at here, so each seal is made at once."""
HERS = "name mail street situation"


class Row(NamedTuple):
    """A command as it ends well."""

    words: list[str]
    shows: str = ""
    """The canaries that its answer on stdout is there to show; its talk on stderr never shows one."""
    code: int = 0
    typed: str = ""


ROWS: dict[tuple[str, ...], list[Row]] = {
    ("authorities", "for"): [Row(["FR"])],
    ("authorities", "list"): [Row([])],
    ("authorities", "show"): [Row(["fr-cnil"])],
    ("batch",): [
        Row(["people.csv", "--firm", "pimeyes", "--format", "txt,eml", "--json"]),
        Row(["people.csv", "--firm", "pimeyes", "-n"]),
        Row(["people.csv", "--firm", "pimeyes", "-n", "--sample", "1"], HERS),
        Row(["wrong.csv", "--firm", "pimeyes"], code=5),
        Row(["wrong.csv", "--firm", "pimeyes", "--format", "txt", "--skip-invalid", "--json"]),
        Row(["amend", "people-000000"], code=4),
    ],
    ("check",): [Row(["jurisdictions/fr.yaml"])],
    ("completion",): [Row([shell]) for shell in ("bash", "zsh", "fish", "powershell")],
    ("data", "list"): [Row([])],
    ("data", "trust"): [Row(["group", "--yes"]), Row(["group", "-n", "--json"])],
    ("data", "untrust"): [Row(["known"]), Row(["group"], code=4)],
    ("doctor",): [Row([]), Row(["--json"]), Row(["--repair", "--yes"])],
    ("escalate",): [
        Row(["REF", "--on", "2026-03-01", "--format", "txt,eml", "--bundle", "proof.zip"]),
        Row(["REF", "--on", "2026-03-01", "--kind", "complaint", "--format", "txt", "--json"]),
        Row(["REF", "--on", "2026-03-01", "--dry-run"], "name mail"),
        Row(["REF", "--on", "2026-01-06"], code=6),
    ],
    ("explain",): [Row(["clearview", "--residence", "FR", "--because", SITUATION])],
    ("export",): [
        Row(["-o", "-"], f"{HERS} note"),
        Row(["-o", "cases.jsonl"]),
        Row(["-o", "cases.age", "--encrypt", "--new-passphrase-file", "phrase", "--json"]),
        Row(["--format", "csv", "-o", "-"]),
        Row(["--format", "csv", "-o", "-", "--with-names"], "name"),
    ],
    ("firms", "check"): [Row([]), Row(["pimeyes", "--json"])],
    ("firms", "import"): [Row(["list"]), Row(["list", "-n", "--json"]), Row(["person.yaml"], code=5)],
    ("firms", "list"): [Row([])],
    ("firms", "show"): [Row(["pimeyes"])],
    ("forget",): [
        Row(["me", "--confirm", NAME], "name mail"),
        Row([NAME, "-n"], "name mail"),
        Row(["me", "-n", "--json"]),
        Row(["me", "--confirm", NOTE], "name mail", 1),
        Row([f"{NAME} {NOTE}", "-n"], code=4),
    ],
    ("help",): [Row(["log"])],
    ("import",): [
        Row(["given.jsonl"]), Row(["given.jsonl", "-n", "--json"]), Row(["changed.jsonl"], code=5),
        Row(["old.csv", "--profile", "me", "--residence", "FR"]), Row(["old.csv", "--json"]),
    ],
    ("key", "keyring"): [Row([], code=9)],
    ("key", "passphrase"): [Row(["--new-passphrase-file", "phrase"]), Row(["--remove"], code=6)],
    ("key", "recovery"): [
        Row([], "key"),
        Row(["--json"], "key"),
        Row(["-o", "sheet.txt"]),
        Row(["--check"], typed="CODE"),
        Row(["--check"], code=9, typed="WRONG"),
        Row(["--restore"], typed="CODE"),
    ],
    ("key", "rotate"): [Row([])],
    ("key", "status"): [Row([]), Row(["--json"])],
    ("laws", "deadline"): [Row(["--residence", "FR", "--demand", "access", "--received", "2026-01-31"])],
    ("laws", "list"): [Row([])],
    ("laws", "show"): [Row(["gdpr"])],
    ("letter",): [
        Row(["REF", "--letter", "access", "--format", "txt", "-o", "-"], "name mail situation"),
        Row(["REF", "--format", "txt"]),
    ],
    ("log",): [
        Row(["REF", "noted", "--note", NOTE, "--file", "reply.txt"]),
        Row(["REF", "noted", "--note", NOTE, "--json"], "note"),
        Row(["REF", "noted", "--note", f"{NOTE}\x07"], code=5),
    ],
    ("manual",): [Row([])],
    ("agent", "edit"): [Row(["hers", "--email", "bandicoot@mail.example"]), Row(["hers", "--acts-as", "parent", "--json"], "name mail")],
    ("agent", "list"): [Row([], "name"), Row(["--json"], "name mail")],
    ("agent", "new"): [Row(["other", "--name", NAME, "--email", MAIL]), Row(["third", "--name", f"{NAME}\x07"], code=5)],
    ("agent", "remove"): [Row(["hers"])],
    ("agent", "show"): [Row(["hers"], "name mail"), Row(["hers", "--json"], "name mail")],
    ("profile", "edit"): [
        Row(["me", "--email", "bandicoot@mail.example"]),
        Row(["me", "--person", "person.yaml", "--json"], HERS),
        Row(["me", "--person", "broken.yaml"], code=5),
    ],
    ("profile", "list"): [Row([], "name"), Row(["--json"], HERS)],
    ("profile", "new"): [
        Row(["other", *GIVEN]),
        Row(["other", "--person", "person.yaml", "--json"], HERS),
        Row(["other", "--person", "broken.yaml"], code=5),
        Row(["other", "--person", "-", "--json"], code=5, typed=json.dumps({NAME: MAIL})),
    ],
    ("profile", "remove"): [Row(["me"], code=6)],
    ("profile", "show"): [Row(["me"], HERS), Row(["me", "--json"], HERS)],
    ("remind",): [
        Row([]),
        Row(["--json"]),
        Row(["--ics", "dates.ics", "--with-names"]),
        Row(["--ics", "-", "--with-names"]),
        Row(["--schedule", "systemd"]),
    ],
    ("request",): [
        Row(["pimeyes", "--profile", "me", "--format", "txt,eml"]),
        Row(["pimeyes", *GIVEN, "--format", "txt", "--json"]),
        Row(["pimeyes", *GIVEN, "--dry-run"], HERS),
        Row(["pimeyes", "--profile", "me", "--agent", "hers", "--format", "txt"]),
        Row(["clearview", *GIVEN, "--email", f"{NAME} at nowhere"], code=5),
        Row(["clearview", *GIVEN, "--name", f"{NAME}\x07"], code=5),
        Row(["clearview", *GIVEN, "--because", f"{SITUATION}\x07"], code=5),
        Row(["clearview", "--person", "broken.yaml"], code=5),
        Row(["--to", "Example Ltd", "--to", "a@firm.example", "--profile", "me", "--format", "txt", "--json"]),
        Row(["pimeyes", *GIVEN, "-o", "person.yaml/below"], code=1),
        Row(["pimeyes", *GIVEN, "--name", f"{NAME} 王", "--format", "pdf"], code=6),
    ],
    ("show",): [
        Row(["REF", "--verify"], "note"),
        Row(["REF", "--json"], "note"),
        Row(["REF", "--evidence", "1", "-o", "kept.txt"]),
    ],
    ("status",): [Row([]), Row(["--json"])],
}  # fmt: skip
FILES = {"cases.jsonl": f"{HERS} note", "kept.txt": "reply", "sheet.txt": "key"}
"""Files that a command was told to write, and what they are there to hold. Letters are there to hold everything."""


class Den:
    """A folder in which commands run, each in a fresh copy of one home, whose key is under a passphrase alone."""

    def __init__(self, work: Path, forks: Forks) -> None:
        self.work, self.forks, self.home, self._kept = work, forks, work / "home", work.parent / f"{work.name}-kept"
        self._names: dict[str, set[str]] = {}
        self._cached: dict[str, tuple[tuple[int, ...], set[str]]] = {}
        self._give("person.yaml", json.dumps(PERSON))
        self._give("broken.yaml", json.dumps({**PERSON, "residence": [NAME], NAME: MAIL, "email": f"{NAME}: [{MAIL}"}))
        self._give("reply.txt", REPLY)
        self._give("phrase", PHRASE + "\n")
        self._give("wrong", PHRASE[:-1] + "\n")
        lists.folder(work / "list")
        self._give("old.csv", lists.REQUESTS)
        for name, mail in (("people", MAIL), ("wrong", f"{MAIL} {NAME}")):
            member = f"{NAME},{mail},FR,{STREET},{SITUATION}"
            self._give(f"{name}.csv", f"name,email,residence,address,situation\n{member}\n")
        (work / "jurisdictions").symlink_to(ROOT / "jurisdictions")
        for group in ("known", "group"):
            (work / group / "firms").mkdir(parents=True)
            shutil.copy(ROOT / "firms" / "pimeyes.yaml", work / group / "firms")
        self.ref = self._furnish()
        self._inputs = {path.name for path in work.iterdir()} - {"home", "tmp"}

    def _give(self, name: str, text: str) -> None:
        (self.work / name).write_text(text)
        (self.work / name).chmod(0o600)

    def _furnish(self) -> str:
        self._done("profile", "new", "me", "--person", "person.yaml")
        self._done("agent", "new", "hers", "--name", NAME, "--email", MAIL)
        self._done("data", "trust", "known", "--yes")
        ref = self._done("request", "clearview", "--profile", "me", "--format", "txt", "--on", DAY).split(
            "optout-letters/"
        )[1][:9]
        words = ("--letter", "access", "--by", "email", "--on", DAY, "--note", NOTE, "--file", "reply.txt")
        self._done("log", ref, "sent", *words)
        exported = self._done("export", "-o", "-")
        self._give("given.jsonl", exported)
        self._give("changed.jsonl", exported.replace(NOTE, f"{NOTE} too"))
        key = (self.home / "config" / "vault.key").read_bytes()
        self.key = key.decode().strip()
        sheet = self._done("key", "recovery")
        self.code = "\n".join(re.findall(r"^ +\d: +(\S+ \S+ \S) *$", sheet, re.MULTILINE)) + "\n"
        slot = Path(path_in(str(self.home)))
        slot.write_bytes(sealed(keyfile.key_text(keyfile.keys_of(key)), PHRASE))
        slot.chmod(0o600)
        (self.home / "config" / "vault.key").unlink()
        shutil.rmtree(self.work / "optout-letters")
        shutil.copytree(self.home, self._kept, ignore=shutil.ignore_patterns("cache"))
        self.texts = {**TEXTS, "key": (self.key, self.key[:16], *self.code.split("\n")[:-1])}
        return ref

    def _done(self, *args: str) -> str:
        done = self.forks.run(*args)
        assert done.code == 0, done.err
        return done.out

    def renew(self) -> None:
        """The home and the folder as they were made. The cache of checked data stays, as it is slow to make."""
        (self.home / "cache" / "last-bug.txt").unlink(missing_ok=True)
        for path in (*self.work.iterdir(), *self.home.iterdir()):
            if path.name not in {*self._inputs, "tmp", "home", "cache"}:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self._kept, self.home, dirs_exist_ok=True)

    def run(self, *args: str, shows: str = "", first: str = "", typed: str = "") -> Done:
        """One command, and the search of what it said and left. `shows`: canaries that may stand on stdout."""
        words = [self.ref if word == "REF" else word for word in args]
        typed = {"CODE": self.code, "WRONG": self.code.replace("a", "b").replace("1", "2")}.get(typed, typed)
        first = first + QUICK if words[:1] in (["key"], ["export"]) else first
        done = self.forks.run(*words, first=first, typed=typed)
        assert "Traceback" not in done.err + done.out, (args, done.err)
        assert not self.found(done.err), (args, self.found(done.err), done.err)
        assert self.found(done.out) <= set(shows.split()), (args, self.found(done.out))
        self.search(args)
        return done

    def found(self, data: str | bytes) -> set[str]:
        """The canaries in a text."""
        data = data.encode() if isinstance(data, str) else data
        wide = b"\0" in data
        return {
            what
            for what, texts in self.texts.items()
            if any(text.encode() in data or (wide and text.encode("utf-16-le") in data) for text in texts)
        }

    def _named(self, where: str) -> set[str]:
        if where not in self._names:
            self._names[where] = self.found(where)
        return self._names[where]

    def _held(self, path: str) -> set[str]:
        """The canaries in a file of the cache, most of which stay as they are from command to command."""
        now = Path(path).stat()
        state = (now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)
        if path not in self._cached or self._cached[path][0] != state:
            self._cached[path] = (state, self.found(Path(path).read_bytes()))
        return self._cached[path][1]

    def search(self, args: tuple[str, ...]) -> None:
        """In no file but those that the person gave or asked for; in no file's name; nothing temporary is left."""
        restored = "--restore" in args
        for folder, _, files in os.walk(self.work):
            for name in files:
                path = f"{folder}/{name}"
                where = path.removeprefix(f"{self.work}/")
                assert not self._named(where), where
                if name in self._inputs or where.startswith("optout-letters/"):
                    continue
                may = {"key"} if restored and name == keyfile.FILE else set(FILES.get(where, "").split())
                held = self._held(path) if where.startswith("home/cache/data/") else self.found(Path(path).read_bytes())
                assert held <= may, (args, where, held)
        assert list((self.work / "tmp").iterdir()) == [], args
