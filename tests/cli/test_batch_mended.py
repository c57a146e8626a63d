"""Sheets that changed since a batch was written: whose row is whose, what `amend` writes anew, and what it names."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from tests.cli import sheets
from tests.cli.test_batch import batch, letters, manifest
from tests.cli.test_main_job import optout

ASKED = ("batch", "people.csv", "--firm", "clearview", "--format", "txt")


def amended(home: Path, ident: str, *args: str) -> dict[str, Any]:
    done = optout(home, "batch", "amend", ident, *args, "--json")
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def people(path: Path, *rows: tuple[str, ...], header: str = "name,email,residence") -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(header.split(","))
        out.writerows(rows)


def test_the_sheet_of_another_group_takes_no_batch_for_its_own(tmp_path: Path) -> None:
    """Same base name, same ids, other people."""
    for group in "ab":
        (tmp_path / group).mkdir()
        others = {f"m{n}": {"name": f"Group {group} Nr{n}x", "email": f"nr{n}x@{group}.example"} for n in range(3)}
        sheets.write(tmp_path / group / "people.csv", 3, **others)
    ident = batch(tmp_path, expect=3, file="a/people.csv")["batch"]
    before = letters(tmp_path)
    done = optout(tmp_path, "batch", "b/people.csv", *ASKED[2:])
    assert done.returncode == 6 and "belonged to somebody else" in done.stderr and "--name" in done.stderr
    assert "amend" not in done.stderr and letters(tmp_path) == before
    found = amended(tmp_path, ident, "b/people.csv")
    assert found["cases"] == 0 and [x["line"] for x in found["refused"]] == [2, 4, 6]
    assert all("somebody else" in x["reason"] and x["ref"] for x in found["refused"]) and letters(tmp_path) == before
    made = batch(tmp_path, "--skip-invalid", expect=0, file="b/people.csv")
    assert made["skipped"] == [{"why": "other", "count": 3}]
    other = batch(tmp_path, "--name", "Group B", expect=3, file="b/people.csv")
    assert other["batch"].startswith("group-b-") and other["written"] == 3
    assert {row["name"] for row in manifest(tmp_path, ident)} == {f"Group a Nr{n}x" for n in range(3)}
    assert batch(tmp_path, "--name", "Group B", expect=0, file="b/people.csv")["skipped"][0]["why"] == "done"


def test_amend_names_rows_and_references(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 5)
    ident = batch(tmp_path, expect=5)["batch"]
    refs = {row["row"]: row["ref"] for row in manifest(tmp_path, ident)}
    # M0 mended, M1 a minor now, M2 to a place of nowhere known, M3 left out, M9 new.
    rows = [sheets.row(0, name="Mended Nr0x"), sheets.row(1, minor="yes"), sheets.row(2), sheets.row(4), sheets.row(9)]
    with (tmp_path / "people.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, sheets.HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)
    found = amended(tmp_path, ident, "people.csv", "-n")
    assert found["due"] == [
        {"line": 2, "ref": refs["M0"], "firm": "clearview", "name": "Mended Nr0x", "was": "Person Nr0x"}
    ]
    assert [(x["line"], x["ref"]) for x in found["refused"]] == [(4, refs["M1"])]
    assert found["new_rows"] == {"count": 1, "lines": [10]} and found["no_row"] == {"count": 1, "refs": [refs["M3"]]}
    done = optout(tmp_path, "batch", "amend", ident, "people.csv", "-n")
    assert f"row 2: {refs['M0']} clearview, Mended Nr0x (was Person Nr0x)" in done.stderr
    assert f"row 3 (line 4): {refs['M1']}" in done.stderr and f"optout log {refs['M1']} withdrawn" in done.stderr
    assert "1 row of the sheet is in no case of this batch (row 6 (line 10))" in done.stderr
    assert f"1 case not yet sent has no row in the sheet ({refs['M3']})" in done.stderr


def test_a_changed_row_whose_letter_was_sent_is_told_and_stops_nothing(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 3)
    ident = batch(tmp_path, expect=3)["batch"]
    refs = {row["row"]: row["ref"] for row in manifest(tmp_path, ident)}
    assert optout(tmp_path, "log", refs["M0"], "sent", "--by", "post", "--letter", "access").returncode == 0
    assert optout(tmp_path, "log", refs["M1"], "withdrawn").returncode == 0
    sheets.write(tmp_path / "people.csv", 4, m0={"address": "9 New Street"}, m1={"name": "Mended Nr1x"})
    made = batch(tmp_path, expect=1)
    assert made["written"] == 1
    assert {x["why"]: x["count"] for x in made["skipped"]} == {"settled": 2, "done": 1}
    assert {x["ref"] for x in made["named"] if x["why"] == "settled"} == {refs["M0"], refs["M1"]}
    done = optout(tmp_path, *ASKED)
    assert done.returncode == 0 and f"row 2: {refs['M0']}" in done.stderr
    assert amended(tmp_path, ident, "people.csv")["cases"] == 0


def test_without_ids_a_mended_name_is_found_by_its_mailbox(tmp_path: Path) -> None:
    ann, bo = ("Ann Leigh", "home@mail.example", "FR"), ("Bo Lee", "home@mail.example", "FR")
    cy = ("Cy Example", "cy@mail.example", "DE")
    people(tmp_path / "people.csv", ann, cy)
    ident = batch(tmp_path, expect=2)["batch"]
    refs = {row["name"]: row["ref"] for row in manifest(tmp_path, ident)}
    # Somebody else at the same mailbox is new as long as the other row is still there.
    people(tmp_path / "people.csv", ann, bo, cy)
    assert batch(tmp_path, "-n", expect=1)["cases"] == 1
    mended = ("Ann Lee", "HOME@mail.example", "FR")
    people(tmp_path / "people.csv", mended, cy)
    done = optout(tmp_path, *ASKED)
    assert done.returncode == 6 and "changed since their letters were written (row 2)" in done.stderr
    assert f"amend {ident}" in done.stderr
    found = amended(tmp_path, ident, "people.csv")
    assert [(x["line"], x["ref"], x["was"]) for x in found["due"]] == [(2, refs["Ann Leigh"], "Ann Leigh")]
    assert found["new_rows"]["count"] == found["no_row"]["count"] == 0
    phases = {row["name"]: row["phase"] for row in manifest(tmp_path, ident)}
    assert phases == {"Ann Leigh": "done", "Ann Lee": "draft", "Cy Example": "draft"}
    assert not any("Leigh" in text for text in letters(tmp_path).values())
    made = batch(tmp_path, expect=0)
    assert made["skipped"] == [{"why": "done", "count": 2}]
    assert amended(tmp_path, ident, "people.csv")["cases"] == 0


def test_shards_in_one_folder_are_amended_each_by_itself(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 20)
    homes = [tmp_path / "one", tmp_path / "two"]
    args = ("--firm", "clearview", "--format", "txt", "--archive", "-o", str(tmp_path / "out"))
    for number, home in enumerate(homes, 1):
        home.mkdir()
        done = optout(home, "batch", str(tmp_path / "people.csv"), *args, "--shard", f"{number}/2", "--json")
        assert done.returncode == 0, done.stderr
        ident = json.loads(done.stdout)["batch"]
    sheets.write(tmp_path / "people.csv", 20, **{f"m{n}": {"address": f"9 New Street of Nr{n}x"} for n in range(20)})
    new = 0
    for home in homes:
        made = amended(home, ident, str(tmp_path / "people.csv"))
        assert made["new_rows"]["count"] == 0, "the rows of the other shard are none of its"
        new += made["cases"]
    assert new == 20 and not list((tmp_path / "out").glob(".optout-*"))
    assert sorted(path.name for path in (tmp_path / "out").glob("*.zip")) == sorted(
        f"{ident}-{shard}of2-0002.zip" for shard in (1, 2)
    )
    # Put together, a third home goes on in the same folder without taking a name that is there.
    for home in homes:
        assert optout(home, "export", "-o", str(tmp_path / "all.jsonl"), "--force").returncode == 0
        assert optout(tmp_path, "import", "all.jsonl").returncode == 0
    sheets.write(tmp_path / "people.csv", 20, m3={"address": "8 Newer Street"}, **{
        f"m{n}": {"address": f"9 New Street of Nr{n}x"} for n in range(20) if n != 3})  # fmt: skip
    assert amended(tmp_path, ident, "people.csv")["cases"] == 1
    assert not list((tmp_path / "out").glob(".optout-*"))


def test_what_a_killed_amend_left_is_ended_also_when_nothing_is_due(tmp_path: Path) -> None:
    from optout.store.paths import paths
    from optout.store.vault import Vault

    sheets.write(tmp_path / "people.csv", 2)
    ident = batch(tmp_path, expect=2)["batch"]
    folder = tmp_path / "optout-letters"
    # As after a kill between the transaction and the renaming.
    (folder / f"{ident}-0001").rename(folder / f".optout-0123456789ab-{ident}-0001.tmp")
    with Vault.open(paths(str(tmp_path / "home")), create=False) as vault, vault.transaction():
        vault.run("update chunks set done = 0, temp = ?", (f".optout-0123456789ab-{ident}-0001.tmp",))
    assert amended(tmp_path, ident, "people.csv")["cases"] == 0
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [f"{ident}-0001"]


def test_forgetting_a_member_takes_the_letters_under_an_earlier_name_too(tmp_path: Path) -> None:
    sheets.write(tmp_path / "people.csv", 3)
    ident = batch(tmp_path, expect=3)["batch"]
    sheets.write(tmp_path / "people.csv", 3, m1={"name": "Mended Nr1x"})
    assert amended(tmp_path, ident, "people.csv")["cases"] == 1
    for name in ("Mended Nr1x",):
        done = optout(tmp_path, "forget", name, "--confirm", name, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["removed"]["cases"] == 2
    left = optout(tmp_path, "export", "-o", "-").stdout
    assert "Nr1x" not in left and "Nr0x" in left and "Nr2x" in left
