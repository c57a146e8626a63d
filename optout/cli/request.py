"""`optout request` and `optout explain`."""

from __future__ import annotations

import os
from typing import Any

import click

from optout import __version__, compose
from optout.case import Case, CaseLetter, Demand, Event
from optout.cli import deciding, drafting
from optout.cli.app import App
from optout.cli.output import answer, line, say
from optout.cli.params import DAY, split
from optout.errors import AlreadySent, BadData
from optout.law import text_in
from optout.letter import Letter, plain
from optout.records import to_plain
from optout.subject import TEXT_LIMIT, Subject, clean_text

FORMATS = ("docx", "pdf", "txt")
DEFAULT_FORMATS = ("docx", "pdf")


def _choosing(command: Any) -> Any:
    """Options that `request` and `explain` share."""
    for option in (
        click.option("--on", type=DAY, help="decide as on this day"),
        click.option("--together", is_flag=True, help="everything in one letter now"),
        click.option("--only", is_flag=True, help="nothing beside the demands named, nothing held back"),
        click.option("--law", multiple=True, metavar="ID", help="only rules of this law"),
        click.option("--demand", "--right", "demand", multiple=True, metavar="KIND", help="access, deletion, ..."),
        click.option("--because", metavar="TEXT", help="your own situation, for an objection"),
    ):
        command = option(command)
    return command


@click.command(epilog="\b\nExample:\n  optout explain clearview --residence FR")
@click.argument("firm")
@click.option("--residence", metavar="PLACE", help="where the person lives, such as US-IL or FR")
@_choosing
@click.pass_obj
def explain(settings: dict[str, Any], /, firm: str, residence: str | None, on: Any, **options: Any) -> None:
    """Say which rules apply and why each other one does not, what FIRM will ask, and where a letter goes."""
    app = App(settings, on)
    app.catalog_with(None)  # explaining leaves nothing behind
    decided = deciding.decide(
        app, firm, residence or app.ask("Where does the person live (US-IL, FR)", "--residence"), options
    )
    left_out = [{"rule": e.rule, "code": e.code, "reason": e.reason} for e in decided.choice.left_out]
    if app.json:
        answer("explain", {
            "firm": decided.firm.id, "place": decided.place.id, "on": str(app.today),
            "demands": deciding.demands_json(decided), "identity": deciding.identity_json(decided),
            "routes": deciding.routes_json(decided), "left_out": left_out, "gaps": list(decided.place.gaps),
            "cautions": deciding.cautions(decided),
        })  # fmt: skip
        return
    deciding.tell(decided)
    for rule in decided.choice.rules:
        line(f"applies   {rule.id}")
    for entry in left_out:
        line(f"left out  {entry['rule']}: {entry['reason']}")


@click.command(
    epilog="\b\nExample:\n  optout request clearview --residence US-IL --name 'Ada Example' --email ada@mail.example"
)
@click.argument("firms", nargs=-1, required=True)
@click.option("--name", help="the person's name")
@click.option("--email", help="where the answer shall go")
@click.option("--residence", metavar="PLACE", help="where the person lives, such as US-IL or FR")
@click.option("--address-line", multiple=True, metavar="TEXT", help="a line of the postal address; repeat it")
@click.option("--no-address", is_flag=True, help="print no postal address even if one is given")
@click.option("--person", metavar="FILE", help="the person as YAML or JSON; - reads standard input")
@click.option("--language", help="language of the letters")
@click.option("--format", "formats", multiple=True, metavar="LIST", help="docx, pdf, txt; default docx,pdf")
@click.option("--paper", type=click.Choice(["a4", "letter"]), help="default: by the sender's place")
@click.option(
    "--font", "fonts", multiple=True, type=click.Path(exists=True, dir_okay=False), help="a font file for the PDF"
)
@click.option("--enclose-photo", is_flag=True, help="the letter says that a photo of the face is enclosed")
@click.option("-o", "--output", metavar="DIR", default="optout-letters", show_default=True, help="where the letters go")
@click.option("--again", is_flag=True, help="open a new case though the same was sent before")
@click.option("-n", "--dry-run", is_flag=True, help="print the letters, write and keep nothing")
@_choosing
@click.pass_obj
def request(settings: dict[str, Any], /, firms: tuple[str, ...], on: Any, **options: Any) -> None:
    """Write the letters to each of FIRMS and open a case."""
    app = App(settings, on)
    if options["dry_run"]:
        app.catalog_with(None)
    subject = _subject(app, options)
    options["address"] = subject.address
    options["because"] = subject.situation
    options["formats"] = _formats(options["formats"])
    done = [_one(app, firm, subject, options) for firm in split(firms)]
    if app.json:
        answer("request", {"cases": done})


def _subject(app: App, options: dict[str, Any]) -> Subject:
    """The person, every field through the gate. Raises Missing or BadData without quoting anything."""
    from optout.cli.person import read

    given = read(options["person"]) if options["person"] else {}
    name = options["name"] or given.get("name") or app.ask("Your name", "--name")
    email = options["email"] or given.get("email") or app.ask("Your e-mail address for the answer", "--email")
    place = options["residence"] or given.get("residence") or app.ask("Where you live (US-IL, FR)", "--residence")
    lines = options["address_line"] or tuple(given.get("address", ()))
    try:
        return Subject(
            name=clean_text(_filled(name, "the name"), "the name"),
            email=_email(clean_text(_filled(email, "the e-mail address"), "the e-mail address")),
            residence=app.catalog.place_id(place),
            address=() if options["no_address"] else tuple(clean_text(x, "an address line") for x in lines),
            situation=clean_text(options["because"] or given.get("situation", ""), "--because", TEXT_LIMIT, lines=True),
            language=options["language"] or given.get("language", ""),
        )
    except ValueError as error:
        raise BadData(str(error)) from None


def _filled(text: str, what: str) -> str:
    if not text.strip():
        raise ValueError(f"{what} is empty")
    return text


def _email(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError("the e-mail address is not one") from None
    return text


def _formats(values: tuple[str, ...]) -> tuple[str, ...]:
    formats = split(values) or DEFAULT_FORMATS
    for name in formats:
        if name not in FORMATS:
            raise click.BadParameter(
                f"'{name}' is not a format; choose from {', '.join(FORMATS)}", param_hint="--format"
            )
    return formats


def _one(app: App, firm: str, subject: Subject, options: dict[str, Any]) -> dict[str, Any]:
    """Everything for one firm; gives its JSON."""
    from optout.render.environment import Pieces

    options = {**options, "language": subject.language}
    decided = deciding.decide(app, firm, subject.residence, options)
    if not app.json:
        deciding.tell(decided)
    plans = [compose.plan(decided.setting, rules) for rules in decided.choice.letters()]
    pieces = Pieces(decided.setting.language, app.catalog.template, drafting.HOLES)
    if options["dry_run"]:
        letters = [drafting.draft(pieces, p, decided.setting, subject, "0000-0000") for p in plans]
        if not app.json:
            for letter in letters:
                click.echo(plain(letter))
            say("Nothing was written or kept.")
        return _json(decided, plans, "0000-0000", {}, "")
    with app.vault(create=True) as vault:
        return _keep(app, vault, decided, plans, pieces, subject, options)


def _keep(
    app: App, vault: Any, decided: deciding.Decided, plans: Any, pieces: Any, subject: Subject, options: dict[str, Any]
) -> dict[str, Any]:
    """Files under temporary names, then the case in one transaction, then the names."""
    from optout.store import cases, files

    finish_pending(vault)
    subject_id = cases.subject_id(vault, to_plain(subject), app.new_id)
    print_of = drafting.digest(
        [
            subject.name,
            subject.email,
            subject.residence,
            decided.firm.id,
            sorted({r.demand for p in plans for r in p.rules}),
        ]
    )
    inputs = drafting.digest([to_plain(subject), [[r.id for r in p.rules] for p in plans], decided.setting.language,
                              [p.paper for p in plans], options["enclose_photo"], options["formats"], options["fonts"], __version__])  # fmt: skip
    earlier = cases.same_demands(vault, print_of)
    old = next((c for c in reversed(earlier) if not c["sent"]), None)
    if old is None and earlier and not options["again"]:
        ref = earlier[-1]["ref"]
        raise AlreadySent(
            f"the same was sent to {decided.firm.name} before: {ref}", f"optout show {ref}, or --again for a new case"
        )
    if old and old["inputs"] == inputs:
        written = rewrite(app, vault, old["ref"], options["formats"], options["output"], options["fonts"])
        return _finished(app, decided, plans, old["ref"], written)
    ref = old["ref"] if old else app.new_ref()
    drafts = {p.id: drafting.draft(pieces, p, decided.setting, subject, ref) for p in plans}
    staged, rows, written = stage(
        app, ref, decided.firm.id, drafts, options["formats"], options["output"], options["fonts"]
    )
    case = _case(app, decided, plans, ref, subject_id, drafts)
    event = Event(kind="drafted", on=app.today)
    versions = drafting.versions(options["formats"])
    frozen = [{"id": key, "letter": to_plain(letter), "versions": versions} for key, letter in drafts.items()]
    try:
        (cases.redraft if old else _adder(cases))(
            vault, *([ref] if old else []), case=to_plain(case), fingerprint=print_of, inputs=inputs, event=to_plain(event),
            at=app.now(), letters=frozen, files=rows, pending=staged.entries, summary=_summary(case, event),
        )  # fmt: skip
    except BaseException:
        staged.discard()
        raise
    staged.commit()
    cases.clear_pending(vault, ref)
    files.sweep(staged.folder, (), now=_clock())
    return _finished(app, decided, plans, ref, written)


def _adder(cases: Any) -> Any:
    return cases.add


def _clock() -> float:
    import time

    return time.time()


def _summary(case: Case, event: Event) -> dict[str, Any]:
    from optout import lifecycle
    from optout.library.publicholidays import PublicHolidays

    return lifecycle.summary(lifecycle.fold(case, [event], PublicHolidays()))


def finish_pending(vault: Any) -> None:
    """Finishes what a killed process left between its commit and its renames."""
    from optout.store import cases, files

    rows = cases.pending(vault)
    if rows:
        files.finish(rows)
        for ref in {row["ref"] for row in rows}:
            cases.clear_pending(vault, ref)


def stage(app: App, ref: str, firm: str, drafts: dict[str, Letter], formats: Any, output: str, fonts: Any) -> Any:
    """The letters' files under temporary names: (Staged, rows for the vault, letter id to paths)."""
    from optout.store.files import Staged

    made = {key: drafting.write(letter, formats, app.paths.cache, fonts) for key, letter in drafts.items()}
    staged = Staged(os.path.join(output, f"{ref}-{firm}"))
    rows: list[dict[str, Any]] = []
    written: dict[str, list[str]] = {}
    for key, by_format in made.items():
        written[key] = []
        for form, data in by_format.items():
            name = drafting.file_name(ref, key, drafts[key].language, form)
            staged.add(name, data)
            rows.append(
                {
                    "letter": key,
                    "format": form,
                    "name": name,
                    "sha256": staged.entries[-1]["sha256"],
                    "folder": staged.folder,
                }
            )
            written[key].append(os.path.join(output, f"{ref}-{firm}", name))
    return staged, rows, written


def rewrite(app: App, vault: Any, ref: str, formats: Any, output: str, fonts: Any) -> dict[str, list[str]]:
    """The frozen letters of a case written again."""
    from optout.records import from_plain
    from optout.store import cases

    whole = cases.get(vault, ref)
    drafts = {row["id"]: from_plain(Letter, row["letter"]) for row in whole["letters"]}
    staged, _, written = stage(app, ref, whole["case"]["firm"], drafts, formats, output, fonts)
    staged.commit()
    return written  # type: ignore[no-any-return]


def _case(
    app: App, decided: deciding.Decided, plans: Any, ref: str, subject_id: str, drafts: dict[str, Letter]
) -> Case:
    place, firm = decided.place, decided.firm
    firm_place = firm.entities[0].place
    rules = [rule for p in plans for rule in p.rules]
    clock_ids = dict.fromkeys(c for rule in rules for c in rule.clocks)
    clocks = {c: place.clocks[c] for c in clock_ids}
    calendars = {c: place.calendars[c] for k in clocks.values() for c in (k.calendar, k.or_calendar) if c}
    return Case(
        ref=ref,
        subject=subject_id,
        firm=firm.id,
        firm_name=firm.name,
        place=place.id,
        firm_place=firm_place,
        subject_places=decided.places,
        firm_places=firm_chain(app, firm_place),
        opened=app.today,
        demands=tuple(
            Demand(
                kind=rule.demand, footing=rule.footing, rule=rule.id, law=rule.law, law_name=deciding.law_name(place, rule),
                cites=compose.cites(rule, "en"), clocks=rule.clocks, when=rule.when,
                sources=tuple(f"{text_in(s.title, 'en')} {s.url or ''}".strip() for s in (place.sources[x] for x in rule.sources)),
            )
            for rule in rules
        ),
        letters=tuple(
            CaseLetter(id=p.id, kinds=tuple(dict.fromkeys(r.demand for r in p.rules)), when=p.rules[0].when,
                       language=drafts[p.id].language, reply_by=p.reply_by)
            for p in plans
        ),
        clocks=clocks,
        calendars=calendars,
        data={f"jurisdictions/{i}": app.catalog.data_hash("jurisdictions", i) for i in decided.places}
        | {f"firms/{firm.id}": app.catalog.data_hash("firms", firm.id)},
    )  # fmt: skip


def firm_chain(app: App, place: str | None) -> tuple[str, ...]:
    """The firm's place and what it is part of, as far as the catalogue knows; ids of states give their country."""
    if place is None:
        return ()
    try:
        return tuple(p.id for p in app.catalog.chain(place))
    except Exception:  # a place without a file still has public holidays
        return (place, place.partition("-")[0]) if "-" in place else (place,)


def _finished(
    app: App, decided: deciding.Decided, plans: Any, ref: str, written: dict[str, list[str]]
) -> dict[str, Any]:
    first = next(iter(written))
    name = f" --letter {first}" if len(written) > 1 else ""
    kinds = [route["kind"] for route in deciding.routes_json(decided)]
    by = "post" if "post" in kinds else next(iter(kinds), "post")
    following = f"optout log {ref} sent --by {by}{name} --on {app.today}"
    if not app.json:
        for paths in written.values():
            for path in paths:
                line(path)
        say(f"Case {ref}. Read the letter, sign it, send it by the channels above. Then:")
        say(f"  {following}")
    return _json(decided, plans, ref, written, following)


def _json(
    decided: deciding.Decided, plans: Any, ref: str, written: dict[str, list[str]], following: str
) -> dict[str, Any]:
    return {
        "ref": ref,
        "firm": decided.firm.id,
        "place": decided.place.id,
        "laws": list(dict.fromkeys(r.law for r in decided.choice.rules if r.law)),
        "demands": deciding.demands_json(decided),
        "letters": [
            {"id": p.id, "kinds": list(dict.fromkeys(r.demand for r in p.rules)), "when": p.rules[0].when,
             "language": p.language, "files": written.get(p.id, [])}
            for p in plans
        ],
        "identity": deciding.identity_json(decided),
        "routes": deciding.routes_json(decided),
        "left_out": [{"rule": e.rule, "reason": e.reason} for e in decided.choice.left_out],
        "next": following,
    }  # fmt: skip
