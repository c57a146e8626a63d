"""Whom a letter goes to where the user named it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """An addressee whom the user named: the client of a processor, or a firm without a profile."""

    name: str
    lines: tuple[str, ...] = ()
    """The postal address without the name; empty: not known."""
    email: str = ""
