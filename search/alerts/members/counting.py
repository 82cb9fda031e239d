"""Who is told of things, seen from the secretariat? Counts, and a line a member, without anybody's address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import saved_searches, subscribers
from search.alerts.members.addresses import hint
from search.alerts.members.keeping import BROKEN, ENDED
from search.alerts.members.subscribers import ACTIVE

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class MemberCounts:
    """Members by state, and active ones by language and time zone; their searches by cadence and by state."""

    states: Counts
    languages: Counts
    zones: Counts
    cadences: Counts
    searches: Counts


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member, as may be shown: `searches` that were not ended, `broken` ones among them."""

    subscriber_id: int
    address_hint: str
    state: str
    language: str
    timezone: str
    since: datetime
    confirmed: datetime | None
    searches: int
    broken: int


def count_members(catalog: Catalog) -> MemberCounts:
    s, q = subscribers.c, saved_searches.c
    active = s.state == ACTIVE
    with catalog.read() as connection:

        def counted(column: sa.Column[str], *where: sa.ColumnElement[bool]) -> Counts:
            query = sa.select(column, sa.func.count()).where(*where).group_by(column).order_by(column)
            if column.table is saved_searches:
                query = query.select_from(saved_searches.join(subscribers))
            return dict(connection.execute(query).tuples().all())

        return MemberCounts(
            states=counted(s.state),
            languages=counted(s.language, active),
            zones=counted(s.timezone, active),
            cadences=counted(q.cadence, active, q.state != ENDED),
            searches=counted(q.state, active),
        )


def members(catalog: Catalog) -> Iterator[MemberLine]:
    """Every member, in the order they came."""
    kept = sa.func.count(saved_searches.c.id).filter(saved_searches.c.state != ENDED)
    broken = sa.func.count(saved_searches.c.id).filter(saved_searches.c.state == BROKEN)
    query = sa.select(subscribers, kept.label("kept"), broken.label("broken"))
    query = (
        query.select_from(subscribers.outerjoin(saved_searches)).group_by(subscribers.c.id).order_by(subscribers.c.id)
    )
    with catalog.read() as connection:
        for row in connection.execute(query):
            about = (row.state, row.language, row.timezone, row.since, row.confirmed)
            yield MemberLine(row.id, hint(row.address), *about, row.kept, row.broken)
