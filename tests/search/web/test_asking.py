"""Does an address mean what was chosen, and is nothing in it an error?"""

from hypothesis import given
from hypothesis import strategies as st

from search.fields import FACETS
from search.web.asked import LIMIT, LONGEST_QUERY, MOST_FILTERS, SORTS, UNITS, Asked, asked
from search.web.excerpt import ROOM, excerpt

TEXT = st.text(max_size=40)
QUESTIONS = st.builds(
    Asked,
    query=TEXT,
    filters=st.lists(st.tuples(st.sampled_from(FACETS), st.text(min_size=1, max_size=20)), max_size=6, unique=True).map(
        tuple
    ),
    sort=st.sampled_from(list(SORTS)),
    limit=st.integers(1, 100),
    after=st.none() | st.text(min_size=1, max_size=20),
    unit=st.sampled_from(list(UNITS)),
    widen=st.booleans(),
    meaning=st.booleans(),
)


@given(QUESTIONS)
def test_a_question_comes_back_from_its_address(question):
    again, complaints = asked(question.pairs())
    assert again == question
    assert not complaints


@given(st.lists(st.tuples(st.sampled_from(["q", "sort", "limit", "after", "year", "unit", "widen", "x"]), TEXT)))
def test_no_address_is_an_error(pairs):
    question, complaints = asked(pairs)
    assert 1 <= question.limit <= 100
    assert question.sort in SORTS
    assert question.unit in ("works", "paragraphs")
    assert all(complaint.message for complaint in complaints)


@given(QUESTIONS, st.sampled_from(FACETS), st.text(min_size=1, max_size=20))
def test_choosing_twice_is_not_choosing(question, name, value):
    once = question.toggled(name, value)
    assert ((name, value) in once.filters) != ((name, value) in question.filters)
    assert set(once.toggled(name, value).filters) == set(question.filters)
    assert once.after is None


def test_what_is_too_much_is_complained_of():
    question, complaints = asked(
        [("q", "x" * 5000), ("limit", "0"), ("limit", "٣"), ("sort", "best"), ("unit", "books")]
    )
    assert len(question.query) == LONGEST_QUERY
    assert question.limit == LIMIT
    assert question.sort == "relevance"
    assert question.unit == "works"
    assert len(complaints) == 5
    many, complaints = asked([("year", str(year)) for year in range(100)])
    assert len(many.filters) == MOST_FILTERS
    assert len(complaints) == 1


def test_one_language_is_the_readers():
    assert asked([("language", "fr")])[0].language() == "fr"
    assert asked([("language", "fr"), ("language", "es")])[0].language() is None


@given(st.text(max_size=3000), st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), max_size=8))
def test_an_excerpt_is_a_stretch_with_its_marks(text, marks):
    cut = excerpt(text, marks)
    assert cut.text in text
    assert len(cut.text) <= ROOM * 1.2
    words = {text[a:b] for a, b in marks}
    assert {cut.text[a:b] for a, b in cut.marks} <= words
    assert cut.cut_before or cut.cut_after or cut.text == text


def test_an_excerpt_shows_where_most_marks_are():
    text = "needle " + "straw " * 400 + "needle needle needle " + "straw " * 400
    places = [i for i in range(len(text)) if text.startswith("needle", i)]
    cut = excerpt(text, [(i, i + 6) for i in places])
    assert [cut.text[a:b] for a, b in cut.marks] == ["needle"] * 3
    assert cut.cut_before and cut.cut_after
    assert cut.text.startswith("straw")
