"""Is found what the table says? Every line of finds.toml, asked of works and of paragraphs, in every engine."""

import tomllib
from pathlib import Path

import pytest

from search.engines.engine import Question
from search.query import parse, resolve
from tests.search.contract.names import addresses, work_ids

TABLE = tomllib.loads((Path(__file__).parent / "finds.toml").read_text(encoding="utf-8"))
CASES = {query: found for lines in TABLE.values() for query, found in lines.items()}
EVERYTHING = 100


def test_the_table_is_as_long_as_was_promised():
    assert len(CASES) >= 200


@pytest.mark.parametrize("query", CASES)
def test_it_finds(library_engine, query):
    works, paragraphs = CASES[query]
    tree = resolve(parse(query).tree).tree
    question = Question(tree, limit=EVERYTHING)
    assert library_engine.members(tree) == tuple(sorted(work_ids(works)))
    assert sorted(library_engine.ask(question).works) == sorted(work_ids(works))
    found = library_engine.ask_paragraphs(question)
    assert sorted((work, at.document_id, at.ordinal) for work, at in found.paragraphs) == sorted(addresses(paragraphs))
    assert found.total == len(found.paragraphs)
