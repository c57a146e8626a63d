"""`firms import`: an id is one firm's, a slug one record's; what would make two of them is refused by name."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from optout.cli import firmimport
from optout.errors import BadData, StoreError
from optout.listed import firm_id
from optout.store.listed import FILE, ListedFirms, New
from tests.cli import lists
from tests.cli.lists import firm
from tests.cli.test_firm_import import counts, done, run

OTHER = {"name": "Other GmbH", "web": "https://other.example"}
"""Makes a record none of ours, whatever its slug is."""
HASHED = firm_id("own-x")


def one(path: Path, record: dict[str, Any]) -> Path:
    path.write_text(json.dumps(record))
    return path


def archive(path: Path, *members: tuple[str, bytes]) -> Path:
    """One in which a name may stand twice."""
    with tarfile.open(path, "w") as packed:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return path


def refused(answer: Any) -> dict[str, str]:
    return {row["file"]: row["reason"] for row in answer["refused"]}


def test_a_firm_called_like_one_of_ours_gets_another_id(tmp_path: Path) -> None:
    home, path = tmp_path / "home", one(tmp_path / "one.json", firm("pimeyes", **OTHER))
    assert counts(home, path) == {"new": 1}
    assert done(home, "firms", "show", "pimeyes")["firms"][0]["name"] == "PimEyes"
    assert done(home, "firms", "show", "other.example")["firms"][0]["id"] == "pimeyes-listed"
    assert counts(home, path) == {"unchanged": 1}


@pytest.mark.parametrize(("first", "second"), [("own-x", HASHED), ("pimeyes-listed", "pimeyes")])
def test_of_two_records_that_would_have_one_id_the_second_is_refused(first: str, second: str, tmp_path: Path) -> None:
    records = firm(first, **OTHER), firm(second, **OTHER), firm("good")
    home, path = tmp_path / "home", lists.folder(tmp_path / "list", lists.files(*records))
    reason = f"slug: its firm would have the same id as that of {first}"
    for command in (("-n",), (), ()):
        answer = done(home, "firms", "import", str(path), *command)
        assert refused(answer) == {f"companies/{second}.json": reason}
        assert answer["new"] == ([] if answer["counts"]["unchanged"] else ["good", first]), "and the rest goes in"
    assert answer["counts"]["unchanged"] == 2 and not answer["gone"]


@pytest.mark.parametrize("whole", [False, True])
def test_a_record_whose_id_one_of_before_has_is_refused(whole: bool, tmp_path: Path) -> None:
    """Also where that one is no longer in the list: a case may have been opened under its id."""
    home = tmp_path / "home"
    assert counts(home, one(tmp_path / "one.json", firm(HASHED))) == {"new": 1}
    later = lists.folder(tmp_path / "later", lists.files(firm("own-x"), firm("good")))
    if whole:
        done(home, "firms", "import", str(lists.folder(tmp_path / "without", lists.files(firm("good")))))
    answer = done(home, "firms", "import", str(later))
    reason = f"slug: its firm would have the same id as that of {HASHED}"
    assert refused(answer) == {"companies/own-x.json": reason}
    assert answer["counts"]["unchanged" if whole else "new"] == 1 and answer["counts"]["refused"] == 1
    assert done(home, "firms", "show", HASHED)["firms"][0]["name"] == f"{HASHED} Ltd"


def test_a_record_may_get_the_id_that_another_one_gives_up(tmp_path: Path) -> None:
    with store(tmp_path) as opened:
        for idents in (("a", "b"), ("b", "a")):
            told = take(opened, *(New(ident, firm(slug), [slug]) for ident, slug in zip(idents, "xy", strict=True)))
            assert not told.refused and {row.ident: row.slug for row in opened.all()} == dict(
                zip(idents, "xy", strict=True)
            )


def test_two_records_with_one_id_are_not_called_damage(tmp_path: Path) -> None:
    with store(tmp_path) as opened:
        with pytest.raises(StoreError, match="two records of the list have one id") as caught:
            take(opened, New("a", firm("x"), []), New("a", firm("y"), []))
        assert "move it away" not in caught.value.hint and not list(opened.all())


def test_a_list_that_was_kept_with_packs_is_read(tmp_path: Path) -> None:
    """Files made before packs were left out have a table of them."""
    import apsw

    home = tmp_path / "home"
    counts(home, lists.folder(tmp_path / "list"))
    connection = apsw.Connection(str(home / "data" / FILE))
    connection.execute("create table packs (name text primary key, json text not null) without rowid")
    connection.close()
    assert counts(home, tmp_path / "list") == {"unchanged": 4, "packs": 1}


def test_of_a_slug_that_stands_there_twice_neither_is_taken_and_both_files_are_told(tmp_path: Path) -> None:
    names = ("old/companies/same.json", "new/companies/same.json", "new/companies/good.json")
    records = (firm("same"), firm("same", email="other@evil.example"), firm("good"))
    path = archive(
        tmp_path / "a.tar", *((name, json.dumps(x).encode()) for name, x in zip(names, records, strict=True))
    )
    answer = done(tmp_path / "home", "firms", "import", str(path))
    assert answer["new"] == ["good"]
    assert refused(answer) == dict.fromkeys(names[:2], "slug: another file has it too")


def test_every_pack_is_counted_also_two_of_one_name(tmp_path: Path) -> None:
    files = lists.files(firm("good")).items()
    path = archive(tmp_path / "a.tar", *files, ("a/company-packs/de.json", b"[]"), ("b/company-packs/de.json", b"[]"))
    assert counts(tmp_path / "home", path) == {"new": 1, "packs": 2}


def test_authorities_count_towards_what_a_list_may_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firmimport, "MOST_RECORDS", 2000)
    record = json.dumps({**lists.AUTHORITY, "comments": ["x" * 3000]}).encode()
    files = {**lists.files(firm("good")), "supervisory-authorities/frcnil.json": record}
    error = run(tmp_path / "home", "firms", "import", str(lists.folder(tmp_path / "list", files))).exception
    assert isinstance(error, BadData) and "of records" in str(error)
    assert not (tmp_path / "home" / "data").exists()


def store(folder: Path) -> ListedFirms:
    opened = ListedFirms.open(str(folder), create=True)
    assert opened is not None
    return opened


def take(opened: ListedFirms, *records: New) -> Any:
    return opened.take(records, whole=False, day="2026-11-25", kept=set(), dry=False)
