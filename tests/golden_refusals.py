"""The golden letters that answer a ground of refusal: which there are. `python -m tests.golden_letters` writes them."""

from __future__ import annotations

from optout.case import Event
from optout.cli.following import Asked
from optout.law import DemandKind, Ground
from tests.told import COMPLAINT, PROVED, REFUSED, REMINDER, Told, event

NINE: tuple[Ground, ...] = (
    "law_does_not_apply", "cannot_identify", "identity_not_proved", "wrong_form", "excessive", "others_rights",
    "public_data", "legal_claims", "customers_only",
)  # fmt: skip
"""The grounds that a firm gives in Europe, in the order of the list that the data follow."""
ANSWERED = event("answered", "07-20", letter="access", outcomes={"access": "met"})


ABOUT_ACCESS: tuple[Ground, ...] = ("others_rights", "own_interests", "excessive", "cannot_identify", "must_keep")


def refused(ground: Ground, kind: DemandKind = "objection", late: bool = False) -> tuple[Event, ...]:
    """The firm gives this ground for one demand and stays silent on the rest; `late`: only after its time."""
    day = "08-20" if late else "07-20"
    if kind == "deletion":
        return (
            *PROVED, ANSWERED, event("sent", "07-21", letter="deletion", by="email"),
            event("refused", "07-30", letter="deletion", ground=ground),
        )  # fmt: skip
    return (*PROVED, event("answered", day, letter="access", ground=ground, outcomes={kind: "refused"}))


def told(place: str, ground: Ground, asked: Asked, language: str = "en", kind: DemandKind = "objection") -> Told:
    """A request for access with an objection, or a deletion after the access was answered."""
    both: tuple[DemandKind, ...] = () if kind == "deletion" else ("access", "objection")
    return Told(place, refused(ground, kind), asked, language, demands=both, situation=bool(both))


def about(ground: Ground) -> DemandKind:
    """A demand that a firm refuses on this ground."""
    return "access" if ground in ABOUT_ACCESS else "objection"


SAMPLES: dict[str, tuple[str, Ground, Ground]] = {
    "fr": ("fr", "wrong_form", "customers_only"),
    "de": ("at", "excessive", "public_data"),
    "it": ("it", "identity_not_proved", "others_rights"),
    "es": ("es", "public_data", "cannot_identify"),
    "nl": ("nl", "legal_claims", "identity_not_proved"),
    "pl": ("pl", "others_rights", "excessive"),
    "pt": ("pt", "cannot_identify", "legal_claims"),
}
"""Of each other language a place, the ground of a complaint and that of a reminder."""
SWISS: dict[str, tuple[Ground, ...]] = {
    "en": ("identity_not_proved", "public_data"),
    "de": ("excessive", "own_interests", "law_does_not_apply"),
    "fr": ("others_rights", "cannot_identify"),
    "it": ("wrong_form", "public_data"),
}
CASES: dict[str, Told] = {}
for _language, _place in {"en": "ie", **{key: place for key, (place, *_) in SAMPLES.items()}}.items():
    _end = "" if _language == "en" else f"-{_language}"
    CASES[f"{_place}-reminder-refused{_end}"] = Told(_place, REFUSED, REMINDER, _language)
    CASES[f"{_place}-reminder-refused-must-keep{_end}"] = told(_place, "must_keep", REMINDER, _language, "deletion")
    CASES[f"{_place}-complaint-no-reason{_end}"] = told(
        _place, "no_reason", Asked(wanted="complaint", language=_language), _language, "access"
    )
for _language, _ground in (("de", "customers_only"), ("fr", "legal_claims"), ("it", "must_keep")):
    CASES[f"ch-reminder-{_ground.replace('_', '-')}-{_language}"] = told("ch", _ground, REMINDER, _language)
CASES["ch-reminder-refused"] = Told("ch", REFUSED, REMINDER)
CASES["gb-eng-reminder-refused"] = Told("gb-eng", REFUSED, REMINDER)
CASES["us-ca-reminder-refused"] = Told("us-ca", REFUSED, REMINDER)
for _ground in ("public_data", "no_reason"):
    CASES[f"gb-eng-reminder-{_ground.replace('_', '-')}"] = told("gb-eng", _ground, REMINDER, kind="access")
for _ground in NINE:
    _name = _ground.replace("_", "-")
    CASES[f"ie-reminder-{_name}"] = told("ie", _ground, REMINDER, kind=about(_ground))
    CASES[f"ie-complaint-{_name}"] = told("ie", _ground, COMPLAINT, kind=about(_ground))
for _language, (_place, _one, _other) in SAMPLES.items():
    CASES[f"{_place}-complaint-{_one.replace('_', '-')}-{_language}"] = told(
        _place, _one, COMPLAINT, _language, about(_one)
    )
    CASES[f"{_place}-reminder-{_other.replace('_', '-')}-{_language}"] = told(
        _place, _other, REMINDER, _language, about(_other)
    )
for _language, _grounds in SWISS.items():
    for _ground in _grounds:
        _end = "" if _language == "en" else f"-{_language}"
        _kind = "objection" if _ground == "public_data" else "access"
        CASES[f"ch-complaint-{_ground.replace('_', '-')}{_end}"] = told(
            "ch", _ground, Asked(wanted="complaint", language=_language), _language, _kind
        )
for _language, _end in (("en", ""), ("de", "-de"), ("fr", "-fr"), ("it", "-it")):
    CASES[f"ch-complaint-public-data-deletion{_end}"] = told(
        "ch", "public_data", Asked(wanted="complaint", language=_language), _language, "deletion"
    )
for _ground in ("identity_not_proved", "excessive", "legal_claims", "customers_only"):
    CASES[f"gb-eng-firm-complaint-{_ground.replace('_', '-')}"] = told(
        "gb-eng", _ground, COMPLAINT, kind=about(_ground)
    )
CASES["ie-complaint-legal-claims-deletion"] = told("ie", "legal_claims", COMPLAINT, kind="deletion")
CASES["pt-complaint-legal-claims-deletion-pt"] = told("pt", "legal_claims", COMPLAINT, "pt", "deletion")
_first = told("gb-eng", "law_does_not_apply", COMPLAINT)
CASES["gb-eng-complaint-law-does-not-apply"] = _first._replace(
    events=(*_first.events, event("complained", "08-12", remedy="uk-firm", by="email"))
)
for _place, _language in (("ie", "en"), ("fr", "fr"), ("at", "de"), ("it", "it"), ("es", "es"), ("nl", "nl"), ("pl", "pl"),
                          ("pt", "pt")):  # fmt: skip
    _doubts = (*PROVED, event("identity_asked", "07-20", letter="access"))
    _end = "" if _language == "en" else f"-{_language}"
    CASES[f"{_place}-reminder-identity-asked{_end}"] = Told(_place, _doubts, REMINDER, _language)
