"""The letter as an unsent e-mail: its words are the message itself, so it is complete without an attachment.

The bytes are made here and not by the standard library's writer, which folds and quotes differently from one Python
to the next, and in some lets a header smuggle in another. Its parser is the judge: nothing leaves that it reads
otherwise than meant.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from datetime import date, datetime, time
from email.headerregistry import Address
from email.parser import BytesParser
from email.policy import default
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, NamedTuple

from optout.errors import CannotPrint
from optout.letter import Letter, plain
from optout.render.text import content

Headers = list[tuple[str, str]]
"""Names and values as a reader sees them, in order."""
_WORDS = re.compile(r"[^\W_]+(?:[ '\u2019.-]{1,2}[^\W_]+)*\.?")
_SENTENCE = re.compile(r"[^\W_]+(?:[ '\u2019.,:()/\u2013-]{1,3}[^\W_]+)*[.)]?")
_MAILBOX = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}")
_LINE = 76
_CHUNK = 39
"""Bytes in one encoded word, so that it fits beside the longest header name in a line."""
_MOST = 998
"""Characters in a line of a message (RFC 5322, 2.1.1)."""
_INSTEAD = "leave out eml, and write the letter as docx, pdf or txt"


def write(letter: Letter) -> bytes:
    """A draft with CRLF line ends that a mail program opens unsent. Raises CannotPrint.

    The day is the letter's, at noon and without a time zone; no Message-ID is given, since the mail program makes one.
    """
    content(letter)
    sender = _address(_sent_from(letter), letter.signature)
    to = [_address(letter.recipient_email)] if letter.recipient_email else []
    body = plain(letter).replace("\n", "\r\n")
    coding, octets = _body(body)
    meant: Headers = [
        ("X-Unsent", "1"),
        ("Date", _date(letter.day)),
        ("From", _mailbox(sender)),
        *(("To", _mailbox(address)) for address in to),
        ("Subject", clean_header(letter.subject)),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", coding),
        ("Content-Language", clean_header(letter.language)),
    ]
    lines = [_line(name, sender if name == "From" else value) for name, value in meant]
    data = "".join(line + "\r\n" for line in lines).encode("ascii") + b"\r\n" + octets
    if not _simple(sender, to, letter.subject) and not _reads_as_meant(data, meant, sender, to, body):
        raise CannotPrint("a mail program would read this draft otherwise than it is meant", _INSTEAD)
    return data


@lru_cache(maxsize=64)
def _date(day: date) -> str:
    return format_datetime(datetime.combine(day, time(12)))


class Mailbox(NamedTuple):
    """An address of a header."""

    display_name: str
    addr_spec: str


def _simple(sender: Mailbox, to: list[Mailbox], subject: str) -> bool:
    """Whether names and subject are letters, digits and a few harmless signs, and the mailboxes such as everybody has.
    No reader takes those otherwise than meant, and asking it takes longer than all the rest of a draft."""
    return (
        _WORDS.fullmatch(sender.display_name) is not None
        and _SENTENCE.fullmatch(subject) is not None
        and all(_MAILBOX.fullmatch(one.addr_spec) is not None and not one.display_name for one in to)
        and _MAILBOX.fullmatch(sender.addr_spec) is not None
    )


def clean_header(text: str) -> str:
    """The text with single blanks, or CannotPrint: no line break, control or direction mark, and nothing that a reader
    decodes (`=?`), since Pythons of today still turn it into headers of its own."""
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or "\u202a" <= char <= "\u202e" or char in _ISOLATES:
            raise CannotPrint(f"a header of the e-mail would hold U+{ord(char):04X}", _INSTEAD)
    if "=?" in text:
        raise CannotPrint("a header of the e-mail would hold '=?', which mail programs read as a code", _INSTEAD)
    return " ".join(text.split())


_ISOLATES = "\u2066\u2067\u2068\u2069"


def _sent_from(letter: Letter) -> str:
    """The person's address: the last line of the sender that is one."""
    for line in reversed(letter.sender):
        if "@" in line:
            return line
    raise CannotPrint("the letter names no e-mail address of its sender", _INSTEAD)


def _address(spec: str, name: str = "") -> Mailbox:
    """One address in ASCII; a name of a domain in another script becomes its ASCII form."""
    clean_header(spec)
    local, _, domain = spec.rpartition("@")
    if not local.isascii():
        raise CannotPrint(
            "an e-mail address has letters before the @ that an e-mail draft cannot hold",
            "use an address in plain letters, or leave out eml",
        )
    name = clean_header(name)
    if _MAILBOX.fullmatch(spec):
        return Mailbox(name, spec)
    try:
        spec = f"{local}@{domain if domain.isascii() else _ascii(spec)}"
        address = Address(name, addr_spec=spec)
    except Exception:  # headerregistry raises several kinds, some of which quote the address
        address = Address()
    if address.addr_spec != spec:
        raise CannotPrint("an e-mail address cannot be written into a draft", _INSTEAD)
    return Mailbox(name, spec)


def _ascii(spec: str) -> str:
    from email_validator import validate_email

    return validate_email(spec, check_deliverability=False, test_environment=True).ascii_domain or ""


def _mailbox(address: Mailbox) -> str:
    return f"{address.display_name} <{address.addr_spec}>" if address.display_name else address.addr_spec


def _line(name: str, value: str | Mailbox) -> str:
    """A header in ASCII, folded; what is not ASCII, and a phrase with signs of its own meaning, is encoded or quoted."""
    if isinstance(value, Mailbox):
        return _fold(f"{name}:", [*_phrase(value.display_name), f"<{value.addr_spec}>"])
    return _fold(f"{name}:", value.split(" ") if value.isascii() else _encoded(value))


def _phrase(text: str) -> list[str]:
    if not text.isascii() or len(text) > _LINE - 10:
        return _encoded(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{escaped}"'] if text else []


def _encoded(text: str) -> list[str]:
    """Encoded words (RFC 2047) that never cut a character."""
    chunks = [b""]
    for char in text:
        octets = char.encode()
        if len(chunks[-1]) + len(octets) > _CHUNK:
            chunks.append(b"")
        chunks[-1] += octets
    return [f"=?utf-8?b?{base64.b64encode(chunk).decode()}?=" for chunk in chunks]


def _fold(start: str, words: list[str]) -> str:
    lines = [start]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != start:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _body(text: str) -> tuple[str, bytes]:
    """The transfer encoding and the octets: as they are where every mail server takes them, else quoted-printable."""
    if text.isascii() and max(map(len, text.split("\r\n"))) <= _MOST:
        return "7bit", text.encode()
    return "quoted-printable", binascii.b2a_qp(text.encode(), istext=True)


def _reads_as_meant(data: bytes, meant: Headers, sender: Mailbox, to: list[Mailbox], body: str) -> bool:
    read: Any = BytesParser(policy=default).parsebytes(data)
    if read.keys() != [name for name, _ in meant] or read.defects or any(value.defects for value in read.values()):
        return False
    for name, value in meant:
        if name not in ("From", "To") and str(read[name]) != value:
            return False
    addressed = [one for name in ("To", "Cc", "Bcc") for one in _addresses(read, name)]
    return (
        _addresses(read, "From") == [_named(sender)]
        and addressed == [_named(one) for one in to]
        and str(read.get_content()).replace("\r\n", "\n") == body.replace("\r\n", "\n")
    )


def _addresses(read: Any, name: str) -> list[tuple[str, str]]:
    return [_named(one) for one in read[name].addresses] if name in read else []


def _named(address: Mailbox) -> tuple[str, str]:
    """Blanks of a name do not count: the parser puts one between two encoded words of a name."""
    return "".join(address.display_name.split()), address.addr_spec
