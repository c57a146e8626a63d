"""In which languages letters can be written, and in which one request is."""

from __future__ import annotations

from typing import Any

from optout.errors import NotFound
from optout.firm import Firm
from optout.jurisdiction import Jurisdiction
from optout.languages import WORDING
from optout.law import text_in
from optout.select import Choice

REQUEST = "request"
"""What pieces call the family of rules without a law."""


def written(catalog: Any, family: str) -> list[str]:
    """The languages with the pieces of this family of laws."""
    return [x for x in WORDING if catalog.template(f"{x}/opening/opening.{family}.j2") is not None]


def languages(catalog: Any, wanted: str, firm: Firm, place: Jurisdiction, choice: Choice) -> tuple[str, ...]:
    """The wanted language, else those of the place for which there are letters, else the firm's, else English.

    Raises NotFound for a language without letters, or without letters under a law that is needed: what is written for a
    mere request would say of a right that there is none.
    """
    laws = [place.laws[rule.law] for rule in choice.rules if rule.law and rule.by == "letter"]
    families = {law.family: law for law in laws if law.family and written(catalog, law.family)}
    common = [x for x in written(catalog, REQUEST) if all(x in written(catalog, f) for f in families)]
    asked = (wanted,) if wanted else tuple(x for x in place.letters_in if x in common) or (firm.language,)
    if asked[0] in common:
        return asked
    if not wanted and "en" in common:  # a firm may prefer a language in which a law here is not spoken of
        return ("en",)
    lacks = [law for family, law in families.items() if asked[0] not in written(catalog, family)]
    lacking = lacks[0] if lacks and asked[0] in written(catalog, REQUEST) else None
    about = f" under {text_in(lacking.short or lacking.name, 'en')}" if lacking else ""
    raise NotFound("letter language", asked[0], hint=f"letters{about} are written in: {', '.join(common)}")
