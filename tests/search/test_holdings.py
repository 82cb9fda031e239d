"""Does an engine say what it really holds: every work with its seal, and its passages as they are to be found?"""

from dataclasses import replace

import pytest

from search import load_works, open_engine
from search.engines import holdings
from search.engines.engine import UNSEALED, Holding, IndexedParagraph, IndexedWork
from search.seal import seal
from tests.search.library import WORKS, fill


def work(number: int, paragraphs: int) -> IndexedWork:
    texts = tuple(IndexedParagraph(number, ordinal, "en", "workers") for ordinal in range(paragraphs))
    return IndexedWork(number, f"key {number}", None, (), {}, {}, texts)


def test_what_was_added_is_held(catalog):
    ids = sorted(fill(catalog).values())
    engine, works = open_engine(None), load_works(catalog, ids)
    assert list(engine.holdings()) == []
    engine.add(works)
    engine.commit()
    assert list(engine.holdings()) == [Holding(each.id, seal(each), len(each.paragraphs)) for each in works]
    engine.remove([ids[0]])
    engine.add([replace(works[1], paragraphs=works[1].paragraphs[:1])])
    engine.commit()
    held = list(engine.holdings())
    assert [each.work for each in held] == ids[1:] and len(held) == len(WORKS) - 1
    assert held[0].passages == 1 and held[0].seal != seal(works[1])


@pytest.mark.parametrize("width", [1, 3, 20_000])
def test_any_number_of_works_however_far_apart(monkeypatch, width):
    monkeypatch.setattr(holdings, "WIDTH", width)
    engine = open_engine(None)
    works = [work(number, number % 3) for number in (1, 2, 3, 7, 8, 500, 501, 2**39)]
    engine.add(works)
    engine.commit()
    assert list(engine.holdings()) == [Holding(each.id, seal(each), each.id % 3) for each in works]


def test_lost_passages_and_passages_of_no_work_are_seen(tmp_path):
    engine = open_engine(tmp_path / "index")
    works = [work(number, 2) for number in range(1, 5)]
    with engine.writing(engine.shape()):
        engine.add(works)
        engine.commit()
        works_writer, passages_writer = engine._writers()  # behind its back
        works_writer.delete_documents_by_term("id", 1)
        works_writer.delete_documents_by_term("id", 4)
        passages_writer.delete_documents_by_term("work", 2)
        engine.commit()
    assert list(open_engine(tmp_path / "index").holdings()) == [
        Holding(1, UNSEALED, 2),
        Holding(2, seal(works[1]), 0),
        Holding(3, seal(works[2]), 2),
        Holding(4, UNSEALED, 2),
    ]


def test_one_state_however_long_it_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr(holdings, "WIDTH", 1)
    engine, writer = open_engine(tmp_path / "index"), open_engine(tmp_path / "index")
    works = [work(number, 1) for number in range(1, 6)]
    with writer.writing(writer.shape()):
        writer.add(works)
        writer.commit()
        held = engine.holdings()
        seen = [next(held)]
        writer.remove([2, 3])
        writer.add([work(9, 1)])
        writer.commit()
        assert engine.count() == 4
    assert [each.work for each in [*seen, *held]] == [1, 2, 3, 4, 5]
