"""`optout request` and `optout explain`."""

from __future__ import annotations

from typing import Any

import click

from optout import compose, views
from optout.acting import AUTHORITY
from optout.cli import addressing, deciding, decisionjson, drafting, foretelling, letteroptions, telling
from optout.cli.app import App
from optout.cli.output import answer, line, say, table
from optout.cli.params import formats_of
from optout.errors import BadData
from optout.letter import plain
from optout.setting import recipient_email
from optout.subject import Subject

BECAUSE = click.option(
    "--because", metavar="TEXT", help="your own situation, for an objection; or what is wrong, for a correction"
)

UNDER = ("correction", *compose.GIVES_GROUNDS)
"""Demands in whose words a person's own can stand."""


@click.command(
    epilog="\b\nExamples:\n  optout explain clearview --residence FR\n"
    '  optout explain --to "Example Ltd" --residence FR'
)
@click.argument("firm", required=False)
@click.option("--residence", metavar="PLACE", help="where the person lives, such as US-IL or FR")
@addressing.options
@letteroptions.given(BECAUSE, letteroptions.MINOR, *letteroptions.DECIDING)
@click.pass_obj
def explain(settings: dict[str, Any], /, firm: str | None, residence: str | None, on: Any, **options: Any) -> None:
    """Say which rules apply and why each other one does not, what FIRM will ask, and where a letter goes."""
    app = App(settings, on)
    app.catalog_with(None)  # explaining leaves nothing behind
    from optout.cli import acting, grounds, person

    (whom,) = addressing.choose(app, (firm,) if firm else (), options, writing=False)
    place = person.asked(app, "residence", residence, "Where does the person live (US-IL, FR)", "--residence")
    decided = deciding.decide(app, whom, place, options, writing=False)
    left_out = [{"rule": e.rule, "code": e.code, "reason": e.reason} for e in decided.choice.left_out]
    left_out += [{"rule": x.id, "code": "not_in_letters", "reason": x.note} for x in telling.unused(decided)]
    if app.json:
        answer("explain", {
            **decisionjson.as_json(decided), "on": str(app.today), "left_out": left_out,
            "gaps": list(views.gaps(decided.place, decided.choice.rules)), "cautions": telling.cautions(decided),
            "without_answer": foretelling.remedies_json(decided), "agents": acting.as_json(decided),
            "refusals": grounds.as_json(decided.place, grounds.foretold(decided)),
        })  # fmt: skip
        return
    if app.plain:
        rows = [("applies", rule.id, "") for rule in decided.choice.rules]
        table([*rows, *(("left out", e["rule"], e["reason"]) for e in left_out)], ("", "RULE", "REASON"), plain=True)
        return
    telling.tell(decided, line)
    acting.tell(decided, line)
    grounds.tell(decided, line)
    telling.tell_left_out(decided, line)


@click.command(
    epilog="\b\nExamples:\n  optout request clearview --profile me\n"
    "  optout request clearview --residence FR --name Ada --email ada@mail.example\n"
    "  optout request clearview --person me.yaml --format pdf,eml\n"
    '  optout request --to "Example Ltd" --to privacy@firm.example --profile me'
)
@click.argument("firms", nargs=-1)
@click.option("--profile", metavar="ID", help="the person of this profile; options beside it come first")
@click.option("--name", help="the person's name")
@click.option("--email", help="where the answer shall go")
@click.option("--residence", metavar="PLACE", help="where the person lives, such as US-IL or FR")
@click.option("--address-line", multiple=True, metavar="TEXT", help="a line of the postal address; repeat it")
@click.option("--no-address", is_flag=True, help="print no postal address even if one is given")
@click.option("--person", metavar="FILE", help="the person as YAML or JSON; - reads standard input")
@click.option("--language", help="language of the letters")
@letteroptions.given(*letteroptions.WRITING)
@click.option("--again", is_flag=True, help="open a new case though the same was sent before")
@click.option("-n", "--dry-run", is_flag=True, help="print the letters, write and keep nothing")
@addressing.options
@letteroptions.given(BECAUSE, letteroptions.AGENT, letteroptions.MINOR, *letteroptions.DECIDING)
@click.pass_obj
def request(settings: dict[str, Any], /, firms: tuple[str, ...], on: Any, **options: Any) -> None:
    """Write the letters to each of FIRMS and open a case.

    With --to the letter goes to the client of a firm that works for others; without FIRMS, to anybody you name.
    """
    app = App(settings, on)
    if options["output"] == "-":
        raise click.UsageError("a request writes into a folder; print one letter afterwards: optout letter REF -o -")
    if options["dry_run"]:
        app.catalog_with(None)
    whom = addressing.choose(app, firms, options, writing=True)
    subject = _subject(app, options)
    options["address"] = subject.address
    options["words"], options["because"] = bool(options["because"]), subject.situation
    options["agent"] = subject.agent
    options["formats"] = formats_of(options["formats"])
    # Every firm is decided before anything of the first is kept, so that a mistake in one leaves nothing.
    options["language"] = subject.language
    decided = [deciding.decide(app, one, subject.residence, options) for one in whom]
    done = [_one(app, one, subject, options) for one in decided]
    if app.json:
        answer("request", {"cases": done})


def _subject(app: App, options: dict[str, Any]) -> Subject:
    """The person, every field through the gate. Raises Missing or BadData without quoting anything."""
    from optout.cli import agent, person

    given = person.given(app, options)
    options["minor"] = options["minor"] or given.get("minor", False)
    email = options["email"] or given.get("email_alias") or given.get("email")
    place = options["residence"] or given.get("residence")
    lines = () if options["no_address"] else options["address_line"] or given.get("address", ())
    try:
        # What was given is judged before anything is asked.
        address = person.clean(app, "address", lines)
        situation = person.clean(app, "situation", options["because"] or given.get("situation", ""))
    except ValueError as error:
        raise BadData(str(error)) from None
    return Subject(
        name=person.asked(app, "name", options["name"] or given.get("name"), "Your name", "--name"),
        email=person.asked(app, "email", email, "Your e-mail address for the answer", "--email"),
        residence=person.asked(app, "residence", place, "Where you live (US-IL, FR)", "--residence"),
        address=address,
        situation=situation,
        language=options["language"] or given.get("language", ""),
        agent=agent.named(app, options["agent"]) if options["agent"] else None,
    )


def _one(app: App, decided: deciding.Decided, subject: Subject, options: dict[str, Any]) -> dict[str, Any]:
    """Everything for one firm; gives its JSON."""
    from optout.cli import acting, keeping
    from optout.render.environment import Pieces

    if not app.json:
        telling.tell(decided)
        if decided.minor:
            acting.tell(decided, say)
    else:  # whom the letter goes to may be another than was named
        for note in decided.notes:
            say(note)
    for doubt in acting.doubts(decided, subject.agent) if subject.agent else ():
        say(f"Careful: {doubt}")
    plans = deciding.plans(decided)
    if options["words"] and not any(rule.demand in UNDER for plan in plans for rule in plan.rules):
        say("No letter has your words of --because: only one that objects, or corrects, says why.")
    pieces = {x: Pieces(x, app.catalog.template, drafting.HOLES) for x in decided.languages}
    if options["dry_run"]:
        beside = acting.authorities(decided, plans)
        letters = [drafting.draft(pieces[p.language], p, subject, "0000-0000") for p in (*plans, *beside)]
        if not app.json:
            for letter in letters:
                click.echo(plain(letter))
            say("Nothing was written or kept.")
        return _json(decided, plans, "0000-0000", {}, "")
    with app.vault(create=True) as vault:
        ref, written = keeping.keep(app, vault, decided, plans, pieces, subject, options)
    return _finished(app, decided, plans, ref, written, options)


def _finished(
    app: App,
    decided: deciding.Decided,
    plans: Any,
    ref: str,
    written: dict[str, list[str]],
    options: dict[str, Any],
) -> dict[str, Any]:
    first = next(iter(written))
    name = f" --letter {first}" if len(compose.whole_letters(plans)) > 1 else ""
    kinds = [route["kind"] for route in decisionjson.routes_json(decided, tuple(r.demand for r in plans[0].rules))]
    likely = ("email", "post", "form") if "eml" in options["formats"] else ("post", "email", "form")
    by = next((kind for kind in likely if kind in kinds), "post")
    following = f"optout log {ref} sent --by {by}{name}"
    if not app.json:
        for paths in written.values():
            for path in paths:
                line(path, whole=True)
        _tell_drafts(decided, plans, options)
        if len(decided.languages) > 1:
            say(f"Each letter is in {len(decided.languages)} languages. Send its versions together.")
        if AUTHORITY in written:
            say(_authority(decided))
            if not written[AUTHORITY]:  # only e-mails were wanted
                say(f"  optout letter {ref} --letter {AUTHORITY} --format pdf")
        elif decided.setting.agent:
            say(
                "The letter says that your authority is enclosed: add a copy of the power of attorney before you send it."
            )
        say(f"Case {ref}. Read the letter, sign it, send it by the channels above. Then:")
        say(f"  {following}")
    return _json(decided, plans, ref, written, following)


def _authority(decided: deciding.Decided) -> str:
    """Who signs the page that goes with the letter."""
    if decided.setting.agent == "parent":
        return "The page 'authority' says that you are a parent or guardian: sign it and enclose it with each letter."
    return "The page 'authority' is for the person to read, date and sign. Enclose it with each letter."


def _tell_drafts(decided: deciding.Decided, plans: Any, options: dict[str, Any]) -> None:
    recipients = [recipient_email(decided.setting, plan.rules) for plan in plans]
    for text in drafting.about_drafts(options["formats"], recipients):
        say(text)
    if "eml" in options["formats"] and options["enclose_photo"]:
        say("The letter says that a photo is enclosed: attach it before you send the draft.")


def _json(
    decided: deciding.Decided, plans: Any, ref: str, written: dict[str, list[str]], following: str
) -> dict[str, Any]:
    return {
        **decisionjson.as_json(decided),
        "ref": ref,
        "laws": list(dict.fromkeys(r.law for r in decided.choice.rules if r.law)),
        "letters": [
            {"id": p.id, "kinds": list(dict.fromkeys(r.demand for r in p.rules)), "when": p.rules[0].when,
             "language": p.language, "files": written.get(p.id, [])}
            for p in compose.whole_letters(plans)
        ],
        "left_out": [{"rule": e.rule, "reason": e.reason} for e in decided.choice.left_out],
        "agent": decided.setting.agent or None,
        "authority": written.get(AUTHORITY, []),
        "next": following,
    }  # fmt: skip
