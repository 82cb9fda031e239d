"""What does a reader see of a work that answers? Its title in his language, and the paragraphs that answer."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog
from catalog.tables import documents, pages, paragraphs, works
from search.engines.engine import Engine, PassageAddress
from search.marks import marks
from search.query.tree import Node
from search.results import Hit, Passage
from search.works import languages_of

PASSAGES = 3  # a work
LONGEST = 2400  # characters of a passage; of a longer paragraph, the part around its first mark
BEFORE = 300

Documents = dict[int, list[Row[Any]]]


def dress(catalog: Catalog, engine: Engine, tree: Node, ids: Sequence[int], language: str | None) -> tuple[Hit, ...]:
    """The works with these ids as hits, in this order; one that has left the catalog since is left out."""
    if not ids:
        return ()
    addresses = {each: engine.passages(tree, each, language, PASSAGES) for each in ids}
    with catalog.read() as connection:
        rows = {row.id: row for row in connection.execute(sa.select(works).where(works.c.id.in_(ids)))}
        of_work = _documents(connection, ids)
        found = {each: _passages(connection, tree, of_work[each], addresses[each]) for each in ids if each in rows}
    return tuple(_hit(rows[each], of_work[each], found[each], language) for each in ids if each in rows)


def _documents(connection: Connection, ids: Sequence[int]) -> Documents:
    columns = ("id", "work_id", "sha256", "symbol", "symbols", "title", "language", "languages")
    query = (
        sa.select(*(documents.c[name] for name in columns))
        .where(documents.c.work_id.in_(ids), documents.c.state == "read")
        .order_by(documents.c.id)
    )
    grouped: Documents = defaultdict(list)
    for row in connection.execute(query):
        grouped[row.work_id].append(row)
    return grouped


def _hit(work: Row[Any], own: list[Row[Any]], passages: tuple[Passage, ...], language: str | None) -> Hit:
    symbols = [work.symbol, *(symbol for row in own for symbol in (row.symbol, *(row.symbols or ())))]
    titles = [row.title for row in own if row.title and language and row.language == language]
    any_title = [row.title for row in own if row.title]
    return Hit(
        work_id=work.id,
        work=work.key,
        symbols=tuple(dict.fromkeys(symbol for symbol in symbols if symbol)),
        title=next(iter([*titles, work.title, *any_title]), "") or next(iter(any_title), ""),
        date=work.date,
        publisher=work.publisher,
        body=work.body,
        languages=languages_of(own),
        passages=passages,
    )


def _passages(
    connection: Connection, tree: Node, own: list[Row[Any]], addresses: Sequence[PassageAddress]
) -> tuple[Passage, ...]:
    by_id = {row.id: row for row in own}
    found = [
        _passage(connection, tree, by_id[each.document_id], each) for each in addresses if each.document_id in by_id
    ]
    return tuple(passage for passage in found if passage)


def _passage(connection: Connection, tree: Node, document: Row[Any], address: PassageAddress) -> Passage | None:
    """The paragraph at that address; None if the document has been read anew since it was indexed."""
    on_page = (pages.c.document_id == paragraphs.c.document_id) & (pages.c.page == paragraphs.c.page)
    query = (
        sa.select(paragraphs, pages.c.quality)
        .select_from(paragraphs.outerjoin(pages, on_page))
        .where(paragraphs.c.document_id == address.document_id, paragraphs.c.ordinal == address.ordinal)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    language = row.language or document.language
    spans = marks(tree, row.text, language)
    text, spans = _cut(row.text, spans)
    return Passage(
        sha256=document.sha256,
        language=language,
        page=row.page,
        paragraph=row.number,
        ordinal=row.ordinal,
        text=text,
        marks=spans,
        citation=cite(document.symbol or document.title or document.sha256[:12], row.number, row.page),
        quality=1.0 if row.quality is None else row.quality,
    )


def cite(name: str, paragraph: str | None, page: int) -> str:
    """A passage as it is cited: "A/HRC/47/30, para. 45"; by its page where no number is printed."""
    return f"{name}, para. {paragraph}" if paragraph else f"{name}, p. {page}"


def _cut(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Of a paragraph that is too long, a part around its first mark."""
    if len(text) <= LONGEST:
        return text, spans
    start = max(0, spans[0][0] - BEFORE) if spans else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = start + LONGEST
    inside = tuple((a - start, b - start) for a, b in spans if a >= start and b <= end)
    return text[start:end], inside
