"""`remind --schedule`: the entry that runs `remind` every day at nine, for the user to install. Nothing is installed."""

from __future__ import annotations

import os
import sys
from typing import Any

from optout.cli.output import line, say
from optout.errors import NotPossible, SecretUnavailable

HOUR = 9
TALK = {
    "cron": ("Put this line into `crontab -e`.",
             "cron mails what the command prints, so firms are named in that mail; MAILTO says to whom it goes."),
    "systemd": ("Put the two parts into the files that their first lines name, then:",
                "systemctl --user daemon-reload && systemctl --user enable --now optout-remind.timer",
                "What the command prints is in `journalctl --user -u optout-remind`."),
    "launchd": ("Save this as ~/Library/LaunchAgents/optout.remind.plist, then:",
                "launchctl load ~/Library/LaunchAgents/optout.remind.plist",
                "launchd drops what the command prints unless you add StandardOutPath."),
    "windows": ("Save this as optout-remind.xml, then:",
                "schtasks /create /tn optout-remind /xml optout-remind.xml",
                "Task Scheduler shows the command's last code; 10 means that something is overdue."),
}  # fmt: skip


def show(system: str, settings: dict[str, Any]) -> None:
    """Prints the entry on stdout and how to install it on stderr. Raises NotPossible for a word it cannot hold."""
    words = command(settings)
    for word in words:
        _holds(system, word)
    text = {"cron": cron, "systemd": systemd, "launchd": launchd, "windows": windows}[system](words)
    for one in text.splitlines():
        line(one, whole=True)
    for said in TALK[system]:
        say(said)
    if not _passphrase(settings) and _has_passphrase(settings):
        say("The vault has a passphrase, and nobody is there to type it: unless the keyring is open at that hour,")
        say("give --passphrase-file FILE or --passphrase-command CMD to this command as well.")


def command(settings: dict[str, Any]) -> list[str]:
    """This interpreter, which knows where the program lies, and never a program of the folder it is started in (-P)."""
    home = settings.get("home") or os.environ.get("OPTOUT_HOME")
    where = ["--home", os.path.abspath(home)] if home else []
    return [sys.executable, "-P", "-m", "optout", *where, *_passphrase(settings), "remind", "--exit-code", "--no-input"]


def _passphrase(settings: dict[str, Any]) -> list[str]:
    """The option that opens the vault while nobody is there, true from any folder.

    It was tried as far as that asks nobody, since what is no file or program may be the passphrase itself. Raises
    NotPossible for a descriptor, which no scheduler opens, SecretUnavailable and Missing.
    """
    file, command = settings.get("passphrase_file"), settings.get("passphrase_command")
    if file is None and command is None and settings.get("passphrase_fd") is None:
        return []
    from optout.cli import passphrases

    passphrases.given(settings)
    if file is not None:
        path = os.path.abspath(os.path.expanduser(file))
        passphrases.from_file(path)
        return ["--passphrase-file", path]
    if command is None:
        hint = "give --passphrase-file FILE or --passphrase-command CMD"
        raise NotPossible("a scheduler has no descriptor that --passphrase-fd could read", hint)
    import shlex
    import shutil

    words = passphrases.words_of(command)
    program = shutil.which(words[0])
    if program is None:
        raise SecretUnavailable("the passphrase command is not found", "name the program with its whole path")
    return ["--passphrase-command", shlex.join([os.path.abspath(program), *words[1:]])]


def _has_passphrase(settings: dict[str, Any]) -> bool:
    from optout.cli.app import App
    from optout.store import passphrase

    return passphrase.exists(App(settings).paths.vault)


def cron(words: list[str]) -> str:
    """One line; cron takes a percent sign for the end of the command unless it is escaped."""
    import shlex

    return f"0 {HOUR} * * * {shlex.join(words).replace('%', chr(92) + '%')}"


def systemd(words: list[str]) -> str:
    """Two unit files. The colon keeps systemd from replacing variables; a percent sign is doubled."""
    quoted = " ".join(f'"{word}"' for word in (_escaped(word) for word in words))
    return f"""# ~/.config/systemd/user/optout-remind.service
[Unit]
Description=Dates of letters

[Service]
Type=oneshot
ExecStart=:{quoted}
SuccessExitStatus=10

# ~/.config/systemd/user/optout-remind.timer
[Unit]
Description=Dates of letters, every day

[Timer]
OnCalendar=*-*-* {HOUR:02}:00:00
Persistent=true

[Install]
WantedBy=timers.target"""


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def launchd(words: list[str]) -> str:
    """A property list of a launch agent."""
    import plistlib

    agent = {
        "Label": "optout.remind",
        "ProgramArguments": words,
        "StartCalendarInterval": {"Hour": HOUR, "Minute": 0},
    }
    return plistlib.dumps(agent, sort_keys=False).decode().replace("\t", "  ")


def windows(words: list[str]) -> str:
    """A task of the Task Scheduler. No encoding is declared, since the shell that saves it decides that."""
    import subprocess
    from xml.etree import ElementTree as Xml

    task = Xml.Element("Task", version="1.2", xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task")
    trigger = Xml.SubElement(Xml.SubElement(task, "Triggers"), "CalendarTrigger")
    Xml.SubElement(trigger, "StartBoundary").text = f"2026-01-01T{HOUR:02}:00:00"
    Xml.SubElement(Xml.SubElement(trigger, "ScheduleByDay"), "DaysInterval").text = "1"
    Xml.SubElement(Xml.SubElement(task, "Settings"), "StartWhenAvailable").text = "true"
    run = Xml.SubElement(Xml.SubElement(task, "Actions"), "Exec")
    Xml.SubElement(run, "Command").text = words[0]
    Xml.SubElement(run, "Arguments").text = subprocess.list2cmdline(words[1:])
    Xml.indent(task)
    return Xml.tostring(task, encoding="unicode")


def _holds(system: str, word: str) -> None:
    """Characters for which a scheduler has no dependable way of writing."""
    refused = {"cron": "\\", "windows": "%"}.get(system, "")
    if not word.isprintable() or any(sign in word for sign in refused):
        hint = "move it to another folder, or put the passphrase command into a script"
        raise NotPossible(f"{word} has a character that {system} cannot hold", hint)
