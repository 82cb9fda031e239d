"""What do the tests of search read? A dozen invented works in six languages, as the pipeline leaves them in a catalog.

`fill(catalog)` puts them all in; `put(catalog, work)` one, again if need be; `withdraw(catalog, key)` takes one away.
"""

import datetime
import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, tables, upsert

NOW = datetime.datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Document:
    """`text` holds (page, printed number, paragraph); `mentions` (kind, value, words as written)."""

    language: str | None
    symbol: str | None
    title: str
    text: Sequence[tuple[int, str | None, str]]
    mentions: Sequence[tuple[str, str, str]] = ()
    citations: Sequence[str] = ()
    quality: float = 1.0
    source: str = "by-hand"


@dataclass(frozen=True)
class Work:
    publisher: str
    title: str
    documents: Sequence[Document]
    symbol: str | None = None
    date: datetime.date | None = None
    body: str | None = None
    session: str | None = None
    agenda_item: str | None = None
    kind: str | None = None
    name: str = ""

    @property
    def key(self) -> str:
        return f"{self.publisher}:{self.symbol}" if self.symbol else sha256_of(self.name)


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read() -> tuple[Work, ...]:
    works = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["work"]
    return tuple(Work(**work | {"documents": tuple(map(_document_of, work.pop("document")))}) for work in works)


def _document_of(row: dict[str, Any]) -> Document:
    empty: dict[str, Any] = {"language": None, "symbol": None}
    return Document(**empty | row | {"text": [(page, number or None, text) for page, number, text in row["text"]]})


WORKS = _read()


def fill(catalog: Catalog, works: Sequence[Work] = WORKS) -> dict[str, int]:
    """All works, each in a transaction with its change; returns the ids by key."""
    return {work.key: put(catalog, work) for work in works}


def put(catalog: Catalog, work: Work) -> int:
    """Adds a work with its documents, or writes it anew, and records the change; returns its id."""
    with catalog.write() as connection:
        known = connection.execute(sa.select(tables.works.c.id).where(tables.works.c.key == work.key)).scalar()
        row = {
            name: getattr(work, name) for name in ("publisher", "symbol", "title", "body", "session", "date", "kind")
        }
        upsert(connection, tables.works, [{"key": work.key, "agenda_item": work.agenda_item, **row}], key=["key"])
        work_id = int(
            connection.execute(sa.select(tables.works.c.id).where(tables.works.c.key == work.key)).scalar_one()
        )
        _forget(connection, work_id)
        for document in work.documents:
            _document(connection, work, work_id, document)
        catalog.record_change(connection, "updated" if known else "created", work_id)
    return work_id


def withdraw(catalog: Catalog, key: str) -> None:
    """Takes a work's documents away."""
    with catalog.write() as connection:
        work_id = int(connection.execute(sa.select(tables.works.c.id).where(tables.works.c.key == key)).scalar_one())
        _forget(connection, work_id)
        catalog.record_change(connection, "withdrawn", work_id)


def changed(work: Work, *paragraphs: str) -> Work:
    """The same work with these paragraphs in its first document."""
    text = [(1, str(number), paragraph) for number, paragraph in enumerate(paragraphs, 1)]
    first = replace(work.documents[0], text=text, mentions=(), citations=())
    return replace(work, documents=(first, *work.documents[1:]))


def _forget(connection: Connection, work_id: int) -> None:
    ids = [
        row.id
        for row in connection.execute(sa.select(tables.documents.c.id).where(tables.documents.c.work_id == work_id))
    ]
    for table in (tables.grids, tables.pages, tables.paragraphs, tables.mentions, tables.citations):
        connection.execute(sa.delete(table).where(table.c.document_id.in_(ids)))
    connection.execute(sa.update(tables.changes).where(tables.changes.c.document_id.in_(ids)).values(document_id=None))
    connection.execute(sa.delete(tables.documents).where(tables.documents.c.id.in_(ids)))


def _document(connection: Connection, work: Work, work_id: int, document: Document) -> None:
    sha256 = sha256_of(f"{work.key} {document.symbol} {document.language}")
    capture = {
        "source": document.source, "publisher": work.publisher, "url": f"https://example.org/{sha256}",
        "sha256": sha256, "size": 1, "media_type": "application/pdf", "words": {}, "captured": NOW,
    }  # fmt: skip
    upsert(connection, tables.captures, [capture], key=["source", "url", "sha256"])
    row = {
        "sha256": sha256, "work_id": work_id, "state": "read", "publisher": work.publisher, "symbol": document.symbol,
        "symbols": [document.symbol] if document.symbol else [], "title": document.title, "body": work.body,
        "session": work.session, "agenda_item": work.agenda_item, "date": work.date, "kind": work.kind,
        "language": document.language, "languages": [document.language] if document.language else [],
        "media_type": "application/pdf", "reader": "test", "read_at": NOW,
    }  # fmt: skip
    inserted = connection.execute(sa.insert(tables.documents).values(row).returning(tables.documents.c.id))
    document_id = int(inserted.scalar_one())
    for page in sorted({page for page, _, _ in document.text}):
        text = "\n".join(paragraph for on, _, paragraph in document.text if on == page)
        values = {"method": "pypdfium2", "quality": document.quality, "language": document.language, "text": text}
        connection.execute(sa.insert(tables.pages).values(document_id=document_id, page=page, **values))
    for ordinal, (page, number, text) in enumerate(document.text, 1):
        values = {"page": page, "number": number, "kind": "text", "language": document.language, "text": text}
        connection.execute(sa.insert(tables.paragraphs).values(document_id=document_id, ordinal=ordinal, **values))
    grid = {"number": 1, "page": 1, "last_page": 1, "title": "", "rows": [["State", "Year"], ["Ghana", "2001"]]}
    connection.execute(sa.insert(tables.grids).values(document_id=document_id, **grid))  # as data: no paragraph has it
    _found(connection, document_id, document)


def _found(connection: Connection, document_id: int, document: Document) -> None:
    for kind, value, words in document.mentions:
        at = {"document_id": document_id, "kind": kind, "value": value, "text": words, "origin": "lexicon"}
        connection.execute(sa.insert(tables.mentions).values(**at, **_place(document, words)))
    for target in document.citations:
        kind = "article" if " art. " in target else "symbol"
        at = {"document_id": document_id, "kind": kind, "target": target, "text": target}
        connection.execute(sa.insert(tables.citations).values(**at, **_place(document, target)))


def _place(document: Document, words: str) -> dict[str, int]:
    """Where the words stand; the beginning of the document if it was not thought worth writing them."""
    for ordinal, (page, _, text) in enumerate(document.text, 1):
        if words in text:
            start = text.index(words)
            return {"ordinal": ordinal, "page": page, "start": start, "end": start + len(words)}
    return {"ordinal": 1, "page": document.text[0][0], "start": 0, "end": 1}
