"""`firms import`: every record in and out whole, the catalogue first, hostile records refused by name."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from optout.cli import optout
from optout.cli.app import App
from optout.errors import BadData, Incomplete, StoreError
from optout.store.listed import FILE, ListedFirms, New
from tests.cli import lists
from tests.cli.lists import CHURCH, FULL, OBSOLETE, OURS, RECORDS, SAMPLE, firm

PERSON = ("--name", "Ada Example", "--email", "ada@mail.example", "--residence", "DE")


def run(home: Path, *args: str) -> Result:
    return CliRunner().invoke(optout, [*args], obj={"home": str(home)})


def done(home: Path, *args: str) -> Any:
    """The answer of a command that ends well."""
    result = run(home, *args, "--json")
    if result.exception and not isinstance(result.exception, Incomplete):
        raise result.exception
    return json.loads(result.stdout)


def counts(home: Path, path: Path) -> dict[str, int]:
    found: dict[str, int] = done(home, "firms", "import", str(path))["counts"]
    return {name: count for name, count in found.items() if count}


def record_of(home: Path, name: str, slug: str) -> Any:
    """The record with that slug, as `firms show` gives it back."""
    (shown,) = done(home, "firms", "show", name)["firms"]
    return next(record for record in shown["records"] if record["slug"] == slug)


def digest(home: Path) -> str:
    return hashlib.sha256((home / "data" / FILE).read_bytes()).hexdigest()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    assert counts(home, lists.folder(tmp_path / "list")) == {"new": 4, "packs": 1}
    return home


def test_every_record_comes_back_as_the_same_json_value(home: Path) -> None:
    for record in RECORDS:
        assert record_of(home, record["slug"], record["slug"]) == record
    opened = ListedFirms.open(str(home / "data"))
    assert opened is not None
    texts = {row.slug: row.text for row in opened.all()}
    assert list(json.loads(texts["acme-faces"])) == list(FULL), "the keys keep their order"


def test_folder_and_every_archive_give_the_same(home: Path, tmp_path: Path) -> None:
    import zipfile

    before = digest(home)
    archives = [lists.tar(tmp_path / name) for name in ("a.tar", "a.tar.gz", "a.tar.xz", "a.tar.bz2")]
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in lists.WHOLE.items():
            archive.writestr(f"data-0a1b2c/{name}", data)
    for path in (*archives, tmp_path / "a.zip", tmp_path / "list" / "companies"):
        assert counts(home, path) == {"unchanged": 4, **({} if path.name == "companies" else {"packs": 1})}, path
    assert digest(home) == before, "a second import changes nothing"


def test_the_real_records_come_back_whole(tmp_path: Path) -> None:
    if not SAMPLE.exists():
        pytest.skip("shared/data/datenanfragen-sample.tar.xz does not lie beside the checkout")
    with tarfile.open(SAMPLE) as archive:
        texts = {m.name: archive.extractfile(m).read() for m in archive if m.name.startswith("companies/")}  # type: ignore[union-attr]
    records = [json.loads(text) for text in texts.values()]
    home = tmp_path / "home"
    assert len(records) == 404 and counts(home, SAMPLE) == {"new": 404}
    before = digest(home)
    assert counts(home, SAMPLE) == {"unchanged": 404} and digest(home) == before
    opened = ListedFirms.open(str(home / "data"))
    assert opened is not None
    kept = {row.slug: json.loads(row.text) for row in opened.all()}
    assert kept == {record["slug"]: record for record in records}
    listing = App({"home": str(home)}).catalog_with(None).listing
    firms = [listing.made(row) for row in opened.all()]
    assert len(firms) == 404 and all(one.entities for one in firms)
    for record in records[::45]:
        assert record_of(home, record["slug"], record["slug"]) == record


def test_what_changed_went_and_came_back_is_told(home: Path, tmp_path: Path) -> None:
    changed = {**FULL, "email": "new@acme-faces.example"}
    later = lists.folder(tmp_path / "later", lists.files(changed, OURS, OBSOLETE, firm("newcomer")))
    answer = done(home, "firms", "import", str(later))
    assert (answer["new"], answer["gone"]) == (["newcomer"], [CHURCH["slug"]])
    moved = {"field": "email", "theirs": "new@acme-faces.example", "ours": ["privacy@acme-faces.example"]}
    assert answer["changed"] == [{"slug": "acme-faces", "differences": [moved]}]
    assert counts(home, later) == {"unchanged": 4}, "it is gone once"
    (shown,) = done(home, "firms", "list", "--imported")["firms"][3:]
    assert shown["id"] == CHURCH["slug"] and shown["origin"]["gone"]
    assert "no longer had it" in run(home, "request", CHURCH["slug"], *PERSON, "-n").stderr
    assert counts(home, tmp_path / "list") == {"unchanged": 2, "changed": 2, "gone": 1, "packs": 1}
    assert done(home, "firms", "show", CHURCH["slug"])["firms"][0]["origin"]["gone"] is None


def test_one_record_makes_no_other_go(home: Path, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(firm("alone")))
    assert counts(home, tmp_path / "one.json") == {"new": 1}
    (tmp_path / "bad.json").write_text("{}")
    assert isinstance(run(home, "firms", "import", str(tmp_path / "bad.json")).exception, BadData)


def test_a_dry_run_keeps_nothing(home: Path, tmp_path: Path) -> None:
    before = digest(home)
    later = lists.folder(tmp_path / "later", lists.files(firm("newcomer")))
    told = done(home, "firms", "import", str(later), "-n")
    assert told["new"] == ["newcomer"] and len(told["gone"]) == 4 and digest(home) == before
    done(tmp_path / "other", "firms", "import", str(later), "-n")
    assert not (tmp_path / "other" / "data").exists()


def test_the_profile_of_ours_is_used_and_the_difference_told(home: Path, tmp_path: Path) -> None:
    answer = done(home, "firms", "import", str(tmp_path / "list"))
    (ours,) = answer["ours"]
    assert (ours["slug"], ours["firm"]) == ("clearview-ai", "clearview")
    assert {one["field"]: one["theirs"] for one in ours["differences"]} == {
        "email": "somebody@clearview.ai",
        "address": "1 Wrong Street, New York NY 10001, United States of America",
    }
    for name in ("clearview-ai", "Clearview AI", "clearview.ai"):
        explained = done(home, "explain", name, "--residence", "DE")
        assert explained["firm"] == "clearview" and "origin" not in explained
        assert "somebody@clearview.ai" not in str(explained)
    assert "this profile is used" in run(home, "firms", "show", "clearview").stdout
    assert record_of(home, "clearview", "clearview-ai") == OURS


def test_authorities_are_compared_and_never_taken(home: Path, tmp_path: Path) -> None:
    (told,) = done(home, "firms", "import", str(tmp_path / "list"))["authorities"]
    assert told["slug"] == "frcnil" and told["authority"] == "fr-cnil"
    assert [one["field"] for one in told["differences"]] == ["address"]
    assert "Old Street" not in json.dumps(done(home, "authorities", "show", "fr-cnil"))


def test_the_file_is_for_its_owner_alone(home: Path) -> None:
    file = home / "data" / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o666)
    assert isinstance(run(home, "firms", "show", "acme-faces").exception, StoreError)


def test_a_damaged_file_is_told_and_stops_no_letter_to_a_firm_of_ours(home: Path) -> None:
    (home / "data" / FILE).write_bytes(b"nonsense" * 1000)
    error = run(home, "firms", "show", "acme-faces").exception
    assert isinstance(error, StoreError) and "firms import" in error.hint
    assert run(home, "explain", "clearview", "--residence", "DE").exit_code == 0
    shown = run(home, "firms", "show", "clearview")
    assert shown.exit_code == 0 and "cannot be read" in shown.stderr


def test_an_import_that_was_killed_is_undone_by_the_next_look(home: Path) -> None:
    before = digest(home)
    code = """
import apsw, os, sys
db = apsw.Connection(sys.argv[1])
db.execute("pragma cache_size = 1; begin immediate; update records set gone = '2026-01-01', json = json || hex(zeroblob(9000))")
os._exit(9)
"""
    file = home / "data" / FILE
    assert subprocess.run([sys.executable, "-c", code, str(file)], check=False).returncode == 9
    assert digest(home) != before and file.with_name(f"{FILE}-journal").exists()
    assert record_of(home, "acme-faces", "acme-faces") == FULL and digest(home) == before


def test_two_imports_at_once_both_count(home: Path, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    one, other = (ListedFirms.open(str(home / "data"), create=True) for _ in range(2))
    assert one is not None and other is not None
    new = [New(f"firm-{n}", firm(f"firm-{n}"), [f"firm-{n}"]) for n in range(200)]

    def take(store: ListedFirms, some: list[New]) -> int:
        return len(store.take(some, whole=False, day="2026-11-25", kept=set(), dry=False).new)

    with ThreadPoolExecutor(2) as pool:
        done_ = list(pool.map(take, (one, other), (new[:120], new[80:])))
    assert sum(done_) == 200 and sum(1 for _ in one.all()) == 204
