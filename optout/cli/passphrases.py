"""Where a passphrase comes from: a file, a descriptor, a program, or the keyboard, where it is never shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from optout.cli.app import terminal
from optout.errors import Missing, SecretUnavailable
from optout.store.keys import TRIES, Asking
from optout.store.passphrase import MOST, WrongPassphrase, check_new

SHORT = 12
"""Below this many characters the user is warned."""


def remembering(source: Asking) -> Asking:
    """The same, but what was given or typed last is used again instead of asked for."""
    words: list[str] = []

    def kept(ask: Callable[[], str]) -> str:
        words.append(ask())
        return words[-1]

    given, typed = source.given, source.prompt
    return Asking(
        None if given is None else lambda: words[-1] if words else kept(given),
        # A second try means that the first was wrong.
        None if typed is None else lambda attempt: words[-1] if words and not attempt else kept(lambda: typed(attempt)),
    )


def given(settings: dict[str, Any], prefix: str = "") -> Callable[[], str] | None:
    """The option that gives a passphrase, read when called; None when there is no such option."""
    readers: dict[str, Callable[[Any], str]] = {
        "passphrase_file": from_file, "passphrase_fd": from_descriptor, "passphrase_command": from_command,
    }  # fmt: skip
    chosen = [name for name in readers if settings.get(prefix + name) is not None]
    if len(chosen) > 1:
        names = " and ".join(f"--{(prefix + name).replace('_', '-')}" for name in chosen)
        raise Missing(f"{names} cannot be used together", "give one of them")
    if not chosen:
        return None
    return lambda: readers[chosen[0]](settings[prefix + chosen[0]])


def prompt(attempt: int) -> str:
    """The passphrase, typed; the third wrong one is the last."""
    if attempt:
        left = TRIES - attempt
        _say(f"That passphrase is wrong; {left} {'tries' if left > 1 else 'try'} left.")
    return hidden("Passphrase: ")


def new_passphrase(settings: dict[str, Any]) -> str:
    """A passphrase to be set: from --new-passphrase-file or -fd, else typed twice. Raises Missing without a terminal."""
    source = given(settings, "new_")
    if source is not None:
        text = source()
    elif not terminal(settings):
        hint = "give --new-passphrase-file FILE or --new-passphrase-fd N, or run the command on a terminal to be asked"
        raise Missing("there is no new passphrase", hint)
    else:
        text = hidden("New passphrase: ")
        check_new(text)
        if hidden("The same again: ") != text:
            raise WrongPassphrase("the two passphrases differ", "nothing was changed; run the same command again")
    check_new(text)
    if len(text) < SHORT:
        _say(f"A passphrase of fewer than {SHORT} characters can be guessed; five or six unrelated words are good.")
    return text


def hidden(text: str) -> str:
    """What is typed at the terminal, not shown. Raises Missing where it would be."""
    import getpass
    import warnings

    with warnings.catch_warnings():
        # The library would warn and then read with everything visible.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(text)
        except getpass.GetPassWarning:
            raise Missing("this terminal would show what you type", "give --passphrase-file FILE") from None
        except EOFError:
            import click

            raise click.Abort from None


def from_file(path: str) -> str:
    from optout.store import private

    path = os.path.expanduser(path)
    # What names no file may be the passphrase itself, and is not repeated.
    what = f"the passphrase file {path}" if os.path.lexists(path) else "the passphrase file"
    there = "the option takes the path of a file, readable by you alone, that holds the passphrase"
    try:
        return _text(private.read(path, secret=True, most=MOST + 3), what)
    except OSError as error:
        hint = getattr(error, "hint", "") or there
        raise SecretUnavailable(f"{what} is not used: {error.strerror}", hint) from error


def from_descriptor(number: int) -> str:
    what = f"the descriptor {number} of --passphrase-fd"
    try:
        if os.isatty(number):
            raise SecretUnavailable(f"{what} is a terminal, which would show what you type", "leave the option out")
        data = b""
        while len(data) < MOST + 3 and (more := os.read(number, MOST + 3 - len(data))):
            data += more
    except OSError as error:
        raise SecretUnavailable(f"{what} cannot be read: {error.strerror}") from error
    return _text(data, what)


def from_command(command: str) -> str:
    """What a program prints. It runs without a shell; its talk goes to the user."""
    import subprocess

    words = words_of(command)
    what = f"the passphrase command {os.path.basename(words[0])}"
    try:
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:  # noqa: S603 - the user's own
            data = process.stdout.read(MOST + 3) if process.stdout else b""
            if len(data) > MOST + 2:
                process.kill()
            code = process.wait()
    except OSError as error:
        # What is no program may be the passphrase itself, and is not repeated.
        raise SecretUnavailable(f"the passphrase command cannot be run: {error.strerror}") from error
    if code and len(data) <= MOST + 2:
        raise SecretUnavailable(f"{what} failed with exit code {code}", "run it by itself to see why")
    return _text(data, what)


def words_of(command: str) -> list[str]:
    """The program and its arguments. Raises SecretUnavailable."""
    import shlex

    with suppress(ValueError):
        if words := shlex.split(command):
            return words
    raise SecretUnavailable("--passphrase-command is not a command", "write it as you would type it")


def _text(data: bytes, what: str) -> str:
    """The passphrase without the one line end that editors and programs add."""
    if len(data) > MOST + 2:
        raise WrongPassphrase(f"{what} gives more than {MOST} bytes, which is no passphrase", "is it the right one?")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise WrongPassphrase(f"{what} does not give text in UTF-8") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise WrongPassphrase(f"{what} gives an empty passphrase")
    return text


def _say(text: str) -> None:
    from optout.cli.output import say

    say(text)
