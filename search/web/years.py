"""How is a timeline drawn? One bar a year, as SVG; a bar leads to its year."""

from dataclasses import dataclass

from search.timeline import Timeline, YearCount

MOST_YEARS = 120  # the newest
WIDTH, HEIGHT = 720, 72  # units of the picture; it is as wide as the page allows
GAP = 0.18  # of a bar's room
LEAST = 2.0  # height of a year with few results: it is still seen


@dataclass(frozen=True, slots=True)
class Bar:
    """A year and its rectangle."""

    of: YearCount
    x: float
    width: float
    height: float

    @property
    def y(self) -> float:
        return HEIGHT - self.height


@dataclass(frozen=True, slots=True)
class Drawing:
    bars: tuple[Bar, ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def first(self) -> int:
        return self.bars[0].of.year

    @property
    def last(self) -> int:
        return self.bars[-1].of.year

    @property
    def busiest(self) -> YearCount:
        return max((bar.of for bar in self.bars), key=lambda year: (year.count, year.year))


def drawing(timeline: Timeline) -> Drawing | None:
    """None where there are fewer than two years to compare."""
    years = timeline.years[-MOST_YEARS:]
    if sum(year.count > 0 for year in years) < 2:
        return None
    most = max(year.count for year in years)
    room = WIDTH / len(years)
    return Drawing(
        tuple(
            Bar(
                year,
                round((i + GAP / 2) * room, 2),
                round(room * (1 - GAP), 2),
                round(max(LEAST, HEIGHT * year.count / most), 2) if year.count else 0.0,
            )
            for i, year in enumerate(years)
        )
    )
