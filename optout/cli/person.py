"""A person as a file gives it, and the gate that each field passes, wherever it came from."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from optout.cli.app import App
from optout.cli.output import say
from optout.errors import BadData, NotFound
from optout.problems import Problem
from optout.subject import TEXT_LIMIT, clean_text

FIELDS = ("name", "email", "email_alias", "residence", "address", "print_address", "situation", "language", "minor")
YES_OR_NO = ("print_address", "minor")
USUAL = "me"
"""The profile of whoever uses the program."""
LONGEST_EMAIL = 254
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]{1,64}(?:\.[a-z0-9_+-]{1,64}){0,9}@"
    r"(?:[a-z0-9](?:-?[a-z0-9]){0,30}\.){1,8}(?!(?:arpa|invalid|local|localhost|onion|test)\Z)[a-z]{2,30}",
    re.IGNORECASE | re.ASCII,
)
"""Only what email-validator accepts, at a hundredth of its time: it is asked about all others."""
_WHAT = {
    "name": "the name",
    "email": "the e-mail address",
    "email_alias": "the e-mail address",
    "language": "the language",
}


def read(file: str) -> dict[str, Any]:
    """The fields of a YAML or JSON file; `-` is standard input. Null and unnamed are the same.

    Raises BadData with the place of what is wrong, never its content.
    """
    return {key: value for key, value in parsed(file, _bytes(file))[0].items() if value is not None}


def checked(app: App, file: str) -> dict[str, Any]:
    """The fields of a file as they are kept, None for one that it names and leaves empty.

    Raises BadData with the place of everything that is wrong.
    """
    plain, positions = parsed(file, _bytes(file))
    return dict.fromkeys(plain) | cleaned(app, plain, file, positions)


def _bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise BadData(f"{file} cannot be read: {error.strerror}") from None


def parsed(file: str, data: bytes) -> tuple[dict[str, Any], Mapping[Any, tuple[int, int]]]:
    """The fields, and where each stands. Raises BadData."""
    from optout.library import yamlfile

    plain, positions = yamlfile.read(file, data)
    if not isinstance(plain, dict):
        raise BadData(f"{file} is not a person", [Problem(file, 1, 1, "wrong-value", f"write {', '.join(FIELDS)}")])
    found = []
    for key, value in plain.items():
        at = positions.get((key,), (1, 1))
        if key not in FIELDS:
            found.append(Problem(file, *at, "unknown-key", f"this key is not known; write {', '.join(FIELDS)}"))
        elif value is not None and (wanted := _wrong_kind(key, value)):
            found.append(Problem(file, *at, "wrong-value", f"{key}: write {wanted}"))
    if found:
        raise BadData(f"{file} cannot be used", found)
    return plain, positions


def given(app: App, options: dict[str, Any]) -> dict[str, Any]:
    """What is known of the person beside the options of `request`: from a file, or from a profile, whose id is then
    in `options`. The address is left out unless it is to be printed."""
    if options["person"] and options["profile"]:
        raise click.UsageError("--person and --profile both say who it is: give one of them")
    if options["person"]:
        found = read(options["person"])
        marked = found.get("print_address", True)
    else:
        options["profile"] = options["profile"] or _usual_profile(app, options)
        found = _profile(app, options["profile"]) if options["profile"] else {}
        marked = found.get("print_address", False)
    if not marked and found.pop("address", None) and not options["address_line"]:
        say("No postal address is printed: it is not marked with print_address.")
    return found


def _profile(app: App, ident: str) -> dict[str, Any]:
    from optout.store import profiles
    from optout.store.vault import Vault

    if not Vault.exists(app.paths):
        raise NotFound("profile", ident, hint=f"optout profile new {ident}")
    with app.vault() as vault:
        return profiles.get(vault, ident)


def _usual_profile(app: App, options: Mapping[str, Any]) -> str | None:
    """`me`, where nobody is named and it is the only profile: with a second one it would be a guess."""
    from optout.store import profiles
    from optout.store.vault import Vault

    named = ("name", "email", "residence", "address_line")
    if any(options[option] for option in named) or not Vault.exists(app.paths):
        return None
    with app.vault() as vault:
        idents = profiles.idents(vault)
    if idents == [USUAL]:
        say(f"This is for the profile '{USUAL}'. For somebody else: --profile or --name.")
        return USUAL
    if idents:
        say(f"There are profiles: {', '.join(idents)}. To use one: --profile.")
    return None


def _wrong_kind(key: str, value: Any) -> str:
    if key == "address":
        right = isinstance(value, list) and all(isinstance(x, str) for x in value)
        return "" if right else "a list of lines"
    if key in YES_OR_NO:
        return "" if isinstance(value, bool) else "true or false"
    return "" if isinstance(value, str) else "text"


def clean(app: App, key: str, value: Any) -> Any:
    """One field as it is kept. Raises ValueError with a sentence that does not quote it, NotFound for a place."""
    if key in YES_OR_NO:
        return bool(value)
    if key == "address":
        return tuple(clean_text(line, "an address line") for line in value if line.strip())
    if key == "residence":
        place = app.catalog.place_id(_filled(value, "the place of residence"))
        if app.catalog.jurisdiction(place).kind == "union":
            raise ValueError("a union is not a place of residence: give the country, such as FR or DE")
        return place
    if key == "language":
        from optout.cli import speaking

        if value not in (spoken := speaking.written(app.catalog, speaking.REQUEST)):
            raise ValueError(f"there are no letters in that language, but in: {', '.join(spoken)}")
        return value
    if key == "situation":
        return clean_text(value, "--because", TEXT_LIMIT, lines=True)
    text = clean_text(_filled(value, _WHAT[key]), _WHAT[key])
    return email(text) if key.startswith("email") else text


def asked(app: App, key: str, value: Any, prompt: str, option: str) -> Any:
    """One field as it is kept: as given, else asked for on a terminal until it can be kept. Raises BadData or NotFound
    for what was given, Missing without a terminal."""
    if value:
        try:
            return clean(app, key, value)
        except ValueError as error:
            raise BadData(str(error)) from None
    while True:
        try:
            return clean(app, key, app.ask(prompt, option))
        except ValueError as error:
            say(f"Not taken: {error}.")
        except NotFound as error:
            say(f"Not taken: {error}; {error.hint}.")


def cleaned(
    app: App, given: Mapping[str, Any], file: str = "", positions: Mapping[Any, tuple[int, int]] | None = None
) -> dict[str, Any]:
    """All fields through the gate, empty ones left out. Raises BadData with every problem and, of a file, its place."""
    kept: dict[str, Any] = {}
    found = []
    for key in FIELDS:
        if not given.get(key):
            continue
        try:
            if value := clean(app, key, given[key]):
                kept[key] = list(value) if key == "address" else value
        except (ValueError, NotFound) as error:
            if not file:
                raise error if isinstance(error, NotFound) else BadData(str(error)) from None
            # The sentence of NotFound quotes what was written.
            message = f"this place is not known; {error.hint}" if isinstance(error, NotFound) else str(error)
            at = (positions or {}).get((key,), (1, 1))
            found.append(Problem(file, *at, "wrong-value", message))
    if found:
        raise BadData(f"{file} cannot be used", found)
    return kept


def _filled(text: str, what: str) -> str:
    if not text.strip():
        raise ValueError(f"{what} is empty")
    return text


def email(text: str) -> str:
    """The text, or ValueError when it is no e-mail address."""
    if _PLAIN_EMAIL.fullmatch(text) and len(text) <= LONGEST_EMAIL:
        return text
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError("the e-mail address is not one") from None
    return text
