"""Workbooks for tests, written by hand: what no spreadsheet program would write is among them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
    'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>'
)
STYLES = f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet">{}</manifest:file-entry></manifest:manifest>'
)


def packed(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return out.getvalue()


def text(content: str) -> str:
    """The attributes and the inside of a cell of xlsx with text."""
    return f' t="inlineStr"><is><t>{content}</t></is>'


def number(content: str) -> str:
    return f"><v>{content}</v>"


def sheet(rows: Sequence[Sequence[str]], after: str = "", first: int = 1) -> str:
    """The rows of a sheet of xlsx; a cell is text unless it begins as `number` does."""
    lines = []
    for row, cells in enumerate(rows, first):
        inside = "".join(
            f'<c r="{chr(64 + column)}{row}"{cell if cell[:1] in " >" else text(cell)}</c>'
            for column, cell in enumerate(cells, 1)
            if cell
        )
        lines.append(f'<row r="{row}">{inside}</row>')
    return f"<sheetData>{''.join(lines)}</sheetData>{after}"


def xlsx_parts(sheets: dict[str, str], hidden: Sequence[str] = ()) -> dict[str, str | bytes]:
    """Sheets by their name, with what is inside them."""
    named = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"{" state=" + repr("hidden") if name in hidden else ""}/>'
        for i, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="r{i}" Type="{_REL}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_REL}/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}<Relationship '
        f'Id="s" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
        **{
            f"xl/worksheets/sheet{i}.xml": f'<worksheet xmlns="{_MAIN}">{inside}</worksheet>'
            for i, inside in enumerate(sheets.values(), 1)
        },
    }


def xlsx(*rows: Sequence[str], after: str = "", first: int = 1) -> bytes:
    return packed(xlsx_parts({"Members": sheet(rows, after, first)}))


def ods_cell(content: str, more: str = "") -> str:
    kind = "" if "value-type" in more else 'office:value-type="string" '
    return f"<table:table-cell {kind}{more}><text:p>{content}</text:p></table:table-cell>"


def ods_row(*cells: str, more: str = "") -> str:
    inside = "".join(cell if cell.startswith("<") else ods_cell(cell) for cell in cells)
    return f"<table:table-row {more}>{inside}</table:table-row>"


def ods(*rows: str, manifest: str = "") -> bytes:
    spaces = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<office:document-content {spaces} xmlns:calcext="urn:calcext"><office:body><office:spreadsheet><table:table '
        f'table:name="Members">{"".join(rows)}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    styles = f'<office:document-styles xmlns:office="{_ODF}:office:1.0"></office:document-styles>'
    parts = {
        "mimetype": kind,
        "content.xml": content,
        "styles.xml": styles,
        "META-INF/manifest.xml": MANIFEST.format(manifest),
    }
    return packed(dict(parts))
