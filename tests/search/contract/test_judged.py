"""Does the best come first, and in every engine about the same? A small set of works and questions, judged by hand."""

import tomllib
from itertools import combinations
from math import log2
from pathlib import Path

import pytest

from search import open_engine
from search.engines.engine import IndexedParagraph, IndexedWork, Question
from search.query import parse, resolve
from tests.search.contract.conftest import write

SET = tomllib.loads((Path(__file__).parent / "judged.toml").read_text(encoding="utf-8"))
NAMES = [work["name"] for work in SET["work"]]
ENOUGH = 0.85  # of the gain that the best order would have, for each question
ALIKE = 0.8  # Kendall's tau, over all questions


def _work(number, row):
    paragraphs = tuple(IndexedParagraph(number, ordinal, "en", text) for ordinal, text in enumerate(row["text"], 1))
    return IndexedWork(number, row["name"], None, (("en", row["title"]),), {}, {}, paragraphs)


WORKS = [_work(number, row) for number, row in enumerate(SET["work"])]


@pytest.fixture(scope="module")
def judged_engine(opened):
    with opened() as engine:
        write(engine, WORKS)
        yield engine


@pytest.fixture(scope="module")
def reference():
    engine = open_engine(None)
    write(engine, WORKS)
    return engine


def ranked(engine, query):
    return [NAMES[work] for work in engine.ask(Question(resolve(parse(query).tree).tree, limit=100)).works]


def gain(grades):
    return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


@pytest.mark.parametrize("query", SET["judged"])
def test_the_best_come_first(judged_engine, query):
    judged = SET["judged"][query]
    found = ranked(judged_engine, query)
    assert set(judged) <= set(found)
    assert gain(judged.get(name, 0) for name in found) >= ENOUGH * gain(sorted(judged.values(), reverse=True))


def test_engines_order_alike(judged_engine, reference):
    agree = differ = 0
    for query in [*SET["judged"], *SET["broad"]]:
        ours, theirs = ranked(judged_engine, query), ranked(reference, query)
        assert sorted(ours) == sorted(theirs)
        for one, other in combinations(theirs, 2):
            same = ours.index(one) < ours.index(other)
            agree, differ = agree + same, differ + (not same)
    assert agree + differ > 100
    assert (agree - differ) / (agree + differ) >= ALIKE
