"""The PDF: its words, its tags and properties, what it refuses, and that it needs nothing but itself."""

from __future__ import annotations

import io
import os
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest

from optout.errors import BadData, CannotPrint
from optout.letter import Letter
from optout.render import pdf
from tests.faults.extent import rounds
from tests.render.sample_letter import LATIN, OTHER, block, letter, long_letter
from tests.store.test_secret_service import needed

CHILD = """
import pickle, sys
from optout.render import pdf
sys.stdout.buffer.write(pdf.write(pickle.load(sys.stdin.buffer)))
"""
ARABIC = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def opened(made: Letter, **options: Any) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.write(made, **options)))


def printed(made: Letter, **options: Any) -> list[str]:
    """The words on all pages, without the footer that begins on the second."""
    text = " ".join(page.extract_text() for page in opened(made, **options).pages)
    return re.sub(rf"{re.escape(made.ref)} · \d+ / \d+", "", text).split()


def expected(made: Letter) -> list[str]:
    """The words of the letter with the marks of its lists."""
    texts = [*made.sender, *made.recipient, made.day_text, made.subject, made.salutation]
    for each in made.blocks:
        texts += [{"number": f"{each.number}.", "bullet": "•"}.get(each.kind, ""), each.text()]
    return " ".join([*texts, made.closing, made.signature, made.enclosures]).split()


@pytest.mark.parametrize("name", LATIN)
def test_same_words_as_the_letter(name: str) -> None:
    assert printed(letter(name)) == expected(letter(name))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_two_pages_say_all_and_count_themselves(paper: Any) -> None:
    made = long_letter(paper)
    assert printed(made) == expected(made)
    first, second = (page.extract_text() for page in opened(made).pages)
    assert "OPT-2026-0007 · 2 / 2" in second and "1 / 2" not in first


@pytest.mark.parametrize("name", OTHER)
def test_characters_without_a_font_are_refused_by_name(name: str) -> None:
    with pytest.raises(CannotPrint, match=OTHER[name]) as caught:
        pdf.write(letter(name))
    told = str(caught.value) + caught.value.hint
    assert told.isascii() and "Ada" not in told, "nothing of the name is repeated"
    assert "--format docx,txt" in caught.value.hint
    assert "--font FILE" in caught.value.hint
    assert pdf.write(letter()), "the compiler goes on after a refusal"


@pytest.mark.parametrize("content", [None, b"", b"no font at all"])
def test_what_is_no_font_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "x.ttf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadData, match=re.escape(str(file))):
        pdf.write(letter(), fonts=[file])


@pytest.mark.system
@pytest.mark.skipif(
    not ARABIC.exists() and os.environ.get("OPTOUT_SYSTEM_TESTS") != "1",
    reason="needs the fonts-dejavu-core package of Debian",
)
def test_a_font_of_the_user_prints_what_ours_cannot(tmp_path: Path) -> None:
    shutil.copy(ARABIC, tmp_path / "mine.ttf")
    name = "محمد العربي"
    made = opened(letter(name), fonts=[tmp_path / "mine.ttf"])
    text = made.pages[0].extract_text()
    assert all(word in text or word[::-1] in text for word in name.split())
    plain = letter("Ada Example")
    used = {str(font["/BaseFont"])[8:] for page in opened(plain, fonts=[ARABIC]).pages for font in fonts_of(page)}
    assert used and all(font.startswith("LibertinusSerif") for font in used), "ours comes first"


def fonts_of(page: pypdf.PageObject) -> list[Any]:
    resources: Any = page["/Resources"]
    return [font.get_object() for font in resources["/Font"].values()]


def test_tagged_archival_and_without_author() -> None:
    made = opened(
        letter(subject="Ask & answer", language="fr-CA", blocks=(block("heading", "What I ask"), *letter().blocks))
    )
    root: Any = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "fr-CA" and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert made.metadata and made.metadata.title == "Ask & answer" and not made.metadata.author
    assert made.metadata.creation_date_raw == "D:20261122000000Z"
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2" in xmp and "<pdfaid:conformance>A" in xmp and "<pdfuaid:part>1" in xmp
    first, inner = made.outline[0], made.outline[1]
    assert getattr(first, "title", "") == "Ask & answer"
    assert [item.title for item in inner] == ["What I ask", "What I ask", "Who I am"]  # type: ignore[union-attr]
    assert {"/H1", "/H2", "/L", "/LI", "/Lbl", "/LBody", "/P", "/BlockQuote"} <= roles(root["/StructTreeRoot"])


def roles(node: Any) -> set[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return set().union(*map(roles, node))
    if not isinstance(node, dict):
        return set()
    return {str(node.get("/S", ""))} | roles(node.get("/K", []))


@pytest.mark.parametrize(("paper", "across", "down"), [("a4", 25, 50), ("letter", 25.4, 57.15)])
@pytest.mark.parametrize("lines", [1, 12])
def test_recipient_stands_in_the_window(paper: Any, across: float, down: float, lines: int) -> None:
    page = opened(letter(paper=paper, sender=("line",) * lines)).pages[0]
    found: list[tuple[float, float]] = []

    def visit(text: str, page_to: list[float], text_to: list[float], *_: Any) -> None:
        if "Example Faces" in text:
            x, y = text_to[4], text_to[5]
            a, b, c, d, e, f = page_to
            found.append((a * x + c * y + e, float(page.mediabox.height) - (b * x + d * y + f)))

    page.extract_text(visitor_text=visit)
    ((x, baseline),) = found
    assert x / 72 * 25.4 == pytest.approx(across, abs=0.5)
    assert down < baseline / 72 * 25.4 < down + 4


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_another_process_writes_the_same_bytes(paper: Any) -> None:
    made = letter("Łukasz", paper)
    run = subprocess.run([sys.executable, "-c", CHILD], input=pickle.dumps(made), capture_output=True, check=True)
    assert run.stdout == pdf.write(made) == pdf.write(made)


@pytest.mark.system
def test_needs_no_network() -> None:
    made = letter('#import "@preview/cetz:0.2.2"')
    offline = [needed("unshare"), "--net", "--map-root-user", sys.executable, "-c", CHILD]
    if subprocess.run([*offline[:3], "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system lets no process leave the network")
    assert subprocess.run(offline, input=pickle.dumps(made), capture_output=True, check=True).stdout == pdf.write(made)


def test_template_imports_and_reads_nothing() -> None:
    source = (Path(pdf.__file__).parent / "letter.typ").read_text()
    assert not re.search(r"@preview|#import|#include|\bread\(|\beval\(|plugin\(", source)


GROWTH = """
import pickle, resource, sys
from dataclasses import replace
from optout.render import pdf
letter, peaks = pickle.load(sys.stdin.buffer), []
count = int(sys.argv[1])
for number in range(count):
    pdf.write(replace(letter, ref=f"OPT-{number}", signature=f"Ada {number}"))
    if number in (200, count - 1):
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(peaks[1] / peaks[0])
"""


def test_many_letters_need_no_more_memory_than_the_first() -> None:
    """500 letters; a thousand in a full run."""
    command = [sys.executable, "-c", GROWTH, str(rounds(500, 1000))]
    run = subprocess.run(command, input=pickle.dumps(letter()), capture_output=True, check=True)
    assert float(run.stdout) < 1.1
