"""Does the lint say what is wrong with a search, refuse what can never match, and nothing else?"""

import csv
import itertools
import os
from datetime import date
from pathlib import Path

import pytest

from catalog import Catalog
from search import Searcher, index_changes, open_engine
from search.alerts.members.lint import lint
from search.alerts.members.sought import narrowed
from search.alerts.members.verdicts import sentences
from search.engines.engine import Question
from search.query.parse import parse
from search.query.resolve import resolve
from search.web.help_text import EXAMPLES
from tests.search.fuzzing import queries
from tests.search.library import fill

TODAY = date(2026, 11, 24)
ROWS = list(csv.DictReader(Path(__file__).with_name("lint.csv").open(encoding="utf-8")))


def filters_of(row) -> dict[str, list[str]]:
    return {name: [value] for name, _, value in (pair.partition("=") for pair in row["filters"].split())}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['query']} {row['filters']}".strip() or "-" for row in ROWS])
def test_each_bad_query_gets_its_verdicts(row):
    found = lint(row["query"], filters_of(row), row["scope"], today=TODAY)
    assert {each.code for each in found.verdicts if each.refuses} <= {*row["refuses"].split()}
    assert {each.code for each in found.verdicts} == {*row["refuses"].split(), *row["warns"].split()}
    assert bool(found.refusals) == bool(row["refuses"])
    assert all(each.message and "{" not in each.message for each in found.verdicts)


def test_the_table_is_long_and_has_every_verdict_of_ours():
    assert len(ROWS) >= 40
    said = {code for row in ROWS for code in (*row["refuses"].split(), *row["warns"].split())}
    assert set(sentences()) - said == {
        "nothing",
        "too_long",
        "broad",
    }  # tested on their own, below and with the rehearsal


def test_a_query_that_is_too_long_is_refused():
    assert [each.code for each in lint("wages " * 400, today=TODAY).refusals] == ["too_long"]


def test_what_is_refused_finds_nothing_and_what_finds_something_is_not_refused(searcher):
    """By the searcher itself, over the library: a refusal is never wrong about it."""
    found = 0
    for row in ROWS:
        if row["scope"] != "works" or "empty" in row["refuses"] or "no_facet" in row["refuses"]:
            continue
        total = searcher.total(row["query"], filters_of(row))
        assert not (total and lint(row["query"], filters_of(row), today=TODAY).refusals), row
        found += bool(total)
    assert found > 10


def test_filters_in_the_tree_find_what_filters_beside_it_find(searcher):
    for query, filters in (
        ("migrants", {"publisher": ["UN", "IOM"]}),
        ("workers", {"language": ["fr"], "year": ["2021"]}),
    ):
        tree = resolve(parse(query).tree).tree
        beside = searcher.engine.ask(Question(tree, filters, limit=100)).works
        assert set(searcher.engine.members(narrowed(tree, filters))) == set(beside)


def test_straight_marks_mean_the_same(tmp_path):
    catalog = Catalog(f"sqlite:///{tmp_path}/catalog.sqlite")
    catalog.migrate()
    fill(catalog)
    engine = open_engine(None)
    index_changes(catalog, engine)
    curly = "“domestic workers” OR «travailleurs domestiques»"
    straight = lint(curly, today=TODAY).query
    assert straight == '"domestic workers" OR "travailleurs domestiques"'
    assert Searcher(catalog, engine).total(straight) == Searcher(catalog, engine).total(curly) > 0


def test_whatever_is_typed_gets_verdicts_and_a_refusal_is_never_wrong(searcher):
    """Hundreds of queries, real, made and broken: what finds something is not refused, whatever it is narrowed to."""
    number = int(os.environ.get("FORUMWATCH_TEST_QUERIES", "600"))
    narrowing = itertools.cycle(({}, {"publisher": ["UN"]}, {"language": ["fr"], "year": ["2021", "2025"]}))
    refused = 0
    for query, filters in zip(queries(number), narrowing, strict=False):
        found = lint(query, filters, citations=searcher.citing, today=TODAY)
        assert all(each.message and 0 <= each.start <= each.end for each in found.verdicts)
        if found.refusals and found.refusals[0].code not in ("too_long", "empty"):
            refused += 1
            assert not searcher.total(query, filters), (query, filters, found.refusals)
        assert lint(found.query, filters, citations=searcher.citing, today=TODAY).query == found.query
    assert refused > number / 30


def test_every_search_that_the_help_page_shows_can_be_saved():
    for example in EXAMPLES:
        assert not lint(example.query, today=TODAY).refusals, example.query


@pytest.mark.parametrize("language", ["fr", "es"])
def test_verdicts_come_in_the_language_of_the_reader(language):
    for row in ROWS:
        english = lint(row["query"], filters_of(row), row["scope"], today=TODAY)
        there = lint(row["query"], filters_of(row), row["scope"], language, today=TODAY)
        assert [each.code for each in there.verdicts] == [each.code for each in english.verdicts]
        assert not {each.message for each in there.verdicts} & {each.message for each in english.verdicts}
