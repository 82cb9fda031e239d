"""How long from the watermark to matches written? A catalog with new works and saved searches, and one run of it."""

import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import changes, documents, matches, paragraphs, saved_searches, subscribers, works
from search.alerts import match_changes
from search.engines.engine import IndexedWork
from search.query.stored import as_json, read_as
from search.query.tree import Node

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
EACH = 2  # searches of a member
SOME = 10_000  # rows at once


def filled(folder: Path, searches: Sequence[tuple[str, Node]], stock: Sequence[IndexedWork]) -> Catalog:
    """The works are newer than the searches, whose trees are kept, as they are between two runs."""
    catalog = Catalog(f"sqlite:///{folder}/catalog.sqlite")
    catalog.migrate()
    with catalog.write() as connection:
        people = [
            {"id": number, "address": f"{number}@example.net", "language": "en", "state": "active", "since": NOW}
            for number in range(1, len(searches) // EACH + 2)
        ]
        _insert(connection, subscribers, people)
        known: dict[str, object] = {}
        rows = [
            {
                "subscriber_id": at // EACH + 1,
                "name": text,
                "query": text,
                "identity": str(at),
                "tree": known.setdefault(text, as_json(tree)),
                "read_as": read_as(),
                "start_seq": 0,
            }
            for at, (text, tree) in enumerate(searches)
        ]
        _insert(connection, saved_searches, rows)
        _publish(connection, stock)
    return catalog


def measured(folder: Path, searches: Sequence[tuple[str, Node]], stock: Sequence[IndexedWork]) -> dict[str, object]:
    catalog = filled(folder, searches, stock)
    begun, busy = time.perf_counter(), time.process_time()
    made = match_changes(catalog)
    spent, cpu = time.perf_counter() - begun, time.process_time() - busy
    with catalog.read() as connection:
        written = connection.execute(sa.select(sa.func.count()).select_from(matches)).scalar_one()
    if made != written:
        raise AssertionError(f"{made} matches were said to be made, {written} are there")
    catalog.engine.dispose()
    return {"name": "through the ledger", "seconds": spent, "cpu": cpu, "pairs": written}


def _publish(connection: sa.Connection, stock: Sequence[IndexedWork]) -> None:
    rows = [
        {"id": work.id, "key": work.key, "publisher": work.values["publisher"][0], "title": work.titles[0][1]}
        for work in stock
    ]
    _insert(connection, works, rows)
    rows = []
    for work in stock:
        first = work.paragraphs[0]
        row = {"id": first.document_id, "work_id": work.id, "sha256": hashlib.sha256(work.key.encode()).hexdigest()}
        row |= {"state": "read", "publisher": work.values["publisher"][0], "title": work.titles[0][1]}
        rows.append(row | {"language": first.language, "languages": [first.language]})
    _insert(connection, documents, rows)
    rows = [
        {"document_id": each.document_id, "ordinal": each.ordinal, "page": 1, "kind": "text", "text": each.text}
        for work in stock
        for each in work.paragraphs
    ]
    _insert(connection, paragraphs, rows)
    _insert(connection, changes, [{"kind": "created", "work_id": work.id, "at": NOW} for work in stock])


def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, object]]) -> None:
    for start in range(0, len(rows), SOME):
        connection.execute(sa.insert(table), rows[start : start + SOME])
