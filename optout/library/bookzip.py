"""The zip file around a workbook: looked through before anything is unpacked, and unpacked with a count."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from optout.errors import BadData

MOST_UNPACKED = 500 * 1024 * 1024
MOST_RATIO = 100
"""Unpacked to packed; honest workbooks have about 15."""
ALWAYS_FINE = 1 << 20
"""Bytes unpacked that are no bomb whatever the ratio."""
MOST_ENTRIES = 2000
_LONGEST_DIRECTORY = 1 << 20
_END = b"PK\x05\x06"
_END_SIZE = 22
_BLOCK = 1 << 16


def damaged(name: str) -> BadData:
    return BadData(f"{name} is damaged, or is no workbook", hint="open it in a spreadsheet program and save it again")


def too_large(name: str) -> BadData:
    return BadData(f"{name} unpacks to far more than a workbook of members holds", hint="save the sheet as CSV UTF-8")


def locked(name: str) -> BadData:
    return BadData(f"{name} is protected by a password", hint="save it without one")


def entries(name: str, data: bytes) -> dict[str, zipfile.ZipInfo]:
    """What the directory names. Raises BadData before anything is unpacked: too many, too large, encrypted, or written
    so that two programs could find different things in it."""
    at = len(data) - _END_SIZE
    if data[at : at + 4] != _END:
        raise damaged(name)
    count, size, offset = struct.unpack_from("<HLL", data, at + 10)
    if count > MOST_ENTRIES or size > _LONGEST_DIRECTORY:
        raise too_large(name)
    if offset + size != at:
        raise damaged(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            found = file.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        raise damaged(name) from None
    if any(info.flag_bits & 1 for info in found):
        raise locked(name)
    if len({info.filename.lower() for info in found}) < max(len(found), count):
        raise damaged(name)
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in found):
        raise damaged(name)
    declared = sum(info.file_size for info in found)
    if declared > MOST_UNPACKED or declared > max(MOST_RATIO * len(data), ALWAYS_FINE):
        raise too_large(name)
    return {info.filename: info for info in found}


def unpacked(name: str, data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """One entry, block by block. Raises BadData where it is not as long, or not the same, as the directory says: what
    unpacks it later does not count."""
    start = info.header_offset
    if data[start : start + 4] != b"PK\x03\x04" or len(data) < start + 30:
        raise damaged(name)
    lengths = struct.unpack_from("<HH", data, start + 26)
    start += 30 + sum(lengths)
    packed = memoryview(data)[start : start + info.compress_size]
    if len(packed) != info.compress_size:
        raise damaged(name)
    length = check = 0
    for block in _inflated(name, packed) if info.compress_type else _cut(packed):
        length += len(block)
        if length > info.file_size:
            raise too_large(name)
        check = zlib.crc32(block, check)
        yield block
    if length != info.file_size or check != info.CRC:
        raise damaged(name)


def _cut(packed: memoryview) -> Iterator[bytes]:
    for start in range(0, len(packed), _BLOCK):
        yield bytes(packed[start : start + _BLOCK])


def _inflated(name: str, packed: memoryview) -> Iterator[bytes]:
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for block in _cut(packed):
            while block:
                yield inflating.decompress(block, _BLOCK)
                block = inflating.unconsumed_tail
        while not inflating.eof and (rest := inflating.decompress(b"", _BLOCK)):
            yield rest
    except zlib.error:
        raise damaged(name) from None
    if not inflating.eof or inflating.unused_data:
        raise damaged(name)
