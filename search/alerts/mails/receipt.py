"""What did Forumwatch look at, and what came of it? The receipt at the end of each digest.

Counted by the change sequence, as matching follows it: what the receipt counts is what the searches were held
against, neither more nor less.
"""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import captures, changes, documents
from search.pictures import pictures
from search.standing import SourceStanding, source_standings

NEWS = ("created", "updated")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The sources as they stand, the documents that were new from `since` on (in all, by source), and what waits."""

    sources: tuple[SourceStanding, ...]
    since: datetime | None = None
    documents: int = 0
    by_source: dict[str, int] = field(default_factory=dict)
    pictures: int = 0  # pages that are still to be read by OCR


def receipt(catalog: Catalog, now: datetime, since: datetime, after: int, up_to: int) -> Receipt:
    """For the changes after `after`, up to `up_to`; a document that two sources have counts once in all."""
    sources = tuple(source_standings(catalog, now))
    new = sa.select(changes.c.document_id).where(
        changes.c.seq > after, changes.c.seq <= up_to, changes.c.kind.in_(NEWS), changes.c.document_id.is_not(None)
    )
    per_source = (
        sa.select(captures.c.source, sa.func.count(sa.distinct(documents.c.id)))
        .join(documents, documents.c.sha256 == captures.c.sha256)
        .where(documents.c.id.in_(new))
        .group_by(captures.c.source)
    )
    with catalog.read() as connection:
        total = connection.execute(sa.select(sa.func.count()).select_from(new.distinct().subquery())).scalar_one()
        waiting = pictures(connection).waiting
        return Receipt(sources, since, total, dict(connection.execute(per_source).tuples().all()), waiting)


def seq_before(connection: Connection, moment: datetime) -> int:
    """The last change before a moment; 0 if there is none."""
    query = sa.select(sa.func.coalesce(sa.func.max(changes.c.seq), 0)).where(changes.c.at < moment)
    return int(connection.execute(query).scalar_one())
