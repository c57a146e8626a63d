"""Public holidays from the `holidays` package, by our place ids (`de-bw` is Germany's Baden-Württemberg)."""

from __future__ import annotations

from datetime import date


class PublicHolidays:
    """Days that are public holidays at a place, with the substitutes a country gives for those on week-ends.

    A country asked for without a region has the days common to all its regions: of Great Britain no Easter Monday,
    which Scotland has not. A later last day than needed is thereby never shown.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], tuple[frozenset[date] | None, bool]] = {}

    def closed(self, place: str, year: int) -> frozenset[date] | None:
        """A region the package does not know has its country's days. None: a union, or a country it does not know."""
        return self._look(place, year)[0]

    def exact(self, place: str, year: int) -> bool:
        """Whether the days are those of that very place, not its country's for want of better or none at all."""
        return self._look(place, year)[1]

    def _look(self, place: str, year: int) -> tuple[frozenset[date] | None, bool]:
        if (place, year) not in self._known:
            country, _, region = place.upper().partition("-")
            days = _days(country, region, year)
            self._known[place, year] = (_days(country, "", year), False) if days is None else (days, True)
        return self._known[place, year]


def _days(country: str, region: str, year: int) -> frozenset[date] | None:
    import holidays  # only here: it costs three times what the command line does

    if len(country) != 2:  # the package holds other things than countries under longer names
        return None
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError:
        return None
