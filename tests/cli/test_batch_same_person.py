"""One person asks a firm once, however the name is typed, under whichever id, and in whichever batch or shard."""

from __future__ import annotations

import json
from pathlib import Path

from optout.batch import Shard
from optout.store.paths import paths
from optout.store.vault import Vault
from tests.cli.test_batch import batch
from tests.cli.test_batch_mended import people
from tests.cli.test_main_job import optout

LEE = ("Ann Lee", "ann@mail.example", "FR")
SHOUTED = ("ANN  lee", "Ann@Mail.example", "FR")
SINGLE = ("--name", "ann lee", "--email", "ANN@mail.example", "--residence", "FR", "--format", "txt", "--json")


def test_capitals_make_no_second_person(tmp_path: Path) -> None:
    people(tmp_path / "people.csv", LEE)
    ident = batch(tmp_path, expect=1)["batch"]
    people(tmp_path / "other.csv", SHOUTED)
    made = batch(tmp_path, expect=0, file="other.csv")
    assert [(x["why"], x["line"]) for x in made["named"]] == [("asked", 2)]
    (ref,) = (x["ref"] for x in made["named"])
    done = optout(tmp_path, "request", "clearview", *SINGLE)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cases"][0]["ref"] == ref, f"the draft of batch {ident}"


def test_a_case_that_was_kept_by_an_older_version_is_still_found(tmp_path: Path) -> None:
    from optout.cli import drafting

    people(tmp_path / "people.csv", LEE)
    batch(tmp_path, expect=1)
    kinds = ["access", "deletion", "objection"]
    with Vault.open(paths(str(tmp_path / "home")), create=False) as vault, vault.transaction():
        ((text,),) = vault.run("select outcomes from summary")
        kinds = sorted(json.loads(text))
        old = drafting.digest([LEE[0], LEE[1], "fr", "clearview", kinds])
        vault.run("update cases set fingerprint = ?", (old,))
    assert batch(tmp_path, expect=0)["skipped"] == [{"why": "done", "count": 1}]
    people(tmp_path / "other.csv", LEE)
    assert batch(tmp_path, expect=0, file="other.csv")["skipped"] == [{"why": "asked", "count": 1}]
    done = optout(tmp_path, "request", "clearview", "--name", LEE[0], "--email", LEE[1], "--residence", "FR", "--format",
                  "txt", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(json.loads(optout(tmp_path, "status", "--all", "--json").stdout)["cases"]) == 1


def test_a_mended_name_in_another_batch_is_known_by_the_id(tmp_path: Path) -> None:
    header = "id,name,email,residence"
    people(
        tmp_path / "people.csv",
        ("7", "Ann Leigh", *LEE[1:]),
        ("8", "Bo Example", "bo@mail.example", "FR"),
        header=header,
    )
    first = batch(tmp_path, expect=2)
    people(tmp_path / "new.csv", ("7", *LEE), ("8", "Cy Other", "cy@mail.example", "FR"), header=header)
    args = ("batch", "new.csv", "--firm", "clearview,pimeyes", "--format", "txt")
    made = json.loads(optout(tmp_path, *args, "-n", "--json").stdout)
    (renamed,) = (x for x in made["named"] if x["why"] == "renamed")
    assert (renamed["line"], renamed["firm"]) == (2, "clearview") and made["cases"] == 3, "Cy is somebody else"
    said = optout(tmp_path, *args, "-n").stderr
    assert (
        f"the firm was asked the same under another name or mailbox; --again asks once more (row 2: {renamed['ref']})"
        in said
    )
    assert json.loads(optout(tmp_path, *args, "-n", "--json", "--again").stdout)["cases"] == 4
    assert batch(tmp_path, expect=0)["batch"] == first["batch"]


def test_shards_find_the_same_person_under_another_id(tmp_path: Path) -> None:
    """The second row is of another shard than the first."""
    ids = [str(n) for n in range(20)]
    one = next(x for x in ids if Shard(1, 2).takes(x))
    two = next(x for x in ids if Shard(2, 2).takes(x))
    people(tmp_path / "people.csv", (one, *LEE), (two, *SHOUTED), header="id,name,email,residence")
    found = {}
    for number in (1, 2):
        done = optout(tmp_path, "batch", "people.csv", "--firm", "clearview", "-n", "--shard", f"{number}/2", "--json")
        found[number] = json.loads(done.stdout)
    assert found[1]["cases"] == 1 and found[2]["cases"] == 0
    assert [x["why"] for x in found[2]["skipped"]] == ["twice"]


def test_an_import_says_when_the_same_was_asked_here(tmp_path: Path) -> None:
    refs = []
    for name, row in (("one", LEE), ("two", SHOUTED)):
        home = tmp_path / name
        home.mkdir()
        people(home / "people.csv", row)
        assert batch(home, expect=1)["written"] == 1
        assert optout(home, "export", "-o", str(tmp_path / f"{name}.jsonl")).returncode == 0
        refs.append(json.loads(optout(home, "status", "--json").stdout)["cases"][0]["ref"])
    assert json.loads(optout(tmp_path, "import", "one.jsonl", "--json").stdout)["same_request"] == []
    done = optout(tmp_path, "import", "two.jsonl", "--dry-run")
    assert done.returncode == 0 and f"{refs[1]} asks the same as {refs[0]}" in done.stderr
    made = json.loads(optout(tmp_path, "import", "two.jsonl", "--json").stdout)
    assert made["same_request"] == [{"ref": refs[1], "as": refs[0]}]
