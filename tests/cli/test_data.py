"""Folders of data that others wrote: shown first, used as they were shown, and nothing in them beside firms and places."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_profile_editor import on_terminal
from tests.faults.forks import ROOT, Done, Forks
from tests.faults.terminal import at_terminal

FR = ["--name", "Ada Example", "--email", "ada@mail.example", "--residence", "FR", "--format", "txt"]
SHIPPED = (ROOT / "firms" / "pimeyes.yaml").read_text(encoding="utf-8")
NEW = """schema: 1
id: seer
name: Seer
aliases: [Spectacle]
kinds: [vendor]
role: controller
ready: false
entities: [{name: Seer Ltd, role: controller, sources: [own]}]
routes:
  - {id: mail, kind: email, to: privacy@seer.example, standing: use, confidence: verified, sources: [own]}
finds_by: [email]
asks:
  - {what: government_id, for: [access], current: true, confidence: verified, sources: [own]}
sources:
  own: {title: An invented page, url: "https://seer.example/", kind: own, checked: 2026-11-22}
"""


class Pack:
    """A folder of a group beside a home."""

    def __init__(self, work: Path, forks: Forks) -> None:
        self.work, self.forks, self.folder = work, forks, work / "pack"
        self.give("firms/seer.yaml", NEW)

    def give(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *args: str) -> Done:
        return self.forks.run(*args)

    def trust(self, *args: str) -> Done:
        return self.run("data", "trust", str(self.folder), *args)

    def json(self, *args: str) -> Any:
        done = self.run(*args, "--json")
        assert done.out, done.err
        return json.loads(done.out)


@pytest.fixture
def pack(tmp_path: Path) -> Iterator[Pack]:
    with Forks(tmp_path) as forks:
        yield Pack(tmp_path, forks)


def lines(text: str, title: str) -> list[str]:
    """The indented lines below a title."""
    found = re.search(rf"^{title}\n((?:  .*\n)*)", text, re.MULTILINE)
    return [row.strip() for row in found[1].splitlines()] if found else []


def test_what_is_not_trusted_is_not_there(pack: Pack) -> None:
    assert pack.trust("--dry-run").code == 0
    assert not (pack.work / "home").exists()
    assert pack.run("request", "seer", *FR).code == 4
    assert pack.trust().code == 2, "without a terminal and --yes nothing is trusted"
    assert pack.run("request", "seer", *FR).code == 4
    assert pack.trust("--yes").code == 0
    done = pack.run("request", "Spectacle", *FR)
    assert done.code == 0, done.err
    assert "privacy@seer.example" in done.err
    listed = {x["id"]: x["from"] for x in pack.json("firms", "list")["firms"]}
    assert listed["seer"] == "group pack" and listed["clearview"] == "shipped"


def test_changed_recipients_and_newly_asked_documents_come_first(pack: Pack) -> None:
    text = SHIPPED.replace("to: office@pimeyes.com", "to: office@pimeyes.example").replace(
        "\nasks:\n",
        "\nasks:\n  - {what: fingerprints, current: true, confidence: verified, sources: [form]}\n",
    )
    text = text.replace("finds_by: [", "finds_by: [phone, ")
    pack.give("firms/pimeyes.yaml", text)
    pack.give("firms/aaa.yaml", NEW.replace("id: seer", "id: aaa"))
    out = pack.trust("--dry-run").out
    assert out.startswith("Recipients that change:\n")
    changed = lines(out, "Recipients that change:")
    assert [x.split(" for ")[0] for x in changed] == [
        "firms/pimeyes: now email office@pimeyes.example", "firms/pimeyes: no longer email office@pimeyes.com",
    ]  # fmt: skip
    assert lines(out, "Asked for that was not:") == [
        "firms/pimeyes: fingerprints for everything", "firms/pimeyes: phone to find you",
    ]  # fmt: skip
    assert out.index("Asked for that was not:") < out.index("New firms and places")
    assert "firms/aaa: asks government id for access" in out


def test_a_file_that_changed_since_is_not_used_and_the_command_says_so(pack: Pack) -> None:
    pack.give("firms/pimeyes.yaml", SHIPPED.replace("name: PimEyes", "name: PimEyes of the group", 1))
    assert pack.trust("--yes").code == 0
    assert "PimEyes of the group" in pack.run("firms", "show", "pimeyes").out
    pack.give("firms/pimeyes.yaml", SHIPPED.replace("office@pimeyes.com", "thief@pimeyes.example"))
    pack.give("firms/seer.yaml", NEW.replace("privacy@", "thief@"))
    done = pack.run("request", "pimeyes", *FR)
    assert done.code == 0 and "thief" not in done.err
    assert f"has changed since you trusted it and is not used: optout data trust {pack.folder}" in done.err
    alone = pack.run("request", "seer", *FR)
    assert alone.code == 5 and f"optout data trust {pack.folder}" in alone.err
    (folder,) = pack.json("data", "list")["folders"]
    assert folder["not_used"] == ["firms/pimeyes", "firms/seer"]
    out = pack.trust("--yes").out
    assert "firms/seer: now email thief@seer.example for everything (use)" in lines(out, "Recipients that change:")
    assert "firms/seer: no longer email privacy@seer.example for everything (use)" in out
    assert "thief@seer.example" in pack.run("request", "seer", *FR, "--again").err
    assert "Nothing has changed" in pack.trust().err


def test_files_that_come_later_are_not_used_and_those_that_go_are_gone(pack: Pack) -> None:
    assert pack.trust("--yes").code == 0
    pack.give("firms/late.yaml", NEW.replace("id: seer", "id: late"))
    (pack.folder / "firms" / "seer.yaml").unlink()
    assert pack.run("firms", "show", "late").code == 4
    assert pack.run("firms", "show", "seer").code == 4
    assert pack.json("data", "trust", str(pack.folder), "--yes")["gone"] == ["firms/seer"]
    assert pack.run("firms", "show", "late").code == 0


def test_the_users_own_file_stands_before_a_groups(pack: Pack) -> None:
    assert pack.trust("--yes").code == 0
    own = pack.work / "home" / "data" / "firms"
    own.mkdir(parents=True)
    (own / "seer.yaml").write_text(NEW.replace("privacy@", "own@"), encoding="utf-8")
    assert "own@seer.example" in pack.run("request", "seer", *FR).err
    assert {x["from"] for x in pack.json("firms", "list")["firms"] if x["id"] == "seer"} == {"own"}
    (own / "pimeyes.yaml").write_text(SHIPPED.replace("office@", "desk@"), encoding="utf-8")
    shown = pack.run("firms", "show", "pimeyes").out
    assert "from your own file" in shown
    assert "not in the shipped profile, recipients: email desk@pimeyes.com" in shown
    assert "only in the shipped profile, recipients: email office@pimeyes.com" in shown


def test_a_place_of_a_group_is_used_and_shown(pack: Pack) -> None:
    place = (ROOT / "jurisdictions" / "fr.yaml").read_text(encoding="utf-8")
    pack.give("jurisdictions/fr.yaml", place.replace("3 place de Fontenoy", "1 place des Exemples"))
    out = pack.trust("--yes").out
    assert any("1 place des Exemples" in row for row in lines(out, "Recipients that change:"))
    assert "1 place des Exemples" in pack.run("authorities", "show", "fr-cnil").out


def test_trust_is_bound_to_the_place_of_the_folder(pack: Pack) -> None:
    assert pack.trust("--yes").code == 0
    pack.folder.rename(pack.work / "moved")
    assert pack.run("firms", "show", "seer").code == 4
    pack.folder.symlink_to(pack.work / "moved")
    assert pack.run("data", "untrust", str(pack.folder)).code == 4, "a link leads to another folder"
    assert pack.run("data", "untrust", "pack").out.startswith("no longer used")
    assert pack.json("data", "list")["folders"] == []


def test_a_folder_is_untrusted_by_its_path_before_its_name_and_by_a_name_that_is_its_alone(pack: Pack) -> None:
    others = [pack.work / name / "pack" for name in ("one", "two")]
    for other in others:
        pack.give(str(other / "firms" / "seer.yaml"), NEW)
    for folder in (pack.folder, *others):
        assert pack.run("data", "trust", str(folder), "--yes").code == 0
    assert pack.json("data", "untrust", "pack")["folders"] == [str(pack.folder)], "the folder of this path"
    done = pack.run("data", "untrust", "pack")
    assert done.code == 4 and all(str(other) in done.err for other in others)
    assert [x["folder"] for x in pack.json("data", "list")["folders"]] == [str(other) for other in others]
    assert pack.json("data", "untrust", str(others[0]))["folders"] == [str(others[0])]
    assert pack.json("data", "untrust", "pack")["folders"] == [str(others[1])], "the only one of this name"


def test_of_two_groups_the_one_trusted_first_is_used(pack: Pack) -> None:
    other = pack.work / "other" / "firms"
    other.mkdir(parents=True)
    (other / "seer.yaml").write_text(NEW.replace("privacy@", "other@"), encoding="utf-8")
    assert pack.trust("--yes").code == 0
    assert pack.run("data", "trust", "other", "--yes").code == 0
    assert "privacy@seer.example" in pack.run("request", "seer", *FR, "-n").err
    assert pack.run("data", "untrust", "pack").code == 0
    assert "other@seer.example" in pack.run("request", "seer", *FR, "-n").err


def test_on_a_terminal_the_question_comes_after_the_summary(pack: Pack) -> None:
    home = pack.work / "home"
    code, text = at_terminal(home, "data", "trust", str(pack.folder), "--json", keys=[])
    assert code == 2 and "--yes is missing" in text
    code, text = at_terminal(home, "data", "trust", str(pack.folder), keys=[("[y/N]", "n\n")])
    assert code == 1 and text.index("privacy@seer.example") < text.index("[y/N]")
    assert pack.run("firms", "show", "seer").code == 4


def test_a_request_reads_the_file_it_needs_and_no_other(pack: Pack) -> None:
    for number in range(30):
        pack.give(f"firms/n{number}.yaml", NEW.replace("id: seer", f"id: n{number}").replace("Spectacle", f"S{number}"))
    assert pack.trust("--yes").code == 0
    spy = """
import builtins
real = builtins.open
def spied(file, *args, **more):
    if "pack/firms" in str(file):
        import sys
        print("opened", file, file=sys.stderr)
    return real(file, *args, **more)
builtins.open = spied
"""
    done = pack.forks.run("request", "seer", *FR, "-n", first=spy)
    assert done.code == 0 and done.err.count("opened") == 1
    assert pack.forks.run("firms", "show", "S7", first=spy).err.count("opened") > 1
    assert pack.forks.run("firms", "show", "S7", first=spy).err.count("opened") == 1, "names are kept"
    assert "opened" not in pack.forks.run("status", first=spy).err
    assert "opened" not in pack.forks.run("remind", first=spy).err


def test_a_folder_trusted_while_another_one_asks_stays_trusted(pack: Pack) -> None:
    other = pack.work / "other" / "firms"
    other.mkdir(parents=True)
    (other / "gazer.yaml").write_text(
        NEW.replace("seer", "gazer").replace("Seer", "Gazer").replace("Spectacle", "Goggle")
    )
    asking = on_terminal(pack.work, "data", "trust", str(pack.folder), OPTOUT_HOME=str(pack.work / "home"))
    asking.until("[y/N]")
    assert pack.run("data", "trust", "other", "--yes").code == 0
    asking.type("y\n")
    assert asking.end()[0] == 0
    assert {x["name"] for x in pack.json("data", "list")["folders"]} == {"pack", "other"}


def test_folders_trusted_and_untrusted_at_once_all_count(pack: Pack) -> None:
    for n in range(6):
        folder = pack.work / f"group{n}" / "firms"
        folder.mkdir(parents=True)
        text = NEW.replace("seer", f"firm{n}").replace("Seer", f"Firm{n}").replace("Spectacle", f"Alias{n}")
        (folder / f"firm{n}.yaml").write_text(text)
    assert pack.trust("--yes").code == 0
    # Each process waits between its look and its change, so that all of them are at it.
    slow = "import sys, time; from optout.store import private as p; real = p.replace\n" \
           "def late(path, data):\n    time.sleep(0.2); real(path, data)\n" \
           "p.replace = late; from optout.cli import main; main(sys.argv[1:])"  # fmt: skip
    commands = [("trust", f"group{n}", "--yes") for n in range(6)] + [("untrust", "pack")]
    running = [
        subprocess.Popen([sys.executable, "-c", slow, "data", *args], cwd=pack.work, env=pack.forks.environment(),
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for args in commands
    ]  # fmt: skip
    for process in running:
        assert process.communicate(timeout=60)[1] is not None and process.returncode == 0
    assert {x["name"] for x in pack.json("data", "list")["folders"]} == {f"group{n}" for n in range(6)}
    assert {p.name for p in (pack.work / "home").iterdir()} >= {"trusted.json", "trusted.lock"}


def test_doctor_names_what_is_not_used_of_a_trusted_folder(pack: Pack) -> None:
    assert pack.trust("--yes").code == 0
    assert not [x for x in pack.json("doctor")["findings"] if x["id"].startswith(("trusted", "stray"))]
    pack.give("firms/seer.yaml", NEW.replace("privacy@", "other@"))
    (found,) = [x for x in pack.json("doctor")["findings"] if x["id"].startswith("trusted")]
    assert (found["id"], found["severity"]) == ("trusted.changed", "warning") and "firms/seer" in found["sentence"]
    assert found["fix"] == f"optout data trust {pack.folder}"
    pack.folder.rename(pack.work / "away")
    (found,) = [x for x in pack.json("doctor")["findings"] if x["id"].startswith("trusted")]
    assert found["id"] == "trusted.gone" and "optout data untrust" in found["fix"]
    kept = pack.work / "home" / "trusted.json"
    kept.write_text("{}")
    assert "file.trusted" in {x["id"] for x in pack.json("doctor")["findings"]}
    kept.chmod(0o666)
    errors = [x["id"] for x in pack.json("doctor")["findings"] if x["severity"] == "error"]
    assert errors == ["file.unsafe"], "one fault is told once"
