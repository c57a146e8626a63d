"""Names as they are compared, the nearest of them, and ids made from them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

OWN = "own-"
"""How the id of a firm without a profile begins; no firm of the catalogue may be called so."""
LONGEST_SLUG = 40
_LOOKS = str.maketrans(
    "АВСЕНІЈКМОРЅТУХԜԚӀΑΒΕΖΗΙΚΜΝΟΡΤΥΧавсԁеһіјкморѕтухԝԛӏѵαγεικνορτυχωօսոհցɑıłøđ0",  # noqa: RUF001 (that is what they are here for)
    "ABCEHIJKMOPSTYXWQIABEZHIKMNOPTYXabcdehijkmopstyxwqlvayeikvoptuxwounhgailodo",
)
"""Letters of other alphabets, and of ours, and what somebody may read in their place."""
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
"""Those of which some letters look like those of another."""
_FORMS = "inc|ltd|llc|gmbh|corp|corporation|limited|plc|ag|sa|sas|bv|kg|se"
SHORTEST = 3
"""Signs that the beginning of a word must have to bring a name to mind."""


def folded(name: str) -> str:
    """A name as it is compared: without case, accents and signs that show nothing, so that `quebec` finds Québec however
    its é was typed."""
    parts = unicodedata.normalize("NFKD", name.strip().casefold())
    if not parts.isascii():
        kept = (sign for sign in parts if not unicodedata.combining(sign))
        parts = "".join(sign for sign in kept if unicodedata.category(sign) != "Cf")
    return " ".join(parts.split())


def looks(name: str) -> str:
    """What a name looks like: two that give the same text are taken for one another. Spaces, stops, the form of the
    company and which of several like letters stands there make no difference."""
    plain = folded(unicodedata.normalize("NFKC", name).translate(_LOOKS)).translate(str.maketrans("i1|!", "llll"))
    named = re.sub(rf"(?<=\w)[\s,.]+({_FORMS.replace('i', 'l')})\.?$", "", plain)
    return re.sub(r"[\W_]+", "", named).replace("rn", "m").replace("vv", "w") or plain


def mixed(name: str) -> str:
    """The first word with letters of two alphabets that pass for one another; "" for none. The sign for micro is none."""
    for word in re.findall(r"\w+", unicodedata.normalize("NFKC", name.replace("\N{MICRO SIGN}", ""))):
        if len({unicodedata.name(sign, "").partition(" ")[0] for sign in word} & set(_ALPHABETS)) > 1:
            return str(word)
    return ""


def slug(text: str) -> str:
    """The text as a part of an id or a file name: small letters, digits and single hyphens; "" if nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", folded(text))[:LONGEST_SLUG].strip("-")


def own_id(name: str) -> str:
    """The id of a firm without a profile: the same for the same name, another one for every other."""
    mark = hashlib.sha256(folded(name).encode()).hexdigest()[:8]
    return OWN + "-".join(part for part in (slug(name), mark) if part)


def near(wanted: str, names: Iterable[str], most: int = 6) -> list[str]:
    """Names that may have been meant, the likeliest first: one with a word that begins so, one with a slip of the
    finger, one that looks alike. All are given as they are compared."""
    import difflib

    wanted, names = folded(wanted)[:80], list(names)
    begun = [name for name in names if len(wanted) >= SHORTEST and _begins(wanted, name)]
    slips = [name for name in names if len(wanted) >= SHORTEST and one_slip(wanted, name)]
    return list(dict.fromkeys([*begun, *slips, *difflib.get_close_matches(wanted, names, most, 0.6)]))[:most]


def _begins(wanted: str, name: str) -> bool:
    return name.startswith(wanted) or any(word.startswith(wanted) for word in re.split(r"[\s.&/()-]+", name))


def one_slip(one: str, other: str) -> bool:
    """Whether a sign too many, too few, wrong, or exchanged with its neighbour makes one name the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and len(b) > 1 and a[2:] == b[2:])
