"""How do the answers fall over the years? The year facet of a result as a row without gaps, for a drawing."""

from dataclasses import dataclass

from search.results import Results


@dataclass(frozen=True, slots=True)
class YearCount:
    """How many answers (works, or paragraphs, as the result's unit says) are of this year."""

    year: int
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every year from the first to the last that has an answer, those without one included.

    `undated`: answers without a date; None where years were chosen, for the years that were not chosen are counted
    too then (so that they can be added) and the undated cannot be told from them. `most`: the largest count.
    """

    years: tuple[YearCount, ...]
    undated: int | None
    most: int


def timeline(results: Results) -> Timeline:
    """The years of a result, oldest first; empty where nothing is dated."""
    found = {
        int(value.value): value
        for facet in results.facets
        if facet.field == "year"
        for value in facet.values
        if value.value.isascii() and value.value.isdigit() and len(value.value) <= 4
    }
    years = tuple(
        YearCount(year, found[year].count, found[year].selected) if year in found else YearCount(year, 0)
        for year in (range(min(found), max(found) + 1) if found else ())
    )
    chosen = any(year.selected for year in years)
    dated = sum(year.count for year in years)
    return Timeline(
        years, None if chosen else max(0, results.total - dated), max((year.count for year in years), default=0)
    )
