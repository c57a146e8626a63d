"""Our zip files, as the standard library reads them."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.render import docx_package
from optout.render.docx_package import Archive, Package

PIECES = st.lists(st.tuples(st.booleans(), st.binary(max_size=400)), max_size=8)


def read(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


@given(PIECES, st.sampled_from([1, 6, 9]))
def test_a_mixed_part_is_its_pieces_in_order(pieces: list[tuple[bool, bytes]], level: int) -> None:
    mixed = docx_package.mixed("a", [docx_package.shared(data, level) if same else data for same, data in pieces])
    whole = b"".join(data for _, data in pieces)
    assert read(Package([]).write([mixed])) == {"a": whole}
    assert docx_package.unpack(mixed) == whole


@pytest.mark.parametrize("length", [0xFFFF - 1, 0xFFFF, 0xFFFF + 1, 3 * 0xFFFF, 200_000])
def test_own_words_may_be_longer_than_one_block(length: int) -> None:
    words = bytes(range(256)) * (length // 256) + b"x" * (length % 256)
    frame = docx_package.shared(b"<w:p>" * 50, 6)
    made = docx_package.mixed("a", [frame, words, frame])
    assert read(Package([]).write([made]))["a"] == b"<w:p>" * 50 + words + b"<w:p>" * 50


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_an_archive_is_what_was_added_for_its_owner_alone(files: list[bytes]) -> None:
    stream = io.BytesIO()
    archive = Archive(stream, 0o600)
    for number, data in enumerate(files):
        archive.add(f"Łetter-{number}.docx", data)
    archive.close()
    assert read(stream.getvalue()) == {f"Łetter-{number}.docx": data for number, data in enumerate(files)}
    with zipfile.ZipFile(stream) as opened:
        assert {stat.S_IMODE(info.external_attr >> 16) for info in opened.infolist()} <= {0o600}


def test_an_archive_beyond_its_format_is_refused() -> None:
    archive = Archive(io.BytesIO(), 0o600)
    for number in range(0xFFFF):
        archive.add(str(number), b"")
    with pytest.raises(ValueError, match="too much"):
        archive.add("one more", b"")
