"""The Word file: its words, its structure and its place on the page."""

from __future__ import annotations

import io
import pickle
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.shared import Mm, Pt

from optout.letter import Letter, words
from optout.render import docx
from tests.render.sample_letter import LATIN, OTHER, block, letter, long_letter

CHILD = """
import pickle, sys
from optout.render import docx
sys.stdout.buffer.write(docx.write(pickle.load(sys.stdin.buffer)))
"""


def opened(made: Letter) -> DocumentObject:
    return Document(io.BytesIO(docx.write(made)))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", [*LATIN, *OTHER])
def test_same_words_as_the_letter(name: str) -> None:
    made = letter(name)
    assert " ".join(paragraph.text for paragraph in opened(made).paragraphs).split() == words(made)


def test_every_paragraph_has_its_style() -> None:
    expect = ["Sender", "Recipient", "Date", "Heading 1", "Salutation", "Normal", "Heading 2", "Normal"]
    expect += [
        "List Number",
        "List Number",
        "Heading 2",
        "List Bullet",
        "List Bullet",
        "Quote",
        "List Number",
        "Normal",
    ]
    expect += ["Closing", "Signature", "Enclosures"]
    assert [paragraph.style.name for paragraph in opened(letter()).paragraphs if paragraph.style] == expect


def test_bold_is_bold_and_nothing_else_is() -> None:
    runs = [run for paragraph in opened(letter("Ada")).paragraphs for run in paragraph.runs]
    assert [run.text for run in runs if run.bold] == ["Ada", "comes"]


def test_numbers_run_through_headings_and_restart_at_one() -> None:
    numbers = [block("number", "x", number=number) for number in (1, 2, 1, 2)]
    document = opened(letter(blocks=(*numbers[:1], block("heading", "h"), *numbers[1:])))
    found = [
        re.findall(r'numId w:val="(\d+)"', each._p.xml) for each in document.paragraphs if "ListNumber" in each._p.xml
    ]
    assert found == [[], [], ["2"], ["2"]], "without a mark: the style's own list, 1"
    style: Any = document.styles["List Number"].element
    assert style.pPr.numPr.numId.val == 1
    with pytest.raises(ValueError, match="at most 12"):
        docx.write(letter(blocks=(block("number", "x", number=1),) * 13))


@pytest.mark.parametrize(("paper", "width", "across", "down"), [("a4", 210, 25, 50), ("letter", 215.9, 25.4, 57.15)])
def test_recipient_stands_in_the_window(paper: Any, width: float, across: float, down: float) -> None:
    sender = tuple(f"line {number}" for number in range(9))
    for made in (letter(paper=paper), letter(paper=paper, sender=sender)):
        document = opened(made)
        assert document.sections[0].page_width == pytest.approx(Mm(width), abs=Pt(0.1))
        frame = re.search(r"<w:framePr ([^>]*)/>", document.paragraphs[1]._p.xml)
        assert frame and f'w:x="{round(across / 25.4 * 1440)}"' in frame[1]
        assert f'w:y="{round(down / 25.4 * 1440)}"' in frame[1] and 'w:vAnchor="page"' in frame[1]


def test_properties_are_the_letters_and_tell_nothing_else() -> None:
    made = letter(subject="Ask & <answer>")
    properties = opened(made).core_properties
    assert (properties.title, properties.author, properties.last_modified_by) == ("Ask & <answer>", "", "")
    assert properties.created == properties.modified
    assert properties.created and properties.created.date() == made.day
    assert (properties.language, properties.comments) == ("en", "")


@pytest.mark.parametrize(
    ("language", "paper", "tag"),
    [
        ("en", "letter", "en-US"),
        ("en", "a4", "en-GB"),
        ("de", "a4", "de-DE"),
        ("el", "a4", "el-GR"),
        ("fr-CA", "a4", "fr-CA"),
    ],
)
def test_language_is_the_documents(language: str, paper: Any, tag: str) -> None:
    styles = parts(docx.write(letter(language=language, paper=paper)))["word/styles.xml"].decode()
    assert re.findall(r"<w:lang [^>]*>", styles) == [f'<w:lang w:val="{tag}"/>']


def test_package_is_lean_and_well_formed() -> None:
    made = parts(docx.write(long_letter()))
    assert next(iter(made)) == "[Content_Types].xml"
    assert {name.rpartition("/")[2] for name in made} == {
        "[Content_Types].xml", ".rels", "document.xml.rels", "document.xml", "core.xml", "footer1.xml", "numbering.xml",
        "settings.xml", "styles.xml",
    }  # fmt: skip
    for name, data in made.items():
        ElementTree.fromstring(data)  # noqa: S314 - our own bytes
        assert not re.search(rb"python-docx|rsid|[tT]heme|" + str(Path.home()).encode(), data), name


def test_footer_names_the_letter_from_page_two_on() -> None:
    section = opened(letter(ref="R&D <1>")).sections[0]
    assert section.different_first_page_header_footer and section.first_page_footer.is_linked_to_previous
    assert section.footer.paragraphs[0].text.startswith("R&D <1> · ")


def test_smaller_than_a_sixth_of_python_docx() -> None:
    plain = Document()
    for text in words(letter()):
        plain.add_paragraph(text)
    buffer = io.BytesIO()
    plain.save(buffer)
    assert len(docx.write(letter())) < len(buffer.getvalue()) / 6


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_another_process_writes_the_same_bytes(paper: Any) -> None:
    made = letter("Łukasz 🦊", paper)
    run = subprocess.run([sys.executable, "-c", CHILD], input=pickle.dumps(made), capture_output=True, check=True)
    assert run.stdout == docx.write(made) == docx.write(made)
