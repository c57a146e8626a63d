"""Names as they are compared, near ones, and ids made from any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout import addressed, naming
from optout.library.roots import ID

NAMES = ["clearview ai", "pimeyes", "social catfish", "facecheck.id", "fbi", "babel street"]


@given(st.text(max_size=300))
def test_any_name_gives_an_id_that_is_a_file_name_and_no_firms(name: str) -> None:
    ident = naming.own_id(name)
    assert ID.fullmatch(ident)
    assert ident.startswith("own-") and "--" not in ident and not ident.endswith("-")


@pytest.mark.parametrize("name", ["../etc/passwd", "CON", "con.", "", "-rf", "株式会社", "A/B\\C", "a" * 5000, ".."])
def test_names_that_mean_something_to_a_system_give_plain_ids(name: str) -> None:
    assert ID.fullmatch(naming.own_id(name))


def test_one_name_one_id_and_alike_names_others() -> None:
    assert naming.own_id("Müller GmbH") == naming.own_id("  MULLER   gmbh ")
    assert len({naming.own_id(x) for x in ("A B", "A-B", "AB", "株式会社", "有限会社")}) == 5


@pytest.mark.parametrize(
    ("typed", "first"),
    [("catfish", "social catfish"), ("stre", "babel street"), ("pimeyse", "pimeyes"), ("pimeye", "pimeyes"),
     ("pimmeyes", "pimeyes"), ("fib", "fbi"), ("fbo", "fbi"), ("CLEARVEIW AI", "clearview ai")],
)  # fmt: skip
def test_the_nearest_name_stands_first(typed: str, first: str) -> None:
    assert naming.near(typed, NAMES)[0] == first


def test_what_is_far_from_every_name_brings_none_to_mind() -> None:
    assert naming.near("xyzzy", NAMES) == []
    assert naming.near("", NAMES) == []


@given(st.text("abc", min_size=1, max_size=6), st.data())
def test_one_slip_is_one_slip(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    for slipped in (name[:at] + name[at + 1 :], name[:at] + "x" + name[at:], name[:at] + "x" + name[at + 1 :]):
        assert naming.one_slip(name, slipped) and naming.one_slip(slipped, name)
    assert not naming.one_slip(name, name)
    assert not naming.one_slip(name, name + "xx")
    assert not naming.one_slip(name, "xy" + name[2:] + "z")


def test_a_name_an_address_and_a_mailbox_in_any_order() -> None:
    to = addressed.recipient(["Example Ltd", "1 Sample Street", "privacy@firm.example", "Exampletown"])
    assert (to.name, to.lines, to.email) == ("Example Ltd", ("1 Sample Street", "Exampletown"), "privacy@firm.example")
    assert addressed.recipient(["Example Ltd"]).lines == ()


@pytest.mark.parametrize(
    "wrong",
    [[], [" "], ["a@b.example"], ["A", "a@b.example", "c@d.example"], ["A\u202eB"], ["A\x00"], ["A", "b\ud800"],
     ["A", *("line",) * 9], ["A" * 301], ["\ufeffA"]],
)  # fmt: skip
def test_what_no_envelope_can_hold_is_refused_without_its_words(wrong: list[str]) -> None:
    with pytest.raises(ValueError) as caught:
        addressed.recipient(wrong)
    assert "b.example" not in str(caught.value)


@pytest.mark.parametrize("name", ["clearviewai", "Clear View AI", "CLEARVIEW-AI", "Clearview AI, Inc.", "CIearview Al",
                                  "\u0421learvi\u0435w AI", "clearvievv.ai", "C\u029fearview AI"])  # fmt: skip
def test_what_passes_for_a_name_looks_the_same(name: str) -> None:
    assert (naming.looks(name) == naming.looks("Clearview AI")) == ("\u029f" not in name)


@pytest.mark.parametrize("name", ["Clearview", "Clear AI", "Clearer view", "Ltd", "ag", "", "!?", "\u682a\u5f0f"])
def test_what_is_another_name_looks_otherwise(name: str) -> None:
    assert naming.looks(name) != naming.looks("Clearview AI")
    assert naming.looks(name) or not name


def test_only_words_of_two_alphabets_that_look_alike_are_mixed() -> None:
    assert naming.mixed("The p\u0430ge of") == "p\u0430ge"
    for name in ("\u0412\u0438\u0434 Ltd", "\N{MICRO SIGN}Torrent", "\u682aabc", "M\u00fcller", "a_\u03b2", "A1"):
        assert naming.mixed(name) == ("a_\u03b2" if "_" in name else ""), name
