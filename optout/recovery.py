"""The recovery code: the data key in nine groups that a person can write down, type back and get told where they slipped.

A group is eight hexadecimal digits and a check sign. Groups one to eight are the key; the ninth is a checksum of it.
"""

from __future__ import annotations

import hashlib
import re

from optout.errors import SecretUnavailable

GROUPS = 9
DIGITS = 8
LENGTH = DIGITS + 1
SIGNS = "0123456789abcdefx"
"""The last one occurs as a check sign only."""

_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})
_LABELLED = re.compile(r"^[ \t]*([1-9])[ \t]*[:)](.*)$", re.MULTILINE)
_BETWEEN = re.compile(r"[\s.,;_-]+")


class WrongCode(SecretUnavailable):
    """What was typed is not a recovery code; says where, as far as that can be seen. Never repeats what was typed."""


def code(key: bytes) -> tuple[str, ...]:
    """The nine groups of a 32-byte key."""
    digits = key.hex() + _sum(key.hex())
    parts = [digits[start : start + DIGITS] for start in range(0, len(digits), DIGITS)]
    return tuple(part + _check(number, part) for number, part in enumerate(parts, 1))


def key_of(typed: str) -> bytes:
    """The key in what a person typed: any case, any spaces, O for 0, I or l for 1. Raises WrongCode."""
    rows = _LABELLED.findall(typed)
    if [number for number, _ in rows] == [str(number) for number in range(1, GROUPS + 1)]:
        typed = "\n".join(row for _, row in rows)  # the whole sheet, or its numbered lines
    signs = plain(typed)
    if len(signs) != GROUPS * LENGTH:
        raise WrongCode(_length(typed, signs), "type the group again, sign by sign")
    groups = [signs[start : start + LENGTH] for start in range(0, len(signs), LENGTH)]
    wrong = [number for number, group in enumerate(groups, 1) if not right(number, group)]
    digits = "".join(group[:DIGITS] for group in groups)
    whole, total = digits[:-DIGITS], digits[-DIGITS:]
    if wrong:
        raise WrongCode(_where(groups, wrong), "compare it with the sheet")
    if _sum(whole) != total:
        raise WrongCode("every group is right by itself, but together they are not a code", "are all of one sheet?")
    return bytes.fromhex(whole)


def plain(typed: str) -> str:
    """The signs of what was typed, as they stand on the sheet."""
    return _BETWEEN.sub("", typed).lower().translate(_ALIKE)


def right(number: int, group: str) -> bool:
    """Whether these plain signs can be the group of this number (from 1)."""
    digits = group[:DIGITS]
    return len(group) == LENGTH and _hexadecimal(digits) and group[DIGITS] == _check(number, digits)


def _check(number: int, digits: str) -> str:
    # 17 is a prime and every weight differs: one wrong sign, two signs or two groups changed over never go unseen.
    total = number + sum(weight * int(digit, 16) for weight, digit in enumerate(digits, 1))
    return SIGNS[total % len(SIGNS)]


def _sum(digits: str) -> str:
    return hashlib.sha256(b"optout recovery " + digits.encode("ascii")).hexdigest()[:DIGITS]


def _hexadecimal(digits: str) -> bool:
    return all(sign in SIGNS[:16] for sign in digits)


def _length(typed: str, signs: str) -> str:
    """What to say about too few or too many signs."""
    lines = [plain(line) for line in typed.splitlines() if plain(line)]
    if len(lines) == GROUPS:
        for number, line in enumerate(lines, 1):
            if len(line) != LENGTH:
                return f"group {number} has {len(line)} signs instead of {LENGTH}"
    much = f"the code has {len(signs)} signs instead of {GROUPS * LENGTH}"
    for number in range(1, GROUPS + 1):
        if not right(number, signs[(number - 1) * LENGTH : number * LENGTH]):
            return f"{much}; the first that does not fit is in group {number}"
    return much


def _where(groups: list[str], wrong: list[int]) -> str:
    for number in wrong:
        for place, sign in enumerate(groups[number - 1], 1):
            if sign not in SIGNS[: 17 if place == LENGTH else 16]:
                return f"sign {place} of group {number} cannot occur in a code"
    if len(wrong) == 1:
        slip = _place(groups, wrong[0])
        return f"sign {slip} of group {wrong[0]} is wrong" if slip else f"group {wrong[0]} is wrong"
    if len(wrong) == 2:
        first, second = wrong
        if right(first, groups[second - 1]) and right(second, groups[first - 1]):
            return f"groups {first} and {second} are changed over"
    return f"groups {', '.join(map(str, wrong))} are wrong"


def _place(groups: list[str], number: int) -> str:
    """Which sign of the one wrong group is wrong, if the checksum of the whole tells; "" if not."""
    total = groups[-1][:DIGITS]
    if number == GROUPS:
        return ""
    group = groups[number - 1]
    before = "".join(part[:DIGITS] for part in groups[: number - 1])
    after = "".join(part[:DIGITS] for part in groups[number:-1])

    def fits(digits: str) -> bool:
        return _sum(before + digits + after) == total

    digits = group[:DIGITS]
    if fits(digits):
        return str(LENGTH)
    for place in range(DIGITS):
        if any(fits(digits[:place] + sign + digits[place + 1 :]) for sign in SIGNS[:16]):
            return str(place + 1)
        turned = digits[:place] + digits[place : place + 2][::-1] + digits[place + 2 :]
        if fits(turned):
            return f"{place + 1} or {place + 2}"
    return ""
