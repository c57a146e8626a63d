from __future__ import annotations

from pathlib import Path

import pytest

from optout.errors import BadData, NotFound
from optout.library.catalog import Catalog
from optout.naming import looks
from optout.problems import Problem

from .test_structure import FIRM, PLACE


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def place(ident: str, part_of: str | None = None, name: str = "Nowhere") -> str:
    text = PLACE.replace("id: zz", f"id: {ident}").replace("Nowhere", name)
    return text + (f"part_of: {part_of}\n" if part_of else "")


def alone(folder: Path) -> Catalog:
    return Catalog(folders=[str(folder)])


@pytest.mark.parametrize("circle", [["aa"], ["aa", "bb"], ["aa", "bb", "cc"]])
def test_a_place_that_is_part_of_itself(tmp_path: Path, circle: list[str]) -> None:
    parents = dict(zip(circle, circle[1:] + circle[:1], strict=True))
    write(tmp_path, {f"jurisdictions/{a}.yaml": place(a, b) for a, b in parents.items()})
    with pytest.raises(BadData) as caught:
        alone(tmp_path).effective("aa")
    assert [p.code for p in caught.value.problems] == ["cyclic-part-of"]


def test_a_chain_without_end_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {f"jurisdictions/p{n}.yaml": place(f"p{n}", f"p{n + 1}") for n in range(9)})
    with pytest.raises(BadData):
        alone(tmp_path).chain("p0")


OUTSIDE = ["../x", "../../etc/passwd", "/etc/passwd", "..", ".", "", "firms/acme", "a/b", "a\\b", "c:x", "acme.yaml",
           "acme\x00", "acme\n", "-acme", "_x", "~", "%2e%2e/x", "\uff0e\uff0e/x", "a" * 64]  # fmt: skip


@pytest.mark.parametrize("ident", OUTSIDE)
def test_no_id_reads_outside(tmp_path: Path, ident: str) -> None:
    data = write(tmp_path / "data", {"firms/acme.yaml": FIRM, "jurisdictions/zz.yaml": place("zz")})
    write(tmp_path, {"data/x.yaml": "a: 1", "x.yaml": "a: 1", "data/x.j2": "no", "x.j2": "no"})
    catalog = Catalog(str(data), folders=[str(data)])
    for read in (catalog.jurisdiction, catalog.place_id):
        with pytest.raises(NotFound):
            read(ident)
    if looks(ident) == looks("acme"):
        assert catalog.firm(ident).id == "acme"  # the one that is there, by what looks so
    elif not "acme.yaml".startswith(ident or "-"):
        with pytest.raises(NotFound):
            catalog.firm(ident)
    assert catalog.template(f"{ident}.j2") is None


def test_part_of_reads_nothing_outside(tmp_path: Path) -> None:
    data = write(tmp_path / "data", {"jurisdictions/zz.yaml": place("zz", "../../x")})
    write(tmp_path, {"x.yaml": place("x")})
    with pytest.raises((BadData, NotFound)):
        alone(data).chain("zz")


@pytest.mark.parametrize("path", ["../secret.j2", "en/../../secret.j2", "/secret.j2", ""])
def test_templates_are_read_below_their_folder_only(tmp_path: Path, path: str) -> None:
    data = write(tmp_path, {"templates/en/a.j2": "good", "templates/.a.j2": "no", "secret.j2": "no"})
    assert alone(data).template("en/a.j2") == "good"
    assert alone(data).template(path) is None


def test_a_template_that_is_no_text_is_bad_data(tmp_path: Path) -> None:
    write(tmp_path, {"templates/en/a.j2": ""})
    (tmp_path / "templates/en/a.j2").write_bytes(b"caf\xe9")
    with pytest.raises(BadData) as caught:
        alone(tmp_path).template("en/a.j2")
    assert caught.value.problems[0].file == "templates/en/a.j2"


BROKEN = {"yaml": "a: [", "structure": "schema: 1\nid: bad\n", "name": FIRM, "empty": "", "bomb": "[" * 100_000}


@pytest.mark.parametrize("how", BROKEN)
def test_one_broken_file_leaves_the_others_usable(tmp_path: Path, how: str) -> None:
    data = write(tmp_path, {"firms/acme.yaml": FIRM, "firms/bad.yaml": BROKEN[how], "firms/_notes.yaml": "x: ["})
    problems: list[Problem] = []
    assert [firm.id for firm in alone(data).all_firms(problems)] == ["acme"]
    assert problems and {p.file for p in problems} == {"firms/bad.yaml"}
    assert alone(data).firm("Acme").id == "acme"
    assert [firm.id for firm in alone(data).all_firms()] == ["acme"]
    with pytest.raises(BadData):
        alone(data).firm("bad")


def test_what_is_no_file_leaves_the_others_usable(tmp_path: Path) -> None:
    data = write(tmp_path, {"firms/acme.yaml": FIRM, "firms/folder.yaml/x": ""})
    (data / "firms" / "gone.yaml").symlink_to(data / "nowhere")
    assert [firm.id for firm in alone(data).all_firms()] == ["acme"]


def test_the_users_own_folder_overrides_by_id(tmp_path: Path) -> None:
    base = write(tmp_path / "base", {"firms/acme.yaml": FIRM, "templates/en/a.j2": "base", "templates/en/b.j2": "b"})
    own = write(tmp_path / "own", {"firms/acme.yaml": FIRM.replace("Acme", "Mine"), "templates/en/a.j2": "own"})
    catalog = Catalog(str(own), folders=[str(base)])
    assert catalog.firm("acme").name == "Mine"
    assert [firm.name for firm in catalog.all_firms()] == ["Mine"]
    assert (catalog.template("en/a.j2"), catalog.template("en/b.j2")) == ("own", "b")
    assert catalog.data_hash("firms", "acme") != ""


def test_places_and_firms_are_found_by_name() -> None:
    catalog = Catalog()
    assert [catalog.place_id(text) for text in ("US-IL", " us_il ", "Illinois", "illinois")] == ["us-il"] * 4
    assert [catalog.firm(text).id for text in ("clearview", "Clearview AI", "PIMEYES.com", "pime")] == [
        "clearview", "clearview", "pimeyes", "pimeyes",
    ]  # fmt: skip
    with pytest.raises(NotFound) as caught:
        catalog.firm("clearveiw")
    assert "clearview" in caught.value.hint


def test_the_whole_catalogue_is_good() -> None:
    catalog, problems = Catalog(), []
    places = {p.id: p for p in catalog.all_places(problems)}
    assert len(list(catalog.all_firms(problems))) >= 2
    assert problems == []
    for ident in places:
        assert catalog.effective(ident).id == ident
