"""Zip files: the one around a docx, and the one around many letters. What never changes is compressed once; equal parts
give equal bytes.

The standard library's `zipfile` compresses every part again and knows no way to copy one as it is.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

_LOCAL, _CENTRAL, _END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_MEMBER = struct.Struct("<HHHHHIIIHH")  # version, flags, method, time, date, crc, packed, size, name, extra
_PLACE = struct.Struct("<HHHII")  # comment, disk, inner attributes, outer attributes, offset
_TAIL = struct.Struct("<HHHHIIH")  # disk, disk, members here, members, directory's size, its offset, comment
_STORED = struct.Struct("<BHH")  # a block that is not the last one, its length, the same inverted
_LONGEST = 0xFFFF
"""Of a stored block, in bytes."""
_MOST, _LARGEST = 0xFFFF, 0xF000_0000
"""Files of an archive, and bytes, with room for its directory."""
_LAST = b"\3\0"
"""The empty block that ends a stream."""
_VERSION, _UTF8, _AS_IT_IS, _DEFLATE, _UNIX = 20, 0x800, 0, 8, 3 << 8
_MIDNIGHT, _1980 = 0, 0x21  # a fixed time, the zip format's first, because a clock would make the bytes differ


class Part(NamedTuple):
    """A file of the package."""

    name: str
    crc: int
    size: int
    packed: bytes
    method: int = _DEFLATE


class Shared(NamedTuple):
    """Words that many packages have in common: compressed once, to stand anywhere in a part."""

    data: bytes
    packed: bytes
    """Blocks of deflate that refer to nothing before them and end on a whole byte."""


def part(name: str, data: bytes, level: int) -> Part:
    """Compresses with a fixed zlib `level`, 0 to 9."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    return Part(name, zlib.crc32(data), len(data), deflate.compress(data) + deflate.flush())


def shared(data: bytes, level: int) -> Shared:
    """Compresses with a fixed zlib `level`, 0 to 9."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    return Shared(data, deflate.compress(data) + deflate.flush(zlib.Z_FULL_FLUSH))


def mixed(name: str, pieces: Iterable[Shared | bytes]) -> Part:
    """A part of shared words and of a package's own, in this order; the own ones stand in it as they are (RFC 1951, 3.2.4):
    to compress the few bytes of a person takes longer than all the rest."""
    words: list[bytes] = []
    packed: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, Shared):
            words.append(piece.data)
            packed.append(piece.packed)
            continue
        words.append(piece)
        for start in range(0, len(piece), _LONGEST):
            run = piece[start : start + _LONGEST]
            packed += (_STORED.pack(0, len(run), len(run) ^ _LONGEST), run)
    data = b"".join(words)
    return Part(name, zlib.crc32(data), len(data), b"".join((*packed, _LAST)))


def stored(name: str, data: bytes) -> Part:
    """A part that is compressed already."""
    return Part(name, zlib.crc32(data), len(data), data, _AS_IT_IS)


def unpack(part: Part) -> bytes:
    """The part's content."""
    return zlib.decompress(part.packed, -15)


class Package:
    """Parts laid out once, to which each letter adds its own."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._head, self._directory, self._count = lay_out(parts, 0)

    def write(self, parts: Iterable[Part] = ()) -> bytes:
        """The whole file, with `parts` at its end."""
        head, directory, count = lay_out(parts, len(self._head))
        directory = self._directory + directory
        count += self._count
        return b"".join((self._head, head, directory, _end(count, len(directory), len(self._head) + len(head))))


class Archive:
    """A zip written file after file, for what is compressed already. The standard library takes as long for each as a
    letter takes itself."""

    def __init__(self, stream: BinaryIO, mode: int) -> None:
        """`mode` are the permissions of its files."""
        self._stream, self._mode = stream, mode
        self._directory: list[bytes] = []
        self._at = 0

    def add(self, name: str, data: bytes) -> None:
        """Raises OSError, and ValueError beyond 4 GiB or 65,535 files, which the plain zip format cannot hold."""
        if self._at + len(data) > _LARGEST or len(self._directory) >= _MOST:
            raise ValueError("too much for one archive")
        file, place, _ = lay_out((stored(name, data),), self._at, self._mode)
        self._stream.write(file)
        self._directory.append(place)
        self._at += len(file)

    def close(self) -> None:
        """Writes the directory; the stream stays open. Raises OSError."""
        directory = b"".join(self._directory)
        self._stream.write(directory + _end(len(self._directory), len(directory), self._at))


def _end(count: int, size: int, place: int) -> bytes:
    """What ends a zip: how many files it has, and how long its directory is and where it stands."""
    return _END + _TAIL.pack(0, 0, count, count, size, place, 0)


def read(data: bytes) -> list[Part]:
    """The parts of a file that `Package.write` wrote. Raises ValueError for any other."""
    parts = []
    try:
        *_, count, size, place, _ = _TAIL.unpack_from(data, len(data) - _TAIL.size)
        for _ in range(count):
            member = _MEMBER.unpack_from(data, place + 6)
            *_, offset = _PLACE.unpack_from(data, place + 6 + _MEMBER.size)
            crc, packed, size, name = member[5:9]
            start = offset + 4 + _MEMBER.size + name
            parts.append(Part(data[start - name : start].decode(), crc, size, data[start : start + packed]))
            place += 6 + _MEMBER.size + _PLACE.size + name
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError("not a package of ours") from error
    return parts


def lay_out(parts: Iterable[Part], start: int, mode: int = 0) -> tuple[bytes, bytes, int]:
    """Local files and directory of the parts when the first of them begins at byte `start`; and their number. `mode` are permissions
    as in Unix; 0: none are said."""
    made_by = (_VERSION | (_UNIX if mode else 0)).to_bytes(2, "little")
    files: list[bytes] = []
    directory: list[bytes] = []
    for part in parts:
        name = part.name.encode()
        member = _MEMBER.pack(
            _VERSION, _UTF8, part.method, _MIDNIGHT, _1980, part.crc, len(part.packed), part.size, len(name), 0
        )
        files.append(b"".join((_LOCAL, member, name, part.packed)))
        place = _PLACE.pack(0, 0, 0, mode << 16, start)
        directory.append(b"".join((_CENTRAL, made_by, member, place, name)))
        start += len(files[-1])
    return b"".join(files), b"".join(directory), len(files)
