"""Is what was perhaps meant told where it helps, and nowhere else?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.query import parse
from search.spelling import ALPHABETS, MAX_WORDS, suggest

MEANT = {
    "wokers": "workers",
    "workrs": "workers",
    "wrokers": "workers",
    "worrkers": "workers",
    "Philipines": "Philippines",
    "REMITANCES": "REMITTANCES",
    '"domestc workers"': '"domestic workers"',
    '"domestc wokers"~4': '"domestic workers"~4',
    "recruitmnet AND (feess OR nothinghere)": "recruitment AND (fees OR nothinghere)",
    "migrnats NOT wokers": "migrants NOT wokers",
    "title:leafet": "title:leaflet",
    "égalte": "egalite",
    "трудящиес": "трудящиеся",
    "الفبلين": "الفلبين",
    "contry:migrants seasonl": "contry:migrants seasonal",
}


@pytest.mark.parametrize("query", MEANT)
def test_a_word_that_is_not_known_is_put_right_in_its_place(each_searcher, query):
    suggestion = each_searcher.search(query).suggestion
    assert suggestion is not None and suggestion.query == MEANT[query]
    for typed, meant in suggestion.words:
        assert typed in query and meant in suggestion.query


def test_what_is_suggested_finds_more_in_the_same_unit_and_filters(each_searcher):
    for unit in ("works", "paragraphs"):
        found = each_searcher.search("wokers Philippines", unit=unit)
        again = each_searcher.search(found.suggestion.query, unit=unit)
        assert found.total == 0 < again.total
    assert each_searcher.search("wokers", filters={"publisher": ["WTO"]}).suggestion is None


@pytest.mark.parametrize(
    "query",
    [
        "workers", "seafarers", "", "*", "xyzzyx", "移徙工", "A/HRC/47/3O", "wrk", "country:Philipines", "wokers*",
        "NOT wokers", "2o04", "المهاجرن", "x" * 500, "'", '"~5',
    ],
)  # fmt: skip
def test_nothing_is_suggested_where_nothing_helps(each_searcher, query):
    assert each_searcher.search(query).suggestion is None


def test_nothing_is_suggested_on_a_later_page_or_where_much_is_found(each_searcher):
    first = each_searcher.search("workers", limit=2)
    assert first.suggestion is None and first.total >= 5
    two = each_searcher.search("Philippines", limit=1)
    assert each_searcher.search("Philippines", limit=1, after=two.after).suggestion is None


def test_a_word_of_its_own_is_left_alone_however_near_a_more_usual_one():
    known = {"migrate": 3, "migrant": 140, "refuge": 3, "refugee": 151}
    assert suggest("migrate", parse("migrate").tree, lambda words: known) is None
    found = suggest("refuge", parse("refuge").tree, lambda words: known)
    assert found is not None and found.query == "refugee", "more than fifty times as usual"


def test_a_name_of_the_lexicon_may_be_farther_than_one_letter():
    known = {"philippines": 3}
    found = suggest("Phillipines", parse("Phillipines").tree, lambda words: known)
    assert found is not None and found.words == (("Phillipines", "Philippines"),)


def test_the_index_is_asked_twice_and_for_a_bounded_number_of_words():
    asked = []

    def frequencies(words):
        asked.append(list(words))
        return dict.fromkeys(words, 0)

    text = " ".join(f"{'abcdefghij'[i % 10] * 12}{'klmnopqrst'[i // 10] * 12}" for i in range(80))
    assert suggest(text, parse(text).tree, frequencies) is None
    assert len(asked) == 2 and len(asked[0]) == 80 and len(asked[1]) < MAX_WORDS * 53 * 25


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.text(alphabet='ab *"~2العم移工é\u0301():-', max_size=40))
def test_whatever_is_typed_the_words_that_are_put_in_stand_where_the_others_stood(query):
    tree = parse(query).tree
    found = suggest(query, tree, lambda words: {word: len(word) % 5 for word in words})
    if found:
        assert len(found.words) > 0
        assert all(typed in query and meant in found.query for typed, meant in found.words)
        assert all(set(meant.lower()) <= {*ALPHABETS[0], *ALPHABETS[1], *ALPHABETS[2]} for _, meant in found.words)
