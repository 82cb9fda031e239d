"""What has changed since? The change sequence as others may follow it: "everything after number N", oldest first.

Nothing is skipped or repeated, however many write meanwhile: numbers are seen in commit order (see catalog.Catalog), so
that once N has been seen, nothing before N can still come. A work that is withdrawn is a change like any other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import changes, documents, works
from search.errors import SearchError
from search.json_shapes import ChangeJson

MOST_CHANGES = 1000
LIMIT = 100


class NotYet(SearchError):
    """Raised by the feed for a number that no change has had: HTTP 409. The catalog is not the one it came from."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change as others see it: of a work by its key, through a document by its SHA-256 where it was one."""

    seq: int
    kind: str
    work_id: int
    work: str
    document: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Changes after a number. `next` is where to go on (the last number seen); `last` the newest there is."""

    changes: tuple[Change, ...]
    next: int
    last: int

    @property
    def more(self) -> bool:
        return self.next < self.last


def changes_after(catalog: Catalog, seq: int, limit: int = LIMIT) -> Page:
    """The next changes after `seq`, at most `limit`, all from one state of the catalog.

    NotYet if `seq` is beyond the newest: whoever saw that number saw it in a catalog that has since been put back
    from a backup, and what took that number's place would be skipped without a word.
    """
    with catalog.read() as connection:
        last = catalog.last_seq(connection)
        if seq > last:
            raise NotYet(
                f"No change has the number {seq} yet; the newest is {last}. If {seq} came from here, the catalog was "
                "put back from a backup since: take everything again, from 0."
            )
        found = read_changes(connection, seq, limit)
    return Page(found, found[-1].seq if found else seq, last)


def every_change(catalog: Catalog, seq: int) -> tuple[int, Iterator[Change]]:
    """The newest number there is now, and all changes after `seq` up to it. Errors as `changes_after`."""
    first = changes_after(catalog, seq, MOST_CHANGES)
    return first.last, _through(catalog, first)


def read_changes(connection: Connection, seq: int, limit: int) -> tuple[Change, ...]:
    """The next changes after `seq`, within a transaction of the caller's."""
    query = (
        sa.select(changes.c.seq, changes.c.kind, changes.c.work_id, works.c.key, documents.c.sha256, changes.c.at)
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
