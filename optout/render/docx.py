"""The letter as a Word file: its own text in the styled package that all letters of its paper size share."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from optout.letter import Block, Letter, Paper, Run
from optout.render import docx_base, docx_package
from optout.render.docx_package import Package, Part
from optout.render.page import PAGES, stays
from optout.render.text import printable

_DOCUMENT, _FOOTER, _CORE, _STYLES = "word/document.xml", "word/footer1.xml", "docProps/core.xml", "word/styles.xml"
_LEVEL = 1
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
_BREAK = "<w:br/>"
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
    parts = ((_DOCUMENT, printable(_document(letter, ready.section))), (_FOOTER, _footer(printable(letter.ref))))
    core = _core(letter.subject, letter.language, letter.day)
    return ready.package.write([*(docx_package.part(name, data.encode(), _LEVEL) for name, data in parts), core])


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


def _document(letter: Letter, section: str) -> str:
    out = [f"{_HEAD}<w:document {_W} {_R}><w:body>"]
    sender, recipient = _frames(letter.paper)
    out.append(_lines("Sender", letter.sender, sender))
    out.append(_lines("Recipient", letter.recipient, recipient))
    out.append(_lines("Date", (letter.day_text,)))
    out.append(_lines("Heading1", (letter.heading,)))
    out.append(_lines("Salutation", (letter.salutation,)))
    list_id = 0
    for block, stay in zip(letter.blocks, stays(letter.blocks), strict=True):
        list_id += block.kind == "number" and block.number == 1
        out.append(_block(block, stay, list_id))
    out.append(_lines("Closing", (letter.closing,)))
    out.append(_lines("Signature", (letter.signature,)))
    out.append(_lines("Enclosures", (letter.enclosures,)))
    out.append(f"{section}</w:body></w:document>")
    return "".join(out)


@lru_cache(maxsize=2)
def _frames(paper: Paper) -> tuple[str, str]:
    page = PAGES[paper]
    return docx_base.frame(page.sender), docx_base.frame(page.recipient)


def _lines(style: str, lines: tuple[str, ...], frame: str = "") -> str:
    """One paragraph: an address is one thing, whatever its number of lines."""
    runs = _BREAK.join([f'<w:t xml:space="preserve">{_escape(line)}</w:t>' for line in lines])
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{frame}</w:pPr><w:r>{runs}</w:r></w:p>'


@lru_cache(maxsize=4096)
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
    return f'<w:r>{weight}<w:t xml:space="preserve">{_escape(text)}</w:t></w:r>'


def _footer(ref: str) -> str:
    """From page two on: the reference, so that a page that strays finds home, the page and the number of pages."""
    text = f'<w:r><w:t xml:space="preserve">{_escape(ref)}{" · " if ref else ""}</w:t></w:r>'
    page, pages = (
        f'<w:fldSimple w:instr=" {name} "><w:r><w:t>2</w:t></w:r></w:fldSimple>' for name in ("PAGE", "NUMPAGES")
    )
    slash = '<w:r><w:t xml:space="preserve"> / </w:t></w:r>'
    form = '<w:pPr><w:pStyle w:val="Footer"/></w:pPr>'
    return f"{_HEAD}<w:ftr {_W}><w:p>{form}{text}{page}{slash}{pages}</w:p></w:ftr>"


@lru_cache(maxsize=64)
def _core(subject: str, language: str, day: date) -> Part:
    """Title, language and the letter's day. No author: the letter names its sender where the sender wants it."""
    text = (
        f'{_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_escape(subject)}</dc:title><dc:creator></dc:creator>"
        f"<dc:language>{_escape(language)}</dc:language><cp:lastModifiedBy></cp:lastModifiedBy>"
        f"{_moment('created', day)}{_moment('modified', day)}</cp:coreProperties>"
    )
    return docx_package.part(_CORE, printable(text).encode(), _LEVEL)


def _moment(name: str, day: date) -> str:
    return f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{day.isoformat()}T00:00:00Z</dcterms:{name}>'


def _escape(text: str) -> str:
    # Three replacements: one `str.translate` takes several times as long for text beyond ASCII.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return _escape(text).replace('"', "&quot;")
