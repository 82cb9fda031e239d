"""How do the results lie in time? One bar a year, as SVG: a bar leads to its year."""

from collections.abc import Sequence
from dataclasses import dataclass

from search.results import Facet

MOST_YEARS = 120
WIDTH, HEIGHT = 720, 72  # units of the picture; it is as wide as the page allows
GAP = 0.18  # of a bar's room


@dataclass(frozen=True, slots=True)
class Bar:
    """A year, how many results it has, and its rectangle; a year with few is still seen."""

    year: int
    count: int
    x: float
    width: float
    height: float
    selected: bool

    @property
    def y(self) -> float:
        return HEIGHT - self.height


@dataclass(frozen=True, slots=True)
class Timeline:
    """All years from the first to the last, those without results too."""

    bars: tuple[Bar, ...]
    most: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def first(self) -> int:
        return self.bars[0].year

    @property
    def last(self) -> int:
        return self.bars[-1].year

    @property
    def busiest(self) -> Bar:
        return max(self.bars, key=lambda bar: (bar.count, bar.year))


def timeline(facets: Sequence[Facet]) -> Timeline | None:
    """From the facet of years; None where there are fewer than two years to compare."""
    values = [value for facet in facets if facet.field == "year" for value in facet.values if value.value.isdigit()]
    counts = {int(value.value): value for value in values if value.count}
    if len(counts) < 2:
        return None
    last = max(counts)
    first = max(min(counts), last - MOST_YEARS + 1)
    room = WIDTH / (last - first + 1)
    most = max(value.count for year, value in counts.items() if year >= first)
    bars = []
    for year in range(first, last + 1):
        value = counts.get(year)
        count = value.count if value else 0
        height = max(2.0, HEIGHT * count / most) if count else 0.0
        x = (year - first) * room + room * GAP / 2
        chosen = value is not None and value.selected
        bars.append(Bar(year, count, round(x, 2), round(room * (1 - GAP), 2), round(height, 2), chosen))
    return Timeline(tuple(bars), most)
