"""Which changes is a webhook to be told of? All, or those of works that its query finds, found as search finds them.

A work that was told of and is then withdrawn, or no longer found, is told of once more: whoever keeps a copy of what
the query finds must learn that it is to go. What was never told of is not.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import webhook_deliveries as sent
from search.alerts.members.saved import meaning
from search.changes import Change

LOADED = 50  # works read from the catalog at once


def wanted(catalog: Catalog, webhook_id: int, query: str, found: Sequence[Change]) -> list[tuple[Change, bool | None]]:
    """The changes to tell of, each with whether its work is found now (None where there is no query)."""
    if not query:
        return [(change, None) for change in found]
    members = _members(catalog, query, [change.work_id for change in found if change.kind != "withdrawn"])
    known = _told_of(catalog, webhook_id, {change.work_id for change in found})
    return [
        (change, change.work_id in members) for change in found if change.work_id in members or change.work_id in known
    ]


def _members(catalog: Catalog, query: str, works: Sequence[int]) -> frozenset[int]:
    """Which of the works the query finds, asked of an engine in memory that holds only them."""
    from search.engines import open_engine
    from search.works import load_works

    understood = meaning(query)
    if understood.nothing or not works:
        return frozenset()
    engine, ids = open_engine(None), list(dict.fromkeys(works))
    for start in range(0, len(ids), LOADED):
        engine.add(load_works(catalog, ids[start : start + LOADED]))
    engine.commit()
    return frozenset(engine.members(understood.tree))


def _told_of(catalog: Catalog, webhook_id: int, works: set[int]) -> set[int]:
    query = sa.select(sent.c.work_id).where(
        sent.c.webhook_id == webhook_id, sent.c.work_id.in_(works), sent.c.state == "done"
    )
    with catalog.read() as connection:
        return set(connection.execute(query.distinct()).scalars())
