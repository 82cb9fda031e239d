"""Which documents are to be read again, by the readers of today, from the bytes in the archive? Nothing is crawled.

Asking is a mark on each document; the next round of reading takes the marked ones, and takes each mark away with what
it writes. So a round that is killed goes on where it was. What a reading would change can be told without writing.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import lexicon
from catalog import Catalog, tables
from pipeline import ocr_queue
from pipeline.children.workers import Pool
from pipeline.document import POOR, Document
from pipeline.errors import ReadError
from pipeline.limits import Limits
from pipeline.process import Item, files
from pipeline.readers import scan
from pipeline.readers.versions import is_older, names
from pipeline.rereading.news import Before
from pipeline.store import described_otherwise, text_hash

if TYPE_CHECKING:
    from crawlers import Archive

SHORTEST = 6  # characters of the beginning of a hash
CHUNK = 500  # hashes in one query
_D, _C, _PAGES = tables.documents, tables.captures, tables.pages


class UnknownDocuments(ReadError):
    """Raised when nothing that was read goes by what was asked for."""


@dataclass(slots=True)
class Rehearsed:
    """What reading again would change: `documents` of those that were `read`, so many `paragraphs` of them letter by
    letter, of which `news` say something else. Of `described` the title, the date or the like would change; `failed`
    could not be read now, and stay as they are.
    """

    due: int = 0
    read: int = 0
    documents: int = 0
    paragraphs: int = 0
    news: int = 0
    described: int = 0
    failed: int = 0


def chosen(catalog: Catalog, which: Sequence[str]) -> list[str]:
    """The hashes of the documents that any of these names, in the order they came.

    A symbol, the beginning of a SHA-256, a source, a publisher, a media type, "reader:" and a reader's name, "older"
    (read by an older version of its reader), "poor" (with a page of poor quality), "failed" (it could not be read again
    when that was last tried), "all". Raises UnknownDocuments for one that names nothing; those in one word may.
    """
    with catalog.read() as connection:
        found: set[str] = set()
        for name in which:
            some = _named(connection, name.strip())
            if not some and name.strip() not in _KINDS:
                raise UnknownDocuments(f"nothing that was read goes by {name[:100]!r}")
            found |= some
        # without a capture nothing is known of the bytes: such a file is never due
        came = connection.execute(sa.select(_D.c.sha256).where(_READ, _CAPTURED).order_by(_D.c.id)).scalars()
        return [sha256 for sha256 in came if sha256 in found]


def ask_again(catalog: Catalog, which: Sequence[str]) -> int:
    """Marks these documents, so that the next round of reading reads them; returns how many. Errors as `chosen`."""
    hashes = chosen(catalog, which)
    with catalog.write() as connection:
        connection.execute(sa.update(_D).where(_D.c.again, ~_CAPTURED).values(again=False))
        for start in range(0, len(hashes), CHUNK):
            mine = _D.c.sha256.in_(hashes[start : start + CHUNK])
            connection.execute(sa.update(_D).where(mine).values(again=True))
    return len(hashes)


def see_again(catalog: Catalog, which: Sequence[str]) -> int:
    """Asks OCR anew for the pages of these documents that failed, or that it saw in another way than it would today;
    returns how many. What was seen stays in the text until then. Errors as `chosen`."""
    hashes, recipe = chosen(catalog, which), scan.recipe() or None  # without Tesseract there is no better way
    parts = [hashes[start : start + CHUNK] for start in range(0, len(hashes), CHUNK)]
    return sum(ocr_queue.see_again(catalog, part, recipe) for part in parts)


def could_not_be_read_again(catalog: Catalog) -> int:
    """How many documents have the text of before, because reading them again failed."""
    with catalog.read() as connection:
        query = sa.select(sa.func.count()).select_from(_D).where(_READ, _FAILED)
        return int(connection.execute(query).scalar_one())


def rehearse(
    catalog: Catalog,
    archive: "Archive",
    which: Sequence[str],
    limits: Limits | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    *,
    processes: int | None = None,
) -> Rehearsed:
    """Reads these documents again and compares, and writes nothing. Pages whose OCR is not done are left out."""
    limits, hashes = limits or Limits(), chosen(catalog, which)
    report = Rehearsed(due=len(hashes))
    with Pool[Item]("pipeline.process:understand", processes or os.cpu_count() or 1, limits) as pool:
        for done, (item, result) in enumerate(pool.map(files(catalog, archive, hashes, limits)), 1):
            if isinstance(result, Document):
                _compare(catalog, item.sha256, result, report)
            else:
                report.failed += 1
            progress(done, len(hashes))
    return report


def _compare(catalog: Catalog, sha256: str, document: Document, report: Rehearsed) -> None:
    with catalog.read() as connection:
        before = connection.execute(sa.select(_D).where(_D.c.sha256 == sha256)).mappings().one()
        again = Before(connection, dict(before), {"text_sha256": text_hash(document)})
    found = again.held_against(document)
    report.read += 1
    report.documents += bool(found.differences)
    report.paragraphs += found.changed
    report.news += len(found.passages)
    report.described += described_otherwise(dict(before), document)


_KINDS = ("older", "poor", "failed", "all")
_READ = _D.c.state == "read"
_FAILED = _D.c.attempts > 0  # of what was read: since it was
_CAPTURED = sa.exists().where(_C.c.sha256 == _D.c.sha256)


def _named(connection: Connection, name: str) -> set[str]:
    if name == "all":
        return _hashes(connection, sa.true())
    if name == "older":
        return _by_reader(connection, is_older)
    if name == "failed":
        return _hashes(connection, _FAILED)
    if name == "poor":
        poor = sa.select(_PAGES.c.document_id).where(_PAGES.c.quality < POOR)
        return _hashes(connection, _D.c.id.in_(poor))
    kind, _, rest = name.partition(":")
    if kind == "reader" and rest:
        return _by_reader(connection, lambda reader: rest == reader or rest in names(reader))
    if len(name) >= SHORTEST and set(name.lower()) <= set("0123456789abcdef"):
        return _hashes(connection, _D.c.sha256.startswith(name.lower(), autoescape=True))
    symbol = lexicon.parse_symbol(name)
    told = sa.select(_C.c.sha256).where(_C.c.source == name)
    return _hashes(
        connection,
        sa.or_(
            _D.c.symbol.in_([name, str(symbol) if symbol else name]),
            _D.c.publisher == name.upper(),
            _D.c.media_type == name,
            _D.c.sha256.in_(told),
        ),
    )


def _by_reader(connection: Connection, wanted: Callable[[str], bool]) -> set[str]:
    readers = connection.execute(sa.select(_D.c.reader).where(_READ).distinct()).scalars()
    return _hashes(connection, _D.c.reader.in_([reader for reader in readers if wanted(reader)]))


def _hashes(connection: Connection, where: sa.ColumnElement[bool]) -> set[str]:
    return set(connection.execute(sa.select(_D.c.sha256).where(_READ, where)).scalars())
