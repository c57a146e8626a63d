from __future__ import annotations

from optout.store.told import Told, renew
from optout.store.vault import Vault

AT = "2026-06-15T10:00:00+00:00"


def test_numbers_only_grow_and_what_goes_is_taken_back_once(vault: Vault) -> None:
    vault.set_meta("last_at", AT)
    first = {"a": Told(2, "2026-07-01", AT), "b": Told(2, "2026-07-02", AT)}
    assert renew(vault, first, first) == first
    assert renew(vault, first, first) == first
    moved = {"a": Told(2, "2026-07-05", AT)}  # without an event: a holiday was put right
    then = renew(vault, moved, moved)
    assert then == {"a": Told(3, "2026-07-05", AT), "b": Told(3, "2026-07-02", AT, cancelled=True)}
    assert renew(vault, moved, moved) == then
    back = {**moved, "b": Told(3, "2026-07-02", AT)}
    assert renew(vault, back, back)["b"] == Told(4, "2026-07-02", AT)


def test_a_file_of_some_cases_takes_nothing_back_of_the_others(vault: Vault) -> None:
    vault.set_meta("last_at", AT)
    every = {"a": Told(2, "2026-07-01", AT), "b": Told(2, "2026-07-02", AT)}
    renew(vault, every, every)
    some = {"a": every["a"]}
    assert renew(vault, some, every) == some
    assert renew(vault, every, every) == every


def test_what_was_taken_back_is_told_for_a_year(vault: Vault) -> None:
    vault.set_meta("last_at", AT)
    one = {"a": Told(2, "2026-07-01", AT)}
    renew(vault, one, one)
    gone = renew(vault, {}, {})
    assert gone["a"].cancelled
    vault.set_meta("last_at", "2027-07-01T10:00:00+00:00")
    assert renew(vault, {}, {}) == gone
    vault.set_meta("last_at", "2027-07-03T10:00:00+00:00")
    assert renew(vault, {}, {}) == {} == renew(vault, {}, {})
    assert vault.run("select * from calendar") == []


def test_without_an_entry_nothing_is_written(vault: Vault) -> None:
    assert renew(vault, {}, {}) == {}


def test_a_vault_that_knows_no_latest_moment_is_told_of_the_dates_it_has(vault: Vault) -> None:
    """One of before moments were noted, in which nothing has happened since."""
    two = {"a": Told(2, "2026-07-01", AT), "b": Told(2, "2026-07-02", AT)}
    assert renew(vault, two, two) == two
    one = {"a": two["a"]}
    assert renew(vault, one, one)["b"] == Told(3, "2026-07-02", AT, cancelled=True)
    assert renew(vault, {}, {})["a"].at == AT
