"""Which saved searches do the newcomers answer? By the change sequence, with the same trees and chains as search.

The newcomers go into an engine in memory and every saved search is asked for its members: so an alert finds exactly
what the search page finds. Nothing is lost, because the watermark moves in the transaction that writes the matches;
nothing doubles, because (search, work) is unique; and several matchers may run at once, because a batch counts only
if the watermark is still where its maker found it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import NOTED, Catalog, upsert
from catalog.tables import changes, matches, saved_searches, subscribers, watermarks
from search.alerts.members.saved import Meaning, meaning
from search.citing import Citing

READER = "match"  # of the change sequence
BATCH = 1000  # changes, and so at most as many works in the engine
LOADED = 100  # works read from the catalog at once
RUNNING = saved_searches.c.state == "running"

_remembered = lru_cache(maxsize=20_000)(meaning)  # a run asks the same searches batch after batch


def remembered(catalog: Catalog, query: str) -> Meaning:
    """What a saved search means now."""
    understood = _remembered(query)
    return understood if understood.lasting else meaning(query, Citing(catalog))


class Asked(NamedTuple):
    """A saved search that may match what comes after change `start_seq`."""

    search_id: int
    query: str
    start_seq: int


@dataclass
class Found:
    """What a batch came to: rows for `matches`, and per search that can find nothing any more, why."""

    pairs: list[tuple[int, int, int]] = field(default_factory=list)  # search, work, seq
    broken: dict[int, str] = field(default_factory=dict)


def match_changes(catalog: Catalog, batch: int = BATCH) -> int:
    """Matches every change since the last run, and what new searches asked to look back on; returns new matches."""
    found = _look_back(catalog, batch)
    while (step := _match_batch(catalog, batch)) is not None:
        found += step
    return found


def _match_batch(catalog: Catalog, batch: int) -> int | None:
    """The next batch of changes; None when there are none."""
    with catalog.read() as connection:
        mark = catalog.watermark(connection, READER)
        newcomers = catalog.changes_after(connection, mark, batch)
        # Only now the searches: one that is saved between the two reads begins after these changes, and is spared;
        # read the other way round it would be missing here for changes that are its own.
        searches = _asked(connection, RUNNING)
    if not newcomers:
        return None
    last = newcomers[-1].seq
    latest = {change.work_id: (change.seq, change.kind) for change in newcomers if change.kind != NOTED}
    works = {work: seq for work, (seq, kind) in latest.items() if kind != "withdrawn"}
    found = _ask(catalog, [search for search in searches if search.start_seq < last], works)
    with catalog.write() as connection:
        if _locked_watermark(connection) != mark:
            return 0  # another matcher was here before: what it did is what we found
        made = _keep(connection, found)
        catalog.move_watermark(connection, READER, last)
    return made


def _look_back(catalog: Catalog, batch: int) -> int:
    """For searches that asked for it: what was in the catalog when they were saved."""
    with catalog.read() as connection:
        searches = _asked(connection, RUNNING & saved_searches.c.backfill)
        back_to = dict(connection.execute(sa.select(saved_searches.c.id, saved_searches.c.back_to)).tuples().all())
    if not searches:
        return 0
    up_to = max(search.start_seq for search in searches)
    searches = [search._replace(start_seq=back_to[search.search_id]) for search in searches]
    found = Found()
    for works in _works_before(catalog, up_to, batch):
        some = _ask(catalog, searches, works)
        found.pairs += some.pairs
        found.broken |= some.broken
    with catalog.write() as connection:
        made = _keep(connection, found, look_back=True)
        asked = saved_searches.c.id.in_([search.search_id for search in searches])
        done = asked & (saved_searches.c.start_seq <= up_to)  # one that was saved anew meanwhile looks back again
        connection.execute(sa.update(saved_searches).where(done).values(backfill=False))
    return made


def _asked(connection: Connection, which: sa.ColumnElement[bool]) -> list[Asked]:
    query = (
        sa.select(saved_searches.c.id, saved_searches.c.query, saved_searches.c.start_seq)
        .join(subscribers)
        .where(which, subscribers.c.state == "active")
        .order_by(saved_searches.c.id)
    )
    return [Asked(*row) for row in connection.execute(query)]


def _works_before(catalog: Catalog, up_to: int, batch: int) -> Iterator[dict[int, int]]:
    """Works with their last change up to `up_to`, in batches; those that were withdrawn by it are left out."""
    newest = (
        sa.select(changes.c.work_id, sa.func.max(changes.c.seq).label("seq"))
        .where(changes.c.seq <= up_to, changes.c.kind != NOTED)
        .group_by(changes.c.work_id)
        .subquery()
    )
    query = sa.select(newest.c.work_id, newest.c.seq).join(changes, changes.c.seq == newest.c.seq)
    query = query.where(changes.c.kind != "withdrawn").order_by(newest.c.work_id)
    with catalog.read() as connection:
        rows = [(int(work), int(seq)) for work, seq in connection.execute(query)]
    for start in range(0, len(rows), batch):
        yield dict(rows[start : start + batch])


def _ask(catalog: Catalog, searches: Sequence[Asked], works: dict[int, int]) -> Found:
    """Which of the works (with their newest change) each search finds; equal queries are asked once."""
    from search.engines import open_engine
    from search.works import load_works

    found = Found()
    if not searches or not works:
        return found
    engine = open_engine(None)
    newcomers = list(works)
    for start in range(0, len(newcomers), LOADED):
        engine.add(load_works(catalog, newcomers[start : start + LOADED]))
    engine.commit()
    members: dict[str, tuple[int, ...]] = {}
    for search in searches:
        understood = remembered(catalog, search.query)
        if understood.nothing:
            found.broken[search.search_id] = understood.nothing
            continue
        if search.query not in members:
            members[search.query] = engine.members(understood.tree)
        for work in members[search.query]:
            if works[work] > search.start_seq:
                found.pairs.append((search.search_id, work, works[work]))
    return found


def _locked_watermark(connection: Connection) -> int:
    """Where the watermark is; on PostgreSQL no other matcher passes here until we commit (SQLite has one writer)."""
    upsert(connection, watermarks, [{"reader": READER, "seq": 0}], key=["reader"], update=False)
    query = sa.select(watermarks.c.seq).where(watermarks.c.reader == READER).with_for_update()
    return int(connection.execute(query).scalar_one())


def _keep(connection: Connection, found: Found, look_back: bool = False) -> int:
    """Writes the matches of searches that are still wanted (their owners may have left meanwhile)."""
    still = {search.search_id: search.start_seq for search in _asked(connection, RUNNING)}
    now = datetime.now(UTC)
    rows = [
        {
            "search_id": search,
            "work_id": work,
            "seq": seq,
            "matched": now,
            "origin": "look back" if look_back else "news",
        }
        for search, work, seq in found.pairs
        if search in still and (look_back or seq > still[search])
    ]
    made = sum(upsert(connection, matches, part, ["search_id", "work_id"], update=False) for part in _parts(rows))
    for search, why in found.broken.items():
        where = (saved_searches.c.id == search) & RUNNING
        reason = f"it can find nothing any more: {why}"
        connection.execute(sa.update(saved_searches).where(where).values(state="broken", reason=reason, told=False))
    return made


def _parts(rows: list[dict[str, Any]], size: int = 10_000) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
