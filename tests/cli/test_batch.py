"""`optout batch` as a group uses it: a sheet in, letters and cases out, nothing twice, nobody mixed up."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from optout.letter import plain
from tests.cli import sheets
from tests.cli.test_main_job import optout

FAST = ("--format", "txt", "--yes", "--expect")


def batch(home: Path, *args: str, expect: int, firm: str = "clearview", file: str = "people.csv") -> dict[str, Any]:
    done = optout(home, "batch", file, "--firm", firm, "--json", *FAST, str(expect), *args)
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def letters(home: Path, under: str = "optout-letters") -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((home / under).rglob("*.txt"))}


def manifest(home: Path, ident: str) -> list[dict[str, str]]:
    with (home / "optout-letters" / f"{ident}.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_each_member_gets_their_own_letters_under_their_own_law(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 24)
    made = batch(tmp_path, expect=48, firm="clearview,pimeyes")
    assert made["written"] == made["cases"] == 48 and made["people"] == 24
    found = letters(tmp_path)
    assert len(found) == made["letters"]
    rows = manifest(tmp_path, made["batch"])
    assert sorted(row["row"] for row in rows) == sorted([f"M{n}" for n in range(24)] * 2)
    for row in rows:
        number = row["row"].removeprefix("M")
        own = [text for name, text in found.items() if name.startswith(row["ref"])]
        assert len(own) == len(row["letters"].split())
        for text in own:
            assert set(re.findall(r"[Nn]r(\d+)x", text)) == {number}, "somebody else's words"
    laws = {row["place"]: row["laws"] for row in rows if row["firm"] == "clearview"}
    assert laws["fr"] == "gdpr" and laws["us-il"] == "bipa" and laws["ch"] == "fadp" and laws["gb-eng"] == "uk-gdpr"


def test_a_letter_of_a_batch_is_the_letter_of_one_request(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 12)
    batch(tmp_path, expect=12)
    alone = tmp_path / "alone"
    alone.mkdir()
    for number in range(12):
        member = sheets.row(number)
        lines = [part for line in member["address"].split("\n") for part in ("--address-line", line)]
        done = optout(alone, "request", "clearview", "--name", member["name"], "--email", member["email"], "--residence",
                      member["residence"], *lines, "--format", "txt")  # fmt: skip
        assert done.returncode == 0, done.stderr
    same = {re.sub("[0-9A-Z]{4}-[0-9A-Z]{4}", "REF", text) for text in letters(tmp_path).values()}
    assert same == {re.sub("[0-9A-Z]{4}-[0-9A-Z]{4}", "REF", text) for text in letters(alone).values()}


def test_the_vault_holds_what_one_request_would_have_kept(tmp_path: Path) -> None:
    from optout.store import cases
    from optout.store.paths import paths
    from optout.store.vault import Vault

    sheets.write(tmp_path / "people.csv", 6, m2={"residence": "FR", "address": ""})
    ident = batch(tmp_path, expect=6)["batch"]
    assert "Nothing is wrong" in optout(tmp_path, "doctor").stderr
    with Vault.open(paths(str(tmp_path / "home")), create=False) as vault:
        for row in manifest(tmp_path, ident):
            whole = cases.get(vault, row["ref"])
            assert cases.verify(vault, row["ref"]) == []
            (letter, *_) = whole["letters"]
            from optout.letter import Letter
            from optout.records import from_plain

            name = next(x["name"] for x in whole["files"] if x["letter"] == letter["id"])
            assert plain(from_plain(Letter, letter["letter"])) == letters(tmp_path)[name]
    # The next single request for the same person finds its draft.
    member = sheets.row(0)
    lines = [part for line in member["address"].split("\n") for part in ("--address-line", line)]
    done = optout(tmp_path, "request", "clearview", "--name", member["name"], "--email", member["email"], "--residence",
                  member["residence"], *lines, "--format", "txt", "--json")  # fmt: skip
    assert json.loads(done.stdout)["cases"][0]["ref"] == manifest(tmp_path, ident)[0]["ref"]


def test_the_same_command_again_writes_nothing_twice_and_takes_new_rows(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 6)
    first = batch(tmp_path, expect=6)
    again = batch(tmp_path, expect=0)
    assert again["batch"] == first["batch"] and again["written"] == 0
    assert again["skipped"] == [{"why": "done", "count": 6}]
    sheets.write(tmp_path / "people.csv", 8)
    assert batch(tmp_path, expect=2)["written"] == 2
    assert len({row["ref"] for row in manifest(tmp_path, first["batch"])}) == 8


def test_f33_who_is_there_twice_or_was_asked_before_is_told_and_left_out(tmp_path: Path) -> None:
    sheets.write(
        tmp_path / "people.csv", 4, m3={"name": "PERSON nr1X", "email": "NR1X@mail.example", "residence": "DE"}
    )
    member = sheets.row(0)
    lines = [part for line in member["address"].split("\n") for part in ("--address-line", line)]
    done = optout(tmp_path, "request", "clearview", "--name", member["name"], "--email", member["email"], "--residence",
                  "FR", *lines, "--format", "txt", "--json")  # fmt: skip
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    made = batch(tmp_path, expect=2)
    assert {x["why"]: x["count"] for x in made["skipped"]} == {"asked": 1, "twice": 1}
    assert {(x["why"], x["ref"]) for x in made["named"]} == {("asked", ref), ("twice", None)}
    assert batch(tmp_path, "--again", expect=1)["written"] == 1


def test_f33_all_that_makes_a_repeat_is_counted(tmp_path: Path) -> None:
    """The same row twice, the same mailbox in another case, and somebody asked last month, sent and not answered."""
    member = {"id": "", "name": "Zoë Example", "email": "zoe@mail.example", "residence": "FR"}
    others = {"m1": member, "m2": member, "m3": {**member, "email": "Zoe@Mail.EXAMPLE"}, "m4": {**member, "id": "Z9"}}
    sheets.write(tmp_path / "people.csv", 5, **others)
    single = sheets.row(0)
    lines = [part for line in single["address"].split("\n") for part in ("--address-line", line)]
    done = optout(tmp_path, "request", "clearview", "--name", single["name"], "--email", single["email"], "--residence",
                  "FR", *lines, "--format", "txt", "--json", "--on", "2026-10-20")  # fmt: skip
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    done = optout(tmp_path, "log", ref, "sent", "--by", "post", "--on", "2026-10-21", "--letter", "access")
    assert done.returncode == 0, done.stderr
    made = batch(tmp_path, "-n", expect=1)
    assert {x["why"]: x["count"] for x in made["skipped"]} == {"asked": 1, "twice": 3} and made["cases"] == 1
    said = optout(tmp_path, "batch", "people.csv", "--firm", "clearview", "-n").stderr
    assert f"{ref})" in said and "3 the same person stands in the sheet before" in said
    made = batch(tmp_path, "--allow-repeat", expect=2)
    assert made["written"] == 2 and made["skipped"] == [{"why": "twice", "count": 3}]


def test_more_than_25_cases_are_confirmed_by_their_number(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 26)
    args = ("batch", "people.csv", "--firm", "clearview", "--format", "txt")
    done = optout(tmp_path, *args)
    assert done.returncode == 2 and "--yes --expect 26 is missing" in done.stderr
    done = optout(tmp_path, *args, "--yes", "--expect", "25")
    assert done.returncode == 1 and "there are 26 cases" in done.stderr
    assert not (tmp_path / "optout-letters").exists()


def test_a_dry_run_says_who_gets_what_and_leaves_nothing(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 12)
    done = optout(tmp_path, "batch", "people.csv", "--firm", "clearview", "-n", "--sample", "2")
    assert done.returncode == 0, done.stderr
    assert "Illinois" in done.stdout and "bipa" in done.stdout and "12 rows: 12 people, 12 cases" in done.stderr
    assert done.stdout.count("Person Nr0x\n") >= 2 and "Nothing was written or kept." in done.stderr
    assert not (tmp_path / "optout-letters").exists() and not (tmp_path / "home" / "optout.db").exists()


def test_a_sample_belongs_into_the_answer(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 30, **{f"m{n}": {"residence": "FR"} for n in range(30)})
    args = ("batch", "people.csv", "--firm", "clearview", "-n", "--json")
    made = json.loads(optout(tmp_path, *args, "--sample", "5").stdout)
    assert [(x["line"], x["firm"], x["language"]) for x in made["sample"]] == [
        (n, "clearview", "en") for n in (2, 2, 4, 4, 6)
    ]
    assert [re.search(r"[Nn]r(\d+)x", x["text"])[1] for x in made["sample"]] == list("00112")  # type: ignore[index]
    assert len({x["letter"] for x in made["sample"]}) == 2
    assert json.loads(optout(tmp_path, *args).stdout)["sample"] == []


def test_processes_and_archives_hold_the_same_letters(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 700)
    made = batch(tmp_path, "--jobs", "2", "--archive", "--on", "2026-11-24", expect=700)
    archives = sorted((tmp_path / "optout-letters").glob("*.zip"))
    assert len(archives) == 3
    texts = {}
    for path in archives:
        with zipfile.ZipFile(path) as file:
            assert all(info.compress_type == zipfile.ZIP_STORED for info in file.infolist())
            texts |= {name: file.read(name).decode() for name in file.namelist()}
    assert len(texts) == made["letters"]
    refs = {row["row"]: row["ref"] for row in manifest(tmp_path, made["batch"])}
    for number in range(700):
        ours = [text for name, text in texts.items() if name.startswith(refs[f"M{number}"])]
        assert ours and all(set(re.findall(r"[Nn]r(\d+)x", text)) == {str(number)} for text in ours)
    assert "Nothing is wrong" in optout(tmp_path, "doctor").stderr


def test_shards_share_the_rows_and_merge_again(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 40)
    whole: set[str] = set()
    for number in (1, 2, 3):
        home = tmp_path / f"shard{number}"
        home.mkdir()
        done = optout(home, "batch", str(tmp_path / "people.csv"), "--firm", "clearview", "--format", "txt", "--yes",
                      "--shard", f"{number}/3", "--json", "--expect", str(shard_size(40, number, 3)))  # fmt: skip
        assert done.returncode == 0, done.stderr
        rows = {row["row"] for row in manifest(home, f"{json.loads(done.stdout)['batch']}-{number}of3")}
        assert rows and not rows & whole
        whole |= rows
        assert optout(home, "export", "-o", str(tmp_path / f"{number}.jsonl")).returncode == 0
        assert optout(tmp_path, "import", f"{number}.jsonl").returncode == 0
    assert whole == {f"M{number}" for number in range(40)}
    (group,) = json.loads(optout(tmp_path, "status", "--by", "batch", "--json").stdout)["groups"]
    assert group["cases"] == 40 and group["phases"] == {"draft": 40}
    done = optout(tmp_path, "log", "--batch", group["id"], "sent", "--by", "post", "--yes", "--expect", "40")
    assert done.returncode == 0 and "Noted in 40 cases." in done.stderr


def shard_size(count: int, number: int, of: int) -> int:
    from optout.batch import Shard

    return sum(Shard(number, of).takes(f"M{n}") for n in range(count))


def test_the_printer_gets_every_letter_on_the_front_of_a_sheet(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 6)
    done = optout(tmp_path, "batch", "people.csv", "--firm", "clearview,pimeyes", "--format", "txt", "--print")
    assert done.returncode == 0, done.stderr
    fronts = 0
    for file in (tmp_path / "optout-letters").glob("*-print.pdf"):
        pages = [page.extract_text() for page in PdfReader(file).pages]
        firsts = [number for number, text in enumerate(pages) if "Person Nr" in text and "mail.example" in text]
        assert len(pages) % 2 == 0 and firsts and not any(n % 2 for n in firsts)
        fronts += len(firsts)
    assert fronts >= len(letters(tmp_path))


def test_an_event_is_noted_for_all_at_once(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 30)
    ident = batch(tmp_path, expect=30)["batch"]
    log = ("log", "--batch", ident)
    done = optout(tmp_path, *log, "sent", "--by", "post")
    assert done.returncode == 2 and "--yes --expect 30 is missing" in done.stderr
    done = optout(tmp_path, *log, "sent", "--by", "post", "--yes", "--expect", "30", "--json")
    assert json.loads(done.stdout)["cases"] == 30
    one = json.loads(optout(tmp_path, "show", manifest(tmp_path, ident)[0]["ref"], "--json").stdout)
    assert one["status"]["phase"] == "waiting" and one["status"]["letters"][0]["sent"]
    assert "Nothing is wrong" in optout(tmp_path, "doctor").stderr
    found = json.loads(optout(tmp_path, "remind", "--json", "--on", "2027-06-01").stdout)
    assert next((x["group"], x["cases"]) for x in found["batches"]) == ("overdue", 30)
    shown = optout(tmp_path, "remind", "--on", "2027-06-01").stdout
    assert f"30 of batch {ident}" in shown and f"optout remind --batch {ident} --all" in shown
    done = optout(tmp_path, *log, "sent", "--by", "post", "--on", "2026-01-02")
    assert done.returncode == 6 and " not: " in done.stderr and "can be noted as sent" in done.stderr
    done = optout(tmp_path, *log, "answered", "--outcome", "access=met")
    assert done.returncode == 2 and "--outcome is for one case" in done.stderr


def test_amend_writes_anew_what_was_not_sent_and_touches_nothing_that_was(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 6)
    ident = batch(tmp_path, expect=6)["batch"]
    before = {row["row"]: row["ref"] for row in manifest(tmp_path, ident)}
    assert optout(tmp_path, "log", before["M0"], "sent", "--by", "post").returncode == 0
    sent = {name: text for name, text in letters(tmp_path).items() if name.startswith(before["M0"])}
    sheets.write(tmp_path / "people.csv", 6, m0={"name": "Another Nr0x"}, m1={"name": "Mended Nr1x"})
    done = optout(tmp_path, "batch", "people.csv", "--firm", "clearview", "--format", "txt")
    assert done.returncode == 6 and f"optout batch amend {ident}" in done.stderr
    done = optout(tmp_path, "batch", "amend", ident, "people.csv", "--note", "a name was wrong", "--json")
    assert done.returncode == 0, done.stderr
    assert {x: json.loads(done.stdout)[x] for x in ("cases", "untouched", "kept")} == {
        "cases": 1, "untouched": 1, "kept": True}  # fmt: skip
    after = {row["row"]: row["ref"] for row in manifest(tmp_path, ident) if row["phase"] != "done"}
    assert {key for key in before if before[key] != after[key]} == {"M1"}
    found = letters(tmp_path)
    assert sent.items() <= found.items() and not any(name.startswith(before["M1"]) for name in found)
    assert any("Mended Nr1x" in text for name, text in found.items() if name.startswith(after["M1"]))
    old = json.loads(optout(tmp_path, "show", before["M1"], "--json").stdout)
    last = old["events"][-1]["event"]
    assert last["kind"] == "withdrawn" and "a name was wrong" in last["note"]
    done = optout(tmp_path, "batch", "amend", ident, "--json")
    again = json.loads(done.stdout)
    assert again["cases"] == 0, "nothing else changed"
    assert again["untouched"] == 1, "what was written anew counts as neither sent nor closed"
    assert optout(tmp_path, "log", before["M2"], "withdrawn").returncode == 0
    said = optout(tmp_path, "batch", "amend", ident).stderr
    assert "2 cases of it were sent or closed" in said
    assert "Nothing is wrong" in optout(tmp_path, "doctor").stderr


def test_amend_goes_through_many_rows_a_chunk_at_a_time(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 600)
    ident = batch(tmp_path, "--archive", expect=600)["batch"]
    archives = {path.name for path in (tmp_path / "optout-letters").glob("*.zip")}
    mended = {f"m{n}": {"address": f"{n} New Street of Nr{n}x\n12345 Town"} for n in range(600)}
    sheets.write(tmp_path / "people.csv", 600, **mended | {"m7": {"minor": "yes"}})
    with (tmp_path / "people.csv").open("a") as file:
        file.write("M1,Person Nr1x,nr1x@mail.example,FR,Another Street,,\n")
    args = ("batch", "amend", ident, "people.csv", "--yes", "--expect", "599")
    done = optout(tmp_path, *args, "-n")
    assert "599 cases not yet sent" in done.stderr and "1 cannot be written now" in done.stderr
    done = optout(tmp_path, *args)
    assert done.returncode == 0, done.stderr
    left = {path.name for path in (tmp_path / "optout-letters").glob("*.zip")} & archives
    assert len(left) == 1, "only the minor's letters are still there"
    for name in archives:
        assert (
            f"{name} was {'written anew without' if name in left else 'removed: it held only'} the letters"
            in done.stderr
        )
    new = [path for path in (tmp_path / "optout-letters").glob("*.zip") if path.name not in archives]
    texts = {}
    for path in new:
        with zipfile.ZipFile(path) as whole:
            texts |= {name: whole.read(name).decode() for name in whole.namelist()}
    rows = [row for row in manifest(tmp_path, ident) if row["phase"] == "draft"]
    assert len(rows) == 600 and len({row["row"] for row in rows}) == 600
    for row in rows:
        if row["row"] == "M7":
            continue
        number = row["row"].removeprefix("M")
        own = [text for name, text in texts.items() if name.startswith(row["ref"])]
        assert own and all(set(re.findall(r"[Nn]r(\d+)x", text)) == {number} for text in own)
        assert all(f"{number} New Street" in text for text in own if "12345 Town" in text)
    assert json.loads(optout(tmp_path, "batch", "amend", ident, "--json").stdout)["cases"] == 0
    assert "Nothing is wrong" in optout(tmp_path, "doctor").stderr


def test_forgetting_a_member_names_what_holds_letters_of_others_too(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 4)
    done = optout(tmp_path, "batch", "people.csv", "--firm", "clearview", "--format", "txt", "--archive", "--print")
    assert done.returncode == 0, done.stderr
    done = optout(tmp_path, "forget", "Person Nr1x", "--confirm", "Person Nr1x", "--json")
    assert done.returncode == 0, done.stderr
    kept = json.loads(done.stdout)["removed"]["kept"]
    assert {Path(path).suffix for path in kept} == {".zip", ".pdf", ".csv", ".json"}
    assert "Nr1x" not in optout(tmp_path, "export", "-o", "-").stdout


@pytest.mark.parametrize("args", [["people.csv"], ["people.csv", "--firm", "nobody"], ["amend", "none-123456"],
                                  ["people.csv", "--firm", "clearview", "--shard", "3/2"], ["--firm", "clearview"],
                                  ["a.csv", "b.csv", "--firm", "clearview"]], ids=" ".join)  # fmt: skip
def test_what_is_missing_or_not_there_is_named(tmp_path: Path, args: list[str]) -> None:
    sheets.write(tmp_path / "people.csv", 2)
    done = optout(tmp_path, "batch", *args)
    assert done.returncode in (2, 4) and done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "optout-letters").exists()


def test_the_golden_batch_is_what_is_written(tmp_path: Path) -> None:
    from tests import golden_batch

    made = golden_batch.texts(tmp_path)
    assert made == {path.name: path.read_text(encoding="utf-8") for path in golden_batch.FOLDER.iterdir()}
    assert len(made) >= 10
