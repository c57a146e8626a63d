"""A case in the words of the Data Rights Protocol; the tables of docs/transfer.md are held to it."""

from __future__ import annotations

import re
import typing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from optout.case import Event
from optout.drp import REASONS, standing
from optout.exported import Drp
from optout.law import Ground
from tests.core.test_standing import EU

PAGE = (Path(__file__).parents[2] / "docs" / "transfer.md").read_text(encoding="utf-8")
LETTER = {"answered", "refused", "no_data", "sent", "acknowledged", "identity_asked", "identity_given"}


def happened(*told: Any) -> list[Event]:
    """Events by kind, or kind and what else they carry; about the access letter unless said."""
    events = [Event(kind="drafted", on=EU.opened)]
    for number, one in enumerate(told, 2):
        kind, more = (one, {}) if isinstance(one, str) else one
        letter = {"letter": "access"} if kind in LETTER and "letter" not in more else {}
        events.append(Event(kind=kind, on=date(2026, 11, number), **{**letter, **more}))
    return events


MET = ("answered", {"outcomes": {"access": "met"}})
DELETION = ("sent", {"letter": "deletion"})
DELETED = ("answered", {"letter": "deletion", "outcomes": {"deletion": "met"}})


@pytest.mark.parametrize(
    ("told", "status", "reason"),
    [
        ([], None, None),
        (["sent"], "open", None),
        (["sent", "acknowledged"], "in_progress", None),
        (["sent", "answered"], "in_progress", None),
        (["sent", "identity_asked"], "in_progress", "need_user_verification"),
        (["sent", "identity_asked", "identity_given"], "in_progress", None),
        (["sent", ("refused", {"ground": "excessive"})], "denied", "too_many_requests"),
        (["sent", "refused"], "denied", "other"),
        (["sent", "refused", "closed"], "denied", "other"),
        (["sent", "refused", MET], "in_progress", None),
        (["sent", MET, DELETION, DELETED], "fulfilled", None),
        (["sent", MET, DELETION, ("no_data", {"letter": "deletion"})], "fulfilled", None),
        (["sent", "no_data", DELETION, ("no_data", {"letter": "deletion"})], "denied", "no_match"),
        (["sent", "no_data", ("withdrawn", {"letter": "deletion"})], "denied", "no_match"),
        (["sent", "closed"], "expired", None),
        (["withdrawn"], "revoked", None),
        (["sent", "withdrawn"], "revoked", None),
    ],
)
def test_a_case_in_their_words(told: list[Any], status: Any, reason: Any) -> None:
    assert standing(EU, happened(*told)) == Drp(status=status, reason=reason)


def test_a_reason_taken_back_counts_no_more() -> None:
    events = happened("sent", ("refused", {"ground": "excessive"}), ("corrected", {"corrects": 3}))
    assert standing(EU, events) == Drp(status="open")


def test_every_ground_has_a_reason_and_the_page_says_which() -> None:
    assert set(REASONS) == set(typing.get_args(Ground))
    table = PAGE[PAGE.index("| ground | reason |") :].split("\n\n")[0]
    rows = [re.findall(r"`(\w+)`", line) for line in table.splitlines()[2:]]
    assert {ground: reason for *grounds, reason in rows for ground in grounds} == REASONS
