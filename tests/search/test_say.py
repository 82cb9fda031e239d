"""Does a sentence say all of a query, and only that? What `say` says is heard again as the same tree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lexicon
from search.fields import FIELDS
from search.query import parse, resolve, say
from search.query.tree import (
    And,
    DateRange,
    Everything,
    Field,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    both,
    either,
    matches_nothing,
)
from tests.search.fuzzing import queries
from tests.search.hearing import hear

LANGUAGES = ("en", "fr", "es")
words = st.sampled_from(
    ["fee", "migrants", "égalité", "移徙", "العمال", "and", "or", "later", "with", "l'emploi", "co-op"]
)
values = {
    "country": ["PHL", "Filipinas", "Bosnia and Herzegovina", "Trinidad y Tabago", "Utopia"],
    "theme": ["seasonal-work", "wages", "domestic work", "nonsense and worse"],
    "body": ["CMW", "Human Rights Council"],
    "publisher": ["ILO", "UN"],
    "instrument": ["ICRMW", "C189", "UDHR"],
    "language": ["fr", "español"],
    "kind": ["report", "general comment", "rep*"],
    "symbol": ["A/HRC/59/60", "A/HRC/*", "GB.309/PFA/5"],
    "article": ["ICRMW/25", "art. 3 C189"],
    "person": ["Ana María Ruiz", "Ruiz", "Ru*"],
    "organisation": ["Migrant Forum, Asia and more"],
    "title": ["labour migration", "a or b", "lab*"],
    "session": ["59", "fifty-nine or so"],
    "quality": ["poor", "good"],
    "cites": ["A/RES/45/158"],
    "cited-by": ["CMW/C/GC/2"],
    "source": ["by-hand"],
    "agenda": ["3", "3 (a)"],
}
fields = st.sampled_from([Field(name, value) for name, some in values.items() for value in some])
days = st.dates()
ranges = st.one_of(
    st.builds(lambda one, two: DateRange(min(one, two), max(one, two)), days, days),
    days.map(lambda day: DateRange(day, None)),
    days.map(lambda day: DateRange(None, day)),
    st.sampled_from([parse(f"date:{text}").tree for text in ("2024", "2024-02", "2024-02-29", "2023-11..2024-02")]),
)
leaves = st.one_of(
    words.map(Word),
    words.map(Prefix),
    st.builds(Phrase, st.lists(words, min_size=1, max_size=4).map(tuple), st.integers(0, 5)),
    fields,
    ranges,
    st.just(Everything()),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(both),
        st.lists(inner, min_size=2, max_size=4).map(either),
        inner.map(lambda item: item.item if isinstance(item, Not) else Not(item)),
    ),
    max_leaves=12,
).filter(lambda tree: not _holds_nothing(tree))


def _holds_nothing(tree):
    """Whether some part of it is said by what it comes to: that it cannot exist."""
    inside = tree.items if isinstance(tree, And | Or) else (tree.item,) if isinstance(tree, Not) else ()
    return matches_nothing(tree) or any(map(_holds_nothing, inside))


def test_all_fields_are_tried():
    dates = {"date", "year", "since", "until"}
    assert set(values) == {spec.name for spec in FIELDS if not spec.later} - dates


@settings(max_examples=600, deadline=None)
@given(trees, st.sampled_from(LANGUAGES))
def test_what_is_said_is_heard_as_the_same_query(tree, language):
    sentence = say(tree, language)
    heard = hear(sentence, language)
    assert resolve(heard).tree == resolve(tree).tree, sentence
    assert say(heard, language) == sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_in_the_lexicon_is_heard_as_itself(language):
    kinds = {"country": lexicon.countries, "theme": lexicon.themes, "instrument": lexicon.instruments}
    for field, all_of in kinds.items():
        for each in all_of():
            tree = both([Field(field, each.code), Word("and")])
            assert resolve(hear(say(tree, language), language)).tree == resolve(tree).tree, each.code


def test_what_people_type_is_said_so_that_it_can_be_heard():
    heard = 0
    for turn, text in enumerate(queries(3000, seed=7)):
        tree, language = parse(text).tree, LANGUAGES[turn % 3]
        if "…" not in text and not _holds_nothing(tree):
            assert say(hear(say(tree, language), language), language) == say(tree, language), text
            heard += 1
    assert heard > 2000
