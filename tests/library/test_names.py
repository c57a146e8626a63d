"""Places and firms by what people call them. All names here are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from optout.errors import BadData, NotFound
from optout.library.catalog import Catalog

PLACE = "schema: 1\nid: {id}\nname: {name}\nkind: country\nlevel: listed\nlanguages: [en]\n"
FIRM = (
    "schema: 1\nid: {id}\nname: {name}\naliases: {aliases}\nkinds: [face_search]\nrole: controller\nready: false\n"
    "entities: []\nroutes: []\nfinds_by: [email]\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    places = {
        "qa-or": "{en: Orléania, de: Orlänien}",
        "qa": "{en: Freedonia, fr: Libérie}",
        "qb": "Sylvania",
        "qc-sy": "Sylvania",
    }
    firms = {
        "lookalikes": ("Lookalikes", "[looks.example, Gesichter Straße]"),
        "lookout": ("Look-Out", "[Twins]"),
        "mirrors": ("Mirrors", "[Twins]"),
    }
    for kind in ("jurisdictions", "firms"):
        (tmp_path / kind).mkdir()
    for key, name in places.items():
        (tmp_path / "jurisdictions" / f"{key}.yaml").write_text(PLACE.format(id=key, name=name), "utf-8")
    for key, (name, aliases) in firms.items():
        text = FIRM.format(id=key, name=name, aliases=aliases)
        (tmp_path / "firms" / f"{key}.yaml").write_text(text, "utf-8")
    return tmp_path


def catalog(folder: Path) -> Catalog:
    return Catalog(folders=[str(folder)])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("QA", "qa"),
        (" qa-OR ", "qa-or"),
        ("qa_or", "qa-or"),
        ("freedonia", "qa"),
        ("LIBÉRIE", "qa"),
        ("Libe\u0301rie", "qa"),
        ("orleania", "qa-or"),
        ("Orlänien", "qa-or"),
    ],
)
def test_a_place_by_id_and_by_its_name_in_any_language(folder: Path, text: str, place: str) -> None:
    assert catalog(folder).place_id(text) == place


def test_a_name_of_two_places_is_neither(folder: Path) -> None:
    with pytest.raises(NotFound) as caught:
        catalog(folder).place_id("Sylvania")
    assert caught.value.near == ["QB", "QC-SY"]


@pytest.mark.parametrize(("text", "near"), [("Fredonia", ["QA"]), ("Xyzzy", [])])
def test_an_unknown_place_has_the_nearest(folder: Path, text: str, near: list[str]) -> None:
    with pytest.raises(NotFound) as caught:
        catalog(folder).place_id(text)
    assert (caught.value.code, caught.value.near) == (4, near)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("lookalikes", "lookalikes"),
        ("LOOKS.example", "lookalikes"),
        ("gesichter strasse", "lookalikes"),
        ("look-out", "lookout"),
        ("looka", "lookalikes"),
        ("mir", "mirrors"),
    ],
)
def test_a_firm_by_id_alias_and_beginning(folder: Path, text: str, firm: str) -> None:
    assert catalog(folder).firm(text).id == firm


@pytest.mark.parametrize("text", ["look", "twins", "mi", "", " "])
def test_what_means_two_firms_or_too_little_is_refused(folder: Path, text: str) -> None:
    with pytest.raises(NotFound):
        catalog(folder).firm(text)


def test_an_ambiguous_firm_names_those_meant(folder: Path) -> None:
    with pytest.raises(NotFound) as caught:
        catalog(folder).firm("Twins")
    assert caught.value.near == ["lookout", "mirrors"]


def test_a_broken_file_does_not_look_like_an_unknown_name(folder: Path) -> None:
    (folder / "firms" / "mirrors.yaml").write_text("a: [")
    with pytest.raises(NotFound) as caught:
        catalog(folder).firm("Mirrors Inc")
    assert "firms/mirrors.yaml" in caught.value.hint
    with pytest.raises(BadData):
        catalog(folder).firm("Mirrors")


def test_a_place_is_part_of_what_exists(folder: Path) -> None:
    file = folder / "jurisdictions" / "qa-or.yaml"
    file.write_text(PLACE.format(id="qa-or", name="O") + "part_of: zz\n")
    with pytest.raises(BadData) as caught:
        catalog(folder).effective("qa-or")
    assert [p[:4] for p in caught.value.problems] == [("jurisdictions/qa-or.yaml", 7, 10, "unknown-place")]


def test_members_open_only_the_files_asked_for(folder: Path) -> None:
    for key in ("qa-or", "qc-sy"):
        text = PLACE.format(id=key, name="O") + "part_of: qa\n"
        (folder / "jurisdictions" / f"{key}.yaml").write_text(text)
    (folder / "jurisdictions" / "bad.yaml").write_text("a: [")
    assert catalog(folder).members("qa") == ("qa-or", "qc-sy")
    assert catalog(folder).members("qa", ["qb", "qa-or", "unknown", "../x"]) == ("qa-or",)


def test_the_hash_of_a_file_never_read_before(folder: Path) -> None:
    assert len(catalog(folder).data_hash("firms", "mirrors")) == 64
    with pytest.raises(NotFound):
        catalog(folder).data_hash("firms", "nobody")


@pytest.mark.parametrize("name", ["Shouting.yaml", "late.yml", "con.yaml", "a b.yaml"])
def test_a_file_that_is_never_read_is_told(folder: Path, name: str) -> None:
    (folder / "firms" / name).write_text("a: [")
    (folder / "firms" / "README.md").write_text("for people")
    (folder / "firms" / "_example.yaml").write_text("a: [")
    problems: list = []
    assert len(list(catalog(folder).all_firms(problems))) == 3
    assert [(p.file, p.code, p.severity) for p in problems] == [(f"firms/{name}", "file-name", "warning")]


@pytest.mark.parametrize(
    ("typed", "near"), [("out", "lookout"), ("straße", "lookalikes"), ("loookout", "lookout"), ("mirorrs", "mirrors")]
)
def test_the_beginning_of_a_word_and_a_slip_bring_a_firm_to_mind(folder: Path, typed: str, near: str) -> None:
    with pytest.raises(NotFound) as caught:
        catalog(folder).firm(typed)
    assert caught.value.near[0] == near


def test_names_are_kept_and_made_anew_when_a_file_changes(folder: Path, tmp_path: Path) -> None:
    def named(text: str) -> str:
        return Catalog(cache_dir=str(tmp_path / "cache"), folders=[str(folder)]).firm(text).id

    assert named("looks.example") == "lookalikes"
    kept = tmp_path / "cache" / "data" / "names-of-firms.json"
    before = kept.read_bytes()
    assert named("looks.example") == "lookalikes" and kept.read_bytes() == before
    file = folder / "firms" / "mirrors.yaml"
    file.write_text(file.read_text().replace("[Twins]", "[Reflections]"), "utf-8")
    assert named("reflections") == "mirrors" and named("twins") == "lookout"
    kept.write_bytes(b"half of" + kept.read_bytes()[:100])
    assert named("reflections") == "mirrors"
    file.unlink()
    with pytest.raises(NotFound):
        named("reflections")


def test_names_are_not_kept_while_a_file_cannot_be_read(folder: Path, tmp_path: Path) -> None:
    (folder / "firms" / "broken.yaml").write_text("nonsense: 1\n")
    for _ in range(2):
        with pytest.raises(NotFound) as caught:
            Catalog(cache_dir=str(tmp_path / "cache"), folders=[str(folder)]).firm("xyzzy")
        assert "firms/broken.yaml" in caught.value.hint
