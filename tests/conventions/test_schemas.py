"""C-04: every `--json` answer fits its schema, and every schema refuses what is not such an answer."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema
from referencing import Registry, Resource

from optout import case, law, lifecycle
from tests.cli import lists, sheets
from tests.cli.test_main_job import PERSON
from tests.cli.test_main_job import optout as run

FOLDER = Path(__file__).parents[2] / "docs" / "schema"
FILES = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
REGISTRY: Any = Registry().with_resources(
    (name, Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **body}))
    for name, body in FILES.items()
)
MAPS = {"outcomes", "phases", "clocks", "calendars", "data", "closed", "name", "with_article"}
"""Objects whose keys are data."""
OPTIONAL = {"code", "letter", "by", "until", "ground", "outcomes", "remedy", "corrects", "instead", "note", "demands", "done",
            "sent", "received", "answered", "deadlines", "void", "overdue_from", "clocks", "calendars", "remedies", "data",
            "email_alias", "print_address", "situation", "language", "minor",
            "kinds", "needs", "provision", "reply_by", "chain", "rules", "profile", "with_article", "address", "email",
            "complaint_url", "form", "email_takes", "over", "of_public", "of_police", "as_of", "recovery", "if_keyring_is_lost", "to", "firm_kind",
            "lines", "differs", "origin", "records"}  # fmt: skip
"""Keys that an answer may lack, in some object."""
CLOSED = {"kind", "footing", "phase", "stance", "standing", "origin", "when", "role", "severity", "confidence", "awaits",
          "schema", "ref", "state", "keyring", "against", "firm_kind"}  # fmt: skip
OURS = (
    "request",
    "batch",
    "batch_amend",
    "log_batch",
    "status_by",
    "explain",
    "status",
    "show",
    "log",
    "letter",
    "laws",
    "places",
    "deadline",
    "firms",
    "firms_check",
    "firms_import",
    "authorities",
    "check",
    "error",
    "profiles",
    "agents",
    "forget",
    "exported",
    "import",
    "data",
    "trust",
    "untrust",
    "doctor",
    "remind",
    "key",
    "key_recovery",
)
ME = """name: Ada Example
email: ada@mail.example
email_alias: case@alias.example
residence: FR
language: fr
address: [1 Sample Street]
print_address: true
situation: I hide.
minor: true
"""
FR = [*PERSON[:4], "--residence", "FR"]


@functools.cache
def judge(name: str) -> Any:
    return jsonschema.Draft202012Validator(FILES[f"{name}.json"], registry=REGISTRY)


def answers(home: Path) -> list[dict[str, Any]]:
    """Real answers of every command: usual ones, empty ones, and of a case that went through much."""
    (home / "a.txt").write_text("an answer\n")
    said: list[dict[str, Any]] = []

    def ask(*args: str, fails: bool = False) -> dict[str, Any]:
        done = run(home, *args, "--json")
        assert (done.returncode != 0) is fails, (args, done.stderr)
        said.append(json.loads(done.stderr.splitlines()[-1] if fails else done.stdout))
        return said[-1]

    ask("status")
    ask("key", "status")
    ask("request", "clearview", *FR, "-n")
    ref = ask("request", "clearview", *FR, "--format", "txt", "--on", "2026-01-02")["cases"][0]["ref"]
    ask("request", "pimeyes", "clearview", *PERSON[:4], "--residence", "CA-QC", "--format", "txt,eml")
    other = ask("request", "clearview", *PERSON, "--format", "txt", "--together", "--demand", "access")["cases"][0][
        "ref"
    ]
    for place in ("US-CA", "US-IL", "US"):
        ask("explain", "clearview", "--residence", place)
    ask("show", ref)
    for words in (
        "sent --by email --letter access --on 2026-01-02",
        "acknowledged --on 2026-01-05",
        "identity-asked --on 2026-01-06",
        "identity-given --on 2026-01-08",
        "extended --on 2026-01-20 --until 2026-03-20",
        "extended --on 2026-05-20 --until 2026-09-20",
        "refused --on 2026-06-01 --ground cannot-identify --outcome access=refused --file a.txt",
        "complained --on 2026-06-10 --by post",
        "noted --note word",
        "corrected --event 2 --on 2026-01-03",
        "corrected --event 5",
        "closed",
    ):
        ask("log", ref, *words.split())
    ask("show", ref, "--verify")
    ask("log", other, "sent", "--by", "post", "-n")
    ask("show", other)
    ask("status", "--all")
    ask("status", "--overdue", "--on", "2027-06-01")
    ask("remind", "--on", "2027-06-01", "--days", "30")
    ask("remind", "--on", "2026-12-01")
    sheets.write(home / "people.csv", 3, m1={"name": ""}, m2={"email": "nr0x@mail.example", "name": "Person Nr0x"})
    batch = ("batch", "people.csv", "--firm", "clearview", "--format", "txt")
    ask(*batch, "--skip-invalid", "-n")
    ident = ask(*batch, "--skip-invalid")["batch"]
    ask("batch", "people.csv", "--firm", "fbi", "--format", "txt", "--skip-invalid", "-n")
    sheets.write(home / "people.csv", 1, m0={"name": "Mended Nr0x"})
    ask("batch", "amend", ident, "people.csv")
    ask("remind", "--on", "2027-06-01")
    ask("log", "--batch", ident, "sent", "--by", "post")
    ask("status", "--by", "batch")
    ask("doctor")
    ask("export", "-o", "cases.jsonl")
    ask("export", "-o", "cases.csv", "--format", "csv")
    ask("import", "cases.jsonl")
    ask("letter", ref, "--format", "txt")
    ask("laws", "list")
    ask("laws", "list", "--places")
    for name in ("gdpr", "ccpa"):
        ask("laws", "show", name)
    ask(
        "laws",
        "deadline",
        "--residence",
        "FR",
        "--demand",
        "access",
        "--received",
        "2026-01-31",
        "--extended",
        "2026-02-10",
    )
    ask(
        "laws",
        "deadline",
        "--residence",
        "FR",
        "--demand",
        "access",
        "--received",
        "2026-01-31",
        "--extended",
        "2026-05-10",
    )
    ask("laws", "deadline", "--residence", "US-CA", "--demand", "access", "--received", "2026-01-31")
    ask("firms", "list")
    ask("firms", "show", "clearview")
    ask("firms", "show", "pimeyes")
    lists.folder(home / "list")
    ask("firms", "import", "list")
    ask("firms", "import", "list", "-n")
    ask("firms", "list", "--all")
    ask("firms", "show", "acme-faces")
    ask("explain", "acme-faces", "--residence", "FR")
    ask("request", "acme-faces", *FR, "--format", "txt")
    pack = home / "pack" / "firms"
    pack.mkdir(parents=True)
    shipped = (FOLDER.parents[1] / "firms" / "pimeyes.yaml").read_text(encoding="utf-8")
    (pack / "pimeyes.yaml").write_text(shipped.replace("office@", "desk@"), encoding="utf-8")
    (pack / "new.yaml").write_text(shipped.replace("id: pimeyes", "id: new"), encoding="utf-8")
    (pack / "BAD.yaml").write_text("")
    (pack.parent / "templates").mkdir()
    ask("data", "trust", "pack", "-n")
    ask("data", "list")
    assert run(home, "data", "trust", "pack", "--yes").returncode == 8
    (pack / "new.yaml").unlink()
    ask("data", "trust", "pack", "-n")
    ask("data", "list")
    ask("firms", "show", "pimeyes")
    ask("data", "untrust", "pack")
    ask("explain", "--to", "Example Ltd", "--to", "1 Sample Street", "--to", "a@firm.example", "--residence", "FR")
    own = ask("request", "--to", "Example Ltd", "--to", "1 Sample Street", "--kind", "dna", *FR, "--format", "txt")
    ask("show", own["cases"][0]["ref"])
    ask("firms", "check")
    ask("firms", "check", "onfido", "--on", "2026-11-24")
    ask("authorities", "list")
    ask("authorities", "show", "fr-cnil")
    ask("authorities", "for", "US-IL")
    ask("check")
    ask("profile", "list")
    (home / "me.yaml").write_text(ME)
    ask("profile", "new", "me", "--person", "me.yaml")
    ask("agent", "new", "ida", "--name", "Ida Helper", "--email", "ida@mail.example", "--address-line", "2 Street")
    ask("agent", "list")
    ask("request", "pimeyes", "--profile", "me", "--agent", "ida", "--format", "txt")
    ask("request", "pimeyes", "--profile", "me", "--format", "txt")
    ask("profile", "show", "me")
    ask("profile", "list")
    ask("profile", "new", "her", "--name", "Ida Other", "--email-alias", "ida@mail.example", "--residence", "FR")
    ask("profile", "new", "twin", "--person", "me.yaml")
    hers = ask("request", "pimeyes", "--profile", "her", "--format", "txt")["cases"][0]
    ask("log", hers["ref"], "sent", "--letter", "access", "--by", "post", "--file", "a.txt")
    written = home / hers["letters"][0]["files"][0]
    written.write_text("changed")
    written.with_name("scan.txt").write_text("not ours")
    written.with_name(f".optout-0123456789ab-{written.name}.tmp").write_text("half")
    ask("forget", "twin", "-n")
    ask("forget", "her", "--confirm", "Ida Other")
    ask("export", "--format", "csv", "-o", "a.csv")
    ask("export", "-o", "a.jsonl")
    (home / "old.csv").write_text(lists.REQUESTS)
    ask("import", "old.csv", "--profile", "me")
    ask("import", "a.jsonl", "--dry-run")
    ask("import", "a.jsonl")
    ask("key", "recovery")
    ask("key", "rotate")
    ask("key", "recovery")
    ask("key", "status")
    ask("show", "0000-0000", fails=True)
    ask("request", "clearview", "--name", "Ada", fails=True)
    ask("request", "clearview", *PERSON, "--format", "odt", fails=True)
    ask("laws", "deadline", "--residence", "US-IL", "--demand", "access", "--received", "2026-01-31", fails=True)
    (home / "bad.yaml").write_text("nam: Ada\n")
    ask("request", "clearview", "--person", "bad.yaml", fails=True)
    broken = home / "home" / "data" / "firms"
    broken.mkdir(parents=True)
    (broken / "bad.yaml").write_text("schema: 1\n")
    done = run(home, "check", "--json")
    said.append(json.loads(done.stdout))
    return said


def name_of(answer: dict[str, Any]) -> str:
    return str(answer["schema"]).split("/")[1]


def test_c04_every_answer_there_is_has_a_sound_schema_that_says_whose_it_is() -> None:
    given = {
        name
        for path in (FOLDER.parents[1] / "optout" / "cli").glob("*.py")
        for name in re.findall(r'\banswer\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(given) > 12
    for name in given:
        assert "--json" in FILES[f"{name}.json"]["title"], name
    for body in FILES.values():
        jsonschema.Draft202012Validator.check_schema(body)


def test_c04_the_lists_in_the_schemas_are_those_of_the_program() -> None:
    parts = FILES["parts.json"]["$defs"]
    for name, kinds in {"demand": law.DemandKind, "footing": law.Footing, "confidence": law.Confidence, "what": law.What,
                        "event_kind": case.EventKind, "outcome": case.Outcome, "ground": law.Ground, "when": case.When,
                        "channel": case.RouteKind, "date_kind": case.DateKind, "remedy_kind": case.RemedyKind,
                        "phase": lifecycle.Phase}.items():  # fmt: skip
        assert parts[name]["enum"] == list(get_args(kinds)), name


def test_c04_every_answer_fits_its_schema_and_nothing_else_does(tmp_path: Path) -> None:
    """One test, since the answers take a while to get."""
    said = answers(tmp_path)
    assert {name_of(answer) for answer in said} == set(OURS)
    for answer in said:
        errors = [f"{list(e.absolute_path)}: {e.message}" for e in judge(name_of(answer)).iter_errors(answer)]
        assert errors == [], name_of(answer)
    for name in OURS:
        own = sampled(said, name)
        assert taken(name, own) == [], name
        assert listed(name, own) == [], name


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    yield path, value
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(child, (*path, key))


def changed(name: str, answer: Any, path: tuple[Any, ...], make: Any) -> Any:
    """The answer with another value at a path; `make` changes the container in place.

    Where that is an answer as well, each list keeps one item: hundreds of them would be judged anew for each change.
    """
    made, container = along(answer, path[:-1], one=SHORTENED.of(name, answer, path[:-1]))
    make(container, path[-1])
    return made


class Shortened:
    """At which containers of an answer the other lists may be kept to one item; judged once for each."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], bool] = {}
        self._answers: list[Any] = []  # kept, so that no other answer gets its number

    def of(self, name: str, answer: Any, path: tuple[Any, ...]) -> bool:
        key = (id(answer), path)
        if key not in self._known:
            self._answers.append(answer)
            self._known[key] = judge(name).is_valid(along(answer, path, one=True)[0])
        return self._known[key]


SHORTENED = Shortened()


def along(value: Any, path: tuple[Any, ...] | None, one: bool) -> tuple[Any, Any]:
    """A copy, and the copy of what lies at the path, whole. `one`: every other list has the item that is on the path,
    else its first."""
    end = None
    if path == () or not isinstance(value, dict | list):
        made = value if not isinstance(value, dict | list) else list(value) if isinstance(value, list) else dict(value)
        return made, made
    items = list(value.items() if isinstance(value, dict) else enumerate(value))
    if one and isinstance(value, list):
        items = [(key, x) for key, x in items if key == (path[0] if path else 0)]
    found = []
    for key, child in items:
        on_it = bool(path) and key == path[0]
        copied, inner = along(child, path[1:] if path and on_it else None, one)
        found.append((key, copied))
        end = inner if on_it else end
    return (dict(found) if isinstance(value, dict) else [x for _, x in found]), end


def sampled(answers: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """The longest and the last of a command's answers: between them they have every part."""
    own = [answer for answer in answers if name_of(answer) == name]
    return [max(own, key=lambda answer: len(json.dumps(answer))), own[-1]]


def shape(path: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple("*" if isinstance(key, int) else key for key in path)


def taken(name: str, own: list[dict[str, Any]]) -> list[str]:
    """Wrong shapes that the schema lets pass: another type, a key too few or too many, a day that is none."""
    found = []
    tried = 0
    seen = set()
    for answer in own:
        for path, value in places(answer):
            if shape(path) in seen or "records" in path[:-1]:  # what others wrote has no shape of ours
                continue
            seen.add(shape(path))
            wrongs = []
            if path:
                wrongs.append(
                    ("another type", changed(name, answer, path, lambda at, key: at.__setitem__(key, [[[]]])))
                )
                in_map = (path[-2:-1] and path[-2] in MAPS) or "closed" in path[:-1]
                if isinstance(path[-1], str) and path[-1] not in OPTIONAL and not in_map and not vague(path):
                    wrongs.append(("dropped", changed(name, answer, path, lambda at, key: at.pop(key))))
                if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) and not vague(path):
                    wrongs.append(
                        ("no day", changed(name, answer, path, lambda at, key: at.__setitem__(key, "2026-13-01")))
                    )
            if isinstance(value, dict):
                wrongs.append(
                    (
                        "unknown key",
                        changed(name, answer, (*path, "unknown key!"), lambda at, key: at.__setitem__(key, [[]])),
                    )
                )
            for what, wrong in wrongs:
                tried += 1
                if judge(name).is_valid(wrong):
                    found.append(f"{what} at {path}")
    assert tried > 4
    return found


def vague(path: tuple[Any, ...]) -> bool:
    """Inside the data files' own records, which the editors' schemas describe: there, much has a default."""
    of_law = path[:1] == ("laws",) and path[2:3] not in ((), ("sources",), ("in_force",)) and len(path) > 3
    return of_law or bool({"rules", "profile", "clocks", "calendars"} & set(path[:-1]))


def listed(name: str, own: list[dict[str, Any]]) -> list[Any]:
    """Values from a closed list in whose place the schema takes any word."""
    found = []
    seen = set()
    for answer in own:
        for path, value in places(answer):
            if path and path[-1] in CLOSED and isinstance(value, str) and shape(path) not in seen:
                seen.add(shape(path))
                wrong = changed(name, answer, path, lambda at, key: at.__setitem__(key, "no such word"))
                if judge(name).is_valid(wrong):
                    found.append(path)
    return found
