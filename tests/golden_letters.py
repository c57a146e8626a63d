"""The golden letters: which there are, and `python -m tests.golden_letters` to write them anew after a change.

Read the difference as its addressee would before committing it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from optout.addressed import firm_of
from optout.addressee import Recipient
from optout.cli import golden, speaking
from optout.firm import FirmKind
from optout.law import DemandKind
from optout.letter import Letter, plain
from optout.library.catalog import Catalog
from optout.select import Asked
from tests import golden_agents, golden_appeal, golden_following

FOLDER = Path(__file__).parent / "golden"
DAY = date(2026, 11, 24)
CASES = {
    "us-il": ("us-il", DAY),
    "us-ca-2026": ("us-ca", date(2026, 12, 31)),
    "us-ca-2027": ("us-ca", date(2027, 1, 1)),
    "fr": ("fr", DAY),
    "de": ("de", DAY),
    "ca-on": ("ca-on", DAY),
    "ca-qc": ("ca-qc", DAY),
    "gb-eng": ("gb-eng", DAY),
    "ch": ("ch", DAY),
}
BRITISH = {
    "gb-before-2026-06-19": ("gb", "clearview", date(2026, 6, 18)),
    "gb-before-2026-02-05": ("gb", "clearview", date(2026, 2, 4)),
    "gb-sct": ("gb-sct", "pimeyes", DAY),
    "gb-nir": ("gb-nir", "meta", DAY),
}
"""The law of the United Kingdom before two of the days on which it changed, in another nation, and to a platform."""


FRENCH = {
    "fr": ("fr", DAY, True),
    "be": ("be", DAY, False),
    "lu": ("lu", DAY, False),
    "ca-qc": ("ca-qc", DAY, True),
    "ch": ("ch", DAY, True),
}
"""Places with letters in French too, and whether each demand alone is among them."""
EEA = ("no", "is", "li")
"""Where the law of the Union holds by another name."""
OTHER = {
    "de": ("de", "at", "de-by", "li", "ch"),
    "it": ("it", "ch"),
    "es": ("es",),
    "nl": ("nl", "be"),
    "pl": ("pl",),
    "pt": ("pt",),
}
"""Every other language and the places it is read in: all that is read for the first, the usual letters for the rest."""
KINDS = {
    "people_search": ("us-ca", "social-catfish", "en"),
    "platform": ("fr", "meta", "fr"),
    "identity_checker": ("us-il", "jumio", "en"),
    "retail_watch_list": ("ie", "facewatch", "en"),
    "proof_of_personhood": ("de", "world", "en"),
    "dna": ("ca-on", "23andme", "en"),
    "age_estimation": ("ca-qc", "yoti", "fr"),
    "vendor": ("us-il", "thales", "en"),
    "hiring": ("us-ca", "hirevue", "en"),
    "data_broker": ("us-mn", "babel-street", "en"),
    "public_body": ("fr", "fbi", "en"),
}
"""One firm of each kind that has words of its own, and a place and language to read them in."""
CLIENT = Recipient(
    name="Example Client Ltd", lines=("2 Sample Street", "00000 Exampletown"), email="privacy@client.example"
)
WITHOUT_PROFILE: dict[str, tuple[str, FirmKind | None, str, str]] = {
    "unknown": ("us-il", None, "en", "Example Hotel Inc."),
    "police": ("de", "police", "en", "Police of Exampletown"),
    "constabulary": ("gb-eng", "police", "en", "Exampletown Constabulary"),
}
WITHOUT_PROFILE |= {
    f"police-{language}": ("de-be" if language == "de" else language, "police", language, name)
    for language, name in golden_following.POLICE_NAMES.items()
    if language != "en"
}
WITHOUT_PROFILE |= {
    f"cantonal-{language}": ("ch", "police", language, golden_following.POLICE_NAMES[language])
    for language in ("fr", "de", "it")
}
"""Somebody without a profile: place, kind as far as it is known, language, name."""


def without_profile(catalog: Catalog, key: str, demands: tuple[DemandKind, ...] = ()) -> list[Letter]:
    place, kind, language, name = WITHOUT_PROFILE[key]
    to = replace(CLIENT, name=name)
    return golden.letters(catalog, place, firm_of(to, kind), Asked(demands=demands, on=DAY), language, to)


def texts(catalog: Catalog) -> dict[str, str]:
    """File name to text: per place what is written by default, each demand alone, and PimEyes by default."""
    made: dict[str, str] = {}
    for name, (place, day) in CASES.items():
        for firm in ("clearview", "pimeyes"):
            made |= _numbered(f"{name}-{firm}-default", golden.letters(catalog, place, firm, Asked(on=day)))
        made |= _each(catalog, name, place, day, "en")
    for language, end in (("en", ""), ("fr", "-fr")):
        found = golden.letters(catalog, "ch", "meta", Asked(on=DAY), language)
        made |= _numbered("ch-meta-default", found, end)
    for place in EEA:
        made |= _one(catalog, place, place, "access", DAY, "en")
    asked = Asked(demands=("access", "objection"), situation=True, on=DAY)
    made |= _numbered("fr-clearview-access-objection", golden.letters(catalog, "fr", "clearview", asked))
    for name, (place, firm, day) in BRITISH.items():
        made |= _numbered(f"{name}-{firm}-default", golden.letters(catalog, place, firm, Asked(on=day)))
    for place, firm, language in KINDS.values():
        to = CLIENT if catalog.firm(firm).role == "processor" else None
        day = date(2027, 1, 1) if place == "us-ca" else DAY
        found = golden.letters(catalog, place, firm, Asked(on=day), language, to)
        made |= _numbered(f"{place}-{firm}-default", found, "" if language == "en" else f"-{language}")
    made |= _numbered("fr-paypal-venmo-default", golden.letters(catalog, "fr", "paypal-venmo", Asked(on=DAY)))
    for key, (place, _, language, _) in WITHOUT_PROFILE.items():
        end = "" if language == "en" else f"-{language}"
        made |= _numbered(f"{place}-{key.removesuffix(end)}-default", without_profile(catalog, key), end)
    made |= _french(catalog)
    for language in others(catalog):
        made |= _other(catalog, language)
    return made


def others(catalog: Catalog) -> tuple[str, ...]:
    """The other languages that have their pieces."""
    return tuple(language for language in OTHER if language in speaking.written(catalog, speaking.REQUEST))


def _other(catalog: Catalog, language: str) -> dict[str, str]:
    """The usual letters, an objection, a firm that collects nothing, a platform, and a request that names no law."""
    made: dict[str, str] = {}
    end = f"-{language}"
    for place in OTHER[language]:
        found = golden.letters(catalog, place, "clearview", Asked(on=DAY), language)
        made |= _numbered(f"{place}-clearview-default", found, end)
    first = OTHER[language][0]
    for firm in ("pimeyes", "meta"):
        found = golden.letters(catalog, first, firm, Asked(on=DAY), language)
        made |= _numbered(f"{first}-{firm}-default", found, end)
    for demand in ("objection", "correction"):
        made |= _one(catalog, first, first, demand, DAY, language)
    return made | _one(catalog, "us-il", "us-il", "access", DAY, language)


def _french(catalog: Catalog) -> dict[str, str]:
    """The same in French, the names ending in `-fr`; and a request from a place where no law speaks French."""
    made: dict[str, str] = {}
    for name, (place, day, each) in FRENCH.items():
        found = golden.letters(catalog, place, "clearview", Asked(on=day), "fr")
        made |= _numbered(f"{name}-clearview-default", found, "-fr")
        if each:
            made |= _each(catalog, name, place, day, "fr")
    made |= _numbered("fr-pimeyes-default", golden.letters(catalog, "fr", "pimeyes", Asked(on=DAY), "fr"), "-fr")
    both = Asked(demands=("access", "objection"), situation=True, on=DAY)
    made |= _numbered("fr-clearview-access-objection", golden.letters(catalog, "fr", "clearview", both, "fr"), "-fr")
    every = Asked(demands=("access", "deletion", "objection", "restriction", "recipients"), situation=True,
                  together=True, on=DAY)  # fmt: skip
    made |= _numbered("fr-clearview-together", golden.letters(catalog, "fr", "clearview", every, "fr"), "-fr")
    mixed = Asked(demands=("access", "correction"), on=DAY)
    made |= _numbered(
        "ca-qc-clearview-access-correction", golden.letters(catalog, "ca-qc", "clearview", mixed, "fr"), "-fr"
    )
    for demand in ("access", "preserve", "recipients"):
        made |= _one(catalog, "us-il", "us-il", demand, DAY, "fr")
    return made


def _each(catalog: Catalog, name: str, place: str, day: date, language: str) -> dict[str, str]:
    """Every demand of the place alone."""
    made: dict[str, str] = {}
    for demand in dict.fromkeys(rule.demand for rule in catalog.effective(place).rules if rule.by == "letter"):
        made |= _one(catalog, name, place, demand, day, language)
    return made


def _one(catalog: Catalog, name: str, place: str, demand: DemandKind, day: date, language: str) -> dict[str, str]:
    asked = Asked(demands=(demand,), only=True, situation=demand in ("objection", "restriction"), on=day)
    (letter,) = golden.letters(catalog, place, "clearview", asked, language)
    end = "" if language == "en" else f"-{language}"
    return {f"{name}-clearview-{demand.replace('_', '-')}{end}.txt": plain(letter)}


def _numbered(name: str, found: list[Letter], end: str = "") -> dict[str, str]:
    return {f"{name}-{number}{end}.txt": plain(letter) for number, letter in enumerate(found, 1)}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    catalog = Catalog()
    for name, text in texts(catalog).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    golden_following.write(catalog)
    golden_appeal.write()
    golden_agents.write(catalog)


if __name__ == "__main__":
    main()
