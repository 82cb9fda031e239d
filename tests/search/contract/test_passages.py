"""Which paragraphs of a work are quoted, and what is marked in them? In every engine the same."""

import tomllib
from pathlib import Path

import pytest

from search.engines.engine import IndexedParagraph, IndexedWork
from search.marks import marks
from search.query import parse, resolve
from search.query.tree import Field, Not, Phrase, Word, both
from tests.search.contract.conftest import write
from tests.search.contract.names import addresses, library_works, work_ids

ROWS = tomllib.loads((Path(__file__).parent / "passages.toml").read_text(encoding="utf-8"))["passage"]
LIMIT = 5


def quoted(engine, query, work, language):
    tree = resolve(parse(query).tree).tree
    return [(work, at.document_id, at.ordinal) for at in engine.passages(tree, [work], language, LIMIT)[work]]


def marked(query, address):
    work = next(work for work in library_works().values() if work.id == address[0])
    paragraph = next(each for each in work.paragraphs if (each.document_id, each.ordinal) == address[1:])
    spans = marks(resolve(parse(query).tree).tree, paragraph.text, paragraph.language)
    return [paragraph.text[start:end] for start, end in spans]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['query']} for {row['language']}")
def test_it_quotes(library_engine, row):
    if "none" in row:
        (work,) = work_ids(row["none"])
        assert quoted(library_engine, row["query"], work, row["language"]) == []
        assert work in library_engine.members(resolve(parse(row["query"]).tree).tree)
        return
    (best,) = addresses(row["best"])
    found = quoted(library_engine, row["query"], best[0], row["language"])
    assert found[0] == best
    assert marked(row["query"], best) == row["marked"]
    if "others" in row:
        assert sorted(found[1:]) == sorted(addresses(row["others"]))


def test_passages_in_the_reader_s_language_come_first_and_alone(engine):
    texts = (
        IndexedParagraph(1, 1, "en", "about migration"),
        IndexedParagraph(1, 2, "en", "about something else"),
        IndexedParagraph(2, 1, "fr", "la migration"),
        IndexedParagraph(3, 1, "ru", "миграция"),
    )
    write(engine, [IndexedWork(1, "a", None, (), {}, {}, texts), IndexedWork(2, "b", None, (), {}, {}, texts)])
    tree = resolve(Word("migration")).tree
    assert [(at.document_id, at.ordinal) for at in engine.passages(tree, [1], "fr", 3)[1]] == [(2, 1)]
    assert {(at.document_id, at.ordinal) for at in engine.passages(tree, [1, 2], "es", 3)[1]} == {(1, 1), (2, 1)}
    assert engine.passages(resolve(Not(Word("migration"))).tree, [1], "en", 3) == {1: ()}


def test_a_paragraph_with_both_words_is_quoted_before_one_with_the_same_word_often(engine):
    filler = " and other matters that were discussed at length in the course of the session"
    texts = (
        IndexedParagraph(1, 1, "en", "domestic violence, domestic law, domestic courts, domestic work" + filler),
        IndexedParagraph(1, 2, "en", "the workers of domestic enterprises" + filler * 3),
    )
    write(engine, [IndexedWork(1, "a", None, (), {}, {}, texts)])
    found = engine.passages(resolve(both([Word("domestic"), Word("workers")])).tree, [1], "en", 2)[1]
    assert [at.ordinal for at in found] == [2, 1]


def test_a_paragraph_of_text_is_quoted_before_a_heading(engine):
    texts = (
        IndexedParagraph(1, 1, "en", "Domestic workers", kind="heading"),
        IndexedParagraph(1, 2, "en", "The rights of domestic workers are protected in all States that have ratified."),
    )
    write(engine, [IndexedWork(1, "a", None, (), {}, {}, texts)])
    found = engine.passages(resolve(Phrase(("domestic", "workers"))).tree, [1], "en", 2)[1]
    assert [at.ordinal for at in found] == [2, 1]


def test_what_a_field_asked_for_is_quoted_in_the_reader_s_language_too(engine):
    spoken = (("country", "PHL"),)
    texts = tuple(
        IndexedParagraph(number, 1, language, "Filipinas, Philippines", spoken)
        for number, language in enumerate(("en", "fr", "es"), 1)
    )
    write(engine, [IndexedWork(1, "a", None, (), {"country": ("PHL",)}, {}, texts)])
    tree = resolve(Field("country", "PHL")).tree
    assert [at.document_id for at in engine.passages(tree, [1], "es", 3)[1]] == [3]
    assert [at.document_id for at in engine.passages(tree, [1], None, 3)[1]] == [1, 2, 3]
    assert [at.document_id for at in engine.passages(tree, [1], "ru", 3)[1]] == [1, 2, 3]
