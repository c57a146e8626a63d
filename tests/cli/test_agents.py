"""Those who write for others: kept, named in the letter, and with the page that shows that they may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_main_job import optout as run
from tests.cli.test_profiles import new as profile

IDA = ("--name", "Ida Helper", "--email", "ida@mail.example", "--address-line", "2 Sample Street")


def agent(home: Path, ident: str = "ida", *more: str) -> None:
    done = run(home, "agent", "new", ident, *IDA, *more)
    assert done.returncode == 0, done.stderr


def agents(home: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(home, "agent", "list", "--json").stdout)["agents"]
    return found


def written(home: Path, *args: str) -> tuple[dict[str, Any], str]:
    """The case, and what was said."""
    done = run(home, "request", "clearview", "--profile", "me", "--agent", "ida", "--format", "txt", "--json", *args)
    assert done.returncode == 0, done.stderr
    case: dict[str, Any] = json.loads(done.stdout)["cases"][0]
    return case, done.stderr


def flat(path: Path) -> str:
    return " ".join(path.read_text().split())


def test_an_agent_is_kept_changed_and_removed(tmp_path: Path) -> None:
    assert agents(tmp_path) == [] and not (tmp_path / "home").exists(), "looking makes no vault"
    agent(tmp_path)
    kept = {"id": "ida", "name": "Ida Helper", "email": "ida@mail.example", "address": ["2 Sample Street"]}
    assert agents(tmp_path) == [{**kept, "acts": "person"}]
    assert run(tmp_path, "agent", "edit", "ida", "--acts-as", "parent", "--address-line", "").returncode == 0
    shown = json.loads(run(tmp_path, "agent", "show", "ida", "--json").stdout)["agents"]
    assert shown == [{key: value for key, value in kept.items() if key != "address"} | {"acts": "parent"}]
    assert "a parent or guardian" in run(tmp_path, "agent", "show", "ida").stdout
    assert run(tmp_path, "agent", "edit", "ida", "--email", "").returncode == 5, "a letter needs an address"
    assert run(tmp_path, "agent", "remove", "ida").returncode == 0 and agents(tmp_path) == []


def test_agents_and_people_are_told_apart(tmp_path: Path) -> None:
    profile(tmp_path)
    agent(tmp_path)
    assert "ida" not in run(tmp_path, "profile", "list").stdout and "me" not in run(tmp_path, "agent", "list").stdout
    assert run(tmp_path, "profile", "show", "ida").returncode == 4
    assert run(tmp_path, "request", "clearview", "--profile", "me", "--agent", "me").returncode == 4
    done = run(tmp_path, "agent", "new", "me", *IDA)
    assert done.returncode == 6 and "there is a profile 'me' already" in done.stderr
    assert "profile 'me'" in run(tmp_path, "request", "clearview", "-n").stderr, (
        "the only person is still the usual one"
    )


def test_the_letter_is_signed_for_the_person_and_goes_with_a_page_to_sign(tmp_path: Path) -> None:
    profile(tmp_path, residence="us-ca")
    agent(tmp_path)
    case, said = written(tmp_path)
    assert case["agent"] == "person" and "not known here" not in said
    letter, page = flat(tmp_path / case["letters"][0]["files"][0]), flat(tmp_path / case["authority"][0])
    assert letter.startswith("Ida Helper for Ada Example 2 Sample Street ida@mail.example Clearview AI")
    assert "sent by Ida Helper for Ada Example, with the authority that is enclosed (11 CCR 7063(a))" in letter
    assert letter.endswith("Ida Helper, for Ada Example Enclosures: proof of the authority to act for me")
    assert "ada@mail.example" not in letter + page, "the answer goes to who writes"
    assert page.startswith("Ada Example California") and "Date: ____________" in page
    assert "authorise Ida Helper to act for me towards Clearview AI, Inc." in page and page.endswith("Enclosures: none")
    again, _ = written(tmp_path)
    assert (again["ref"], again["authority"]) == (case["ref"], case["authority"]), "the same line, the same draft"
    printed = run(tmp_path, "letter", case["ref"], "--letter", "authority", "--format", "txt", "-o", "-").stdout
    assert " ".join(printed.split()) == page


def test_the_page_to_sign_is_never_an_e_mail(tmp_path: Path) -> None:
    profile(tmp_path, residence="fr")
    agent(tmp_path)
    args = ("request", "clearview", "--profile", "me", "--agent", "ida", "--format")
    done = run(tmp_path, *args, "eml")
    assert done.returncode == 0, done.stderr
    assert "--letter authority --format pdf" in done.stderr
    (mail,) = tmp_path.rglob("*-access-en.eml")
    assert b"<ida@mail.example>" in mail.read_bytes() and not list(tmp_path.rglob("*authority*"))
    assert run(tmp_path, *args, "eml,txt").returncode == 0
    assert [path.suffix for path in tmp_path.rglob("*authority*")] == [".txt"]


def test_without_the_agent_the_page_is_gone_from_the_draft(tmp_path: Path) -> None:
    profile(tmp_path, residence="fr")
    agent(tmp_path)
    assert len(written(tmp_path)[0]["authority"]) == 1
    done = run(tmp_path, "request", "clearview", "--profile", "me", "--format", "txt", "--json")
    assert json.loads(done.stdout)["cases"][0]["authority"] == [] and not list(tmp_path.rglob("*authority*"))


@pytest.mark.parametrize(
    ("place", "acts", "said", "pages"),
    [
        ("us-il", "person", "Whether another may ask for you under the BIPA is not known here", 1),
        ("fr", "parent", "Whether a parent may ask for a child under the GDPR is not known here", 1),
        ("fr", "person", "", 1),
        ("us-ca", "attorney", "", 0),
    ],
)
def test_where_it_is_not_known_that_one_may_act_that_is_said(
    tmp_path: Path, place: str, acts: str, said: str, pages: int
) -> None:
    profile(tmp_path, residence=place)
    agent(tmp_path, "ida", "--acts-as", acts)
    done = run(tmp_path, "request", "clearview", "--profile", "me", "--agent", "ida", "--format", "txt")
    assert done.returncode == 0
    assert said in done.stderr and ("not known here" in done.stderr) is bool(said)
    assert len(list(tmp_path.rglob("*-authority-*.txt"))) == pages
    assert ("copy of the power of attorney" in done.stderr) is (not pages)


def test_letters_that_follow_are_the_agents_too(tmp_path: Path) -> None:
    profile(tmp_path, residence="fr")
    agent(tmp_path)
    case, _ = written(tmp_path, "--on", "2026-01-02")
    ref = case["ref"]
    run(tmp_path, "log", ref, "sent", "--letter", "access", "--by", "email", "--on", "2026-01-02")
    for kind, begins in (("reminder", "Ida Helper for Ada Example"), ("complaint", "Ida Helper")):
        done = run(
            tmp_path, "escalate", ref, "--kind", kind, "--format", "txt", "--language", "en", "--on", "2026-03-02"
        )
        assert done.returncode == 0, done.stderr
        text = flat(next(tmp_path.rglob(f"{ref}-{kind}-en.txt")))
        assert text.startswith(begins) and "sent by Ida Helper for Ada Example" in text
        assert "proof of the authority to act for me; copy of my request" in text
        assert ("let the person sign the complaint too" in done.stderr) is (kind == "complaint")
    assert run(tmp_path, "agent", "remove", "ida").returncode == 0
    assert run(tmp_path, "show", ref).returncode == 0, "the case keeps what it was written with"


def test_a_mandated_body_may_complain_so_nothing_is_doubted(tmp_path: Path) -> None:
    profile(tmp_path, residence="fr")
    agent(tmp_path, "ida", "--acts-as", "organisation")
    ref = written(tmp_path, "--on", "2026-01-02")[0]["ref"]
    assert "(Art. 80(1), GDPR)" in flat(next(tmp_path.rglob(f"{ref}-authority-en.txt")))
    run(tmp_path, "log", ref, "sent", "--letter", "access", "--by", "email", "--on", "2026-01-02")
    done = run(tmp_path, "escalate", ref, "--kind", "complaint", "--format", "txt", "--on", "2026-03-02")
    assert done.returncode == 0 and "sign the complaint too" not in done.stderr


def test_who_wrote_for_others_is_named_where_that_stays(tmp_path: Path) -> None:
    profile(tmp_path)
    agent(tmp_path)
    ref = written(tmp_path)[0]["ref"]
    listed = json.loads(run(tmp_path, "forget", "ida", "--dry-run", "--json").stdout)
    assert listed["found"]["wrote_for"] == [ref] and listed["found"]["profiles"] == ["ida"]


def test_agents_move_with_an_export(tmp_path: Path) -> None:
    profile(tmp_path)
    agent(tmp_path)
    written(tmp_path)
    there = tmp_path / "there"
    there.mkdir()
    (there / "all.jsonl").write_text(run(tmp_path, "export", "-o", "-").stdout)
    done = run(there, "import", "all.jsonl")
    assert done.returncode == 0, done.stderr
    assert agents(there) == agents(tmp_path)


def test_of_a_person_under_age_it_is_said_who_may_act(tmp_path: Path) -> None:
    profile(tmp_path, residence="gb-sct", minor=True)
    done = run(tmp_path, "request", "clearview", "--profile", "me", "-n")
    assert "Who may act for a child:" in done.stderr and "from 12 on that is presumed" in done.stderr
    assert run(tmp_path, "profile", "edit", "me", "--no-minor").returncode == 0
    assert "Who may act for a child:" not in run(tmp_path, "request", "clearview", "--profile", "me", "-n").stderr
