"""`remind` over the life of a case, for people, scripts and schedulers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.test_main_job import PERSON, optout

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schema" / "remind.json").read_text(encoding="utf-8"))


def draft(home: Path, *args: str, on: str = "2026-01-05") -> str:
    person = [*PERSON[:4], "--residence", "FR"]
    done = optout(home, "request", "clearview", *person, "--format", "txt", "--json", "--on", on, *args)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["cases"][0]["ref"])


def log(home: Path, ref: str, *args: str) -> None:
    done = optout(home, "log", ref, *args)
    assert done.returncode == 0, done.stderr


def groups(home: Path, *args: str) -> dict[str, list[str]]:
    """The names of the groups that are not empty, with the references in them."""
    done = optout(home, "remind", "--json", *args)
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    jsonschema.validate(body, SCHEMA, jsonschema.Draft202012Validator)
    return {name: [one["ref"] for one in cases] for name, cases in body["groups"].items() if cases}


STORY: list[tuple[list[str], dict[str, str]]] = [
    ([], {
        "2026-01-11": "",
        "2026-01-12": """\
Asleep (1)
  REF  clearview  draft, not sent; since 2026-01-12
    send the letter, then: optout log REF sent --by CHANNEL --letter access
""",
    }),
    (["sent --letter access --by email --on 2026-01-06"], {
        "2026-01-29": "",
        "2026-02-08": """\
Due by 2026-02-15 (1)
  REF  clearview  due 2026-02-06 (respond), overdue from 2026-02-14
    when the firm confirms receipt: optout log REF acknowledged --on DAY
""",
    }),
    (["acknowledged --on 2026-01-07"], {
        "2026-02-09": """\
Due by 2026-02-16 (1)
  REF  clearview  due 2026-02-09 (respond), overdue from 2026-02-10
    wait for the answer, then: optout log REF answered; optout show REF has the dates
""",
        "2026-02-10": """\
Overdue (1)
  REF  clearview  overdue since 2026-02-10 (respond 2026-02-09)
    write to the firm again: optout escalate REF; once sent: optout log REF reminded
""",
    }),
    (["reminded --on 2026-02-10"], {
        "2026-02-12": """\
Held letters to send now (1)
  REF  clearview  since 2026-02-10
    send the letter deletion, then: optout log REF sent --by CHANNEL --letter deletion
""",
        "2026-02-20": """\
Due by 2026-02-27 (1)
  REF  clearview  due 2026-02-24 (look again)
    wait for the answer, then: optout log REF answered; optout show REF has the dates
""",
        "2026-02-24": """\
Overdue (1)
  REF  clearview  to look at again since 2026-02-24
    complain to French Data Protection Authority (CNIL): optout escalate REF; once sent: optout log REF complained --remedy gdpr-complaint
""",
    }),
    (["complained --on 2026-02-25"], {
        "2026-05-27": """\
Overdue (1)
  REF  clearview  overdue since 2026-05-27 (answer of the authority 2026-05-26)
    ask French Data Protection Authority (CNIL) where it stands, then: optout log REF reminded
""",
    }),
    (["answered --on 2026-03-10"], {
        "2026-03-10": """\
Answers to read (1)
  REF  clearview  answer of the authority 2026-05-26
    read the answer and say what it gave: optout log REF answered --letter access --outcome access=met (or partly, refused, no-data)
""",
    }),
    (["answered --on 2026-03-10 --outcome access=partly"], {
        "2026-03-11": """\
Held letters to send now (1)
  REF  clearview  since 2026-03-10
    send the letter deletion, then: optout log REF sent --by CHANNEL --letter deletion
""",
    }),
    (["sent --letter deletion --by email --on 2026-03-11"], {
        "2026-03-12": """\
For you to decide (1)
  REF  clearview  respond 2026-04-13
    decide: answer the refusal: optout escalate REF --kind reminder (once sent: optout log REF reminded), or leave it at that: optout log REF closed
""",
    }),
    (["closed --on 2026-03-12"], {"2030-01-01": ""}),
]  # fmt: skip
"""Events, and then what `remind` says on which day."""


def test_a_case_from_draft_to_end(tmp_path: Path) -> None:
    ref = draft(tmp_path)
    for events, days in STORY:
        for event in events:
            log(tmp_path, ref, *event.split())
        for day, text in days.items():
            done = optout(tmp_path, "remind", "--on", day)
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout == text.replace("REF", ref), day


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """One case overdue from 2026-02-14 on, one from 2026-03-14 on, one draft."""
    home = tmp_path_factory.mktemp("three")
    refs = []
    for sent in ("2026-01-06", "2026-02-06"):
        refs.append(draft(home, "--again"))
        log(home, refs[-1], "sent", "--letter", "access", "--by", "email", "--on", sent)
    refs.append(draft(home, "--again"))
    assert len(set(refs)) == 3
    return home, refs


def test_scripts_get_groups_counts_and_a_code(three: tuple[Path, list[str]]) -> None:
    home, (one, two, other) = three
    assert groups(home, "--on", "2026-02-14") == {"overdue": [one], "asleep": [other]}
    assert groups(home, "--on", "2026-04-01") == {"overdue": [one, two], "asleep": [other]}
    assert groups(home, "--on", "2026-02-14", "--days", "30") == {"overdue": [one], "due": [two], "asleep": [other]}
    assert groups(home, "--on", "2026-04-01", "--firm", "pimeyes") == {}
    assert groups(home, "--on", "2026-04-01", "--profile", "nobody") == {}
    done = optout(home, "remind", "--on", "2026-04-01", "--json", "--limit", "1")
    body = json.loads(done.stdout)
    assert (len(body["groups"]["overdue"]), body["counts"]["overdue"], body["counts"]["asleep"]) == (1, 2, 1)
    (case,) = body["groups"]["overdue"]
    assert case == {
        "ref": one, "firm": "clearview", "phase": "waiting", "on": "2026-02-06", "kind": "respond",
        "overdue_from": "2026-02-14", "step": f"write to the firm again: optout escalate {one}; once sent: optout log {one} reminded",
        "to": None,
    }  # fmt: skip
    for day, code in (("2026-04-01", 10), ("2026-02-13", 0)):
        for form in ([], ["--json"], ["--plain"]):
            assert optout(home, "remind", "--on", day, "--exit-code", *form).returncode == code
            assert optout(home, "remind", "--on", day, *form).returncode == 0


def test_the_code_stands_on_the_page_of_exit_codes() -> None:
    assert "| 10 | overdue |" in (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")


def test_what_the_limit_cut_is_told(three: tuple[Path, list[str]]) -> None:
    home, refs = three
    done = optout(home, "remind", "--on", "2026-04-01", "--limit", "1")
    assert done.stdout.splitlines()[0] == "Overdue (2)"
    assert refs[1] not in done.stdout and "and 1 more; --all shows them" in done.stderr
    done = optout(home, "remind", "--on", "2026-04-01", "--limit", "1", "--all")
    assert refs[1] in done.stdout and done.stderr == ""
    done = optout(home, "remind", "--on", "2026-04-01", "--plain", "--limit", "1")
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[:2] for line in lines] == [["overdue", refs[0]], ["asleep", refs[2]]]
    assert {len(line) for line in lines} == {9} and "overdue: and 1 more" in done.stderr


def test_without_cases_there_is_a_friendly_word(tmp_path: Path) -> None:
    for args in ([], ["--exit-code"], ["--ics", "dates.ics"]):
        done = optout(tmp_path, "remind", *args)
        assert (done.returncode, done.stdout) == (0, "") and "No cases yet" in done.stderr
    assert groups(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def bare(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """As cron runs it: next to no environment, no terminal, another folder."""
    command = [sys.executable, "-P", "-m", "optout", "--home", str(home / "home"), "remind", "--no-input", *args]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(ROOT), "LANG": "C"}
    return subprocess.run(
        command, env=env, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )


def test_a_scheduler_needs_neither_terminal_nor_keyring(three: tuple[Path, list[str]]) -> None:
    home, refs = three
    done = bare(home, "--on", "2026-04-01", "--exit-code")
    assert (done.returncode, done.stderr) == (10, "") and refs[0] in done.stdout
    done = bare(home, "--on", "2026-01-08", "--exit-code")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), "nothing to say is nothing to mail"


def test_a_scheduler_is_told_of_a_failure_in_a_sentence(tmp_path: Path) -> None:
    draft(tmp_path)
    key = tmp_path / "home" / "config" / "vault.key"
    key.unlink()
    done = bare(tmp_path, "--exit-code")
    assert (done.returncode, done.stdout) == (9, "")
    assert done.stderr.startswith("optout: ") and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "args", [["--json", "--ics", "-"], ["--with-names"], ["--schedule", "cron", "--json"], ["--days", "-1"]]
)
def test_what_does_not_go_together_is_refused(args: list[str], tmp_path: Path) -> None:
    done = optout(tmp_path, "remind", *args)
    assert (done.returncode, done.stdout) == (2, "")


def test_the_schema_is_strict(three: tuple[Path, list[str]]) -> None:
    body: dict[str, Any] = json.loads(optout(three[0], "remind", "--json", "--on", "2026-04-01").stdout)
    judge = jsonschema.Draft202012Validator(SCHEMA)
    judge.validate(body)
    assert not judge.is_valid({**body, "more": 1})
    assert not judge.is_valid({**body, "today": "soon"})
    body["groups"]["overdue"][0]["name"] = "Ada Example"
    assert not judge.is_valid(body)


def test_a_name_that_steers_a_terminal_is_written_out(tmp_path: Path) -> None:
    ref = draft(tmp_path)
    code = f"""
import sys
from optout.store.paths import paths
from optout.store.vault import Vault
with Vault.open(paths({str(tmp_path / "home")!r}), create=False) as vault, vault.transaction():
    vault.run("update summary set firm = 'a' || char(27) || '[31mb', quiet_from = '2026-01-01'")
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
    done = optout(tmp_path, "remind", "--on", "2026-02-01")
    assert ref in done.stdout and "\x1b" not in done.stdout and "a\\x1b[31mb" in done.stdout


def test_an_older_vault_is_worked_out_anew_by_the_first_command(tmp_path: Path) -> None:
    """It lacks columns, and in those it has stands what an older version computed."""
    from optout.cli.app import App
    from optout.store import schema, tablesteps
    from optout.store.paths import paths
    from optout.store.vault import Vault

    ref = draft(tmp_path)
    log(tmp_path, ref, "sent", "--letter", "access", "--by", "post", "--on", "2026-01-06")
    log(tmp_path, ref, "answered", "--letter", "access", "--outcome", "access=met", "--on", "2026-02-01")
    where = paths(str(tmp_path / "home"))
    columns = ", ".join(schema.SUMMARY + schema.WAKING)
    with Vault.open(where, create=False) as vault:
        before = vault.run(f"select {columns} from summary")
        for table in ("chunks", "batch_cases", "batches"):
            vault.run(f"drop table {table}")
        vault.run("drop index summary_running")
        vault.run("drop index cases_by_firm")
        vault.run("alter table summary drop column held_letter")
        vault.run("update summary set phase = 'waiting', act_on = '2030-01-01', held_from = null, dates = '[]'")
        vault.run("pragma user_version = 3")
    with App({"home": where.vault}).vault() as vault:
        assert vault.run(f"select {columns} from summary") == before
        assert vault.meta(tablesteps.REFOLD) is None
    assert before[0][-1] and f"--letter {before[0][-1]}" in optout(tmp_path, "remind", "--on", "2026-02-02").stdout
