"""The short way for e-mail addresses accepts nothing that email-validator refuses."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from optout.cli.person import _PLAIN_EMAIL, LONGEST_EMAIL, email
from tests.faults.extent import rounds

QUICK = ["ada@members.example", "a.b-c_d+e@x.y.example", "Ada@Members.EXAMPLE", "1@1.example", "-a-@a-b.example"]
NOT_QUICK = ["a@b.test", "a@b.Local", "a@b.onion", "a@b--c.example", "a@-b.example", "a@b-.example", "a@b", "a@b.c1",
             "a..b@c.example", ".a@b.example", "a.@b.example", "a@b..example", "a@xn--nxasmq6b.example", "a@b.example\n",
             "\u212aa@b.example", "a@b.example.", '"a"@b.example', "a@[127.0.0.1]", "a b@c.example", ""]  # fmt: skip


def quick(text: str) -> bool:
    return bool(_PLAIN_EMAIL.fullmatch(text)) and len(text) <= LONGEST_EMAIL


def accepted(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def test_usual_addresses_go_the_short_way_and_unusual_ones_do_not() -> None:
    assert [text for text in QUICK if not quick(text)] == []
    assert [text for text in NOT_QUICK if quick(text)] == []
    assert all(map(accepted, QUICK))


def test_the_long_way_decides_about_all_others() -> None:
    assert email("zoë@members.example") == "zoë@members.example"
    assert email("a@b--c.example")  # not at the third and fourth place
    for text in ("a@b.local", "a@ab--c.example", "a" * 260 + "@b.example"):
        with pytest.raises(ValueError, match="not one"):
            email(text)


@settings(max_examples=rounds(120, 600))
@given(st.from_regex(_PLAIN_EMAIL, fullmatch=True).filter(lambda text: len(text) <= LONGEST_EMAIL))
def test_what_goes_the_short_way_is_accepted(text: str) -> None:
    assert accepted(text)


LABEL = st.text("ab1-_.K", max_size=6)
ENDINGS = st.sampled_from("example arpa invalid local localhost onion test Test LOCAL c1 x com1 co-m".split())


@settings(max_examples=600)
@given(st.text("ab1-_.+\u212a", max_size=8), st.lists(LABEL, max_size=4), ENDINGS)
def test_what_looks_nearly_right_goes_the_short_way_only_if_it_is(local: str, labels: list[str], last: str) -> None:
    text = f"{local}@{'.'.join([*labels, last])}"
    assert accepted(text) or not quick(text)
