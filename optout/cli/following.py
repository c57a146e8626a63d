"""From a case to the letter that follows: to whom it goes, in which languages, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from optout import acting, escalation, followup, owntime, replies, views
from optout.case import Event
from optout.cli import drafting, formalities, grounds, meant, precedents, speaking
from optout.cli.acting import doubts_to_complain
from optout.cli.app import App
from optout.cli.authorities import spoken
from optout.cli.casefile import CaseFile
from optout.errors import BadData, NotFound
from optout.escalation import LETTER_IDS, Following
from optout.history import read
from optout.inherit import watching
from optout.jurisdiction import Authority, Jurisdiction
from optout.languages import WORDING
from optout.law import text_in
from optout.letter import Letter
from optout.library.publicholidays import PublicHolidays
from optout.lifecycle import series
from optout.records import from_plain
from optout.recount import Matter
from optout.recourse import LOOK_AGAIN
from optout.seats import within
from optout.setting import BY_FACE
from optout.standing import Status
from optout.subject import Subject
from optout.walk import Walk, walk

PROOFS = {
    "request": "your request", "sending": "proof that it was sent", "receipt": "proof that it arrived",
    "reminded": "your reminder", "appealed": "your appeal", "complained": "your earlier complaint",
    "answer": "what the firm wrote",
}  # fmt: skip
"""What can be enclosed, in words for the user."""
Drafts = dict[tuple[str, str], Letter]
"""By letter id and language."""
_UNITS = {unit for words in WORDING.values() for unit in (words.unit, words.records_unit)}
"""Lines of an address that name who reads such letters; those of imported requests have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user chose."""

    wanted: escalation.Wanted = ""
    remedy: str | None = None
    language: str = ""
    region: str | None = None
    """The part of the country the person lives in, where each has an authority of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter that follows, in each of its languages."""

    id: str
    following: Following
    drafts: Drafts
    event: Event
    """That it was written, as the case keeps it."""
    authority: tuple[str, Authority] | None
    """Who hears the complaint, with its id."""
    enclosed: tuple[dict[str, str], ...]
    same: bool
    """The draft of before, word for word."""
    notes: tuple[str, ...] = ()


class Desk:
    """One case, and all that a letter about it is made from."""

    def __init__(self, app: App, file: CaseFile, frozen: Drafts, asked: Asked) -> None:
        """Raises WrongPhase, NotPossible or NotFound where no letter follows."""
        self.app, self.file, self.frozen, self.asked = app, file, frozen, asked
        self.case = file.case
        meant.no_second_letter(app, file.case)
        self.steps: Walk = walk(file.case, file.events)
        self.status: Status = file.status()
        self.firm = precedents.firm(app.catalog, file.case)
        self.place = self._place()
        self.following = escalation.following(self.steps, self.status, app.today, asked.wanted, asked.remedy)
        self.subject = from_plain(Subject, file.whole["subject"])
        self.authority: tuple[str, Authority] | None = None
        self.notes: list[str] = []
        if self.following.kind == "authority":
            self.authority = self._authority()
            heard = self.authority[1] if self.authority else None
            self.notes += formalities.notes(self.place, self.case, self.firm, heard)
        self.notes += doubts_to_complain(self.place, self.following.remedy, self.subject.agent)

    def write(self) -> Written:
        """The letter; that of before where it would say the same."""
        ident, old = self._id()
        earlier = {key: letter for key, letter in self.frozen.items() if key[0] == ident}
        if old is not None and earlier and old.on <= self.app.today and not self._stale(old):
            drafts, enclosed = self._drafts(ident, old.on, self._languages())
            if drafts == earlier:
                return self._written(ident, old, drafts, enclosed, same=True)
        drafts, enclosed = self._drafts(ident, self.app.today, self._languages())
        remedy = self.following.remedy
        event = Event(
            kind="drafted", on=self.app.today, letter=ident, remedy=remedy.id if remedy else None,
            until=self._reply_by(self.app.today),
        )  # fmt: skip
        return self._written(ident, event, drafts, enclosed, same=False)

    def _written(
        self, ident: str, event: Event, drafts: Drafts, enclosed: Sequence[dict[str, str]], *, same: bool
    ) -> Written:
        return Written(
            id=ident, following=self.following, drafts=drafts, event=event, authority=self.authority,
            enclosed=tuple(enclosed), same=same, notes=tuple(dict.fromkeys(self.notes)),
        )  # fmt: skip

    def _place(self) -> Jurisdiction:
        """With the law that spoke in the request; of a firm that is not in the catalogue any more, the place's own."""
        catalog, place = self.app.catalog, self.case.place
        return catalog.effective_for(place, self.firm) if self.firm else catalog.effective(place)

    def _id(self) -> tuple[str, Event | None]:
        """The letter of that kind that waits to be sent, else a new one."""
        base, remedy = LETTER_IDS[self.following.kind], self.following.remedy
        for ident, event in self.steps.to_send.items():
            if series(ident) == base and event.remedy == (remedy.id if remedy else None):
                return ident, event
        used = {key for key, _ in self.frozen} | set(self.steps.to_send)
        number = 1
        while (ident := base if number == 1 else f"{base}_{number}") in used:
            number += 1
        return ident, None

    def _stale(self, old: Event) -> bool:
        """Whether the letter names a date that leaves the firm less than half of the time it was to have."""
        return old.until is not None and self.app.today > owntime.last_good(old.until, old.on)

    def _reply_by(self, on: date) -> date | None:
        if self.following.kind != "reminder":
            return None
        return owntime.open_day(on + LOOK_AGAIN["reminded"], self.case.place, PublicHolidays())

    def _authority(self) -> tuple[str, Authority] | None:
        """Who hears it. Where each part of the country has an authority of its own, the person says where they live."""
        place, law = self.place, self.following.remedy.law if self.following.remedy else None
        named = next((x.to for x in place.remedies if self.following.remedy and x.id == self.following.remedy.id), None)
        if named and place.authorities[named].confidence != "unverified":
            return named, place.authorities[named]
        found = self._heard(place, law)
        region = self.asked.region
        if region and not self._parts(law):
            raise BadData(f"--region: no part of {text_in(place.name, 'en')} has an authority of its own for this law")
        if not found and (parts := self._parts(law)):
            if region is None and self.app.can_ask:
                shown = ", ".join(part.upper() for part in parts)
                region = self.app.ask_freely(f"Which part of {text_in(place.name, 'en')} do you live in ({shown})")
                self.asked = replace(self.asked, region=region)  # not asked again, whatever was said
            if region:
                found = self._heard(self._part(region), law)
            else:
                ref, first = self.case.ref, parts[0].upper()
                self.notes.append(
                    f"Each part of {text_in(place.name, 'en')} has an authority of its own. Name yours: "
                    f"optout escalate {ref} --region {first} (or {', '.join(part.upper() for part in parts[1:])})"
                )
        return found[0] if len(found) == 1 else None

    def _heard(self, place: Jurisdiction, law: str | None) -> list[tuple[str, Authority]]:
        place = watching(place, public=bool(self.firm and self.firm.public))
        return [(x, place.authorities[x]) for x in views.competent_authorities(place, {law} if law else set())]

    def _parts(self, law: str | None) -> list[str]:
        parts = map(self.app.catalog.jurisdiction, self.app.catalog.members(self.case.place))
        return [part.id for part in parts if self._heard(part, law)]

    def _part(self, region: str) -> Jurisdiction:
        catalog = self.app.catalog
        ident = catalog.place_id(region)
        if ident == self.case.place or self.case.place not in [place.id for place in catalog.chain(ident)]:
            raise BadData(f"--region: {ident.upper()} is no part of {self.case.place.upper()}")
        return catalog.effective(ident)

    def _languages(self) -> tuple[str, ...]:
        """To the firm those of the request; to an authority one of its own. English where there are no words."""
        folder = "reminder" if self.following.kind == "reminder" else "complaint"
        there = [x for x in WORDING if self.app.catalog.template(f"{x}/{folder}/subject.j2") is not None]
        if self.asked.language:
            if self.asked.language not in there:
                raise NotFound(
                    "letter language", self.asked.language, hint=f"a {folder} is written in: {', '.join(there)}"
                )
            return (self.asked.language,)
        sent = list(dict.fromkeys(language for ident, language in self.frozen if ident in self.steps.letters))
        if self.authority is None:
            own = [x for x in self.place.languages if x in there and x in self._spoken()]
            if self.following.kind == "authority" and own and not set(own) & set(sent):
                return (own[0],)  # whichever part of the country hears it
            for language in (x for x in sent if x not in there):
                self.notes.append(f"There are no words for this in '{language}' yet; it is in English.")
            return tuple(dict.fromkeys(x if x in there else "en" for x in sent)) or ("en",)
        key, authority = self.authority
        speaks = [x for x in authority.languages if x in there and x in self._spoken()]
        if not speaks:
            self.notes.append(
                f"{key} works in: {spoken(authority.languages)}. There is no complaint in that language yet: have it translated."
            )
        return (next((x for x in sent if x in speaks), speaks[0] if speaks else "en"),)

    def _spoken(self) -> list[str]:
        """The languages with words for the law at hand."""
        law = self.place.laws.get((self.following.remedy and self.following.remedy.law) or "")
        return speaking.written(self.app.catalog, (law and law.family) or speaking.REQUEST)

    def _drafts(self, ident: str, on: date, languages: Sequence[str]) -> tuple[Drafts, tuple[dict[str, str], ...]]:
        drafts: Drafts = {}
        enclosed: tuple[dict[str, str], ...] = ()
        for language in languages:
            letter, named = self._draft(on, language)
            drafts[ident, language] = letter
            enclosed = enclosed or named
        return drafts, enclosed

    def _draft(self, on: date, language: str) -> tuple[Letter, tuple[dict[str, str], ...]]:
        """One version. The sender and the firm stand in it as in the request."""
        request = self._request(language)
        entity, *rest = request.recipient
        rest = rest[1:] if rest and rest[0] in _UNITS else rest
        country = self.place.id.partition("-")[0]
        matter = Matter(
            following=self.following, steps=self.steps, status=self.status, events=read(self.file.events),
            place=self.place, on=on, language=language, entity=entity,
            lines=tuple(x for x in rest if "@" not in x), email=request.recipient_email,
            authority=self.authority[1] if self.authority else None, kept=self._kept(), day=lambda day: drafting.day_text(day, language),
            decisions=precedents.decisions(self.app.catalog, self.case, self.firm, on),
            by_face=bool(self.firm and self.firm.kinds[:1] == (BY_FACE,)),
            public=bool(self.firm and self.firm.public), agent=self.subject.agent.acts if self.subject.agent else "",
        )  # fmt: skip
        plan = followup.plan(matter)
        self._tell_missing(plan.missing)
        given = replies.given(self.steps, read(self.file.events))
        self.notes += grounds.unanswered(self.place, self.following.denied, given)
        filler = drafting.Filler(drafting.pieces_of(self.app.catalog, language), language, country, plan.context)
        reply_by = self._reply_by(on)
        values = {
            "ref": self.case.ref, "situation": "", **drafting.named(self.subject),
            "reply_by": filler.printed(drafting.day_text(reply_by, language)) if reply_by else "",
        }  # fmt: skip
        letter = replace(
            request, day=on, day_text=filler.printed(drafting.dated(on, language)), language=language,
            subject=filler.line(plan.subject_line, values), salutation=filler.line(plan.salutation, values),
            blocks=filler.body(plan.pieces, values), closing=filler.line(plan.closing, values),
            enclosures=filler.line(plan.enclosures, values), about=filler.printed(WORDING[language].about),
        )  # fmt: skip
        if self.following.kind == "authority":
            letter = self._to_authority(letter, filler.printed(plan.context["place"]["name"]))
            if self.authority is None:
                letter = replace(letter, recipient=(filler.line(plan.competent, values),))
        return letter, plan.enclosed

    def _kept(self) -> set[int]:
        letters = [drafting.file_name(self.case.ref, *key, "") for key in self.frozen]
        kept = self.file.whole.get("evidence", [])
        return {row["n"] for row in kept if not row["name"].startswith(tuple(letters))}

    def _tell_missing(self, missing: Sequence[dict[str, str]]) -> None:
        if missing:
            told = (PROOFS[one["what"]] + (f" ({one['day']})" if one["day"] else "") for one in missing)
            shown = ", ".join(dict.fromkeys(told))
            self.notes.append(
                f"No file is kept of: {shown}. The letter does not call that enclosed; to keep it: "
                f"optout log {self.case.ref} noted --on DAY --file PATH, with the day on which it happened; then again."
            )

    def _request(self, language: str) -> Letter:
        """The request at hand as it was written, in that language if there is such a version: another letter of the case
        may have gone elsewhere."""
        open_ = {demand.kind for demand in (*self.following.late, *self.following.denied)}
        sent = [x for x in self.case.letters if self.steps.letters[x.id].sent]
        ids = [x.id for x in sent if open_ & set(x.kinds)] or [x.id for x in sent]
        found = [letter for (ident, _), letter in self.frozen.items() if ident in ids]
        return next((letter for letter in found if letter.language == language), found[0])

    def _to_authority(self, letter: Letter, place: str) -> Letter:
        """With the sender's street only where the request had it: the firm may be shown the complaint."""
        street = bool(set(self.subject.address) & set(letter.sender))
        sender = acting.sender_lines(self.subject, place, street, letter.language)
        if self.authority is None:
            return replace(letter, sender=sender, recipient_email="")
        authority = self.authority[1]
        email = authority.email if authority.email and authority.email_takes == "unknown" else ""
        lines = within(authority.address, self.case.subject_places)
        return replace(
            letter, sender=sender, recipient=(views.authority_name(authority, letter.language), *lines),
            recipient_email=email,
        )  # fmt: skip
