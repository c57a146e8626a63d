"""From the options of `request` and `explain` to the decision both print: who, whom, which rules, which letters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from optout import advice, compose, select
from optout.addressed import is_own
from optout.addressee import Recipient
from optout.cli import speaking
from optout.cli.addressing import PASSED_ON, READ, Addressed
from optout.cli.app import App
from optout.cli.params import split, word
from optout.errors import Missing, NoRule, NotFound, NotPossible
from optout.firm import PUBLIC, Firm, FirmKind
from optout.jurisdiction import Jurisdiction
from optout.law import Rule, text_in
from optout.listed import Origin
from optout.owntime import open_day
from optout.pieces import LetterPlan
from optout.seats import place_of
from optout.setting import Setting

ABROAD = (
    "{name} has its address in another country, whose law on such bodies is not the one where you live. No law is "
    "claimed; this is a plain request."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One firm, decided."""

    choice: select.Choice
    setting: Setting
    """In the first language."""
    languages: tuple[str, ...]
    """Each letter is written in all of them, to be sent together."""
    demanded: tuple[advice.Demanded, ...]
    notes: tuple[str, ...] = ()
    """What the person should know about whom the letter goes to."""
    origin: Origin | None = None
    """Where the firm is from that is none of ours."""
    minor: bool = False
    """The person is under age."""

    @property
    def firm(self) -> Firm:
        return self.setting.firm

    @property
    def place(self) -> Jurisdiction:
        """With everything it inherits."""
        return self.setting.place

    @property
    def places(self) -> tuple[str, ...]:
        """The ids of the place and of what it is part of, innermost first."""
        return self.setting.places

    @property
    def to(self) -> Recipient | None:
        """Whom the letter goes to, where the user named it."""
        return self.setting.to

    @property
    def named(self) -> str:
        """The name that the user gave for the addressee."""
        return self.to.name if self.to else ""

    @property
    def addressee(self) -> str:
        return self.named or self.firm.name

    @property
    def client_unknown(self) -> bool:
        """The letter would go to the client of a processor, and it was not said who that is."""
        return self.setting.passing_on and self.choice.rules[:1] != (select.PASSING_ON,)

    @property
    def kind(self) -> FirmKind | None:
        """Of a firm without a profile, the kind that the user gave."""
        return self.firm.kinds[0] if self.firm.kinds and is_own(self.firm.id) else None


def decide(app: App, whom: Addressed, residence: str, options: dict[str, Any], *, writing: bool = True) -> Decided:
    """`writing`: a letter is wanted. Raises NotFound, Missing, NoRule, or NotPossible for a processor that no law of the
    place speaks to."""
    firm = whom.firm
    origin = app.catalog.listed_origin(firm.id)
    place_id = app.catalog.place_id(residence)
    chain = app.catalog.chain(place_id)
    place = app.catalog.effective_for(place_id, firm)
    places = tuple(p.id for p in chain)
    if abroad := _abroad(app, whom, places):
        whom = replace(whom, notes=(ABROAD.format(name=whom.to.name if whom.to else firm.name),))
    if abroad or (origin and origin.own_law):
        place = replace(place, laws={}, rules=(), identity=(), remedies=())
    asked = select.Asked(
        demands=kinds(options.get("demand", ())),
        laws=_laws(options.get("law", ()), place),
        only=bool(options.get("only")),
        together=bool(options.get("together")),
        situation=bool(options.get("because")),
        on=app.today,
    )
    # What is known of a processor says nothing of its client, named or not.
    clients = firm.role == "processor" or (whom.to is not None and firm.role == "mixed")
    spoken = firm.for_client() if clients else firm
    choice, holder, notes = _chosen(whom, place, spoken, asked, writing)
    _refuse_empty(choice, asked)
    languages = speaking.languages(app.catalog, options.get("language") or "", firm, place, choice, whom.to)
    union = chain[-1].kind == "union"
    setting = Setting(
        place=place,
        places=places,
        firm=firm,
        on=app.today,
        language=languages[0],
        paper=options.get("paper"),
        photo=bool(options.get("enclose_photo")),
        address=bool(options.get("address")),
        situation=bool(options.get("because")),
        words=bool(options.get("words")),
        agent=options["agent"].acts if options.get("agent") else "",
        to=whom.to,
        holder=holder,
        same_law=app.catalog.members(chain[-1].id, {d.place for d in firm.decisions if d.clause}) if union else (),
    )
    return Decided(
        choice=choice,
        setting=setting,
        languages=languages,
        demanded=advice.demanded(
            firm if holder else spoken, place, places, (*choice.rules, *_on_request(place, choice)), app.today
        ),
        notes=(*notes, *speaking.choice_of_language(app.catalog, options.get("language") or "", firm, place, whom.to)),
        origin=origin,
        minor=bool(options.get("minor")),
    )


def _abroad(app: App, whom: Addressed, places: tuple[str, ...]) -> bool:
    """Whether a public body that the user named has its address where no law of these places speaks to it."""
    if whom.to is None or not whom.to.lines or not set(whom.firm.kinds) & set(PUBLIC):
        return False
    home = place_of(whom.to.lines[-1])
    if home is None or home in places:
        return False
    return not set(app.catalog.firm_places(home)) & set(places)


def _chosen(
    whom: Addressed, place: Jurisdiction, spoken: Firm, asked: select.Asked, writing: bool
) -> tuple[select.Choice, bool, tuple[str, ...]]:
    """The rules, whether they speak to a processor itself as a holder of data, and what the person should know."""
    if whom.clients_only:
        choice = select.of_holder(place, whom.firm, asked)
        notes = (*whom.notes, _of_processor(whom.clients_only, whom.firm, choice, place))
        if choice.rules:
            return choice, True, notes
        if writing:
            raise whom.clients_only
        return select.choose(place, spoken, asked), False, notes
    if whom.firm.role == "processor" and whom.to is None and asked.demands == PASSED_ON:
        return select.pass_on(place, whom.firm), False, whom.notes
    return select.choose(place, spoken, asked), False, whom.notes


def _of_processor(why: NotPossible, firm: Firm, choice: select.Choice, place: Jurisdiction) -> str:
    """What the person should know where a processor is named: who else is to be written to, and what is open here."""
    if not choice.rules:
        return f"{why}. To go on: {why.hint}"
    law = law_name(place, choice.rules[0])
    return (
        f"{why}. {law} speaks to whoever holds the data, so this letter goes to {firm.name} itself, and asks it to "
        f"pass it on to its clients, who will read {READ}. For what they decide, {why.hint}"
    )


def plans(decided: Decided) -> list[LetterPlan]:
    """Every letter in every language, the versions of one letter next to each other."""
    settings = [replace(decided.setting, language=language) for language in decided.languages]
    made = [compose.plan(setting, rules) for rules in decided.choice.letters() for setting in settings]
    return [on_an_open_day(plan) for plan in made]


def on_an_open_day(plan: LetterPlan) -> LetterPlan:
    """With a date of the sender's own that is no closed day at their place."""
    if plan.reply_by is None:
        return plan
    from optout.library.publicholidays import PublicHolidays

    return replace(plan, reply_by=open_day(plan.reply_by, plan.setting.place.id, PublicHolidays()))


def _on_request(place: Jurisdiction, choice: select.Choice) -> tuple[Rule, ...]:
    """Rules only offered when asked for: what the firm wants for those is told beforehand too."""
    ids = {entry.rule for entry in choice.left_out if entry.code == "on_request"}
    carried = {rule.demand for rule in choice.rules}
    return tuple(rule for rule in place.rules if rule.id in ids and (rule.law or rule.demand not in carried))


def kinds(values: tuple[str, ...]) -> tuple[Any, ...]:
    """The demands that were asked for. Raises NotFound."""
    found = tuple(word(v) for v in split(values))
    for kind in found:
        if kind not in select.KINDS:
            import difflib

            near = difflib.get_close_matches(kind, select.KINDS, 3, 0.5)
            every = "" if near else f"one of: {', '.join(select.KINDS).replace('_', '-')}"
            raise NotFound("demand", kind.replace("_", "-"), near, every)
    return found


def _laws(values: tuple[str, ...], place: Jurisdiction) -> tuple[str, ...]:
    laws = split(values)
    for law in laws:
        if law not in place.laws:
            raise NotFound(
                "law of this place", law, place.laws, "" if place.laws else "this place has no law in the catalogue"
            )
    return laws


def _refuse_empty(choice: select.Choice, asked: select.Asked) -> None:
    wanting = [entry for entry in choice.left_out if entry.code == "situation"]
    if asked.demands and wanting and not any(rule.demand in asked.demands for rule in choice.rules):
        raise Missing(
            "--because is missing: " + wanting[0].reason, "say in your own words what this search means for you"
        )
    if not choice.letters():
        reasons = [(entry.rule, entry.reason) for entry in choice.left_out]
        raise NoRule(
            "no rule is left for a letter", reasons, "leave out --law, or ask for something else with --demand"
        )


def law_name(place: Jurisdiction, rule: Rule, language: str = "en") -> str:
    law = place.laws.get(rule.law) if rule.law else None
    return text_in(law.short or law.name, language) if law else ""
