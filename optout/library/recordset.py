"""The files of datenanfragen's data out of a folder, an archive or one file, each within bounds, none of them trusted.

Only names decide what is read; nothing is ever unpacked to the disk. An archive is read as a stream, so memory stays
small whatever it claims to hold.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from optout.errors import BadData

LARGEST = 256 * 1024
"""Bytes of one record; the largest real one has a hundredth of it."""
UNPACKED = 512 * 1024 * 1024
"""Bytes that an archive may unpack to."""
MOST = 100_000
"""Files in an archive or folder."""
HEADERS = 1024 * 1024
"""Bytes that may stand between two files of an archive: names, and blocks left empty."""
DICTIONARY = 128 * 1024 * 1024
"""Bytes of memory that unpacking xz may take; its highest level needs half of it."""
KINDS = {"companies": "company", "supervisory-authorities": "authority", "company-packs": "pack"}
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError,
           NotImplementedError, RuntimeError)  # fmt: skip
"""What reading a damaged or hostile archive may end with."""


class Found(NamedTuple):
    """A file of the set: its kind, its name as told, and its bytes, or why there are none."""

    kind: str
    name: str
    data: bytes
    wrong: str = ""

    @property
    def stem(self) -> str:
        return os.path.splitext(os.path.basename(self.name))[0]


class _TooMuch(Exception):
    """A bound was reached; what was taken so far counts for nothing."""


def whole(path: str) -> bool:
    """Whether the path holds a set of records, so that what is missing in it is gone; False for one record."""
    if os.path.isdir(path):
        return True
    try:
        with open(path, "rb") as file:
            return not _single(path, file.read(6))
    except OSError:
        return False  # `read` says what is wrong


def read(path: str) -> Iterator[Found]:
    """The files of the set in their order. Raises BadData for what is no such set, or grows past its bounds."""
    try:
        if os.path.isdir(path):
            yield from _folder(path)
            return
        if os.path.exists(path) and not os.path.isfile(path):
            raise ValueError
        with open(path, "rb") as file:
            start = file.read(6)
            if file.seek(0, os.SEEK_END) > UNPACKED:
                raise _TooMuch(f"it is larger than {UNPACKED // 1024 // 1024} MiB")
            file.seek(0)
            if start.startswith(b"PK\x03\x04"):
                yield from _zip(file)
            elif _single(path, start):
                data = file.read(LARGEST + 1)
                yield _found("company", os.path.basename(path), data)
            else:
                yield from _tar(file, start)
    except _TooMuch as error:
        raise BadData(f"{os.path.basename(path)} is not taken: {error}", hint="nothing of it was taken") from None
    except _BROKEN as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is damaged or no archive"
        hint = "give a folder, a .tar, .tar.gz, .tar.xz, .zip or .json"
        raise BadData(f"{os.path.basename(path)} cannot be read: {reason}", hint=hint) from None


def _single(path: str, start: bytes) -> bool:
    return start[:1] in (b"{", b"[", b" ", b"\n", b"\r", b"\t", b"\xef") or path.lower().endswith(".json")


def _found(kind: str, name: str, data: bytes) -> Found:
    if len(data) > LARGEST:
        return Found(kind, name, b"", f"it is larger than {LARGEST // 1024} KiB")
    return Found(kind, name, data)


def _kind(name: str) -> str:
    """By the last two parts of the name; "" for what is none of ours."""
    parts = name.split("/")
    kind = KINDS.get(parts[-2], "") if len(parts) > 1 else ""
    return kind if parts[-1].endswith(".json") and not parts[-1].startswith(".") else ""


def _unsafe(name: str) -> str:
    if name.startswith(("/", "\\")) or ":" in name.split("/")[0]:
        return "its path is absolute"
    return "its path leads out of the archive" if ".." in name.replace("\\", "/").split("/") else ""


def _folder(path: str) -> Iterator[Found]:
    """Its three folders, or itself where it is one of them. Links are not followed."""
    name = os.path.basename(os.path.abspath(path))
    folders = {name: path} if name in KINDS else {kind: os.path.join(path, kind) for kind in KINDS}
    present = {kind: folder for kind, folder in folders.items() if os.path.isdir(folder)}
    if "companies" not in present and name not in KINDS:
        raise BadData(f"{path} holds no folder 'companies'", hint="give the folder of datenanfragen's data")
    count = 0
    for kind, folder in present.items():
        for entry in sorted(os.listdir(folder)):
            count += 1
            if count > MOST:
                raise _TooMuch(f"more than {MOST} files")
            if entry.endswith(".json") and not entry.startswith("."):
                yield _plain_file(KINDS[kind], f"{kind}/{entry}", os.path.join(folder, entry))


def _plain_file(kind: str, name: str, path: str) -> Found:
    try:
        fd = os.open(path, os.O_RDONLY | _NOFOLLOW)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                return Found(kind, name, b"", "it is not a plain file")
            return _found(kind, name, file.read(LARGEST + 1))
    except OSError:
        return Found(kind, name, b"", "it is a link, or cannot be read")


def _zip(file: IO[bytes]) -> Iterator[Found]:
    """Sizes that the archive claims are not believed: reading stops one byte after the bound."""
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) > MOST:
            raise _TooMuch(f"more than {MOST} files")
        unpacked = 0
        for entry in entries:
            kind, name = _kind(entry.filename), entry.filename
            if not kind and not _unsafe(name):
                continue
            found = _zipped(archive, entry, kind or "company")
            unpacked += len(found.data)
            if unpacked > UNPACKED:
                raise _TooMuch(f"it unpacks to more than {UNPACKED // 1024 // 1024} MiB")
            yield found


def _zipped(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, kind: str) -> Found:
    name, mode = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
    wrong = _unsafe(name)
    if not wrong and mode not in (0, stat.S_IFREG):
        wrong = "it is a link or a device"
    if not wrong and entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        wrong = "it is packed in a way that is not read here"  # LZMA takes the memory that the file asks for
    if wrong:
        return Found(kind, name, b"", wrong)
    try:
        with archive.open(entry) as member:
            return _found(kind, name, member.read(LARGEST + 1))
    except _BROKEN:
        return Found(kind, name, b"", "it is encrypted or damaged")


def _tar(file: IO[bytes], start: bytes) -> Iterator[Found]:
    stream = _Counted(_unpacking(file, start))
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
        count = 0
        while True:
            member = archive.next()
            if member is None:
                break
            count += 1
            if count > MOST:
                raise _TooMuch(f"more than {MOST} files")
            if found := _member(archive, member):
                yield found
            archive.members = []  # it would remember every one
            # The next header follows this member's bytes. Whatever more it reads for it would be held in memory.
            stream.allow(max(member.size, 0) + HEADERS)
        if not count:
            raise tarfile.TarError


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Found | None:
    kind = _kind(member.name)
    if wrong := _unsafe(member.name):
        return Found(kind or "company", member.name, b"", wrong)
    if member.issym() or member.islnk() or member.isdev():
        return Found(kind or "company", member.name, b"", "it is a link or a device")
    if not kind or not member.isreg():
        return None
    if member.issparse() or member.size > LARGEST:
        return Found(kind, member.name, b"", f"it is larger than {LARGEST // 1024} KiB")
    file = archive.extractfile(member)
    return _found(kind, member.name, file.read(LARGEST + 1) if file else b"")


class _Counted:
    """A stream that ends in `_TooMuch` at the bound of the whole, or past what was allowed for the next step."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = UNPACKED
        self._allowed = HEADERS

    def allow(self, size: int) -> None:
        self._allowed = size

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._left -= len(data)
        self._allowed -= len(data)
        if self._left < 0:
            raise _TooMuch(f"it unpacks to more than {UNPACKED // 1024 // 1024} MiB")
        if self._allowed < 0:
            raise _TooMuch("the names of its files are too long")
        return data


def _unpacking(file: IO[bytes], start: bytes) -> IO[bytes]:
    if start.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]
    if start.startswith(b"BZh"):
        return bz2.BZ2File(file)
    return _Xz(file) if start == b"\xfd7zXZ\x00" else file  # type: ignore[return-value]


class _Xz:
    """xz with a bound on the memory that unpacking takes, which the standard library's file has not."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=DICTIONARY)

    def read(self, size: int) -> bytes:
        """At most that many bytes; none at the end."""
        while not self._unpacker.eof:
            more = self._file.read(64 * 1024) if self._unpacker.needs_input else b""
            if self._unpacker.needs_input and not more:
                raise EOFError
            if data := self._unpacker.decompress(more, size):
                return data
        return b""
