"""Does the picture of the years show the years?"""

from hypothesis import given
from hypothesis import strategies as st

from search.results import Facet, FacetValue
from search.web.timeline import HEIGHT, MOST_YEARS, WIDTH, timeline


def years(counts, selected=()):
    values = tuple(FacetValue(str(year), str(year), n, year in selected) for year, n in counts.items())
    return (Facet("country", "Country", ()), Facet("year", "Year", values))


def test_years_without_results_have_their_room():
    found = timeline(years({2003: 1, 2006: 4}, selected={2006}))
    assert [(bar.year, bar.count, bar.selected) for bar in found.bars] == [
        (2003, 1, False), (2004, 0, False), (2005, 0, False), (2006, 4, True),
    ]  # fmt: skip
    assert [bar.height for bar in found.bars] == [HEIGHT / 4, 0, 0, HEIGHT]
    assert (found.first, found.last, found.busiest.year, found.most) == (2003, 2006, 2006, 4)


def test_one_year_is_no_timeline():
    assert timeline(years({2003: 7, 2004: 0})) is None
    assert timeline(()) is None


@given(st.dictionaries(st.integers(1500, 2100), st.integers(1, 10**6), min_size=2, max_size=300))
def test_every_bar_is_inside_the_picture_and_can_be_seen(counts):
    found = timeline(years(counts))
    assert len(found.bars) <= MOST_YEARS
    for bar in found.bars:
        assert bar.x >= 0 and bar.x + bar.width <= WIDTH + 0.1
        assert bar.y >= 0 and (bar.height >= 2) == (bar.count > 0)
        assert bar.count == counts.get(bar.year, 0)
    assert found.last == max(counts)
