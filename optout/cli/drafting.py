"""From a letter's plan to the letter, and from the letter to files: the seam between core, templates and formats."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from optout.acting import sender_lines, signature
from optout.languages import WORDING
from optout.letter import Block, Letter, Paper
from optout.pieces import LetterPlan, Piece
from optout.records import to_plain
from optout.render import blocks
from optout.render.environment import Hole, Insert, Pieces, holes
from optout.setting import recipient_email, recipient_lines
from optout.subject import Subject
from optout.typography import set_in

HOLES = ("ref", "reply_by", "situation", "person", "agent")


@lru_cache(maxsize=16)
def pieces_of(catalog: Any, language: str) -> Pieces:
    """Parsed once for all letters of a language with that catalogue: `check` alone writes some fifty."""
    return Pieces(language, catalog.template, HOLES)


class Filler:
    """Pieces to finished words: the shaping values are filled in first, the person's after the text was parsed."""

    def __init__(self, pieces: Pieces, language: str, country: str, context: Mapping[str, Any]) -> None:
        self._pieces, self._language, self._country, self._context = pieces, language, country, context
        self._marks = holes(HOLES)

    def printed(self, words: str) -> str:
        """Our own words as they are set in print."""
        return set_in(words, self._language, self._country)

    def line(self, piece: Piece, values: Mapping[str, str]) -> str:
        return self.cast((piece,)).line(values)

    def body(self, pieces: Sequence[Piece], values: Mapping[str, str]) -> tuple[Block, ...]:
        return self.cast(pieces).fill(values)

    def cast(self, pieces: Sequence[Piece], known: Mapping[str, str] | None = None) -> blocks.Cast:
        """The pieces with all in them but the person's values; `known` is the same for everybody."""
        return blocks.Cast([shape for piece in pieces for shape in self._shapes(piece)], self._marks, known or {})

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
        self._filler = filler
        wording = WORDING[plan.language]
        reply_by = filler.printed(day_text(plan.reply_by, plan.language)) if plan.reply_by else ""
        self._subject, self._salutation, self._body, self._closing, self._enclosures = (
            filler.cast(x, {"reply_by": reply_by})
            for x in ((plan.subject_line,), (plan.salutation,), plan.pieces, (plan.closing,), (plan.enclosures,))
        )
        self._day = filler.printed(wording.undated if plan.context["held"] else dated(setting.on, plan.language))
        self._place = filler.printed(plan.context["place"]["name"])
        self._about = filler.printed(wording.about)
        self.recipient, self.email = recipient_lines(setting, plan.rules), recipient_email(setting, plan.rules)

    @cached_property
    def unfilled(self) -> list[str]:
        """The words before the person and the day are in: equal for equal law, firm and templates."""
        plan = self.plan
        every = (plan.subject_line, plan.salutation, *plan.pieces, plan.closing, plan.enclosures)
        return [self._filler.text(piece) for piece in every]

    def letter(self, subject: Subject, ref: str) -> Letter:
        """The finished letter."""
        plan = self.plan
        values = {"ref": ref, "situation": subject.situation, **named(subject)}
        # The answer goes to the agent, so the firm needs no other way to the person.
        who = replace(subject, agent=None, email="") if plan.by_person else subject
        return Letter(
            ref=ref,
            day=plan.setting.on,
            day_text=self._day,
            language=plan.language,
            paper=plan.paper,
            sender=sender_lines(who, self._place, plan.setting.address, plan.language),
            recipient=self.recipient,
            subject=self._subject.line(values),
            salutation=self._salutation.line(values),
            blocks=self._body.fill(values),
            closing=self._closing.line(values),
            signature=signature(who, plan.language),
            enclosures=self._enclosures.line(values),
            about=self._about,
            recipient_email=self.email,
        )


def named(subject: Subject) -> dict[str, str]:
    """The holes for who is written for and who writes."""
    return {"person": subject.name, "agent": subject.agent.name if subject.agent else ""}


class Kept:
    """The JSON of a mould's letters as the vault keeps them, made once with places for what is the person's."""

    _REF, _SENDER, _NAME = "\ue110", "\ue111", "\ue112"
    """Private-use signs, which no data can hold."""

    def __init__(self, mould: Mould) -> None:
        from optout.store.plain import dump

        self._dump = dump
        self._apart = mould.plan.setting.situation
        """Free text becomes paragraphs, as many as it has."""
        who = Subject(name=self._NAME, email="", residence="")
        letter = replace(mould.letter(who, self._REF), sender=(self._SENDER,))
        own = {self._REF: "ref", dump([self._SENDER]): "sender", dump(self._NAME): "signature"}
        self._text = [] if self._apart else re.split(f"({'|'.join(map(re.escape, own))})", dump(to_plain(letter)))
        """Words of ours, with something of the person's between each two."""
        self._own = [own[mark] for mark in self._text[1::2]]

    def text(self, letter: Letter) -> str:
        """The same as of the letter itself, many times as quick."""
        if self._apart:
            return self._dump(to_plain(letter))
        own = {"ref": letter.ref, "sender": self._dump(letter.sender), "signature": self._dump(letter.signature)}
        text = self._text.copy()
        text[1::2] = [own[name] for name in self._own]
        return "".join(text)


def draft(pieces: Pieces, plan: LetterPlan, subject: Subject, ref: str) -> Letter:
    """The finished letter. Raises BadData for a template that cannot be used."""
    return Mould(pieces, plan).letter(subject, ref)


def _text(pieces: Pieces, context: Mapping[str, Any], piece: Piece, marks: Mapping[str, Hole]) -> tuple[str, str]:
    """The path of the template taken and its words, other pieces taken in first."""
    path = pieces.find(piece.folder, piece.names)
    values = {**context, **piece.own, **marks}
    inserts = {name: Insert(_text(pieces, context, inner, marks)[1].strip()) for name, inner in piece.inserts.items()}
    return path, pieces.render(path, {**values, **inserts})


class Press:
    """Letters to files, one after another: what they share is read once."""

    def __init__(self, formats: Sequence[str], cache: str | None, fonts: Sequence[str]) -> None:
        from optout import render

        self._writers = {name: render.load(name) for name in formats}
        self._cache, self._fonts = cache, fonts
        self._bases: dict[str, bytes] = {}

    def write(self, letter: Letter, paper: bool = False) -> dict[str, bytes]:
        """Format to bytes; `paper`: of a page that somebody signs, which is no e-mail. Raises CannotPrint before anything is
        written."""
        return {name: self._one(name, letter) for name in self._writers if not paper or name != "eml"}

    def _one(self, name: str, letter: Letter) -> bytes:
        write = self._writers[name].write
        if name == "docx":
            return bytes(write(letter, self._base(letter.paper)))
        return bytes(write(letter, self._fonts) if name == "pdf" else write(letter))

    def _base(self, paper: Paper) -> bytes:
        if paper not in self._bases:
            from optout.render import docx_base

            self._bases[paper] = docx_base.cached(paper, self._cache)
        return self._bases[paper]


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
    """The SHA-256 of a value in JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def digest_of(person: Any, rest: str) -> str:
    """The SHA-256 of a person's data and of `rest`, which is JSON already."""
    state = _begun(rest).copy()
    state.update(canonical(person).encode())
    return str(state.hexdigest())


@lru_cache(maxsize=64)
def _begun(text: str) -> Any:
    """What thousands of people share is hashed once."""
    return hashlib.sha256(f"{text}\n".encode())


def canonical(value: Any) -> str:
    """JSON that is the same text for equal values."""
    made: str = _writer().encode(value)
    return made


@lru_cache(maxsize=1)
def _writer() -> Any:
    import json

    return json.JSONEncoder(sort_keys=True, default=str)
