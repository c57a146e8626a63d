"""F-27: a clock that is wrong makes nothing overdue, and all is as before when it is right again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.test_main_job import optout
from tests.cli.test_remind import ROOT, draft, log
from tests.store.test_secret_service import needed

# The clock as the program reads it, a moment after the last entry.
AT = """
import sys
from datetime import datetime, timedelta
from optout.cli import app, main

class Day(app.App):
    def now(self):
        return MOMENT
    @property
    def today(self):
        self._on = self._on or datetime.fromisoformat(MOMENT).date()
        return self._on

import optout.cli.remind, optout.cli.status
optout.cli.remind.App = optout.cli.status.App = Day
MOMENT = sys.argv[1]
main(sys.argv[2:])
"""


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A case that has been overdue since 2026-02-14."""
    home = tmp_path_factory.mktemp("late")
    ref = draft(home)
    log(home, ref, "sent", "--letter", "access", "--by", "email", "--on", "2026-01-06")
    return home, ref


def at(home: Path, moment: str, *args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "OPTOUT_HOME": str(home / "home"), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", AT, moment, *args], env=env, capture_output=True, text=True, cwd=home)


def years(number: int) -> str:
    return f"{date.today() + timedelta(days=round(number * 365.25))}T12:00:00+00:00"  # noqa: DTZ011


MOMENTS = {
    "a day behind": f"{date.today() - timedelta(days=1)}T00:00:00+00:00",  # noqa: DTZ011
    "ten years behind": years(-10),
    "ten years ahead": years(10),
    "1970": "1970-01-01T00:00:10+00:00",
    "2038": "2038-01-19T03:14:08+00:00",
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_f27_a_wrong_clock_makes_nothing_overdue(late: tuple[Path, str], moment: str) -> None:
    home, ref = late
    done = at(home, moment, "remind", "--json", "--exit-code")
    assert done.returncode == 0 and "nothing is called overdue" in done.stderr
    body = json.loads(done.stdout)
    assert body["groups"]["overdue"] == body["groups"]["asleep"] == [] and body["counts"]["overdue"] == 0
    assert "overdue" not in at(home, moment, "status").stdout
    given = at(home, moment, "remind", "--exit-code", "--on", "2026-02-14")
    assert (given.returncode, given.stderr) == (10, "") and ref in given.stdout
    right = optout(home, "remind", "--exit-code")
    assert (right.returncode, right.stderr) == (10, "")


def test_a_pause_of_some_years_is_no_wrong_clock(late: tuple[Path, str]) -> None:
    home, _ = late
    done = at(home, years(4), "remind", "--exit-code")
    assert (done.returncode, done.stderr) == (10, "")


@pytest.mark.system
@pytest.mark.parametrize("shift", ["-1d", "-10y", "+10y", "@1970-01-02 00:00:00", "@2038-01-19 03:14:08"])
def test_f27_a_really_wrong_clock(late: tuple[Path, str], shift: str) -> None:
    home, ref = late
    env = {**os.environ, "OPTOUT_HOME": str(home / "home"), "PYTHONPATH": str(ROOT)}
    command = [needed("faketime"), "-f", shift, sys.executable, "-m", "optout", "remind", "--exit-code"]
    done = subprocess.run(command, env=env, cwd=home, capture_output=True, text=True)
    assert done.returncode == 0 and "nothing is called overdue" in done.stderr, done.stderr
    assert "verdue since" not in done.stdout
    done = optout(home, "remind", "--exit-code")
    assert (done.returncode, done.stderr) == (10, "") and ref in done.stdout


@pytest.mark.system
@pytest.mark.parametrize(
    ("moment", "zone", "today"),
    [
        ("2027-03-28 00:59:59", "Europe/Berlin", "2027-03-28"),  # the hour before the spring change
        ("2027-03-28 01:00:01", "Europe/Berlin", "2027-03-28"),
        ("2027-10-31 00:59:59", "Europe/Berlin", "2027-10-31"),  # 02:59:59, which comes twice that night
        ("2027-10-31 22:59:59", "Europe/Berlin", "2027-10-31"),  # a day of 25 hours
        ("2027-03-14 07:30:00", "America/Los_Angeles", "2027-03-13"),
        ("2027-03-14 10:00:01", "America/Los_Angeles", "2027-03-14"),
        ("2027-03-14 10:00:01", "Pacific/Kiritimati", "2027-03-15"),
    ],
)
def test_f26_today_is_the_persons_calendar_day(late: tuple[Path, str], moment: str, zone: str, today: str) -> None:
    home, ref = late
    env = {**os.environ, "OPTOUT_HOME": str(home / "home"), "PYTHONPATH": str(ROOT), "TZ": "UTC"}
    run = "import os, sys, time; os.environ['TZ'] = sys.argv.pop(1); time.tzset(); from optout.cli import main; main()"
    command = [needed("faketime"), "-f", f"@{moment}", sys.executable, "-c", run, zone, "remind", "--json"]
    done = subprocess.run(command, env=env, cwd=home, capture_output=True, text=True)
    body = json.loads(done.stdout)
    assert body["today"] == today, done.stderr
    assert [(x["ref"], x["on"]) for x in body["groups"]["overdue"]] == [(ref, "2026-02-06")]
