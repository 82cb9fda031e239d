"""Does the picture of the years show the years?"""

from hypothesis import given
from hypothesis import strategies as st

from search.timeline import Timeline, YearCount
from search.web.years import HEIGHT, MOST_YEARS, WIDTH, drawing

COUNTS = st.lists(st.just(0) | st.integers(0, 10**6), min_size=2, max_size=300)


def years(counts):
    return Timeline(tuple(YearCount(1800 + i, n) for i, n in enumerate(counts)), 0, max(counts))


def test_bars_are_as_high_as_their_years():
    found = drawing(years([1, 0, 4]))
    assert [bar.height for bar in found.bars] == [HEIGHT / 4, 0, HEIGHT]
    assert (found.first, found.last, found.busiest) == (1800, 1802, YearCount(1802, 4))


def test_one_year_is_no_timeline():
    assert drawing(years([7, 0])) is None
    assert drawing(Timeline((), 0, 0)) is None


@given(COUNTS)
def test_every_bar_is_inside_the_picture_and_can_be_seen(counts):
    found = drawing(years(counts))
    if found is None:
        assert sum(n > 0 for n in counts[-MOST_YEARS:]) < 2
        return
    assert [bar.of.count for bar in found.bars] == counts[-MOST_YEARS:]
    for bar in found.bars:
        assert bar.x >= 0 and bar.x + bar.width <= WIDTH + 0.1
        assert bar.y >= 0 and (bar.height >= 2) == (bar.of.count > 0)
