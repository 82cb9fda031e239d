"""Does the engine find what the definitions say, count it, and hand it out page by page?"""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import analysis
from search.engines.engine import IndexedWork, Question
from search.errors import MistakenRequest
from search.query import resolve
from search.query.tree import Everything, Node
from tests.search.invented import VOCABULARY, WORKS, filters, trees
from tests.search.plainly import PlainParagraph, answers, paragraphs_of


def expected(tree: Node, chosen=None, but=None) -> list[IndexedWork]:
    chosen = {name: values for name, values in (chosen or {}).items() if values and name != but}
    return [
        work
        for work in WORKS
        if answers(work, tree) and all(set(values) & set(work.values[name]) for name, values in chosen.items())
    ]


@settings(max_examples=300, deadline=None)
@given(trees)
def test_the_members_are_those_of_the_definitions(invented_engine, tree):
    resolved = resolve(tree).tree
    assert invented_engine.members(resolved) == tuple(work.id for work in expected(resolved))


@settings(max_examples=60, deadline=None)
@given(trees, filters, st.sampled_from(["relevance", "date", "-date"]))
def test_filters_counts_and_facets_are_those_of_the_definitions(invented_engine, tree, chosen, sort):
    resolved = resolve(tree).tree
    answer = invented_engine.ask(Question(resolved, chosen, ("country", "kind", "language", "year"), sort, limit=100))
    found = expected(resolved, chosen)
    assert answer.total == len(found)
    assert set(answer.works) <= {work.id for work in found}
    for facet, counts in answer.counts.items():
        own = expected(resolved, chosen, but=facet)
        assert dict(counts) == Counter(value for work in own for value in work.values[facet])


PARAGRAPHS = [each for work in WORKS for each in paragraphs_of(work)]


def narrowed(paragraphs: list[PlainParagraph], chosen, but=None) -> list[PlainParagraph]:
    narrow = {name: set(values) for name, values in chosen.items() if values and name != but}
    return [each for each in paragraphs if all(values & set(each.values(name)) for name, values in narrow.items())]


def addresses(answer) -> list[tuple[int, int, int]]:
    return [(work, at.document_id, at.ordinal) for work, at in answer.paragraphs]


@settings(max_examples=150, deadline=None)
@given(trees, filters, st.sampled_from(["relevance", "date", "-date"]))
def test_the_paragraphs_and_their_counts_are_those_of_the_definitions(invented_engine, tree, chosen, sort):
    resolved = resolve(tree).tree
    facets = ("country", "kind", "language", "year", "theme")
    answer = invented_engine.ask_paragraphs(Question(resolved, chosen, facets, sort, len(PARAGRAPHS)))
    answering = [each for each in PARAGRAPHS if each.answers(resolved)]
    found = narrowed(answering, chosen)
    assert answer.total == len(found)
    assert sorted(addresses(answer)) == sorted(each.address for each in found)
    for facet, counts in answer.counts.items():
        own = narrowed(answering, chosen, but=facet)
        assert dict(counts) == Counter(value for each in own for value in dict.fromkeys(each.values(facet)))
    if sort != "relevance":
        days = {work.id: by_date(work, sort == "-date") for work in WORKS}
        assert addresses(answer) == sorted(addresses(answer), key=lambda row: (days[row[0]], row))


@settings(max_examples=20, deadline=None)
@given(trees, filters, st.sampled_from(["relevance", "date", "-date"]), st.integers(5, 60))
def test_all_pages_of_paragraphs_together_are_the_whole(invented_engine, tree, chosen, sort, limit):
    question = Question(resolve(tree).tree, chosen, (), sort, len(PARAGRAPHS))
    walked, after = [], None
    while True:
        answer = invented_engine.ask_paragraphs(replace(question, limit=limit, after=after))
        walked += addresses(answer)
        after = answer.after
        if after is None:
            break
        assert len(answer.paragraphs) == limit
    assert walked == addresses(invented_engine.ask_paragraphs(question))


@settings(max_examples=60, deadline=None)
@given(trees, filters, st.sampled_from(["relevance", "date", "-date"]))
def test_a_walk_goes_through_all_pages(invented_engine, tree, chosen, sort):
    question = Question(resolve(tree).tree, chosen, (), sort, 200)
    assert tuple(invented_engine.walk(question)) == invented_engine.ask(question).works


def test_a_word_stands_in_as_many_works_as_are_said_at_least(invented_engine):
    for word in ("worker", "égalité", "مهاجر", "nowhere"):
        (form,) = analysis.forms(word)
        held = [{chain for chain, text in texts_of(work) if form in analysis.forms(text)} for work in WORKS]
        most = max((sum(chain in chains for chains in held) for chain in analysis.CHAINS), default=0)
        assert most <= invented_engine.frequencies([form])[form] <= sum(map(bool, held))


def texts_of(work: IndexedWork):
    texts = [(each.language, each.text) for each in work.paragraphs] + list(work.titles)
    return [(analysis.chain_of(language), text) for language, text in texts]


def by_date(work: IndexedWork, newest: bool):
    day = work.date.toordinal() if work.date else 0
    return (work.date is None, -day if newest else day, work.id)


@settings(max_examples=30, deadline=None)
@given(trees, filters, st.sampled_from(["relevance", "date", "-date"]), st.integers(1, 40))
def test_all_pages_together_are_the_whole_without_repeats(invented_engine, tree, chosen, sort, limit):
    resolved = resolve(tree).tree
    walked: list[int] = []
    after = None
    while True:
        answer = invented_engine.ask(Question(resolved, chosen, (), sort, limit, after))
        assert len(answer.works) <= limit
        walked += answer.works
        after = answer.after
        if after is None:
            break
        assert len(answer.works) == limit
    found = expected(resolved, chosen)
    assert answer.total == len(found)
    assert sorted(walked) == [work.id for work in found]
    if sort != "relevance":
        assert walked == [work.id for work in sorted(found, key=lambda work: by_date(work, sort == "-date"))]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{1,80}", fullmatch=True))
def test_a_cursor_that_nobody_gave_out_is_refused(invented_engine, after):
    with pytest.raises(MistakenRequest):
        invented_engine.ask(Question(Everything(), sort="date", after=after))


def test_all_chains_take_part():
    assert {analysis.chain_of(language) for language in VOCABULARY} == set(analysis.CHAINS)  # de: other
