"""The styled package that every docx letter of one paper size shares, and its place in the cache.

python-docx makes it, which costs a hundred times what a letter costs, and only when it is not in the cache yet.
"""

# Plain names for files: pathlib would cost more than a cache hit.

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from optout import __version__
from optout.letter import Paper
from optout.render import docx_package
from optout.render.page import PAGES, Box, Page

if TYPE_CHECKING:
    from docx.document import Document

VERSION = 1
"""Grows with every change of what `build` returns, so that older packages in caches are made again."""
NO_LANGUAGE = b'<w:lang w:val="x-none"/>'
"""What stands in the package where the letter's language goes."""
LISTS = 12
"""Numbered lists that begin at 1, `numId` 1 to 12; one more is the list of bullets."""

# Installed with Windows and macOS; elsewhere fontconfig gives Liberation Serif, whose letters have the same widths,
# so that lines and pages break in the same places. "Liberation Serif" by name would become Calibri in Word.
FONT = "Times New Roman"
_BEST = 9
_LEFT_OUT = re.compile(r"docProps/(app|thumb)|customXml/|word/(theme/|stylesWith|webSettings|fontTable)")
_KEPT = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}


class _Look(NamedTuple):
    """A paragraph style. Spaces in points, indents in millimetres."""

    name: str
    before: float = 0
    after: float = 6
    size: float = 11
    bold: bool = False
    keep: bool = False
    indent: float = 0
    hanging: float = 0
    right: bool = False
    frame: Box | None = None
    list: int = 0
    level: int | None = None
    """In the outline: 0 for the subject."""


def _looks(page: Page) -> list[_Look]:
    return [
        _Look("Sender", after=0, right=True, frame=page.sender),
        _Look("Recipient", after=0, frame=page.recipient),
        _Look("Date", before=9, after=14, right=True),
        _Look("Heading 1", after=9, size=12, bold=True, keep=True, level=0),
        _Look("Salutation", keep=True),
        _Look("Heading 2", before=10, after=4, bold=True, keep=True, level=1),
        _Look("List Number", after=4, indent=7, hanging=7, list=1),
        _Look("List Bullet", after=4, indent=7, hanging=7, list=LISTS + 1),
        _Look("Quote", indent=10, hanging=0),
        _Look("Closing", before=12, after=0, keep=True),
        _Look("Signature", before=38, keep=True),  # room to sign by hand
        _Look("Enclosures", before=12, after=0, size=10),
        _Look("Footer", after=0, size=9, right=True),
    ]


def cached(paper: Paper, cache_dir: str | None) -> bytes:
    """The base package, from the folder if it lies there whole, else built and, where possible, put there.

    Nothing in the folder is believed unless its SHA-256 fits; a folder that cannot be written does no harm.
    """
    if cache_dir is None:
        return build(paper)
    key = f"optout docx base {VERSION} {paper} {__version__}".encode()
    path = os.path.join(cache_dir, f"docx-base-{VERSION}-{paper}")
    with suppress(OSError, ValueError):
        with open(path, "rb") as file:
            digest, found, _, package = file.read().split(b"\n", 3)
        if found == key and digest == _digest(found, package):
            return package
    package = build(paper)
    with suppress(OSError):
        _keep(path, b"\n".join((_digest(key, package), key, _maker(), package)))
    return package


def _digest(key: bytes, package: bytes) -> bytes:
    return hashlib.sha256(key + b"\n" + package).hexdigest().encode()


def _maker() -> bytes:
    """What built the package, for whoever looks into the cache. Costs more than a letter, so only then."""
    from importlib.metadata import version

    return f"python-docx {version('python-docx')}".encode()


def _keep(path: str, data: bytes) -> None:
    """Writes a file 0600 whole or not at all. Raises OSError."""
    folder = os.path.dirname(path)
    os.makedirs(folder, 0o700, exist_ok=True)
    temp = os.path.join(folder, f".optout-{secrets.token_hex(6)}-{os.path.basename(path)}.tmp")
    try:
        with open(os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        os.replace(temp, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temp)
        raise


@lru_cache(maxsize=2)
def build(paper: Paper) -> bytes:
    """A docx without text. Holds styles, numbering, page and footer, and nothing of the machine or the day."""
    import docx

    page = PAGES[paper]
    document = docx.Document()
    _drop_parts(document)
    _drop_styles(document)
    for look in _looks(page):
        _style(document, look)
    _number(document)
    _settings(document)
    _lay_out(document, page)
    buffer = io.BytesIO()
    document.save(buffer)
    return _pack(buffer.getvalue())


def _drop_parts(document: Document) -> None:
    """Unlinks theme, thumbnail, custom XML and the like; python-docx writes what is linked."""
    for owner in (document.part.package, document.part):
        for name, link in list(owner.rels.items()):
            if not link.is_external and _LEFT_OUT.match(link.target_part.partname.lstrip("/")):
                del owner.rels[name]


def _drop_styles(document: Document) -> None:
    """Leaves Word's four defaults, and Normal in our face."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Pt

    for style in list(document.styles):
        if style.name not in _KEPT:
            style.delete()
    element: Any = document.styles.element
    element.remove(element.find(qn("w:latentStyles")))
    defaults = element.find(qn("w:docDefaults"))
    fonts = " ".join(f'w:{script}="{FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    element.replace(
        defaults,
        parse_xml(
            f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr><w:rFonts {fonts}/><w:sz w:val='22'/>"
            f"<w:szCs w:val='22'/>{NO_LANGUAGE.decode()}</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
        ),
    )
    normal: Any = document.styles["Normal"]
    normal.element.remove(normal.element.find(qn("w:rsid")))  # the trace of an editing session
    normal.paragraph_format.line_spacing = 1.05
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.widow_control = True


def _style(document: Document, look: _Look) -> None:
    """Adds one paragraph style, under Word's own name and id where Word has it."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Mm, Pt

    builtin = look.name not in ("Sender", "Recipient", "Enclosures")
    style: Any = document.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH, builtin)
    style.element.style_id = look.name.replace(" ", "")
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    if look.level is not None:
        style.next_paragraph_style = document.styles["Normal"]
    if look.size != 11:
        style.font.size = Pt(look.size)
    if look.bold:
        style.font.bold = True
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    if look.keep:
        form.keep_with_next = True
    if look.right:
        form.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if look.indent:
        form.left_indent, form.first_line_indent = Mm(look.indent), Mm(-look.hanging)
    properties: Any = style.element.get_or_add_pPr()
    if look.list:
        properties.get_or_add_numPr().get_or_add_numId().val = look.list
    if look.frame:
        element = parse_xml(frame(look.frame).replace("<w:framePr", f"<w:framePr {nsdecls('w')}"))
        properties.insert_element_before(element, "w:widowControl", "w:numPr", "w:spacing", "w:ind", "w:jc")
    if look.level is not None:
        properties.append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{look.level}"/>'))


def frame(box: Box) -> str:
    """A place on the page, as a paragraph's property. LibreOffice heeds it in a paragraph only, not in its style."""
    # "notBeside" keeps the text below; "atLeast", because a frame of exact height hides the lines that do not fit.
    return (
        f'<w:framePr w:w="{_twips(box.width)}" w:h="{_twips(box.height)}" w:hRule="atLeast" w:wrap="notBeside"'
        f' w:vAnchor="page" w:hAnchor="page" w:x="{_twips(box.x)}" w:y="{_twips(box.y)}"/>'
    )


def _twips(millimetres: float) -> int:
    return round(millimetres * 1440 / 25.4)


def _number(document: Document) -> None:
    """Twelve numbered lists of one look, each from 1, and one list of bullets."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    element: Any = document.part.numbering_part.element
    for child in list(element):
        element.remove(child)
    indent = f'<w:pPr><w:ind w:left="{_twips(7)}" w:hanging="{_twips(7)}"/></w:pPr>'
    for key, form, text, style in ((0, "decimal", "%1.", "ListNumber"), (1, "bullet", "\u2022", "ListBullet")):
        element.append(
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{key}"><w:multiLevelType w:val="singleLevel"/>'
                f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="{style}"/>'
                f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>{indent}</w:lvl></w:abstractNum>'
            )
        )
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    for key in range(1, LISTS + 2):
        kind = f'<w:abstractNumId w:val="{int(key > LISTS)}"/>{restart if key <= LISTS else ""}'
        element.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{key}">{kind}</w:num>'))


def _settings(document: Document) -> None:
    """Only what Word needs so as not to open the letter in its mode for old documents."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    element: Any = document.settings.element
    for child in list(element):
        element.remove(child)
    element.append(
        parse_xml(
            f"<w:compat {nsdecls('w')}><w:compatSetting w:name='compatibilityMode'"
            " w:uri='http://schemas.microsoft.com/office/word' w:val='15'/></w:compat>"
        )
    )


def _lay_out(document: Document, page: Page) -> None:
    """Paper and margins; no footer on the first page, one (filled for each letter) on the others."""
    from docx.shared import Mm

    section = document.sections[0]
    section._sectPr.attrib.clear()  # traces of an editing session
    section.page_width, section.page_height = Mm(page.width), Mm(page.height)
    section.left_margin, section.right_margin = Mm(page.left), Mm(page.right)
    section.top_margin, section.bottom_margin = Mm(page.top), Mm(page.bottom)
    section.header_distance = section.footer_distance = Mm(page.footer)
    section.different_first_page_header_footer = True
    section.footer.is_linked_to_previous = False


def _pack(saved: bytes) -> bytes:
    """The file that python-docx saved, in a fixed order and without its clock."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        names = sorted(archive.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        return docx_package.Package(docx_package.part(name, archive.read(name), _BEST) for name in names).write()
