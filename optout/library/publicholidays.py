"""Public holidays from the `holidays` package, by our place ids."""

from __future__ import annotations

from datetime import date


class PublicHolidays:
    """Days that are public holidays at a place. A region the package does not know has its country's days."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], frozenset[date] | None] = {}

    def closed(self, place: str, year: int) -> frozenset[date] | None:
        """None: the place is a union or unknown, so only week-ends are known."""
        if (place, year) not in self._known:
            self._known[place, year] = self._read(place, year)
        return self._known[place, year]

    def _read(self, place: str, year: int) -> frozenset[date] | None:
        import holidays

        country, _, region = place.upper().partition("-")
        if country == "EU" or not hasattr(holidays, country):
            return None
        try:
            return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
        except NotImplementedError:
            return frozenset(holidays.country_holidays(country, years=year))
