"""What has changed since? The change sequence as others may follow it: "everything after number N", oldest first.

Nothing is skipped or repeated, however many write meanwhile: numbers are seen in commit order (see catalog.Catalog), so
that once N has been seen, nothing before N can still come. A work that is withdrawn is a change like any other.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import changes, documents, pages, works
from pipeline import POOR
from search.errors import SearchError
from search.json_shapes import ChangeJson

MOST_CHANGES = 1000
LIMIT = 100


class OtherHistory(SearchError):
    """Raised by the feed for a number, or the mark of one, that is none of this catalog's changes: HTTP 409."""


AGAIN = "The catalog was put back from a backup since: take everything again, from 0."


@dataclass(frozen=True, slots=True)
class Change:
    """A change as others see it: of a work by its key, through a document by its SHA-256 where it was one.

    `poor`: a page of that document was read so badly that searches may miss what it says.
    """

    seq: int
    kind: str
    work_id: int
    work: str
    document: str | None
    at: datetime
    poor: bool = False


def mark_of(seq: int, at: datetime) -> str:
    """Tells a change from another that has its number in another history of the same catalog."""
    return hashlib.sha256(f"{seq} {at.isoformat()}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Page:
    """Changes after a number. `next` is where to go on (the last number seen), `mark` that change's mark ("" if there
    is no such change); `last` is the newest number there is."""

    changes: tuple[Change, ...]
    next: int
    mark: str
    last: int

    @property
    def more(self) -> bool:
        return self.next < self.last


def changes_after(catalog: Catalog, seq: int, limit: int = LIMIT, mark: str = "") -> Page:
    """The next changes after `seq`, at most `limit`, all from one state of the catalog. `mark`, if given, is of `seq`.

    OtherHistory if `seq` is beyond the newest, or has another mark: whoever saw it saw it in a catalog that has since
    been put back from a backup, and what took the numbers up to it would be skipped without a word.
    """
    with catalog.read() as connection:
        last = catalog.last_seq(connection)
        at = connection.execute(sa.select(changes.c.at).where(changes.c.seq == seq)).scalar()
        known = mark_of(seq, at) if at else ""
        if seq > last:
            raise OtherHistory(f"No change has the number {seq}; the newest is {last}. {AGAIN}")
        if mark and seq and mark != known:
            raise OtherHistory(f"The change {seq} is not the one that was seen under that number. {AGAIN}")
        found = read_changes(connection, seq, limit)
    if not found:
        return Page((), seq, known, last)
    return Page(found, found[-1].seq, mark_of(found[-1].seq, found[-1].at), last)


def every_change(catalog: Catalog, seq: int) -> tuple[int, Iterator[Change]]:
    """The newest number there is now, and all changes after `seq` up to it. Errors as `changes_after`."""
    first = changes_after(catalog, seq, MOST_CHANGES)
    return first.last, _through(catalog, first)


def read_changes(connection: Connection, seq: int, limit: int) -> tuple[Change, ...]:
    """The next changes after `seq`, within a transaction of the caller's."""
    poor = sa.exists().where(pages.c.document_id == changes.c.document_id, pages.c.quality < POOR).label("poor")
    query = (
        sa.select(changes.c.seq, changes.c.kind, changes.c.work_id, works.c.key, documents.c.sha256, changes.c.at, poor)
        .join_from(changes, works, changes.c.work_id == works.c.id)
        .join(documents, changes.c.document_id == documents.c.id, isouter=True)
        .where(changes.c.seq > seq)
        .order_by(changes.c.seq)
        .limit(limit)
    )
    return tuple(Change(*row) for row in connection.execute(query))


def change_json(change: Change, work_url: Callable[[str], str]) -> ChangeJson:
    return {
        "seq": change.seq,
        "kind": change.kind,
        "work": change.work,
        "document": change.document,
        "at": change.at.isoformat(),
        "poor": change.poor,
        "url": work_url(change.work),
    }


def _through(catalog: Catalog, page: Page) -> Iterator[Change]:
    last = page.last
    part: Sequence[Change] = page.changes
    while part:
        for change in part:
            if change.seq > last:
                return
            yield change
        with catalog.read() as connection:
            part = read_changes(connection, part[-1].seq, MOST_CHANGES)
