"""`optout letter`: the frozen letters again, as files or on standard output."""

from __future__ import annotations

import sys
from typing import Any

import click

from optout.cli import drafting, keeping, letteroptions
from optout.cli.app import App
from optout.cli.casefile import need_vault
from optout.cli.output import answer, line, say
from optout.cli.params import formats_of, word
from optout.errors import NotFound


@click.command(
    epilog="\b\nExamples:\n  optout letter K7QM-4T2X --format txt -o copies\n  optout letter K7QM-4T2X --format txt -o -"
)
@click.argument("ref")
@letteroptions.FORMAT
@letteroptions.FONT
@click.option("--letter", "letter_id", metavar="KIND", help="only this letter of the case")
@click.option("--language", help="only the versions in this language")
@click.option(
    "-o", "--output", metavar="DIR", default="optout-letters", show_default=True, help="where to; - is standard output"
)
@click.pass_obj
def letter(
    settings: dict[str, Any],
    /,
    ref: str,
    formats: tuple[str, ...],
    fonts: tuple[str, ...],
    letter_id: str | None,
    language: str | None,
    output: str,
) -> None:
    """Write the frozen letters of a case again, the same words and, with the same versions, the same bytes."""
    from optout.store import cases

    app = App(settings)
    chosen = formats_of(formats)
    with need_vault(app, ref) as vault:
        ref = cases.resolve(vault, ref)
        keeping.finish_pending(vault)
        drafts = _named(keeping.frozen(vault, ref), letter_id, language)
        if output == "-":
            _print(app, drafts, chosen, fonts)
            return
        keeping.sweep(app, vault, output)
        written = keeping.rewrite(app, vault, ref, drafts, chosen, output, fonts)
    if app.json:
        answer("letter", {"letters": [{"id": key, "files": paths} for key, paths in written.items()]})
        return
    for paths in written.values():
        for path in paths:
            line(path, whole=True)
    for text in drafting.about_drafts(chosen, [draft.recipient_email for draft in drafts.values()]):
        say(text)


def _named(drafts: keeping.Drafts, letter_id: str | None, language: str | None) -> keeping.Drafts:
    """Those of that id and language. Raises NotFound naming what there is."""
    for what, wanted, at in (("letter", letter_id and word(letter_id), 0), ("letter language", language, 1)):
        if wanted:
            there = dict.fromkeys(key[at] for key in drafts)
            drafts = {key: draft for key, draft in drafts.items() if key[at] == wanted}
            if not drafts:
                raise NotFound(what, wanted, there)
    return drafts


def _print(app: App, drafts: keeping.Drafts, formats: tuple[str, ...], fonts: tuple[str, ...]) -> None:
    """One letter in one format, as its bytes and nothing else."""
    if len(formats) > 1:
        raise click.UsageError("standard output takes one format: name it with --format")
    for at, option in enumerate(("letter", "language")):
        if len(there := dict.fromkeys(key[at] for key in drafts)) > 1:
            raise click.UsageError(f"standard output takes one letter: name it with --{option} ({', '.join(there)})")
    if app.json:
        raise click.UsageError("standard output takes either the letter or --json")
    if formats[0] in ("docx", "pdf") and sys.stdout.isatty():
        raise click.UsageError(f"a {formats[0]} file would garble the terminal: redirect it into a file")
    (draft,) = drafts.values()
    data = drafting.Press(formats, app.paths.cache, fonts).write(draft)[formats[0]]
    sys.stdout.buffer.write(data)
