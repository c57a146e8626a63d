"""Cases to live through: three under real laws, one under an invented law that knows everything a law can know."""

from __future__ import annotations

from datetime import date
from typing import Any

from optout.case import Case, CaseLetter, CaseRemedy, Demand
from optout.dates import Period
from optout.law import Calendar, Clock, Extend
from optout.library.catalog import Catalog
from optout.library.publicholidays import PublicHolidays

HOLIDAYS = PublicHolidays()
CATALOG = Catalog()
OPENED = date(2026, 3, 2)
ACCESS = CaseLetter(id="access", kinds=("access",), when="now", language="en")
DELETION = CaseLetter(id="deletion", kinds=("deletion",), when="after_access", language="en")
BOTH = CaseLetter(id="access", kinds=("access", "deletion"), when="now", language="en")


def demand(kind: Any, clocks: tuple[str, ...], **changes: Any) -> Demand:
    values: dict[str, Any] = {
        "kind": kind, "footing": "right", "rule": f"r-{kind}", "law": "act", "law_name": "the Act", "cites": (),
        "clocks": clocks, "when": "now", "sources": (),
    }  # fmt: skip
    return Demand(**(values | changes))


def clock(kind: Any, period: str, from_: Any = "receipt", **more: Any) -> Clock:
    return Clock(kind=kind, period=Period.parse(period), from_=from_, confidence="verified", sources=(), **more)


def case(**changes: Any) -> Case:
    values: dict[str, Any] = {
        "ref": "K7QM-4T2X", "subject": "1", "firm": "acme", "firm_name": "Acme", "place": "de-bw", "firm_place": "us",
        "subject_places": ("de-bw", "de", "eu"), "firm_places": ("us",), "opened": OPENED,
    }  # fmt: skip
    return Case(**(values | changes))


def real(place: str, clocks: dict[Any, tuple[str, ...]], letters: tuple[CaseLetter, ...], law: str) -> Case:
    """A case under the law as the data files have it, with its remedies."""
    merged = CATALOG.effective(place)
    remedies = tuple(
        CaseRemedy(id=x.id, kind=x.kind, law=x.law, law_name=str(x.law), to=x.to or "", kinds=x.for_, needs=x.needs,
                   clocks=x.clocks, breach_of=x.breach_of, provision=", ".join(map(str, x.cites)), in_force=x.in_force)
        for x in merged.remedies
        if x.about({law})
    )  # fmt: skip
    return case(
        place=place,
        subject_places=tuple(p.id for p in CATALOG.chain(place)),
        demands=tuple(demand(kind, names, law=law) for kind, names in clocks.items()),
        letters=letters,
        clocks=merged.clocks,
        calendars=merged.calendars,
        remedies=remedies,
    )


GERMANY = real("de-bw", {"access": ("gdpr-reply",), "deletion": ("gdpr-reply",)}, (ACCESS, DELETION), "gdpr")
ONTARIO = real(
    "ca-on",
    {"access": ("pipeda-reply",), "deletion": ()},
    (ACCESS, CaseLetter(id="deletion", kinds=("deletion",), when="after_access", language="en",
                        reply_within=Period(30, "day"))),
    "pipeda",
)  # fmt: skip
CALIFORNIA = real(
    "us-ca", {"access": ("ccpa-ack", "ccpa-reply"), "deletion": ("ccpa-ack", "ccpa-reply")}, (BOTH,), "ccpa"
)
BRITAIN = real(
    "gb-eng", {"access": ("uk-access",), "deletion": ("uk-reply",)}, (ACCESS, DELETION), "uk-gdpr"
)  # fmt: skip
EVERYTHING = case(
    demands=(demand("access", ("reply", "ack", "short")), demand("deletion", ("reply",)), demand("objection", ())),
    letters=(
        CaseLetter(id="access", kinds=("access", "objection"), when="now", language="en", reply_by=date(2026, 4, 30)),
        DELETION,
    ),
    clocks={
        "ack": clock("acknowledge", "5 business days"),
        "reply": clock("respond", "1 month", calendar="here", roll="next open day", starts_late=("identity",),
                       stops=("clarification",),
                       extend=Extend(by=Period(2, "month"), told_within=Period(1, "month"))),
        "short": clock("respond", "20 business days", calendar="here", stops=("clarification", "identity")),
        "appeal": clock("appeal", "45 days", "refusal"),
        "appeal-reply": clock("appeal_reply", "60 days", "appeal"),
        "first": clock("firm_complaint_reply", "30 days", "complaint"),
        "complain": clock("complain_within", "6 months", "limit"),
        "authority": clock("authority_reply", "3 months", "complaint"),
        "court": clock("court_within", "1 year", "refusal"),
    },
    calendars={"here": Calendar(place="subject", confidence="verified")},
    remedies=(
        CaseRemedy(id="again", kind="appeal", law="act", law_name="the Act", to="", clocks=("appeal", "appeal-reply")),
        CaseRemedy(id="firm", kind="firm_complaint", law="act", law_name="the Act", to="", clocks=("first",)),
        CaseRemedy(id="office", kind="authority", law="act", law_name="the Act", to="the Office", needs=("firm",),
                   clocks=("complain", "authority")),
        CaseRemedy(id="court", kind="court", law=None, law_name="the Act", to="", clocks=("court",)),
    ),
)  # fmt: skip
CASES = {"germany": GERMANY, "ontario": ONTARIO, "california": CALIFORNIA, "britain": BRITAIN, "everything": EVERYTHING}
