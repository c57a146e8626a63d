"""The letter as a Word file: its own text in the styled package that all letters of its paper size share."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from optout.letter import Block, Letter, Paper, Run
from optout.render import docx_base, docx_package
from optout.render.docx_package import Package, Part, Shared
from optout.render.page import PAGES, stays
from optout.render.text import printable

_DOCUMENT, _FOOTER, _CORE, _STYLES = "word/document.xml", "word/footer1.xml", "docProps/core.xml", "word/styles.xml"
_LEVEL = 6
"""zlib's: level 6 makes a letter two hundredths smaller and a quarter slower."""
_BEST = 9
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_SECTION = re.compile(r"<w:sectPr\b.*</w:sectPr>", re.DOTALL)
_STYLE = {
    "paragraph": "",
    "heading": '<w:pStyle w:val="Heading2"/>',
    "number": '<w:pStyle w:val="ListNumber"/>',
    "bullet": '<w:pStyle w:val="ListBullet"/>',
    "quote": '<w:pStyle w:val="Quote"/>',
}
_TEXT = '<w:t xml:space="preserve">'
_BREAK = f"</w:t><w:br/>{_TEXT}"
_END = "</w:t></w:r></w:p>"
_SHARED = 64
"""Different letters of a batch that are at hand at once, more than the firms, places and languages of most."""
# Word checks spelling only for a language with a region. Left out: regions that repeat their language, as in de-DE.
_BY_PAPER = {"en": ("GB", "US"), "fr": ("FR", "CA")}
"""Regions on A4 and on Letter."""
_REGION = {"cs": "CZ", "da": "DK", "el": "GR", "et": "EE", "ga": "IE", "sl": "SI", "sv": "SE"}


class _Base(NamedTuple):
    """A base package taken apart for the letters of one language."""

    package: Package
    section: str
    """The `w:sectPr` that ends the text."""


def write(letter: Letter, base: bytes | None = None) -> bytes:
    """A docx. `base` is what `docx_base` made for the letter's paper; without it, it is built in this process.

    The same letter, base and zlib give the same bytes. Raises CannotPrint for characters that XML cannot hold.
    """
    ready = _prepare(docx_base.build(letter.paper) if base is None else base, _language(letter))
    subject, ref = _own(letter.subject), _own(letter.ref)
    before_ref, after_ref = _footer(bool(ref))
    before_title, after_title = _core(letter.language, letter.day)
    return ready.package.write(
        (
            docx_package.mixed(_DOCUMENT, _document(letter, ready.section, subject)),
            docx_package.mixed(_FOOTER, (before_ref, ref, after_ref)),
            docx_package.mixed(_CORE, (before_title, subject, after_title)),
        )
    )


@lru_cache(maxsize=8)
def _prepare(base: bytes, language: str) -> _Base:
    """Done once per paper and language, so that a letter pays for its own parts alone."""
    parts = {part.name: part for part in docx_package.read(base)}
    found = _SECTION.search(docx_package.unpack(parts[_DOCUMENT]).decode())
    assert found, "the base package has a section"  # noqa: S101 - built by us
    tag = f'<w:lang w:val="{_attribute(language)}"/>'.encode()
    styles = docx_package.unpack(parts[_STYLES]).replace(docx_base.NO_LANGUAGE, tag)
    parts[_STYLES] = docx_package.part(_STYLES, styles, _BEST)
    kept: list[Part] = [part for name, part in parts.items() if name not in (_DOCUMENT, _FOOTER, _CORE)]
    return _Base(Package(kept), found.group())


def _language(letter: Letter) -> str:
    """The letter's language as Word writes it; English and French by their paper, for want of anything better."""
    if "-" in letter.language:
        return letter.language
    if regions := _BY_PAPER.get(letter.language):
        return f"{letter.language}-{regions[letter.paper == 'letter']}"
    return f"{letter.language}-{_REGION.get(letter.language, letter.language.upper())}"


def _document(letter: Letter, section: str, subject: bytes) -> tuple[Shared | bytes, ...]:
    """One person's words apart from those that thousands of letters of a batch share."""
    return (
        _as_far_as_sender(letter.paper),
        _own(*letter.sender),
        _as_far_as_subject(letter.paper, letter.recipient, letter.day_text, letter.about),
        subject,
        _as_far_as_signature(letter.salutation, letter.blocks, letter.closing),
        _own(letter.signature),
        _as_far_as_end(letter.enclosures, section),
    )


@lru_cache(maxsize=2)
def _as_far_as_sender(paper: Paper) -> Shared:
    frame = docx_base.frame(PAGES[paper].sender)
    return _shared(f"{_HEAD}<w:document {_W} {_R}><w:body>{_begin('Sender', frame)}")


@lru_cache(maxsize=_SHARED)
def _as_far_as_subject(paper: Paper, recipient: tuple[str, ...], day: str, about: str) -> Shared:
    address = _lines("Recipient", recipient, docx_base.frame(PAGES[paper].recipient))
    return _shared(f"{_END}{address}{_lines('Date', (day,))}{_begin('Heading1')}{_escape(about)}")


@lru_cache(maxsize=_SHARED)
def _as_far_as_signature(salutation: str, blocks: tuple[Block, ...], closing: str) -> Shared:
    out = [_END, _lines("Salutation", (salutation,))]
    list_id = 0
    for block, stay in zip(blocks, stays(blocks), strict=True):
        list_id += block.kind == "number" and block.number == 1
        out.append(_block(block, stay, list_id))
    return _shared("".join((*out, _lines("Closing", (closing,)), _begin("Signature"))))


@lru_cache(maxsize=_SHARED)
def _as_far_as_end(enclosures: str, section: str) -> Shared:
    return _shared(f"{_END}{_lines('Enclosures', (enclosures,))}{section}</w:body></w:document>")


def _shared(text: str) -> Shared:
    return docx_package.shared(printable(text).encode(), _LEVEL)


def _own(*lines: str) -> bytes:
    """The words of one paragraph. An address is one thing, whatever its number of lines."""
    return printable(_BREAK.join([_escape(line) for line in lines])).encode()


def _begin(style: str, frame: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{frame}</w:pPr><w:r>{_TEXT}'


def _lines(style: str, lines: tuple[str, ...], frame: str = "") -> str:
    return f"{_begin(style, frame)}{_BREAK.join([_escape(line) for line in lines])}{_END}"


def _block(block: Block, stay: bool, list_id: int) -> str:
    """`list_id` counts the numbered lists so far; the first is the style's own and needs no mark."""
    form = _STYLE[block.kind]
    if stay:
        form += "<w:keepNext/>"
    if block.kind == "number" and list_id > 1:
        if list_id > docx_base.LISTS:
            raise ValueError(f"a letter has at most {docx_base.LISTS} numbered lists")
        form += f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{list_id}"/></w:numPr>'
    if form:
        form = f"<w:pPr>{form}</w:pPr>"
    return f"<w:p>{form}{''.join(map(_run, block.runs))}</w:p>"


def _run(run: Run) -> str:
    text, bold = run
    weight = "<w:rPr><w:b/><w:bCs/></w:rPr>" if bold else ""
    return f"<w:r>{weight}{_TEXT}{_escape(text)}</w:t></w:r>"


@lru_cache(maxsize=2)
def _footer(known: bool) -> tuple[Shared, Shared]:
    """From page two on: the reference, so that a page that strays finds home, the page and the number of pages."""
    page, pages = (
        f'<w:fldSimple w:instr=" {name} "><w:r><w:t>2</w:t></w:r></w:fldSimple>' for name in ("PAGE", "NUMPAGES")
    )
    rest = f"{' · ' if known else ''}</w:t></w:r>{page}<w:r>{_TEXT} / </w:t></w:r>{pages}</w:p></w:ftr>"
    return _shared(f"{_HEAD}<w:ftr {_W}>{_begin('Footer')}"), _shared(rest)


@lru_cache(maxsize=_SHARED)
def _core(language: str, day: date) -> tuple[Shared, Shared]:
    """Title, language and the letter's day. No author: the letter names its sender where the sender wants it."""
    return (
        _shared(
            f"{_HEAD}<cp:coreProperties"
            ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>'
        ),
        _shared(
            f"</dc:title><dc:creator></dc:creator><dc:language>{_escape(language)}</dc:language>"
            f"<cp:lastModifiedBy></cp:lastModifiedBy>{_moment('created', day)}{_moment('modified', day)}"
            "</cp:coreProperties>"
        ),
    )


def _moment(name: str, day: date) -> str:
    return f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{day.isoformat()}T00:00:00Z</dcterms:{name}>'


def _escape(text: str) -> str:
    # Three replacements: one `str.translate` takes several times as long for text beyond ASCII.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return _escape(text).replace('"', "&quot;")
