"""`log` as a user types it, and every way in which it says no."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_main_job import PERSON, optout

Run = Callable[..., Any]


def case(tmp_path: Path, place: str = "FR") -> tuple[str, Run]:
    """A case of January 2026, and a way to log in it."""
    done = optout(tmp_path, "request", "clearview", *PERSON[:4], "--residence", place, "--json", "--on", "2026-01-20",
                  "--format", "txt")  # fmt: skip
    assert done.returncode == 0, done.stderr
    ref = json.loads(done.stdout)["cases"][0]["ref"]

    def log(*args: str) -> Any:
        return optout(tmp_path, "log", ref, *args)

    return ref, log


def test_a_whole_life(tmp_path: Path) -> None:
    ref, log = case(tmp_path)
    reply = tmp_path / "reply.txt"
    reply.write_text("We need more time.")
    for args in (
        ["sent", "--by", "email", "--on", "2026-01-21"],
        ["acknowledged", "--on", "2026-01-22"],
        ["extended", "--on", "2026-02-10", "--until", "2026-04-22", "--file", str(reply)],
        ["identity-asked", "--on", "2026-02-11"],
        ["identity_given", "--on", "2026-02-12", "--note", "a photo only"],
        ["answered", "--on", "2026-03-01"],
        ["answered", "--on", "2026-03-01", "--outcome", "access=met"],
        ["sent", "--by", "post", "--on", "2026-03-02"],
        ["refused", "--on", "2026-03-20", "--ground", "public-data"],
        ["complained", "--on", "2026-03-25"],
        ["no-data", "--on", "2026-04-01", "--letter", "deletion"],
        ["noted", "--note", "the authority has decided"],
        ["closed", "--on", "2026-04-02"],
    ):
        done = log(*args)
        assert done.returncode == 0, (args, done.stderr)
        assert done.stdout == "" and f"{ref} is now: " in done.stderr
    assert f"{ref} is now: done" in done.stderr
    shown = json.loads(optout(tmp_path, "show", ref, "--json").stdout)
    assert shown["status"]["phase"] == "done"
    assert shown["status"]["outcomes"] == {"access": "met", "deletion": "no_data"}
    assert [row["event"].get("ground") for row in shown["events"] if row["event"]["kind"] == "refused"] == [
        "public_data"
    ]
    assert log("reopened").returncode == 0


BEFORE = [["sent", "--by", "email", "--on", "2026-01-21"]]
TOMORROW = str(date.today() + timedelta(days=1))  # noqa: DTZ011
NO = [
    ([], ["answered"], 6, "note first that you sent it"),
    (BEFORE, ["answered", "--letter", "deletion"], 6, "note first that you sent it"),
    (BEFORE, ["identity-given"], 6, "if the firm asked, note that first"),
    ([*BEFORE, ["complained"]], ["complained"], 6, "say which remedy this is"),
    ([], ["noted", "--note", " "], 2, "nothing to note"),
    ([], ["sent", "--by", "email", "--on", "2026-01-19"], 6, "give --on 2026-01-20 or a later day"),
    (BEFORE, ["answered", "--outcome", "access=lost"], 5, "'lost' is no outcome"),
    (BEFORE, ["answered", "--outcome", "access=We hold nothing."], 5, "this is no outcome"),
    ([], ["reminded"], 6, "phase 'draft'"),
    ([], ["reopened"], 6, "phase 'draft'"),
    ([], ["sent", "--by", "email", "--on", TOMORROW], 5, "lies ahead"),
    ([], ["sent"], 2, "--by is missing"),
    ([], ["sent", "--by", "email", "--outcome", "access=met"], 2, "takes no --outcome"),
    ([], ["sent", "--by", "email", "--letter", "nosuch"], 6, "has no letter"),
    ([], ["corrected"], 2, "--event is missing"),
    ([], ["corrected", "--event", "1"], 6, "stays drafted"),
    ([], ["corrected", "--event", "9"], 6, "has no event 9"),
    ([], ["snet"], 4, "'sent'"),
    (BEFORE, ["sent", "--by", "email", "--letter", "access"], 6, "was sent already"),
    (BEFORE, ["delivered", "--on", "2026-01-20"], 6, "cannot have arrived"),
    (BEFORE, ["extended", "--on", "2026-01-20"], 6, "'extended' cannot have happened"),
    (BEFORE, ["extended", "--on", "2026-01-25", "--until", "2026-01-24"], 5, "before the event"),
    (BEFORE, ["reminded", "--on", "2026-01-20"], 6, "was sent on 2026-01-21"),
    (BEFORE, ["answered", "--outcome", "deletion=met", "--letter", "access"], 6, "does not ask for deletion"),
    (BEFORE, ["answered", "--outcome", "objection=met"], 4, "its demands"),
    (BEFORE, ["refused", "--ground", "whatever"], 4, "public-data"),
    (BEFORE, ["no-data", "--outcome", "access=refused"], 6, "'no-data' has one outcome"),
    (BEFORE, ["complained", "--remedy", "nosuch"], 6, "has no remedy"),
    (BEFORE, ["corrected", "--event", "2", "--by", "email"], 6, "change nothing"),
    (BEFORE, ["corrected", "--event", "2", "--on", "2026-01-19"], 6, "nothing can have happened"),
    ([*BEFORE, ["delivered"]], ["corrected", "--event", "2"], 6, "event 3 (delivered) could not have happened"),
    ([["closed"]], ["noted", "--note", "they called"], 0, ""),
    ([["closed"]], ["sent", "--by", "email"], 6, "phase 'done'"),
    ([["withdrawn", "--letter", "access"]], ["sent", "--by", "email", "--letter", "access"], 6, "was taken back"),
]


@pytest.mark.parametrize(("before", "args", "code", "words"), NO, ids=[" ".join(n[1])[:50] for n in NO])
def test_no_is_said_with_a_way_on(tmp_path: Path, before: Any, args: list[str], code: int, words: str) -> None:
    ref, log = case(tmp_path)
    for each in before:
        assert log(*each).returncode == 0
    done = log(*args)
    assert done.returncode == code, done.stderr
    assert words in done.stderr and "Traceback" not in done.stderr
    hinted = re.findall(rf"hint: .*?(optout (?:log|show) {ref}[\w -]*)", done.stderr.replace("CHANNEL", "email"))
    for command in hinted:
        again = optout(tmp_path, *command.split()[1:])
        assert again.returncode == 0, (command, again.stderr)


def test_a_dry_run_keeps_nothing(tmp_path: Path) -> None:
    ref, log = case(tmp_path)
    done = log("sent", "--by", "email", "--on", "2026-01-21", "-n")
    assert done.returncode == 0 and "Nothing was kept." in done.stderr and "respond: 2026-02-23" in done.stderr
    assert json.loads(optout(tmp_path, "show", ref, "--json").stdout)["status"]["phase"] == "draft"


def test_the_letter_follows_from_the_outcome(tmp_path: Path) -> None:
    ref, log = case(tmp_path)
    for letter in ("access", "deletion"):
        assert log("sent", "--by", "email", "--on", "2026-01-21", "--letter", letter).returncode == 0
    assert log("answered").returncode == 6
    assert log("answered", "--outcome", "deletion=met").returncode == 0
    outcomes = json.loads(optout(tmp_path, "show", ref, "--json").stdout)["status"]["outcomes"]
    assert outcomes == {"access": "pending", "deletion": "met"}


def test_a_correction_gives_the_dates_without_the_mistake_and_erases_nothing(tmp_path: Path) -> None:
    ref, log = case(tmp_path)
    assert log("sent", "--by", "post", "--on", "2026-01-21").returncode == 0
    assert log("delivered", "--on", "2026-03-05").returncode == 0
    assert log("corrected", "--event", "3", "--on", "2026-02-05").returncode == 0
    shown = optout(tmp_path, "show", ref).stdout
    assert (
        "respond: 2026-03-05" in shown
        and "corrected: 2026-02-05  delivered" in shown
        and "2026-03-05  delivered" in shown
    )
    assert log("corrected", "--event", "4").returncode == 0  # a correction can be wrong as well
    assert "respond: 2026-04-07" in optout(tmp_path, "show", ref).stdout
    assert log("corrected", "--event", "3").returncode == 0
    assert "taken back" in optout(tmp_path, "show", ref).stdout


def test_a_draft_written_anew_later_can_be_corrected(tmp_path: Path) -> None:
    _, log = case(tmp_path)
    again = optout(tmp_path, "request", "clearview", *PERSON[:4], "--residence", "FR", "--on", "2026-01-25", "--format", "txt",
                   "--enclose-photo")  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert log("sent", "--by", "email", "--on", "2026-01-26").returncode == 0
    done = log("corrected", "--event", "3", "--on", "2026-01-27")
    assert done.returncode == 0, done.stderr


def test_an_extension_is_held_to_the_law(tmp_path: Path) -> None:
    _, log = case(tmp_path)
    assert log("sent", "--by", "email", "--on", "2026-01-21").returncode == 0
    assert log("delivered", "--on", "2026-01-21").returncode == 0
    first = log("extended", "--on", "2026-02-10", "--until", "2026-09-01").stderr
    assert "the firm may extend once, by at most 2 months, if it says so within 1 month of receipt." in first
    assert "the firm names 2026-09-01, which is later than" in first and "respond: 2026-04-21" in first
    again = log("extended", "--on", "2026-03-01").stderr
    assert "It was extended before; a second time adds nothing." in again
    assert "the notice of 2026-03-01 came too late and has no effect" in again and "respond: 2026-04-21" in again


def test_a_letter_that_lay_too_long_is_told_and_written_anew(tmp_path: Path) -> None:
    ref, log = case(tmp_path, "US-IL")  # its letter wants an answer by 19 February
    before = json.loads(optout(tmp_path, "show", ref, "--json").stdout)["case"]["letters"][0]
    assert before["reply_by"] == "2026-02-19"
    done = log("sent", "--by", "post", "--on", "2026-03-01")
    assert "wants an answer by 2026-02-19, which had come when you sent it" in done.stderr
    assert "respond: 2026-03-31" in done.stderr and f"optout log {ref} corrected --event 2" in done.stderr
    assert log("corrected", "--event", "2").returncode == 0
    line = ("request", "clearview", *PERSON[:4], "--residence", "US-IL", "--json", "--format", "txt", "--on")
    for on, by in (("2026-02-04", "2026-02-19"), ("2026-02-05", "2026-03-09")):
        again = optout(tmp_path, *line, on)
        assert json.loads(again.stdout)["cases"][0]["ref"] == ref, again.stderr
        letter = json.loads(optout(tmp_path, "show", ref, "--json").stdout)["case"]["letters"][0]
        assert letter["reply_by"] == by
    log("sent", "--by", "post", "--on", "2026-02-06")


def test_every_command_names_the_same_step_for_a_late_case(tmp_path: Path) -> None:
    ref, log = case(tmp_path, "US-CA")
    assert log("sent", "--by", "email", "--on", "2026-01-21").returncode == 0
    partly = log("answered", "--on", "2026-02-01", "--outcome", "access=met")
    assert "respond: 2026-03-07, for deletion" in partly.stderr
    (row,) = json.loads(optout(tmp_path, "status", "--json").stdout)["cases"]
    (late,) = json.loads(optout(tmp_path, "remind", "--json").stdout)["groups"]["overdue"]
    shown = json.loads(optout(tmp_path, "show", ref, "--json").stdout)["status"]
    assert row["step"] == late["step"] == shown["step"]
    assert row["step"].startswith("write to the firm again about deletion")
    assert f"Next: {row['step']}" in optout(tmp_path, "show", ref).stdout
    (before,) = json.loads(optout(tmp_path, "status", "--json", "--on", "2026-02-02").stdout)["cases"]
    assert "acknowledged" in before["step"] or "wait for the answer" in before["step"]


def test_a_case_taken_up_again_knows_its_refusal_and_its_held_letter(tmp_path: Path) -> None:
    ref, log = case(tmp_path)
    for args in (["sent", "--by", "post", "--letter", "access", "--on", "2026-01-21"],
                 ["refused", "--ground", "public-data", "--on", "2026-02-02"], ["withdrawn", "--on", "2026-02-03"],
                 ["reopened", "--on", "2026-02-04"]):  # fmt: skip
        done = log(*args)
        assert done.returncode == 0, done.stderr
    shown = json.loads(optout(tmp_path, "show", ref, "--json").stdout)["status"]
    assert shown["outcomes"]["access"] == "refused"
    assert "sent --by CHANNEL --letter deletion" in shown["step"]
    reminded = optout(tmp_path, "remind", "--exit-code", "--on", "2026-06-01")
    assert "verdue" not in reminded.stdout + reminded.stderr


def test_only_a_file_is_kept_with_an_entry(tmp_path: Path) -> None:
    _, log = case(tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path(os.devnull)):
        done = log("noted", "--file", str(path))
        assert done.returncode == 5 and "Traceback" not in done.stderr, done.stderr


def test_an_answer_while_a_complaint_runs_makes_nothing_overdue_again(tmp_path: Path) -> None:
    _, log = case(tmp_path)
    for args in (["sent", "--by", "post", "--letter", "access", "--on", "2026-01-21"],
                 ["sent", "--by", "post", "--letter", "deletion", "--on", "2026-01-21"],
                 ["complained", "--remedy", "gdpr-complaint", "--on", "2026-05-20"],
                 ["answered", "--letter", "access", "--outcome", "access=met", "--on", "2026-06-20"]):  # fmt: skip
        done = log(*args)
        assert done.returncode == 0, done.stderr
    assert optout(tmp_path, "remind", "--exit-code", "--on", "2026-06-21").returncode == 0
    assert optout(tmp_path, "remind", "--exit-code", "--on", "2026-10-21").returncode == 10
