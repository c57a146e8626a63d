"""Whether a firm's addresses still answer: a look-up of the mail server, a HEAD of the page. Only ever used when asked.

One question at a time, with a pause; nothing is sent but the name of the host and of the page. A page that leads to
another host is not followed there: where it leads is told.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

import dns.exception
import dns.resolver

from optout import __version__

AGENT = f"optout/{__version__} (looks whether contact pages are still there; one at a time)"
TIMEOUT, PAUSE, STEPS = 10.0, 1.0, 3
"""Seconds for an answer, seconds between two questions, redirections inside one host."""
GONE = (404, 410)
SAFE = "/?%:@!$&'()*+,;=~-._"
"""What a path and a query may hold as it is."""
State = Literal["there", "gone", "moved", "refused", "unanswered"]


class Answer(NamedTuple):
    """What became of one question."""

    state: State
    said: str


@dataclass(slots=True)
class Reaching:
    """Asks the system's name servers and the web; each address once a run."""

    resolver: dns.resolver.Resolver = field(default_factory=dns.resolver.Resolver)
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    place_of: Callable[[str], str] = str
    """From the name of a host to what is connected to; the name itself unless a network of its own is meant."""
    pause: float = PAUSE
    timeout: float = TIMEOUT
    _known: dict[str, Answer] = field(default_factory=dict)

    def mail(self, domain: str) -> Answer:
        """Whether a domain takes mail: it has mail servers, or at least an address (RFC 5321, 5.1)."""
        return self._once(f"mail {domain}", lambda: self._mail(domain))

    def page(self, url: str) -> Answer:
        """Whether a page is there."""
        return self._once(url, lambda: self._page(url))

    def _once(self, key: str, ask: Callable[[], Answer]) -> Answer:
        if key not in self._known:
            if self._known:
                time.sleep(self.pause)
            self._known[key] = ask()
        return self._known[key]

    def _mail(self, domain: str) -> Answer:
        try:
            servers = self.resolver.resolve(f"{domain}.", "MX", lifetime=self.timeout)
        except dns.resolver.NXDOMAIN:
            return Answer("gone", "there is no such domain")
        except dns.resolver.NoAnswer:
            return self._address(domain)
        except dns.exception.DNSException:
            return Answer("unanswered", "no name server answered")
        names = sorted(str(server.exchange).rstrip(".") for server in servers)
        if names == [""]:  # RFC 7505: a domain that says that it takes no mail
            return Answer("gone", "the domain takes no mail")
        return Answer("there", ", ".join(names))

    def _address(self, domain: str) -> Answer:
        for kind in ("A", "AAAA"):
            try:
                self.resolver.resolve(f"{domain}.", kind, lifetime=self.timeout)
            except dns.resolver.NoAnswer:
                continue
            except dns.exception.DNSException:
                return Answer("unanswered", "no name server answered")
            return Answer("there", "no mail server is named; the domain itself has an address")
        return Answer("gone", "the domain has neither a mail server nor an address")

    def _page(self, url: str) -> Answer:
        first = url
        for _ in range(STEPS + 1):
            try:
                status, location = self._head(url)
            except ssl.SSLCertVerificationError as error:
                return Answer("refused", f"its certificate does not hold: {error.verify_message}")
            except (OSError, ValueError, http.client.HTTPException):
                return Answer("unanswered", "no answer")
            if status in GONE:
                return Answer("gone", f"it says {status}")
            if status < 300:
                return Answer("there", f"it says {status}")
            if status >= 400 or not location:
                return Answer("refused", f"it says {status}")
            try:
                url = urljoin(url, location)
                parts = urlsplit(url)
            except ValueError:
                return Answer("refused", "it leads to what is no address")
            if parts.hostname != urlsplit(first).hostname or parts.scheme != "https":
                return Answer("moved", f"it leads to {parts.scheme}://{parts.netloc}")
        return Answer("refused", "it leads in a circle")

    def _head(self, url: str) -> tuple[int, str]:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        connection = http.client.HTTPSConnection(host, port, timeout=self.timeout, context=self.context)
        # Connected here, so that certificate and request carry the host's name wherever its address leads.
        plain = socket.create_connection((self.place_of(host), port), self.timeout)
        try:
            connection.sock = self.context.wrap_socket(plain, server_hostname=host)
            path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=SAFE)
            connection.request("HEAD", path, headers={"User-Agent": AGENT, "Accept": "*/*"})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location") or ""
        finally:
            connection.close()
            plain.close()
