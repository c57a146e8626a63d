"""E-mail drafts as a user makes them."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

from tests.cli.test_main_job import PERSON, optout, request


def test_a_draft_goes_to_the_firm_and_the_talk_says_that_nothing_was_sent(tmp_path: Path) -> None:
    done = optout(tmp_path, "request", "clearview", *PERSON[:4], "--residence", "FR", "--format", "eml,txt")
    assert done.returncode == 0, done.stderr
    assert "your mail program opens it" in done.stderr and "Nothing was sent." in done.stderr
    assert "sent --by email --letter access" in done.stderr
    drafts = [tmp_path / line for line in done.stdout.splitlines() if line.endswith(".eml")]
    assert len(drafts) == 2
    for path in drafts:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert (mail["To"], mail["From"]) == ("legal-requests@clearview.ai", "Ada Example <ada@mail.example>")
        assert "Bcc" not in mail and "Cc" not in mail
        body = str(mail.get_content()).replace("\r\n", "\n")
        assert body == path.with_suffix(".txt").read_text(encoding="utf-8")
        assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_mailbox_of_the_firm_the_draft_has_no_recipient_and_says_so(tmp_path: Path) -> None:
    firms = tmp_path / "home" / "data" / "firms"
    firms.mkdir(parents=True)
    text = (Path(__file__).parents[2] / "firms" / "pimeyes.yaml").read_text(encoding="utf-8")
    (firms / "pimeyes.yaml").write_text(text.replace("kind: email\n", "kind: account\n"), encoding="utf-8")
    done = optout(tmp_path, "request", "pimeyes", *PERSON, "--format", "eml")
    assert done.returncode == 0, done.stderr
    assert "No e-mail address of the firm is known" in done.stderr
    assert "--by email" not in done.stderr
    path = tmp_path / done.stdout.strip()
    assert "To" not in email.message_from_bytes(path.read_bytes())


def test_an_enclosed_photo_is_to_be_attached_by_hand(tmp_path: Path) -> None:
    done = optout(tmp_path, "request", "clearview", *PERSON, "--enclose-photo", "--format", "eml")
    assert "attach it before you send" in done.stderr


def test_letter_writes_the_same_draft_again(tmp_path: Path) -> None:
    case = request(tmp_path, "--format", "eml")
    done = optout(tmp_path, "letter", case["ref"], "--format", "eml", "-o", "copies")
    assert done.returncode == 0, done.stderr
    assert "Nothing was sent." in done.stderr
    (path,) = case["letters"][0]["files"]
    assert (tmp_path / done.stdout.strip()).read_bytes() == (tmp_path / path).read_bytes()


def test_an_address_no_draft_can_hold_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    person = [*PERSON[:2], "--email", "ądą@mail.example", "--residence", "FR"]
    done = optout(tmp_path, "request", "clearview", *person, "--format", "eml")
    assert done.returncode == 6
    assert "before the @" in done.stderr and "mail.example" not in done.stderr
    assert not (tmp_path / "optout-letters").exists()
