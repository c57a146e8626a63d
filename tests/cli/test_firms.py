"""`firms`: nothing that a file says about a firm is missing from what `firms show` tells people."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from optout.cli import optout
from optout.law import text_in
from optout.library.catalog import Catalog

CATALOG = Catalog()
FIRMS = list(CATALOG.all_firms())


def told(home: Path, *words: str) -> str:
    done = CliRunner().invoke(optout, ["firms", *words], obj={}, env={"OPTOUT_HOME": str(home)})
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("firm", FIRMS, ids=[firm.id for firm in FIRMS])
def test_show_says_all_that_the_file_says(firm, tmp_path: Path) -> None:
    text = told(tmp_path, "show", firm.id)
    wanted = [*firm.aliases, *(entity.name for entity in firm.entities), *(caution.text for caution in firm.cautions)]
    wanted += [firm.role_note or "", firm.phone or ""]
    for entry in (*firm.routes, *firm.asks, *firm.facts, *firm.incidents, *firm.decisions):
        wanted.append(text_in(entry.note, "en") if entry.note else "")
        for name in ("only_from", "not_from"):
            wanted += [place.upper() for place in getattr(entry, name, ())]
    for route in firm.routes:
        wanted += [route.to] if isinstance(route.to, str) else [", ".join(route.to or ())]
        wanted += [str(route.until or "")]
    wanted += [value for fact in firm.facts for value in fact.value]
    wanted += [text_in(decision.number, "en") for decision in firm.decisions if decision.number]
    assert [part for part in wanted if part not in text] == []


def test_who_is_asked_where_is_said_in_words(tmp_path: Path) -> None:
    text = told(tmp_path, "show", "snap")
    assert "Snap B.V., decides what happens with the data, seat NL, for residents of EU, NO, IS, LI, GB" in text
    assert "email dpo@snap.com, not for residents of US" in text
    text = told(tmp_path, "show", "clearview")
    assert "a photo of your ID, details blacked out, for access, now, for residents of US-CA, US-IL, US-MN" in text
    assert "(Concerns residents of CA.)" in text
    assert "no way to reach it is verified" in told(tmp_path, "show", "onfido")
