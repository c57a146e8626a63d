"""What a bug leaves behind: a line for the user and a file that names code, never a person."""

from __future__ import annotations

import os
import traceback
from typing import Any

from optout import __version__


def frames(error: BaseException) -> list[str]:
    """Where the error passed, the outermost first: code without the folders it lies in, which may name a person. The
    exception's text is left out: it may quote data."""
    return [
        f"{os.path.basename(os.path.dirname(f.filename))}/{os.path.basename(f.filename)}:{f.lineno} {f.name}"
        for f in traceback.extract_tb(error.__traceback__)
    ]


def report(error: BaseException, settings: dict[str, Any]) -> tuple[str, str]:
    """Writes the file, if it can, and gives the sentence to print and what to do."""
    passed = frames(error)
    kind = type(error).__name__
    sentence = f"this is a bug ({kind} at {passed[-1] if passed else 'an unknown place'})"
    try:
        from optout.cli.app import App
        from optout.store import private

        folder = App(settings).paths.cache
        private.make_folder(folder)
        path = os.path.join(folder, "last-bug.txt")
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write("\n".join([f"optout {__version__}", kind, *passed, ""]))
    except Exception:  # a failing report must not hide the bug
        return sentence, ""
    return sentence, f"please report what is in {path}, which holds nothing about you"
