"""Which changes is a webhook to be told of? All, or those of works that its query, or its saved search, finds.

A work that was told of and is then withdrawn, or no longer found, is told of once more: whoever keeps a copy of what
the query finds must learn that it is to go. What was never told of is not.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import webhook_deliveries as sent
from search.alerts.members.sought import Asking, answering
from search.changes import Change
from search.citing import Citing
from search.query.parse import parse
from search.query.resolve import resolve
from search.query.tree import matches_nothing

LOADED = 50  # works read from the catalog at once


def wanted(
    catalog: Catalog, webhook_id: int, asking: Asking | None, found: Sequence[Change]
) -> list[tuple[Change, bool | None]]:
    """The changes to tell of, each with whether its work is found now (None where nothing is asked: all are told)."""
    if asking is None:
        return [(change, None) for change in found]
    members = _members(catalog, asking, [change.work_id for change in found if change.kind != "withdrawn"])
    known = _told_of(catalog, webhook_id, {change.work_id for change in found})
    return [
        (change, change.work_id in members) for change in found if change.work_id in members or change.work_id in known
    ]


def _members(catalog: Catalog, asking: Asking, works: Sequence[int]) -> frozenset[int]:
    """Which of the works the search finds, asked of an engine in memory that holds only them."""
    from search.engines import open_engine
    from search.works import load_works

    tree = resolve(parse(asking.query).tree, Citing(catalog)).tree
    if matches_nothing(tree) or not works:
        return frozenset()
    engine, ids = open_engine(None), list(dict.fromkeys(works))
    for start in range(0, len(ids), LOADED):
        engine.add(load_works(catalog, ids[start : start + LOADED]))
    engine.commit()
    return frozenset(answering(engine, tree, asking))


def _told_of(catalog: Catalog, webhook_id: int, works: set[int]) -> set[int]:
    query = sa.select(sent.c.work_id).where(
        sent.c.webhook_id == webhook_id, sent.c.work_id.in_(works), sent.c.state == "done"
    )
    with catalog.read() as connection:
        return set(connection.execute(query.distinct()).scalars())
