"""A letter to somebody who has no profile: what was typed as a name and an address, and the firm it stands for."""

from __future__ import annotations

from collections.abc import Sequence

from optout.addressee import Recipient
from optout.firm import Entity, Firm, FirmKind
from optout.naming import OWN, own_id
from optout.subject import clean_text

MOST_LINES = 8
"""Lines of a postal address; more do not fit the window of an envelope."""


def recipient(given: Sequence[str]) -> Recipient:
    """The first text is the name, one with an @ the e-mail address, every other one a line of the postal address.

    Raises ValueError with a sentence that quotes nothing.
    """
    texts = [text for text in (clean(one, "the addressee") for one in given) if text]
    if not texts or "@" in texts[0]:
        raise ValueError("the addressee has no name")
    mail = [text for text in texts[1:] if "@" in text]
    lines = tuple(text for text in texts[1:] if "@" not in text)
    if len(mail) > 1:
        raise ValueError("the addressee has more than one e-mail address")
    if len(lines) > MOST_LINES:
        raise ValueError(f"the addressee's postal address has more than {MOST_LINES} lines")
    return Recipient(name=texts[0], lines=lines, email=mail[0] if mail else "")


def clean(text: str, what: str) -> str:
    """A text as it is printed, in one line. Raises ValueError as `subject.clean_text`."""
    return " ".join(clean_text(text, what).split())


def firm_of(to: Recipient, kind: FirmKind | None) -> Firm:
    """The firm without a profile. Nothing is known of it, so nothing is claimed."""
    return Firm(
        schema="1", id=own_id(to.name), name=to.name, kinds=(kind,) if kind else (), role="controller", ready=False,
        entities=(Entity(name=to.name, role="controller", sources=()),), routes=(),
        finds_by=("face_photo",) if kind == "face_search" else (),
    )  # fmt: skip


def is_own(firm: str) -> bool:
    """Whether this is the id of a firm without a profile."""
    return firm.startswith(OWN)
