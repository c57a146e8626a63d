"""`remind --ics`: what a calendar is told, and taken back, over the life of a case."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject

from tests.cli.test_main_job import optout
from tests.cli.test_remind import ROOT, draft, log
from tests.render.test_ics import strictly


def calendar(home: Path, *args: str) -> dict[str, dict[str, str]]:
    """The entries of the calendar file by uid, read strictly."""
    path = home / "dates.ics"
    done = optout(home, "remind", "--ics", str(path), *args)
    assert done.returncode == 0, done.stderr
    return {entry["UID"]: entry for entry in strictly(path.read_bytes())}


def test_dates_move_and_go_in_the_calendar_as_in_the_case(tmp_path: Path) -> None:
    ref = draft(tmp_path)
    path = tmp_path / "dates.ics"
    done = optout(tmp_path, "remind", "--ics", str(path))
    assert done.returncode == 0 and "no calendar was written" in done.stderr and not path.exists()

    log(tmp_path, ref, "sent", "--letter", "access", "--by", "email", "--on", "2026-01-06")
    ((uid, first),) = calendar(tmp_path).items()
    assert first["DTSTART;VALUE=DATE"] == "20260206"
    assert first["SUMMARY"] == f"{ref}: date (estimated)" and "DESCRIPTION" not in first
    assert ref not in uid
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    calendar(tmp_path)
    assert path.read_bytes() == before, "the same state, the same bytes"

    log(tmp_path, ref, "acknowledged", "--on", "2026-01-07")
    ((same, second),) = calendar(tmp_path).items()
    assert same == uid and second["DTSTART;VALUE=DATE"] == "20260209"
    assert int(second["SEQUENCE"]) > int(first["SEQUENCE"]) and second["SUMMARY"] == f"{ref}: date"

    log(tmp_path, ref, "answered", "--on", "2026-01-20", "--outcome", "access=met")
    ((same, third),) = calendar(tmp_path).items()
    assert same == uid and third["STATUS"] == "CANCELLED" and int(third["SEQUENCE"]) > int(second["SEQUENCE"])
    assert ref not in third["SUMMARY"]

    log(tmp_path, ref, "sent", "--letter", "deletion", "--by", "email", "--on", "2026-01-21")
    entries = calendar(tmp_path)
    assert entries.pop(uid) == third
    ((_, other),) = entries.items()
    assert (other["STATUS"], other["DTSTART;VALUE=DATE"]) == ("CONFIRMED", "20260223")

    log(tmp_path, ref, "corrected", "--event", "4")
    back = calendar(tmp_path)[uid]
    assert (back["STATUS"], back["DTSTART;VALUE=DATE"]) == ("CONFIRMED", "20260209")
    assert int(back["SEQUENCE"]) > int(third["SEQUENCE"])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("running")
    ref = draft(home)
    log(home, ref, "sent", "--letter", "access", "--by", "email", "--on", "2026-02-27")
    log(home, ref, "acknowledged", "--on", "2026-02-28")
    return home, ref


def test_names_stand_in_it_only_when_asked(running: tuple[Path, str]) -> None:
    home, ref = running
    done = optout(home, "remind", "--ics", "-", "--on", "2026-03-01")
    for word in ("learview", "Ada", "Example", "GDPR", "respond", "access"):
        assert word not in done.stdout, word
    (entry,) = strictly(named(home).encode())
    assert entry["SUMMARY"] == f"{ref} Clearview AI: respond"
    assert entry["DESCRIPTION"].startswith("GDPR, Art. 12(3): 1 month from receipt on 2026-02-28")
    assert "Ada" not in str(entry)


def named(home: Path) -> str:
    """Standard output byte for byte: as text, its line ends would be lost."""
    env = {**os.environ, "OPTOUT_HOME": str(home / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "optout", "remind", "--ics", "-", "--with-names"]
    return subprocess.run(command, env=env, cwd=home, capture_output=True, check=True).stdout.decode()


def test_a_filter_leaves_the_other_dates_alone(running: tuple[Path, str]) -> None:
    home, _ = running
    whole = calendar(home)
    done = optout(home, "remind", "--ics", "-", "--firm", "pimeyes")
    assert (done.returncode, done.stdout) == (0, "")
    assert calendar(home, "--firm", "clearview") == calendar(home) == whole


@pytest.mark.parametrize("kind", ["link", "dangling", "folder", "nowhere", "other", "device"])
def test_it_goes_into_a_plain_file_or_nowhere(running: tuple[Path, str], kind: str, tmp_path: Path) -> None:
    home, _ = running
    target, path = tmp_path / "target", tmp_path / "dates.ics"
    if kind == "link":
        target.write_text("mine")
    if kind in ("link", "dangling"):
        path.symlink_to(target)
    if kind == "folder":
        path.mkdir()
    if kind == "other":
        path.write_text("not a calendar")
    if kind == "device":
        os.mkfifo(path)
    if kind == "nowhere":
        path = tmp_path / "no" / "dates.ics"
    before = sorted(x.name for x in tmp_path.iterdir())
    done = optout(home, "remind", "--ics", str(path))
    assert done.returncode == 1 and done.stderr.startswith("optout: ") and "Traceback" not in done.stderr
    assert sorted(x.name for x in tmp_path.iterdir()) == before, "no temporary file stays"
    assert kind != "other" or path.read_text() == "not a calendar"
    assert kind != "link" or target.read_text() == "mine"


ZONES = ("Pacific/Kiritimati", "America/Los_Angeles", "Europe/Berlin", "Pacific/Pago_Pago")


def dates(data: bytes) -> list[date]:
    """The days of a file as three readers see them."""
    days = [date.fromisoformat(entry["DTSTART;VALUE=DATE"]) for entry in strictly(data)]
    assert days == [event.start for event in icalendar.Calendar.from_ical(data).walk("VEVENT")]
    assert days == [event.dtstart.value for event in vobject.readOne(data.decode()).vevent_list]
    return days


def test_f26_the_zone_of_the_computer_moves_no_date(tmp_path: Path) -> None:
    """Sent and received on the days of both changes of the clock, in zones a day apart."""
    found: dict[str, Any] = {}
    for zone in ZONES:
        home = tmp_path / zone.replace("/", "-")
        home.mkdir()
        for sent, received in (
            ("2026-03-29", "2026-03-29"),
            ("2025-10-26", "2025-10-26"),
            ("2026-01-30", "2026-01-31"),
        ):
            ref = draft(home, "--again", on=sent)
            for event in (
                ["sent", "--letter", "access", "--by", "post", "--on", sent],
                ["delivered", "--on", received],
            ):
                done = optout(home, "log", ref, *event, TZ=zone)
                assert done.returncode == 0, done.stderr
        path = home / "dates.ics"
        done = optout(home, "remind", "--ics", str(path), "--plain", "--on", "2026-04-01", TZ=zone)
        listed = sorted([*line.split("\t")[:1], *line.split("\t")[4:7]] for line in done.stdout.splitlines())
        found[zone] = (listed, sorted(dates(path.read_bytes())))
        assert found[zone] == found[ZONES[0]], zone
    assert found[ZONES[0]][1] == [date(2025, 11, 26), date(2026, 3, 2), date(2026, 4, 29)]
