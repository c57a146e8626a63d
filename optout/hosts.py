"""Web and e-mail addresses as data of others give them: which host they name, and whether it is what it seems."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LONGEST = 2000
_PLAIN = set("ßæœøđłþð")
"""Latin letters of their own that no other letter looks like."""
FREE_MAIL = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com aol.com gmx.de gmx.net gmx.at gmx.ch "
    "web.de t-online.de freenet.de mail.ru protonmail.com proton.me posteo.de mailbox.org orange.fr wanadoo.fr "
    "free.fr laposte.net libero.it".split()
)
"""Where anybody has a mailbox, so that the domain says nothing about the firm."""


def host_of(url: str) -> str:
    """The host in small letters without a leading `www.`, or "" where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.lower().removeprefix("www.").removesuffix(".")


def mail_host(email: str) -> str:
    return email.rpartition("@")[2].lower()


def host_in(text: str) -> str:
    """The host that a web address, an e-mail address or a host itself names; "" for any other text."""
    text = text.strip()
    if "@" in text and "/" not in text:
        return mail_host(text).removesuffix(".")
    return host_of(text if "://" in text else f"https://{text}") if not re.search(r"\s", text) else ""


def under(host: str, other: str) -> bool:
    """Whether a host is the other one or lies under it."""
    return host == other or host.endswith(f".{other}")


def free_mail(email: str) -> str:
    """The host of a mailbox, if anybody can have one there; else ""."""
    host = mail_host(email)
    return host if host in FREE_MAIL else ""


def wrong_url(url: str) -> str:
    """What is wrong with a web address; "" where nothing is."""
    if len(url) > _LONGEST:
        return f"longer than {_LONGEST} characters"
    if not url.isprintable() or re.search(r"[\s\\<>\"]", url):
        return "this is no web address"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "this is no web address"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "write an address that starts with https://"
    if "@" in parts.netloc:
        return "the address hides its host behind a user's name"
    return wrong_host(parts.hostname)


def wrong_email(text: str) -> str:
    """What is wrong with an e-mail address; "" where nothing is."""
    local, at, host = text.rpartition("@")
    if not at or len(text) > 254 or not _LOCAL.fullmatch(local) or ".." in local or local[0] == "." or local[-1] == ".":
        return "this is no e-mail address"
    return wrong_host(host)


def wrong_host(host: str) -> str:
    """What is wrong with a host's name: none at all, a number, or letters that look like others."""
    labels = host.lower().removesuffix(".").split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        return "this is no name of a host"
    for label in labels:
        shown = _decoded(label)
        if shown is None or not (_LABEL.fullmatch(shown) if shown.isascii() else 0 < len(shown) <= 63):
            return "this is no name of a host"
        if not all(sign.isascii() or _latin(sign) for sign in shown):
            return "the host is written in letters that can pass for others"
        if any(sign.isascii() and not (sign.isalnum() or sign in "-_") for sign in shown):
            return "this is no name of a host"
    return ""


def _decoded(label: str) -> str | None:
    """A label as a browser may show it."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").lower() if len(label) <= 63 else None
    except (UnicodeError, ValueError):
        return None


def _latin(sign: str) -> bool:
    """A Latin letter with a mark that shows, in its one usual form."""
    name = unicodedata.name(sign, "")
    usual = unicodedata.normalize("NFKC", sign) == sign
    return sign in _PLAIN or (usual and name.startswith("LATIN SMALL LETTER ") and " WITH " in name and sign < "\u0180")
