"""From a letter's plan to the letter, and from the letter to files: the seam between core, templates and formats."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from optout.compose import LetterPlan, Piece, sender_lines
from optout.languages import WORDING
from optout.letter import Block, Letter
from optout.render import blocks
from optout.render.environment import Hole, Insert, Pieces, holes
from optout.setting import recipient_email, recipient_lines
from optout.subject import Subject
from optout.typography import set_in

HOLES = ("ref", "reply_by", "situation")


class Filler:
    """Pieces to finished words: the shaping values are filled in first, the person's after the text was parsed."""

    def __init__(self, pieces: Pieces, language: str, country: str, context: Mapping[str, Any]) -> None:
        self._pieces, self._language, self._country, self._context = pieces, language, country, context
        self._marks = holes(HOLES)

    def printed(self, words: str) -> str:
        """Our own words as they are set in print."""
        return set_in(words, self._language, self._country)

    def line(self, piece: Piece, values: Mapping[str, str]) -> str:
        return _line(self.body((piece,), values))

    def body(self, pieces: Sequence[Piece], values: Mapping[str, str]) -> tuple[Block, ...]:
        return self.cast(pieces).fill(values)

    def cast(self, pieces: Sequence[Piece]) -> blocks.Cast:
        """The pieces with all in them but the person's values."""
        return blocks.Cast([shape for piece in pieces for shape in self._shapes(piece)], self._marks)

    def text(self, piece: Piece) -> str:
        return _text(self._pieces, self._context, piece, self._marks)[1]

    def _shapes(self, piece: Piece) -> list[blocks.Shape]:
        path, text = _text(self._pieces, self._context, piece, self._marks)
        return [
            blocks.Shape(kind, tuple((self.printed(words), bold) for words, bold in runs))
            for kind, runs in blocks.parse(path, text)
        ]


class Mould:
    """One letter before the person is known: law, firm and templates are in it. Filled for one person or thousands."""

    def __init__(self, pieces: Pieces, plan: LetterPlan) -> None:
        """Raises BadData for a template that cannot be used."""
        setting = plan.setting
        filler = Filler(pieces, plan.language, setting.country, plan.context)
        self.plan = plan
        self._printed = filler.printed
        self._subject, self._salutation, self._body, self._closing, self._enclosures = (
            filler.cast(x)
            for x in ((plan.subject_line,), (plan.salutation,), plan.pieces, (plan.closing,), (plan.enclosures,))
        )
        wording = WORDING[plan.language]
        self._reply_by = self._printed(day_text(plan.reply_by, plan.language)) if plan.reply_by else ""
        self._day = self._printed(wording.undated if plan.context["held"] else dated(setting.on, plan.language))
        self._place = self._printed(plan.context["place"]["name"])
        self._about = self._printed(wording.about)
        self._recipient, self._email = recipient_lines(setting, plan.rules), recipient_email(setting, plan.rules)

    def letter(self, subject: Subject, ref: str) -> Letter:
        """The finished letter."""
        plan = self.plan
        values = {"ref": ref, "reply_by": self._reply_by, "situation": subject.situation}
        return Letter(
            ref=ref,
            day=plan.setting.on,
            day_text=self._day,
            language=plan.language,
            paper=plan.paper,
            sender=sender_lines(subject, self._place, plan.setting.address),
            recipient=self._recipient,
            subject=_line(self._subject.fill(values)),
            salutation=_line(self._salutation.fill(values)),
            blocks=self._body.fill(values),
            closing=_line(self._closing.fill(values)),
            signature=subject.name,
            enclosures=_line(self._enclosures.fill(values)),
            about=self._about,
            recipient_email=self._email,
        )


def draft(pieces: Pieces, plan: LetterPlan, subject: Subject, ref: str) -> Letter:
    """The finished letter. Raises BadData for a template that cannot be used."""
    return Mould(pieces, plan).letter(subject, ref)


def _line(made: Sequence[Block]) -> str:
    return " ".join(block.text() for block in made)


def unfilled(pieces: Pieces, plan: LetterPlan) -> list[str]:
    """The words of a letter before the person and the day are in: equal for equal law, firm and templates."""
    filler = Filler(pieces, plan.language, plan.setting.country, plan.context)
    every = (plan.subject_line, plan.salutation, *plan.pieces, plan.closing, plan.enclosures)
    return [filler.text(piece) for piece in every]


def _text(pieces: Pieces, context: Mapping[str, Any], piece: Piece, marks: Mapping[str, Hole]) -> tuple[str, str]:
    """The path of the template taken and its words, other pieces taken in first."""
    path = pieces.find(piece.folder, piece.names)
    values = {**context, **piece.own, **marks}
    inserts = {name: Insert(_text(pieces, context, inner, marks)[1].strip()) for name, inner in piece.inserts.items()}
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
