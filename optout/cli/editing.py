"""A profile in the user's own editor: written out, edited in a private place, read back."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import click

from optout.cli import person
from optout.cli.app import App
from optout.cli.output import say
from optout.errors import BadData, Declined, Missing, NotPossible
from optout.store import private, scratch

FILE = "profile.yaml"
_HEAD = """\
# The profile '{ident}'. Save and close to keep it. An empty file changes nothing.
# email_alias: an address made for this purpose, which letters give instead of email.
# address: lines that begin with a dash. Letters give it only with print_address: true.
# situation: your own situation in your words, for an objection. "" stands for nothing.
"""
_BARE = re.compile(r"[^\W\d_][\w .,@'-]*(?<! )")
"""Text that YAML takes as it stands, unless it is one of its words."""


def edited(app: App, ident: str, before: Mapping[str, Any]) -> dict[str, Any] | None:
    """The profile as it was saved, None when nothing was changed.

    Raises Missing without a terminal or an editor, Declined when the editor failed or the file is empty, and BadData
    when what is wrong is not to be mended.
    """
    command = _editor(app, ident)
    with scratch.folder(os.path.realpath(app.paths.vault)) as folder:
        path = os.path.join(folder, FILE)
        data = as_text(ident, before).encode("utf-8")
        private.create(path, data)
        while True:
            _run(command, path)
            now = _read(path)
            if now == data:
                return None
            if not re.sub(rb"(?m)^[ \t]*(#.*)?$", b"", now).strip():
                raise Declined("the file is empty, so nothing was changed")
            try:
                plain, positions = person.parsed(FILE, now)
                return complete(person.cleaned(app, plain, FILE, positions))
            except BadData as error:
                say(f"optout: {error}")
                for problem in error.problems:
                    say(f"  {problem}")
                if not click.confirm("Open the editor again?", default=True, err=True):
                    raise Declined("nothing was changed") from None


def complete(kept: dict[str, Any]) -> dict[str, Any]:
    """The same. Raises BadData when it lacks what every letter needs."""
    if "name" not in kept:
        raise BadData("the name is missing")
    if "email" not in kept and "email_alias" not in kept:
        raise BadData("the e-mail address is missing")
    if "residence" not in kept:
        raise BadData("the place of residence is missing")
    return kept


def as_text(ident: str, kept: Mapping[str, Any]) -> str:
    """The profile as a file with every field, which `person.parsed` reads back as the same."""
    lines = []
    for key in person.FIELDS:
        value = kept.get(key, "")
        if key == "address":
            lines += [f"{key}:", *(f"  - {_scalar(x)}" for x in value)] if value else [f"{key}: []"]
        elif key in person.YES_OR_NO:
            lines.append(f"{key}: {'true' if value else 'false'}")
        elif "\n" in value and all(line.isprintable() for line in value.split("\n")):
            lines += [f"{key}: |-", *(f"  {line}" if line else "" for line in value.split("\n"))]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    return _HEAD.format(ident=ident) + "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    if _BARE.fullmatch(text) and text.isprintable() and text.lower() not in ("true", "false", "null", "yes", "no"):
        return text
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char == "\n":
        return "\\n"
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _editor(app: App, ident: str) -> list[str]:
    """The words of VISUAL, else of EDITOR."""
    other = f"optout profile edit {ident} --person FILE"
    if app.settings.get("no_input") or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Missing("an editor needs a terminal; --person is missing", other)
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(os.environ.get(name, ""), posix=os.name != "nt")
        except ValueError:  # its words would not say which variable it is
            raise NotPossible(f"{name} has a quote that is not closed", f"set {name} anew") from None
        if words:
            return words
    raise Missing("neither VISUAL nor EDITOR names an editor, and --person is missing", other)


def _run(command: list[str], path: str) -> None:
    """Waits for the editor. Ctrl-C is its own affair; whatever ends us ends it as well."""
    # A handler, not SIG_IGN: the editor would inherit that.
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        code = _waited(command, path)
    finally:
        signal.signal(signal.SIGINT, before)
    if code == -signal.SIGINT:
        raise KeyboardInterrupt
    if code:
        raise Declined(f"the editor ended with an error ({code}), so nothing was changed")


def _waited(command: list[str], path: str) -> int:
    try:
        child = subprocess.Popen([*command, path])  # noqa: S603 (the user's own words, and no shell)
    except OSError as error:
        hint = "set VISUAL or EDITOR"
        raise NotPossible(f"the editor {command[0]} cannot be started: {error.strerror}", hint) from None
    try:
        return child.wait()
    except BaseException:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(2)
        child.kill()
        raise


def _read(path: str) -> bytes:
    """What the editor left; some write a new file in place of the old one."""
    try:
        fd = os.open(path, os.O_RDONLY | private.NOFOLLOW)
    except OSError:
        raise Declined("the file is gone, so nothing was changed") from None
    with os.fdopen(fd, "rb") as file:
        return file.read()
