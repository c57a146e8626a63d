"""Hostile records and archives: refused by name, and the rest goes in; nothing grows past its bounds."""

from __future__ import annotations

import json
import lzma
import os
import resource
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from optout.errors import BadData, Incomplete
from optout.library import recordset
from tests.cli import lists
from tests.cli.lists import firm
from tests.cli.test_firm_import import counts, digest, done, run

GOOD = firm("good")
RECORDS: dict[str, tuple[Any, str]] = {
    "path": (firm("path", slug="../../etc/passwd"), "slug"),
    "other-name": (firm("not-this"), "slug: it is not the name of the file"),
    "capital": (firm("capital", slug="Capital"), "slug"),
    "huge": (firm("huge", comments=["x" * 10_000_000]), "larger than 256 KiB"),
    "deep": (b'{"slug": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "nested too deeply"),
    "bidi": (firm("bidi", name="Acme \u202eFACES"), "direction characters"),
    "control": (firm("control", address="1 Street\x1b[2J\nIreland"), "control"),
    "surrogate": (b'{"slug": "surrogate", "name": "\\ud800"}', "direction characters"),
    "private": (firm("private", name="\ue000ref\ue001"), "direction characters"),
    "bom": (firm("bom", name="Acme\ufeff"), "byte order mark"),
    "no-width": (firm("no-width", name="Clear\u200bview AI"), "an invisible character (U+200B)"),
    "cyrillic": (firm("cyrillic", email="privacy@cle\u0430rview.example"), "letters that can pass for others"),
    "punycode": (firm("punycode", web="https://xn--80ak6aa92e.com/"), "letters that can pass for others"),
    "user-in-url": (firm("user-in-url", webform="https://acme.example@evil.example/"), "hides its host"),
    "script": (firm("script", web="javascript:alert(1)"), "https://"),
    "crlf-mail": (firm("crlf-mail", email="a@b.example\nBcc: c@d.example"), "no e-mail address"),
    "number-host": (firm("number-host", web="http://127.0.0.1/"), "no name of a host"),
    "latin-1": (b'{"slug": "latin-1", "name": "\xe4"}', "not UTF-8"),
    "no-json": (b"{slug: no}", "not JSON"),
    "twice-a-key": (b'{"slug": "twice-a-key", "slug": "x"}', "twice"),
    "list": (b"[]", "not an object"),
    "name-list": (firm("name-list", name=["A"]), "name: write text"),
    "runs-text": (firm("runs-text", runs="A"), "runs: write a list"),
    "id-text": (firm("id-text", **{"needs-id-document": "yes"}), "needs-id-document: write true or false"),
    "element": (firm("element", **{"required-elements": [{"type": "name"}]}), "required-elements"),
    "no-address": ({k: v for k, v in firm("no-address").items() if k != "address"}, "address: it is missing"),
    "no-quality": (firm("no-quality", quality="splendid"), "quality"),
    "why": ({"slug": "why", "name": "Why", "reason": "x", "sources": ["y"], "quality": "obsolete"}, "reason"),
    "fraction": (b'{"slug": "fraction", "phone": 1.5}', "not a whole one"),
    "long": (firm("long", name="x" * 400), "longer than"),
    "many-lines": (firm("many-lines", address="a\n" * 50 + "Ireland"), "lines"),
}


def hostile() -> dict[str, bytes]:
    made = {f"companies/{name}.json": value for name, (value, _) in RECORDS.items()}
    return {name: value if isinstance(value, bytes) else json.dumps(value).encode() for name, value in made.items()}


@pytest.mark.parametrize("how", ["folder", "tar.xz", "zip"])
def test_every_hostile_record_is_refused_by_name_and_the_rest_goes_in(how: str, tmp_path: Path) -> None:
    contents = {**lists.files(GOOD), **hostile(), **lists.files(firm("good-too"))}
    path = tmp_path / f"list.{how}"
    if how == "folder":
        lists.folder(path, contents)
    elif how == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in contents.items():
                archive.writestr(name, data)
    else:
        lists.tar(path, contents)
    answer = done(tmp_path / "home", "firms", "import", str(path))
    assert answer["new"] == ["good", "good-too"]
    told = {row["file"]: row["reason"] for row in answer["refused"]}
    assert set(told) == {f"companies/{name}.json" for name in RECORDS}
    for name, (_, reason) in RECORDS.items():
        assert reason in told[f"companies/{name}.json"], name
    result = run(tmp_path / "home", "firms", "import", str(path))
    assert isinstance(result.exception, Incomplete) and "\x1b" not in result.stderr and "\u202e" not in result.stderr
    assert "bidi.json" in result.stderr


def test_every_refused_record_is_named_however_many_there_are(tmp_path: Path) -> None:
    path = lists.folder(tmp_path / "list", {**lists.files(GOOD), **hostile()})
    told = run(tmp_path / "home", "firms", "import", str(path)).stderr
    assert len(RECORDS) > 20 and all(f"Refused: companies/{name}.json: " in told for name in RECORDS)


def test_a_byte_order_mark_before_a_record_is_no_part_of_it(tmp_path: Path) -> None:
    (file, data) = next(iter(lists.files(GOOD).items()))
    path = lists.folder(tmp_path / "list", {file: b"\xef\xbb\xbf" + data})
    assert counts(tmp_path / "home", path) == {"new": 1}
    twice = lists.folder(tmp_path / "twice", {file: b"\xef\xbb\xbf" * 2 + data})
    assert isinstance(run(tmp_path / "home", "firms", "import", str(twice)).exception, BadData)
    assert counts(tmp_path / "home", lists.folder(tmp_path / "plain", lists.files(GOOD))) == {"unchanged": 1}


def test_a_record_that_leads_to_a_look_alike_is_refused_and_the_right_firm_named(tmp_path: Path) -> None:
    alike = [firm("mail", email="office@pimeyes.net"), firm("page", web="https://www.pimeyes.net/en"),
             firm("form", webform="https://opt.PimEyes.net/out"), firm("brand", runs=["pimeyes.net"]),
             firm("remark", comments=["Write to (office@pimeyes.net), they answer."])]  # fmt: skip
    path = lists.folder(tmp_path / "list", lists.files(*alike, firm("other", web="https://notpimeyes.net.example/")))
    answer = done(tmp_path / "home", "firms", "import", str(path))
    assert answer["new"] == ["other"]
    assert {one["file"]: one["reason"] for one in answer["refused"]} == {
        f"companies/{one['slug']}.json": "pimeyes.net is a look-alike of PimEyes, id pimeyes, and not its"
        for one in alike
    }


def test_what_is_refused_now_stays_as_it_was(tmp_path: Path) -> None:
    home = tmp_path / "home"
    counts(home, lists.folder(tmp_path / "a", lists.files(GOOD, firm("other"))))
    before = digest(home)
    bad = lists.folder(tmp_path / "b", {**lists.files(firm("other")), "companies/good.json": b"{"})
    answer = done(home, "firms", "import", str(bad))
    assert answer["gone"] == [] and answer["counts"]["refused"] == 1 and digest(home) == before


def test_links_devices_and_paths_that_lead_out_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    members = []
    for name, kind in (
        ("companies/link.json", tarfile.SYMTYPE),
        ("companies/hard.json", tarfile.LNKTYPE),
        ("companies/pipe.json", tarfile.FIFOTYPE),
        ("companies/device.json", tarfile.CHRTYPE),
        ("/companies/absolute.json", tarfile.REGTYPE),
        ("../companies/out.json", tarfile.REGTYPE),
        ("data/companies/../../up.json", tarfile.REGTYPE),
    ):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        members.append(info)
    path = lists.tar(tmp_path / "a.tar", lists.files(GOOD), *members)
    there = {path.name for path in tmp_path.iterdir()}
    answer = done(tmp_path / "home", "firms", "import", str(path))
    assert answer["new"] == ["good"] and len(answer["refused"]) == len(members)
    assert {path.name for path in tmp_path.iterdir()} == there | {"home"}


def test_links_and_pipes_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(firm("link")))
    folder = lists.folder(tmp_path / "list", lists.files(GOOD))
    (folder / "companies" / "link.json").symlink_to(secret)
    os.mkfifo(folder / "companies" / "pipe.json")
    answer = done(tmp_path / "home", "firms", "import", str(folder))
    assert answer["new"] == ["good"] and [row["file"] for row in answer["refused"]] == [
        "companies/link.json", "companies/pipe.json"
    ]  # fmt: skip


def test_a_zip_is_not_believed_about_links_packing_and_sizes(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("companies/good.json", json.dumps(GOOD))
        link = zipfile.ZipInfo("companies/link.json")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("companies/bomb.json", b" " * 50_000_000)
        archive.writestr("companies/lzma.json", b"{}", zipfile.ZIP_LZMA)
        archive.writestr("C:\\companies/drive.json", b"{}")
        archive.writestr("companies/broken.json", json.dumps(firm("broken")), zipfile.ZIP_STORED)
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"broken Ltd"', b'"brokem Ltd"', 1))
    answer = done(tmp_path / "home", "firms", "import", str(path))
    told = {row["file"].rpartition("/")[2]: row["reason"] for row in answer["refused"]}
    assert answer["new"] == ["good"] and set(told) == {
        "link.json", "bomb.json", "lzma.json", "drive.json", "broken.json"
    }  # fmt: skip
    assert "larger than" in told["bomb.json"] and "damaged" in told["broken.json"]


def packed_zeros(path: Path, size: int) -> Path:
    """A tar in xz with one file of that many zeros, which is small."""
    info = tarfile.TarInfo("companies/zeros.json")
    info.size = size
    packer = lzma.LZMACompressor(preset=0)
    with path.open("wb") as file:
        file.write(packer.compress(info.tobuf()))
        for _ in range(size // (1 << 20)):
            file.write(packer.compress(bytes(1 << 20)))
        file.write(packer.flush())
    return path


def test_an_archive_that_unpacks_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordset, "UNPACKED", 8 << 20)
    error = run(tmp_path / "home", "firms", "import", str(packed_zeros(tmp_path / "a.tar.xz", 64 << 20))).exception
    assert isinstance(error, BadData) and "unpacks to more than" in str(error)
    assert not (tmp_path / "home" / "data").exists()


def test_names_as_long_as_the_archive_are_given_up(tmp_path: Path) -> None:
    """tarfile would hold a header of any length in memory."""
    path = tmp_path / "a.tar.xz"
    with lzma.open(path, "wb", preset=0) as packed:
        info = tarfile.TarInfo("././@LongLink")
        info.type, info.size = tarfile.GNUTYPE_LONGNAME, 200 << 20
        packed.write(info.tobuf(tarfile.GNU_FORMAT))
        for _ in range(200):
            packed.write(b"a" * (1 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = run(tmp_path / "home", "firms", "import", str(path)).exception
    assert isinstance(error, BadData) and "too long" in str(error)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024, "KiB"


@pytest.mark.parametrize("data", [b"", b"nonsense" * 300, b"\xfd7zXZ\x00" + b"x" * 99, b"\x1f\x8b" + b"x" * 99,
                                  b"PK\x03\x04" + b"x" * 99])  # fmt: skip
def test_what_is_no_list_is_said_to_be_none(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    assert isinstance(run(tmp_path / "home", "firms", "import", str(path)).exception, BadData)
    assert not (tmp_path / "home" / "data").exists()


def test_an_archive_that_was_cut_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    counts(home, lists.folder(tmp_path / "list"))
    before = digest(home)
    whole = lists.tar(tmp_path / "a.tar.xz", lists.files(*(firm(f"firm-{n}") for n in range(300)))).read_bytes()
    (tmp_path / "cut.tar.xz").write_bytes(whole[: len(whole) // 2])
    assert isinstance(run(home, "firms", "import", str(tmp_path / "cut.tar.xz")).exception, BadData)
    assert digest(home) == before


def test_nothing_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "nowhere"):
        assert isinstance(run(tmp_path / "home", "firms", "import", str(path)).exception, BadData)
