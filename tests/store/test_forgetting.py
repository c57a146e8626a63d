"""Forgetting while other windows work, and what a run that was held up tells later."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from optout.errors import Locked
from optout.store import cases, files, forgetting, traces
from optout.store.paths import Paths
from optout.store.vault import Vault
from tests.store.sample import arguments

REF, OTHER = "K7QM-4T2X", "AAAA-0001"


def kept(vault: Vault, folder: Path, ref: str, name: str, *letters: str) -> None:
    """A case of a person with letters on the disk."""
    there = folder / f"{ref}-clearview"
    there.mkdir(parents=True)
    rows = []
    for letter in letters:
        (there / letter).write_text(f"Dear Sirs, {name}")
        digest = hashlib.sha256(f"Dear Sirs, {name}".encode()).hexdigest()
        rows.append({"letter": "main", "format": "txt", "name": letter, "sha256": digest, "folder": str(there)})
    person = {"name": name, "email": "ada@mail.example", "residence": "fr"}
    subject = cases.subject_id(vault, person, lambda: f"id-{name}")
    cases.add(vault, **arguments(ref, subject, files=rows, pending=[]))


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_what_a_run_that_was_held_up_could_not_do_is_told_by_the_next(
    vault: Vault, home: Paths, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    kept(vault, out, REF, "Ada Example", "changed.txt", "gone.txt", "ours.txt")
    changed, gone = (out / f"{REF}-clearview" / name for name in ("changed.txt", "gone.txt"))
    changed.write_text("Dear Madam")
    gone.unlink()
    with Vault.open(home, create=False, wait=0.05) as window:
        with vault.reading():
            assert vault.run("select 1 from cases")
            forgetting.begin(window, traces.find(window, REF), changed_too=False)
            with pytest.raises(Locked):
                forgetting.finish(window, home)
        assert window.run("select * from cases") == [] and left(out) == [
            f"{REF}-clearview",
            f"{REF}-clearview/changed.txt",
        ]
        done = forgetting.finish(window, home)
        assert done == forgetting.Done(cases=1, files=1, kept=(str(changed),), missing=(str(gone),), failed=())
        assert forgetting.finish(window, home) == forgetting.NOTHING
    assert str(changed).encode() not in (Path(home.vault) / "optout.db").read_bytes()


@pytest.mark.parametrize("named", [True, False])
def test_letters_written_again_in_between_go_too(vault: Vault, home: Paths, tmp_path: Path, named: bool) -> None:
    """By another window, after the letters were removed and before the rows are; killed perhaps before the rename."""
    out = tmp_path / "out"
    kept(vault, out, REF, "Ada Example", "ours.txt")

    def again(_: Vault) -> str:
        assert left(out) == [], "the letters of before are gone"
        staged = files.Staged(str(out / f"{REF}-clearview"))
        staged.add(f"{REF}-again.txt", b"Dear Sirs, Ada Example")
        rows = [{"letter": "main", "format": "txt", "name": f"{REF}-again.txt", "folder": staged.folder,
                 "sha256": staged.entries[0]["sha256"]}]  # fmt: skip
        with Vault.open(home, create=False) as window:
            cases.add_files(window, REF, rows, staged.entries)
            if named:
                staged.commit()
                cases.clear_pending(window, staged.entries)
        return ""

    forgetting.begin(vault, traces.find(vault, REF), changed_too=False)
    vault.before_change = again
    done = forgetting.finish(vault, home)
    assert left(out) == [] and done == forgetting.Done(1, 2, (), (), ())
    assert vault.run("select * from files") == vault.run("select * from pending") == []


def test_a_letter_that_another_window_is_writing_for_somebody_else_is_left_alone(
    vault: Vault, home: Paths, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    kept(vault, out, REF, "Ada Example", "ours.txt")
    kept(vault, out, OTHER, "Ida Other", "ours.txt")
    (out / "BBBB-0002-clearview").mkdir()  # no vault knows it: the making was killed before
    temps = [out / f"{of}-clearview" / f".optout-0123456789ab-{of}-a.txt.tmp" for of in (REF, OTHER, "BBBB-0002")]
    for path in temps:
        path.write_text("Dear Sirs")
    forgetting.begin(vault, traces.find(vault, REF), changed_too=False)
    forgetting.finish(vault, home)
    folder = f"{OTHER}-clearview"
    assert left(out) == [folder, f"{folder}/{temps[1].name}", f"{folder}/ours.txt"]


@pytest.mark.parametrize(("name", "goes"), [("optout.db.backup", True), ("out", True), ("vault.json", False)])
def test_a_copy_in_the_making_goes_and_what_holds_nobody_stays(
    vault: Vault, home: Paths, tmp_path: Path, name: str, goes: bool
) -> None:
    kept(vault, tmp_path / "out", REF, "Ada Example", "ours.txt")
    temp = Path(home.vault) / f".optout-0123456789ab-{name}.tmp"
    temp.write_bytes(b"x")
    forgetting.begin(vault, traces.find(vault, REF), changed_too=False)
    forgetting.finish(vault, home)
    assert temp.exists() is not goes
