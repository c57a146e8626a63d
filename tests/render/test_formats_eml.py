"""The e-mail draft as a mail program reads it. The judge is the standard library's parser, of every Python there is."""

from __future__ import annotations

import email
import email.policy
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optout.errors import CannotPrint
from optout.letter import Letter, plain, words
from optout.records import from_plain, to_plain
from optout.render import eml
from tests.faults.extent import rounds
from tests.render.sample_letter import LATIN, OTHER, letter

NAMES = ["X-Unsent", "Date", "From", "To", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
         "Content-Language"]  # fmt: skip
FIRM = "privacy@faces.example"
QUOTED = ["Example, Ada", 'Ada "the Cat" Example', "Ada (she) <x@y.example>", "a@b.example, c@d.example", "Ada; Bcc: x@y",
          "O'Brien \\ Sons", "René, comte d'Été", "undisclosed:;", "Ada " + "von und zu " * 20, "Ż" * 200]  # fmt: skip
BREAKING = ["Ada\r\nBcc: x@y.example", "Ada\nBcc: x@y.example", "Ada\rBcc: x@y.example", "Ada\0", "Ada\u2028Bcc: x@y",
            "Ada\u2029Bcc: x@y", "Ada\x85Bcc: x@y", "=?utf-8?q?a=0d=0aBcc:_x@y.example?=", "=?utf-8?b?DQpCY2M6IHhAeQ==?=",
            "=?", "Ada\u202eelpmaxE", "Ada\u2066x\u2069", "Ada\x1b[2J", "\x0c", "Ada\x7f"]  # fmt: skip
"""Payloads that have put a header into a message, or hide what is in one."""


def draft(**changes: Any) -> Letter:
    return letter(**{"recipient_email": FIRM, **changes})


def read(data: bytes) -> Any:
    return email.message_from_bytes(data, policy=email.policy.default)


def test_it_is_an_unsent_message_to_the_firm_without_a_trace_of_the_machine() -> None:
    data = eml.write(draft())
    mail = read(data)
    assert mail.keys() == NAMES
    assert (mail["X-Unsent"], mail["To"], mail["Content-Language"]) == ("1", FIRM, "en")
    assert mail["From"] == "Ada Example <ada@example.org>"
    assert mail["Date"] == "Sun, 22 Nov 2026 12:00:00 -0000"
    assert mail["Subject"] == "Request under an example act, reference OPT-2026-0007"
    assert not mail.is_multipart() and mail.get_content_type() == "text/plain"
    assert data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r")


@pytest.mark.parametrize("name", [*LATIN, *OTHER])
def test_its_words_are_the_letters(name: str) -> None:
    text = str(read(eml.write(draft(name=name))).get_content())
    assert text.replace("\r\n", "\n") == plain(letter(name))
    said = text.split()
    for word in words(letter(name)):
        assert word in said


@pytest.mark.parametrize("name", [*LATIN, *OTHER, *QUOTED])
def test_a_name_stays_one_name_of_one_address(name: str) -> None:
    data = eml.write(draft(name=name))
    sender = read(data)["From"].addresses
    assert [one.addr_spec for one in sender] == ["ada@example.org"]
    assert "".join(sender[0].display_name.split()) == "".join(name.split())
    assert read(data).keys() == NAMES
    assert max(map(len, data.split(b"\r\n\r\n")[0].split(b"\r\n"))) <= 76


@pytest.mark.parametrize("text", BREAKING, ids=ascii)
def test_what_could_break_a_header_is_refused(text: str) -> None:
    for changed in (
        draft(signature=text),
        draft(subject=text),
        draft(language=text),
        draft(recipient_email=f"{text}@faces.example"),
        draft(recipient_email=f"privacy@{text}"),
    ):
        with pytest.raises(CannotPrint) as caught:
            eml.write(changed)
        assert "Ada" not in str(caught.value), "nothing is quoted"


@pytest.mark.parametrize("text", [BREAKING[0], BREAKING[7], "x\r\nTo: b@y.example"], ids=ascii)
def test_the_parser_judges_even_what_slips_through_the_gate(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eml, "clean_header", lambda text: text)
    with pytest.raises(CannotPrint, match="otherwise than it is meant"):
        eml.write(draft(subject=text))


@pytest.mark.parametrize(
    "address",
    ["a@b.example, c@d.example", "a@b.example c@d.example", "<a@b.example>", "Ada <a@b.example>", "a@b@c.example",
     "a", "a@", "@b.example", "a,b@c.example", "list: a@b.example;", "a@b.example;c@d.example", "(x)a@b.example"],
)  # fmt: skip
def test_only_one_plain_address_is_a_recipient(address: str) -> None:
    with pytest.raises(CannotPrint):
        eml.write(draft(recipient_email=address))


def test_an_address_in_another_script_is_refused_or_written_in_ascii() -> None:
    for changed in (draft(sender=("Ada", "ądą@mail.example")), draft(recipient_email="büro@faces.example")):
        with pytest.raises(CannotPrint, match="before the @"):
            eml.write(changed)
    mail = read(eml.write(draft(sender=("Ada", "ada@straße.example"))))
    assert mail["From"].addresses[0].addr_spec == "ada@xn--strae-oqa.example"


def test_without_an_address_of_the_firm_there_is_no_recipient() -> None:
    assert read(eml.write(draft(recipient_email=""))).keys() == [name for name in NAMES if name != "To"]


def test_without_an_address_of_the_person_there_is_no_draft() -> None:
    with pytest.raises(CannotPrint, match="its sender"):
        eml.write(draft(sender=("Ada Example",)))


def test_long_lines_are_written_so_that_every_mail_server_takes_them() -> None:
    mail = eml.write(draft(sender=("Ada", "x" * 3000, "ada@mail.example")))
    assert max(map(len, mail.split(b"\r\n"))) <= 78
    assert "x" * 3000 in str(read(mail).get_content())


@given(st.text(max_size=60), st.text(max_size=120))
@settings(max_examples=300, deadline=None)
def test_no_name_and_no_subject_adds_or_moves_a_header(name: str, subject: str) -> None:
    try:
        data = eml.write(draft(name=name, subject=subject))
    except CannotPrint:
        return
    for policy in (email.policy.default, email.policy.compat32, email.policy.SMTP):
        mail: Any = email.message_from_bytes(data, policy=policy)
        assert mail.keys() == NAMES
        assert str(mail["To"]) == FIRM
    assert str(read(data)["Subject"]) == " ".join(subject.split())


@given(st.from_regex(eml._WORDS, fullmatch=True), st.from_regex(eml._SENTENCE, fullmatch=True),
       st.from_regex(eml._MAILBOX, fullmatch=True))  # fmt: skip
@settings(max_examples=rounds(60, 300), deadline=None)
def test_what_is_taken_without_asking_a_reader_is_read_as_meant(name: str, subject: str, mailbox: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eml, "_reads_as_meant", lambda *_: pytest.fail("it was asked"))
        try:
            data = eml.write(draft(name=name, subject=subject, sender=(name, mailbox), recipient_email=mailbox))
        except CannotPrint:
            return
    mail = read(data)
    (sender,) = mail["From"].addresses
    (to,) = mail["To"].addresses
    assert mail.keys() == NAMES and not mail.defects and not any(value.defects for value in mail.values())
    assert "".join(sender.display_name.split()) == "".join(name.split())
    assert (sender.addr_spec, to.addr_spec) == (mailbox, mailbox)
    assert str(mail["Subject"]) == " ".join(subject.split())


def test_a_letter_kept_before_there_were_drafts_is_still_read() -> None:
    kept = to_plain(letter())
    assert "recipient_email" not in kept
    assert from_plain(Letter, kept) == letter()
    assert from_plain(Letter, to_plain(draft())) == draft()


def others() -> list[str]:
    """Every other Python of this machine that runs."""
    found = {}
    folders = [Path("/usr/bin"), Path("/usr/local/bin"), *(Path.home() / ".pyenv" / "versions").glob("3.*/bin")]
    for minor in range(11, 20):
        for folder in folders:
            if (path := folder / f"python3.{minor}").exists():
                found.setdefault(minor, str(path))
    return [path for minor, path in found.items() if minor != sys.version_info.minor]


WRITES = """
import json, sys
from optout.letter import Letter
from optout.records import from_plain
from optout.render import eml
print(json.dumps([eml.write(from_plain(Letter, one)).hex() for one in json.load(sys.stdin)]))
"""


def bytes_in(python: str, letters: list[Letter]) -> list[bytes]:
    run = [python, "-c", WRITES]
    sent = json.dumps([to_plain(one) for one in letters])
    env = {"PYTHONPATH": str(Path(__file__).parents[2]), "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    done = subprocess.run(run, input=sent, env=env, capture_output=True, text=True, check=True)
    return [bytes.fromhex(one) for one in json.loads(done.stdout)]


def test_the_same_letter_is_the_same_bytes_in_another_process_elsewhere() -> None:
    letters = [draft(name=name) for name in [*LATIN, *OTHER, *QUOTED]]
    assert bytes_in(sys.executable, letters) == [eml.write(one) for one in letters]


@pytest.mark.system
@pytest.mark.skipif(not others(), reason="needs another Python, 3.11 or newer")
def test_every_other_python_writes_and_judges_the_same() -> None:
    letters = [draft(name=name) for name in [*LATIN, *OTHER, *QUOTED]]
    letters += [replace(one, subject=f"About {one.signature}") for one in letters]
    for python in others():
        assert bytes_in(python, letters) == [eml.write(one) for one in letters], python
