"""A letter in pieces: which templates, in which order, with which values, and by which names they are looked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from optout.dates import Period
from optout.law import Rule
from optout.letter import Paper
from optout.setting import Setting

KIN = {"uk-gdpr": "gdpr", "uk-part-3": "led"}
"""Families that take the pieces of another where they have none of their own; never the opening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One template of a folder, by its most special name first, with values of its own."""

    folder: str
    names: tuple[str, ...]
    own: dict[str, Any] = field(default_factory=dict)
    inserts: dict[str, Piece] = field(default_factory=dict)
    """Pieces that this one takes in by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPlan:
    """Everything needed to write one letter in one language, still without its words."""

    id: str
    """The same for every language version of a letter."""
    rules: tuple[Rule, ...]
    setting: Setting
    language: str
    paper: Paper
    subject_line: Piece
    salutation: Piece
    pieces: tuple[Piece, ...]
    closing: Piece
    enclosures: Piece
    context: dict[str, Any]
    """Plain text, lists, booleans and dicts of them."""
    reply_by: date | None
    """The sender's own date."""
    reply_within: Period | None
    """The sender's own time from receipt, which a held letter names instead."""
    by_person: bool = False
    """The person writes it themself, though another writes the letters."""


def named(base: str, *specials: str) -> tuple[str, ...]:
    return tuple(f"{base}.{special}" for special in specials if special)


def kin(base: str, family: str) -> tuple[str, ...]:
    """The names of a piece under a family of laws, and under the family whose words it shares."""
    return named(base, family, KIN.get(family, ""))
