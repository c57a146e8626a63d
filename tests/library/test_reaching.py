"""Whether addresses answer, asked of a real name server and real web servers on this machine."""

from __future__ import annotations

import http.server
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from optout.cli import firmscheck
from optout.cli.app import App
from optout.library.catalog import Catalog
from optout.library.reaching import Reaching

ZONE = {
    ("good.example.", "MX"): ["10 mx.good.example."],
    ("null.example.", "MX"): ["0 ."],
    ("bare.example.", "A"): ["192.0.2.1"],
    ("empty.example.", "TXT"): ["nothing of use"],
}
HOST = "pages.firm.example"


class Names(threading.Thread):
    """A name server for ZONE; `silent.example` gets no answer."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.asked: list[str] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                data, sender = self.socket.recvfrom(4096)
            except OSError:  # closed: the tests are over
                return
            query = dns.message.from_wire(data)
            (question,) = query.question
            name, kind = str(question.name), question.rdtype.name
            self.asked.append(f"{name} {kind}")
            if name == "silent.example.":
                continue
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if (name, kind) in ZONE:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *ZONE[name, kind]))
            elif not any(known == name for known, _ in ZONE):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self.socket.sendto(answer.to_wire(), sender)


class Pages(http.server.BaseHTTPRequestHandler):
    """Pages by path; what was asked is kept with its heads."""

    asked: ClassVar[list[tuple[str, str, dict[str, str]]]] = []

    def do_HEAD(self) -> None:
        self.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
        code, _, to = self.path.strip("/").partition("-to-")
        self.send_response(int(code) if code.isdigit() else 200)
        if to:
            self.send_header("Location", {"here": "/200", "circle": self.path, "other": "https://other.example/x",
                                          "plain": f"http://{HOST}/x", "broken": "https://["}[to])  # fmt: skip
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


def certificate(folder: Path, name: str) -> Path:
    """A certificate that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
                       critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / f"{name}.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.fixture(scope="module")
def names() -> Iterator[Names]:
    server = Names()
    server.start()
    yield server
    server.socket.close()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a server of pages, and the certificate to trust."""
    file = certificate(tmp_path_factory.mktemp("web"), HOST)
    server = http.server.HTTPServer(("127.0.0.1", 0), Pages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1], file
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def reaching(names: Names, web: tuple[int, Path]) -> Reaching:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = names.port
    return Reaching(resolver=resolver, context=ssl.create_default_context(cafile=web[1]),
                    place_of=lambda host: "127.0.0.1", pause=0, timeout=0.5)  # fmt: skip


@pytest.mark.parametrize(
    ("domain", "state", "said"),
    [
        ("good.example", "there", "mx.good.example"),
        ("bare.example", "there", "the domain itself has an address"),
        ("null.example", "gone", "takes no mail"),
        ("empty.example", "gone", "neither a mail server nor an address"),
        ("nowhere.example", "gone", "no such domain"),
        ("silent.example", "unanswered", "no name server answered"),
    ],
)
def test_a_mail_domain_is_looked_up(reaching: Reaching, domain: str, state: str, said: str) -> None:
    answer = reaching.mail(domain)
    assert answer.state == state and said in answer.said


@pytest.mark.parametrize(
    ("path", "state", "said"),
    [
        ("200", "there", "200"),
        ("404", "gone", "404"),
        ("410", "gone", "410"),
        ("403", "refused", "403"),
        ("503", "refused", "503"),
        ("302-to-here", "there", "200"),
        ("301-to-other", "moved", "https://other.example"),
        ("301-to-plain", "moved", f"http://{HOST}"),
        ("302-to-circle", "refused", "in a circle"),
        ("302-to-broken", "refused", "no address"),
        ("404-to-broken", "gone", "404"),
    ],
)
def test_a_page_is_asked_for_its_head(
    reaching: Reaching, web: tuple[int, Path], path: str, state: str, said: str
) -> None:
    answer = reaching.page(f"https://{HOST}:{web[0]}/{path}")
    assert answer.state == state and said in answer.said


def test_no_more_is_sent_than_the_name_of_the_page(reaching: Reaching, web: tuple[int, Path]) -> None:
    Pages.asked.clear()
    url = f"https://{HOST}:{web[0]}/200?a=1&b=ö"
    assert reaching.page(url) == reaching.page(url)
    ((method, path, heads),) = Pages.asked
    assert method == "HEAD" and path == "/200?a=1&b=%C3%B6"
    assert set(heads) == {"host", "user-agent", "accept", "accept-encoding"} and heads["user-agent"].startswith(
        "optout/"
    )


def test_a_certificate_of_somebody_else_is_refused_and_a_closed_port_does_not_answer(
    reaching: Reaching, web: tuple[int, Path]
) -> None:
    assert "certificate" in reaching.page(f"https://other.example:{web[0]}/200").said
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    assert reaching.page(f"https://{HOST}:{port}/").state == "unanswered"
    assert reaching.page(f"https://{HOST}:99999/").state == "unanswered"


def test_one_question_at_a_time_with_a_pause(reaching: Reaching, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    slow = replace(reaching, pause=0.1, _known={})
    for domain in ("good.example", "bare.example", "good.example", "null.example"):
        slow.mail(domain)
    assert pauses == [0.1, 0.1], "two pauses between three questions, and none for the one repeated"


def test_what_is_gone_is_an_error_and_what_does_not_answer_a_code_of_its_own(
    reaching: Reaching, web: tuple[int, Path], names: Names, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    firm = Catalog().firm("pimeyes")
    form, mail = firm.routes
    page = f"https://{HOST}:{web[0]}"

    def told(mailbox: str, url: str, standing: Any = "use") -> tuple[int, dict[str, str]]:
        routes = (replace(form, to=url), replace(mail, to=mailbox, standing=standing))
        app = App({"home": str(tmp_path), "json": True})
        code = firmscheck.run(app, [replace(firm, routes=routes)], reaching)
        findings = json.loads(capsys.readouterr().out)["findings"]
        codes = {*firmscheck.CODES.values()}
        return code, {f["code"]: f["message"] for f in findings if f["code"] in codes}

    assert told("a@good.example", f"{page}/200") == (0, {})
    assert told("a@silent.example", f"{page}/200") == (8, {"no-answer": "silent.example: no name server answered"})
    code, found = told("a@nowhere.example", f"{page}/301-to-other")
    assert code == 5 and set(found) == {"address-gone", "page-moved"}
    names.asked.clear()
    assert told("secret@unused.example", f"{page}/200", "old") == (0, {})
    assert not names.asked, "an old address is not asked after"
    assert told("secret@good.example", f"{page}/200") == (0, {})
    assert "secret" not in " ".join(names.asked)
