"""How does an index come to differ from its catalog? Behind the back of both, as the tests of `check` do it here."""

from collections.abc import Sequence

import sqlalchemy as sa

from catalog import Catalog, tables
from search import load_works
from search.engines.engine import Engine, IndexedParagraph, IndexedWork


def rewrite(catalog: Catalog, works: Sequence[int]) -> None:
    """Changes a paragraph of each in the catalog, and records no change."""
    with catalog.write() as connection:
        documents = sa.select(tables.documents.c.id).where(tables.documents.c.work_id.in_(works))
        first = tables.paragraphs.c.document_id.in_(documents) & (tables.paragraphs.c.ordinal == 1)
        connection.execute(sa.update(tables.paragraphs).where(first).values(text="rewritten by hand"))


def forget(catalog: Catalog, works: Sequence[int]) -> None:
    """Takes the works' files back to where they wait to be read, and records no change."""
    with catalog.write() as connection:
        of_works = tables.documents.c.work_id.in_(works)
        connection.execute(sa.update(tables.documents).where(of_works).values(state="waiting"))


def lose(engine: Engine, works: Sequence[int]) -> None:
    """Removes works from the index."""
    with engine.writing(engine_shape(engine)):
        engine.remove(works)
        engine.commit()


def invent(engine: Engine, works: Sequence[int]) -> None:
    """Adds works to the index that the catalog has never heard of."""
    paragraphs = (IndexedParagraph(1, 1, "en", "an invented work"),)
    with engine.writing(engine_shape(engine)):
        engine.add([IndexedWork(work, f"invented {work}", None, (), {}, {}, paragraphs, seq=1) for work in works])
        engine.commit()


def lose_passages(catalog: Catalog, engine: Engine, works: Sequence[int]) -> None:
    """Takes the passages of works away, and leaves the works as they were sealed."""
    with engine.writing(engine_shape(engine)):
        tear(engine, load_works(catalog, works))
        engine.commit()


def tear(engine: Engine, works: Sequence[IndexedWork]) -> None:
    """By the engine's own means, which are no part of the protocol."""
    from search.engines.tantivy import TantivyEngine

    if isinstance(engine, TantivyEngine):
        _, passages = engine._writers()
        for work in works:
            passages.delete_documents_by_term("work", work.id)
        return
    generation = engine._generation(afresh=True)  # Elasticsearch, asked as anybody could
    client, index = engine._cluster.client, engine._generations.part(generation.name, "passages")
    client.delete_by_query(index=index, query={"terms": {"work": [work.id for work in works]}}, refresh=True)


def engine_shape(engine: Engine) -> dict[str, str]:
    """That of the index which is there."""
    target = engine.reading()
    return dict(target.shape() or {}) if target else {}
