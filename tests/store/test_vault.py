from __future__ import annotations

import json
from pathlib import Path

import apsw
import pytest
import sqlcipher3

from optout import errors
from optout.store import cases, schema
from optout.store.paths import Paths
from optout.store.vault import Vault
from tests.store.sample import add, integrity, make_version_one


def test_no_vault_is_no_cases_yet_and_reading_makes_nothing(home: Paths) -> None:
    assert not Vault.exists(home)
    with pytest.raises(errors.StoreError, match="no vault"):
        Vault.open(home, create=False)
    assert not Path(home.vault).exists()


def test_what_was_stored_is_there_for_the_next_process(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        assert vault.keeper.made and vault.keeper.custody == "file" and vault.keeper.reason
        add(vault)
    assert Vault.exists(home)
    with Vault.open(home, create=True) as vault:
        assert not vault.keeper.made
        assert cases.get(vault, "K7QM-4T2X")["subject"]["names"] == ["Ada Ærlig"]


@pytest.mark.parametrize("while_open", [True, False])
def test_another_sqlcipher_program_reads_it(home: Paths, while_open: bool) -> None:
    vault = Vault.open(home, create=True)
    add(vault)
    if not while_open:
        vault.close()
    key = (Path(home.config) / "vault.key").read_text().strip()
    other = sqlcipher3.connect(str(Path(home.vault) / "optout.db"))
    other.execute(f"pragma key = \"x'{key}'\"")
    assert other.execute("select ref from cases").fetchall() == [("K7QM-4T2X",)]
    assert other.execute("pragma journal_mode").fetchall() == [("wal",)]
    other.close()
    vault.close()


def test_the_settings_hold(vault: Vault) -> None:
    for name, value in {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}.items():
        assert vault.run(f"pragma {name}") == [(value,)]
    assert vault.run("pragma temp_store") == [(2,)]


def test_another_key_is_told_from_damage(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault)
    key = Path(home.config) / "vault.key"
    right = key.read_text()
    key.write_text("ab" * 32)
    with pytest.raises(errors.SecretUnavailable, match="key of another vault"):
        Vault.open(home, create=True)
    key.write_text(right)
    database = Path(home.vault) / "optout.db"
    for place in (3, 100, 4000):  # the salt, the header, the page's own check value
        whole = bytearray(database.read_bytes())
        whole[place] ^= 1
        database.write_bytes(whole)
        with pytest.raises(errors.Unreadable, match="damaged"):
            Vault.open(home, create=True)
        whole[place] ^= 1
        database.write_bytes(whole)
    assert integrity(home) == ("ok", 1)


def test_a_damaged_page_further_in_is_named_when_it_is_read(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        for k in range(50):
            add(vault, f"K7QM-{k:04d}", name=f"Person {k}")
    database = Path(home.vault) / "optout.db"
    whole = bytearray(database.read_bytes())
    for page in range(2, len(whole) // 4096):
        whole[page * 4096 + 50] ^= 1
    database.write_bytes(whole)
    with pytest.raises(errors.Unreadable), Vault.open(home, create=False) as vault:
        vault.run("select * from subjects")


def test_a_cut_file_is_damaged(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        add(vault)
    database = Path(home.vault) / "optout.db"
    database.write_bytes(database.read_bytes()[:2000])
    with pytest.raises(errors.Unreadable):
        Vault.open(home, create=True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format":1}', '{"format":"1","id":"a","check":"b"}', "\xff"])
def test_a_damaged_identity_is_damage(home: Paths, text: str) -> None:
    Vault.open(home, create=True).close()
    (Path(home.vault) / "vault.json").write_text(text, encoding="latin-1")
    with pytest.raises(errors.Unreadable, match=r"vault\.json is damaged"):
        Vault.open(home, create=True)


def test_a_vault_without_its_identity_gets_no_new_key(home: Paths) -> None:
    Vault.open(home, create=True).close()
    (Path(home.vault) / "vault.json").unlink()
    with pytest.raises(errors.Unreadable, match=r"without vault\.json"):
        Vault.open(home, create=True)


def test_a_log_without_its_vault_is_not_overwritten(home: Paths) -> None:
    Vault.open(home, create=True).close()
    database = Path(home.vault) / "optout.db"
    database.rename(str(database) + "-wal")
    with pytest.raises(errors.Unreadable, match="missing"):
        Vault.open(home, create=True)


@pytest.mark.parametrize("missing", ["vault.json optout.db", "optout.db", ""])
def test_a_making_cut_short_is_completed(home: Paths, missing: str) -> None:
    """After the key, after vault.json, after the empty database file: what a kill can leave."""
    Vault.open(home, create=True).close()
    key = (Path(home.config) / "vault.key").read_text()
    for name in missing.split():
        (Path(home.vault) / name).unlink()
    if not missing:
        (Path(home.vault) / "optout.db").write_bytes(b"")
    assert not Vault.exists(home)
    with Vault.open(home, create=True) as vault:
        add(vault)
    assert (Path(home.config) / "vault.key").read_text() == key
    assert integrity(home) == ("ok", 1)


def test_a_newer_vault_is_refused_and_left_alone(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        vault.run(f"pragma user_version = {len(schema.STEPS) + 1}")
    with pytest.raises(errors.NewerFormat):
        Vault.open(home, create=True)
    sheet = Path(home.vault) / "vault.json"
    sheet.write_text(json.dumps(json.loads(sheet.read_text()) | {"format": 2}))
    with pytest.raises(errors.NewerFormat):
        Vault.open(home, create=True)


def test_an_older_vault_is_brought_forward_whole_or_not_at_all(vault: Vault) -> None:
    add(vault)
    now, columns = len(schema.STEPS), len(schema.SUMMARY + schema.WAKING)
    good = ("alter table summary add column more text", f"pragma user_version = {now + 1}")
    with pytest.raises(apsw.SQLError):
        schema.prepare(vault, (*schema.STEPS, (*good, "a mistake")))
    assert vault.run("pragma user_version") == [(now,)]
    assert len(vault.run("select * from summary")[0]) == columns
    schema.prepare(vault, (*schema.STEPS, good))
    assert vault.run("pragma user_version") == [(now + 1,)]
    assert len(vault.run("select * from summary")[0]) == columns + 1


def test_the_first_version_is_brought_forward_with_a_chain(home: Paths) -> None:
    with Vault.open(home, create=True) as vault:
        make_version_one(vault)
    with Vault.open(home, create=False) as vault:
        found = cases.get(vault, "K7QM-4T2X")
        assert [(x["id"], x["language"]) for x in found["letters"]] == [("access", "fr"), ("deletion", "en")]
        assert [len(event["hash"]) for event in found["events"]] == [64, 64, 64]
        assert (found["summary"]["events"], found["summary"]["dates"]) == (3, [])
        assert cases.verify(vault, "K7QM-4T2X") == []
        assert cases.verify(vault, "AAAA-0000") == []


def test_another_writer_is_waited_for_and_then_named(home: Paths) -> None:
    with Vault.open(home, create=True) as vault, Vault.open(home, create=False, wait=0.1) as other:
        with vault.transaction():
            add(vault)
            assert other.run("select count(*) from cases") == [(0,)]  # readers wait for nobody
            with pytest.raises(errors.Locked):
                add(other, "K7QM-0000")
        add(other, "K7QM-0000")


def test_a_failed_block_leaves_nothing_and_an_inner_one_fails_alone(vault: Vault) -> None:
    with pytest.raises(KeyError), vault.transaction():
        add(vault)
        raise KeyError
    assert vault.run("select count(*) from cases") == [(0,)]
    with vault.transaction():
        add(vault, "K7QM-0001")
        with pytest.raises(KeyError), vault.transaction():
            add(vault, "K7QM-0002")
            raise KeyError
    assert vault.run("select ref from cases") == [("K7QM-0001",)]
