"""`optout letter`: the frozen letters again, as files or on standard output."""

from __future__ import annotations

import sys
from typing import Any

import click

from optout.cli import drafting, keeping
from optout.cli.app import App
from optout.cli.output import answer, line, say
from optout.cli.params import formats_of, word
from optout.cli.show import need_vault
from optout.errors import NotFound
from optout.letter import Letter


@click.command(
    epilog="\b\nExamples:\n  optout letter K7QM-4T2X --format txt -o copies\n  optout letter K7QM-4T2X --format txt -o -"
)
@click.argument("ref")
@click.option("--format", "formats", multiple=True, metavar="LIST", help="docx, pdf, txt, eml; default docx,pdf")
@click.option(
    "--font", "fonts", multiple=True, type=click.Path(exists=True, dir_okay=False), help="a font file for the PDF"
)
@click.option("--letter", "letter_id", metavar="KIND", help="only this letter of the case")
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
    output: str,
) -> None:
    """Write the frozen letters of a case again, the same words and, with the same versions, the same bytes."""
    from optout.store import cases

    app = App(settings)
    chosen = formats_of(formats)
    with need_vault(app, ref) as vault:
        ref = cases.resolve(vault, ref)
        keeping.finish_pending(vault)
        drafts = _named(keeping.frozen(vault, ref), letter_id)
        if output == "-":
            _print(app, drafts, chosen, fonts)
            return
        written = keeping.rewrite(app, vault, ref, drafts, chosen, output, fonts)
    if app.json:
        answer("letter", {"letters": [{"id": key, "files": paths} for key, paths in written.items()]})
        return
    for paths in written.values():
        for path in paths:
            line(path, whole=True)
    for text in drafting.about_drafts(chosen, [draft.recipient_email for draft in drafts.values()]):
        say(text)


def _named(drafts: dict[str, Letter], letter_id: str | None) -> dict[str, Letter]:
    if letter_id is None:
        return drafts
    if word(letter_id) not in drafts:
        raise NotFound("letter", letter_id, drafts)
    return {word(letter_id): drafts[word(letter_id)]}


def _print(app: App, drafts: dict[str, Letter], formats: tuple[str, ...], fonts: tuple[str, ...]) -> None:
    """One letter in one format, as its bytes and nothing else."""
    if len(formats) > 1:
        raise click.UsageError("standard output takes one format: name it with --format")
    if len(drafts) > 1:
        raise click.UsageError(f"standard output takes one letter: name it with --letter ({', '.join(drafts)})")
    if app.json:
        raise click.UsageError("standard output takes either the letter or --json")
    if formats[0] in ("docx", "pdf") and sys.stdout.isatty():
        raise click.UsageError(f"a {formats[0]} file would garble the terminal: redirect it into a file")
    (draft,) = drafts.values()
    data = drafting.write(draft, formats, app.paths.cache, fonts)[formats[0]]
    if sys.stdout is not None:
        sys.stdout.buffer.write(data)
