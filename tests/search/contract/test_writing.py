"""What of a work that is written, replaced or removed is seen, and when? In every engine, each test in an empty one."""

from dataclasses import replace
from datetime import date

import pytest

from search import load_works
from search.engines.engine import IndexedParagraph, IndexedWork, Question
from search.errors import MistakenRequest
from search.fields import FACETS
from search.query import parse, resolve
from search.query.tree import Everything, Node, Word
from search.seal import seal
from tests.search.contract.conftest import write
from tests.search.invented import WORKS
from tests.search.library import WORKS as LIBRARY
from tests.search.library import changed, put, withdraw

MEGABYTES = 5


def tree(query: str) -> Node:
    return resolve(parse(query).tree).tree


def text(number: int, *texts: str, seq: int = 0) -> IndexedWork:
    paragraphs = tuple(IndexedParagraph(number, ordinal, "en", each) for ordinal, each in enumerate(texts, 1))
    return IndexedWork(number, f"UN:{number}", None, (), {}, {}, paragraphs, seq)


@pytest.mark.parametrize("query", ["", "workers", "title:workers", "recru*", "-workers", "year:2004", "country:PHL"])
def test_an_empty_index_answers_with_nothing(engine, query):
    for _ in range(2):
        question = Question(tree(query), facets=FACETS)
        answer, found = engine.ask(question), engine.ask_paragraphs(question)
        assert (
            (answer.total, answer.works, answer.after) == (found.total, found.paragraphs, found.after) == (0, (), None)
        )
        assert answer.counts == found.counts == dict.fromkeys(FACETS, ())
        assert engine.members(question.tree) == () and engine.count() == 0
        assert list(engine.walk(question)) == [] and list(engine.holdings()) == []
        assert engine.passages(question.tree, [1], "en", 3) == {1: ()}
        assert engine.frequencies(["workers"]) == {"workers": 0}
        write(engine)  # now it is there, and still empty


def test_an_empty_index_knows_a_cursor_that_is_none(engine):
    with pytest.raises(MistakenRequest):
        engine.ask(Question(Everything(), after="x"))
    with pytest.raises(MistakenRequest):
        engine.ask_paragraphs(Question(Everything(), after="x"))


def test_a_work_added_again_replaces_itself_and_a_removed_one_is_gone(engine):
    write(engine, WORKS[:10])
    write(engine, WORKS[:10])
    assert engine.count() == 10
    write(engine, [WORKS[0], WORKS[0]], gone=[WORKS[1].id, 12345])
    left = [work for work in WORKS[:10] if work is not WORKS[1]]
    assert engine.members(Everything()) == tuple(work.id for work in left)
    paragraphs = sum(len(work.paragraphs) for work in left)
    assert engine.ask_paragraphs(Question(Everything(), limit=0)).total == paragraphs
    assert {(each.work, each.seal, each.passages) for each in engine.holdings()} == {
        (work.id, seal(work), len(work.paragraphs)) for work in left
    }


def test_nothing_is_seen_before_the_commit(engine):
    with engine.writing(engine.shape()) as target:
        engine.add(WORKS[:3])
        assert engine.count() == 0 and engine.members(Everything()) == ()
        engine.commit()
        target.publish()
        assert engine.count() == 3
        engine.remove([WORKS[0].id])
        engine.add([replace(WORKS[1], values={**WORKS[1].values, "kind": ("letter",)})])
        assert engine.count() == 3 and engine.members(tree("kind:letter")) == ()
        engine.commit()
        assert engine.count() == 2 and engine.members(tree("kind:letter")) == (WORKS[1].id,)


def test_a_later_version_replaces_an_earlier_one_whole(engine):
    write(engine, [text(1, "old words", "that were two", seq=3), text(2, "another", seq=4)])
    write(engine, [text(1, "new words", seq=7)])
    assert engine.members(tree("old")) == () and engine.members(tree("two")) == ()
    assert engine.members(tree("new")) == (1,)
    found = engine.ask_paragraphs(Question(Everything(), limit=10))
    assert [(work, at.ordinal) for work, at in found.paragraphs] == [(1, 1), (2, 1)]
    assert engine.frequencies(["old", "new"])["new"] == 1


def test_the_same_version_may_come_twice(engine):
    write(engine, [text(1, "words", seq=3)])
    write(engine, [text(1, "words", seq=3)])
    write(engine, [text(1, "words that were read anew", seq=3)])
    assert engine.count() == 1 and engine.members(tree("anew")) == (1,)


def test_a_work_that_was_removed_may_come_back(engine):
    write(engine, [text(1, "words", seq=3)])
    write(engine, gone=[1])
    assert engine.count() == 0 and list(engine.holdings()) == []
    write(engine, [text(1, "words again", seq=5)])
    assert engine.members(tree("again")) == (1,)


def test_changes_of_a_catalog_arrive(engine, library):
    ids = {work.key: put(library, work) for work in LIBRARY[:4]}
    write(engine, load_works(library, list(ids.values())))
    first, second = LIBRARY[0], LIBRARY[1]
    put(library, changed(first, "Nothing but seagulls."))
    withdraw(library, second.key)
    works = load_works(library, list(ids.values()))
    write(engine, works, gone=set(ids.values()) - {work.id for work in works})
    assert engine.members(tree("seagulls")) == (ids[first.key],)
    assert ids[second.key] not in engine.members(Everything())
    assert engine.members(tree("pushbacks")) == ()


def test_works_without_text_titles_values_or_date_are_works(engine):
    bare = IndexedWork(1, "UN:1", None, (), {}, {}, ())
    empty = IndexedWork(2, "UN:2", date(2004, 2, 29), ((None, ""),), {"kind": ()}, {"person": ()}, ())
    silent = text(3, "", "  ", "。、!?")
    write(engine, [bare, empty, silent])
    assert engine.members(Everything()) == (1, 2, 3)
    assert engine.members(tree("NOT workers")) == (1, 2, 3)
    assert engine.members(tree("date:2004-02-29")) == (2,)
    assert engine.ask(Question(Everything(), sort="date")).works == (2, 1, 3)
    assert engine.ask_paragraphs(Question(Everything())).total == 3


@pytest.mark.parametrize(
    "word",
    [
        "naïve", "Åland", "İstanbul", "straße", "ﬁne", "①", "x²", "𝒜", "日本", "한국", "ไทย", "हिन्दी", "עברית",
        "ἄνθρωπος", "o'brien", "x" * 60, "x" * 61, "y" * 500, "3.14", "a_b", "1e9", "٣٤", "１２", "👩\u200d👩",
        "e\u0301galite\u0301",
    ],
)  # fmt: skip
def test_what_is_written_in_any_script_is_found_as_it_was_written(engine, word):
    write(engine, [text(1, f"before {word} after"), text(2, "before after")])
    found = resolve(Word(word)).tree
    if any(char.isalnum() for char in word):
        assert engine.members(found) == (1,)
        assert [work for work, _ in engine.ask_paragraphs(Question(found)).paragraphs] == [1]
        assert engine.members(tree(f'"before {word}"')) == (1,)
    else:
        assert engine.members(found) == ()


def test_a_document_of_five_megabytes_is_no_danger(engine):
    words = MEGABYTES * 1_000_000 // len("worker ")
    long = text(1, "worker " * words + "needle")
    many = IndexedWork(2, "UN:2", None, (), {}, {}, tuple(
        IndexedParagraph(2, ordinal, "en", "another worker here " + "and there " * 24) for ordinal in range(1, 20_001)
    ))  # fmt: skip
    write(engine, [long, many])
    assert engine.members(tree("needles")) == (1,)
    assert len(engine.passages(tree("worker"), [1, 2], "en", 3)[2]) == 3
    for sort in ("relevance", "date"):
        question = Question(tree("worker there"), sort=sort, limit=50)
        first = engine.ask_paragraphs(question)
        assert first.total == 20_000
        second = engine.ask_paragraphs(replace(question, after=first.after))
        assert len({*first.paragraphs, *second.paragraphs}) == 100
