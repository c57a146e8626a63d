"""`import` of the list of requests that datenanfragen's app exports: cases with the days of sending, all or nothing."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from optout.cli.app import App
from optout.errors import BadData, Incomplete, Missing, NotPossible
from optout.naming import own_id
from optout.requestlist import HEAD, Message, messages
from tests.cli import lists
from tests.cli.test_firm_import import counts, done, run

ACCESS = "2026-09-01;clearview-ai;Clearview AI, Inc., 1 Street, New York;a@clearview.ai;2026-AAAAAAA;access;email"
ERASURE = "2026-08-01;acme-faces;Acme; Söhne GmbH, 10115 Berlin;privacy@acme-faces.example;2026-BBBBBBB;erasure;letter"
CHURCH = "2026-08-02;parish-of-example;Parish;;2026-CCCCCCC;rectification;webform"
LATER = [
    "2026-10-20;clearview-ai;Clearview AI, Inc.;a@clearview.ai;2026-AAAAAAA;admonition;fax",
    "2026-10-22;clearview-ai;Clearview AI, Inc.;a@clearview.ai;2026-AAAAAAA;response;email",
    "2026-11-20;;The authority;;2026-AAAAAAA;complaint;letter",
]


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("old")
    assert counts(work / "home", lists.folder(work / "list")) == {"new": 4, "packs": 1}
    person = ["--name", "Ada Example", "--email", "ada@mail.example", "--residence", "DE"]
    assert run(work / "home", "profile", "new", "me", *person).exit_code == 0
    return work


@pytest.fixture
def home(furnished: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(furnished / "home", tmp_path / "home"))


def csv(folder: Path, *lines: str, head: str = HEAD) -> str:
    path = folder / "export.csv"
    path.write_bytes("".join(f"{line}\r\n" for line in (head, *lines)).encode())
    return str(path)


def shown(home: Path, firm: str) -> dict[str, Any]:
    cases = {case["firm"]: case["ref"] for case in done(home, "status", "--all")["cases"]}
    answer: dict[str, Any] = done(home, "show", cases[firm], "--verify")
    return answer


def vault(home: Path) -> str:
    return hashlib.sha256(json.dumps(done(home, "status", "--all"), sort_keys=True).encode()).hexdigest()


def test_requests_become_cases_with_their_day_kind_and_firm(home: Path, tmp_path: Path) -> None:
    told = done(home, "import", csv(tmp_path, ACCESS, ERASURE, CHURCH), "--residence", "DE")
    assert len(told["cases"]["new"]) == 3 and told["problems"] == []
    rows = {case["firm"]: case["outcomes"] for case in done(home, "status")["cases"]}
    assert rows == {"clearview": {"access": "pending"}, "acme-faces": {"deletion": "pending"},
                    "parish-of-example": {"correction": "pending"}}  # fmt: skip
    case = shown(home, "acme-faces")
    drafted, sent = case["events"]
    assert (drafted["event"]["on"], sent["event"]["on"], sent["event"]["by"]) == ("2026-08-01", "2026-08-01", "post")
    assert "2026-BBBBBBB" in drafted["event"]["note"]
    letter = run(home, "letter", case["case"]["ref"], "--format", "txt", "-o", "-").stdout
    assert "Acme; Söhne GmbH" in letter and "Its words are not kept here" in letter


def test_dates_are_those_of_the_law_where_the_person_lived(home: Path, tmp_path: Path) -> None:
    done(home, "import", csv(tmp_path, ACCESS, CHURCH), "--residence", "FR")
    (letter,) = shown(home, "clearview")["status"]["letters"]
    assert [(x["kind"], x["on"]) for x in letter["deadlines"]] == [("respond", "2026-10-01")]
    (own_law,) = shown(home, "parish-of-example")["status"]["letters"]
    assert own_law.get("deadlines", []) == [], "another law may hold for a church"


@pytest.mark.parametrize("place", [None, "US-CA", "US-IL"])
def test_no_date_is_claimed_without_the_law_that_the_letter_names(
    home: Path, tmp_path: Path, place: str | None
) -> None:
    done(home, "import", csv(tmp_path, ACCESS, ERASURE), *(("--residence", place) if place else ()))
    for firm in ("clearview", "acme-faces"):
        case = shown(home, firm)
        assert {demand["law"] for demand in case["case"]["demands"]} == {None}
        assert case["status"]["letters"][0].get("deadlines", []) == [] and case["status"].get("next") is None


def test_messages_that_follow_are_events_and_a_second_import_changes_nothing(home: Path, tmp_path: Path) -> None:
    done(home, "import", csv(tmp_path, ACCESS), "--residence", "FR")
    longer = csv(tmp_path, ACCESS, *LATER)
    told = done(home, "import", longer, "--residence", "FR")
    assert told["cases"]["new"] == [] and len(told["cases"]["longer"]) == 1
    kinds = [row["event"]["kind"] for row in shown(home, "clearview")["events"]]
    assert kinds == ["drafted", "sent", "reminded", "noted", "complained"]
    before = vault(home)
    assert done(home, "import", longer)["cases"] == {"new": [], "longer": [], "same": 1, "refused": []}
    assert vault(home) == before


@pytest.mark.parametrize(("wrong", "said"), [
    ("2026-09-01;clearview-ai;C;;2026-DDDDDDD;custom;email", "type:"),
    ("2026-09-01;clearview-ai;C;;2026-DDDDDDD;access;pigeon", "via:"),
    ("2031-09-01;clearview-ai;C;;2026-DDDDDDD;access;email", "it lies ahead"),
    ("01.09.2026;clearview-ai;C;;2026-DDDDDDD;access;email", "date:"),
    ("2026-09-01;../etc;C;;2026-DDDDDDD;access;email", "slug:"),
    ("2026-09-01;clearview-ai;C\u202e;;2026-DDDDDDD;access;email", "bidirectional"),
    ("2026-09-01;clearview-ai;C;;;access;email", "reference:"),
    ("2026-09-01;clearview-ai;C;;2026-DDDDDDD;response;email", "no request has it"),
    ("2026-09-01;clearview-ai", "seven fields"),
])  # fmt: skip
def test_a_line_that_cannot_be_used_is_named_and_nothing_is_taken(
    wrong: str, said: str, home: Path, tmp_path: Path
) -> None:
    path = csv(tmp_path, ACCESS, wrong)
    error = run(home, "import", path, "--residence", "DE").exception
    assert isinstance(error, BadData)
    (problem,) = error.problems
    assert problem.line == 3 and said in problem.message and "Nobody" not in problem.message
    assert done(home, "status", "--all")["cases"] == []
    told = run(home, "import", path, "--residence", "DE", "--skip-invalid", "--json")
    assert isinstance(told.exception, Incomplete) and len(json.loads(told.stdout)["cases"]["new"]) == 1


def test_a_request_to_a_firm_that_nobody_described_is_a_case_too(home: Path, tmp_path: Path) -> None:
    rows = ["2026-09-01;no-such-firm;Nobody & Sons, 1 Street, Ireland;a@nobody.example;2026-DDDDDDD;access;email",
            "2026-09-02;;Typed in by hand;;2026-EEEEEEE;erasure;letter", "2026-09-03;only-a-slug;;;2026-FFFFFFF;access;email",
            "2026-10-09;no-such-firm;Nobody & Sons;a@nobody.example;2026-DDDDDDD;admonition;email"]  # fmt: skip
    path = csv(tmp_path, ACCESS, *rows)
    assert "a case with Nobody & Sons, which neither" in run(home, "import", path, "--residence", "FR", "-n").stderr
    told = done(home, "import", path, "--residence", "FR")
    assert len(told["cases"]["new"]) == 4 and told["problems"] == []
    names = {"Nobody & Sons", "Typed in by hand", "only-a-slug"}
    assert {one["to"] for one in told["without_profile"]} == names
    listed = {case["ref"]: case for case in done(home, "status", "--all")["cases"]}
    assert {listed[one["ref"]]["to"] for one in told["without_profile"]} == names
    case = shown(home, own_id("Nobody & Sons"))
    assert case["case"]["to"] == {
        "name": "Nobody & Sons",
        "lines": ["1 Street", "Ireland"],
        "email": "a@nobody.example",
    }
    assert [row["event"]["kind"] for row in case["events"]] == ["drafted", "sent", "reminded"]
    (letter,) = case["status"]["letters"]
    assert [(x["kind"], x["on"]) for x in letter["deadlines"]] == [("respond", "2026-10-01")]
    again = done(home, "import", path, "--residence", "FR")
    assert again["cases"]["same"] == 4 and again["without_profile"] == []
    out = tmp_path / "cases.jsonl"
    assert run(home, "export", "-o", str(out)).exit_code == 0
    assert len(done(tmp_path / "other", "import", str(out))["cases"]["new"]) == 4


def test_a_dry_run_keeps_nothing(home: Path, tmp_path: Path) -> None:
    told = run(home, "import", csv(tmp_path, ACCESS), "-n")
    assert "New: 1 case" in told.stderr and "No dates are claimed" in told.stderr
    assert done(home, "status", "--all")["cases"] == []


def test_somebody_must_be_named(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path / "new", "import", csv(tmp_path, ACCESS)).exception, Missing)


def test_such_cases_leave_and_come_in_by_an_export_like_any_other(home: Path, tmp_path: Path) -> None:
    done(home, "import", csv(tmp_path, ACCESS, ERASURE, CHURCH, *LATER), "--residence", "FR")
    out = tmp_path / "cases.jsonl"
    assert run(home, "export", "-o", str(out)).exit_code == 0
    told = done(tmp_path / "other", "import", str(out))
    assert len(told["cases"]["new"]) == 3 and told["problems"] == []


def test_a_new_request_knows_of_the_old_one(home: Path, tmp_path: Path) -> None:
    from optout.errors import AlreadySent

    done(home, "import", csv(tmp_path, ERASURE), "--residence", "DE")
    words = ["request", "acme-faces", "--profile", "me", "--demand", "deletion", "--only", "--format", "txt"]
    assert isinstance(run(home, *words, "-o", str(tmp_path / "out")).exception, AlreadySent)
    assert App({"home": str(home)}).catalog_with(None).firm("acme-faces").id == "acme-faces"


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("Clearview AI, Inc., 99 Wall Street, New York", ("Clearview AI, Inc.", "99 Wall Street", "New York")),
        ("Example Co, Ltd, 1 Sample Street", ("Example Co, Ltd", "1 Sample Street")),
        ("Example GmbH, Inc Street 1", ("Example GmbH", "Inc Street 1")),
    ],
)
def test_the_form_of_a_company_stays_with_its_name(field: str, parts: tuple[str, ...]) -> None:
    line = f"2026-09-01;;{field};;2026-DDDDDDD;access;email"
    (found,) = messages(f"{HEAD}\n{line}\n", "list.csv", date(2026, 10, 1))
    assert isinstance(found, Message)
    assert found.recipient == parts


def test_a_request_that_went_to_a_look_alike_is_named_and_not_taken(home: Path, tmp_path: Path) -> None:
    line = "2026-09-01;;PimEyes;a@pimeyes.net;2026-EEEEEEE;erasure;email"
    told = run(home, "import", csv(tmp_path, line, ERASURE), "--skip-invalid")
    assert isinstance(told.exception, Incomplete)
    assert "pimeyes.net is a look-alike of PimEyes, id pimeyes: this went to somebody else" in told.stderr
    assert [case["firm"] for case in done(home, "status")["cases"]] == ["acme-faces"]


def test_no_letter_follows_a_request_that_treated_a_processor_as_if_it_decided(home: Path, tmp_path: Path) -> None:
    line = "2026-09-01;onfido;Onfido Ltd;privacy@onfido.com;2026-EEEEEEE;erasure;email"
    told = done(home, "import", csv(tmp_path, line), "--residence", "DE")
    (ref,) = told["cases"]["new"]
    assert told["processors"] == [{"ref": ref, "firm": "onfido"}]
    shown = done(home, "show", ref)
    assert not [x for x in shown["status"]["letters"] if x.get("deadlines")]
    assert {x["footing"] for x in shown["case"]["demands"]} == {"request"}
    refused = run(home, "escalate", ref, "-n").exception
    assert isinstance(refused, NotPossible) and "optout request onfido --to NAME" in str(refused.hint)


def test_a_processor_is_known_by_its_name_too(home: Path, tmp_path: Path) -> None:
    line = "2026-10-04;;Onfido;a@firm.example;2026-ABCD;access;email"
    told = done(home, "import", csv(tmp_path, line), "--residence", "DE")
    assert [one["firm"] for one in told["processors"]] == ["onfido"] and told["without_profile"] == []
