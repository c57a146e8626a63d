"""What a batch decides without a file or a vault: whose row is whose, which shard takes it, and its references."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")

CHUNK = 500
"""Letters of one chunk, about: a person's letters stay together."""
CONFIRMED = 25
"""Cases that a batch opens without asking for their number."""
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}|[A-Z]\d[\dW] ?[\dA-Z]{4}|[A-Z]\d[A-Z] ?\d[A-Z]\d|KY\d-\d{4}"
    r"|\d{5}-\d{4}|\d{4}-\d{3}|\d\d-\d{3}|\d{3} \d\d|\d{4} ?[A-Z]{2}|\d{4,6})\b",
    re.ASCII,
)
"""As in the United Kingdom, Ireland, Canada and the Caymans, the United States, Portugal, Poland, Sweden and the
Netherlands; four to six digits elsewhere."""
_SHARD = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})", re.ASCII)


class Shard(NamedTuple):
    """One of several parts of a sheet that are worked on apart, on one machine or many."""

    number: int
    """From 1."""
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """From `K/N`. Raises ValueError."""
        found = _SHARD.fullmatch(text.strip())
        if not found or int(found[1]) > int(found[2]):
            raise ValueError("write a shard as K/N, such as 2/8: the second of eight")
        return cls(int(found[1]), int(found[2]))

    def takes(self, key: str) -> bool:
        """Whether this shard has the row with that key: the same on every machine, whatever the order of the rows."""
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1


WHOLE = Shard(1, 1)


def label(ident: str, shard: Shard) -> str:
    """How the names of the files of a batch begin: several shards may write into one folder."""
    return ident if shard == WHOLE else f"{ident}-{shard.number}of{shard.of}"


def reference(secret: bytes, fingerprint: str, attempt: int) -> str:
    """The reference of the case for this person, firm and demands: the same each time, so that a chunk that was cut off
    is written again as it was; random to whoever has not the secret. `attempt` counts the ones that were in use."""
    number = int.from_bytes(_mac(secret, f"ref {attempt} {fingerprint}")[:5], "big")
    signs = "".join(_SIGNS[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{signs[:4]}-{signs[4:]}"


def subject_id(secret: bytes, digest: bytes) -> str:
    """The id of a person who is not in the vault yet."""
    return _mac(secret, f"subject {digest.hex()}")[:8].hex()


def _mac(secret: bytes, text: str) -> bytes:
    return hmac.digest(secret, text.encode(), "sha256")


def postal_order(recipient: Sequence[str]) -> tuple[str, str, tuple[str, ...]]:
    """By which letters to be posted are sorted: country, postcode, and the rest.

    An address is kept as its lines, as the firm writes it, and nothing says which is which. The last line is taken for the
    country; the postcode is what looks most like one, nearest to the end, and "" where nothing does. A wrong guess puts a
    letter at another place of the pile, and leaves none out.
    """
    lines = tuple(recipient)
    codes = (found for line in reversed(lines[1:-1]) for found in reversed(_POSTCODE.findall(line)))
    return (lines[-1].casefold() if lines else "", next(codes, ""), lines)


def chunks(items: Iterator[tuple[int, T]], size: int = CHUNK) -> Iterator[list[T]]:
    """Items in lists of about `size` letters; each comes with the number of its letters."""
    chunk: list[T] = []
    count = 0
    for letters, item in items:
        chunk.append(item)
        count += letters
        if count >= size:
            yield chunk
            chunk, count = [], 0
    if chunk:
        yield chunk
