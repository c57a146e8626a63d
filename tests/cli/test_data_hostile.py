"""Folders of data that somebody meant ill with, or the program's own: refused by name, and nothing else is read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_data import FR, NEW, Pack, lines
from tests.faults.forks import ROOT, Forks


@pytest.fixture
def pack(tmp_path: Path) -> Iterator[Pack]:
    with Forks(tmp_path) as forks:
        yield Pack(tmp_path, forks)


def test_nothing_but_firms_and_places_is_taken(pack: Pack) -> None:
    pack.give("templates/en/closing/farewell.j2", "Stolen,")
    pack.give("trusted.json", '{"schema": "optout/trusted/1", "folders": []}')
    pack.give("config/vault.key", "x")
    pack.give("firms/run.py", "raise SystemExit")
    done = pack.trust("--yes")
    assert done.code == 8 and "firms/run.py" in done.out
    assert lines(done.out, "Never read:") == ["config", "templates", "trusted.json"]
    assert "Stolen" not in pack.run("request", "seer", *FR, "-n").out


def test_hostile_files_are_refused_by_name_and_the_rest_goes_in(pack: Pack) -> None:
    firms = pack.folder / "firms"
    outside = pack.work / "outside.yaml"
    outside.write_text(NEW.replace("id: seer", "id: tied"), encoding="utf-8")
    (firms / "tied.yaml").symlink_to(outside)
    (firms / "huge.yaml").write_text("#" * 300_000)
    (firms / "deep.yaml").write_text("[" * 50_000)
    (firms / "con.yaml").write_text(NEW)
    (firms / "own-seer.yaml").write_text(NEW)
    (firms / "Upper.yaml").write_text(NEW)
    (firms / "other.yaml").write_text(NEW)
    (firms / "tag.yaml").write_text("!!python/object/apply:os.system [id]\n")
    (firms / "bidi\u202e.yaml").write_text(NEW)
    (firms / "dir.yaml").mkdir()
    os.mkfifo(firms / "pipe.yaml")
    (pack.folder / "jurisdictions").symlink_to(ROOT / "jurisdictions")
    told = pack.run("data", "trust", str(pack.folder), "--yes", "--json")
    assert told.code == 8
    answer = json.loads(told.out)
    assert {x["file"] for x in answer["refused"]} == {
        "jurisdictions", *(f"firms/{x}.yaml" for x in ("tied", "huge", "deep", "con", "own-seer", "Upper", "other", "tag",
                                                       "bidi\u202e", "dir", "pipe")),
    }  # fmt: skip
    assert [x["file"] for x in answer["files"]] == ["firms/seer"]
    assert "\u202e" not in pack.trust("-n").out
    assert pack.run("firms", "show", "seer").code == 0 and pack.run("firms", "show", "tied").code == 4


def test_a_trusted_file_exchanged_for_a_link_is_another_file(pack: Pack) -> None:
    assert pack.trust("--yes").code == 0
    path = pack.folder / "firms" / "seer.yaml"
    path.unlink()
    path.symlink_to("/dev/zero")
    assert pack.run("request", "seer", *FR).code in (4, 5)


@pytest.mark.parametrize("folder", ["home", "home/data", ".", str(ROOT), str(ROOT / "firms"), "nowhere", "file"])
def test_a_folder_that_is_or_holds_the_programs_own_is_refused(pack: Pack, folder: str) -> None:
    (pack.work / "home" / "data").mkdir(parents=True)
    (pack.work / "file").write_text("")
    done = pack.run("data", "trust", folder, "--yes")
    assert done.code in (4, 6), done.err
    assert not (pack.work / "home" / "trusted.json").exists()


def test_the_list_of_trust_is_private_and_believed_from_its_owner_alone(pack: Pack) -> None:
    assert pack.trust("--yes").code == 0
    kept = pack.work / "home" / "trusted.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not any("trusted" in path.name for path in pack.folder.rglob("*"))
    kept.chmod(0o666)
    done = pack.run("firms", "show", "seer")
    assert done.code == 7 and "others can write to it" in done.err and "chmod 600" in done.err
    kept.chmod(0o600)
    for wrong in ("{}", "[]", "", "{" * 100_000, '{"schema": "optout/trusted/1", "folders": [{"folder": 1}]}'):
        kept.write_text(wrong)
        assert pack.run("firms", "show", "clearview").code == 7
    assert pack.run("status").code == 0, "status needs no data files"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("aliases: [Spectacle]", "aliases: [Facebook]", "meta is called so here"),
        ("name: Seer\n", "name: CLEAR\n", "clear-secure is called so here"),
        ("name: Seer\n", "name: Clear View AI\n", "clearview looks the same here"),
        ("name: Seer\n", "name: CIearview AI, Inc.\n", "clearview looks the same here"),
        ("name: Seer\n", 'name: "\\u0420im\\u0415yes"\n', "several alphabets in one word: \\u0420im\\u0415yes"),
        ("name: Seer Ltd", 'name: "S\\u0435er Ltd"', "several alphabets in one word: S\\u0435er"),
        ("kind: email, to: privacy@seer.example", 'kind: form, to: "https://s\\u0435er.example/"', "pass for others"),
        ("name: Seer\n", 'name: "Se\\u202eer"\n', "bidirectional"),
        ("name: Seer Ltd", 'name: "Seer\\nBcc: a@b.example"', "control character"),
        ("to: privacy@seer.example", "to: privacy@mail.pimeyes.net", "pimeyes.net is a look-alike of the firm pimeyes"),
        ("to: privacy@seer.example", 'to: "a@seer.example?bcc=b@c.example"', "e-mail"),
    ],
)
def test_a_file_that_takes_anothers_name_or_hides_what_it_is_called_is_left_out(
    pack: Pack, old: str, new: str, why: str
) -> None:
    assert old in NEW
    pack.give("firms/seer.yaml", NEW.replace(old, new))
    pack.give("firms/other.yaml", NEW.replace("seer", "other").replace("Seer", "Other").replace("Spectacle", "Otter"))
    done = pack.trust("--yes")
    assert done.code == 8 and "firms/seer.yaml" in done.out, done.err
    assert why in done.out
    assert pack.run("firms", "show", "other").code == 0
    assert pack.run("firms", "show", "seer").code == 4
    assert "Meta" in pack.run("firms", "show", "facebook").out


def test_names_in_one_other_alphabet_or_with_a_sign_for_micro_are_taken(pack: Pack) -> None:
    pack.give(
        "firms/seer.yaml", NEW.replace("name: Seer\n", 'name: "\u0412\u0438\u0434\u0435\u043d\u0438\u0435 OOO"\n')
    )
    pack.give(
        "firms/other.yaml",
        NEW.replace("seer", "other").replace("Seer", "\N{MICRO SIGN}Other").replace("Spectacle", "Otter"),
    )
    done = pack.trust("--yes")
    assert done.code == 0, done.out
