"""F-11, F-12: one bit wrong anywhere, or the file cut: an error that names what is lost, and a repair that saves the rest."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from optout import errors
from optout.cli.mending import refold
from optout.store import health, identity, repair, replacing
from optout.store.keys import find_key
from optout.store.paths import Paths, paths
from optout.store.vault import Vault
from tests.faults.extent import rounds
from tests.faults.forks import Forks
from tests.faults.vaults import CASES, LATER, content, copied, doctor, made, optout
from tests.store.sample import HEAD

NOW = "2126-01-01T00:00:00+00:00"


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return content(copied(tmp_path_factory.mktemp("truth")))


def database(home: Paths) -> Path:
    return Path(home.vault) / "optout.db"


def mended(home: Paths, day: str = "2026-11-24") -> repair.Report:
    known = identity.read(home.vault)
    assert known is not None
    return repair.run(home.vault, known.id, find_key(home.vault, home.config, known), day, refold)


def read_all(home: Paths) -> dict[str, Any]:
    """Every case that can be read, as a user would meet them one by one."""
    from optout.store import cases

    found = {}
    with Vault.open(home, create=False) as vault:
        refs = [str(ref) for (ref,) in vault.run("select ref from cases order by ref")]
        for ref in refs:
            try:
                found[ref] = cases.get(vault, ref)
            except errors.Unreadable:
                continue
    return found


def nothing_wrong(seen: dict[str, Any], truth: dict[str, Any]) -> None:
    """Less than there was may be seen, but no value that was not."""
    for ref, whole in seen.items():
        before = truth[ref]
        assert whole["case"] == before["case"]
        for part in ("events", "letters", "evidence"):
            assert [x for x in whole[part] if x not in before[part]] == [], (ref, part)
        assert whole["subject"] == before["subject"] or whole["subject"]["name"] == "(lost)"


def judged(home: Paths, report: repair.Report, truth: dict[str, Any]) -> None:
    """What a repaired vault has to be: whole, without a wrong value, and honest about what it lacks."""
    seen = content(home)
    nothing_wrong(seen, truth)
    for ref in truth:
        parts = ("events", "letters", "evidence", "subject")
        same = ref in seen and all(seen[ref][part] == truth[ref][part] for part in parts)
        assert same or any(ref in sentence or "since the backup" in sentence for sentence in report.lost), ref
        assert not same or seen[ref]["summary"] == truth[ref]["summary"]
    assert report.cases == len(seen)
    with Vault.open(home, create=False) as vault:
        assert vault.run("pragma integrity_check") == [("ok",)]
        assert vault.run("pragma foreign_key_check") == []
        left = {finding.sentence[:9] for finding in health.look(vault, NOW, refold) if finding.severity == "error"}
        assert left <= {sentence[:9] for sentence in report.lost}
        running = vault.run("select ref, day from running order by ref, day")
        vault.run("update summary set phase = phase")
        assert vault.run("select ref, day from running order by ref, day") == running
    assert {path.name.partition("damaged-")[0] for path in Path(home.vault).iterdir()} <= {
        "cache", "config", "optout.db", "optout.db.backup", "optout.db.", "vault.json"
    }  # fmt: skip


@pytest.mark.parametrize("part", range(4))
def test_f11_one_bit_wrong_anywhere(tmp_path: Path, truth: dict[str, Any], part: int) -> None:
    """At 40 places in all; at a hundred in a full run."""
    tries = rounds(10, 25)
    whole = database(copied(tmp_path / "whole")).read_bytes()
    place = random.Random(part)  # noqa: S311 - where to damage, nothing secret
    lost = saved = 0
    for number in range(tries):
        folder = tmp_path / str(number)
        home = copied(folder)
        bit = place.randrange(len(whole) * 8)
        held = bytearray(whole)
        held[bit // 8] ^= 1 << bit % 8
        database(home).write_bytes(held)
        try:
            nothing_wrong(read_all(home), truth)
        except errors.Unreadable as error:
            assert error.code == 7
        report = mended(home)
        judged(home, report, truth)
        assert Path(report.kept).read_bytes() == bytes(held)
        assert Path(report.kept).stat().st_mode & 0o777 == 0o600
        lost += bool(report.lost)
        saved += report.cases
        shutil.rmtree(folder)
    assert lost < tries * 0.8 and saved > tries * (CASES - 2), "one bit costs a page, not a vault"


@pytest.mark.parametrize("bit", [0, 15 * 8, 16 * 8, 100 * 8, 4095 * 8])
def test_f11_a_bit_of_the_first_page_costs_nothing_where_there_is_a_backup(
    tmp_path: Path, truth: dict[str, Any], bit: int
) -> None:
    home = copied(tmp_path)
    held = bytearray(database(home).read_bytes())
    held[bit // 8] ^= 1
    database(home).write_bytes(held)
    with pytest.raises(errors.Unreadable):
        Vault.open(home, create=False)
    report = mended(home)
    assert (report.lost, report.cases, report.how) == ([], CASES, "first page")
    judged(home, report, truth)


@pytest.mark.parametrize("page", [1, "later"])
def test_f11_without_a_backup_the_first_page_is_the_vault(tmp_path: Path, truth: dict[str, Any], page: object) -> None:
    home = copied(tmp_path)
    (Path(home.vault) / "optout.db.backup").unlink()
    held = bytearray(database(home).read_bytes())
    held[100 if page == 1 else len(held) // 2] ^= 1
    database(home).write_bytes(held)
    if page == 1:
        with pytest.raises(errors.Unreadable, match="no backup"):
            mended(home)
        assert database(home).read_bytes() == bytes(held), "left as it was"
        return
    report = mended(home)
    judged(home, report, truth)
    assert report.cases >= CASES - 2


def _cut(size: int, how: str) -> int:
    return {"0": 0, "1": 1, "a page": 4096, "half": size // 2, "the last byte": size - 1}[how]


@pytest.mark.parametrize("how", ["0", "1", "a page", "half", "the last byte"])
def test_f12_a_file_cut_anywhere(tmp_path: Path, truth: dict[str, Any], how: str) -> None:
    home = copied(tmp_path)
    held = database(home).read_bytes()[: _cut(database(home).stat().st_size, how)]
    database(home).write_bytes(held)
    with pytest.raises(errors.Unreadable) as caught:
        Vault.open(home, create=False).run("select * from cases")
    assert "--repair" in caught.value.hint
    report = mended(home)
    judged(home, report, truth)
    assert report.cases >= CASES - LATER + 1
    if how == "the last byte":
        assert report.cases == CASES


def test_f11_and_f12_by_hand(tmp_path: Path) -> None:
    """The commands as a user types them: status says so, doctor names it, the repair asks, and all goes on."""
    home = copied(tmp_path)
    with Vault.open(home, create=False) as vault:
        (page,) = vault.run("select rootpage from sqlite_schema where name = 'letters'")[0]
        (ref,) = vault.run("select ref from cases where ref like 'TEST-%' order by ref")[0]
    held = bytearray(database(home).read_bytes())
    held[page * 4096 - 40] ^= 4
    database(home).write_bytes(held)
    assert optout(tmp_path, "status").returncode == 0
    shown = optout(tmp_path, "show", ref)
    assert shown.returncode == 7 and "optout doctor --repair" in shown.stderr and "Traceback" not in shown.stderr
    code, body = doctor(tmp_path)
    assert code == 7
    assert {"vault.page", "vault.case"} <= {finding["id"] for finding in body["findings"]}
    asked = optout(tmp_path, "doctor", "--repair", "--no-input")
    assert asked.returncode == 2 and "--yes" in asked.stderr
    assert database(home).read_bytes() == bytes(held)
    code, body = doctor(tmp_path, "--repair", "--yes")
    assert body["repair"]["cases"] == CASES and body["repair"]["restored"]
    assert Path(body["repair"]["kept"]).read_bytes() == bytes(held)
    assert code == 7 and body["repair"]["lost"], "the letters written after the backup are gone"
    for sentence in body["repair"]["lost"]:
        gone = sentence.partition(":")[0]
        assert "lost" in optout(tmp_path, "status", "--all", "--plain").stdout.partition(gone)[2].partition("\n")[0]
    assert optout(tmp_path, "show", ref).returncode == 0
    assert optout(tmp_path, "log", ref, "noted", "--note", "after").returncode == 0
    told = optout(tmp_path, "doctor", "--repair", "--yes")
    assert "backup.old" in told.stdout


@pytest.mark.parametrize("held", [None, b"", b'{"format":1,"id":"00', b"all"])
def test_f11_and_f12_the_file_that_says_which_vault_it_is(
    tmp_path: Path, truth: dict[str, Any], held: bytes | None
) -> None:
    """It is made anew, from the beginning of the vault and the key that opens it; together with a damaged vault too."""
    home = copied(tmp_path)
    sheet = Path(home.vault) / "vault.json"
    before = sheet.read_bytes()
    sheet.unlink()
    if held == b"all":
        whole = bytearray(database(home).read_bytes())
        whole[5000] ^= 1
        whole[3] ^= 1
        database(home).write_bytes(whole)
    elif held is not None:
        sheet.write_bytes(held)
        sheet.chmod(0o600)
    assert optout(tmp_path, "status").returncode == 7
    done = optout(tmp_path, "doctor", "--repair", "--yes")
    assert done.returncode == (7 if held == b"all" else 0) and "made anew" in done.stderr, done.stdout + done.stderr
    assert sheet.read_bytes() == before
    assert content(home).keys() == truth.keys()


def test_f11_without_the_key_nothing_is_made_anew(tmp_path: Path) -> None:
    home = copied(tmp_path)
    (Path(home.vault) / "vault.json").unlink()
    key = Path(home.config) / "vault.key"
    key.write_text("ab" * 32 + "\n")
    done = optout(tmp_path, "doctor", "--repair", "--yes")
    assert done.returncode == 9 and "Traceback" not in done.stderr
    assert not (Path(home.vault) / "vault.json").exists()


def test_a_healthy_vault_is_left_alone(tmp_path: Path) -> None:
    home = copied(tmp_path)
    before = database(home).read_bytes()
    done = optout(tmp_path, "doctor", "--repair", "--yes")
    assert done.returncode == 0 and "nothing to repair" in done.stderr
    assert database(home).read_bytes() == before


def test_a_wrong_summary_and_a_removed_event_are_mended_from_what_is_there(
    tmp_path: Path, truth: dict[str, Any]
) -> None:
    home = copied(tmp_path)
    with Vault.open(home, create=False) as vault:
        vault.run("update summary set phase = 'done', step = 'rest' where ref = 'TEST-0005'")
        vault.run("delete from summary where ref = 'TEST-0006'")
        vault.run("delete from events where ref = 'TEST-0007' and n = 2")
        vault.run("update letters set json = '{}' where ref = 'TEST-0008'")
        found = {x.sentence for x in health.look(vault, NOW, refold) if x.severity == "error"}
    assert {sentence[:9] for sentence in found} == {f"TEST-000{n}" for n in (5, 6, 7, 8)}
    report = mended(home)
    assert report.lost == [] and content(home) == truth


def test_a_repair_waits_for_no_one_who_has_the_vault_open(tmp_path: Path) -> None:
    home = copied(tmp_path)
    before = database(home).read_bytes()
    known = identity.read(home.vault)
    assert known is not None
    with Vault.open(home, create=False), pytest.raises(errors.Locked, match="open"):
        repair.run(home.vault, known.id, find_key(home.vault, home.config, known), "2026-11-24", refold, wait=0.1)
    assert database(home).read_bytes() == before
    assert not list(Path(home.vault).glob(".optout-*"))


def test_the_lock_of_a_repair_keeps_others_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody adds a case to the file that is about to be put aside."""
    from tests.store.sample import answer, child

    home = copied(tmp_path)
    seen = []
    real = replacing.swap

    def swap(*args: Any) -> str:
        code = """
try:
    Vault.open(home, create=False, wait=0.2)
    print("open")
except errors.Locked:
    print("locked")
"""
        seen.append(answer(child(code, home)))
        return real(*args)

    monkeypatch.setattr(replacing, "swap", swap)
    mended(home)
    assert seen == ["locked"]


KILLED = """
from optout.cli.mending import refold
from optout.store import identity, repair
from optout.store.keys import find_key
step = int(sys.argv[2])
calls = 0
def counted(real):
    def call(*args, **more):
        global calls
        calls += 1
        if calls == step:
            os._exit(9)
        return real(*args, **more)
    return call
for name in ("replace", "link", "unlink", "fsync", "open"):
    setattr(os, name, counted(getattr(os, name)))
known = identity.read(home.vault)
repair.run(home.vault, known.id, find_key(home.vault, home.config, known), "2026-11-24", refold)
print("through")
"""


def test_a_repair_killed_at_any_step_leaves_the_damaged_or_the_repaired_file(
    tmp_path: Path, truth: dict[str, Any]
) -> None:
    home = copied(tmp_path / "whole")
    held = bytearray(database(home).read_bytes())
    held[100] ^= 1
    database(home).write_bytes(held)
    codes = []
    for step in range(1, 60):
        folder = tmp_path / str(step)
        shutil.copytree(home.vault, folder / "home")
        here = home._replace(
            vault=str(folder / "home"), config=str(folder / "home" / "config"), cache=str(folder / "home" / "cache")
        )
        done = Forks(folder).execute(HEAD + KILLED, here.vault, str(step))
        codes.append(done.code)
        assert done.code in (0, 9), done.err
        if database(here).read_bytes() == bytes(held):
            mended(here)
        assert {ref: x["events"] for ref, x in content(here).items()} == {ref: x["events"] for ref, x in truth.items()}
        kept = [path for path in Path(here.vault).glob("optout.db.damaged-*") if path.read_bytes() == bytes(held)]
        assert kept
        shutil.rmtree(folder)
        if done.code == 0:
            break
    assert codes.count(9) > 10 and codes[-1] == 0


def test_the_vault_that_the_tests_damage_is_sound() -> None:
    code, body = doctor(made())
    assert code == 0, body


def test_f11_a_case_whose_events_are_lost_keeps_its_letters_and_a_loss_is_no_success(tmp_path: Path) -> None:
    """On the first day the backup is empty, so that what one page held is lost for good; the rest of the case is not."""
    made = optout(tmp_path, "request", "clearview", "--name", "Ada Example", "--email", "ada@mail.example",
                  "--residence", "FR", "--format", "txt", "--json")  # fmt: skip
    ref = json.loads(made.stdout)["cases"][0]["ref"]
    home = paths(str(tmp_path / "home"))
    with Vault.open(home, create=False) as vault:
        sql = "select pageno from dbstat where name = 'events' and pagetype = 'leaf'"
        page = int(vault.run(sql)[0][0])
        vault.run("pragma wal_checkpoint(truncate)")
    whole = bytearray(database(home).read_bytes())
    whole[(page - 1) * 4096 + 2000] ^= 1
    database(home).write_bytes(whole)
    done = optout(tmp_path, "doctor", "--repair", "--yes")
    assert done.returncode == 7 and f"lost: {ref}: its event 1 is lost" in done.stdout, done.stdout + done.stderr
    assert "Nothing is wrong" not in done.stderr
    assert "Clearview" in optout(tmp_path, "show", ref).stdout
    assert "Art. 15" in optout(tmp_path, "letter", ref, "-o", "-", "--format", "txt", "--letter", "access").stdout
