"""Does the matcher of thousands find what an engine finds, each time, of works and of paragraphs?

More examples with FORUMWATCH_TEST_MATCHER=100000, as `make chaos` does.
"""

import os
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import analysis, open_engine
from search.alerts.matching.newcomers import Newcomers, Paragraphs, ones
from search.alerts.matching.questions import MOST_KEPT, Questions
from search.engines.engine import IndexedParagraph, IndexedWork, Question
from search.query import parse, resolve
from search.query.tree import Everything, Node, OfWorks
from tests.search import invented
from tests.search.contract.names import addresses, library_works, work_ids
from tests.search.contract.test_finds import CASES
from tests.search.fuzzing import queries
from tests.search.plainly import answers, paragraphs_of
from tests.search.test_both_engines import collections, hold, trees, typed

EXAMPLES = int(os.environ.get("FORUMWATCH_TEST_MATCHER", "0"))


def resolved(query: str) -> Node:
    return resolve(parse(query).tree).tree


def matched(works: Sequence[IndexedWork], trees: Sequence[Node]) -> list[tuple[tuple[int, ...], set[int]]]:
    """Per tree the works that answer it, and those of which a paragraph answers it."""
    questions = Questions()
    places = [questions.add(tree) for tree in trees]
    newcomers = Newcomers(questions, works)
    paragraphs = Paragraphs(newcomers)
    found, within = dict(newcomers.answers()), dict(paragraphs.answers())
    for place in places:  # those that were skipped would not have been found
        assert newcomers.bits(questions.forms[place]) == found.get(place, 0)
        assert paragraphs.bits(questions.forms[place]) == within.get(place, 0)
    return [
        (
            tuple(sorted(works[each].id for each in ones(found.get(place, 0)))),
            {works[each].id for each in ones(paragraphs.works_of(within.get(place, 0)))},
        )
        for place in places
    ]


def test_it_finds_what_the_table_of_the_engines_says():
    found = matched(list(library_works().values()), [resolved(query) for query in CASES])
    for (works, paragraphs), (query, expected) in zip(found, CASES.items(), strict=True):
        assert works == tuple(sorted(work_ids(expected[0]))), query
        assert paragraphs == {work for work, _, _ in addresses(expected[1])}, query


@settings(max_examples=EXAMPLES or 60)
@given(st.lists(invented.trees, min_size=1, max_size=10))
def test_it_finds_what_the_definitions_say(asked):
    some = invented.WORKS[:60]
    asked = [resolve(tree).tree for tree in asked]
    for tree, (works, paragraphs) in zip(asked, matched(some, asked), strict=True):
        assert works == tuple(work.id for work in some if answers(work, tree))
        assert paragraphs == {work.id for work in some if any(each.answers(tree) for each in paragraphs_of(work))}


@settings(max_examples=EXAMPLES or 60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(collections, st.lists(trees | typed, min_size=1, max_size=8))
def test_it_finds_what_an_engine_finds_however_awkward(held, asked):
    asked = [resolve(tree).tree for tree in asked]
    engine = open_engine(None)
    hold(engine, held)
    for tree, (works, paragraphs) in zip(asked, matched(held, asked), strict=True):
        assert works == engine.members(tree)
        answer = engine.ask_paragraphs(Question(tree, limit=100))
        assert paragraphs == {work for work, _ in answer.paragraphs}


def test_whatever_is_typed_is_matched_as_it_is_searched():
    """Thousands of queries as people and machines type them, over all invented works, beside the engine."""
    engine = open_engine(None)
    hold(engine, invented.WORKS)
    asked = list(dict.fromkeys(resolved(query) for query in queries(EXAMPLES or 1500, seed=7)))
    for start in range(0, len(asked), 1000):
        some = asked[start : start + 1000]
        for tree, (works, _) in zip(some, matched(invented.WORKS, some), strict=True):
            assert works == engine.members(tree)


def test_a_tree_is_skipped_when_what_it_needs_is_absent():
    questions = Questions()
    texts = [
        "wages", "seagulls", '"domestic workers"', '"domestic wages"', "wages seagulls", "wages OR seagulls", "seag*",
        "country:PHL", "country:MEX", "symbol:A/HRC/*", "-seagulls", "date:2004", "title:wages", '"wages due"~3',
        '"wages gulls"~3', "country:Atlantis",
    ]  # fmt: skip
    places = {text: questions.add(resolved(text)) for text in texts}
    paragraphs = (IndexedParagraph(1, 1, "en", "Wages of domestic workers are due"),)
    newcomers = Newcomers(questions, [IndexedWork(1, "UN:1", None, (), {"country": ("PHL",)}, {}, paragraphs)])
    asked = set(questions.worth_asking(newcomers.present()))
    assert {text for text in texts if places[text] in asked} == {
        "wages", '"domestic workers"', "wages seagulls", "wages OR seagulls", "country:PHL", "-seagulls", "date:2004",
        '"wages due"~3',
    }  # fmt: skip


def test_equal_trees_are_one_and_equal_leaves_are_asked_once():
    questions = Questions()
    one, other = questions.add(resolved("wages fees")), questions.add(resolved("wages fees"))
    questions.add(resolved("fees OR wages"))
    assert one == other and len(questions.forms) == 2 and len(questions.leaves) == 2


def test_what_is_added_later_is_found_in_texts_whose_words_are_known():
    work = IndexedWork(1, "UN:1", None, (), {}, {}, (IndexedParagraph(1, 1, "en", "wages are due, recruiters say"),))
    questions = Questions()
    questions.add(resolved("due"))
    assert len(list(Newcomers(questions, [work]).answers())) == 1
    for text in ("wages", "recru*", '"are due"', '"wages say"~9', "recruiter"):
        questions.add(resolved(text))
    assert len(list(Newcomers(questions, [work]).answers())) == 6


def test_what_is_remembered_of_texts_stays_within_bounds(monkeypatch):
    monkeypatch.setattr("search.alerts.matching.questions.MOST_KEPT", 100)
    assert MOST_KEPT > 100
    questions = Questions()
    questions.add(resolved("needle OR haystac*"))
    for start in range(0, 1000, 50):
        text = " ".join(f"word{number}" for number in range(start, start + 50)) + " needle"
        work = IndexedWork(1, "UN:1", None, (), {}, {}, (IndexedParagraph(1, 1, "en", text),))
        assert len(list(Newcomers(questions, [work]).answers())) == 1
        assert all(len(each.known) <= 160 for each in (*questions.runs.values(), *questions.begun.values()))


def test_a_document_of_five_megabytes_is_no_danger():
    words = "worker wages needless " * 220_000
    paragraphs = (
        IndexedParagraph(1, 1, "en", words + "needle " + "x" * 300_000),
        *(IndexedParagraph(1, ordinal, "en", f"short {ordinal} wages") for ordinal in range(2, 20_000)),
    )
    work = IndexedWork(1, "UN:1", None, (), {}, {}, paragraphs)
    asked = ["needle", '"wages needless worker"', '"worker needle"~3', "xxx*", '"short 7"~2 wages', "seagulls"]
    found = matched([work], [resolved(text) for text in asked])
    assert found == [((1,), {1})] * 5 + [((), set())]


def test_nothing_asks_and_nobody_comes():
    assert matched([], [resolved("wages"), Everything()]) == [((), set())] * 2
    assert list(Newcomers(Questions(), invented.WORKS[:3]).answers()) == []
    assert matched(invented.WORKS[:3], [OfWorks((2, 9))]) == [((2,), {2})]


@pytest.mark.parametrize("bits", [0, 1, 0b1011, 1 << 2000, (1 << 300) - 1, (1 << 300) - 2])
def test_bits_are_read_one_by_one(bits):
    assert ones(bits) == [at for at in range(bits.bit_length()) if bits >> at & 1]


def test_a_word_by_unicode_is_one_token_in_every_chain():
    """What `learn` counts on: it puts many words through a chain at once, and each gives one token."""
    letters = [chr(code) for code in range(0x110000) if chr(code).isalnum()]
    for chain in analysis.CHAINS:
        ready = [word for char in letters for word in [analysis.prepare(char)] if word.isalnum()]
        assert len(analysis.analyzer(chain).analyze(" ".join(ready))) == len(ready)
