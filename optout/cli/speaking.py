"""In which languages letters can be written, and in which one request is."""

from __future__ import annotations

from typing import Any

from optout.addressed import is_own
from optout.addressee import Recipient
from optout.errors import NotFound
from optout.firm import PUBLIC, Firm
from optout.jurisdiction import Jurisdiction
from optout.languages import WORDING
from optout.law import text_in
from optout.seats import place_of
from optout.select import Choice

REQUEST = "request"
"""What pieces call the family of rules without a law."""


def written(catalog: Any, family: str) -> list[str]:
    """The languages with the pieces of this family of laws."""
    return [x for x in WORDING if catalog.template(f"{x}/opening/opening.{family}.j2") is not None]


def languages(
    catalog: Any, wanted: str, firm: Firm, place: Jurisdiction, choice: Choice, to: Recipient | None = None
) -> tuple[str, ...]:
    """The wanted language, else those in which letters go out together from the place, else that of an office there,
    else the firm's, else English.

    Raises NotFound for a language without letters, or without letters under a law that is needed: what is written for a
    mere request would say of a right that there is none.
    """
    laws = [place.laws[rule.law] for rule in choice.rules if rule.law and rule.by == "letter"]
    of_family = {law.family: law for law in laws if law.family}
    spoken = {family: written(catalog, family) for family in (REQUEST, *of_family)}
    families = {family: law for family, law in of_family.items() if spoken[family]}
    common = [x for x in spoken[REQUEST] if all(x in spoken[f] for f in families)]
    together = tuple(x for x in place.letters_in if x in common)
    offices = _of_offices(catalog, firm, place, to, common)
    asked = (wanted,) if wanted else together or (offices if len(offices) == 1 else (firm.language,))
    if asked[0] in common:
        return asked
    if not wanted and "en" in common:  # a firm may prefer a language in which a law here is not spoken of
        return ("en",)
    lacks = [law for family, law in families.items() if asked[0] not in spoken[family]]
    lacking = lacks[0] if lacks and asked[0] in spoken[REQUEST] else None
    about = f" under {text_in(lacking.short or lacking.name, 'en')}" if lacking else ""
    raise NotFound("letter language", asked[0], hint=f"letters{about} are written in: {', '.join(common)}")


def choice_of_language(
    catalog: Any, wanted: str, firm: Firm, place: Jurisdiction, to: Recipient | None
) -> tuple[str, ...]:
    """A note where nobody said in which of its languages an office of a place with several is to be written to."""
    offices = _of_offices(catalog, firm, place, to, written(catalog, REQUEST))
    if wanted or place.letters_in or len(offices) < 2:
        return ()
    options = " or ".join(f"--language {x}" for x in offices)
    return (f"Offices in {text_in(place.name, 'en')} work in several languages. To write in one of them: {options}",)


def _of_offices(
    catalog: Any, firm: Firm, place: Jurisdiction, to: Recipient | None, common: list[str]
) -> tuple[str, ...]:
    """The languages that a public body typed by name reads, as far as there are letters. It is taken for one of where
    the person lives unless its address is elsewhere: the person may not read what is read there. None of a firm."""
    home = place_of(to.lines[-1]) if to and to.lines else None
    elsewhere = home is not None and home not in {part.id for part in catalog.chain(place.id)}
    if elsewhere or not (is_own(firm.id) and set(firm.kinds) & set(PUBLIC) and place.laws):
        return ()
    return tuple(x for x in place.languages if x in common)
