"""Requests that another program wrote, taken into the vault as cases: all of its list or nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

from optout import addressed, admit, compose, requestlist, select, standing
from optout.addressee import Recipient
from optout.case import Event
from optout.cli import addressing, deciding, drafting, opening, person
from optout.cli.app import App
from optout.cli.casefile import CaseFile, append, opened
from optout.cli.intake import MOST, Told
from optout.cli.output import say
from optout.errors import BadData, Missing, WrongPhase
from optout.firm import Firm
from optout.jurisdiction import Jurisdiction
from optout.law import DemandKind, Rule
from optout.letter import Block, Letter
from optout.pieces import LetterPlan
from optout.problems import Problem
from optout.records import to_plain
from optout.requestlist import DEMANDS, WAYS, Message
from optout.setting import Setting
from optout.subject import Subject

if TYPE_CHECKING:
    from optout.store.vault import Vault

LARGEST = 8 * 1024 * 1024
FAMILY = "gdpr"
"""The laws that those letters rest on; a letter under them claims nothing under another law."""
_MARK = "a request of datenanfragen's app"


class Intake:
    """One list, for one person."""

    def __init__(self, app: App, name: str, profile: str | None, residence: str | None) -> None:
        """Raises Missing where nobody says whose requests they are."""
        options: dict[str, Any] = {"person": None, "profile": profile, "name": None, "email": None, "residence": None,
                                   "address_line": ()}  # fmt: skip
        given = person.given(app, options)
        if not given:
            raise Missing(
                "--profile is missing: whose requests are these?", "keep yourself first: optout profile new me"
            )
        self.app, self.name, self.profile = app, name, str(options["profile"])
        self.claims = residence is not None
        place = given["residence"]
        if residence:
            place = person.asked(app, "residence", residence, "Where the person lived then", "--residence")
        self.subject = Subject(
            name=given["name"], email=given.get("email_alias") or given.get("email", ""), residence=place
        )
        self.told = Told()

    def everything(self, vault: Vault, file: BinaryIO) -> None:
        """Takes every request with the messages that follow it. To be used inside one transaction."""
        groups: dict[str, list[Message]] = {}
        for one in requestlist.messages(_text(file, self.name), self.name, self.app.today):
            if isinstance(one, Problem):
                self._note(one)
            else:
                groups.setdefault(one.reference, []).append(one)
        for messages in groups.values():
            self._take(vault, messages)

    def _take(self, vault: Vault, messages: list[Message]) -> None:
        from optout.store import incoming

        first = min((x for x in messages if x.type in DEMANDS), key=lambda message: message.on, default=None)
        if first is None:
            for message in messages:
                self._wrong(message.line, "reference: no request has it")
            return
        if found := self.app.catalog.lookalikes.find((first.email, *first.recipient)):
            other = self.app.catalog.firm_by_id(found[1])
            self._wrong(
                first.line, f"{found[0]} is a look-alike of {other.name}, id {other.id}: this went to somebody else"
            )
            return
        to, firm = None, self._firm(first)
        if firm is None:
            to = _recipient(first)
            firm = addressed.firm_of(to, None)
        mark = drafting.digest([_MARK, self.profile, first.reference])
        ref = incoming.with_fingerprint(vault, mark)
        kinds = list(dict.fromkeys(DEMANDS[message.type] for message in messages if message.type in DEMANDS))
        if ref is None:
            ref = self.app.new_ref()
            self._open(vault, ref, (firm, to), first, kinds, mark)
            self.told.new.append(ref)
            if to:
                self.told.without_profile[ref] = to.name
            elif firm.role == "processor" and any(kind not in addressing.PASSED_ON for kind in kinds):
                self.told.processors[ref] = firm.id
            self._follow(vault, ref, messages)
        elif self._follow(vault, ref, messages):
            self.told.longer.append(ref)
        else:
            self.told.same += 1

    def _firm(self, message: Message) -> Firm | None:
        """By the id in their list, or by name or mailbox where it is a firm of ours."""
        catalog, listing = self.app.catalog, self.app.catalog.listing
        for name in (message.slug, message.slug.replace("-", " ")) if message.slug else ():
            if firm := catalog.known(name):
                return firm
        if message.slug and (firm := listing.slug(message.slug)):
            return firm
        record = {"name": message.recipient[0] if message.recipient else "", "email": message.email}
        if ours := listing.ours(record):
            return catalog.firm(ours)
        alike = catalog.passing_for((record["name"],))
        return catalog.firm_by_id(alike[0]) if len(alike) == 1 else None

    def _open(
        self, vault: Vault, ref: str, whom: tuple[Firm, Recipient | None], first: Message, kinds: Sequence[DemandKind],
        mark: str,
    ) -> None:  # fmt: skip
        from optout.library.publicholidays import PublicHolidays
        from optout.store import cases

        decided, plans = self._decided(*whom, first, kinds)
        subject = cases.subject_id(vault, to_plain(self.subject), self.app.new_id)
        case = replace(opening.case(self.app, decided, plans, ref, subject), opened=first.on)
        drafted = Event(
            kind="drafted", on=first.on, note=f"written with datenanfragen's app, reference {first.reference}"
        )
        letters = [
            {
                "id": plan.id,
                "language": plan.language,
                "letter": to_plain(self._letter(ref, first, plan)),
                "versions": {},
            }
            for plan in plans
        ]
        cases.add(
            vault, case=to_plain(case), fingerprint=mark, inputs=mark, event=to_plain(drafted), at=self.app.now(),
            letters=letters, files=[], pending=[], profile=self.profile,
            summary=standing.summary(standing.fold(case, [drafted], PublicHolidays())),
        )  # fmt: skip

    def _decided(
        self, firm: Firm, to: Recipient | None, first: Message, kinds: Sequence[DemandKind]
    ) -> tuple[deciding.Decided, list[LetterPlan]]:
        """Rules with dates only where the residence was given and its law is the one that those letters name."""
        catalog = self.app.catalog
        chain = catalog.chain(self.subject.residence)
        places = tuple(place.id for place in chain)
        place, origin = catalog.effective_for(self.subject.residence, firm), catalog.listed_origin(firm.id)
        claims = self.claims and not (origin and origin.own_law) and firm.role != "processor"
        asked = select.Asked(demands=tuple(kinds), only=True, situation=True, on=first.on)
        rules = select.choose(place, firm, asked).rules if claims else ()
        chosen = {kind: _claimed(place, rules, kind) for kind in kinds}
        setting = Setting(place=place, places=places, firm=firm, on=first.on, language="en", to=to)
        plans = [
            replace(compose.plan(setting, own), reply_by=None, reply_within=None) for own in chosen.values()
        ]  # fmt: skip
        decided = deciding.Decided(
            setting=setting, languages=("en",), demanded=(), origin=origin,
            choice=select.Choice(rules=tuple(rule for own in chosen.values() for rule in own), left_out=()),
        )  # fmt: skip
        return decided, plans

    def _letter(self, ref: str, first: Message, plan: LetterPlan) -> Letter:
        """In place of the words, which the list does not hold."""
        words = f"This request was written with datenanfragen's app (reference {first.reference}). Its words are not kept here."
        return Letter(
            ref=ref,
            day=first.on,
            day_text=drafting.dated(first.on, "en"),
            language="en",
            paper=plan.paper,
            sender=(self.subject.name, self.subject.email),
            recipient=first.recipient or (plan.setting.firm.name,),
            subject=f"Request: {plan.id.replace('_', ' ')}",
            salutation="",
            blocks=(Block(kind="paragraph", runs=((words, False),)),),
            closing="",
            signature=self.subject.name,
            enclosures="",
            recipient_email=first.email,
        )

    def _follow(self, vault: Vault, ref: str, messages: Sequence[Message]) -> bool:
        """Logs each message that the case does not have yet; whether there was one."""
        there = opened(vault, ref).events
        grew = False
        for message in sorted(messages, key=lambda message: (message.on, message.type not in DEMANDS)):
            if known := next((event for event in there if _tells(event, message)), None):
                there.remove(known)  # two messages of a day are two events
                continue
            file = opened(vault, ref)
            event = _event(file, message)
            try:
                admit.allow(file.case, file.events, event)
            except WrongPhase:
                event = _noted(message)
            append(self.app, vault, file, event)
            grew = True
        return grew

    def _wrong(self, line: int, reason: str) -> None:
        self._note(Problem(self.name, line, 0, "wrong-value", reason))

    def _note(self, problem: Problem) -> None:
        if len(self.told.problems) < MOST:
            self.told.problems.append(problem)
        else:
            self.told.more += 1


def _recipient(message: Message) -> Recipient:
    """Whom a request to somebody unknown went to, as far as the list says it."""
    name, *lines = message.recipient or (message.slug or message.email or "firm without a name",)
    return Recipient(name=name, lines=tuple(lines[: addressed.MOST_LINES]), email=message.email)


def _claimed(place: Jurisdiction, rules: Sequence[Rule], kind: DemandKind) -> tuple[Rule, ...]:
    own = [r for r in rules if r.demand == kind and r.law and r.footing == "right" and r.by == "letter"]
    found = tuple(rule for rule in own if place.laws[rule.law or ""].family == FAMILY)
    return found or (select.plain_request(kind),)


def _event(file: CaseFile, message: Message) -> Event:
    """What a message is in the life of a case. A response tells nothing of what came of it, nor who wrote it."""
    by, fax = WAYS[message.via], "by fax" if message.via == "fax" else ""
    if message.type in DEMANDS:
        return Event(kind="sent", on=message.on, letter=DEMANDS[message.type], by=by, note=fax)
    if message.type == "admonition":
        return Event(kind="reminded", on=message.on, by=by, note=fax)
    if message.type == "complaint" and (remedy := admit.which_remedy(file.case, file.events, "complained", message.on)):
        return Event(kind="complained", on=message.on, by=by, remedy=remedy, note=fax)
    return _noted(message)


def _noted(message: Message) -> Event:
    return Event(kind="noted", on=message.on, note=f"{message.type}, by {message.via}")


def _tells(event: Event, message: Message) -> bool:
    """Whether the event is what an earlier import made of the message."""
    if event.on != message.on:
        return False
    if event.kind == "sent":
        return event.letter == DEMANDS.get(message.type)
    kinds = {"reminded": "admonition", "complained": "complaint"}
    return kinds.get(event.kind) == message.type or event == _noted(message)


def _text(file: BinaryIO, name: str) -> str:
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadData(f"{name} is larger than {LARGEST // 1024 // 1024} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadData(f"{name} cannot be used", [Problem(name, line, 0, "not-utf-8", "not UTF-8")]) from None


def hints(intake: Intake) -> None:
    """What to do next, and why there may be no dates."""
    if not intake.claims:
        say(
            "No dates are claimed. To have those of the law where you lived then: --residence PLACE, before anything else."
        )
    say("What came of each request is not in that list. Look at a case and log it: optout show REF")
