"""Which webhooks are there, and how do they stand? Adding, listing, removing, resuming.

A webhook that is removed keeps its row: what it was told stays on record, and its name, from which its secret is
derived, is never another's.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog
from catalog.tables import saved_searches
from catalog.tables import webhook_deliveries as sent
from catalog.tables import webhooks as table
from search.alerts.members.saved import meaning
from search.errors import MistakenRequest

LONGEST_QUERY = 2000


@dataclass(frozen=True, slots=True)
class Webhook:
    """`seq`: every change up to there was acknowledged, or was not asked for; `behind` counts the changes after it.

    With `search_id` it follows a saved search, query, facets and scope, and has no query of its own."""

    id: int
    name: str
    url: str
    query: str
    state: str
    reason: str
    seq: int
    failures: int
    created: datetime
    search_id: int | None = None
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A change on its way to a webhook, or there."""

    webhook: str
    seq: int
    state: str
    attempts: int
    first_tried: datetime | None
    last_tried: datetime | None
    try_again: datetime | None
    status: int | None
    answer: str


def add_webhook(
    catalog: Catalog, url: str, query: str, now: datetime, after: int | None = None, search_id: int | None = None
) -> Webhook:
    """Writes a webhook for the changes after `after` (None: after the newest). The address must have been checked.

    With `search_id` it follows that saved search for as long as its owner does. Errors: MistakenRequest for a query
    that can find nothing, a search that is not there, or a number that no change has yet.
    """
    query = query.strip()
    if len(query) > LONGEST_QUERY:
        raise MistakenRequest(f"the query is longer than {LONGEST_QUERY} characters")
    if query and (nothing := meaning(query).nothing):
        raise MistakenRequest(f"no change would ever be told of: {nothing}")
    if query and search_id is not None:
        raise MistakenRequest("a webhook has a query of its own or follows a saved search, not both")
    with catalog.write() as connection:
        if search_id is not None and followed(connection, search_id) is None:
            raise MistakenRequest(f"there is no saved search number {search_id} (any more)")
        last = catalog.last_seq(connection)
        if after is not None and not 0 <= after <= last:
            raise MistakenRequest(f"no change has the number {after}; the newest is {last}")
        row: dict[str, Any] = {"name": f"wh_{secrets.token_hex(8)}", "url": url, "query": query, "state": "active"}
        row |= {"reason": "", "seq": last if after is None else after, "failures": 0, "created": now}
        row |= {"search_id": search_id}
        made = connection.execute(sa.insert(table).values(row).returning(table.c.id)).scalar_one()
        return _webhook(connection, table.c.id == made)


def webhooks(catalog: Catalog, removed: bool = False) -> list[Webhook]:
    """In the order they were added; those that were removed only if asked for."""
    query = sa.select(table).order_by(table.c.id)
    with catalog.read() as connection:
        last = catalog.last_seq(connection)
        rows = connection.execute(query if removed else query.where(table.c.state != "removed")).mappings().all()
    return [Webhook(**row, behind=max(0, last - row["seq"])) for row in rows]


def find_webhook(catalog: Catalog, name: str) -> Webhook:
    """Errors: MistakenRequest if none has that name."""
    with catalog.read() as connection:
        return _webhook(connection, table.c.name == name)


def remove_webhook(catalog: Catalog, name: str, reason: str = "removed by hand") -> Webhook:
    """It is told nothing more. Errors: MistakenRequest if none has that name."""
    with catalog.write() as connection:
        found = _webhook(connection, table.c.name == name)
        mark_removed(connection, found.id, reason)
        return _webhook(connection, table.c.name == name)


def followed(connection: Connection, search_id: int) -> Row[Any] | None:
    """The saved search that a webhook follows; None where it was ended, or is no longer there."""
    found = connection.execute(sa.select(saved_searches).where(saved_searches.c.id == search_id)).one_or_none()
    return None if found is None or found.state == "ended" else found


def mark_removed(connection: Connection, webhook_id: int, reason: str) -> None:
    values = {"state": "removed", "reason": reason}
    connection.execute(sa.update(table).where(table.c.id == webhook_id).values(values))
    mine = (sent.c.webhook_id == webhook_id) & (sent.c.state == "waiting")
    connection.execute(sa.update(sent).where(mine).values(state="skipped", body=None, try_again=None))


def resume_webhook(catalog: Catalog, name: str, skip: bool = False) -> Webhook:
    """Tries again at once, with all the patience of the beginning, from the change it had come to.

    `skip`: passes over that one change, for a receiver that cannot take it. Errors: MistakenRequest if there is no
    such webhook, or it was removed.
    """
    with catalog.write() as connection:
        found = _webhook(connection, table.c.name == name)
        if found.state == "removed":
            raise MistakenRequest(f"{name} was removed ({found.reason}): add it again, with --after {found.seq}")
        connection.execute(sa.update(table).where(table.c.id == found.id).values(state="active", reason="", failures=0))
        waiting = (sent.c.webhook_id == found.id) & (sent.c.state == "waiting")
        seq = connection.execute(sa.select(sent.c.seq).where(waiting)).scalar()
        if skip and seq is not None:
            connection.execute(sa.update(sent).where(waiting).values(state="skipped", body=None, try_again=None))
            connection.execute(sa.update(table).where(table.c.id == found.id).values(seq=seq))
        else:
            fresh = {"try_again": None, "first_tried": None, "attempts": 0}
            connection.execute(sa.update(sent).where(waiting).values(fresh))
        return _webhook(connection, table.c.name == name)


def deliveries(catalog: Catalog, name: str | None = None, limit: int = 50) -> list[Delivery]:
    """The newest deliveries, of one webhook or of all; those that wait come first."""
    columns = (sent.c.seq, sent.c.state, sent.c.attempts, sent.c.first_tried, sent.c.last_tried, sent.c.try_again)
    query = sa.select(table.c.name, *columns, sent.c.status, sent.c.answer).join_from(sent, table)
    if name is not None:
        query = query.where(table.c.id == find_webhook(catalog, name).id)
    query = query.order_by(sa.case((sent.c.state == "waiting", 0), else_=1), sent.c.seq.desc(), table.c.id)
    with catalog.read() as connection:
        return [Delivery(*row) for row in connection.execute(query.limit(limit))]


def _webhook(connection: Connection, which: sa.ColumnElement[bool]) -> Webhook:
    row = connection.execute(sa.select(table).where(which)).mappings().first()
    if row is None:
        raise MistakenRequest("there is no webhook of that name: `forumwatch webhook list` has them all")
    return Webhook(**row)
