"""The main job as a user runs it: a process of its own, a fresh home, no terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.forks import Forks

ROOT = Path(__file__).parents[2]
PERSON = [
    "--name",
    "Ada Example",
    "--email",
    "ada@mail.example",
    "--residence",
    "US-IL",
    "--address-line",
    "1 Sample Street",
]


OF_THE_INTERPRETER = ("PYTHON", "LC_", "LANG", "LD_", "DBUS_")
"""Beginnings of the variables that are read before a program runs, or when it loads a library."""


def optout(home: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own, forked from one that has loaded the program: that saves most of the time."""
    if any(name.startswith(OF_THE_INTERPRETER) for name in more):
        return fresh(home, *args, **more)
    done = Forks(home).run(*args, env=environment(home, more))
    out, err = (text.replace("\r\n", "\n").replace("\r", "\n") for text in (done.out, done.err))
    return subprocess.CompletedProcess(args, done.code, out, err)


def fresh(home: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A run as a user's: an interpreter that has loaded nothing."""
    env = environment(home, more)
    return subprocess.run(
        [sys.executable, "-m", "optout", *args], cwd=home, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        timeout=60,
    )  # fmt: skip


def environment(home: Path, more: dict[str, str]) -> dict[str, str]:
    null = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "PYTHONPATH": str(ROOT)}
    return {**os.environ, "OPTOUT_HOME": str(home / "home"), **null, **more}


def request(home: Path, *args: str) -> dict:
    done = optout(home, "request", "clearview", *PERSON, "--json", *args)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["cases"][0]


def test_from_a_person_to_a_case(tmp_path: Path) -> None:
    done = fresh(tmp_path, "request", "clearview", *PERSON)
    assert done.returncode == 0, done.stderr
    files = [tmp_path / line for line in done.stdout.splitlines()]
    assert [f.suffix for f in files] == [".docx", ".pdf"]
    assert all(f.stat().st_mode & 0o777 == 0o600 for f in files)
    assert files[0].parent.stat().st_mode & 0o777 == 0o700
    assert "a photo of your face" in done.stderr
    assert "a photo of your ID, details blacked out, for access" in done.stderr
    assert "BIPA says nothing about it" in done.stderr
    assert re.search(r"optout log \w{4}-\w{4} sent", done.stderr)


def test_the_same_line_twice_writes_the_same_draft(tmp_path: Path) -> None:
    first = request(tmp_path)
    paths = [tmp_path / p for letter in first["letters"] for p in letter["files"]]
    before = [p.read_bytes() for p in paths]
    for path in paths:
        path.unlink()
    second = request(tmp_path)
    assert second["ref"] == first["ref"]
    assert [p.read_bytes() for p in paths] == before


def test_changed_words_change_the_draft_not_the_case(tmp_path: Path) -> None:
    first = request(tmp_path)
    second = request(tmp_path, "--enclose-photo", "--format", "txt")
    assert second["ref"] == first["ref"]
    text = (tmp_path / second["letters"][0]["files"][0]).read_text()
    assert "I enclose one photo of my face" in text


def test_what_was_sent_is_not_written_again(tmp_path: Path) -> None:
    ref = request(tmp_path)["ref"]
    assert fresh(tmp_path, "log", ref, "sent", "--by", "email").returncode == 0
    again = fresh(tmp_path, "request", "clearview", *PERSON)
    assert again.returncode == 6
    assert ref in again.stderr
    assert request(tmp_path, "--again")["ref"] != ref


def test_dates_come_with_receipt_and_their_derivation(tmp_path: Path) -> None:
    done = optout(tmp_path, "request", "clearview", *PERSON[:4], "--residence", "FR", "--json", "--on", "2026-01-20")
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    draft = json.loads(optout(tmp_path, "show", ref, "--json").stdout)
    assert "deadlines" not in draft["status"]["letters"][0]
    optout(tmp_path, "log", ref, "sent", "--by", "post", "--on", "2026-01-21", "--letter", "access")
    sent = json.loads(optout(tmp_path, "show", ref, "--json").stdout)["status"]["letters"][0]["deadlines"][0]
    assert sent["estimated"] and "estimated" in sent["why"]
    optout(tmp_path, "log", ref, "acknowledged", "--on", "2026-01-31")
    proved = json.loads(optout(tmp_path, "show", ref, "--json").stdout)["status"]["letters"][0]["deadlines"][0]
    assert (proved["on"], proved["overdue_from"]) == ("2026-03-02", "2026-03-03")
    listed = json.loads(optout(tmp_path, "status", "--json").stdout)["cases"][0]
    assert listed["next"] == {"on": "2026-03-02", "kind": "respond", "overdue": True}


def test_letter_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    case = request(tmp_path)
    done = fresh(tmp_path, "letter", case["ref"].lower().replace("-", ""), "-o", "copies")
    assert done.returncode == 0, done.stderr
    for path in case["letters"][0]["files"]:
        copy = tmp_path / "copies" / Path(path).parent.name / Path(path).name
        assert copy.read_bytes() == (tmp_path / path).read_bytes()


def test_a_dry_run_and_explain_leave_nothing(tmp_path: Path) -> None:
    assert optout(tmp_path, "request", "clearview", *PERSON, "-n").returncode == 0
    assert optout(tmp_path, "explain", "clearview", "--residence", "FR").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_every_rule_left_out_has_a_reason_of_its_own(tmp_path: Path) -> None:
    done = optout(tmp_path, "explain", "clearview", "--residence", "US-CA", "--on", "2027-01-01", "--json")
    body = json.loads(done.stdout)
    reasons = {e["rule"]: e["reason"] for e in body["left_out"]}
    assert "2026-12-31" in reasons["ccpa-delete-collected"]
    assert "--demand limit_sensitive" in reasons["ccpa-limit"]
    assert len(set(reasons.values())) == len(reasons)
    stances = {(i["what"], tuple(i["for"])): i["stance"] for i in body["identity"]}
    assert stances["face_photo", ("sale_opt_out",)] == "may_ask"
    assert stances["government_id", ("access",)] == "may_ask"


WRONG = [
    (["request", "clearveiw", *PERSON], 4, "clearview"),
    (["request", "clearview", *PERSON[:4], "--residence", "Illinos"], 4, "US-IL"),
    (["request", "clearview", *PERSON[:4], "--residence", "EU"], 5, "country"),
    (["request", "clearview", *PERSON[2:]], 2, "--name"),
    (["request", "clearview", *PERSON[:4]], 2, "--residence"),
    (["request", "clearview", *PERSON, "--demand", "acess"], 4, "access"),
    (["request", "clearview", *PERSON[:4], "--residence", "FR", "--demand", "objection"], 2, "--because"),
    (["request", "clearview", *PERSON, "--law", "gdpr"], 4, "bipa"),
    (["request", "clearview", *PERSON, "--format", "odt"], 2, "docx"),
    (["request", "clearview", "--name", "Ada\u202eExample", *PERSON[2:]], 5, "bidirectional"),
    (["request", "clearview", "--name", "x" * 400, *PERSON[2:]], 5, "300"),
    (["request", "clearview", "--name", "Ada", "--email", "nobody", "--residence", "FR"], 5, "e-mail"),
    (["request", "clearview", "--name", "王小明", *PERSON[2:]], 6, "--font"),
    (["request", "clearview", *PERSON, "-o", "/proc/none"], 1, "/proc/none"),
    (["show", "0000-0000"], 4, "no cases yet"),
    (["status", "--limit", "many"], 2, "--limit"),
    (["laws", "show", "gdrp"], 4, "gdpr"),
    (["authorities", "show", "fr-cnl"], 4, "fr-cnil"),
    (["check", "nowhere"], 4, "nowhere"),
    (["requst"], 2, "request"),
]


@pytest.mark.parametrize(("args", "code", "words"), WRONG, ids=[" ".join(w[0])[:40] for w in WRONG])
def test_a_mistake_is_one_sentence_a_hint_and_a_code(tmp_path: Path, args: list[str], code: int, words: str) -> None:
    done = optout(tmp_path, *args)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "optout-letters").exists(), "nothing is left behind"


def test_a_name_in_a_script_no_font_has_makes_a_docx(tmp_path: Path) -> None:
    done = optout(tmp_path, "request", "clearview", "--name", "王小明", *PERSON[2:], "--format", "docx")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "name", ["{{7*7}}", "#read('/etc/passwd')", "**x** [l](u) <b>", "=1+1", "1. Ada", "-- \\input{x}"]
)
def test_a_hostile_name_stays_letters(tmp_path: Path, name: str) -> None:
    done = optout(tmp_path, "request", "clearview", "--name", name, *PERSON[2:], "--format", "txt,docx,pdf", "--json")
    assert done.returncode == 0, done.stderr
    text = next(tmp_path.glob("optout-letters/*/*.txt")).read_text()
    assert text.startswith(name) and f"\n\n{name}\n\n" in text


def test_escapes_in_arguments_do_not_reach_the_terminal(tmp_path: Path) -> None:
    for text in ("\x1b]0;x\x07", "\x9b31m", "\u202eabc", "a\rb"):
        for args in (
            ["request", text, *PERSON],
            ["explain", "clearview", "--residence", text],
            ["show", text],
            ["laws", "show", text],
        ):
            done = optout(tmp_path, *args)
            assert done.returncode == 4
            assert not set(done.stderr) & {"\x1b", "\x9b", "\u202e", "\r", "\x07"}


def test_nothing_personal_in_errors_or_bug_files(tmp_path: Path) -> None:
    canary = "CanaryName"
    for args in (
        ["--residence", "Nowhereland"],
        ["--residence", "FR", "--law", "bipa"],
        ["--residence", "US-IL", "-o", "/proc/none"],
    ):
        done = optout(
            tmp_path, "request", "clearview", "--name", canary, "--email", "canary@mail.example", *args, "--debug"
        )
        assert done.returncode != 0
        assert canary not in done.stderr and "canary@" not in done.stderr


def test_no_canary_is_readable_below_the_home(tmp_path: Path) -> None:
    done = optout(
        tmp_path, "request", "clearview", "--name", "CanaryName", "--email", "canary@mail.example", "--residence", "FR"
    )
    assert done.returncode == 0, done.stderr
    for file in (tmp_path / "home").rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert b"CanaryName" not in data and b"canary@mail" not in data, file


def test_a_closed_pipe_and_a_full_device(tmp_path: Path) -> None:
    env = {**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = f"{sys.executable} -m optout laws list | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    full = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m optout laws list > /dev/full"], env=env, capture_output=True, text=True
    )
    assert full.returncode == 1
    assert "Traceback" not in full.stderr and full.stderr.startswith("optout: ")


def test_a_person_from_standard_input(tmp_path: Path) -> None:
    env = {**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[2])}
    person = "name: Ada Example\nemail: ada@mail.example\nresidence: FR\naddress:\n  - 1 Sample Street\n"
    command = [sys.executable, "-m", "optout", "request", "clearview", "--person", "-", "-n"]
    done = subprocess.run(command, env=env, input=person, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 Sample Street" in done.stdout
    bad = subprocess.run(
        command, env=env, input=person + "birthday: 1990-01-01\n", capture_output=True, text=True, cwd=tmp_path
    )
    assert bad.returncode == 5
    assert "-:6:" in bad.stderr and "1990" not in bad.stderr


def test_global_options_stand_anywhere(tmp_path: Path) -> None:
    before = optout(tmp_path, "--json", "laws", "list").stdout
    assert (
        before == optout(tmp_path, "laws", "--json", "list").stdout == optout(tmp_path, "laws", "list", "--json").stdout
    )
    assert json.loads(before)["schema"] == "optout/laws/1"


def test_two_runs_at_once_make_one_case(tmp_path: Path) -> None:
    env = {**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[2])}
    env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    command = [sys.executable, "-m", "optout", "request", "clearview", *PERSON, "--format", "txt"]
    runs = [
        subprocess.Popen(command, env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for one in runs:
        _, talk = one.communicate(timeout=60)
        assert one.returncode == 0, talk
    cases = json.loads(optout(tmp_path, "status", "--json").stdout)["cases"]
    assert len(cases) == 1


def test_a_mistake_in_the_second_firm_keeps_nothing_of_the_first(tmp_path: Path) -> None:
    assert optout(tmp_path, "request", "pimeyes", "nosuchfirm", *PERSON).returncode == 4
    assert not (tmp_path / "optout-letters").exists()
    assert optout(tmp_path, "status", "--json").stdout.count("ref") == 0


@pytest.mark.parametrize("place", ["FR", "CA-ON", "US-CA", "US"])
def test_one_letter_for_all_names_every_demand_and_does_not_contradict_itself(tmp_path: Path, place: str) -> None:
    args = [*PERSON[:4], "--residence", place, "--together", "-n", "--because", "A search would find me."]
    done = optout(tmp_path, "request", "clearview", *args)
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert "I will write about erasure" not in text
    for cite in {
        "FR": ["Art. 17(1)(d)", "Art. 15(1)"],
        "CA-ON": ["4.3.8", "4.9"],
        "US-CA": ["1798.105", "1798.120"],
        "US": [],
    }[place]:
        assert cite in text


@pytest.mark.parametrize("limit", [2_000, 20_000, 60_000, 120_000, 250_000])
def test_a_disk_that_fills_up_leaves_a_whole_case_or_nothing(tmp_path: Path, limit: int) -> None:
    env = {**os.environ, "OPTOUT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[2])}
    env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        f"from optout.cli import main; main({['request', 'clearview', *PERSON]!r})"
    )
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode in (0, 1, 7), done.stderr
    assert "Traceback" not in done.stderr
    left = list((tmp_path / "optout-letters").rglob("*")) if done.returncode else []
    assert left == []
    assert optout(tmp_path, "request", "clearview", *PERSON).returncode == 0
    assert len(json.loads(optout(tmp_path, "status", "--json").stdout)["cases"]) == 1


def test_a_law_of_public_bodies_sets_no_date_unless_it_is_named(tmp_path: Path) -> None:
    args = ["--residence", "US-NY", "--demand", "access", "--received", "2026-01-30", "--json"]
    assert optout(tmp_path, "laws", "deadline", *args).returncode == 6
    (answer,) = json.loads(optout(tmp_path, "laws", "deadline", "foia", *args).stdout)["answers"]
    assert answer["respond"]["on"] == "2026-03-02"


def test_a_californian_business_day_is_approximate(tmp_path: Path) -> None:
    args = ["--residence", "US-CA", "--demand", "access", "--received", "2027-01-14", "--json"]
    (answer,) = json.loads(optout(tmp_path, "laws", "deadline", *args).stdout)["answers"]
    assert (answer["acknowledge"]["approximate"], answer["respond"]["approximate"]) == (True, False)
