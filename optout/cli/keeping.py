"""Keeping what `request` made: files under temporary names, then the case in one transaction, then the names."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from optout import __version__, owntime, standing
from optout.acting import AUTHORITY
from optout.case import Case, Event
from optout.cli import acting, deciding, drafting, earlier, opening
from optout.cli.app import App
from optout.cli.output import say
from optout.errors import AlreadySent, StoreError
from optout.letter import Letter
from optout.naming import folded
from optout.records import from_plain, to_plain
from optout.store.batches import FOLDED
from optout.subject import Subject

if TYPE_CHECKING:
    from datetime import date

    from optout.pieces import LetterPlan
    from optout.render.environment import Pieces
    from optout.store.files import Aside, Staged
    from optout.store.vault import Vault


def keep(
    app: App,
    vault: Vault,
    decided: deciding.Decided,
    plans: Sequence[LetterPlan],
    pieces: Mapping[str, Pieces],
    subject: Subject,
    options: dict[str, Any],
) -> tuple[str, dict[str, list[str]]]:
    """The reference and the files by letter: a new case, the draft of before written again, or that draft changed.

    Raises AlreadySent; on any failure nothing of it is kept.
    """
    from optout.store import files

    finish_pending(vault)
    sweep(app, vault, options["output"])
    # One transaction from the look for an earlier draft to the new case: of two runs at once the second finds the first.
    made: _Made | str = ""
    try:
        with vault.transaction():
            made = _kept(app, vault, decided, plans, pieces, subject, options)
    except BaseException:  # the commit itself may fail, on a full disk
        if isinstance(made, _Made):
            made.staged.discard()
        raise
    if isinstance(made, str):
        return made, rewrite(
            app, vault, made, frozen(vault, made), options["formats"], options["output"], options["fonts"]
        )
    aside = made.staged.commit()
    files.finish(made.fate.going)
    with suppress(StoreError):  # letters and case are there; the next command clears what is left of the making
        settle(vault, made.ref, [*made.staged.entries, *made.fate.going], aside)
    earlier.tell(made.ref, made.fate)
    return made.ref, made.written


Drafts = dict[tuple[str, str], Letter]
"""By letter id and language, the versions of a letter next to each other."""


class _Made(NamedTuple):
    """A case in the vault whose files still have temporary names."""

    ref: str
    staged: Staged
    written: dict[str, list[str]]
    fate: earlier.Fate
    """Of the files of an earlier draft."""


def _kept(
    app: App,
    vault: Vault,
    decided: deciding.Decided,
    plans: Sequence[LetterPlan],
    pieces: Mapping[str, Pieces],
    subject: Subject,
    options: dict[str, Any],
) -> _Made | str:
    """Inside the transaction: what is made, or the reference of the same draft of before."""
    from optout.library.publicholidays import PublicHolidays
    from optout.store import cases

    formats, output, fonts = options["formats"], options["output"], options["fonts"]
    kinds = sorted({rule.demand for plan in plans for rule in plan.rules})
    mark, before = fingerprint(decided, subject, kinds), fingerprint_of_before(decided, subject, kinds)
    beside = acting.authorities(decided, list(plans))
    moulds = [drafting.Mould(pieces[plan.language], plan) for plan in (*plans, *beside)]
    others = cases.same_demands(vault, mark, options["profile"], decided.firm.id, kinds, decided.named, before)
    old = next((case for case in reversed(others) if case["phase"] == "draft"), None)
    profile = options["profile"] or (old and old["profile"])
    whose = [profile] if profile else []  # a draft of before that knew no profile is drafted anew, and then does
    made_of = drafting.digest_of(to_plain(subject), inputs([*plans, *beside], moulds, options, *whose))
    sent = [case["ref"] for case in others if case["sent"]]
    if old is None and sent and not options["again"]:
        ref = sent[-1]
        hint = f"optout show {ref}, or --again for a new case"
        raise AlreadySent(f"the same was sent to {decided.addressee} before: {ref}", hint)
    ref = old["ref"] if old else app.new_ref()
    whole = cases.get(vault, ref) if old else {"files": [], "events": [], "letters": []}
    if old and old["inputs"] == made_of and not _too_old(from_plain(Case, whole["case"]), app.today):
        return str(ref)
    drafts = {(m.plan.id, m.plan.language): m.letter(subject, ref) for m in moulds}
    event = Event(kind="drafted", on=app.today)
    events = [*(from_plain(Event, row["event"]) for row in whole["events"]), event]
    words_kept = letter_rows(drafts, formats)
    staged, rows, written = stage(app, ref, decided.firm.id, drafts, formats, output, fonts, whole["files"])
    fate = earlier.fate(whole["files"], rows, earlier.stale(whole["letters"], words_kept))
    try:
        with vault.transaction():
            case = opening.case(app, decided, plans, ref, cases.subject_id(vault, to_plain(subject), app.new_id))
            arguments: dict[str, Any] = {
                "case": to_plain(case), "fingerprint": mark, "inputs": made_of, "event": to_plain(event),
                "at": app.now(), "letters": words_kept, "files": [*rows, *fate.staying], "pending": [*staged.entries, *fate.going],
                "summary": standing.summary(standing.fold(case, events, PublicHolidays())),
                "profile": profile,
            }  # fmt: skip
            if old:
                cases.redraft(vault, ref, **arguments)
            else:
                cases.add(vault, **arguments)
    except BaseException:
        staged.discard()
        raise
    return _Made(ref, staged, written, fate)


def fingerprint(decided: deciding.Decided, subject: Subject, kinds: Sequence[str]) -> str:
    """By which the same person, addressee and demands are found again, however the name was typed. Two clients of one
    firm are two addressees."""
    return FOLDED + _mark(decided, (folded(subject.name), subject.email.casefold()), subject.residence, kinds)


def fingerprint_of_before(decided: deciding.Decided, subject: Subject, kinds: Sequence[str]) -> str:
    """What older versions kept instead, with name and mailbox as they were typed."""
    return _mark(decided, (subject.name, subject.email), subject.residence, kinds)


def _mark(decided: deciding.Decided, who: tuple[str, str], place: str, kinds: Sequence[str]) -> str:
    client = [folded(decided.to.name)] if decided.to and decided.setting.client else []
    return drafting.digest([*who, place, decided.firm.id, kinds, *client])


def inputs(
    plans: Sequence[LetterPlan], moulds: Sequence[drafting.Mould], options: Mapping[str, Any], *more: str
) -> str:
    """All that letters are made of but the person, as JSON: where it is equal, they say the same."""
    words = [[mould.unfilled, mould.recipient, mould.email] for mould in moulds]
    shape = [[plan.paper, [rule.id for rule in plan.rules]] for plan in plans]
    return drafting.canonical([words, shape, list(options["formats"]), list(options["fonts"]), __version__, *more])


def letter_rows(drafts: Drafts, formats: Sequence[str]) -> list[dict[str, Any]]:
    """The letters as the vault keeps them for good."""
    versions = drafting.versions(formats)
    return [
        {"id": key, "language": language, "letter": to_plain(letter), "versions": versions}
        for (key, language), letter in drafts.items()
    ]


def _too_old(case: Case, today: date) -> bool:
    """Whether a letter of the draft names a date that leaves the firm less than half of the time it was to have."""
    return any(x.reply_by and today > owntime.last_good(x.reply_by, case.opened) for x in case.letters)


def finish_pending(vault: Vault) -> None:
    """Finishes what a killed process left between its commit and its renames, and tells of what it does not finish."""
    from optout.store import cases, files, forgetting

    if forgetting.begun(vault):
        say("Forgetting somebody was cut short. To end it: optout forget")
    rows = cases.pending(vault)
    for ref in dict.fromkeys(row["ref"] for row in rows):
        theirs = [row for row in rows if row["ref"] == ref]
        try:
            done = files.finish(theirs)
        except OSError:  # that folder cannot be written now; its rows stay for another time
            continue
        if done.left:
            say(f"Files of {ref} are missing; write them again: optout letter {ref}")
        settle(vault, ref, theirs, done.aside)


def settle(vault: Vault, ref: str, rows: Sequence[Mapping[str, Any]], aside: Sequence[Aside]) -> None:
    """These files of a case have their names. What the user changed was set aside: it is told, and recorded, so that it is
    found when it must go."""
    from optout.store import cases

    earlier.tell_aside(aside)
    with vault.transaction():
        cases.clear_pending(vault, rows)
        cases.add_files(vault, ref, earlier.aside_rows(cases.get(vault, ref)["files"], aside), ())


def sweep(app: App, vault: Vault, output: str) -> None:
    """Removes letters half written that a process killed before it kept its case has left where letters go."""
    from optout.store import cases, files

    files.sweep_cases(output, {row["temp"] for row in cases.pending(vault)}, now=app.clock())


def stage(
    app: App,
    ref: str,
    firm: str,
    drafts: Drafts,
    formats: Sequence[str],
    output: str,
    fonts: Sequence[str],
    before: Sequence[dict[str, Any]],
) -> tuple[Staged, list[dict[str, Any]], dict[str, list[str]]]:
    """The letters' files under temporary names: what is staged, rows for the vault, letter id to paths. `before` are the
    rows of the files that the case has."""
    from optout.store.files import Staged

    press = drafting.Press(formats, app.paths.cache, fonts)
    made = {key: press.write(letter, paper=key[0] == AUTHORITY) for key, letter in drafts.items()}
    folder = os.path.join(output, f"{ref}-{firm}")
    staged = Staged(folder)
    known = {(row["folder"], row["name"]): row["sha256"] for row in before}
    rows: list[dict[str, Any]] = []
    written: dict[str, list[str]] = {}
    for (key, language), by_format in made.items():
        paths = written.setdefault(key, [])
        for form, data in by_format.items():
            name = drafting.file_name(ref, key, language, form)
            digest = staged.add(name, data, known.get((staged.folder, name), ""))["sha256"]
            rows.append({"letter": key, "format": form, "name": name, "sha256": digest, "folder": staged.folder})
            paths.append(os.path.join(folder, name))
    return staged, rows, written


def frozen(vault: Vault, ref: str) -> Drafts:
    """The letters of a case as they were first written."""
    from optout.store import cases

    rows = cases.get(vault, ref)["letters"]
    return {(row["id"], row["language"]): from_plain(Letter, row["letter"]) for row in rows}


def rewrite(
    app: App,
    vault: Vault,
    ref: str,
    drafts: Drafts,
    formats: Sequence[str],
    output: str,
    fonts: Sequence[str],
) -> dict[str, list[str]]:
    """Letters of a case written as files again, and recorded where the vault can be written."""
    from optout.store import cases

    whole = cases.get(vault, ref)
    staged, rows, written = stage(app, ref, whole["case"]["firm"], drafts, formats, output, fonts, whole["files"])
    if not vault.writable:
        earlier.tell_aside(staged.commit())
        return written
    try:
        cases.add_files(vault, ref, rows, staged.entries)
    except BaseException:
        staged.discard()
        raise
    aside = staged.commit()
    with suppress(StoreError):  # as above
        settle(vault, ref, staged.entries, aside)
    return written
