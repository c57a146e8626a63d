"""The next letter when an answer stays out or falls short, as a user meets it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pypdf
import pytest
from docx import Document

from tests.cli.test_main_job import fresh, optout

PERSON = ["--name", "Ada Example", "--email", "ada@mail.example", "--address-line", "1 Sample Street"]
SENT = "2026-01-05"


def case(home: Path, residence: str, *args: str, firm: str = "clearview", on: str = SENT) -> str:
    """A case whose access letter, or only letter, was sent by e-mail."""
    words = ("--residence", residence, "--on", on, "--format", "txt", "--json", *args)
    done = optout(home, "request", firm, *PERSON, *words)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["cases"][0]
    log(home, found["ref"], "sent", "--by", "email", "--on", on, "--letter", found["letters"][0]["id"])
    return str(found["ref"])


def log(home: Path, ref: str, *args: str) -> str:
    done = optout(home, "log", ref, *args)
    assert done.returncode == 0, done.stderr
    return done.stderr


def escalate(home: Path, ref: str, *args: str) -> dict[str, Any]:
    done = optout(home, "escalate", ref, "--json", *args)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refused(home: Path, ref: str, *args: str, code: int = 6) -> str:
    done = optout(home, "escalate", ref, *args)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert done.stdout == ""
    return " ".join(done.stderr.split())


def text(home: Path, found: dict[str, Any]) -> str:
    (path,) = [path for path in found["files"] if path.endswith("txt")]
    return " ".join((home / path).read_text().replace("\u2019", "'").split())


def test_from_silence_to_the_authority(tmp_path: Path) -> None:
    """The whole way as a user goes it, each command in a process of its own where it writes letters."""
    ref = case(tmp_path, "FR", "--language", "en")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-06")
    early = refused(tmp_path, ref, "--on", "2026-02-06")
    assert "it is too early" in early and "before 2026-02-07" in early
    assert f"optout escalate {ref}" in optout(tmp_path, "status", "--on", "2026-02-07").stdout

    done = fresh(tmp_path, "escalate", ref, "--on", "2026-02-10")
    assert done.returncode == 0, done.stderr
    files = [tmp_path / line for line in done.stdout.splitlines()]
    assert [path.name for path in files] == [f"{ref}-reminder-en.docx", f"{ref}-reminder-en.pdf"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    said = "\n".join(p.text for p in Document(io.BytesIO(files[0].read_bytes())).paragraphs)
    printed = pypdf.PdfReader(files[1]).pages[0].extract_text()
    for words in (said, printed):
        words = " ".join(words.split())
        assert "That time ended on 6 February 2026; since 7 February 2026 your answer is overdue." in words
        assert "by 24 February 2026, a date I have chosen" in words
        assert "a reminder of my request and no new request" in words
    assert f"optout log {ref} reminded" in done.stderr
    assert "send the letter reminder" in optout(tmp_path, "status").stdout

    kept = log(tmp_path, ref, "reminded", "--by", "email", "--on", "2026-02-11")
    assert "2026-02-24" in kept, "it is looked at again on the day that the letter names"
    assert f"{ref}-reminder-en.pdf" in kept, "what was sent is kept"
    assert "look at it again on 2026-02-24" in refused(tmp_path, ref, "--on", "2026-02-20")

    found = escalate(tmp_path, ref, "--on", "2026-02-25", "--format", "txt,docx,pdf")
    assert (found["kind"], found["letter"], found["remedy"]) == ("authority", "complaint", "gdpr-complaint")
    assert found["to"]["lines"][-1] == "75334 Paris Cedex 07", "within a country it is not named"
    assert found["authority"]["complaint_url"] == "https://www.cnil.fr/fr/plaintes"
    assert {Path(path).suffix for path in found["files"]} == {".txt", ".docx", ".pdf"}
    log(tmp_path, ref, *found["next"].split()[3:], "--on", "2026-02-26", "--by", "form")
    dates = json.loads(optout(tmp_path, "show", ref, "--json").stdout)["status"]["dates"]
    assert [(x["kind"], x["on"]) for x in dates] == [("authority_reply", "2026-05-26")]
    assert "a complaint of 2026-02-26 runs" in refused(tmp_path, ref, "--on", "2026-05-20", "--kind", "complaint")
    assert "had its time until 2026-05-26" in refused(tmp_path, ref, "--on", "2026-06-01")


def test_the_complaint_tells_what_happened_and_asks_for_measures(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-06")
    log(tmp_path, ref, "identity-asked", "--on", "2026-01-08")
    log(tmp_path, ref, "identity-given", "--on", "2026-01-09")
    (tmp_path / "demand.txt").write_text("show us who you are")
    log(tmp_path, ref, "noted", "--on", "2026-01-08", "--file", "demand.txt")
    found = escalate(tmp_path, ref, "--on", "2026-02-25", "--kind", "complaint", "--format", "txt", "--language", "en")
    words = text(tmp_path, found)
    for expected in (
        "1 Sample Street France ada@mail.example",
        "3 place de Fontenoy TSA 80715 75334 Paris Cedex 07",
        "Complaint against Clearview AI, Inc. (GDPR, Art. 77(1))",
        "Clearview AI, Inc., 99 Wall Street, #5730, New York, NY 10005, United States of America",
        "e-mail legal-requests@clearview.ai",
        "5 January 2026: I wrote to the firm by e-mail about access to what is held about me (Art. 15(1), (2) and (3)).",
        "6 January 2026: the receipt of my letter was confirmed.",
        "8 January 2026: I was asked to prove who I am.",
        "It ended on 6 February 2026.",
        "I regard as infringed (GDPR): Art. 12(3); Art. 15(1), (2) and (3).",
        "(Art. 58(2)(c))", "(Art. 58(2)(d))", "(Art. 58(2)(f))", "(Art. 58(2)(g))",
        "copy of my request of 5 January 2026; what I was told on 8 January 2026",
    ):  # fmt: skip
        assert expected in words, expected
    assert [one["what"] for one in found["enclosures"]] == ["request", "answer"]
    assert not re.search(r"court|compensation|damages", words)


def test_without_proof_of_receipt_no_day_of_the_law_is_named(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    found = escalate(tmp_path, ref, "--on", "2026-03-01", "--format", "txt")
    words = text(tmp_path, found)
    assert "On 5 January 2026 I wrote to you by e-mail" in words
    assert "February" not in words and "reached you" not in words
    assert found["reply_by"] == "2026-03-16"


def test_only_what_was_asked_for_is_wanted_of_the_authority(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--demand", "access", "--only")
    found = escalate(tmp_path, ref, "--on", "2026-03-01", "--kind", "complaint", "--format", "txt", "--language", "en")
    words = text(tmp_path, found)
    assert "Art. 58(2)(c)" in words and "Art. 58(2)(g)" not in words


def test_the_same_command_twice_writes_the_same_draft(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR")
    first = escalate(tmp_path, ref, "--on", "2026-03-01")
    before = {path: (tmp_path / path).read_bytes() for path in first["files"]}
    for path in first["files"]:
        (tmp_path / path).unlink()
    assert escalate(tmp_path, ref, "--on", "2026-03-03") == first
    assert {path: (tmp_path / path).read_bytes() for path in first["files"]} == before
    shown = json.loads(optout(tmp_path, "show", ref, "--json", "--verify").stdout)
    assert [row["event"]["kind"] for row in shown["events"]] == ["drafted", "sent", "drafted"]
    assert shown["chain"]["broken"] == []


def test_what_happened_since_makes_another_draft_of_the_same_letter(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    first = escalate(tmp_path, ref, "--on", "2026-03-01", "--format", "txt")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-07")
    second = escalate(tmp_path, ref, "--on", "2026-03-02", "--format", "txt")
    assert second["files"] == first["files"]
    assert "It reached you on 7 January 2026." in text(tmp_path, second)
    assert len(json.loads(optout(tmp_path, "letter", ref, "--format", "txt", "--json").stdout)["letters"]) == 3
    assert "The chain holds" in optout(tmp_path, "show", ref, "--verify").stderr


def test_a_draft_whose_own_date_is_near_is_written_anew(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR")
    assert escalate(tmp_path, ref, "--on", "2026-03-01")["reply_by"] == "2026-03-16"
    assert escalate(tmp_path, ref, "--on", "2026-03-12")["reply_by"] == "2026-03-26"


def test_a_second_reminder_is_a_letter_of_its_own(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR")
    assert escalate(tmp_path, ref, "--on", "2026-03-01")["letter"] == "reminder"
    log(tmp_path, ref, "reminded", "--on", "2026-03-02")
    second = escalate(tmp_path, ref, "--on", "2026-04-01", "--kind", "reminder")
    assert second["letter"] == "reminder_2"
    done = optout(tmp_path, "letter", ref, "--letter", "reminder-2", "--format", "txt", "-o", "-")
    assert done.returncode == 0, done.stderr
    assert "Sincerely" in done.stdout


def test_a_refusal_is_answered_with_a_complaint(tmp_path: Path) -> None:
    ref = case(tmp_path, "DE", "--language", "en")
    log(tmp_path, ref, "refused", "--ground", "law-does-not-apply", "--on", "2026-01-20")
    first = escalate(tmp_path, ref, "--on", "2026-01-24", "--kind", "reminder", "--format", "txt")
    assert "I keep up what I asked" in text(tmp_path, first) and "It does, even without an establishment" in text(
        tmp_path, first
    )
    done = optout(tmp_path, "escalate", ref, "--on", "2026-01-25", "--format", "txt")
    assert done.returncode == 0, done.stderr
    words = " ".join((tmp_path / done.stdout.strip()).read_text().split())
    assert "Zuständige Aufsichtsbehörde 25. Januar 2026" in words
    assert "20. Januar 2026: Mein Anliegen wurde abgelehnt. Angegebener Grund: Das Gesetz sei nicht anwendbar." in words
    assert "Art. 12 Abs. 3" not in words, "no time was missed"
    assert "--region DE-BB" in done.stderr
    found = escalate(tmp_path, ref, "--on", "2026-01-25", "--format", "txt", "--region", "DE-BE")
    assert found["authority"]["id"] == "de-be-bdi"
    assert found["letter"] == "complaint"
    assert "10555 Berlin" in text(tmp_path, found)
    assert "is no part of DE" in refused(tmp_path, ref, "--on", "2026-01-25", "--region", "FR", code=5)


def test_a_form_that_is_mandatory_is_named(tmp_path: Path) -> None:
    ref = case(tmp_path, "ES", "--language", "en")
    done = optout(tmp_path, "escalate", ref, "--on", "2026-03-01", "--kind", "complaint", "--format", "txt")
    assert "must be on its own form" in done.stderr and "https://sedeaepd.gob.es/" in done.stderr
    dry = optout(tmp_path, "escalate", ref, "--on", "2026-03-01", "--kind", "complaint", "-n")
    assert "must be on its own form" in dry.stderr


def test_where_no_law_helps_there_is_a_reminder_and_no_more(tmp_path: Path) -> None:
    ref = case(tmp_path, "US-IL", "--demand", "access")
    found = escalate(tmp_path, ref, "--on", "2026-03-01", "--format", "txt")
    words = text(tmp_path, found)
    assert "by 4 February 2026, a date that I had chosen" in words
    assert "The time to answer" not in words and "starts no new time" not in words
    log(tmp_path, ref, "reminded", "--on", "2026-03-01")
    said = refused(tmp_path, ref, "--on", "2026-04-01")
    assert "no law known" in said and f"optout escalate {ref} --kind reminder" in said
    assert (
        escalate(tmp_path, ref, "--on", "2026-04-01", "--kind", "reminder", "--format", "txt")["letter"] == "reminder_2"
    )


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ((), "no answer is overdue before 2026-02-13"),
        (("answered", "--on", "2026-01-20"), "was not read into the case yet"),
        (("closed", "--on", "2026-01-20"), "is done"),
    ],
)
def test_no_is_said_with_a_way_on(tmp_path: Path, before: tuple[str, ...], words: str) -> None:
    ref = case(tmp_path, "FR")
    if before:
        log(tmp_path, ref, *before)
    said = refused(tmp_path, ref, "--on", "2026-02-01")
    assert words in said and "hint: " in said and f"{ref}" in said.partition("hint: ")[2]


def test_nothing_sent_is_no_silence(tmp_path: Path) -> None:
    done = optout(tmp_path, "request", "clearview", *PERSON, "--residence", "FR", "--format", "txt", "--json")
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    assert "no letter" in refused(tmp_path, ref) and "sent --by CHANNEL" in refused(tmp_path, ref)


def test_only_a_court_is_left_to_the_person(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR")
    log(tmp_path, ref, "complained", "--on", "2026-03-01")
    log(tmp_path, ref, "refused", "--on", "2026-03-05")
    assert "a complaint of 2026-03-01 runs" in refused(tmp_path, ref, "--on", "2026-03-10", "--kind", "complaint")


def test_dry_run_keeps_nothing(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    done = optout(tmp_path, "escalate", ref, "--on", "2026-03-01", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "This letter is a reminder" in done.stdout
    assert len(json.loads(optout(tmp_path, "show", ref, "--json").stdout)["events"]) == 2
    assert not list(tmp_path.glob("optout-letters/*/*reminder*"))
    assert escalate(tmp_path, ref, "--on", "2026-03-01", "-n")["kept"] is False


def test_quebec_is_reminded_in_both_languages(tmp_path: Path) -> None:
    ref = case(tmp_path, "CA-QC")
    found = escalate(tmp_path, ref, "--on", "2026-03-10", "--format", "txt")
    assert found["languages"] == ["fr", "en"]
    assert [Path(path).name.removeprefix(ref) for path in found["files"]] == ["-reminder-fr.txt", "-reminder-en.txt"]
    complaint = escalate(tmp_path, ref, "--on", "2026-03-10", "--kind", "complaint", "--format", "txt")
    assert complaint["languages"] == ["fr"]
    assert complaint["authority"]["id"] == "ca-opc"


def test_the_bundle_holds_what_proves_the_case(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    (tmp_path / "reply.txt").write_text("we have your letter")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-06", "--file", "reply.txt", "--note", "a private thought")
    args = ("--on", "2026-03-01", "--format", "txt", "--kind", "complaint", "--bundle", "proof.zip")
    assert escalate(tmp_path, ref, *args)["bundle"] == "proof.zip"
    path = tmp_path / "proof.zip"
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.read_bytes()
    with zipfile.ZipFile(path) as made:
        manifest = json.loads(made.read("manifest.json"))
        names = [row["name"] for row in manifest["files"]]
        assert names == [
            f"letters/{ref}-access-en.txt", f"letters/{ref}-complaint-fr.txt", "kept/02-reply.txt", "history.txt",
        ]  # fmt: skip
        for row in manifest["files"]:
            assert hashlib.sha256(made.read(row["name"])).hexdigest() == row["sha256"]
        assert made.read("kept/02-reply.txt") == b"we have your letter"
        history = made.read("history.txt").decode()
        assert "acknowledged" in history and "private thought" not in history
    assert "is there already" in refused(tmp_path, ref, *args, code=1)
    assert escalate(tmp_path, ref, *args, "--force")["bundle"] == "proof.zip"
    assert path.read_bytes() == first
    assert not [name for name in tmp_path.iterdir() if name.name.startswith(".optout")]


def test_a_letter_that_never_went_out_is_no_evidence(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-06")
    escalate(tmp_path, ref, "--on", "2026-02-10", "--format", "txt", "--kind", "reminder")
    args = ("--on", "2026-03-01", "--format", "txt", "--kind", "complaint", "--bundle", "proof.zip")
    escalate(tmp_path, ref, *args)
    with zipfile.ZipFile(tmp_path / "proof.zip") as made:
        letters = [name for name in made.namelist() if name.startswith("letters/")]
    assert letters == [f"letters/{ref}-access-en.txt", f"letters/{ref}-complaint-fr.txt"]


def test_what_was_chosen_and_means_nothing_is_refused(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-06")
    late = ("--on", "2026-03-01", "--kind", "complaint", "-n")
    assert "no part of France has an authority of its own" in refused(tmp_path, ref, *late, "--region", "DE-BE", code=5)
    said = refused(tmp_path, ref, "--on", "2026-03-01", "--kind", "reminder", "--remedy", "gdpr-complaint", code=2)
    assert "a reminder uses no remedy" in said
    ref = case(tmp_path, "DE", "--language", "en")
    assert "DE is no part of DE" in refused(tmp_path, ref, *late, "--region", "DE", code=5)


def test_no_bundle_is_left_where_no_letter_follows(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR")
    refused(tmp_path, ref, "--on", "2026-01-10", "--bundle", "proof.zip")
    assert not (tmp_path / "proof.zip").exists()
    assert not [name for name in tmp_path.iterdir() if name.name.startswith(".optout")]


def test_a_follow_up_travels_with_its_case(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    escalate(tmp_path, ref, "--on", "2026-03-01", "--format", "txt")
    log(tmp_path, ref, "reminded", "--on", "2026-03-01")
    escalate(tmp_path, ref, "--on", "2026-03-20", "--format", "txt")
    exported = optout(tmp_path, "export", "-o", "cases.jsonl")
    assert exported.returncode == 0, exported.stderr
    there = ("--home", str(tmp_path / "other"))
    taken = optout(tmp_path, *there, "import", "cases.jsonl")
    assert taken.returncode == 0, taken.stderr
    done = optout(tmp_path, *there, "show", ref, "--verify")
    assert done.returncode == 0, done.stderr
    written = optout(tmp_path, *there, "letter", ref, "--letter", "complaint", "--format", "txt", "-o", "-")
    assert "Réclamation contre Clearview AI" in written.stdout


def test_a_reminder_can_be_taken_back_and_its_letter_stays(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR")
    escalate(tmp_path, ref, "--on", "2026-03-01", "--format", "txt")
    log(tmp_path, ref, "reminded", "--on", "2026-03-02")
    log(tmp_path, ref, "corrected", "--event", "4")
    assert "send the letter reminder" in optout(tmp_path, "status", "--on", "2026-03-03").stdout
    assert escalate(tmp_path, ref, "--on", "2026-03-03", "--format", "txt")["letter"] == "reminder"


def test_british_silence_goes_to_the_firm_first_and_then_to_the_commissioner(tmp_path: Path) -> None:
    done = optout(
        tmp_path,
        "request",
        "clearview",
        *PERSON,
        "--residence",
        "GB-ENG",
        "--on",
        "2026-07-06",
        "--format",
        "txt",
        "--json",
    )
    ref = json.loads(done.stdout)["cases"][0]["ref"]
    log(tmp_path, ref, "sent", "--by", "email", "--letter", "access", "--on", "2026-07-06")
    found = escalate(tmp_path, ref, "--on", "2026-08-20", "--format", "txt")
    assert (found["kind"], found["letter"], found["remedy"]) == ("firm_complaint", "firm_complaint", "uk-firm")
    words = text(tmp_path, found)
    assert "Data Protection Act 2018, section 164A, I complain to you" in words
    assert "within 30 days (section 164A)" in words
    assert words.count("The time to answer was") == 1, "the clock of that day, and no other"
    log(tmp_path, ref, "complained", "--remedy", "uk-firm", "--on", "2026-08-20", "--by", "email")
    assert "you complained on 2026-08-20" in refused(tmp_path, ref, "--on", "2026-08-25")
    then = escalate(tmp_path, ref, "--on", "2026-08-25", "--kind", "complaint", "--format", "txt")
    assert (then["kind"], then["remedy"], then["authority"]["id"]) == ("authority", "uk-ico", "gb-ico")
    assert "section 165(2)" in text(tmp_path, then) and "Art 77" not in text(tmp_path, then)


def test_a_vault_of_before_takes_these_letters_too(tmp_path: Path) -> None:
    """The tables are those that an older version made: it has neither the last columns nor the newer summaries."""
    from optout.store.paths import paths
    from optout.store.vault import Vault

    ref = case(tmp_path, "FR")
    with Vault.open(paths(str(tmp_path / "home")), create=False) as vault:
        for table in ("chunks", "batch_cases", "batches"):
            vault.run(f"drop table {table}")
        vault.run("drop index summary_running")
        vault.run("drop index cases_by_firm")
        vault.run("alter table summary drop column held_letter")
        vault.run("pragma user_version = 3")
    assert escalate(tmp_path, ref, "--on", "2026-03-01", "--format", "txt")["letter"] == "reminder"
    log(tmp_path, ref, "reminded", "--on", "2026-03-02")
    assert escalate(tmp_path, ref, "--on", "2026-03-20", "--format", "txt")["letter"] == "complaint"
    assert "The chain holds" in optout(tmp_path, "show", ref, "--verify").stderr


def test_a_reminder_that_was_overtaken_is_wanted_no_more_and_is_no_evidence(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-06")
    escalate(tmp_path, ref, "--on", "2026-02-10", "--format", "txt", "--kind", "reminder")
    log(tmp_path, ref, "refused", "--on", "2026-02-12", "--ground", "law-does-not-apply")
    step = optout(tmp_path, "status", "--on", "2026-02-13").stdout
    assert "send the letter reminder" not in step and f"optout escalate {ref}" in step
    args = ("--on", "2026-02-13", "--format", "txt", "--bundle", "proof.zip")
    assert escalate(tmp_path, ref, *args)["letter"] == "complaint"
    with zipfile.ZipFile(tmp_path / "proof.zip") as made:
        assert not [name for name in made.namelist() if "reminder" in name]


def test_a_reminder_that_went_out_is_evidence(tmp_path: Path) -> None:
    ref = case(tmp_path, "FR", "--language", "en")
    log(tmp_path, ref, "acknowledged", "--on", "2026-01-06")
    escalate(tmp_path, ref, "--on", "2026-02-10", "--format", "txt")
    log(tmp_path, ref, "reminded", "--on", "2026-02-11", "--by", "email")
    escalate(tmp_path, ref, "--on", "2026-03-05", "--format", "txt", "--kind", "complaint", "--bundle", "proof.zip")
    with zipfile.ZipFile(tmp_path / "proof.zip") as made:
        assert f"letters/{ref}-reminder-en.txt" in made.namelist()


def test_proof_of_identity_that_stops_no_clock_is_answered_and_word_of_more_time_that_came_late(tmp_path: Path) -> None:
    ref = case(tmp_path, "IE")
    log(tmp_path, ref, "identity-asked", "--on", "2026-01-20")
    words = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-03-01", "--kind", "reminder", "--format", "txt"))
    for said in ("On 20 January 2026 you asked me to prove who I am.", "reasonable doubts", "MED-2021-134"):
        assert said in words
    log(tmp_path, ref, "extended", "--until", "2026-05-01", "--on", "2026-02-20")
    words = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-03-20", "--kind", "complaint", "--format", "txt"))
    assert "I was told that more time is needed, until 1 May 2026. By then the time to answer had ended" in words
    assert "no doubt that my request leaves" in words and "was excessive, since a picture" in words
    log(tmp_path, ref, "identity-given", "--on", "2026-03-21")
    again = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-03-22", "--kind", "complaint", "--format", "txt"))
    assert "no doubt that my request leaves" not in again


def test_every_ground_is_answered_those_of_an_earlier_day_too(tmp_path: Path) -> None:
    ref = case(tmp_path, "IE")
    for ground, on in (("excessive", "2026-01-19"), ("law-does-not-apply", "2026-01-20"), ("wrong-form", "2026-01-20")):
        log(tmp_path, ref, "refused", "--ground", ground, "--on", on)
    words = text(tmp_path, escalate(tmp_path, ref, "--on", "2026-01-25", "--format", "txt"))
    assert "The firm says that the GDPR does not apply to it. It does" in words
    assert "prescribes no form for such a request" in words
    assert "C-526/24" in words, "the ground of the day before was not taken back"
