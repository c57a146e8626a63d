"""`show`: what happened, every date with its reason, and what was kept."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_log import case
from tests.cli.test_main_job import optout
from tests.cli.test_profile_editor import on_terminal


def test_each_date_says_law_start_closed_days_margin_and_lateness(tmp_path: Path) -> None:
    ref, log = case(tmp_path, "DE-BW")
    assert log("sent", "--by", "post", "--on", "2026-03-05").returncode == 0
    shown = optout(tmp_path, "show", ref).stdout
    for words in (
        "letter access: sent 2026-03-05, receipt not proved",
        "respond: 2026-04-07 (by statute, receipt estimated)",
        "GDPR, Art. 12(3): 1 month from receipt, estimated as the day of sending, on 2026-03-05",
        "that ends on 2026-04-05, a Sunday, and 2026-04-06 is a public holiday too, so the last day is 2026-04-07",
        "overdue from 2026-04-22, with 14 days' margin since receipt is not proved",
        "letter deletion: not sent; no date runs from a draft",
    ):
        assert words in shown, words


def test_two_dates_of_a_kind_say_what_they_are_about(tmp_path: Path) -> None:
    ref, log = case(tmp_path, "US-CA")
    assert log("sent", "--by", "email", "--on", "2026-01-21").returncode == 0
    shown = optout(tmp_path, "show", ref).stdout
    assert "respond: 2026-03-07, for access, deletion (" in shown and ", for sale opt out (" in shown
    assert "nobody is late before 2026-03-09 is over" in shown


def test_a_suggestion_is_called_one_and_an_authority_is_not_the_firm(tmp_path: Path) -> None:
    ref, log = case(tmp_path)
    for args in (["sent", "--by", "email", "--on", "2026-01-21"], ["reminded", "--on", "2026-03-10"]):
        assert log(*args).returncode == 0
    shown = optout(tmp_path, "show", ref).stdout
    assert "the case as a whole" in shown and "follow up: 2026-03-24 (to look again, no law sets it)" in shown
    assert log("complained", "--on", "2026-05-02").returncode == 0
    shown = optout(tmp_path, "show", ref).stdout
    assert "authority reply: 2026-08-03 (by statute)" in shown
    assert "GDPR, Art. 78(2): 3 months from the complaint on 2026-05-02" in shown


def test_the_three_months_of_the_commissioner_are_those_of_the_act_of_2018_before_its_change_too(
    tmp_path: Path,
) -> None:
    ref, log = case(tmp_path, "GB-ENG")
    assert log("sent", "--by", "email", "--on", "2026-01-21").returncode == 0
    assert log("complained", "--on", "2026-05-02").returncode == 0
    shown = optout(tmp_path, "show", ref).stdout
    assert "Data Protection Act 2018, section 166: 3 months from the complaint on 2026-05-02" in shown
    assert "UK GDPR, section 166" not in shown
    known = optout(tmp_path, "laws", "show", "uk-gdpr").stdout
    assert "3 months from complaint (uk-authority); section 166 of the Data Protection Act 2018 (statute" in known


def test_an_extension_too_late_stands_beside_the_date_it_did_not_move(tmp_path: Path) -> None:
    ref, log = case(tmp_path)
    for args in (
        ["sent", "--by", "email", "--on", "2026-01-21"], ["delivered", "--on", "2026-01-21"],
        ["extended", "--on", "2026-02-25", "--until", "2026-04-21"],
    ):  # fmt: skip
        assert log(*args).returncode == 0
    shown = optout(tmp_path, "show", ref).stdout
    assert "respond: 2026-02-23 (by statute)" in shown
    assert "the extension was told on 2026-02-25; it had to be told by 2026-02-23" in shown


def test_a_file_is_kept_with_its_event_and_written_out_once(tmp_path: Path) -> None:
    ref, log = case(tmp_path)
    reply = tmp_path / "an answer.txt"
    reply.write_bytes(b"We hold nothing.\x00\xff")
    done = log("noted", "--file", str(reply))
    assert done.returncode == 0 and "Belongs to it: an answer.txt" in done.stderr
    assert "file 1: an answer.txt, 18 bytes" in optout(tmp_path, "show", ref).stdout
    out = tmp_path / "copy.txt"
    assert optout(tmp_path, "show", ref, "--evidence", "1", "-o", str(out)).stdout == f"{out}\n"
    assert out.read_bytes() == reply.read_bytes() and out.stat().st_mode & 0o777 == 0o600
    assert optout(tmp_path, "show", ref, "--evidence", "1", "-o", str(out)).returncode == 1
    assert optout(tmp_path, "show", ref, "--evidence", "2").returncode == 4
    assert optout(tmp_path, "show", ref, "--evidence", "1", "--json").returncode == 2
    assert optout(tmp_path, "show", ref, "-o", "elsewhere.txt").returncode == 2


def test_a_kept_file_on_standard_output_is_its_bytes_and_nothing_else(tmp_path: Path) -> None:
    ref, log = case(tmp_path)
    (tmp_path / "answer.txt").write_text("We hold nothing of you.")
    assert log("noted", "--file", str(tmp_path / "answer.txt")).returncode == 0
    done = optout(tmp_path, "show", ref, "--evidence", "1", "-o", "-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "We hold nothing of you.", "")
    assert not (tmp_path / "-").exists()
    code, text = on_terminal(tmp_path, "show", ref, "--evidence", "1", "-o", "-").end()
    assert code == 2 and "nothing of you" not in text, "what a firm sent never reaches a terminal"


def test_the_chain_is_verified_and_its_head_told(tmp_path: Path) -> None:
    ref, log = case(tmp_path)
    assert log("sent", "--by", "email", "--on", "2026-01-21").returncode == 0
    done = optout(tmp_path, "show", ref, "--verify")
    assert done.returncode == 0 and "The chain holds: 2 events" in done.stderr
    whole = json.loads(optout(tmp_path, "show", ref, "--verify", "--json").stdout)
    assert whole["chain"]["broken"] == [] and whole["chain"]["head"] == whole["events"][-1]["hash"]
