"""Keeping a letter that follows: its files under temporary names, the letter in the case, then the names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from optout import standing
from optout.cli import earlier, keeping
from optout.cli.app import App
from optout.cli.casefile import CaseFile, opened
from optout.cli.following import Written
from optout.errors import StoreError
from optout.records import to_plain

if TYPE_CHECKING:
    from optout.store.files import Staged
    from optout.store.vault import Vault


class Output(NamedTuple):
    """How the files are to be written."""

    formats: tuple[str, ...]
    folder: str
    fonts: Sequence[str]


class Filed(NamedTuple):
    """A letter that is in its case."""

    written: Written
    files: list[str]


def keep(app: App, vault: Vault, ref: str, write: Callable[[CaseFile], Written], output: Output) -> Filed:
    """The letter that `write` gives, in the case and as files; on any failure nothing of it is kept.

    From reading the case to the new event nobody else can change it: of two runs at once the second finds the draft of
    the first.
    """
    from optout.store import files

    keeping.finish_pending(vault)
    keeping.sweep(app, vault, output.folder)
    made: _Made | None = None
    try:
        with vault.transaction():
            file = opened(vault, ref)
            written = write(file)
            if not written.same:
                made = _kept(app, vault, file, written, output)
    except BaseException:  # the commit itself may fail, on a full disk
        if made is not None:
            made.staged.discard()
        raise
    if made is None:
        # Read anew: another process may have written it again since the transaction ended.
        now = {key: letter for key, letter in keeping.frozen(vault, ref).items() if key[0] == written.id}
        drafts = keeping.rewrite(app, vault, ref, now, output.formats, output.folder, output.fonts)
        return Filed(written, drafts[written.id])
    aside = made.staged.commit()
    files.finish(made.fate.going)
    with suppress(StoreError):  # letter and case are there; the next command clears what is left of the making
        keeping.settle(vault, ref, [*made.staged.entries, *made.fate.going], aside)
    earlier.tell(ref, made.fate)
    return Filed(written, made.paths)


class _Made(NamedTuple):
    staged: Staged
    paths: list[str]
    fate: earlier.Fate


def _kept(app: App, vault: Vault, file: CaseFile, written: Written, output: Output) -> _Made:
    from optout.store import cases

    ref, ident = file.case.ref, written.id
    letters = keeping.letter_rows(written.drafts, output.formats)
    before = [row for row in file.whole["files"] if row["letter"] == ident]
    old = [row for row in file.whole["letters"] if row["id"] == ident]
    staged, rows, paths = keeping.stage(
        app, ref, file.case.firm, written.drafts, output.formats, output.folder, output.fonts, before
    )
    fate = earlier.fate(before, rows, earlier.stale(old, letters))
    try:
        cases.follow_up(
            vault, ref, ident, event=to_plain(written.event), at=app.now(), letters=letters,
            files=[*rows, *fate.staying], pending=[*staged.entries, *fate.going],
            summary=standing.summary(file.status([written.event])), seen=len(file.events), closed=file.days.new,
        )  # fmt: skip
    except BaseException:
        staged.discard()
        raise
    return _Made(staged, paths[ident], fate)
