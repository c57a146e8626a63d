"""`optout authorities`: who hears a complaint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from optout import views
from optout.cli import formalities
from optout.cli.app import App
from optout.cli.output import answer, line, say, table
from optout.errors import NotFound
from optout.jurisdiction import Authority
from optout.law import text_in
from optout.records import to_plain

FORM = {"mandatory": "a complaint must be on its own form", "offered": ""}
BY_EMAIL = {
    "signed": "a complaint needs a qualified electronic signature",
    "none": "takes no complaints that way",
    "unknown": "",
}


@click.group(epilog="\b\nExample:\n  optout authorities for FR")
def authorities() -> None:
    """The authorities in the catalogue."""


def _all(app: App) -> dict[str, tuple[str, Authority]]:
    return {key: (place.id, a) for place in app.catalog.all_places() for key, a in place.authorities.items()}


@authorities.command("list", epilog="\b\nExample:\n  optout authorities list")
@click.pass_obj
def list_(settings: dict[str, Any]) -> None:
    """List the authorities."""
    app = App(settings)
    found = _all(app)
    if app.json:
        answer("authorities", {"authorities": [_json(key, place, a) for key, (place, a) in found.items()]})
        return
    table([(key, place.upper(), text_in(a.name, "en"), a.confidence) for key, (place, a) in found.items()],
          ("AUTHORITY", "PLACE", "NAME", "CONFIDENCE"), app.plain)  # fmt: skip


@authorities.command(epilog="\b\nExample:\n  optout authorities show fr-cnil")
@click.argument("authority_id", metavar="ID")
@click.pass_obj
def show(settings: dict[str, Any], authority_id: str) -> None:
    """Show one authority."""
    app = App(settings)
    found = _all(app)
    if authority_id not in found:
        import difflib

        near = difflib.get_close_matches(authority_id, found, 3, 0.5)
        raise NotFound("authority", authority_id, near, "" if near else "optout authorities list")
    _tell(app, [(authority_id, *found[authority_id])])


@authorities.command("for", epilog="\b\nExample:\n  optout authorities for FR")
@click.argument("place")
@click.pass_obj
def for_(settings: dict[str, Any], place: str) -> None:
    """Show who hears a complaint of someone who lives in PLACE."""
    app = App(settings)
    place_id = app.catalog.place_id(place)
    merged = app.catalog.effective(place_id)
    keys = views.competent_authorities(merged, set(merged.laws))
    homes = {key: p.id for p in app.catalog.chain(place_id) for key in p.authorities}
    if not keys and not app.json:
        say(f"No authority in the catalogue hears a complaint from {text_in(merged.name, 'en')}.")
        for gap in views.gaps(merged, merged.rules):
            say(f"  {gap}")
        for known in formalities.aside(merged):
            say(f"  {known}")
    _tell(app, [(key, homes[key], merged.authorities[key]) for key in keys])


def _tell(app: App, found: list[tuple[str, str, Authority]]) -> None:
    if app.json:
        answer("authorities", {"authorities": [_json(*one) for one in found]})
        return
    for key, _, a in found:
        line(f"{text_in(a.name, 'en')} ({key})")
        for row in a.address:
            line(f"  {row}")
        for name, value in (("e-mail", a.email), ("complaints", a.complaint_url), ("form", FORM[a.form]),
                            ("by e-mail", BY_EMAIL[a.email_takes]), ("languages", spoken(a.languages)),
                            ("as of", str(a.as_of or "")), ("confidence", a.confidence), ("note", a.note)):  # fmt: skip
            if value:
                line(f"  {name}: {value}")


def spoken(languages: Iterable[str]) -> str:
    """Codes of languages as names."""
    from babel import Locale

    names = Locale("en").languages
    return ", ".join(names.get(code, code) for code in languages)


def _json(key: str, place: str, authority: Authority) -> dict[str, Any]:
    sources = [name if "/" in name else f"{place}/{name}" for name in authority.sources]
    return {"id": key, "place": place, **to_plain(authority), "sources": sources}


def described(authority: tuple[str, Authority]) -> dict[str, Any]:
    """What a script is told of an authority."""
    key, one = authority
    return {
        "id": key, "name": text_in(one.name, "en"), "address": list(one.address), "email": one.email,
        "complaint_url": one.complaint_url, "form": one.form, "email_takes": one.email_takes, "languages": list(one.languages),
    }  # fmt: skip
