"""Many small works, put into a catalog in one transaction: for tests in which numbers count."""

import sqlalchemy as sa

from catalog import Catalog, tables
from tests.search.library import NOW, sha256_of

SOURCES = ("un_treaty_bodies", "ilo_governing_body", "wto_mode4")


def fill_many(catalog: Catalog, number: int, paragraphs: int = 2) -> list[int]:
    """Into an empty catalog: `number` works of three sources in turn, each with its change; returns the ids, from 1."""
    ids = range(1, number + 1)
    with catalog.write() as connection:
        for table, rows in (
            (tables.works, [_work(n) for n in ids]),
            (tables.documents, [_document(n) for n in ids]),
            (tables.captures, [_capture(n) for n in ids]),
            (tables.paragraphs, [_paragraph(n, ordinal) for n in ids for ordinal in range(1, paragraphs + 1)]),
            (tables.changes, [{"kind": "created", "work_id": n, "document_id": n, "at": NOW} for n in ids]),
        ):
            connection.execute(sa.insert(table), rows)
    return [*ids]


def _work(number: int) -> dict[str, object]:
    return {"key": f"UN:A/{number}", "publisher": "UN", "symbol": f"A/{number}", "title": f"Work {number}"}


def _document(number: int) -> dict[str, object]:
    own = {"work_id": number, "sha256": sha256_of(str(number)), "title": f"Work {number}"}
    return {**own, "state": "read", "publisher": "UN", "symbols": [f"A/{number}"], "language": "en", "read_at": NOW}


def _capture(number: int) -> dict[str, object]:
    own = {"sha256": sha256_of(str(number)), "source": SOURCES[number % 3], "url": f"https://example.org/{number}"}
    return {**own, "publisher": "UN", "size": 1, "media_type": "", "words": {}, "captured": NOW}


def _paragraph(number: int, ordinal: int) -> dict[str, object]:
    own = {"document_id": number, "ordinal": ordinal, "text": f"migrant workers number {number} {ordinal}"}
    return {**own, "page": 1, "kind": "text", "language": "en"}
