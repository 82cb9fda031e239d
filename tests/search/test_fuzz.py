"""Does any query break, or cost without bound? 100,000 random and mutated ones, on Tantivy and on Elasticsearch.

Each is parsed, looked up, said and asked. No error; both engines find the same; now and then the definitions are asked
too. No slow query: not by the clock, but by what an engine is given to do, which the limits of the language bound.

Elasticsearch takes some milliseconds each: of the same queries it gets as many as fit a test run, evenly taken, or all
with FORUMWATCH_TEST_FUZZ=100000.
"""

import itertools
import json
import os

import pytest

from search import analysis, open_engine
from search.engines.elastic.asking import members_body
from search.engines.engine import Question
from search.fields import FACETS
from search.query import parse, resolve, say, widen, write
from search.query.complaining import MAX_COMPLAINTS
from search.query.leaves import MAX_NEAR, MAX_PREFIXES
from search.query.parse import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH
from search.query.resolve import MAX_NEAR_TOKENS, MAX_TOKENS
from search.query.tree import And, Exact, Match, Not, Or, StartsWith
from search.query.widen import MAX_FAMILIES
from tests.conftest import place_of_its_own
from tests.search.fuzzing import queries
from tests.search.invented import WORKS
from tests.search.plainly import answers

COUNT = 100_000
PARTS = 4
ON_ELASTICSEARCH = int(os.environ.get("FORUMWATCH_TEST_FUZZ", "6000"))
BATCH = 250
WHOLE = 50  # one in so many is asked for in every way that an engine has
BY_DEFINITION = 250  # one in so many is held against the definitions
SOME = WORKS[:60]
CHAINS = len(analysis.CHAINS)
MAX_JSON = 2_000_000  # characters of the largest query for Elasticsearch


def part(number):
    """A quarter of the queries."""
    return queries(COUNT // PARTS, seed=number)


def understood(text, turn):
    """The resolved tree of a query, after all that can be done with it was done."""
    language = ("en", "fr", "es", None)[turn % 4]
    parsed = parse(text, language)
    resolved = resolve(parsed.tree, language=language)
    complaints = (*parsed.complaints, *resolved.complaints)
    assert len(complaints) <= 2 * (MAX_COMPLAINTS + 1)
    assert all(0 <= each.start <= each.end <= max(len(text), 1) and each.message for each in complaints)
    assert say(parsed.tree, language)
    if turn % 10 == 0:
        written = write(parsed.tree)
        assert len(written) > MAX_LENGTH or parse(written).tree == parsed.tree
        bounded(resolve(widen(parsed.tree).tree).tree, MAX_FAMILIES * 60)
    bounded(resolved.tree)
    return resolved.tree


def bounded(tree, more=0):
    """What an engine has to do for a tree."""
    leaves = [*leaves_of(tree)]
    words = [leaf for leaf in leaves if isinstance(leaf, Match)]
    beginnings = [leaf for leaf in words if leaf.prefix]
    beginnings += [leaf for leaf in leaves if isinstance(leaf, StartsWith) and leaf.field != "article"]
    near = [leaf for leaf in words if leaf.slop]
    assert len(leaves) <= 2 * MAX_CLAUSES + more  # a word that may be a symbol is two
    assert (
        len([leaf for leaf in beginnings if not (isinstance(leaf, StartsWith) and leaf.field == "article")])
        <= MAX_PREFIXES
    )
    assert len(near) <= MAX_NEAR
    assert all(len(tokens) <= MAX_NEAR_TOKENS for leaf in near for _, tokens in leaf.alternatives)
    assert all(len(tokens) <= MAX_TOKENS for leaf in words for _, tokens in leaf.alternatives)
    assert all(len(leaf.alternatives) <= CHAINS for leaf in words)
    assert (
        sum(len(tokens) for leaf in words for _, tokens in leaf.alternatives) <= CHAINS * 2 * MAX_LENGTH + 2 * more * 10
    )
    assert sum(len(leaf.values) for leaf in leaves if isinstance(leaf, Exact)) <= 10 * MAX_CLAUSES
    assert depth(tree) <= 3 * (MAX_DEPTH + 2)


def leaves_of(node):
    if isinstance(node, And | Or):
        for item in node.items:
            yield from leaves_of(item)
    else:
        yield from leaves_of(node.item) if isinstance(node, Not) else [node]


def depth(node):
    if isinstance(node, And | Or):
        return 1 + max(map(depth, node.items))
    return 1 + depth(node.item) if isinstance(node, Not) else 1


def ask_all(engine, text):
    """A page of works with their passages, and of paragraphs, by relevance and by date, with all facets."""
    tree = resolve(parse(text).tree).tree
    found = engine.members(tree)
    for sort in ("relevance", "-date"):
        question = Question(tree, facets=FACETS, sort=sort, limit=5)
        answer = engine.ask(question)
        assert answer.total == len(found) and set(answer.works) <= set(found)
        passages = engine.passages(tree, answer.works, "fr", 3)
        assert {place.document_id // 10 for places in passages.values() for place in places} <= set(answer.works)
        paragraphs = engine.ask_paragraphs(question)
        assert len(paragraphs.paragraphs) == min(5, paragraphs.total)
    assert tuple(sorted(engine.walk(Question(tree)))) == found


@pytest.fixture(scope="module")
def tantivy():
    engine = open_engine(None)
    engine.add(SOME)
    engine.commit()
    return engine


@pytest.mark.parametrize("number", range(PARTS))
def test_no_query_breaks_tantivy(tantivy, number):
    for turn, text in enumerate(part(number)):
        try:
            found = tantivy.members(understood(text, turn))
        except BaseException as error:
            error.add_note(f"the query: {text!r}")
            raise
        if turn % WHOLE == 0:
            ask_all(tantivy, text)
        if turn % BY_DEFINITION == 0:
            tree = resolve(parse(text).tree).tree
            assert found == tuple(work.id for work in SOME if answers(work, tree)), text


def test_no_query_breaks_elasticsearch(tantivy, elasticsearch_url):
    step = max(1, COUNT // ON_ELASTICSEARCH)
    chosen = itertools.islice(itertools.chain.from_iterable(map(part, range(PARTS))), 0, None, step)
    with place_of_its_own(elasticsearch_url) as cluster:
        engine = open_engine(cluster)
        with engine.writing(engine.shape()):
            engine.add(SOME)
            engine.commit()
        asked = 0
        while batch := [*itertools.islice(chosen, BATCH)]:
            asked += len(batch)
            trees = [understood(text, turn) for turn, text in enumerate(batch)]
            for text, tree, found in zip(batch, trees, members(engine, trees), strict=True):
                assert found == tantivy.members(tree), text
            ask_all(engine, batch[0])
    assert asked >= min(ON_ELASTICSEARCH, COUNT)


def members(engine, trees):
    """As engine.members(), many at once."""
    bodies = [members_body(tree) | {"size": len(SOME)} for tree in trees]
    assert all(len(json.dumps(body)) < MAX_JSON for body in bodies)
    answered = engine._generation(afresh=True).works.searches(bodies)
    return [tuple(sorted(int(hit["sort"][0]) for hit in answer["hits"]["hits"])) for answer in answered]
