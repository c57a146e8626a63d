"""From a letter's plan to the letter, and from the letter to files: the seam between core, templates and formats."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from optout.compose import LetterPlan, Piece, sender_lines
from optout.languages import WORDING
from optout.letter import Letter
from optout.render import blocks
from optout.render.environment import Hole, Insert, Pieces, holes
from optout.setting import recipient_email, recipient_lines
from optout.subject import Subject
from optout.typography import set_in

HOLES = ("ref", "reply_by", "situation")


def draft(pieces: Pieces, plan: LetterPlan, subject: Subject, ref: str) -> Letter:
    """The finished letter. Raises BadData for a template that cannot be used."""
    marks = holes(HOLES)
    wording, setting = WORDING[plan.language], plan.setting

    def printed(words: str) -> str:
        return set_in(words, plan.language, setting.country)

    values = {
        "ref": ref,
        "reply_by": printed(day_text(plan.reply_by, plan.language)) if plan.reply_by else "",
        "situation": subject.situation,
    }

    def shapes(piece: Piece) -> list[blocks.Shape]:
        path, text = _text(pieces, plan, piece, marks)
        return [
            blocks.Shape(kind, tuple((printed(words), bold) for words, bold in runs))
            for kind, runs in blocks.parse(path, text)
        ]

    def line(piece: Piece) -> str:
        return " ".join(block.text() for block in blocks.fill(shapes(piece), marks, values))

    body = [shape for piece in plan.pieces for shape in shapes(piece)]
    place = plan.context["place"]["name"]
    return Letter(
        ref=ref,
        day=setting.on,
        day_text=printed(wording.undated if plan.context["held"] else dated(setting.on, plan.language)),
        language=plan.language,
        paper=plan.paper,
        sender=sender_lines(subject, printed(place), setting.address),
        recipient=recipient_lines(setting, plan.rules),
        subject=line(plan.subject_line),
        salutation=line(plan.salutation),
        blocks=blocks.fill(body, marks, values),
        closing=line(plan.closing),
        signature=subject.name,
        enclosures=line(plan.enclosures),
        about=printed(wording.about),
        recipient_email=recipient_email(setting, plan.rules),
    )


def unfilled(pieces: Pieces, plan: LetterPlan) -> list[str]:
    """The words of a letter before the person and the day are in: equal for equal law, firm and templates."""
    marks = holes(HOLES)
    every = (plan.subject_line, plan.salutation, *plan.pieces, plan.closing, plan.enclosures)
    return [_text(pieces, plan, piece, marks)[1] for piece in every]


def _text(pieces: Pieces, plan: LetterPlan, piece: Piece, marks: Mapping[str, Hole]) -> tuple[str, str]:
    """The path of the template taken and its words, other pieces taken in first."""
    path = pieces.find(piece.folder, piece.names)
    values = {**plan.context, **piece.own, **marks}
    inserts = {name: Insert(_text(pieces, plan, inner, marks)[1].strip()) for name, inner in piece.inserts.items()}
    return path, pieces.render(path, {**values, **inserts})


def write(letter: Letter, formats: Sequence[str], cache: str | None, fonts: Sequence[str]) -> dict[str, bytes]:
    """Format to bytes. Raises CannotPrint before anything is written."""
    from optout import render

    made = {}
    for name in formats:
        module = render.load(name)
        if name == "docx":
            from optout.render import docx_base

            made[name] = module.write(letter, docx_base.cached(letter.paper, cache))
        elif name == "pdf":
            made[name] = module.write(letter, fonts)
        else:
            made[name] = module.write(letter)
    return made


def versions(formats: Sequence[str]) -> dict[str, str]:
    """What wrote the files: with the same versions the same words give the same bytes."""
    import zlib

    from optout import __version__

    found = {"optout": __version__}
    if "docx" in formats:
        found["zlib"] = zlib.ZLIB_RUNTIME_VERSION
    if "pdf" in formats:
        from importlib.metadata import version

        found["typst"] = version("typst")
    return found


def about_drafts(formats: Sequence[str], recipients: Sequence[str]) -> list[str]:
    """What to say about e-mail drafts, by the recipients' addresses: that they are unsent, and which lack an address."""
    if "eml" not in formats:
        return []
    said = ["An .eml file is a draft: your mail program opens it, and you send it from there. Nothing was sent."]
    if not all(recipients):
        said.append("No e-mail address of the firm is known for this, so a draft has no recipient yet.")
    return said


def file_name(ref: str, letter: str, language: str, form: str) -> str:
    return f"{ref}-{letter.replace('_', '-')}-{language}.{form}"


def day_text(day: date, language: str) -> str:
    """A date within a sentence."""
    from babel.dates import format_date

    wording = WORDING[language]
    number = wording.first if day.day == 1 else str(day.day)
    return wording.on.format(number, format_date(day, "MMMM", locale=language), day.year)


def dated(day: date, language: str) -> str:
    """A date as it stands alone above a letter."""
    return WORDING[language].dated.format(day_text(day, language))


def digest(value: Any) -> str:
    import json

    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
