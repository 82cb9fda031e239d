"""How does a document get into the ledger? In one transaction, with its one change; the same document twice, once.

Only what differs is written. A change is recorded when the text, the description, the mentions or the work differ from
what was known; the same bytes, or other bytes with the same text, add none.

A file that is read again with the same result leaves no trace but the version of its reader. With another text it gets
a new version (versions.py), and its change names the passages that are news: paragraphs that say what was not said
before (compare.py), those in which something was recognised that the document was not known to speak of, and 0 where
its description differs. Where nothing is news, and nothing that was said is gone, the change is only noted.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import NOTED, Catalog, tables, upsert
from pipeline.description import works
from pipeline.document import Document
from pipeline.readers.versions import stamped
from pipeline.rereading.compare import Line, key_of
from pipeline.rereading.news import Before
from pipeline.rereading.versions import storable, write_versions

_D = tables.documents


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing did. `change`: created, updated or None (no news); `passages` as in the change sequence; `changed`:
    how many paragraphs of it differ from what was read before."""

    document_id: int
    work_id: int
    change: str | None
    passages: list[int] | None = None
    changed: int = 0


def store(catalog: Catalog, document: Document, seen: datetime | None = None) -> Stored:
    """Writes a document that was read. `seen`: when the newest capture that was taken into account was made."""
    with catalog.write() as connection:
        work_id = _work_row(connection, document)
        return _store(catalog, connection, document, work_id, seen)


def _store(catalog: Catalog, connection: Connection, document: Document, work_id: int, seen: datetime | None) -> Stored:
    now = datetime.now(UTC)
    values = _document_values(document) | {"work_id": work_id}
    before = _known(connection, document.sha256)
    old = Before(connection, before, values) if before and before["state"] == "read" else None
    new_work = not _documents_of(connection, work_id)
    document_id = _write_row(connection, before, values, max(now, seen) if seen else now, seen)
    changed = [_sync(connection, table, document_id, rows) for table, rows in _content(document)]
    news = _differs(before, values) if before else not _has_twin(connection, document_id, values)
    news = _refresh_work(connection, work_id, document.publisher) or news
    if before and before["work_id"] not in (None, work_id):
        _leave_work(catalog, connection, before["work_id"], document.publisher)
    again = old.held_against(document, news) if old else None
    change = ("created" if new_work else "updated") if (again.is_news if again else news) else None
    passages = again.passages if again and change else None
    # what only search must know: another file with the same words, a page of better quality, another source
    seq = None
    if change or before is None or any(changed) or _seen_since(before, seen) or _shown_otherwise(before, values):
        seq = catalog.record_change(connection, change or NOTED, work_id, document_id, passages)
    write_versions(connection, document_id, before if old else None, values, again.differences if again else [], seq)
    return Stored(document_id, work_id, change, passages, again.changed if again else 0)


def store_waiting(catalog: Catalog, document: Document, reason: str) -> None:
    """Keeps a file of which no page could be read yet: what it is, its pages, and what it waits for."""
    values = _document_values(document) | {"state": "waiting", "reason": reason, "text_sha256": None}
    with catalog.write() as connection:
        before = _known(connection, document.sha256)
        if before and before["state"] == "read":  # it has a text: that is kept
            return
        if before:
            connection.execute(sa.update(_D).where(_D.c.id == before["id"]).values(values))
            document_id = int(before["id"])
        else:
            document_id = int(connection.execute(sa.insert(_D).values(values).returning(_D.c.id)).scalar_one())
        _sync(connection, tables.pages, document_id, [_fields(page, tables.pages) for page in document.reading.pages])


def text_hash(document: Document) -> str:
    """The hash of what the document says, paragraph by paragraph."""
    text = "\n".join(f"{one.number or ''}\t{one.text}" for one in document.reading.paragraphs)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _document_values(document: Document) -> dict[str, Any]:
    about, reading = document.description, document.reading
    return {
        "sha256": document.sha256,
        "state": "read",
        "attempts": 0,
        "reason": "",
        "try_again": None,
        "publisher": document.publisher,
        "media_type": reading.media_type[:64],
        "reader": stamped(reading.reader),
        "again": False,
        "symbol": about.symbols[0] if about.symbols else None,
        "symbols": list(about.symbols),
        "title": about.title,
        "body": about.body,
        "session": about.session,
        "agenda_item": about.agenda_item,
        "date": about.date,
        "kind": about.kind,
        "language": about.language,
        "languages": list(about.languages),
        "job_number": about.job_number,
        "described_from": dict(about.described_from),
        "facts": _storable_facts(reading.facts),
        "text_sha256": text_hash(document),
    }


_ABOUT = (  # what is said of a document itself; its title is compared by its words
    *("state", "work_id", "publisher", "symbol", "symbols", "body", "session"),
    *("agenda_item", "date", "kind", "language"),
)
_UNSEEN = frozenset(
    {"reader", "again", "attempts", "facts"}
)  # nobody who follows documents asks when these were written


def _differs(before: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    if any(before[name] != values[name] for name in _ABOUT):
        return True
    return key_of(Line(None, before["title"])) != key_of(Line(None, values["title"]))


def described_otherwise(before: Mapping[str, Any], document: Document) -> bool:
    """Whether what is said of the document itself is news, against its row."""
    return _differs(before, _document_values(document) | {"work_id": before["work_id"]})


def _shown_otherwise(before: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return any(before[name] != values[name] for name in ("title", "languages", "job_number"))


def _content(document: Document) -> list[tuple[sa.Table, list[dict[str, Any]]]]:
    """Tables and pages, then what readers of the changes care for: paragraphs, mentions, citations."""
    reading = document.reading
    return [
        (tables.grids, [_fields(grid, tables.grids) for grid in reading.grids]),
        (tables.pages, [_fields(page, tables.pages) for page in reading.pages]),
        (tables.paragraphs, [_fields(paragraph, tables.paragraphs) for paragraph in reading.paragraphs]),
        (tables.mentions, [_fields(mention, tables.mentions) for mention in document.mentions]),
        (tables.citations, [_fields(citation, tables.citations) for citation in document.citations]),
    ]


def _fields(record: object, table: sa.Table) -> dict[str, Any]:
    """A record as a row; text is cut to its column and freed of what databases refuse."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.name in ("id", "document_id"):
            continue
        value = getattr(record, column.name)
        if isinstance(value, str):
            value = storable(value)
            if isinstance(column.type, sa.String) and column.type.length:
                value = value[: column.type.length]
        elif isinstance(value, tuple):
            value = _as_lists(value)
        row[column.name] = value
    return row


def _as_lists(value: object) -> Any:
    """Tuples as JSON gives them back."""
    if isinstance(value, tuple):
        return [_as_lists(each) for each in value]
    return storable(value) if isinstance(value, str) else value


def _storable_facts(facts: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What was printed around the text; the first page is kept with the pages already."""
    return {name: [storable(line) for line in lines] for name, lines in facts.items() if name != "first_page"}


def _work_row(connection: Connection, document: Document) -> int:
    """The work's id; the row is made if need be, and held until the commit."""
    base = works.base_symbol(document.publisher, document.description)
    row = {"key": document.work_key, "publisher": document.publisher, "symbol": base, "title": ""}
    upsert(connection, tables.works, [row], key=["key"], update=False)
    query = sa.select(tables.works.c.id).where(tables.works.c.key == document.work_key).with_for_update()
    return int(connection.execute(query).scalar_one())


def _known(connection: Connection, sha256: str) -> Mapping[str, Any] | None:
    row = connection.execute(sa.select(_D).where(_D.c.sha256 == sha256)).mappings().first()
    return dict(row) if row else None


def _documents_of(connection: Connection, work_id: int) -> list[Mapping[str, Any]]:
    query = sa.select(_D).where(_D.c.work_id == work_id, _D.c.state == "read")
    return [dict(row) for row in connection.execute(query).mappings()]


def _write_row(
    connection: Connection,
    before: Mapping[str, Any] | None,
    values: dict[str, Any],
    read_at: datetime,
    seen: datetime | None,
) -> int:
    if before is None:
        row = values | {"read_at": read_at}
        return int(connection.execute(sa.insert(_D).values(row).returning(_D.c.id)).scalar_one())
    differ = {name for name, value in values.items() if before[name] != value}
    if _seen_since(before, seen) or differ - _UNSEEN:
        values = values | {"read_at": read_at}
    elif not differ:
        return int(before["id"])
    connection.execute(sa.update(_D).where(_D.c.id == before["id"]).values(**values))
    return int(before["id"])


def _seen_since(before: Mapping[str, Any], seen: datetime | None) -> bool:
    """Whether the file was captured again, from elsewhere, since it was read."""
    return before["read_at"] is None or (seen is not None and seen > before["read_at"])


def _sync(connection: Connection, table: sa.Table, document_id: int, rows: list[dict[str, Any]]) -> bool:
    """Makes the document's rows of `table` be `rows`; False if they were already."""
    names = [column.name for column in table.columns if column.name not in ("id", "document_id")]
    query = sa.select(*(table.c[name] for name in names)).where(table.c.document_id == document_id)
    held = sorted((tuple(row) for row in connection.execute(query)), key=repr)
    if held == sorted((tuple(row[name] for name in names) for row in rows), key=repr):
        return False
    connection.execute(sa.delete(table).where(table.c.document_id == document_id))
    if rows:
        connection.execute(sa.insert(table), [{"document_id": document_id, **row} for row in rows])
    return True


def _has_twin(connection: Connection, document_id: int, values: dict[str, Any]) -> bool:
    """Whether another file has the same text, symbol and language: then this one is only a version of it."""
    same = [_D.c[name] == values[name] for name in ("work_id", "text_sha256", "symbol", "language", "state")]
    return connection.execute(sa.select(_D.c.id).where(_D.c.id != document_id, *same).limit(1)).first() is not None


def _refresh_work(connection: Connection, work_id: int, publisher: str) -> bool:
    """Computes what the work says of itself anew; True if that changed, and not only in the letters of its title."""
    values = works.work_values(publisher, _documents_of(connection, work_id))
    query = sa.select(tables.works).where(tables.works.c.id == work_id)
    held = connection.execute(query).mappings().one()
    differ = {name for name, value in values.items() if held[name] != value}
    if not differ:
        return False
    connection.execute(sa.update(tables.works).where(tables.works.c.id == work_id).values(**values))
    return differ != {"title"} or key_of(Line(None, held["title"])) != key_of(Line(None, values["title"]))


def _leave_work(catalog: Catalog, connection: Connection, work_id: int, publisher: str) -> None:
    """A document was recognised as part of another work: the one it leaves has changed, or is no more."""
    _refresh_work(connection, work_id, publisher)
    kind = "updated" if _documents_of(connection, work_id) else "withdrawn"
    catalog.record_change(connection, kind, work_id)
