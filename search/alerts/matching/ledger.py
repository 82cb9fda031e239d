"""How does a match become a row? Once per search and work, with the change that brought it and the flood it came with.

Rows of a large batch are many, so they are neither all made at once nor sent through more layers than need be.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog.tables import Instant, matches, saved_searches, subscribers
from search.alerts.matching.floods import hold_for
from search.alerts.matching.newcomers import ones
from search.alerts.matching.running import RUNNING, Matched, read_running
from search.alerts.members.presence import hold_the_door
from search.alerts.members.saved import broken

TOGETHER = 10_000  # rows handed over at once
CHUNK = 500  # numbers in one query
NEWS, LOOK_BACK = "news", "look back"

Row = tuple[int, int, int, object, str, int | None]


def keep(connection: Connection, found: Matched, origin: str = NEWS) -> int:
    """Writes the matches of searches that are still wanted (their owners may have left meanwhile); returns new ones."""
    hold_the_door(connection)
    since = _still_wanted(connection, origin)
    known = _known(connection, [work for _, work in found.works])
    wanted = Matched(found.works)
    for search, bits in found.searches:
        if search in since and (own := bits & ~known.get(search, 0)):
            wanted.searches.append((search, own))
    holds = _holds(connection, wanted) if origin == NEWS else {}
    return _insert(connection, _rows(connection, wanted, since, origin, holds))


def keep_broken(connection: Connection, why: Mapping[int, str]) -> None:
    """Searches that can find nothing any more are not run from now on, and their owners will be told."""
    for search, reason in why.items():
        mine = saved_searches.c.id == search
        query = sa.select(subscribers.c.language).join(saved_searches).where(mine, RUNNING)
        language = connection.execute(query).scalar()
        if language is not None:
            connection.execute(sa.update(saved_searches).where(mine).values(broken(reason, language)))


def _still_wanted(connection: Connection, origin: str) -> dict[int, int]:
    """Each search that runs, and after which change it may match."""
    if origin == NEWS:
        return dict(read_running(connection))
    query = sa.select(saved_searches.c.id, saved_searches.c.back_to).join(subscribers)
    return dict(connection.execute(query.where(RUNNING, saved_searches.c.backfill)).tuples().all())


def _known(connection: Connection, works: Sequence[int]) -> dict[int, int]:
    """What the ledger has of these works: per search, the works as bits of their places."""
    bits: dict[int, int] = defaultdict(int)
    places = {work: place for place, work in enumerate(works)}
    for start in range(0, len(works), CHUNK):
        query = sa.select(matches.c.search_id, matches.c.work_id)
        rows = connection.execute(query.where(matches.c.work_id.in_(works[start : start + CHUNK])))
        for search, work in rows:
            bits[search] |= 1 << places[work]
    return bits


def _holds(connection: Connection, found: Matched) -> Mapping[int, int]:
    """Of the changes that made something match, those that came with a flood, each with its hold."""
    every = 0
    for _, bits in found.searches:
        every |= bits
    return hold_for(connection, [found.works[at][0] for at in ones(every)], datetime.now(UTC)) if every else {}


def _rows(
    connection: Connection, found: Matched, since: Mapping[int, int], origin: str, holds: Mapping[int, int]
) -> Iterator[Row]:
    now: object = datetime.now(UTC)
    if store := Instant().dialect_impl(connection.dialect).bind_processor(connection.dialect):
        now = store(now)
    for search, bits in found.searches:
        after = since[search]
        for at in ones(bits):
            seq, work = found.works[at]
            if seq > after:
                yield search, work, seq, now, origin, holds.get(seq)


def _insert(connection: Connection, rows: Iterator[Row]) -> int:
    """The driver takes the rows as they are: SQLAlchemy's own way costs several times what SQLite's writing does."""
    columns = (matches.c.search_id, matches.c.work_id, matches.c.seq)
    names = ", ".join(column.name for column in (*columns, matches.c.matched, matches.c.origin, matches.c.hold_id))
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    statement = f"INSERT INTO {matches.name} ({names}) VALUES ({', '.join([mark] * 6)})"
    statement += " ON CONFLICT (search_id, work_id) DO NOTHING"
    made = 0
    while some := list(islice(rows, TOGETHER)):
        made += connection.exec_driver_sql(statement, some).rowcount
    return made
