"""A case from England, in which the firm hears a complaint before the Information Commissioner does."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_log import Run
from tests.cli.test_main_job import PERSON, optout
from tests.conventions.test_schemas import judge


def begun(home: Path, on: str, sent: str) -> tuple[str, Run]:
    done = optout(home, "request", "clearview", *PERSON[:4], "--residence", "GB-ENG", "--json", "--on", on,
                  "--format", "txt")  # fmt: skip
    assert done.returncode == 0, done.stderr
    ref = json.loads(done.stdout)["cases"][0]["ref"]

    def log(*args: str) -> str:
        logged = optout(home, "log", ref, *args)
        assert logged.returncode == 0, (args, logged.stderr)
        return str(logged.stderr)

    log("sent", "--by", "email", "--on", sent)
    log("acknowledged", "--on", sent)
    return ref, log


def test_the_firm_first_then_the_commissioner(tmp_path: Path) -> None:
    ref, log = begun(tmp_path, "2026-07-01", "2026-07-02")
    first = "complain to the firm first (Data Protection Act 2018, section 164A)"
    (row,) = json.loads(optout(tmp_path, "status", "--json", "--on", "2026-08-10").stdout)["cases"]
    assert first in row["step"] and "--remedy uk-firm" in row["step"]
    assert first in optout(tmp_path, "show", ref).stdout
    assert first in optout(tmp_path, "remind", "--on", "2026-08-10").stdout
    said = log("complained", "--by", "email", "--on", "2026-08-10")
    assert "Recorded as: uk-firm (firm complaint under Data Protection Act 2018)" in said
    assert "firm complaint reply: 2026-09-09" in said
    early = optout(tmp_path, "remind", "--on", "2026-09-16")
    assert "uk-ico" not in early.stdout, "receipt is not proved, so seven days more"
    late = optout(tmp_path, "remind", "--on", "2026-09-17").stdout
    assert "complain to Information Commissioner" in late and "--remedy uk-ico" in late
    said = log("acknowledged", "--on", "2026-09-20")
    assert "Recorded as: uk-firm" in said and "what the firm decides on the complaint" in said
    said = log("complained", "--on", "2026-11-01")
    assert "Recorded as: uk-ico (authority under Data Protection Act 2018, to Information Commissioner" in said
    assert "authority reply: 2027-02-01" in said
    shown = json.loads(optout(tmp_path, "show", ref, "--json").stdout)
    assert list(judge("show").iter_errors(shown)) == []
    remedies = {x["id"]: x for x in shown["case"]["remedies"]}
    assert remedies["uk-firm"]["in_force"] == {"from": "2026-06-19"}
    assert remedies["uk-tribunal"]["needs"] == ["uk-ico"] and remedies["uk-court"]["provision"] == "section 167"


def test_a_complaint_that_was_not_made_cannot_be_acknowledged(tmp_path: Path) -> None:
    ref, _ = begun(tmp_path, "2026-06-01", "2026-06-02")
    for args, said in (
        (("acknowledged", "--remedy", "uk-firm", "--on", "2026-07-01"), "no complaint under 'uk-firm'"),
        (("acknowledged", "--remedy", "uk-ico", "--on", "2026-07-01"), "no remedy 'uk-ico' that the firm could"),
        (("complained", "--remedy", "uk-firm", "--on", "2026-06-18"), "'uk-firm' is in force from 2026-06-19"),
        (("complained", "--remedy", "uk-ico-before", "--on", "2026-06-19"), "in force until 2026-06-18"),
    ):
        refused = optout(tmp_path, "log", ref, *args)
        assert refused.returncode == 6 and said in refused.stderr, (args, refused.stderr)
    done = optout(tmp_path, "log", ref, "complained", "--on", "2026-06-18", "--dry-run")
    assert "Recorded as: uk-ico-before (authority under UK GDPR" in done.stderr
