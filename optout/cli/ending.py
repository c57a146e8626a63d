"""Where a run ends: every error becomes a sentence and an exit code, or with `--json` an object; signals end it cleanly."""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple, NoReturn

import click

from optout.cli.output import say
from optout.errors import BadData, NoRule, OptoutError

_EXTRA = re.compile("Got unexpected extra argument")
_QUOTED = re.compile(r"(?<=: )(['\"]).*\1 is(?= not )")
"""How click repeats what was typed: the rest of a note without quotes, or a text after the wrong option."""


_ELSEWHERE = "leave it open, or send it into a file with > FILE"


class Told(NamedTuple):
    """An error as the user gets it."""

    code: int
    kind: str
    sentence: str
    hint: str = ""
    details: tuple[str, ...] = ()
    """Lines below the sentence."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, SIGTERM or SIGHUP: what is half done is taken back on the way out.

    Not Python's own KeyboardInterrupt: one that passes through `exec` of a text, as in `dataclasses`, makes Python end
    itself by SIGINT in spite of the code that was given.
    """

    def __init__(self, number: int) -> None:
        self.number = number


def streams() -> None:
    """Three streams are open and take any character. The first step of a run: the next file that is opened, the vault
    perhaps, would otherwise be taken for a stream that was closed.

    A closed standard input is at its end. Writing to a closed standard output fails, since what is asked for there would
    be lost without a word; talk to a closed standard error is dropped.
    """
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)
    for number, (name, way) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, way, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def prepare() -> None:
    """What a program can rely on from here: no image of its memory is left by a crash, and signals unwind."""
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError):  # not the main thread
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            which = getattr(signal, name, None)
            if which is not None and signal.getsignal(which) is not signal.SIG_IGN:  # `nohup` is kept
                signal.signal(which, _interrupt)
        sys.unraisablehook = _lost


_arrived: list[int] = []
"""The signals that asked this run to end. What they raise can come out as another error: Python makes a RuntimeError of
whatever is raised while a descriptor learns its name, and libraries in other languages have such places too."""


def _interrupt(number: int, frame: Any) -> NoReturn:
    _arrived.append(number)
    raise Interrupted(number)


def over() -> None:
    """Nothing is left to take back: from here a signal ends the process at once, without a word."""
    with suppress(ValueError):
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            which = getattr(signal, name, None)
            if which is not None and signal.getsignal(which) is _interrupt:
                signal.signal(which, signal.SIG_DFL)


def _lost(lost: sys.UnraisableHookArgs) -> None:
    """A signal that arrived in a place where Python drops exceptions, such as a finaliser, is raised again a moment
    later: not here, where it would be dropped as well."""
    if isinstance(lost.exc_value, Interrupted) and hasattr(signal, "setitimer"):
        number = lost.exc_value.number
        signal.signal(signal.SIGALRM, lambda _, frame: signal.raise_signal(number))
        signal.setitimer(signal.ITIMER_REAL, 0.02)
    else:  # Python's own words would quote the exception, and so perhaps a person
        with suppress(Exception):  # the program may be half taken down
            say(f"optout: an error while cleaning up was passed over ({lost.exc_type.__name__})")


def flush() -> None:
    sys.stdout.flush()


def tell(error: BaseException, settings: dict[str, Any], args: Sequence[str]) -> int:
    """Says what happened and gives the exit code. Never raises: nothing is left to catch it."""
    over()  # a second Ctrl-C ends at once
    if _arrived and not isinstance(error, KeyboardInterrupt | click.Abort):
        error = Interrupted(_arrived[0]).with_traceback(error.__traceback__)
    with suppress(OSError, ValueError):
        flush()
    if isinstance(error, OSError):
        _drop_output()
    if isinstance(error, BrokenPipeError):
        return 0
    if settings.get("debug"):
        with suppress(OSError):
            _trace(error)
    told = _told(error, settings)
    with suppress(OSError):
        if settings.get("json") or "--json" in args:
            _as_json(told, error)
        elif isinstance(error, click.exceptions.NoArgsIsHelpError):
            error.show()
        else:
            _in_words(told)
    return told.code


def _told(error: BaseException, settings: dict[str, Any]) -> Told:
    if isinstance(error, KeyboardInterrupt | click.Abort):
        cause = error.__context__ if isinstance(error, click.Abort) else error  # click makes an Abort of it in a prompt
        number = cause.number if isinstance(cause, Interrupted) else signal.SIGINT
        ctrl_c = number == signal.SIGINT
        return Told(128 + number, "Stopped" if ctrl_c else "Terminated", "stopped" if ctrl_c else "terminated")
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, OptoutError):
        return Told(error.code, type(error).__name__, str(error), error.hint, _details(error))
    if isinstance(error, OSError):
        if error.errno == errno.EBADF and not error.filename:
            return Told(1, "OutputFailed", "standard output is closed, so the answer is lost", _ELSEWHERE)
        file = f": {error.filename}" if error.filename else ""
        if not file and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            return Told(1, "OutputFailed", f"standard output cannot be written: {error.strerror}")
        return Told(1, "OutputFailed", f"{error.strerror or 'the system refused'}{file}")
    from optout.cli import bugs

    sentence, hint = bugs.report(error, settings)
    return Told(3, "Bug", sentence, hint)


def _usage(error: click.ClickException) -> Told:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "optout"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return Told(2, "Usage", f"{path} needs a command", f"{path} --help")
    usage = (" ".join(context.get_usage().split()),) if context else ()
    sentence = " ".join(error.format_message().split())
    if _EXTRA.match(sentence):
        hint = f'put a text that has blanks in quotes, such as "two words"; {path} --help'
        return Told(2, "Usage", "there are more words than the command takes", hint, usage)
    return Told(2, "Usage", _QUOTED.sub("this is", sentence), f"{path} --help", usage)


def _details(error: OptoutError) -> tuple[str, ...]:
    if isinstance(error, BadData):
        return tuple(str(problem) for problem in error.problems)
    if isinstance(error, NoRule):
        return tuple(f"{rule}: {reason}" for rule, reason in error.reasons)
    return ()


def _in_words(told: Told) -> None:
    say(f"optout: {told.sentence}")
    for detail in told.details:
        say(f"  {detail}")
    if told.hint:
        say(f"  hint: {told.hint}")


def _as_json(told: Told, error: BaseException) -> None:
    """One line, the last on stderr, since warnings may stand before it."""
    import json

    body = {
        "schema": "optout/error/1",
        "code": told.code,
        "kind": told.kind,
        "sentence": told.sentence,
        "hint": told.hint or None,
        "problems": [problem._asdict() for problem in error.problems] if isinstance(error, BadData) else [],
        "reasons": [{"rule": r, "reason": x} for r, x in error.reasons] if isinstance(error, NoRule) else [],
    }
    click.echo(json.dumps(body), err=True)


def _drop_output() -> None:
    """What could not be written would be tried again at shutdown, with a second complaint."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _trace(error: BaseException) -> None:
    from optout.cli import bugs

    for frame in bugs.frames(error):
        say(f"  {frame}")
