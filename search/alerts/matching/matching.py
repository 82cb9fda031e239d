"""Which saved searches do the newcomers answer? By the change sequence, with the same trees and chains as search.

Nothing is lost, because the watermark moves in the transaction that writes the matches; nothing doubles, because
(search, work) is unique; and several matchers may run at once, because a batch counts only if the watermark is still
where its maker found it. What counts is the work as it is now, whatever the change was called and whenever the work is
dated: text that comes late still matches, and once. Of a work that was only read again its news count (fresh.py).
"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import NOTED, Catalog, upsert
from catalog.tables import changes, saved_searches, watermarks
from search.alerts.matching.fresh import read_fresh
from search.alerts.matching.ledger import LOOK_BACK, keep, keep_broken
from search.alerts.matching.running import RUNNING, Running
from search.alerts.members.saved import read_again

READER = "match"  # of the change sequence
BATCH = 2000  # changes, and so at most as many works at once


def match_changes(catalog: Catalog, batch: int = BATCH) -> int:
    """Matches every change since the last run, and what new searches asked to look back on; returns new matches."""
    read_again(catalog)
    running = Running(catalog)
    found = _look_back(catalog, running, batch)
    while (step := _match_batch(catalog, running, batch)) is not None:
        found += step
    return found


def _match_batch(catalog: Catalog, running: Running, batch: int) -> int | None:
    """The next batch of changes; None when there are none."""
    with catalog.read() as connection:
        mark = catalog.watermark(connection, READER)
        newcomers = catalog.changes_after(connection, mark, batch)
        if not newcomers:
            return None
        # Only now the searches: one that is saved between the two reads begins after these changes, and is spared;
        # read the other way round it would be missing here for changes that are its own.
        searches = running.read(connection)
        fresh = read_fresh(connection, mark, [each for each in newcomers if each.kind != "withdrawn"])
    last = newcomers[-1].seq
    latest = {change.work_id: (change.seq, change.kind) for change in newcomers if change.kind != NOTED}
    works = {work: seq for work, (seq, kind) in latest.items() if kind != "withdrawn"}
    found, broken = running.ask([search for search in searches if search.start_seq < last], works, fresh)
    with catalog.write() as connection:
        if _locked_watermark(connection) != mark:
            return 0  # another matcher was here before: what it did is what we found
        made = sum(keep(connection, some) for some in found)
        keep_broken(connection, broken)
        catalog.move_watermark(connection, READER, last)
    return made


def _look_back(catalog: Catalog, running: Running, batch: int) -> int:
    """For searches that asked for it: what was in the catalog when they were saved, as far as they asked."""
    with catalog.read() as connection:
        searches = running.read(connection, RUNNING & saved_searches.c.backfill)
        far = dict(connection.execute(sa.select(saved_searches.c.id, saved_searches.c.back_to)).tuples().all())
    if not searches:
        return 0
    up_to = max(search.start_seq for search in searches)
    back = [search._replace(start_seq=far[search.search_id]) for search in searches]
    made = 0
    for works in _works_before(catalog, up_to, batch):
        found, broken = running.ask(back, works)
        with catalog.write() as connection:  # killed after this, all of it is found again, and written once
            made += sum(keep(connection, some, LOOK_BACK) for some in found)
            keep_broken(connection, broken)
    with catalog.write() as connection:
        for search in back:  # one that was saved anew meanwhile, or asks to look back further, looks back again
            same = (saved_searches.c.id == search.search_id) & (saved_searches.c.back_to == search.start_seq)
            done = same & (saved_searches.c.start_seq <= up_to)
            connection.execute(sa.update(saved_searches).where(done).values(backfill=False))
    return made


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


def _locked_watermark(connection: Connection) -> int:
    """Where the watermark is; on PostgreSQL no other matcher passes here until we commit (SQLite has one writer)."""
    upsert(connection, watermarks, [{"reader": READER, "seq": 0}], key=["reader"], update=False)
    query = sa.select(watermarks.c.seq).where(watermarks.c.reader == READER).with_for_update()
    return int(connection.execute(query).scalar_one())
