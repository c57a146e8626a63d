"""The bytes of a sheet: the same at every pass, and in an encoding that is known and not guessed."""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import stat
import sys
import weakref
from typing import BinaryIO

from optout.errors import BadData

MOST_IN_MEMORY = 256 * 1024 * 1024
"""Bytes of standard input, a pipe or a workbook, which are read whole."""
BLOCK = 1 << 18
_MACHINE = ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined", "mbcs", "oem")
"""Codecs for text in Python that no sheet is written in."""
_MARKS = {"utf-8": (codecs.BOM_UTF8,), "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)}
_GUESSED = ("cp1252", "cp1250", "mac_roman")
"""Latin-1 is not among them: it gives letters as cp1252 does, and controls where that has quotation marks."""
_LOWER = set("àâäáãåæçèéêëìíîïðñòóôöõøœùúûüýÿßąćęłńśźżčďěňřšťůžăâîșțőű")
_UPPER = {sign.upper() for sign in _LOWER if len(sign.upper()) == 1}
_USUAL = set("’‘“”„«»–—…€°§ªº¿¡·\u00a0")  # noqa: RUF001 (that is what they are here for)


_LOST = "this cell has the sign for a character that was lost (U+FFFD): type it again"
_GARBLED = (
    "this cell was once read in a wrong encoding, so that single letters became several signs: "
    "save the first sheet as CSV UTF-8 again, or type it again"
)


def refuse_garbled(cell: str) -> None:
    """Raises ValueError for text that lost signs on its way here. What is UTF-8 byte by byte is no word of a language."""
    if "\ufffd" in cell:
        raise ValueError(_LOST)
    try:
        cell.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return
    raise ValueError(_GARBLED)


class Held:
    """A sheet that is opened once. A file is read from the disk at each pass, and must be the same each time; a pipe and
    standard input are read whole."""

    def __init__(self, name: str, file: str) -> None:
        """Raises BadData where it cannot be opened or is too large to be read whole."""
        self.name = name
        self.digest = b""
        """SHA-256, known after the first whole pass."""
        self._data: bytes | None = None
        self._fd = -1
        if file == "-":
            self._data = self._whole(sys.stdin.buffer)
            return
        try:
            self._fd = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
            weakref.finalize(self, os.close, self._fd)
            if stat.S_ISREG(os.fstat(self._fd).st_mode):
                self._state = self._look()
            else:
                with open(self._fd, "rb", closefd=False) as pipe:
                    self._data = self._whole(pipe)
        except OSError as error:
            raise BadData(f"{name} cannot be read: {error.strerror}") from None

    def _whole(self, pipe: BinaryIO) -> bytes:
        data = pipe.read(MOST_IN_MEMORY + 1)
        if len(data) > MOST_IN_MEMORY:
            raise BadData(f"{self.name} is larger than {MOST_IN_MEMORY >> 20} MiB", hint="give it as a CSV file")
        return data

    def _look(self) -> tuple[int, int]:
        found = os.fstat(self._fd)
        return found.st_size, found.st_mtime_ns

    def start(self) -> bytes:
        """The first block."""
        return self.passed().read(BLOCK)

    def whole(self) -> bytes:
        """All of it, in memory. Raises BadData where it is too large."""
        data = self._data if self._data is not None else self._whole(self.passed())
        self.digest = hashlib.sha256(data).digest()
        return data

    def passed(self, end: int | None = None) -> io.BufferedReader:
        """A new pass, up to a place in bytes. At the end of a whole one it is compared with the first."""
        return io.BufferedReader(_Pass(self, end), BLOCK)

    def read_at(self, place: int, size: int) -> bytes:
        if self._data is not None:
            return self._data[place : place + size]
        try:
            os.lseek(self._fd, place, os.SEEK_SET)
            return os.read(self._fd, size)
        except OSError as error:
            raise BadData(f"{self.name} cannot be read: {error.strerror}") from None

    def unchanged(self, digest: bytes | None = None) -> None:
        """Raises BadData where size, time or, at the end of a pass, the content is not what it was."""
        same = self._data is not None or self._look() == self._state
        if not same or (digest and self.digest and digest != self.digest):
            raise BadData(f"{self.name} changed while it was read", hint="begin again once nobody writes to it")


class _Pass(io.RawIOBase):
    """Has a place of its own, so that two passes may go on side by side."""

    def __init__(self, held: Held, end: int | None) -> None:
        held.unchanged()
        self._held, self._end, self._place, self._hash = held, end, 0, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        size = len(buffer) if self._end is None else min(len(buffer), self._end - self._place)
        data = self._held.read_at(self._place, size)
        if data:
            self._hash.update(data)
        elif self._end is None:
            self._held.unchanged(self._hash.digest())
        self._place += len(data)
        buffer[: len(data)] = data
        return len(data)


class Undecodable(Exception):
    """Bytes that are no text in the encoding that was to be used: where, and what else it may be."""

    def __init__(self, place: int, encoding: str, cut: bool, guess: str) -> None:
        super().__init__()
        self.place, self.encoding, self.cut, self.guess = place, encoding, cut, guess


def encoding_of(held: Held, given: str | None) -> str:
    """The codec to read it with: the one given, else by its mark, else UTF-8, after a pass over all of it.

    Raises BadData for one that cannot be or that contradicts the bytes, Undecodable where they are no text in it.
    """
    start = held.start()
    marked = next((name for name, marks in _MARKS.items() if start.startswith(marks)), "")
    wanted = _known(given) if given else marked or "utf-8"
    if not given and start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        wanted = "utf-32"
    if marked and not wanted.startswith(marked):
        raise BadData(f"{held.name} begins with the mark of {marked.upper()}", hint="leave --encoding out")
    if not given and wanted == "utf-8" and (wide := _wide(start)):
        raise Undecodable(0, wanted, cut=False, guess=wide)
    wanted = "utf-8-sig" if wanted == "utf-8" else wanted
    _decode(held, wanted)
    if given and not wanted.startswith("utf") and _is_utf8(held):
        raise BadData(f"{held.name} is UTF-8, not {given}", hint="leave --encoding out")
    return wanted


def _known(given: str) -> str:
    try:
        found = codecs.lookup(given)
        if found.name.replace("_", "-") in _MACHINE or not found._is_text_encoding:
            raise LookupError
    except (LookupError, ValueError):
        raise BadData(
            "--encoding: there is no such encoding", hint="such as: utf-8, utf-16, cp1252, mac_roman"
        ) from None
    return found.name


def _decode(held: Held, encoding: str) -> None:
    """Goes over all of it. Raises Undecodable."""
    decoder = codecs.getincrementaldecoder(encoding)()
    digest, place, kept, file = hashlib.sha256(), 0, b"", held.passed()
    while True:
        block = file.read(BLOCK)
        digest.update(block)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            # What the decoder kept of the block before stands at the start of what it failed on.
            at = place - (len(error.object) - len(block)) + error.start
            raise Undecodable(at, encoding, not block, _guess(kept + block)) from None
        if not block:
            held.digest = digest.digest()
            return
        place += len(block)
        kept = block


def _is_utf8(held: Held) -> bool:
    """Whether it is UTF-8 with more than ASCII in it, which text in another encoding practically never is."""
    decoder, more, file = codecs.getincrementaldecoder("utf-8")(), False, held.passed()
    try:
        while block := file.read(BLOCK):
            more = more or not block.isascii()
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return more


def _wide(start: bytes) -> str:
    """UTF-16 without a mark: every other byte of what is mostly Latin text is nought."""
    start = start[: len(start) // 2 * 2]
    if start.count(0) * 4 < len(start) or not start:
        return ""
    return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"


def _guess(sample: bytes) -> str:
    """The encoding in which the sample looks most like words, "" where it looks like none."""
    if sample.count(0):
        return ""
    scores = {encoding: _likeness(sample, encoding) for encoding in _GUESSED}
    best = max(scores, key=lambda encoding: scores[encoding])
    return best if scores[best] > 0 else ""


def _likeness(sample: bytes, encoding: str) -> float:
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    score = count = 0
    before = " "
    for sign in text:
        if sign > "\x7f":
            count += 1
            capital = sign in _UPPER and not before.islower()
            score += 1 if sign in _LOWER or capital else 0 if sign in _USUAL else -1
        before = sign
    return score / count if count else 0.0
