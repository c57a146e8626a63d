"""Closed days as they were when a date was first told: a case keeps those it looked up, so its dates never move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from optout.dates import Holidays

Plain = dict[str, dict[str, str | None]]
"""Place to year to the days as `MMDD` one after the other; None where the place is not known."""


class Recorded:
    """Closed days recorded earlier, else those of `live`; what is asked of `live` is kept in `new`."""

    def __init__(self, earlier: Iterable[Mapping[str, Mapping[str, str | None]]], live: Holidays) -> None:
        """`earlier`: what was recorded with each event, oldest first; the first record of a year stands."""
        self.new: Plain = {}
        self._live = live
        self._known: dict[tuple[str, int], frozenset[date] | None] = {}
        for record in earlier:
            for place, years in record.items():
                for year, days in years.items():
                    self._known.setdefault((place, int(year)), _days(int(year), days))

    def closed(self, place: str, year: int) -> frozenset[date] | None:
        if (place, year) not in self._known:
            found = self._live.closed(place, year)
            self._known[place, year] = found
            self.new.setdefault(place, {})[str(year)] = _text(year, found)
        return self._known[place, year]

    def moved(self) -> list[tuple[str, int]]:
        """The recorded places and years whose days are others today."""
        return [(place, year) for (place, year), days in self._known.items() if self._live.closed(place, year) != days]


def _text(year: int, days: frozenset[date] | None) -> str | None:
    return None if days is None else "".join(f"{day:%m%d}" for day in sorted(days) if day.year == year)


def _days(year: int, text: str | None) -> frozenset[date] | None:
    if text is None:
        return None
    return frozenset(date(year, int(text[i : i + 2]), int(text[i + 2 : i + 4])) for i in range(0, len(text), 4))
